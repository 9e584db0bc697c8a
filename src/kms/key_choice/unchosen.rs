//! Embedded keys where keys of AWS are used too.

use super::{
    chosen_key::{ChosenKey, KeyOrigin},
    key_options::KeyOptions,
    problem::Problem,
};
use crate::{error::ReplicaRefusal, kms::DEFAULT_KEY_ALIAS};

/// The Regions of a secret that a command does not touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UntouchedRegions {
    None,
    UseImportedKeys,
}

/// As soon as one Region uses a key of AWS, by its imported public key or in AWS KMS, no other takes an embedded key that was not written out:
/// its bundle would not open in AWS, where the others do.
pub(crate) fn unchosen_keys<'a>(
    chosen: impl IntoIterator<Item = &'a ChosenKey> + Clone,
    others: UntouchedRegions,
    keys: &KeyOptions,
) -> Vec<Problem> {
    let is_in_aws = |key: &ChosenKey| !key.is_embedded();
    let has_imported = others == UntouchedRegions::UseImportedKeys || chosen.clone().into_iter().any(is_in_aws);
    let must_choose = keys.online.is_some() || has_imported;
    let unchosen = chosen.into_iter().filter(|key| must_choose && key.origin == KeyOrigin::Embedded);
    unchosen.map(|key| unchosen_key(key, keys.online.is_some())).collect()
}

fn unchosen_key(chosen: &ChosenKey, is_online: bool) -> Problem {
    let (region, key) = (chosen.region(), &chosen.name);
    let refusal = if key == DEFAULT_KEY_ALIAS {
        ReplicaRefusal::NoKeyBesideImported(region)
    } else if is_online {
        ReplicaRefusal::EmbeddedWithAws(key.clone())
    } else {
        ReplicaRefusal::EmbeddedBesideImported(key.clone())
    };
    Problem::of(region.name(), refusal.into(), None)
}
