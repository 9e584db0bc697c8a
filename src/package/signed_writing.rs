//! Changes of what can be told to be right: by the tag of a record, or because it stands as it was signed.

use std::sync::Arc;

use super::{
    cut::{cut, regions},
    manifest_files::read_page,
    signed_root::{SignedRoot, told},
    signed_store::{SignedReading, SignedStore},
};
use crate::{
    error::{Error, PackageRefusal, Result},
    store::{NameKey, Store},
    vault::{SecretRecord, SignedRecords, Vault},
};

/// How a writer knows what was signed. Before a secret is changed, its record has to have a tag that verifies with the keystore at hand, or to say what
/// the newest root says that enough signers signed.
#[derive(Debug, Clone)]
pub struct SignedWriting(pub SignedReading);

impl SignedWriting {
    /// The vault as it stands, in which other secrets are not changed. What was signed is looked for when a tag does not verify.
    #[must_use]
    pub fn of(self, vault: &Vault) -> Vault {
        let store = vault.shared_store();
        vault.clone().changing_signed(Arc::new(Signed { signed: SignedStore::new(Arc::clone(&store), self.0), store }))
    }
}

#[derive(Debug)]
struct Signed {
    signed: SignedStore,
    store: Arc<dyn Store>,
}

impl SignedRecords for Signed {
    fn require_signed(&self, record: &SecretRecord) -> Result<()> {
        let name = || record.name.clone();
        match self.signed.with_root(|root| is_signed(&*self.store, root, record)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(PackageRefusal::NeitherOwnNorSigned { name: name(), why: None }.into()),
            Err(why @ (Error::Service(_) | Error::Damaged { .. })) => {
                Err(PackageRefusal::NeitherOwnNorSigned { name: name(), why: Some(told(&why)) }.into())
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether a root says of a secret, in each of its Regions, what its record says.
fn is_signed(store: &dyn Store, root: &SignedRoot, record: &SecretRecord) -> Result<bool> {
    let name = NameKey::of(&record.name);
    for region in regions(record) {
        let Some(pages) = root.root.pages_of(region) else { return Ok(false) };
        let now = cut(record, region);
        let page = read_page(store, pages, name.page_index(pages.pages.len()))?;
        if !page.entries.contains(&now) {
            return Ok(false);
        }
    }
    Ok(true)
}
