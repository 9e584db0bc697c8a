#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

//! Every kind of encrypted data key: what unwraps, what does not, and that no failure tells why.

mod budget;
mod ecdh;
mod kms;
mod raw_rsa;

use super::*;
use crate::{
    crypto::{Random, SystemRandom},
    error::{Cause, ErrorCode},
};

fn context(value: &str) -> EncryptionContext {
    [("purpose", value)].into_iter().collect()
}

fn data_key() -> DataKey {
    DataKey::from_slice(&[0x5A; 32]).expect("32 bytes")
}

/// The reason of a failure; panics for anything else.
fn failure(unwrapped: Unwrapped) -> String {
    match unwrapped {
        Unwrapped::Failed(cause) => cause.to_string(),
        Unwrapped::DoesNotUnwrap => EdkOutcome::DoesNotUnwrap.to_string(),
        other => panic!("{other:?}"),
    }
}

fn is_our_data_key(unwrapped: &Unwrapped) -> bool {
    matches!(unwrapped, Unwrapped::DataKey(key) if key.expose() == data_key().expose())
}

#[test]
fn an_error_repeats_no_more_of_a_header_than_people_read() {
    let edk = EncryptedDataKey { provider_id: "é".repeat(30_000), provider_info: vec![0xFF; 65_535], ciphertext: Vec::new() };
    let error = unwrap_any(&[], &vec![edk; 128], AlgorithmSuite::default(), &EncryptionContext::new()).expect_err("no keyring");
    assert!(error.to_string().len() < 128 * 700, "{}", error.to_string().len());
}

/// Fails, and says a lot about it.
struct Talker;

impl Keyring for Talker {
    fn wrap(&self, _: &DataKey, _: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        Err(Error::Misuse("unwraps only"))
    }

    fn unwrap(&self, edk: &EncryptedDataKey, _: &EncryptionContext) -> Unwrapped {
        Unwrapped::Failed(Cause::Told(display_provider_info(edk)))
    }
}

#[test]
fn an_error_repeats_no_more_of_a_reason_than_people_read() {
    let edk = EncryptedDataKey { provider_id: "x".to_owned(), provider_info: vec![b'x'; 65_535], ciphertext: Vec::new() };
    let error = unwrap_any(&[&Talker], &[edk], AlgorithmSuite::default(), &EncryptionContext::new()).expect_err("fails");
    assert!(error.to_string().len() < 1000, "{}", error.to_string().len());
}
