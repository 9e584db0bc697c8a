//! Paths in JSON, which is Unicode: what of a path is not, is replaced, as it is in messages.

use std::path::Path;

use serde::Serializer;

/// For `#[serde(serialize_with = …)]`; serde's own refuses such a path, at a time when everything is written already.
pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}
