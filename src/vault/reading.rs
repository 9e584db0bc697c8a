//! What a vault reads from its store.

use std::borrow::Borrow;

use super::{
    Vault,
    family::{Family, parse_record},
    record::SecretRecord,
};
use crate::{
    error::{BundleRefusal, Error, Refusal, Result},
    region::Region,
    store::{Blob, BlobKey, Item, NameKey, Records, SecretKey, Store},
};

/// All secrets of a name as they were read, from which a change is made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) name: NameKey,
    pub(super) records: Records,
    pub(super) family: Family,
}

impl Borrow<Family> for Reading {
    fn borrow(&self) -> &Family {
        &self.family
    }
}

impl Vault {
    /// Reads every secret of this name.
    pub(super) fn read_name(&self, name: &str) -> Result<Reading> {
        self.read_name_in(&self.store.regions(), name)
    }

    /// The same, where it is known which Regions have secrets.
    pub(super) fn read_name_in(&self, regions: &[Region], name: &str) -> Result<Reading> {
        let (name, mut records) = (NameKey::of(name), Records::default());
        self.store.read(&name, regions, &mut records)?;
        let family = Family::parse(&*self.store, &name, &records)?;
        Ok(Reading { name, records, family })
    }

    /// Whether a bundle was missing because another writer has changed its secret since: then the change is made anew from what is there now.
    pub(super) fn is_overtaken(&self, read: &Reading, name: &str, error: &Error) -> Result<bool> {
        Ok(is_bundle_missing(error) && self.read_name(name)?.records != read.records)
    }

    /// Opens a bundle that a record names.
    pub(super) fn open_bundle_file(&self, blob: &BlobKey) -> Result<Blob> {
        let missing = || BundleRefusal::Missing(self.store.place(Item::Blob(blob))).into();
        self.store.open(blob)?.ok_or_else(missing)
    }
}

/// Whether a bundle that a record names is not in the store.
pub(super) fn is_bundle_missing(error: &Error) -> bool {
    matches!(error, Error::Service(refusal) if matches!(&**refusal, Refusal::Bundle(refusal) if refusal.is_missing()))
}

/// Reads the record of one secret; `None` when it is not there.
pub(super) fn read_record(store: &dyn Store, secret: &SecretKey) -> Result<Option<SecretRecord>> {
    let mut records = Records::default();
    store.read(&secret.name, &[secret.primary], &mut records)?;
    let Some(record) = records.get(secret.primary) else { return Ok(None) };
    let damaged = |what| Error::Damaged { path: store.place(Item::Record(secret)), what };
    parse_record(record, secret).map(Some).map_err(damaged)
}
