//! Raw RSA keyring (specification, "Raw RSA Keyring").
//!
//! ```text
//! provider id   = key namespace
//! provider info = key name
//! ciphertext    = RSA(data key); not bound to the encryption context
//! ```

use super::{Keyring, UnwrapBudget, Unwrapped};
use crate::{
    crypto::{Random, RsaPadding, RsaPrivateKey, RsaPublicKey},
    error::{Error, Result},
    format::{EncryptedDataKey, EncryptionContext},
    secret::DataKey,
};

/// Wraps data keys under an RSA public key, and unwraps them with the private key where the caller holds it.
#[derive(Debug)]
pub struct RawRsaKeyring {
    namespace: String,
    name: String,
    padding: RsaPadding,
    public: RsaPublicKey,
    private: Option<RsaPrivateKey>,
}

impl RawRsaKeyring {
    /// A keyring that wraps only; its EDKs name `namespace` and `name`.
    ///
    /// # Errors
    /// [`Error::Misuse`] for an empty namespace or name, or a namespace that begins with `aws-kms`.
    pub fn from_public_key(
        namespace: impl Into<String>,
        name: impl Into<String>,
        padding: RsaPadding,
        public: RsaPublicKey,
    ) -> Result<Self> {
        let (namespace, name) = (namespace.into(), name.into());
        if namespace.is_empty() || name.is_empty() {
            return Err(Error::Misuse("a raw RSA key needs a namespace and a name"));
        }
        if namespace.starts_with("aws-kms") {
            return Err(Error::Misuse("the key namespace 'aws-kms' belongs to AWS KMS"));
        }
        Ok(Self { namespace, name, padding, public, private: None })
    }

    /// A keyring that wraps and unwraps.
    ///
    /// # Errors
    /// As for [`RawRsaKeyring::from_public_key`].
    pub fn from_private_key(
        namespace: impl Into<String>,
        name: impl Into<String>,
        padding: RsaPadding,
        private: RsaPrivateKey,
    ) -> Result<Self> {
        let keyring = Self::from_public_key(namespace, name, padding, private.public_key()?)?;
        Ok(Self { private: Some(private), ..keyring })
    }
}

impl Keyring for RawRsaKeyring {
    /// Fails with [`Error::Misuse`] where the padding is PKCS #1 v1.5, which is read, never written.
    fn wrap(&self, data_key: &DataKey, _: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        let ciphertext = self.public.encrypt(self.padding, data_key.expose())?;
        Ok(EncryptedDataKey { provider_id: self.namespace.clone(), provider_info: self.name.clone().into_bytes(), ciphertext })
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.unwrap_within(edk, context, &UnwrapBudget::default())
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, _: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        let Some(private) = &self.private else { return Unwrapped::NotForThisKeyring };
        if edk.provider_id != self.namespace || edk.provider_info != self.name.as_bytes() {
            return Unwrapped::NotForThisKeyring;
        }
        if let Err(error) = budget.spend_private_key_operation() {
            return Unwrapped::Failed(error.into());
        }
        let data_key = private.decrypt(self.padding, &edk.ciphertext).ok().and_then(|plaintext| DataKey::from_slice(plaintext.expose()));
        data_key.map_or(Unwrapped::DoesNotUnwrap, Unwrapped::DataKey)
    }
}
