//! The records of a name, as bytes, and a change of them.

use std::ops::Range;

use super::{BlobKey, NameKey};
use crate::{durable::OpenFolder, error::Result, region::Region};

/// What tells one state of a name's records from another, in one store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stamp(pub(super) u64);

impl Stamp {
    /// Of a store in which nobody else writes while a writer is there.
    pub(crate) const LOCKED: Self = Self(0);
}

/// The records of a name, one for each primary Region. One buffer serves for many names, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Records {
    bytes: Vec<u8>,
    places: Vec<(Region, Range<usize>)>,
    stamp: Stamp,
    /// The Regions that were looked at already, for this name or one before.
    seen: Vec<(Region, SeenFolder)>,
}

/// The folder of a Region's records.
#[derive(Debug)]
enum SeenFolder {
    LookedAt,
    /// Held open, where the system does that.
    Open(Option<OpenFolder>),
}

/// What was read is compared, and not from where.
impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        (&self.bytes, &self.places, self.stamp) == (&other.bytes, &other.places, other.stamp)
    }
}

impl Eq for Records {}

impl Records {
    /// Forgets what was read, and keeps the room.
    pub(crate) fn start(&mut self, stamp: Stamp) {
        self.bytes.clear();
        self.places.clear();
        self.stamp = stamp;
    }

    /// Adds a Region's record, which `read` appends to what it is given, or says that there is none.
    pub(crate) fn add(&mut self, region: Region, read: impl FnOnce(&mut Vec<u8>) -> Result<bool>) -> Result<()> {
        let start = self.bytes.len();
        if read(&mut self.bytes)? {
            self.places.push((region, start..self.bytes.len()));
        }
        Ok(())
    }

    /// The same from a Region's folder, which whoever reads many names one after the other holds open from the second one on.
    pub(super) fn add_from(
        &mut self,
        region: Region,
        open: impl FnOnce() -> Option<OpenFolder>,
        read: impl FnOnce(&mut Vec<u8>, Option<&OpenFolder>) -> Result<bool>,
    ) -> Result<()> {
        let mut seen = std::mem::take(&mut self.seen);
        let folder = match seen.iter_mut().find(|(seen, _)| *seen == region) {
            Some((_, SeenFolder::Open(folder))) => folder.as_ref(),
            Some((_, folder @ SeenFolder::LookedAt)) => {
                *folder = SeenFolder::Open(open());
                None
            }
            None => None,
        };
        let added = self.add(region, |bytes| read(bytes, folder));
        self.seen = seen;
        added
    }

    /// Looks at the place of a Region's records, unless that was done before: those who read many names one after the other do it once.
    pub(super) fn look_once(&mut self, region: Region, look: impl FnOnce() -> Result<()>) -> Result<()> {
        if !self.seen.iter().any(|(seen, _)| *seen == region) {
            look()?;
            self.seen.push((region, SeenFolder::LookedAt));
        }
        Ok(())
    }

    /// Adds what others have read.
    pub(crate) fn append(&mut self, other: &Self) {
        for (region, record) in other.iter() {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(record);
            self.places.push((region, start..self.bytes.len()));
        }
    }

    pub(crate) const fn count(&self) -> usize {
        self.places.len()
    }

    /// Each record with its Region.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Region, &[u8])> {
        self.places.iter().map(|(region, place)| (*region, self.bytes.get(place.clone()).expect("a record lies in what was read")))
    }

    pub(crate) fn get(&self, region: Region) -> Option<&[u8]> {
        self.iter().find(|(primary, _)| *primary == region).map(|(_, record)| record)
    }

    pub(crate) const fn stamp(&self) -> Stamp {
        self.stamp
    }
}

/// A change of the records of one name, and the blobs that they are to name.
#[derive(Debug)]
pub(crate) struct NameChange {
    pub(crate) name: NameKey,
    /// Of the records that the change is made from.
    pub(crate) stamp: Stamp,
    /// In this order, where they cannot be changed at once.
    pub(crate) records: Vec<RecordChange>,
}

/// A change of one record.
#[derive(Debug)]
pub(crate) struct RecordChange {
    pub(crate) primary: Region,
    /// What it is now.
    pub(crate) before: Option<Vec<u8>>,
    pub(crate) named_before: Vec<BlobKey>,
    /// What it is to be; nothing removes it.
    pub(crate) after: Option<Vec<u8>>,
    pub(crate) named_after: Vec<BlobKey>,
    /// The new ones among them.
    pub(crate) blobs: Vec<(BlobKey, Vec<u8>)>,
}
