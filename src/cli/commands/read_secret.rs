//! `get-secret-value` and `describe-secret`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    cli::{
        args::{DescribeSecretArgs, GetSecretValueArgs},
        context::{Context, note},
        failure::{During as _, Failure, Outcome},
        output_file::{Destination, Overwrite},
        recovery_key::{opening_keys, opening_recovery_keys},
    },
    durable::Sync,
    error::Error,
    keyring::{AwsKmsDiscoveryKeyring, Keyring},
    vault::{PayloadKind, SecretValueEntry, VersionSelector, borrowed},
};

pub(super) fn get(context: &Context, args: &GetSecretValueArgs) -> Outcome {
    const OPERATION: &str = "GetSecretValue";
    // A file that must not be overwritten is an error before anything is opened.
    let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
    let destination =
        args.output_file.as_deref().map(|path| Destination::new(Some(path), overwrite, Sync::FileAndDirectory, &[])).transpose()?;
    context.vault.require().during(OPERATION)?;
    let mut keyrings: Vec<Box<dyn Keyring>> = opening_keys(&args.opening)?.into_iter().map(|key| key.keyring).collect();
    keyrings.extend(opening_recovery_keys(&args.recovery_key)?);
    // With a key of the user's own there need not be a keystore.
    let kms = if keyrings.is_empty() { Some(context.kms(OPERATION)?) } else { context.kms_if_any(OPERATION)? };
    let discovery = kms.as_ref().map(|kms| AwsKmsDiscoveryKeyring::new(kms));
    let mut openers = borrowed(&keyrings);
    openers.extend(discovery.as_ref().map(|discovery| discovery as &dyn Keyring));
    let selector = VersionSelector { version_id: args.version_id.clone(), version_stage: args.version_stage.clone() };
    let region = context.region_for(&args.secret_id)?;
    let entry = context.vault.get_secret_value_with(&openers, &args.secret_id, region, &selector).during(OPERATION)?;
    match destination {
        Some(destination) => {
            let written = destination
                .write(|output| output.write_all(entry.value.expose()).map_err(|error| Error::io("writing the output", error)))
                .during(OPERATION)?;
            if let Some(path) = written {
                note(&format!("{} bytes in {}", entry.value.expose().len(), path.display()));
            }
            Ok(())
        }
        None => context.print(&document(&entry).during(OPERATION)?),
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

pub(super) fn describe(context: &Context, args: &DescribeSecretArgs) -> Outcome {
    const OPERATION: &str = "DescribeSecret";
    context.vault.require().during(OPERATION)?;
    // Metadata needs no key: a keystore that does not open is as good as none.
    let kms = match context.kms_if_any(OPERATION) {
        Err(Failure::Core { error: Error::Setup(why), .. }) => {
            note(&format!("{why}; no bundle is marked as opening here"));
            None
        }
        loaded => loaded?,
    };
    let description =
        context.vault.describe_secret(kms.as_ref(), &args.secret_id, context.region_for(&args.secret_id)?).during(OPERATION)?;
    context.print(&description)
}
