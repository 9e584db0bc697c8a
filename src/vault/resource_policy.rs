//! The policy of a secret: its form, and what it means.

mod validation;

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

pub use self::validation::{PolicyCheck, PolicyValidation};
use super::limits::RESOURCE_POLICY_LENGTH;
use crate::{
    error::{Constraint, Error, PolicyRefusal, Result, Violation},
    policy::{self, Policy, PolicyFault},
};

const LIMIT: usize = *RESOURCE_POLICY_LENGTH.end();

/// A [resource-based policy](https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html): 1 to 20,480
/// characters of JSON in the grammar of policies, kept as they were given. **Nothing here enforces it.**
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct ResourcePolicy(String);

impl ResourcePolicy {
    /// The policy as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Refuses a policy that is open to everyone: one with a statement that allows something to everyone, and is not limited, itself or by a
    /// denial to all others, to fixed values of `aws:SourceArn`, `aws:SourceVpc`, `aws:SourceVpce`, `aws:SourceAccount`, `aws:SourceOwner`,
    /// `aws:PrincipalOrgID`, `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:userid`, or to narrow ranges of `aws:SourceIp`.
    ///
    /// # Errors
    /// `PublicPolicyException`.
    pub fn require_not_public(&self) -> Result<()> {
        // What a release has stored may not be taken as new; then nobody knows whom it lets in.
        let policy = Policy::new(&self.0).map_err(|faults| Error::from(refusal(policy::first(faults))))?;
        policy.broad_access().map_or(Ok(()), |place| Err(PolicyRefusal::BroadAccess(place.to_owned()).into()))
    }
}

fn check_length(text: &str) -> Result<()> {
    const PARAMETER: &str = "resourcePolicy";
    if text.is_empty() {
        return Err(Violation::new(PARAMETER, Constraint::LeastLength(1)).into());
    }
    if text.chars().count() > LIMIT {
        return Err(Violation::new(PARAMETER, Constraint::MostLength(LIMIT)).into());
    }
    Ok(())
}

fn refusal(fault: PolicyFault) -> PolicyRefusal {
    match fault {
        PolicyFault::Syntax(what) => PolicyRefusal::Syntax(what),
        PolicyFault::Principal(what) => PolicyRefusal::UnsupportedPrincipal(what),
        PolicyFault::ServicePrincipal(what) => PolicyRefusal::InvalidServicePrincipal(what),
    }
}

impl FromStr for ResourcePolicy {
    type Err = Error;

    /// # Errors
    /// `ValidationException` for the length, `MalformedPolicyDocumentException` for grammar, elements and forms of principals.
    fn from_str(text: &str) -> Result<Self> {
        check_length(text)?;
        Policy::new(text).map_err(|faults| Error::from(refusal(policy::first(faults))))?;
        Ok(Self(text.to_owned()))
    }
}

/// Of a record: what a release has stored is read, whatever is asked of new policies.
impl<'de> Deserialize<'de> for ResourcePolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        check_length(&text).and_then(|()| policy::check_grammar(&text)).map_err(D::Error::custom)?;
        Ok(Self(text))
    }
}

impl From<ResourcePolicy> for String {
    fn from(policy: ResourcePolicy) -> Self {
        policy.0
    }
}

#[cfg(test)]
mod tests;
