//! Secrets under keys in AWS KMS, which a KMS in memory plays.

mod asymmetric;
mod batch;
mod lookup;
mod opening;

use std::sync::Arc;

use super::*;
use crate::{
    arn::KeyArn,
    kms::{
        KeySpec, OnlineOpening,
        fake::{ACCOUNT, FakeKms, FakeRefusal},
    },
};

pub(super) const REGIONS: [&str; 3] = ["us-west-2", "us-east-1", "eu-west-1"];

/// A symmetric key in each of the three Regions, under `alias/app`.
pub(super) fn three_keys() -> (FakeKms, Vec<KeyArn>) {
    let mut fake = FakeKms::new();
    let keys = REGIONS.iter().map(|region| fake.make_alias(region, "alias/app")).collect();
    (fake, keys)
}

/// With AWS KMS at hand, of whose account the commands are.
pub(super) fn with(fake: &Arc<FakeKms>) -> KeyOptions {
    let account: crate::arn::AccountId = ACCOUNT.parse().expect("an account");
    let online_opening = OnlineOpening { accounts: vec![account.clone()], ..OnlineOpening::default() };
    KeyOptions { online: Some(Arc::clone(fake) as _), online_opening, account, ..KeyOptions::default() }
}

/// `db` in three Regions, each under `keys`.
pub(super) fn under(keys: &[String]) -> CreateSecret {
    CreateSecret {
        kms_key_id: Some(keys[0].clone()),
        replicas: REGIONS.iter().zip(keys).skip(1).map(|(region, key)| replica_under(region, key)).collect(),
        ..request("db", &[])
    }
}

pub(super) fn arns(keys: &[KeyArn]) -> Vec<String> {
    keys.iter().map(KeyArn::to_string).collect()
}

fn get(place: &Place, keys: &KeyOptions, region: &str) -> Result<String> {
    let kms = place.keystore.load(&Never).expect("loads");
    let entry = place.vault.get_secret_value_by(kms.as_ref(), keys, "db", Some(self::region(region)), &VersionSelector::default())?;
    Ok(String::from_utf8(entry.value.expose().to_vec()).expect("text"))
}

/// There is no vault; the keystore is made before anything is sealed.
fn is_empty(place: &Place) -> bool {
    !place.vault.root().exists()
}

/// The calls that use a key; which kind of key it is was asked once at most.
pub(super) fn uses(fake: &FakeKms) -> Vec<String> {
    let (described, others): (Vec<_>, Vec<_>) = fake.take_calls().into_iter().partition(|call| call.starts_with("DescribeKey"));
    assert!(described.windows(2).all(|calls| calls[0] != calls[1]), "{described:?}");
    others
}

#[test]
fn a_version_takes_one_call_for_each_region() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    let change = place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    let described = REGIONS.map(|region| format!("DescribeKey {region}"));
    let calls = fake.take_calls();
    assert!(described.iter().all(|call| calls.contains(call)), "which kind of key it is");
    let used: Vec<_> = calls.iter().filter(|call| !described.contains(call)).collect();
    assert_eq!(used, ["Encrypt eu-west-1", "Encrypt us-east-1", "GenerateDataKey us-west-2"], "a new vault is made once");
    assert!(change.bundles.iter().all(|bundle| bundle.opens_here) && change.public_only.is_empty());
    assert_eq!(change.arn.account().as_str(), ACCOUNT);
    for (region, key) in REGIONS.iter().zip(&keys) {
        assert_eq!(get(&place, &with(&fake), region).expect("opens"), "top");
        assert_eq!(fake.take_calls(), [format!("Decrypt {region}")]);
        assert_eq!(change.bundles.iter().find(|bundle| bundle.region.name() == *region).expect("there").kms_key_id, key.to_string());
    }
    // Without AWS KMS the record says which bundles do not open.
    let description = place.vault.describe_secret(Some(&place.kms()), "db", None).expect("described");
    assert!(description.bundles.iter().all(|bundle| !bundle.opens_here));
    // By alias, each is asked for.
    let named = CreateSecret { name: "second".to_owned(), ..under(&["alias/app"; 3].map(str::to_owned)) };
    place.create_with(&with(&fake), &named).expect("created");
    let described: Vec<_> = fake.take_calls().into_iter().filter(|call| call.starts_with("DescribeKey")).collect();
    assert_eq!(described, ["DescribeKey eu-west-1", "DescribeKey us-east-1", "DescribeKey us-west-2"]);
    // A key for each Region is as many calls.
    let apart = CreateSecret { name: "third".to_owned(), data_key_scope: DataKeyScope::PerRegion, ..under(&arns(&keys)) };
    place.create_with(&with(&fake), &apart).expect("created");
    assert_eq!(uses(&fake), ["GenerateDataKey eu-west-1", "GenerateDataKey us-east-1", "GenerateDataKey us-west-2"]);
}

#[test]
fn sixteen_regions_are_called_at_once_and_no_more() {
    let mut fake = FakeKms::new();
    let regions: Vec<_> = Region::all().filter(|region| region.partition().id() == "aws").take(22).collect();
    let keys: Vec<_> = regions.iter().map(|region| fake.make(region.name(), KeySpec::default())).collect();
    fake.gate = 16;
    let (fake, place) = (Arc::new(fake), Place::new());
    let replicas = keys.iter().skip(1).map(|key| replica_under(key.region().name(), &key.to_string())).collect();
    let request = CreateSecret { region: regions[0], kms_key_id: Some(keys[0].to_string()), replicas, ..request("db", &[]) };
    let change = place.create_with(&with(&fake), &request).expect("created");
    assert_eq!((change.bundles.len(), uses(&fake).len(), fake.most_at_once()), (22, 22, 16));
    for region in regions {
        assert_eq!(get(&place, &with(&fake), region.name()).expect("each has its own Region's data key"), "top");
    }
}

#[test]
fn every_region_that_fails_is_told_and_nothing_is_written() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    fake.refuse("us-east-1", Some(FakeRefusal::Denied));
    fake.refuse("eu-west-1", Some(FakeRefusal::NoAnswer));
    let parts = [
        "2 Regions have problems, and nothing was written",
        "us-east-1: AccessDeniedException: Encrypt: not authorized",
        "eu-west-1: EncryptionFailure: eu-west-1, Encrypt: connection refused",
    ];
    assert_refused(place.create_with(&with(&fake), &under(&arns(&keys))), ErrorCode::AccessDeniedException, &parts);
    assert!(is_empty(&place));
    // What has no name in AWS takes the one that Secrets Manager has for it.
    fake.refuse("us-east-1", None);
    assert_refused(place.create_with(&with(&fake), &under(&arns(&keys))), ErrorCode::EncryptionFailure, &["eu-west-1"]);
    // Without its data key there is nothing to record.
    fake.refuse("us-west-2", Some(FakeRefusal::Throttled));
    let partial = || CreateSecret { on_problem: OnProblem::RecordFailed, ..under(&arns(&keys)) };
    assert_refused(
        place.create_with(&with(&fake), &partial()),
        ErrorCode::ThrottlingException,
        &["us-west-2: GenerateDataKey: Rate exceeded"],
    );
    for region in REGIONS {
        fake.refuse(region, Some(FakeRefusal::NoCredentials));
    }
    let missing = |result: Result<SecretChange>| matches!(result, Err(Error::Setup(SetupError::NoCredentials(_))));
    assert!(missing(place.create_with(&with(&fake), &partial())) && is_empty(&place));
    // What all Regions lack is no Region's failure, even where the first had credentials.
    fake.refuse("us-west-2", None);
    assert!(missing(place.create_with(&with(&fake), &partial())) && is_empty(&place));
}

#[test]
fn partial_records_what_failed_for_a_retry() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    fake.refuse("eu-west-1", Some(FakeRefusal::Throttled));
    let change =
        place.create_with(&with(&fake), &CreateSecret { on_problem: OnProblem::RecordFailed, ..under(&arns(&keys)) }).expect("in part");
    let status = |change: &SecretChange, region: &str| {
        let replica = change.replication_status.iter().find(|replica| replica.region.name() == region).expect("on record");
        (replica.status, replica.status_message.clone(), replica.kms_key_id.clone())
    };
    assert_eq!(
        status(&change, "eu-west-1"),
        (ReplicaStatus::Failed, "ThrottlingException: Encrypt: Rate exceeded".to_owned(), keys[2].to_string())
    );
    assert_eq!((status(&change, "us-east-1").0, change.bundles.len()), (ReplicaStatus::InSync, 2));
    place.assert_clean();
    fake.refuse("eu-west-1", None);
    fake.take_calls();
    // The key is on record, and of the configured account.
    let retry = || ReplicateSecret { keys: with(&fake), ..replication(&["eu-west-1"]) };
    let other = KeyOptions { account: "444455556666".parse().expect("an account"), ..with(&fake) };
    let foreign = place.replicate(&ReplicateSecret { keys: other, ..retry() });
    assert_refused(foreign, ErrorCode::InvalidParameterException, &["only the record of the secret names"]);
    assert!(fake.take_calls().is_empty());
    let change = place.replicate(&retry()).expect("replicated");
    assert_eq!(uses(&fake), ["Decrypt us-west-2", "Encrypt eu-west-1"]);
    assert_eq!(status(&change, "eu-west-1").0, ReplicaStatus::InSync);
    assert_eq!(get(&place, &with(&fake), "eu-west-1").expect("opens"), "top");
    place.assert_clean();
}

/// A replica that is in sync does not become a failed one: its bundle is still the one under the old key.
#[test]
fn an_overwrite_that_fails_leaves_the_replica_in_sync() {
    let (mut fake, keys) = three_keys();
    let second = fake.make("eu-west-1", KeySpec::default());
    let (fake, place) = (Arc::new(fake), Place::new());
    place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    let before = place.snapshot();
    fake.refuse("eu-west-1", Some(FakeRefusal::Denied));
    let request = ReplicateSecret {
        replicas: vec![replica_under("eu-west-1", &second.to_string())],
        name_clash: NameClash::Overwrite,
        on_problem: OnProblem::RecordFailed,
        keys: with(&fake),
        ..replication(&[])
    };
    assert_refused(place.replicate(&request), ErrorCode::AccessDeniedException, &["eu-west-1: Encrypt"]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn rewrap_takes_one_decrypt_and_a_call_for_each_region() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    fake.take_calls();
    let rewrap = |keys: KeyOptions| RewrapSecret { keys, ..RewrapSecret::new("db") };
    place.vault.rewrap_secret(&mut place.session(), &rewrap(with(&fake))).expect("rewrapped");
    assert_eq!(uses(&fake), ["Decrypt us-west-2", "Encrypt eu-west-1", "Encrypt us-east-1", "GenerateDataKey us-west-2"]);
    // Each Region that fails is told, and all stays as it was.
    let before = place.snapshot();
    fake.refuse("us-east-1", Some(FakeRefusal::Denied));
    fake.refuse("eu-west-1", Some(FakeRefusal::Throttled));
    let refused = place.vault.rewrap_secret(&mut place.session(), &rewrap(with(&fake)));
    assert_refused(
        refused,
        ErrorCode::AccessDeniedException,
        &["us-east-1: AccessDeniedException: Encrypt", "eu-west-1: ThrottlingException: Encrypt"],
    );
    assert_eq!(place.snapshot(), before);
    // An embedded key of another Region opens it without a call.
    for region in REGIONS {
        fake.refuse(region, None);
    }
    let embedded = format!("embedded:{}", place.make_key("ap-south-1"));
    let to_embedded = ReplicateSecret { replicas: vec![replica_under("ap-south-1", &embedded)], keys: with(&fake), ..replication(&[]) };
    place.replicate(&to_embedded).expect("replicated");
    fake.take_calls();
    let only = RewrapSecret { region: Some(region("eu-west-1")), ..rewrap(with(&fake)) };
    place.vault.rewrap_secret(&mut place.session(), &only).expect("rewrapped");
    assert_eq!(uses(&fake), ["Encrypt eu-west-1"], "the keystore's key opened the bundle for ap-south-1");
}
