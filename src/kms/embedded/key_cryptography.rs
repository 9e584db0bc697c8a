//! What a key does with its material. Whoever calls this has looked the key up and checked the lengths.

use super::{
    ciphertext::{self, Ciphertext, KEY_ID_LENGTH},
    key_handle::{AnyKey, KeyRef},
    key_pair::KeyPair,
    material::MaterialVersions,
};
use crate::{
    crypto::{EcPublicKey, SystemRandom, random_array},
    error::{Error, KeyUseRefusal, Result},
    format::EncryptionContext,
    keyring::{CiphertextBlob, RsaEncryptionAlgorithm},
    kms::{
        encryption_algorithm::EncryptionAlgorithm,
        key_spec::{KeySpec, KeyUsage},
        public_key::PublicKey,
    },
    secret::SecretBytes,
};

const DERIVE_SHARED_SECRET: &str = "DeriveSharedSecret";

impl AnyKey<'_> {
    /// Under RSA there is no encryption context, and the algorithm and the length of the modulus say how much can be encrypted.
    pub(super) fn encrypt(&self, algorithm: EncryptionAlgorithm, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        match (self, algorithm) {
            (_, EncryptionAlgorithm::Rsa(algorithm)) => self.encrypt_rsa(algorithm, plaintext, context),
            (Self::Embedded(key), EncryptionAlgorithm::SymmetricDefault) => key.encrypt(plaintext, context),
            // AWS KMS would answer the same: it holds no symmetric key under an imported ARN.
            (Self::Imported(_), EncryptionAlgorithm::SymmetricDefault) => Err(incompatible(algorithm.name(), self.spec())),
        }
    }

    /// An imported public key encrypts as well as a key pair does.
    fn encrypt_rsa(&self, algorithm: RsaEncryptionAlgorithm, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        let (spec, public_key) = match self {
            Self::Imported(imported) => (imported.public_key.key_spec(), imported.public_key.public_key()),
            Self::Embedded(key) => key.rsa_pair(algorithm, "Encrypt").map(|pair| (pair.spec(), pair.public_key()))?,
        };
        refuse_context(context)?;
        let PublicKey::Rsa(public_key) = public_key else { return Err(incompatible(algorithm.name(), spec)) };
        let limit = plaintext_limit(spec, algorithm);
        if plaintext.len() > limit {
            return Err(KeyUseRefusal::PlaintextTooLong { algorithm: algorithm.name(), spec: spec.name(), limit }.into());
        }
        public_key.encrypt(algorithm.padding(), plaintext).map(CiphertextBlob)
    }
}

impl<'a> KeyRef<'a> {
    fn encrypt(&self, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        self.require_usable()?;
        self.require_usage(KeyUsage::EncryptDecrypt, "Encrypt")?;
        let materials = self.materials().ok_or_else(|| incompatible(EncryptionAlgorithm::SymmetricDefault.name(), self.spec()))?;
        self.seal(materials, plaintext, context)
    }

    /// Encrypts what is to be a data key.
    pub(super) fn encrypt_data_key(&self, data_key: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        self.seal(self.data_key_materials()?, data_key, context)
    }

    /// The material that GenerateDataKey encrypts under.
    pub(super) fn data_key_materials(&self) -> Result<&'a MaterialVersions> {
        self.require_usable()?;
        self.require_usage(KeyUsage::EncryptDecrypt, "GenerateDataKey")?;
        self.materials().ok_or_else(|| KeyUseRefusal::DataKeyUnderAsymmetric.into())
    }

    pub(super) fn decrypt(&self, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        self.require_usable()?;
        let ciphertext = Ciphertext::parse(&blob.0).ok_or_else(invalid_ciphertext)?;
        if ciphertext.key_id != self.arn().key_id().as_bytes() {
            return Err(KeyUseRefusal::OtherKey.into());
        }
        let materials = self.materials().ok_or_else(invalid_ciphertext)?;
        // A version that the key never had fails as every other change does, after the same work: its id is bound into the derived key.
        let material = materials.get(ciphertext.material_id).unwrap_or_else(|| materials.current());
        ciphertext.open(&material.bytes, context).map_err(|_| invalid_ciphertext())
    }

    pub(super) fn decrypt_rsa(
        &self,
        algorithm: RsaEncryptionAlgorithm,
        ciphertext: &[u8],
        context: &EncryptionContext,
    ) -> Result<SecretBytes> {
        let pair = self.rsa_pair(algorithm, "Decrypt")?;
        refuse_context(context)?;
        // Whatever was wrong with the ciphertext: one error.
        pair.rsa_private_key()?.decrypt(algorithm.padding(), ciphertext).map_err(|_| invalid_ciphertext())
    }

    pub(super) fn derive_shared_secret(&self, public_key: &EcPublicKey) -> Result<SecretBytes> {
        let pair = self.key_agreement_pair()?;
        let (own, peer) = (pair.spec(), KeySpec::of_curve(public_key.curve()));
        if own != peer {
            return Err(KeyUseRefusal::OtherCurve { key: self.arn().clone(), own: own.name(), peer: peer.name() }.into());
        }
        pair.ec_private_key()?.agree(public_key)
    }

    pub(super) fn key_agreement_pair(&self) -> Result<&'a KeyPair> {
        self.require_usable()?;
        self.require_usage(KeyUsage::KeyAgreement, DERIVE_SHARED_SECRET)?;
        self.key_pair().ok_or_else(|| self.unsupported(DERIVE_SHARED_SECRET))
    }

    fn rsa_pair(&self, algorithm: RsaEncryptionAlgorithm, operation: &str) -> Result<&'a KeyPair> {
        self.require_usable()?;
        self.require_usage(KeyUsage::EncryptDecrypt, operation)?;
        self.key_pair().ok_or_else(|| incompatible(algorithm.name(), self.spec()))
    }

    fn seal(&self, materials: &MaterialVersions, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        let key_id: &[u8; KEY_ID_LENGTH] = self.arn().key_id().as_bytes().try_into().expect("keys of the keystore have ids of 36 bytes");
        let material = materials.current();
        let salt = random_array(&SystemRandom)?;
        ciphertext::seal(&material.bytes, key_id, &material.id, &salt, plaintext, context).map(CiphertextBlob)
    }
}

/// One error for another material, another context and a changed byte: it helps nobody to find the right one.
pub(super) fn invalid_ciphertext() -> Error {
    KeyUseRefusal::InvalidCiphertext.into()
}

fn incompatible(algorithm: &'static str, spec: KeySpec) -> Error {
    KeyUseRefusal::Algorithm { algorithm, spec: spec.name() }.into()
}

fn refuse_context(context: &EncryptionContext) -> Result<()> {
    if context.is_empty() {
        return Ok(());
    }
    Err(KeyUseRefusal::ContextUnderAsymmetric.into())
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
