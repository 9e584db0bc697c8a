//! Seals a secret's bundles anew: under another key of their Region, or under the newest material of the same one.

use super::{
    Vault,
    bundle::OpenedBundle,
    change::PreparedChange,
    create::in_sync,
    describe::SecretChange,
    edk_record::EdkRecord,
    family::Located,
    lookup::Found,
    read::speaks_for_itself,
    record::{SecretRecord, VersionRecord},
    seal_version::{SealedVersion, VersionSource, not_compared},
    value::SecretValue,
};
use crate::{
    error::{Result, SecretRefusal},
    kms::{
        DEFAULT_KEY_ALIAS, EmbeddedKms, KeysDurable, KeystoreSession,
        key_choice::{ChosenKey, KeyOptions, Named, Problem, UntouchedRegions, check_suite_of_all, key_of_region, refusal, unchosen_keys},
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
    /// Only this Region's bundles; `None` rewraps those of every Region that the secret is in.
    pub region: Option<Region>,
    /// Key id, ARN, alias or alias ARN in that Region; `None` keeps the key on record.
    pub to_key: Option<String>,
    /// The suite of the new bundles; `None` keeps that of each version, so that what was signed is signed again. All bundles of a version have
    /// one, so that another one needs all Regions.
    pub suite: Option<AlgorithmSuite>,
    /// Recovery keys, how RSA keys wrap, and what opens besides the keystore.
    pub keys: KeyOptions,
}

impl RewrapSecret {
    /// The bundles of every Region, each under the key on record.
    #[must_use]
    pub fn new(secret_id: impl Into<String>) -> Self {
        Self { secret_id: secret_id.into(), region: None, to_key: None, suite: None, keys: KeyOptions::default() }
    }
}

impl Vault {
    /// Opens every version once and seals it for each Region anew: the data key is wrapped again, message ids and frames are fresh.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, `DecryptionFailure` when no bundle opens here, or the Regions whose key cannot be used; nothing is written then.
    pub fn rewrap_secret(&self, session: &mut KeystoreSession, request: &RewrapSecret) -> Result<SecretChange> {
        if request.to_key.is_some() && request.region.is_none() {
            return Err(SecretRefusal::KeyWithoutRegion.into());
        }
        self.require()?;
        let writer = self.store.writer()?;
        loop {
            if let Some(change) = self.try_rewrap(session, &*writer, request)? {
                return Ok(change);
            }
        }
    }

    /// `None` where another writer was first.
    fn try_rewrap(&self, session: &mut KeystoreSession, writer: &dyn Writer, request: &RewrapSecret) -> Result<Option<SecretChange>> {
        self.finish_replacements(writer, &self.find_locked(&request.secret_id, request.region)?.secret.record.name)?;
        let Found { secret, read, .. } = self.find_locked(&request.secret_id, request.region)?;
        let regions = match request.region {
            Some(region) => vec![region],
            None => {
                let found = read.family.present().find(|(member, _)| member.record.arn == secret.record.arn);
                found.map(|(_, regions)| regions).unwrap_or_default()
            }
        };
        let targets = plan_targets(session.kms_mut(), &secret.record, &regions, request)?;
        let open = |version| Ok((version, self.open_for(session.kms(), &secret, version, &targets, request)?));
        let opened: Vec<_> = match secret.record.versions.iter().map(open).collect::<Result<_>>() {
            Err(error) if self.is_overtaken(&read, &secret.record.name, &error)? => return Ok(None),
            opened => opened?,
        };
        let durable = session.commit()?;
        let seal = |(version, opened)| reseal(&durable, &secret.record, version, opened, &request.keys);
        let sealed = opened.into_iter().map(seal).collect::<Result<_>>()?;
        let change = PreparedChange { key: secret.key.clone(), after: under_new_keys(&secret.record, &targets)?, sealed };
        let Some(located) = change.write(writer, &read)? else { return Ok(None) };
        let lost_keys = lost_keys(&secret.record, &located.record);
        let not_compared = not_compared(durable.kms(), &located.record);
        let change = SecretChange::of(self, durable.kms(), &request.keys, &located);
        Ok(Some(SecretChange { lost_keys, not_compared, ..change }))
    }

    /// Opens what is to be sealed anew: each version once for all Regions, unless each has to tell its value itself.
    fn open_for<'t>(
        &self,
        kms: &EmbeddedKms,
        secret: &Located,
        version: &VersionRecord,
        targets: &'t [ChosenKey],
        request: &RewrapSecret,
    ) -> Result<Vec<OpenedValue<'t>>> {
        let openers = request.keys.openers(Some(kms));
        let at_once = if speaks_for_itself(kms.comparison_key(), &secret.record, version) { 1 } else { targets.len().max(1) };
        let open = |some: &'t [ChosenKey]| {
            let region = some.first().map_or(secret.record.primary_region(), ChosenKey::region);
            let OpenedBundle { value, data_key, suite: found } =
                self.open_any_region(&openers, kms.comparison_key(), secret, version, region)?;
            let suite = request.suite.unwrap_or(found);
            if suite != found && !cover(targets, version) {
                return Err(SecretRefusal::SignedInPart.into());
            }
            check_suite_of_all(kms, targets, suite)?;
            Ok(OpenedValue { targets: some, value, source: VersionSource { data_key: Some(data_key), suite } })
        };
        targets.chunks(at_once).map(open).collect()
    }
}

/// A version's value, and the Regions for which it is sealed anew.
struct OpenedValue<'t> {
    targets: &'t [ChosenKey],
    value: SecretValue,
    source: VersionSource,
}

/// Seals what was opened of one version.
fn reseal(
    durable: &KeysDurable<'_>,
    record: &SecretRecord,
    version: &VersionRecord,
    opened: Vec<OpenedValue<'_>>,
    keys: &KeyOptions,
) -> Result<SealedVersion> {
    let mut resealed = SealedVersion::empty(&version.version_id);
    for OpenedValue { targets, value, source } in opened {
        let (sealed, problems) = SealedVersion::seal(record, &version.version_id, &value, targets, durable, keys, source)?;
        if !problems.is_empty() {
            return Err(refusal(&problems));
        }
        resealed.add(sealed);
    }
    Ok(resealed)
}

/// The record with the new keys.
fn under_new_keys(record: &SecretRecord, targets: &[ChosenKey]) -> Result<SecretRecord> {
    let mut after = record.clone();
    for target in targets {
        if target.region() == after.primary_region() {
            after.kms_key_id = target.kms_key_id();
        }
        if let Some(replica) = after.replication_status.iter_mut().find(|replica| replica.region == target.region()) {
            *replica = in_sync(target);
        }
    }
    after.last_changed_date = Timestamp::now()?;
    Ok(after)
}

fn cover(targets: &[ChosenKey], version: &VersionRecord) -> bool {
    version.bundles.iter().all(|bundle| targets.iter().any(|target| target.region() == bundle.region))
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

/// The key of each Region: the one asked for, or the one on record.
fn plan_targets(kms: &mut EmbeddedKms, record: &SecretRecord, regions: &[Region], request: &RewrapSecret) -> Result<Vec<ChosenKey>> {
    let (mut targets, mut problems) = (Vec::new(), Vec::new());
    let asked = request.to_key.as_deref();
    for region in regions {
        let replica = record.replica(*region).map(|replica| replica.kms_key_id.as_str());
        // What was sealed under the default key stays there, whatever was chosen as the Region's default since.
        let on_record = Named::ByRecord(replica.or(record.kms_key_id.as_deref()).or(Some(DEFAULT_KEY_ALIAS)));
        let named = asked.map_or(on_record, |key| Named::ByCaller(Some(key)));
        match key_of_region(kms, &request.keys, *region, named) {
            Ok(target) => targets.push(target),
            Err(error) => problems.push(Problem::of(region.name(), error, None)),
        }
    }
    if asked.is_some() {
        // A key on record was chosen when it was put there.
        problems.extend(unchosen_keys(&targets, UntouchedRegions::of(kms, record), &request.keys));
    }
    if problems.is_empty() { Ok(targets) } else { Err(refusal(&problems)) }
}
