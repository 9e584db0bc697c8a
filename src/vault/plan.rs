//! The checks before the first byte: every Region of a command, every problem listed at once.

use super::{
    family::{Family, Located},
    parameters::check_kms_key_id,
    record::SecretRecord,
};
use crate::{
    arn::KeyArn,
    error::{Error, ErrorCode, Result, ServiceError},
    kms::{EmbeddedKms, PublicKey, is_written_as_embedded},
    region::Region,
    suite::AlgorithmSuite,
};

/// The key that a Region uses when none is named.
pub const DEFAULT_KEY_ALIAS: &str = "alias/aws/secretsmanager";

/// A Region to replicate to, as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaRegion {
    /// The Region's name; checked with everything else.
    pub region: String,
    /// Key id, ARN, alias or alias ARN in that Region; `None` for the default key.
    pub kms_key_id: Option<String>,
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
    /// The Region's name as it was given.
    pub(crate) place: String,
    pub(crate) error: ServiceError,
    /// The Region and the key to record, where `--partial` may record it: the fault can be mended and the command repeated.
    pub(crate) retry: Option<(Region, String)>,
}

/// Finds the key of a Region: the one named, else the one that was set as the Region's default, else `alias/aws/secretsmanager`, making that
/// (in memory) when it is needed for the first time.
pub(crate) fn target(kms: &mut EmbeddedKms, region: Region, key_id: Option<&str>) -> Result<Target, ServiceError> {
    let as_service = |error: Error| match error {
        Error::Service(error) => error,
        other => ServiceError::new(ErrorCode::InvalidParameterException, other.to_string()),
    };
    key_id.map_or(Ok(()), check_kms_key_id).map_err(as_service)?;
    kms.require_enabled(region).map_err(as_service)?;
    let named = name_of_key(kms, region, key_id);
    let key = if named == DEFAULT_KEY_ALIAS { kms.ensure_default_key(region) } else { kms.resolve(region, &named) };
    let key = key.and_then(|key| kms.check_usable(&key).map(|()| key)).map_err(as_service)?;
    tracing::debug!(%region, %key, "key resolved");
    let origin = match is_written_as_embedded(&named) {
        _ if kms.is_imported(&key) => KeyOrigin::Imported,
        true => KeyOrigin::WrittenOut,
        false => KeyOrigin::Embedded,
    };
    Ok(Target { key, kms_key_id: named, origin })
}

/// As soon as one Region uses an imported public key, no other takes an embedded key that was not written out: its bundle would not open in
/// AWS, where the others do.
pub(crate) fn unchosen_keys<'a>(targets: impl IntoIterator<Item = &'a Target> + Clone, others: UntouchedRegions) -> Vec<Problem> {
    let has_imported =
        others == UntouchedRegions::UseImportedKeys || targets.clone().into_iter().any(|target| target.origin == KeyOrigin::Imported);
    let unchosen = targets.into_iter().filter(|target| has_imported && target.origin == KeyOrigin::Embedded);
    unchosen.map(unchosen_key).collect()
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

fn unchosen_key(target: &Target) -> Problem {
    let (region, key) = (target.region(), &target.kms_key_id);
    let what = if key == DEFAULT_KEY_ALIAS {
        "no key is named for it, and another Region uses an imported public key: then every Region needs one"
    } else {
        "its key is an embedded one, which AWS does not have, and another Region uses an imported public key"
    };
    let way = if key == DEFAULT_KEY_ALIAS {
        format!("KmsKeyId=KEY, --kms-key-id for the primary Region, or 'coldseal kms set-default-key --region {region} --key-id KEY'")
    } else {
        format!("'embedded:{key}' says that it is meant")
    };
    let error = ServiceError::new(ErrorCode::InvalidParameterException, format!("{what}; {way}"));
    Problem { place: region.to_string(), error, retry: None }
}

/// The key as the user named it; else the one that was set as the Region's default, else the default alias.
fn name_of_key(kms: &EmbeddedKms, region: Region, key_id: Option<&str>) -> String {
    // AWS: an empty KmsKeyId means the default key.
    let named = key_id.filter(|key_id| !key_id.is_empty()).map(str::to_owned);
    named.or_else(|| Some(kms.chosen_default_key(region)?.to_string())).unwrap_or_else(|| DEFAULT_KEY_ALIAS.to_owned())
}

/// Checks a replica's Region against the primary's, its key, and the names that are taken.
pub(crate) fn check_replica(
    kms: &mut EmbeddedKms,
    primary: Region,
    family: &Family,
    replica: &ReplicaRegion,
    clash: NameClash,
) -> Result<Target, Problem> {
    let problem = |message: String, retry: Option<(Region, String)>| Problem {
        place: replica.region.clone(),
        error: ServiceError::new(ErrorCode::InvalidParameterException, message),
        retry,
    };
    let Some(region) = Region::new(&replica.region) else { return Err(problem(unknown_region(&replica.region), None)) };
    if region == primary {
        return Err(problem("Invalid replica region. It is the primary Region of the secret.".to_owned(), None));
    }
    if region.partition() != primary.partition() {
        let message =
            format!("replication stays in one partition: {region} is in {}, {primary} in {}", region.partition(), primary.partition());
        return Err(problem(message, None));
    }
    let retry = Some((region, name_of_key(kms, region, replica.kms_key_id.as_deref())));
    let target = target(kms, region, replica.kms_key_id.as_deref()).map_err(|error| Problem {
        place: replica.region.clone(),
        error,
        retry: retry.clone(),
    })?;
    match (family.holder(region), clash) {
        (None, _) => Ok(target),
        (Some(_), NameClash::Refuse) => Err(problem("Secret with this name already exists in this region".to_owned(), retry)),
        (Some(holder), NameClash::Overwrite) => match other_regions(holder, region) {
            None => Ok(target),
            Some(regions) => {
                Err(problem(format!("You can't overwrite secret {} that still has replica regions [{regions}].", holder.record.arn), retry))
            }
        },
    }
}

/// Refuses an RSA key for a signed bundle; another key mends it.
pub(crate) fn check_suite(kms: &EmbeddedKms, target: Target, suite: AlgorithmSuite) -> Result<Target, Problem> {
    if !suite.is_signed() || !matches!(kms.public_key(&target.key), Some(PublicKey::Rsa(_))) {
        return Ok(target);
    }
    let message = format!("no AWS Encryption SDK opens a signed message under {}, which is an RSA key", target.key);
    Err(Problem {
        place: target.region().to_string(),
        error: ServiceError::new(ErrorCode::InvalidKeyUsageException, message),
        retry: Some((target.region(), target.kms_key_id)),
    })
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
    repeated.map(|(_, replica)| Problem {
        place: replica.region.clone(),
        error: ServiceError::new(ErrorCode::InvalidParameterException, "the Region is named twice"),
        retry: None,
    })
}

/// A primary with replicas cannot be overwritten; a replica can.
fn other_regions(holder: &Located, region: Region) -> Option<String> {
    if holder.record.primary_region() != region || holder.record.replication_status.is_empty() {
        return None;
    }
    let names: Vec<_> = holder.record.replication_status.iter().map(|replica| replica.region.name()).collect();
    Some(names.join(", "))
}

/// Says that there is no such Region, and which ones look like it.
pub(crate) fn unknown_region(name: &str) -> String {
    let similar = Region::similar(name);
    let escaped = name.escape_debug();
    if similar.is_empty() {
        format!("there is no Region '{escaped}'; 'coldseal kms list-regions' shows those that there are")
    } else {
        format!("there is no Region '{escaped}'; did you mean {}?", similar.join(", "))
    }
}

/// For `--debug`: what a command is about to do.
pub(crate) fn trace_plan(targets: &[Target], failed: &[Problem]) {
    let targets: Vec<_> = targets.iter().map(Target::region).collect();
    let failed: Vec<_> = failed.iter().map(|problem| &problem.place).collect();
    tracing::debug!(?targets, ?failed, "plan");
}

/// One error for all problems: the code of the first, every Region listed.
pub(crate) fn refusal(problems: &[Problem]) -> Error {
    let code = problems.first().map_or(ErrorCode::InvalidParameterException, |problem| problem.error.code);
    let lines: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.place.escape_debug(), problem.error.message)).collect();
    let message = match lines.as_slice() {
        [line] => format!("{line} (nothing was written)"),
        _ => format!("{} Regions have problems, and nothing was written:\n  {}", lines.len(), lines.join("\n  ")),
    };
    Error::service(code, message)
}
