//! A command's arguments as the members of its request. They serialize under AWS's names; the table says what each one is.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    encryption_context::{Purpose, parse_encryption_context},
    failure::Outcome,
    flag_name::flag_name,
    inputs::Inputs,
    paramfile::{ParamFiles, SizeLimit, is_literal},
    replica_regions::{plain_names, replica_structures},
    structures::{parse_strings, parse_structure, parse_structures},
    terminal::warn,
    usage::UsageError,
};
use crate::{
    error::Error,
    format::EncryptionContext,
    protocol::{
        draft::Draft,
        json::Json as Given,
        member::{Kind, Member},
        operation::{Operation, Paging},
        request::Request,
        value::Value,
    },
};

/// Far over what is taken, so that the refusal is the one of AWS.
const BLOB_LIMIT: SizeLimit = SizeLimit { bytes: 64 * 1024, hint: Some("'coldseal seal' takes any size") };
/// Far over what any text may have.
const TEXT_LIMIT: SizeLimit = SizeLimit { bytes: 64 * 1024, hint: None };
/// Texts that are documents.
const DOCUMENTS: [&str; 2] = ["Policy", "ResourcePolicy"];
/// What others are not to see on the command line.
const SECRET_MEMBERS: [&str; 1] = ["Plaintext"];
/// The member whose words have forms of their own.
const REPLICA_REGIONS: &str = "AddReplicaRegions";
/// The member that is a list of Regions by their names: these may stand between commas too.
const REMOVED_REGIONS: &str = "RemoveReplicaRegions";
/// The member that says which secret an operation is about.
const SECRET_ID: &str = "SecretId";
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

    /// With the size of the service's pages, unless one page was asked for.
    pub(crate) fn with_page_size(mut self, paging: &Paging, size: Option<i64>) -> Self {
        if let (Some(size), None | Some(Json::Null)) = (size, self.0.get(paging.size)) {
            self.0.insert(paging.size.to_owned(), size.into());
        }
        self
    }

    /// The request, with what its files hold.
    ///
    /// # Errors
    /// Syntax; a file that cannot be read; all that AWS's validation finds.
    pub(crate) fn request(self, inputs: &Inputs, operation: &Operation) -> Outcome<Request> {
        self.request_of(inputs, operation, |_| true)
    }

    /// The same for one that is made for each of many secrets: which secret is said later.
    ///
    /// # Errors
    /// As for [`Arguments::request`].
    pub(crate) fn request_for_each(mut self, inputs: &Inputs, operation: &Operation) -> Outcome<Request> {
        self.0.remove(SECRET_ID);
        self.request_of(inputs, operation, |member| member.name != SECRET_ID)
    }

    fn request_of(self, inputs: &Inputs, operation: &Operation, is_asked_for: impl Fn(&Member) -> bool) -> Outcome<Request> {
        let mut given = self.0;
        let mut draft = Draft::default();
        for member in operation.input.iter().chain(operation.own_input) {
            if let Some(given) = given.remove(member.name).filter(|given| !given.is_null()) {
                Argument { inputs, name: member.name, flag: format!("--{}", flag_name(member.name)) }.put(&mut draft, member, given)?;
            }
        }
        if !given.is_empty() {
            return Err(Error::Misuse("each argument is a member").into());
        }
        // Values that are kept secret come in later, and none of them is required.
        Ok(Request::typed(operation.input.iter().filter(|member| is_asked_for(member)), draft)?)
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

    fn put(&self, draft: &mut Draft, member: &Member, argument: Json) -> Outcome {
        let value = match (&member.kind, argument) {
            (Kind::Text { .. } | Kind::OneOf(_), Json::String(text)) => Value::Text(self.text(text)?),
            (Kind::Integer(_), Json::Number(number)) => Value::Integer(number.as_i64().unwrap_or(i64::MAX)),
            (Kind::Boolean, Json::Bool(value)) => Value::Boolean(value),
            (Kind::Blob(_), Json::String(word)) => self.blob(&word)?,
            (Kind::Pairs, argument) => Value::Pairs(self.pairs(&words(argument)?)?),
            (Kind::List { .. }, argument) => {
                let strings = parse_strings(&self.flag, self.names(self.files().words(&self.flag, &words(argument)?)?))?;
                draft.json(member, Given::of(&Json::Array(strings)));
                return Ok(());
            }
            (Kind::Structures { members, .. }, argument) => {
                draft.json(member, Given::of(&Json::Array(self.structures(members, &words(argument)?)?)));
                return Ok(());
            }
            (Kind::Structure(members), Json::String(word)) => {
                let content = self.files().value(&self.flag, &word)?.unwrap_or(word);
                draft.json(member, Given::of(&Json::Object(parse_structure(&self.files(), &self.flag, &content, members)?)));
                return Ok(());
            }
            _ => return Err(Error::Misuse("a flag has the type of its member").into()),
        };
        draft.value(member, value);
        Ok(())
    }

    /// The words of a list, each the name of one Region where it is one of Regions.
    fn names(&self, words: Vec<String>) -> Vec<String> {
        let is_json = words.first().is_some_and(|word| word.trim_start().starts_with('['));
        if self.name != REMOVED_REGIONS || is_json {
            return words;
        }
        words.iter().flat_map(|word| plain_names(word)).map(str::to_owned).collect()
    }

    /// As typed, or what stands in the file that it names. What says which secret or key is meant is looked at before files are read.
    fn text(&self, text: String) -> Outcome<String> {
        let files = self.files();
        if DOCUMENTS.contains(&self.name) {
            return Ok(files.value(&self.flag, &text)?.unwrap_or(text));
        }
        if self.name == SECRET_ID || KEY_MEMBERS.contains(&self.name) || is_literal(&text) {
            return Ok(text);
        }
        let read = files.string(&self.flag, &text, TEXT_LIMIT)?;
        Ok(String::from_utf8_lossy(read.expose()).into_owned())
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

    fn structures(&self, members: &[Member], words: &[String]) -> Outcome<Vec<Json>> {
        let files = self.files();
        let words = files.words(&self.flag, words)?;
        if self.name == REPLICA_REGIONS {
            return Ok(replica_structures(&files, &self.flag, &words)?);
        }
        Ok(parse_structures(&files, &self.flag, &words, members)?)
    }
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

    /// Members for which there is no flag: enclaves, other key stores, other accounts and partners' rotations are not here.
    const CLIENTS_ONLY: [&str; 9] = [
        "Type",
        "Recipient",
        "DryRunModifiers",
        "CustomKeyStoreId",
        "XksKeyId",
        "ResourceOwners",
        "IncludeKeyMaterial",
        "ExternalSecretRotationMetadata",
        "ExternalSecretRotationRoleArn",
    ];
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
        let own: Vec<String> = operation.own_input.iter().map(|member| flag_name(member.name)).collect();
        assert!(own.iter().all(|long| flag(long).is_some_and(is_own)), "{}: {own:?}", operation.name);
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
