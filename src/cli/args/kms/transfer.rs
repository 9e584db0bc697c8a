//! Arguments of the commands on Regions and on keys that travel.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{KeyIdArgs, ProtectionKind};

#[derive(Debug, Subcommand)]
pub(crate) enum TransferCommand {
    #[command(after_help = "Examples:
  coldseal kms set-default-key --region us-east-1 --key-id alias/east
  coldseal kms set-default-key --kms aws --region us-east-1 \\
      --key-id alias/east  # one in AWS KMS, kept by its ARN")]
    SetDefaultKey(SetDefaultKeyArgs),
    /// [coldseal] List the Regions: partition, whether it is enabled, whether it has to be, and its default key
    #[command(after_help = "Example:
  coldseal kms list-regions --output text")]
    ListRegions,
    ExportKeys(ExportKeysArgs),
    ImportKeys(ImportKeysArgs),
}

/// [coldseal] Choose the key that a Region uses where a command names none
///
/// 'alias/aws/secretsmanager' brings AWS's default back. An alias is followed now, not later. With --kms aws a key of AWS KMS can be chosen,
/// for commands with --kms aws.
#[derive(Debug, Args)]
pub(crate) struct SetDefaultKeyArgs {
    #[command(flatten)]
    pub(crate) key: KeyIdArgs,
}

/// [coldseal] Write a keystore that holds the keys of some Regions only
///
/// For another machine, or as a backup. It is a keystore like any other: --keystore FILE uses it. Automatic rotation is off in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal kms export-keys --regions eu-west-1 \\
      --output-file eu.json --output-key-file eu.key
  coldseal kms export-keys --regions eu-west-1 eu-central-1 \\
      --output-file eu.json --protect-with passphrase

The passphrase comes from --new-passphrase-file, COLDSEAL_NEW_PASSPHRASE_FD, COLDSEAL_NEW_PASSPHRASE, or a prompt.")]
pub(crate) struct ExportKeysArgs {
    /// The Regions [default: --region]
    #[arg(long, value_name = "REGION", num_args = 1..)]
    pub(crate) regions: Vec<String>,
    /// The keystore to write; must not be there
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) output_file: PathBuf,
    /// What protects it
    #[arg(long, value_enum, default_value = "key-file")]
    pub(crate) protect_with: ProtectionKind,
    /// Its new key file; must not be there [default: keystore.key beside the keystore]
    #[arg(long, value_name = "FILE")]
    pub(crate) output_key_file: Option<PathBuf>,
    /// File with its passphrase
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
}

/// [coldseal] Take over the keys of another keystore
///
/// A key that was rotated there since the last import gets the newer material, and keeps the older. Nothing is overwritten: a key or alias
/// that is here already and not the same, or a key that was rotated on both sides, refuses the whole import. Doing it again changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  coldseal kms import-keys eu.json --input-key-file eu.key

The passphrase comes from --input-passphrase-file, COLDSEAL_INPUT_PASSPHRASE_FD, COLDSEAL_INPUT_PASSPHRASE, or a prompt.")]
pub(crate) struct ImportKeysArgs {
    /// The other keystore
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Its key file [default: keystore.key beside it]
    #[arg(long, value_name = "FILE")]
    pub(crate) input_key_file: Option<PathBuf>,
    /// File with its passphrase
    #[arg(long, value_name = "FILE")]
    pub(crate) input_passphrase_file: Option<PathBuf>,
}
