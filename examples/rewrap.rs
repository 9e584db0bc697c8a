//! Moves a message to another key: opened and sealed again frame by frame, under a fresh message id.
//!
//! `cargo run --example rewrap`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use coldseal::{
    EncryptionContext, HeaderLimits, OpenOptions, SealOptions, SecretBytes, inspect, keyring::RawAesKeyring, open, rewrap, seal,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Fixed keys keep the example short; real ones are random.
    let old = RawAesKeyring::new("example", "2025", &SecretBytes::new(vec![1; 32]))?;
    let new = RawAesKeyring::new("example", "2026", &SecretBytes::new(vec![2; 32]))?;

    let context: EncryptionContext = [("region", "us-west-2")].into_iter().collect();
    let mut message = Vec::new();
    seal(&b"attack at dawn"[..], &mut message, &[&old], &context, SealOptions::default())?;

    let replica: EncryptionContext = [("region", "eu-west-1")].into_iter().collect();
    let mut rewrapped = Vec::new();
    rewrap(&message[..], &mut rewrapped, &[&old], &OpenOptions::default(), &[&new], Some(&replica), SealOptions::default())?;

    for (name, bytes) in [("old", &message), ("new", &rewrapped)] {
        // No key is needed to look, and nothing seen so is authenticated.
        let seen = inspect(&bytes[..], HeaderLimits::default())?;
        println!("{name}: {:?}, region {:?}", seen.header.encrypted_data_keys, seen.header.encryption_context.get("region"));
    }

    let mut plaintext = Vec::new();
    open(&rewrapped[..], &mut plaintext, &[&new], &OpenOptions::default())?;
    assert_eq!(plaintext, b"attack at dawn");
    assert!(open(&rewrapped[..], std::io::sink(), &[&old], &OpenOptions::default()).is_err(), "the old key opens the new message");
    Ok(())
}
