//! Raw RSA.

use super::*;

const OAEP: [RsaPadding; 4] =
    [RsaPadding::OaepSha1Mgf1, RsaPadding::OaepSha256Mgf1, RsaPadding::OaepSha384Mgf1, RsaPadding::OaepSha512Mgf1];

fn key() -> RsaPrivateKey {
    let pem = include_bytes!("../../../tests/vectors/keys/raw-rsa2048.priv.pem");
    RsaPrivateKey::from_pkcs8_der(pem::parse(pem).expect("PEM").contents()).expect("a valid key")
}

fn keyring(name: &str, padding: RsaPadding) -> RawRsaKeyring {
    RawRsaKeyring::from_private_key("n", name, padding, key()).expect("valid names")
}

#[test]
fn a_public_key_wraps_and_its_private_key_unwraps() {
    for padding in OAEP {
        let sender = RawRsaKeyring::from_public_key("n", "k", padding, key().public_key().expect("encodes")).expect("valid names");
        let edk = sender.wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
        assert_eq!((edk.provider_id.as_str(), &edk.provider_info[..], edk.ciphertext.len()), ("n", &b"k"[..], 256));
        assert!(is_our_data_key(&keyring("k", padding).unwrap(&edk, &context("another"))), "the context is not bound");
        assert!(matches!(sender.unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring));
        assert!(matches!(keyring("k2", padding).unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring));
        let elsewhere = RawRsaKeyring::from_private_key("m", "k", padding, key()).expect("valid names");
        assert!(matches!(elsewhere.unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring));
    }
}

#[test]
fn every_failure_has_one_reason() {
    let ours = keyring("k", RsaPadding::OaepSha256Mgf1);
    let edk = ours.wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    let with = |ciphertext: Vec<u8>| EncryptedDataKey { ciphertext, ..edk.clone() };
    let public = key().public_key().expect("encodes");
    let wrapped = |plaintext: &[u8]| public.encrypt(RsaPadding::OaepSha256Mgf1, plaintext).expect("encrypts");
    let mut changed = edk.ciphertext.clone();
    changed[7] ^= 0x80;
    let cases =
        [vec![], vec![0; 255], vec![0; 256], vec![0xFF; 256], vec![1; 257], changed, wrapped(b""), wrapped(&[1; 31]), wrapped(&[1; 33])];
    let mut reasons: Vec<String> = cases.into_iter().map(|case| failure(ours.unwrap(&with(case), &context("a")))).collect();
    reasons.extend([RsaPadding::OaepSha1Mgf1, RsaPadding::Pkcs1].map(|padding| failure(keyring("k", padding).unwrap(&edk, &context("a")))));
    assert_eq!(reasons, vec!["does not unwrap"; 11]);
}

#[test]
fn pkcs1_is_read_and_never_written() {
    assert!(matches!(keyring("k", RsaPadding::Pkcs1).wrap(&data_key(), &context("a"), &SystemRandom), Err(Error::Misuse(_))));
}

#[test]
fn names_are_checked() {
    for (namespace, name) in [("", "k"), ("n", ""), ("aws-kms", "k"), ("aws-kms-rsa", "k")] {
        let result = RawRsaKeyring::from_private_key(namespace, name, RsaPadding::OaepSha256Mgf1, key());
        assert!(matches!(result, Err(Error::Misuse(_))), "{namespace} {name}");
    }
}
