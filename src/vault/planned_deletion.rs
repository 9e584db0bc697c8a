//! What a secret that is marked for deletion is found for, and where it is refused. Until its deletion is due it can be restored; then it counts as
//! gone, and lies there until it is removed.

use super::record::{PlannedDeletion, SecretRecord};
use crate::{
    error::{ReplicaRefusal, Result, SecretRefusal},
    timestamp::Timestamp,
};

/// Which secrets are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marked {
    /// Those that are not marked for deletion; others are refused.
    Refused,
    /// Those that are marked too, as long as that is not due.
    Found,
    /// Even those whose deletion was due, and that wait to be removed.
    FoundWhenDue,
}

impl PlannedDeletion {
    fn has_passed(self) -> bool {
        self.deletion_date <= Timestamp::now_within_years()
    }

    /// Why no replica takes its place, whoever asks: it can be restored, or lies there until it is removed, whatever the clock says.
    pub(super) fn keeps_name(self) -> ReplicaRefusal {
        ReplicaRefusal::NameMarkedForDeletion { deletion_date: self.deletion_date, is_due: self.has_passed() }
    }
}

impl SecretRecord {
    /// True when the secret counts as gone at `now`.
    pub(super) fn is_deletion_due(&self, now: Timestamp) -> bool {
        self.planned_deletion.is_some_and(|planned| now >= planned.deletion_date)
    }

    /// Refuses work on a secret that is marked for deletion, where that counts.
    ///
    /// # Errors
    /// `InvalidRequestException`.
    pub(super) fn require_found_as(&self, marked: Marked) -> Result<()> {
        match (self.planned_deletion, marked) {
            (Some(PlannedDeletion { deletion_date, .. }), Marked::Refused) => {
                Err(SecretRefusal::MarkedForDeletion { deletion_date }.into())
            }
            _ => Ok(()),
        }
    }

    /// Refuses a new secret of this name: what is marked for deletion keeps its name until it is removed, whatever the clock says.
    ///
    /// # Errors
    /// `InvalidRequestException`.
    pub(super) fn require_name_given_up(&self) -> Result<()> {
        let refused = |planned: PlannedDeletion| SecretRefusal::NameMarkedForDeletion {
            deletion_date: planned.deletion_date,
            is_due: planned.has_passed(),
        };
        self.planned_deletion.map_or(Ok(()), |planned| Err(refused(planned).into()))
    }
}
