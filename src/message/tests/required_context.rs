//! Pairs that a message is bound to without storing them (specification, "Required Encryption Context CMM").

use super::{DATA_KEY, assert_slice_agrees_with, context, keyring, open_with};
use crate::{
    crypto::{HeaderKey, SealedHeader, SystemRandom, derive_message_keys},
    error::{ContextMismatch, Error, Result},
    format::{
        ContentType, EncryptedDataKey, EncryptionContext, Header, MessageId, SequenceNumber,
        body::{BodyAad, Piece, final_head},
    },
    keyring::{Keyring, Unwrapped},
    message::{OpenOptions, Rewrapper},
    secret::DataKey,
    suite::AlgorithmSuite,
};

const PLAINTEXT: &[u8] = b"EXAMPLE-PASSWORD";

/// Binds EDKs to no pairs, as raw RSA does.
struct Unbound;

impl Keyring for Unbound {
    fn wrap(&self, data_key: &DataKey, _: &EncryptionContext, _: &dyn crate::crypto::Random) -> Result<EncryptedDataKey> {
        let ciphertext = data_key.expose().to_vec();
        Ok(EncryptedDataKey { provider_id: "unbound".to_owned(), provider_info: b"key".to_vec(), ciphertext })
    }

    fn unwrap(&self, edk: &EncryptedDataKey, _: &EncryptionContext) -> Unwrapped {
        DataKey::from_slice(&edk.ciphertext).map_or(Unwrapped::NotForThisKeyring, Unwrapped::DataKey)
    }
}

fn pairs(pairs: &[(&str, &str)]) -> EncryptionContext {
    pairs.iter().copied().collect()
}

/// A message that stores [`context`] and is bound to `required` besides.
fn bound_to(required: &EncryptionContext, keyring: &dyn Keyring) -> Vec<u8> {
    let mut all = context();
    for (name, value) in required {
        all.insert(name, value);
    }
    let (suite, message_id) = (AlgorithmSuite::default(), MessageId([0x1D; 32]));
    let data_key = DataKey::from_slice(&DATA_KEY).expect("32 bytes");
    let encrypted_data_keys = vec![keyring.wrap(&data_key, &all, &SystemRandom).expect("wraps")];
    let (derived_key, commitment) = derive_message_keys(&DATA_KEY, &message_id.0, suite.id());
    let content_type = ContentType::Framed { frame_length: 64 };
    let header = Header { suite, message_id, encryption_context: context(), encrypted_data_keys, content_type, commitment };
    let mut message = header.to_bytes().expect("a valid header");
    let authenticated = [&message[..], &required.to_bytes().expect("short pairs")].concat();
    let SealedHeader { tag, key, numbers } = HeaderKey::new(derived_key).seal_header(&authenticated);
    let mut content = PLAINTEXT.to_vec();
    let length = u32::try_from(content.len()).expect("short");
    let aad = BodyAad::new(&message_id, Piece::Final, SequenceNumber::FIRST, u64::from(length));
    let frame_tag = key.seal(numbers.last(), aad.as_bytes(), &mut content).expect("seals");
    message.extend([&tag[..], &final_head(SequenceNumber::FIRST, length), &content, &frame_tag].concat());
    message
}

fn given(given: &[(&str, &str)]) -> OpenOptions {
    OpenOptions { reproduced_context: pairs(given), ..OpenOptions::default() }
}

fn verdict(message: &[u8], keyring: &dyn Keyring, options: &OpenOptions) -> Result<()> {
    let opened = open_with(message, &[keyring], options);
    assert_slice_agrees_with(message, &opened, &[keyring], options);
    let (result, plaintext) = opened;
    let header = result.inspect_err(|_| assert!(plaintext.is_empty()))?.header;
    assert_eq!((plaintext, header.encryption_context), (PLAINTEXT.to_vec(), context()));
    Ok(())
}

#[test]
fn the_pairs_have_to_be_given_whole_and_right() {
    let required = pairs(&[("tenant", "42"), ("éa", "ü")]);
    for keyring in [&keyring(1) as &dyn Keyring, &Unbound] {
        let message = bound_to(&required, keyring);
        let all = [("tenant", "42"), ("éa", "ü")];
        verdict(&message, keyring, &given(&all)).expect("opens");
        verdict(&message, keyring, &given(&[&all[..], &[("purpose", "test")]].concat())).expect("opens with a stored pair too");
        let wrong: [&[(&str, &str)]; 6] = [
            &[("tenant", "42")],
            &[("tenant", "43"), ("éa", "ü")],
            &[("tenant", ""), ("éa", "ü")],
            &[("Tenant", "42"), ("éa", "ü")],
            &[("tenant", "42"), ("éa", "ü"), ("more", "x")],
            &[("tenant", "ü"), ("éa", "42")],
        ];
        for case in wrong {
            match verdict(&message, keyring, &given(case)) {
                Err(Error::NotReproduced { keys, source }) => {
                    assert_eq!(keys, pairs(case).iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
                    assert!(matches!(*source, Error::NoUsableKey(_) | Error::Decryption), "{source}");
                }
                other => panic!("{case:?}: {other:?}"),
            }
        }
        let nothing = verdict(&message, keyring, &OpenOptions::default());
        assert!(matches!(nothing, Err(Error::NoUsableKey(_) | Error::Decryption)), "{nothing:?}");
    }
}

#[test]
fn the_error_is_the_same_for_a_wrong_value_and_for_a_pair_that_is_none() {
    for keyring in [&keyring(1) as &dyn Keyring, &Unbound] {
        let text = |required: &EncryptionContext| {
            let message = bound_to(required, keyring);
            verdict(&message, keyring, &given(&[("tenant", "43")])).expect_err("refused").to_string()
        };
        let (wrong_value, not_bound) = (text(&pairs(&[("tenant", "42")])), text(&EncryptionContext::new()));
        assert_eq!(wrong_value, not_bound);
        assert!(wrong_value.starts_with("encryption context: the message stores no pair 'tenant', and does not open"), "{wrong_value}");
    }
}

#[test]
fn a_stored_pair_must_have_the_value_given() {
    let message = bound_to(&EncryptionContext::new(), &keyring(1));
    verdict(&message, &keyring(1), &given(&[("purpose", "test")])).expect("opens");
    let result = verdict(&message, &keyring(1), &given(&[("purpose", "tests")]));
    assert!(matches!(result, Err(Error::EncryptionContext(ContextMismatch::Value(name))) if name == "purpose"));
}

#[test]
fn what_the_format_stores_is_never_taken_as_given() {
    let key = EncryptionContext::PUBLIC_KEY;
    let message = bound_to(&pairs(&[(key, "x")]), &Unbound);
    let result = verdict(&message, &Unbound, &given(&[(key, "x")]));
    assert!(matches!(result, Err(Error::EncryptionContext(ContextMismatch::Missing(name))) if name == key));
}

#[test]
fn another_key_is_not_blamed_on_the_pairs() {
    let message = bound_to(&pairs(&[("tenant", "42")]), &keyring(1));
    assert!(matches!(verdict(&message, &keyring(2), &given(&[("tenant", "42")])), Err(Error::NoUsableKey(_))));
}

#[test]
fn a_rewrap_neither_loses_nor_publishes_them() {
    let message = bound_to(&pairs(&[("tenant", "42")]), &keyring(1));
    let result = Rewrapper::begin(&message[..], &[&keyring(1)], &given(&[("tenant", "42")]));
    assert!(matches!(result.map(drop), Err(Error::EncryptionContext(ContextMismatch::NotStored(name))) if name == "tenant"));
    let message = bound_to(&EncryptionContext::new(), &keyring(1));
    assert!(Rewrapper::begin(&message[..], &[&keyring(1)], &given(&[("purpose", "test")])).is_ok());
}
