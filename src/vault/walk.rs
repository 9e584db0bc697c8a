//! Every secret of a vault, read on as many threads as there are cores.
//!
//! There is no index that could be wrong: the folders are listed, and each record is read.

use std::{ffi::OsString, num::NonZeroUsize, path::Path, thread};

use super::{
    family::{Family, names, regions_with_secrets},
    layout,
};
use crate::{error::Result, parallel::try_in_parallel, region::Region};

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
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let read = |buffer: &mut Vec<u8>, share: &[&[Folder]]| read_share(root, share, buffer, &take);
    let mut all = Vec::with_capacity(families.len());
    for mut taken in try_in_parallel(cores, families.chunks(NAMES_AT_ONCE), read)? {
        all.append(&mut taken);
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
