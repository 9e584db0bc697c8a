//! `coldseal kms …`

mod change_protection;
mod create_key;
mod delete_public_key;
mod dependents;
mod enable_region;
mod entry;
mod export_keys;
mod import_keys;
mod import_public_key;
mod lifecycle;
mod list_regions;
mod purge;
mod replicate_key;
mod schedule_key_deletion;
#[cfg(feature = "kms-endpoint")]
mod serve;
mod set_default_key;
mod update_primary_region;

use clap::Subcommand;

use self::{
    change_protection::ChangeProtectionArgs, create_key::CreateKeyArgs, enable_region::EnableRegionArgs, export_keys::ExportKeysArgs,
    import_keys::ImportKeysArgs, import_public_key::ImportPublicKeyArgs, lifecycle::LifecycleCommand, list_regions::ListRegionsArgs,
    set_default_key::SetDefaultKeyArgs,
};
#[cfg(not(feature = "kms-endpoint"))]
use super::no_endpoint;
use crate::cli::{
    args::{
        KmsPagingArgs,
        kms::{
            AsymmetricCommand, CreateAliasArgs, CryptographyCommand, DescribeKeyArgs, KeyIdArgs, KeyPropertiesCommand, ListAliasesArgs,
            ServeArgs,
        },
    },
    command_group::{NamedWords, commands},
    failure::Outcome,
    invocation::Invocation,
    key_access::KeyAccess,
    usage::UsageError,
};

commands! {
    #[derive(Debug, Subcommand)]
    pub(crate) enum KmsCommand {
        CreateKey(Box<CreateKeyArgs>),
        /// List the keys of a Region, or of all Regions
        #[command(after_long_help = "Example:
  coldseal kms list-keys --query 'Keys[].KeyArn' --output text")]
        ListKeys(KmsPagingArgs),
        DescribeKey(DescribeKeyArgs),
        CreateAlias(CreateAliasArgs),
        ListAliases(ListAliasesArgs),
        /// Enable a key that was disabled
        #[command(after_long_help = "Example:
  coldseal kms enable-key --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        EnableKey(KeyIdArgs),
        /// Disable a key: it neither encrypts nor decrypts until it is enabled
        #[command(after_long_help = "Example:
  coldseal kms disable-key --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        DisableKey(KeyIdArgs),
        EnableRegion(EnableRegionArgs),
        ChangeProtection(ChangeProtectionArgs),
        #[command(flatten)]
        Cryptography(CryptographyCommand) as group,
        #[command(flatten)]
        Asymmetric(AsymmetricCommand) as group,
        #[command(flatten)]
        Lifecycle(LifecycleCommand) as group,
        #[command(flatten)]
        KeyProperties(KeyPropertiesCommand) as group,
        ImportPublicKey(ImportPublicKeyArgs),
        /// [coldseal] Remove an imported public key with its aliases
        ///
        /// What was sealed under it still opens in AWS. The secrets of the vault that have bundles under it are listed on stderr.
        #[command(after_long_help = "Example:
  coldseal kms delete-public-key --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        DeletePublicKey(KeyIdArgs),
        #[command(after_long_help = "Examples:
  coldseal kms set-default-key --region us-east-1 --key-id alias/east
  coldseal kms set-default-key --kms aws --region us-east-1 \\
      --key-id alias/east  # one in AWS KMS, kept by its ARN")]
        SetDefaultKey(SetDefaultKeyArgs),
        /// [coldseal] List the Regions: partition, whether it is enabled, whether it has to be, and its default key
        #[command(after_long_help = "Example:
  coldseal kms list-regions --output text")]
        ListRegions(ListRegionsArgs),
        ExportKeys(ExportKeysArgs),
        ImportKeys(ImportKeysArgs),
        Serve(ServeArgs),
    }
}

/// Adds the commands that are named, as [`KmsCommand::add_named`] does, with those of its groups.
pub(super) fn add_named(parent: clap::Command, words: &NamedWords<'_>) -> clap::Command {
    let parent = KmsCommand::add_named(parent, words);
    let parent = CryptographyCommand::add_named(parent, words);
    let parent = AsymmetricCommand::add_named(parent, words);
    let parent = LifecycleCommand::add_named(parent, words);
    KeyPropertiesCommand::add_named(parent, words)
}

pub(super) fn run(invocation: Invocation, command: KmsCommand) -> Outcome {
    refuse_for_aws(&invocation.access, &command)?;
    match command {
        KmsCommand::CreateKey(args) => create_key::run(&invocation, &args),
        KmsCommand::DescribeKey(args) => entry::run(&invocation, &args),
        KmsCommand::CreateAlias(args) => entry::run(&invocation, &args),
        KmsCommand::EnableKey(args) | KmsCommand::DisableKey(args) => entry::run(&invocation, &args),
        KmsCommand::ListKeys(paging) => entry::list(&invocation, &paging, &paging),
        KmsCommand::ListAliases(args) => entry::list(&invocation, &args, &args.paging),
        KmsCommand::EnableRegion(args) => enable_region::run(&invocation, &args),
        KmsCommand::ChangeProtection(args) => change_protection::run(invocation, args),
        KmsCommand::Cryptography(command) => entry::run(&invocation, &command),
        KmsCommand::Asymmetric(command) => entry::run(&invocation, &command),
        KmsCommand::Lifecycle(command) => lifecycle::run(&invocation, command),
        KmsCommand::KeyProperties(KeyPropertiesCommand::ListResourceTags(args)) => entry::list(&invocation, &args, &args.paging),
        KmsCommand::KeyProperties(command) => entry::run(&invocation, &command),
        KmsCommand::ImportPublicKey(args) => import_public_key::run(&invocation, &args),
        KmsCommand::DeletePublicKey(args) => delete_public_key::run(&invocation, &args),
        KmsCommand::SetDefaultKey(args) => set_default_key::run(&invocation, &args),
        KmsCommand::ListRegions(_) => list_regions::run(&invocation),
        KmsCommand::ExportKeys(args) => export_keys::run(invocation, args),
        KmsCommand::ImportKeys(args) => import_keys::run(&invocation, args),
        #[cfg(feature = "kms-endpoint")]
        KmsCommand::Serve(args) => serve::run(invocation, args),
        #[cfg(not(feature = "kms-endpoint"))]
        KmsCommand::Serve(_) => Err(no_endpoint::refusal("kms serve")),
    }
}

/// AWS's own operations are done here on the embedded KMS alone.
fn refuse_for_aws(access: &KeyAccess, command: &KmsCommand) -> Outcome {
    let is_ours = match command {
        KmsCommand::EnableRegion(_)
        | KmsCommand::ChangeProtection(_)
        | KmsCommand::ImportPublicKey(_)
        | KmsCommand::DeletePublicKey(_)
        | KmsCommand::SetDefaultKey(_)
        | KmsCommand::ListRegions(_)
        | KmsCommand::ExportKeys(_)
        | KmsCommand::ImportKeys(_) => true,
        KmsCommand::Lifecycle(command) => matches!(command, LifecycleCommand::Purge(_)),
        _ => false,
    };
    if is_ours || access.online.is_none() {
        return Ok(());
    }
    let error = UsageError::new("'coldseal kms' works on the keys of the keystore, and --kms aws asks for those of AWS KMS");
    Err(error.with_hint("'aws kms' has the same operations there; --kms embedded works on the keystore").into())
}
