//! A header that is taken is written again byte for byte, and what follows it never panics.
#![no_main]

use coldseal::{Header, HeaderLimits, inspect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(parsed) = Header::parse(bytes, HeaderLimits::default()) {
        let written = parsed.header.to_bytes().expect("a header that was read can be written");
        assert_eq!(written, bytes[..parsed.authenticated_length]);
        assert_eq!(parsed.tag, bytes[parsed.authenticated_length..parsed.length()]);
        if let Ok(seen) = inspect(bytes, HeaderLimits::default()) {
            assert_eq!((seen.header, seen.message_length), (parsed.header, bytes.len() as u64));
        }
    }
});
