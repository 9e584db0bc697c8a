//! Seals or opens 1 KiB in memory so many times, and nothing else: what `.ci/instructions.py` runs under callgrind.
#![allow(missing_docs, reason = "a benchmark")]

use std::{env, hint::black_box};

use coldseal::{EncryptionContext, OpenOptions, Result, SealOptions, SecretBytes, keyring::RawAesKeyring, open, seal};

const PAYLOAD: [u8; 1024] = [0x5A; 1024];

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (operation, times) = match arguments.as_slice() {
        [operation, times] => (operation.as_str(), times.parse().expect("the number of times")),
        _ => ("open", 1),
    };
    let keyring = RawAesKeyring::new("bench", "key", &SecretBytes::new(vec![1; 32]))?;
    let context: EncryptionContext = [("purpose", "bench")].into_iter().collect();
    let (mut message, mut plaintext) = (Vec::with_capacity(4096), Vec::with_capacity(4096));
    let (seals, opens) = match operation {
        "seal" => (times, 0),
        "open" => (1, times),
        other => panic!("'{other}' is neither seal nor open"),
    };
    for _ in 0..seals {
        message.clear();
        seal(black_box(&PAYLOAD[..]), &mut message, &[&keyring], &context, SealOptions::default())?;
    }
    for _ in 0..opens {
        plaintext.clear();
        open(black_box(&message[..]), &mut plaintext, &[&keyring], &OpenOptions::default())?;
    }
    assert!(opens == 0 || plaintext == PAYLOAD, "the payload comes back");
    Ok(())
}
