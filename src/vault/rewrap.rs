//! Seals a secret's bundles anew: under another key of their Region, or under the newest material of the same one.

use super::{
    Vault,
    bundle::OpenedBundle,
    change::PreparedChange,
    create::in_sync,
    describe::SecretChange,
    family::Located,
    keys::KeyOptions,
    lookup::Found,
    plan::{self, DEFAULT_KEY_ALIAS, Named, Problem, Target, UntouchedRegions, check_suite_of_all, refusal, unchosen_keys},
    read::speaks_for_itself,
    record::{SecretRecord, VersionRecord},
    seal_version::{SealedVersion, VersionSource, not_compared},
};
use crate::{
    error::{Error, ErrorCode, Result},
    kms::{EmbeddedKms, KeystoreSession},
    region::Region,
    suite::AlgorithmSuite,
    timestamp::Timestamp,
};

/// A request to rewrap a secret.
#[derive(Debug, Default)]
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

impl Vault {
    /// Opens every version once and seals it for each Region anew: the data key is wrapped again, message ids and frames are fresh.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, `DecryptionFailure` when no bundle opens here, or the Regions whose key cannot be used; nothing is written then.
    pub fn rewrap_secret(&self, session: &mut KeystoreSession, request: &RewrapSecret) -> Result<SecretChange> {
        if request.to_key.is_some() && request.region.is_none() {
            return Err(Error::service(ErrorCode::InvalidParameterException, "a key belongs to one Region: name the Region too"));
        }
        self.require()?;
        let _lock = self.lock()?;
        self.settle(&self.find_locked(&request.secret_id, request.region)?.secret.record.name)?;
        let Found { secret, family, .. } = self.find_locked(&request.secret_id, request.region)?;
        let regions = match request.region {
            Some(region) => vec![region],
            None => {
                family.present().find(|(member, _)| member.record.arn == secret.record.arn).map(|(_, regions)| regions).unwrap_or_default()
            }
        };
        let targets = plan_targets(session.kms_mut(), &secret.record, &regions, request)?;
        let change = self.prepare_rewrap(session.kms(), secret, &targets, request)?;
        // Keys are durable before anything that is wrapped under them.
        let keystore = session.commit()?;
        let before = change.before.clone();
        let located = change.write()?;
        let lost_keys = before.map_or_else(Vec::new, |before| lost_keys(&before, &located.record));
        let not_compared = not_compared(session.kms(), &located.record);
        Ok(SecretChange { lost_keys, not_compared, ..SecretChange::of(self, session.kms(), &request.keys, &located, keystore) })
    }

    fn prepare_rewrap(&self, kms: &EmbeddedKms, secret: Located, targets: &[Target], request: &RewrapSecret) -> Result<PreparedChange> {
        let mut sealed = Vec::new();
        for version in &secret.record.versions {
            // At once for all Regions, unless each has to tell its value itself.
            let at_once = if speaks_for_itself(kms.comparison_key(), &secret.record, version) { 1 } else { targets.len().max(1) };
            let mut resealed = SealedVersion::empty(&version.version_id);
            for some in targets.chunks(at_once) {
                resealed.add(self.reseal(kms, &secret, version, (some, targets), request)?);
            }
            sealed.push(resealed);
        }
        let mut after = secret.record.clone();
        for target in targets {
            if target.region() == after.primary_region() {
                after.kms_key_id = Some(target.kms_key_id.clone()).filter(|key| key != DEFAULT_KEY_ALIAS);
            }
            if let Some(replica) = after.replication_status.iter_mut().find(|replica| replica.region == target.region()) {
                *replica = in_sync(target);
            }
        }
        after.last_changed_date = Timestamp::now();
        Ok(PreparedChange { dir: secret.dir, before: Some(secret.record), after, sealed })
    }

    /// Opens a version and seals it for `some` of all the Regions that are rewrapped.
    fn reseal(
        &self,
        kms: &EmbeddedKms,
        secret: &Located,
        version: &VersionRecord,
        (some, all): (&[Target], &[Target]),
        request: &RewrapSecret,
    ) -> Result<SealedVersion> {
        let openers = request.keys.openers(Some(kms));
        let region = some.first().map_or(secret.record.primary_region(), Target::region);
        let OpenedBundle { value, data_key, suite: found } =
            self.open_any_region(&openers, kms.comparison_key(), secret, version, region)?;
        let suite = request.suite.unwrap_or(found);
        if suite != found && !cover(all, version) {
            return Err(Error::service(ErrorCode::InvalidParameterException, ALL_OR_NONE));
        }
        check_suite_of_all(kms, all, suite)?;
        let source = VersionSource { data_key: Some(data_key), suite };
        let (sealed, problems) = SealedVersion::seal(&secret.record, &version.version_id, &value, some, kms, &request.keys, source)?;
        if problems.is_empty() { Ok(sealed) } else { Err(refusal(&problems)) }
    }
}

const ALL_OR_NONE: &str =
    "The bundles of a version are all signed or none is: change that in all Regions at once, without naming a Region or a key.";

fn cover(targets: &[Target], version: &VersionRecord) -> bool {
    version.bundles.iter().all(|bundle| targets.iter().any(|target| target.region() == bundle.region))
}

/// What each version could be opened with in a Region before, and cannot now, the Region's own key excepted.
fn lost_keys(before: &SecretRecord, after: &SecretRecord) -> Vec<String> {
    let mut lost = Vec::new();
    for old in before.versions.iter().flat_map(|version| &version.bundles) {
        let new = after.versions.iter().flat_map(|version| &version.bundles).filter(|new| new.region == old.region);
        let kept: Vec<_> = new.flat_map(|new| &new.encrypted_data_keys).collect();
        // The first is the Region's own.
        lost.extend(
            old.encrypted_data_keys.iter().skip(1).filter(|edk| !kept.contains(edk)).map(|edk| format!("{} {}", edk.provider_id, edk.key)),
        );
    }
    lost.sort_unstable();
    lost.dedup();
    lost
}

/// The key of each Region: the one asked for, or the one on record.
fn plan_targets(kms: &mut EmbeddedKms, record: &SecretRecord, regions: &[Region], request: &RewrapSecret) -> Result<Vec<Target>> {
    let (mut targets, mut problems) = (Vec::new(), Vec::new());
    let asked = request.to_key.as_deref();
    for region in regions {
        let replica = record.replica(*region).map(|replica| replica.kms_key_id.as_str());
        // What was sealed under the default key stays there, whatever was chosen as the Region's default since.
        let on_record = Named::ByRecord(replica.or(record.kms_key_id.as_deref()).or(Some(DEFAULT_KEY_ALIAS)));
        let named = asked.map_or(on_record, |key| Named::ByCaller(Some(key)));
        match plan::target(kms, &request.keys, *region, named) {
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
