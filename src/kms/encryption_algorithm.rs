//! Encryption algorithms by AWS's names.

use serde::{Serialize, Serializer};

use crate::{
    error::{Constraint, RequestRefusal, Result, Violation},
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

/// What AWS has in China only.
const SM2: &str = "SM2PKE";

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
        let known = Self::ALL.map(Self::name).to_vec();
        if name == SM2 {
            return Err(RequestRefusal::Sm2Algorithm { name: name.to_owned(), known }.into());
        }
        Err(Violation::new(parameter, Constraint::OneOf([known, vec![SM2]].concat())).into())
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
