//! Public keys of keys in AWS KMS: `import-public-key` and `delete-public-key`.

use std::{fs::File, io::Read as _, path::Path};

use super::entry::change;
use crate::{
    cli::{
        args::kms::{ImportPublicKeyArgs, KeyIdArgs, PublicKeysCommand},
        failure::{Failure, Outcome},
        invocation::Invocation,
        terminal::{note, warn},
        usage::UsageError,
    },
    error::{Error, ErrorCode, Result},
    kms::{ImportPublicKeys, ImportedPublicKeys, NamedKey, PublicKeyFile, WhatHappened},
};

pub(super) fn run(invocation: &Invocation, command: PublicKeysCommand) -> Outcome {
    match command {
        PublicKeysCommand::ImportPublicKey(args) => import(invocation, &args),
        PublicKeysCommand::DeletePublicKey(args) => delete(invocation, &args),
    }
}

fn import(invocation: &Invocation, args: &ImportPublicKeyArgs) -> Outcome {
    let named = match (&args.key_arn, &args.key_usage) {
        (Some(arn), Some(usage)) => Some(NamedKey::new(arn, usage)?),
        _ => None,
    };
    if named.is_some() && args.files.len() > 1 {
        return Err(UsageError::new("--key-arn names the key of one FILE, and there are several").into());
    }
    let read = |path: &std::path::PathBuf| Ok::<_, Failure>((path.display().to_string(), read(path, named.as_ref())?));
    let request = ImportPublicKeys {
        region: invocation.regions.explicit(),
        files: args.files.iter().map(read).collect::<Outcome<_>>()?,
        fingerprints: args.fingerprint.clone(),
        replace_aliases: args.replace_alias.clone(),
    };
    let imported = change(invocation, |kms| kms.import_public_keys(&request))?;
    report(&imported, !args.fingerprint.is_empty());
    invocation.printer.print(&imported)
}

fn read(path: &Path, named: Option<&NamedKey>) -> Result<PublicKeyFile> {
    let limit = u64::try_from(PublicKeyFile::LIMIT).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let reading = |error| Error::io_at("reading", path, error);
    let length = File::open(path).and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes)).map_err(reading)?;
    if length > PublicKeyFile::LIMIT {
        let message = format!("{}: more than {limit} bytes; is it what 'aws kms get-public-key' printed?", path.display());
        return Err(Error::service(ErrorCode::InvalidParameterException, message));
    }
    PublicKeyFile::parse(&bytes, named).map_err(|error| match error {
        Error::Service(refusal) => Error::service(refusal.code(), format!("{}: {refusal}", path.display())),
        other => other,
    })
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

fn delete(invocation: &Invocation, args: &KeyIdArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key_id)?;
    invocation.keystore.require()?;
    let key = change(invocation, |kms| kms.delete_public_key(region, &args.key_id))?;
    note(&format!("{key} is not here any more; what was sealed under it still opens in AWS"));
    match invocation.vault.secrets_under_keys(std::slice::from_ref(&key)) {
        Ok(secrets) if secrets.is_empty() => {}
        Ok(secrets) => {
            note(&format!("secrets in {} with bundles under it:", invocation.vault.root().display()));
            secrets.iter().for_each(|secret| note(&format!("  {secret}")));
        }
        Err(error) => warn(&format!("which secrets have bundles under it is not known: {error}")),
    }
    invocation.printer.print(&serde_json::json!({ "KeyId": key }))
}
