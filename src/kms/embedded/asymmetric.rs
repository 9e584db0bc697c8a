//! What asymmetric keys do: GetPublicKey, Encrypt and Decrypt under RSA, DeriveSharedSecret.

use super::{
    EmbeddedKms,
    answers::{DerivedSharedSecret, KeyPublicKey},
    imported::{ImportedKey, KmsPublicKey},
    key_pair::{KeyPair, PublicKey},
    key_spec::{KeySpec, KeyUsage},
    keys::Key,
    operations::{CIPHERTEXT_LIMIT, PLAINTEXT_LIMIT, check_length, invalid_ciphertext},
};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms as _, RsaEncryptionAlgorithm},
    region::Region,
    secret::SecretBytes,
};

const DERIVE_SHARED_SECRET: &str = "DeriveSharedSecret";

impl EmbeddedKms {
    /// [GetPublicKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html) of a key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for a symmetric key; `DisabledException` and `KMSInvalidStateException`; as for
    /// [`EmbeddedKms::resolve`].
    pub fn get_public_key(&self, region: Region, key_id: &str) -> Result<KeyPublicKey> {
        let arn = self.resolve(region, key_id)?;
        if let Some(ImportedKey { public_key: imported, .. }) = self.only_imported(&arn) {
            return Ok(KeyPublicKey::of(arn, imported.key_spec(), imported.der()));
        }
        let key = self.usable_key(&arn)?;
        let pair = key.material.key_pair().ok_or_else(|| unsupported(&arn, key, "GetPublicKey"))?;
        Ok(KeyPublicKey::of(arn, pair.spec(), pair.public_key().to_spki_der()))
    }

    /// [DeriveSharedSecret](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html) with a public key in the DER of
    /// its SubjectPublicKeyInfo, by the only algorithm, `ECDH`. The key is named by key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// `ValidationException` for what is not a public key on the key's curve; `InvalidKeyUsageException` for a key of another usage;
    /// `DisabledException` and `KMSInvalidStateException`; as for [`EmbeddedKms::resolve`].
    pub fn derive_shared_secret_in(&self, region: Region, key_id: &str, public_key: &[u8]) -> Result<DerivedSharedSecret> {
        let arn = self.resolve(region, key_id)?;
        // The key's usage comes first, as in AWS.
        self.key_agreement_pair(&arn)?;
        let public_key = EcPublicKey::from_spki_der(public_key)
            .map_err(|error| Error::service(ErrorCode::ValidationException, format!("PublicKey: {error}")))?;
        let shared_secret = self.derive_shared_secret(&arn, &public_key)?;
        Ok(DerivedSharedSecret { key_id: arn, shared_secret, key_agreement_algorithm: "ECDH", key_origin: "AWS_KMS" })
    }

    /// The key spec; `None` for a key that is not here.
    #[must_use]
    pub fn key_spec(&self, key: &KeyArn) -> Option<KeySpec> {
        match self.only_imported(key) {
            Some(imported) => Some(imported.public_key.key_spec()),
            None => self.key(key).ok().map(|key| key.material.spec()),
        }
    }

    /// The public part of an asymmetric key, embedded or imported; `None` for a symmetric one, and for one that is not there.
    #[must_use]
    pub fn public_key(&self, key: &KeyArn) -> Option<&PublicKey> {
        match self.only_imported(key) {
            Some(imported) => Some(imported.public_key.public_key()),
            None => Some(self.key(key).ok()?.material.key_pair()?.public_key()),
        }
    }

    pub(in crate::kms) fn encrypt_rsa(
        &self,
        arn: &KeyArn,
        algorithm: RsaEncryptionAlgorithm,
        plaintext: &[u8],
        context: &EncryptionContext,
    ) -> Result<CiphertextBlob> {
        tracing::debug!(key = %arn, algorithm = algorithm.name(), "kms: Encrypt");
        check_length("plaintext", plaintext.len(), PLAINTEXT_LIMIT)?;
        // An imported public key encrypts as well as a key pair does.
        let (spec, public_key) = match self.only_imported(arn) {
            Some(ImportedKey { public_key: imported, .. }) => (imported.key_spec(), imported.public_key()),
            None => self.rsa_pair(arn, algorithm, "Encrypt").map(|pair| (pair.spec(), pair.public_key()))?,
        };
        refuse_context(context)?;
        let PublicKey::Rsa(public_key) = public_key else { return Err(incompatible(algorithm.name(), spec)) };
        let limit = plaintext_limit(spec, algorithm);
        if plaintext.len() > limit {
            let name = algorithm.name();
            let message = format!("Algorithm {name} and key spec {spec} cannot encrypt data larger than {limit} bytes.");
            return Err(Error::service(ErrorCode::ValidationException, message));
        }
        public_key.encrypt(algorithm.padding(), plaintext).map(CiphertextBlob)
    }

    /// [`Kms::decrypt_rsa`](crate::keyring::Kms::decrypt_rsa) for callers who may have given an encryption context.
    pub(in crate::kms) fn decrypt_rsa_with(
        &self,
        arn: &KeyArn,
        algorithm: RsaEncryptionAlgorithm,
        ciphertext: &[u8],
        context: &EncryptionContext,
    ) -> Result<SecretBytes> {
        tracing::debug!(key = %arn, algorithm = algorithm.name(), "kms: Decrypt");
        check_length("ciphertextBlob", ciphertext.len(), CIPHERTEXT_LIMIT)?;
        let pair = self.rsa_pair(arn, algorithm, "Decrypt")?;
        refuse_context(context)?;
        // Whatever was wrong with the ciphertext: one error.
        pair.rsa_private_key()?.decrypt(algorithm.padding(), ciphertext).map_err(|_| invalid_ciphertext())
    }

    pub(in crate::kms) fn agree(&self, arn: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        let pair = self.key_agreement_pair(arn)?;
        let (own, peer) = (pair.spec(), KeySpec::of_curve(public_key.curve()));
        if own != peer {
            let message = format!("the public key is on the curve of {peer}, and {arn} is {own}");
            return Err(Error::service(ErrorCode::ValidationException, message));
        }
        pair.ec_private_key()?.agree(public_key)
    }

    /// The key with this public part: one that can be used, before one that cannot, before an imported public key, with which KMS can do
    /// nothing but say so.
    pub(in crate::kms) fn find_public_key(&self, public_key: &EcPublicKey) -> Option<KeyArn> {
        let is_it = |key: &Key| matches!(key.material.key_pair().map(KeyPair::public_key), Some(PublicKey::EllipticCurve(own)) if own == public_key);
        let keys = self.regions.iter().flat_map(|(region, state)| state.keys.iter().map(|(key_id, key)| (*region, key_id, key)));
        let embedded: Vec<_> = keys.filter(|(_, _, key)| is_it(key)).map(|(region, key_id, _)| self.key_arn(region, key_id)).collect();
        let mut imported = self.regions.values().flat_map(|state| state.imported.values()).map(|imported| &imported.public_key);
        let usable = embedded.iter().find(|arn| self.can_unwrap(arn));
        usable.or(embedded.first()).or_else(|| imported.find(|key| key.der() == public_key.to_spki_der()).map(KmsPublicKey::arn)).cloned()
    }

    fn rsa_pair(&self, arn: &KeyArn, algorithm: RsaEncryptionAlgorithm, operation: &str) -> Result<&KeyPair> {
        let key = self.usable_key(arn)?;
        require_usage(arn, key, KeyUsage::EncryptDecrypt, operation)?;
        key.material.key_pair().ok_or_else(|| incompatible(algorithm.name(), key.material.spec()))
    }

    fn key_agreement_pair(&self, arn: &KeyArn) -> Result<&KeyPair> {
        let key = self.usable_key(arn)?;
        require_usage(arn, key, KeyUsage::KeyAgreement, DERIVE_SHARED_SECRET)?;
        key.material.key_pair().ok_or_else(|| unsupported(arn, key, DERIVE_SHARED_SECRET))
    }
}

/// Refuses a key whose usage is another one.
pub(in crate::kms) fn require_usage(arn: &KeyArn, key: &Key, needed: KeyUsage, operation: &str) -> Result<()> {
    let usage = key.material.spec().usage();
    if usage == needed {
        return Ok(());
    }
    let message = format!("{arn} key usage is {usage} which is not valid for {operation}.");
    Err(Error::service(ErrorCode::InvalidKeyUsageException, message))
}

/// What an operation for another kind of key says.
pub(in crate::kms) fn unsupported(arn: &KeyArn, key: &Key, operation: &str) -> Error {
    let message = format!("{arn} key spec is {} which is not valid for {operation}.", key.material.spec());
    Error::service(ErrorCode::UnsupportedOperationException, message)
}

pub(in crate::kms) fn incompatible(algorithm: &str, spec: KeySpec) -> Error {
    Error::service(ErrorCode::InvalidKeyUsageException, format!("Algorithm {algorithm} is incompatible with key spec {spec}."))
}

fn refuse_context(context: &EncryptionContext) -> Result<()> {
    if context.is_empty() {
        return Ok(());
    }
    let message = "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.";
    Err(Error::service(ErrorCode::ValidationException, message))
}

/// RFC 8017, section 7.1.1: the length of the modulus, less two hashes and two bytes.
fn plaintext_limit(spec: KeySpec, algorithm: RsaEncryptionAlgorithm) -> usize {
    let modulus = spec.modulus_bits().and_then(|bits| usize::try_from(bits / 8).ok()).unwrap_or_default();
    let hash: usize = match algorithm {
        RsaEncryptionAlgorithm::RsaesOaepSha1 => 20,
        RsaEncryptionAlgorithm::RsaesOaepSha256 => 32,
    };
    modulus.saturating_sub(2 * hash + 2)
}
