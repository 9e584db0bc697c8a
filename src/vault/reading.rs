//! What a vault reads from its store.

use std::{borrow::Borrow, io};

use super::{
    Vault,
    family::{Family, parse_record},
    record::SecretRecord,
};
use crate::{
    error::{Error, Result},
    region::Region,
    store::{BlobKey, Item, NameKey, Records, SecretKey, Store, read_bounded_to},
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
        let is_missing = matches!(error, Error::Io { source, .. } if source.kind() == io::ErrorKind::NotFound);
        Ok(is_missing && self.read_name(name)?.records != read.records)
    }

    /// Reads a bundle of at most `limit` bytes.
    pub(super) fn read_bundle(&self, blob: &BlobKey, limit: u64) -> Result<Vec<u8>> {
        let mut message = Vec::new();
        read_bounded_to(&mut message, self.store.open(blob)?, &self.store.place(Item::Blob(blob)), limit)?;
        Ok(message)
    }
}

/// Reads the record of one secret; `None` when it is not there.
pub(super) fn read_record(store: &dyn Store, secret: &SecretKey) -> Result<Option<SecretRecord>> {
    let mut records = Records::default();
    store.read(&secret.name, &[secret.primary], &mut records)?;
    let Some(record) = records.get(secret.primary) else { return Ok(None) };
    let damaged = |what| Error::Damaged { path: store.place(Item::Record(secret)), what };
    parse_record(record, secret).map(Some).map_err(damaged)
}
