//! `coldseal kms …`

mod asymmetric;
mod create_key;
mod cryptography;
mod details;
mod lifecycle;
mod public_keys;
#[cfg(feature = "kms-endpoint")]
mod serve;
mod transfer;

use serde::Serialize;
use serde_json::{Value, json};

#[cfg(not(feature = "kms-endpoint"))]
use crate::cli::usage::ConfigError;
use crate::{
    cli::{
        args::{
            ChangeProtectionArgs, EnableRegionArgs, KmsCommand, KmsPagingArgs, ListAliasesArgs, ProtectionKind,
            kms::{KeyDetailsArgs, LifecycleCommand},
        },
        context::{Context, note, parse_region},
        failure::{Failure, Outcome},
        kms_key::region_of,
        paging::{LIST_ALIASES, LIST_KEYS},
        paramfile::ParamFiles,
        structures::{parse_structures, require_string},
        usage::UsageError,
    },
    error::Result,
    kms::{CreateKey, EmbeddedKms, Protection},
    region::Region,
};

pub(super) fn run(context: Context, command: KmsCommand) -> Outcome {
    refuse_for_aws(&context, &command)?;
    match command {
        KmsCommand::CreateKey(args) => create_key::run(&context, *args),
        KmsCommand::DescribeKey(args) => {
            let region = region_of(&context, &args.key_id)?;
            let metadata = context.kms()?.describe_any_key(region, &args.key_id)?;
            context.print(&json!({ "KeyMetadata": metadata }))
        }
        KmsCommand::CreateAlias(args) => {
            let region = region_of(&context, &args.target_key_id)?;
            change(&context, |kms| kms.create_alias(region, &args.alias_name, &args.target_key_id))
        }
        KmsCommand::EnableKey(args) => {
            let region = region_of(&context, &args.key_id)?;
            change(&context, |kms| kms.enable_key(region, &args.key_id))
        }
        KmsCommand::DisableKey(args) => {
            let region = region_of(&context, &args.key_id)?;
            change(&context, |kms| kms.disable_key(region, &args.key_id))
        }
        KmsCommand::ListKeys(paging) => list_keys(&context, &paging),
        KmsCommand::ListAliases(args) => list_aliases(&context, &args),
        KmsCommand::EnableRegion(args) => enable_region(&context, &args),
        KmsCommand::ChangeProtection(args) => change_protection(context, args),
        KmsCommand::Cryptography(command) => cryptography::run(&context, &command),
        KmsCommand::Asymmetric(command) => asymmetric::run(&context, &command),
        KmsCommand::Lifecycle(command) => lifecycle::run(&context, command),
        KmsCommand::Details(command) => details::run(&context, command),
        KmsCommand::PublicKeys(command) => public_keys::run(&context, command),
        KmsCommand::Transfer(command) => transfer::run(context, command),
        #[cfg(feature = "kms-endpoint")]
        KmsCommand::Serve(args) => serve::run(context, args),
        #[cfg(not(feature = "kms-endpoint"))]
        KmsCommand::Serve(_) => Err(ConfigError::new("this build has no network code")
            .with_hint("a build with the feature 'aws', which is on by default, has 'kms serve'")
            .into()),
    }
}

/// AWS's own operations are done here on the embedded KMS alone.
fn refuse_for_aws(context: &Context, command: &KmsCommand) -> Outcome {
    let is_ours = match command {
        KmsCommand::EnableRegion(_) | KmsCommand::ChangeProtection(_) | KmsCommand::PublicKeys(_) | KmsCommand::Transfer(_) => true,
        KmsCommand::Lifecycle(command) => matches!(command, LifecycleCommand::Purge(_)),
        _ => false,
    };
    if is_ours || context.online.is_none() {
        return Ok(());
    }
    let error = UsageError::new("'coldseal kms' works on the keys of the keystore, and --kms aws asks for those of AWS KMS");
    Err(error.with_hint("'aws kms' has the same operations there; --kms embedded works on the keystore").into())
}

/// What CreateKey and ReplicateKey take for the key in its Region.
fn key_details(context: &Context, args: KeyDetailsArgs) -> Outcome<CreateKey> {
    let policy = args.policy.map(|policy| policy_text(context, &policy)).transpose()?;
    let tags = tags(context, args.tags.as_deref().unwrap_or_default())?;
    Ok(CreateKey { description: args.description, tags, policy, ..CreateKey::default() })
}

fn policy_text(context: &Context, value: &str) -> Outcome<String> {
    Ok(ParamFiles::new(&context.environment).value("--policy", value)?.unwrap_or_else(|| value.to_owned()))
}

fn tags(context: &Context, words: &[String]) -> Outcome<Vec<(String, String)>> {
    const PARAMETER: &str = "--tags";
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let files = ParamFiles::new(&context.environment);
    let words = files.words(PARAMETER, words)?;
    let structures = parse_structures(&files, PARAMETER, &words, &["TagKey", "TagValue"])?;
    let pair = |mut structure| {
        let key = require_string(PARAMETER, &mut structure, "TagKey")?;
        Ok::<_, Failure>((key, require_string(PARAMETER, &mut structure, "TagValue")?))
    };
    structures.into_iter().map(pair).collect()
}

fn protection(kind: ProtectionKind) -> Protection {
    match kind {
        ProtectionKind::KeyFile => Protection::KeyFile,
        ProtectionKind::Passphrase => Protection::Passphrase,
    }
}

/// Changes the keystore, durably, making it at first use.
fn change<T>(context: &Context, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Outcome<T> {
    let mut session = context.session()?;
    let result = work(session.kms_mut())?;
    let committed = session.commit()?;
    context.note_keystore(&committed);
    Ok(result)
}

fn list_keys(context: &Context, paging: &KmsPagingArgs) -> Outcome {
    let keys = each_region(context, |kms, region| kms.list_keys(region))?;
    LIST_KEYS.print(context, &keys, &paging.paging, paging.manual())
}

fn list_aliases(context: &Context, args: &ListAliasesArgs) -> Outcome {
    let aliases: Vec<Value> = match &args.key_id {
        Some(key_id) => {
            let region = region_of(context, key_id)?;
            context.kms()?.list_aliases(region, Some(key_id))?.iter().map(|alias| json!(alias)).collect()
        }
        None => each_region(context, |kms, region| kms.list_aliases(region, None))?,
    };
    LIST_ALIASES.print(context, &aliases, &args.paging.paging, args.paging.manual())
}

/// A list for the Region, or without one for all Regions that are enabled.
fn each_region<T: Serialize>(context: &Context, list: impl Fn(&EmbeddedKms, Region) -> Result<Vec<T>>) -> Outcome<Vec<Value>> {
    let kms = context.kms()?;
    let regions: Vec<Region> = match context.region()? {
        Some(region) => vec![region],
        None => Region::all().filter(|region| kms.is_enabled(*region)).collect(),
    };
    let mut entries = Vec::new();
    for region in regions {
        entries.extend(list(&kms, region)?.iter().map(|entry| json!(entry)));
    }
    Ok(entries)
}

fn enable_region(context: &Context, args: &EnableRegionArgs) -> Outcome {
    let regions: Vec<Region> = if args.regions.is_empty() {
        vec![context.require_region()?]
    } else {
        args.regions.iter().map(|name| parse_region("enable-region", name)).collect::<std::result::Result<_, _>>()?
    };
    let news: Vec<bool> = change(context, |kms| Ok(regions.iter().map(|region| kms.enable_region(*region)).collect()))?;
    for (region, is_new) in regions.iter().zip(news) {
        note(&format!("{region} {}", if is_new { "is enabled" } else { "was enabled already" }));
    }
    Ok(())
}

fn change_protection(mut context: Context, args: ChangeProtectionArgs) -> Outcome {
    context.require_keystore()?;
    context.passphrases = context.passphrases.with_new_file(args.new_passphrase_file);
    let changed = context.location.change_protection(&context.passphrases, protection(args.to))?;
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
