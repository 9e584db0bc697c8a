//! A root: parsing never panics, and what parses has the bytes that it was parsed from.
#![no_main]

use coldseal::package::fuzzing::FuzzedRoot;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(root) = FuzzedRoot::parse(bytes) {
        assert_eq!(root.to_bytes(), bytes);
    }
});
