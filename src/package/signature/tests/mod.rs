//! Signatures by ssh-keygen, by a token in software, and by these functions; files of signers of every kind.
#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

mod file_of_signers;
mod made_elsewhere;
mod made_here;

use std::{fs, path::Path};

use super::*;
use crate::{
    error::{Error, Refusal, Result, SignatureRefusal},
    secret::SecretBytes,
    timestamp::Timestamp,
};

fn data(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn content() -> ContentDigest {
    ContentDigest::of(&data("message"))
}

fn no_passphrase() -> Result<SecretBytes> {
    Err(Error::Misuse("nobody is to be asked"))
}

fn signing_key(name: &str) -> SshSigningKey {
    SshSigningKey::from_openssh(&data(name), no_passphrase).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn signature(name: &str) -> SshSignature {
    SshSignature::parse(&data(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn public_key(name: &str) -> String {
    let text = String::from_utf8(data(&format!("{name}.pub"))).expect("UTF-8");
    text.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

fn signers() -> Signers {
    Signers::parse(&data("allowed_signers")).expect("the file of signers")
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    time("2027-06-01T12:00:00Z")
}

fn verify(signers: &Signers, signatures: &[SshSignature], threshold: usize) -> Result<Accepted, SignatureRefusal> {
    signers.verify(Namespace::File, &content(), signatures, now(), Threshold::new(threshold).expect("1 or more"))
}

/// The refusal behind an error.
fn refused(error: &Error) -> &Refusal {
    error.refusal().unwrap_or_else(|| panic!("{error}"))
}
