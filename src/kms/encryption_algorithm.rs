//! Encryption algorithms by AWS's names.

use serde::{Serialize, Serializer};

use crate::{
    error::{Error, ErrorCode, Result},
    keyring::RsaEncryptionAlgorithm,
};

/// The `EncryptionAlgorithm` of
/// [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html#KMS-Encrypt-request-EncryptionAlgorithm) and Decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum EncryptionAlgorithm {
    /// `SYMMETRIC_DEFAULT`: AES-256-GCM.
    #[default]
    SymmetricDefault,
    /// `RSAES_OAEP_SHA_1` or `RSAES_OAEP_SHA_256`.
    Rsa(RsaEncryptionAlgorithm),
}

impl EncryptionAlgorithm {
    /// All of them.
    pub const ALL: [Self; 3] =
        [Self::SymmetricDefault, Self::Rsa(RsaEncryptionAlgorithm::RsaesOaepSha1), Self::Rsa(RsaEncryptionAlgorithm::RsaesOaepSha256)];

    /// The algorithm with this name of AWS; `parameter` is what the caller calls it.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for `SM2PKE`, which AWS has in China only; `ValidationException` for a name that AWS has not.
    pub fn parse(parameter: &str, name: &str) -> Result<Self> {
        if let Some(algorithm) = Self::ALL.into_iter().find(|algorithm| algorithm.name() == name) {
            return Ok(algorithm);
        }
        let names = Self::ALL.map(Self::name).join(", ");
        if name == "SM2PKE" {
            let message = format!("{name} is for SM2 keys, and coldseal has none; it has {names}");
            return Err(Error::service(ErrorCode::UnsupportedOperationException, message));
        }
        Err(Error::validation(parameter, &format!("Member must satisfy enum value set: [{names}, SM2PKE]")))
    }

    /// AWS's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SymmetricDefault => "SYMMETRIC_DEFAULT",
            Self::Rsa(algorithm) => algorithm.name(),
        }
    }
}

impl Serialize for EncryptionAlgorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
