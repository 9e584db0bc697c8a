//! Where things are in a vault that is a directory.
//!
//! ```text
//! coldseal-vault/
//!   coldseal.json                                            format number of the vault
//!   .lock                                                    held by the one writer
//!   manifests/<counter>.json                                 a root; beside it <counter>.<16 hex>.sig, its signatures
//!   manifests/pages/<SHA-256>.json                           what roots name
//!   secrets/<primary Region>/<encoded name>/
//!     secret.json                                            metadata; its rename is the only commit
//!     <encoded VersionId>/<region>.<16 hex of its SHA-256>.bundle
//! ```

use std::path::Path;

use crate::{
    durable::{Temporaries, regular::refuse_link},
    error::Result,
    region::Region,
};

pub(crate) const MARKER: &str = "coldseal.json";
pub(crate) const LOCK: &str = ".lock";
pub(crate) const SECRETS: &str = "secrets";
pub(crate) const RECORD: &str = "secret.json";
pub(crate) const MANIFESTS: &str = "manifests";
pub(crate) const PAGES: &str = "pages";

/// Whether a folder is one of manifests, by its name.
pub(super) fn is_of_manifests(folder: &Path) -> bool {
    [MANIFESTS, PAGES].iter().any(|name| folder.file_name().is_some_and(|folder| folder == *name))
}

/// Refuses the folder of a secret that a symbolic link leads to: itself, its Region's, or the one of all secrets. The vault's own may be one.
pub(crate) fn refuse_links(secret_dir: &Path) -> Result<()> {
    refuse_link(secret_dir)?;
    secret_dir.parent().map_or(Ok(()), refuse_links_around)
}

/// The same of a Region's folder, and the one of all secrets.
pub(super) fn refuse_links_around(region_dir: &Path) -> Result<()> {
    region_dir.ancestors().take(2).try_for_each(refuse_link)
}

/// Whether a file in the folder of a secret has a name that a writer gives. Others are somebody else's.
pub(crate) fn is_writers(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    name == RECORD || Temporaries::has_name(name) || is_bundle(name)
}

/// Whether this is the name of a bundle.
pub(crate) fn is_bundle(name: &str) -> bool {
    let parts = name.strip_suffix(".bundle").and_then(|rest| rest.split_once('.'));
    let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    parts.is_some_and(|(region, hash)| Region::new(region).is_some() && is_hash(hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::sha256, store::bundle_file};

    #[test]
    fn a_writers_files_are_known_by_their_names() {
        let region = Region::new("us-west-2").expect("known");
        let bundle = bundle_file(region, &sha256(b"a message"));
        let is_writers = |name: &str| is_writers(&Path::new("secrets/us-west-2/db").join(name));
        assert!([bundle.as_str(), "secret.json", ".coldseal-tmp-a1B2c3"].into_iter().all(is_writers));
        for other in
            ["thesis.txt", "secret.json~", "us-west-2.bundle", "us-north-7.0123456789abcdef.bundle", "us-west-2.0123456789ABCDEF.bundle"]
        {
            assert!(!is_writers(other), "{other}");
        }
    }
}
