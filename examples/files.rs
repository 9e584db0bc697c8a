//! Seals a file for two raw AES keys and opens the message with one of them.
//!
//! `cargo run --example files`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::fs::{self, File};

use coldseal::{EncryptionContext, OpenOptions, SealOptions, keyring::RawAesKeyring, kms::generate_random, open, seal};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Keys from the operating system's generator; a program would read them from where it keeps them.
    let operations = RawAesKeyring::new("example", "operations", &generate_random(32)?)?;
    let recovery = RawAesKeyring::new("example", "recovery", &generate_random(32)?)?;

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("mycreds.sealed");
    let payload = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/mycreds.json"))?;
    let context: EncryptionContext = [("purpose", "database"), ("stage", "production")].into_iter().collect();
    let sealed = seal(payload, File::create(&path)?, &[&operations, &recovery], &context, SealOptions::default())?;
    println!("sealed {} bytes into a message of {}", sealed.plaintext_length, fs::metadata(&path)?.len());

    // Either key opens it. The context is authenticated, so it can be demanded.
    let options = OpenOptions { required_context: vec![("stage".to_owned(), Some("production".to_owned()))], ..OpenOptions::default() };
    let mut plaintext = Vec::new();
    let opened = open(File::open(&path)?, &mut plaintext, &[&recovery], &options)?;
    println!("opened {} bytes; purpose: {:?}", opened.plaintext_length, opened.header.encryption_context.get("purpose"));

    // A changed message gives an error; what was written until then has to be thrown away.
    let mut message = fs::read(&path)?;
    *message.last_mut().ok_or("a message is never empty")? ^= 1;
    let error = open(&message[..], std::io::sink(), &[&recovery], &options).err().ok_or("a changed message opened")?;
    println!("changed: {error}");
    Ok(())
}
