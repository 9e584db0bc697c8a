//! What DescribeKey tells of an imported public key.

use serde::Serialize;

use crate::{
    arn::{KeyArn, MULTI_REGION_PREFIX},
    kms::{
        imported::ImportedKey,
        key_spec::{KeySpec, KeyUsage},
    },
    timestamp::Timestamp,
};

/// What is known of a key whose public key was imported. Its state and its dates are AWS's to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ImportedKeyMetadata {
    /// The account that the key belongs to.
    #[serde(rename = "AWSAccountId")]
    pub aws_account_id: String,
    /// A UUID, or `mrk-` and 32 hex digits.
    pub key_id: String,
    /// The key's ARN.
    pub arn: KeyArn,
    /// `ENCRYPT_DECRYPT` or `KEY_AGREEMENT`.
    pub key_usage: KeyUsage,
    /// The same as `key_spec`, under its old name.
    pub customer_master_key_spec: KeySpec,
    /// The key spec.
    pub key_spec: KeySpec,
    /// Of an RSA key.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub encryption_algorithms: &'static [&'static str],
    /// Of a key on a NIST curve.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub key_agreement_algorithms: &'static [&'static str],
    /// True for a key that can be in several Regions.
    pub multi_region: bool,
    /// coldseal's own: when it was imported.
    pub import_date: Timestamp,
    /// coldseal's own: SHA-256 of the DER-encoded public key, 64 hex digits.
    pub public_key_sha256: String,
}

impl ImportedKeyMetadata {
    pub(super) fn of(ImportedKey { public_key, import_date }: &ImportedKey) -> Self {
        let (arn, spec) = (public_key.arn(), public_key.key_spec());
        Self {
            aws_account_id: arn.account().as_str().to_owned(),
            key_id: arn.key_id().to_owned(),
            arn: arn.clone(),
            key_usage: spec.usage(),
            customer_master_key_spec: spec,
            key_spec: spec,
            encryption_algorithms: spec.encryption_algorithms(),
            key_agreement_algorithms: spec.key_agreement_algorithms(),
            multi_region: arn.key_id().starts_with(MULTI_REGION_PREFIX),
            import_date: *import_date,
            public_key_sha256: public_key.sha256(),
        }
    }
}
