//! Arguments of `coldseal kms`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

mod asymmetric;
mod cryptography;
mod details;
mod lifecycle;
mod public_keys;
mod serve;
mod transfer;

pub(crate) use asymmetric::AsymmetricCommand;
pub(crate) use cryptography::{CryptographyCommand, DryRunArgs};
pub(crate) use details::DetailsCommand;
pub(crate) use lifecycle::{KeyDetailsArgs, LifecycleCommand, PurgeArgs, ScheduleKeyDeletionArgs};
pub(crate) use public_keys::{ImportPublicKeyArgs, PublicKeysCommand};
pub(crate) use serve::ServeArgs;
pub(crate) use transfer::{ExportKeysArgs, ImportKeysArgs, SetDefaultKeyArgs, TransferCommand};

use super::KmsPagingArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum KmsCommand {
    CreateKey(Box<CreateKeyArgs>),
    /// List the keys of a Region, or of all Regions
    #[command(after_help = "Example:
  coldseal kms list-keys --query 'Keys[].KeyArn' --output text")]
    ListKeys(KmsPagingArgs),
    DescribeKey(DescribeKeyArgs),
    CreateAlias(CreateAliasArgs),
    ListAliases(ListAliasesArgs),
    /// Enable a key that was disabled
    #[command(after_help = "Example:
  coldseal kms enable-key --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    EnableKey(KeyIdArgs),
    /// Disable a key: it neither encrypts nor decrypts until it is enabled
    #[command(after_help = "Example:
  coldseal kms disable-key --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    DisableKey(KeyIdArgs),
    EnableRegion(EnableRegionArgs),
    ChangeProtection(ChangeProtectionArgs),
    #[command(flatten)]
    Cryptography(CryptographyCommand),
    #[command(flatten)]
    Asymmetric(AsymmetricCommand),
    #[command(flatten)]
    Lifecycle(LifecycleCommand),
    #[command(flatten)]
    Details(DetailsCommand),
    #[command(flatten)]
    PublicKeys(PublicKeysCommand),
    #[command(flatten)]
    Transfer(TransferCommand),
    Serve(ServeArgs),
}

/// Create a key in a Region: symmetric, RSA, or on an elliptic curve
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Examples:
  coldseal kms create-key --region us-east-1 --description 'payroll' \\
      --query KeyMetadata.KeyId --output text
  coldseal kms create-key --region us-east-1 --key-spec RSA_4096 \\
      --key-usage ENCRYPT_DECRYPT
  coldseal kms create-key --region us-east-1 --key-spec ECC_NIST_P384 \\
      --key-usage KEY_AGREEMENT")]
pub(crate) struct CreateKeyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) details: KeyDetailsArgs,
    /// Make a key that 'replicate-key' can copy to other Regions; cannot be changed later
    #[arg(long, overrides_with = "no_multi_region")]
    pub(crate) multi_region: bool,
    #[arg(long, hide = true)]
    #[serde(skip)]
    no_multi_region: bool,
    /// RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521 or SYMMETRIC_DEFAULT (AES-256-GCM) [default: SYMMETRIC_DEFAULT]
    #[arg(long, value_name = "SPEC")]
    pub(crate) key_spec: Option<String>,
    /// --key-spec, as AWS called it once
    #[arg(long, value_name = "SPEC", hide = true)]
    pub(crate) customer_master_key_spec: Option<String>,
    /// ENCRYPT_DECRYPT for a symmetric or RSA key, KEY_AGREEMENT for one on a curve; only a symmetric key goes without
    #[arg(long, value_name = "USAGE")]
    pub(crate) key_usage: Option<String>,
    /// AWS_KMS
    #[arg(long, value_name = "ORIGIN", value_parser = ["AWS_KMS"], default_value = "AWS_KMS", hide = true)]
    origin: String,
}

/// Show a key's metadata
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal kms describe-key --region us-east-1 --key-id alias/east \\
      --query KeyMetadata.KeyState")]
pub(crate) struct DescribeKeyArgs {
    /// Key id, key ARN, alias or alias ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
}

/// Give a key a name
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal kms create-alias --region us-east-1 --alias-name alias/east \\
      --target-key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
pub(crate) struct CreateAliasArgs {
    /// The name, with alias/ in front
    #[arg(long, value_name = "ALIAS")]
    pub(crate) alias_name: String,
    /// Key id or key ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) target_key_id: String,
}

/// List the aliases of a Region, or of all Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal kms list-aliases --region us-east-1 \\
      --query 'Aliases[].[AliasName,TargetKeyId]' --output text")]
pub(crate) struct ListAliasesArgs {
    /// Only those of this key: key id or key ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) paging: KmsPagingArgs,
}

/// Lists what belongs to one key.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListOfKeyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) paging: KmsPagingArgs,
}

#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyIdArgs {
    /// Key id or key ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
}

/// [coldseal] Enable Regions that AWS does not enable by default
#[derive(Debug, Args)]
#[command(after_help = "Example:
  coldseal kms enable-region af-south-1 ap-east-1")]
pub(crate) struct EnableRegionArgs {
    /// The Regions [default: --region]
    #[arg(value_name = "REGION")]
    pub(crate) regions: Vec<String>,
}

/// [coldseal] Protect the keystore by a passphrase or by a key file
///
/// The keys stay; only what unlocks them changes. Copies of the keystore made before still open with what protected them then.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal kms change-protection --to passphrase  # asks for it, hidden
  coldseal kms change-protection --to passphrase --new-passphrase-file NEW \\
      --passphrase-file OLD
  coldseal kms change-protection --to key-file  # a new one, if there is one

The new passphrase comes from --new-passphrase-file, COLDSEAL_NEW_PASSPHRASE_FD, COLDSEAL_NEW_PASSPHRASE, or a prompt.")]
pub(crate) struct ChangeProtectionArgs {
    /// What protects the keystore from now on
    #[arg(long, value_enum)]
    pub(crate) to: ProtectionKind,
    /// File with the new passphrase
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProtectionKind {
    /// 32 random bytes in a file of mode 0600
    KeyFile,
    /// Argon2id
    Passphrase,
}
