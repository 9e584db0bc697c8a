//! `import-public-key`

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    cli::{
        commands::kms::entry::change,
        failure::{Failure, Outcome},
        files_in_use::FilesInUse,
        invocation::Invocation,
        terminal::{note, warn},
        usage::UsageError,
    },
    error::{Error, PublicKeyRefusal, Refusal, Result},
    kms::{ImportPublicKeys, ImportedPublicKeys, NamedKey, PublicKeyFile, WhatHappened},
};

/// [coldseal] Import public keys of keys in AWS KMS, to seal for them without a network
///
/// A FILE is what 'aws kms get-public-key' printed (JSON), what 'aws kms list-aliases' printed (the aliases of keys that are imported are taken),
/// or a public key as DER or PEM. RSA keys need the usage ENCRYPT_DECRYPT, keys on NIST curves KEY_AGREEMENT. All FILEs are imported, or none.
/// Only AWS KMS opens what is sealed under these keys.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
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
    /// ARN of the key, for a DER or PEM file, and for JSON that has its bare id
    #[arg(long, value_name = "ARN")]
    pub(crate) key_arn: Option<String>,
    /// Usage of the key in AWS KMS, for a DER or PEM file: ENCRYPT_DECRYPT or KEY_AGREEMENT
    #[arg(long, value_name = "USAGE", requires = "key_arn")]
    pub(crate) key_usage: Option<String>,
}

pub(super) fn run(invocation: &Invocation, args: &ImportPublicKeyArgs) -> Outcome {
    let named = args.key_arn.as_ref().map(|arn| NamedKey::new(arn, args.key_usage.as_deref())).transpose()?;
    if named.is_some() && args.files.len() > 1 {
        return Err(UsageError::new("--key-arn names the key of one FILE, and there are several").into());
    }
    let read = |path: &PathBuf| Ok::<_, Failure>((path.display().to_string(), read(invocation.inputs.in_use(), path, named.as_ref())?));
    let request = ImportPublicKeys {
        region: invocation.regions.explicit(),
        files: args.files.iter().map(read).collect::<Outcome<_>>()?,
        fingerprints: args.fingerprint.clone(),
        replace_aliases: args.replace_alias.clone(),
    };
    let imported = change(&invocation.keystore, |kms| kms.import_public_keys(&request))?;
    report(&imported, !args.fingerprint.is_empty());
    invocation.printer.print(&imported)
}

fn read(files: &FilesInUse, path: &Path, named: Option<&NamedKey>) -> Result<PublicKeyFile> {
    let limit = u64::try_from(PublicKeyFile::LIMIT).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let reading = |error| Error::io_at("reading", path, error);
    let length = files.open(path).and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes)).map_err(reading)?;
    if length > PublicKeyFile::LIMIT {
        return Err(in_file(path, Box::new(PublicKeyRefusal::FileTooLong(limit).into())));
    }
    PublicKeyFile::parse(&bytes, named).map_err(|error| match error {
        Error::Service(refusal) => in_file(path, refusal),
        other => other,
    })
}

fn in_file(path: &Path, refusal: Box<Refusal>) -> Error {
    Refusal::InFile { file: path.display().to_string(), refusal }.into()
}

fn report(imported: &ImportedPublicKeys, is_checked: bool) {
    for key in &imported.keys {
        match key.status {
            WhatHappened::Unchanged => note(&format!("{} is here already, the same", key.key_id)),
            _ => note(&format!("{}: {}, SHA-256 of the public key {}", key.key_id, key.key_spec, key.public_key_sha256)),
        }
    }
    if !is_checked && imported.keys.iter().any(|key| key.status == WhatHappened::Added) {
        warn(
            "no --fingerprint was given: compare each SHA-256 with what 'aws kms get-public-key --key-id KEY --query PublicKey --output text | base64 -d | sha256sum' prints in AWS",
        );
    }
    if imported.passed_over > 0 {
        note(&format!("aliases of keys that are not imported, passed over: {}", imported.passed_over));
    }
}
