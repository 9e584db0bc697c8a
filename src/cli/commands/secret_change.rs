//! What a change of a secret tells: its answer, where the bundles are, and what does not open here.

use serde::Serialize;
use serde_json::json;

use crate::{
    cli::{
        commands::key_warnings::{KeyWarning, tell},
        failure::{Failure, Outcome},
        invocation::Invocation,
        terminal::{counted, note, warn},
    },
    vault::{ReplicaRegion, ReplicaStatus, ReplicationStatus, SecretChange},
};

/// What was sealed, and what is to be said of its keys.
pub(super) struct SealedSecret {
    pub(super) change: Box<SecretChange>,
    pub(super) warnings: Vec<KeyWarning>,
}

/// Says what is to be said, prints `answer`, says where the bundles are, and ends with exit code 1 where a replica that was asked for failed.
pub(super) fn finish(
    invocation: &Invocation,
    SealedSecret { change, warnings }: &SealedSecret,
    answer: &impl Serialize,
    asked: &[ReplicaRegion],
) -> Outcome {
    tell(warnings);
    invocation.printer.print(answer)?;
    let root = std::path::absolute(invocation.vault.root()).unwrap_or_else(|_| invocation.vault.root().to_owned());
    note(&format!("{} in {}", counted(change.bundles.len(), "bundle"), root.display()));
    end_of(&change.replication_status, asked)
}

/// The same for a new version, which every replica was to have.
pub(super) fn finish_new_version(invocation: &Invocation, sealed: &SealedSecret) -> Outcome {
    let change = &sealed.change;
    let answer = json!({
        "ARN": change.arn,
        "Name": change.name,
        "VersionId": change.version_id,
        "VersionStages": change.version_stages,
        "Bundles": change.bundles,
    });
    finish(invocation, sealed, &answer, &all_replicas(change))
}

/// Every replica was to have the new version.
pub(super) fn all_replicas(change: &SecretChange) -> Vec<ReplicaRegion> {
    change.replication_status.iter().map(|replica| ReplicaRegion::new(replica.region.name())).collect()
}

/// Says which replicas that were asked for failed; exit code 1 where one did.
pub(super) fn end_of(statuses: &[ReplicationStatus], asked: &[ReplicaRegion]) -> Outcome {
    let failed = failed_replicas(statuses, asked);
    for replica in &failed {
        warn(&format!("{}: {} (retry with 'coldseal replicate-secret-to-regions')", replica.region, replica.status_message));
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::Partial) }
}

/// Of the replicas that were asked for those that failed.
pub(super) fn failed_replicas<'c>(statuses: &'c [ReplicationStatus], asked: &[ReplicaRegion]) -> Vec<&'c ReplicationStatus> {
    let is_asked = |region: &str| asked.iter().any(|replica| replica.region == region);
    statuses.iter().filter(|replica| replica.status == ReplicaStatus::Failed && is_asked(replica.region.name())).collect()
}
