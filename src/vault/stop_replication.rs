//! [StopReplicationToReplica](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_StopReplicationToReplica.html): a replica becomes
//! a secret of its own.
//!
//! Two records are involved, as where a secret takes another one's place: the new secret's is committed first, with copies of the Region's
//! bundles, and says that it replaces the old one there; [the rest](super::finish_replacements) follows, or is done by the next writer. The
//! bundles stay valid, since they are bound to the ARN in their Region. What the record keeps of a value is bound to the ARN of the primary, and
//! made anew: that takes the value, and somebody who can tell that it is the one on record.

use super::{
    Vault, change,
    family::Located,
    lookup::Found,
    planned_deletion::Marked,
    read::{disproved, is_disproved, open_read},
    reading::Reading,
    record::{BundleRecord, Replaced, ReplicaStatus, SecretRecord, VersionRecord},
    record_tag::Author,
    seal_version::{can_compare, value_tag},
    secret_members::key_in,
    value::SecretValue,
};
use crate::{
    arn::SecretArn,
    error::{BundleRefusal, Error, Refusal, Result, SecretRefusal},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    store::{BlobKey, Commit, NameChange, RecordChange, SecretKey, Writer, encode},
    timestamp::Timestamp,
};

/// A request to make a replica a secret of its own.
#[derive(Debug)]
#[non_exhaustive]
pub struct StopReplication {
    /// Name, ARN or partial ARN.
    pub secret_id: String,
    /// The replica's Region, unless the ARN names it.
    pub region: Option<Region>,
    /// Takes the record and the values of that Region as they stand, whoever made them, and puts the keystore's tags on them.
    pub accept_record: bool,
}

impl StopReplication {
    /// The replica in this Region.
    #[must_use]
    pub fn new(secret_id: impl Into<String>, region: Region) -> Self {
        Self { secret_id: secret_id.into(), region: Some(region), accept_record: false }
    }
}

/// What opens the replica's values, and says whether they are those on record.
struct Opening<'a> {
    vault: &'a Vault,
    kms: &'a EmbeddedKms,
    keys: &'a KeyOptions,
    accepts_values: bool,
}

impl Vault {
    /// Makes a replica a secret of its own in its Region, with its ARN, all versions, labels, tags, description and policy; rotation rules stay
    /// with the former primary. The link is cut for good. Gives the ARN. `kms` is the keystore at hand: a secret that has a value needs one.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, for a replica that failed too; `InvalidParameterException` in the primary Region; `InvalidRequestException`
    /// where nobody can tell that a value is the one on record; `DecryptionFailure` for a value that is not, or that does not open here.
    pub fn stop_replication_to_replica(
        &self,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        request: &StopReplication,
    ) -> Result<SecretArn> {
        self.require()?;
        let writer = self.writer()?;
        loop {
            if let Some(arn) = self.try_stop(&*writer, kms, keys, request)? {
                return Ok(arn);
            }
        }
    }

    /// `None` where another writer was first.
    fn try_stop(
        &self,
        writer: &dyn Writer,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        request: &StopReplication,
    ) -> Result<Option<SecretArn>> {
        let author = self.author(kms.map(EmbeddedKms::comparison_key));
        let found = self.find_to_change(writer, author, Marked::Refused, (&request.secret_id, request.region))?;
        let Found { secret, region, read } = found;
        require_replica(&secret.record, region)?;
        if read.records.get(region).is_some() {
            return Err(SecretRefusal::Exists(secret.record.name).into());
        }
        let prepared = match Promotion::prepare(self, (kms, keys), &secret, region, request.accept_record) {
            Err(error) if self.is_overtaken(&read, &secret.record.name, &error)? => return Ok(None),
            prepared => prepared?,
        };
        let promoting = if request.accept_record { author.accepting() } else { author };
        let arn = prepared.promoted.record.arn.clone();
        if change::write(writer, prepared.into_change(&secret.record, &read, promoting)?)? == Commit::Lost {
            return Ok(None);
        }
        // The change is made. What it leaves to do is the next writer's if this fails.
        let _ = self.finish_replacements(writer, &secret.record.name, author);
        Ok(Some(arn))
    }
}

/// One that has all versions.
fn require_replica(record: &SecretRecord, region: Region) -> Result<()> {
    if let Some(failed) = record.replica(region).filter(|replica| replica.status == ReplicaStatus::Failed) {
        return Err(SecretRefusal::ReplicaBehind { region, message: failed.status_message.clone() }.into());
    }
    if region != record.primary_region() {
        return Ok(());
    }
    let replicas = record.replication_status.iter().filter(|replica| replica.status == ReplicaStatus::InSync);
    Err(SecretRefusal::NotAReplica { region, replicas: replicas.map(|replica| replica.region).collect() }.into())
}

/// The new secret, and its bundles. Nothing of it is written yet.
struct Promotion {
    promoted: Located,
    blobs: Vec<(BlobKey, Vec<u8>)>,
}

impl Promotion {
    fn prepare(
        vault: &Vault,
        (kms, keys): (Option<&EmbeddedKms>, &KeyOptions),
        secret: &Located,
        region: Region,
        accepts_values: bool,
    ) -> Result<Self> {
        let key = SecretKey { name: secret.key.name.clone(), primary: region };
        let mut record = of_its_own(&secret.record, region)?;
        let mut blobs = Vec::new();
        for version in &secret.record.versions {
            let kms = kms.ok_or_else(|| SecretRefusal::NotVouchedFor(version.version_id.clone()))?;
            let (value, message) = Opening { vault, kms, keys, accepts_values }.value_of(secret, version, region)?;
            let bundles: Vec<_> = version.bundles.iter().filter(|bundle| bundle.region == region).cloned().collect();
            let file =
                |bundle: &BundleRecord| BlobKey { secret: key.clone(), version: encode(&version.version_id), file: bundle.file.clone() };
            blobs.extend(bundles.first().map(file).zip(Some(message)));
            let value_tag = Some(value_tag(kms, &record, &version.version_id, &value));
            record.versions.push(VersionRecord { value_tag, bundles, ..version.clone() });
        }
        let promoted = Located { key, record };
        Ok(Self { promoted, blobs })
    }

    /// The first of the two commits; the other one is up to whoever finishes replacements.
    fn into_change(self, before: &SecretRecord, read: &Reading, author: Author<'_>) -> Result<NameChange> {
        let Self { mut promoted, blobs } = self;
        author.finish(Some(before), &mut promoted.record)?;
        let record = RecordChange {
            primary: promoted.key.primary,
            before: None,
            named_before: Vec::new(),
            after: Some(promoted.record.to_json()?),
            named_after: promoted.blobs(),
            blobs,
        };
        Ok(NameChange { name: read.name.clone(), stamp: read.records.stamp(), records: vec![record] })
    }
}

impl Opening<'_> {
    /// A version's value as the replica has it, and its bundle. Where that does not open here, another Region's tells what it has to be.
    fn value_of(&self, secret: &Located, version: &VersionRecord, region: Region) -> Result<(SecretValue, Vec<u8>)> {
        let comparison = self.kms.comparison_key();
        let is_comparable = can_compare(comparison, version.value_tag.as_ref());
        if !is_comparable && !self.accepts_values {
            return Err(SecretRefusal::NotVouchedFor(version.version_id.clone()).into());
        }
        let openers = self.keys.openers(Some(self.kms));
        let read = self.vault.read_as_recorded(secret, version, region)?;
        let opened = match open_read(&openers, openers.farthest(), &secret.record, (version, region), &read) {
            Err(error) if is_comparable && is_without_key(&error) => {
                self.vault.open_any_region(&openers, comparison, secret, version, region)?
            }
            opened => opened?,
        };
        if is_disproved(comparison, &secret.record, version, &opened.value) {
            return Err(disproved(version, region));
        }
        let (_, message) = read;
        Ok((opened.value, message))
    }
}

fn is_without_key(error: &Error) -> bool {
    matches!(error, Error::Service(refusal) if matches!(&**refusal, Refusal::Bundle(BundleRefusal::NoUsableKey { .. })))
}

/// The record of the replica as a secret of its own, without its versions.
fn of_its_own(record: &SecretRecord, region: Region) -> Result<SecretRecord> {
    Ok(SecretRecord {
        arn: record.arn.in_region(region),
        kms_key_id: key_in(record, region),
        last_changed_date: Timestamp::now()?,
        rotation_rules: None,
        is_rotation_cancelled: false,
        last_rotated_date: None,
        planned_deletion: None,
        replication_status: Vec::new(),
        replaces: vec![Replaced { region, arn: record.arn.clone() }],
        part_regions: Vec::new(),
        packed_from: None,
        versions: Vec::new(),
        ..record.clone()
    })
}
