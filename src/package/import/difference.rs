//! What is there, beside what was carried here.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    error::{Error, PackageRefusal, Result},
    package::{
        contents,
        manifest_files::read_root,
        part::PartContent,
        signed_root::{SignedRoot, TrustedSigners, newest_of, roots},
    },
    region::Region,
    store::{Item, Store},
    vault::{SecretRecord, Vault},
};

/// What becomes of the secrets, by their names and primary Regions; each list is in that order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedSecrets {
    /// They are not there yet.
    pub created: Vec<(String, Region)>,
    /// They are there as an older root has them.
    pub updated: Vec<(String, Region)>,
    /// They are there as they are brought.
    pub unchanged: Vec<(String, Region)>,
    /// The root does not list them any more.
    pub removed: Vec<(String, Region)>,
}

/// The records that older roots have of each secret.
type Earlier = BTreeMap<(String, Region), Vec<SecretRecord>>;

/// Compares with what is there, which is an earlier part of the same vault for the same Regions, or nothing.
pub(super) fn compare(target: &Vault, trusted: &TrustedSigners, content: &PartContent) -> Result<ImportedSecrets> {
    let mut secrets = ImportedSecrets::default();
    let place = |name: &str, primary: Region| (name.to_owned(), primary);
    if !target.exists() {
        secrets.created = content.secrets.iter().map(|secret| place(&secret.record.name, secret.key.primary)).collect();
        return Ok(secrets);
    }
    check_target(target, trusted, content)?;
    let earlier = earlier(target, content)?;
    let brought: BTreeMap<_, _> =
        content.secrets.iter().map(|secret| ((secret.record.name.as_str(), secret.key.primary), &secret.record)).collect();
    let (mut there, mut local) = (BTreeSet::new(), BTreeSet::new());
    for record in contents::records(target)?.whole()? {
        let key = place(&record.name, record.primary_region());
        let is_earlier = earlier.get(&key).is_some_and(|records| records.contains(&record));
        there.insert(key.clone());
        match brought.get(&(record.name.as_str(), record.primary_region())) {
            Some(new) if **new == record => secrets.unchanged.push(key),
            Some(_) if is_earlier => secrets.updated.push(key),
            None if is_earlier => secrets.removed.push(key),
            _ => _ = local.insert(key.0),
        }
    }
    if !local.is_empty() {
        return Err(PackageRefusal::LocalChanges(local.into_iter().collect()).into());
    }
    let keys = brought.into_keys().map(|(name, primary)| place(name, primary));
    secrets.created = keys.filter(|key| !there.contains(key)).collect();
    for list in [&mut secrets.updated, &mut secrets.unchanged, &mut secrets.removed] {
        list.sort();
    }
    Ok(secrets)
}

/// It belongs to one vault and its Regions, and never goes back.
fn check_target(target: &Vault, trusted: &TrustedSigners, content: &PartContent) -> Result<()> {
    let place = || target.store().absolute_place(Item::Vault);
    let Some(regions) = target.part_regions()? else { return Err(PackageRefusal::IntoWholeVault(place()).into()) };
    let found = &content.root.vault_id;
    if let Some(known) = target.id()?.filter(|known| known != found) {
        return Err(PackageRefusal::PartOfOtherVault { found: found.to_string(), known: known.to_string(), place: place() }.into());
    }
    if regions != content.regions {
        return Err(PackageRefusal::PartForOtherRegions { found: content.regions.clone(), known: regions }.into());
    }
    let there = newest_of(target, trusted)?.accepted;
    there.map_or(Ok(()), |there| content.root.to_be_remembered().check_after(&there.to_be_remembered()))
}

/// What the roots that are there have of the secrets: whose they are does not matter here, but that somebody brought it.
fn earlier(target: &Vault, content: &PartContent) -> Result<Earlier> {
    let (store, mut earlier) = (target.store(), Earlier::new());
    for counter in roots(&store.manifests()?).into_keys() {
        let stored = match read_root(store, counter) {
            Err(error @ Error::Io { .. }) => return Err(error),
            Ok(Some(stored)) if stored.root.vault_id == content.root.vault_id => stored,
            _ => continue,
        };
        for secret in readable(store, &SignedRoot::of_anybody(stored, Vec::new()), &content.regions)? {
            earlier.entry((secret.name.clone(), secret.primary_region())).or_default().push(secret);
        }
    }
    Ok(earlier)
}

/// The records of a root; none where its pages are gone, as an import that was stopped leaves it.
fn readable(store: &dyn Store, root: &SignedRoot, regions: &[Region]) -> Result<Vec<SecretRecord>> {
    match PartContent::of(store, root.clone(), regions) {
        Ok(content) => Ok(content.secrets.into_iter().map(|secret| secret.record).collect()),
        Err(error @ Error::Io { .. }) => Err(error),
        Err(_) => Ok(Vec::new()),
    }
}
