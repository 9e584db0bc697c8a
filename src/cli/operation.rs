//! The AWS operation that a command stands for.

use clap::ArgMatches;

/// The operation's name, from the innermost subcommand: `DescribeSecret` for `describe-secret`.
pub(crate) fn operation_name(matches: &ArgMatches) -> String {
    let mut command = "";
    let mut matches = matches;
    while let Some((name, inner)) = matches.subcommand() {
        (command, matches) = (name, inner);
    }
    pascal_case(command)
}

/// `ListSecrets` for `list-secrets`.
pub(crate) fn pascal_case(kebab_case: &str) -> String {
    let mut name = String::new();
    for word in kebab_case.split('-') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Cli;

    #[test]
    fn names_are_those_of_the_service_models() {
        for (arguments, expected) in [
            (&["list"][..], "ListSecrets"),
            (&["secretsmanager", "replicate", "--secret-id", "s", "--add-replica-regions", "us-east-1"], "ReplicateSecretToRegions"),
            (&["kms", "list-aliases"], "ListAliases"),
            (&["verify"], "Verify"),
        ] {
            let matches = Cli::command().try_get_matches_from([&["coldseal"], arguments].concat()).expect("a command line");
            assert_eq!(operation_name(&matches), expected);
        }
    }
}
