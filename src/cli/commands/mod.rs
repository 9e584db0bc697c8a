//! The commands, one file for each: its arguments -> validated plan -> calls -> output.

mod batch_get_secret_value;
mod bundle_files;
mod bundle_input;
mod cancel_rotate_secret;
mod completions;
mod create_secret;
mod delete_resource_policy;
mod delete_secret;
mod describe_secret;
mod diff;
mod each_secret;
mod edit;
mod exec;
mod export;
mod failed_secrets;
mod failure_code;
mod file_name;
mod get_random_password;
mod get_resource_policy;
mod get_secret_value;
mod given_keys;
mod held_keystore;
mod iam_policy;
mod import;
mod inspect;
mod key_warnings;
mod keys;
mod kms;
mod list_secret_version_ids;
mod list_secrets;
mod man;
mod message_files;
mod message_options;
mod named_values;
mod new_vault;
#[cfg(not(feature = "kms-endpoint"))]
mod no_endpoint;
mod open;
mod pack;
mod part_document;
mod purge;
mod put_resource_policy;
mod put_secret_value;
mod remove_regions_from_replication;
mod replicate_secret_to_regions;
mod restore_secret;
mod rewrap;
mod rotate_secret;
mod seal;
mod secret_change;
mod secret_entry;
mod secret_flags;
mod secret_name;
mod secret_opening;
#[cfg(feature = "kms-endpoint")]
mod serve;
#[cfg(feature = "kms-endpoint")]
mod serving;
mod sign;
mod status;
mod stop_replication_to_replica;
mod tag_resource;
mod unpack;
mod untag_resource;
mod update_secret;
mod update_secret_version_stage;
mod validate_resource_policy;
mod value_members;
mod variable_names;
mod verify;

use std::ffi::OsString;

use clap::{Args as _, CommandFactory as _, Parser, Subcommand};

use self::{
    batch_get_secret_value::BatchGetSecretValueArgs, completions::CompletionsArgs, delete_resource_policy::DeleteResourcePolicyArgs,
    delete_secret::DeleteSecretArgs, describe_secret::DescribeSecretArgs, diff::DiffArgs, edit::EditArgs, exec::ExecArgs,
    export::ExportArgs, get_random_password::GetRandomPasswordArgs, get_resource_policy::GetResourcePolicyArgs,
    get_secret_value::GetSecretValueArgs, iam_policy::IamPolicyArgs, import::ImportArgs, inspect::InspectArgs, kms::KmsCommand,
    list_secret_version_ids::ListSecretVersionIdsArgs, list_secrets::ListSecretsArgs, man::ManArgs, open::OpenArgs, pack::PackArgs,
    purge::PurgeVaultArgs, put_resource_policy::PutResourcePolicyArgs, put_secret_value::PutSecretValueArgs,
    remove_regions_from_replication::RemoveRegionsFromReplicationArgs, replicate_secret_to_regions::ReplicateSecretToRegionsArgs,
    restore_secret::RestoreSecretArgs, rewrap::RewrapArgs, seal::SealArgs, sign::SignArgs, status::StatusArgs,
    stop_replication_to_replica::StopReplicationToReplicaArgs, tag_resource::TagSecretArgs, unpack::UnpackArgs,
    untag_resource::UntagSecretArgs, update_secret::UpdateSecretArgs, update_secret_version_stage::UpdateSecretVersionStageArgs,
    validate_resource_policy::ValidateResourcePolicyArgs, verify::VerifyArgs,
};
use self::{cancel_rotate_secret::CancelRotateSecretArgs, rotate_secret::RotateSecretArgs};
pub(crate) use self::{completions::VARIABLE, create_secret::CreateSecretArgs};
use super::{
    args::{GlobalArgs, ServeSecretsArgs},
    command_group::{NamedWords, commands},
    failure::Outcome,
    invocation::Invocation,
    signed_reading::{as_changed, as_signed},
};

/// The group of commands whose operations are those of AWS Secrets Manager.
pub(crate) const SECRETS_MANAGER: &str = "secretsmanager";
/// The group of commands whose operations are those of AWS KMS.
pub(crate) const KMS: &str = "kms";

/// Pack secrets offline: one encrypted bundle per AWS Region.
///
/// A JSON or binary payload becomes one AWS Encryption SDK message per Region, each under that Region's key in the embedded KMS.
/// No command uses the network but 'serve' and 'kms serve', unless --kms aws asks for AWS KMS. Commands and flags are those of `aws secretsmanager` and `aws kms`; what AWS does not have is marked [coldseal].
#[derive(Debug, Parser)]
#[command(
    name = "coldseal",
    version,
    max_term_width = 110,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_long_help = "Examples:
  coldseal create-secret --name production/DBWest \\
      --secret-string file://mycreds.json --region us-west-2 \\
      --add-replica-regions Region=eu-west-1
  coldseal get-secret-value --secret-id production/DBWest \\
      --region eu-west-1 --query SecretString --output text
  coldseal verify --open
  tar c photos | coldseal seal --kms-key-id alias/backup \\
      --region us-west-2 -o photos.bundle

Exit codes: 0 done; 1 done in part, or verify found faults, diff a difference; 130, 143 signals; 252 usage; 253 no Region, keystore, vault or passphrase;
254 refused with an AWS error name, tampering included; 255 input, output and the rest."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

commands! {
    #[derive(Debug, Subcommand)]
    pub(crate) enum Command {
        #[command(flatten)]
        Secrets(SecretsCommand) as group,
        /// The commands on secrets under the name of AWS's service, as in 'aws secretsmanager'
        #[command(
            subcommand,
            arg_required_else_help = true,
            after_long_help = "Example:\n  coldseal secretsmanager get-secret-value --secret-id MySecret"
        )]
        Secretsmanager(SecretsCommand) as group,
        Pack(Box<PackArgs>),
        Unpack(Box<UnpackArgs>),
        Exec(Box<ExecArgs>),
        Edit(Box<EditArgs>),
        Status(StatusArgs),
        Verify(VerifyArgs),
        Diff(DiffArgs),
        Purge(PurgeVaultArgs),
        IamPolicy(Box<IamPolicyArgs>),
        Seal(SealArgs),
        Open(OpenArgs),
        Rewrap(RewrapArgs),
        Sign(Box<SignArgs>),
        Export(Box<ExportArgs>),
        Import(Box<ImportArgs>),
        Inspect(InspectArgs),
        /// The embedded KMS: keys, aliases and Regions
        #[command(
            subcommand,
            arg_required_else_help = true,
            after_long_help = "Example:\n  coldseal kms create-key --region us-east-1\n  coldseal kms COMMAND --help shows more"
        )]
        Kms(KmsCommand) as group,
        Serve(Box<ServeSecretsArgs>),
        Completions(CompletionsArgs),
        Man(ManArgs),
    }
}

commands! {
    /// The commands that AWS Secrets Manager has too. Their short names are told in their own texts: completions would offer one that clap shows in
    /// place of AWS's.
    #[derive(Debug, Subcommand)]
    pub(crate) enum SecretsCommand {
        CreateSecret(Box<CreateSecretArgs>) or "create",
        PutSecretValue(Box<PutSecretValueArgs>) or "put",
        ReplicateSecretToRegions(ReplicateSecretToRegionsArgs) or "replicate",
        RemoveRegionsFromReplication(RemoveRegionsFromReplicationArgs),
        StopReplicationToReplica(StopReplicationToReplicaArgs),
        GetSecretValue(GetSecretValueArgs) or "get",
        BatchGetSecretValue(BatchGetSecretValueArgs),
        DescribeSecret(DescribeSecretArgs) or "describe",
        ListSecrets(ListSecretsArgs) or "list",
        GetRandomPassword(GetRandomPasswordArgs),
        ListSecretVersionIds(ListSecretVersionIdsArgs),
        DeleteSecret(DeleteSecretArgs),
        RestoreSecret(RestoreSecretArgs),
        RotateSecret(Box<RotateSecretArgs>),
        CancelRotateSecret(CancelRotateSecretArgs),
        TagResource(TagSecretArgs),
        UntagResource(UntagSecretArgs),
        UpdateSecret(Box<UpdateSecretArgs>) or "update",
        UpdateSecretVersionStage(UpdateSecretVersionStageArgs),
        PutResourcePolicy(PutResourcePolicyArgs),
        GetResourcePolicy(GetResourcePolicyArgs),
        DeleteResourcePolicy(DeleteResourcePolicyArgs),
        ValidateResourcePolicy(ValidateResourcePolicyArgs),
    }
}

/// The program with the commands that these words can name: enough to run one, and no more. Its help is not that of the program.
pub(crate) fn with_named(arguments: &[OsString]) -> clap::Command {
    let words = NamedWords::of(arguments);
    let root = GlobalArgs::augment_args(clap::Command::new("coldseal").version(env!("CARGO_PKG_VERSION")).subcommand_required(true));
    let root = Command::add_named(SecretsCommand::add_named(root, &words), &words);
    let group = |root: clap::Command, name, commands: &dyn Fn(clap::Command) -> clap::Command| {
        if words.has(name) { root.subcommand(commands(clap::Command::new(name).subcommand_required(true))) } else { root }
    };
    let root = group(root, SECRETS_MANAGER, &|group| SecretsCommand::add_named(group, &words));
    group(root, KMS, &|group| kms::add_named(group, &words))
}

/// Runs the command.
pub(crate) fn run(cli: Cli, invocation: Invocation) -> Outcome {
    match cli.command {
        Command::Secrets(command) | Command::Secretsmanager(command) => run_on_secrets(invocation, command),
        Command::Pack(args) => pack::run(&as_changed(invocation, &args.signed)?, &args),
        Command::Unpack(args) => unpack::run(&as_signed(invocation, &args.opening.signed)?, &args),
        Command::Edit(args) => edit::run(as_changed(invocation, &args.signed)?, &args),
        Command::Exec(args) => exec::run(&invocation, &args),
        Command::Status(args) => status::run(&invocation, &args),
        Command::Verify(args) => verify::run(&invocation, &args),
        Command::Diff(args) => diff::run(&invocation, &args),
        Command::Purge(args) => purge::run(&as_changed(invocation, &args.signed)?, &args),
        Command::IamPolicy(args) => iam_policy::run(&invocation, &args),
        Command::Seal(args) => seal::run(&invocation, &args),
        Command::Open(args) => open::run(&invocation, &args),
        Command::Rewrap(args) => rewrap::run(&as_changed(invocation, &args.signed)?, &args),
        Command::Sign(args) => sign::run(&invocation, *args),
        Command::Export(args) => export::run(&invocation, &args),
        Command::Import(args) => import::run(&invocation, &args),
        Command::Inspect(args) => inspect::run(&invocation, &args),
        Command::Kms(command) => kms::run(invocation, command),
        #[cfg(feature = "kms-endpoint")]
        Command::Serve(args) => serve::run(invocation, *args),
        #[cfg(not(feature = "kms-endpoint"))]
        Command::Serve(_) => Err(no_endpoint::refusal("coldseal serve")),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&invocation, &args, Cli::command()),
    }
}

fn run_on_secrets(invocation: Invocation, command: SecretsCommand) -> Outcome {
    match command {
        SecretsCommand::CreateSecret(args) => create_secret::run(as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::PutSecretValue(args) => put_secret_value::run(as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::ReplicateSecretToRegions(args) => replicate_secret_to_regions::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::RemoveRegionsFromReplication(args) => {
            remove_regions_from_replication::run(&as_changed(invocation, &args.signed)?, &args)
        }
        SecretsCommand::StopReplicationToReplica(args) => stop_replication_to_replica::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::GetSecretValue(args) => get_secret_value::run(&invocation, &args),
        SecretsCommand::BatchGetSecretValue(args) => batch_get_secret_value::run(&invocation, &args),
        SecretsCommand::DescribeSecret(args) => describe_secret::run(&invocation, &args),
        SecretsCommand::ListSecrets(args) => list_secrets::run(&invocation, &args),
        SecretsCommand::GetRandomPassword(args) => get_random_password::run(&invocation, &args),
        SecretsCommand::DeleteSecret(args) => delete_secret::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::RestoreSecret(args) => restore_secret::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::RotateSecret(args) => rotate_secret::run(as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::CancelRotateSecret(args) => cancel_rotate_secret::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::TagResource(args) => tag_resource::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::UntagResource(args) => untag_resource::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::ListSecretVersionIds(args) => list_secret_version_ids::run(&invocation, &args),
        SecretsCommand::UpdateSecret(args) => update_secret::run(as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::UpdateSecretVersionStage(args) => update_secret_version_stage::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::PutResourcePolicy(args) => put_resource_policy::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::GetResourcePolicy(args) => get_resource_policy::run(&invocation, &args),
        SecretsCommand::DeleteResourcePolicy(args) => delete_resource_policy::run(&as_changed(invocation, &args.signed)?, &args),
        SecretsCommand::ValidateResourcePolicy(args) => validate_resource_policy::run(&invocation, &args),
    }
}
