//! Every secret of a vault, read on as many threads as there are cores.
//!
//! There is no index that could be wrong: the secrets are listed, and each record is read.

use std::{num::NonZeroUsize, thread};

use super::family::Family;
use crate::{
    error::Result,
    parallel::try_in_parallel,
    region::Region,
    store::{Records, SecretKey, Store},
};

/// So many names are one thread's at a time, and fewer are not worth another thread.
const NAMES_AT_ONCE: usize = 256;

/// What `take` makes of the secrets of each name, in the order of their names in the store. The records are dropped as it goes along: what is kept of
/// them decides how much memory a large vault takes.
///
/// # Errors
/// What cannot be read, a damaged record: the first in that order.
pub(super) fn each_family<T, I>(store: &dyn Store, take: impl Fn(Family) -> I + Sync) -> Result<Vec<T>>
where
    T: Send,
    I: IntoIterator<Item = T>,
{
    let secrets = store.secrets()?;
    let families: Vec<_> = secrets.chunk_by(|secret, next| secret.name == next.name).collect();
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let read = |records: &mut Records, share: &[&[SecretKey]]| read_share(store, share, records, &take);
    let mut all = Vec::with_capacity(families.len());
    for mut taken in try_in_parallel(cores, families.chunks(NAMES_AT_ONCE), read)? {
        all.append(&mut taken);
    }
    Ok(all)
}

fn read_share<T, I: IntoIterator<Item = T>>(
    store: &dyn Store,
    share: &[&[SecretKey]],
    records: &mut Records,
    take: &impl Fn(Family) -> I,
) -> Result<Vec<T>> {
    let mut taken = Vec::with_capacity(share.len());
    let mut regions: Vec<Region> = Vec::new();
    for secrets in share {
        let Some(first) = secrets.first() else { continue };
        regions.clear();
        regions.extend(secrets.iter().map(|secret| secret.primary));
        store.read(&first.name, &regions, records)?;
        taken.extend(take(Family::parse(store, &first.name, records)?));
    }
    Ok(taken)
}
