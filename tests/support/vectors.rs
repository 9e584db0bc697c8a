//! The table in `tests/vectors/manifest.json`, and which of its cases are run.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// Pairs of message and key mode that are run, by verdict.
pub(crate) const RUN: [(&str, usize); 3] = [("plaintext", 85), ("reject", 314), ("either", 5)];

/// What coldseal opens of what the specification leaves open, with the SHA-256 of its plaintext; every other `either` is refused.
pub(crate) const OPENED_EITHER: [(&str, &str); 2] = [
    // An EDK that cannot be parsed is passed over for the next one, as the filter in "Raw ECDH Keyring", OnDecrypt, says.
    ("ecdh/first-malformed-then-good.esdk raw-ecdh,name=p256", "434f68d29b4e854ceb14e6c2a94f4503c9203ced9c970944ffc6e3d1908b1e55"),
    // (r, n - s) is the other valid ECDSA signature; the SDKs have it too.
    ("forged/sig-s-negated-0578.esdk raw-aes", "434f68d29b4e854ceb14e6c2a94f4503c9203ced9c970944ffc6e3d1908b1e55"),
];

/// The digest of the plaintext, if this is one of [`OPENED_EITHER`].
pub(crate) fn opened_either(id: &str) -> Option<&'static str> {
    OPENED_EITHER.iter().find(|(listed, _)| *listed == id).map(|(_, digest)| *digest)
}

#[derive(Deserialize)]
struct Manifest {
    cases: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    file: String,
    open: Vec<String>,
    expect: String,
}

/// An entry of `keys/raw.json`: `file` for AES, `priv_pem` for the others.
#[derive(Deserialize)]
struct NamedKey {
    namespace: Option<String>,
    name: Option<String>,
    file: Option<String>,
    priv_pem: Option<String>,
}

/// A wrapping key of `keys/raw.json`, in its file.
pub(crate) enum Key {
    Aes { namespace: String, name: String, path: PathBuf },
    Rsa { namespace: String, name: String, padding: String, path: PathBuf },
    Ecdh { path: PathBuf },
}

/// What a message must give.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// A plaintext with this SHA-256.
    Plaintext(String),
    /// An error.
    Reject,
    /// The specification leaves it open.
    Either,
}

/// One message with one key.
pub(crate) struct Case {
    /// File and key mode.
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) key: Key,
    pub(crate) expect: Expect,
}

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Every case that is run. Panics when a count differs, or a file is in no case.
pub(crate) fn cases() -> Vec<Case> {
    let manifest: Manifest = json("manifest.json");
    let keys: BTreeMap<String, NamedKey> = json("keys/raw.json");
    let mut cases = Vec::new();
    for listed in &manifest.cases {
        assert!(!listed.open.is_empty(), "{}: no key mode", listed.file);
        cases.extend(listed.open.iter().map(|mode| case(listed, mode, &keys)));
    }
    let mut run = BTreeMap::<&str, usize>::new();
    for case in &cases {
        *run.entry(case.expect.name()).or_default() += 1;
    }
    assert_eq!(run, RUN.into_iter().collect(), "cases run");
    assert_files_are_listed(&cases);
    cases
}

fn case(listed: &Listed, mode: &str, keys: &BTreeMap<String, NamedKey>) -> Case {
    let key = key(mode, keys);
    Case { id: format!("{} {mode}", listed.file), path: directory().join(&listed.file), key, expect: Expect::parse(&listed.expect) }
}

/// A mode is a kind and options: `raw-rsa,name=rsa4096,padding=PKCS1`.
fn key(mode: &str, keys: &BTreeMap<String, NamedKey>) -> Key {
    let mut parts = mode.split(',');
    let kind = parts.next().unwrap_or_default();
    let options: BTreeMap<&str, &str> =
        parts.map(|option| option.split_once('=').unwrap_or_else(|| panic!("{mode}: unknown option {option}"))).collect();
    assert!(options.keys().all(|option| ["name", "padding", "sender"].contains(option)), "{mode}: unknown option");
    let find = |default| {
        // A static sender opens what it sent.
        let name = options.get("sender").or(options.get("name")).copied().unwrap_or(default);
        keys.get(name).unwrap_or_else(|| panic!("{mode}: no key {name}"))
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| panic!("{mode}: the key lacks a member"));
    let path = |file: &Option<String>| directory().join("keys").join(text(file));
    match kind {
        "raw-aes" => {
            let key = find("aes256");
            Key::Aes { namespace: text(&key.namespace), name: text(&key.name), path: path(&key.file) }
        }
        "raw-rsa" => {
            let key = find("rsa2048");
            let padding = options.get("padding").copied().unwrap_or("OAEP_SHA256_MGF1").to_owned();
            Key::Rsa { namespace: text(&key.namespace), name: text(&key.name), padding, path: path(&key.priv_pem) }
        }
        "raw-ecdh" => Key::Ecdh { path: path(&find("p256").priv_pem) },
        _ => panic!("unknown key mode {mode}"),
    }
}

impl Expect {
    fn parse(text: &str) -> Self {
        match text {
            "reject" => Self::Reject,
            "either" => Self::Either,
            digest if digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) => Self::Plaintext(digest.to_owned()),
            other => panic!("unknown expectation {other}"),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Plaintext(_) => "plaintext",
            Self::Reject => "reject",
            Self::Either => "either",
        }
    }
}

/// No message lies in the folder unused, and the folder is not empty.
fn assert_files_are_listed(cases: &[Case]) {
    let mut files = Vec::new();
    for folder in fs::read_dir(directory()).expect("the vectors' folder is there").flatten().filter(|entry| entry.path().is_dir()) {
        files.extend(fs::read_dir(folder.path()).expect("readable").flatten().map(|entry| entry.path()));
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "esdk"));
    assert!(!files.is_empty(), "no message in {}", directory().display());
    for file in files {
        assert!(cases.iter().any(|case| case.path == file), "{} is in no case", file.display());
    }
}

fn json<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = directory().join(name);
    serde_json::from_slice(&fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).expect("valid JSON")
}

/// As hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA256, bytes))
}
