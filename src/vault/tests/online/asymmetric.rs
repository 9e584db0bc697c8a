//! RSA and elliptic curve keys in AWS KMS of which no public part was imported.

use super::*;

/// An RSA key, a symmetric key and a key on a curve, in the three Regions.
fn mixed() -> (Arc<FakeKms>, Vec<KeyArn>) {
    let mut fake = FakeKms::new();
    let specs = [KeySpec::Rsa2048, KeySpec::SymmetricDefault, KeySpec::EccNistP384];
    let keys = REGIONS.iter().zip(specs).map(|(region, spec)| fake.make(region, spec)).collect();
    (Arc::new(fake), keys)
}

fn all_open(place: &Place, fake: &Arc<FakeKms>) {
    fake.take_calls();
    for (region, call) in REGIONS.iter().zip(["Decrypt us-west-2", "Decrypt us-east-1", "DeriveSharedSecret eu-west-1"]) {
        assert_eq!(get(place, &with(fake), region).expect("opens"), "top");
        assert_eq!(fake.take_calls(), [call]);
    }
}

#[test]
fn each_key_makes_the_data_key_of_its_kind() {
    let (fake, keys) = mixed();
    let place = Place::new();
    let change = place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    assert_eq!(uses(&fake), ["Encrypt us-east-1", "GetPublicKey eu-west-1", "GetPublicKey us-west-2"], "the RSA key makes no data key");
    for (region, provider) in REGIONS.iter().zip(["aws-kms-rsa", "aws-kms", "raw-ecdh"]) {
        assert_eq!(place.provider(region), provider);
    }
    assert!(change.bundles.iter().all(|bundle| bundle.opens_here) && change.public_only.is_empty());
    all_open(&place, &fake);
    let options = VerifyOptions { kms: Some(&place.kms()), keys: Some(&with(&fake)), ..VerifyOptions::default() };
    let report = verify_paths(&[place.vault.root().to_owned()], options).expect("verified");
    assert_eq!((report.open.expect("counted").opened, report.is_sound()), (3, true));
}

#[test]
fn the_first_region_may_have_any_kind_and_keys_go_from_one_to_another() {
    let (fake, keys) = mixed();
    let place = Place::new();
    // An elliptic curve key first.
    let on_curve = CreateSecret { kms_key_id: Some(keys[2].to_string()), region: region("eu-west-1"), ..request("db", &[]) };
    place.create_with(&with(&fake), &on_curve).expect("created");
    assert_eq!(fake.take_calls(), ["DescribeKey eu-west-1", "GetPublicKey eu-west-1"]);
    let replicas = [replica_under("us-west-2", &keys[0].to_string()), replica_under("us-east-1", &keys[1].to_string())];
    place.replicate(&ReplicateSecret { replicas: replicas.to_vec(), keys: with(&fake), ..replication(&[]) }).expect("replicated");
    assert_eq!(uses(&fake), ["DeriveSharedSecret eu-west-1", "Encrypt us-east-1", "GetPublicKey us-west-2"]);
    all_open(&place, &fake);
    place.vault.rewrap_secret(&mut place.session(), &RewrapSecret { keys: with(&fake), ..RewrapSecret::new("db") }).expect("rewrapped");
    all_open(&place, &fake);
    place.assert_clean();
}

#[test]
fn a_public_part_is_fetched_once_for_many_secrets() {
    let (fake, keys) = mixed();
    let place = Place::new();
    let keys = arns(&keys);
    let requests: Vec<_> = ["a", "b", "c"].map(|name| CreateSecret { name: name.to_owned(), ..under(&keys) }).into();
    let options = with(&fake);
    let mut session = place.session();
    let mut batch = place.vault.create_secrets(&mut session, &options).expect("begun");
    requests.iter().for_each(|request| batch.check(request).expect("in order"));
    let entries = batch.begin(std::num::NonZeroUsize::MIN).expect("begun").write(requests).expect("written");
    assert!(entries.iter().all(|entry| matches!(entry.status, BatchStatus::Created)));
    let calls = fake.take_calls();
    let count = |operation: &str| calls.iter().filter(|call| call.starts_with(operation)).count();
    assert_eq!((count("DescribeKey"), count("GetPublicKey"), count("Encrypt"), calls.len()), (3, 2, 3, 8), "{calls:?}");
}

#[test]
fn no_signed_bundle_is_sealed_under_an_rsa_key() {
    let (fake, keys) = mixed();
    let place = Place::new();
    let signed = CreateSecret { suite: AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384, ..under(&arns(&keys)) };
    let parts = ["us-west-2: ", "no AWS Encryption SDK opens a signed message under", &keys[0].to_string()];
    assert_refused(place.create_with(&with(&fake), &signed), ErrorCode::InvalidKeyUsageException, &parts);
    assert!(is_empty(&place) && fake.take_calls().iter().all(|call| !call.starts_with("Encrypt")));
}

/// The pair of an EDK of `aws-kms` and one that names a point.
#[test]
fn what_another_sdk_refuses_is_known_of_keys_in_aws_too() {
    let (fake, keys) = mixed();
    let place = Place::new();
    let recovery_keys = vec![RecoveryKey::Kms(keys[2].clone())];
    let options = KeyOptions { recovery_keys, ..with(&fake) };
    let kms = EmbeddedKms::new(ACCOUNT.parse().expect("an account")).expect("made");
    assert!(!options.is_refused_by_discovery(&kms, &keys[0]), "nothing is known, and nothing asked");
    assert!(fake.take_calls().is_empty());
    place.create_with(&options, &under(&arns(&keys))).expect("created");
    let refused: Vec<_> = keys.iter().map(|key| options.is_refused_by_discovery(&kms, key)).collect();
    assert_eq!(refused, [false, true, false]);
}

/// Who may not describe keys goes on with symmetric ones, as their ARN is enough.
#[test]
fn a_caller_who_may_not_describe_a_key_wraps_under_its_arn() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    *fake.describing.lock().expect("whole") = Some(FakeRefusal::Denied);
    place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
    assert_eq!(get(&place, &with(&fake), "us-west-2").expect("opens"), "top");
    let by_alias = CreateSecret { name: "second".to_owned(), ..under(&["alias/app"; 3].map(str::to_owned)) };
    assert_refused(place.create_with(&with(&fake), &by_alias), ErrorCode::AccessDeniedException, &["us-west-2: ", "DescribeKey"]);
    // AWS KMS itself refuses what does not fit.
    let (fake, keys) = mixed();
    let place = Place::new();
    *fake.describing.lock().expect("whole") = Some(FakeRefusal::Denied);
    let refused = place.create_with(&with(&fake), &under(&arns(&keys)));
    assert_refused(refused, ErrorCode::InvalidKeyUsageException, &["asymmetric CMK"]);
    assert!(is_empty(&place));
}

/// What AWS KMS does not answer of a key is a Region's failure like others, which a retry mends.
#[test]
fn a_key_that_cannot_be_described_is_its_regions_failure() {
    let (fake, keys) = mixed();
    for (refusal, code, part) in [
        (FakeRefusal::Throttled, ErrorCode::ThrottlingException, "DescribeKey: Rate exceeded"),
        (FakeRefusal::NoAnswer, ErrorCode::EncryptionFailure, "DescribeKey: connection refused"),
    ] {
        *fake.describing.lock().expect("whole") = Some(refusal);
        let place = Place::new();
        let refused = place.create_with(&with(&fake), &under(&arns(&keys)));
        assert_refused(refused, code, &["us-west-2: ", "us-east-1: ", "eu-west-1: ", part]);
        assert!(is_empty(&place));
    }
    *fake.describing.lock().expect("whole") = None;
    let place = Place::new();
    place.create_with(&with(&fake), &under(&arns(&keys))).expect("created");
}
