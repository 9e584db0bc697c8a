//! A file to be imported as a public key: reading never panics, and a key that is taken is read again from the answer that is kept, as the same.
#![no_main]

use coldseal::kms::{KeyUsage, KmsPublicKey, NamedKey, PublicKeyFile};
use libfuzzer_sys::fuzz_target;

const ARN: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fuzz_target!(|bytes: &[u8]| {
    let named = KeyUsage::ALL.map(|usage| NamedKey::new(ARN, Some(usage.name())).expect("a key ARN and a usage"));
    for named in named.iter().map(Some).chain([None]) {
        if let Ok(PublicKeyFile::Key(key)) = PublicKeyFile::parse(bytes, named) {
            assert_eq!(KmsPublicKey::from_answer(key.answer()).expect("what is kept was accepted"), key);
        }
    }
});
