//! `coldseal kms …`

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    cli::{
        args::{ChangeProtectionArgs, EnableRegionArgs, KmsCommand, ListAliasesArgs, ProtectionKind},
        context::{Context, note, parse_region},
        failure::{During as _, Outcome},
        kms_key::region_of,
    },
    error::{Error, Result, SetupError},
    kms::{EmbeddedKms, Protection},
    region::Region,
};

pub(super) fn run(context: Context, command: KmsCommand) -> Outcome {
    match command {
        KmsCommand::CreateKey(args) => {
            let region = context.require_region()?;
            let metadata = change(&context, "CreateKey", |kms| kms.create_key(region, &args.description))?;
            context.print(&json!({ "KeyMetadata": metadata }))
        }
        KmsCommand::DescribeKey(args) => {
            let region = region_of(&context, &args.key_id)?;
            let metadata = context.kms("DescribeKey")?.describe_key(region, &args.key_id).during("DescribeKey")?;
            context.print(&json!({ "KeyMetadata": metadata }))
        }
        KmsCommand::CreateAlias(args) => {
            let region = region_of(&context, &args.target_key_id)?;
            change(&context, "CreateAlias", |kms| kms.create_alias(region, &args.alias_name, &args.target_key_id))
        }
        KmsCommand::EnableKey(args) => {
            let region = region_of(&context, &args.key_id)?;
            change(&context, "EnableKey", |kms| kms.enable_key(region, &args.key_id))
        }
        KmsCommand::DisableKey(args) => {
            let region = region_of(&context, &args.key_id)?;
            change(&context, "DisableKey", |kms| kms.disable_key(region, &args.key_id))
        }
        KmsCommand::ListKeys => list_keys(&context),
        KmsCommand::ListAliases(args) => list_aliases(&context, &args),
        KmsCommand::EnableRegion(args) => enable_region(&context, &args),
        KmsCommand::ChangeProtection(args) => change_protection(context, args),
    }
}

/// Changes the keystore, durably, making it at first use.
fn change<T>(context: &Context, operation: &'static str, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Outcome<T> {
    let mut session = context.session(operation)?;
    let result = work(session.kms_mut()).during(operation)?;
    let committed = session.commit().during(operation)?;
    context.note_keystore(&committed);
    Ok(result)
}

fn list_keys(context: &Context) -> Outcome {
    let keys = each_region(context, "ListKeys", |kms, region| kms.list_keys(region))?;
    context.print(&json!({ "Keys": keys }))
}

fn list_aliases(context: &Context, args: &ListAliasesArgs) -> Outcome {
    let aliases = match &args.key_id {
        Some(key_id) => {
            let region = region_of(context, key_id)?;
            context.kms("ListAliases")?.list_aliases(region, Some(key_id)).during("ListAliases")?.iter().map(|alias| json!(alias)).collect()
        }
        None => each_region(context, "ListAliases", |kms, region| kms.list_aliases(region, None))?,
    };
    context.print(&json!({ "Aliases": aliases }))
}

/// A list for the Region, or without one for all Regions that are enabled.
fn each_region<T: Serialize>(
    context: &Context,
    operation: &'static str,
    list: impl Fn(&EmbeddedKms, Region) -> Result<Vec<T>>,
) -> Outcome<Vec<Value>> {
    let kms = context.kms(operation)?;
    let regions: Vec<Region> = match context.region()? {
        Some(region) => vec![region],
        None => Region::all().filter(|region| kms.is_enabled(*region)).collect(),
    };
    let mut entries = Vec::new();
    for region in regions {
        entries.extend(list(&kms, region).during(operation)?.iter().map(|entry| json!(entry)));
    }
    Ok(entries)
}

fn enable_region(context: &Context, args: &EnableRegionArgs) -> Outcome {
    let regions: Vec<Region> = if args.regions.is_empty() {
        vec![context.require_region()?]
    } else {
        args.regions.iter().map(|name| parse_region("enable-region", name)).collect::<std::result::Result<_, _>>()?
    };
    let news: Vec<bool> = change(context, "EnableRegion", |kms| Ok(regions.iter().map(|region| kms.enable_region(*region)).collect()))?;
    for (region, is_new) in regions.iter().zip(news) {
        note(&format!("{region} {}", if is_new { "is enabled" } else { "was enabled already" }));
    }
    Ok(())
}

fn change_protection(mut context: Context, args: ChangeProtectionArgs) -> Outcome {
    const OPERATION: &str = "ChangeProtection";
    if !context.location.keystore.exists() {
        let missing = Error::from(SetupError::NoKeystore(context.location.keystore.clone()));
        return Err(missing).during(OPERATION);
    }
    context.passphrases = context.passphrases.with_new_file(args.new_passphrase_file);
    let protection = match args.to {
        ProtectionKind::KeyFile => Protection::KeyFile,
        ProtectionKind::Passphrase => Protection::Passphrase,
    };
    let changed = context.location.change_protection(&context.passphrases, protection).during(OPERATION)?;
    let keystore = context.location.keystore.display();
    match args.to {
        ProtectionKind::KeyFile => note(&format!("{keystore} is protected by the key file {}", context.location.key_file.display())),
        ProtectionKind::Passphrase => note(&format!("{keystore} is protected by the passphrase")),
    }
    if let Some(left) = changed.left_behind {
        note(&format!("{} protects nothing any more and could not be removed; remove it", left.display()));
    }
    Ok(())
}
