//! Which flag a word means.

use clap::{Arg, Command};

use crate::{
    cli::{command_operation::pascal_case, flag_name::flag_name},
    protocol::{self, operation::Service},
};

/// The AWS CLI's global options, those of version 2 included.
pub(super) const AWS_GLOBALS: [&str; 20] = [
    "debug",
    "endpoint-url",
    "no-verify-ssl",
    "no-paginate",
    "output",
    "query",
    "profile",
    "region",
    "version",
    "color",
    "no-sign-request",
    "ca-bundle",
    "cli-read-timeout",
    "cli-connect-timeout",
    "cli-binary-format",
    "no-cli-pager",
    "cli-auto-prompt",
    "no-cli-auto-prompt",
    "cli-error-format",
    "v2-debug",
];
/// What the AWS CLI adds to the members of a request.
const AWS_ADDED: [&str; 6] = ["cli-input-json", "cli-input-yaml", "generate-cli-skeleton", "max-items", "page-size", "starting-token"];
/// What clap adds to each command.
const BUILT_IN: [&str; 2] = ["help", "version"];

/// The flags that a word can mean.
pub(super) enum MeantFlag<'a> {
    None,
    /// With its whole name.
    One(&'a Arg, String),
    /// Their names, with dashes.
    Several(Vec<String>),
}

/// Finds a flag by its name or a beginning of it. As in the AWS CLI its global options come first, then what the operation takes; what AWS does not have makes
/// none of these ambiguous.
pub(super) fn find<'a>(root: &'a Command, command: &'a Command, commands: &[String], typed: &str) -> MeantFlag<'a> {
    let args: Vec<(&Arg, &str)> = flags(root, command).collect();
    if let Some((arg, name)) = args.iter().find(|(_, name)| *name == typed) {
        return MeantFlag::One(arg, (*name).to_owned());
    }
    if typed.is_empty() || BUILT_IN.contains(&typed) {
        return MeantFlag::None;
    }
    let mut matching: Vec<_> = args.into_iter().filter(|(_, name)| name.starts_with(typed)).collect();
    if matching.len() > 1 {
        let members = members(commands);
        let rank = |(arg, name): &(&Arg, &str)| match () {
            () if AWS_GLOBALS.contains(name) => 0,
            () if members.iter().any(|member| member == name) => 1,
            () if !arg.is_hide_set() => 2,
            () => 3,
        };
        let best = matching.iter().map(rank).min();
        matching.retain(|flag| Some(rank(flag)) == best);
    }
    match matching.as_slice() {
        [] => MeantFlag::None,
        [(arg, name)] => MeantFlag::One(arg, (*name).to_owned()),
        several => MeantFlag::Several(several.iter().map(|(_, name)| format!("--{name}")).collect()),
    }
}

/// The command's own flags by their names and other names, then the global ones.
fn flags<'a>(root: &'a Command, command: &'a Command) -> impl Iterator<Item = (&'a Arg, &'a str)> {
    let is_root = std::ptr::eq(root, command);
    let global = root.get_arguments().filter(move |arg| !is_root && arg.is_global_set());
    command.get_arguments().chain(global).flat_map(|arg| {
        let names = arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default());
        names.map(move |name| (arg, name))
    })
}

/// The flags that the operation has in AWS.
fn members(commands: &[String]) -> Vec<String> {
    let service = if commands.first().is_some_and(|group| group == "kms") { Service::Kms } else { Service::SecretsManager };
    let operation = commands.last().and_then(|command| protocol::find(service, &pascal_case(command)));
    let names = operation.into_iter().flat_map(|operation| operation.input).map(|member| flag_name(member.name));
    let with_opposite = names.flat_map(|name| [format!("no-{name}"), name]);
    with_opposite.chain(AWS_ADDED.map(str::to_owned)).collect()
}

/// Whether some operation of the two services, or the AWS CLI itself, has a flag of this name.
pub(crate) fn is_flag_of_aws(name: &str) -> bool {
    let mut members = protocol::all().flat_map(|operation| operation.input);
    let plain = name.strip_prefix("no-").unwrap_or(name);
    AWS_GLOBALS.contains(&name) || AWS_ADDED.contains(&name) || members.any(|member| flag_name(member.name) == plain)
}
