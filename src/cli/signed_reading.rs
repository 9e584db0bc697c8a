//! Reads what was signed, where it is said who may sign.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use super::{
    args::{FreshnessArgs, SignedReadingArgs, SignedWritingArgs, SignersArgs},
    environment::Environment,
    failure::Outcome,
    invocation::Invocation,
    signing::SignatureDemand,
    terminal::note,
    usage::{ConfigError, UsageError},
};
use crate::{
    package::{ExpectedRoot, Freshness, FreshnessCheck, FreshnessDemand, SignedReading, SignedRoot, SignedWriting, TrustedSigners},
    region::Region,
    vault::Vault,
};

/// Whose signatures count; `None` where nobody is named.
pub(crate) fn trusted_signers(environment: &Environment, args: &SignedReadingArgs) -> Outcome<Option<TrustedSigners>> {
    let named = SignersArgs { signers: args.signers.clone(), threshold: args.threshold };
    let demand = SignatureDemand::of(environment, &named)?;
    let trusted = demand.map(|SignatureDemand { signers, threshold }| TrustedSigners { signers, threshold });
    if trusted.is_none() && is_anything_expected(&args.freshness) {
        let error = UsageError::new("what a root has to be is given, and nobody is named who may sign one");
        return Err(error.with_hint("--signers or COLDSEAL_SIGNERS names the file that says who may").into());
    }
    Ok(trusted)
}

pub(crate) const fn is_anything_expected(args: &FreshnessArgs) -> bool {
    let FreshnessArgs { expect_counter, expect_sha256, expect_vault, require_fresh, accept_vault } = args;
    expect_counter.is_some() || expect_sha256.is_some() || expect_vault.is_some() || *require_fresh || accept_vault.is_some()
}

/// What a root is held against.
pub(crate) fn freshness_check(args: &FreshnessArgs) -> Outcome<FreshnessCheck> {
    let expected = ExpectedRoot { counter: args.expect_counter, sha256: args.expect_sha256.clone(), vault_id: args.expect_vault.clone() };
    let demand = if args.require_fresh { FreshnessDemand::Required } else { FreshnessDemand::Told };
    Ok(FreshnessCheck { state: state_directory()?, expected, demand, accepted_vault: args.accept_vault.clone() })
}

/// `coldseal` in the user's state directory.
fn state_directory() -> Outcome<PathBuf> {
    let unknown = || ConfigError::new("the user's state directory is not known, where accepted roots are remembered");
    let base = etcetera::choose_base_strategy().map_err(|_| unknown().with_hint("HOME or XDG_STATE_HOME says where it is"))?;
    // Where a system has none, what is kept for good stands in for it.
    Ok(base.state_dir().unwrap_or_else(|| base.data_dir()).join("coldseal"))
}

/// The vault as it was signed, for a command that reads values; `None` where it is not said who may sign.
pub(crate) fn vault_to_read(invocation: &Invocation, args: &SignedReadingArgs, region: Option<Region>) -> Outcome<Option<Vault>> {
    let Some(trusted) = trusted_signers(&invocation.inputs.environment, args)? else { return Ok(None) };
    let reading = SignedReading { trusted, freshness: freshness_check(&args.freshness)?, region };
    let signed = reading.of(&invocation.vault)?;
    if signed.freshness == Freshness::NotChecked {
        note(&told(&signed.root, signed.freshness));
    }
    Ok(Some(signed.vault))
}

/// The same for a command that reads nothing else of the vault.
pub(crate) fn as_signed(invocation: Invocation, args: &SignedReadingArgs) -> Outcome<Invocation> {
    let signed = vault_to_read(&invocation, args, invocation.regions.explicit())?;
    Ok(Invocation { vault: signed.unwrap_or_else(|| invocation.vault.clone()), ..invocation })
}

/// The vault for a command that changes secrets: where it is said who may sign, only what can be told to be right.
pub(crate) fn as_changed(invocation: Invocation, args: &SignedWritingArgs) -> Outcome<Invocation> {
    let named = SignersArgs { signers: args.signers.clone(), threshold: args.threshold };
    let Some(SignatureDemand { signers, threshold }) = SignatureDemand::of(&invocation.inputs.environment, &named)? else {
        return Ok(invocation);
    };
    let reading = SignedReading {
        trusted: TrustedSigners { signers, threshold },
        freshness: freshness_check(&FreshnessArgs::default())?,
        region: None,
    };
    Ok(Invocation { vault: SignedWriting(reading).of(&invocation.vault), ..invocation })
}

/// Root, signers, time, and whether it is known to be the newest.
pub(crate) fn told(root: &SignedRoot, freshness: Freshness) -> String {
    let names: Vec<String> = root.principals.iter().map(|name| name.escape_debug().to_string()).collect();
    let fresh = match freshness {
        Freshness::Remembered => "no older than what was accepted here before",
        Freshness::Expected => "as expected",
        _ => "freshness not checked",
    };
    format!("root {} of {}, signed by {}; {fresh}", root.counter, root.time, names.join(", "))
}
