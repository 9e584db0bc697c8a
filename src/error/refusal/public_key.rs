//! Public keys of keys in AWS KMS that are to be imported, and the files that they come in.

use super::ErrorCode;
use crate::{
    arn::{AliasArn, KeyArn},
    region::Region,
};

/// A public key, an alias or a file of an import that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublicKeyRefusal {
    /// The file is not the answer that it should be.
    #[error("not the JSON that {operation} answers (line {line}, column {column})")]
    NotAnswer {
        /// The operation, or the operations.
        operation: &'static str,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// The answer lacks a member.
    #[error("the answer of GetPublicKey has no {0}")]
    MemberMissing(&'static str),
    /// The answer's public key is not base64.
    #[error("PublicKey is not base64")]
    NotBase64,
    /// The answer's key spec is not that of its public key.
    #[error("the key spec is {named}, and the public key is one of {found}")]
    OtherSpec {
        /// The spec that the answer names.
        named: &'static str,
        /// The spec of the public key.
        found: &'static str,
    },
    /// A key spec without key pairs.
    #[error("the key spec {0} has no public key")]
    Symmetric(&'static str),
    /// Two names for one member, with two values.
    #[error("KeySpec and CustomerMasterKeySpec contradict each other")]
    SpecsDiffer,
    /// A key with which AWS KMS does something else.
    #[error(
        "the key's usage is {usage}: {why}, and it could never unwrap a data key. A key of the usage ENCRYPT_DECRYPT (RSA) or KEY_AGREEMENT (NIST curves) can"
    )]
    NeverUnwraps {
        /// The usage.
        usage: &'static str,
        /// What AWS KMS does with it.
        why: &'static str,
    },
    /// The answer does not list what the key is needed for.
    #[error("{member} of a key of the key spec {spec} has {}; the answer has not {missing}", .needed.join(" and "))]
    AlgorithmMissing {
        /// The member of the answer.
        member: &'static str,
        /// The key's spec.
        spec: &'static str,
        /// What keys of the spec have.
        needed: &'static [&'static str],
        /// What the answer has not.
        missing: &'static str,
    },
    /// Not a public key of a kind that wraps.
    #[error("the public key is not the DER of an RSA key, nor of one on P-256, P-384 or P-521 (SubjectPublicKeyInfo)")]
    NotDer,
    /// An RSA key of a length that AWS KMS has not.
    #[error("an RSA key of AWS KMS has 2,048, 3,072 or 4,096 bits, and this one another length")]
    ModulusLength,
    /// Another encoding of the same key, which would have another fingerprint.
    #[error("the public key is not encoded as AWS KMS does it")]
    OtherEncoding,
    /// A text that is not a key's ARN.
    #[error("{0}")]
    Arn(NotAKeyArn),
    /// UTF-16.
    #[error("the file is UTF-16, as PowerShell's redirection writes it: save it as UTF-8")]
    Utf16,
    /// Bytes that are no text.
    #[error("the JSON is not UTF-8")]
    NotUtf8,
    /// JSON with a usage given beside it, or of aliases with a name.
    #[error("the file is JSON and names its key itself: the key's ARN and usage go with DER and PEM")]
    NamedTwice,
    /// JSON that has the id of its key alone.
    #[error("KeyId is the bare id {0}, which does not say whose key it is: the ARN of the key is needed")]
    BareKeyId(String),
    /// JSON of another key than the one that is named.
    #[error("KeyId is another one than that of {0}")]
    OtherKeyId(KeyArn),
    /// DER or PEM without a name.
    #[error("a DER or PEM file does not say whose key it is: name the key's ARN and its usage")]
    NotNamed,
    /// None of the kinds of files that are taken.
    #[error("the file is neither JSON of GetPublicKey or ListAliases, nor a public key as DER or PEM")]
    UnknownFile,
    /// PEM of something else.
    #[error("the PEM file has to hold one public key: -----BEGIN PUBLIC KEY-----")]
    NotOnePem,
    /// An entry without an alias.
    #[error("an entry of ListAliases has no AliasArn that is one")]
    NotAnAlias,
    /// Two targets for one alias in one import.
    #[error("{0} names two keys in what is to be imported")]
    AliasTwice(AliasArn),
    /// Another Region than the one that everything was to be of.
    #[error("the {what}'s ARN names the Region {named}, and the Region asked for is {asked}")]
    OtherRegion {
        /// `key` or `alias`.
        what: &'static str,
        /// The Region of the ARN.
        named: Region,
        /// The Region asked for.
        asked: Region,
    },
    /// An embedded key has the id.
    #[error("an embedded key has the id {} in {}", .0.key_id(), .0.region())]
    IdOfEmbedded(KeyArn),
    /// Another public key under the same ARN.
    #[error(
        "{key} is imported with another public key (SHA-256 {known}, and this one {given}): the public key of a KMS key never changes, so one of them is not that key's"
    )]
    OtherPublicKey {
        /// The key.
        key: KeyArn,
        /// The fingerprint of the one that is here.
        known: String,
        /// The fingerprint of the other one.
        given: String,
    },
    /// An imported key of another account has the id.
    #[error("{known} has the id of {key}")]
    IdOfImported {
        /// The key that is here.
        known: KeyArn,
        /// The key that was to be imported.
        key: KeyArn,
    },
    /// Another public key of the same multi-Region key.
    #[error("{0} is the same multi-Region key with another public key; one of them is not that key's")]
    OtherSibling(KeyArn),
    /// An alias that names another key.
    #[error("{alias} names {known} in {}", .known.region())]
    AliasTaken {
        /// The alias's name.
        alias: String,
        /// The key that it names.
        known: KeyArn,
        /// The key that it was to name.
        key: KeyArn,
    },
    /// A key whose fingerprint was not given.
    #[error("the SHA-256 of {key}'s public key is {sha256}, and that is no fingerprint that was given")]
    OtherFingerprint {
        /// The key.
        key: KeyArn,
        /// Its fingerprint.
        sha256: String,
    },
    /// A fingerprint without a key.
    #[error("no public key of the import has the SHA-256 {0}")]
    FingerprintUnused(String),
    /// A text that is no fingerprint.
    #[error("a fingerprint is a SHA-256: 64 hex digits, with colons or without")]
    NotAFingerprint,
    /// More bytes than a file of this kind has.
    #[error("more than {0} bytes")]
    FileTooLong(u64),
}

/// What is wrong with a text that should be a key's ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAKeyArn {
    /// It ends in something else.
    #[error("the key ARN does not end in the id of a key")]
    KeyId,
    /// It is the ARN of an alias.
    #[error("that is the ARN of an alias; the ARN of the key is needed")]
    Alias,
    /// The Region is in another partition.
    #[error("the ARN names another partition than that of {region}, which is in {}", .0.partition(), region = .0)]
    Partition(Region),
    /// Anything else.
    #[error("that is not the ARN of a KMS key in a Region that is known")]
    Form,
}

impl PublicKeyRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NeverUnwraps { .. } | Self::AlgorithmMissing { .. } => ErrorCode::InvalidKeyUsageException,
            Self::Arn(_) | Self::BareKeyId(_) | Self::OtherRegion { .. } => ErrorCode::InvalidArnException,
            Self::IdOfEmbedded(_)
            | Self::OtherPublicKey { .. }
            | Self::IdOfImported { .. }
            | Self::OtherSibling(_)
            | Self::AliasTaken { .. } => ErrorCode::AlreadyExistsException,
            Self::NotAnswer { .. }
            | Self::MemberMissing(_)
            | Self::NotBase64
            | Self::OtherSpec { .. }
            | Self::Symmetric(_)
            | Self::SpecsDiffer
            | Self::NotDer
            | Self::ModulusLength
            | Self::OtherEncoding
            | Self::Utf16
            | Self::NotUtf8
            | Self::NamedTwice
            | Self::OtherKeyId(_)
            | Self::NotNamed
            | Self::UnknownFile
            | Self::NotOnePem
            | Self::NotAnAlias
            | Self::AliasTwice(_)
            | Self::OtherFingerprint { .. }
            | Self::FingerprintUnused(_)
            | Self::NotAFingerprint => ErrorCode::ValidationException,
            Self::FileTooLong(_) => ErrorCode::InvalidParameterException,
        }
    }
}
