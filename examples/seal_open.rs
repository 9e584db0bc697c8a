//! Seals a file for two raw AES keys and opens the message with one of them.
//!
//! `cargo run --example seal_open`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use coldseal::{EncryptionContext, OpenOptions, SealOptions, SecretBytes, keyring::RawAesKeyring, open, seal};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Keys from the operating system's generator; a program would read them from where it keeps them.
    let operations = RawAesKeyring::new("example", "operations", &random_key()?)?;
    let recovery = RawAesKeyring::new("example", "recovery", &random_key()?)?;

    let payload = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/mycreds.json"))?;
    let context: EncryptionContext = [("purpose", "database"), ("stage", "production")].into_iter().collect();
    let mut message = Vec::new();
    let sealed = seal(payload, &mut message, &[&operations, &recovery], &context, SealOptions::default())?;
    println!("sealed {} bytes into a message of {}", sealed.plaintext_length, message.len());

    // Either key opens it. The context is authenticated, so it can be demanded.
    let options = OpenOptions { required_context: vec![("stage".to_owned(), Some("production".to_owned()))], ..OpenOptions::default() };
    let mut plaintext = Vec::new();
    let opened = open(&message[..], &mut plaintext, &[&recovery], &options)?;
    println!("opened {} bytes; purpose: {:?}", opened.plaintext_length, opened.header.encryption_context.get("purpose"));

    // A changed message gives an error; what was written until then has to be thrown away.
    let last = message.last_mut().ok_or("a message is never empty")?;
    *last ^= 1;
    let error = open(&message[..], std::io::sink(), &[&recovery], &options).err().ok_or("a changed message opened")?;
    println!("changed: {error}");
    Ok(())
}

fn random_key() -> coldseal::Result<SecretBytes> {
    use coldseal::crypto::{Random as _, SystemRandom};
    let mut key = SecretBytes::zeroed(32);
    SystemRandom.fill(key.expose_mut())?;
    Ok(key)
}
