//! [RemoveRegionsFromReplication](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RemoveRegionsFromReplication.html): replicas
//! leave with the bundles of all versions, in one commit.

use std::cell::RefCell;

use serde::Serialize;

use super::{
    Vault,
    record::SecretRecord,
    secret_members::{ReplicationStatus, statuses},
};
use crate::{
    arn::SecretArn,
    error::{Constraint, ReplicaRefusal, Result, Violation},
    kms::{
        EmbeddedKms,
        key_choice::{Problem, refusal},
    },
    region::Region,
};

/// The answer of `RemoveRegionsFromReplication`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RemovedRegions {
    /// The secret's ARN in its primary Region.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The replicas that stay.
    pub replication_status: Vec<ReplicationStatus>,
    /// The Regions that left; not part of the answer's document.
    #[serde(skip)]
    pub removed: Vec<Region>,
    /// The Regions in which the secret had no replica; not part of the answer's document.
    #[serde(skip)]
    pub not_replicas: Vec<Region>,
}

impl Vault {
    /// Takes replicas out of a secret, failed ones too. Their bundles are removed once the record that does not name them is committed; whoever
    /// has read one knows its value, and may have a copy. A Region without a replica of the secret is passed over, and where none is left,
    /// nothing is written. No key is needed; `kms` is the keystore at hand, without which the record loses its tag.
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `InvalidParameterException` in a replica's Region, for the primary Region among those to remove, and for
    /// one that there is not; all of these are told at once. Nothing is written then.
    pub fn remove_regions_from_replication(
        &self,
        kms: Option<&EmbeddedKms>,
        secret_id: &str,
        region: Option<Region>,
        regions: &[String],
    ) -> Result<RemovedRegions> {
        if regions.is_empty() {
            return Err(Violation::new("removeReplicaRegions", Constraint::LeastLength(1)).into());
        }
        // A change that another writer overtakes is made anew.
        let left = RefCell::default();
        let changed = self.change_record(kms, secret_id, region, |record| {
            *left.borrow_mut() = leave(record, &to_remove(record, regions)?);
            Ok(())
        })?;
        let (removed, not_replicas) = left.into_inner();
        Ok(RemovedRegions { replication_status: statuses(&changed.record), arn: changed.record.arn, removed, not_replicas })
    }
}

/// The Regions by their names, each once. The primary Region is none that could leave.
fn to_remove(record: &SecretRecord, names: &[String]) -> Result<Vec<Region>> {
    let (mut regions, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        match Region::new(name) {
            Some(region) if region == record.primary_region() => {
                problems.push(Problem::of(name, ReplicaRefusal::PrimaryRegion.into(), None));
            }
            Some(region) if regions.contains(&region) => {}
            Some(region) => regions.push(region),
            None => problems.push(Problem::of(name, ReplicaRefusal::UnknownRegion(name.clone()).into(), None)),
        }
    }
    if problems.is_empty() { Ok(regions) } else { Err(refusal(&problems)) }
}

/// Takes Regions out of a record. Gives those that had a replica, and those that had none.
fn leave(record: &mut SecretRecord, regions: &[Region]) -> (Vec<Region>, Vec<Region>) {
    let parted = regions.iter().copied().partition(|region| record.replica(*region).is_some());
    record.leave(regions);
    parted
}
