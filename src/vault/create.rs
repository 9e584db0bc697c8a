//! [CreateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html).

use std::collections::BTreeMap;

use super::{
    Vault, bundle,
    change::PreparedChange,
    family::{Family, Located},
    limits::NAME_LENGTH,
    new_version::version_id,
    parameters::{check_description, check_tags, check_token},
    plan::{NameClash, OnProblem, check_replica, named_twice, trace_plan},
    reading::Reading,
    record::{AWSCURRENT, DataKeyScope, FORMAT, Replaced, SecretRecord, Tag, VersionRecord},
    replica_state::{failed_replica, in_sync, record_failures},
    resource_policy::ResourcePolicy,
    rotation::RotationRules,
    seal_version::{SealedVersion, VersionSource, value_tag},
    secret_change::SecretChange,
    value::SecretValue,
};
use crate::{
    arn::{AccountId, SecretArn},
    crypto::{SystemRandom, random_array},
    error::{ContextMismatch, Error, Result, SecretRefusal},
    kms::{
        EmbeddedKms, KeysDurable, KeystoreSession,
        key_choice::{
            ChosenKey, KeyOptions, Named, Problem, ReplicaRegion, UntouchedRegions, check_suite, key_of_region, refusal, unchosen_keys,
        },
    },
    region::Region,
    suite::AlgorithmSuite,
    timestamp::Timestamp,
};

/// A request to create a secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct CreateSecret {
    /// 1 to 512 characters.
    pub name: String,
    /// The value; a secret without one has no version yet.
    pub value: Option<SecretValue>,
    /// The primary Region.
    pub region: Region,
    /// Key id, ARN, alias or alias ARN in the primary Region; `None` for the default key.
    pub kms_key_id: Option<String>,
    /// Where copies go.
    pub replicas: Vec<ReplicaRegion>,
    /// What to do about same-named secrets in the replicas' Regions.
    pub name_clash: NameClash,
    /// At most 2,048 characters; not encrypted.
    pub description: Option<String>,
    /// At most 50, each key once; not encrypted.
    pub tags: Vec<Tag>,
    /// Pairs that are bound to every bundle besides coldseal's own.
    pub encryption_context: BTreeMap<String, String>,
    /// Stored and shown, not enforced; in every Region.
    pub resource_policy: Option<ResourcePolicy>,
    /// Stored, and the next date is shown; nothing rotates by itself. In the primary Region only.
    pub rotation_rules: Option<RotationRules>,
    /// 32 to 64 characters; becomes the VersionId. `None` draws a UUID.
    pub client_request_token: Option<String>,
    /// One data key for all Regions, or one for each.
    pub data_key_scope: DataKeyScope,
    /// The suite of the bundles.
    pub suite: AlgorithmSuite,
    /// What to do when a replica's Region cannot be served.
    pub on_problem: OnProblem,
    /// Account of the secret's ARN; `None` takes that of its primary wrapping key.
    pub account: Option<AccountId>,
}

impl CreateSecret {
    /// A secret in one Region, under its default key, and without a value.
    #[must_use]
    pub fn new(name: impl Into<String>, region: Region) -> Self {
        Self {
            name: name.into(),
            value: None,
            region,
            kms_key_id: None,
            replicas: Vec::new(),
            name_clash: NameClash::default(),
            description: None,
            tags: Vec::new(),
            encryption_context: BTreeMap::new(),
            resource_policy: None,
            rotation_rules: None,
            client_request_token: None,
            data_key_scope: DataKeyScope::default(),
            suite: AlgorithmSuite::default(),
            on_problem: OnProblem::default(),
            account: None,
        }
    }
}

enum Prepared {
    /// The same request was carried out before.
    Done(Box<Located>),
    /// Sealed.
    New(Box<PreparedChange>),
}

/// Where a new secret goes: every Region passed its checks or may be recorded as failed.
pub(super) struct CreationPlan {
    primary: ChosenKey,
    replicas: Vec<ChosenKey>,
    failed: Vec<Problem>,
    replaced: Vec<Replaced>,
}

impl CreationPlan {
    /// Each Region's key, that of the primary first.
    pub(super) fn targets(&self) -> impl Iterator<Item = &ChosenKey> {
        std::iter::once(&self.primary).chain(&self.replicas)
    }
}

impl Vault {
    /// Creates a secret: one bundle for the primary Region and each replica. All checks come before the first byte is written. `keys` has the
    /// recovery keys, and how data keys are wrapped.
    ///
    /// # Errors
    /// `InvalidParameterException`, `ValidationException`, `ResourceExistsException`, or the error of the first Region that cannot be served, all of them listed.
    pub fn create_secret(&self, session: &mut KeystoreSession, keys: &KeyOptions, request: &CreateSecret) -> Result<SecretChange> {
        request.validate()?;
        let drawn = Drawn::for_request(request)?;
        let mut prepared = None;
        if !self.is_there()? {
            // A request that fails leaves no vault behind.
            prepared = Some(self.prepare_create(session, keys, request, &drawn, &self.read_name(&request.name)?)?);
            self.initialize()?;
        }
        self.require()?;
        let writer = self.writer()?;
        loop {
            let read = self.finish_replacements(&*writer, &request.name, self.author(session.kms().comparison_key()))?;
            // What was prepared before there was a lock holds unless another writer took the name meanwhile; no key is called twice.
            let prepared = match prepared.take() {
                Some(prepared) if read.family.members().next().is_none() => prepared,
                _ => self.prepare_create(session, keys, request, &drawn, &read)?,
            };
            let change = match prepared {
                Prepared::Done(located) => {
                    return Ok(SecretChange::of(self, session.kms(), keys, &located));
                }
                Prepared::New(change) => change,
            };
            let author = self.author(session.kms().comparison_key());
            let Some(located) = change.write(&*writer, &read, author)? else { continue };
            if !located.record.replaces.is_empty() {
                // The change is made. What it leaves to do is the next writer's if this fails.
                let _ = self.finish_replacements(&*writer, &request.name, author);
            }
            return Ok(SecretChange::of(self, session.kms(), keys, &located));
        }
    }

    /// Checks everything, makes new keys durable, and seals in memory.
    fn prepare_create(
        &self,
        session: &mut KeystoreSession,
        keys: &KeyOptions,
        request: &CreateSecret,
        drawn: &Drawn,
        read: &Reading,
    ) -> Result<Prepared> {
        if let Some(holder) = read.family.holder(request.region) {
            return self.existing(session.kms(), keys, request, holder).map(|located| Prepared::Done(Box::new(located)));
        }
        let plan = plan_create(session.kms_mut(), keys, request, &read.family)?;
        let durable = session.commit()?;
        let change = seal_create(&durable, keys, request, drawn, plan)?;
        Ok(Prepared::New(Box::new(change)))
    }

    /// A secret of this name is there: the same token with the same value is a success without a change.
    pub(super) fn existing(&self, kms: &EmbeddedKms, keys: &KeyOptions, request: &CreateSecret, holder: &Located) -> Result<Located> {
        let record = &holder.record;
        record.require_name_given_up()?;
        let token = request.client_request_token.as_deref();
        match (token.and_then(|token| record.version(token)), &request.value) {
            (Some(version), Some(value)) if record.primary_region() == request.region => {
                self.is_repeated(kms, keys, holder, &version.version_id, value).map(|_| holder.clone())
            }
            _ => Err(SecretRefusal::Exists(request.name.clone()).into()),
        }
    }
}

/// Seals what was planned, in memory.
pub(super) fn seal_create(
    durable: &KeysDurable<'_>,
    keys: &KeyOptions,
    request: &CreateSecret,
    drawn: &Drawn,
    plan: CreationPlan,
) -> Result<PreparedChange> {
    let mut after = request.record(&plan, drawn)?;
    let primary = plan.primary.region();
    let targets: Vec<_> = std::iter::once(plan.primary).chain(plan.replicas).collect();
    trace_plan(&targets, &plan.failed);
    let mut sealed = Vec::new();
    if let Some(value) = &request.value {
        let version_id = drawn.version_id.clone();
        let source = VersionSource { data_key: None, suite: request.suite, ..VersionSource::default() };
        let (version, problems) = SealedVersion::seal(&after, &version_id, value, &targets, durable, keys, source)?;
        sealed.push(version);
        record_failures(&mut after, None, &problems, (request.on_problem, Some(primary)))?;
        after.versions.push(VersionRecord {
            version_stages: vec![AWSCURRENT.to_owned()],
            created_date: after.created_date,
            payload: value.kind(),
            value_tag: Some(value_tag(durable.kms(), &after, &version_id, value)),
            bundles: Vec::new(),
            version_id,
        });
    }
    let Located { key, record: after } = Located::of(after);
    Ok(PreparedChange { key, after, sealed })
}

/// What is drawn once for a request, however often its change is tried.
pub(super) struct Drawn {
    version_id: String,
    arn_suffix: String,
}

impl Drawn {
    pub(super) fn for_request(request: &CreateSecret) -> Result<Self> {
        Ok(Self { version_id: version_id(request.client_request_token.as_deref())?, arn_suffix: arn_suffix()? })
    }

    /// Of a secret that is not made: what nobody knows yet is as long as what will be drawn.
    pub(super) fn not_yet(request: &CreateSecret) -> Result<Self> {
        Ok(Self { arn_suffix: "?".repeat(SecretArn::SUFFIX_LENGTH), ..Self::for_request(request)? })
    }

    pub(super) fn version_id(&self) -> &str {
        &self.version_id
    }
}

pub(super) fn plan_create(kms: &mut EmbeddedKms, keys: &KeyOptions, request: &CreateSecret, family: &Family) -> Result<CreationPlan> {
    let mut problems: Vec<_> = named_twice(&request.replicas).collect();
    // A secret without a value has no bundle yet.
    let suite = request.value.as_ref().map_or_else(AlgorithmSuite::default, |_| request.suite);
    let primary = key_of_region(kms, keys, request.region, Named::ByCaller(request.kms_key_id.as_deref()));
    let primary = primary.map_err(|error| Problem::of(request.region.name(), error, None));
    let primary = primary.and_then(|target| check_suite(kms, target, suite)).map_err(|problem| problems.push(problem)).ok();
    let (mut replicas, mut replaced) = (Vec::new(), Vec::new());
    for replica in &request.replicas {
        let named = (replica.region.as_str(), Named::ByCaller(replica.kms_key_id.as_deref()));
        let checked = check_replica(kms, keys, (request.region, None), family, named, request.name_clash);
        match checked.and_then(|target| check_suite(kms, target, suite)) {
            Ok(target) => {
                replaced
                    .extend(family.holder(target.region()).map(|old| Replaced { region: target.region(), arn: old.record.arn.clone() }));
                replicas.push(target);
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(unchosen_keys(primary.iter().chain(&replicas), UntouchedRegions::None, keys));
    let can_record = request.on_problem == OnProblem::RecordFailed && problems.iter().all(|problem| problem.retry.is_some());
    match primary {
        Some(primary) if problems.is_empty() || can_record => Ok(CreationPlan { primary, replicas, failed: problems, replaced }),
        _ => Err(refusal(&problems)),
    }
}

impl CreateSecret {
    pub(super) fn validate(&self) -> Result<()> {
        let characters = self.name.chars().count();
        if !NAME_LENGTH.contains(&characters) {
            return Err(SecretRefusal::NameLength(characters).into());
        }
        if self.name.contains(char::is_control) || self.name.starts_with("arn:") {
            return Err(SecretRefusal::NameForm(self.name.clone()).into());
        }
        check_token(self.client_request_token.as_deref())?;
        check_description(self.description.as_deref())?;
        check_tags(&self.tags)?;
        if let Some(key) = self.encryption_context.keys().find(|key| bundle::is_reserved(key)) {
            return Err(Error::EncryptionContext(ContextMismatch::Reserved(key.clone())));
        }
        Ok(())
    }

    pub(super) fn record(&self, plan: &CreationPlan, drawn: &Drawn) -> Result<SecretRecord> {
        let account = self.account.clone().unwrap_or_else(|| plan.primary.arn.account().clone());
        let now = Timestamp::now()?;
        let in_sync = plan.replicas.iter().map(in_sync);
        let failed = plan.failed.iter().filter_map(|problem| failed_replica(None, problem));
        Ok(SecretRecord {
            format: FORMAT,
            arn: SecretArn::new(self.region, account, format!("{}-{}", self.name, drawn.arn_suffix)),
            name: self.name.clone(),
            description: self.description.clone(),
            kms_key_id: plan.primary.kms_key_id(),
            created_date: now,
            last_changed_date: now,
            tags: self.tags.clone(),
            encryption_context: self.encryption_context.clone(),
            data_key_scope: self.data_key_scope,
            resource_policy: self.resource_policy.clone(),
            rotation_rules: self.rotation_rules.clone(),
            is_rotation_cancelled: false,
            last_rotated_date: None,
            planned_deletion: None,
            replication_status: in_sync.chain(failed).collect(),
            replaces: plan.replaced.clone(),
            part_regions: Vec::new(),
            packed_from: None,
            versions: Vec::new(),
            record_tag: None,
        })
    }
}

/// Six random letters and digits, each equally likely.
fn arn_suffix() -> Result<String> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // 248 = 4 * 62: what is above would favour some letters.
    let letter = |byte: u8| ALPHABET.get(usize::from(byte) % 62).filter(|_| byte < 248).map(|letter| char::from(*letter));
    let mut suffix = String::new();
    while suffix.len() < SecretArn::SUFFIX_LENGTH {
        let drawn: [u8; 2 * SecretArn::SUFFIX_LENGTH] = random_array(&SystemRandom)?;
        let missing = SecretArn::SUFFIX_LENGTH - suffix.len();
        suffix.extend(drawn.into_iter().filter_map(letter).take(missing));
    }
    Ok(suffix)
}
