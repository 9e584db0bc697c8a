//! `coldseal kms …`

mod create_key;
mod entry;
mod lifecycle;
mod public_keys;
#[cfg(feature = "kms-endpoint")]
mod serve;
mod transfer;

#[cfg(not(feature = "kms-endpoint"))]
use crate::cli::usage::ConfigError;
use crate::{
    cli::{
        args::{
            ChangeProtectionArgs, EnableRegionArgs, KmsCommand, ProtectionKind,
            kms::{DetailsCommand, LifecycleCommand},
        },
        failure::Outcome,
        invocation::Invocation,
        regions::parse_region,
        terminal::note,
        usage::UsageError,
    },
    kms::Protection,
    region::Region,
};

pub(super) fn run(invocation: Invocation, command: KmsCommand) -> Outcome {
    refuse_for_aws(&invocation, &command)?;
    match command {
        KmsCommand::CreateKey(args) => create_key::run(&invocation, &*args),
        KmsCommand::DescribeKey(args) => entry::run(&invocation, &args),
        KmsCommand::CreateAlias(args) => entry::run(&invocation, &args),
        KmsCommand::EnableKey(args) | KmsCommand::DisableKey(args) => entry::run(&invocation, &args),
        KmsCommand::ListKeys(paging) => entry::list(&invocation, &paging, &paging),
        KmsCommand::ListAliases(args) => entry::list(&invocation, &args, &args.paging),
        KmsCommand::EnableRegion(args) => enable_region(&invocation, &args),
        KmsCommand::ChangeProtection(args) => change_protection(invocation, args),
        KmsCommand::Cryptography(command) => entry::run(&invocation, &command),
        KmsCommand::Asymmetric(command) => entry::run(&invocation, &command),
        KmsCommand::Lifecycle(command) => lifecycle::run(&invocation, command),
        KmsCommand::Details(DetailsCommand::ListResourceTags(args)) => entry::list(&invocation, &args, &args.paging),
        KmsCommand::Details(command) => entry::run(&invocation, &command),
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

fn protection(kind: ProtectionKind) -> Protection {
    match kind {
        ProtectionKind::KeyFile => Protection::KeyFile,
        ProtectionKind::Passphrase => Protection::Passphrase,
    }
}

fn enable_region(invocation: &Invocation, args: &EnableRegionArgs) -> Outcome {
    let regions: Vec<Region> = if args.regions.is_empty() {
        vec![invocation.regions.require()?]
    } else {
        args.regions.iter().map(|name| parse_region("enable-region", name)).collect::<Result<_, _>>()?
    };
    let news: Vec<bool> = entry::change(invocation, |kms| Ok(regions.iter().map(|region| kms.enable_region(*region)).collect()))?;
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
