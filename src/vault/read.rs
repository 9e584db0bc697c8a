//! [GetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).

use std::path::PathBuf;

use super::{
    Vault,
    bundle::{OpenedBundle, open_bundle},
    family::Located,
    openers::{Openers, Reach},
    parameters::{check_version_id, check_version_stage},
    reading::is_bundle_missing,
    record::{AWSCURRENT, BundleRecord, DataKeyScope, SecretRecord, VersionRecord},
    seal_version::{can_compare, identity, value_matches},
    value::SecretValue,
};
use crate::{
    arn::SecretArn,
    crypto::{constant_time_eq, sha256},
    error::{BundleRefusal, Error, Refusal, Result, SecretRefusal},
    format::{Header, HeaderLimits},
    keyring::{AwsKmsDiscoveryKeyring, Keyring},
    kms::{ComparisonKey, EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    store::Item,
    suite::AlgorithmSuite,
    timestamp::Timestamp,
};

/// Longest bundle that is read: a value of 65,536 bytes behind the longest header.
const MAX_BUNDLE_LENGTH: u64 = 2 * 1024 * 1024;

/// Which version of a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionSelector {
    /// Its VersionId, 32 to 64 characters.
    pub version_id: Option<String>,
    /// A staging label that it has, 1 to 256 characters; `AWSCURRENT` when neither is given.
    pub version_stage: Option<String>,
}

impl VersionSelector {
    fn check(&self) -> Result<()> {
        self.version_id.as_deref().map_or(Ok(()), check_version_id)?;
        self.version_stage.as_deref().map_or(Ok(()), check_version_stage)
    }
}

/// A version's value with what Secrets Manager returns beside it.
#[derive(Debug)]
pub struct SecretValueEntry {
    /// The secret's ARN in the Region that answered.
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
    /// The version's id.
    pub version_id: String,
    /// The value.
    pub value: SecretValue,
    /// The version's staging labels.
    pub version_stages: Vec<String>,
    /// When the version was made.
    pub created_date: Timestamp,
    /// True where the keystore at hand made the value on record: then this is it. False where nothing here can tell.
    pub is_compared: bool,
    /// Where no Region was asked for, the primary Region's bundle is not in the store, and one other Region's is: the Region whose bundle this
    /// is from.
    pub only_region_here: Option<Region>,
}

/// Why no Region's bundle of a version gave its value; what is worth most to know comes first.
#[derive(Default)]
struct OpeningFailures {
    /// One opens, and is not the value on record.
    disproved: Option<Error>,
    /// One could not be read: it might have opened.
    unread: Option<Error>,
    refused: Option<Error>,
}

/// How many writers, one after another, may overtake a reader before a file counts as missing.
const OVERTAKEN_LIMIT: usize = 4;

impl Vault {
    /// Opens the bundle of one version in one Region with the keys of a keystore. Where that made the value on record, another one is refused.
    ///
    /// # Errors
    /// As for [`Vault::get_secret_value_with`]; `DecryptionFailure` for a value that is not the one on record.
    pub fn get_secret_value(
        &self,
        kms: &EmbeddedKms,
        secret_id: &str,
        region: Option<Region>,
        selector: &VersionSelector,
    ) -> Result<SecretValueEntry> {
        let keyring = AwsKmsDiscoveryKeyring::new(kms);
        self.get_with(&Openers::of(&[&keyring]), Some(kms.comparison_key()), secret_id, region, selector)
    }

    /// Opens the bundle of one version in one Region. Whether its value is the one on record is not looked at: that takes a keystore.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, `InvalidRequestException` when id and label do not belong together, `DecryptionFailure` for a bundle that does not open.
    pub fn get_secret_value_with(
        &self,
        keyrings: &[&dyn Keyring],
        secret_id: &str,
        region: Option<Region>,
        selector: &VersionSelector,
    ) -> Result<SecretValueEntry> {
        self.get_with(&Openers::of(keyrings), None, secret_id, region, selector)
    }

    /// Opens the bundle of one version in one Region with what the options name, the keystore's keys, and AWS KMS where the options have it. A
    /// key that makes no call is tried first. Where the keystore made the value on record, another one is refused.
    ///
    /// # Errors
    /// As for [`Vault::get_secret_value`]; no credentials to call AWS KMS with.
    pub fn get_secret_value_by(
        &self,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        secret_id: &str,
        region: Option<Region>,
        selector: &VersionSelector,
    ) -> Result<SecretValueEntry> {
        self.get_with(&keys.openers(kms), kms.map(EmbeddedKms::comparison_key), secret_id, region, selector)
    }

    fn get_with(
        &self,
        openers: &Openers<'_>,
        comparison: Option<&ComparisonKey>,
        secret_id: &str,
        region: Option<Region>,
        selector: &VersionSelector,
    ) -> Result<SecretValueEntry> {
        let read = || self.read_value(openers, comparison, secret_id, region, selector);
        let mut result = read();
        for _ in 0..OVERTAKEN_LIMIT {
            match result {
                // A writer may have removed it after the record was read; by now the record is another one.
                Err(error) if is_bundle_missing(&error) => result = read(),
                _ => break,
            }
        }
        match result {
            Err(error) if is_bundle_missing(&error) => self.get_elsewhere(error, openers, comparison, (secret_id, region), selector),
            result => result,
        }
    }

    /// The bundle that was wanted is missing for good. Where one Region's bundles were carried to, whoever asks for no Region means that one;
    /// else the Regions whose bundles are here are told.
    fn get_elsewhere(
        &self,
        missing: Error,
        openers: &Openers<'_>,
        comparison: Option<&ComparisonKey>,
        (secret_id, asked): (&str, Option<Region>),
        selector: &VersionSelector,
    ) -> Result<SecretValueEntry> {
        let (secret, region) = self.find(secret_id, asked)?;
        let (version, _) = select(&secret.record, region, selector)?;
        let here = self.regions_here(&secret, version)?;
        match here.as_slice() {
            [] => Err(missing),
            // An ARN is of a Region.
            [only] if asked.is_none() && !secret_id.starts_with("arn:") => {
                let entry = self.read_value(openers, comparison, secret_id, Some(*only), selector)?;
                Ok(SecretValueEntry { only_region_here: Some(*only), ..entry })
            }
            _ => {
                let path = self.store.place(Item::Blob(&secret.blob(version, recorded(version, region)?)));
                Err(BundleRefusal::OnlyElsewhere { path, here }.into())
            }
        }
    }

    /// The Regions that have the secret, and whose bundle of the version is in the store.
    pub(super) fn regions_here(&self, secret: &Located, version: &VersionRecord) -> Result<Vec<Region>> {
        let family = self.read_name(&secret.record.name)?.family;
        let is_here = |bundle: &&BundleRecord| {
            family.holder(bundle.region).is_some_and(|holder| holder.key == secret.key) && self.store.has(&secret.blob(version, bundle))
        };
        Ok(version.bundles.iter().filter(is_here).map(|bundle| bundle.region).collect())
    }

    fn read_value(
        &self,
        openers: &Openers<'_>,
        comparison: Option<&ComparisonKey>,
        secret_id: &str,
        region: Option<Region>,
        selector: &VersionSelector,
    ) -> Result<SecretValueEntry> {
        selector.check()?;
        let (secret, region) = self.find(secret_id, region)?;
        let (version, version_stages) = select(&secret.record, region, selector)?;
        let OpenedBundle { value, .. } = self.open_in_region(openers, openers.farthest(), &secret, version, region)?;
        if comparison.is_some_and(|comparison| is_disproved(comparison, &secret.record, version, &value)) {
            return Err(disproved(version, region));
        }
        Ok(SecretValueEntry {
            arn: secret.record.arn.in_region(region),
            version_id: version.version_id.clone(),
            value,
            version_stages: version_stages.to_vec(),
            created_date: version.created_date,
            is_compared: comparison.is_some_and(|comparison| can_compare(comparison, version.value_tag.as_ref())),
            only_region_here: None,
            name: secret.record.name,
        })
    }

    /// Opens a version, to seal its value anew for `region`, from the primary Region's bundle, or from any other that opens here; gives its data
    /// key too. A bundle that opens without a call is opened before one that needs it.
    ///
    /// Whoever can write to the vault and has one Region's key can put any value in that Region's bundle. So a value that is not the one on
    /// record is none; and where that cannot be told, each Region that has a data key of its own is believed for itself only.
    pub(super) fn open_any_region(
        &self,
        openers: &Openers<'_>,
        comparison: &ComparisonKey,
        secret: &Located,
        version: &VersionRecord,
        region: Region,
    ) -> Result<OpenedBundle> {
        if speaks_for_itself(comparison, &secret.record, version) {
            let opened = self.open_in_region(openers, openers.farthest(), secret, version, region);
            return opened.map_err(|error| not_from_elsewhere(error, region));
        }
        let primary = secret.record.primary_region();
        let others = version.bundles.iter().map(|bundle| bundle.region).filter(|region| *region != primary);
        let regions: Vec<_> = std::iter::once(primary).chain(others).collect();
        let mut failed = OpeningFailures::default();
        for reach in openers.reaches() {
            // What was found without calls is found again with them.
            failed = OpeningFailures::default();
            for region in &regions {
                match self.open_in_region(openers, reach, secret, version, *region) {
                    Ok(opened) if is_disproved(comparison, &secret.record, version, &opened.value) => {
                        failed.disproved = Some(disproved(version, *region));
                    }
                    Ok(opened) => return Ok(opened),
                    Err(error @ Error::Setup(_)) => return Err(error),
                    Err(error @ Error::Io { .. }) => _ = failed.unread.get_or_insert(error),
                    Err(error) => _ = failed.refused.get_or_insert(error),
                }
            }
        }
        let OpeningFailures { disproved, unread, refused } = failed;
        Err(disproved.or(unread).or(refused).unwrap_or(Error::Misuse("there is always a primary Region")))
    }

    /// Opens a version from the bundle of one Region; gives its data key too.
    pub(super) fn open_in_region(
        &self,
        openers: &Openers<'_>,
        reach: Reach,
        secret: &Located,
        version: &VersionRecord,
        region: Region,
    ) -> Result<OpenedBundle> {
        let read = self.read_as_recorded(secret, version, region)?;
        open_read(openers, reach, &secret.record, (version, region), &read)
    }

    /// Reads a Region's bundle, which has the size and the digest on record; gives where it is too.
    pub(super) fn read_as_recorded(&self, secret: &Located, version: &VersionRecord, region: Region) -> Result<(PathBuf, Vec<u8>)> {
        let bundle = recorded(version, region)?;
        let opened = self.open_bundle_file(&secret.blob(version, bundle))?;
        let path = opened.place.clone();
        let message = opened.read(MAX_BUNDLE_LENGTH)?;
        if u64::try_from(message.len()).unwrap_or(u64::MAX) != bundle.size || sha256(&message) != bundle.sha256 {
            return Err(BundleRefusal::Changed(path).into());
        }
        Ok((path, message))
    }

    /// The suite that all bundles of a version are sealed with: that of the primary Region's, or of the first other one that can be read.
    pub(super) fn suite_of_version(&self, secret: &Located, version: &VersionRecord) -> Result<AlgorithmSuite> {
        let primary = secret.record.primary_region();
        let others = version.bundles.iter().map(|bundle| bundle.region).filter(|region| *region != primary);
        let mut first_error = None;
        for region in std::iter::once(primary).chain(others) {
            let header = self
                .read_as_recorded(secret, version, region)
                .and_then(|(_, message)| Ok(Header::parse(&message, HeaderLimits::default())?.header));
            match header {
                Ok(header) => return Ok(header.suite),
                Err(error) => _ = first_error.get_or_insert(error),
            }
        }
        Err(first_error.unwrap_or(Error::Misuse("there is always a primary Region")))
    }

    /// Whether `value` is that of a stored version: by its keyed tag, or with another keystore by opening the version.
    pub(super) fn is_same_value(
        &self,
        kms: &EmbeddedKms,
        keys: &KeyOptions,
        secret: &Located,
        version: &VersionRecord,
        value: &SecretValue,
    ) -> Result<bool> {
        if let Some(same) = value_matches(kms.comparison_key(), version.value_tag.as_ref(), &secret.record, &version.version_id, value) {
            return Ok(same);
        }
        let primary = secret.record.primary_region();
        let opened = self.open_any_region(&keys.openers(Some(kms)), kms.comparison_key(), secret, version, primary);
        let OpenedBundle { value: stored, .. } = opened.map_err(|error| match error {
            Error::Setup(_) => error,
            Error::Service(refusal) => match *refusal {
                Refusal::Bundle(refusal) => SecretRefusal::NotComparable(Box::new(refusal)).into(),
                other => SecretRefusal::NotReadable(other.with_code().to_string()).into(),
            },
            other => SecretRefusal::NotReadable(other.to_string()).into(),
        })?;
        Ok(stored.kind() == value.kind() && constant_time_eq(stored.expose(), value.expose()))
    }
}

/// Opens a version from the bundle of one Region, which was [read](Vault::read_as_recorded).
pub(super) fn open_read(
    openers: &Openers<'_>,
    reach: Reach,
    record: &SecretRecord,
    (version, region): (&VersionRecord, Region),
    (path, message): &(PathBuf, Vec<u8>),
) -> Result<OpenedBundle> {
    let bundle = recorded(version, region)?;
    tracing::debug!(path = %path.display(), key = bundle.kms_key_id, "opening a bundle");
    let identity = identity(record, &version.version_id, region);
    let opened = openers.with(reach, Some(bundle), |keyrings| open_bundle(message, &identity, keyrings));
    opened.map_err(|error| match error {
        Error::NoUsableKey(attempts) => BundleRefusal::NoUsableKey { path: path.clone(), attempts, others: others(version, region) }.into(),
        // No other bundle and no other key helps.
        Error::Setup(_) => error,
        other => BundleRefusal::DoesNotOpen { path: path.clone(), why: other.to_string() }.into(),
    })
}

fn recorded(version: &VersionRecord, region: Region) -> Result<&BundleRecord> {
    version.bundle(region).ok_or_else(|| BundleRefusal::NotOnRecord { version_id: version.version_id.clone(), region }.into())
}

/// True where only a Region's own bundle tells its value: no bundle can be compared with the record here, and each has its own data key.
pub(super) fn speaks_for_itself(comparison: &ComparisonKey, record: &SecretRecord, version: &VersionRecord) -> bool {
    record.data_key_scope == DataKeyScope::PerRegion && !can_compare(comparison, version.value_tag.as_ref())
}

pub(super) fn is_disproved(comparison: &ComparisonKey, record: &SecretRecord, version: &VersionRecord, value: &SecretValue) -> bool {
    value_matches(comparison, version.value_tag.as_ref(), record, &version.version_id, value) == Some(false)
}

pub(super) fn disproved(version: &VersionRecord, region: Region) -> Error {
    BundleRefusal::Disproved { region, version_id: version.version_id.clone() }.into()
}

fn not_from_elsewhere(error: Error, region: Region) -> Error {
    let refusal = match error {
        Error::Service(refusal) => match *refusal {
            Refusal::Bundle(BundleRefusal::Missing(path)) => BundleRefusal::MissingForGood(path),
            Refusal::Bundle(refusal) => refusal,
            other => return other.into(),
        },
        other => return other,
    };
    BundleRefusal::NotFromElsewhere { refusal: Box::new(refusal), region }.into()
}

/// The other Regions whose bundles hold the same value.
fn others(version: &VersionRecord, region: Region) -> Vec<Region> {
    version.bundles.iter().map(|bundle| bundle.region).filter(|other| *other != region).collect()
}

/// The version that a Region has, and its labels there.
fn select<'a>(record: &'a SecretRecord, region: Region, selector: &VersionSelector) -> Result<(&'a VersionRecord, &'a [String])> {
    let mut versions = record.versions_in(region);
    let has = |labels: &[String], stage: &str| labels.iter().any(|label| label == stage);
    let Some(id) = selector.version_id.as_deref() else {
        let stage = selector.version_stage.as_deref().unwrap_or(AWSCURRENT);
        let found = versions.find(|(_, labels)| has(labels, stage));
        return found.ok_or_else(|| SecretRefusal::NoStage(stage.to_owned()).into());
    };
    let found = versions.find(|(version, _)| version.version_id == id);
    let (version, labels) = found.ok_or_else(|| SecretRefusal::NoVersion(id.to_owned()))?;
    match selector.version_stage.as_deref() {
        Some(stage) if !has(labels, stage) => Err(SecretRefusal::StageOfOtherVersion.into()),
        _ => Ok((version, labels)),
    }
}
