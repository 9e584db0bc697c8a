//! Arguments of the commands on public keys of keys in AWS KMS.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::KeyIdArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum PublicKeysCommand {
    ImportPublicKey(ImportPublicKeyArgs),
    /// [coldseal] Remove an imported public key with its aliases
    ///
    /// What was sealed under it still opens in AWS. The secrets of the vault that have bundles under it are listed on stderr.
    #[command(after_help = "Example:
  coldseal kms delete-public-key --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    DeletePublicKey(KeyIdArgs),
}

/// [coldseal] Import public keys of keys in AWS KMS, to seal for them without a network
///
/// A FILE is what 'aws kms get-public-key' printed (JSON), what 'aws kms list-aliases' printed (the aliases of keys that are imported are taken),
/// or a public key as DER or PEM. RSA keys need the usage ENCRYPT_DECRYPT, keys on NIST curves KEY_AGREEMENT. All FILEs are imported, or none.
/// Only AWS KMS opens what is sealed under these keys.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal kms import-public-key --region us-east-1 east.json aliases.json
  coldseal kms import-public-key east.json --fingerprint \\
      3f0a377ba0a4a460ecb616f6507ce0d8cfa3e704025d4fda3ed0c5ca05468728
  coldseal kms import-public-key east.pem --key-usage ENCRYPT_DECRYPT \\
      --key-arn arn:aws:kms:us-east-1:111122223333:key/1234abcd-...

With access to AWS, this makes the file, and this prints its fingerprint:
  aws kms get-public-key --key-id KEY --output json > east.json
  aws kms get-public-key --key-id KEY --query PublicKey --output text \\
      | base64 -d | sha256sum")]
pub(crate) struct ImportPublicKeyArgs {
    /// JSON of get-public-key or list-aliases, or a public key as DER or PEM
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// SHA-256 of a public key that has to be in the FILEs, in hex; repeat it for several, then each key needs one
    #[arg(long, value_name = "HEX")]
    pub(crate) fingerprint: Vec<String>,
    /// Let a FILE of aliases take this alias from the key that has it; repeat it for several
    #[arg(long, value_name = "ALIAS")]
    pub(crate) replace_alias: Vec<String>,
    /// ARN of the key, for a DER or PEM file
    #[arg(long, value_name = "ARN", requires = "key_usage")]
    pub(crate) key_arn: Option<String>,
    /// Usage of the key in AWS KMS, for a DER or PEM file: ENCRYPT_DECRYPT or KEY_AGREEMENT
    #[arg(long, value_name = "USAGE", requires = "key_arn")]
    pub(crate) key_usage: Option<String>,
}
