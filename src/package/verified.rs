//! A vault held against what was signed, without any key.

use std::path::PathBuf;

use super::{
    contents,
    cut::{CutRecord, joined},
    differences::{DifferenceKind, EntryDifference, differences},
    freshness::{Freshness, FreshnessCheck},
    manifest_files::{read_page, read_root},
    manifest_root::ManifestRoot,
    signed_root::{RootPassedOver, SignedRoot, TrustedSigners, roots},
    signed_store::accepted,
};
use crate::{
    crypto::Sha256,
    error::{Error, Result},
    region::Region,
    store::{BlobKey, Item, NameKey, SecretKey, Store},
    vault::{Located, Vault},
};

/// What was signed, and how the vault differs from it.
#[derive(Debug)]
#[non_exhaustive]
pub struct PackageReport {
    /// The root that counts.
    pub root: SignedRoot,
    /// How it is known to be the newest.
    pub freshness: Freshness,
    /// Roots above it, which are not taken.
    pub passed_over: Vec<RootPassedOver>,
    /// The counters of the roots before it that are here, each the one that the next names.
    pub chain: Vec<u64>,
    /// What the vault holds by now that was not signed, or does not hold any more.
    pub differences: Vec<EntryDifference>,
    /// Bundles that the root names, of secrets that differ, and that are not here as they were signed.
    pub bundles: Vec<(PathBuf, SignedBundleFault)>,
    /// Records that cannot be read.
    pub unread: Vec<Error>,
}

/// What is wrong with a bundle that a root names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedBundleFault {
    /// It is not there.
    Missing,
    /// It is not the one that was signed.
    Changed,
}

impl PackageReport {
    /// Where a secret that differs lies, or lay.
    #[must_use]
    pub fn place_of(&self, vault: &Vault, difference: &EntryDifference) -> PathBuf {
        let key = SecretKey { name: NameKey::of(&difference.name), primary: difference.arn.region() };
        vault.store().place(Item::Secret(&key))
    }

    /// True where the vault is what was signed.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.differences.is_empty() && self.bundles.is_empty() && self.unread.is_empty()
    }
}

/// Holds a vault against the newest root that counts; with a Region, what is for that one. What records and bundles that do not differ are is
/// [`Vault::verify`]'s business.
///
/// # Errors
/// No root that counts; one that is older than what was accepted before, or not what is expected; a page of it that is not as it was signed.
pub fn verify_package(
    vault: &Vault,
    trusted: &TrustedSigners,
    freshness: &FreshnessCheck,
    region: Option<Region>,
) -> Result<PackageReport> {
    let store = vault.store();
    let (root, known, passed_over) = accepted(vault, trusted, freshness)?;
    let records = contents::records(vault)?;
    let spreads = contents::spread(&records.entries, Some(&root.root))?;
    let mut differences = differences(store, Some(&root.root), &spreads)?;
    differences.retain(|difference| region.is_none_or(|region| difference.regions.contains(&region)));
    let mut bundles = Vec::new();
    for difference in differences.iter().filter(|difference| difference.kind != DifferenceKind::NotListed) {
        check_bundles(store, &root.root, difference, region, &mut bundles)?;
    }
    let chain = chain(store, &root.root)?;
    Ok(PackageReport { root, freshness: known, passed_over, chain, differences, bundles, unread: records.faults })
}

/// The bundles that the root names of a secret that is not as it was: those of one that is are checked with its record.
fn check_bundles(
    store: &dyn Store,
    root: &ManifestRoot,
    difference: &EntryDifference,
    region: Option<Region>,
    faults: &mut Vec<(PathBuf, SignedBundleFault)>,
) -> Result<()> {
    let mut cuts: Vec<(Region, CutRecord)> = Vec::new();
    for pages in root.regions.iter().filter(|pages| region.is_none_or(|region| region == pages.region)) {
        let page = read_page(store, pages, NameKey::of(&difference.name).page_index(pages.pages.len()))?;
        let primary = difference.arn.region();
        let own = page.entries.into_iter().filter(|entry| entry.name == difference.name && entry.arn.region() == primary);
        cuts.extend(own.map(|entry| (pages.region, entry)));
    }
    let joined = joined(cuts).map_err(|fault| Error::Damaged { path: store.root().to_owned(), what: fault.into() })?;
    let Some(record) = joined else { return Ok(()) };
    let secret = Located::of(record);
    for version in &secret.record.versions {
        for bundle in &version.bundles {
            let blob = secret.blob(version, bundle);
            if let Some(fault) = fault_of(store, &blob, bundle.size, &bundle.sha256)? {
                faults.push((store.place(Item::Blob(&blob)), fault));
            }
        }
    }
    Ok(())
}

fn fault_of(store: &dyn Store, blob: &BlobKey, size: u64, sha256: &str) -> Result<Option<SignedBundleFault>> {
    let opened = match store.open(blob) {
        Err(Error::Damaged { .. }) => return Ok(Some(SignedBundleFault::Changed)),
        opened => opened?,
    };
    let Some(opened) = opened else { return Ok(Some(SignedBundleFault::Missing)) };
    let bytes = match opened.read(size) {
        Err(Error::Damaged { .. }) => return Ok(Some(SignedBundleFault::Changed)),
        read => read?,
    };
    let mut hash = Sha256::default();
    hash.update(&bytes);
    Ok((hash.finish_hex() != sha256).then_some(SignedBundleFault::Changed))
}

/// The roots that are here of those that came before, each found by the digest that the next one names.
fn chain(store: &dyn Store, root: &ManifestRoot) -> Result<Vec<u64>> {
    let (mut chain, mut wanted) = (Vec::new(), root.previous.clone());
    for counter in roots(&store.manifests()?).into_keys().rev().filter(|counter| *counter < root.counter) {
        let Some(digest) = &wanted else { break };
        match read_root(store, counter) {
            Ok(Some(stored)) if stored.digest() == *digest => {
                wanted.clone_from(&stored.root.previous);
                chain.push(counter);
            }
            Err(error @ Error::Io { .. }) => return Err(error),
            _ => {}
        }
    }
    Ok(chain)
}
