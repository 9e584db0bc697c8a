//! Suite `0x0578`: every change is refused, and the last frame waits for the signature.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{DATA_KEY, Dribble, assert_slice_agrees, context, frame_length, keyring, open_1, open_with, options, payload, sealed};
use crate::{
    HeaderLimits,
    crypto::{HeaderKey, Random, SealedHeader, SigningKey, SystemRandom, derive_message_keys},
    error::{ContextMismatch, Error, ErrorCode, FormatError, FormatProblem, Result},
    format::{
        ContentType, EncryptedDataKey, EncryptionContext, Header, MessageId, SequenceNumber,
        body::{BodyAad, Piece, final_head},
        footer::footer_bytes,
    },
    keyring::{Keyring, Unwrapped},
    message::{
        EncryptionMaterials, MessageSealer, OpenOptions, Rewrapper, SealOptions, SealTarget, inspect, rewrap, seal, seal_each, seal_slice,
        signature::Verifying,
    },
    secret::DataKey,
    suite::AlgorithmSuite,
};

const SIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384;
const FRAME: usize = 16;
const PLAINTEXT: &[u8] = b"EXAMPLE-PASSWORD-0123456789-SAANVI-EXAMPLE";
const PUBLIC_KEY: &str = EncryptionContext::PUBLIC_KEY;

fn signed_materials() -> EncryptionMaterials {
    let data_key = DataKey::from_slice(&DATA_KEY).expect("32 bytes");
    EncryptionMaterials::wrap(SIGNED, data_key, &[&keyring(1)], context(), &SystemRandom).expect("wraps")
}

fn signed(payload: &[u8], frame: usize) -> Vec<u8> {
    let mut message = Vec::new();
    let sealer = MessageSealer::new(&mut signed_materials(), frame_length(frame), &SystemRandom).expect("a valid header");
    seal_slice(payload, &mut message, sealer).expect("seals");
    message
}

fn signing_options(frame: usize) -> SealOptions {
    SealOptions { suite: Some(SIGNED), ..options(frame) }
}

fn header(message: &[u8]) -> Header {
    Header::parse(message, HeaderLimits::default()).expect("a header").header
}

fn header_length(message: &[u8]) -> usize {
    Header::parse(message, HeaderLimits::default()).expect("a header").length()
}

/// Plaintext that may be out when only the first `place` bytes are as they were.
fn released_before(message: &[u8], place: usize) -> &'static [u8] {
    let frames = place.saturating_sub(header_length(message)) / (16 + FRAME + 16);
    &PLAINTEXT[..frames.min(2) * FRAME]
}

#[test]
fn every_length_round_trips_in_every_way() {
    for frame in [1, 16, 1000] {
        for length in [0, 1, 15, 16, 17, 32, 33, 999, 1000, 1001, 3000] {
            let payload = payload(length);
            let mut streamed = Vec::new();
            seal(&payload[..], &mut streamed, &[&keyring(1)], &context(), signing_options(frame)).expect("seals");
            for message in [&streamed, &signed(&payload, frame)] {
                for step in [1, 7, usize::MAX] {
                    let opened = open_1(Dribble::new(message, step));
                    assert_slice_agrees(message, &opened);
                    assert_eq!(opened.1, payload, "{frame} {length} {step}");
                    assert_eq!(opened.0.expect("opens").header.suite, SIGNED);
                }
                let seen = inspect(&message[..], HeaderLimits::default()).expect("a whole message");
                assert_eq!((seen.plaintext_length, seen.message_length), (length as u64, message.len() as u64));
            }
        }
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let message = signed(PLAINTEXT, FRAME);
    for bit in 0..message.len() * 8 {
        let mut changed = message.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let opened = open_1(&changed[..]);
        assert_slice_agrees(&changed, &opened);
        let error = opened.0.expect_err("refused");
        assert!(matches!(error, Error::Format(_) | Error::Decryption | Error::NoUsableKey(_) | Error::Signature), "bit {bit}: {error}");
        assert_eq!(opened.1, released_before(&message, bit / 8), "bit {bit}");
        assert!(inspect(&changed[..], HeaderLimits::default()).is_err(), "bit {bit}: no key is needed to see it");
    }
}

#[test]
fn every_truncation_is_refused() {
    let message = signed(PLAINTEXT, FRAME);
    for length in 0..message.len() {
        for step in [1, usize::MAX] {
            let opened = open_1(Dribble::new(&message[..length], step));
            assert_slice_agrees(&message[..length], &opened);
            let Err(Error::Format(error)) = opened.0 else { panic!("{length}: {:?}", opened.0) };
            assert!(error.is_truncated(), "{length}: {error}");
            assert_eq!(opened.1, released_before(&message, length), "{length}");
        }
        let Err(Error::Format(error)) = inspect(&message[..length], HeaderLimits::default()) else { panic!("{length}: inspected") };
        assert!(error.is_truncated(), "{length}: {error}");
    }
}

#[test]
fn bytes_behind_the_signature_hold_the_last_frame_back() {
    let message = signed(PLAINTEXT, FRAME);
    for behind in [&[0][..], b"\n", &message] {
        let both = [&message[..], behind].concat();
        let opened = open_1(Dribble::new(&both, 5));
        assert_slice_agrees(&both, &opened);
        let Err(Error::Format(error)) = opened.0 else { panic!("{:?}", opened.0) };
        assert_eq!((error.field, error.problem), ("message", FormatProblem::Trailing));
        assert_eq!(opened.1, PLAINTEXT[..2 * FRAME]);
    }
}

/// Makes the footer, given the message before it.
type Footer = fn(&SigningKeyOf, &[u8]) -> Vec<u8>;

/// A message of one frame with valid header and frame tags, whose header, signer and footer a case has its own way with.
struct Forge {
    suite: AlgorithmSuite,
    /// The pair's value; `None` leaves the pair out.
    public_key: Option<String>,
    footer: Footer,
}

/// Makes signatures over anything, as often as asked.
struct SigningKeyOf(Cell<Option<SigningKey>>);

impl SigningKeyOf {
    fn footer(&self, bytes: &[u8]) -> Vec<u8> {
        let mut digest = crate::crypto::Sha384::default();
        digest.update(bytes);
        footer_bytes(&self.0.take().expect("one signature a key").sign(digest).expect("signs")).expect("fits")
    }
}

impl Forge {
    fn message(&self, key: SigningKey) -> Vec<u8> {
        let mut context = context();
        if let Some(public_key) = &self.public_key {
            context.insert(PUBLIC_KEY, public_key);
        }
        let data_key = DataKey::from_slice(&DATA_KEY).expect("32 bytes");
        let message_id = MessageId([0x1D; 32]);
        let (derived_key, commitment) = derive_message_keys(&DATA_KEY, &message_id.0, self.suite.id());
        let encrypted_data_keys = vec![keyring(1).wrap(&data_key, &context, &SystemRandom).expect("wraps")];
        let content_type = ContentType::Framed { frame_length: 64 };
        let header = Header { suite: self.suite, message_id, encryption_context: context, encrypted_data_keys, content_type, commitment };
        let mut message = header.to_bytes().expect("a valid header");
        let SealedHeader { tag, key: frame_key, numbers } = HeaderKey::new(derived_key).seal_header(&message);
        message.extend_from_slice(&tag);
        let mut content = PLAINTEXT.to_vec();
        let aad = BodyAad::new(&message_id, Piece::Final, SequenceNumber::FIRST, content.len() as u64);
        let tag = frame_key.seal(numbers.last(), aad.as_bytes(), &mut content).expect("seals");
        message.extend([&final_head(SequenceNumber::FIRST, 42)[..], &content, &tag].concat());
        let footer = (self.footer)(&SigningKeyOf(Cell::new(Some(key))), &message);
        message.extend(footer);
        message
    }
}

fn key_and_text() -> (SigningKey, String) {
    let key = SigningKey::generate().expect("random bytes");
    let text = BASE64_STANDARD.encode(key.compressed_public_key());
    (key, text)
}

/// What opening says; nothing may come out of the one frame.
fn verdict(message: &[u8]) -> Error {
    let opened = open_1(message);
    assert_slice_agrees(message, &opened);
    assert!(opened.1.is_empty());
    opened.0.expect_err("refused")
}

#[test]
fn the_public_key_and_the_suite_go_together() {
    type Change = fn(&str) -> Option<String>;
    let unsigned = AlgorithmSuite::default();
    let raw = |text: &str| BASE64_STANDARD.decode(text).expect("base64");
    let cases: [(&str, AlgorithmSuite, Change, FormatProblem); 10] = [
        ("no pair", SIGNED, |_| None, FormatProblem::Missing),
        // Whoever has the data key of a signed message could else use its EDKs for a message without a signature.
        ("an unsigned message with the pair", unsigned, |text| Some(text.to_owned()), FormatProblem::NotOfSuite),
        ("an unsigned message with an empty pair", unsigned, |_| Some(String::new()), FormatProblem::NotOfSuite),
        ("an empty value", SIGNED, |_| Some(String::new()), FormatProblem::NotAPublicKey),
        ("not base64", SIGNED, |text| Some(text.replace(['A', '+', '/', 'a', 'b', 'c'], "*")), FormatProblem::NotAPublicKey),
        ("without padding", SIGNED, |text| Some(text.trim_end_matches('=').to_owned()), FormatProblem::NotAPublicKey),
        ("a space behind it", SIGNED, |text| Some(format!("{text} ")), FormatProblem::NotAPublicKey),
        ("one byte less", SIGNED, |_| Some(BASE64_STANDARD.encode([2; 48])), FormatProblem::NotAPublicKey),
        ("hybrid", SIGNED, |_| Some(BASE64_STANDARD.encode([6; 97])), FormatProblem::NotAPublicKey),
        (
            "not on the curve",
            SIGNED,
            |_| Some(BASE64_STANDARD.encode([[2].as_slice(), &[0xFF; 48]].concat())),
            FormatProblem::NotAPublicKey,
        ),
    ];
    for (name, suite, change, expected) in cases {
        let (key, text) = key_and_text();
        assert_eq!(raw(&text).len(), 49);
        let footer: Footer = if suite.is_signed() { |key, bytes| key.footer(bytes) } else { |_, _| Vec::new() };
        let message = Forge { suite, public_key: change(&text), footer }.message(key);
        let error = verdict(&message);
        assert!(matches!(error, Error::Format(FormatError { field: PUBLIC_KEY, problem }) if problem == expected), "{name}: {error}");
        assert!(matches!(inspect(&message[..], HeaderLimits::default()), Err(Error::Format(_))), "{name}: inspected");
    }
}

#[test]
fn the_footer_is_one_signature_over_the_whole_message_by_its_key() {
    let cases: [(&str, Footer, &str); 11] = [
        ("as it should be", |key, bytes| key.footer(bytes), ""),
        ("another key's", |_, bytes| SigningKeyOf(Cell::new(SigningKey::generate().ok())).footer(bytes), "the signature of the message"),
        ("over one byte less", |key, bytes| key.footer(&bytes[..bytes.len() - 1]), "the signature of the message"),
        ("over the body alone", |key, bytes| key.footer(&bytes[header_length(bytes)..]), "the signature of the message"),
        ("none", |_, _| Vec::new(), "malformed message: signature length: the input ends"),
        ("an empty one", |_, _| vec![0, 0], "malformed message: signature length: must not be zero"),
        ("one that is too long", |_, _| [&[0, 105][..], &[7; 105]].concat(), "malformed message: signature length: 105 is over"),
        ("a declared length only", |_, _| vec![0xFF, 0xFF], "malformed message: signature length: 65535 is over"),
        ("no DER", |_, _| [&[0, 96][..], &[7; 96]].concat(), "the signature of the message"),
        ("r = s = 0", |_, _| vec![0, 8, 0x30, 6, 2, 1, 0, 2, 1, 0], "the signature of the message"),
        (
            "a byte within the footer, behind the DER",
            |key, bytes| {
                let footer = key.footer(bytes);
                [&[0, footer[1] + 1][..], &footer[2..], &[0]].concat()
            },
            "",
        ),
    ];
    for (number, (name, footer, expected)) in cases.into_iter().enumerate() {
        let (key, text) = key_and_text();
        let message = Forge { suite: SIGNED, public_key: Some(text), footer }.message(key);
        if number == 0 {
            assert_eq!(open_1(&message[..]).1, PLAINTEXT);
            continue;
        }
        let error = verdict(&message);
        assert!(error.to_string().starts_with(expected), "{name}: {error}");
        assert!(inspect(&message[..], HeaderLimits::default()).is_err(), "{name}: inspected");
    }
}

#[test]
fn a_suite_is_not_exchanged_for_the_other() {
    for (message, suite) in [(signed(PLAINTEXT, FRAME), 0x04), (sealed(PLAINTEXT, FRAME), 0x05)] {
        let mut changed = message;
        changed[1] = suite;
        assert!(matches!(verdict(&changed), Error::Format(FormatError { field: PUBLIC_KEY, .. })));
    }
}

#[test]
fn each_message_has_a_key_of_its_own_and_materials_serve_one() {
    let mut materials = signed_materials();
    assert!(MessageSealer::new(&mut materials, frame_length(16), &SystemRandom).is_ok());
    assert!(matches!(MessageSealer::new(&mut materials, frame_length(16), &SystemRandom), Err(Error::Misuse(_))));
    let public_key = |message: &[u8]| header(message).encryption_context.get(PUBLIC_KEY).expect("the pair").to_owned();
    assert_ne!(public_key(&signed(b"", 1)), public_key(&signed(b"", 1)));
    let (one, two) = (keyring(1), keyring(2));
    let keyrings: [[&dyn Keyring; 1]; 2] = [[&one], [&two]];
    let mut messages = [Vec::new(), Vec::new()];
    let targets = messages.iter_mut().zip(&keyrings);
    let targets = targets.map(|(output, keyrings)| SealTarget { keyrings, context: context(), output }).collect();
    seal_each(PLAINTEXT, targets, signing_options(FRAME)).expect("seals");
    assert_ne!(public_key(&messages[0]), public_key(&messages[1]));
    for (message, key) in messages.iter().zip([one, two]) {
        assert_eq!(open_with(&message[..], &[&key], &OpenOptions::default()).1, PLAINTEXT);
    }
}

#[test]
fn a_rewrap_keeps_the_suite_and_draws_a_new_key() {
    let signed = signed(PLAINTEXT, FRAME);
    let unsigned = sealed(PLAINTEXT, FRAME);
    let cases = [
        (&signed, None, true),
        (&unsigned, None, false),
        (&signed, Some(AlgorithmSuite::default()), false),
        (&unsigned, Some(SIGNED), true),
    ];
    for (message, suite, is_signed) in cases {
        let mut out = Vec::new();
        let options = SealOptions { suite, ..options(64) };
        rewrap(&message[..], &mut out, &[&keyring(1)], &OpenOptions::default(), &[&keyring(2)], None, options).expect("rewraps");
        let (result, plaintext) = open_with(&out[..], &[&keyring(2)], &OpenOptions::default());
        let new = result.expect("opens").header;
        assert_eq!((new.suite.is_signed(), &plaintext[..]), (is_signed, PLAINTEXT));
        let mut pairs = new.encryption_context;
        let (old_key, new_key) = (header(message).encryption_context.remove(PUBLIC_KEY), pairs.remove(PUBLIC_KEY));
        assert_eq!((pairs, new_key.is_some()), (context(), is_signed));
        assert!(new_key.is_none() || new_key != old_key);
        let rewrapper = Rewrapper::begin(&message[..], &[&keyring(1)], &OpenOptions::default()).expect("opens");
        assert_eq!(rewrapper.context(), context());
    }
}

#[test]
fn a_rewrap_of_a_message_with_a_wrong_signature_gives_none_that_opens() {
    let mut message = signed(PLAINTEXT, FRAME);
    let end = message.len() - 1;
    message[end] ^= 1;
    let mut out = Vec::new();
    let result = rewrap(&message[..], &mut out, &[&keyring(1)], &OpenOptions::default(), &[&keyring(2)], None, options(FRAME));
    assert!(matches!(result, Err(Error::Signature)));
    assert!(open_with(&out[..], &[&keyring(2)], &OpenOptions::default()).0.is_err());
}

/// Writes EDKs of this provider, and would unwrap them too.
struct Provider(&'static str, Arc<AtomicUsize>);

impl Keyring for Provider {
    fn wrap(&self, data_key: &DataKey, _: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        let ciphertext = data_key.expose().to_vec();
        Ok(EncryptedDataKey { provider_id: self.0.to_owned(), provider_info: b"key".to_vec(), ciphertext })
    }

    fn unwrap(&self, edk: &EncryptedDataKey, _: &EncryptionContext) -> Unwrapped {
        if edk.provider_id != self.0 {
            return Unwrapped::NotForThisKeyring;
        }
        self.1.fetch_add(1, Relaxed);
        DataKey::from_slice(&edk.ciphertext).map_or(Unwrapped::NotForThisKeyring, Unwrapped::DataKey)
    }
}

#[test]
fn rsa_keys_of_aws_kms_and_signatures_do_not_meet() {
    let calls = Arc::new(AtomicUsize::new(0));
    let (rsa, aes) = (Provider("aws-kms-rsa", calls.clone()), keyring(1));
    for keyrings in [&[&rsa as &dyn Keyring][..], &[&aes, &rsa], &[&rsa, &aes]] {
        let mut out = Vec::new();
        let result = seal(PLAINTEXT, &mut out, keyrings, &context(), signing_options(FRAME));
        let is_refused = |error: Error| matches!(error, Error::Service(error) if error.code() == ErrorCode::InvalidKeyUsageException);
        assert!(result.is_err_and(is_refused) && out.is_empty());
        let data_key = DataKey::from_slice(&DATA_KEY).expect("32 bytes");
        assert!(EncryptionMaterials::wrap(SIGNED, data_key, keyrings, context(), &SystemRandom).is_err_and(is_refused));
        assert!(seal(PLAINTEXT, &mut out, keyrings, &context(), options(FRAME)).is_ok(), "without a signature they may");
    }
    // Made by somebody else: such an EDK is passed over, others are used.
    let other = Provider("other-kms-rs", calls.clone());
    let mut message = Vec::new();
    seal(PLAINTEXT, &mut message, &[&other, &aes], &context(), signing_options(FRAME)).expect("seals");
    assert_eq!(open_with(&message[..], &[&other], &OpenOptions::default()).1, PLAINTEXT);
    let mut forged = header(&message);
    forged.encrypted_data_keys[0].provider_id = "aws-kms-rsa".to_owned();
    calls.store(0, Relaxed);
    let edks = &forged.encrypted_data_keys;
    let keyrings: [&dyn Keyring; 2] = [&rsa, &aes];
    assert!(crate::keyring::unwrap_any(&keyrings, edks, SIGNED, &forged.encryption_context).is_ok());
    let error = crate::keyring::unwrap_any(&keyrings[..1], edks, SIGNED, &forged.encryption_context).expect_err("not used").to_string();
    assert!(calls.load(Relaxed) == 0 && error.contains("aws-kms-rsa key: is not used in a signed message"), "{error}");
    assert!(crate::keyring::unwrap_any(&keyrings[..1], edks, AlgorithmSuite::default(), &forged.encryption_context).is_ok());
}

#[test]
fn users_do_not_set_the_public_key() {
    let (_, text) = key_and_text();
    let reserved: EncryptionContext = [(PUBLIC_KEY, text)].into_iter().collect();
    for suite in [None, Some(SIGNED)] {
        let options = SealOptions { suite, ..SealOptions::default() };
        let result = seal(&b""[..], Vec::new(), &[&keyring(1)], &reserved, options);
        assert!(matches!(result, Err(Error::EncryptionContext(ContextMismatch::Reserved(_)))));
    }
}

#[test]
fn an_unsigned_header_needs_no_verifying() {
    assert!(Verifying::of(&header(&sealed(b"", 1))).expect("no pair").is_none());
    assert!(Verifying::of(&header(&signed(b"", 1))).expect("a public key").is_some());
}
