//! How long versions without a staging label are kept.
//!
//! [As in Secrets Manager](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html): where there are more than 100,
//! those without a label go, the oldest first, but none within 24 hours of its creation.

use super::record::SecretRecord;
use crate::timestamp::Timestamp;

/// So many versions are kept, with and without labels.
const KEPT_VERSIONS: usize = 100;
/// Days in which a version is kept.
const KEPT_DAYS: u16 = 1;

/// Takes versions out of the record that are kept no longer, and gives their ids. Their bundles go with the commit.
///
/// A clock that runs behind the versions tells nothing of their age: then all of them stay.
pub(super) fn prune(record: &mut SecretRecord, now: Timestamp) -> Vec<String> {
    if record.versions.iter().any(|version| version.created_date > now) {
        return Vec::new();
    }
    let excess = record.versions.len().saturating_sub(KEPT_VERSIONS);
    let is_old = |created: Timestamp| created.plus_days(KEPT_DAYS) <= now;
    let old = record.versions.iter().filter(|version| !record.has_label(version) && is_old(version.created_date));
    // Versions stand in the order in which they were made.
    let pruned: Vec<String> = old.take(excess).map(|version| version.version_id.clone()).collect();
    record.versions.retain(|version| !pruned.contains(&version.version_id));
    pruned
}

#[cfg(test)]
mod tests;
