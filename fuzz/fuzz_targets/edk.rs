//! Every encrypted data key of a header, under every provider id that has a layout of its own, offered to a keyring of every kind.
//!
//! The header's tag is not looked at, so nothing keeps a changed EDK from its parser.
#![no_main]

use coldseal::{
    DataKey, EncryptedDataKey, EncryptionContext, Error, Header, HeaderLimits, Result, SecretBytes,
    arn::KeyArn,
    crypto::KeyFile,
    keyring::{
        AwsKmsDiscoveryKeyring, CiphertextBlob, EcPrivateKey, EcPublicKey, KeyDirectory, Keyring, Kms, RawAesKeyring, RawEcdhKeyring,
        RawRsaKeyring, RsaEncryptionAlgorithm, RsaPadding, RsaPrivateKey, Unwrapped, display_provider_info,
    },
};
use libfuzzer_sys::fuzz_target;

/// A KMS in whose every key ARN the same two private keys stand.
struct PrivateKeys {
    rsa: RsaPrivateKey,
    ec: EcPrivateKey,
    arn: KeyArn,
}

impl Kms for PrivateKeys {
    fn generate_data_key(&self, _: &KeyArn, _: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        Err(Error::Decryption)
    }

    fn encrypt(&self, _: &KeyArn, _: &[u8], _: &EncryptionContext) -> Result<CiphertextBlob> {
        Err(Error::Decryption)
    }

    fn decrypt(&self, _: &KeyArn, blob: &CiphertextBlob, _: &EncryptionContext) -> Result<SecretBytes> {
        Ok(SecretBytes::new(blob.0.clone()))
    }

    fn decrypt_rsa(&self, _: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.rsa.decrypt(algorithm.padding(), ciphertext)
    }

    fn derive_shared_secret(&self, _: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.ec.agree(public_key)
    }
}

impl KeyDirectory for PrivateKeys {
    fn key_with_public_key(&self, public_key: &EcPublicKey) -> Option<KeyArn> {
        (public_key == self.ec.public_key()).then(|| self.arn.clone())
    }
}

fn rsa() -> RsaPrivateKey {
    match KeyFile::parse(include_bytes!("../../tests/vectors/keys/raw-rsa2048.priv.pem")) {
        Ok(KeyFile::RsaPrivate(key)) => key,
        _ => unreachable!("an RSA private key"),
    }
}

fn ec(pem: &[u8]) -> EcPrivateKey {
    match KeyFile::parse(pem) {
        Ok(KeyFile::EcPrivate(key)) => key,
        _ => unreachable!("an elliptic curve private key"),
    }
}

const P256: &[u8] = include_bytes!("../../tests/vectors/keys/raw-p256.priv.pem");
const P384: &[u8] = include_bytes!("../../tests/vectors/keys/raw-p384.priv.pem");
const P521: &[u8] = include_bytes!("../../tests/vectors/keys/raw-p521.priv.pem");

thread_local! {
    static KMS: PrivateKeys = PrivateKeys {
        rsa: rsa(),
        ec: ec(P256),
        arn: "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".parse().expect("an ARN"),
    };
    static RAW: Vec<Box<dyn Keyring>> = vec![
        Box::new(RawAesKeyring::new("heldout", "aes-256", &SecretBytes::new(vec![1; 32])).expect("a valid key")),
        Box::new(RawRsaKeyring::from_private_key("heldout", "rsa-2048", RsaPadding::OaepSha256Mgf1, rsa()).expect("a valid key")),
        Box::new(RawRsaKeyring::from_private_key("heldout", "rsa-2048", RsaPadding::Pkcs1, rsa()).expect("a valid key")),
        Box::new(RawEcdhKeyring::from_private_key(ec(P256))),
        Box::new(RawEcdhKeyring::from_private_key(ec(P384))),
        Box::new(RawEcdhKeyring::from_private_key(ec(P521))),
    ];
}

/// Whatever unwraps does so again, and a failure has the one reason.
fn offer(keyring: &dyn Keyring, edk: &EncryptedDataKey, context: &EncryptionContext) {
    match keyring.unwrap(edk, context) {
        Unwrapped::DataKey(key) => match keyring.unwrap(edk, context) {
            Unwrapped::DataKey(again) => assert_eq!(key.expose(), again.expose()),
            other => panic!("unwrapped once: {other:?}"),
        },
        Unwrapped::NotForThisKeyring | Unwrapped::DoesNotUnwrap => {}
        Unwrapped::Failed(cause) => panic!("a failure has no detail: {cause}"),
        // What AWS KMS would be asked for, or asked too often for.
        Unwrapped::PassedOver(why) => panic!("no keyring here is one over a network: {why}"),
        Unwrapped::Stopped(error) => panic!("no keyring here is one over a network: {error}"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(parsed) = Header::parse(bytes, HeaderLimits::default()) else { return };
    for edk in parsed.header.encrypted_data_keys.iter().take(4) {
        for provider_id in [edk.provider_id.as_str(), "aws-kms", "aws-kms-rsa", "raw-ecdh", "aws-kms-ecdh"] {
            let edk = EncryptedDataKey { provider_id: provider_id.to_owned(), ..edk.clone() };
            let _ = display_provider_info(&edk);
            RAW.with(|keyrings| keyrings.iter().for_each(|keyring| offer(&**keyring, &edk, &parsed.header.encryption_context)));
            KMS.with(|kms| offer(&AwsKmsDiscoveryKeyring::new(kms), &edk, &parsed.header.encryption_context));
        }
    }
});
