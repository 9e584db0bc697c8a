//! Several threads change nothing but the time it takes.

use std::io::{self, Write};

use super::*;
use crate::{
    error::Error,
    message::{Opener, Rewrapper, SealTarget, Threads, open::write_content, rewrap, seal, seal_each},
};

const COUNTS: [usize; 4] = [1, 2, 3, 8];
/// Frames of which a batch holds some hundreds.
const FRAME: usize = 1000;

fn threads(count: usize) -> Threads {
    Threads::new(count).expect("not 0")
}

fn seal_with(frame: usize, count: usize) -> SealOptions {
    SealOptions { threads: threads(count), ..options(frame) }
}

fn open_by(count: usize) -> OpenOptions {
    OpenOptions { threads: threads(count), ..OpenOptions::default() }
}

/// Around the ends of batches, which hold 1 frame, from the 16th on 2, from the 32nd on 4, … and at last 508 where they are sealed, and 254
/// where they are opened.
fn lengths() -> Vec<usize> {
    let mut lengths = vec![0, 1, FRAME - 1, FRAME, FRAME + 1];
    for batches in [1, 16, 18, 64, 2048, 2302, 4096, 4604] {
        lengths.extend([batches * FRAME - 1, batches * FRAME, batches * FRAME + 1, batches * FRAME + FRAME - 1]);
    }
    lengths
}

#[test]
fn frames_come_in_order_whatever_the_number_of_threads() {
    for (index, length) in lengths().into_iter().enumerate() {
        let plaintext = payload(length);
        let count = COUNTS[index % COUNTS.len()];
        let mut message = Vec::new();
        let step = [usize::MAX, 70_001, 999][index % 3];
        seal(Dribble::new(&plaintext, step), &mut message, &[&keyring(1)], &context(), seal_with(FRAME, count)).expect("seals");
        // In memory it is one thread that opens frame after frame.
        let mut out = Vec::new();
        open_slice(&message, &mut out, &[&keyring(1)], &OpenOptions::default()).expect("opens");
        assert!(out == plaintext, "{length} bytes by {count}");
        for count in COUNTS {
            let (result, released) = open_with(Dribble::new(&message, step), &[&keyring(1)], &open_by(count));
            assert_eq!(result.expect("opens").plaintext_length, length as u64);
            assert!(released == plaintext, "{length} bytes by {count}");
        }
    }
}

#[test]
fn each_target_gets_its_own_frames_in_order() {
    let plaintext = payload(3_000_500);
    for count in COUNTS {
        let keys: Vec<_> = (1..=3).map(keyring).collect();
        let keyrings: Vec<[&dyn Keyring; 1]> = keys.iter().map(|key| [key as &dyn Keyring]).collect();
        let mut messages = vec![Vec::new(); 3];
        let targets = messages.iter_mut().zip(&keyrings);
        let targets = targets.map(|(output, keyrings)| SealTarget { keyrings, context: context(), output }).collect();
        seal_each(&plaintext[..], targets, seal_with(FRAME, count)).expect("seals");
        for (message, keyrings) in messages.iter().zip(&keyrings) {
            let mut out = Vec::new();
            open_slice(message, &mut out, keyrings, &OpenOptions::default()).expect("opens");
            assert!(out == plaintext, "by {count}");
        }
        let mut rewrapped = Vec::new();
        let target = SealTarget { keyrings: &keyrings[1][..], context: context(), output: &mut rewrapped };
        let rewrapper = Rewrapper::begin(&messages[0][..], &keyrings[0], &open_by(count)).expect("opens");
        rewrapper.seal_each(vec![target], seal_with(777, count)).expect("rewraps");
        assert!(open_with(&rewrapped[..], &keyrings[1], &open_by(count)).1 == plaintext, "by {count}");
    }
}

#[test]
fn a_signature_is_over_the_frames_in_their_order() {
    let plaintext = payload(2_500_123);
    for count in COUNTS {
        let suite = Some(AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384);
        let mut message = Vec::new();
        let options = SealOptions { suite, ..seal_with(FRAME, count) };
        seal(&plaintext[..], &mut message, &[&keyring(1)], &context(), options).expect("seals");
        for count in COUNTS {
            let (result, released) = open_with(&message[..], &[&keyring(1)], &open_by(count));
            assert!(result.is_ok() && released == plaintext, "by {count}");
        }
    }
}

/// Whatever is wrong, several threads say the same about it as one, and release the same.
#[test]
fn what_is_released_before_an_error_is_the_same() {
    let plaintext = payload(2_100_000);
    let mut message = sealed(&plaintext, FRAME);
    let body = message.len() - (2100 * (FRAME + 32) + 40);
    for frame in [0, 1, 2, 15, 16, 17, 18, 500, 1023, 1024, 1500, 2047, 2048, 2099] {
        for within in [0, 7, 16, 600, FRAME + 31] {
            let place = body + frame * (FRAME + 32) + within;
            message[place] ^= 0x10;
            let (one, released) = open_with(&message[..], &[&keyring(1)], &open_by(1));
            let one = one.expect_err("changed").to_string();
            assert!(released == plaintext[..frame * FRAME], "{frame} {within}: {} bytes", released.len());
            for count in [2, 4] {
                let (several, released) = open_with(&message[..], &[&keyring(1)], &open_by(count));
                assert_eq!(several.expect_err("changed").to_string(), one, "{frame} {within} by {count}");
                assert!(released == plaintext[..frame * FRAME], "{frame} {within} by {count}: {} bytes", released.len());
            }
            message[place] ^= 0x10;
        }
    }
    for end in [body + 10, body + 2000 * (FRAME + 32), body + 2000 * (FRAME + 32) + 500, message.len() - 1] {
        let (result, released) = open_with(&message[..end], &[&keyring(1)], &open_by(3));
        assert!(matches!(result, Err(Error::Format(error)) if error.is_truncated()));
        assert!(released == plaintext[..(end - body) / (FRAME + 32) * FRAME]);
    }
}

/// Fails at one of its calls, and counts those that come after.
struct FailsAt {
    call: usize,
    calls: usize,
    asked_again: usize,
}

impl Write for FailsAt {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        self.asked_again += usize::from(self.calls > self.call);
        if self.calls >= self.call { Err(io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
    }

    /// A call like any other.
    fn flush(&mut self) -> io::Result<()> {
        self.write(&[]).map(drop)
    }
}

#[test]
fn a_writer_that_fails_at_any_of_its_calls_ends_everything() {
    // Of short messages all is gathered before the one write, which may fail too.
    for (length, calls) in [(1000, 2), (5000, 2), (60_000, 2), (70_000, 3), (5_000_000, 5)] {
        check_failing_writers(&payload(length), calls);
    }
}

/// Whole, each message takes `calls` calls or more.
fn check_failing_writers(plaintext: &[u8], calls: usize) {
    let message = sealed(plaintext, 65_536);
    type Work<'a> = &'a dyn Fn(&mut FailsAt, usize) -> Result<(), Error>;
    let seals: Work<'_> = &|out, count| seal(plaintext, out, &[&keyring(1)], &context(), seal_with(65_536, count)).map(drop);
    let opens: Work<'_> = &|out, count| open(&message[..], out, &[&keyring(1)], &open_by(count)).map(drop);
    let rewraps: Work<'_> =
        &|out, count| rewrap(&message[..], out, &[&keyring(1)], &open_by(count), &[&keyring(2)], None, seal_with(65_536, count)).map(drop);
    for count in [1, 2, 4] {
        for (name, work) in [("seal", seals), ("open", opens), ("rewrap", rewraps)] {
            let mut whole = FailsAt { call: usize::MAX, calls: 0, asked_again: 0 };
            work(&mut whole, count).expect("writes");
            assert!(whole.calls >= calls, "{name}: {}", whole.calls);
            for call in 1..=whole.calls {
                let mut output = FailsAt { call, calls: 0, asked_again: 0 };
                let result = work(&mut output, count);
                assert!(matches!(result, Err(Error::Io { .. })), "{name} by {count}, call {call}: {result:?}");
                assert_eq!(output.asked_again, 0, "{name} by {count}, call {call}");
            }
        }
    }
}

#[test]
fn a_reader_that_fails_ends_everything() {
    let plaintext = payload(3_000_000);
    let message = sealed(&plaintext, FRAME);
    for length in [0, 999, 1_000_000, 2_999_999] {
        let result = seal(Dribble::failing(&plaintext[..length], 70_000), io::sink(), &[&keyring(1)], &context(), seal_with(FRAME, 3));
        assert!(matches!(result, Err(Error::Io { .. })), "{length}: {result:?}");
        let failing = || Dribble::failing(&message[..length + 1000], 70_000);
        let (_, by_one) = open_with(failing(), &[&keyring(1)], &open_by(1));
        for count in COUNTS {
            let (result, released) = open_with(failing(), &[&keyring(1)], &open_by(count));
            assert!(matches!(result, Err(Error::Io { .. })), "{length} by {count}: {result:?}");
            assert!(plaintext.starts_with(&released) && released == by_one, "{length} by {count}: {} bytes", released.len());
        }
        // All frames that came whole, but for the last one, behind which the end may be.
        assert!(by_one.len() + FRAME >= length / (FRAME + 32) * FRAME, "{length}: {}", by_one.len());
    }
}

#[test]
fn the_numbers_end_under_several_threads_too() {
    for count in COUNTS {
        // Frames of which many are done by one thread, and frames that are shared out one by one.
        for (frame, frames, fits) in [1, 65_537].into_iter().flat_map(|frame| [(frame, 7, true), (frame, 8, false), (frame, 30, false)]) {
            let mut sealer = sealer(frame);
            sealer.skip_to_frame(u32::MAX - 7);
            let out = vec![crate::message::buffered_output::BufferedOutput::new(Vec::new())];
            let mut plaintext = crate::message::plaintext::PlaintextReader::new(io::repeat(7).take(frames * frame as u64));
            let result = seal::seal_frames(&mut plaintext, vec![sealer], out, seal_with(frame, count));
            assert_eq!(result.is_ok(), fits, "{frames} of {frame} by {count}");
            assert!(fits || matches!(result, Err(Error::Misuse(_))));
        }
    }
}

#[test]
fn messages_that_use_the_last_numbers_open() {
    for count in COUNTS {
        for length in [5, 6, 7] {
            let mut sealer = sealer(1);
            sealer.skip_to_frame(u32::MAX - 7);
            let mut message = Vec::new();
            seal_slice(&payload(length), &mut message, sealer).expect("the final frame has the last number at most");
            let mut opener = Opener::begin(&message[..], &[&keyring(1)], &open_by(count)).expect("a valid header");
            opener.walker.skip_to(number(u32::MAX - 7));
            let mut opened = Vec::new();
            write_content(opener, &mut opened, threads(count)).expect("opens");
            assert_eq!(opened, payload(length), "{length} by {count}");
        }
    }
}
