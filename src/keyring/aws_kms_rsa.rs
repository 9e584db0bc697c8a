//! AWS KMS RSA keyring (specification, "AWS KMS RSA Keyring").
//!
//! ```text
//! provider id   = "aws-kms-rsa"
//! provider info = key ARN
//! ciphertext    = RSAES-OAEP(SHA-384(serialized encryption context)(48) || data key(32))
//! ```
//!
//! Wrapping needs the public key alone; unwrapping is the KMS operation Decrypt. Never with a signing suite: the SDKs refuse that on both
//! sides. The pair `aws-crypto-public-key` in the encryption context, which only such a suite has, is how a keyring knows.

use super::{Keyring, Kms, RsaEncryptionAlgorithm, Unwrapped};
use crate::{
    arn::KeyArn,
    crypto::{Random, RsaPublicKey, constant_time_eq, sha384},
    error::{KeyUseRefusal, Result},
    format::{EncryptedDataKey, EncryptionContext},
    secret::{DATA_KEY_LENGTH, DataKey, SecretBytes},
};

/// Key provider id of AWS KMS for RSA keys.
pub const PROVIDER_ID: &str = "aws-kms-rsa";

/// Key of the pair that a signed message (suite 0x0578) has in its encryption context.
const SIGNING_KEY_PAIR: &str = "aws-crypto-public-key";

/// Length of the digest in front of the data key, in bytes.
const DIGEST: usize = 48;

/// Wraps under the public part of an RSA key in AWS KMS; unwraps nothing.
#[derive(Debug)]
pub struct AwsKmsRsaKeyring {
    key: KeyArn,
    public: RsaPublicKey,
    algorithm: RsaEncryptionAlgorithm,
}

impl AwsKmsRsaKeyring {
    /// A keyring for the key with this ARN, an alias not being enough, and its public part.
    #[must_use]
    pub const fn new(key: KeyArn, public: RsaPublicKey, algorithm: RsaEncryptionAlgorithm) -> Self {
        Self { key, public, algorithm }
    }
}

impl Keyring for AwsKmsRsaKeyring {
    /// Fails with `InvalidKeyUsageException` for the context of a signed message.
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        if context.get(SIGNING_KEY_PAIR).is_some() {
            return Err(KeyUseRefusal::RsaForSigned(self.key.clone()).into());
        }
        let mut plaintext = SecretBytes::zeroed(DIGEST + DATA_KEY_LENGTH);
        let (digest, key) = plaintext.expose_mut().split_first_chunk_mut::<DIGEST>().expect("it begins with the digest");
        *digest = sha384(&context.to_bytes()?);
        key.copy_from_slice(data_key.expose());
        let ciphertext = self.public.encrypt(self.algorithm.padding(), plaintext.expose())?;
        Ok(EncryptedDataKey { provider_id: PROVIDER_ID.to_owned(), provider_info: self.key.to_string().into_bytes(), ciphertext })
    }

    fn unwrap(&self, _: &EncryptedDataKey, _: &EncryptionContext) -> Unwrapped {
        Unwrapped::NotForThisKeyring
    }
}

/// Unwraps with `key` of `kms`.
///
/// An EDK does not say with which algorithm it was made. Both are tried in turn, the second one whatever the first one failed for: neither
/// the answer nor the number of calls tells a fault of the padding from another context.
pub(super) fn unwrap_with_kms(kms: &dyn Kms, key: &KeyArn, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
    let Ok(serialized) = context.to_bytes() else { return Unwrapped::DoesNotUnwrap };
    if context.get(SIGNING_KEY_PAIR).is_some() {
        return Unwrapped::DoesNotUnwrap;
    }
    let mut failure = Unwrapped::DoesNotUnwrap;
    for algorithm in [RsaEncryptionAlgorithm::RsaesOaepSha256, RsaEncryptionAlgorithm::RsaesOaepSha1] {
        match kms.decrypt_rsa(key, algorithm, &edk.ciphertext) {
            Ok(plaintext) => {
                if let Some(data_key) = check(&plaintext, &sha384(&serialized)) {
                    return Unwrapped::DataKey(data_key);
                }
            }
            Err(error) => failure = Unwrapped::refused(error),
        }
    }
    failure
}

/// The data key behind the digest that was expected; constant time.
fn check(plaintext: &SecretBytes, expected: &[u8; DIGEST]) -> Option<DataKey> {
    let (digest, data_key) = plaintext.expose().split_first_chunk::<DIGEST>()?;
    if constant_time_eq(digest, expected) { DataKey::from_slice(data_key) } else { None }
}
