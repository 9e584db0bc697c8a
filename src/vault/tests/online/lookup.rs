//! Which key a name means with AWS KMS at hand, and that every Region needs one.

use super::*;
use crate::kms::{
    ImportPublicKeys, KmsPublicKey, PublicKeyFile,
    key_choice::{KeyOrigin, KeyPurpose},
};

const EMBEDDED: &str = "embedded:alias/aws/secretsmanager";

/// Imports a key's public part, with no alias.
fn import(place: &Place, fake: &FakeKms, key: &KeyArn) {
    let answer = fake.kms.get_public_key(key.region(), key.key_id()).expect("asymmetric");
    let key = KmsPublicKey::from_answer(&serde_json::to_string(&answer).expect("JSON")).expect("an answer");
    let request = ImportPublicKeys { files: vec![(String::new(), PublicKeyFile::Key(key))], ..ImportPublicKeys::default() };
    place.keys(|kms| kms.import_public_keys(&request).expect("imported"));
}

#[test]
fn every_region_needs_a_key_and_all_are_listed() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    let nothing = request("db", &["us-east-1", "eu-west-1"]);
    let parts = ["3 Regions have problems", "us-west-2: no key is named", "us-east-1: no key", "eu-west-1: no key"];
    assert_refused(place.create_with(&with(&fake), &nothing), ErrorCode::InvalidParameterException, &parts);
    // No later try would find one.
    let partial = CreateSecret { on_problem: OnProblem::RecordFailed, kms_key_id: Some(keys[0].to_string()), ..nothing };
    assert_refused(place.create_with(&with(&fake), &partial), ErrorCode::InvalidParameterException, &["us-east-1: no key"]);
    let alias_arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/secretsmanager");
    let refused = place.create_with(&with(&fake), &under(&["alias/aws/secretsmanager".to_owned(), alias_arn, keys[2].to_string()]));
    assert_refused(
        refused,
        ErrorCode::AccessDeniedException,
        &[
            "us-west-2: AccessDeniedException: alias/aws/secretsmanager",
            "us-east-1: AccessDeniedException: alias/aws",
            "for Secrets Manager itself",
        ],
    );
    assert!(uses(&fake).is_empty() && is_empty(&place));
    // Said outright, the embedded default key is one as any other.
    let both = under(&[EMBEDDED.to_owned(), keys[1].to_string(), keys[2].to_string()]);
    place.create_with(&with(&fake), &both).expect("created");
    assert_eq!(uses(&fake), ["Encrypt eu-west-1", "Encrypt us-east-1"]);
    assert_eq!(get(&place, &with(&fake), "us-west-2").expect("opens"), "top");
    assert!(fake.take_calls().is_empty());
}

#[test]
fn a_default_key_of_aws_is_kept_by_its_arn() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    for key in &keys {
        place.keys(|kms| kms.set_default_key_in_aws(key).expect("set"));
    }
    assert_eq!(place.kms().chosen_default_key(region("eu-west-1")), Some(keys[2].clone()), "read again");
    place.create_with(&with(&fake), &request("db", &["us-east-1", "eu-west-1"])).expect("created");
    assert_eq!(uses(&fake), ["Encrypt eu-west-1", "Encrypt us-east-1", "GenerateDataKey us-west-2"]);
    let offline = place.create(&request("offline", &[]));
    assert_refused(offline, ErrorCode::NotFoundException, &["is one in AWS KMS"]);
    place.make_key("eu-west-1");
    let export = place.kms().export(&[region("eu-west-1")]).expect("exported");
    assert_eq!(export.chosen_default_key(region("eu-west-1")), Some(keys[2].clone()));
    let mut kms = place.kms();
    kms.set_default_key(region("eu-west-1"), DEFAULT_KEY_ALIAS).expect("taken back");
    assert_eq!(kms.chosen_default_key(region("eu-west-1")), None);
}

#[test]
fn an_embedded_key_has_to_be_written_out() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    let id = place.make_key("us-east-1");
    let mut named = arns(&keys);
    named[1].clone_from(&id);
    let parts = ["us-east-1: its key is an embedded one", "with AWS KMS that has to be said"];
    assert_refused(place.create_with(&with(&fake), &under(&named)), ErrorCode::InvalidParameterException, &parts);
    assert!(uses(&fake).is_empty());
    named[1] = format!("embedded:{id}");
    place.create_with(&with(&fake), &under(&named)).expect("created");
}

#[test]
fn a_name_that_fits_twice_is_refused() {
    let (fake, keys) = three_keys();
    let (fake, place) = (Arc::new(fake), Place::new());
    let id = place.make_key("us-west-2");
    place.keys(|kms| kms.create_alias(region("us-west-2"), "alias/app", &id).expect("made"));
    let kms = place.kms();
    let options = with(&fake);
    let find = |name: &str| options.known(&kms).find(region("us-west-2"), name, KeyPurpose::Wrap);
    let here = kms.resolve(region("us-west-2"), &id).expect("there").to_string();
    let parts = [here.as_str(), &keys[0].to_string()];
    assert_refused(find("alias/app"), ErrorCode::ValidationException, &parts);
    let found = |name: &str| find(name).map(|found| (found.arn.to_string(), found.origin)).expect("found");
    assert_eq!(found("embedded:alias/app"), (here.clone(), KeyOrigin::WrittenOut));
    assert_eq!(found(keys[0].key_id()), (keys[0].to_string(), KeyOrigin::Aws { spec: Some(KeySpec::SymmetricDefault) }));
    // Whether AWS has the alias too is not known where it does not say.
    fake.take_calls();
    *fake.describing.lock().expect("whole") = Some(FakeRefusal::Denied);
    assert_refused(find("alias/app"), ErrorCode::AccessDeniedException, &["DescribeKey"]);
    fake.take_calls();
    assert_eq!(found(&keys[0].to_string()), (keys[0].to_string(), KeyOrigin::Aws { spec: None }), "an ARN is one key's");
    fake.take_calls();
    assert_eq!(found(&id), (here, KeyOrigin::Embedded));
    assert!(find("no key at all").is_err() && fake.take_calls().is_empty(), "what is no name is not asked for");
    assert_refused(find(&keys[1].to_string()), ErrorCode::NotFoundException, &["Invalid arn us-east-1"]);
}

#[test]
fn what_aws_would_not_wrap_under_is_told_before_anything_is_wrapped() {
    let unfit = [
        ("RSA_2048", "SIGN_VERIFY"),
        ("ECC_NIST_P256", "SIGN_VERIFY"),
        ("ECC_SECG_P256K1", "SIGN_VERIFY"),
        ("ML_DSA_65", "SIGN_VERIFY"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
        ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE"),
        ("RSA_2048", "KEY_AGREEMENT"),
        ("ECC_NIST_P256", "ENCRYPT_DECRYPT"),
        ("SM2", "ENCRYPT_DECRYPT"),
    ];
    for (spec, usage) in unfit {
        let mut fake = FakeKms::new();
        let keys: Vec<_> = REGIONS.map(|region| fake.make(region, KeySpec::default())).to_vec();
        fake.kms.disable_key(region("us-east-1"), keys[1].key_id()).expect("disabled");
        fake.described_as.insert(keys[0].clone(), (spec, usage));
        fake.described_as.insert(keys[2].clone(), (spec, usage));
        let (fake, place) = (Arc::new(fake), Place::new());
        let told = |region: &str, key: &KeyArn| format!("{region}: InvalidKeyUsageException: {key} is {spec}, for {usage}: no data key");
        let parts = [told("us-west-2", &keys[0]), "us-east-1: ".to_owned(), "is disabled".to_owned(), told("eu-west-1", &keys[2])];
        // By ARN and by id.
        for named in [arns(&keys), keys.iter().map(|key| key.key_id().to_owned()).collect()] {
            let refused = place.create_with(&with(&fake), &under(&named));
            assert_refused(refused, ErrorCode::InvalidKeyUsageException, &parts.each_ref().map(String::as_str));
            let described = REGIONS.map(|region| format!("DescribeKey {region}"));
            assert!(is_empty(&place) && fake.take_calls().iter().all(|call| described.contains(call)));
        }
    }
}

#[test]
fn an_imported_key_is_the_one_in_aws_and_wraps_without_a_call() {
    let mut fake = FakeKms::new();
    let rsa = fake.make("us-west-2", KeySpec::Rsa2048);
    fake.kms.create_alias(rsa.region(), "alias/app", rsa.key_id()).expect("made");
    let (fake, place) = (Arc::new(fake), Place::new());
    import(&place, &fake, &rsa);
    let under = |name: &str, key: &str| CreateSecret { kms_key_id: Some(key.to_owned()), ..request(name, &[]) };
    place.create_with(&with(&fake), &under("db", &rsa.to_string())).expect("created");
    place.create_with(&with(&fake), &under("by-id", rsa.key_id())).expect("created");
    assert!(fake.take_calls().is_empty());
    place.create_with(&with(&fake), &under("by-alias", "alias/app")).expect("the alias in AWS is of the same key");
    assert_eq!(fake.take_calls(), ["DescribeKey us-west-2"]);
    assert_eq!(get(&place, &with(&fake), "us-west-2").expect("opens"), "top");
    assert_eq!(fake.take_calls(), ["Decrypt us-west-2"]);
}
