//! How much work with private keys a message can cost whoever opens it.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::{
    error::{Error, KeyUseRefusal},
    region::Region,
    secret::SecretBytes,
};

const LIMIT: usize = UnwrapBudget::PRIVATE_KEY_OPERATIONS as usize;

/// A KMS with private keys of its own, for none of which anything is encrypted; counts what is asked of them.
#[derive(Default)]
struct Counting(AtomicU32);

impl Kms for Counting {
    fn generate_data_key(&self, _: &KeyArn, _: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        Err(Error::Misuse("unwraps only"))
    }

    fn encrypt(&self, _: &KeyArn, _: &[u8], _: &EncryptionContext) -> Result<CiphertextBlob> {
        Err(Error::Misuse("unwraps only"))
    }

    fn decrypt(&self, _: &KeyArn, _: &CiphertextBlob, _: &EncryptionContext) -> Result<SecretBytes> {
        Err(Error::Decryption)
    }

    fn decrypt_rsa(&self, _: &KeyArn, _: RsaEncryptionAlgorithm, _: &[u8]) -> Result<SecretBytes> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(Error::Decryption)
    }

    fn derive_shared_secret(&self, _: &KeyArn, _: &EcPublicKey) -> Result<SecretBytes> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(SecretBytes::new(vec![1; 32]))
    }
}

fn key_arn() -> KeyArn {
    KeyArn::new(Region::new("us-west-2").expect("a Region"), "000000000000".parse().expect("an account"), "b")
}

fn rsa_pair() -> RsaPrivateKey {
    let pem = include_bytes!("../../../tests/vectors/keys/raw-rsa2048.priv.pem");
    RsaPrivateKey::from_pkcs8_der(pem::parse(pem).expect("PEM").contents()).expect("a valid key")
}

/// How many encrypted data keys were tried, and how many were not for the limit.
fn outcomes(keyrings: &[&dyn Keyring], edks: &[EncryptedDataKey]) -> (usize, usize) {
    let unwrapped = unwrap_any(keyrings, edks, AlgorithmSuite::default(), &context("a"));
    let Err(Error::NoUsableKey(attempts)) = unwrapped else { panic!("{unwrapped:?}") };
    let is_over = |attempt: &&EdkAttempt| matches!(&attempt.outcome, EdkOutcome::Failed(Cause::KeyUse(KeyUseRefusal::PrivateKeyLimit(_))));
    let tried = attempts.iter().filter(|attempt| attempt.outcome == EdkOutcome::DoesNotUnwrap).count();
    (tried, attempts.iter().filter(is_over).count())
}

#[test]
fn a_message_costs_sixteen_operations_with_private_keys() {
    let recipient = EcPrivateKey::generate(Curve::P256, &SystemRandom).expect("made");
    let point = recipient.public_key().clone();
    let mut of_curve = RawEcdhKeyring::from_public_key(point.clone()).wrap(&data_key(), &context("b"), &SystemRandom).expect("wraps");
    of_curve.ciphertext[70] ^= 1;
    let raw_rsa = RawRsaKeyring::from_private_key("n", "k", RsaPadding::OaepSha256Mgf1, rsa_pair()).expect("valid names");
    let of_rsa = EncryptedDataKey { provider_id: "n".to_owned(), provider_info: b"k".to_vec(), ciphertext: vec![0; 256] };
    let of_kms = EncryptedDataKey {
        provider_id: AWS_KMS_RSA_PROVIDER_ID.to_owned(),
        provider_info: key_arn().to_string().into_bytes(),
        ciphertext: vec![0; 256],
    };
    let kms = Counting::default();
    let kms_keyring = AwsKmsKeyring::new(&kms, key_arn()).with_public_key(point);
    let raw_ecdh = RawEcdhKeyring::from_private_key(recipient);
    let mixed: Vec<_> = (0..128).map(|number| if number % 2 == 0 { of_rsa.clone() } else { of_curve.clone() }).collect();
    for (keyring, edks, tried) in [
        (&raw_rsa as &dyn Keyring, vec![of_rsa.clone(); 128], LIMIT),
        (&raw_ecdh, vec![of_curve.clone(); 128], LIMIT),
        // Each by both algorithms.
        (&kms_keyring, vec![of_kms; 128], LIMIT / 2),
        (&kms_keyring, vec![of_curve; 128], LIMIT),
    ] {
        kms.0.store(0, Ordering::Relaxed);
        assert_eq!(outcomes(&[&keyring], &edks), (tried, 128 - tried));
        assert!([0, UnwrapBudget::PRIVATE_KEY_OPERATIONS].contains(&kms.0.load(Ordering::Relaxed)));
    }
    assert_eq!(outcomes(&[&raw_rsa, &raw_ecdh], &mixed), (LIMIT, 128 - LIMIT), "they share one budget");
}

#[test]
fn what_takes_no_private_key_is_tried_behind_any_number() {
    let raw_rsa = RawRsaKeyring::from_private_key("n", "k", RsaPadding::OaepSha256Mgf1, rsa_pair()).expect("valid names");
    let of_rsa = EncryptedDataKey { provider_id: "n".to_owned(), provider_info: b"k".to_vec(), ciphertext: vec![0; 256] };
    let raw_aes = RawAesKeyring::new("n", "aes", &SecretBytes::new(vec![7; 32])).expect("a key");
    let mut edks = vec![of_rsa; 127];
    edks.push(raw_aes.wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps"));
    let opened = unwrap_any(&[&raw_rsa, &raw_aes], &edks, AlgorithmSuite::default(), &context("a")).expect("opens");
    assert_eq!(opened.expose(), data_key().expose());
}
