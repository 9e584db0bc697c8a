//! Every message of `tests/vectors` through the library.

mod support;

use std::{collections::BTreeMap, fs};

use coldseal::{
    Error, OpenOptions, SecretBytes,
    crypto::KeyFile,
    keyring::{Keyring, RawAesKeyring, RawEcdhKeyring, RawRsaKeyring, RsaPadding},
    message::open_slice,
    open,
};
use serde::{Deserialize, Serialize};
use support::vectors::{Case, Expect, Key, cases, directory, opened_either, sha256};

/// How a message was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Refusal {
    error: String,
    /// Bytes of verified plaintext before the error.
    released: usize,
}

#[test]
fn every_message_gives_what_it_must() {
    let recorded = fs::read(directory().join("classes.json")).expect("classes.json is there");
    let recorded: BTreeMap<String, Refusal> = serde_json::from_slice(&recorded).expect("valid JSON");
    let mut refusals = BTreeMap::new();
    for case in cases() {
        let (result, plaintext) = open_case(&case);
        match (&case.expect, result) {
            (Expect::Plaintext(digest), Ok(())) => assert_eq!(sha256(&plaintext), *digest, "{}", case.id),
            (Expect::Either, Ok(())) => assert_eq!(Some(&*sha256(&plaintext)), opened_either(&case.id), "{}", case.id),
            (Expect::Plaintext(_), Err(error)) => panic!("{}: {error}", case.id),
            (Expect::Reject, Ok(())) => panic!("{}: opened", case.id),
            (Expect::Reject | Expect::Either, Err(error)) => {
                let refusal = Refusal { error: class(&case, &error), released: plaintext.len() };
                refusals.insert(case.id, refusal);
            }
        }
    }
    let printed = serde_json::to_string_pretty(&refusals).expect("serializes");
    assert!(refusals == recorded, "classes.json differs from what happens now:\n{printed}");
}

fn open_case(case: &Case) -> (Result<(), Error>, Vec<u8>) {
    let keyring = keyring(&case.key);
    let message = fs::read(&case.path).expect("the message is there");
    let mut plaintext = Vec::new();
    let result = open(&message[..], &mut plaintext, &[&*keyring], &OpenOptions::default());
    // From memory: the same verdict, and all or nothing.
    let mut whole = Vec::new();
    let from_memory = open_slice(&message, &mut whole, &[&*keyring], &OpenOptions::default());
    assert_eq!(from_memory.map_err(|error| error.to_string()).ok(), result.as_ref().ok().cloned(), "{}", case.id);
    assert_eq!(whole, if result.is_ok() { &plaintext[..] } else { &[] }, "{}", case.id);
    (result.map(drop), plaintext)
}

fn keyring(key: &Key) -> Box<dyn Keyring> {
    let read = |path| fs::read(path).expect("the key file is there");
    match key {
        Key::Aes { namespace, name, path } => {
            Box::new(RawAesKeyring::new(namespace, name, &SecretBytes::new(read(path))).expect("a valid key"))
        }
        Key::Rsa { namespace, name, padding: name_of_padding, path } => {
            let Ok(KeyFile::RsaPrivate(key)) = KeyFile::parse(&read(path)) else { panic!("{}: no RSA private key", path.display()) };
            Box::new(RawRsaKeyring::from_private_key(namespace, name, padding(name_of_padding), key).expect("a valid key"))
        }
        Key::Ecdh { path } => {
            let Ok(KeyFile::EcPrivate(key)) = KeyFile::parse(&read(path)) else { panic!("{}: no EC private key", path.display()) };
            Box::new(RawEcdhKeyring::from_private_key(key))
        }
    }
}

fn padding(name: &str) -> RsaPadding {
    match name {
        "PKCS1" => RsaPadding::Pkcs1,
        "OAEP_SHA1_MGF1" => RsaPadding::OaepSha1Mgf1,
        "OAEP_SHA256_MGF1" => RsaPadding::OaepSha256Mgf1,
        "OAEP_SHA384_MGF1" => RsaPadding::OaepSha384Mgf1,
        "OAEP_SHA512_MGF1" => RsaPadding::OaepSha512Mgf1,
        other => panic!("unknown padding {other}"),
    }
}

/// A message may only fail for what is wrong with it: the caller's mistakes and I/O are no verdict.
fn class(case: &Case, error: &Error) -> String {
    match error {
        Error::Format(error) => format!("Format: {error}"),
        Error::Decryption => "Decryption".to_owned(),
        Error::Signature => "Signature".to_owned(),
        Error::TooLong { .. } => "TooLong".to_owned(),
        Error::NoUsableKey(_) => "NoUsableKey".to_owned(),
        Error::EncryptionContext(_) => "EncryptionContext".to_owned(),
        other => panic!("{}: {other}", case.id),
    }
}
