//! A keystore file, and what is inside its encryption: parsing never panics, and what parses is written as it was read.
#![no_main]

use coldseal::kms::fuzzing::{KeystoreFile, parse_content, write_content};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = KeystoreFile::parse(bytes) {
        let again = file.to_bytes().expect("what was read can be written");
        assert_eq!(KeystoreFile::parse(&again).expect("what was written parses"), file);
    }
    if let Ok(kms) = parse_content(bytes) {
        let written = kms.last_written().expect("stored content says when it was written");
        let again = write_content(&kms, written).expect("what was read can be written");
        let reread = parse_content(again.expose()).expect("what was written parses");
        assert_eq!(write_content(&reread, written).expect("what was read can be written").expose(), again.expose());
    }
});
