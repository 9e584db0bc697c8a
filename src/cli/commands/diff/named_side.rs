//! A side as it was named.

use std::path::PathBuf;

use crate::package::DiffSide;

/// What is compared, and where it lies.
pub(super) struct NamedSide {
    pub(super) path: PathBuf,
    pub(super) side: DiffSide,
}
