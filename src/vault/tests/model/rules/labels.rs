//! Staging labels: "a staging label can be attached to only one version of a secret at a time".

use super::{ModelSecret, Refusable};
use crate::error::ErrorCode;

pub(in super::super) const AWSCURRENT: &str = "AWSCURRENT";
pub(in super::super) const AWSPREVIOUS: &str = "AWSPREVIOUS";
pub(in super::super) const AWSPENDING: &str = "AWSPENDING";
/// "Staging labels attached across all versions: 20."
const MOST_LABELS: usize = 20;

fn holder(secret: &ModelSecret, label: &str) -> Option<u64> {
    secret.labelled(label).map(|version| version.id)
}

fn remove(secret: &mut ModelSecret, label: &str) {
    secret.versions.iter_mut().for_each(|version| _ = version.labels.remove(label));
}

fn attach(secret: &mut ModelSecret, id: u64, label: &str) {
    remove(secret, label);
    secret.versions.iter_mut().filter(|version| version.id == id).for_each(|version| _ = version.labels.insert(label.to_owned()));
}

/// "If you move AWSCURRENT, Secrets Manager also moves the staging label AWSPREVIOUS to the version that AWSCURRENT was removed from", whatever
/// else was asked of that.
pub(super) fn move_to(secret: &mut ModelSecret, id: u64, moved: &[&str]) -> Refusable<()> {
    let count = |secret: &ModelSecret| secret.versions.iter().map(|version| version.labels.len()).sum::<usize>();
    let (before, former) = (count(secret), holder(secret, AWSCURRENT));
    moved.iter().for_each(|label| attach(secret, id, label));
    if let Some(former) = former.filter(|former| moved.contains(&AWSCURRENT) && *former != id) {
        attach(secret, former, AWSPREVIOUS);
    }
    let after = count(secret);
    if after > MOST_LABELS && after > before { Err(ErrorCode::LimitExceededException) } else { Ok(()) }
}

/// UpdateSecretVersionStage.
pub(super) fn move_by_request(secret: &mut ModelSecret, label: &str, from: Option<u64>, to: Option<u64>) -> Refusable<()> {
    let are_there = [from, to].into_iter().flatten().all(|id| secret.version(id).is_some());
    let holder = holder(secret, label);
    let is_named = match (from, to, holder) {
        (None, None, _) => false,
        // "If the label is attached to a different version than RemoveFromVersionId, the operation fails."
        (Some(from), _, holder) => holder == Some(from),
        // "If the staging label is already attached to a different version, you must also specify RemoveFromVersionId."
        (None, Some(to), holder) => holder.is_none_or(|holder| holder == to),
    };
    if !are_there || !is_named || to.is_none() && label == AWSCURRENT {
        return Err(ErrorCode::InvalidParameterException);
    }
    match to {
        Some(to) => move_to(secret, to, &[label]),
        None => {
            remove(secret, label);
            Ok(())
        }
    }
}
