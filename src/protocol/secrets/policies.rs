//! Policies of secrets: stored and shown, never enforced.

use super::kinds::{ARN, RESOURCE_POLICY, SECRET_ID};
use crate::{
    error::{PolicyRefusal, Result},
    protocol::{
        answer::Answer,
        member::{Kind, Member, Pattern},
        operation::{Operation, Run, Secrets},
        request::Request,
    },
    vault::{PublicPolicy, ResourcePolicy, limits::NAME_LENGTH},
};

const POLICY_NAME: Kind = Kind::Text {
    length: 1..=64,
    pattern: Some(&Pattern {
        text: r"[0-9A-Za-z\-\_]+",
        matches: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
    }),
};
/// The only policy that a secret has.
const ONLY_NAME: &str = "default";
const NAME: Kind = Kind::text(NAME_LENGTH);
const CHANGED: &[Member] = &[Member::optional("ARN", ARN), Member::optional("Name", NAME), Member::optional("PolicyName", POLICY_NAME)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets(
        "DeleteResourcePolicy",
        &[Member::required("SecretId", SECRET_ID), Member::optional("PolicyName", POLICY_NAME)],
        CHANGED,
        Run::ChangeRecord(delete_resource_policy),
    ),
    Operation::secrets(
        "GetResourcePolicy",
        &[Member::required("SecretId", SECRET_ID), Member::optional("PolicyName", POLICY_NAME)],
        &[
            Member::optional("ARN", ARN),
            Member::optional("Name", NAME),
            Member::optional("ResourcePolicy", RESOURCE_POLICY),
            Member::optional("PolicyName", POLICY_NAME),
        ],
        Run::Secrets(get_resource_policy),
    ),
    Operation::secrets(
        "PutResourcePolicy",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::required("ResourcePolicy", RESOURCE_POLICY),
            Member::optional("PolicyName", POLICY_NAME),
            Member::optional("BlockPublicPolicy", Kind::Boolean),
        ],
        CHANGED,
        Run::ChangeRecord(put_resource_policy),
    ),
    Operation::secrets(
        "ValidateResourcePolicy",
        &[Member::optional("SecretId", SECRET_ID), Member::required("ResourcePolicy", RESOURCE_POLICY)],
        &[
            Member::optional("PolicyValidationPassed", Kind::Boolean),
            Member::optional(
                "ValidationErrors",
                Kind::structures(&[Member::optional("CheckName", Kind::text(1..=512)), Member::optional("ErrorMessage", Kind::ANY_TEXT)]),
            ),
        ],
        Run::Secrets(validate_resource_policy),
    ),
];

fn delete_resource_policy(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    check_name(request)?;
    let Secrets { vault, kms, region, .. } = *secrets;
    Answer::document(&vault.delete_resource_policy(kms, request.required_text("SecretId")?, region)?)
}

fn get_resource_policy(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    check_name(request)?;
    Answer::document(&secrets.vault.resource_policy(request.required_text("SecretId")?, secrets.region)?)
}

fn put_resource_policy(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    check_name(request)?;
    let policy: ResourcePolicy = request.required_text("ResourcePolicy")?.parse()?;
    let public = if request.is_set("BlockPublicPolicy") { PublicPolicy::Block } else { PublicPolicy::Allow };
    let Secrets { vault, kms, region, .. } = *secrets;
    Answer::document(&vault.put_resource_policy(kms, request.required_text("SecretId")?, region, &policy, public)?)
}

/// A secret that is named has to be there; its policy is not looked at.
fn validate_resource_policy(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let validation = ResourcePolicy::validate(request.required_text("ResourcePolicy")?)?;
    if let Some(secret_id) = request.text("SecretId") {
        secrets.vault.resource_policy(secret_id, secrets.region)?;
    }
    Answer::document(&validation)
}

fn check_name(request: &Request) -> Result<()> {
    match request.text("PolicyName") {
        None | Some(ONLY_NAME) => Ok(()),
        Some(_) => Err(PolicyRefusal::OtherName.into()),
    }
}
