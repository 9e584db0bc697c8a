//! What was carried here: all of it verified, nothing missing, nothing besides.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    error::{PackageRefusal, Result},
    package::{
        contents,
        part::{PartContent, bundle_bytes, bundles_of},
        signed_root::{TrustedSigners, newest_of},
    },
    region::Region,
    store::{Item, ManifestFile, NameKey, SecretKey},
    vault::{SecretRecord, Vault},
};

/// The part that lies in `source`.
pub(super) fn delivery(source: &Vault, trusted: &TrustedSigners) -> Result<PartContent> {
    let no_part = || PackageRefusal::NotAPart(source.store().absolute_place(Item::Vault));
    if !source.exists() {
        return Err(no_part().into());
    }
    let regions = source.part_regions()?.ok_or_else(no_part)?;
    let (root, _) = newest_of(source, trusted)?.require(source.store())?;
    let content = PartContent::of(source.store(), root, &regions)?;
    check_records(source, &content)?;
    check_files(source, &content)?;
    for (blob, bundle) in content.bundles() {
        bundle_bytes(source.store(), &blob, bundle)?;
    }
    Ok(content)
}

/// The records are those that the pages make: readers without signers go by them.
fn check_records(source: &Vault, content: &PartContent) -> Result<()> {
    let records = contents::records(source)?.whole()?;
    let mut there: BTreeMap<(&str, Region), &SecretRecord> =
        records.iter().map(|record| ((record.name.as_str(), record.primary_region()), record)).collect();
    for secret in &content.secrets {
        let name = || secret.record.name.clone();
        match there.remove(&(secret.record.name.as_str(), secret.key.primary)) {
            None => return Err(PackageRefusal::RecordMissing(name()).into()),
            Some(record) if *record != secret.record => return Err(PackageRefusal::RecordChanged(name()).into()),
            Some(_) => {}
        }
    }
    match there.into_keys().next() {
        Some((name, _)) => Err(PackageRefusal::RecordNotListed(name.to_owned()).into()),
        None => Ok(()),
    }
}

/// No file that the root does not name, and no other root.
fn check_files(source: &Vault, content: &PartContent) -> Result<()> {
    let store = source.store();
    let surplus = |place| PackageRefusal::SurplusFile(place).into();
    let counter = content.root.counter;
    let of_root: BTreeSet<_> =
        content.signatures.iter().map(|signature| ManifestFile::Signature { counter, key: signature.key_digest() }).collect();
    let pages: BTreeSet<_> = content.pages().into_iter().map(|digest| ManifestFile::Page { sha256: digest.as_str().to_owned() }).collect();
    let is_named = |file: &ManifestFile| *file == ManifestFile::Root { counter } || of_root.contains(file) || pages.contains(file);
    if let Some(other) = store.manifests()?.into_iter().chain(store.pages()?).find(|file| !is_named(file)) {
        return Err(surplus(store.place(Item::Manifest(&other))));
    }
    let survey = store.survey()?;
    if let Some((place, _)) = survey.strays.into_iter().next() {
        return Err(surplus(place));
    }
    if let Some((_, fault)) = survey.faults.into_iter().next() {
        return Err(fault);
    }
    let known: BTreeMap<_, _> = content.secrets.iter().map(|secret| (&secret.key, secret)).collect();
    for key in &survey.secrets {
        let named = known.get(key).map(|secret| bundles_of(secret).map(|(blob, _)| blob).collect::<Vec<_>>());
        if let Some(leftover) = store.leftovers(key, named.as_deref())?.into_iter().next() {
            return Err(surplus(leftover.place));
        }
    }
    Ok(())
}

/// Where a secret of this name and primary Region lies.
pub(super) fn key_of(name: &str, primary: Region) -> SecretKey {
    SecretKey { name: NameKey::of(name), primary }
}
