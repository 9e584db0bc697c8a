//! Buffers that begin small and grow: nothing is lost, moved or out of order where they do.

use std::io::{self, Write};

use super::*;
use crate::message::{CHUNK, FIRST, Rewrapper, SealTarget, Threads, frames::Frames, plaintext::PlaintextReader, seal, seal_each};

/// Around what fits the first buffer, with and without what surrounds the content of a frame, and around what small pieces are gathered in.
const EDGES: [usize; 4] = [FIRST - 32, FIRST - 16, FIRST, CHUNK];

fn around(edges: impl IntoIterator<Item = usize>) -> impl Iterator<Item = usize> {
    edges.into_iter().flat_map(|edge| [edge - 1, edge, edge + 1])
}

/// Takes at most `step` bytes a call, and is interrupted every other time.
struct Narrow {
    taken: Vec<u8>,
    step: usize,
    is_interrupted: bool,
}

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = bytes.len().min(self.step);
        self.taken.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seals and opens in small steps and in large ones, with one thread and with two.
fn check(plaintext: &[u8], frame: usize, step: usize) {
    let what = format!("{} bytes in frames of {frame}, {step} at a time", plaintext.len());
    for threads in [Threads::ONE, Threads::new(2).expect("not 0")] {
        let options = SealOptions { threads, ..options(frame) };
        let mut message = Narrow { taken: Vec::new(), step, is_interrupted: false };
        seal(Dribble::new(plaintext, step), &mut message, &[&keyring(1)], &context(), options).expect("seals");
        // In memory no buffer grows, and every head, number and tag is looked at.
        let mut out = Vec::new();
        open_slice(&message.taken, &mut out, &[&keyring(1)], &OpenOptions::default()).expect("opens");
        assert!(out == plaintext, "seal: {what}");
        let mut opened = Narrow { taken: Vec::new(), step, is_interrupted: false };
        let open_options = OpenOptions { threads, ..OpenOptions::default() };
        let input = Dribble::new(&message.taken, step);
        let result = open(input, &mut opened, &[&keyring(1)], &open_options).expect("opens");
        assert!(opened.taken == plaintext && result.plaintext_length == plaintext.len() as u64, "open: {what}");
    }
}

#[test]
fn payloads_around_the_first_buffer() {
    for frame in around([FIRST - 32, FIRST]).chain([1 << 20]) {
        for length in around(EDGES).chain([2 * FIRST]) {
            check(&payload(length), frame, usize::MAX);
        }
        check(&payload(frame.min(CHUNK)), frame, 1000);
    }
}

#[test]
fn payloads_around_the_first_buffer_in_frames_of_64_kib() {
    for length in around(EDGES).chain([0, 1, 2 * CHUNK - 1, 2 * CHUNK]) {
        for frame in around([CHUNK]) {
            check(&payload(length), frame, usize::MAX);
        }
        check(&payload(length), CHUNK, 4095);
    }
}

#[test]
fn payloads_around_the_first_buffer_in_frames_of_1_byte() {
    for length in around([FIRST / 33, FIRST]) {
        check(&payload(length), 1, usize::MAX);
    }
}

#[test]
fn payloads_that_come_and_go_by_the_byte() {
    for length in around([FIRST - 32, FIRST]) {
        for frame in [7, FIRST - 32, FIRST + 1, CHUNK] {
            check(&payload(length), frame, 1);
        }
    }
    check(&payload(CHUNK + 1), CHUNK, 1);
}

#[test]
fn every_target_gets_all_of_a_payload_around_the_first_buffer() {
    let keys: Vec<_> = (1..=3).map(keyring).collect();
    let keyrings: Vec<[&dyn Keyring; 1]> = keys.iter().map(|key| [key as &dyn Keyring]).collect();
    for (length, frame) in around(EDGES).flat_map(|length| [FIRST - 32, FIRST, CHUNK].map(|frame| (length, frame))) {
        let plaintext = payload(length);
        let mut messages = vec![Vec::new(); 3];
        let targets = messages.iter_mut().zip(&keyrings);
        let targets = targets.map(|(output, keyrings)| SealTarget { keyrings, context: context(), output }).collect();
        seal_each(Dribble::new(&plaintext, 3000), targets, options(frame)).expect("seals");
        for (message, keyrings) in messages.iter().zip(&keyrings) {
            assert!(open_with(&message[..], keyrings, &OpenOptions::default()).1 == plaintext, "{length} in frames of {frame}");
        }
        let mut rewrapped = Vec::new();
        let target = SealTarget { keyrings: &keyrings[1], context: context(), output: &mut rewrapped };
        let rewrapper = Rewrapper::begin(&messages[0][..], &keyrings[0], &OpenOptions::default()).expect("opens");
        rewrapper.seal_each(vec![target], options(frame + 1)).expect("rewraps");
        assert!(open_with(&rewrapped[..], &keyrings[1], &OpenOptions::default()).1 == plaintext, "{length} in frames of {frame}");
    }
}

#[test]
fn frames_take_their_whole_room_only_when_there_is_that_much() {
    for (length, room) in [(0, FIRST), (1000, FIRST), (FIRST - 33, FIRST), (FIRST, CHUNK + 32), (CHUNK - 1, CHUNK + 32)] {
        let mut frames = Frames::default();
        frames.reset(CHUNK, 1);
        frames.fill(&mut PlaintextReader::new(&payload(length)[..])).expect("reads");
        assert_eq!((frames.room_length(), frames.is_full()), (room, false), "{length}");
    }
    let mut frames = Frames::default();
    frames.reset(100, 1);
    frames.fill(&mut PlaintextReader::new(&payload(1000)[..])).expect("reads");
    assert_eq!((frames.room_length(), frames.is_full()), (132, true));
}

/// Counts calls, and takes everything.
#[derive(Default)]
struct ByteCounter(usize);

impl Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_message_that_fits_is_written_at_once() {
    for length in [0, 1, FIRST - 1, FIRST, FIRST + 1, CHUNK - 1000] {
        let mut output = ByteCounter::default();
        seal(&payload(length)[..], &mut output, &[&keyring(1)], &context(), SealOptions::default()).expect("seals");
        assert_eq!(output.0, 1, "{length}");
    }
}
