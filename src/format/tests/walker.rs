//! One walk, whatever pieces the bytes come in.

use super::{sample, with_tag};
use crate::{
    error::{FormatError, FormatProblem},
    format::{
        ContentType, Header, HeaderLimits, SequenceNumber, TAG_LENGTH,
        body::{Piece, final_head, regular_head},
        footer::footer_bytes,
        walker::{Needed, Part, Step, Walker},
    },
    suite::AlgorithmSuite,
};

const FRAME: u32 = 16;

fn number(number: u32) -> SequenceNumber {
    SequenceNumber::new(number).expect("no frame has the number 0")
}

/// A message of two regular frames, a final one of 5 bytes, and with a signature a footer of 9 bytes; the tags are of no account.
fn message(suite: AlgorithmSuite) -> Vec<u8> {
    let header = Header { suite, content_type: ContentType::Framed { frame_length: FRAME }, ..sample() };
    let mut message = with_tag(&header);
    for frame in [1, 2] {
        message.extend([&regular_head(number(frame))[..], &[7; 16 + TAG_LENGTH]].concat());
    }
    message.extend([&final_head(number(3), 5)[..], &[7; 5 + TAG_LENGTH]].concat());
    if suite.is_signed() {
        message.extend(footer_bytes(&[8; 7]).expect("short"));
    }
    message
}

/// The pieces with their numbers, and the length of the footer.
type Walked = (Vec<(u32, Piece)>, Option<usize>);

/// The pieces and the footer that a walk sees which is shown `step` bytes more, or what it needs, whenever it needs some.
fn walk(message: &[u8], step: usize) -> Result<Walked, FormatError> {
    let (mut place, mut shown) = (0_usize, 0_usize);
    let mut show = |needed: Needed, place: usize| {
        assert!(shown.saturating_sub(place) < needed.least && needed.least <= needed.most, "no more is needed than what is not here");
        if place + needed.least > message.len() {
            return Err(FormatError::from(needed));
        }
        shown = (place + needed.least).max(shown + step).min(message.len());
        Ok(shown)
    };
    let mut here = 0;
    let (parsed, mut walker) = loop {
        match Walker::begin(&message[..here], HeaderLimits::default())? {
            Step::Part(begun) => break begun,
            Step::Needs(needed) => here = show(needed, 0)?,
        }
    };
    place += parsed.length();
    let (mut pieces, mut footer) = (Vec::new(), None);
    loop {
        let part = match walker.step(&message[place.min(here)..here])? {
            Step::Part(part) => part,
            Step::Needs(needed) => {
                here = show(needed, place)?;
                continue;
            }
        };
        match part {
            Part::Piece(head) => {
                pieces.push((head.sequence_number.get(), head.piece));
                place += head.piece_length().expect("short");
            }
            Part::Footer { length } => {
                footer = Some(length);
                place += length;
            }
            Part::End => {
                assert_eq!((place, walker.is_behind_body()), (message.len(), true));
                return Ok((pieces, footer));
            }
        }
    }
}

#[test]
fn a_walk_sees_every_part_whatever_it_is_shown_at_once() {
    let suites = [(AlgorithmSuite::Aes256GcmHkdfSha512CommitKey, None), (AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384, Some(9))];
    for (suite, expected_footer) in suites {
        let message = message(suite);
        for step in [0, 1, 7, 100, usize::MAX >> 1] {
            let (pieces, footer) = walk(&message, step).expect("well formed");
            assert_eq!(pieces, [(1, Piece::Regular), (2, Piece::Regular), (3, Piece::Final)], "{step}");
            assert_eq!(footer, expected_footer);
        }
    }
}

#[test]
fn a_walk_that_is_cut_short_says_so() {
    let message = message(AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384);
    for length in 0..message.len() {
        if let Err(error) = walk(&message[..length], 1) {
            assert!(matches!(error.problem, FormatProblem::Truncated { .. }), "{length}: {error}");
        } else {
            panic!("{length}: a walk over a part of a message came to its end");
        }
    }
}

#[test]
fn a_copy_looks_ahead_and_leaves_the_walk_where_it_is() {
    let message = message(AlgorithmSuite::default());
    let Ok(Step::Part((parsed, walker))) = Walker::begin(&message, HeaderLimits::default()) else { panic!("well formed") };
    let body = &message[parsed.length()..];
    let mut ahead = walker;
    let first = ahead.step(body);
    assert_ne!(ahead, walker);
    let mut again = walker;
    assert_eq!(again.step(body), first);
    // The second frame is not the first one.
    assert!(again.step(body).is_err());
}
