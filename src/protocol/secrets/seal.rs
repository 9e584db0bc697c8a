//! Secrets, sealed: made, and replicated to further Regions.

use super::{
    kinds::{
        ARN, DESCRIPTION, KMS_KEY_ID, NAME, REGION, REPLICATION_STATUS, RESOURCE_POLICY, ROTATION_RULES, SECRET_ID, TAGS, TYPE, VERSION_ID,
    },
    passwords::GENERATE_SECRET_STRING,
};
use crate::{
    error::{Error, Result},
    protocol::{
        answer::Answer,
        member::{ANY_COUNT, Kind, Member},
        operation::{Operation, Own, Run, Sealing},
        request::Request,
        value::Value,
    },
    region::Region,
    vault::{
        CreateSecret, MAX_SECRET_LENGTH, NameClash, ReplicaRegion, ReplicateSecret, ResourcePolicy, RotationRules, RotationRulesType, Tag,
        limits::NAME_LENGTH,
    },
};

/// The member for replica Regions.
pub(crate) const ADD_REPLICA_REGIONS: Member = Member::required("AddReplicaRegions", REPLICA_REGIONS);
/// The members for a new secret's value.
pub(crate) const SECRET_BINARY: Member = Member::optional("SecretBinary", Kind::Blob(1..=MAX_SECRET_LENGTH));
pub(crate) const SECRET_STRING: Member = Member::optional("SecretString", Kind::SecretText(1..=MAX_SECRET_LENGTH));
/// The member for a new secret's tags.
pub(crate) const TAGS_MEMBER: Member = Member::optional("Tags", TAGS);
const REPLICA_REGIONS: Kind = Kind::Structures {
    count: 1..=*ANY_COUNT.end(),
    members: &[Member::demanded("Region", REGION), Member::optional("KmsKeyId", KMS_KEY_ID)],
};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets(
        "CreateSecret",
        &[
            Member::required("Name", Kind::text(NAME_LENGTH)),
            Member::optional("ClientRequestToken", VERSION_ID),
            Member::optional("Description", DESCRIPTION),
            Member::optional("KmsKeyId", KMS_KEY_ID),
            SECRET_BINARY,
            SECRET_STRING,
            TAGS_MEMBER,
            Member::optional("AddReplicaRegions", REPLICA_REGIONS),
            Member::optional("ForceOverwriteReplicaSecret", Kind::Boolean),
            Member::optional("Type", TYPE),
        ],
        &[
            Member::optional("ARN", ARN),
            Member::optional("Name", NAME),
            Member::optional("VersionId", VERSION_ID),
            Member::optional("ReplicationStatus", REPLICATION_STATUS),
        ],
        Run::SealSecrets(create_secret),
    )
    .with_own_input(&[
        GENERATE_SECRET_STRING,
        Member::optional("ResourcePolicy", RESOURCE_POLICY),
        Member::optional("RotationRules", ROTATION_RULES),
    ]),
    Operation::secrets(
        "ReplicateSecretToRegions",
        &[Member::required("SecretId", SECRET_ID), ADD_REPLICA_REGIONS, Member::optional("ForceOverwriteReplicaSecret", Kind::Boolean)],
        &[Member::optional("ARN", ARN), Member::optional("ReplicationStatus", REPLICATION_STATUS)],
        Run::SealSecrets(replicate_secret_to_regions),
    ),
];

fn create_secret(sealing: &mut Sealing<'_>, request: &Request) -> Result<Answer> {
    let region = sealing.region.ok_or(Error::Misuse("a secret is made in a Region"))?;
    let asked = asked_to_create(request, &mut sealing.own, region)?;
    let change = sealing.vault.create_secret(sealing.session, &sealing.own.keys, &asked)?;
    Ok(Answer::Changed(Box::new(change)))
}

/// What a request, and what coldseal's own flags say, ask to be made; takes it out of `own`, but for the keys.
///
/// # Errors
/// A request without a name.
pub(crate) fn asked_to_create(request: &Request, own: &mut Own, region: Region) -> Result<CreateSecret> {
    let text = |name| request.text(name).map(str::to_owned);
    Ok(CreateSecret {
        name: request.required_text("Name")?.to_owned(),
        value: own.value.take(),
        region,
        kms_key_id: text("KmsKeyId"),
        replicas: replicas(request),
        name_clash: name_clash(request),
        description: text("Description"),
        tags: tags(request),
        encryption_context: std::mem::take(&mut own.encryption_context),
        resource_policy: own.resource_policy.take(),
        rotation_rules: own.rotation_rules.take(),
        client_request_token: text("ClientRequestToken"),
        data_key_scope: own.data_key_scope,
        suite: own.suite.unwrap_or_default(),
        on_problem: own.on_problem,
        account: own.account.take(),
    })
}

fn replicate_secret_to_regions(sealing: &mut Sealing<'_>, request: &Request) -> Result<Answer> {
    let own = &mut sealing.own;
    let asked = ReplicateSecret {
        secret_id: request.required_text("SecretId")?.to_owned(),
        region: sealing.region,
        replicas: replicas(request),
        name_clash: name_clash(request),
        on_problem: own.on_problem,
        keys: std::mem::take(&mut own.keys),
    };
    let change = sealing.vault.replicate_secret_to_regions(sealing.session, &asked);
    own.keys = asked.keys;
    change.map(|change| Answer::Changed(Box::new(change)))
}

/// The replica Regions that a request asks for.
pub(crate) fn replicas(request: &Request) -> Vec<ReplicaRegion> {
    let pairs = request.text_pairs("AddReplicaRegions", "Region", "KmsKeyId").into_iter();
    pairs.map(|(region, key)| ReplicaRegion { region, kms_key_id: Some(key).filter(|key| !key.is_empty()) }).collect()
}

/// The tags of a request.
pub(crate) fn tags(request: &Request) -> Vec<Tag> {
    request.text_pairs("Tags", "Key", "Value").into_iter().map(|(key, value)| Tag { key, value }).collect()
}

/// The resource policy of a request to create.
///
/// # Errors
/// `MalformedPolicyDocumentException`.
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "AWS has it in a request of its own"))]
pub(crate) fn resource_policy(request: &Request) -> Result<Option<ResourcePolicy>> {
    request.text("ResourcePolicy").map(str::parse).transpose()
}

/// The rotation rules of a request to create.
///
/// # Errors
/// `InvalidParameterException` for rules that do not hold together.
#[cfg_attr(not(any(feature = "cli", fuzzing)), expect(dead_code, reason = "AWS has it in a request of its own"))]
pub(crate) fn rotation_rules(request: &Request) -> Result<Option<RotationRules>> {
    let Some(given) = request.structure("RotationRules") else { return Ok(None) };
    let text = |name| match given.get(name) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let automatically_after_days = match given.get("AutomaticallyAfterDays") {
        Some(Value::Integer(days)) => Some(*days),
        _ => None,
    };
    let given = RotationRulesType { automatically_after_days, duration: text("Duration"), schedule_expression: text("ScheduleExpression") };
    RotationRules::new(given).map(Some)
}

fn name_clash(request: &Request) -> NameClash {
    if request.is_set("ForceOverwriteReplicaSecret") { NameClash::Overwrite } else { NameClash::Refuse }
}
