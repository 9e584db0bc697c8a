//! Secrets, their Regions and their bundles.

use std::{borrow::Cow, fmt};

use super::{
    attempts::of_attempts,
    hint::{Hint, one},
};
use crate::{
    error::{BundleRefusal, PasswordRefusal, PolicyRefusal, ReplicaRefusal, RotationRefusal, SecretDifference, SecretRefusal},
    region::Region,
};

pub(super) fn of_secret(refusal: &SecretRefusal) -> Vec<Hint> {
    match refusal {
        SecretRefusal::NotFound | SecretRefusal::Elsewhere { .. } | SecretRefusal::NoVersion(_) | SecretRefusal::NoStage(_) => {
            one(WHICH_SECRETS)
        }
        SecretRefusal::ReplicaFailed { region, .. } | SecretRefusal::ReplicaBehind { region, .. } => vec![
            Cow::Owned(format!("'coldseal replicate-secret-to-regions … --add-replica-regions Region={region}' tries again")),
            Cow::Owned(format!("'coldseal remove-regions-from-replication … --remove-replica-regions {region}' gives the Region up")),
        ],
        SecretRefusal::StageOfOtherVersion => one(ID_OR_LABEL),
        SecretRefusal::NotAnArn(_) => one("'coldseal list-secrets' shows the names and ARNs"),
        SecretRefusal::ArnOfOtherRegion { .. } => one("leave one of them out"),
        SecretRefusal::InSeveralRegions { .. } => one("name one with --region"),
        SecretRefusal::OnReplica => one("name the primary Region with --region; 'coldseal describe-secret' shows it"),
        SecretRefusal::MarkedForDeletion { deletion_date } => of_deletion("it", deletion_date),
        SecretRefusal::NameMarkedForDeletion { is_due: true, .. } => one("'coldseal purge' removes what was due"),
        SecretRefusal::NameMarkedForDeletion { deletion_date, .. } => of_deletion("that one", deletion_date),
        SecretRefusal::Rotation(refusal) => of_rotation(refusal),
        SecretRefusal::StillReplicated { .. } => one("'coldseal remove-regions-from-replication' removes replicas"),
        SecretRefusal::NotAReplica { replicas, .. } if replicas.is_empty() => one("it has no replica: it is a secret of its own already"),
        SecretRefusal::NotAReplica { .. } => one("name the replica's Region with --region, or the replica by its ARN"),
        SecretRefusal::NotVouchedFor(_) => one(ITS_KEYSTORE),
        SecretRefusal::Exists(_) | SecretRefusal::TokenInUse { .. } => one(THE_ONE_THAT_EXISTS),
        SecretRefusal::Differs { differences, .. } => {
            one("without --no-update 'coldseal pack' updates what it can").into_iter().chain(of_differences(differences)).collect()
        }
        SecretRefusal::NotUpdated { differences, .. } => of_differences(differences),
        SecretRefusal::NotComparable(refusal) => one(OTHER_KEYSTORE).into_iter().chain(of_bundle(refusal)).collect(),
        SecretRefusal::NotReadable(_) => one(OTHER_KEYSTORE),
        SecretRefusal::ValueTooLong { .. } => one("use 'coldseal seal' for larger payloads"),
        SecretRefusal::ValueNotUtf8 => one("use --secret-binary fileb://… for other bytes"),
        SecretRefusal::Password(refusal) => of_password(refusal),
        SecretRefusal::NoSuchVersion(_) | SecretRefusal::StageNotOnVersion { .. } => one(WHICH_VERSIONS),
        SecretRefusal::StageOnOtherVersion { version_id, .. } => {
            vec![Cow::Owned(format!("--remove-from-version-id {} moves it from there", version_id.escape_debug()))]
        }
        SecretRefusal::NoVersionNamed => one(WAYS_OF_A_LABEL),
        SecretRefusal::CurrentNotRemoved => one("--move-to-version-id names the version that is to be in use"),
        SecretRefusal::TooManyLabels { .. } => one(A_LABEL_LESS),
        SecretRefusal::NoValue => one(WAYS_TO_A_VALUE),
        SecretRefusal::Overtaken => one("'coldseal list-secret-version-ids' shows the versions, and when they were made"),
        SecretRefusal::ListOrFilters
        | SecretRefusal::MaxResultsWithoutFilters
        | SecretRefusal::NameLength(_)
        | SecretRefusal::NotServed
        | SecretRefusal::TwoValues
        | SecretRefusal::NameForm(_)
        | SecretRefusal::RecoveryWindow(_)
        | SecretRefusal::RecoveryAndForce
        | SecretRefusal::NameTwice { .. }
        | SecretRefusal::TokenLength(_)
        | SecretRefusal::DescriptionLength
        | SecretRefusal::TagOfAws(_)
        | SecretRefusal::TagTwice(_)
        | SecretRefusal::TooManyTags { .. }
        | SecretRefusal::EmptyValue
        | SecretRefusal::KeyWithoutRegion
        | SecretRefusal::SignedInPart => Vec::new(),
    }
}

const WHICH_SECRETS: &str = "'coldseal list-secrets' shows the secrets, 'coldseal describe-secret' a secret's Regions, versions and labels";
const ID_OR_LABEL: &str = "leave one of the two out; 'coldseal describe-secret' shows which version has which labels";
const WAYS_OF_A_LABEL: &str = "--move-to-version-id attaches the label, --remove-from-version-id removes it, both together move it";
const A_LABEL_LESS: &str = "'coldseal update-secret-version-stage --remove-from-version-id' removes one that is not needed";
const WAYS_TO_A_VALUE: &str =
    "--secret-string file://PATH, '-' for stdin, or without a value for a prompt; --secret-binary fileb://PATH for bytes";
const ITS_KEYSTORE: &str =
    "name the keystore that made it with --keystore; or --accept-record takes the record and the values of that Region as they stand";

/// Of a secret that is marked for deletion.
fn of_deletion(which: &str, deletion_date: &impl fmt::Display) -> Vec<Hint> {
    vec![Cow::Owned(format!(
        "'coldseal restore-secret' gets {which} back until {deletion_date}; 'coldseal delete-secret --force-delete-without-recovery' removes it for good"
    ))]
}

fn of_password(refusal: &PasswordRefusal) -> Vec<Hint> {
    match refusal {
        PasswordRefusal::TooShort { types, .. } => {
            vec![
                format!("{types} types are included: take a PasswordLength of {types} or more, or set RequireEachIncludedType to false")
                    .into(),
            ]
        }
        PasswordRefusal::TypeExcluded(kind) => {
            let member = kind.excluded_by();
            vec![format!("ExcludeCharacters has the whole type: set {member}, or RequireEachIncludedType to false").into()]
        }
        PasswordRefusal::AllExcluded => one("leave out one of the Exclude… members, or set IncludeSpace"),
        PasswordRefusal::TemplateOrKeyMissing => {
            one("the password becomes the member GenerateStringKey of the object SecretStringTemplate; without both it is the whole value")
        }
        PasswordRefusal::TemplateNotAnObject => one(r#"for instance "SecretStringTemplate": "{\"username\": \"saanvi\"}""#),
        PasswordRefusal::TemplateMemberTwice => Vec::new(),
    }
}

const WHICH_VERSIONS: &str = "'coldseal describe-secret' shows which version has which labels";
fn of_rotation(refusal: &RotationRefusal) -> Vec<Hint> {
    match refusal {
        RotationRefusal::NoFunction => {
            one("--rotation-command 'PROGRAM ARGUMENTS' rotates now; --rotation-rules alone keeps rules, and rotates nothing")
        }
        RotationRefusal::NotRunHere(_) => one(
            "--rotation-command 'PROGRAM ARGUMENTS' runs a program here in its place; in AWS 'aws secretsmanager rotate-secret' rotates",
        ),
        RotationRefusal::InProgress { version_id } => {
            let id = version_id.escape_debug();
            vec![
                Cow::Owned(format!("'coldseal rotate-secret --rotation-command … --client-request-token {id}' goes on with it")),
                Cow::Owned(format!(
                    "'coldseal update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id {id}' gives its version up"
                )),
            ]
        }
        RotationRefusal::LabelsMoved { .. } => one("'coldseal describe-secret' shows which version has which labels"),
        RotationRefusal::BothGiven | RotationRefusal::NoneGiven | RotationRefusal::Window(_) | RotationRefusal::Expression(_) => Vec::new(),
    }
}

const OTHER_KEYSTORE: &str = "name the keystore that made it with --keystore, or take another --client-request-token";
const THE_ONE_THAT_EXISTS: &str = "'coldseal describe-secret' shows the one that exists";

fn of_differences(differences: &[SecretDifference]) -> Vec<Hint> {
    let mut ways: Vec<Hint> = Vec::new();
    for way in differences.iter().filter_map(|difference| of_difference(*difference)).map(Cow::Borrowed) {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways.extend(one(THE_ONE_THAT_EXISTS));
    ways
}

/// What changes a member in a secret that is there.
const fn of_difference(difference: SecretDifference) -> Option<&'static str> {
    match difference {
        SecretDifference::ReplicaRegions => Some("'coldseal replicate-secret-to-regions' adds Regions"),
        SecretDifference::KmsKeyId | SecretDifference::ReplicaKmsKeyId | SecretDifference::RecoveryKeys => {
            Some("'coldseal rewrap --secret-id' changes keys")
        }
        SecretDifference::ResourcePolicy => Some("'coldseal put-resource-policy' changes the policy"),
        SecretDifference::Signature => Some("'coldseal rewrap --secret-id … --sign-message' signs them"),
        SecretDifference::Description
        | SecretDifference::Tags
        | SecretDifference::EncryptionContext
        | SecretDifference::RotationRules
        | SecretDifference::DataKeyScope
        | SecretDifference::Value => None,
    }
}

pub(super) fn of_policy(refusal: &PolicyRefusal) -> Vec<Hint> {
    match refusal {
        PolicyRefusal::Syntax(_) => {
            one("a resource policy is a JSON object with Version and Statement; each statement has Effect, Principal, Action and Resource")
        }
        PolicyRefusal::UnsupportedPrincipal(_) | PolicyRefusal::InvalidServicePrincipal(_) => {
            one("'coldseal validate-resource-policy' lists all that is wrong with a policy")
        }
        PolicyRefusal::BroadAccess(_) => one(
            "name the principals, or limit it by a Condition to fixed values of aws:SourceAccount, aws:SourceArn, aws:SourceVpc, aws:SourceVpce, aws:PrincipalOrgID, aws:PrincipalArn or to ranges of aws:SourceIp; without --block-public-policy it is stored as it stands",
        ),
        PolicyRefusal::NothingToAllow => {
            one("keys of the embedded KMS and imported public keys take no permission; --kms-key-id names keys in AWS KMS")
        }
        PolicyRefusal::NoKeyInPrimaryRegion { .. } => {
            one("--region names the primary Region, --kms-key-id its key; 'coldseal list-secrets' shows the secrets that are there")
        }
        PolicyRefusal::OtherName => one("leave --policy-name out"),
    }
}

pub(super) fn of_bundle(refusal: &BundleRefusal) -> Vec<Hint> {
    let mut hints = ways_of_bundle(refusal);
    hints.extend(one("'coldseal verify --open' shows which bundles open here"));
    hints
}

fn ways_of_bundle(refusal: &BundleRefusal) -> Vec<Hint> {
    match refusal {
        BundleRefusal::NotOnRecord { .. } => one("'coldseal verify' lists what is missing"),
        BundleRefusal::NoUsableKey { attempts, .. } => {
            let mut hints = of_attempts(attempts);
            hints.extend(one(
                "it opens where one of these keys is: with the keystore that has the key, in AWS in the key's Region if AWS KMS has it, or here with the recovery key that it was sealed with (--recovery-key, --raw-aes-key, --raw-rsa-key)",
            ));
            hints
        }
        BundleRefusal::NotFromElsewhere { refusal, .. } => {
            let mut hints = ways_of_bundle(refusal);
            hints.extend(one("--keystore names the keystore that made the value on record"));
            hints
        }
        BundleRefusal::OnlyElsewhere { here, .. } => {
            here.iter().map(|region| Cow::Owned(format!("--region {region} opens the one for that Region"))).collect()
        }
        BundleRefusal::Missing(_)
        | BundleRefusal::MissingForGood(_)
        | BundleRefusal::Changed(_)
        | BundleRefusal::DoesNotOpen { .. }
        | BundleRefusal::Disproved { .. } => Vec::new(),
    }
}

pub(super) fn of_replica(refusal: &ReplicaRefusal) -> Vec<Hint> {
    let owned = |hint: String| vec![Cow::Owned(hint)];
    match refusal {
        ReplicaRefusal::UnknownRegion(name) => unknown_region(name).map_or_else(Vec::new, one),
        ReplicaRefusal::NameTaken => one("--force-overwrite-replica-secret replaces the secret that is there"),
        ReplicaRefusal::NameMarkedForDeletion { is_due: true, .. } => one("'coldseal purge' removes what was due"),
        ReplicaRefusal::NameMarkedForDeletion { deletion_date, .. } => of_deletion("that one", deletion_date),
        ReplicaRefusal::InSyncUnderOtherKey { asked, .. } => owned(format!("--force-overwrite-replica-secret encrypts it under {asked}")),
        ReplicaRefusal::NoKeyNamed(region) => owned(format!(
            "KmsKeyId=KEY, --kms-key-id for the primary Region, or 'coldseal kms set-default-key --kms aws --region {region} --key-id KEY'"
        )),
        ReplicaRefusal::NoKeyBesideImported(region) => owned(format!(
            "KmsKeyId=KEY, --kms-key-id for the primary Region, or 'coldseal kms set-default-key --region {region} --key-id KEY'"
        )),
        ReplicaRefusal::EmbeddedWithAws(key) | ReplicaRefusal::EmbeddedBesideImported(key) => {
            owned(format!("'embedded:{key}' says that it is meant"))
        }
        ReplicaRefusal::KeyNotVouchedFor { .. } => {
            one("name the key that it is to have: KmsKeyId=KEY beside Region= where it is added, --region REGION --to-key KEY in a rewrap")
        }
        ReplicaRefusal::RecoveryKeysMissing { .. } => one(
            "repeat the command with --recovery-key for each of them; 'coldseal rewrap --secret-id SECRET' without them takes them off first",
        ),
        ReplicaRefusal::WouldLoseKeys { .. } => one("repeat the command with --recovery-key for each of them"),
        ReplicaRefusal::KeyOfOtherAccount(_) => one("name the key: KmsKeyId=KEY, or --to-key in a rewrap"),
        ReplicaRefusal::NoneNamed
        | ReplicaRefusal::NamedTwice
        | ReplicaRefusal::PrimaryRegion
        | ReplicaRefusal::OtherPartition { .. }
        | ReplicaRefusal::HasReplicas { .. } => Vec::new(),
    }
}

/// Where nothing looks like the name.
pub(crate) fn unknown_region(name: &str) -> Option<&'static str> {
    Region::similar(name).is_empty().then_some("'coldseal kms list-regions' shows those that there are")
}
