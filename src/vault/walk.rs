//! Every secret of a vault, read on as many threads as there are cores.
//!
//! There is no index that could be wrong: the secrets are listed, and each record is read.

use std::{convert::Infallible, num::NonZeroUsize, thread};

use super::{Vault, family::Family};
use crate::{
    error::Result,
    parallel::try_in_parallel,
    region::Region,
    store::{Listed, NameKey, Records, SecretKey, Store},
    text::BorrowedText,
};

/// So many names are one thread's at a time, and fewer are not worth another thread.
const NAMES_AT_ONCE: usize = 256;

/// What `take` makes of the secrets of each name, in the order of their names in the store. The records are dropped as it goes along: what is kept of
/// them decides how much memory a large vault takes. What cannot be read, or is damaged, is a fault beside the others, in the same order.
///
/// # Errors
/// The secrets cannot be listed.
pub(crate) fn each_family<T, I>(vault: &Vault, take: impl Fn(Family) -> I + Sync) -> Result<Listed<T>>
where
    T: Send,
    I: IntoIterator<Item = T>,
{
    let store = &*vault.store;
    each_name(vault, |name, records, found| Family::parse(store, name, records).map(|family| found.extend(take(family))))
}

/// The same for what copies little of the records: their texts stay where they were read.
///
/// # Errors
/// As for [`each_family`].
pub(super) fn look_at_each_family<T: Send>(
    vault: &Vault,
    look: impl Fn(&Family<BorrowedText<'_>>, &mut Vec<T>) + Sync,
) -> Result<Listed<T>> {
    let store = &*vault.store;
    each_name(vault, |name, records, found| Family::parse(store, name, records).map(|family| look(&family, found)))
}

/// `take` finds nothing in records of which it says that one is damaged.
fn each_name<T: Send>(vault: &Vault, take: impl Fn(&NameKey, &Records, &mut Vec<T>) -> Result<()> + Sync) -> Result<Listed<T>> {
    let (store, progress) = (&*vault.store, vault.progress.as_deref());
    let secrets = store.secrets()?;
    let families: Vec<_> = secrets.entries.chunk_by(|secret, next| secret.name == next.name).collect();
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let told = |families: usize| u64::try_from(families).unwrap_or_default();
    progress.inspect(|progress| progress.begin(told(families.len())));
    let read = |records: &mut Records, share: &[&[SecretKey]]| {
        let listed = read_share(store, share, records, &take);
        progress.inspect(|progress| progress.add(told(share.len())));
        Ok::<_, Infallible>(listed)
    };
    let Ok(shares) = try_in_parallel(cores, families.chunks(NAMES_AT_ONCE), read);
    let mut all = Listed { entries: Vec::with_capacity(families.len()), faults: secrets.faults };
    shares.into_iter().for_each(|share| all.append(share));
    Ok(all)
}

fn read_share<T>(
    store: &dyn Store,
    share: &[&[SecretKey]],
    records: &mut Records,
    take: &impl Fn(&NameKey, &Records, &mut Vec<T>) -> Result<()>,
) -> Listed<T> {
    let mut taken = Listed { entries: Vec::with_capacity(share.len()), faults: Vec::new() };
    let mut regions: Vec<Region> = Vec::new();
    for secrets in share {
        let Some(SecretKey { name, .. }) = secrets.first() else { continue };
        regions.clear();
        regions.extend(secrets.iter().map(|secret| secret.primary));
        let read = store.read(name, &regions, records).and_then(|()| take(name, records, &mut taken.entries));
        if read.is_err() {
            read_apart(store, secrets, records, take, &mut taken);
        }
    }
    taken
}

/// Those secrets of a name that can be read one by one, and the faults of the others. A Region that a damaged one has taken over is then the other's
/// again: a list shows it, and what reads or changes a secret refuses the name.
fn read_apart<T>(
    store: &dyn Store,
    secrets: &[SecretKey],
    records: &mut Records,
    take: &impl Fn(&NameKey, &Records, &mut Vec<T>) -> Result<()>,
    taken: &mut Listed<T>,
) {
    let mut sound = Records::default();
    for SecretKey { name, primary } in secrets {
        let read = store.read(name, &[*primary], records);
        match read.and_then(|()| Family::<BorrowedText<'_>>::parse(store, name, records)) {
            Ok(_) => sound.append(records),
            Err(fault) => taken.faults.push(fault),
        }
    }
    let Some(SecretKey { name, .. }) = secrets.first() else { return };
    taken.faults.extend(take(name, &sound, &mut taken.entries).err());
}
