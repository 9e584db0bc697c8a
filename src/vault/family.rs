//! All secrets of one name, and who holds the name in which Region.

use std::borrow::Cow;

use serde::Deserialize;

use super::{
    record::{BundleRecord, FORMAT, SecretRecord, VersionRecord, is_known},
    record_text::RecordText,
};
use crate::{
    arn::SecretArn,
    error::{Damage, Error, Result},
    region::Region,
    store::{BlobKey, Item, NameKey, Records, SecretKey, Store, encode},
};

/// A secret with its place in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<T: RecordText = String> {
    pub(crate) key: SecretKey,
    pub(crate) record: SecretRecord<T>,
}

impl Located {
    pub(crate) fn of(record: SecretRecord) -> Self {
        Self { key: SecretKey { name: NameKey::of(&record.name), primary: record.primary_region() }, record }
    }

    /// Where the store has a bundle.
    pub(crate) fn blob(&self, version: &VersionRecord, bundle: &BundleRecord) -> BlobKey {
        BlobKey { secret: self.key.clone(), version: encode(&version.version_id), file: bundle.file.clone() }
    }

    /// All bundles that the record names, in its order.
    pub(super) fn blobs(&self) -> Vec<BlobKey> {
        let mut blobs = Vec::new();
        for version in &self.record.versions {
            let encoded = encode(&version.version_id);
            let blob = |bundle: &BundleRecord| BlobKey { secret: self.key.clone(), version: encoded.clone(), file: bundle.file.clone() };
            blobs.extend(version.bundles.iter().map(blob));
        }
        blobs
    }
}

/// The secrets of one name: at most one for each primary Region.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Family<T: RecordText = String>(pub(crate) Vec<Located<T>>);

impl<T: RecordText> Family<T> {
    /// Parses the records of this name.
    pub(super) fn parse<'r>(store: &dyn Store, name: &NameKey, records: &'r Records) -> Result<Self>
    where
        T: Deserialize<'r>,
    {
        let mut members = Vec::with_capacity(records.count());
        for (primary, record) in records.iter() {
            let key = SecretKey { name: name.clone(), primary };
            match parse_record_as(record, &key) {
                Ok(record) => members.push(Located { key, record }),
                Err(what) => return Err(Error::Damaged { path: store.place(Item::Record(&key)), what }),
            }
        }
        Ok(Self(members))
    }

    /// Every secret of the name, replaced ones included.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Located<T>> {
        self.0.iter()
    }

    /// The secrets that are still there in at least one Region, each with those Regions, the primary first.
    pub(crate) fn present(&self) -> impl Iterator<Item = (&Located<T>, Vec<Region>)> {
        self.0.iter().filter_map(|member| {
            let regions = self.regions_of(member);
            (!regions.is_empty()).then_some((member, regions))
        })
    }

    /// The Regions that have a secret, the primary first.
    pub(super) fn regions_with(&self, arn: &SecretArn) -> Vec<Region> {
        self.present().find(|(member, _)| member.record.arn == *arn).map(|(_, regions)| regions).unwrap_or_default()
    }

    /// The Regions that a new version of a secret goes to: the primary, then the replicas in sync.
    pub(super) fn regions_in_sync(&self, record: &SecretRecord<T>) -> Vec<Region> {
        let mut regions = self.regions_with(&record.arn);
        regions.retain(|region| !record.is_behind(*region));
        regions
    }

    /// The same with nothing but their records, as a reader is to see them.
    pub(super) fn seen(&self) -> impl Iterator<Item = (Cow<'_, SecretRecord<T>>, Vec<Region>)> {
        self.present().map(|(member, regions)| {
            let taken = self.taken_from(member);
            let record = if taken.is_empty() { Cow::Borrowed(&member.record) } else { Cow::Owned(member.record.clone().without(&taken)) };
            (record, regions)
        })
    }

    /// The Regions of a secret's replicas in which another one has taken its place while its own record has them still: a writer was stopped
    /// between the two commits.
    pub(super) fn taken_from(&self, member: &Located<T>) -> Vec<Region> {
        if self.0.len() <= 1 {
            return Vec::new();
        }
        let replicas = member.record.replication_status.iter().map(|replica| replica.region);
        replicas.filter(|region| member.record.is_in(*region) && !self.is_holder(member, *region)).collect()
    }

    fn regions_of(&self, member: &Located<T>) -> Vec<Region> {
        let replicas = member.record.replication_status.iter().map(|replica| replica.region);
        std::iter::once(member.record.primary_region()).chain(replicas).filter(|region| self.is_holder(member, *region)).collect()
    }

    /// The secret that has the name in `region`, as primary or replica.
    pub(crate) fn holder(&self, region: Region) -> Option<&Located<T>> {
        self.holders(region).next()
    }

    /// Its place among the members.
    pub(super) fn holder_index(&self, region: Region) -> Option<usize> {
        self.0.iter().position(|member| self.is_holder(member, region))
    }

    /// All that claim the name in `region`: one at most, unless a record was changed by other hands.
    pub(crate) fn holders(&self, region: Region) -> impl Iterator<Item = &Located<T>> {
        self.0.iter().filter(move |member| self.is_holder(member, region))
    }

    /// The secrets whose primary Region still has them.
    pub(crate) fn primaries(&self) -> impl Iterator<Item = &Located<T>> {
        self.0.iter().filter(|member| self.is_holder(member, member.record.primary_region()))
    }

    /// A secret is in a Region unless another one that is there too says that it took its place.
    fn is_holder(&self, member: &Located<T>, region: Region) -> bool {
        let replaces = |other: &Located<T>| other.record.replaces.iter().any(|old| old.region == region && old.arn == member.record.arn);
        member.record.is_in(region) && !self.0.iter().any(|other| other.record.is_in(region) && replaces(other))
    }
}

/// Parses `secret.json`. The error says where, never what.
pub(crate) fn parse_record(bytes: &[u8], key: &SecretKey) -> Result<SecretRecord, Damage> {
    parse_record_as(bytes, key)
}

/// The same with its texts in the form that is wanted.
fn parse_record_as<'r, T: RecordText + Deserialize<'r>>(bytes: &'r [u8], key: &SecretKey) -> Result<SecretRecord<T>, Damage> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Numbered {
        format: u32,
    }
    let position =
        |error: &serde_json::Error| Damage::Content(format!("not the JSON of a secret (line {}, column {})", error.line(), error.column()));
    let parsed = from_json(bytes);
    if !parsed.as_ref().is_ok_and(|record: &SecretRecord<T>| is_known(record.format)) {
        // Another format may have members that this version does not know: its number is the thing to tell.
        let numbered: Numbered = from_json(bytes).map_err(|error| position(&error))?;
        if !is_known(numbered.format) {
            return Err(Damage::Format { found: numbered.format, known: FORMAT });
        }
    }
    let record: SecretRecord<T> = parsed.map_err(|error| position(&error))?;
    match record.fault(key) {
        Some(what) => Err(Damage::Content(what)),
        None => Ok(record),
    }
}

/// Parses JSON whose text is checked once, and not string by string.
fn from_json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> serde_json::Result<T> {
    match str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        // The error says where.
        Err(_) => serde_json::from_slice(bytes),
    }
}
