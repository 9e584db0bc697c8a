//! `--cli-input-json` and `--generate-cli-skeleton` for every command that AWS has too.
//!
//! The members stand in the table of operations. A command takes those for which it has a flag, so that a new command or flag needs nothing
//! here. Members become flags behind those that were typed, and the command line is parsed again; secret values become no arguments and are
//! never taken for a file's name.

mod skeleton;

use std::ffi::{OsStr, OsString};

use clap::{
    Arg, ArgAction, ArgMatches, Command, FromArgMatches as _,
    builder::{Resettable, StyledStr},
    parser::ValueSource,
};
use serde_json::{Map, Value};

use super::{
    command_operation::{CommandOperation, pascal_case},
    commands::{Cli, KMS, SECRETS_MANAGER},
    environment::Environment,
    flag_name::flag_name,
    inputs::InputValues,
    paramfile::{ParamFiles, is_literal},
    terminal::warn,
    usage::UsageError,
    violations::usage_error,
};
use crate::{
    protocol::{
        self,
        draft::Draft,
        json::Json,
        member::{Kind, Member},
        operation::{Operation, Service},
    },
    secret::SecretBytes,
};

const INPUT: &str = "cli-input-json";
const SKELETON: &str = "generate-cli-skeleton";
/// Members that hold what is to be kept secret.
const VALUE_MEMBERS: [&str; 2] = ["SecretString", "SecretBinary"];

/// What the command line asks for.
pub(crate) enum CommandLine {
    Run(Box<ParsedCommand>),
    /// The skeleton of a request of this operation.
    Print(CommandOperation, Value),
}

/// A command to run.
pub(crate) struct ParsedCommand {
    pub(crate) operation: CommandOperation,
    pub(crate) cli: Cli,
    pub(crate) values: InputValues,
    /// Printed in place of what the command would do.
    pub(crate) sample: Option<Value>,
}

/// Why there is nothing to run.
pub(crate) enum ParseFailure {
    /// What is told of words that clap has not read.
    Words(StyledStr),
    /// Help, version, or a command line that clap refuses.
    Clap(clap::Error),
    /// A request of this operation that cannot be read.
    Usage(CommandOperation, UsageError),
}

impl From<clap::Error> for ParseFailure {
    fn from(error: clap::Error) -> Self {
        Self::Clap(error)
    }
}

/// Reads the command line by the definition that [`with_flags`] gave.
pub(crate) fn parse(mut command: Command, mut arguments: Vec<OsString>, environment: &Environment) -> Result<CommandLine, ParseFailure> {
    let mut values = InputValues::default();
    let mut sample = None;
    if arguments.iter().any(|argument| names_flag(argument)) {
        // What the JSON gives need not be typed.
        let matches = without_requirements(command.clone()).try_get_matches_from(&arguments)?;
        if let Some(leaf) = Leaf::find(&command, &matches) {
            match leaf.matches.get_one::<String>(SKELETON).map(String::as_str) {
                Some("output") => sample = Some(skeleton::answer(leaf.entry.output)),
                Some(_) => return Ok(CommandLine::Print(leaf.operation, skeleton::request(leaf.members()))),
                None => {}
            }
            if let Some(input) = leaf.matches.get_one::<String>(INPUT) {
                let expanded = read(input, environment).and_then(|members| leaf.expand(members, input));
                let (added, secret) = expanded.map_err(|error| ParseFailure::Usage(leaf.operation, error))?;
                arguments.extend(added);
                values = secret;
            }
        }
    }
    let matches = command.try_get_matches_from_mut(arguments);
    // It holds the texts of every command and nothing of this run: to wipe and free them piece by piece is a third of what a short command costs.
    std::mem::forget(command);
    let matches = matches?;
    Ok(CommandLine::Run(Box::new(ParsedCommand {
        operation: CommandOperation::of(&matches),
        cli: Cli::from_arg_matches(&matches)?,
        values,
        sample,
    })))
}

pub(crate) fn names_flag(argument: &OsStr) -> bool {
    let word = argument.to_string_lossy();
    word.strip_prefix("--").is_some_and(|flag| flag.starts_with(INPUT) || flag.starts_with(SKELETON))
}

/// Adds the two flags to each command that one of the services has.
pub(crate) fn with_flags(root: Command) -> Command {
    let root = to_service(root, Service::SecretsManager);
    [(SECRETS_MANAGER, Service::SecretsManager), (KMS, Service::Kms)].into_iter().fold(root, |root, (group, service)| {
        if root.find_subcommand(group).is_some() { root.mut_subcommand(group, |group| to_service(group, service)) } else { root }
    })
}

fn to_service(group: Command, service: Service) -> Command {
    let is_of_aws = |command: &Command| protocol::find(service, &pascal_case(command.get_name())).is_some();
    group.mut_subcommands(|command| if is_of_aws(&command) { add_flags(command) } else { command })
}

fn add_flags(command: Command) -> Command {
    let input = Arg::new(INPUT)
        .long(INPUT)
        .value_name("JSON")
        .help("The request as JSON with AWS's member names, or file://PATH; flags come before it");
    let skeleton = Arg::new(SKELETON)
        .long(SKELETON)
        .value_name("WHICH")
        .num_args(0..=1)
        .default_missing_value("input")
        .value_parser(["input", "output"])
        .hide_possible_values(true)
        .help("Do nothing, and print the JSON to fill in for --cli-input-json, or with 'output' a sample of AWS's answer");
    command.arg(input).arg(skeleton)
}

fn without_requirements(command: Command) -> Command {
    let command = command.mut_args(|arg| arg.required(false).required_unless_present(Resettable::Reset));
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, without_requirements))
}

fn read(input: &str, environment: &Environment) -> Result<Map<String, Value>, UsageError> {
    const PARAMETER: &str = "--cli-input-json";
    let file = ParamFiles::new(environment).value(PARAMETER, input)?;
    let text = file.as_deref().unwrap_or(input);
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(UsageError::parameter(PARAMETER, format!("Invalid type: expecting an object, received {}", kind(&other)))),
        // serde_json's syntax errors name the place and what was expected there, not the text.
        Err(error) => Err(UsageError::parameter(PARAMETER, format!("Invalid JSON: {error}"))),
    }
}

/// The command that was typed, with its operation's members.
struct Leaf<'a> {
    command: &'a Command,
    matches: &'a ArgMatches,
    operation: CommandOperation,
    entry: &'static Operation,
}

impl<'a> Leaf<'a> {
    fn find(root: &'a Command, matches: &'a ArgMatches) -> Option<Self> {
        let (mut command, mut matches) = (root, matches);
        let mut service = Service::SecretsManager;
        while let Some((name, inner)) = matches.subcommand() {
            if name == KMS {
                service = Service::Kms;
            }
            (command, matches) = (command.find_subcommand(name)?, inner);
        }
        let operation = CommandOperation::of_command(command.get_name())?;
        Some(Self { command, matches, operation, entry: protocol::find(service, operation.name())? })
    }

    fn flag(&self, long: &str) -> Option<&'a Arg> {
        self.command.get_arguments().find(|arg| arg.get_long() == Some(long))
    }

    fn is_typed(&self, arg: &Arg) -> bool {
        self.matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    }

    /// The request's members that the command has flags for.
    fn members(&self) -> impl Iterator<Item = &'static Member> {
        self.entry.input.iter().chain(self.entry.own_input).filter(|member| self.flag(&flag_name(member.name)).is_some())
    }

    /// The members as flags, without those that were typed, and apart from them the secret values.
    ///
    /// # Errors
    /// What botocore sees of AWS's validation; the rest is found once the request is whole.
    fn expand(&self, members: Map<String, Value>, input: &str) -> Result<(Vec<OsString>, InputValues), UsageError> {
        let (mut flags, mut values) = (Vec::new(), InputValues::default());
        let mut draft = Draft::default();
        self.members().filter(|member| self.is_member_typed(member)).for_each(|member| draft.given_elsewhere(member));
        for (name, value) in members {
            let Some(member) = self.members().find(|known| known.name == name) else {
                draft.unknown(&name, || self.members().map(|member| member.name).collect());
                continue;
            };
            if value.is_null() || self.is_member_typed(member) {
                continue;
            }
            // How bytes are read depends on the command line.
            match (&member.kind, &value) {
                (Kind::Blob(_), Value::String(_)) => draft.given_elsewhere(member),
                (_, value) => draft.json(member, Json::of(value)),
            }
            match value {
                Value::String(text) if VALUE_MEMBERS.contains(&member.name) => {
                    if is_literal(input) {
                        warn(&format!(
                            "--cli-input-json: {name} on the command line can be read by others (process list, shell history); use file://…"
                        ));
                    }
                    let secret = SecretBytes::new(text.into_bytes());
                    let slot = if member.name == "SecretString" { &mut values.string } else { &mut values.binary };
                    *slot = Some(secret);
                }
                value => flags.extend(self.to_flags(member, &value)),
            }
        }
        let (_, violations) = draft.finish(self.entry.input);
        usage_error(&violations).map_or(Ok((flags, values)), Err)
    }

    /// Whether a flag says what the member is, or that it is not set.
    fn is_member_typed(&self, member: &Member) -> bool {
        let long = flag_name(member.name);
        [&long, &format!("no-{long}")].into_iter().filter_map(|long| self.flag(long)).any(|arg| self.is_typed(arg))
    }

    fn to_flags(&self, member: &Member, value: &Value) -> Vec<OsString> {
        let long = flag_name(member.name);
        let Some(arg) = self.flag(&long) else { return Vec::new() };
        to_flags(arg, self.flag(&format!("no-{long}")), &long, value)
    }
}

/// A JSON value's type in words.
const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn to_flags(arg: &Arg, opposite: Option<&Arg>, long: &str, value: &Value) -> Vec<OsString> {
    let with = |text: String| OsString::from(format!("--{long}={text}"));
    match value {
        Value::Bool(is_set) if matches!(arg.get_action(), ArgAction::SetTrue) => match (is_set, opposite) {
            (true, _) => vec![format!("--{long}").into()],
            (false, Some(_)) => vec![format!("--no-{long}").into()],
            (false, None) => Vec::new(),
        },
        Value::String(text) => vec![with(text.clone())],
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).map(|item| with(item.to_owned())).collect()
        }
        other => vec![with(other.to_string())],
    }
}

#[cfg(test)]
mod tests;
