//! The permissions in AWS that secrets' keys, and the secrets themselves, ask for: an identity policy for whoever packs, opens, replicates or
//! publishes, and statements for the keys' own policies. Both allow what is needed and no more. Nothing here is enforced, and nothing is asked.

mod document;
mod grants;
mod of_kms;
mod of_secrets_manager;
mod request;
mod resource;

use serde::Serialize;

pub use self::{
    document::{AllowStatement, IdentityPolicy, KeyPolicyStatements, MANAGED_POLICY_LENGTH},
    of_kms::{RegionLeftOut, WhyLeftOut},
    request::{PermissionRole, PermissionsRequest},
};
use self::{grants::Grants, resource::PlannedSecret};
use super::{Vault, family::Located, record::SecretRecord};
use crate::{
    arn::KeyArn,
    error::{Error, PolicyRefusal, Refusal, Result, SecretRefusal},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    policy,
    region::Region,
};

/// The permissions that a role needs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Permissions {
    /// For whoever has the role.
    pub policy_document: IdentityPolicy,
    /// For the policy of each key.
    pub key_policy_statements: Vec<KeyPolicyStatements>,
    /// What needs no permission, or cannot have one as it stands; not part of the document.
    #[serde(skip)]
    pub left_out: Vec<RegionLeftOut>,
    /// Keys that were taken for symmetric ones, as neither the keystore nor a bundle tells; not part of the document.
    #[serde(skip)]
    pub assumed_symmetric: Vec<KeyArn>,
}

/// What is known of a secret, and what of it counts.
enum Subject {
    OnRecord(Box<SecretRecord>, Region),
    Planned(PlannedSecret),
}

impl Vault {
    /// The permissions that a role needs for secrets. `kms` tells which keys are no keys of AWS: without it, only those are known that the
    /// embedded KMS makes by itself.
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `InvalidRequestException` where nothing has to be allowed; `InvalidParameterException` for a secret that is to be
    /// made where no key says in which Region.
    pub fn permissions(&self, kms: Option<&EmbeddedKms>, request: &PermissionsRequest) -> Result<Permissions> {
        if let Some(principal) = &request.principal {
            require_principal(principal)?;
        }
        let mut grants = Grants::default();
        let mut left_out = Vec::new();
        let keys = of_kms::KeysInAws { kms, options: &KeyOptions::default(), request };
        for secret_id in &request.secret_ids {
            match self.subject(secret_id, request)? {
                Subject::Planned(planned) => of_kms::of_planned(&mut grants, &keys, &planned, &mut left_out),
                Subject::OnRecord(record, _) if request.role == PermissionRole::Publisher => {
                    of_secrets_manager::of_publisher(&mut grants, &keys, &record, &mut left_out);
                }
                Subject::OnRecord(record, region) => of_kms::of_record(&mut grants, &keys, &record, region, &mut left_out),
            }
        }
        left_out.dedup();
        if grants.is_empty() {
            return Err(PolicyRefusal::NothingToAllow.into());
        }
        Ok(Permissions {
            policy_document: document::identity_policy(request.role, &grants),
            key_policy_statements: document::key_statements(request.role, &grants, request.principal.as_deref()),
            left_out,
            assumed_symmetric: grants.into_assumed_symmetric(),
        })
    }

    fn subject(&self, secret_id: &str, request: &PermissionsRequest) -> Result<Subject> {
        let is_to_be_made = request.role == PermissionRole::Packer && !request.keys.is_empty() && !secret_id.starts_with("arn:");
        if is_to_be_made && !self.is_there()? {
            return PlannedSecret::of(secret_id, request).map(Subject::Planned);
        }
        // An ARN tells its Region.
        match self.find(secret_id, request.region.filter(|_| !secret_id.starts_with("arn:"))) {
            Ok((Located { record, .. }, region)) => Ok(Subject::OnRecord(Box::new(record), region)),
            Err(Error::Service(refusal)) if is_to_be_made && matches!(*refusal, Refusal::Secret(SecretRefusal::NotFound)) => {
                PlannedSecret::of(secret_id, request).map(Subject::Planned)
            }
            Err(error) => Err(error),
        }
    }
}

fn require_principal(principal: &str) -> Result<()> {
    match policy::check_principal(principal) {
        Ok(()) => Ok(()),
        Err(what) => Err(PolicyRefusal::UnsupportedPrincipal(what).into()),
    }
}
