//! Rotation of secrets: the rules, and turning them off. Whoever takes the steps of a rotation puts values and moves labels.

use super::{
    kinds::{ARN, EXTERNAL_ROTATION_METADATA, NAME, SECRET_ID, VERSION_ID},
    seal::rotation_rules,
};
use crate::{
    error::{Result, RotationRefusal, SecretRefusal},
    protocol::{
        answer::Answer,
        member::{Kind, Member, Pattern},
        operation::{Operation, Run, Secrets},
        request::Request,
    },
    vault::limits::{AUTOMATICALLY_AFTER_DAYS, SCHEDULE_EXPRESSION_LENGTH},
};

/// What a request may ask for; answers have the same without patterns.
const GIVEN_ROTATION_RULES: Kind = Kind::Structure(&[
    Member::optional("AutomaticallyAfterDays", Kind::Integer(AUTOMATICALLY_AFTER_DAYS)),
    Member::optional("Duration", Kind::Text { length: 2..=3, pattern: Some(&Pattern { text: "[0-9]+h", matches: is_hours }) }),
    Member::optional(
        "ScheduleExpression",
        Kind::Text {
            length: SCHEDULE_EXPRESSION_LENGTH,
            pattern: Some(&Pattern {
                text: r"[0-9A-Za-z\(\)#\?\*\-\/, ]+",
                matches: |text| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "()#?*-/, ".contains(c)),
            }),
        },
    ),
]);

const ANSWERED: &[Member] = &[Member::optional("ARN", ARN), Member::optional("Name", NAME), Member::optional("VersionId", VERSION_ID)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets("CancelRotateSecret", &[Member::required("SecretId", SECRET_ID)], ANSWERED, Run::ChangeRecord(cancel_rotate_secret)),
    Operation::secrets(
        "RotateSecret",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::optional("ClientRequestToken", VERSION_ID),
            Member::optional("RotationLambdaARN", Kind::text(0..=2048)),
            Member::optional("RotationRules", GIVEN_ROTATION_RULES),
            Member::optional("ExternalSecretRotationMetadata", EXTERNAL_ROTATION_METADATA),
            Member::optional("ExternalSecretRotationRoleArn", ARN),
            Member::optional("RotateImmediately", Kind::Boolean),
        ],
        ANSWERED,
        Run::ChangeRecord(rotate_secret),
    ),
];

fn cancel_rotate_secret(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, region, .. } = *secrets;
    Answer::document(&vault.cancel_rotate_secret(kms, request.required_text("SecretId")?, region)?)
}

fn rotate_secret(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    require_no_function(request)?;
    let Secrets { vault, kms, region, .. } = *secrets;
    let rules = rotation_rules(request)?.filter(|_| !request.is_set("RotateImmediately"));
    let of = (request.required_text("SecretId")?, region);
    let Some(rules) = rules else {
        // What is wrong with the secret comes first.
        vault.find_to_rotate(of.0, of.1)?;
        return Err(SecretRefusal::Rotation(RotationRefusal::NoFunction).into());
    };
    Answer::document(&vault.set_rotation_rules(kms, of, &rules, request.text("ClientRequestToken"))?)
}

/// Refuses what AWS would have a function of its own do.
///
/// # Errors
/// `InvalidParameterException`.
pub(crate) fn require_no_function(request: &Request) -> Result<()> {
    let functions = ["RotationLambdaARN", "ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn"];
    let named = functions.into_iter().find(|member| request.text(member).is_some() || !request.structures(member).is_empty());
    named.map_or(Ok(()), |member| Err(SecretRefusal::Rotation(RotationRefusal::NotRunHere(member)).into()))
}

/// `[0-9]+h`
fn is_hours(text: &str) -> bool {
    text.strip_suffix('h').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
