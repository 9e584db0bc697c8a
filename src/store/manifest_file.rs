//! The files of a vault's manifests: roots, their signatures, and the pages that roots name.

use std::fmt;

/// A root's counter, at most: what JSON carries everywhere as the number that it is.
pub(crate) const MAX_COUNTER: u64 = (1 << 53) - 1;

/// Bytes of a root, at most; a longer one is not read.
pub(crate) const MAX_ROOT_LENGTH: u64 = 32 * 1024 * 1024;

/// Bytes of a page, at most.
pub(crate) const MAX_PAGE_LENGTH: u64 = 16 * 1024 * 1024;

/// One of them. Each is put once and never changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ManifestFile {
    /// A root has its counter for a name.
    Root { counter: u64 },
    /// A signature of a root is named after the key: the first 16 hex digits of a SHA-256.
    Signature { counter: u64, key: String },
    /// A page is named after its content: 64 hex digits.
    Page { sha256: String },
}

impl ManifestFile {
    /// What a name in the folder of roots and signatures means.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        if let Some(digits) = name.strip_suffix(".json") {
            return Some(Self::Root { counter: counter(digits)? });
        }
        let (digits, key) = name.strip_suffix(".sig")?.split_once('.')?;
        is_hex(key, 16).then_some(Self::Signature { counter: counter(digits)?, key: key.to_owned() })
    }

    /// What a name in the folder of pages means.
    pub(crate) fn parse_page(name: &str) -> Option<Self> {
        let sha256 = name.strip_suffix(".json").filter(|digits| is_hex(digits, 64))?;
        Some(Self::Page { sha256: sha256.to_owned() })
    }
}

/// Its name in its folder.
impl fmt::Display for ManifestFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root { counter } => write!(f, "{counter}.json"),
            Self::Signature { counter, key } => write!(f, "{counter}.{key}.sig"),
            Self::Page { sha256 } => write!(f, "{sha256}.json"),
        }
    }
}

/// Digits as they are written: no sign, no zero in front.
fn counter(digits: &str) -> Option<u64> {
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits && (1..=MAX_COUNTER).contains(&number)).then_some(number)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_file_and_no_other_name_means_it() {
        let key = "0123456789abcdef";
        let files = [ManifestFile::Root { counter: 7 }, ManifestFile::Signature { counter: MAX_COUNTER, key: key.to_owned() }];
        for file in files {
            assert_eq!(ManifestFile::parse(&file.to_string()), Some(file));
        }
        let page = ManifestFile::Page { sha256: key.repeat(4) };
        assert_eq!(ManifestFile::parse_page(&page.to_string()), Some(page));
        for other in [
            "0.json",
            "07.json",
            "+7.json",
            "9007199254740992.json",
            "7",
            "7.sig",
            "7.0123456789ABCDEF.sig",
            "7.0123456789abcde.sig",
            "../7.json",
        ] {
            assert_eq!(ManifestFile::parse(other), None, "{other}");
        }
        for other in ["7.json", "../../secret.json", &format!("{}.json", "A".repeat(64)), &"0".repeat(64)] {
            assert_eq!(ManifestFile::parse_page(other), None, "{other}");
        }
    }
}
