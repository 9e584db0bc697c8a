//! What opens a version in a Region besides that Region's own key: it goes on opening what is sealed there next, unless somebody asks for less.

use super::edk_record::EdkRecord;
use crate::{
    arn::KeyArn,
    crypto::{Random as _, SystemRandom},
    error::{ReplicaRefusal, Result},
    format::EncryptionContext,
    keyring::Keyring,
    kms::{
        EmbeddedKms,
        key_choice::{ChosenKey, KeyOptions, Problem, RecoveryKey, refusal},
    },
    region::Region,
    secret::DataKey,
};

/// The keys besides the Region's own, as far as they are known.
pub(super) struct KnownRecovery {
    region: Region,
    encrypted_data_keys: Vec<EdkRecord>,
}

impl KnownRecovery {
    /// Of all that a bundle has, of which the first is under its Region's own key.
    pub(super) fn of(region: Region, encrypted_data_keys: &[EdkRecord]) -> Self {
        Self { region, encrypted_data_keys: encrypted_data_keys.iter().skip(1).cloned().collect() }
    }

    pub(super) const fn none(region: Region) -> Self {
        Self { region, encrypted_data_keys: Vec::new() }
    }

    pub(super) const fn region(&self) -> Region {
        self.region
    }

    /// The KMS keys among them that are at hand: nobody has to name them again.
    pub(super) fn at_hand(&self, kms: &EmbeddedKms, keys: &KeyOptions) -> Vec<KeyArn> {
        let is_at_hand = |key: &KeyArn| keys.known(kms).has(key) || keys.online.is_some() && *key.account() == keys.account;
        self.encrypted_data_keys.iter().filter_map(|edk| edk.kms_key(kms)).filter(is_at_hand).collect()
    }

    /// Those that open nothing of what was sealed for the Region.
    pub(super) fn lost(&self, after: &[(Region, Vec<EdkRecord>)]) -> Vec<String> {
        let opens = |edk: &EdkRecord| after.iter().any(|(region, edks)| *region == self.region && edks.contains(edk));
        self.encrypted_data_keys.iter().filter(|edk| !opens(edk)).map(EdkRecord::to_string).collect()
    }

    /// Refuses what was sealed for another reason, and that they would not open: nobody asked for that.
    pub(super) fn check_kept(&self, after: &[(Region, Vec<EdkRecord>)]) -> Result<(), Problem> {
        self.refused_without(self.lost(after))
    }

    /// The same before anything is sealed, under this key of the Region's own: some are neither at hand nor named.
    ///
    /// # Errors
    /// No random bytes.
    fn check_named(&self, kms: &EmbeddedKms, keys: &KeyOptions, own: &KeyArn) -> Result<Result<(), Problem>> {
        let at_hand = self.at_hand(kms, keys);
        let is_named = |key: &KeyArn| key == own || keys.recovery_keys.iter().any(|named| named.is_kms_key(&key.to_string()));
        let is_here = |edk: &EdkRecord| edk.kms_key(kms).is_some_and(|key| at_hand.contains(&key) || is_named(&key));
        let mut missing: Vec<_> = self.encrypted_data_keys.iter().filter(|edk| !is_here(edk)).collect();
        if missing.is_empty() {
            return Ok(Ok(()));
        }
        for keyring in keys.recovery_keys.iter().filter_map(keyring) {
            // What is over a network is called once, at sealing.
            if keyring.is_online() {
                return Ok(Ok(()));
            }
            let name = name_of(keyring)?;
            missing.retain(|edk| name.as_ref() != Some(edk));
        }
        Ok(self.refused_without(missing.into_iter().map(EdkRecord::to_string).collect()))
    }

    fn refused_without(&self, keys: Vec<String>) -> Result<(), Problem> {
        if keys.is_empty() {
            return Ok(());
        }
        Err(Problem::of(self.region.name(), ReplicaRefusal::RecoveryKeysMissing { keys }.into(), None))
    }
}

/// Refuses Regions, each with its own key, where recovery keys are neither at hand nor named.
///
/// # Errors
/// The Regions; no random bytes.
pub(super) fn check_named<'k>(
    kms: &EmbeddedKms,
    keys: &KeyOptions,
    regions: impl Iterator<Item = (&'k ChosenKey, &'k KnownRecovery)>,
) -> Result<()> {
    let mut problems = Vec::new();
    for (own, recovery) in regions {
        problems.extend(recovery.check_named(kms, keys, &own.arn)?.err());
    }
    if problems.is_empty() { Ok(()) } else { Err(refusal(&problems)) }
}

fn keyring(key: &RecoveryKey) -> Option<&dyn Keyring> {
    match key {
        RecoveryKey::Keyring(keyring) => Some(&**keyring),
        RecoveryKey::Kms(_) => None,
    }
}

/// What a bundle would name it by. Only what it makes of a data key tells; that one is used for nothing. `None` where it makes nothing, which
/// sealing will tell.
fn name_of(keyring: &dyn Keyring) -> Result<Option<EdkRecord>> {
    let data_key = DataKey::init_with(|key| SystemRandom.fill(key))?;
    Ok(keyring.wrap(&data_key, &EncryptionContext::new(), &SystemRandom).ok().map(|edk| EdkRecord::of(&edk)))
}
