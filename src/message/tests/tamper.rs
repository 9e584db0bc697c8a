//! Every change of a message is refused, and only whole verified frames come out before.

use super::{DATA_KEY, Dribble, assert_slice_agrees, forged, keyring, number, open_1, open_with, payload, sealed, sealer};
use crate::{
    crypto::SealedHeader,
    error::{Error, FormatProblem},
    format::{
        ContentType,
        body::{BodyAad, Piece, final_head, regular_head},
    },
    message::{OpenOptions, seal_slice},
};

const FRAME: usize = 16;
const PLAINTEXT: &[u8] = b"EXAMPLE-PASSWORD-0123456789-SAANVI-EXAMPLE";
/// The length of a regular frame, and of the final one.
const REGULAR: usize = 16 + FRAME + 16;
const FINAL: usize = 24 + PLAINTEXT.len() % FRAME + 16;

fn three_frames() -> Vec<u8> {
    sealed(PLAINTEXT, FRAME)
}

/// How many frames before the byte at `place` are whole.
fn frames_before(message: &[u8], place: usize) -> usize {
    let header = message.len() - 2 * REGULAR - FINAL;
    (place.saturating_sub(header) / REGULAR).min(2)
}

fn assert_says_nothing(error: &Error) {
    let text = format!("{error} {error:?}");
    for secret in [PLAINTEXT, &DATA_KEY, &[1; 32]] {
        for part in secret.windows(8) {
            let listed = format!("{part:?}");
            assert!(!text.contains(&hex::encode(part)) && !text.contains(listed.trim_matches(['[', ']'])), "{text}");
        }
    }
    assert!(!text.contains("EXAMPLE") && !text.contains("SAANVI") && !text.contains("PASSWORD"), "{text}");
}

#[test]
fn every_flipped_bit_is_refused() {
    let message = three_frames();
    assert_eq!(open_1(&message[..]).1, PLAINTEXT);
    for bit in 0..message.len() * 8 {
        let mut changed = message.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let opened = open_1(&changed[..]);
        assert_slice_agrees(&changed, &opened);
        let (result, released) = opened;
        let error = result.expect_err("refused");
        assert!(matches!(error, Error::Format(_) | Error::Decryption | Error::NoUsableKey(_)), "bit {bit}: {error}");
        assert_says_nothing(&error);
        assert_eq!(released, PLAINTEXT[..frames_before(&message, bit / 8) * FRAME], "bit {bit}");
    }
}

#[test]
fn every_truncation_is_refused() {
    let message = three_frames();
    for length in 0..message.len() {
        for step in [1, usize::MAX] {
            let opened = open_1(Dribble::new(&message[..length], step));
            assert_slice_agrees(&message[..length], &opened);
            let (result, released) = opened;
            let Err(Error::Format(error)) = result else { panic!("{length}: {result:?}") };
            assert!(error.is_truncated(), "{length}: {error}");
            assert_eq!(released, PLAINTEXT[..frames_before(&message, length) * FRAME], "{length}");
        }
    }
}

#[test]
fn bytes_after_the_message_hold_the_last_frame_back() {
    for (plaintext, frame) in [(PLAINTEXT, FRAME), (&PLAINTEXT[..FRAME], FRAME), (b"", 1), (PLAINTEXT, 1 << 20)] {
        let message = sealed(plaintext, frame);
        let before = plaintext.len().div_ceil(frame).max(1) - 1;
        for behind in [&[0][..], b"\n", &message] {
            let both = [&message[..], behind].concat();
            let opened = open_1(Dribble::new(&both, 5));
            assert_slice_agrees(&both, &opened);
            let (result, released) = opened;
            let Err(Error::Format(error)) = result else { panic!("{result:?}") };
            assert_eq!((error.field, error.problem), ("message", FormatProblem::Trailing));
            assert_eq!(released, plaintext[..before * frame]);
        }
    }
}

/// The header and the frames of a message of three frames.
fn pieces(message: &[u8]) -> [&[u8]; 4] {
    let (rest, last) = message.split_at(message.len() - FINAL);
    let (rest, second) = rest.split_at(rest.len() - REGULAR);
    let (header, first) = rest.split_at(rest.len() - REGULAR);
    [header, first, second, last]
}

#[test]
fn frames_in_another_order_are_refused() {
    let message = three_frames();
    let [header, first, second, last] = pieces(&message);
    let orders: [(&[&[u8]], usize); 9] = [
        (&[header, second, first, last], 0),
        (&[header, first, first, second, last], 1),
        (&[header, first, second, second, last], 2),
        (&[header, first, second, last, last], 2),
        (&[header, second, last], 0),
        (&[header, first, last], 1),
        (&[header, last], 0),
        (&[header, first, second], 2),
        (&[first, second, last], 0),
    ];
    for (number, (order, frames)) in orders.into_iter().enumerate() {
        let opened = open_1(&order.concat()[..]);
        assert_slice_agrees(&order.concat(), &opened);
        let (result, released) = opened;
        assert!(matches!(result, Err(Error::Format(_))), "{number}: {result:?}");
        assert_eq!(released, PLAINTEXT[..frames * FRAME], "{number}");
    }
}

#[test]
fn a_renumbered_frame_is_refused() {
    let message = three_frames();
    let [header, first, second, last] = pieces(&message);
    let renumbered = |frame: &[u8], new| [&regular_head(number(new))[..], &frame[16..]].concat();
    let (result, released) = open_1(&[header, &renumbered(second, 1), &renumbered(first, 2), last].concat()[..]);
    assert!(matches!(result, Err(Error::Decryption)), "{result:?}");
    assert!(released.is_empty());
    // A regular frame made into the final one, to cut the message short.
    let cut = [header, first, &final_head(number(2), 16), &second[16..]].concat();
    let (result, released) = open_1(&cut[..]);
    assert!(matches!(result, Err(Error::Decryption)), "{result:?}");
    assert_eq!(released, PLAINTEXT[..FRAME]);
}

#[test]
fn a_splice_of_two_messages_under_one_data_key_is_refused() {
    let (one, two) = (three_frames(), three_frames());
    let (one, two) = (pieces(&one), pieces(&two));
    for from_two in 1..15_usize {
        let mixed: Vec<&[u8]> = (0..4).map(|piece| if from_two >> piece & 1 == 1 { two[piece] } else { one[piece] }).collect();
        let opened = open_1(&mixed.concat()[..]);
        assert_slice_agrees(&mixed.concat(), &opened);
        let (result, released) = opened;
        assert!(matches!(result, Err(Error::Decryption)), "{from_two:04b}: {result:?}");
        let own = (1..4).take_while(|frame| (from_two >> frame & 1) == (from_two & 1)).count();
        assert_eq!(released, PLAINTEXT[..own * FRAME], "{from_two:04b}");
    }
}

#[test]
fn a_header_with_another_messages_id_or_commitment_is_refused() {
    let (one, two) = (three_frames(), three_frames());
    let commitment = pieces(&one)[0].len() - 16 - 32;
    for range in [3..35, commitment..commitment + 32, commitment..commitment + 48] {
        let mut mixed = one.clone();
        mixed[range.clone()].copy_from_slice(&two[range]);
        let (result, released) = open_1(&mixed[..]);
        assert!(matches!(result, Err(Error::Decryption)) && released.is_empty(), "{result:?}");
    }
}

#[test]
fn a_commitment_mismatch_comes_before_anything_else() {
    // The header tag is valid and the body is missing: whoever went on would report its end.
    let (_, bytes, _) = forged(|header| header.commitment[31] ^= 1);
    let (result, released) = open_1(&bytes[..]);
    assert!(matches!(result, Err(Error::Decryption)) && released.is_empty(), "{result:?}");
    let (_, bytes, _) = forged(|_| {});
    assert!(matches!(open_1(&bytes[..]).0, Err(Error::Format(_))));
}

#[test]
fn the_header_tag_is_verified_before_the_first_frame() {
    let message = three_frames();
    let header = pieces(&message)[0];
    for body in [&b""[..], b"\0\0\0\x09 not a frame at all"] {
        let mut bytes = [header, body].concat();
        bytes[header.len() - 1] ^= 1;
        assert!(matches!(open_1(&bytes[..]).0, Err(Error::Decryption)));
    }
}

#[test]
fn the_demanded_context_is_looked_at_before_the_first_frame() {
    let message = three_frames();
    let options = OpenOptions { required_context: vec![("absent".to_owned(), None)], ..OpenOptions::default() };
    let (result, released) = open_with(pieces(&message)[0], &[&keyring(1)], &options);
    assert!(matches!(result, Err(Error::EncryptionContext(_))) && released.is_empty(), "{result:?}");
}

#[test]
fn a_single_block_is_read_and_all_of_it_is_verified() {
    let (header, mut message, SealedHeader { key, numbers, .. }) = forged(|header| header.content_type = ContentType::NonFramed);
    let start = message.len();
    let mut content = PLAINTEXT.to_vec();
    let aad = BodyAad::new(&header.message_id, Piece::SingleBlock, number(1), content.len() as u64);
    let tag = key.seal(numbers.last(), aad.as_bytes(), &mut content).expect("seals");
    message.extend([&number(1).iv()[..], &(content.len() as u64).to_be_bytes(), &content, &tag].concat());
    assert_eq!(open_1(&message[..]).1, PLAINTEXT);
    for bit in start * 8..message.len() * 8 {
        let mut changed = message.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let (result, released) = open_1(&changed[..]);
        assert!(result.is_err() && released.is_empty(), "bit {bit}");
    }
    for length in start..message.len() {
        assert!(open_1(&message[..length]).1.is_empty() && open_1(&message[..length]).0.is_err(), "{length}");
    }
}

#[test]
fn one_frame_under_a_number_used_twice_is_refused() {
    // Two sealers of the same data key: the frames of one never fit the other, whatever their number.
    let plaintext = payload(FRAME);
    let mut first = Vec::new();
    let mut early = sealer(FRAME);
    early.skip_to_frame(2);
    seal_slice(&plaintext, &mut first, early).expect("seals");
    let (result, released) = open_1(&first[..]);
    assert!(matches!(result, Err(Error::Format(_))) && released.is_empty(), "{result:?}");
}
