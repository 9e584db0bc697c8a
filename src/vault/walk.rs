//! Every secret of a vault, read on as many threads as there are cores.
//!
//! There is no index that could be wrong: the folders are listed, and each record is read.

use std::{ffi::OsString, num::NonZeroUsize, path::Path, sync::Mutex, thread};

use super::{
    family::{Family, names, regions_with_secrets},
    layout,
};
use crate::{error::Result, parallel::lock, region::Region};

/// So many names are one thread's at a time, and fewer are not worth another thread.
const NAMES_AT_ONCE: usize = 256;

/// A folder of a secret: its name, and the Region that it lies in.
type Folder = (OsString, Region);

/// What `take` makes of the secrets of each name, in the order of the folders' names. The records are dropped as it goes along: what is kept of
/// them decides how much memory a large vault takes.
///
/// # Errors
/// A folder that cannot be read, a damaged record: the first in that order.
pub(super) fn each_family<T, I>(root: &Path, take: impl Fn(Family) -> I + Sync) -> Result<Vec<T>>
where
    T: Send,
    I: IntoIterator<Item = T>,
{
    let folders = folders(root)?;
    let families: Vec<_> = folders.chunk_by(|(name, _), (next, _)| name == next).collect();
    let shares = families.chunks(NAMES_AT_ONCE);
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let helpers = cores.min(shares.len()).saturating_sub(1);
    let queue = Mutex::new(shares.enumerate());
    let work = || {
        let mut done = Vec::new();
        let mut buffer = Vec::new();
        loop {
            let next = lock(&queue).next();
            let Some((place, share)) = next else { return done };
            let taken = read_share(root, share, &mut buffer, &take);
            if taken.is_err() {
                // Whoever has an earlier share finishes it.
                lock(&queue).by_ref().for_each(drop);
            }
            done.push((place, taken));
        }
    };
    let mut done = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    let mut all = Vec::with_capacity(families.len());
    for (_, taken) in done {
        all.append(&mut taken?);
    }
    Ok(all)
}

fn folders(root: &Path) -> Result<Vec<Folder>> {
    let mut folders: Vec<Folder> = Vec::new();
    for region in regions_with_secrets(root) {
        folders.extend(names(&layout::region_dir(root, region))?.into_iter().map(|name| (name, region)));
    }
    // Stable: the Regions of a name stay in their order.
    folders.sort_by(|(name, _), (other, _)| name.cmp(other));
    Ok(folders)
}

fn read_share<T, I: IntoIterator<Item = T>>(
    root: &Path,
    share: &[&[Folder]],
    buffer: &mut Vec<u8>,
    take: &impl Fn(Family) -> I,
) -> Result<Vec<T>> {
    let mut taken = Vec::with_capacity(share.len());
    for folders in share {
        let dirs = folders.iter().map(|(name, region)| (layout::region_dir(root, *region).join(name), *region));
        taken.extend(take(Family::read(dirs, buffer)?));
    }
    Ok(taken)
}
