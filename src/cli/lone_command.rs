//! The command line read with the one command that it names: that is quicker than with all of them.
//!
//! Whoever gets nothing here reads it with all commands. So help, suggestions and refusals always come from the whole program.

use std::ffi::OsString;

use clap::error::ErrorKind;

use super::{
    cli_input::{self, CommandLine, ParseFailure},
    commands,
    environment::Environment,
    words,
};

/// The command to run, or the version; `None` for all else.
pub(super) fn parse(arguments: &[OsString], environment: &Environment) -> Option<Result<CommandLine, ParseFailure>> {
    let program = cli_input::with_flags(commands::with_named(arguments));
    let words = words::for_clap(&program, arguments.to_vec()).ok()?;
    // A request in JSON is read once, be it good or not: it may come from a pipe.
    if words.iter().any(|word| cli_input::names_flag(word)) {
        return None;
    }
    match cli_input::parse(program, words, environment) {
        Ok(line) => Some(Ok(line)),
        Err(ParseFailure::Clap(error)) if error.kind() == ErrorKind::DisplayVersion => Some(Err(error.into())),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::*;
    use crate::cli::{command_operation::CommandOperation, commands::Cli};

    fn line(words: &[&str]) -> Vec<OsString> {
        std::iter::once("coldseal").chain(words.iter().copied()).map(OsString::from).collect()
    }

    fn ids(command: &Command) -> Vec<String> {
        command
            .get_arguments()
            .map(|arg| format!("{:?}", (arg.get_id(), arg.get_long(), arg.get_all_aliases(), arg.is_required_set())))
            .collect()
    }

    #[test]
    fn a_lone_command_is_the_one_of_the_whole_program() {
        let whole = cli_input::with_flags(Cli::command());
        let mut count = 0;
        for group in [None, Some("secretsmanager"), Some("kms")] {
            let parent = group.map_or(&whole, |group| whole.find_subcommand(group).expect("a group"));
            for expected in parent.get_subcommands().filter(|command| !command.has_subcommands()) {
                for name in std::iter::once(expected.get_name()).chain(expected.get_all_aliases()) {
                    let words: Vec<&str> = group.into_iter().chain([name]).collect();
                    let lone = cli_input::with_flags(commands::with_named(&line(&words)));
                    let parent = group.map_or(Some(&lone), |group| lone.find_subcommand(group)).expect("the group that was named");
                    let found = parent.find_subcommand(name).unwrap_or_else(|| panic!("{words:?} is not read alone"));
                    assert_eq!((found.get_name(), ids(found)), (expected.get_name(), ids(expected)), "{words:?}");
                    assert_eq!(found.get_all_aliases().collect::<Vec<_>>(), expected.get_all_aliases().collect::<Vec<_>>());
                    assert_eq!(parent.get_subcommands().filter(|command| !command.has_subcommands()).count(), 1, "{words:?}");
                    count += 1;
                }
            }
        }
        assert!(count > 100, "{count}");
        assert_eq!(ids(&whole), ids(&commands::with_named(&line(&[]))));
    }

    #[test]
    fn what_is_run_is_read_alone_and_all_else_is_not() {
        let read = |words: &[&str]| parse(&line(words), &Environment::fixed(&[]));
        for (words, expected) in [
            (&["list"][..], Some("ListSecrets")),
            (&["--region", "us-east-1", "secretsmanager", "get", "--secret-id", "status"], Some("GetSecretValue")),
            (&["describe-secret", "--secret-id", "list"], Some("DescribeSecret")),
            (&["kms", "create-alias", "--alias-name", "list", "--target-key-id", "k"], Some("CreateAlias")),
            (&["kms", "list-regions"], Some("ListRegions")),
            (&["kms", "generate-data-key-without-plaintext", "--key-id", "k"], Some("GenerateDataKeyWithoutPlaintext")),
            (&["serve", "--vault", "status"], Some("Serve")),
            (&["--help"], None),
            (&["status", "--help"], None),
            (&["status", "help"], None),
            (&["statsu"], None),
            (&["kms", "status"], None),
            (&["describe-secret"], None),
            (&["describe-secret", "--secret-id", "a", "--no-such"], None),
            (&["describe-secret", "--cli-input-json", r#"{"SecretId": "a"}"#], None),
            (&["create-secret", "--generate-cli-skeleton"], None),
            (&[], None),
        ] {
            let found = read(words).map(|line| match line {
                Ok(CommandLine::Run(run)) => CommandOperation::name(run.operation),
                Ok(CommandLine::Print(..)) | Err(_) => panic!("{words:?} is neither run nor left"),
            });
            assert_eq!(found, expected, "{words:?}");
        }
        let Some(Err(ParseFailure::Clap(version))) = read(&["--version"]) else { panic!("the version needs no command") };
        assert_eq!(version.to_string(), Cli::command().render_version());
    }
}
