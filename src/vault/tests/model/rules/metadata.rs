//! What is known of a secret besides its values.

use super::super::{
    POLICIES, PUBLIC_POLICY,
    operation::At,
    world::{MarkedSecrets, ModelDeletion, Refusable, World},
};
use crate::{error::ErrorCode, vault::RecoveryWindow};

impl World {
    pub(super) fn delete(&self, at: At, recovery: RecoveryWindow) -> Refusable<Self> {
        let days = match recovery {
            RecoveryWindow::Default => 30,
            RecoveryWindow::Days(days) if (7..=30).contains(&days) => days,
            RecoveryWindow::Days(_) => return Err(ErrorCode::InvalidParameterException),
            RecoveryWindow::None => return self.delete_now(at),
        };
        self.change(at, |secret| {
            if !secret.replicas.is_empty() {
                return Err(ErrorCode::InvalidParameterException);
            }
            secret.deletion = Some(ModelDeletion { marked: self.now, due: self.now + 24 * days });
            Ok(())
        })
    }

    /// "If you use ForceDeleteWithoutRecovery with an already deleted or nonexistent secret, the operation does not return
    /// ResourceNotFoundException."
    fn delete_now(&self, at: At) -> Refusable<Self> {
        let secret = match self.find_primary(MarkedSecrets::FoundWhenDue, at.name, at.region) {
            Err(ErrorCode::ResourceNotFoundException) => return Ok(self.clone()),
            found => found?,
        };
        if !secret.replicas.is_empty() {
            return Err(ErrorCode::InvalidParameterException);
        }
        let mut after = self.clone();
        after.secrets.remove(&(at.name, secret.primary));
        Ok(after)
    }

    pub(super) fn restore(&self, at: At) -> Refusable<Self> {
        self.change_marked(MarkedSecrets::Found, at, |secret| {
            secret.deletion = None;
            Ok(())
        })
    }

    pub(super) fn tag(&self, at: At, key: &str, value: &str) -> Refusable<Self> {
        if key.starts_with("aws:") {
            return Err(ErrorCode::InvalidParameterException);
        }
        self.change(at, |secret| {
            secret.tags.insert(key.to_owned(), value.to_owned());
            Ok(())
        })
    }

    pub(super) fn put_policy(&self, at: At, policy: usize, blocks_public: bool) -> Refusable<Self> {
        assert!(policy < POLICIES.len(), "one of them");
        if blocks_public && policy == PUBLIC_POLICY {
            return Err(ErrorCode::PublicPolicyException);
        }
        self.change(at, |secret| {
            secret.policy = Some(policy);
            Ok(())
        })
    }
}
