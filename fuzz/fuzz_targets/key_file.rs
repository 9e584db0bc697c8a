//! A key file, PEM or DER: parsing never panics, and a key that is taken survives its own encoding.
#![no_main]

use coldseal::{
    crypto::KeyFile,
    keyring::{EcPrivateKey, EcPublicKey, RsaPrivateKey, RsaPublicKey},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match KeyFile::parse(bytes) {
        Ok(KeyFile::RsaPrivate(key)) => {
            let again = RsaPrivateKey::from_pkcs8_der(key.to_pkcs8_der().expect("encodes").expose()).expect("valid");
            assert_eq!(again.public_key().expect("encodes"), key.public_key().expect("encodes"));
        }
        Ok(KeyFile::RsaPublic(key)) => assert_eq!(RsaPublicKey::from_spki_der(key.to_spki_der()).expect("valid"), key),
        Ok(KeyFile::EcPrivate(key)) => {
            let again = EcPrivateKey::from_pkcs8_der(key.to_pkcs8_der().expect("encodes").expose()).expect("valid");
            assert_eq!(again.public_key(), key.public_key());
        }
        Ok(KeyFile::EcPublic(key)) => {
            assert_eq!(EcPublicKey::from_spki_der(key.to_spki_der()).expect("valid"), key);
            assert_eq!(EcPublicKey::from_compressed(key.curve(), key.to_compressed()).expect("valid"), key);
        }
        Err(_) => {}
    }
});
