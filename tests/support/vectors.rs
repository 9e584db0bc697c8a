//! The table in `tests/vectors/manifest.json`, and which of its cases are run.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// Pairs of message and key mode that are run, by verdict.
pub(crate) const RUN: [(&str, usize); 3] = [("plaintext", 31), ("reject", 99), ("either", 1)];

/// Pairs that wait for a suite or a keyring that does not exist yet, by reason.
pub(crate) const LATER: [(&str, usize); 3] = [("suite 0578", 212), ("raw-rsa", 13), ("raw-ecdh", 48)];

#[derive(Deserialize)]
struct Manifest {
    cases: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    file: String,
    open: Vec<String>,
    expect: String,
    suite: String,
}

#[derive(Deserialize)]
struct NamedKey {
    namespace: Option<String>,
    name: Option<String>,
    file: Option<String>,
}

/// A raw AES wrapping key of `keys/raw.json`.
pub(crate) struct Key {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// What a message must give.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// A plaintext with this SHA-256.
    Plaintext(String),
    /// An error.
    Reject,
    /// The specification leaves it open; coldseal rejects.
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

/// Every case that is run. Panics when the manifest has a case that is neither run nor named in [`LATER`], or when a count differs.
pub(crate) fn cases() -> Vec<Case> {
    let manifest: Manifest = json("manifest.json");
    let keys: BTreeMap<String, NamedKey> = json("keys/raw.json");
    let (mut cases, mut later) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for listed in &manifest.cases {
        assert!(!listed.open.is_empty(), "{}: no key mode", listed.file);
        for mode in &listed.open {
            match reason_to_wait(&listed.suite, mode) {
                Some(reason) => *later.entry(reason).or_default() += 1,
                None => cases.push(case(listed, mode, &keys)),
            }
        }
    }
    assert_eq!(later, LATER.into_iter().collect(), "cases left for later");
    let mut run = BTreeMap::<&str, usize>::new();
    for case in &cases {
        *run.entry(case.expect.name()).or_default() += 1;
    }
    assert_eq!(run, RUN.into_iter().collect(), "cases run");
    assert_files_are_listed(&cases);
    cases
}

fn reason_to_wait(suite: &str, mode: &str) -> Option<&'static str> {
    let kind = mode.split(',').next().unwrap_or_default();
    match kind {
        _ if suite == "0578" => Some("suite 0578"),
        "raw-aes" => None,
        "raw-rsa" => Some("raw-rsa"),
        "raw-ecdh" => Some("raw-ecdh"),
        _ => panic!("unknown key mode {mode}"),
    }
}

fn case(listed: &Listed, mode: &str, keys: &BTreeMap<String, NamedKey>) -> Case {
    let key = match mode.split_once(',') {
        None => "aes256",
        Some((_, option)) => option.strip_prefix("name=").unwrap_or_else(|| panic!("{}: unknown option {option}", listed.file)),
    };
    let key = keys.get(key).unwrap_or_else(|| panic!("{}: no key {key}", listed.file));
    let text = |value: &Option<String>| value.clone().expect("an AES key has a namespace, a name and a file");
    let key = Key { namespace: text(&key.namespace), name: text(&key.name), path: directory().join("keys").join(text(&key.file)) };
    Case { id: format!("{} {mode}", listed.file), path: directory().join(&listed.file), key, expect: Expect::parse(&listed.expect) }
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
