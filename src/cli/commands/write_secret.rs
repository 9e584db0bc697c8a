//! `create-secret` and `replicate-secret-to-regions`.

use serde::Serialize;
use serde_json::json;

use crate::{
    arn::KeyArn,
    cli::{
        args::{CreateSecretArgs, RegionProblemArgs, ReplicateArgs},
        encryption_context::{Purpose, parse_encryption_context},
        failure::{Failure, Outcome},
        invocation::Invocation,
        paramfile::ParamFiles,
        recovery_key::{key_options, name_online_keys, opening_keys, warn_about_mixture},
        replica_regions::parse_replica_regions,
        rotation_rules::parse_rotation_rules,
        secret_input::secret_value,
        tags::parse_tags,
        terminal::{counted, note, warn},
        usage::UsageError,
    },
    kms::EmbeddedKms,
    region::Region,
    suite::AlgorithmSuite,
    vault::{
        CreateSecret, DataKeyScope, KeyOptions, NameClash, OnProblem, ReplicaRegion, ReplicaStatus, ReplicateSecret, ResourcePolicy,
        RotationRules, SecretChange, Tag,
    },
};

pub(super) fn create(invocation: &Invocation, args: CreateSecretArgs) -> Outcome {
    let files = invocation.inputs.files();
    let region = invocation.regions.require()?;
    if let Some(odd) = NameCharacters::of(&args.name) {
        warn(odd.warning());
    }
    let mut request = CreateSecret {
        keys: KeyOptions::default(),
        value: secret_value(&invocation.inputs, &args)?,
        region,
        replicas: replicas(&files, args.add_replica_regions.as_deref().unwrap_or_default())?,
        name_clash: name_clash(args.regions.force_overwrite_replica_secret),
        tags: tags(&files, args.tags.as_deref().unwrap_or_default())?,
        encryption_context: pairs(&files, args.encryption_context.as_deref().unwrap_or_default())?,
        resource_policy: args.resource_policy.map(|value| resource_policy(&files, value)).transpose()?,
        rotation_rules: args.rotation_rules.map(|value| rotation_rules(&files, &value)).transpose()?,
        data_key_scope: if args.data_key_per_region { DataKeyScope::PerRegion } else { DataKeyScope::Shared },
        suite: suite(args.sign_message),
        on_problem: on_problem(&args.regions),
        account: invocation.access.account.clone(),
        name: args.name,
        kms_key_id: args.kms_key_id,
        description: args.description,
        client_request_token: args.client_request_token,
    };
    if request.value.is_none() {
        warn("the secret gets no value: neither --secret-string, --secret-binary nor --secret-key-values is given");
    }
    let mut session = invocation.keystore.session_for_secrets()?;
    request.keys = key_options(invocation, Some(session.kms()), &args.wrap, Vec::new())?;
    let change = invocation.vault.create_secret(&mut session, &request);
    let change = change.inspect_err(|_| invocation.keystore.note_made_by(&mut session))?;
    warn_about_keys(session.kms(), &change, &request.keys);
    finish(invocation, &change, &request.replicas)
}

pub(super) fn replicate(invocation: &Invocation, args: &ReplicateArgs) -> Outcome {
    let files = invocation.inputs.files();
    let mut request = ReplicateSecret {
        keys: KeyOptions::default(),
        secret_id: args.secret_id.clone(),
        region: invocation.regions.of_secret(&args.secret_id)?,
        replicas: replicas(&files, &args.add_replica_regions)?,
        name_clash: name_clash(args.regions.force_overwrite_replica_secret),
        on_problem: on_problem(&args.regions),
    };
    let opening = opening_keys(&args.opening)?;
    invocation.vault.require()?;
    let mut session = invocation.keystore.session_for_secrets()?;
    request.keys = key_options(invocation, Some(session.kms()), &args.wrap, opening)?;
    name_online_keys(invocation, Some(session.kms()), &args.opening.kms_key_id, &mut request.keys)?;
    let change = invocation.vault.replicate_secret_to_regions(&mut session, &request);
    let change = change.inspect_err(|_| invocation.keystore.note_made_by(&mut session))?;
    warn_about_keys(session.kms(), &change, &request.keys);
    // Unlike CreateSecret's, the answer has neither name nor version.
    let answer = json!({ "ARN": change.arn, "ReplicationStatus": change.replication_status, "Bundles": change.bundles });
    finish_with(invocation, &change, &answer, &request.replicas)
}

/// Says at once what this machine cannot open again.
pub(super) fn warn_about_keys(kms: &EmbeddedKms, change: &SecretChange, keys: &KeyOptions) {
    let sealed_under: Vec<KeyArn> = change.bundles.iter().filter_map(|bundle| bundle.kms_key_id.parse().ok()).collect();
    warn_about_mixture(kms, sealed_under.iter(), keys);
    for key in &change.lost_keys {
        warn(&format!(
            "the new bundles do not open with {key} any more, which opened the old ones; repeat the command with --recovery-key"
        ));
    }
    if !change.not_compared.is_empty() {
        warn(&format!(
            "another keystore made the value of {}, so that nothing here tells whether what was sealed anew is still that value; 'coldseal verify --open' with that keystore does",
            change.name.escape_debug()
        ));
    }
    if keys.online.is_none() {
        return warn_public_only(&change.public_only, &change.recovery_only);
    }
    // With AWS KMS, what does not open is under keys of accounts that are not asked.
    let closed = |key: &&KeyArn| change.public_only.contains(&key.region()) || change.recovery_only.contains(&key.region());
    let accounts: std::collections::BTreeSet<_> = sealed_under.iter().filter(closed).map(|key| key.account().as_str()).collect();
    for account in accounts.into_iter().filter(|account| *account != keys.account.as_str()) {
        warn(&format!(
            "to open the bundles under keys of account {account}, say whose they are: COLDSEAL_ACCOUNT_ID, --account-id, or --kms-discovery account={account}"
        ));
    }
}

/// Names the Regions whose bundles only AWS KMS opens, and those whose bundles a recovery key opens too that is not in the keystore.
pub(super) fn warn_public_only(public_only: &[Region], recovery_only: &[Region]) {
    let names = |regions: &[Region]| regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(", ");
    if !public_only.is_empty() {
        warn(&format!(
            "this machine cannot open the bundles for {} again: only AWS KMS can, in each Region (--recovery-key adds a key of yours)",
            names(public_only)
        ));
    }
    if !recovery_only.is_empty() {
        let regions = names(recovery_only);
        note(&format!("this machine opens the bundles for {regions} again with the recovery key only; else AWS KMS does, in each Region"));
    }
}

/// Prints the answer, says where the bundles are, and ends with exit code 1 where a replica that was asked for failed.
pub(super) fn finish(invocation: &Invocation, change: &SecretChange, asked: &[ReplicaRegion]) -> Outcome {
    finish_with(invocation, change, change, asked)
}

/// The same with another answer than the whole change.
fn finish_with(invocation: &Invocation, change: &SecretChange, answer: &impl Serialize, asked: &[ReplicaRegion]) -> Outcome {
    invocation.keystore.note_made(&change.keystore);
    invocation.printer.print(answer)?;
    let root = std::path::absolute(invocation.vault.root()).unwrap_or_else(|_| invocation.vault.root().to_owned());
    note(&format!("{} in {}", counted(change.bundles.len(), "bundle"), root.display()));
    let is_asked = |region: &str| asked.iter().any(|replica| replica.region == region);
    let failed =
        change.replication_status.iter().filter(|replica| replica.status == ReplicaStatus::Failed && is_asked(replica.region.name()));
    let failed: Vec<_> = failed.collect();
    for replica in &failed {
        warn(&format!("{}: {} (retry with 'coldseal replicate-secret-to-regions')", replica.region, replica.status_message));
    }
    invocation.access.note_calls();
    if failed.is_empty() { Ok(()) } else { Err(Failure::Partial) }
}

pub(super) fn replicas(files: &ParamFiles<'_>, words: &[String]) -> Outcome<Vec<ReplicaRegion>> {
    const PARAMETER: &str = "--add-replica-regions";
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let parsed = parse_replica_regions(files, PARAMETER, &files.words(PARAMETER, words)?)?;
    Ok(parsed.into_iter().map(ReplicaRegion::from).collect())
}

pub(super) fn tags(files: &ParamFiles<'_>, words: &[String]) -> Outcome<Vec<Tag>> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let tags = parse_tags(files, "--tags", &files.words("--tags", words)?)?;
    // The vault checks them too; here it comes before anything is asked for or made.
    crate::vault::check_tags(&tags)?;
    Ok(tags)
}

pub(super) fn pairs(files: &ParamFiles<'_>, words: &[String]) -> Outcome<std::collections::BTreeMap<String, String>> {
    const PARAMETER: &str = "--encryption-context";
    if words.is_empty() {
        return Ok(std::collections::BTreeMap::new());
    }
    let parsed = parse_encryption_context(files, PARAMETER, &files.words(PARAMETER, words)?, Purpose::Seal)?;
    let pair = |(key, value): (String, Option<String>)| match value {
        Some(value) => Ok((key, value)),
        None => Err(Failure::from(UsageError::parameter(PARAMETER, "a key needs a value here"))),
    };
    parsed.into_iter().map(pair).collect()
}

fn resource_policy(files: &ParamFiles<'_>, value: String) -> Outcome<ResourcePolicy> {
    let text = files.value("--resource-policy", &value)?.unwrap_or(value);
    Ok(ResourcePolicy::try_from(text)?)
}

fn rotation_rules(files: &ParamFiles<'_>, value: &str) -> Outcome<RotationRules> {
    let given = parse_rotation_rules(files, "--rotation-rules", value)?;
    Ok(RotationRules::new(given)?)
}

pub(super) const fn name_clash(overwrites: bool) -> NameClash {
    if overwrites { NameClash::Overwrite } else { NameClash::Refuse }
}

pub(super) fn suite(signs: bool) -> AlgorithmSuite {
    if signs { AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384 } else { AlgorithmSuite::default() }
}

fn on_problem(args: &RegionProblemArgs) -> OnProblem {
    if args.partial { OnProblem::RecordFailed } else { OnProblem::FailWhole }
}

/// Names that AWS would refuse, or find only by their full ARN, are allowed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameCharacters {
    Refused,
    LikeSuffix,
}

impl NameCharacters {
    /// `None` for a name that has nothing odd about it.
    pub(super) fn of(name: &str) -> Option<Self> {
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || "/_+=.@-!".contains(character);
        if !name.chars().all(is_allowed) {
            return Some(Self::Refused);
        }
        let is_like_suffix = |end: &str| end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
        name.rsplit_once('-').filter(|(_, end)| is_like_suffix(end)).map(|_| Self::LikeSuffix)
    }

    pub(super) const fn warning(self) -> &'static str {
        match self {
            Self::Refused => "AWS Secrets Manager would refuse this name: it takes letters, digits and -/_+=.@!",
            Self::LikeSuffix => "the name ends in a hyphen and six characters, like an ARN's suffix: a partial ARN will not find it",
        }
    }
}
