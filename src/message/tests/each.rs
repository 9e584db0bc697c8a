//! One payload, several messages.

use std::{collections::HashSet, io};

use super::*;
use crate::{
    error::Error,
    message::{Rewrapper, SealTarget, seal_each},
};

fn region(number: usize) -> EncryptionContext {
    [("coldseal:region", format!("region-{number}"))].into_iter().collect()
}

/// Seals for `count` targets, each under its own key; gives the messages.
fn sealed_for_each(payload: &[u8], count: u8, frame: usize) -> Vec<Vec<u8>> {
    let keys: Vec<_> = (1..=count).map(keyring).collect();
    let keyrings: Vec<[&dyn Keyring; 1]> = keys.iter().map(|key| [key as &dyn Keyring]).collect();
    let mut messages = vec![Vec::new(); keys.len()];
    let targets = messages.iter_mut().zip(&keyrings).enumerate();
    let targets = targets.map(|(number, (output, keyrings))| SealTarget { keyrings, context: region(number), output }).collect();
    let sealed = seal_each(payload, targets, options(frame)).expect("seals");
    assert!(sealed.iter().all(|sealed| sealed.plaintext_length == payload.len() as u64));
    messages
}

#[test]
fn each_message_opens_with_its_own_key_and_no_other() {
    for length in [0, 1, 15, 16, 17, 32, 33, 80] {
        let payload = payload(length);
        for count in 1..=4 {
            for (number, message) in sealed_for_each(&payload, count, 16).iter().enumerate() {
                for key in 1..=count {
                    let (result, plaintext) = open_with(&message[..], &[&keyring(key)], &OpenOptions::default());
                    if usize::from(key) == number + 1 {
                        assert_eq!((result.expect("opens").header.encryption_context, plaintext), (region(number), payload.clone()));
                    } else {
                        assert!(matches!(result, Err(Error::NoUsableKey(_))) && plaintext.is_empty());
                    }
                }
            }
        }
    }
}

#[test]
fn no_two_messages_share_an_id_a_commitment_or_a_frame() {
    let messages = sealed_for_each(&payload(40), 4, 16);
    let headers: Vec<_> =
        messages.iter().map(|message| Header::parse(message, crate::HeaderLimits::default()).expect("a header")).collect();
    let ids: HashSet<_> = headers.iter().map(|parsed| parsed.header.message_id).collect();
    let commitments: HashSet<_> = headers.iter().map(|parsed| parsed.header.commitment).collect();
    let bodies: HashSet<_> =
        headers.iter().zip(&messages).map(|(parsed, message)| message[parsed.length() + 16..][..16].to_vec()).collect();
    assert_eq!((ids.len(), commitments.len(), bodies.len()), (4, 4, 4));
}

#[test]
fn a_rewrap_for_each_keeps_the_payload() {
    let payload = payload(1000);
    let message = sealed(&payload, 16);
    let (two, three) = (keyring(2), keyring(3));
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let keyrings: [[&dyn Keyring; 1]; 2] = [[&two], [&three]];
    let targets = vec![
        SealTarget { keyrings: &keyrings[0], context: region(2), output: &mut first },
        SealTarget { keyrings: &keyrings[1], context: region(3), output: &mut second },
    ];
    let rewrapper = Rewrapper::begin(&message[..], &[&keyring(1)], &OpenOptions::default()).expect("opens");
    assert_eq!(rewrapper.header().encryption_context, context());
    rewrapper.seal_each(targets, options(64)).expect("rewraps");
    assert_eq!(open_with(&first[..], &[&two], &OpenOptions::default()).1, payload);
    assert_eq!(open_with(&second[..], &[&three], &OpenOptions::default()).1, payload);
}

#[test]
fn one_output_that_fails_fails_them_all() {
    struct AlwaysFull;
    impl io::Write for AlwaysFull {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let key = keyring(1);
    let keyrings: [&dyn Keyring; 1] = [&key];
    let mut good = Vec::new();
    let outputs: Vec<Box<dyn io::Write + Send + '_>> = vec![Box::new(&mut good), Box::new(AlwaysFull)];
    let targets = outputs.into_iter().map(|output| SealTarget { keyrings: &keyrings, context: context(), output }).collect();
    assert!(matches!(seal_each(&payload(100_000)[..], targets, options(16)), Err(Error::Io { .. })));
    assert!(matches!(open_with(&good[..], &[&key], &OpenOptions::default()).0, Err(Error::Format(_))), "the other one is unfinished");
    let none: Vec<SealTarget<'_, Vec<u8>>> = Vec::new();
    assert!(matches!(seal_each(&b""[..], none, options(16)), Err(Error::Misuse(_))));
}
