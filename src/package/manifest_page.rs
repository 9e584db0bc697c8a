//! A page: the entries of some secrets of one Region.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, SeqAccess, Visitor},
};

use super::{canonical_json, cut::CutRecord};
use crate::{
    error::{Damage, ManifestFault, Result},
    region::Region,
    store::NameKey,
};

/// Format number of a page.
const FORMAT: u32 = 1;

/// Entries of a page, at most: with more, reading ends before they are all there.
pub(super) const MAX_PAGE_ENTRIES: usize = 4096;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ManifestPage {
    #[serde(deserialize_with = "bounded")]
    pub(crate) entries: Vec<CutRecord>,
    format: u32,
    pub(super) region: Region,
}

/// Where a page stands in a root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PagePlace {
    pub(crate) region: Region,
    pub(crate) index: usize,
    /// How many pages the Region has.
    pub(crate) count: usize,
}

impl ManifestPage {
    /// With the entries in their order.
    pub(super) fn new(region: Region, mut entries: Vec<CutRecord>) -> Self {
        entries.sort_by(|a, b| a.place().cmp(&b.place()));
        Self { entries, format: FORMAT, region }
    }

    pub(super) fn write(&self) -> Result<Vec<u8>> {
        canonical_json::write(self)
    }

    /// Reads the page of this place.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(bytes: &[u8], place: PagePlace) -> Result<Self, Damage> {
        let page: Self = canonical_json::read(bytes, FORMAT)?;
        if page.format != FORMAT {
            return Err(Damage::Format { found: page.format, known: FORMAT });
        }
        match page.fault(place) {
            Some(fault) => Err(fault.into()),
            None => Ok(page),
        }
    }

    fn fault(&self, place: PagePlace) -> Option<ManifestFault> {
        if self.region != place.region {
            return Some(ManifestFault::OtherRegion(self.region));
        }
        if !self.entries.is_sorted_by(|a, b| a.place() < b.place()) || !self.entries.iter().all(CutRecord::is_ordered) {
            return Some(ManifestFault::Unordered);
        }
        let misplaced = self.entries.iter().find(|entry| NameKey::of(&entry.name).page_index(place.count) != place.index);
        misplaced.map(|entry| ManifestFault::Misplaced(entry.name.clone()))
    }
}

fn bounded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CutRecord>, D::Error> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<CutRecord>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {MAX_PAGE_ENTRIES} entries")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = list.next_element()? {
                if entries.len() == MAX_PAGE_ENTRIES {
                    return Err(A::Error::custom("more entries than a page has"));
                }
                entries.push(entry);
            }
            Ok(entries)
        }
    }

    deserializer.deserialize_seq(Entries)
}
