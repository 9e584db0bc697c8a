//! Errors that AWS Secrets Manager and AWS KMS have a name for.

use std::fmt;

/// The error names of the two services, as their API references spell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// Key policy: what may be done with an AWS managed key is for its service alone.
    AccessDeniedException,
    /// KMS: an alias of this name exists.
    AlreadyExistsException,
    /// Secrets Manager: the value can't be decrypted with the KMS key that it names.
    DecryptionFailure,
    /// KMS: the key is disabled.
    DisabledException,
    /// KMS: the request would have succeeded, and was made with `DryRun`.
    DryRunOperationException,
    /// Secrets Manager: the value can't be encrypted with the KMS key asked for.
    EncryptionFailure,
    /// KMS: the key named is not the key of the ciphertext.
    IncorrectKeyException,
    /// KMS: the alias name is not allowed.
    InvalidAliasNameException,
    /// KMS: the ARN is not one of a KMS key.
    InvalidArnException,
    /// KMS: the ciphertext, or the encryption context with it, is not what was encrypted.
    InvalidCiphertextException,
    /// KMS: the key's usage does not fit the operation.
    InvalidKeyUsageException,
    /// KMS: the marker is not one of this list.
    InvalidMarkerException,
    /// Secrets Manager: the token is not one of this list.
    InvalidNextTokenException,
    /// Secrets Manager: a parameter's value is not allowed.
    InvalidParameterException,
    /// Secrets Manager: the request does not fit the state of the secret.
    InvalidRequestException,
    /// KMS: the key's state does not allow the operation.
    KMSInvalidStateException,
    /// A quota.
    LimitExceededException,
    /// A policy is not what the grammar of policies allows.
    MalformedPolicyDocumentException,
    /// KMS: the name belongs to AWS.
    NotAuthorizedException,
    /// KMS: no such key or alias.
    NotFoundException,
    /// Secrets Manager: the secret, or the version token, exists with another value.
    ResourceExistsException,
    /// Secrets Manager: no such secret or version.
    ResourceNotFoundException,
    /// KMS: a tag is not allowed.
    TagException,
    /// KMS: the operation does not exist for this kind of key.
    UnsupportedOperationException,
    /// A parameter fails the service model's constraints.
    ValidationException,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A refusal with the service's name for it and a message for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The service's name for the error.
    pub code: ErrorCode,
    /// What happened, naming the thing; may be empty where AWS's is.
    pub message: String,
}

impl ServiceError {
    /// An error of this name.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() { write!(f, "{}", self.code) } else { write!(f, "{}: {}", self.code, self.message) }
    }
}

impl std::error::Error for ServiceError {}
