#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

mod each;
mod failures;
mod growth;
mod keys;
mod limits;
mod nonces;
mod open_held;
mod region_binding;
mod required_context;
mod round_trip;
mod signed;
mod tamper;
mod threads;
mod ticket_lock;
mod wrap;

use std::io::{self, Read};

use super::{EncryptionMaterials, FrameLength, MessageSealer, OpenOptions, Opened, SealOptions, open, open_slice, seal_slice};
use crate::{
    crypto::{HeaderKey, SealedHeader, SystemRandom, derive_message_keys},
    error::Result,
    format::{ContentType, EncryptionContext, Header, MessageId, SequenceNumber},
    keyring::{Keyring, RawAesKeyring},
    secret::{DataKey, SecretBytes},
    suite::AlgorithmSuite,
};

const DATA_KEY: [u8; 32] = [0xD7; 32];

/// The raw AES key number `number`, in the namespace "test".
fn keyring(number: u8) -> RawAesKeyring {
    RawAesKeyring::new("test", format!("key-{number}"), &SecretBytes::new(vec![number; 32])).expect("a valid key")
}

fn context() -> EncryptionContext {
    [("purpose", "test")].into_iter().collect()
}

fn frame_length(bytes: usize) -> FrameLength {
    u32::try_from(bytes).ok().and_then(FrameLength::new).expect("a valid frame length")
}

fn options(bytes: usize) -> SealOptions {
    SealOptions { frame_length: frame_length(bytes), ..SealOptions::default() }
}

/// Bytes that do not repeat within any frame.
fn payload(length: usize) -> Vec<u8> {
    (0..length).map(|n| n.wrapping_mul(31).wrapping_add(n >> 8).to_le_bytes()[0]).collect()
}

fn materials() -> EncryptionMaterials {
    let data_key = DataKey::from_slice(&DATA_KEY).expect("32 bytes");
    EncryptionMaterials::wrap(AlgorithmSuite::default(), data_key, &[&keyring(1)], context(), &SystemRandom).expect("wraps")
}

pub(super) fn sealer(frame: usize) -> MessageSealer {
    MessageSealer::new(&mut materials(), frame_length(frame), &SystemRandom).expect("a valid header")
}

/// A message under [`DATA_KEY`], wrapped by key 1.
fn sealed(payload: &[u8], frame: usize) -> Vec<u8> {
    let mut message = Vec::new();
    seal_slice(payload, &mut message, sealer(frame)).expect("seals");
    message
}

/// The result and everything that came out.
fn open_with(input: impl Read + Send, keyrings: &[&dyn Keyring], options: &OpenOptions) -> (Result<Opened>, Vec<u8>) {
    let mut plaintext = Vec::new();
    let result = open(input, &mut plaintext, keyrings, options);
    (result, plaintext)
}

/// Opening from memory must come to the same verdict as `expected`, and leave nothing of what it refuses.
fn assert_slice_agrees(message: &[u8], expected: &(Result<Opened>, Vec<u8>)) {
    assert_slice_agrees_with(message, expected, &[&keyring(1)], &OpenOptions::default());
}

fn assert_slice_agrees_with(message: &[u8], expected: &(Result<Opened>, Vec<u8>), keyrings: &[&dyn Keyring], options: &OpenOptions) {
    let mut out = b"before".to_vec();
    let result = open_slice(message, &mut out, keyrings, options);
    match (&result, &expected.0) {
        (Ok(ours), Ok(theirs)) => assert!(ours == theirs && out[6..] == expected.1),
        (Err(ours), Err(theirs)) => assert!(ours.to_string() == theirs.to_string() && out == b"before", "{ours} {theirs}"),
        _ => panic!("{result:?} {:?}", expected.0),
    }
}

fn open_1(input: impl Read + Send) -> (Result<Opened>, Vec<u8>) {
    open_with(input, &[&keyring(1)], &OpenOptions::default())
}

/// A header with a valid tag under [`DATA_KEY`], changed before the tag was made; its bytes, and what seals its frames.
fn forged(change: impl FnOnce(&mut Header)) -> (Header, Vec<u8>, SealedHeader) {
    let materials = materials();
    let message_id = MessageId([0x1D; 32]);
    let suite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKey;
    let (derived_key, commitment) = derive_message_keys(&DATA_KEY, &message_id.0, suite.id());
    let mut header = Header {
        suite,
        message_id,
        encryption_context: materials.context,
        encrypted_data_keys: materials.encrypted_data_keys,
        content_type: ContentType::Framed { frame_length: 16 },
        commitment,
    };
    change(&mut header);
    let mut bytes = header.to_bytes().expect("a valid header");
    let sealed = HeaderKey::new(derived_key).seal_header(&bytes);
    bytes.extend_from_slice(&sealed.tag);
    (header, bytes, sealed)
}

/// The frame number, in a test in which it is not 0.
fn number(number: u32) -> SequenceNumber {
    SequenceNumber::new(number).expect("no frame has the number 0")
}

/// Gives at most `step` bytes a call, and every other call is interrupted. Must not be asked again after an error.
struct Dribble<'a> {
    bytes: &'a [u8],
    step: usize,
    interrupted: bool,
    error_at_end: bool,
    failed: bool,
    largest_request: usize,
}

impl<'a> Dribble<'a> {
    fn new(bytes: &'a [u8], step: usize) -> Self {
        Self { bytes, step, interrupted: false, error_at_end: false, failed: false, largest_request: 0 }
    }

    fn failing(bytes: &'a [u8], step: usize) -> Self {
        Self { error_at_end: true, ..Self::new(bytes, step) }
    }
}

impl Read for Dribble<'_> {
    fn read(&mut self, dest: &mut [u8]) -> io::Result<usize> {
        assert!(!self.failed, "asked again after an error");
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.largest_request = self.largest_request.max(dest.len());
        let count = self.step.min(dest.len()).min(self.bytes.len());
        if count == 0 && self.error_at_end {
            self.failed = true;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let (now, later) = self.bytes.split_at(count);
        dest[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}
