//! Data keys for several messages of one payload: all of them wrapped before a byte is sealed.

use super::{EncryptionMaterials, encrypted_data_keys::AtOnce};
use crate::{
    crypto::SystemRandom,
    error::{Error, Result},
    format::EncryptionContext,
    keyring::Keyring,
    parallel::in_parallel,
    secret::DataKey,
    suite::AlgorithmSuite,
};

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
pub(crate) fn wrap_each(suite: AlgorithmSuite, targets: Vec<WrapTarget<'_>>, data_keys: DataKeys) -> Vec<Result<EncryptionMaterials>> {
    let each = AtOnce::MOST.shared_by(targets.len());
    let generate = |WrapTarget { keyrings, context }: WrapTarget<'_>| {
        EncryptionMaterials::generate_at_once(suite, keyrings, context, &SystemRandom, each)
    };
    let mut targets = targets.into_iter();
    let (first, data_key) = match data_keys {
        DataKeys::Each => return for_each(targets.collect(), generate),
        DataKeys::Shared(Some(data_key)) => (None, data_key),
        DataKeys::Shared(None) => match targets.next().map(generate) {
            None => return Vec::new(),
            Some(Err(error)) => return vec![Err(error)],
            Some(Ok(materials)) => match copy_data_key(&materials.data_key) {
                Ok(data_key) => (Some(materials), data_key),
                Err(error) => return vec![Err(error)],
            },
        },
    };
    let wrap = |WrapTarget { keyrings, context }: WrapTarget<'_>| {
        EncryptionMaterials::wrap_at_once(suite, copy_data_key(&data_key)?, keyrings, context, &SystemRandom, each)
    };
    first.map(Ok).into_iter().chain(for_each(targets.collect(), wrap)).collect()
}

/// Another holder of the key, which wipes it as the first one does.
pub(crate) fn copy_data_key(data_key: &DataKey) -> Result<DataKey> {
    DataKey::from_slice(data_key.expose()).ok_or(Error::Misuse("a data key has the length of one"))
}

/// Works on each target: in turn, or where a network makes it wait, on several at once.
fn for_each<'a, R: Send>(targets: Vec<WrapTarget<'a>>, work: impl Fn(WrapTarget<'a>) -> R + Sync) -> Vec<R> {
    let most = AtOnce::MOST.over_network(targets.iter().flat_map(|target| target.keyrings));
    in_parallel(most.0, targets, work)
}
