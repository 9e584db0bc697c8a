//! What a message is sealed with.

use super::{
    encrypted_data_keys::{AtOnce, wrap_by_each},
    signature::generate_signing_key,
};
use crate::{
    crypto::{Random, SigningKey},
    error::{ContextMismatch, Error, KeyUseRefusal, Result},
    format::{EncryptedDataKey, EncryptionContext},
    keyring::{Keyring, fits_suite},
    secret::DataKey,
    suite::AlgorithmSuite,
};

/// What a message is sealed with: a data key and its wrapped forms, all bound to one encryption context. A signed one has the public key in
/// the context, and materials for one message only.
#[derive(Debug)]
pub struct EncryptionMaterials {
    pub(super) suite: AlgorithmSuite,
    pub(super) signing_key: Option<SigningKey>,
    pub(super) data_key: DataKey,
    pub(super) encrypted_data_keys: Vec<EncryptedDataKey>,
    pub(super) context: EncryptionContext,
}

impl EncryptionMaterials {
    /// The first keyring makes the data key, the others wrap it too.
    ///
    /// # Errors
    /// No keyring, a reserved `aws-crypto-` key in the context, a context over 65,535 bytes, a keyring that cannot wrap, or
    /// `InvalidKeyUsageException` for an RSA key in AWS KMS in a suite with a signature.
    pub fn generate(suite: AlgorithmSuite, keyrings: &[&dyn Keyring], context: EncryptionContext, random: &dyn Random) -> Result<Self> {
        Self::generate_at_once(suite, keyrings, context, random, AtOnce::MOST)
    }

    pub(super) fn generate_at_once(
        suite: AlgorithmSuite,
        keyrings: &[&dyn Keyring],
        mut context: EncryptionContext,
        random: &dyn Random,
        most: AtOnce,
    ) -> Result<Self> {
        let signing_key = prepare_context(suite, &mut context)?;
        let (generator, others) = keyrings.split_first().ok_or(NO_KEYRING)?;
        let (data_key, first) = generator.generate(&context, random)?;
        let mut encrypted_data_keys = vec![first];
        encrypted_data_keys.extend(wrap_by_each(others, &data_key, &context, random, most)?);
        Self { suite, signing_key, data_key, encrypted_data_keys, context }.checked()
    }

    /// Wraps a data key that exists: another Region's bundle of the same version, or a rewrap.
    ///
    /// # Errors
    /// As for [`EncryptionMaterials::generate`].
    pub fn wrap(
        suite: AlgorithmSuite,
        data_key: DataKey,
        keyrings: &[&dyn Keyring],
        context: EncryptionContext,
        random: &dyn Random,
    ) -> Result<Self> {
        Self::wrap_at_once(suite, data_key, keyrings, context, random, AtOnce::MOST)
    }

    pub(super) fn wrap_at_once(
        suite: AlgorithmSuite,
        data_key: DataKey,
        keyrings: &[&dyn Keyring],
        mut context: EncryptionContext,
        random: &dyn Random,
        most: AtOnce,
    ) -> Result<Self> {
        let signing_key = prepare_context(suite, &mut context)?;
        if keyrings.is_empty() {
            return Err(NO_KEYRING);
        }
        let encrypted_data_keys = wrap_by_each(keyrings, &data_key, &context, random, most)?;
        Self { suite, signing_key, data_key, encrypted_data_keys, context }.checked()
    }

    fn checked(self) -> Result<Self> {
        if self.encrypted_data_keys.iter().all(|edk| fits_suite(edk, self.suite)) {
            Ok(self)
        } else {
            Err(KeyUseRefusal::RsaInSignedMessage.into())
        }
    }

    /// The wrapped forms of the data key, in the order of the keyrings.
    #[must_use]
    pub fn encrypted_data_keys(&self) -> &[EncryptedDataKey] {
        &self.encrypted_data_keys
    }

    /// Gives the data key back, for the next Region's bundle of the same version.
    #[must_use]
    pub fn into_data_key(self) -> DataKey {
        self.data_key
    }
}

const NO_KEYRING: Error = Error::Misuse("sealing needs at least one keyring");

/// Checks the caller's pairs; with a signature, makes its key and adds the public part.
fn prepare_context(suite: AlgorithmSuite, context: &mut EncryptionContext) -> Result<Option<SigningKey>> {
    if let Some((key, _)) = context.iter().find(|(key, _)| EncryptionContext::is_reserved(key)) {
        return Err(Error::EncryptionContext(ContextMismatch::Reserved(key.to_owned())));
    }
    let signing_key = suite.is_signed().then(|| generate_signing_key(context)).transpose()?;
    context.to_bytes().map_err(Error::NotWritable)?;
    Ok(signing_key)
}
