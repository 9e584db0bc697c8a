//! Where things are in a vault.
//!
//! ```text
//! coldseal-vault/
//!   coldseal.json                                            format number of the vault
//!   .lock                                                    held by the one writer
//!   secrets/<primary Region>/<encoded name>/
//!     secret.json                                            metadata; its rename is the only commit
//!     <encoded VersionId>/<region>.<16 hex of its SHA-256>.bundle
//! ```

use std::path::{Path, PathBuf};

use crate::{
    crypto::sha256,
    durable::{Temporaries, regular::refuse_link},
    error::Result,
    region::Region,
};

pub(super) const MARKER: &str = "coldseal.json";
pub(super) const LOCK: &str = ".lock";
pub(super) const SECRETS: &str = "secrets";
pub(super) const RECORD: &str = "secret.json";

/// Longest encoded name that is used as it is; a longer one is cut and gets a hash.
const MAX_ENCODED: usize = 120;
const KEPT: usize = 80;

/// Names that Windows keeps for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

pub(super) fn region_dir(root: &Path, region: Region) -> PathBuf {
    root.join(SECRETS).join(region.name())
}

pub(super) fn secret_dir(root: &Path, primary: Region, name: &str) -> PathBuf {
    region_dir(root, primary).join(encode(name))
}

/// Refuses the folder of a secret that a symbolic link leads to: itself, its Region's, or the one of all secrets. The vault's own may be one.
pub(super) fn refuse_links(secret_dir: &Path) -> Result<()> {
    secret_dir.ancestors().take(3).try_for_each(refuse_link)
}

/// Whether a file in the folder of a secret has a name that a writer gives. Others are somebody else's.
pub(super) fn is_writers(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    name == RECORD || Temporaries::has_name(name) || is_bundle(name)
}

fn is_bundle(name: &str) -> bool {
    let parts = name.strip_suffix(".bundle").and_then(|rest| rest.split_once('.'));
    let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    parts.is_some_and(|(region, hash)| Region::new(region).is_some() && is_hash(hash))
}

pub(super) fn bundle_file(region: Region, sha256: &str) -> String {
    format!("{region}.{}.bundle", short(sha256))
}

/// Whether this is what [`bundle_file`] gives.
pub(super) fn is_bundle_file(file: &str, region: Region, sha256: &str) -> bool {
    let hash = file.strip_prefix(region.name()).and_then(|rest| rest.strip_prefix('.')).and_then(|rest| rest.strip_suffix(".bundle"));
    hash == Some(short(sha256))
}

fn short(sha256: &str) -> &str {
    sha256.get(..16).unwrap_or(sha256)
}

/// Encodes any text as a file name: `a-z 0-9 - _` stay, upper-case letters get a `+` in front, every other byte becomes `%xx`.
///
/// Different texts give names that differ on a case-insensitive file system, and no result is `.`, `..`, hidden, a device or has a separator.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(char::from(byte)),
            b'A'..=b'Z' => encoded.extend(['+', char::from(byte.to_ascii_lowercase())]),
            _ => encoded.push_str(&format!("%{byte:02x}")),
        }
    }
    if encoded.len() > MAX_ENCODED {
        let hash = sha256(text.as_bytes());
        return format!("{}~{}", encoded.get(..KEPT).unwrap_or_default(), hash.get(..32).unwrap_or_default());
    }
    let is_numbered_device = |prefix: &str| encoded.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    if DEVICES.contains(&encoded.as_str()) || is_numbered_device("com") || is_numbered_device("lpt") {
        let mut characters = encoded.chars();
        let first = characters.next().map(u32::from).unwrap_or_default();
        return format!("%{first:02x}{}", characters.as_str());
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_read_well_and_stay_inside() {
        let cases = [
            ("production/DBWest", "production%2f+d+b+west"),
            ("..", "%2e%2e"),
            ("../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"),
            ("con", "%63on"),
            ("com7", "%63om7"),
            ("Con", "+con"),
            ("é", "%c3%a9"),
            (".hidden", "%2ehidden"),
        ];
        for (name, expected) in cases {
            assert_eq!(encode(name), expected, "{name}");
        }
        let long = encode(&"x".repeat(512));
        assert!(long.len() < 120 && long != encode(&"x".repeat(511)), "{long}");
    }

    #[test]
    fn a_bundles_file_is_known_by_its_name() {
        let region = |name| Region::new(name).expect("known");
        let (oregon, hash) = (region("us-west-2"), "6b410cf8f0409c4e5ee1f15bea96a2a8");
        let file = bundle_file(oregon, hash);
        assert!(file == "us-west-2.6b410cf8f0409c4e.bundle" && is_bundle_file(&file, oregon, hash));
        assert!(!is_bundle_file(&file, region("us-west-1"), hash) && !is_bundle_file(&file, oregon, &hash.replace('b', "c")));
        for other in ["", "us-west-2", "us-west-2..bundle", "us-west-2.6b410cf8f0409c4e", "../us-west-2.6b410cf8f0409c4e.bundle"] {
            assert!(!is_bundle_file(other, oregon, hash), "{other}");
        }
    }

    proptest! {
        #[test]
        fn encoding_is_safe_and_tells_names_apart(a in "\\PC{1,80}", b in "\\PC{1,80}") {
            let (x, y) = (encode(&a), encode(&b));
            prop_assert!(x.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_+%~".contains(&byte)));
            prop_assert!(!x.is_empty() && x.len() <= MAX_ENCODED);
            prop_assert_eq!(a == b, x == y);
        }
    }

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
