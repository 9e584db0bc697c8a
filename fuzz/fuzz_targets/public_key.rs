//! A file to be imported as a public key: reading never panics, and a key that is taken is read again from the answer that is kept, as the same.
#![no_main]

use coldseal::kms::check_public_key_file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check_public_key_file(bytes));
