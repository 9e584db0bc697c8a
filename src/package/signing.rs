//! Signing a vault: what would be signed, and whose hand changed what; then pages, root and signatures, in this order.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use super::{
    contents,
    differences::{DifferenceKind, EntryDifference, differences},
    freshness::FreshnessCheck,
    manifest_digest::ManifestDigest,
    manifest_files::{StoredRoot, read_root},
    manifest_root::{ManifestRoot, RegionPages},
    paginate::Spread,
    signature::{ContentDigest, Namespace, SshSignature, SshSigningKey},
    signed_root::{TrustedSigners, newest, read_signature, roots, signed_by_any},
};
use crate::{
    arn::SecretArn,
    error::{Error, PackageRefusal, Result, SignatureRefusal},
    kms::EmbeddedKms,
    store::{Item, MAX_COUNTER, ManifestFile, NameKey, PutManifest, SecretKey, Writer},
    timestamp::Timestamp,
    vault::{RecordHand, SecretRecord, Vault, VaultId},
};

/// A vault that is to be signed, and what its signer has at hand.
#[derive(Debug, Clone, Copy)]
pub struct PackageSigning<'a> {
    /// The vault.
    pub vault: &'a Vault,
    /// Whose signatures make a root count; without them, anybody's.
    pub trusted: Option<&'a TrustedSigners>,
    /// Tells which records a holder of this keystore left as they are.
    pub kms: Option<&'a EmbeddedKms>,
    /// Where the signer's own counters are remembered.
    pub freshness: &'a FreshnessCheck,
}

/// What a signing would sign.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningPlan {
    /// The counter of the root.
    pub counter: u64,
    /// The root that counts now: its counter and its SHA-256.
    pub before: Option<(u64, ManifestDigest)>,
    /// What differs from it; without one, every secret.
    pub changes: Vec<ChangeToSign>,
    /// Roots above the one that counts that nobody signed: they are removed.
    pub unsigned: Vec<u64>,
    /// The root is there already, and says what the vault holds: signatures are added to it.
    pub is_there: bool,
    /// Secrets that the root lists.
    pub secrets: usize,
    regions: Vec<RegionPages>,
}

/// A change since the root that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeToSign {
    /// What differs.
    pub difference: EntryDifference,
    /// Whose hand it is, where there is a record and a keystore to tell.
    pub hand: Option<RecordHand>,
}

impl ChangeToSign {
    /// True where it is known that a holder of the keystore at hand made it.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.hand == Some(RecordHand::Own)
    }
}

/// A root that was written, or was there, with the signatures that it has by now.
#[derive(Debug)]
#[non_exhaustive]
pub struct WrittenRoot {
    /// Its counter.
    pub counter: u64,
    /// The vault that it is of.
    pub vault_id: VaultId,
    /// The SHA-256 of its bytes.
    pub sha256: ManifestDigest,
    /// Where it lies.
    pub place: PathBuf,
    /// The signatures that were added: the key's fingerprint, and where each lies.
    pub signatures: Vec<(String, PathBuf)>,
}

/// The root that counts, and what lies above it.
struct LastRoot {
    stored: Option<StoredRoot>,
    /// Signed by somebody, and not by enough.
    partly_signed: Vec<u64>,
    unsigned: Vec<u64>,
}

impl PackageSigning<'_> {
    /// What would be signed now.
    ///
    /// # Errors
    /// A secret whose record cannot be read; a root or a page of before that is damaged; a root of another vault.
    pub fn plan(&self) -> Result<SigningPlan> {
        self.vault.require_whole()?;
        let records = contents::records(self.vault)?.whole()?;
        let (plan, spreads, last) = self.outline(&records)?;
        let before = last.stored.as_ref().map(|stored| &stored.root);
        let differences = differences(self.vault.store(), before, &spreads)?;
        Ok(SigningPlan { changes: self.with_hands(differences, &records), ..plan })
    }

    /// The plan without its changes, and what it is made of.
    fn outline<'r>(&self, records: &'r [SecretRecord]) -> Result<(SigningPlan, Vec<Spread<'r>>, LastRoot)> {
        let vault_id = self.vault.id()?;
        let mut last = self.last_root(vault_id.as_ref())?;
        let before = last.stored.as_ref().map(|stored| &stored.root);
        let spreads = contents::spread(records, before)?;
        let regions: Vec<RegionPages> = spreads.iter().map(|spread| spread.pages.clone()).collect();
        let there = self.root_of(&regions, vault_id.as_ref(), &last)?;
        let plan = SigningPlan {
            counter: there.map_or_else(|| self.next_counter(vault_id.as_ref(), &last), Ok)?,
            before: last.stored.as_ref().map(|stored| (stored.root.counter, stored.digest())),
            changes: Vec::new(),
            unsigned: std::mem::take(&mut last.unsigned).into_iter().filter(|counter| Some(*counter) != there).collect(),
            is_there: there.is_some(),
            secrets: records.len(),
            regions,
        };
        Ok((plan, spreads, last))
    }

    fn last_root(&self, vault_id: Option<&VaultId>) -> Result<LastRoot> {
        let store = self.vault.store();
        let roots = roots(&store.manifests()?);
        let accepted = match self.trusted {
            Some(trusted) => newest(store, trusted, vault_id)?.accepted.map(|root| root.counter),
            None => None,
        };
        let mut last = LastRoot { stored: None, partly_signed: Vec::new(), unsigned: Vec::new() };
        for (counter, keys) in roots.into_iter().rev() {
            if accepted == Some(counter) {
                last.stored = read_root(store, counter)?;
                break;
            }
            let signed = signed_by_any(store, vault_id, (counter, &keys), self.trusted)?;
            match (signed, self.trusted) {
                (None, _) => last.unsigned.push(counter),
                (Some(_), Some(_)) => last.partly_signed.push(counter),
                (Some(stored), None) => {
                    last.stored = Some(stored);
                    break;
                }
            }
        }
        Ok(last)
    }

    /// The newest root that says what these pages say, signed or not.
    fn root_of(&self, regions: &[RegionPages], vault_id: Option<&VaultId>, last: &LastRoot) -> Result<Option<u64>> {
        let counting = last.stored.iter().map(|stored| stored.root.counter);
        let mut counters: Vec<u64> = last.partly_signed.iter().chain(&last.unsigned).copied().chain(counting).collect();
        counters.sort_unstable_by(|a, b| b.cmp(a));
        for counter in counters {
            match read_root(self.vault.store(), counter) {
                Ok(Some(stored)) if stored.root.regions == regions && Some(&stored.root.vault_id) == vault_id => return Ok(Some(counter)),
                Err(error @ Error::Io { .. }) => return Err(error),
                _ => {}
            }
        }
        Ok(None)
    }

    fn next_counter(&self, vault_id: Option<&VaultId>, last: &LastRoot) -> Result<u64> {
        let own = vault_id.map_or(Ok(None), |vault_id| self.freshness.known_counter(vault_id))?;
        let counting = last.stored.as_ref().map(|stored| stored.root.counter);
        let highest = last.partly_signed.iter().copied().chain(own).chain(counting).max().unwrap_or_default();
        if highest < MAX_COUNTER { Ok(highest + 1) } else { Err(PackageRefusal::CounterExhausted(highest).into()) }
    }

    fn with_hands(&self, differences: Vec<EntryDifference>, records: &[SecretRecord]) -> Vec<ChangeToSign> {
        let of_arn: BTreeMap<&SecretArn, &SecretRecord> = records.iter().map(|record| (&record.arn, record)).collect();
        let hand = |difference: &EntryDifference| {
            let record = of_arn.get(&difference.arn).filter(|_| difference.kind != DifferenceKind::Missing)?;
            Some(record.hand(self.kms?.comparison_key()))
        };
        differences.into_iter().map(|difference| ChangeToSign { hand: hand(&difference), difference }).collect()
    }

    /// Writes what was planned, and signs it with each key; without keys, the root alone. Changes that are not the keystore's own are signed only
    /// where their secrets' names are `accepted`.
    ///
    /// # Errors
    /// [`PackageRefusal::ByOthers`]; [`PackageRefusal::ChangedMeanwhile`]; what the store cannot write.
    pub fn write(&self, plan: &SigningPlan, accepted: &[String], keys: &[SshSigningKey]) -> Result<WrittenRoot> {
        check_accepted(plan, accepted)?;
        let writer = self.vault.store().writer()?;
        let records = contents::records(self.vault)?.whole()?;
        let (now, spreads, _) = self.outline(&records)?;
        // With the same pages as then the changes are the same.
        if (SigningPlan { changes: plan.changes.clone(), ..now }) != *plan {
            return Err(PackageRefusal::ChangedMeanwhile.into());
        }
        let vault_id = self.vault.ensure_id(&*writer)?;
        let stored = if plan.is_there { self.root_there(plan.counter)? } else { self.put_root(&*writer, plan, &spreads, &vault_id)? };
        for counter in &plan.unsigned {
            self.remove_root(&*writer, *counter)?;
        }
        let mut written = self.written(&stored);
        let digest = ContentDigest::of(&stored.bytes);
        for key in keys {
            let signature = key.sign(Namespace::Manifest, &digest)?;
            written.signatures.push(self.put_signature(&*writer, &stored, &signature)?);
        }
        self.freshness.remember_own(&vault_id, stored.root.counter)?;
        self.tidy(&*writer, &vault_id)?;
        for change in plan.changes.iter().filter(|change| change.difference.kind == DifferenceKind::Missing) {
            let difference = &change.difference;
            let secret = SecretKey { name: NameKey::of(&difference.name), primary: difference.arn.region() };
            self.vault.remove_leftovers(&*writer, &secret)?;
        }
        Ok(written)
    }

    /// Adds a signature that was made elsewhere to the root that it is of.
    ///
    /// # Errors
    /// [`PackageRefusal::SignatureOfNone`]; what is wrong with it.
    pub fn add_signature(&self, signature: &SshSignature) -> Result<WrittenRoot> {
        self.vault.require_whole()?;
        let (store, vault_id) = (self.vault.store(), self.vault.id()?);
        let writer = store.writer()?;
        let mut refusal: Error = PackageRefusal::SignatureOfNone.into();
        for counter in roots(&store.manifests()?).into_keys().rev() {
            let Ok(Some(stored)) = read_root(store, counter) else { continue };
            match signature.verify(Namespace::Manifest, &ContentDigest::of(&stored.bytes)) {
                Ok(()) if vault_id.as_ref() == Some(&stored.root.vault_id) => {
                    let mut written = self.written(&stored);
                    written.signatures.push(self.put_signature(&*writer, &stored, signature)?);
                    self.tidy(&*writer, &stored.root.vault_id)?;
                    return Ok(written);
                }
                Ok(()) => refusal = PackageRefusal::RootOfOtherVault(stored.root.vault_id.to_string()).into(),
                Err(SignatureRefusal::NotVerified) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Err(refusal)
    }

    /// Removes pages that no root names, and once it is known that enough signers have signed the newest one, those that only older ones name.
    fn tidy(&self, writer: &dyn Writer, vault_id: &VaultId) -> Result<()> {
        let store = self.vault.store();
        let counting = match self.trusted {
            Some(trusted) => newest(store, trusted, Some(vault_id))?.accepted.map(|root| root.counter),
            None => None,
        };
        let mut kept: BTreeSet<ManifestDigest> = BTreeSet::new();
        for counter in roots(&store.manifests()?).into_keys().filter(|counter| Some(*counter) >= counting) {
            match read_root(store, counter) {
                Ok(Some(stored)) => kept.extend(stored.root.regions.into_iter().flat_map(|region| region.pages)),
                Err(error @ Error::Io { .. }) => return Err(error),
                _ => {}
            }
        }
        let is_kept =
            |file: &ManifestFile| matches!(file, ManifestFile::Page { sha256 } if kept.iter().any(|kept| kept.as_str() == sha256));
        for page in store.pages()?.into_iter().filter(|page| !is_kept(page)) {
            writer.remove_manifest(&page)?;
        }
        Ok(())
    }

    fn root_there(&self, counter: u64) -> Result<StoredRoot> {
        read_root(self.vault.store(), counter)?.ok_or_else(|| PackageRefusal::ChangedMeanwhile.into())
    }

    fn put_root(&self, writer: &dyn Writer, plan: &SigningPlan, spreads: &[Spread<'_>], vault_id: &VaultId) -> Result<StoredRoot> {
        let before = plan.before.as_ref().map_or(Ok(None), |(counter, _)| read_root(self.vault.store(), *counter))?;
        let time = Timestamp::now()?;
        if let Some(StoredRoot { root, .. }) = &before
            && time < root.time
        {
            return Err(PackageRefusal::BackDated { time, known: root.time }.into());
        }
        let before = before.as_ref().map(|stored| &stored.root);
        for spread in spreads {
            writer.put_pages(&new_pages(spread, before)?)?;
        }
        let previous = plan.before.as_ref().map(|(_, digest)| digest.clone());
        let root = ManifestRoot::new(vault_id.clone(), plan.counter, previous, time, plan.regions.clone());
        let bytes = root.write()?;
        match writer.put_manifest(&ManifestFile::Root { counter: plan.counter }, &bytes)? {
            PutManifest::Done => Ok(StoredRoot { root, bytes }),
            PutManifest::Taken => Err(PackageRefusal::Overtaken(plan.counter).into()),
        }
    }

    fn put_signature(&self, writer: &dyn Writer, stored: &StoredRoot, signature: &SshSignature) -> Result<(String, PathBuf)> {
        let file = ManifestFile::Signature { counter: stored.root.counter, key: signature.key_digest() };
        let place = self.vault.store().absolute_place(Item::Manifest(&file));
        let is_there = || {
            let there = read_signature(self.vault.store(), stored.root.counter, &signature.key_digest()).ok().flatten();
            there.is_some_and(|there| {
                there.key() == signature.key() && there.verify(Namespace::Manifest, &ContentDigest::of(&stored.bytes)).is_ok()
            })
        };
        if writer.put_manifest(&file, signature.to_pem().as_bytes())? == PutManifest::Taken && !is_there() {
            // What nobody can verify is in the way of what somebody can.
            writer.remove_manifest(&file)?;
            let _ = writer.put_manifest(&file, signature.to_pem().as_bytes())?;
        }
        Ok((signature.key().fingerprint(), place))
    }

    fn remove_root(&self, writer: &dyn Writer, counter: u64) -> Result<()> {
        for file in self.vault.store().manifests()? {
            if matches!(&file, ManifestFile::Signature { counter: of, .. } if *of == counter) {
                writer.remove_manifest(&file)?;
            }
        }
        writer.remove_manifest(&ManifestFile::Root { counter })
    }

    fn written(&self, stored: &StoredRoot) -> WrittenRoot {
        let counter = stored.root.counter;
        WrittenRoot {
            counter,
            vault_id: stored.root.vault_id.clone(),
            sha256: stored.digest(),
            place: self.vault.store().absolute_place(Item::Manifest(&ManifestFile::Root { counter })),
            signatures: Vec::new(),
        }
    }
}

/// The pages that the root before does not name.
fn new_pages(spread: &Spread<'_>, before: Option<&ManifestRoot>) -> Result<Vec<(ManifestFile, Vec<u8>)>> {
    let known = before.and_then(|root| root.pages_of(spread.pages.region));
    let is_known = |digest: &ManifestDigest| known.is_some_and(|known| known.pages.contains(digest));
    let new = spread.pages.pages.iter().enumerate().filter(|(_, digest)| !is_known(digest));
    new.map(|(index, digest)| Ok((ManifestFile::Page { sha256: digest.as_str().to_owned() }, spread.bytes(index)?))).collect()
}

fn check_accepted(plan: &SigningPlan, accepted: &[String]) -> Result<()> {
    let others = || plan.changes.iter().filter(|change| !change.is_own()).map(|change| &change.difference.name);
    if let Some(name) = accepted.iter().find(|name| !others().any(|other| other == *name)) {
        return Err(PackageRefusal::NotByOthers(name.clone()).into());
    }
    let open: Vec<String> = others().filter(|name| !accepted.contains(name)).cloned().collect();
    if open.is_empty() { Ok(()) } else { Err(PackageRefusal::ByOthers(open).into()) }
}
