//! Every message of `tests/vectors` through the binary.

#![cfg(feature = "cli")]

mod support;

use std::{fs, path::Path, process::Command};

use support::vectors::{Case, Expect, Key, cases, opened_either, sha256};

#[test]
fn every_message_gives_what_it_must() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (number, case) in cases().iter().enumerate() {
        let out = folder.path().join(format!("{number}.plain"));
        match &case.expect {
            Expect::Plaintext(digest) => opens(case, &out, digest),
            Expect::Either => match opened_either(&case.id) {
                Some(digest) => opens(case, &out, digest),
                None => is_refused(case, &out),
            },
            Expect::Reject => is_refused(case, &out),
        }
        fs::remove_file(&out).ok();
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0, "{}: a file is left behind", case.id);
    }
}

fn opens(case: &Case, out: &Path, digest: &str) {
    let output = open_case(case, out);
    assert!(output.status.success(), "{}: {}", case.id, String::from_utf8_lossy(&output.stderr));
    assert_eq!(sha256(&fs::read(out).expect("the plaintext is there")), *digest, "{}", case.id);
}

fn is_refused(case: &Case, out: &Path) {
    let output = open_case(case, out);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(1..=255)) && output.status.code() != Some(101),
        "{}: {:?} {stderr}",
        case.id,
        output.status
    );
    assert!(!stderr.is_empty() && !stderr.contains("panicked"), "{}: {stderr}", case.id);
    assert!(!out.exists(), "{}: a file after a failure", case.id);
}

fn open_case(case: &Case, out: &Path) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldseal"));
    // The keys of the vectors are for everybody.
    command.arg("open").arg(&case.path).args(key_options(&case.key)).arg("--allow-unsafe-permissions").arg("-o").arg(out);
    let output = command.output().expect("the binary runs");
    assert!(output.stdout.is_empty(), "{}: plaintext on standard output", case.id);
    output
}

fn key_options(key: &Key) -> Vec<String> {
    match key {
        Key::Aes { namespace, name, path } => vec!["--raw-aes-key".to_owned(), format!("{namespace}/{name}={}", path.display())],
        Key::Rsa { namespace, name, padding, path } => {
            let key = format!("{namespace}/{name}={}", path.display());
            vec!["--raw-rsa-key".to_owned(), key, "--raw-rsa-padding".to_owned(), padding.clone()]
        }
        Key::Ecdh { path } => vec!["--raw-ecdh-key".to_owned(), path.display().to_string()],
    }
}
