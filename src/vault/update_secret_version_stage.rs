//! [UpdateSecretVersionStage](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html): a staging label is
//! attached, moved or removed.

use super::{
    Vault,
    parameters::{check_version_id, check_version_stage},
    secret_change::SecretIdentity,
    stages::LabelMove,
};
use crate::{error::Result, kms::EmbeddedKms, region::Region};

/// A request to move a staging label.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UpdateSecretVersionStage {
    /// Name, ARN or partial ARN.
    pub secret_id: String,
    /// The Region of the request; must be the primary.
    pub region: Option<Region>,
    /// The label, 1 to 256 characters.
    pub version_stage: String,
    /// The version that has it, where one has.
    pub remove_from_version_id: Option<String>,
    /// The version that is to have it; `None` removes it.
    pub move_to_version_id: Option<String>,
}

impl UpdateSecretVersionStage {
    /// A label of a secret, and neither of the versions yet.
    #[must_use]
    pub fn new(secret_id: impl Into<String>, version_stage: impl Into<String>) -> Self {
        let (secret_id, version_stage) = (secret_id.into(), version_stage.into());
        Self { secret_id, region: None, version_stage, remove_from_version_id: None, move_to_version_id: None }
    }
}

impl Vault {
    /// Moves a label; where `AWSCURRENT` moves, `AWSPREVIOUS` goes to the version that it was removed from. Nothing is written where nothing
    /// changes. `kms` is the keystore at hand: without it the record loses its tag, so that keys and Regions on it count for nothing until it is
    /// accepted.
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `InvalidParameterException` in a replica's Region, for a version that is not there or has not the label, and for
    /// the removal of `AWSCURRENT`; `LimitExceededException` for more than 20 labels.
    pub fn update_secret_version_stage(&self, kms: Option<&EmbeddedKms>, request: &UpdateSecretVersionStage) -> Result<SecretIdentity> {
        check_version_stage(&request.version_stage)?;
        let (remove_from, move_to) = (request.remove_from_version_id.as_deref(), request.move_to_version_id.as_deref());
        [remove_from, move_to].into_iter().flatten().try_for_each(check_version_id)?;
        let label = LabelMove { label: &request.version_stage, remove_from, move_to };
        let changed = self.change_record(kms, &request.secret_id, request.region, |record| label.apply(&mut record.versions))?;
        Ok(SecretIdentity { arn: changed.record.arn, name: changed.record.name })
    }
}
