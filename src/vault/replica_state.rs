//! What a record says of a replica: in sync, or failed and why.

use std::collections::BTreeMap;

use super::{
    plan::OnProblem,
    record::{ReplicaRecord, ReplicaStatus, SecretRecord},
};
use crate::{
    error::Result,
    kms::key_choice::{ChosenKey, Problem, refusal},
    region::Region,
};

pub(super) fn in_sync(target: &ChosenKey) -> ReplicaRecord {
    ReplicaRecord {
        region: target.region(),
        kms_key_id: target.name.clone(),
        status: ReplicaStatus::InSync,
        status_message: "Replication succeeded".to_owned(),
        version_ids_to_stages: BTreeMap::new(),
    }
}

/// Records the Regions whose key did not wrap, and what they were to replace stays; where that cannot be, fails whole. What they have by the record
/// of `before` they keep. One Region may be `needed`.
pub(super) fn record_failures(
    record: &mut SecretRecord,
    before: Option<&SecretRecord>,
    problems: &[Problem],
    (on_problem, needed): (OnProblem, Option<Region>),
) -> Result<Vec<Region>> {
    let is_needed = |problem: &Problem| problem.retry.as_ref().is_none_or(|(region, _)| Some(*region) == needed);
    if !problems.is_empty() && (on_problem == OnProblem::FailWhole || problems.iter().any(is_needed)) {
        return Err(refusal(problems));
    }
    let failed: Vec<_> = problems.iter().filter_map(|problem| failed_replica(before, problem)).collect();
    let regions: Vec<_> = failed.iter().map(|replica| replica.region).collect();
    record.replication_status.retain(|replica| !regions.contains(&replica.region));
    record.replication_status.extend(failed);
    record.replaces.retain(|replaced| !regions.contains(&replaced.region));
    Ok(regions)
}

pub(super) fn failed_replica(before: Option<&SecretRecord>, problem: &Problem) -> Option<ReplicaRecord> {
    let (region, kms_key_id) = problem.retry.clone()?;
    let (status, status_message) = (ReplicaStatus::Failed, problem.told.status_message());
    let version_ids_to_stages = before.map(|before| before.kept_stages(region)).unwrap_or_default();
    Some(ReplicaRecord { region, kms_key_id, status, status_message, version_ids_to_stages })
}
