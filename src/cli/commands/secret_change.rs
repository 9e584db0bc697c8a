//! What a change of a secret tells: its answer, where the bundles are, and what does not open here.

use serde::Serialize;

use crate::{
    arn::KeyArn,
    cli::{
        failure::{Failure, Outcome},
        invocation::Invocation,
        recovery_key::warn_about_mixture,
        terminal::{counted, note, warn},
    },
    kms::EmbeddedKms,
    region::Region,
    vault::{KeyOptions, ReplicaRegion, ReplicaStatus, SecretChange},
};

/// Says at once what this machine cannot open again.
pub(super) fn warn_about_keys(kms: &EmbeddedKms, change: &SecretChange, keys: &KeyOptions) {
    let sealed_under: Vec<KeyArn> = change.bundles.iter().filter_map(|bundle| bundle.kms_key_id.parse().ok()).collect();
    warn_about_mixture(kms, sealed_under.iter(), keys);
    for key in &change.lost_keys {
        warn(&format!(
            "the new bundles do not open with {key} any more, which opened the old ones; repeat the command with --recovery-key"
        ));
    }
    if !change.not_compared.is_empty() {
        warn(&format!(
            "another keystore made the value of {}, so that nothing here tells whether what was sealed anew is still that value; 'coldseal verify --open' with that keystore does",
            change.name.escape_debug()
        ));
    }
    if keys.online.is_none() {
        return warn_public_only(&change.public_only, &change.recovery_only);
    }
    // With AWS KMS, what does not open is under keys of accounts that are not asked.
    let closed = |key: &&KeyArn| change.public_only.contains(&key.region()) || change.recovery_only.contains(&key.region());
    let accounts: std::collections::BTreeSet<_> = sealed_under.iter().filter(closed).map(|key| key.account().as_str()).collect();
    for account in accounts.into_iter().filter(|account| *account != keys.account.as_str()) {
        warn(&format!(
            "to open the bundles under keys of account {account}, say whose they are: COLDSEAL_ACCOUNT_ID, --account-id, or --kms-discovery account={account}"
        ));
    }
}

/// Names the Regions whose bundles only AWS KMS opens, and those whose bundles a recovery key opens too that is not in the keystore.
pub(super) fn warn_public_only(public_only: &[Region], recovery_only: &[Region]) {
    let names = |regions: &[Region]| regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(", ");
    if !public_only.is_empty() {
        warn(&format!(
            "this machine cannot open the bundles for {} again: only AWS KMS can, in each Region (--recovery-key adds a key of yours)",
            names(public_only)
        ));
    }
    if !recovery_only.is_empty() {
        let regions = names(recovery_only);
        note(&format!("this machine opens the bundles for {regions} again with the recovery key only; else AWS KMS does, in each Region"));
    }
}

/// Prints `answer`, says where the bundles are, and ends with exit code 1 where a replica that was asked for failed.
pub(super) fn finish(invocation: &Invocation, change: &SecretChange, answer: &impl Serialize, asked: &[ReplicaRegion]) -> Outcome {
    invocation.printer.print(answer)?;
    let root = std::path::absolute(invocation.vault.root()).unwrap_or_else(|_| invocation.vault.root().to_owned());
    note(&format!("{} in {}", counted(change.bundles.len(), "bundle"), root.display()));
    let is_asked = |region: &str| asked.iter().any(|replica| replica.region == region);
    let failed =
        change.replication_status.iter().filter(|replica| replica.status == ReplicaStatus::Failed && is_asked(replica.region.name()));
    let failed: Vec<_> = failed.collect();
    for replica in &failed {
        warn(&format!("{}: {} (retry with 'coldseal replicate-secret-to-regions')", replica.region, replica.status_message));
    }
    invocation.access.note_calls();
    if failed.is_empty() { Ok(()) } else { Err(Failure::Partial) }
}
