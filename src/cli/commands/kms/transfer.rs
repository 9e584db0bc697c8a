//! Regions, default keys, and keys that travel.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{entry::change, protection};
use crate::{
    cli::{
        args::kms::{ExportKeysArgs, ImportKeysArgs, SetDefaultKeyArgs, TransferCommand},
        failure::Outcome,
        invocation::Invocation,
        passphrase::PassphraseSources,
        regions::parse_region,
        terminal::note,
        usage::UsageError,
    },
    error::{Error, SetupError},
    kms::{KeyPurpose, KeySource, KeystoreLocation, KeystoreSession, Protection},
    region::Region,
    vault::DEFAULT_KEY_ALIAS,
};

pub(super) fn run(invocation: Invocation, command: TransferCommand) -> Outcome {
    match command {
        TransferCommand::SetDefaultKey(args) => set_default_key(&invocation, &args),
        TransferCommand::ListRegions => list_regions(&invocation),
        TransferCommand::ExportKeys(args) => export(invocation, args),
        TransferCommand::ImportKeys(args) => import(&invocation, args),
    }
}

fn set_default_key(invocation: &Invocation, args: &SetDefaultKeyArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key.key_id)?;
    let (key_id, options) = (&args.key.key_id, invocation.access.key_options());
    let key = change(invocation, |kms| {
        // A key that is here is set as such; with AWS KMS one there is set by its ARN, and 'alias/aws/secretsmanager' still means that none is.
        if options.online.is_none() || key_id == DEFAULT_KEY_ALIAS {
            return kms.set_default_key(region, key_id);
        }
        let found = options.sources(kms).find(region, key_id, KeyPurpose::Wrap)?;
        match found.source {
            KeySource::Aws => kms.set_default_key_in_aws(&found.arn).map(|()| Some(found.arn)),
            _ => kms.set_default_key(region, &found.arn.to_string()),
        }
    })?;
    invocation.access.note_calls();
    match key {
        Some(key) => note(&format!("secrets in {region} use {key} where no key is named")),
        None => note(&format!("secrets in {region} use alias/aws/secretsmanager where no key is named")),
    }
    Ok(())
}

/// Works without a keystore too: which Regions there are is no secret.
fn list_regions(invocation: &Invocation) -> Outcome {
    let kms = invocation.keystore.read_if_any()?;
    let entry = |region: Region| {
        let enabled = kms.as_ref().map_or_else(|| region.is_enabled_by_default(), |kms| kms.is_enabled(region));
        let default_key = kms.as_ref().and_then(|kms| kms.chosen_default_key(region));
        json!({
            "RegionName": region,
            "Partition": region.partition().id(),
            "Enabled": enabled,
            "OptIn": !region.is_enabled_by_default(),
            "DefaultKeyId": default_key,
        })
    };
    let regions: Vec<Value> = Region::all().map(entry).collect();
    invocation.printer.print(&json!({ "Regions": regions }))
}

fn export(mut invocation: Invocation, args: ExportKeysArgs) -> Outcome {
    let protection = protection(args.protect_with);
    if protection == Protection::Passphrase && args.output_key_file.is_some() {
        return Err(UsageError::new("--output-key-file goes with --protect-with key-file; leave one of them out").into());
    }
    if protection == Protection::KeyFile && args.new_passphrase_file.is_some() {
        return Err(UsageError::new("--new-passphrase-file goes with --protect-with passphrase").into());
    }
    let regions: BTreeSet<Region> = if args.regions.is_empty() {
        BTreeSet::from([invocation.regions.require()?])
    } else {
        args.regions.iter().map(|name| parse_region("--regions", name)).collect::<Result<_, _>>()?
    };
    let regions = Vec::from_iter(regions);
    let copy = invocation.keystore.read()?.export(&regions)?;
    let location = location(args.output_file, args.output_key_file);
    invocation.keystore.passphrases = invocation.keystore.passphrases.with_new_file(args.new_passphrase_file);
    location.create(&copy, &invocation.keystore.passphrases, protection)?;
    let keystore = location.keystore.display();
    match protection {
        Protection::KeyFile => {
            let key_file = location.key_file.display();
            note(&format!(
                "wrote the keystore {keystore} and its key file {key_file}; whoever has both opens all that these keys encrypted"
            ));
        }
        Protection::Passphrase => note(&format!("wrote the keystore {keystore}; its passphrase opens all that these keys encrypted")),
    }
    let mut keys = Vec::new();
    for region in regions {
        keys.extend(copy.list_keys(region)?.into_iter().map(|entry| entry.key_arn));
    }
    invocation.printer.print(&json!({ "Keystore": location.keystore.display().to_string(), "Keys": keys }))
}

fn import(invocation: &Invocation, args: ImportKeysArgs) -> Outcome {
    let location = location(args.file, args.input_key_file);
    let passphrases =
        PassphraseSources::of_input(&invocation.inputs.environment, args.input_passphrase_file, invocation.inputs.prompter.clone());
    let missing = || Error::from(SetupError::NoKeystore(location.keystore.clone()));
    let other = location.load(&passphrases).and_then(|kms| kms.ok_or_else(missing))?;
    // A first keystore takes the account of the keys; an account that was asked for stays as it was asked for.
    let account = match &invocation.access.account {
        None if !invocation.keystore.location.keystore.exists() => Some(other.account().clone()),
        account => account.clone(),
    };
    let mut session = KeystoreSession::begin(&invocation.keystore.location, &invocation.keystore.passphrases, account)?;
    let imported = session.kms_mut().import(other)?;
    let committed = session.commit()?.committed();
    invocation.keystore.note_made(&committed);
    for key in &imported.updated {
        note(&format!("{key} was rotated there: took its newer material over"));
    }
    for key in &imported.older {
        note(&format!("{key} was rotated here after these keys were exported: it stays as it is"));
    }
    invocation.printer.print(&json!({
        "ImportedKeys": imported.added,
        "UpdatedKeys": imported.updated,
        "UnchangedKeys": imported.unchanged,
        "OlderKeys": imported.older,
    }))
}

fn location(keystore: std::path::PathBuf, key_file: Option<std::path::PathBuf>) -> KeystoreLocation {
    let mut location = KeystoreLocation::new(keystore);
    if let Some(key_file) = key_file {
        location.key_file = key_file;
    }
    location
}
