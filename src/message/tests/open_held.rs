//! Outputs that cannot be taken back.

use std::io::{self, Read, Write};

use super::{Dribble, context, keyring, options, payload, sealed};
use crate::{
    error::{Error, Result},
    message::{
        MAX_HELD_LENGTH, OpenOptions, Opened, SealOptions,
        open::Opener,
        open_held::{hold, open_held},
        seal,
    },
    suite::AlgorithmSuite,
};

fn signed(payload: impl Read + Send) -> Vec<u8> {
    let mut message = Vec::new();
    let options = SealOptions { suite: Some(AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384), ..options(1000) };
    seal(payload, &mut message, &[&keyring(1)], &context(), options).expect("seals");
    message
}

/// Opens with a limit of `limit` bytes; `again` is what a second pass reads.
fn open_with_limit(message: &[u8], again: Option<&[u8]>, limit: u64) -> (Result<Opened>, Vec<u8>) {
    let mut out = Vec::new();
    let first = Opener::begin(Dribble::new(message, 777), &[&keyring(1)], &OpenOptions::default()).expect("a valid header");
    let again = again.map(|bytes| move || Ok(bytes));
    let result = hold(first, again, &mut out, &[&keyring(1)], &OpenOptions::default(), limit);
    (result, out)
}

#[test]
fn what_fits_is_held_and_what_does_not_is_read_twice() {
    let limit = 5000;
    for length in [0, 1, 999, 1000, 4999, 5000, 5001, 20_000] {
        let payload = payload(length);
        let message = signed(&payload[..]);
        let (result, out) = open_with_limit(&message, Some(&message), limit);
        assert_eq!((result.expect("opens").plaintext_length, &out), (length as u64, &payload), "{length}");
        let (result, out) = open_with_limit(&message, None, limit);
        if length as u64 <= limit {
            assert!(result.is_ok() && out == payload, "{length}");
        } else {
            assert!(matches!(result, Err(Error::TooLongToHold { limit: 5000 })) && out.is_empty(), "{length}");
        }
    }
}

#[test]
fn nothing_comes_out_of_a_message_with_a_wrong_end() {
    for length in [0, 1000, 4999, 20_000] {
        let message = signed(&payload(length)[..]);
        let mut changed = message.clone();
        let end = changed.len() - 1;
        changed[end] ^= 1;
        for (wrong, name) in [(&changed[..], "signature"), (&message[..end], "cut"), (&[&message[..], b"\n"].concat()[..], "behind")] {
            let (result, out) = open_with_limit(wrong, Some(&message), 5000);
            assert!(matches!(result, Err(Error::Signature | Error::Format(_))) && out.is_empty(), "{length} {name}");
        }
    }
}

#[test]
fn a_second_pass_verifies_all_over_again() {
    let message = signed(&payload(20_000)[..]);
    let mut changed = message.clone();
    let end = changed.len() - 1;
    changed[end] ^= 1;
    let (result, out) = open_with_limit(&message, Some(&changed), 5000);
    assert!(matches!(result, Err(Error::Signature)), "{result:?}");
    assert!(out.len() < 20_000, "the last frame waits for the signature here too");
    let other = signed(&payload(20_000)[..]);
    let (result, out) = open_with_limit(&message, Some(&other), 5000);
    assert!(matches!(result, Err(Error::Signature)) && out.is_empty(), "another message: {result:?}");
}

#[test]
fn an_unsigned_message_is_not_held() {
    let mut written = 0;
    /// Counts what was written before the input was read to its end.
    struct Counting<'a>(&'a mut usize);
    impl Write for Counting<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            *self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut message = sealed(&payload(500_000), 1000);
    let end = message.len() - 1;
    message[end] ^= 1;
    let again: Option<fn() -> Result<io::Empty>> = None;
    let result = open_held(&message[..], again, Counting(&mut written), &[&keyring(1)], &OpenOptions::default());
    assert!(matches!(result, Err(Error::Decryption)) && written == 499_000, "{written}");
}

#[test]
fn blocks_are_written_in_order_and_the_limit_is_of_plaintext() {
    let payload = payload(3 * 1024 * 1024 + 5);
    let message = signed(&payload[..]);
    let mut out = Vec::new();
    let again: Option<fn() -> Result<io::Empty>> = None;
    let opened = open_held(&message[..], again, &mut out, &[&keyring(1)], &OpenOptions::default()).expect("opens");
    assert!(out == payload && opened.plaintext_length == payload.len() as u64 && opened.plaintext_length < MAX_HELD_LENGTH);
}
