use std::{fs, io::Write as _};

use super::*;
use crate::package::signature::{Signers, SshSigningKey, Threshold};

fn data(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing").join(name)).expect(name)
}

fn demanded(content: &[u8]) -> DemandedSignatures {
    let key = SshSigningKey::from_openssh(&data("ed25519"), || Err(Error::Misuse("it has no passphrase"))).expect("a key");
    let signers = Signers::parse(&data("allowed_signers")).expect("signers");
    DemandedSignatures {
        demand: SignatureDemand { signers, threshold: Threshold::ONE },
        signatures: vec![key.sign(Namespace::File, &ContentDigest::of(content)).expect("signs")],
    }
}

fn pipe(content: &[u8]) -> Input {
    Input { reader: Box::new(Cursor::new(content.to_vec())), file: None }
}

/// The input as whoever opens it reads it.
fn read(input: SignedInput) -> Result<Vec<u8>> {
    let (mut reader, _, explained) = input.into_parts();
    let mut content = Vec::new();
    reader.read_to_end(&mut content).map_err(|error| explained(Error::io("reading", error)))?;
    Ok(content)
}

fn is_not_verified(error: &Error) -> bool {
    matches!(error.refusal(), Some(crate::Refusal::Signature(SignatureRefusal::NotVerified)))
}

#[test]
fn a_pipe_is_held_for_a_pipe_and_looked_at_in_the_end_for_a_file() {
    for to_file in [false, true] {
        let input = SignedInput::new(demanded(b"content"), pipe(b"content"), to_file).expect("signed");
        assert_eq!(input.again.is_some(), !to_file);
        assert_eq!(read(input).expect("signed"), b"content");
    }
    let held = SignedInput::new(demanded(b"content"), pipe(b"contend"), false).err().expect("refused before anything is read");
    assert!(is_not_verified(&held), "{held}");
    let streamed = SignedInput::new(demanded(b"content"), pipe(b"contend"), true).expect("known in the end");
    assert!(is_not_verified(&read(streamed).expect_err("refused")));
}

#[test]
fn a_file_that_changes_between_the_passes_is_refused() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"content").expect("written");
    let opened = || {
        let opened = fs::File::open(file.path()).expect("opened");
        Input { reader: Box::new(opened.try_clone().expect("cloned")), file: Some(opened) }
    };
    let mut input = SignedInput::new(demanded(b"content"), opened(), false).expect("signed");
    let again = input.again.take().expect("a file is read again");
    assert_eq!(read(input).expect("the same"), b"content");
    let mut third = Vec::new();
    again().expect("from the start").read_to_end(&mut third).expect("the same");
    assert_eq!(third, b"content");

    let input = SignedInput::new(demanded(b"content"), opened(), true).expect("signed");
    fs::write(file.path(), b"changed").expect("written");
    assert!(is_not_verified(&read(input).expect_err("changed")));
    let refused = SignedInput::new(demanded(b"content"), opened(), true).err().expect("changed before");
    assert!(is_not_verified(&refused), "{refused}");
}

#[test]
fn signatures_are_found_beside_their_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.bundle");
    let key = "0123456789abcdef";
    let (found, others) = (
        [format!("a.bundle.{key}.sig"), "a.bundle.sig".to_owned()],
        [format!("b.bundle.{key}.sig"), "a.bundle".to_owned(), "a.bundle.x.sig".to_owned(), format!("a.bundle.{}.sig", key.to_uppercase())],
    );
    for name in found.iter().chain(&others) {
        fs::write(folder.path().join(name), b"").expect("written");
    }
    assert_eq!(beside(&file).expect("read"), found.map(|name| folder.path().join(name)));
}
