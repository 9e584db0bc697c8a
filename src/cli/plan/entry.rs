//! An entry of a plan: a CreateSecret request in JSON.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Map, Value};

use super::super::{
    paramfile::{BinaryFormat, ParamFiles, STDIN},
    replica_regions::parse_replica_regions,
    rotation_rules::parse_rotation_rules,
    secret_input::LIMIT,
    tags::parse_tags,
    usage::UsageError,
};
use crate::{
    Error,
    arn::AccountId,
    region::Region,
    suite::AlgorithmSuite,
    vault::{CreateSecret, DataKeyScope, NameClash, PayloadKind, ReplicaRegion, ResourcePolicy, RotationRules, SecretValue, Tag},
};

/// The members of a request that `create-secret` takes.
const MEMBERS: [&str; 11] = [
    "Name",
    "ClientRequestToken",
    "Description",
    "KmsKeyId",
    "SecretBinary",
    "SecretString",
    "Tags",
    "AddReplicaRegions",
    "ForceOverwriteReplicaSecret",
    "ResourcePolicy",
    "RotationRules",
];

/// What the command line says for all entries, or for those that do not say it themselves.
pub(crate) struct Defaults {
    pub(crate) region: Region,
    pub(crate) kms_key_id: Option<String>,
    pub(crate) replicas: Vec<ReplicaRegion>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) name_clash: NameClash,
    pub(crate) encryption_context: BTreeMap<String, String>,
    pub(crate) data_key_scope: DataKeyScope,
    pub(crate) suite: AlgorithmSuite,
    pub(crate) account: Option<AccountId>,
    pub(crate) binary_format: BinaryFormat,
    /// What files of a directory are, where not each is what it looks like.
    pub(crate) file_kind: Option<PayloadKind>,
}

impl Defaults {
    /// A request that says no more than this.
    pub(super) fn request(&self, name: String, value: Option<SecretValue>) -> CreateSecret {
        CreateSecret {
            value,
            kms_key_id: self.kms_key_id.clone(),
            replicas: self.replicas.clone(),
            name_clash: self.name_clash,
            tags: self.tags.clone(),
            encryption_context: self.encryption_context.clone(),
            data_key_scope: self.data_key_scope,
            suite: self.suite,
            account: self.account.clone(),
            ..CreateSecret::new(name, self.region)
        }
    }
}

/// Reads an entry, and the files that its values name.
///
/// # Errors
/// A member that is not known or of another type, a value that cannot be read; by their names, never by content.
pub(super) fn request(value: Value, defaults: &Defaults, files: &ParamFiles<'_>) -> Result<CreateSecret, UsageError> {
    let Value::Object(mut members) = value else {
        return Err(UsageError::new("Invalid type: expecting an object, as 'create-secret --generate-cli-skeleton' prints one"));
    };
    // As in requests of AWS's command line, null is as good as nothing.
    members.retain(|_, value| !value.is_null());
    if let Some(unknown) = members.keys().find(|member| !MEMBERS.contains(&member.as_str())) {
        let unknown = unknown.escape_debug();
        return Err(UsageError::new(format!("Unknown parameter in input: \"{unknown}\", must be one of: {}", MEMBERS.join(", "))));
    }
    let members = &mut members;
    let name = text(members, "Name")?.ok_or_else(|| UsageError::new("Missing required parameter in input: \"Name\""))?;
    let value = secret_value(members, defaults.binary_format, files)?;
    let mut request = defaults.request(name, value);
    request.client_request_token = text(members, "ClientRequestToken")?;
    request.description = text(members, "Description")?;
    if let Some(key) = text(members, "KmsKeyId")? {
        request.kms_key_id = Some(key);
    }
    if let Some(words) = list(members, "Tags")? {
        request.tags = parse_tags(files, "Tags", &[words])?;
    }
    if let Some(words) = list(members, "AddReplicaRegions")? {
        request.replicas = parse_replica_regions(files, "AddReplicaRegions", &[words])?;
    }
    match members.remove("ForceOverwriteReplicaSecret") {
        None => {}
        Some(Value::Bool(overwrites)) => request.name_clash = if overwrites { NameClash::Overwrite } else { NameClash::Refuse },
        Some(_) => return Err(wrong_type("ForceOverwriteReplicaSecret", "a boolean")),
    }
    request.resource_policy =
        text(members, "ResourcePolicy")?.map(ResourcePolicy::try_from).transpose().map_err(refused("ResourcePolicy"))?;
    request.rotation_rules = match members.remove("RotationRules") {
        None => None,
        Some(rules @ Value::Object(_)) => {
            let rules = parse_rotation_rules(files, "RotationRules", &rules.to_string())?;
            Some(RotationRules::new(rules).map_err(refused("RotationRules"))?)
        }
        Some(_) => return Err(wrong_type("RotationRules", "an object")),
    };
    Ok(request)
}

fn secret_value(members: &mut Map<String, Value>, format: BinaryFormat, files: &ParamFiles<'_>) -> Result<Option<SecretValue>, UsageError> {
    let (kind, member, bytes) = match (text(members, "SecretString")?, text(members, "SecretBinary")?) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(UsageError::new("You can't specify both a binary secret value and a string secret value in the same secret."));
        }
        (Some(string), None) => {
            refuse_read_once(files, "SecretString", &string)?;
            (PayloadKind::String, "SecretString", files.string("SecretString", &string, LIMIT)?)
        }
        (None, Some(binary)) => {
            refuse_read_once(files, "SecretBinary", &binary)?;
            (PayloadKind::Binary, "SecretBinary", files.blob("SecretBinary", &binary, format, LIMIT)?)
        }
    };
    SecretValue::new(kind, bytes).map(Some).map_err(refused(member))
}

/// A plan is read twice, and with the keystore locked: stdin, by the plan if at all, and a pipe once, when somebody writes to it.
fn refuse_read_once(files: &ParamFiles<'_>, member: &str, value: &str) -> Result<(), UsageError> {
    if value == STDIN && member == "SecretBinary" {
        return Err(UsageError::parameter(member, "an entry of a plan cannot come from stdin"));
    }
    match files.path(value) {
        Some(path) if path == Path::new(STDIN) => Err(UsageError::parameter(member, "an entry of a plan cannot come from stdin")),
        Some(path) if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) => {
            let what = format!("{value} can be read only once, and an entry of a plan is read twice");
            Err(UsageError::parameter(member, what).with_hint("write it to a file first, or use 'create-secret'"))
        }
        _ => Ok(()),
    }
}

fn text(members: &mut Map<String, Value>, member: &str) -> Result<Option<String>, UsageError> {
    match members.remove(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong_type(member, "a string")),
    }
}

/// A list in JSON; `None` where it is empty, as in a skeleton that was not filled in.
fn list(members: &mut Map<String, Value>, member: &str) -> Result<Option<String>, UsageError> {
    match members.remove(member) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok((!items.is_empty()).then(|| Value::Array(items).to_string())),
        Some(_) => Err(wrong_type(member, "a list")),
    }
}

fn wrong_type(member: &str, expected: &str) -> UsageError {
    UsageError::new(format!("Invalid type for parameter {member}: not {expected}"))
}

pub(super) fn refused(member: &'static str) -> impl Fn(Error) -> UsageError {
    move |error| match error {
        Error::Service(refusal) => UsageError::parameter(member, refusal.to_string()),
        other => UsageError::parameter(member, other),
    }
}
