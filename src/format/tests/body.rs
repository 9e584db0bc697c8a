use crate::{
    error::{FormatError, FormatProblem},
    format::{
        ContentType, IV_LENGTH, MessageId, SequenceNumber,
        body::{BodyAad, FINAL_HEAD, Head, Piece, REGULAR_HEAD, final_head, regular_head},
    },
};

const FRAMED: ContentType = ContentType::Framed { frame_length: 16 };

const FIRST: SequenceNumber = SequenceNumber::FIRST;

fn number(number: u32) -> SequenceNumber {
    SequenceNumber::new(number).expect("no frame has the number 0")
}

fn single_head(number: SequenceNumber, length: u64) -> Vec<u8> {
    [&number.iv()[..], &length.to_be_bytes()].concat()
}

fn refused(bytes: &[u8], content_type: ContentType, expected: SequenceNumber, field: &'static str, problem: FormatProblem) {
    assert_eq!(Head::parse(bytes, content_type, expected), Err(FormatError { field, problem }), "{bytes:02x?}");
}

#[test]
fn heads_read_back_as_written() {
    for number in [1, 2, 0x0102_0304, u32::MAX - 1].map(number) {
        let head = Head::parse(&regular_head(number), FRAMED, number).expect("valid");
        assert_eq!(head, Head { piece: Piece::Regular, sequence_number: number, head_length: REGULAR_HEAD, content_length: 16 });
        assert_eq!(head.piece_length(), Some(16 + 16 + 16));
    }
    for (number, length) in [(1, 0), (2, 1), (7, 15), (u32::MAX, 16)].map(|(value, length)| (number(value), length)) {
        let head = Head::parse(&final_head(number, length), FRAMED, number).expect("valid");
        let content_length = u64::from(length);
        assert_eq!(head, Head { piece: Piece::Final, sequence_number: number, head_length: FINAL_HEAD, content_length });
    }
    for length in [0, 1, u64::MAX] {
        let head = Head::parse(&single_head(FIRST, length), ContentType::NonFramed, FIRST).expect("valid");
        assert_eq!(head, Head { piece: Piece::SingleBlock, sequence_number: FIRST, head_length: IV_LENGTH + 8, content_length: length });
        assert_eq!(head.piece_length().is_some(), length < 2);
    }
}

#[test]
fn the_number_2_to_the_32_minus_1_marks_the_end() {
    let bytes = regular_head(SequenceNumber::LAST);
    let error = Head::parse(&bytes, FRAMED, SequenceNumber::LAST).expect_err("no regular frame has that number");
    assert_eq!(error.field, "sequence number");
}

#[test]
fn sequence_numbers_come_in_order() {
    for (found, expected) in [(0_u32, 1), (2, 1), (1, 2), (3, 2), (1, u32::MAX), (0x0100_0000, 1)] {
        let problem = FormatProblem::Unexpected { expected: expected.into(), found: found.into() };
        // No frame that is written has the number 0.
        let (mut regular, mut last) = (regular_head(FIRST), final_head(FIRST, 3));
        regular[..4].copy_from_slice(&found.to_be_bytes());
        last[4..8].copy_from_slice(&found.to_be_bytes());
        refused(&regular, FRAMED, number(expected), "sequence number", problem);
        refused(&last, FRAMED, number(expected), "sequence number", problem);
    }
}

#[test]
fn an_iv_is_its_sequence_number() {
    for bit in 0..96 {
        let (mut regular, mut last, mut single) =
            (regular_head(number(5)).to_vec(), final_head(number(5), 3).to_vec(), single_head(number(5), 3));
        for (bytes, start, content_type) in [(&mut regular, 4, FRAMED), (&mut last, 8, FRAMED), (&mut single, 0, ContentType::NonFramed)] {
            bytes[start + bit / 8] ^= 1 << (bit % 8);
            refused(bytes, content_type, number(5), "iv", FormatProblem::NotSequenceNumber);
        }
    }
}

#[test]
fn a_final_frame_is_no_longer_than_the_frame_length() {
    for value in [17, 65_536, u32::MAX] {
        let problem = FormatProblem::TooLarge { value: value.into(), limit: 16 };
        refused(&final_head(FIRST, value), FRAMED, FIRST, "final frame content length", problem);
    }
    let head =
        Head::parse(&final_head(FIRST, u32::MAX), ContentType::Framed { frame_length: u32::MAX }, FIRST).expect("as long as a frame");
    assert_eq!(head.content_length, u64::from(u32::MAX));
}

#[test]
fn every_truncation_of_a_head_asks_for_more() {
    let heads =
        [(regular_head(FIRST).to_vec(), FRAMED), (final_head(FIRST, 9).to_vec(), FRAMED), (single_head(FIRST, 9), ContentType::NonFramed)];
    for (bytes, content_type) in heads {
        for length in 0..bytes.len() {
            let error = Head::parse(&bytes[..length], content_type, FIRST).expect_err("truncated");
            let FormatProblem::Truncated { needed } = error.problem else { panic!("{length}: {error}") };
            assert!(needed > length && needed <= bytes.len(), "{length}: needs {needed} of {}", bytes.len());
        }
    }
}

#[test]
fn a_body_aad_is_laid_out_as_the_specification_says() {
    let id = MessageId([7; 32]);
    for (piece, label) in [(Piece::Regular, "Frame"), (Piece::Final, "Final Frame"), (Piece::SingleBlock, "Single Block")] {
        let label = format!("AWSKMSEncryptionClient {label}");
        let expected = [&[7; 32][..], label.as_bytes(), &[1, 2, 3, 4], &[5, 6, 7, 8, 9, 10, 11, 12]].concat();
        assert_eq!(BodyAad::new(&id, piece, number(0x0102_0304), 0x0506_0708_090A_0B0C).as_bytes(), expected);
    }
}
