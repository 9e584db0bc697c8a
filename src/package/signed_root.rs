//! The newest root that enough signers have signed.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    freshness::RememberedRoot,
    manifest_digest::ManifestDigest,
    manifest_files::{StoredRoot, damaged, read, read_root},
    manifest_root::ManifestRoot,
    signature::{ContentDigest, CountedSignature, Namespace, Signers, SshSignature, Threshold},
};
use crate::{
    error::{Error, ManifestFault, PackageRefusal, RefusedSignature, Result, SignatureRefusal},
    region::Region,
    store::{Item, ManifestFile, Store},
    timestamp::Timestamp,
    vault::{Vault, VaultId},
};

/// Signatures of one root that are looked at: those by keys of signers come first.
const MAX_SIGNATURES: usize = 256;

/// Whose signatures count, and how many it takes.
#[derive(Debug, Clone)]
pub struct TrustedSigners {
    /// Who may sign.
    pub signers: Signers,
    /// How many of them have to.
    pub threshold: Threshold,
}

/// A root that enough signers have signed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignedRoot {
    /// Its counter.
    pub counter: u64,
    /// The SHA-256 of its bytes.
    pub sha256: ManifestDigest,
    /// The vault that it is of.
    pub vault_id: VaultId,
    /// When it was made, by its maker's clock.
    pub time: Timestamp,
    /// Who signed, each once, in order.
    pub principals: Vec<String>,
    /// The signatures that count.
    pub signatures: Vec<CountedSignature>,
    /// Signatures that do not count, and why.
    pub refused: Vec<RefusedSignature>,
    /// Of a part, without the Regions that did not come along.
    pub(super) root: ManifestRoot,
    /// Those that did; empty for a whole vault.
    pub(super) part_regions: Vec<Region>,
}

/// A root that is newer than the one that is accepted, and is not taken.
#[derive(Debug)]
#[non_exhaustive]
pub struct RootPassedOver {
    /// Its counter.
    pub counter: u64,
    /// What is wrong with it.
    pub why: Error,
}

/// What was found, from the newest root down to the one that is accepted.
#[derive(Debug)]
pub(super) struct RootSearch {
    pub(super) accepted: Option<SignedRoot>,
    pub(super) passed_over: Vec<RootPassedOver>,
}

impl RootSearch {
    /// The one that is accepted.
    ///
    /// # Errors
    /// [`PackageRefusal::NoRoot`], [`PackageRefusal::NoneAccepted`].
    pub(super) fn require(self, store: &dyn Store) -> Result<(SignedRoot, Vec<RootPassedOver>)> {
        match (self.accepted, self.passed_over.first()) {
            (Some(root), _) => Ok((root, self.passed_over)),
            (None, None) => Err(PackageRefusal::NoRoot(store.absolute_place(Item::Vault)).into()),
            (None, Some(RootPassedOver { counter, why })) => Err(PackageRefusal::NoneAccepted { counter: *counter, why: told(why) }.into()),
        }
    }
}

/// What is wrong, without the name that AWS has for it.
pub(super) fn told(why: &Error) -> String {
    why.refusal().map_or_else(|| why.to_string(), ToString::to_string)
}

impl SignedRoot {
    /// Where it lies in the vault that it was found in.
    #[must_use]
    pub fn place(&self, vault: &Vault) -> PathBuf {
        vault.store().place(Item::Manifest(&ManifestFile::Root { counter: self.counter }))
    }

    /// Where a signature of it lies.
    #[must_use]
    pub fn place_of_signature(&self, vault: &Vault, signature: &CountedSignature) -> PathBuf {
        let file = ManifestFile::Signature { counter: self.counter, key: signature.key_digest.clone() };
        vault.store().place(Item::Manifest(&file))
    }

    /// Where a page of it lies.
    #[must_use]
    pub fn place_of_page(&self, vault: &Vault, page: &ManifestDigest) -> PathBuf {
        vault.store().place(Item::Manifest(&ManifestFile::Page { sha256: page.as_str().to_owned() }))
    }

    /// The pages of each Region, in the order of the Regions' names.
    pub fn pages(&self) -> impl Iterator<Item = (Region, &[ManifestDigest])> {
        self.root.regions.iter().map(|pages| (pages.region, pages.pages.as_slice()))
    }

    /// The SHA-256 of the root before it.
    #[must_use]
    pub const fn previous(&self) -> Option<&ManifestDigest> {
        self.root.previous.as_ref()
    }

    /// One of which is not looked at who signed it; with the Regions alone that came along, where it is known which.
    pub(super) fn of_anybody(stored: StoredRoot, part_regions: Vec<Region>) -> Self {
        let sha256 = stored.digest();
        let mut root = stored.root;
        root.regions.retain(|pages| part_regions.is_empty() || part_regions.contains(&pages.region));
        Self {
            counter: root.counter,
            sha256,
            vault_id: root.vault_id.clone(),
            time: root.time,
            principals: Vec::new(),
            signatures: Vec::new(),
            refused: Vec::new(),
            root,
            part_regions,
        }
    }

    pub(super) fn to_be_remembered(&self) -> RememberedRoot {
        RememberedRoot { counter: self.counter, sha256: self.sha256.clone(), time: self.time }
    }
}

/// Looks for it, among the roots of this vault. A root that lacks signatures, or is damaged, hides none below it.
///
/// # Errors
/// Something cannot be read: what is newest is not known then.
pub(super) fn newest(store: &dyn Store, trusted: &TrustedSigners, vault_id: Option<&VaultId>) -> Result<RootSearch> {
    let mut passed_over = Vec::new();
    for (counter, signatures) in roots(&store.manifests()?).into_iter().rev() {
        match accepted(store, trusted, counter, signatures) {
            Ok(root) if Some(&root.vault_id) != vault_id => {
                let why = PackageRefusal::RootOfOtherVault(root.vault_id.to_string()).into();
                passed_over.push(RootPassedOver { counter, why });
            }
            Ok(root) => return Ok(RootSearch { accepted: Some(root), passed_over }),
            Err(error @ Error::Io { .. }) => return Err(error),
            Err(why) => passed_over.push(RootPassedOver { counter, why }),
        }
    }
    Ok(RootSearch { accepted: None, passed_over })
}

/// The same of a vault; of a part, with the Regions alone that came along.
pub(super) fn newest_of(vault: &Vault, trusted: &TrustedSigners) -> Result<RootSearch> {
    let (vault_id, part_regions) = (vault.id()?, vault.part_regions()?.unwrap_or_default());
    let mut search = newest(vault.store(), trusted, vault_id.as_ref())?;
    if let Some(root) = search.accepted.as_mut().filter(|_| !part_regions.is_empty()) {
        root.root.regions.retain(|pages| part_regions.contains(&pages.region));
        root.part_regions = part_regions;
    }
    Ok(search)
}

/// The newest root of a vault that anybody has signed, for who does not know who may; with the Regions alone that came along.
pub(super) fn signed_by_anybody(vault: &Vault) -> Result<SignedRoot> {
    let (store, vault_id) = (vault.store(), vault.id()?);
    let roots = roots(&store.manifests()?);
    let newest = roots.last_key_value().map(|(counter, _)| *counter);
    for (counter, keys) in roots.into_iter().rev() {
        let stored = match read_root(store, counter) {
            Err(error @ Error::Io { .. }) => return Err(error),
            Ok(Some(stored)) if Some(&stored.root.vault_id) == vault_id.as_ref() => stored,
            _ => continue,
        };
        if !holding_signatures(store, &stored, keys)?.is_empty() {
            let part_regions = vault.part_regions()?.unwrap_or_default();
            return Ok(SignedRoot::of_anybody(stored, part_regions));
        }
    }
    let Some(counter) = newest else { return Err(PackageRefusal::NoRoot(store.absolute_place(Item::Vault)).into()) };
    Err(PackageRefusal::NoneAccepted { counter, why: SignatureRefusal::Unsigned { needed: 1 }.to_string() }.into())
}

/// Those of a root's signatures that hold, whoever made them.
pub(super) fn holding_signatures(store: &dyn Store, stored: &StoredRoot, keys: Vec<String>) -> Result<Vec<SshSignature>> {
    let digest = ContentDigest::of(&stored.bytes);
    let mut holding = Vec::new();
    for key in keys.into_iter().take(MAX_SIGNATURES) {
        match read_signature(store, stored.root.counter, &key) {
            Ok(Some(signature)) if signature.key_digest() == key && signature.verify(Namespace::Manifest, &digest).is_ok() => {
                holding.push(signature);
            }
            Err(error @ Error::Io { .. }) => return Err(error),
            _ => {}
        }
    }
    Ok(holding)
}

/// The roots' counters, each with the keys that its signatures are named after.
pub(super) fn roots(files: &[ManifestFile]) -> BTreeMap<u64, Vec<String>> {
    let mut roots: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for file in files {
        if let ManifestFile::Root { counter } = file {
            roots.entry(*counter).or_default();
        }
    }
    for file in files {
        if let ManifestFile::Signature { counter, key } = file
            && let Some(keys) = roots.get_mut(counter)
        {
            keys.push(key.clone());
        }
    }
    roots
}

fn accepted(store: &dyn Store, trusted: &TrustedSigners, counter: u64, mut keys: Vec<String>) -> Result<SignedRoot> {
    let of_signers: Vec<String> = trusted.signers.keys(Namespace::Manifest).map(|(_, key)| key.digest()).collect();
    keys.sort_by_key(|key| !of_signers.contains(key));
    keys.truncate(MAX_SIGNATURES);
    let (mut signatures, mut unread) = (Vec::new(), Vec::new());
    for key in keys {
        match read_signature(store, counter, &key) {
            Ok(Some(signature)) => signatures.push(signature),
            Ok(None) => {}
            Err(Error::Io { doing, source }) => return Err(Error::Io { doing, source }),
            Err(why) => unread.push((key, why)),
        }
    }
    if signatures.is_empty() {
        // Nothing of a root is read that nobody has signed.
        let unsigned = SignatureRefusal::Unsigned { needed: trusted.threshold.get() };
        return Err(unread.into_iter().next().map_or_else(|| unsigned.into(), |(_, why)| why));
    }
    let stored =
        read_root(store, counter)?.ok_or_else(|| damaged(store, &ManifestFile::Root { counter }, ManifestFault::Missing.into()))?;
    let StoredRoot { root, bytes } = &stored;
    let verified = trusted.signers.verify(Namespace::Manifest, &ContentDigest::of(bytes), &signatures, root.time, trusted.threshold)?;
    Ok(SignedRoot {
        counter,
        sha256: stored.digest(),
        vault_id: root.vault_id.clone(),
        time: root.time,
        principals: verified.principals,
        signatures: verified.counted,
        refused: verified.refused,
        root: stored.root,
        part_regions: Vec::new(),
    })
}

/// A root of this vault that somebody has signed: one of the signers, where it is known who they are. One that is damaged is none.
///
/// # Errors
/// It cannot be read.
pub(super) fn signed_by_any(
    store: &dyn Store,
    vault_id: Option<&VaultId>,
    (counter, keys): (u64, &[String]),
    trusted: Option<&TrustedSigners>,
) -> Result<Option<StoredRoot>> {
    let stored = match read_root(store, counter) {
        Err(error @ Error::Io { .. }) => return Err(error),
        Err(_) | Ok(None) => return Ok(None),
        Ok(Some(stored)) => stored,
    };
    let digest = ContentDigest::of(&stored.bytes);
    let is_known = |signature: &SshSignature| {
        trusted.is_none_or(|trusted| trusted.signers.keys(Namespace::Manifest).any(|(_, key)| key == signature.key()))
    };
    let signs = |key: &String| match read_signature(store, counter, key) {
        Ok(Some(signature)) => is_known(&signature) && signature.verify(Namespace::Manifest, &digest).is_ok(),
        _ => false,
    };
    let is_signed = vault_id == Some(&stored.root.vault_id) && keys.iter().any(signs);
    Ok(is_signed.then_some(stored))
}

/// Reads one of a root's signatures.
pub(super) fn read_signature(store: &dyn Store, counter: u64, key: &str) -> Result<Option<SshSignature>> {
    let file = ManifestFile::Signature { counter, key: key.to_owned() };
    let limit = u64::try_from(SshSignature::MAX_LENGTH).unwrap_or(u64::MAX);
    let Some(bytes) = read(store, &file, limit)? else { return Ok(None) };
    Ok(Some(SshSignature::parse(&bytes)?))
}
