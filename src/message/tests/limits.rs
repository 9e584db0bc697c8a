//! A declared length allocates nothing, and what has to fit in memory has a limit.

use super::{Dribble, assert_slice_agrees, forged, keyring, number, open_1, open_with, sealed};
use crate::{
    crypto::SealedHeader,
    error::{Error, FormatProblem},
    format::{
        ContentType, Header, HeaderLimits,
        body::{BodyAad, Piece, final_head, regular_head},
    },
    message::{FrameLength, OpenOptions, Opener, inspect},
};

fn framed(frame_length: u32) -> (Header, Vec<u8>, SealedHeader) {
    forged(|header| header.content_type = ContentType::Framed { frame_length })
}

fn limit(max_content_length: u64) -> OpenOptions {
    OpenOptions { max_content_length, ..OpenOptions::default() }
}

/// Opens and gives the largest buffer that the input was asked to fill.
fn largest_request(message: &[u8], options: &OpenOptions) -> (Option<Error>, usize) {
    let mut input = Dribble::new(message, usize::MAX);
    let error = Opener::begin(&mut input, &[&keyring(1)], options).and_then(|mut opener| opener.next_content().map(drop)).err();
    (error, input.largest_request)
}

fn final_frame(header: &Header, SealedHeader { key, numbers, .. }: SealedHeader, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("short");
    let mut content = content.to_vec();
    let aad = BodyAad::new(&header.message_id, Piece::Final, number(1), length.into());
    let tag = key.seal(numbers.last(), aad.as_bytes(), &mut content).expect("seals");
    [&final_head(number(1), length)[..], &content, &tag].concat()
}

#[test]
fn frames_of_any_declared_length_are_read() {
    for frame_length in [1 << 24, (1 << 24) + 1, 1 << 31, u32::MAX] {
        let (header, mut message, sealed) = framed(frame_length);
        message.extend(final_frame(&header, sealed, b"short"));
        let (result, released) = open_1(Dribble::new(&message, 7));
        assert!(result.is_ok() && released == b"short", "{frame_length}: {result:?}");
        assert!(largest_request(&message, &OpenOptions::default()).1 <= 65_536);
    }
}

#[test]
fn a_declared_frame_length_allocates_nothing() {
    let (_, header, _) = framed(u32::MAX);
    for behind in [&regular_head(number(1))[..], &final_head(number(1), u32::MAX)] {
        let message = [&header[..], behind, &[0; 40]].concat();
        let (error, largest) = largest_request(&message, &OpenOptions::default());
        let Some(Error::TooLong { length, limit: over, .. }) = error else { panic!("{error:?}") };
        assert_eq!((length, over), (u32::MAX.into(), 16 << 20));
        assert!(largest <= 65_536, "{largest}");
        assert_slice_agrees(&message, &open_1(&message[..]));
        // With a limit that lets it through, memory follows what is there.
        let (error, largest) = largest_request(&message, &limit(u64::MAX));
        assert!(matches!(&error, Some(Error::Format(error)) if error.is_truncated()), "{error:?}");
        assert!(largest <= 65_536, "{largest}");
    }
}

#[test]
fn a_declared_block_length_allocates_nothing() {
    let (_, header, _) = forged(|header| header.content_type = ContentType::NonFramed);
    let top = u64::MAX - 36;
    for length in [(16 << 20) + 1, u32::MAX.into(), 1 << 63, top - 1, top, top + 1, u64::MAX] {
        // Longer than the first look, so that the input's end is not known yet.
        let message = [&header[..], &number(1).iv(), &length.to_be_bytes(), &[0; 2000]].concat();
        let (error, largest) = largest_request(&message, &OpenOptions::default());
        assert!(matches!(error, Some(Error::TooLong { length: declared, .. }) if declared == length), "{length}: {error:?}");
        assert!(largest <= 65_536, "{largest}");
        let (error, largest) = largest_request(&message, &limit(u64::MAX));
        let truncated = matches!(&error, Some(Error::Format(error)) if error.is_truncated());
        assert!(truncated || matches!(error, Some(Error::TooLong { .. })), "{length}: {error:?}");
        assert!(largest <= 65_536, "{largest}");
        assert!(matches!(inspect(&message[..], HeaderLimits::default()), Err(Error::Format(_))), "{length}");
    }
}

#[test]
fn a_declared_header_allocates_nothing() {
    let mut message = vec![2, 4, 0x78];
    message.extend([0; 32]);
    message.extend([0xFF; 2]);
    let (error, largest) = largest_request(&message, &OpenOptions::default());
    assert!(matches!(&error, Some(Error::Format(error)) if error.is_truncated()), "{error:?}");
    assert!(largest <= 65_536, "{largest}");
    // More bytes than the limit are never asked for, however many there are.
    let endless = [&message[..], &vec![0; 4 << 20]].concat();
    let mut input = Dribble::new(&endless, 1000);
    let options =
        OpenOptions { header_limits: HeaderLimits { max_header_length: 4096, ..HeaderLimits::default() }, ..OpenOptions::default() };
    let Err(Error::Format(error)) = Opener::begin(&mut input, &[&keyring(1)], &options).map(drop) else { panic!("too long") };
    assert!(matches!(error.problem, FormatProblem::TooLarge { limit: 4096, .. }), "{error}");
    assert!(endless.len() - input.bytes.len() <= 8192);
}

#[test]
fn content_over_16_mib_needs_a_raised_limit() {
    let over = (1 << 24) + 1;
    let (header, mut message, sealed) = framed(over);
    message.extend(final_frame(&header, sealed, &vec![5; over as usize]));
    let (result, released) = open_1(&message[..]);
    assert!(matches!(result, Err(Error::TooLong { length, limit: 16_777_216, .. }) if length == u64::from(over)), "{result:?}");
    assert!(released.is_empty());
    let (result, released) = open_with(&message[..], &[&keyring(1)], &limit(over.into()));
    assert!(result.is_ok() && released.len() == over as usize);
}

#[test]
fn the_limit_may_also_be_lowered() {
    let message = sealed(&[7; 100], 40);
    assert!(open_with(&message[..], &[&keyring(1)], &limit(40)).0.is_ok());
    let (result, released) = open_with(&message[..], &[&keyring(1)], &limit(39));
    assert!(matches!(result, Err(Error::TooLong { length: 40, limit: 39, .. })) && released.is_empty());
    // The frame length alone is no reason to refuse: what comes may be shorter.
    let message = sealed(&[7; 10], 40);
    assert_eq!(open_with(&message[..], &[&keyring(1)], &limit(10)).1, [7; 10]);
}

#[test]
fn what_coldseal_writes_stays_within_the_default_limit() {
    assert!(u64::from(FrameLength::MAX) <= OpenOptions::default().max_content_length);
}
