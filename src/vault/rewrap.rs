//! Seals a secret's bundles anew: under another key of their Region, or under the newest material of the same one.

use super::{
    Vault,
    change::PreparedChange,
    edk_record::EdkRecord,
    lookup::Found,
    planned_deletion::Marked,
    record::{ReplicaStatus, SecretRecord},
    record_tag::RecordHand,
    region_keys::AskedKey,
    replica_state::in_sync,
    reseal::{Resealed, Resealing},
    seal_version::not_compared,
    secret_change::SecretChange,
};
use crate::{
    error::{Result, SecretRefusal},
    kms::{
        KeystoreSession,
        key_choice::{ChosenKey, KeyOptions},
    },
    region::Region,
    store::Writer,
    suite::AlgorithmSuite,
    timestamp::Timestamp,
};

/// A request to rewrap a secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct RewrapSecret {
    /// Name, ARN or partial ARN.
    pub secret_id: String,
    /// Only this Region's bundles; `None` rewraps those of every Region that the secret is in. Where somebody who could open this Region's bundles
    /// cannot open the new ones, and the Regions share their data keys, those of the others are sealed anew as well.
    pub region: Option<Region>,
    /// Key id, ARN, alias or alias ARN in that Region; `None` keeps the key: that on record where the record's tag verifies, else that of the
    /// Region's bundle.
    pub to_key: Option<String>,
    /// The suite of the new bundles; `None` keeps that of each version, so that what was signed is signed again. All bundles of a version have
    /// one, so that another one needs all Regions.
    pub suite: Option<AlgorithmSuite>,
    /// Takes what the record says as it stands, whoever wrote it, and puts the keystore's tag on it. Keys and Regions are taken from the bundles
    /// all the same: a Region without bundles, which failed, is left out. All Regions are sealed anew.
    pub accept_record: bool,
    /// Recovery keys, how RSA keys wrap, and what opens besides the keystore.
    pub keys: KeyOptions,
}

impl RewrapSecret {
    /// The bundles of every Region, each under the key that it has.
    #[must_use]
    pub fn new(secret_id: impl Into<String>) -> Self {
        let (secret_id, keys) = (secret_id.into(), KeyOptions::default());
        Self { secret_id, region: None, to_key: None, suite: None, accept_record: false, keys }
    }
}

impl Vault {
    /// Opens every version once and seals it for each Region anew: message ids and frames are fresh, and so is the data key, unless it is kept
    /// because nobody loses access and another Region's bundles stay as they are. A secret that is marked for deletion is rewrapped too: one that
    /// is restored has to open when its former key is gone.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, `DecryptionFailure` when no bundle opens here, or the Regions whose key cannot be used or is not known for
    /// certain; nothing is written then.
    pub fn rewrap_secret(&self, session: &mut KeystoreSession, request: &RewrapSecret) -> Result<SecretChange> {
        if request.to_key.is_some() && request.region.is_none() {
            return Err(SecretRefusal::KeyWithoutRegion.into());
        }
        self.require()?;
        let writer = self.writer()?;
        loop {
            if let Some(change) = self.try_rewrap(session, &*writer, request)? {
                return Ok(change);
            }
        }
    }

    /// `None` where another writer was first.
    fn try_rewrap(&self, session: &mut KeystoreSession, writer: &dyn Writer, request: &RewrapSecret) -> Result<Option<SecretChange>> {
        let author = self.author(session.kms().comparison_key());
        let Found { secret, read, .. } = self.find_to_change(writer, author, Marked::Found, (&request.secret_id, request.region))?;
        let present = read.family.regions_with(&secret.record.arn);
        let regions = match request.region {
            Some(region) if !request.accept_record => vec![region],
            _ => present.clone(),
        };
        let asked = request.region.zip(request.to_key.as_deref()).map(|(region, key_id)| AskedKey { region, key_id });
        let resealing = Resealing::new(self, session.kms(), &secret, &request.keys, request.suite);
        let Resealed { keys, sealed } = match resealing.run(session, &regions, &present, asked) {
            Err(error) if self.is_overtaken(&read, &secret.record.name, &error)? => return Ok(None),
            resealed => resealed?,
        };
        let comparison = session.kms().comparison_key();
        let (hand, mut author) = (secret.record.hand(comparison), self.author(comparison));
        let mut after = under_new_keys(&secret.record, &keys)?;
        if request.accept_record {
            author = author.accepting();
            after.replication_status.retain(|replica| replica.status != ReplicaStatus::Failed || hand == RecordHand::Own);
        }
        let change = PreparedChange { key: secret.key.clone(), after, sealed };
        let Some(located) = change.write(writer, &read, author)? else { return Ok(None) };
        let change = SecretChange {
            lost_keys: lost_keys(&secret.record, &located.record),
            not_compared: not_compared(session.kms(), &located.record),
            not_followed: not_followed(&secret.record, &keys, asked),
            ..SecretChange::of(self, session.kms(), &request.keys, &located)
        };
        Ok(Some(change))
    }
}

/// The record with the new keys.
pub(super) fn under_new_keys(record: &SecretRecord, keys: &[ChosenKey]) -> Result<SecretRecord> {
    let mut after = record.clone();
    for key in keys {
        if key.region() == after.primary_region() {
            after.kms_key_id = key.kms_key_id();
        }
        if let Some(replica) = after.replication_status.iter_mut().find(|replica| replica.region == key.region()) {
            *replica = in_sync(key);
        }
    }
    after.last_changed_date = Timestamp::now()?;
    Ok(after)
}

/// The Regions whose key on record was not taken, as nobody vouches for it, with that key as it was named.
pub(super) fn not_followed(record: &SecretRecord, keys: &[ChosenKey], asked: Option<AskedKey<'_>>) -> Vec<(Region, String)> {
    let not_asked = keys.iter().filter(|key| asked.is_none_or(|asked| asked.region != key.region()));
    let with_recorded = not_asked.map(|key| (key, record.key_name(key.region())));
    with_recorded.filter(|(key, recorded)| key.name != *recorded).map(|(key, recorded)| (key.region(), recorded.to_owned())).collect()
}

/// What each version could be opened with in a Region before, and cannot now, the Region's own key excepted.
fn lost_keys(before: &SecretRecord, after: &SecretRecord) -> Vec<String> {
    let mut lost = Vec::new();
    for old in before.versions.iter().flat_map(|version| &version.bundles) {
        let new = after.versions.iter().flat_map(|version| &version.bundles).filter(|new| new.region == old.region);
        let kept: Vec<_> = new.flat_map(|new| &new.encrypted_data_keys).collect();
        // The first is the Region's own.
        lost.extend(old.encrypted_data_keys.iter().skip(1).filter(|edk| !kept.contains(edk)).map(EdkRecord::to_string));
    }
    lost.sort_unstable();
    lost.dedup();
    lost
}
