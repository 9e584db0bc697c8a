//! What is sealed opens again, signed or not, and its structure is seen without a key.
#![no_main]

use coldseal::{
    AlgorithmSuite, EncryptionContext, FrameLength, HeaderLimits, OpenOptions, SealOptions, SecretBytes, inspect, keyring::RawAesKeyring,
    open, seal,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, bool, Vec<(String, String)>, Vec<u8>)| {
    let (frame_length, is_signed, pairs, payload) = input;
    let context: EncryptionContext = pairs.into_iter().filter(|(key, _)| !EncryptionContext::is_reserved(key)).collect();
    let frame_length = FrameLength::new(u32::from(frame_length).max(1)).expect("in range");
    let suite = is_signed.then_some(AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384);
    let keyring = RawAesKeyring::new("fuzz", "key", &SecretBytes::new(vec![1; 32])).expect("a valid key");
    let (mut message, mut plaintext) = (Vec::new(), Vec::new());
    seal(&payload[..], &mut message, &[&keyring], &context, SealOptions { frame_length, suite, ..SealOptions::default() }).expect("seals");
    let seen = inspect(&message[..], HeaderLimits::default()).expect("whole");
    let mut opened = open(&message[..], &mut plaintext, &[&keyring], &OpenOptions::default()).expect("opens");
    assert_eq!((seen.header, seen.message_length), (opened.header.clone(), message.len() as u64));
    assert_eq!(opened.header.encryption_context.remove(EncryptionContext::PUBLIC_KEY).is_some(), is_signed);
    assert_eq!((plaintext, opened.header.encryption_context), (payload, context));
});
