//! Readers and writers that fail, and what is left then.

use std::io;

use super::{Dribble, context, keyring, open_1, options, payload, sealed};
use crate::{
    error::Error,
    message::{OpenOptions, Opener, seal},
};

fn assert_is_io(result: Result<impl Sized, Error>, expected: io::ErrorKind, what: &str) {
    match result.err().unwrap_or_else(|| panic!("{what}: succeeded")) {
        Error::Io { source, .. } => assert_eq!(source.kind(), expected, "{what}"),
        other => panic!("{what}: {other}"),
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
