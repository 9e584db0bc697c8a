//! The checks before the first byte: every Region of a command, every problem listed at once.

use super::{
    family::{Family, Located},
    keys::KeyOptions,
    parameters::check_kms_key_id,
    record::SecretRecord,
};
use crate::{
    arn::KeyArn,
    error::{Cause, Error, ErrorCode, KeyRefusal, KeyUseRefusal, RegionProblem, RegionsRefusal, ReplicaRefusal, Result, SetupError},
    kms::{EmbeddedKms, FoundKey, KeyPurpose, KeySource, PublicKey, is_written_as_embedded},
    region::Region,
    suite::AlgorithmSuite,
};

/// The key that a Region uses when none is named.
pub const DEFAULT_KEY_ALIAS: &str = "alias/aws/secretsmanager";

/// A Region to replicate to, as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicaRegion {
    /// The Region's name; checked with everything else.
    pub region: String,
    /// Key id, ARN, alias or alias ARN in that Region; `None` for the default key.
    pub kms_key_id: Option<String>,
}

impl ReplicaRegion {
    /// The Region, with its default key.
    #[must_use]
    pub fn new(region: impl Into<String>) -> Self {
        Self { region: region.into(), kms_key_id: None }
    }
}

/// What a command does when some Regions cannot be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnProblem {
    /// Fails whole and lists every problem; nothing is written.
    #[default]
    FailWhole,
    /// Does what it can and records the other Regions as `Failed`.
    RecordFailed,
}

/// What to do about a secret of the same name in a replica's Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameClash {
    /// That Region has a problem.
    #[default]
    Refuse,
    /// The secret there is replaced.
    Overwrite,
}

/// A Region that passed every check.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) key: KeyArn,
    /// As the user named it, or the default alias.
    pub(crate) kms_key_id: String,
    pub(crate) origin: KeyOrigin,
}

/// What a Region's key is, as far as commands that use imported public keys make a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOrigin {
    /// Only AWS KMS opens what is wrapped under it.
    Imported,
    /// In AWS KMS.
    Aws,
    /// An embedded key that was named with `embedded:`.
    WrittenOut,
    /// An embedded key that was named without, or the default.
    Embedded,
}

impl Target {
    pub(crate) fn region(&self) -> Region {
        self.key.region()
    }
}

/// A Region that failed one.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// The Region as it was named, and what is wrong.
    pub(crate) told: Box<RegionProblem>,
    /// The Region and the key to record, where `--partial` may record it: the fault can be mended and the command repeated.
    pub(crate) retry: Option<(Region, String)>,
}

impl Problem {
    /// A Region's problem, with what to record of it.
    pub(crate) fn of(place: impl Into<String>, error: Error, retry: Option<(Region, String)>) -> Self {
        let told = Box::new(RegionProblem { place: place.into(), cause: error.into() });
        let retry = retry.filter(|_| missing_credentials(&told).is_none());
        Self { told, retry }
    }
}

/// What every Region lacks.
fn missing_credentials(problem: &RegionProblem) -> Option<&SetupError> {
    match &problem.cause {
        Cause::Setup(error @ SetupError::NoCredentials(_)) => Some(error),
        _ => None,
    }
}

/// Who names a Region's key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named<'a> {
    /// The command, or nobody.
    ByCaller(Option<&'a str>),
    /// The secret's record, which is only as trustworthy as its file; `None` for the default key.
    ByRecord(Option<&'a str>),
}

impl<'a> Named<'a> {
    const fn key_id(self) -> Option<&'a str> {
        match self {
            Self::ByCaller(key_id) | Self::ByRecord(key_id) => key_id,
        }
    }
}

/// Finds the key of a Region: the one named, else the one that was set as the Region's default, else `alias/aws/secretsmanager`, making that
/// (in memory) when it is needed for the first time. With AWS KMS there is no such last resort.
pub(crate) fn target(kms: &mut EmbeddedKms, keys: &KeyOptions, region: Region, named: Named<'_>) -> Result<Target> {
    let key_id = named.key_id();
    key_id.map_or(Ok(()), check_kms_key_id)?;
    let name = name_of_key(kms, region, key_id);
    let FoundKey { arn: key, source } = match (&keys.online, named) {
        (None, _) => find_here(kms, region, &name)?,
        (Some(_), Named::ByRecord(_)) => find_recorded(kms, keys, region, &name)?,
        (Some(_), Named::ByCaller(_)) => find_named(kms, keys, region, &name, key_id)?,
    };
    tracing::debug!(%region, %key, "key resolved");
    let origin = match source {
        KeySource::Imported => KeyOrigin::Imported,
        KeySource::Aws => KeyOrigin::Aws,
        KeySource::Embedded if is_written_as_embedded(&name) => KeyOrigin::WrittenOut,
        KeySource::Embedded => KeyOrigin::Embedded,
    };
    Ok(Target { key, kms_key_id: name, origin })
}

/// Without AWS KMS.
fn find_here(kms: &mut EmbeddedKms, region: Region, name: &str) -> Result<FoundKey> {
    kms.require_enabled(region)?;
    if name == DEFAULT_KEY_ALIAS || name == EMBEDDED_DEFAULT {
        let arn = kms.ensure_default_key(region)?;
        return kms.check_usable(&arn).map(|()| FoundKey { arn, source: KeySource::Embedded });
    }
    let sources = KeyOptions::default();
    let found = sources.sources(kms).find(region, name, KeyPurpose::Wrap);
    let is_default = kms.chosen_default_key(region).is_some_and(|key| key.to_string() == name);
    match found {
        Err(error) if is_default && error.code() == Some(ErrorCode::NotFoundException) => {
            Err(KeyRefusal::DefaultInAws(name.to_owned()).into())
        }
        found => found,
    }
}

/// With AWS KMS, the key that a command names, or that was set as the Region's default.
fn find_named(kms: &mut EmbeddedKms, keys: &KeyOptions, region: Region, name: &str, key_id: Option<&str>) -> Result<FoundKey> {
    if name == EMBEDDED_DEFAULT {
        return find_here(kms, region, name);
    }
    if name == DEFAULT_KEY_ALIAS && key_id.is_none_or(str::is_empty) {
        return Err(ReplicaRefusal::NoKeyNamed(region).into());
    }
    keys.sources(kms).find(region, name, KeyPurpose::Wrap)
}

/// With AWS KMS, the key on record: the keystore's, or one of the configured account.
fn find_recorded(kms: &mut EmbeddedKms, keys: &KeyOptions, region: Region, name: &str) -> Result<FoundKey> {
    if name == DEFAULT_KEY_ALIAS && kms.default_key(region).is_none() {
        return Err(ReplicaRefusal::NoKeyNamed(region).into());
    }
    if let Ok(found) = find_here(kms, region, name) {
        return Ok(found);
    }
    let found = keys.sources(kms).find(region, name, KeyPurpose::Wrap)?;
    if found.source != KeySource::Aws || *found.arn.account() == keys.account {
        return Ok(found);
    }
    Err(ReplicaRefusal::KeyOfOtherAccount(found.arn).into())
}

/// `embedded:` and the default alias.
const EMBEDDED_DEFAULT: &str = "embedded:alias/aws/secretsmanager";

/// As soon as one Region uses a key of AWS, by its imported public key or in AWS KMS, no other takes an embedded key that was not written out:
/// its bundle would not open in AWS, where the others do.
pub(crate) fn unchosen_keys<'a>(
    targets: impl IntoIterator<Item = &'a Target> + Clone,
    others: UntouchedRegions,
    keys: &KeyOptions,
) -> Vec<Problem> {
    let is_in_aws = |target: &Target| matches!(target.origin, KeyOrigin::Imported | KeyOrigin::Aws);
    let has_imported = others == UntouchedRegions::UseImportedKeys || targets.clone().into_iter().any(is_in_aws);
    let must_choose = keys.online.is_some() || has_imported;
    let unchosen = targets.into_iter().filter(|target| must_choose && target.origin == KeyOrigin::Embedded);
    unchosen.map(|target| unchosen_key(target, keys.online.is_some())).collect()
}

/// The Regions of a secret that a command does not touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UntouchedRegions {
    None,
    UseImportedKeys,
}

impl UntouchedRegions {
    /// What the bundles of a secret are wrapped under already.
    pub(crate) fn of(kms: &EmbeddedKms, record: &SecretRecord) -> Self {
        let mut bundles = record.versions.iter().flat_map(|version| &version.bundles);
        let has_imported = bundles.any(|bundle| bundle.kms_key_id.parse().is_ok_and(|key| kms.is_imported(&key)));
        if has_imported { Self::UseImportedKeys } else { Self::None }
    }
}

fn unchosen_key(target: &Target, is_online: bool) -> Problem {
    let (region, key) = (target.region(), &target.kms_key_id);
    let refusal = if key == DEFAULT_KEY_ALIAS {
        ReplicaRefusal::NoKeyBesideImported(region)
    } else if is_online {
        ReplicaRefusal::EmbeddedWithAws(key.clone())
    } else {
        ReplicaRefusal::EmbeddedBesideImported(key.clone())
    };
    Problem::of(region.name(), refusal.into(), None)
}

/// The key as the user named it; else the one that was set as the Region's default, else the default alias.
pub(super) fn name_of_key(kms: &EmbeddedKms, region: Region, key_id: Option<&str>) -> String {
    // AWS: an empty KmsKeyId means the default key.
    let named = key_id.filter(|key_id| !key_id.is_empty()).map(str::to_owned);
    named.or_else(|| Some(kms.chosen_default_key(region)?.to_string())).unwrap_or_else(|| DEFAULT_KEY_ALIAS.to_owned())
}

/// Checks a replica's Region against the primary's, its key, and the names that are taken.
pub(crate) fn check_replica(
    kms: &mut EmbeddedKms,
    keys: &KeyOptions,
    primary: Region,
    family: &Family,
    (place, named): (&str, Named<'_>),
    clash: NameClash,
) -> Result<Target, Problem> {
    let problem = |refusal: ReplicaRefusal, retry: Option<(Region, String)>| Problem::of(place, refusal.into(), retry);
    let Some(region) = Region::new(place) else { return Err(problem(ReplicaRefusal::UnknownRegion(place.to_owned()), None)) };
    if region == primary {
        return Err(problem(ReplicaRefusal::PrimaryRegion, None));
    }
    if region.partition() != primary.partition() {
        return Err(problem(ReplicaRefusal::OtherPartition { region, primary }, None));
    }
    let name = name_of_key(kms, region, named.key_id());
    // No later try finds a key where none is named.
    let retry = (keys.online.is_none() || name != DEFAULT_KEY_ALIAS).then_some((region, name));
    let target = target(kms, keys, region, named).map_err(|error| Problem::of(place, error, retry.clone()))?;
    match (family.holder(region), clash) {
        (None, _) => Ok(target),
        (Some(_), NameClash::Refuse) => Err(problem(ReplicaRefusal::NameTaken, retry)),
        (Some(holder), NameClash::Overwrite) => match other_regions(holder, region) {
            None => Ok(target),
            Some(replicas) => Err(problem(ReplicaRefusal::HasReplicas { secret: holder.record.arn.clone(), replicas }, retry)),
        },
    }
}

/// Refuses an RSA key for a signed bundle; another key mends it.
pub(crate) fn check_suite(kms: &EmbeddedKms, target: Target, suite: AlgorithmSuite) -> Result<Target, Problem> {
    if !suite.is_signed() || !matches!(kms.public_key(&target.key), Some(PublicKey::Rsa(_))) {
        return Ok(target);
    }
    let region = target.region();
    Err(Problem::of(region.name(), KeyUseRefusal::RsaForSigned(target.key).into(), Some((region, target.kms_key_id))))
}

/// The same for Regions that passed the other checks; all that have such a key are listed.
pub(crate) fn check_suite_of_all(kms: &EmbeddedKms, targets: &[Target], suite: AlgorithmSuite) -> Result<()> {
    let problems: Vec<_> = targets.iter().filter_map(|target| check_suite(kms, target.clone(), suite).err()).collect();
    if problems.is_empty() { Ok(()) } else { Err(refusal(&problems)) }
}

/// A Region can be asked for once.
pub(crate) fn named_twice(replicas: &[ReplicaRegion]) -> impl Iterator<Item = Problem> {
    let is_repeated = |index: usize, region: &str| replicas.iter().take(index).any(|earlier| earlier.region == region);
    let repeated = replicas.iter().enumerate().filter(move |(index, replica)| is_repeated(*index, &replica.region));
    repeated.map(|(_, replica)| Problem::of(replica.region.clone(), ReplicaRefusal::NamedTwice.into(), None))
}

/// A primary with replicas cannot be overwritten; a replica can.
fn other_regions(holder: &Located, region: Region) -> Option<Vec<Region>> {
    if holder.record.primary_region() != region || holder.record.replication_status.is_empty() {
        return None;
    }
    Some(holder.record.replication_status.iter().map(|replica| replica.region).collect())
}

/// For `--debug`: what a command is about to do.
pub(crate) fn trace_plan(targets: &[Target], failed: &[Problem]) {
    let targets: Vec<_> = targets.iter().map(Target::region).collect();
    let failed: Vec<_> = failed.iter().map(|problem| &problem.told.place).collect();
    tracing::debug!(?targets, ?failed, "plan");
}

/// One error for all problems: the code of the first, every Region listed. What all Regions lack is one error.
pub(crate) fn refusal(problems: &[Problem]) -> Error {
    if let Some(error) = problems.iter().find_map(|problem| missing_credentials(&problem.told)) {
        return error.clone().into();
    }
    RegionsRefusal { problems: problems.iter().map(|problem| RegionProblem::clone(&problem.told)).collect() }.into()
}
