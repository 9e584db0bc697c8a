//! What a command carries out: an operation of AWS, or one of coldseal's own.

use clap::ArgMatches;

macro_rules! operations {
    ($($operation:ident)*) => {
        /// An operation, named as AWS names it; each command has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum CommandOperation {
            $($operation,)*
        }

        impl CommandOperation {
            const ALL: &'static [Self] = &[$(Self::$operation,)*];

            /// As it stands in errors and over tables, for instance `DescribeSecret`.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$operation => stringify!($operation),)*
                }
            }
        }
    };
}

operations! {
    BatchGetSecretValue CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetRandomPassword GetResourcePolicy GetSecretValue
    ListSecretVersionIds ListSecrets PutResourcePolicy PutSecretValue RemoveRegionsFromReplication ReplicateSecretToRegions RestoreSecret RotateSecret
    StopReplicationToReplica UpdateSecret UpdateSecretVersionStage ValidateResourcePolicy

    CancelKeyDeletion CreateAlias CreateKey Decrypt DeleteAlias DeriveSharedSecret DescribeKey DisableKey DisableKeyRotation EnableKey
    EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateRandom GetKeyPolicy GetKeyRotationStatus GetPublicKey
    ListAliases ListKeyRotations ListKeys ListResourceTags PutKeyPolicy ReEncrypt ReplicateKey RotateKeyOnDemand ScheduleKeyDeletion
    TagResource UntagResource UpdateAlias UpdateKeyDescription UpdatePrimaryRegion

    ChangeProtection DeletePublicKey EnableRegion ExportKeys ImportKeys ImportPublicKey ListRegions Purge Serve SetDefaultKey

    Completions Diff Edit Exec Export IamPolicy Import Inspect Man Open Pack Rewrap Seal Sign Status Unpack Verify
}

impl CommandOperation {
    /// That of the innermost subcommand.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let mut command = "";
        let mut matches = matches;
        while let Some((name, inner)) = matches.subcommand() {
            (command, matches) = (name, inner);
        }
        Self::of_command(command).expect("each command has its operation, and none is run without a command")
    }

    /// That of a command by its name, for instance `describe-secret`.
    pub(crate) fn of_command(name: &str) -> Option<Self> {
        let name = pascal_case(name);
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// True for what AWS has no operation for.
    pub(crate) const fn is_own(self) -> bool {
        matches!(
            self,
            Self::ChangeProtection
                | Self::DeletePublicKey
                | Self::EnableRegion
                | Self::ExportKeys
                | Self::ImportKeys
                | Self::ImportPublicKey
                | Self::ListRegions
                | Self::Purge
                | Self::Serve
                | Self::SetDefaultKey
                | Self::Completions
                | Self::Diff
                | Self::Edit
                | Self::Exec
                | Self::Export
                | Self::IamPolicy
                | Self::Import
                | Self::Inspect
                | Self::Man
                | Self::Open
                | Self::Pack
                | Self::Rewrap
                | Self::Seal
                | Self::Sign
                | Self::Status
                | Self::Unpack
                | Self::Verify
        )
    }

    /// The operation of AWS by whose name the errors of a command are told; one that has no like in AWS is told by its own.
    pub(crate) const fn told_as(self) -> Self {
        match self {
            Self::Seal => Self::GenerateDataKey,
            Self::Open => Self::Decrypt,
            Self::Rewrap => Self::ReEncrypt,
            Self::Pack => Self::CreateSecret,
            Self::Exec | Self::Unpack => Self::GetSecretValue,
            Self::Edit => Self::PutSecretValue,
            other => other,
        }
    }
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
    use clap::{Command, CommandFactory as _};

    use super::*;
    use crate::cli::commands::Cli;

    #[test]
    fn names_are_those_of_the_service_models() {
        for (arguments, expected) in [
            (&["list"][..], "ListSecrets"),
            (&["secretsmanager", "replicate", "--secret-id", "s", "--add-replica-regions", "us-east-1"], "ReplicateSecretToRegions"),
            (&["kms", "list-aliases"], "ListAliases"),
            (&["verify"], "Verify"),
        ] {
            let matches = Cli::command().try_get_matches_from([&["coldseal"], arguments].concat()).expect("a command line");
            assert_eq!(CommandOperation::of(&matches).name(), expected);
        }
    }

    #[test]
    fn each_command_has_one() {
        fn leaves(command: &Command, names: &mut Vec<String>) {
            command.get_subcommands().for_each(|below| leaves(below, names));
            if !command.has_subcommands() {
                names.push(command.get_name().to_owned());
            }
        }
        let mut names = Vec::new();
        leaves(&Cli::command(), &mut names);
        let known: Vec<_> = names.iter().map(|name| CommandOperation::of_command(name).expect(name)).collect();
        assert!(CommandOperation::ALL.iter().all(|operation| known.contains(operation)));
    }
}
