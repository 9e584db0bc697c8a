//! Seals one version of a secret for several Regions, all in memory, before the first byte is written.

use super::{
    bundle::{BundleIdentity, DataKeySource, SealedBundle, seal_bundle},
    commit::SecretWriter,
    keys::{EdkRecord, KeyOptions, borrowed},
    plan::Target,
    record::{BundleRecord, DataKeyScope, SecretRecord, ValueTag},
    value::SecretValue,
};
use crate::{
    arn::KeyArn,
    error::Result,
    keyring::AWS_KMS_PROVIDER_ID,
    kms::{ComparisonKey, EmbeddedKms},
    secret::DataKey,
    suite::AlgorithmSuite,
};

/// Bundles that are sealed and not written.
pub(super) struct SealedVersion {
    version_id: String,
    messages: Vec<SealedMessage>,
}

struct SealedMessage {
    key: KeyArn,
    message: Vec<u8>,
    /// Empty where the Region's symmetric key is the only one.
    encrypted_data_keys: Vec<EdkRecord>,
}

/// What all bundles of a version have in common.
#[derive(Debug, Default)]
pub(super) struct VersionSource {
    /// The data key; `None` where there is none yet.
    pub(super) data_key: Option<DataKey>,
    pub(super) suite: AlgorithmSuite,
}

impl SealedVersion {
    /// Seals for each target. The source is the version's own data key, where it is known; it is used unless each Region has one.
    pub(super) fn seal(
        record: &SecretRecord,
        version_id: &str,
        value: &SecretValue,
        targets: &[Target],
        kms: &EmbeddedKms,
        options: &KeyOptions,
        source: VersionSource,
    ) -> Result<Self> {
        let VersionSource { data_key: mut shared, suite } = source;
        let mut messages = Vec::with_capacity(targets.len());
        for target in targets {
            let identity = identity(record, version_id, target.region());
            let source = match (record.data_key_scope, shared.take()) {
                (DataKeyScope::Shared, Some(data_key)) => DataKeySource::Wrap(data_key),
                _ => DataKeySource::Generate,
            };
            let keyrings = options.wrapping(kms, &target.key);
            let SealedBundle { message, mut encrypted_data_keys, data_key } =
                seal_bundle(value, &identity, suite, &borrowed(&keyrings), source)?;
            shared = Some(data_key);
            if is_plain(&encrypted_data_keys) {
                encrypted_data_keys.clear();
            }
            messages.push(SealedMessage { key: target.key.clone(), message, encrypted_data_keys });
        }
        Ok(Self { version_id: version_id.to_owned(), messages })
    }

    /// Writes the bundles; nothing refers to them until the record is committed.
    pub(super) fn write(&self, writer: &mut SecretWriter) -> Result<Vec<BundleRecord>> {
        let write = |sealed: &SealedMessage| {
            let record = writer.write_bundle(&self.version_id, &sealed.key, &sealed.message)?;
            Ok(BundleRecord { encrypted_data_keys: sealed.encrypted_data_keys.clone(), ..record })
        };
        self.messages.iter().map(write).collect()
    }
}

/// One EDK under a symmetric key: the record's `KmsKeyId` says all of it.
fn is_plain(encrypted_data_keys: &[EdkRecord]) -> bool {
    matches!(encrypted_data_keys, [edk] if edk.provider_id == AWS_KMS_PROVIDER_ID)
}

/// The bundle of `version_id` in `region`; account and suffix come from the record.
pub(super) fn identity<'a>(record: &'a SecretRecord, version_id: &'a str, region: crate::region::Region) -> BundleIdentity<'a> {
    BundleIdentity { arn: record.arn.in_region(region), version_id, user_context: &record.encryption_context }
}

/// The keyed tag of a value: HMAC over a label, the secret's ARN, the VersionId, the kind and the bytes.
pub(super) fn value_tag(kms: &EmbeddedKms, record: &SecretRecord, version_id: &str, value: &SecretValue) -> ValueTag {
    let comparison = kms.comparison_key();
    let arn = record.arn.to_string();
    ValueTag { key_id: comparison.id().to_owned(), tag: hex::encode(comparison.key().tag(&tag_parts(&arn, version_id, value))) }
}

/// Whether `value` is the one that the tag was made of; `None` when another keystore made it.
pub(super) fn value_matches(
    comparison: &ComparisonKey,
    tag: &ValueTag,
    record: &SecretRecord,
    version_id: &str,
    value: &SecretValue,
) -> Option<bool> {
    if tag.key_id != comparison.id() {
        return None;
    }
    let arn = record.arn.to_string();
    let stored = hex::decode(&tag.tag).unwrap_or_default();
    Some(comparison.key().verify(&tag_parts(&arn, version_id, value), &stored))
}

fn tag_parts<'a>(arn: &'a str, version_id: &'a str, value: &'a SecretValue) -> [&'a [u8]; 5] {
    [b"coldseal secret value v1", arn.as_bytes(), version_id.as_bytes(), value.kind().as_str().as_bytes(), value.expose()]
}
