//! Commands that AWS has and coldseal does not: what each is, and what to use.

/// What may follow `aws`, one a line, by the AWS CLI; with the operations of the two services.
const COMMANDS: &str = include_str!("aws_commands.txt");

/// A command that AWS has, and what to use instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotHere {
    pub(crate) what: String,
    pub(crate) instead: String,
}

/// What a word is that none of our commands has, where AWS has a command of this name. `before` are the commands that stand before it.
pub(super) fn not_here(before: &[String], word: &str) -> Option<NotHere> {
    let is_of = |service: &str| COMMANDS.lines().any(|command| command.split_once(' ') == Some((service, word)));
    let here = before.first().map(String::as_str);
    let (what, instead) = match here {
        Some("kms") if is_of("kms") => (format!("'aws kms {word}' is not among coldseal's commands"), of_kms(word).to_owned()),
        Some("kms") => return None,
        _ if is_of("secretsmanager") => (
            format!("'aws secretsmanager {word}' is not among coldseal's commands"),
            "'aws secretsmanager' itself does it in AWS".to_owned(),
        ),
        None if is_of("kms") => (format!("'{word}' is a command of 'aws kms'"), format!("coldseal kms {word}")),
        None if !word.contains(' ') && COMMANDS.lines().any(|command| command == word) => (
            format!("'aws {word}' is a command of the AWS CLI and not one of coldseal, which has those of 'secretsmanager' and 'kms'"),
            format!("'aws {word}' itself; with 'alias aws=coldseal' in the shell, 'command aws {word}'"),
        ),
        _ => return None,
    };
    Some(NotHere { what, instead })
}

fn of_kms(operation: &str) -> &'static str {
    match operation {
        "create-grant" | "list-grants" | "list-retirable-grants" | "retire-grant" | "revoke-grant" => {
            "there are no grants here: whoever opens the keystore has its keys; 'coldseal kms export-keys' hands on some Regions' keys"
        }
        "connect-custom-key-store"
        | "create-custom-key-store"
        | "delete-custom-key-store"
        | "describe-custom-key-stores"
        | "disconnect-custom-key-store"
        | "update-custom-key-store" => "there is one key store here, the file that --keystore names",
        "delete-imported-key-material" | "get-parameters-for-import" | "import-key-material" => {
            "keys are made here with their material; 'coldseal kms import-keys' brings keys of another keystore, 'coldseal kms import-public-key' a public key of AWS KMS"
        }
        "generate-data-key-pair" | "generate-data-key-pair-without-plaintext" => {
            "'coldseal kms generate-data-key' makes symmetric data keys; a key pair of OpenSSL is kept with 'coldseal seal'"
        }
        "generate-mac" | "verify-mac" | "sign" | "verify" => {
            "keys here encrypt or agree on keys; 'coldseal sign' signs files with a key of OpenSSH, 'coldseal verify' checks a vault"
        }
        "list-key-policies" => "a key has one policy, 'default': 'coldseal kms get-key-policy' shows it",
        _ => "'aws kms' itself does it in AWS",
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::commands::Cli;

    #[test]
    fn every_operation_of_both_services_is_here_or_told_apart() {
        let root = Cli::command();
        let mut count = 0;
        for (service, name) in COMMANDS.lines().filter_map(|command| command.split_once(' ')) {
            let group = root.find_subcommand(service).expect("each service has its commands");
            let told = not_here(&[service.to_owned()], name);
            assert!(group.find_subcommand(name).is_some() || told.is_some(), "{service} {name}");
            count += 1;
        }
        assert!(count >= 70, "{count}");
    }

    #[test]
    fn services_are_known_and_other_words_are_not() {
        for (before, word) in [
            (&[][..], "s3"),
            (&[], "configure"),
            (&[], "sts"),
            (&[], "create-grant"),
            (&["kms"], "create-grant"),
            (&["kms"], "encapsulate"),
            (&["secretsmanager"], "list-resource-policies"),
        ] {
            let before: Vec<String> = before.iter().map(|word: &&str| (*word).to_owned()).collect();
            let Some(NotHere { what, .. }) = not_here(&before, word) else { panic!("{word} is one of AWS") };
            assert!(what.contains(word), "{what}");
        }
        for (before, word) in [
            (&[][..], "hunter2"),
            (&[], "CreateGrant"),
            (&[], "s3 "),
            (&["kms"], "s3"),
            (&["kms"], "put-secret-value"),
            (&["secretsmanager"], "s3"),
        ] {
            let before: Vec<String> = before.iter().map(|word: &&str| (*word).to_owned()).collect();
            assert_eq!(not_here(&before, word), None, "{word}");
        }
    }
}
