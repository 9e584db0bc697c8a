//! A [Secret](https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/) of Kubernetes, in YAML.

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

use crate::cli::usage::UsageError;

/// Longest name of an object, and of a key.
const LONGEST: usize = 253;
/// Longest name of a namespace.
const LONGEST_LABEL: usize = 63;
/// Most bytes of all values of a Secret.
const MOST_BYTES: usize = 1024 * 1024;

/// Why a name is no key of a Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyFault {
    Empty,
    TooLong,
    Characters,
    Dots,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no key of a Kubernetes Secret is empty"),
            Self::TooLong => write!(f, "a key of a Kubernetes Secret has at most {LONGEST} characters"),
            Self::Characters => f.write_str("a key of a Kubernetes Secret has letters, digits, '-', '_' and '.' alone"),
            Self::Dots => f.write_str("no key of a Kubernetes Secret is '.' or begins with '..'"),
        }
    }
}

/// What is wrong with a key, if anything.
pub(super) fn key_fault(key: &str) -> Option<KeyFault> {
    if key.is_empty() {
        return Some(KeyFault::Empty);
    }
    if key.len() > LONGEST {
        return Some(KeyFault::TooLong);
    }
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return Some(KeyFault::Characters);
    }
    (key == "." || key.starts_with("..")).then_some(KeyFault::Dots)
}

/// What the Secret is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct ManifestNames<'a> {
    name: &'a str,
    namespace: Option<&'a str>,
}

impl<'a> ManifestNames<'a> {
    /// # Errors
    /// A name that is none: RFC 1123's for a host, and one label of it for the namespace.
    pub(super) fn new(name: &'a str, namespace: Option<&'a str>) -> Result<Self, UsageError> {
        if name.len() > LONGEST || !name.split('.').all(is_label) {
            return Err(UsageError::parameter(
                "--name",
                format!(
                    "the name of a Kubernetes object has small letters, digits, '-' and '.', between letters and digits, at most {LONGEST}"
                ),
            ));
        }
        if namespace.is_some_and(|namespace| namespace.len() > LONGEST_LABEL || !is_label(namespace)) {
            return Err(UsageError::parameter(
                "--namespace",
                format!("the name of a namespace has small letters, digits and '-', between letters and digits, at most {LONGEST_LABEL}"),
            ));
        }
        Ok(Self { name, namespace })
    }

    /// The whole manifest. The values are base64. What could mean something else in YAML stands in quotes.
    ///
    /// # Errors
    /// More than a Secret holds.
    pub(super) fn manifest(&self, values: &BTreeMap<String, Zeroizing<String>>) -> Result<Zeroizing<String>, UsageError> {
        let bytes: usize = values.values().map(|value| base64::decoded_len_estimate(value.len())).sum();
        if bytes > MOST_BYTES {
            return Err(UsageError::new(format!(
                "a Kubernetes Secret holds at most {MOST_BYTES} bytes, and these values have about {bytes}"
            ))
            .with_hint("--secret-id and --filters choose fewer"));
        }
        let mut text = Zeroizing::new(format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"{}\"\n", self.name));
        if let Some(namespace) = self.namespace {
            text.push_str(&format!("  namespace: \"{namespace}\"\n"));
        }
        text.push_str(if values.is_empty() { "type: Opaque\ndata: {}\n" } else { "type: Opaque\ndata:\n" });
        for (key, value) in values {
            for part in ["  \"", key, "\": \"", value, "\"\n"] {
                text.push_str(part);
            }
        }
        Ok(text)
    }
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_rfc_1123() {
        for name in ["a", "app", "a-b.c-d", "1", "0.1", &"x".repeat(253)] {
            assert!(ManifestNames::new(name, None).is_ok(), "{name}");
        }
        for name in ["", "A", "a_b", "-a", "a-", "a..b", ".a", "a.", "a b", "é", "a\nb", "\"", &"x".repeat(254)] {
            assert!(ManifestNames::new(name, None).is_err(), "{name}");
        }
        assert!(ManifestNames::new("a", Some("web-1")).is_ok());
        for namespace in ["", "a.b", "A", &"x".repeat(64)] {
            assert!(ManifestNames::new("a", Some(namespace)).is_err(), "{namespace}");
        }
    }

    #[test]
    fn keys_are_those_of_a_secret() {
        for key in ["a", "tls.crt", "A_B-c", ".dockerconfigjson", "1", "true"] {
            assert_eq!(key_fault(key), None, "{key}");
        }
        for (key, fault) in [
            ("", KeyFault::Empty),
            ("a/b", KeyFault::Characters),
            ("a b", KeyFault::Characters),
            ("é", KeyFault::Characters),
            ("a\"", KeyFault::Characters),
            ("a\n", KeyFault::Characters),
            (".", KeyFault::Dots),
            ("..", KeyFault::Dots),
            ("..data", KeyFault::Dots),
            (&"x".repeat(254), KeyFault::TooLong),
        ] {
            assert_eq!(key_fault(key), Some(fault), "{key}");
        }
    }

    #[test]
    fn a_secret_holds_a_mebibyte() {
        let names = ManifestNames::new("app", Some("web")).expect("names");
        let of = |bytes: usize| BTreeMap::from([("true".to_owned(), Zeroizing::new("A".repeat(bytes / 3 * 4)))]);
        assert!(names.manifest(&of(MOST_BYTES)).is_ok() && names.manifest(&of(MOST_BYTES + 3)).is_err());
        assert_eq!(
            names.manifest(&of(3)).expect("small").as_str(),
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"app\"\n  namespace: \"web\"\ntype: Opaque\ndata:\n  \"true\": \"AAAA\"\n"
        );
    }
}
