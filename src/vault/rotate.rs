//! [RotateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html) and
//! [CancelRotateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html): what is on record of a rotation.
//! The steps themselves are somebody else's: no lock is held while they are taken.

use serde::Serialize;

use super::{
    Vault,
    new_version::version_id,
    parameters::check_token,
    read::{SecretValueEntry, VersionSelector},
    record::{AWSCURRENT, SecretRecord},
    rotation::RotationRules,
    secret_members::rotation_due,
    stages::{AWSPENDING, LabelMove, holder, move_labels},
};
use crate::{
    arn::SecretArn,
    error::{Result, RotationRefusal, SecretRefusal},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    timestamp::Timestamp,
};

/// The answer of `RotateSecret` and `CancelRotateSecret`. `RotationDueDate` is coldseal's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RotationChange {
    /// The secret's ARN.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// Its name.
    pub name: String,
    /// The version that the rotation made or, where it is cancelled, left behind; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The date on or before which the rules want the value changed next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_due_date: Option<Timestamp>,
}

impl RotationChange {
    fn of(record: SecretRecord, version_id: Option<String>) -> Self {
        let rotation_due_date = record.rotation_rules.as_ref().and_then(|rules| rotation_due(&record, rules));
        Self { arn: record.arn, name: record.name, version_id, rotation_due_date }
    }
}

/// A rotation in progress: what its steps need to know.
#[derive(Debug)]
#[non_exhaustive]
pub struct SecretRotation {
    /// The secret's ARN.
    pub arn: SecretArn,
    /// The token of the rotation, which is the id of the version that it makes.
    pub version_id: String,
    /// The version in use.
    pub current: SecretValueEntry,
    /// The version that is being made, where an earlier try has made its value.
    pub pending: Option<SecretValueEntry>,
    /// The version is in use already: the rotation was finished.
    pub is_finished: bool,
}

/// How far the rotation with a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RotationState {
    New,
    /// Its version has `AWSPENDING`.
    Begun,
    /// Its version is in use.
    Finished,
}

impl Vault {
    /// Keeps rotation rules in place of those that there are, and turns on what was cancelled. `kms` is as for [`Vault::tag_resource`]; `token` is
    /// that of a rotation in progress which is to go on.
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `InvalidParameterException` in a replica's Region; `InvalidRequestException` where another rotation is in
    /// progress.
    pub fn set_rotation_rules(
        &self,
        kms: Option<&EmbeddedKms>,
        (secret_id, region): (&str, Option<Region>),
        rules: &RotationRules,
        token: Option<&str>,
    ) -> Result<RotationChange> {
        let changed = self.change_record(kms, secret_id, region, |record| put_rotation_rules(record, rules, token))?;
        Ok(RotationChange::of(changed.record, None))
    }

    /// Turns rotation off: the rules stay, and want nothing any more. A version that a rotation has left stays too, and is named. `kms` is as for
    /// [`Vault::tag_resource`].
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `InvalidParameterException` in a replica's Region.
    pub fn cancel_rotate_secret(&self, kms: Option<&EmbeddedKms>, secret_id: &str, region: Option<Region>) -> Result<RotationChange> {
        let changed = self.change_record(kms, secret_id, region, |record| {
            record.is_rotation_cancelled = record.rotation_rules.is_some();
            Ok(())
        })?;
        let left = unfinished(&changed.record).map(str::to_owned);
        Ok(RotationChange::of(changed.record, left))
    }

    /// Begins a rotation, or goes on with the one that has this token: opens what its steps need. Nothing is written.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, for a secret without a value too; `InvalidParameterException` in a replica's Region;
    /// `InvalidRequestException` where another rotation is in progress; `ResourceExistsException` where the token is that of another version; as
    /// for [`Vault::get_secret_value_by`].
    pub fn begin_rotation(
        &self,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        (secret_id, region): (&str, Option<Region>),
        token: Option<&str>,
    ) -> Result<SecretRotation> {
        check_token(token)?;
        let (record, region) = self.find_to_rotate(secret_id, region)?;
        let state = state(&record, token)?;
        let version_id = version_id(token)?;
        let open = |selector: VersionSelector| self.get_secret_value_by(kms, keys, &record.arn.to_string(), Some(region), &selector);
        let of_id = VersionSelector { version_id: Some(version_id.clone()), version_stage: None };
        Ok(SecretRotation {
            current: open(VersionSelector::default())?,
            pending: if state == RotationState::Begun { Some(open(of_id)?) } else { None },
            is_finished: state == RotationState::Finished,
            arn: record.arn,
            version_id,
        })
    }

    /// A secret that may be rotated: it is there, and the Region is its primary one.
    ///
    /// # Errors
    /// As for [`Vault::begin_rotation`], of the secret.
    pub(crate) fn find_to_rotate(&self, secret_id: &str, region: Option<Region>) -> Result<(SecretRecord, Region)> {
        let (secret, region) = self.find(secret_id, region)?;
        if region == secret.record.primary_region() { Ok((secret.record, region)) } else { Err(SecretRefusal::OnReplica.into()) }
    }

    /// Finishes a rotation: its version gets `AWSCURRENT` and loses `AWSPENDING`, the one that was in use gets `AWSPREVIOUS`. `kms` is as for
    /// [`Vault::tag_resource`].
    ///
    /// # Errors
    /// `InvalidRequestException` where labels have moved since the rotation began; `ResourceNotFoundException`.
    pub fn finish_rotation(&self, kms: Option<&EmbeddedKms>, rotation: &SecretRotation) -> Result<RotationChange> {
        let SecretRotation { arn, version_id, current, .. } = rotation;
        let now = Timestamp::now()?;
        let changed = self.change_record(kms, &arn.to_string(), None, |record| {
            let has = |label: &str, id: &str| holder(&record.versions, label).is_some_and(|version| version.version_id == *id);
            if has(AWSCURRENT, version_id) {
                return Ok(());
            }
            if !has(AWSPENDING, version_id) || !has(AWSCURRENT, &current.version_id) {
                return Err(SecretRefusal::Rotation(RotationRefusal::LabelsMoved { version_id: version_id.clone() }).into());
            }
            move_labels(&mut record.versions, version_id, &[AWSCURRENT.to_owned()])?;
            LabelMove { label: AWSPENDING, remove_from: Some(version_id), move_to: None }.apply(&mut record.versions)?;
            record.last_rotated_date = Some(now);
            Ok(())
        })?;
        Ok(RotationChange::of(changed.record, Some(version_id.clone())))
    }
}

/// The version that a rotation has left: with `AWSPENDING`, and without `AWSCURRENT`.
fn unfinished(record: &SecretRecord) -> Option<&str> {
    let pending = holder(&record.versions, AWSPENDING)?;
    let is_current = pending.version_stages.iter().any(|label| label == AWSCURRENT);
    (!is_current).then_some(pending.version_id.as_str())
}

/// Keeps rules, and turns on what was cancelled.
///
/// # Errors
/// As for [`state`].
pub(super) fn put_rotation_rules(record: &mut SecretRecord, rules: &RotationRules, token: Option<&str>) -> Result<()> {
    state(record, token)?;
    record.rotation_rules = Some(rules.clone());
    record.is_rotation_cancelled = false;
    Ok(())
}

/// How far the rotation with this token is.
///
/// # Errors
/// `InvalidRequestException` where another one is in progress; `ResourceExistsException` where the token is that of another version.
fn state(record: &SecretRecord, token: Option<&str>) -> Result<RotationState> {
    let is_token = |id: &str| token == Some(id);
    if record.version_with_stage(AWSCURRENT).is_some_and(|current| is_token(&current.version_id)) {
        return Ok(RotationState::Finished);
    }
    match (unfinished(record), token) {
        (Some(pending), _) if is_token(pending) => Ok(RotationState::Begun),
        (Some(pending), _) => Err(SecretRefusal::Rotation(RotationRefusal::InProgress { version_id: pending.to_owned() }).into()),
        (None, Some(token)) if record.version(token).is_some() => {
            Err(SecretRefusal::TokenInUse { token: token.to_owned(), secret: record.arn.clone() }.into())
        }
        (None, _) => Ok(RotationState::New),
    }
}
