//! Encrypted data keys and the encryption context.

use super::{DATA_KEY, context, frame_length, keyring, open_1, open_with, options, sealed};
use crate::{
    crypto::SystemRandom,
    error::{ContextMismatch, EdkOutcome, Error, FormatProblem},
    format::EncryptionContext,
    keyring::{Keyring, RawAesKeyring},
    message::{EncryptionMaterials, MessageSealer, OpenOptions, Opener, SealOptions, rewrap, seal},
    secret::{DataKey, SecretBytes},
    suite::AlgorithmSuite,
};

fn sealed_for(keyrings: &[&dyn Keyring]) -> Vec<u8> {
    let mut message = Vec::new();
    seal(&b"payload"[..], &mut message, keyrings, &context(), SealOptions::default()).expect("seals");
    message
}

/// The name of key `name`, with other bytes.
fn impostor(name: u8) -> RawAesKeyring {
    RawAesKeyring::new("test", format!("key-{name}"), &SecretBytes::new(vec![0xEE; 32])).expect("a valid key")
}

#[test]
fn any_one_of_several_keys_opens() {
    let (one, two, three) = (keyring(1), keyring(2), keyring(3));
    let message = sealed_for(&[&one, &two, &three]);
    for key in [&one, &two, &three] {
        assert_eq!(open_with(&message[..], &[key], &OpenOptions::default()).1, b"payload");
    }
    assert_eq!(open_with(&message[..], &[&keyring(9), &three], &OpenOptions::default()).1, b"payload");
}

#[test]
fn an_edk_that_does_not_unwrap_is_passed_over() {
    let message = sealed_for(&[&keyring(1), &keyring(2)]);
    assert_eq!(open_with(&message[..], &[&impostor(1), &keyring(2)], &OpenOptions::default()).1, b"payload");
    // The same EDK offered to two keyrings of one name.
    assert_eq!(open_with(&message[..], &[&impostor(1), &keyring(1)], &OpenOptions::default()).1, b"payload");
}

#[test]
fn the_error_lists_what_was_tried_and_no_key() {
    let message = sealed_for(&[&keyring(1), &keyring(2), &keyring(3)]);
    let (result, released) = open_with(&message[..], &[&impostor(1), &impostor(3)], &OpenOptions::default());
    assert!(released.is_empty());
    let error = result.expect_err("no key fits");
    let Error::NoUsableKey(attempts) = &error else { panic!("{error}") };
    let listed: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt.provider_id.as_str(), attempt.key.as_str(), attempt.outcome != EdkOutcome::NoKeyHere))
        .collect();
    assert_eq!(listed, [("test", "key-1", true), ("test", "key-2", false), ("test", "key-3", true)]);
    let text = format!("{error} {error:?}").to_lowercase();
    assert!(!text.contains("eeee") && !text.contains("238, 238"), "{text}");
}

#[test]
fn names_in_an_error_are_escaped() {
    let hostile = RawAesKeyring::new("n\u{1b}[2J", "k\n\u{1b}]0;x\u{7}", &SecretBytes::new(vec![1; 32])).expect("a valid key");
    let error = open_1(&sealed_for(&[&hostile])[..]).0.expect_err("another key").to_string();
    assert!(!error.contains(['\u{1b}', '\u{7}']) && error.lines().count() == 2, "{error:?}");
}

#[test]
fn sealing_needs_a_key_and_at_most_128() {
    let mut out = Vec::new();
    let result = seal(&b""[..], &mut out, &[], &context(), SealOptions::default());
    assert!(matches!(result, Err(Error::Misuse(_))) && out.is_empty());
    let one = keyring(1);
    let many: Vec<&dyn Keyring> = vec![&one; 129];
    let result = seal(&b""[..], &mut out, &many, &context(), SealOptions::default());
    assert!(matches!(result, Err(Error::NotWritable(error)) if matches!(error.problem, FormatProblem::TooLarge { value: 129, .. })));
    assert!(out.is_empty());
    assert_eq!(open_1(&sealed_for(&many[..128])[..]).1, b"payload");
}

#[test]
fn required_pairs_are_demanded() {
    type Pairs<'a> = &'a [(&'a str, Option<&'a str>)];
    let message = sealed(b"payload", 16);
    let demand = |pairs: Pairs<'_>| {
        let required_context = pairs.iter().map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned))).collect();
        open_with(&message[..], &[&keyring(1)], &OpenOptions { required_context, ..OpenOptions::default() })
    };
    for pairs in [&[("purpose", None)][..], &[("purpose", Some("test"))], &[("purpose", None), ("purpose", Some("test"))]] {
        assert_eq!(demand(pairs).1, b"payload");
    }
    let cases: [(Pairs<'_>, ContextMismatch); 4] = [
        (&[("purpose", Some("tests"))], ContextMismatch::Value("purpose".into())),
        (&[("purpose", Some(""))], ContextMismatch::Value("purpose".into())),
        (&[("Purpose", None)], ContextMismatch::Missing("Purpose".into())),
        (&[("purpose", Some("test")), ("other", Some("x"))], ContextMismatch::Missing("other".into())),
    ];
    for (pairs, expected) in cases {
        let (result, released) = demand(pairs);
        assert!(matches!(result, Err(Error::EncryptionContext(mismatch)) if mismatch == expected), "{pairs:?}");
        assert!(released.is_empty());
    }
}

#[test]
fn reserved_pairs_are_not_written() {
    let reserved: EncryptionContext = [("a", "b"), ("aws-crypto-public-key", "x")].into_iter().collect();
    let mut out = Vec::new();
    let result = seal(&b""[..], &mut out, &[&keyring(1)], &reserved, SealOptions::default());
    let name = |result| match result {
        Err(Error::EncryptionContext(ContextMismatch::Reserved(name))) => name,
        _ => panic!("not refused"),
    };
    assert_eq!(name(result.map(drop)), "aws-crypto-public-key");
    let message = sealed(b"", 16);
    let result = rewrap(&message[..], &mut out, &[&keyring(1)], &OpenOptions::default(), &[&keyring(2)], Some(&reserved), options(16));
    assert_eq!(name(result.map(drop)), "aws-crypto-public-key");
    let data_key = DataKey::from_slice(&DATA_KEY).expect("32 bytes");
    assert_eq!(
        name(EncryptionMaterials::wrap(AlgorithmSuite::default(), data_key, &[&keyring(1)], reserved, &SystemRandom).map(drop)),
        "aws-crypto-public-key"
    );
    assert!(out.is_empty());
}

#[test]
fn a_rewrap_keeps_or_replaces_the_context() {
    let message = sealed(b"payload", 16);
    let other: EncryptionContext = [("region", "eu-west-1")].into_iter().collect();
    for (replacement, expected) in
        [(None, context()), (Some(&other), other.clone()), (Some(&EncryptionContext::new()), EncryptionContext::new())]
    {
        let mut out = Vec::new();
        let (one, two) = (keyring(1), keyring(2));
        rewrap(&message[..], &mut out, &[&one], &OpenOptions::default(), &[&two], replacement, options(16)).expect("rewraps");
        let (result, released) = open_with(&out[..], &[&two], &OpenOptions::default());
        assert_eq!((result.expect("opens").header.encryption_context, &released[..]), (expected, &b"payload"[..]));
        assert!(matches!(open_with(&out[..], &[&one], &OpenOptions::default()).0, Err(Error::NoUsableKey(_))));
    }
}

#[test]
fn a_rewrap_of_a_changed_message_writes_nothing_that_opens() {
    let mut message = sealed(&[7; 100], 16);
    let end = message.len() - 1;
    message[end] ^= 1;
    let mut out = Vec::new();
    let result = rewrap(&message[..], &mut out, &[&keyring(1)], &OpenOptions::default(), &[&keyring(2)], None, options(16));
    assert!(matches!(result, Err(Error::Decryption)));
    assert!(open_with(&out[..], &[&keyring(2)], &OpenOptions::default()).0.is_err());
}

#[test]
fn materials_serve_several_messages_and_give_the_data_key_back() {
    let mut materials = EncryptionMaterials::generate(AlgorithmSuite::default(), &[&keyring(1)], context(), &SystemRandom).expect("wraps");
    assert!(MessageSealer::new(&mut materials, frame_length(16), &SystemRandom).is_ok());
    let first = *materials.data_key.expose();
    let data_key = materials.into_data_key();
    assert_eq!(*data_key.expose(), first);
    assert!(EncryptionMaterials::wrap(AlgorithmSuite::default(), data_key, &[], context(), &SystemRandom).is_err());
}

#[test]
fn types_that_hold_keys_print_none() {
    let printed = format!("{:?} {:?}", super::materials(), keyring(1));
    assert!(!printed.contains("215, 215") && !printed.contains("1, 1, 1") && !printed.contains("d7d7"), "{printed}");
}

#[test]
fn the_header_is_there_before_the_body_is_read() {
    let message = sealed(b"payload", 16);
    let opener = Opener::begin(&message[..], &[&keyring(1)], &OpenOptions::default()).expect("a valid header");
    assert_eq!(opener.header().encryption_context, context());
}
