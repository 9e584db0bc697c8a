//! A part of a vault: some of its secrets, as if there were no others.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Vault, family::Family, parameters::check_secret_id, record::SecretRecord};
use crate::{
    arn::SecretArn,
    error::{Error, Result, SecretRefusal},
    region::Region,
    store::{
        Blob, BlobKey, ChangeMark, CheckedWriter, Item, Leftover, Listed, ManifestFile, NameChange, NameKey, RecordChange, Records,
        SecretKey, Store, Survey, Writer,
    },
    text::BorrowedText,
};

/// Some secrets of a vault: each by its name, in all of its Regions, or by its ARN or partial ARN, in that ARN's Region.
#[derive(Debug, Clone, Default)]
pub struct SecretSelection {
    names: Vec<NameKey>,
    arns: Vec<(NameKey, SecretArn)>,
}

impl SecretSelection {
    /// The secrets with these names, ARNs and partial ARNs, whether they are there or not.
    ///
    /// # Errors
    /// `ValidationException` for the length of one, `InvalidParameterException` for one that begins like an ARN and is none of a secret.
    pub fn of(secret_ids: &[String]) -> Result<Self> {
        let mut selection = Self::default();
        for secret_id in secret_ids {
            check_secret_id(secret_id)?;
            if secret_id.starts_with("arn:") {
                let arn: SecretArn = secret_id.parse().map_err(|_| SecretRefusal::NotAnArn(secret_id.clone()))?;
                selection.arns.push((NameKey::of(arn.secret_name()), arn));
            } else {
                selection.names.push(NameKey::of(secret_id));
            }
        }
        Ok(selection)
    }

    /// What of it can be seen of a name in a Region.
    fn sight(&self, name: &NameKey, region: Region) -> Sight<'_> {
        if self.names.contains(name) {
            return Sight::Named;
        }
        let arns = self.arns.iter().filter(|(known, arn)| known == name && arn.region() == region);
        let arns: Vec<_> = arns.map(|(_, arn)| arn).collect();
        if arns.is_empty() { Sight::Hidden } else { Sight::WithArn(arns) }
    }
}

impl Vault {
    /// The vault as a request in a Region is to see it: with the secrets of the selection that are there, and no others. None of the others is made
    /// or changed through it.
    pub(crate) fn part(&self, selection: &Arc<SecretSelection>, region: Region) -> Self {
        Self::over(Arc::new(PartOfStore { whole: Arc::clone(&self.store), selection: Arc::clone(selection), region }))
    }
}

/// What may be seen of a name.
enum Sight<'a> {
    Hidden,
    Named,
    /// If the Region's secret of the name has one of these ARNs.
    WithArn(Vec<&'a SecretArn>),
}

/// A store that hides what the selection has not.
#[derive(Debug)]
struct PartOfStore {
    whole: Arc<dyn Store>,
    selection: Arc<SecretSelection>,
    region: Region,
}

impl PartOfStore {
    fn sight(&self, name: &NameKey) -> Sight<'_> {
        self.selection.sight(name, self.region)
    }

    fn is_hidden(&self, name: &NameKey) -> bool {
        matches!(self.sight(name), Sight::Hidden)
    }

    /// Whether what was read of a name has a secret with one of the ARNs in the Region.
    fn is_there(&self, name: &NameKey, records: &Records, arns: &[&SecretArn]) -> Result<bool> {
        let family = Family::<BorrowedText<'_>>::parse(&*self.whole, name, records)?;
        let Some(holder) = family.holder(self.region) else { return Ok(false) };
        let full = holder.record.arn.in_region(self.region);
        Ok(arns.iter().any(|arn| arn.names(&full)))
    }

    /// A secret by its ARN was read before it is changed, or goes on as one of its own with that ARN; one that is new would have another, and it
    /// takes no other's place.
    fn allowed(&self, change: NameChange) -> Result<NameChange> {
        let is_allowed = match self.sight(&change.name) {
            Sight::Hidden => false,
            Sight::Named => true,
            Sight::WithArn(_) => {
                let is_there = |record: &RecordChange| record.before.is_some() || is_promoted(record);
                change.records.iter().any(is_there) && !change.records.iter().any(takes_anothers_place)
            }
        };
        if is_allowed { Ok(change) } else { Err(Error::from(SecretRefusal::NotServed)) }
    }
}

impl Store for PartOfStore {
    fn root(&self) -> &Path {
        self.whole.root()
    }

    fn place(&self, item: Item<'_>) -> PathBuf {
        self.whole.place(item)
    }

    fn absolute_place(&self, item: Item<'_>) -> PathBuf {
        self.whole.absolute_place(item)
    }

    fn exists(&self) -> Result<bool> {
        self.whole.exists()
    }

    fn marker(&self) -> Result<Vec<u8>> {
        self.whole.marker()
    }

    fn initialize(&self, marker: &[u8]) -> Result<()> {
        self.whole.initialize(marker)
    }

    fn change_mark(&self) -> Option<ChangeMark> {
        self.whole.change_mark()
    }

    fn regions(&self) -> Vec<Region> {
        self.whole.regions()
    }

    fn secrets(&self) -> Result<Listed<SecretKey>> {
        let mut listed = self.whole.secrets()?;
        listed.entries.retain(|secret| !self.is_hidden(&secret.name));
        Ok(listed)
    }

    fn read(&self, name: &NameKey, regions: &[Region], records: &mut Records) -> Result<()> {
        let is_shown = match self.sight(name) {
            Sight::Hidden => false,
            Sight::Named => return self.whole.read(name, regions, records),
            Sight::WithArn(arns) => {
                self.whole.read(name, regions, records)?;
                self.is_there(name, records, &arns)?
            }
        };
        if !is_shown {
            *records = Records::default();
        }
        Ok(())
    }

    fn has_record(&self, secret: &SecretKey) -> Result<bool> {
        if self.is_hidden(&secret.name) { Ok(false) } else { self.whole.has_record(secret) }
    }

    fn open(&self, blob: &BlobKey) -> Result<Option<Blob>> {
        if self.is_hidden(&blob.secret.name) { Ok(None) } else { self.whole.open(blob) }
    }

    fn has(&self, blob: &BlobKey) -> bool {
        !self.is_hidden(&blob.secret.name) && self.whole.has(blob)
    }

    fn manifests(&self) -> Result<Vec<ManifestFile>> {
        self.whole.manifests()
    }

    fn pages(&self) -> Result<Vec<ManifestFile>> {
        self.whole.pages()
    }

    fn open_manifest(&self, file: &ManifestFile) -> Result<Option<Blob>> {
        self.whole.open_manifest(file)
    }

    fn survey(&self) -> Result<Survey> {
        let mut survey = self.whole.survey()?;
        survey.secrets.retain(|secret| !self.is_hidden(&secret.name));
        Ok(survey)
    }

    fn leftovers(&self, secret: &SecretKey, named: Option<&[BlobKey]>) -> Result<Vec<Leftover>> {
        // With the secret of another ARN, nothing but its name can be seen.
        if matches!(self.sight(&secret.name), Sight::Named) { self.whole.leftovers(secret, named) } else { Ok(Vec::new()) }
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        Ok(Box::new(CheckedWriter::new(self.whole.writer()?, |change| self.allowed(change))))
    }
}

fn parse(json: Option<&[u8]>) -> Option<SecretRecord> {
    json.and_then(|json| serde_json::from_slice(json).ok())
}

/// Whether a record takes the place of another secret, and did not before.
fn takes_anothers_place(change: &RecordChange) -> bool {
    let Some(after) = parse(change.after.as_deref()) else { return false };
    let before = parse(change.before.as_deref()).map_or_else(Vec::new, |before| before.replaces);
    after.replaces.iter().any(|replaced| !is_same_elsewhere(&after, &replaced.arn) && !before.contains(replaced))
}

/// Whether a record is that of a replica which becomes a secret of its own.
fn is_promoted(change: &RecordChange) -> bool {
    let after = parse(change.after.as_deref());
    after.is_some_and(|after| after.replaces.iter().any(|replaced| is_same_elsewhere(&after, &replaced.arn)))
}

/// Whether an ARN is that of the secret in another Region.
fn is_same_elsewhere(record: &SecretRecord, arn: &SecretArn) -> bool {
    arn.in_region(record.primary_region()) == record.arn
}
