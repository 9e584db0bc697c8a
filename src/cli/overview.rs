//! What `coldseal` and `coldseal -h` print: the commands by what they are for, on one screen.

use std::ffi::OsString;

use clap::{
    Command,
    builder::{StyledStr, Styles},
};

/// 80 columns and 24 lines at most, the prompt's among them.
const OVERVIEW: &str = "\
Pack secrets offline: one encrypted bundle per AWS Region

Usage: coldseal [OPTIONS] <COMMAND>

Secrets, as in 'aws secretsmanager' ('coldseal secretsmanager -h' has more):
  create-secret get-secret-value put-secret-value describe-secret list-secrets
  update-secret delete-secret restore-secret replicate-secret-to-regions
Keys, as in 'aws kms', and those of the embedded KMS:
  kms COMMAND       the commands: 'coldseal kms -h'
Many secrets, files, checks:
  pack       a plan or a folder into secrets     verify     purge what was due
  unpack     them into files, .env or JSON       diff       serve to AWS's SDKs
  exec       a program with secrets              edit    status    iam-policy
  seal open rewrap inspect   files of any size   sign export import  packages
Shell:
  completions       man          (secretsmanager: its commands by that name)

Example:
  coldseal create-secret --name db --secret-string file://db.json \\
      --region us-west-2 --add-replica-regions Region=eu-west-1

-h after a command shows its flags; --help shows all of it, with examples;
'coldseal --help' has the options that every command takes, and exit codes.
";

/// The program with its short help, unless the words ask for the long one.
pub(super) fn with_overview(program: Command, words: &[OsString]) -> Command {
    if words.iter().any(|word| word == "--help") { program } else { program.override_help(styled()) }
}

/// With headings as in the other help texts.
fn styled() -> StyledStr {
    let styles = Styles::default();
    let header = styles.get_header();
    let line = |line: &str| match line.split_once(':') {
        Some((heading, rest)) if line.ends_with(':') || heading == "Usage" => format!("{header}{heading}:{header:#}{rest}\n"),
        _ => format!("{line}\n"),
    };
    OVERVIEW.lines().map(line).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::commands::Cli;

    #[test]
    fn it_fits_a_screen_and_has_every_command_that_its_groups_have_not() {
        assert!(OVERVIEW.lines().count() <= 23 && OVERVIEW.lines().all(|line| line.len() <= 79), "{OVERVIEW}");
        let words: Vec<&str> = OVERVIEW.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
        let root = Cli::command();
        let of_aws = root.find_subcommand("secretsmanager").expect("a group");
        for command in root.get_subcommands().filter(|command| of_aws.find_subcommand(command.get_name()).is_none()) {
            assert!(words.contains(&command.get_name()), "{} is not in the overview", command.get_name());
        }
    }
}
