//! Data keys for several messages of one payload: all of them wrapped before a byte is sealed.

use std::num::NonZeroUsize;

use super::Materials;
use crate::{
    crypto::{Random, SystemRandom},
    error::{Error, Result},
    format::{EncryptedDataKey, EncryptionContext},
    keyring::Keyring,
    parallel::in_parallel,
    secret::DataKey,
    suite::AlgorithmSuite,
};

/// How many keyrings over a network are used at once; others wrap in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AtOnce(NonZeroUsize);

impl AtOnce {
    pub(super) const MOST: Self = Self(NonZeroUsize::new(16).expect("16 is not zero"));
    const ONE: Self = Self(NonZeroUsize::MIN);

    /// For each of several that work side by side.
    fn shared_by(self, count: usize) -> Self {
        self.0.get().checked_div(count).and_then(NonZeroUsize::new).map_or(Self::ONE, Self)
    }

    fn over_network(self, mut keyrings: impl Iterator<Item = impl Keyring>) -> Self {
        if keyrings.any(|keyring| keyring.is_online()) { self } else { Self::ONE }
    }
}

/// Whom one of several messages is for.
pub(crate) struct WrapTarget<'a> {
    pub(crate) keyrings: &'a [&'a dyn Keyring],
    pub(crate) context: EncryptionContext,
}

/// The place of each target that failed, with its error.
pub(crate) type WrapFailures = Vec<(usize, Error)>;

/// Where the data keys of several messages come from.
pub(crate) enum DataKeys {
    /// One for all: this one, or a fresh one from the first target's first keyring.
    Shared(Option<DataKey>),
    /// A fresh one for each.
    Each,
}

/// Makes the materials for each target. Keyrings over a network are used at once, 16 at most.
///
/// In the order of the targets. Where the first one is to make the data key for all and fails, its failure is the only result.
pub(crate) fn wrap_each(suite: AlgorithmSuite, targets: Vec<WrapTarget<'_>>, data_keys: DataKeys) -> Vec<Result<Materials>> {
    let each = AtOnce::MOST.shared_by(targets.len());
    let generate =
        |WrapTarget { keyrings, context }: WrapTarget<'_>| Materials::generate_at_once(suite, keyrings, context, &SystemRandom, each);
    let mut targets = targets.into_iter();
    let (first, data_key) = match data_keys {
        DataKeys::Each => return for_each(targets.collect(), generate),
        DataKeys::Shared(Some(data_key)) => (None, data_key),
        DataKeys::Shared(None) => match targets.next().map(generate) {
            None => return Vec::new(),
            Some(Err(error)) => return vec![Err(error)],
            Some(Ok(materials)) => match copy(&materials.data_key) {
                Ok(data_key) => (Some(materials), data_key),
                Err(error) => return vec![Err(error)],
            },
        },
    };
    let wrap = |WrapTarget { keyrings, context }: WrapTarget<'_>| {
        Materials::wrap_at_once(suite, copy(&data_key)?, keyrings, context, &SystemRandom, each)
    };
    first.map(Ok).into_iter().chain(for_each(targets.collect(), wrap)).collect()
}

/// The data key wrapped by each keyring of one message, in their order. Of several errors the first in that order is told.
pub(super) fn wrap_by_each(
    keyrings: &[&dyn Keyring],
    data_key: &DataKey,
    context: &EncryptionContext,
    random: &dyn Random,
    most: AtOnce,
) -> Result<Vec<EncryptedDataKey>> {
    let wrap = |keyring: &&dyn Keyring| keyring.wrap(data_key, context, random);
    match most.over_network(keyrings.iter()) {
        // The first error ends it.
        AtOnce::ONE => keyrings.iter().map(wrap).collect(),
        most => in_parallel(most.0, keyrings.iter().collect(), wrap).into_iter().collect(),
    }
}

/// Another holder of the key, which wipes it as the first one does.
fn copy(data_key: &DataKey) -> Result<DataKey> {
    DataKey::from_slice(data_key.expose()).ok_or(Error::Misuse("a data key has the length of one"))
}

/// Works on each target: in turn, or where a network makes it wait, on several at once.
fn for_each<'a, R: Send>(targets: Vec<WrapTarget<'a>>, work: impl Fn(WrapTarget<'a>) -> R + Sync) -> Vec<R> {
    let most = AtOnce::MOST.over_network(targets.iter().flat_map(|target| target.keyrings));
    in_parallel(most.0, targets, work)
}
