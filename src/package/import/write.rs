//! The writing: bundles, pages, signatures, then the root, which is the switch; then records, removals, and what only older roots name.

use std::collections::{BTreeMap, BTreeSet};

use super::{ImportPlan, ImportedSecrets, PackageImport, delivery::key_of, difference::compare};
use crate::{
    error::{Error, PackageRefusal, Result},
    package::{
        manifest_files::read_root,
        part::{PartContent, bundle_bytes, bundles_of, page_bytes},
        signature::{ContentDigest, Namespace, SshSignature},
        signed_root::read_signature,
    },
    region::Region,
    store::{
        BlobKey, Commit, GroupSize, Item, ManifestFile, NameChange, NameKey, PutManifest, RecordChange, Records, SecretKey, Staged, Writer,
    },
    vault::{Located, Vault},
};

/// Secrets, or bundles, that are made durable together.
const GROUP_COUNT: usize = 256;
/// Bytes of bundles that are held before they are written.
const GROUP_BYTES: usize = 32 * 1024 * 1024;

/// What becomes of some secrets of a name.
type NameWork<'a> = BTreeMap<NameKey, Vec<(Region, Option<&'a Located>)>>;

impl PackageImport<'_> {
    /// Carries out what was planned. Stopped at any point, readers go on with the root of before or with this one, and the same import again
    /// completes it.
    ///
    /// # Errors
    /// What is there is not any more what was planned for; what cannot be read or written.
    pub fn write(&self, plan: &ImportPlan) -> Result<()> {
        let ImportPlan { content, secrets, .. } = plan;
        let (target, store) = (self.target, self.target.store());
        if !target.exists() {
            store.initialize(&Vault::part_marker(&content.root.vault_id, &content.regions)?)?;
        }
        let writer = store.writer()?;
        if compare(target, self.trusted, content)? != *secrets {
            return Err(PackageRefusal::TargetChanged(store.absolute_place(Item::Vault)).into());
        }
        self.bring_bundles(&*writer, content)?;
        self.bring_manifests(&*writer, content)?;
        self.freshness.remember(&store.absolute_place(Item::Vault), &content.root.vault_id, &content.root.to_be_remembered())?;
        let changed: BTreeSet<_> = secrets.created.iter().chain(&secrets.updated).cloned().collect();
        let work = content.secrets.iter().filter(|secret| changed.contains(&(secret.record.name.clone(), secret.key.primary)));
        self.write_records(&*writer, work.map(|secret| (secret.key.clone(), Some(secret))))?;
        self.write_records(&*writer, removed(secrets).map(|key| (key, None)))?;
        self.remove_older_manifests(&*writer, content)?;
        self.remove_leftovers(&*writer, content)
    }

    /// Those that are not there; the others are held against the root.
    fn bring_bundles(&self, writer: &dyn Writer, content: &PartContent) -> Result<()> {
        let (source, target) = (self.source.store(), self.target.store());
        let (mut held, mut bytes): (Vec<(BlobKey, Vec<u8>)>, usize) = (Vec::new(), 0);
        for (blob, bundle) in content.bundles() {
            if target.has(&blob) {
                bundle_bytes(target, &blob, bundle)?;
                continue;
            }
            let message = bundle_bytes(source, &blob, bundle)?;
            bytes += message.len();
            held.push((blob, message));
            if held.len() == GROUP_COUNT || bytes >= GROUP_BYTES {
                writer.put_blobs(&std::mem::take(&mut held))?;
                bytes = 0;
            }
        }
        if held.is_empty() { Ok(()) } else { writer.put_blobs(&held) }
    }

    /// The root comes last: from then on it counts, with all that it names.
    fn bring_manifests(&self, writer: &dyn Writer, content: &PartContent) -> Result<()> {
        for digest in content.pages() {
            let page = (ManifestFile::Page { sha256: digest.as_str().to_owned() }, page_bytes(self.source.store(), digest)?);
            writer.put_pages(&[page])?;
        }
        let counter = content.root.counter;
        for signature in &content.signatures {
            self.put_signature(writer, content, signature)?;
        }
        let root = ManifestFile::Root { counter };
        if writer.put_manifest(&root, &content.root_bytes)? == PutManifest::Done || self.has_root(content)? {
            return Ok(());
        }
        // Something that no signer signed stands in its place.
        writer.remove_manifest(&root)?;
        match writer.put_manifest(&root, &content.root_bytes)? {
            PutManifest::Done => Ok(()),
            PutManifest::Taken => Err(PackageRefusal::TargetChanged(self.target.store().absolute_place(Item::Vault)).into()),
        }
    }

    fn has_root(&self, content: &PartContent) -> Result<bool> {
        let there = read_root(self.target.store(), content.root.counter);
        match there {
            Err(error @ Error::Io { .. }) => Err(error),
            there => Ok(there.is_ok_and(|there| there.is_some_and(|there| there.bytes == content.root_bytes))),
        }
    }

    fn put_signature(&self, writer: &dyn Writer, content: &PartContent, signature: &SshSignature) -> Result<()> {
        let file = ManifestFile::Signature { counter: content.root.counter, key: signature.key_digest() };
        if writer.put_manifest(&file, signature.to_pem().as_bytes())? == PutManifest::Done {
            return Ok(());
        }
        let there = read_signature(self.target.store(), content.root.counter, &signature.key_digest()).ok().flatten();
        let digest = ContentDigest::of(&content.root_bytes);
        if !there.is_some_and(|there| there.key() == signature.key() && there.verify(Namespace::Manifest, &digest).is_ok()) {
            writer.remove_manifest(&file)?;
            let _ = writer.put_manifest(&file, signature.to_pem().as_bytes())?;
        }
        Ok(())
    }

    /// Commits records, or their removal, a group at a time.
    fn write_records<'a>(&self, writer: &dyn Writer, work: impl Iterator<Item = (SecretKey, Option<&'a Located>)>) -> Result<()> {
        let mut names = NameWork::new();
        for (SecretKey { name, primary }, after) in work {
            names.entry(name).or_default().push((primary, after));
            if names.len() == GROUP_COUNT {
                self.write_group(writer, std::mem::take(&mut names))?;
            }
        }
        if names.is_empty() { Ok(()) } else { self.write_group(writer, names) }
    }

    fn write_group(&self, writer: &dyn Writer, names: NameWork<'_>) -> Result<()> {
        let group = writer.group(GroupSize::Many);
        let mut staged = Vec::new();
        for (name, secrets) in names {
            match self.change(name, &secrets).and_then(|change| group.stage(change)) {
                Ok(change) => staged.push(change),
                Err(error) => return Err(abandoned(staged, error)),
            }
        }
        if let Err(error) = group.barrier() {
            return Err(abandoned(staged, error));
        }
        for change in &mut staged {
            if change.commit()? == Commit::Lost {
                return Err(PackageRefusal::TargetChanged(self.target.store().absolute_place(Item::Vault)).into());
            }
        }
        group.barrier()?;
        staged.into_iter().for_each(|change| change.finish());
        Ok(())
    }

    /// The bundles are there already, and stay whatever becomes of the change.
    fn change(&self, name: NameKey, secrets: &[(Region, Option<&Located>)]) -> Result<NameChange> {
        let regions: Vec<Region> = secrets.iter().map(|(primary, _)| *primary).collect();
        let mut read = Records::default();
        self.target.store().read(&name, &regions, &mut read)?;
        let record = |(primary, after): &(Region, Option<&Located>)| -> Result<RecordChange> {
            let named_after: Vec<BlobKey> = after.map(|secret| bundles_of(secret).map(|(blob, _)| blob).collect()).unwrap_or_default();
            let before = read.get(*primary).map(<[u8]>::to_vec);
            let named_before = named_after.iter().cloned().chain(before.as_deref().into_iter().flat_map(named_in)).collect();
            Ok(RecordChange {
                primary: *primary,
                before,
                named_before,
                after: after.map(|secret| secret.record.to_json()).transpose()?,
                named_after,
                blobs: Vec::new(),
            })
        };
        let records = secrets.iter().map(record).collect::<Result<_>>()?;
        Ok(NameChange { stamp: read.stamp(), name, records })
    }

    /// Roots and pages of before: what is here is of one root.
    fn remove_older_manifests(&self, writer: &dyn Writer, content: &PartContent) -> Result<()> {
        let (store, counter) = (self.target.store(), content.root.counter);
        let pages: BTreeSet<_> = content.pages().into_iter().map(|digest| digest.as_str()).collect();
        let others = |file: &ManifestFile| match file {
            ManifestFile::Root { counter: other } | ManifestFile::Signature { counter: other, .. } => *other != counter,
            ManifestFile::Page { sha256 } => !pages.contains(sha256.as_str()),
        };
        for file in store.manifests()?.into_iter().chain(store.pages()?).filter(others) {
            writer.remove_manifest(&file)?;
        }
        Ok(())
    }

    /// Bundles that only older roots named, and what an import that was stopped left.
    fn remove_leftovers(&self, writer: &dyn Writer, content: &PartContent) -> Result<()> {
        let store = self.target.store();
        let known: BTreeMap<_, _> = content.secrets.iter().map(|secret| (&secret.key, secret)).collect();
        let mut swept = Vec::new();
        for key in store.survey()?.secrets {
            let Some(secret) = known.get(&key) else {
                self.target.remove_leftovers(writer, &key)?;
                continue;
            };
            let named: Vec<BlobKey> = bundles_of(secret).map(|(blob, _)| blob).collect();
            if store.leftovers(&key, Some(&named))?.iter().any(|leftover| leftover.is_writers) {
                swept.push((key, Some(*secret)));
            }
        }
        self.write_records(writer, swept.into_iter())
    }
}

/// The bundles that a record names.
fn named_in(record: &[u8]) -> Vec<BlobKey> {
    let parsed = serde_json::from_slice(record).map(Located::of);
    parsed.map(|secret| bundles_of(&secret).map(|(blob, _)| blob).collect()).unwrap_or_default()
}

fn removed(secrets: &ImportedSecrets) -> impl Iterator<Item = SecretKey> {
    secrets.removed.iter().map(|(name, primary)| key_of(name, *primary))
}

fn abandoned(staged: Vec<Box<dyn Staged + '_>>, error: Error) -> Error {
    staged.into_iter().for_each(|change| change.abandon());
    error
}
