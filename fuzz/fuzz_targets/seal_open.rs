//! What is sealed opens again.
#![no_main]

use coldseal::{EncryptionContext, FrameLength, OpenOptions, SealOptions, SecretBytes, keyring::RawAesKeyring, open, seal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, Vec<(String, String)>, Vec<u8>)| {
    let (frame_length, pairs, payload) = input;
    let context: EncryptionContext = pairs.into_iter().filter(|(key, _)| !key.starts_with("aws-crypto-")).collect();
    let options = SealOptions { frame_length: FrameLength::new(u32::from(frame_length).max(1)).expect("in range"), ..SealOptions::default() };
    let keyring = RawAesKeyring::new("fuzz", "key", &SecretBytes::new(vec![1; 32])).expect("a valid key");
    let (mut message, mut plaintext) = (Vec::new(), Vec::new());
    seal(&payload[..], &mut message, &[&keyring], &context, options).expect("seals");
    let opened = open(&message[..], &mut plaintext, &[&keyring], &OpenOptions::default()).expect("opens");
    assert_eq!((plaintext, opened.header.encryption_context), (payload, context));
});
