//! Arguments of the commands that encrypt, decrypt and generate.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::{
    args::kms::{any_name::AnyName, dry_run::DryRunArgs, grant_tokens::GrantTokensArgs},
    command_group::commands,
};

commands! {
    #[derive(Debug, Subcommand, Serialize)]
    #[serde(untagged)]
    pub(crate) enum CryptographyCommand {
        Encrypt(EncryptArgs),
        Decrypt(DecryptArgs),
        #[command(after_long_help = "Example:
  coldseal kms re-encrypt --region us-east-1 --ciphertext-blob fileb://blob \\
      --destination-key-id alias/new")]
        ReEncrypt(ReEncryptArgs),
        GenerateDataKey(GenerateDataKeyArgs),
        /// Make a data key, and show it encrypted only
        GenerateDataKeyWithoutPlaintext(GenerateDataKeyArgs),
        #[command(after_long_help = "Example:
  coldseal kms generate-random --number-of-bytes 32")]
        GenerateRandom(GenerateRandomArgs),
    }
}

/// Encrypt 1 to 4096 bytes
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal kms encrypt --region us-east-1 --key-id alias/east \\
      --plaintext fileb://secret.bin --query CiphertextBlob --output text

An RSA key encrypts 190 to 470 bytes. For more than that, or more than 4096
bytes, use 'coldseal seal'.")]
pub(crate) struct EncryptArgs {
    /// Key id, key ARN, alias or alias ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
    /// What to encrypt: fileb://FILE, '-' for stdin, file://FILE (base64) or base64
    #[arg(long, value_name = "BLOB")]
    pub(crate) plaintext: String,
    /// Non-secret pairs that decryption has to name again: k=v,k2=v2, or JSON; not under an RSA key
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
    /// Under an RSA key RSAES_OAEP_SHA_1 or RSAES_OAEP_SHA_256 [default: SYMMETRIC_DEFAULT]
    #[arg(long, value_name = "NAME", default_value = "SYMMETRIC_DEFAULT", hide_default_value = true)]
    pub(crate) encryption_algorithm: String,
    #[command(flatten)]
    #[serde(flatten)]
    grant_tokens: GrantTokensArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// Decrypt what encrypt, re-encrypt or generate-data-key made
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal kms decrypt --region us-east-1 --ciphertext-blob fileb://secret.enc \\
      --query Plaintext --output text | base64 -d")]
pub(crate) struct DecryptArgs {
    /// The ciphertext: fileb://FILE, '-' for stdin, file://FILE (base64) or base64
    #[arg(long, value_name = "BLOB")]
    pub(crate) ciphertext_blob: String,
    /// Key id, key ARN, alias or alias ARN; another key's ciphertext is refused, and one by RSA needs it [default: the key that the ciphertext names]
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: Option<String>,
    /// The pairs that it was encrypted with
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
    /// Under an RSA key RSAES_OAEP_SHA_1 or RSAES_OAEP_SHA_256 [default: SYMMETRIC_DEFAULT]
    #[arg(long, value_name = "NAME", default_value = "SYMMETRIC_DEFAULT", hide_default_value = true)]
    pub(crate) encryption_algorithm: String,
    #[command(flatten)]
    #[serde(flatten)]
    grant_tokens: GrantTokensArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// Decrypt, and encrypt under another key or context, without showing the plaintext
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReEncryptArgs {
    /// The ciphertext: fileb://FILE, '-' for stdin, file://FILE (base64) or base64
    #[arg(long, value_name = "BLOB")]
    pub(crate) ciphertext_blob: String,
    /// The key that it is under [default: the key that the ciphertext names]
    #[arg(long, value_name = "KEY")]
    pub(crate) source_key_id: Option<String>,
    /// The pairs that it was encrypted with
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) source_encryption_context: Option<Vec<String>>,
    /// What it is encrypted by, as for decrypt [default: SYMMETRIC_DEFAULT]
    #[arg(long, value_name = "NAME", default_value = "SYMMETRIC_DEFAULT", hide_default_value = true)]
    pub(crate) source_encryption_algorithm: String,
    /// The key to encrypt under: key id, key ARN, alias or alias ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) destination_key_id: String,
    /// The pairs to encrypt with
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) destination_encryption_context: Option<Vec<String>>,
    /// What to encrypt by, as for encrypt [default: SYMMETRIC_DEFAULT]
    #[arg(long, value_name = "NAME", default_value = "SYMMETRIC_DEFAULT", hide_default_value = true)]
    pub(crate) destination_encryption_algorithm: String,
    #[command(flatten)]
    #[serde(flatten)]
    grant_tokens: GrantTokensArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// Make a data key, and show it plain and encrypted
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal kms generate-data-key --region us-east-1 --key-id alias/east \\
      --key-spec AES_256")]
pub(crate) struct GenerateDataKeyArgs {
    /// Key id, key ARN, alias or alias ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
    /// AES_256 (32 bytes) or AES_128 (16 bytes)
    #[arg(long, value_name = "SPEC", value_parser = AnyName(&["AES_256", "AES_128"]))]
    pub(crate) key_spec: Option<String>,
    /// Length in bytes, 1 to 1024
    #[arg(long, value_name = "BYTES", allow_negative_numbers = true)]
    pub(crate) number_of_bytes: Option<i64>,
    /// Non-secret pairs that decryption has to name again: k=v,k2=v2, or JSON
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
    #[command(flatten)]
    #[serde(flatten)]
    grant_tokens: GrantTokensArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// Make random bytes
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GenerateRandomArgs {
    /// How many, 1 to 1024
    #[arg(long, value_name = "BYTES", allow_negative_numbers = true)]
    pub(crate) number_of_bytes: Option<i64>,
}
