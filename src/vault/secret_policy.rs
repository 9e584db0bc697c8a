//! [PutResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html),
//! [GetResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html) and
//! [DeleteResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteResourcePolicy.html). A secret has one record, so
//! that all of its Regions have the same policy.

use serde::Serialize;

use super::{Vault, family::Located, record::SecretRecord, resource_policy::ResourcePolicy};
use crate::{arn::SecretArn, error::Result, kms::EmbeddedKms, region::Region};

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
