//! Raw AES keyring (specification, "Raw AES Keyring").
//!
//! ```text
//! provider id   = key namespace
//! provider info = key name || u32 tag length in bits (128) || u32 IV length (12) || iv(12)
//! ciphertext    = AES-GCM(wrapping key, iv, AAD = serialized encryption context, data key) || tag(16)
//! ```

use super::{Keyring, Unwrapped};
use crate::{
    crypto::{Random, WrappingKey, random_array},
    error::{Error, Result},
    format::{EncryptedDataKey, EncryptionContext, IV_LENGTH},
    secret::{DataKey, SecretBytes},
};

const TAG_BITS: u32 = 128;
const INFO_SUFFIX: usize = 4 + 4 + IV_LENGTH;

/// Wraps data keys under an AES key of 128, 192 or 256 bits that the caller holds.
#[derive(Debug)]
pub struct RawAesKeyring {
    namespace: String,
    name: String,
    key: WrappingKey,
}

impl RawAesKeyring {
    /// A keyring whose EDKs name `namespace` and `name`.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a key that has not 16, 24 or 32 bytes, an empty namespace or name, or a namespace that begins with `aws-kms`.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>, key: &SecretBytes) -> Result<Self> {
        let (namespace, name) = (namespace.into(), name.into());
        if namespace.is_empty() || name.is_empty() {
            return Err(Error::Misuse("a raw AES key needs a namespace and a name"));
        }
        if namespace.starts_with("aws-kms") {
            return Err(Error::Misuse("the key namespace 'aws-kms' belongs to AWS KMS"));
        }
        let key = WrappingKey::new(key.expose()).ok_or(Error::Misuse("a raw AES key has 16, 24 or 32 bytes"))?;
        Ok(Self { namespace, name, key })
    }
}

impl Keyring for RawAesKeyring {
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
        let iv: [u8; IV_LENGTH] = random_array(random)?;
        let ciphertext = self.key.seal(iv, &context.to_bytes()?, data_key.expose())?;
        let mut provider_info = self.name.clone().into_bytes();
        provider_info.extend_from_slice(&info_suffix(iv));
        Ok(EncryptedDataKey { provider_id: self.namespace.clone(), provider_info, ciphertext })
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        if edk.provider_id != self.namespace || key_name(&edk.provider_info) != Some(self.name.as_bytes()) {
            return Unwrapped::NotForThisKeyring;
        }
        let (Some(iv), Ok(aad)) = (edk.provider_info.last_chunk::<IV_LENGTH>(), context.to_bytes()) else {
            return Unwrapped::NotForThisKeyring;
        };
        let data_key = self.key.open(*iv, &aad, &edk.ciphertext).ok().and_then(|plaintext| DataKey::from_slice(plaintext.expose()));
        data_key.map_or(Unwrapped::DoesNotUnwrap, Unwrapped::DataKey)
    }
}

/// The name in front of the lengths and the IV; `None` when the information is not laid out like that.
pub(super) fn key_name(provider_info: &[u8]) -> Option<&[u8]> {
    let (name, suffix) = provider_info.split_last_chunk::<INFO_SUFFIX>()?;
    let iv = suffix.last_chunk::<IV_LENGTH>()?;
    (*suffix == info_suffix(*iv)).then_some(name)
}

fn info_suffix(iv: [u8; IV_LENGTH]) -> [u8; INFO_SUFFIX] {
    let mut suffix = [0; INFO_SUFFIX];
    let (tag_bits, rest) = suffix.split_at_mut(4);
    let (iv_length, iv_bytes) = rest.split_at_mut(4);
    tag_bits.copy_from_slice(&TAG_BITS.to_be_bytes());
    iv_length.copy_from_slice(&12_u32.to_be_bytes());
    iv_bytes.copy_from_slice(&iv);
    suffix
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRandom;

    fn keyring(namespace: &str, name: &str, length: usize) -> Result<RawAesKeyring> {
        RawAesKeyring::new(namespace, name, &SecretBytes::new(vec![1; length]))
    }

    #[test]
    fn keys_and_names_are_checked() {
        for (namespace, name, length) in
            [("", "k", 32), ("n", "", 32), ("aws-kms", "k", 32), ("aws-kms-x", "k", 32), ("n", "k", 0), ("n", "k", 31), ("n", "k", 33)]
        {
            assert!(matches!(keyring(namespace, name, length), Err(Error::Misuse(_))), "{namespace} {name} {length}");
        }
    }

    #[test]
    fn an_edk_is_bound_to_key_name_and_context() {
        let context: EncryptionContext = [("a", "b")].into_iter().collect();
        for length in [16, 24, 32] {
            let ours = keyring("n", "k", length).expect("valid");
            let (data_key, edk) = ours.generate(&context, &SystemRandom).expect("wraps");
            let Unwrapped::DataKey(opened) = ours.unwrap(&edk, &context) else { panic!("unwraps") };
            assert_eq!(opened.expose(), data_key.expose());
            assert!(matches!(ours.unwrap(&edk, &EncryptionContext::new()), Unwrapped::DoesNotUnwrap));
            assert!(matches!(keyring("n", "k2", length).expect("valid").unwrap(&edk, &context), Unwrapped::NotForThisKeyring));
            assert!(matches!(keyring("m", "k", length).expect("valid").unwrap(&edk, &context), Unwrapped::NotForThisKeyring));
        }
    }
}
