//! A page: parsing never panics, what parses has the bytes that it was parsed from, and cutting its entries changes nothing.
#![no_main]

use coldseal::package::fuzzing::FuzzedPage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(page) = FuzzedPage::parse(bytes) {
        assert_eq!(page.to_bytes(), bytes);
        page.check_cuts();
    }
});
