//! Arguments of the commands on asymmetric keys.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::{
    args::kms::{any_name::AnyName, dry_run::DryRunArgs, grant_tokens::GrantTokensArgs},
    command_group::commands,
};

commands! {
    #[derive(Debug, Subcommand, Serialize)]
    #[serde(untagged)]
    pub(crate) enum AsymmetricCommand {
        GetPublicKey(GetPublicKeyArgs),
        DeriveSharedSecret(DeriveSharedSecretArgs),
    }
}

/// Show the public part of an asymmetric key, for others to encrypt with
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal kms get-public-key --region us-east-1 --key-id alias/east > east.json
  coldseal kms get-public-key --region us-east-1 --key-id alias/east \\
      --query PublicKey --output text | base64 -d > east.der

PublicKey is the DER of a SubjectPublicKeyInfo, which 'openssl pkey -pubin -inform DER' reads.")]
pub(crate) struct GetPublicKeyArgs {
    /// Key id, key ARN, alias or alias ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
    #[command(flatten)]
    #[serde(flatten)]
    grant_tokens: GrantTokensArgs,
}

/// Agree on a secret with the owner of a public key on the same curve
///
/// The secret is the x coordinate of a point and no key yet: a key derivation function has to follow.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal kms derive-shared-secret --region us-east-1 --key-id alias/east \\
      --key-agreement-algorithm ECDH --public-key fileb://peer.der")]
pub(crate) struct DeriveSharedSecretArgs {
    /// Key id, key ARN, alias or alias ARN of a key with the usage KEY_AGREEMENT
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
    /// ECDH
    #[arg(long, value_name = "NAME", value_parser = AnyName(&["ECDH"]))]
    pub(crate) key_agreement_algorithm: String,
    /// The other's public key, the DER of a SubjectPublicKeyInfo: fileb://FILE, file://FILE (base64) or base64
    #[arg(long, value_name = "BLOB")]
    pub(crate) public_key: String,
    #[command(flatten)]
    #[serde(flatten)]
    grant_tokens: GrantTokensArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
