//! [ValidateResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html).

use serde::{Serialize, Serializer};

use super::{ResourcePolicy, check_length, refusal};
use crate::{
    error::Result,
    policy::{Policy, PolicyFault},
};

/// The checks that a policy can fail, by the headings under which AWS's
/// [documentation](https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_secret-policy.html) has their messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyCheck {
    /// Grammar and elements.
    SyntaxError,
    /// Principals that no policy can name.
    InvalidPrincipal,
    /// Services that are none.
    InvalidServicePrincipal,
    /// Open to everyone.
    BroadAccess,
    /// Nobody could change it again.
    Lockout,
}

impl PolicyCheck {
    /// As answers have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyntaxError => "Syntax Error",
            Self::InvalidPrincipal => "Invalid Principal",
            Self::InvalidServicePrincipal => "Invalid Service Principal",
            Self::BroadAccess => "Broad Access",
            Self::Lockout => "Lockout",
        }
    }
}

impl Serialize for PolicyCheck {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PolicyValidation {
    /// True if nothing is.
    pub policy_validation_passed: bool,
    /// Everything that is.
    pub validation_errors: Vec<FailedCheck>,
}

/// A check that a policy failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FailedCheck {
    /// Which one.
    pub check_name: PolicyCheck,
    /// AWS's sentence, then where it is.
    pub error_message: String,
}

impl ResourcePolicy {
    /// All that is wrong with a text as the policy of a secret. Whether a principal is there, and who it is that asks, cannot be told offline.
    ///
    /// # Errors
    /// `ValidationException` for the length.
    pub fn validate(text: &str) -> Result<PolicyValidation> {
        check_length(text)?;
        let validation_errors = match Policy::new(text) {
            Ok(policy) => of_meaning(&policy),
            Err(faults) => faults.into_iter().map(of_form).collect(),
        };
        Ok(PolicyValidation { policy_validation_passed: validation_errors.is_empty(), validation_errors })
    }
}

fn of_form(fault: PolicyFault) -> FailedCheck {
    let check_name = match fault {
        PolicyFault::Syntax(_) => PolicyCheck::SyntaxError,
        PolicyFault::Principal(_) => PolicyCheck::InvalidPrincipal,
        PolicyFault::ServicePrincipal(_) => PolicyCheck::InvalidServicePrincipal,
    };
    FailedCheck { check_name, error_message: refusal(fault).to_string() }
}

fn of_meaning(policy: &Policy) -> Vec<FailedCheck> {
    let broad = policy.broad_access().map(|place| FailedCheck {
        check_name: PolicyCheck::BroadAccess,
        error_message: format!("This resource policy grants broad access to your secret. {place} allows it to everyone"),
    });
    let lockout = policy.lockout().map(|place| FailedCheck {
        check_name: PolicyCheck::Lockout,
        error_message: format!(
            "Your requested changes will not allow you to manage this secret in the future. {place} denies it to everyone"
        ),
    });
    broad.into_iter().chain(lockout).collect()
}
