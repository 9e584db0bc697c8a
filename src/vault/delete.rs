//! [DeleteSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html) and
//! [RestoreSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html).

use serde::Serialize;

use super::{
    Vault, change,
    family::Located,
    limits::RECOVERY_WINDOW_IN_DAYS,
    lookup::Found,
    planned_deletion::Marked,
    reading::Reading,
    record::{PlannedDeletion, SecretRecord},
    record_tag::Author,
    secret_change::SecretIdentity,
    signed_bundles::SignedBundles,
};
use crate::{
    arn::SecretArn,
    error::{Error, Refusal, Result, SecretRefusal},
    kms::EmbeddedKms,
    region::Region,
    store::{Commit, Leftover, NameChange, NameKey, RecordChange, Records, SecretKey, Writer},
    timestamp::Timestamp,
};

const DEFAULT_WINDOW_IN_DAYS: u16 = 30;

/// A request to delete a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeleteSecret {
    /// Name, ARN or partial ARN.
    pub secret_id: String,
    /// The Region of the request; must be the primary.
    pub region: Option<Region>,
    /// How long it can be restored.
    pub recovery: RecoveryWindow,
}

/// How long a secret can be restored after it was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RecoveryWindow {
    /// 30 days.
    #[default]
    Default,
    /// Days, 7 to 30.
    Days(i64),
    /// Not at all: it is removed at once, be it that it was marked for deletion before; that it is not there is no error.
    None,
}

impl DeleteSecret {
    /// The secret, with 30 days to restore it.
    #[must_use]
    pub fn new(secret_id: impl Into<String>) -> Self {
        Self { secret_id: secret_id.into(), region: None, recovery: RecoveryWindow::default() }
    }
}

/// The answer of `DeleteSecret`; `WasThere` is coldseal's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SecretDeletion {
    /// The secret's ARN; of one that was not there only where the request has it.
    #[serde(rename = "ARN", skip_serializing_if = "Option::is_none")]
    pub arn: Option<SecretArn>,
    /// Its name.
    pub name: String,
    /// From then on it is gone.
    pub deletion_date: Timestamp,
    /// False where there was none; else not in the document.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub was_there: bool,
}

impl Vault {
    /// Marks a secret for deletion: until the recovery window is over it can be restored, and used for nothing else; then
    /// [`Vault::purge`] removes it. Without a window it is removed now: its record, which makes it a secret, then its bundles. That erases no
    /// medium. `kms` is as for [`Vault::tag_resource`].
    ///
    /// # Errors
    /// `InvalidParameterException` for the window, in a replica's Region, and for a secret with replicas; `ResourceNotFoundException` and
    /// `InvalidRequestException`, for one that is marked already, unless there is no window.
    pub fn delete_secret(&self, kms: Option<&EmbeddedKms>, request: &DeleteSecret) -> Result<SecretDeletion> {
        let days = match request.recovery {
            RecoveryWindow::None => return self.delete_now(kms, request),
            RecoveryWindow::Default => DEFAULT_WINDOW_IN_DAYS,
            RecoveryWindow::Days(days) => days_of_window(days)?,
        };
        let planned = planned_in(days, kms)?;
        let deletion_date = planned.deletion_date;
        let marked = self.change_record(kms, &request.secret_id, request.region, |record| {
            require_not_replicated(record)?;
            record.planned_deletion = Some(planned);
            Ok(())
        })?;
        Ok(SecretDeletion { arn: Some(marked.record.arn), name: marked.record.name, deletion_date, was_there: true })
    }

    /// Takes the mark off a secret that was marked for deletion; one that was not stays as it is. `kms` is as for [`Vault::tag_resource`].
    ///
    /// # Errors
    /// `ResourceNotFoundException`, for one whose deletion was due too; `InvalidParameterException` in a replica's Region.
    pub fn restore_secret(&self, kms: Option<&EmbeddedKms>, secret_id: &str, region: Option<Region>) -> Result<SecretIdentity> {
        let restored = self.change_record_as(Marked::Found, kms, (secret_id, region), |record| {
            record.planned_deletion = None;
            Ok(())
        })?;
        Ok(SecretIdentity { arn: restored.record.arn, name: restored.record.name })
    }

    fn delete_now(&self, kms: Option<&EmbeddedKms>, request: &DeleteSecret) -> Result<SecretDeletion> {
        let author = self.author(kms.map(EmbeddedKms::comparison_key));
        let deletion_date = Timestamp::now()?;
        self.require()?;
        let writer = self.writer()?;
        let asked = (request.secret_id.as_str(), request.region);
        loop {
            let Some(found) = if_there(self.find_to_change(&*writer, author, Marked::FoundWhenDue, asked))? else {
                let absent = not_there(request, deletion_date);
                self.store
                    .regions()
                    .into_iter()
                    .try_for_each(|primary| self.remove_leftovers(&*writer, &SecretKey { name: NameKey::of(&absent.name), primary }))?;
                return Ok(absent);
            };
            found.require_primary()?;
            let Found { secret, read, .. } = found;
            require_not_replicated(&secret.record)?;
            if remove(&*writer, author, &read, &secret)? == Commit::Done {
                let SecretRecord { arn, name, .. } = secret.record;
                return Ok(SecretDeletion { arn: Some(arn), name, deletion_date, was_there: true });
            }
        }
    }
}

impl Vault {
    /// Removes what a removal that was stopped left: the bundles of a secret whose record is gone.
    pub(crate) fn remove_leftovers(&self, writer: &dyn Writer, secret: &SecretKey) -> Result<()> {
        let is_left = |leftover: &Leftover| leftover.is_writers;
        if self.store.has_record(secret)? || !self.store.leftovers(secret, None)?.iter().any(is_left) {
            return Ok(());
        }
        let kept = SignedBundles::of(&*self.store)?.of_secret(secret)?;
        if !self.store.leftovers(secret, Some(&kept))?.iter().any(is_left) {
            return Ok(());
        }
        let mut records = Records::default();
        self.store.read(&secret.name, &[secret.primary], &mut records)?;
        if records.get(secret.primary).is_some() {
            return Ok(());
        }
        let (primary, named_before, named_after, blobs) = (secret.primary, Vec::new(), Vec::new(), Vec::new());
        let removal = RecordChange { primary, before: None, named_before, after: None, named_after, blobs };
        // Where another writer is first, a secret is made there.
        let _ = change::write(writer, NameChange { name: secret.name.clone(), stamp: records.stamp(), records: vec![removal] })?;
        Ok(())
    }
}

/// Removes a secret for good, its record first: what is left of it after a crash is no secret.
pub(super) fn remove(writer: &dyn Writer, author: Author<'_>, read: &Reading, secret: &Located) -> Result<Commit> {
    author.require(&secret.record)?;
    let primary = secret.key.primary;
    let removal = RecordChange {
        primary,
        before: read.records.get(primary).map(<[u8]>::to_vec),
        named_before: secret.blobs(),
        after: None,
        named_after: Vec::new(),
        blobs: Vec::new(),
    };
    let removed = change::write(writer, NameChange { name: read.name.clone(), stamp: read.records.stamp(), records: vec![removal] })?;
    tracing::debug!(arn = %secret.record.arn, ?removed, "a secret is removed");
    Ok(removed)
}

/// A deletion from now on that can be taken back for as long as it can unless somebody says otherwise.
pub(super) fn planned_deletion(kms: &EmbeddedKms) -> Result<PlannedDeletion> {
    planned_in(DEFAULT_WINDOW_IN_DAYS, Some(kms))
}

fn planned_in(days: u16, kms: Option<&EmbeddedKms>) -> Result<PlannedDeletion> {
    let deleted_date = Timestamp::now()?;
    let deletion_date = kms.map_or(deleted_date, |kms| kms.waiting_since(deleted_date)).plus_days(days);
    Ok(PlannedDeletion { deleted_date, deletion_date })
}

fn days_of_window(days: i64) -> Result<u16> {
    let in_range = RECOVERY_WINDOW_IN_DAYS.contains(&days).then(|| u16::try_from(days).ok()).flatten();
    in_range.ok_or_else(|| SecretRefusal::RecoveryWindow(days).into())
}

fn require_not_replicated(record: &SecretRecord) -> Result<()> {
    if record.replication_status.is_empty() {
        return Ok(());
    }
    let replicas = record.replication_status.iter().map(|replica| replica.region).collect();
    Err(SecretRefusal::StillReplicated { secret: record.arn.clone(), replicas }.into())
}

fn if_there(found: Result<Found>) -> Result<Option<Found>> {
    let is_absent = |refusal: &Refusal| matches!(refusal, Refusal::Secret(SecretRefusal::NotFound | SecretRefusal::Elsewhere { .. }));
    match found {
        Err(Error::Service(refusal)) if is_absent(&refusal) => Ok(None),
        found => found.map(Some),
    }
}

/// As for a secret that was removed before.
fn not_there(request: &DeleteSecret, deletion_date: Timestamp) -> SecretDeletion {
    let arn: Option<SecretArn> = request.secret_id.parse().ok();
    let name = match &arn {
        Some(arn) => arn.secret_name().to_owned(),
        None => request.secret_id.clone(),
    };
    SecretDeletion { arn, name, deletion_date, was_there: false }
}
