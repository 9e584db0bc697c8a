//! Encrypted data keys that no key at hand unwraps.

use std::borrow::Cow;

use super::{
    hint::{Hint, one},
    keys::{CALL_LIMIT, PRIVATE_KEY_LIMIT},
};
use crate::error::{Cause, EdkAttempt, EdkOutcome, KeyUseRefusal, PassedOver};

/// What would have let a key be asked that was passed over.
pub(super) fn of_attempts(attempts: &[EdkAttempt]) -> Vec<Hint> {
    attempts.iter().flat_map(|attempt| of_outcome(&attempt.outcome)).collect()
}

fn of_outcome(outcome: &EdkOutcome) -> Vec<Hint> {
    match outcome {
        EdkOutcome::PassedOver(PassedOver::OtherAccount { account, partition } | PassedOver::OtherPartition { account, partition }) => {
            vec![Cow::Owned(format!("--kms-discovery account={account},partition={partition} allows it to be asked"))]
        }
        EdkOutcome::PassedOver(PassedOver::OnRecord(_)) => one("--kms-key-id names the key"),
        EdkOutcome::PassedOver(PassedOver::UnknownPoint) => {
            one("--kms-key-id names the key, or 'coldseal kms import-public-key' makes it known")
        }
        EdkOutcome::Failed(Cause::KeyUse(KeyUseRefusal::CallLimit(_))) => one(CALL_LIMIT),
        EdkOutcome::Failed(Cause::KeyUse(KeyUseRefusal::PrivateKeyLimit(_))) => one(PRIVATE_KEY_LIMIT),
        EdkOutcome::PassedOver(PassedOver::OtherRegion { .. } | PassedOver::InSignedMessage)
        | EdkOutcome::Failed(_)
        | EdkOutcome::NoKeyHere
        | EdkOutcome::DoesNotUnwrap => Vec::new(),
    }
}
