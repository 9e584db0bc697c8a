//! [ReplicateSecretToRegions](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html):
//! new Regions, a retry of failed ones, or the replacement of what has the name there.

use super::{
    Vault,
    bundle::OpenedBundle,
    change::PreparedChange,
    family::{Family, Located},
    known_recovery::{KnownRecovery, check_named},
    lookup::Found,
    plan::{NameClash, OnProblem, check_replica, named_twice, trace_plan},
    planned_deletion::Marked,
    record::{AWSCURRENT, BundleRecord, DataKeyScope, Replaced, ReplicaStatus, SecretRecord},
    record_tag::RecordHand,
    region_keys::{KnownHolders, RegionKeys, RegionTarget, unvouched_key},
    replica_state::{failed_replica, in_sync, record_failures},
    rewrap::under_new_keys,
    seal_version::{SealedVersion, VersionSource, not_compared},
    secret_change::SecretChange,
};
use crate::{
    error::{ReplicaRefusal, Result, Unvouched},
    kms::{
        EmbeddedKms, KeysDurable, KeystoreSession,
        key_choice::{
            ChosenKey, KeyOptions, Named, Problem, ReplicaRegion, UntouchedRegions, check_suite_of_all, key_of_region, refusal,
            unchosen_keys,
        },
    },
    region::Region,
    store::Writer,
    timestamp::Timestamp,
};

/// A request to replicate a secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReplicateSecret {
    /// Name, ARN or partial ARN.
    pub secret_id: String,
    /// The Region of the request; must be the primary.
    pub region: Option<Region>,
    /// At least one. A key that is not named is the one on record for a Region that is, else the default key.
    pub replicas: Vec<ReplicaRegion>,
    /// With [`NameClash::Overwrite`], what has the name in a target Region is replaced, this secret's own replica under another key included.
    pub name_clash: NameClash,
    /// What to do when a Region cannot be served.
    pub on_problem: OnProblem,
    /// Recovery keys, how RSA keys wrap, and what opens besides the keystore.
    pub keys: KeyOptions,
}

impl ReplicateSecret {
    /// The secret, and at least one Region.
    #[must_use]
    pub fn new(secret_id: impl Into<String>, replicas: Vec<ReplicaRegion>) -> Self {
        Self {
            secret_id: secret_id.into(),
            region: None,
            replicas,
            name_clash: NameClash::default(),
            on_problem: OnProblem::default(),
            keys: KeyOptions::default(),
        }
    }
}

#[derive(Default)]
struct ReplicationPlan {
    targets: Vec<ChosenKey>,
    /// The other Regions, where the secret's own replica moves to another key and they share its data keys: all get another one.
    following: Vec<Region>,
    failed: Vec<Problem>,
    replaced: Vec<Replaced>,
}

/// Each version's bundles for the new Regions, and the Regions whose key did not wrap.
#[derive(Default)]
struct SealedReplicas {
    versions: Vec<SealedVersion>,
    problems: Vec<Problem>,
    /// The keys of the Regions that follow.
    following: Vec<ChosenKey>,
}

/// A version, and the keys of the Regions that follow.
struct OpenedVersion {
    opened: OpenedBundle,
    following: Vec<ChosenKey>,
    /// Who has access to those Regions' bundles.
    holders: Vec<KnownHolders>,
    /// What opens the version besides each new Region's own key.
    recovery: Vec<KnownRecovery>,
}

impl Vault {
    /// Adds replicas: each version is opened once, and sealed anew for each Region. What opens the version besides its Regions' own keys opens the
    /// new bundles too, where it is at hand or named.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, `InvalidParameterException`, `DecryptionFailure` when no bundle opens here, the Regions that cannot be served, or
    /// would open with fewer keys.
    pub fn replicate_secret_to_regions(&self, session: &mut KeystoreSession, request: &ReplicateSecret) -> Result<SecretChange> {
        if request.replicas.is_empty() {
            return Err(ReplicaRefusal::NoneNamed.into());
        }
        self.require()?;
        let writer = self.writer()?;
        loop {
            if let Some(change) = self.try_replicate(session, &*writer, request)? {
                return Ok(change);
            }
        }
    }

    /// `None` where another writer was first.
    fn try_replicate(&self, session: &mut KeystoreSession, writer: &dyn Writer, request: &ReplicateSecret) -> Result<Option<SecretChange>> {
        let author = self.author(session.kms().comparison_key());
        let found = self.find_to_change(writer, author, Marked::Refused, (&request.secret_id, request.region))?;
        found.require_primary()?;
        let Found { secret, read, .. } = found;
        let plan = plan_replicas(session.kms_mut(), &secret.record, &read.family, request)?;
        if plan.targets.is_empty() && plan.failed.is_empty() {
            return Ok(Some(SecretChange { is_unchanged: true, ..SecretChange::of(self, session.kms(), &request.keys, &secret) }));
        }
        trace_plan(&plan.targets, &plan.failed);
        let sealed = if plan.targets.is_empty() {
            SealedReplicas::default()
        } else {
            let opened = match self.open_versions(session, &secret, &plan, &request.keys) {
                Err(error) if self.is_overtaken(&read, &secret.record.name, &error)? => return Ok(None),
                opened => opened?,
            };
            let durable = session.commit()?;
            SealedReplicas::seal(&durable, &secret.record, opened, &plan, &request.keys)?
        };
        let change = prepare_replicas(secret, &plan, sealed, request.on_problem)?;
        let author = self.author(session.kms().comparison_key());
        let Some(located) = change.write(writer, &read, author)? else { return Ok(None) };
        if !located.record.replaces.is_empty() {
            // The change is made. What it leaves to do is the next writer's if this fails.
            let _ = self.finish_replacements(writer, &located.record.name, author);
        }
        let not_compared = if plan.targets.is_empty() { Vec::new() } else { not_compared(session.kms(), &located.record) };
        Ok(Some(SecretChange { not_compared, ..SecretChange::of(self, session.kms(), &request.keys, &located) }))
    }

    /// Opens each version once, finds the keys of the Regions that follow, and checks that the new Regions' keys go with its suite.
    fn open_versions(
        &self,
        session: &mut KeystoreSession,
        secret: &Located,
        plan: &ReplicationPlan,
        keys: &KeyOptions,
    ) -> Result<Vec<OpenedVersion>> {
        let region_keys = RegionKeys::new(self, session.kms(), secret, keys);
        let primary = secret.record.primary_region();
        let mut versions = Vec::new();
        for version in &secret.record.versions {
            let kms = session.kms();
            let opened = self.open_any_region(&keys.openers(Some(kms)), kms.comparison_key(), secret, version, primary)?;
            check_suite_of_all(kms, &plan.targets, opened.suite)?;
            let following = region_keys.of_version(session.kms_mut(), version, &opened.data_key, &plan.following, None)?;
            let (following, holders) = following.into_iter().map(RegionTarget::into_parts).unzip();
            let kms = session.kms();
            let recovery = |target: &ChosenKey| region_keys.recovery(kms, version, &opened.data_key, target.region());
            let recovery: Vec<_> = plan.targets.iter().map(recovery).collect();
            check_named(kms, keys, plan.targets.iter().zip(&recovery))?;
            versions.push(OpenedVersion { opened, following, holders, recovery });
        }
        Ok(versions)
    }
}

impl SealedReplicas {
    /// Seals what was opened of each version for the new Regions, all in memory.
    fn seal(
        durable: &KeysDurable<'_>,
        record: &SecretRecord,
        opened: Vec<OpenedVersion>,
        plan: &ReplicationPlan,
        keys: &KeyOptions,
    ) -> Result<Self> {
        let mut sealed = Self::default();
        let mut targets = plan.targets.clone();
        for (version, OpenedVersion { opened, following, holders, recovery }) in record.versions.iter().zip(opened) {
            if targets.is_empty() && following.is_empty() {
                break;
            }
            let OpenedBundle { value, data_key, suite } = opened;
            let is_current = version.version_stages.iter().any(|label| label == AWSCURRENT);
            // Whoever could open the replica that moves knows the data key.
            let data_key = Some(data_key).filter(|_| following.is_empty());
            let all: Vec<_> = following.iter().chain(&targets).cloned().collect();
            let kept = recovery.iter().chain(holders.iter().map(KnownHolders::recovery));
            let besides = kept.flat_map(|kept| kept.at_hand(durable.kms(), keys).into_iter().map(|key| (kept.region(), key))).collect();
            let source = VersionSource { data_key, suite, besides };
            let (sealed_version, failed) = SealedVersion::seal(record, &version.version_id, &value, &all, durable, keys, source)?;
            let cannot_follow = |problem: &Problem| following.iter().any(|key| problem.told.place == key.region().name());
            if failed.iter().any(cannot_follow) {
                return Err(refusal(&failed));
            }
            let after: Vec<_> = sealed_version.encrypted_data_keys().collect();
            let is_sealed = |kept: &&KnownRecovery| after.iter().any(|(region, _)| *region == kept.region());
            let without = recovery.iter().filter(is_sealed).filter_map(|kept| kept.check_kept(&after).err());
            let losing: Vec<_> = holders.iter().filter_map(|holders| holders.check_follows(&after).err()).chain(without).collect();
            if !losing.is_empty() {
                return Err(refusal(&losing));
            }
            if sealed.following.is_empty() || is_current {
                sealed.following = following;
            }
            sealed.versions.push(sealed_version);
            // A Region that failed for one version is not asked for the others.
            targets.retain(|target| failed.iter().all(|problem| problem.told.place != target.region().name()));
            sealed.problems.extend(failed);
        }
        Ok(sealed)
    }
}

/// The change that adds what was sealed, and records what was not.
fn prepare_replicas(secret: Located, plan: &ReplicationPlan, sealed: SealedReplicas, on_problem: OnProblem) -> Result<PreparedChange> {
    let SealedReplicas { mut versions, mut problems, following } = sealed;
    for problem in &mut problems {
        // A replica that is in sync under another key stays so: that is no failed one.
        let is_in_sync = |region| secret.record.replica(region).is_some_and(|replica| replica.status == ReplicaStatus::InSync);
        problem.retry.take_if(|(region, _)| is_in_sync(*region));
    }
    let before = Some(&secret.record);
    let mut after = under_new_keys(&secret.record, &following)?;
    for replica in plan.targets.iter().map(in_sync).chain(plan.failed.iter().filter_map(|problem| failed_replica(before, problem))) {
        after.replication_status.retain(|other| other.region != replica.region);
        after.replication_status.push(replica);
    }
    after.replaces.extend(plan.replaced.iter().cloned());
    let failed = record_failures(&mut after, before, &problems, (on_problem, None))?;
    versions.iter_mut().for_each(|version| version.leave_out(&failed));
    after.last_changed_date = Timestamp::now()?;
    Ok(PreparedChange { key: secret.key, after, sealed: versions })
}

fn plan_replicas(kms: &mut EmbeddedKms, record: &SecretRecord, family: &Family, request: &ReplicateSecret) -> Result<ReplicationPlan> {
    let mut plan = ReplicationPlan { failed: named_twice(&request.replicas).collect(), ..ReplicationPlan::default() };
    let hand = record.hand(kms.comparison_key());
    for replica in &request.replicas {
        match plan_replica(kms, (record, hand), family, replica, request) {
            Ok(Some(target)) => {
                let old = family.holder(target.region()).filter(|holder| holder.record.arn != record.arn);
                plan.replaced.extend(old.map(|old| Replaced { region: target.region(), arn: old.record.arn.clone() }));
                plan.targets.push(target);
            }
            Ok(None) => {}
            Err(problem) => plan.failed.push(problem),
        }
    }
    plan.following = following(record, family, &plan.targets);
    plan.failed.extend(unchosen_keys(&plan.targets, UntouchedRegions::of(kms, record), &request.keys));
    let can_record = request.on_problem == OnProblem::RecordFailed && plan.failed.iter().all(|problem| problem.retry.is_some());
    if plan.failed.is_empty() || can_record { Ok(plan) } else { Err(refusal(&plan.failed)) }
}

/// The Regions that need another data key as well, where a replica that is there goes to another key, or could be opened by more than its own.
fn following(record: &SecretRecord, family: &Family, targets: &[ChosenKey]) -> Vec<Region> {
    let is_target = |region: Region| targets.iter().any(|target| target.region() == region);
    let is_left = |bundle: &BundleRecord| {
        let stays = |target: &ChosenKey| target.arn.to_string() == bundle.kms_key_id && bundle.encrypted_data_keys.len() <= 1;
        targets.iter().any(|target| target.region() == bundle.region && !stays(target))
    };
    let mut bundles = record.versions.iter().flat_map(|version| &version.bundles);
    if record.data_key_scope == DataKeyScope::PerRegion || !bundles.any(is_left) {
        return Vec::new();
    }
    family.regions_with(&record.arn).into_iter().filter(|region| !is_target(*region)).collect()
}

/// `None` when the Region is in sync under that key.
fn plan_replica(
    kms: &mut EmbeddedKms,
    (record, hand): (&SecretRecord, RecordHand),
    family: &Family,
    replica: &ReplicaRegion,
    request: &ReplicateSecret,
) -> Result<Option<ChosenKey>, Problem> {
    let (keys, clash, named) = (&request.keys, request.name_clash, replica.kms_key_id.as_deref());
    let secret = (record.primary_region(), Some(&record.arn));
    let mut check = |named| check_replica(kms, keys, secret, family, (&replica.region, named), clash).map(Some);
    let known = Region::new(&replica.region).and_then(|region| record.replica(region));
    let Some(known) = known else { return check(Named::ByCaller(named)) };
    if known.status == ReplicaStatus::Failed {
        return match named {
            Some(named) => check(Named::ByCaller(Some(named))),
            None if hand == RecordHand::Own => check(Named::ByRecord(Some(&known.kms_key_id))),
            None => Err(unvouched_key(known.region, &known.kms_key_id, Unvouched::NoBundle)),
        };
    }
    let Some(named) = named else { return Ok(None) };
    let target = key_of_region(kms, keys, known.region, Named::ByCaller(Some(named)));
    let target = target.map_err(|error| Problem::of(replica.region.as_str(), error, None))?;
    let key = target.arn.to_string();
    let is_under_key = match record.versions.as_slice() {
        // No bundle tells which key it is.
        [] => kms.resolve(known.region, &known.kms_key_id).is_ok_and(|recorded| recorded == target.arn),
        versions => versions.iter().all(|version| version.bundle(known.region).is_some_and(|bundle| bundle.kms_key_id == key)),
    };
    match (is_under_key, clash) {
        (true, _) => Ok(None),
        (false, NameClash::Overwrite) => Ok(Some(target)),
        (false, NameClash::Refuse) => {
            let refusal = ReplicaRefusal::InSyncUnderOtherKey { current: known.kms_key_id.clone(), asked: target.arn };
            Err(Problem::of(replica.region.as_str(), refusal.into(), None))
        }
    }
}
