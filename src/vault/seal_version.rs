//! Seals one version of a secret for several Regions, all in memory, before the first byte is written.

use super::{
    bundle::{BundleIdentity, seal_bundle},
    edk_record::EdkRecord,
    keyed_tag::KeyedTag,
    record::{BundleRecord, DataKeyScope, SecretRecord},
    value::SecretValue,
};
use crate::{
    arn::KeyArn,
    crypto::sha256,
    error::Result,
    kms::{
        ComparisonKey, EmbeddedKms, KeysDurable,
        key_choice::{ChosenKey, KeyOptions, Problem, borrowed, wrap_problem},
    },
    message::{DataKeys, WrapTarget, wrap_each},
    region::Region,
    secret::DataKey,
    store::{BlobKey, SecretKey, bundle_file, encode},
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
    /// KMS keys that a Region's bundle opens with besides that Region's key and those of the options.
    pub(super) besides: Vec<(Region, KeyArn)>,
}

impl SealedVersion {
    /// Seals for each target, once the data key is wrapped for all of them. The source is the version's own data key, where it is known; it is
    /// used unless each Region has one. Gives what could be sealed, and the Regions whose key does not wrap; the first target's problem is the
    /// only one where it was to make the data key.
    pub(super) fn seal(
        record: &SecretRecord,
        version_id: &str,
        value: &SecretValue,
        targets: &[ChosenKey],
        durable: &KeysDurable<'_>,
        options: &KeyOptions,
        source: VersionSource,
    ) -> Result<(Self, Vec<Problem>)> {
        let besides = |region: Region| source.besides.iter().filter(move |(of, _)| *of == region).map(|(_, key)| key);
        let keyrings: Vec<_> =
            targets.iter().map(|target| options.wrapping(durable.kms(), &target.arn, besides(target.region()))).collect();
        let keyrings: Vec<_> = keyrings.iter().map(|keyrings| borrowed(keyrings)).collect();
        let wraps = targets.iter().zip(&keyrings).map(|(target, keyrings)| WrapTarget {
            keyrings,
            context: identity(record, version_id, target.region()).context(value.kind()),
        });
        let data_keys = match record.data_key_scope {
            DataKeyScope::Shared => DataKeys::Shared(source.data_key),
            DataKeyScope::PerRegion => DataKeys::Each,
        };
        let (mut messages, mut problems) = (Vec::new(), Vec::new());
        for (target, materials) in targets.iter().zip(wrap_each(source.suite, wraps.collect(), data_keys)) {
            match materials {
                Ok(materials) => {
                    let (message, mut encrypted_data_keys) = seal_bundle(value, materials)?;
                    if is_plain(&encrypted_data_keys) {
                        encrypted_data_keys.clear();
                    }
                    messages.push(SealedMessage { key: target.arn.clone(), message, encrypted_data_keys });
                }
                Err(error) => problems.push(wrap_problem(target, error)?),
            }
        }
        Ok((Self { version_id: version_id.to_owned(), messages }, problems))
    }

    /// For each Region what the data key is wrapped under.
    pub(super) fn encrypted_data_keys(&self) -> impl Iterator<Item = (Region, Vec<EdkRecord>)> {
        self.messages.iter().map(|message| {
            let plain = || vec![EdkRecord::under_symmetric_key(&message.key.to_string())];
            let edks = &message.encrypted_data_keys;
            (message.key.region(), if edks.is_empty() { plain() } else { edks.clone() })
        })
    }

    /// Adds the bundles that were sealed of the same version for other Regions.
    pub(super) fn add(&mut self, other: Self) {
        self.messages.extend(other.messages);
    }

    /// True for bundles of this version.
    pub(super) fn is_of(&self, version_id: &str) -> bool {
        self.version_id == version_id
    }

    /// Leaves Regions out after all.
    pub(super) fn leave_out(&mut self, regions: &[Region]) {
        self.messages.retain(|message| !regions.contains(&message.key.region()));
    }

    /// Each bundle with what the record is to say of it, and where the store is to put it.
    pub(super) fn into_bundles(self, secret: &SecretKey) -> impl Iterator<Item = (BundleRecord, BlobKey, Vec<u8>)> {
        let version = encode(&self.version_id);
        self.messages.into_iter().map(move |SealedMessage { key, message, encrypted_data_keys }| {
            let sha256 = sha256(&message);
            let file = bundle_file(key.region(), &sha256);
            let blob = BlobKey { secret: secret.clone(), version: version.clone(), file: file.clone() };
            let size = u64::try_from(message.len()).unwrap_or(u64::MAX);
            tracing::debug!(file, size, %key, "a bundle to write");
            let bundle = BundleRecord { region: key.region(), file, size, sha256, kms_key_id: key.to_string(), encrypted_data_keys };
            (bundle, blob, message)
        })
    }
}

/// One EDK under a symmetric key: the record's `KmsKeyId` says all of it.
pub(super) fn is_plain(encrypted_data_keys: &[EdkRecord]) -> bool {
    matches!(encrypted_data_keys, [edk] if edk.is_under_symmetric_key())
}

/// The bundle of `version_id` in `region`; account and suffix come from the record.
pub(super) fn identity<'a>(record: &'a SecretRecord, version_id: &'a str, region: Region) -> BundleIdentity<'a> {
    BundleIdentity { arn: record.arn.in_region(region), version_id, user_context: &record.encryption_context }
}

/// The keyed tag of a value: HMAC over a label, the secret's ARN, the VersionId, the kind and the bytes.
pub(super) fn value_tag(kms: &EmbeddedKms, record: &SecretRecord, version_id: &str, value: &SecretValue) -> KeyedTag {
    let arn = record.arn.to_string();
    KeyedTag::over(kms.comparison_key(), &tag_parts(&arn, version_id, value))
}

/// Whether there is a tag, and this keystore made it.
pub(super) fn can_compare(comparison: &ComparisonKey, tag: Option<&KeyedTag>) -> bool {
    tag.is_some_and(|tag| tag.is_of(comparison))
}

/// The VersionIds whose value another keystore made, so that nothing here can tell whether what is sealed anew is that value.
pub(super) fn not_compared(kms: &EmbeddedKms, record: &SecretRecord) -> Vec<String> {
    let versions = record.versions.iter().filter(|version| !can_compare(kms.comparison_key(), version.value_tag.as_ref()));
    versions.map(|version| version.version_id.clone()).collect()
}

/// Whether `value` is the one that the tag was made of; `None` when there is none, or another keystore made it.
pub(super) fn value_matches(
    comparison: &ComparisonKey,
    tag: Option<&KeyedTag>,
    record: &SecretRecord,
    version_id: &str,
    value: &SecretValue,
) -> Option<bool> {
    let tag = tag?;
    let arn = record.arn.to_string();
    tag.is_of(comparison).then(|| tag.is_over(comparison, &tag_parts(&arn, version_id, value)))
}

fn tag_parts<'a>(arn: &'a str, version_id: &'a str, value: &'a SecretValue) -> [&'a [u8]; 5] {
    [b"coldseal secret value v1", arn.as_bytes(), version_id.as_bytes(), value.kind().as_str().as_bytes(), value.expose()]
}
