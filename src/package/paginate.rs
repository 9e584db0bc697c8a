//! Which entry goes on which page.

use std::{num::NonZeroUsize, thread};

use super::{
    cut::cut,
    manifest_digest::ManifestDigest,
    manifest_page::{MAX_PAGE_ENTRIES, ManifestPage},
    manifest_root::RegionPages,
};
use crate::{
    error::{Error, Result},
    parallel::try_in_parallel,
    region::Region,
    store::{MAX_PAGE_LENGTH, NameKey},
    vault::SecretRecord,
};

/// Entries of a page, as far as the hash spreads them.
const USUAL_ENTRIES: usize = 256;

/// Pages of a Region, at most.
const MAX_PAGES: usize = 1 << 16;

/// The pages of one Region, and the records whose entries are on each.
#[derive(Debug)]
pub(super) struct Spread<'r> {
    pub(super) pages: RegionPages,
    shares: Vec<Vec<&'r SecretRecord>>,
}

impl<'r> Spread<'r> {
    /// Of the records that say something of a Region. A page has the index that the name gives; how many pages there were before is kept as
    /// far as that makes sense, so that those that do not change stay the same.
    pub(super) fn of(region: Region, records: &[&'r SecretRecord], pages_before: Option<usize>) -> Result<Self> {
        let mut count = page_count(records.len(), pages_before);
        while count <= MAX_PAGES {
            let shares = share(records, count);
            let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
            let digests = try_in_parallel(cores, shares.iter(), |(): &mut (), share| {
                let bytes = write(region, share)?;
                let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_PAGE_LENGTH) && share.len() <= MAX_PAGE_ENTRIES;
                Ok::<_, Error>(fits.then(|| ManifestDigest::of(&bytes)))
            })?;
            if let Some(digests) = digests.into_iter().collect() {
                return Ok(Self { pages: RegionPages { pages: digests, region }, shares });
            }
            count *= 2;
        }
        Err(Error::Misuse("a secret's record is smaller than a page"))
    }

    /// The bytes of a page.
    pub(super) fn bytes(&self, index: usize) -> Result<Vec<u8>> {
        write(self.pages.region, self.shares.get(index).map_or(&[], Vec::as_slice))
    }

    /// The records of a page.
    pub(super) fn records(&self, index: usize) -> &[&'r SecretRecord] {
        self.shares.get(index).map_or(&[], Vec::as_slice)
    }
}

fn write(region: Region, records: &[&SecretRecord]) -> Result<Vec<u8>> {
    ManifestPage::new(region, records.iter().map(|record| cut(record, region)).collect()).write()
}

/// A power of two. Of a vault that grows or shrinks by a few secrets the pages stay the same ones.
fn page_count(entries: usize, before: Option<usize>) -> usize {
    let wanted = entries.div_ceil(USUAL_ENTRIES).next_power_of_two().min(MAX_PAGES);
    let still_fits = |before: &usize| before.is_power_of_two() && (wanted..=wanted.saturating_mul(2)).contains(before);
    before.filter(still_fits).unwrap_or(wanted)
}

fn share<'r>(records: &[&'r SecretRecord], count: usize) -> Vec<Vec<&'r SecretRecord>> {
    let mut shares: Vec<Vec<&SecretRecord>> = Vec::new();
    shares.resize_with(count, Vec::new);
    for record in records {
        if let Some(share) = shares.get_mut(NameKey::of(&record.name).page_index(count)) {
            share.push(record);
        }
    }
    shares
}
