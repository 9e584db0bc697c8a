//! An entry of a plan: a CreateSecret request in JSON.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Map, Value};

use super::super::{
    paramfile::{BinaryFormat, ParamFiles, STDIN},
    secret_input::LIMIT,
    usage::UsageError,
    violations::told_in_one_line,
};
use crate::{
    Error,
    arn::AccountId,
    protocol::{self, draft::Draft, json::Json, member::Member, operation::Service, request::Request, secrets},
    region::Region,
    suite::AlgorithmSuite,
    vault::{CreateSecret, DataKeyScope, NameClash, PayloadKind, ReplicaRegion, SecretValue, Tag},
};

/// Members that mean nothing here: nobody else manages the secrets of a vault, and a plan that runs again is to find the values that it made.
const NOT_TAKEN: [&str; 2] = ["Type", "GenerateSecretString"];

/// The members that an entry may have: those of `create-secret`.
pub(super) fn members() -> impl Iterator<Item = &'static Member> {
    let entry = protocol::find(Service::SecretsManager, "CreateSecret").into_iter();
    entry.flat_map(|entry| entry.input.iter().chain(entry.own_input)).filter(|member| !NOT_TAKEN.contains(&member.name))
}

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
/// What AWS's validation finds, a value that cannot be read; by their names, never by content.
pub(super) fn request(value: Value, defaults: &Defaults, files: &ParamFiles<'_>) -> Result<CreateSecret, UsageError> {
    let Value::Object(mut given) = value else {
        return Err(UsageError::new("Invalid type: expecting an object, as 'create-secret --generate-cli-skeleton' prints one"));
    };
    // How they are read depends on the command line.
    let (string, binary) = (take_text(&mut given, "SecretString"), take_text(&mut given, "SecretBinary"));
    let asked = checked(given)?;
    let name = asked.required_text("Name").map_err(refused("Name"))?.to_owned();
    let mut request = defaults.request(name, secret_value(string, binary, defaults.binary_format, files)?);
    let text = |member| asked.text(member).map(str::to_owned);
    request.client_request_token = text("ClientRequestToken");
    request.description = text("Description");
    request.kms_key_id = text("KmsKeyId").or(request.kms_key_id);
    let (tags, replicas) = (secrets::tags(&asked), secrets::replicas(&asked));
    if !tags.is_empty() {
        request.tags = tags;
    }
    if !replicas.is_empty() {
        request.replicas = replicas;
    }
    if let Some(overwrites) = asked.boolean("ForceOverwriteReplicaSecret") {
        request.name_clash = if overwrites { NameClash::Overwrite } else { NameClash::Refuse };
    }
    request.resource_policy = secrets::resource_policy(&asked).map_err(refused("ResourcePolicy"))?;
    request.rotation_rules = secrets::rotation_rules(&asked).map_err(refused("RotationRules"))?;
    Ok(request)
}

/// Takes a member out where it is text.
fn take_text(given: &mut Map<String, Value>, member: &str) -> Option<String> {
    match given.get_mut(member) {
        Some(Value::String(text)) => {
            let text = std::mem::take(text);
            given.remove(member);
            Some(text)
        }
        _ => None,
    }
}

/// The members but the value.
fn checked(mut given: Map<String, Value>) -> Result<Request, UsageError> {
    // As in requests of AWS's command line, null is as good as nothing; so is a list of a skeleton that was not filled in.
    given.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
    let members: Vec<_> = members().collect();
    let mut draft = Draft::default();
    for (name, value) in &given {
        match members.iter().find(|member| member.name == name) {
            Some(member) => draft.json(member, Json::of(value)),
            None => draft.unknown(name, || members.iter().map(|member| member.name).collect()),
        }
    }
    Request::typed(members, draft).map_err(told_in_one_line)
}

fn secret_value(
    string: Option<String>,
    binary: Option<String>,
    format: BinaryFormat,
    files: &ParamFiles<'_>,
) -> Result<Option<SecretValue>, UsageError> {
    let (kind, member, bytes) = match (string, binary) {
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

pub(super) fn refused(member: &'static str) -> impl Fn(Error) -> UsageError {
    move |error| match error {
        Error::Service(refusal) => UsageError::parameter(member, refusal.to_string()),
        other => UsageError::parameter(member, other),
    }
}
