//! Whatever opens under the vectors' key is one of the vectors' plaintexts.
#![no_main]

use coldseal::{OpenOptions, SecretBytes, keyring::RawAesKeyring, open};
use libfuzzer_sys::fuzz_target;
use ring::digest::{SHA256, digest};

static KEY: &[u8] = include_bytes!("../../tests/vectors/keys/aes256.key");
static MANIFEST: &str = include_str!("../../tests/vectors/manifest.json");

fuzz_target!(|message: &[u8]| {
    let keyring = RawAesKeyring::new("heldout", "aes-256", &SecretBytes::new(KEY.to_vec())).expect("a valid key");
    let mut plaintext = Vec::new();
    if open(message, &mut plaintext, &[&keyring], &OpenOptions::default()).is_ok() {
        assert!(MANIFEST.contains(&hex::encode(digest(&SHA256, &plaintext))), "opened what was never sealed");
    }
});
