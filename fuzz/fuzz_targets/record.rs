//! `secret.json`: parsing never panics, and what parses is written as it was read.
#![no_main]

use coldseal::vault::fuzzing::Record;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(record) = Record::parse(bytes) {
        let again = record.to_json().expect("what was read can be written");
        assert_eq!(Record::parse(&again), Some(record));
    }
});
