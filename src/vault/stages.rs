//! Staging labels: which version of a secret has which, and what moves when one does. Pure rules on the versions of a record.
//!
//! A label sits on one version. Whenever `AWSCURRENT` moves, `AWSPREVIOUS` goes to the version that it was removed from, as in
//! [PutSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html) and
//! [UpdateSecretVersionStage](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html).

use super::record::{AWSCURRENT, VersionRecord};
use crate::error::{Result, SecretRefusal};

/// The staging label of the version that was in use before.
pub(crate) const AWSPREVIOUS: &str = "AWSPREVIOUS";
/// The staging label of the version that a rotation is making.
pub(crate) const AWSPENDING: &str = "AWSPENDING";

/// Most labels that the versions of a secret have together, as in
/// [Secrets Manager](https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html).
pub(super) const LABELS_PER_SECRET: usize = 20;

/// True for a version that another key of the secret goes for as well: as in AWS, those that are in use, or were, or are to be.
pub(crate) fn moves_with_the_key(version: &VersionRecord) -> bool {
    version.version_stages.iter().any(|label| matches!(label.as_str(), AWSCURRENT | AWSPREVIOUS | AWSPENDING))
}

/// The labels that a new version is to get: those that were asked for, or `AWSCURRENT`. The first version of a secret gets that in any case.
pub(super) fn labels_of_new_version(earlier: &[VersionRecord], asked: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    let current = (asked.is_empty() || earlier.is_empty()).then_some(AWSCURRENT);
    for label in current.into_iter().chain(asked.iter().map(String::as_str)) {
        if !labels.iter().any(|known| known == label) {
            labels.push(label.to_owned());
        }
    }
    labels
}

/// Moves these labels, and no others but `AWSPREVIOUS` after `AWSCURRENT`, to the version `to`, which is there.
///
/// # Errors
/// `LimitExceededException` where the secret would have more labels than it may; nothing is to be written then.
pub(super) fn move_labels(versions: &mut [VersionRecord], to: &str, labels: &[String]) -> Result<()> {
    let before = count(versions);
    // What follows AWSCURRENT is the last word on AWSPREVIOUS.
    let (current, others): (Vec<_>, Vec<_>) = labels.iter().partition(|label| *label == AWSCURRENT);
    for label in others.into_iter().chain(current) {
        move_label(versions, to, label);
    }
    let after = count(versions);
    if after > LABELS_PER_SECRET && after > before {
        return Err(SecretRefusal::TooManyLabels { count: after, limit: LABELS_PER_SECRET }.into());
    }
    Ok(())
}

/// What `UpdateSecretVersionStage` asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabelMove<'r> {
    pub(super) label: &'r str,
    pub(super) remove_from: Option<&'r str>,
    pub(super) move_to: Option<&'r str>,
}

impl LabelMove<'_> {
    /// Adds the label to a version, moves it from one to another, or removes it.
    ///
    /// # Errors
    /// `InvalidParameterException` for a version that is not there, or is not the one that has the label, and for the removal of `AWSCURRENT`;
    /// `LimitExceededException` as for [`move_labels`].
    pub(super) fn apply(self, versions: &mut [VersionRecord]) -> Result<()> {
        let Self { label, remove_from, move_to } = self;
        let named = [remove_from, move_to].into_iter().flatten();
        if let Some(id) = named.into_iter().find(|id| !versions.iter().any(|version| version.version_id == **id)) {
            return Err(SecretRefusal::NoSuchVersion((*id).to_owned()).into());
        }
        let holder = holder(versions, label).map(|version| version.version_id.clone());
        match (remove_from, move_to, holder.as_deref()) {
            (None, None, _) => Err(SecretRefusal::NoVersionNamed.into()),
            (Some(from), _, holder) if holder != Some(from) => {
                let (label, version_id) = (label.to_owned(), from.to_owned());
                Err(SecretRefusal::StageNotOnVersion { label, version_id, holder: holder.map(str::to_owned) }.into())
            }
            (None, Some(to), Some(holder)) if holder != to => {
                Err(SecretRefusal::StageOnOtherVersion { label: label.to_owned(), version_id: holder.to_owned() }.into())
            }
            (Some(_), None, _) if label == AWSCURRENT => Err(SecretRefusal::CurrentNotRemoved.into()),
            (_, Some(to), _) => move_labels(versions, to, &[label.to_owned()]),
            (Some(_), None, _) => {
                detach(versions, label);
                Ok(())
            }
        }
    }
}

/// The version that has a label.
pub(super) fn holder<'v>(versions: &'v [VersionRecord], label: &str) -> Option<&'v VersionRecord> {
    versions.iter().find(|version| version.version_stages.iter().any(|known| known == label))
}

fn count(versions: &[VersionRecord]) -> usize {
    versions.iter().map(|version| version.version_stages.len()).sum()
}

fn move_label(versions: &mut [VersionRecord], to: &str, label: &str) {
    let from = holder(versions, label).map(|version| version.version_id.clone());
    if from.as_deref() == Some(to) {
        return;
    }
    detach(versions, label);
    attach(versions, to, label);
    if let Some(from) = from.filter(|_| label == AWSCURRENT) {
        detach(versions, AWSPREVIOUS);
        attach(versions, &from, AWSPREVIOUS);
    }
}

fn detach(versions: &mut [VersionRecord], label: &str) {
    versions.iter_mut().for_each(|version| version.version_stages.retain(|known| known != label));
}

fn attach(versions: &mut [VersionRecord], to: &str, label: &str) {
    if let Some(version) = versions.iter_mut().find(|version| version.version_id == to) {
        version.version_stages.push(label.to_owned());
    }
}

#[cfg(test)]
mod tests;
