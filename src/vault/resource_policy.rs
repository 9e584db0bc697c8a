//! The policy of a secret: [PutResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html),
//! [GetResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html) and
//! [DeleteResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteResourcePolicy.html). A secret has one record, so
//! that all of its Regions have the same policy.

mod validation;

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

pub use self::validation::{PolicyCheck, PolicyValidation};
use super::{Vault, family::Located, limits::RESOURCE_POLICY_LENGTH, record::SecretRecord};
use crate::{
    arn::SecretArn,
    error::{Constraint, Error, PolicyRefusal, Result, Violation},
    kms::EmbeddedKms,
    policy::{self, Policy, PolicyFault},
    region::Region,
};

const LIMIT: usize = *RESOURCE_POLICY_LENGTH.end();

/// A [resource-based policy](https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html): 1 to 20,480
/// characters of JSON in the grammar of policies, kept as they were given. **Nothing here enforces it.**
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct ResourcePolicy(String);

/// Whether a secret may get a policy that is open to everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PublicPolicy {
    /// As in AWS, unless something else is asked for.
    #[default]
    Allow,
    /// It is refused.
    Block,
}

/// The answer of the operations on a secret's policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SecretPolicy {
    /// The secret's ARN in the Region that answers.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
    /// The policy, where it was asked for and there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<ResourcePolicy>,
}

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

impl Vault {
    /// Gives a secret its policy, in the place of the one that it has. Nothing is written where it is the same. `kms` is the keystore at hand:
    /// without it the record loses its tag, so that keys and Regions on it count for nothing until it is accepted.
    ///
    /// # Errors
    /// `PublicPolicyException`; `InvalidParameterException` in a replica's Region; `ResourceNotFoundException`.
    pub fn put_resource_policy(
        &self,
        kms: Option<&EmbeddedKms>,
        secret_id: &str,
        region: Option<Region>,
        policy: &ResourcePolicy,
        public: PublicPolicy,
    ) -> Result<SecretPolicy> {
        if public == PublicPolicy::Block {
            policy.require_not_public()?;
        }
        self.change_policy(kms, secret_id, region, |record| record.resource_policy = Some(policy.clone()))
    }

    /// Takes a secret's policy away; one that has none is as it should be.
    ///
    /// # Errors
    /// As for [`Vault::put_resource_policy`].
    pub fn delete_resource_policy(&self, kms: Option<&EmbeddedKms>, secret_id: &str, region: Option<Region>) -> Result<SecretPolicy> {
        self.change_policy(kms, secret_id, region, |record| record.resource_policy = None)
    }

    /// The policy of a secret, as it was given.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, no vault, or a damaged record.
    pub fn resource_policy(&self, secret_id: &str, region: Option<Region>) -> Result<SecretPolicy> {
        let (Located { record, .. }, region) = self.find(secret_id, region)?;
        Ok(SecretPolicy { arn: record.arn.in_region(region), name: record.name, resource_policy: record.resource_policy })
    }

    fn change_policy(
        &self,
        kms: Option<&EmbeddedKms>,
        secret_id: &str,
        region: Option<Region>,
        change: impl Fn(&mut SecretRecord),
    ) -> Result<SecretPolicy> {
        let Located { record, .. } = self.change_record(kms, secret_id, region, |record| {
            change(record);
            Ok(())
        })?;
        Ok(SecretPolicy { arn: record.arn, name: record.name, resource_policy: None })
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
