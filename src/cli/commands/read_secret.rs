//! `get-secret-value` and `describe-secret`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    cli::{
        args::{DescribeSecretArgs, GetSecretValueArgs},
        failure::Outcome,
        invocation::Invocation,
        output_file::Overwrite,
        recovery_key::{name_online_keys, opening_keys, opening_recovery_keys},
        terminal::note,
    },
    durable::Sync,
    error::Error,
    vault::{PayloadKind, SecretValueEntry, VersionSelector},
};

pub(super) fn get(invocation: &Invocation, args: &GetSecretValueArgs) -> Outcome {
    // A file that must not be overwritten is an error before anything is opened.
    let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
    let destination =
        args.output_file.as_deref().map(|path| invocation.destination(Some(path), overwrite, Sync::FileAndDirectory, &[])).transpose()?;
    invocation.vault.require()?;
    let mut keys = invocation.access.key_options();
    keys.online_opening.region = invocation.regions.explicit();
    keys.open_with = opening_keys(&args.opening)?.into_iter().map(|key| key.keyring).collect();
    keys.open_with.extend(opening_recovery_keys(&args.recovery_key)?);
    // With a key of the user's own, or AWS KMS, there need not be a keystore.
    let needs_keystore = keys.open_with.is_empty() && keys.online.is_none();
    let kms = if needs_keystore { Some(invocation.keystore.read()?) } else { invocation.keystore.read_if_any()? };
    name_online_keys(invocation, kms.as_ref(), &args.opening.kms_key_id, &mut keys)?;
    let selector = VersionSelector { version_id: args.version_id.clone(), version_stage: args.version_stage.clone() };
    let region = invocation.regions.of_secret(&args.secret_id)?;
    let entry = invocation.vault.get_secret_value_by(kms.as_ref(), &keys, &args.secret_id, region, &selector)?;
    match destination {
        Some(destination) => {
            let written = destination.write(&invocation.inputs.prompter, |output| {
                output.write_all(entry.value.expose()).map_err(|error| Error::io("writing the output", error))
            })?;
            if let Some(path) = written {
                note(&format!("{} bytes in {}", entry.value.expose().len(), path.display()));
            }
            Ok(())
        }
        None => invocation.printer.print(&document(&entry)?),
    }
}

/// The answer as AWS gives it: text as `SecretString`, bytes as base64 in `SecretBinary`.
fn document(entry: &SecretValueEntry) -> crate::Result<Value> {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
    put("ARN", json!(entry.arn));
    put("Name", json!(entry.name));
    put("VersionId", json!(entry.version_id));
    match entry.value.kind() {
        PayloadKind::String => {
            let text = std::str::from_utf8(entry.value.expose()).map_err(|_| Error::Misuse("a string value was checked to be UTF-8"))?;
            put("SecretString", json!(text));
        }
        PayloadKind::Binary => put("SecretBinary", json!(STANDARD.encode(entry.value.expose()))),
    }
    put("VersionStages", json!(entry.version_stages));
    put("CreatedDate", json!(entry.created_date));
    Ok(Value::Object(document))
}

pub(super) fn describe(invocation: &Invocation, args: &DescribeSecretArgs) -> Outcome {
    invocation.vault.require()?;
    // Metadata needs no key: a keystore that does not open is as good as none.
    let kms = match invocation.keystore.read_if_any() {
        Err(Error::Setup(why)) => {
            note(&format!("{why}; no bundle is marked as opening here"));
            None
        }
        loaded => loaded?,
    };
    let (keys, region) = (invocation.access.key_options(), invocation.regions.of_secret(&args.secret_id)?);
    let description = invocation.vault.describe_secret_with(kms.as_ref(), &keys, &args.secret_id, region)?;
    invocation.printer.print(&description)
}
