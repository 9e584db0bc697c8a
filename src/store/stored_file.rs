//! The files of a vault, by their paths in it.

use super::{BlobKey, Item, MAX_PAGE_LENGTH, MAX_RECORD_LENGTH, MAX_ROOT_LENGTH, ManifestFile, NameKey, SecretKey, local::layout};
use crate::region::Region;

/// Bytes of a vault's marker, or a signature, at most.
const MAX_SMALL_LENGTH: u64 = 64 * 1024;

/// Bytes of a bundle, at most, where no root says how many it has.
const MAX_BLOB_LENGTH: u64 = 2 * 1024 * 1024;

/// What a path in a vault can name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StoredFile {
    Marker,
    Manifest(ManifestFile),
    Record(SecretKey),
    Blob(BlobKey),
}

impl StoredFile {
    /// `None` for a path that nothing of a vault has; `/` is between its names.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let names: Vec<&str> = path.split('/').collect();
        match names.as_slice() {
            [marker] => (*marker == layout::MARKER).then_some(Self::Marker),
            [manifests, name] if *manifests == layout::MANIFESTS => ManifestFile::parse(name).map(Self::Manifest),
            [manifests, pages, name] if *manifests == layout::MANIFESTS && *pages == layout::PAGES => {
                ManifestFile::parse_page(name).map(Self::Manifest)
            }
            [secrets, region, name, record] if *secrets == layout::SECRETS && *record == layout::RECORD => {
                secret(region, name).map(Self::Record)
            }
            [secrets, region, name, version, file] if *secrets == layout::SECRETS && layout::is_bundle(file) && is_name(version) => {
                let secret = secret(region, name)?;
                Some(Self::Blob(BlobKey { secret, version: (*version).to_owned(), file: (*file).to_owned() }))
            }
            _ => None,
        }
    }

    pub(crate) const fn item(&self) -> Item<'_> {
        match self {
            Self::Marker => Item::Marker,
            Self::Manifest(file) => Item::Manifest(file),
            Self::Record(secret) => Item::Record(secret),
            Self::Blob(blob) => Item::Blob(blob),
        }
    }

    /// The secret that it is of.
    pub(crate) const fn secret(&self) -> Option<&SecretKey> {
        match self {
            Self::Record(secret) | Self::Blob(BlobKey { secret, .. }) => Some(secret),
            Self::Marker | Self::Manifest(_) => None,
        }
    }

    /// Bytes that one of the kind can have.
    pub(crate) const fn limit(&self) -> u64 {
        match self {
            Self::Marker | Self::Manifest(ManifestFile::Signature { .. }) => MAX_SMALL_LENGTH,
            Self::Manifest(ManifestFile::Root { .. }) => MAX_ROOT_LENGTH,
            Self::Manifest(ManifestFile::Page { .. }) => MAX_PAGE_LENGTH,
            Self::Record(_) => MAX_RECORD_LENGTH,
            Self::Blob(_) => MAX_BLOB_LENGTH,
        }
    }
}

fn secret(region: &str, name: &str) -> Option<SecretKey> {
    let primary = Region::new(region)?;
    is_name(name).then(|| SecretKey { name: NameKey::listed(name.into()), primary })
}

/// Whether this is a name as they are encoded: nothing that leads elsewhere.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'+' | b'%' | b'~');
    !name.is_empty() && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::local::path_in_vault;

    #[test]
    fn a_path_names_one_file_and_nothing_outside() {
        let bundle = format!("secrets/us-west-2/production%2f+d+b/v1/eu-west-1.{}.bundle", "0".repeat(16));
        let page = format!("manifests/pages/{}.json", "a".repeat(64));
        let signature = format!("manifests/7.{}.sig", "b".repeat(16));
        for path in ["coldseal.json", "manifests/7.json", &signature, &page, "secrets/us-west-2/db/secret.json", &bundle] {
            let file = StoredFile::parse(path).expect(path);
            assert_eq!(path_in_vault(file.item()).display().to_string(), path);
        }
        for path in [
            "",
            "/",
            "coldseal.json/",
            "./coldseal.json",
            ".lock",
            "manifests",
            "manifests/07.json",
            "manifests/pages/7.json",
            "secrets/us-west-2/db",
            "secrets/us-north-7/db/secret.json",
            "secrets/us-west-2/../secret.json",
            "secrets/us-west-2//secret.json",
            "secrets/us-west-2/db/../us-west-2.0000000000000000.bundle",
            "secrets/us-west-2/db/v1/thesis.txt",
            "secrets/us-west-2/DB/secret.json",
        ] {
            assert_eq!(StoredFile::parse(path), None, "{path}");
        }
    }
}
