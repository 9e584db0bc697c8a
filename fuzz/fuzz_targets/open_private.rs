//! Whatever opens with the vectors' RSA and elliptic curve private keys is one of the vectors' plaintexts.
#![no_main]

use coldseal::{
    OpenOptions,
    crypto::KeyFile,
    keyring::{Keyring, RawEcdhKeyring, RawRsaKeyring, RsaPadding},
    open,
};
use libfuzzer_sys::fuzz_target;
use ring::digest::{SHA256, digest};

static MANIFEST: &str = include_str!("../../tests/vectors/manifest.json");
/// SHA-256 of the plaintext of the messages that `flip/edk-*` were made of, which are not among the vectors: turning the one byte back opens it.
const UNFLIPPED: &str = "de1097c3986ecbc14212f7baba0d0ef1fc1a50e7a9f85fdea3fac0e5ab0b909b";

const RSA: [(&str, &[u8]); 2] = [
    ("rsa-2048", include_bytes!("../../tests/vectors/keys/raw-rsa2048.priv.pem")),
    ("rsa-4096", include_bytes!("../../tests/vectors/keys/raw-rsa4096.priv.pem")),
];
const EC: [&[u8]; 3] = [
    include_bytes!("../../tests/vectors/keys/raw-p256.priv.pem"),
    include_bytes!("../../tests/vectors/keys/raw-p384.priv.pem"),
    include_bytes!("../../tests/vectors/keys/raw-p521.priv.pem"),
];
const PADDINGS: [RsaPadding; 5] =
    [RsaPadding::OaepSha256Mgf1, RsaPadding::OaepSha1Mgf1, RsaPadding::OaepSha384Mgf1, RsaPadding::OaepSha512Mgf1, RsaPadding::Pkcs1];

thread_local! {
    static KEYRINGS: Vec<Box<dyn Keyring>> = keyrings();
}

fn keyrings() -> Vec<Box<dyn Keyring>> {
    let mut keyrings: Vec<Box<dyn Keyring>> = Vec::new();
    for (name, pem) in RSA {
        for padding in PADDINGS {
            let Ok(KeyFile::RsaPrivate(key)) = KeyFile::parse(pem) else { unreachable!("an RSA private key") };
            keyrings.push(Box::new(RawRsaKeyring::from_private_key("heldout", name, padding, key).expect("a valid key")));
        }
    }
    for pem in EC {
        let Ok(KeyFile::EcPrivate(key)) = KeyFile::parse(pem) else { unreachable!("an elliptic curve private key") };
        keyrings.push(Box::new(RawEcdhKeyring::from_private_key(key)));
    }
    keyrings
}

fuzz_target!(|message: &[u8]| {
    KEYRINGS.with(|keyrings| {
        let keyrings: Vec<&dyn Keyring> = keyrings.iter().map(|keyring| &**keyring).collect();
        let mut plaintext = Vec::new();
        if open(message, &mut plaintext, &keyrings, &OpenOptions::default()).is_ok() {
            let hash = hex::encode(digest(&SHA256, &plaintext));
            assert!(hash == UNFLIPPED || MANIFEST.contains(&hash), "opened what was never sealed");
        }
    });
});
