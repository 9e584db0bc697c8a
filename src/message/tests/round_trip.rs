//! What is sealed opens again, whatever the lengths and however the bytes arrive.

use proptest::{collection::vec, prelude::*};

use super::{Dribble, assert_slice_agrees, context, keyring, open_1, open_with, options, payload, sealed};
use crate::{
    format::{EncryptionContext, HeaderLimits},
    keyring::Keyring,
    message::{FrameLength, OpenOptions, SealOptions, inspect, rewrap, seal},
};

const STEPS: [usize; 4] = [1, 3, 1000, usize::MAX];

fn lengths(frame: usize) -> [usize; 9] {
    [0, 1, frame - 1, frame, frame + 1, 2 * frame - 1, 2 * frame, 2 * frame + 1, 5 * frame]
}

fn check(message: &[u8], plaintext: &[u8], frame: usize, what: &str) {
    let seen = inspect(message, HeaderLimits::default()).expect("well formed");
    // An exact multiple ends in an empty final frame, and an empty payload is one.
    let frames = plaintext.len() / frame + 1;
    let body = frames * 32 + 8 + plaintext.len();
    let expected = (frames as u64, plaintext.len() as u64, seen.header_length + body as u64);
    assert_eq!((seen.frames, seen.plaintext_length, seen.message_length), expected, "{what}");
    assert_eq!(seen.message_length, message.len() as u64, "{what}");
}

fn boundary_table(frame: usize) {
    for length in lengths(frame) {
        let plaintext = payload(length);
        let whole = sealed(&plaintext, frame);
        check(&whole, &plaintext, frame, "seal_slice");
        assert_slice_agrees(&whole, &open_1(&whole[..]));
        for step in STEPS {
            let what = format!("{length} bytes in frames of {frame}, {step} at a time");
            let mut message = Vec::new();
            let input = Dribble::new(&plaintext, step);
            let done = seal(input, &mut message, &[&keyring(1)], &context(), options(frame)).expect("seals");
            assert_eq!(done.plaintext_length, length as u64, "{what}");
            check(&message, &plaintext, frame, &what);
            for message in [&message, &whole] {
                let (opened, released) = open_1(Dribble::new(message, step));
                assert_eq!(opened.expect("opens").plaintext_length, length as u64, "{what}");
                assert!(released == plaintext, "{what}");
            }
            let mut rewrapped = Vec::new();
            let (input, open_options) = (Dribble::new(&message, step), OpenOptions::default());
            let keys: [&dyn Keyring; 2] = [&keyring(1), &keyring(2)];
            rewrap(input, &mut rewrapped, &keys[..1], &open_options, &keys[1..], None, options(frame + 1)).expect("rewraps");
            check(&rewrapped, &plaintext, frame + 1, &what);
            let (opened, released) = open_with(&rewrapped[..], &keys[1..], &open_options);
            assert!(opened.is_ok() && released == plaintext, "{what}");
        }
    }
}

#[test]
fn boundaries_of_frames_of_1_byte() {
    boundary_table(1);
}

#[test]
fn boundaries_of_frames_of_2_bytes() {
    boundary_table(2);
}

#[test]
fn boundaries_of_frames_of_16_bytes() {
    boundary_table(16);
}

#[test]
fn boundaries_of_frames_of_4096_bytes() {
    boundary_table(4096);
}

#[test]
fn boundaries_of_frames_of_65536_bytes() {
    boundary_table(65_536);
}

#[test]
fn rewrap_from_long_frames_to_short_and_back() {
    let plaintext = payload(300_001);
    for (from, to) in [(65_536, 7), (7, 65_536), (1 << 20, 1), (4096, 1 << 24)] {
        let message = sealed(&plaintext, from);
        let mut rewrapped = Vec::new();
        let open_options = OpenOptions::default();
        rewrap(&message[..], &mut rewrapped, &[&keyring(1)], &open_options, &[&keyring(1)], None, options(to)).expect("rewraps");
        check(&rewrapped, &plaintext, to, "rewrap");
        assert!(open_1(&rewrapped[..]).1 == plaintext, "{from} to {to}");
    }
}

#[test]
fn frame_lengths_are_1_to_16_mib() {
    assert!(FrameLength::new(0).is_none() && FrameLength::new((1 << 24) + 1).is_none() && FrameLength::new(u32::MAX).is_none());
    assert_eq!(FrameLength::new(1).map(FrameLength::get), Some(1));
    assert_eq!(FrameLength::new(1 << 24).map(FrameLength::get), Some(1 << 24));
    assert_eq!(FrameLength::default().get(), 65_536);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn anything_sealed_opens(
        plaintext in vec(any::<u8>(), 0..5000),
        frame in prop_oneof![1..20_u32, 20..6000_u32],
        pairs in vec(("[^a].{0,10}", ".{0,10}"), 0..4),
        keys in 1..5_u8,
        pick in any::<prop::sample::Index>(),
        steps in (1..3000_usize, 1..3000_usize),
    ) {
        let context: EncryptionContext = pairs.into_iter().collect();
        let keyrings: Vec<_> = (1..=keys).map(keyring).collect();
        let all: Vec<&dyn Keyring> = keyrings.iter().map(|keyring| keyring as &dyn Keyring).collect();
        let options = SealOptions { frame_length: FrameLength::new(frame).expect("in range"), ..SealOptions::default() };
        let mut message = Vec::new();
        seal(Dribble::new(&plaintext, steps.0), &mut message, &all, &context, options).expect("seals");
        let one = pick.index(all.len());
        let (opened, released) = open_with(Dribble::new(&message, steps.1), &all[one..=one], &OpenOptions::default());
        let header = opened.expect("opens").header;
        prop_assert_eq!(released, plaintext);
        prop_assert_eq!(header.encryption_context, context);
        prop_assert_eq!(header.encrypted_data_keys.len(), usize::from(keys));
    }
}
