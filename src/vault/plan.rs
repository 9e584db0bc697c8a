//! The checks before the first byte: every Region of a command, every problem listed at once.

use std::collections::HashSet;

use super::{
    family::{Family, Located},
    record::SecretRecord,
};
use crate::{
    arn::SecretArn,
    error::ReplicaRefusal,
    kms::{
        DEFAULT_KEY_ALIAS, EmbeddedKms,
        key_choice::{ChosenKey, KeyOptions, Named, Problem, ReplicaRegion, UntouchedRegions, key_of_region, name_of_key},
    },
    region::Region,
};

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

impl UntouchedRegions {
    /// What the bundles of a secret are wrapped under already.
    pub(crate) fn of(kms: &EmbeddedKms, record: &SecretRecord) -> Self {
        let mut bundles = record.versions.iter().flat_map(|version| &version.bundles);
        let has_imported = bundles.any(|bundle| bundle.kms_key_id.parse().is_ok_and(|key| kms.is_imported(&key)));
        if has_imported { Self::UseImportedKeys } else { Self::None }
    }
}

/// Checks a replica's Region against the primary's, its key, and the names that are taken: by others than the secret itself, where that is there.
pub(crate) fn check_replica(
    kms: &mut EmbeddedKms,
    keys: &KeyOptions,
    (primary, own): (Region, Option<&SecretArn>),
    family: &Family,
    (place, named): (&str, Named<'_>),
    clash: NameClash,
) -> Result<ChosenKey, Problem> {
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
    let target = key_of_region(kms, keys, region, named).map_err(|error| Problem::of(place, error, retry.clone()))?;
    let holder = family.holder(region).filter(|holder| own != Some(&holder.record.arn));
    if let Some(planned) = holder.and_then(|holder| holder.record.planned_deletion) {
        return Err(problem(planned.keeps_name(), retry));
    }
    match (holder, clash) {
        (None, _) => Ok(target),
        (Some(_), NameClash::Refuse) => Err(problem(ReplicaRefusal::NameTaken, retry)),
        (Some(holder), NameClash::Overwrite) => match other_regions(holder, region) {
            None => Ok(target),
            Some(replicas) => Err(problem(ReplicaRefusal::HasReplicas { secret: holder.record.arn.clone(), replicas }, retry)),
        },
    }
}

/// A Region can be asked for once.
pub(crate) fn named_twice(replicas: &[ReplicaRegion]) -> impl Iterator<Item = Problem> {
    let mut known = HashSet::new();
    let repeated = replicas.iter().filter(move |replica| !known.insert(replica.region.as_str()));
    repeated.map(|replica| Problem::of(replica.region.clone(), ReplicaRefusal::NamedTwice.into(), None))
}

/// A primary with replicas cannot be overwritten; a replica can.
fn other_regions(holder: &Located, region: Region) -> Option<Vec<Region>> {
    if holder.record.primary_region() != region || holder.record.replication_status.is_empty() {
        return None;
    }
    Some(holder.record.replication_status.iter().map(|replica| replica.region).collect())
}

/// For `--debug`: what a command is about to do.
pub(crate) fn trace_plan(targets: &[ChosenKey], failed: &[Problem]) {
    let targets: Vec<_> = targets.iter().map(ChosenKey::region).collect();
    let failed: Vec<_> = failed.iter().map(|problem| &problem.told.place).collect();
    tracing::debug!(?targets, ?failed, "plan");
}
