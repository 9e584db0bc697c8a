//! Keys that a KMS holds: `aws-kms-rsa`, and ECDH through DeriveSharedSecret.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use super::*;
use crate::{
    OpenOptions,
    arn::KeyArn,
    error::{AwsRefusal, KeyRefusal, KeyUseRefusal},
    open,
    secret::SecretBytes,
};

const RSA: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const EC: &str = "arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321";

/// One RSA and one elliptic curve key, and a count of the calls.
struct TwoKeys {
    rsa: RsaPrivateKey,
    ec: EcPrivateKey,
    calls: AtomicUsize,
    refusal: Mutex<Option<KeyRefusal>>,
}

impl TwoKeys {
    fn new() -> Self {
        let pem = include_bytes!("../../../tests/vectors/keys/raw-rsa2048.priv.pem");
        let rsa = RsaPrivateKey::from_pkcs8_der(pem::parse(pem).expect("PEM").contents()).expect("a valid key");
        let ec = EcPrivateKey::generate(Curve::P384, &SystemRandom).expect("generates");
        Self { rsa, ec, calls: AtomicUsize::new(0), refusal: Mutex::new(None) }
    }

    fn sender(&self, algorithm: RsaEncryptionAlgorithm) -> AwsKmsRsaKeyring {
        AwsKmsRsaKeyring::new(arn(RSA), self.rsa.public_key().expect("encodes"), algorithm)
    }

    fn call(&self) -> Result<()> {
        self.calls.fetch_add(1, Relaxed);
        self.refusal.lock().expect("not poisoned").clone().map_or(Ok(()), |refusal| Err(refusal.into()))
    }
}

fn invalid_ciphertext() -> Error {
    KeyUseRefusal::InvalidCiphertext.into()
}

impl Kms for TwoKeys {
    fn generate_data_key(&self, _: &KeyArn, _: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        Err(AwsRefusal::new(ErrorCode::InvalidKeyUsageException, "").into())
    }

    fn encrypt(&self, _: &KeyArn, _: &[u8], _: &EncryptionContext) -> Result<CiphertextBlob> {
        Err(AwsRefusal::new(ErrorCode::InvalidKeyUsageException, "").into())
    }

    fn decrypt(&self, _: &KeyArn, _: &CiphertextBlob, _: &EncryptionContext) -> Result<SecretBytes> {
        Err(AwsRefusal::new(ErrorCode::InvalidKeyUsageException, "").into())
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.call()?;
        assert_eq!(*key, arn(RSA));
        self.rsa.decrypt(algorithm.padding(), ciphertext).map_err(|_| invalid_ciphertext())
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.call()?;
        assert_eq!(*key, arn(EC));
        self.ec.agree(public_key)
    }
}

impl KeyDirectory for TwoKeys {
    fn key_with_public_key(&self, public_key: &EcPublicKey) -> Option<KeyArn> {
        (public_key == self.ec.public_key()).then(|| arn(EC))
    }
}

fn arn(text: &str) -> KeyArn {
    text.parse().expect("a key ARN")
}

const ALGORITHMS: [RsaEncryptionAlgorithm; 2] = [RsaEncryptionAlgorithm::RsaesOaepSha256, RsaEncryptionAlgorithm::RsaesOaepSha1];

#[test]
fn an_rsa_key_of_kms_unwraps_what_its_public_key_wrapped() {
    let kms = TwoKeys::new();
    for algorithm in ALGORITHMS {
        for context in [context("a"), EncryptionContext::new()] {
            let edk = kms.sender(algorithm).wrap(&data_key(), &context, &SystemRandom).expect("wraps");
            assert_eq!((edk.provider_id.as_str(), &edk.provider_info[..], edk.ciphertext.len()), ("aws-kms-rsa", RSA.as_bytes(), 256));
            assert!(is_our_data_key(&AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &context)));
            assert!(is_our_data_key(&AwsKmsKeyring::new(&kms, arn(RSA)).unwrap(&edk, &context)));
            assert!(matches!(AwsKmsKeyring::new(&kms, arn(EC)).unwrap(&edk, &context), Unwrapped::NotForThisKeyring));
            assert!(matches!(kms.sender(algorithm).unwrap(&edk, &context), Unwrapped::NotForThisKeyring));
        }
    }
}

#[test]
fn messages_of_the_python_sdk_open() {
    let kms = TwoKeys::new();
    for message in [
        &include_bytes!("../../../tests/data/messages/py-kms-rsa-sha256-context.esdk")[..],
        include_bytes!("../../../tests/data/messages/py-kms-rsa-sha256-empty.esdk"),
        include_bytes!("../../../tests/data/messages/py-kms-rsa-sha1-context.esdk"),
        include_bytes!("../../../tests/data/messages/py-kms-rsa-sha1-empty.esdk"),
    ] {
        let mut plaintext = Vec::new();
        open(message, &mut plaintext, &[&AwsKmsDiscoveryKeyring::new(&kms)], &OpenOptions::default()).expect("opens");
        assert_eq!(plaintext, b"attack at dawn\n");
    }
}

/// One reason and one number of calls, whether the padding is wrong, the context another, or the plaintext of another length.
#[test]
fn a_wrong_context_looks_like_a_wrong_ciphertext() {
    let kms = TwoKeys::new();
    let public = kms.rsa.public_key().expect("encodes");
    let keyring = AwsKmsDiscoveryKeyring::new(&kms);
    for algorithm in ALGORITHMS {
        let good = kms.sender(algorithm).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
        let digest = crate::crypto::sha384(&context("a").to_bytes().expect("short"));
        let of = |plaintext: &[u8]| EncryptedDataKey {
            ciphertext: public.encrypt(algorithm.padding(), plaintext).expect("fits"),
            ..good.clone()
        };
        let with = |ciphertext: Vec<u8>| EncryptedDataKey { ciphertext, ..good.clone() };
        let mut changed = good.ciphertext.clone();
        changed[9] ^= 1;
        let cases = [
            (good.clone(), context("b")),
            (good.clone(), EncryptionContext::new()),
            (with(changed), context("a")),
            (with(vec![0; 256]), context("a")),
            (with(good.ciphertext[..255].to_vec()), context("a")),
            (with(Vec::new()), context("a")),
            (of(&[&digest[..], &[1; 31]].concat()), context("a")),
            (of(&[&digest[..], &[1; 33]].concat()), context("a")),
            (of(&digest), context("a")),
            (of(&[1; 32]), context("a")),
            (of(b""), context("a")),
        ];
        for (number, (edk, context)) in cases.into_iter().enumerate() {
            kms.calls.store(0, Relaxed);
            assert_eq!(failure(keyring.unwrap(&edk, &context)), "does not unwrap", "case {number}");
            assert_eq!(kms.calls.load(Relaxed), 2, "case {number}");
        }
    }
}

#[test]
fn an_rsa_key_of_kms_never_meets_a_signed_message() {
    let kms = TwoKeys::new();
    let mut signed = context("a");
    signed.insert("aws-crypto-public-key", "point");
    let sender = kms.sender(RsaEncryptionAlgorithm::RsaesOaepSha256);
    let refusal = sender.wrap(&data_key(), &signed, &SystemRandom);
    assert!(matches!(refusal, Err(Error::Service(error)) if error.code() == ErrorCode::InvalidKeyUsageException));
    let digest = crate::crypto::sha384(&signed.to_bytes().expect("short"));
    let plaintext = [&digest[..], data_key().expose()].concat();
    let ciphertext = kms.rsa.public_key().expect("encodes").encrypt(RsaPadding::OaepSha256Mgf1, &plaintext).expect("fits");
    let edk = EncryptedDataKey { provider_id: "aws-kms-rsa".to_owned(), provider_info: RSA.into(), ciphertext };
    assert_eq!(failure(AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &signed)), "does not unwrap");
    assert_eq!(kms.calls.load(Relaxed), 0);
}

#[test]
fn an_elliptic_curve_key_of_kms_unwraps_what_was_sent_to_it_or_with_it() {
    let kms = TwoKeys::new();
    let edk = RawEcdhKeyring::from_public_key(kms.ec.public_key().clone()).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    for provider_id in ["raw-ecdh", "aws-kms-ecdh"] {
        let edk = EncryptedDataKey { provider_id: provider_id.to_owned(), ..edk.clone() };
        assert!(is_our_data_key(&AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &context("a"))));
        let own = AwsKmsKeyring::new(&kms, arn(EC)).with_public_key(kms.ec.public_key().clone());
        assert!(is_our_data_key(&own.unwrap(&edk, &context("a"))));
        assert!(matches!(AwsKmsKeyring::new(&kms, arn(EC)).unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring), "its point unsaid");
        assert!(matches!(AwsKmsKeyring::new(&kms, arn(RSA)).unwrap(&edk, &context("a")), Unwrapped::NotForThisKeyring));
        assert_eq!(failure(AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &context("b"))), "does not unwrap");
    }
    let stranger = EcPrivateKey::generate(Curve::P384, &SystemRandom).expect("generates");
    let to_stranger = RawEcdhKeyring::from_private_key(stranger).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    assert!(matches!(AwsKmsDiscoveryKeyring::new(&kms).unwrap(&to_stranger, &context("a")), Unwrapped::NotForThisKeyring));
}

#[test]
fn a_refusal_of_kms_is_told() {
    let kms = TwoKeys::new();
    *kms.refusal.lock().expect("not poisoned") = Some(KeyRefusal::Disabled(arn(RSA)));
    let rsa = kms.sender(RsaEncryptionAlgorithm::RsaesOaepSha256).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    let ecdh = RawEcdhKeyring::from_public_key(kms.ec.public_key().clone()).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    for edk in [rsa, ecdh] {
        assert_eq!(
            failure(AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &context("a"))),
            format!("DisabledException: {RSA} is disabled.")
        );
    }
}

#[test]
fn a_kms_without_such_keys_says_so() {
    struct Symmetric;
    impl Kms for Symmetric {
        fn generate_data_key(&self, _: &KeyArn, _: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
            Err(invalid_ciphertext())
        }
        fn encrypt(&self, _: &KeyArn, _: &[u8], _: &EncryptionContext) -> Result<CiphertextBlob> {
            Err(invalid_ciphertext())
        }
        fn decrypt(&self, _: &KeyArn, _: &CiphertextBlob, _: &EncryptionContext) -> Result<SecretBytes> {
            Err(invalid_ciphertext())
        }
    }
    impl KeyDirectory for Symmetric {}
    let kms = TwoKeys::new();
    let rsa = kms.sender(RsaEncryptionAlgorithm::RsaesOaepSha256).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    let ecdh = RawEcdhKeyring::from_public_key(kms.ec.public_key().clone()).wrap(&data_key(), &context("a"), &SystemRandom).expect("wraps");
    let keyring = AwsKmsDiscoveryKeyring::new(&Symmetric);
    assert!(failure(keyring.unwrap(&rsa, &context("a"))).starts_with("UnsupportedOperationException"));
    assert!(matches!(keyring.unwrap(&ecdh, &context("a")), Unwrapped::NotForThisKeyring));
}
