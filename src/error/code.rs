//! The names that AWS Secrets Manager and AWS KMS have for errors.

use std::fmt;

/// The error names of the two services, as their API references spell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// No permission, by whatever policy; what may be done with an AWS managed key is for its service alone.
    AccessDeniedException,
    /// KMS: an alias of this name exists.
    AlreadyExistsException,
    /// Secrets Manager: the value can't be decrypted with the KMS key that it names.
    DecryptionFailure,
    /// KMS: something that it depends on gave no answer in time; may be tried again.
    DependencyTimeoutException,
    /// KMS: the key is disabled.
    DisabledException,
    /// KMS: the request would have succeeded, and was made with `DryRun`.
    DryRunOperationException,
    /// Secrets Manager: the value can't be encrypted with the KMS key asked for.
    EncryptionFailure,
    /// The session token of the credentials has expired.
    ExpiredTokenException,
    /// A request whose signature lacks something.
    IncompleteSignatureException,
    /// KMS: the key named is not the key of the ciphertext.
    IncorrectKeyException,
    /// KMS: the ARN is not one of a KMS key.
    InvalidArnException,
    /// KMS: the ciphertext, or the encryption context with it, is not what was encrypted.
    InvalidCiphertextException,
    /// Secrets Manager: an internal error; may be tried again.
    InternalServiceError,
    /// KMS: a grant token is not one.
    InvalidGrantTokenException,
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
    /// A request whose signature is not the one of its content, or too old.
    InvalidSignatureException,
    /// KMS: an internal error; may be tried again.
    KMSInternalException,
    /// KMS: a signature does not verify, or is not one that counts.
    KMSInvalidSignatureException,
    /// KMS: the key's state does not allow the operation.
    KMSInvalidStateException,
    /// KMS: the key is out of reach for the moment; may be tried again.
    KeyUnavailableException,
    /// A quota.
    LimitExceededException,
    /// A policy is not what the grammar of policies allows.
    MalformedPolicyDocumentException,
    /// A request without a signature.
    MissingAuthenticationTokenException,
    /// KMS: the name belongs to AWS.
    NotAuthorizedException,
    /// KMS: no such key or alias.
    NotFoundException,
    /// The Region is not enabled for the account, or the account not for the service.
    OptInRequired,
    /// Secrets Manager: a policy that is open to everyone, where that was not to be.
    PublicPolicyException,
    /// Secrets Manager: the secret, or the version token, exists with another value.
    ResourceExistsException,
    /// Secrets Manager: no such secret or version.
    ResourceNotFoundException,
    /// A request that is not the JSON of its operation.
    SerializationException,
    /// The service does not answer for the moment; may be tried again.
    ServiceUnavailableException,
    /// KMS: a tag is not allowed.
    TagException,
    /// Too many requests; may be tried again.
    ThrottlingException,
    /// No operation of this name.
    UnknownOperationException,
    /// The access key id is not known.
    UnrecognizedClientException,
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
