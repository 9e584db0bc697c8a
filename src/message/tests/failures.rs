//! Readers and writers that fail, and what is left then.

use std::io::{self, Read, Write};

use super::{Dribble, context, keyring, open_1, options, payload, sealed, sealer};
use crate::{
    error::Error,
    message::{OpenOptions, Opener, open, rewrap, seal, seal_slice},
};

/// Takes `room` bytes, then fails; counts how often it is asked after that.
struct Full {
    room: usize,
    failed: bool,
    asked_again: usize,
}

impl Full {
    fn new(room: usize) -> Self {
        Self { room, failed: false, asked_again: 0 }
    }
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.asked_again += usize::from(self.failed);
        let count = bytes.len().min(self.room);
        self.failed |= count == 0;
        self.room -= count;
        if count == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn assert_is_io(result: Result<impl Sized, Error>, expected: io::ErrorKind, what: &str) {
    match result.err().unwrap_or_else(|| panic!("{what}: succeeded")) {
        Error::Io { source, .. } => assert_eq!(source.kind(), expected, "{what}"),
        other => panic!("{what}: {other}"),
    }
}

#[test]
fn that_a_message_was_changed_is_told_though_the_output_fails_too() {
    // What was verified is gathered: it meets the full output when the next frame has failed.
    for length in [40, 300_000] {
        let mut message = sealed(&payload(length), 16);
        let end = message.len();
        message[end - 1] ^= 1;
        let output = Full::new(length.saturating_sub(20));
        let result = open(&message[..], output, &[&keyring(1)], &OpenOptions::default());
        assert!(matches!(result, Err(Error::Decryption)), "{length}: {:?}", result.err());
    }
}

#[test]
fn a_writer_that_fails_midway_is_an_error_and_is_not_asked_again() {
    let plaintext = payload(300_000);
    let message = sealed(&plaintext, 4096);
    for room in [0, 1, 100, 5000, 65_535, 65_536, 200_000, plaintext.len() - 1] {
        let mut output = Full::new(room);
        let result = seal(&plaintext[..], &mut output, &[&keyring(1)], &context(), options(4096));
        assert_is_io(result, io::ErrorKind::StorageFull, "seal");
        assert_eq!(output.asked_again, 0, "seal, {room}");

        let mut output = Full::new(room);
        assert_is_io(open(&message[..], &mut output, &[&keyring(1)], &OpenOptions::default()), io::ErrorKind::StorageFull, "open");
        assert_eq!(output.asked_again, 0, "open, {room}");

        let mut output = Full::new(room);
        let options = (OpenOptions::default(), options(1000));
        let result = rewrap(&message[..], &mut output, &[&keyring(1)], &options.0, &[&keyring(2)], None, options.1);
        assert_is_io(result, io::ErrorKind::StorageFull, "rewrap");
        assert_eq!(output.asked_again, 0, "rewrap, {room}");
    }
}

#[test]
fn a_reader_that_fails_is_an_error_and_is_not_asked_again() {
    let plaintext = payload(10_000);
    let message = sealed(&plaintext, 1000);
    for length in [0, 1, 50, 300, 1500, 5000, 9999] {
        let mut output = Vec::new();
        let result = seal(Dribble::failing(&plaintext[..length], 700), &mut output, &[&keyring(1)], &context(), options(1000));
        assert_is_io(result, io::ErrorKind::ConnectionReset, "seal");
        assert!(open_1(&output[..]).0.is_err(), "{length}: the unfinished message opens");
        assert_is_io(open_1(Dribble::failing(&message[..length], 700)).0, io::ErrorKind::ConnectionReset, "open");
    }
    // Whole, but the end is not known: the last frame stays back.
    let (result, released) = open_1(Dribble::failing(&message, 700));
    assert_is_io(result, io::ErrorKind::ConnectionReset, "open");
    assert_eq!(released, plaintext[..9000]);
}

#[test]
fn an_opener_gives_nothing_after_an_error() {
    let message = sealed(&payload(5000), 1000);
    let mut opener =
        Opener::begin(Dribble::failing(&message[..2500], 700), &[&keyring(1)], &OpenOptions::default()).expect("a whole header");
    let mut frames = 0;
    while opener.next_content().is_ok_and(|content| content.is_some()) {
        frames += 1;
    }
    assert_eq!(frames, 2);
    for _ in 0..3 {
        assert!(matches!(opener.next_content(), Err(Error::Misuse(_))));
    }
}

#[test]
fn an_opener_says_again_that_the_message_has_ended() {
    let message = sealed(&payload(1500), 1000);
    let mut opener = Opener::begin(&message[..], &[&keyring(1)], &OpenOptions::default()).expect("a whole header");
    assert_eq!(opener.next_content().expect("opens").map(<[u8]>::len), Some(1000));
    assert_eq!(opener.next_content().expect("opens").map(<[u8]>::len), Some(500));
    for _ in 0..3 {
        assert_eq!(opener.next_content().expect("ended"), None);
    }
}

/// Says that it filled more than it was given.
struct Boasting;

impl Read for Boasting {
    fn read(&mut self, dest: &mut [u8]) -> io::Result<usize> {
        dest.fill(1);
        Ok(dest.len() + 1)
    }
}

#[test]
fn a_reader_that_counts_wrongly_is_an_error() {
    for frame in [16, 65_536, 1 << 20] {
        let result = seal(Boasting, io::sink(), &[&keyring(1)], &context(), options(frame));
        assert!(matches!(result, Err(Error::Io { .. })), "{frame}");
    }
    assert!(matches!(open_1(Boasting).0, Err(Error::Io { .. })));
}

#[test]
fn sealing_a_slice_leaves_nothing_behind_when_it_fails() {
    let mut sealer = sealer(16);
    sealer.skip_to_frame(u32::MAX - 1);
    let mut out = b"before".to_vec();
    let result = seal_slice(&payload(100), &mut out, sealer);
    assert!(matches!(result, Err(Error::Misuse(_))));
    assert_eq!(out, b"before");
}
