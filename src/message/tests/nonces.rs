//! One message id, one message; one frame number, one encryption.

use std::{collections::HashSet, sync::Mutex};

use super::{context, frame_length, keyring, materials, open_1, options, payload, sealed, sealer};
use crate::{
    crypto::{Random, SystemRandom},
    error::{Error, Result},
    format::{Header, HeaderLimits},
    message::{EncryptionMaterials, MAX_PLAINTEXT_LENGTH, MessageSealer, OpenOptions, rewrap, seal, seal_slice},
    suite::AlgorithmSuite,
};

fn header(message: &[u8]) -> Header {
    Header::parse(message, HeaderLimits::default()).expect("a valid header").header
}

#[test]
fn every_message_has_its_own_id_and_commitment() {
    let (mut ids, mut commitments) = (HashSet::new(), HashSet::new());
    for _ in 0..100 {
        // The same data key, context and payload every time.
        let header = header(&sealed(b"the same payload", 16));
        assert!(ids.insert(header.message_id) && commitments.insert(header.commitment));
    }
}

#[test]
fn the_same_payload_under_the_same_data_key_gives_other_frames() {
    let (first, second) = (sealed(&[0; 64], 16), sealed(&[0; 64], 16));
    let body = first.len() - (4 * (16 + 32) + 40);
    assert_eq!(first.len(), second.len());
    for frame in 0..4 {
        let content = body + frame * 48 + 16..body + frame * 48 + 32;
        assert_ne!(first[content.clone()], second[content]);
    }
}

#[test]
fn two_sealers_of_the_same_materials_share_nothing() {
    let mut materials = materials();
    let mut new = || MessageSealer::new(&mut materials, frame_length(16), &SystemRandom).expect("a valid header");
    let (first, second) = (new(), new());
    assert_ne!(first.message_id(), second.message_id());
    assert_ne!(header(first.header()).commitment, header(second.header()).commitment);
    assert_eq!(header(first.header()).encrypted_data_keys, header(second.header()).encrypted_data_keys);
}

#[test]
fn a_rewrap_draws_a_new_id_and_encrypts_every_frame_anew() {
    let plaintext = payload(100);
    let message = sealed(&plaintext, 16);
    let mut rewrapped = Vec::new();
    // For the same key under the same context: even then nothing is carried over.
    let open_options = OpenOptions::default();
    rewrap(&message[..], &mut rewrapped, &[&keyring(1)], &open_options, &[&keyring(1)], None, options(16)).expect("rewraps");
    assert_eq!(rewrapped.len(), message.len());
    let (old, new) = (header(&message), header(&rewrapped));
    assert!(old.message_id != new.message_id && old.commitment != new.commitment);
    let frames = 6 * 48 + 40 + 4;
    let pairs = message[message.len() - frames..].chunks(48).zip(rewrapped[rewrapped.len() - frames..].chunks(48));
    for (old, new) in pairs {
        assert_ne!(old[16..], new[16..]);
    }
    assert_eq!(open_1(&rewrapped[..]).1, plaintext);
}

/// Fails at the call with this number.
struct Exhausted(Mutex<u32>);

impl Random for Exhausted {
    fn fill(&self, dest: &mut [u8]) -> Result<()> {
        let mut left = self.0.lock().expect("nobody panics");
        *left = left.checked_sub(1).ok_or(Error::Random)?;
        SystemRandom.fill(dest)
    }
}

#[test]
fn without_random_bytes_there_is_no_message() {
    // Data key, then the EDK's IV.
    for calls in 0..2 {
        let materials = EncryptionMaterials::generate(AlgorithmSuite::default(), &[&keyring(1)], context(), &Exhausted(calls.into()));
        assert!(matches!(materials, Err(Error::Random)), "{calls}");
    }
    assert!(EncryptionMaterials::generate(AlgorithmSuite::default(), &[&keyring(1)], context(), &Exhausted(2.into())).is_ok());
    assert!(matches!(MessageSealer::new(&mut materials(), frame_length(16), &Exhausted(0.into())), Err(Error::Random)));
}

#[test]
fn the_last_frame_number_is_for_the_final_frame_only() {
    let mut sealer = sealer(4);
    sealer.skip_to_frame(u32::MAX - 1);
    let (head, _) = sealer.seal_regular(&mut [0; 4]).expect("2^32-2 is a regular number");
    assert_eq!(head[..4], (u32::MAX - 1).to_be_bytes());
    let ending = sealer.seal_final(&mut [0; 3]).expect("2^32-1 is left for the final frame");
    assert_eq!(ending.head[..8], [0xFF; 8]);
}

#[test]
fn the_end_of_the_numbers_is_an_error_and_spends_the_sealer() {
    let mut sealer = sealer(4);
    sealer.skip_to_frame(u32::MAX);
    let mut content = *b"data";
    assert!(matches!(sealer.seal_regular(&mut content), Err(Error::Misuse(_))));
    assert_eq!(content, *b"data");
    assert!(matches!(sealer.seal_regular(&mut content), Err(Error::Misuse(_))));
    assert!(matches!(sealer.seal_final(&mut content[..3]), Err(Error::Misuse(_))));
}

#[test]
fn a_whole_frame_is_never_the_final_one() {
    assert!(matches!(sealer(4).seal_final(&mut [0; 4]), Err(Error::Misuse(_))));
    assert!(sealer(4).seal_final(&mut [0; 3]).is_ok());
}

#[test]
fn any_error_spends_the_sealer() {
    type Fail = fn(&mut MessageSealer) -> bool;
    let failures: [Fail; 3] = [
        |sealer| sealer.seal_regular(&mut [0; 3]).is_err(),
        |sealer| sealer.seal_regular(&mut [0; 5]).is_err(),
        |sealer| {
            sealer.pretend_sealed(MAX_PLAINTEXT_LENGTH - 3);
            sealer.seal_regular(&mut [0; 4]).is_err()
        },
    ];
    for (number, fail) in failures.into_iter().enumerate() {
        let mut spent = sealer(4);
        spent.seal_regular(&mut [0; 4]).expect("seals");
        assert!(fail(&mut spent), "{number}");
        spent.pretend_sealed(0);
        assert!(spent.seal_regular(&mut [0; 4]).is_err(), "{number}: seals after an error");
        assert!(spent.seal_final(&mut [0; 3]).is_err(), "{number}: ends after an error");
    }
}

#[test]
fn a_message_holds_at_most_2_to_the_52_bytes() {
    let near = |sealed| {
        let mut sealer = sealer(4);
        sealer.pretend_sealed(sealed);
        sealer
    };
    assert!(near(MAX_PLAINTEXT_LENGTH - 4).seal_regular(&mut [0; 4]).is_ok());
    assert!(near(MAX_PLAINTEXT_LENGTH - 3).seal_regular(&mut [0; 4]).is_err());
    let ending = near(MAX_PLAINTEXT_LENGTH - 3).seal_final(&mut [0; 3]).expect("just fits");
    assert_eq!(ending.plaintext_length, MAX_PLAINTEXT_LENGTH);
    assert!(near(MAX_PLAINTEXT_LENGTH - 2).seal_final(&mut [0; 3]).is_err());
    assert!(near(u64::MAX).seal_final(&mut [0; 1]).is_err());
}

#[test]
fn a_payload_longer_than_the_numbers_reach_is_an_error() {
    let mut sealer = sealer(1);
    sealer.skip_to_frame(u32::MAX - 2);
    let mut out = Vec::new();
    assert!(seal_slice(&[0; 2], &mut out, sealer).is_ok());
    let mut sealer = super::sealer(1);
    sealer.skip_to_frame(u32::MAX - 2);
    assert!(matches!(seal_slice(&[0; 3], &mut out, sealer), Err(Error::Misuse(_))));
}

#[test]
fn every_whole_frame_is_regular() {
    let mut message = Vec::new();
    seal(&payload(32)[..], &mut message, &[&keyring(1)], &context(), options(16)).expect("seals");
    let last = message.len() - 40;
    let second = last - (4 + 12 + 16 + 16);
    assert_eq!(message[second..second + 4], [0, 0, 0, 2]);
    assert_eq!(message[last..last + 8], [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 3]);
    assert_eq!(message[last + 20..last + 24], [0; 4], "an empty final frame");
}
