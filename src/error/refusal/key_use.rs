//! Operations that a key of its kind does not do, and what is encrypted with keys.

use super::ErrorCode;
use crate::{arn::KeyArn, error::KeyProblem};

/// A use that does not fit a key's kind, or a ciphertext that does not fit the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyUseRefusal {
    /// The key's usage is another one.
    #[error("{key} key usage is {usage} which is not valid for {operation}.")]
    Usage {
        /// The key.
        key: KeyArn,
        /// The key's usage.
        usage: &'static str,
        /// The operation.
        operation: String,
    },
    /// The operation is for keys of another kind.
    #[error("{key} key spec is {spec} which is not valid for {operation}.")]
    Spec {
        /// The key.
        key: KeyArn,
        /// The key's spec.
        spec: &'static str,
        /// The operation.
        operation: String,
    },
    /// The key has not the algorithm.
    #[error("Algorithm {algorithm} is incompatible with key spec {spec}.")]
    Algorithm {
        /// The algorithm that was asked for.
        algorithm: &'static str,
        /// The key's spec.
        spec: &'static str,
    },
    /// GenerateDataKey under a key pair.
    #[error("You cannot generate a data key with an asymmetric CMK")]
    DataKeyUnderAsymmetric,
    /// A key in AWS KMS of a kind that never wraps.
    #[error("{key} is {spec}, for {usage}: no data key can be wrapped under it")]
    WrapsNothing {
        /// The key.
        key: KeyArn,
        /// Its key spec, as AWS KMS answered.
        spec: String,
        /// Its key usage, as AWS KMS answered.
        usage: String,
    },
    /// A signed message with an RSA key among its encrypted data keys.
    #[error(
        "no AWS Encryption SDK opens a signed message under an RSA key of AWS KMS; seal without a signature, or under a key of another kind"
    )]
    RsaInSignedMessage,
    /// A signed message or bundle for a key that is an RSA key.
    #[error("no AWS Encryption SDK opens a signed message under {0}, which is an RSA key")]
    RsaForSigned(KeyArn),
    /// An implementation of KMS without keys of this kind.
    #[error("this KMS has no {0} keys")]
    NoSuchKeys(&'static str),
    /// More than RSA encrypts at once.
    #[error("Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {limit} bytes.")]
    PlaintextTooLong {
        /// The algorithm.
        algorithm: &'static str,
        /// The key's spec.
        spec: &'static str,
        /// Bytes.
        limit: usize,
    },
    /// An encryption context with a key pair, which binds none.
    #[error("EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.")]
    ContextUnderAsymmetric,
    /// A ciphertext of RSA does not name its key.
    #[error("KeyId must not be null")]
    KeyIdMissing,
    /// A public key on another curve.
    #[error("the public key is on the curve of {peer}, and {key} is {own}")]
    OtherCurve {
        /// The key.
        key: KeyArn,
        /// Its spec.
        own: &'static str,
        /// The spec of keys on the other curve.
        peer: &'static str,
    },
    /// What was given as the other side's public key is none.
    #[error("PublicKey: the key cannot be used: {0}")]
    PeerKey(KeyProblem),
    /// The ciphertext names another key than the request.
    #[error("The key ID in the request does not identify a CMK that can perform this operation.")]
    OtherKey,
    /// Another key, another encryption context or a changed ciphertext. Deliberately without detail.
    #[error("")]
    InvalidCiphertext,
    /// A message with many encrypted data keys has cost as many calls as it may.
    #[error("not asked: AWS KMS was called {0} times for this message, which is the limit")]
    CallLimit(u32),
    /// A message with many encrypted data keys has cost as much work with private keys as it may.
    #[error("not tried: {0} operations with private keys were made for this message, which is the limit")]
    PrivateKeyLimit(u32),
}

impl KeyUseRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Usage { .. }
            | Self::Algorithm { .. }
            | Self::DataKeyUnderAsymmetric
            | Self::WrapsNothing { .. }
            | Self::RsaInSignedMessage
            | Self::RsaForSigned(_) => ErrorCode::InvalidKeyUsageException,
            Self::Spec { .. } | Self::NoSuchKeys(_) => ErrorCode::UnsupportedOperationException,
            Self::PlaintextTooLong { .. }
            | Self::ContextUnderAsymmetric
            | Self::KeyIdMissing
            | Self::OtherCurve { .. }
            | Self::PeerKey(_) => ErrorCode::ValidationException,
            Self::OtherKey => ErrorCode::IncorrectKeyException,
            Self::InvalidCiphertext => ErrorCode::InvalidCiphertextException,
            Self::CallLimit(_) | Self::PrivateKeyLimit(_) => ErrorCode::LimitExceededException,
        }
    }
}
