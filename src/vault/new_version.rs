//! A new version of a secret that is there: for which Regions and under which keys it is sealed, and what becomes of the record.

use super::{
    Vault,
    bundle::OpenedBundle,
    family::Located,
    known_recovery::check_named,
    plan::{OnProblem, trace_plan},
    record::{SecretRecord, VersionRecord},
    region_keys::{AskedKey, KnownHolders, LikeVersion, RegionKeys, RegionTarget},
    replica_state::record_failures,
    retention::prune,
    seal_version::{SealedVersion, VersionSource, value_tag},
    stages::{labels_of_new_version, move_labels},
    value::SecretValue,
};
use crate::{
    arn::KeyArn,
    crypto::{SystemRandom, random_array},
    error::Result,
    kms::{
        EmbeddedKms, KeysDurable,
        key_choice::{ChosenKey, KeyOptions, Problem, UntouchedRegions, check_suite, refusal, unchosen_keys},
    },
    region::Region,
    suite::AlgorithmSuite,
    timestamp::Timestamp,
};

/// What a new version is to be.
#[derive(Clone, Copy)]
pub(super) struct NewVersion<'r> {
    /// 32 to 64 characters, and that of no version yet.
    pub(super) version_id: &'r str,
    pub(super) value: &'r SecretValue,
    /// The labels that move to it; none moves `AWSCURRENT`.
    pub(super) version_stages: &'r [String],
    pub(super) sealing: VersionSealing<'r>,
}

/// How a new version is to be sealed, whatever its value is.
#[derive(Clone, Copy)]
pub(super) struct VersionSealing<'r> {
    /// `None` takes that of the version in use.
    pub(super) suite: Option<AlgorithmSuite>,
    pub(super) on_problem: OnProblem,
    pub(super) keys: &'r KeyOptions,
    /// A Region's other key.
    pub(super) asked: Option<AskedKey<'r>>,
}

/// Where a new version goes: every Region passed its checks, or may be recorded as failed.
pub(super) struct VersionPlan {
    targets: Vec<ChosenKey>,
    /// Who has access to what the version is like, of each target.
    holders: Vec<KnownHolders>,
    failed: Vec<Problem>,
    suite: AlgorithmSuite,
    /// The recovery keys at hand that each Region's bundle goes on opening with.
    besides: Vec<(Region, KeyArn)>,
}

/// The client's token, or a random UUID.
pub(super) fn version_id(token: Option<&str>) -> Result<String> {
    match token {
        Some(token) => Ok(token.to_owned()),
        None => Ok(uuid::Builder::from_random_bytes(random_array(&SystemRandom)?).into_uuid().to_string()),
    }
}

impl VersionSealing<'_> {
    /// Finds the key of each of these Regions; keys that are needed for the first time are made, in memory. The version in use is opened only where nobody but its
    /// bundles tells which keys they are.
    ///
    /// # Errors
    /// All Regions that cannot take it, unless they may be recorded, or would open with fewer keys than the version in use; what does not open.
    pub(super) fn plan(&self, vault: &Vault, kms: &mut EmbeddedKms, secret: &Located, regions: &[Region]) -> Result<VersionPlan> {
        let region_keys = RegionKeys::new(vault, kms, secret, self.keys);
        let (suite, (targets, failed)) = match secret.record.model_version() {
            None => (self.suite.unwrap_or_default(), region_keys.in_each(kms, LikeVersion::None, regions, self.asked)?),
            Some(model) if region_keys.is_record_followed() => {
                let suite = self.suite.map_or_else(|| vault.suite_of_version(secret, model), Ok)?;
                (suite, region_keys.in_each(kms, LikeVersion::Closed(model), regions, self.asked)?)
            }
            Some(model) => {
                let primary = secret.record.primary_region();
                let opened = vault.open_any_region(&self.keys.openers(Some(kms)), kms.comparison_key(), secret, model, primary)?;
                let OpenedBundle { data_key, suite, .. } = opened;
                (self.suite.unwrap_or(suite), region_keys.in_each(kms, LikeVersion::Opened(model, &data_key), regions, self.asked)?)
            }
        };
        let mut plan = VersionPlan { targets: Vec::new(), holders: Vec::new(), failed, suite, besides: Vec::new() };
        targets.into_iter().for_each(|target| plan.add(kms, self.keys, target));
        if self.asked.is_some() {
            // A key that stays was chosen when it was put there.
            plan.failed.extend(unchosen_keys(&plan.targets, UntouchedRegions::of(kms, &secret.record), self.keys));
        }
        let is_needed = |problem: &Problem| problem.retry.as_ref().is_none_or(|(region, _)| *region == secret.record.primary_region());
        if !plan.failed.is_empty() && (self.on_problem == OnProblem::FailWhole || plan.failed.iter().any(is_needed)) {
            return Err(refusal(&plan.failed));
        }
        check_named(kms, self.keys, plan.targets.iter().zip(plan.holders.iter().map(KnownHolders::recovery)))?;
        trace_plan(&plan.targets, &plan.failed);
        Ok(plan)
    }
}

impl NewVersion<'_> {
    /// Seals the version for all Regions, in memory, and puts it on the record: the labels move, and versions that are kept no longer go.
    ///
    /// # Errors
    /// The Regions whose key does not wrap, unless they may be recorded; recovery keys that it would not open with; too many labels.
    pub(super) fn seal(&self, durable: &KeysDurable<'_>, record: &mut SecretRecord, plan: VersionPlan) -> Result<SealedVersion> {
        let VersionPlan { targets, holders, mut failed, suite, besides } = plan;
        let source = VersionSource { data_key: None, suite, besides };
        let (sealed, problems) = SealedVersion::seal(record, self.version_id, self.value, &targets, durable, self.sealing.keys, source)?;
        check_recovery(&sealed, &holders)?;
        failed.extend(problems);
        let before = record.clone();
        record_failures(record, Some(&before), &failed, (self.sealing.on_problem, Some(record.primary_region())))?;
        let labels = labels_of_new_version(&record.versions, self.version_stages);
        let now = Timestamp::now()?;
        record.versions.push(VersionRecord {
            version_stages: Vec::new(),
            created_date: now,
            payload: self.value.kind(),
            value_tag: Some(value_tag(durable.kms(), record, self.version_id, self.value)),
            bundles: Vec::new(),
            version_id: self.version_id.to_owned(),
        });
        move_labels(&mut record.versions, self.version_id, &labels)?;
        let pruned = prune(record, now);
        tracing::debug!(?labels, ?pruned, "a new version");
        record.last_changed_date = now;
        Ok(sealed)
    }
}

impl VersionPlan {
    /// Adds a Region, unless its key cannot sign.
    fn add(&mut self, kms: &EmbeddedKms, keys: &KeyOptions, target: RegionTarget) {
        let (key, holders) = target.into_parts();
        match check_suite(kms, key, self.suite) {
            Ok(key) => {
                let recovery_keys = holders.recovery().at_hand(kms, keys);
                self.besides.extend(recovery_keys.into_iter().map(|recovery| (key.region(), recovery)));
                self.targets.push(key);
                self.holders.push(holders);
            }
            Err(problem) => self.failed.push(problem),
        }
    }
}

/// Refuses a version that would open with fewer keys than the one in use: nobody asked for that.
fn check_recovery(sealed: &SealedVersion, holders: &[KnownHolders]) -> Result<()> {
    let after: Vec<_> = sealed.encrypted_data_keys().collect();
    let is_sealed = |region: Region| after.iter().any(|(sealed, _)| *sealed == region);
    let losing = holders.iter().filter(|holders| is_sealed(holders.region()));
    let problems: Vec<_> = losing.filter_map(|holders| holders.recovery().check_kept(&after).err()).collect();
    if problems.is_empty() { Ok(()) } else { Err(refusal(&problems)) }
}
