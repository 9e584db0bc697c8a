//! `kms import-keys`: the content of one keystore merged into another's, all or nothing.
//!
//! The input is both contents, one line each. Content that is not that of a keystore is refused before anything is merged.
#![no_main]

use coldseal::kms::merge_contents;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let (own, other) = bytes.split_at(end);
        let _ = merge_contents(own, &other[1..]);
    }
});
