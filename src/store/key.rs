//! What lies in a store, and what it is called there.

use std::ffi::{OsStr, OsString};

use super::ManifestFile;
use crate::{crypto::sha256, region::Region};

/// Longest encoded name that is used as it is; a longer one is cut and gets a hash.
const MAX_ENCODED: usize = 120;
const KEPT: usize = 80;

/// Names that Windows keeps for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Characters of `com1`.
const LONGEST_DEVICE: usize = 4;

/// The name that the secrets of one name have in a store, encoded by [`encode`]; where a store lists it, whatever other hands put there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NameKey(OsString);

impl NameKey {
    /// That of a secret's name.
    pub(crate) fn of(name: &str) -> Self {
        Self(encode(name).into())
    }

    /// What a store lists.
    pub(crate) const fn listed(encoded: OsString) -> Self {
        Self(encoded)
    }

    pub(crate) fn is_of(&self, name: &str) -> bool {
        if stays_as_it_is(name) { self.0 == *OsStr::new(name) } else { self.0 == *OsStr::new(&encode(name)) }
    }

    /// On which of so many pages of a manifest the entries of the name are: the first four bytes of the SHA-256 of the encoded name, as a number
    /// with the first byte the highest, modulo their count.
    pub(crate) fn page_index(&self, count: usize) -> usize {
        let digits = sha256(self.0.as_encoded_bytes());
        let hash = digits.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).expect("a SHA-256 has 64 hex digits");
        usize::try_from(hash).unwrap_or_default().checked_rem(count).unwrap_or_default()
    }

    pub(crate) fn as_os_str(&self) -> &OsStr {
        &self.0
    }
}

/// One secret: of those with a name, the one with this primary Region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SecretKey {
    pub(crate) name: NameKey,
    pub(crate) primary: Region,
}

/// A bundle of a secret, named by its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BlobKey {
    pub(crate) secret: SecretKey,
    /// The encoded VersionId.
    pub(crate) version: String,
    pub(crate) file: String,
}

/// Something in a store, to be shown.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    /// The vault itself.
    Vault,
    /// The vault's format number.
    Marker,
    /// Everything of a secret.
    Secret(&'a SecretKey),
    /// Its record.
    Record(&'a SecretKey),
    Blob(&'a BlobKey),
    Manifest(&'a ManifestFile),
}

pub(crate) fn bundle_file(region: Region, sha256: &str) -> String {
    format!("{region}.{}.bundle", short(sha256))
}

/// Whether this is what [`bundle_file`] gives.
pub(crate) fn is_bundle_file(file: &str, region: Region, sha256: &str) -> bool {
    let hash = file.strip_prefix(region.name()).and_then(|rest| rest.strip_prefix('.')).and_then(|rest| rest.strip_suffix(".bundle"));
    hash == Some(short(sha256))
}

fn short(sha256: &str) -> &str {
    sha256.get(..16).unwrap_or(sha256)
}

/// True for texts that [`encode`] leaves alone, most names among them: no copy is made of these to compare them.
fn stays_as_it_is(text: &str) -> bool {
    let is_plain = text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
    is_plain && text.len() > LONGEST_DEVICE && text.len() <= MAX_ENCODED
}

/// Encodes any text as a file name: `a-z 0-9 - _` stay, upper-case letters get a `+` in front, every other byte becomes `%xx`.
///
/// Different texts give names that differ on a case-insensitive file system, and no result is `.`, `..`, hidden, a device or has a separator.
pub(crate) fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let hex = |nibble: u8| HEX.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(char::from(byte)),
            b'A'..=b'Z' => encoded.extend(['+', char::from(byte.to_ascii_lowercase())]),
            _ => encoded.extend(['%', hex(byte >> 4), hex(byte & 15)]),
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
    fn names_of_devices_and_long_ones_are_told_apart_from_what_they_become() {
        let long = "x".repeat(MAX_ENCODED);
        for (name, stays) in [("con", false), ("com7", false), ("", false), ("com77", true), (&long, true), (&format!("{long}x"), false)] {
            assert_eq!(stays_as_it_is(name), stays, "{name}");
            assert!(NameKey::of(name).is_of(name) && NameKey::listed(name.into()).is_of(name) == (encode(name) == name), "{name}");
        }
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
            for name in [&a, &b, &x, &y] {
                let encoded = encode(name);
                prop_assert!(!stays_as_it_is(name) || encoded == *name);
                prop_assert!(NameKey::of(name).is_of(name) && NameKey::listed(name.into()).is_of(name) == (encoded == *name));
            }
        }
    }
}
