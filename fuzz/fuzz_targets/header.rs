//! A header that is taken is written again byte for byte.
#![no_main]

use coldseal::{Header, HeaderLimits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(parsed) = Header::parse(bytes, HeaderLimits::default()) {
        let written = parsed.header.to_bytes().expect("a header that was read can be written");
        assert_eq!(written, bytes[..parsed.authenticated_length]);
        assert_eq!(parsed.tag, bytes[parsed.authenticated_length..parsed.length()]);
    }
});
