//! A command's arguments as the members of its request. They serialize under AWS's names; the table says what each one is.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    encryption_context::{Purpose, parse_encryption_context},
    failure::{Failure, Outcome},
    flag_name::flag_name,
    inputs::Inputs,
    paramfile::{ParamFiles, SizeLimit, is_literal},
    replica_regions::parse_replica_regions,
    structures::{parse_strings, parse_structures, take_string, take_strings},
    terminal::warn,
    usage::UsageError,
};
use crate::{
    error::Error,
    format::EncryptionContext,
    protocol::{
        member::{Kind, Member, Need},
        operation::Operation,
        request::Request,
        value::{Structure, Value},
    },
};

/// Far over what is taken, so that the refusal is the one of AWS.
const BLOB_LIMIT: SizeLimit = SizeLimit { bytes: 64 * 1024, hint: Some("'coldseal seal' takes any size") };
/// Texts that can stand in a file.
const FILE_MEMBERS: [&str; 1] = ["Policy"];
/// What others are not to see on the command line.
const SECRET_MEMBERS: [&str; 1] = ["Plaintext"];
/// The member whose words have forms of their own.
const REPLICA_REGIONS: &str = "AddReplicaRegions";
/// The members by which an operation names the key that it is about, and with it the Region.
const KEY_MEMBERS: [&str; 3] = ["KeyId", "TargetKeyId", "DestinationKeyId"];

/// What was typed, by the members' names; nothing is read yet.
pub(crate) struct Arguments(Map<String, Json>);

impl Arguments {
    pub(crate) fn of(args: &impl Serialize) -> Outcome<Self> {
        match serde_json::to_value(args) {
            Ok(Json::Object(members)) => Ok(Self(members)),
            _ => Err(Error::Misuse("arguments serialize as an object").into()),
        }
    }

    /// The key that the operation is about.
    pub(crate) fn key_id(&self) -> Option<&str> {
        KEY_MEMBERS.iter().find_map(|member| self.0.get(*member)?.as_str())
    }

    /// The request, with what its files hold.
    ///
    /// # Errors
    /// Syntax; a file that cannot be read.
    pub(crate) fn request(self, inputs: &Inputs, operation: &Operation) -> Outcome<Request> {
        let mut given = self.0;
        let mut values = Structure::new();
        for Member { name, kind, .. } in operation.input {
            let Some(given) = given.remove(*name).filter(|given| !given.is_null()) else { continue };
            let argument = Argument { inputs, name, flag: format!("--{}", flag_name(name)) };
            values.extend(argument.value(kind, given)?.map(|value| (*name, value)));
        }
        if given.is_empty() { Ok(Request::typed(values)) } else { Err(Error::Misuse("each argument is a member").into()) }
    }
}

/// Where the value of a member comes from.
struct Argument<'a> {
    inputs: &'a Inputs,
    name: &'static str,
    flag: String,
}

impl Argument<'_> {
    fn files(&self) -> ParamFiles<'_> {
        self.inputs.files()
    }

    /// `None` for a flag that was not set.
    fn value(&self, kind: &Kind, argument: Json) -> Outcome<Option<Value>> {
        Ok(Some(match (kind, argument) {
            (Kind::Text { .. } | Kind::OneOf(_), Json::String(text)) => Value::Text(self.text(text)?),
            (Kind::Integer(_), Json::Number(number)) => Value::Integer(number.as_i64().unwrap_or(i64::MAX)),
            (Kind::Boolean, Json::Bool(false)) => return Ok(None),
            (Kind::Boolean, Json::Bool(true)) => Value::Boolean(true),
            (Kind::Blob(_), Json::String(word)) => self.blob(&word)?,
            (Kind::Pairs, argument) => Value::Pairs(self.pairs(&words(argument)?)?),
            (Kind::List { .. }, argument) => Value::Texts(parse_strings(&self.flag, self.files().words(&self.flag, &words(argument)?)?)?),
            (Kind::Structures { members, .. }, argument) => Value::Structures(self.structures(members, &words(argument)?)?),
            _ => return Err(Error::Misuse("a flag has the type of its member").into()),
        }))
    }

    fn text(&self, text: String) -> Outcome<String> {
        if !FILE_MEMBERS.contains(&self.name) {
            return Ok(text);
        }
        Ok(self.files().value(&self.flag, &text)?.unwrap_or(text))
    }

    fn blob(&self, word: &str) -> Outcome<Value> {
        if SECRET_MEMBERS.contains(&self.name) && is_literal(word) {
            warn(&format!(
                "{}: a value on the command line can be read by others (process list, shell history); use fileb://…, '-' for stdin, or file://…",
                self.flag
            ));
        }
        Ok(Value::Blob(self.files().blob(&self.flag, word, self.inputs.binary_format, BLOB_LIMIT)?))
    }

    /// Any pairs: here they are the user's, also those that the tools write elsewhere.
    fn pairs(&self, words: &[String]) -> Outcome<EncryptionContext> {
        let files = self.files();
        let words = files.words(&self.flag, words)?;
        let pair = |(key, value): (String, Option<String>)| {
            let missing = UsageError::parameter(&self.flag, format!("the value of {} must be a string", key.escape_debug()));
            value.map(|value| (key, value)).ok_or(missing)
        };
        let pairs = parse_encryption_context(&files, &self.flag, &words, Purpose::Open)?;
        Ok(pairs.into_iter().map(pair).collect::<Result<_, _>>()?)
    }

    fn structures(&self, members: &'static [Member], words: &[String]) -> Outcome<Vec<Structure>> {
        let files = self.files();
        let words = files.words(&self.flag, words)?;
        if self.name == REPLICA_REGIONS {
            let replicas = parse_replica_regions(&files, &self.flag, &words)?.into_iter();
            return Ok(replicas
                .map(|replica| structure_of(&[("Region", Some(replica.region)), ("KmsKeyId", replica.kms_key_id)]))
                .collect());
        }
        let names: Vec<&str> = members.iter().map(|member| member.name).collect();
        let structure = |mut given| {
            let mut structure = Structure::new();
            for Member { name, kind, need, .. } in members {
                let value = match kind {
                    Kind::List { .. } => take_strings(&self.flag, &mut given, name)?.map(Value::Texts),
                    _ => take_string(&self.flag, &mut given, name)?.map(Value::Text),
                };
                if value.is_none() && *need != Need::Optional {
                    return Err(UsageError::parameter(&self.flag, format!("Missing required parameter \"{name}\"")).into());
                }
                structure.extend(value.map(|value| (*name, value)));
            }
            Ok::<_, Failure>(structure)
        };
        parse_structures(&files, &self.flag, &words, &names)?.into_iter().map(structure).collect()
    }
}

fn structure_of(texts: &[(&'static str, Option<String>)]) -> Structure {
    texts.iter().filter_map(|(name, text)| Some((*name, Value::Text(text.clone()?)))).collect()
}

fn words(argument: Json) -> Outcome<Vec<String>> {
    serde_json::from_value(argument).map_err(|_| Error::Misuse("a list is typed as words").into())
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command, CommandFactory as _};

    use super::*;
    use crate::{
        cli::{command_operation::pascal_case, commands::Cli},
        protocol::{
            self,
            operation::{Operation, Service},
        },
    };

    /// Members for which there is no flag: enclaves, other key stores and other accounts are not here.
    const CLIENTS_ONLY: [&str; 7] =
        ["Type", "Recipient", "DryRunModifiers", "CustomKeyStoreId", "XksKeyId", "ResourceOwners", "IncludeKeyMaterial"];
    /// Operations that only clients ask for.
    const NO_COMMAND: [&str; 1] = ["ListKeyPolicies"];
    /// The AWS CLI's own, over all pages of a list.
    const PAGING: [&str; 3] = ["max-items", "page-size", "starting-token"];

    fn group(service: Service) -> Command {
        let name = match service {
            Service::Kms => "kms",
            Service::SecretsManager => "secretsmanager",
        };
        Cli::command().find_subcommand(name).expect("each service has its commands").clone()
    }

    fn is_own(flag: &Arg) -> bool {
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
        help.starts_with("[coldseal]")
    }

    fn check(operation: &Operation) {
        let group = group(operation.service);
        let Some(command) = group.get_subcommands().find(|command| pascal_case(command.get_name()) == operation.name) else {
            assert!(NO_COMMAND.contains(&operation.name), "{} has no command", operation.name);
            return;
        };
        let flag = |long: &str| command.get_arguments().find(|arg| arg.get_long() == Some(long));
        let expected: Vec<String> = operation.input.iter().map(|member| flag_name(member.name)).collect();
        for (member, long) in operation.input.iter().zip(&expected) {
            assert!(flag(long).is_some() || CLIENTS_ONLY.contains(&member.name), "{}: --{long} is missing", operation.name);
        }
        for argument in command.get_arguments().filter(|argument| !is_own(argument)) {
            let long = argument.get_long().unwrap_or_else(|| panic!("{}: {} is no flag", operation.name, argument.get_id()));
            let is_member = expected.iter().any(|known| known == long || long.strip_prefix("no-") == Some(known));
            assert!(is_member || PAGING.contains(&long), "{}: --{long} is no member", operation.name);
        }
    }

    #[test]
    fn each_member_has_its_flag_and_each_flag_its_member() {
        protocol::all().for_each(check);
    }
}
