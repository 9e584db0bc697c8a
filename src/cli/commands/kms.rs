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
        failure::{Failure, Outcome},
        invocation::Invocation,
        paging::{LIST_ALIASES, LIST_KEYS},
        regions::parse_region,
        structures::{parse_structures, require_string},
        terminal::note,
        usage::UsageError,
    },
    error::Result,
    kms::{CreateKey, EmbeddedKms, Protection},
    region::Region,
};

pub(super) fn run(invocation: Invocation, command: KmsCommand) -> Outcome {
    refuse_for_aws(&invocation, &command)?;
    match command {
        KmsCommand::CreateKey(args) => create_key::run(&invocation, *args),
        KmsCommand::DescribeKey(args) => {
            let region = invocation.regions.of_key(&args.key_id)?;
            let metadata = invocation.keystore.read()?.describe_any_key(region, &args.key_id)?;
            invocation.printer.print(&json!({ "KeyMetadata": metadata }))
        }
        KmsCommand::CreateAlias(args) => {
            let region = invocation.regions.of_key(&args.target_key_id)?;
            change(&invocation, |kms| kms.create_alias(region, &args.alias_name, &args.target_key_id))
        }
        KmsCommand::EnableKey(args) => {
            let region = invocation.regions.of_key(&args.key_id)?;
            change(&invocation, |kms| kms.enable_key(region, &args.key_id))
        }
        KmsCommand::DisableKey(args) => {
            let region = invocation.regions.of_key(&args.key_id)?;
            change(&invocation, |kms| kms.disable_key(region, &args.key_id))
        }
        KmsCommand::ListKeys(paging) => list_keys(&invocation, &paging),
        KmsCommand::ListAliases(args) => list_aliases(&invocation, &args),
        KmsCommand::EnableRegion(args) => enable_region(&invocation, &args),
        KmsCommand::ChangeProtection(args) => change_protection(invocation, args),
        KmsCommand::Cryptography(command) => cryptography::run(&invocation, &command),
        KmsCommand::Asymmetric(command) => asymmetric::run(&invocation, &command),
        KmsCommand::Lifecycle(command) => lifecycle::run(&invocation, command),
        KmsCommand::Details(command) => details::run(&invocation, command),
        KmsCommand::PublicKeys(command) => public_keys::run(&invocation, command),
        KmsCommand::Transfer(command) => transfer::run(invocation, command),
        #[cfg(feature = "kms-endpoint")]
        KmsCommand::Serve(args) => serve::run(invocation, args),
        #[cfg(not(feature = "kms-endpoint"))]
        KmsCommand::Serve(_) => Err(ConfigError::new("this build has no network code")
            .with_hint("a build with the feature 'aws', which is on by default, has 'kms serve'")
            .into()),
    }
}

/// AWS's own operations are done here on the embedded KMS alone.
fn refuse_for_aws(invocation: &Invocation, command: &KmsCommand) -> Outcome {
    let is_ours = match command {
        KmsCommand::EnableRegion(_) | KmsCommand::ChangeProtection(_) | KmsCommand::PublicKeys(_) | KmsCommand::Transfer(_) => true,
        KmsCommand::Lifecycle(command) => matches!(command, LifecycleCommand::Purge(_)),
        _ => false,
    };
    if is_ours || invocation.access.online.is_none() {
        return Ok(());
    }
    let error = UsageError::new("'coldseal kms' works on the keys of the keystore, and --kms aws asks for those of AWS KMS");
    Err(error.with_hint("'aws kms' has the same operations there; --kms embedded works on the keystore").into())
}

/// What CreateKey and ReplicateKey take for the key in its Region.
fn key_details(invocation: &Invocation, args: KeyDetailsArgs) -> Outcome<CreateKey> {
    let policy = args.policy.map(|policy| policy_text(invocation, &policy)).transpose()?;
    let tags = tags(invocation, args.tags.as_deref().unwrap_or_default())?;
    Ok(CreateKey { description: args.description, tags, policy, ..CreateKey::default() })
}

fn policy_text(invocation: &Invocation, value: &str) -> Outcome<String> {
    Ok(invocation.inputs.files().value("--policy", value)?.unwrap_or_else(|| value.to_owned()))
}

fn tags(invocation: &Invocation, words: &[String]) -> Outcome<Vec<(String, String)>> {
    const PARAMETER: &str = "--tags";
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let files = invocation.inputs.files();
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
fn change<T>(invocation: &Invocation, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Outcome<T> {
    let mut session = invocation.keystore.session()?;
    let result = work(session.kms_mut())?;
    let committed = session.commit()?.committed();
    invocation.keystore.note_made(&committed);
    Ok(result)
}

fn list_keys(invocation: &Invocation, paging: &KmsPagingArgs) -> Outcome {
    let keys = each_region(invocation, |kms, region| kms.list_keys(region))?;
    LIST_KEYS.print(&invocation.printer, &keys, &paging.paging, paging.manual())
}

fn list_aliases(invocation: &Invocation, args: &ListAliasesArgs) -> Outcome {
    let aliases: Vec<Value> = match &args.key_id {
        Some(key_id) => {
            let region = invocation.regions.of_key(key_id)?;
            invocation.keystore.read()?.list_aliases(region, Some(key_id))?.iter().map(|alias| json!(alias)).collect()
        }
        None => each_region(invocation, |kms, region| kms.list_aliases(region, None))?,
    };
    LIST_ALIASES.print(&invocation.printer, &aliases, &args.paging.paging, args.paging.manual())
}

/// A list for the Region, or without one for all Regions that are enabled.
fn each_region<T: Serialize>(invocation: &Invocation, list: impl Fn(&EmbeddedKms, Region) -> Result<Vec<T>>) -> Outcome<Vec<Value>> {
    let kms = invocation.keystore.read()?;
    let regions: Vec<Region> = match invocation.regions.configured()? {
        Some(region) => vec![region],
        None => Region::all().filter(|region| kms.is_enabled(*region)).collect(),
    };
    let mut entries = Vec::new();
    for region in regions {
        entries.extend(list(&kms, region)?.iter().map(|entry| json!(entry)));
    }
    Ok(entries)
}

fn enable_region(invocation: &Invocation, args: &EnableRegionArgs) -> Outcome {
    let regions: Vec<Region> = if args.regions.is_empty() {
        vec![invocation.regions.require()?]
    } else {
        args.regions.iter().map(|name| parse_region("enable-region", name)).collect::<std::result::Result<_, _>>()?
    };
    let news: Vec<bool> = change(invocation, |kms| Ok(regions.iter().map(|region| kms.enable_region(*region)).collect()))?;
    for (region, is_new) in regions.iter().zip(news) {
        note(&format!("{region} {}", if is_new { "is enabled" } else { "was enabled already" }));
    }
    Ok(())
}

fn change_protection(mut invocation: Invocation, args: ChangeProtectionArgs) -> Outcome {
    invocation.keystore.require()?;
    invocation.keystore.passphrases = invocation.keystore.passphrases.with_new_file(args.new_passphrase_file);
    let changed = invocation.keystore.location.change_protection(&invocation.keystore.passphrases, protection(args.to))?;
    let keystore = invocation.keystore.location.keystore.display();
    match args.to {
        ProtectionKind::KeyFile => {
            note(&format!("{keystore} is protected by the key file {}", invocation.keystore.location.key_file.display()))
        }
        ProtectionKind::Passphrase => note(&format!("{keystore} is protected by the passphrase")),
    }
    if let Some(left) = changed.left_behind {
        note(&format!("{} protects nothing any more and could not be removed; remove it", left.display()));
    }
    Ok(())
}
