//! What a command that sealed says at once of the keys: who can open what it made, and who cannot.

use std::fmt;

use crate::{
    arn::{AccountId, KeyArn},
    cli::terminal::{note, warn},
    kms::EmbeddedKms,
    region::Region,
    vault::{KeyOptions, RecoveryKey, SecretChange},
};

/// One thing to say.
#[derive(PartialEq, Eq)]
pub(super) enum KeyWarning {
    /// Another SDK refuses a message under these keys together.
    RefusedByDiscovery,
    /// Only AWS KMS opens the message.
    MessageClosedHere,
    /// Only AWS KMS opens the bundles for these Regions.
    RegionsClosedHere(Vec<Region>),
    /// The bundles for these Regions open here with a recovery key that is not in the keystore.
    RecoveryKeyOnly(Vec<Region>),
    /// The name of a key that opened the bundles and does not any more.
    LostKey(String),
    /// The name of a secret whose value nothing here can compare with the record.
    NotCompared(String),
    /// The record of a secret, and the key that it names for a Region, which was not taken.
    NotFollowed(String, Region, String),
    /// Bundles are under keys of an account that is not asked.
    OtherAccount(AccountId),
}

impl fmt::Display for KeyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RefusedByDiscovery => f.write_str(
                "the material providers library of the AWS Encryption SDKs refuses a message that has raw or ECDH keys besides one of 'aws-kms' when its KMS keyring is in discovery mode; name the KMS key to it",
            ),
            Self::MessageClosedHere => {
                f.write_str("this machine cannot open the message again: only AWS KMS can (--recovery-key adds a key of yours)")
            }
            Self::RegionsClosedHere(regions) => write!(
                f,
                "this machine cannot open the bundles for {} again: only AWS KMS can, in each Region (--recovery-key adds a key of yours)",
                names(regions)
            ),
            Self::RecoveryKeyOnly(regions) => write!(
                f,
                "this machine opens the bundles for {} again with the recovery key only; else AWS KMS does, in each Region",
                names(regions)
            ),
            Self::LostKey(key) => write!(
                f,
                "the new bundles do not open with {key} any more, which opened the old ones; repeat the command with --recovery-key"
            ),
            Self::NotCompared(name) => write!(
                f,
                "another keystore made the value of {}, so that nothing here tells whether what was sealed anew is still that value; 'coldseal verify --open' with that keystore does",
                name.escape_debug()
            ),
            Self::NotFollowed(name, region, recorded) => write!(
                f,
                "the record of {} names the key '{}' for {region}, and who wrote that is not known: the bundle stays under the key that it was under; --region and --to-key move it",
                name.escape_debug(),
                recorded.escape_debug()
            ),
            Self::OtherAccount(account) => write!(
                f,
                "to open the bundles under keys of account {account}, say whose they are: COLDSEAL_ACCOUNT_ID, --account-id, or --kms-discovery account={account}"
            ),
        }
    }
}

fn names(regions: &[Region]) -> String {
    regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(", ")
}

/// Says each on stderr.
pub(super) fn tell(warnings: &[KeyWarning]) {
    for warning in warnings {
        match warning {
            // The user asked for it.
            KeyWarning::RecoveryKeyOnly(_) => note(&warning.to_string()),
            _ => warn(&warning.to_string()),
        }
    }
}

/// Of one secret of many: what was to be said of another already is said once.
pub(super) fn add_new(warnings: &mut Vec<KeyWarning>, more: Vec<KeyWarning>) {
    for warning in more {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}

/// Of a change of a secret, or of many as if they were one.
pub(super) fn of_change(kms: &EmbeddedKms, change: &SecretChange, keys: &KeyOptions) -> Vec<KeyWarning> {
    let sealed_under: Vec<KeyArn> = change.bundles.iter().filter_map(|bundle| bundle.kms_key_id.parse().ok()).collect();
    let mut warnings: Vec<_> = of_mixture(kms, sealed_under.iter(), keys).into_iter().collect();
    warnings.extend(change.lost_keys.iter().cloned().map(KeyWarning::LostKey));
    if !change.not_compared.is_empty() {
        warnings.push(KeyWarning::NotCompared(change.name.clone()));
    }
    let not_followed = change.not_followed.iter().cloned();
    warnings.extend(not_followed.map(|(region, recorded)| KeyWarning::NotFollowed(change.name.clone(), region, recorded)));
    if keys.online.is_none() {
        warnings.extend(of_regions(change.public_only.clone(), change.recovery_only.clone()));
        return warnings;
    }
    // With AWS KMS, what does not open is under keys of accounts that are not asked; whoever gave an ARN knows its account.
    warnings.extend(change.unsaid_accounts.iter().cloned().map(KeyWarning::OtherAccount));
    warnings
}

/// Of the Regions whose bundles only AWS KMS opens, and of those whose bundles a recovery key opens too that is not in the keystore.
pub(super) fn of_regions(public_only: Vec<Region>, recovery_only: Vec<Region>) -> Vec<KeyWarning> {
    let told = [KeyWarning::RegionsClosedHere(public_only), KeyWarning::RecoveryKeyOnly(recovery_only)];
    let has_regions = |warning: &KeyWarning| match warning {
        KeyWarning::RegionsClosedHere(regions) | KeyWarning::RecoveryKeyOnly(regions) => !regions.is_empty(),
        _ => true,
    };
    told.into_iter().filter(has_regions).collect()
}

/// Of one message under several keys.
pub(super) fn of_message(kms: &EmbeddedKms, kms_keys: &[KeyArn], options: &KeyOptions) -> Vec<KeyWarning> {
    let mut all = kms_keys.to_vec();
    all.extend(options.recovery_keys.iter().filter_map(|key| if let RecoveryKey::Kms(key) = key { Some(key.clone()) } else { None }));
    let has_raw_keys = options.recovery_keys.iter().any(|key| matches!(key, RecoveryKey::Keyring(_)));
    let is_closed = |key: &KeyArn| kms.is_imported(key) && options.online.is_none();
    let closed = (!has_raw_keys && all.iter().all(is_closed)).then_some(KeyWarning::MessageClosedHere);
    closed.into_iter().chain(of_mixture(kms, all.iter(), options)).collect()
}

/// Where another SDK would refuse what is under one of these keys and the recovery keys together.
pub(super) fn of_mixture<'a>(kms: &EmbeddedKms, mut keys: impl Iterator<Item = &'a KeyArn>, options: &KeyOptions) -> Option<KeyWarning> {
    keys.any(|key| options.is_refused_by_discovery(kms, key)).then_some(KeyWarning::RefusedByDiscovery)
}
