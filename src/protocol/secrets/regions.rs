//! Regions of a secret: replicas that leave, and one that becomes a secret of its own. Those that are added are [sealed](super::seal).

use serde_json::json;

use super::kinds::{ARN, REGION, REPLICATION_STATUS, SECRET_ID};
use crate::{
    error::Result,
    protocol::{
        answer::Answer,
        member::{ANY_COUNT, Kind, Member},
        operation::{Operation, Run, Secrets},
        request::Request,
    },
    vault::StopReplication,
};

const REGIONS: Kind = Kind::List { count: 1..=*ANY_COUNT.end(), of: &REGION, item: "RegionType" };

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets(
        "RemoveRegionsFromReplication",
        &[Member::required("SecretId", SECRET_ID), Member::required("RemoveReplicaRegions", REGIONS)],
        &[Member::optional("ARN", ARN), Member::optional("ReplicationStatus", REPLICATION_STATUS)],
        Run::ChangeRecord(remove_regions_from_replication),
    ),
    Operation::secrets(
        "StopReplicationToReplica",
        &[Member::required("SecretId", SECRET_ID)],
        &[Member::optional("ARN", ARN)],
        Run::ChangeRecord(stop_replication_to_replica),
    ),
];

fn remove_regions_from_replication(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, region, .. } = *secrets;
    let regions = removed_regions(request);
    Answer::document(&vault.remove_regions_from_replication(kms, request.required_text("SecretId")?, region, regions)?)
}

fn stop_replication_to_replica(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, keys, region, .. } = *secrets;
    let asked = StopReplication { secret_id: request.required_text("SecretId")?.to_owned(), region, accept_record: false };
    Ok(Answer::Document(json!({ "ARN": vault.stop_replication_to_replica(kms, keys, &asked)? })))
}

/// The Regions that a request asks to remove.
pub(crate) fn removed_regions(request: &Request) -> &[String] {
    request.texts("RemoveReplicaRegions")
}
