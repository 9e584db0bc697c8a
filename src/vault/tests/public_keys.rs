//! Secrets under imported public keys: packed here, opened where the private keys are.

use super::*;
use crate::{
    arn::KeyArn,
    crypto::SystemRandom,
    format::EncryptionContext,
    keyring::{Keyring as _, RawAesKeyring, Unwrapped},
    kms::{CreateKey, ImportPublicKeys, KeySpec, KmsPublicKey, PublicKeyFile},
};

const EAST: &str = "us-east-1";
const EUROPE: &str = "eu-west-1";

/// What plays AWS: a KMS with private keys in us-east-1 (RSA) and eu-west-1 (P-384).
fn aws() -> (EmbeddedKms, KeyArn, KeyArn) {
    let mut kms = EmbeddedKms::new("111122223333".parse().expect("an account")).expect("random bytes");
    let [east, europe] = [(EAST, KeySpec::Rsa2048), (EUROPE, KeySpec::EccNistP384)].map(|(place, key_spec)| {
        let request = CreateKey { key_spec, key_usage: Some(key_spec.usage()), ..CreateKey::default() };
        kms.create_key_with(region(place), request).expect("made").arn
    });
    (kms, east, europe)
}

/// Imports what `aws kms get-public-key` prints into the keystore of a place.
fn import(place: &Place, aws: &EmbeddedKms, keys: &[&KeyArn]) {
    let answer = |key: &&KeyArn| {
        let answer = aws.get_public_key(key.region(), key.key_id()).expect("asymmetric");
        let key = KmsPublicKey::from_answer(&serde_json::to_string(&answer).expect("JSON")).expect("an answer");
        (String::new(), PublicKeyFile::Key(key))
    };
    let request = ImportPublicKeys { files: keys.iter().map(answer).collect(), ..ImportPublicKeys::default() };
    place.keys(|kms| kms.import_public_keys(&request).expect("imported"));
}

fn imported() -> (Place, EmbeddedKms, KeyArn, KeyArn) {
    let (place, (aws, east, europe)) = (Place::new(), aws());
    import(&place, &aws, &[&east, &europe]);
    (place, aws, east, europe)
}

/// `db` in us-east-1 and eu-west-1 under the imported keys.
fn under_imported(east: &KeyArn, europe: &KeyArn) -> CreateSecret {
    CreateSecret {
        region: region(EAST),
        kms_key_id: Some(east.to_string()),
        replicas: vec![replica_under(EUROPE, europe.key_id())],
        ..request("db", &[])
    }
}

fn recovery_key() -> RawAesKeyring {
    RawAesKeyring::new("home", "safe", &SecretBytes::new(vec![7; 32])).expect("a key")
}

fn with_recovery() -> KeyOptions {
    KeyOptions { recovery_keys: vec![RecoveryKey::Keyring(Box::new(recovery_key()))], ..KeyOptions::default() }
}

#[test]
fn public_keys_pack_and_private_keys_open() {
    let (place, aws, east, europe) = imported();
    let change = place.create(&under_imported(&east, &europe)).expect("created");
    assert_eq!(change.arn.account().as_str(), "111122223333", "of the primary wrapping key");
    assert!(change.bundles.iter().all(|bundle| !bundle.opens_here));
    assert_eq!(change.public_only, [region(EUROPE), region(EAST)]);
    for place_name in [EAST, EUROPE] {
        let parts = ["for AWS KMS alone", "the bundles for"];
        assert_refused(place.get("db", Some(place_name)), ErrorCode::DecryptionFailure, &parts);
        let opened = place.vault.get_secret_value(&aws, "db", Some(region(place_name)), &VersionSelector::default()).expect("opens");
        assert_eq!(opened.value.expose(), b"top");
    }
    place.assert_clean();
    let counts = |kms: &EmbeddedKms| {
        verify_paths(&[place.vault.root().to_owned()], VerifyOptions { kms: Some(kms), ..VerifyOptions::default() })
            .expect("verifies")
            .open
            .expect("counted")
    };
    assert_eq!((counts(&place.kms()).not_openable_here, counts(&aws).opened), (2, 2));
    // The token makes a repetition harmless, without opening anything.
    let tokened =
        || CreateSecret { client_request_token: Some("t".repeat(32)), name: "token".to_owned(), ..under_imported(&east, &europe) };
    place.create(&tokened()).expect("created");
    place.create(&tokened()).expect("the same");
    let other = CreateSecret { value: Some(text("other")), ..tokened() };
    assert_refused(place.create(&other), ErrorCode::ResourceExistsException, &["already in use"]);
}

#[test]
fn the_record_names_every_encrypted_data_key() {
    let (place, _, east, europe) = imported();
    place.create_with(&with_recovery(), &under_imported(&east, &europe)).expect("created");
    let record = place.record(EAST, "db");
    let names: Vec<Vec<String>> =
        record.versions[0].bundles.iter().map(|bundle| bundle.encrypted_data_keys.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(names[0], [format!("aws-kms-rsa {east}"), "home safe".to_owned()]);
    assert!(names[1][0].starts_with("raw-ecdh recipient ") && names[1][1] == "home safe", "{names:?}");
    place.assert_clean();
    let mut changed = record.clone();
    changed.versions[0].bundles[1].encrypted_data_keys.swap(0, 1);
    place.write_record(&changed);
    assert!(place.verify().faults.iter().any(|fault| fault.message.contains("not wrapped under the keys on record")));
    changed = record;
    changed.versions[0].bundles[0].encrypted_data_keys.pop();
    place.write_record(&changed);
    assert!(place.verify().faults.iter().any(|fault| fault.message.contains("not wrapped under the keys on record")));
}

#[test]
fn one_imported_key_makes_every_region_need_a_key() {
    let (place, _, east, europe) = imported();
    let embedded = place.make_key("us-west-2");
    let both = |primary: Option<&str>, replica: Option<&str>| CreateSecret {
        region: region("us-west-2"),
        kms_key_id: primary.map(str::to_owned),
        replicas: vec![ReplicaRegion { region: EUROPE.to_owned(), kms_key_id: replica.map(str::to_owned) }],
        ..request("db", &[])
    };
    let before = place.snapshot();
    for (primary, parts) in [
        (None, &["us-west-2: no key is named"][..]),
        (Some("alias/aws/secretsmanager"), &["us-west-2: no key is named"]),
        (Some(embedded.as_str()), &["us-west-2: its key is an embedded one"]),
    ] {
        assert_refused(place.create(&both(primary, Some(europe.key_id()))), ErrorCode::InvalidParameterException, parts);
        let partial = CreateSecret { on_problem: OnProblem::RecordFailed, ..both(primary, Some(europe.key_id())) };
        assert_refused(place.create(&partial), ErrorCode::InvalidParameterException, parts);
    }
    // All Regions are listed, and an imported primary makes the replicas need theirs.
    let three = CreateSecret { replicas: replicas(&["us-west-2", EUROPE]), ..under_imported(&east, &europe) };
    assert_refused(place.create(&three), ErrorCode::InvalidParameterException, &["2 Regions", "us-west-2: no key", "eu-west-1: no key"]);
    // A default key of the user's that is embedded was not written out either.
    place.keys(|kms| kms.set_default_key(region("us-west-2"), &embedded).expect("set"));
    assert_refused(
        place.create(&both(None, Some(europe.key_id()))),
        ErrorCode::InvalidParameterException,
        &["us-west-2: its key is an embedded"],
    );
    let changed: Vec<_> = place.snapshot().into_iter().filter(|(path, _)| !before.contains_key(path)).collect();
    assert!(changed.is_empty(), "only the keystore was written: {changed:?}");

    place.create(&both(Some(&format!("embedded:{embedded}")), Some(europe.key_id()))).expect("written out");
    place.keys(|kms| kms.set_default_key(region(EUROPE), europe.key_id()).expect("set"));
    let change = place.create(&CreateSecret { name: "by-default".to_owned(), ..both(Some(&format!("embedded:{embedded}")), None) });
    assert_eq!(change.expect("created").bundles[1].kms_key_id, europe.to_string());
    place.create(&request("embedded", &["us-east-2"])).expect("no imported key: the default is made");
}

#[test]
fn what_needs_the_data_key_fails_before_it_changes_anything() {
    let (place, _, east, europe) = imported();
    place.create(&under_imported(&east, &europe)).expect("created");
    let embedded = place.make_key("us-west-2");
    let before = place.snapshot();
    let to_west = || ReplicateSecret { replicas: vec![replica_under("us-west-2", &format!("embedded:{embedded}"))], ..replication(&[]) };
    assert_refused(place.replicate(&to_west()), ErrorCode::DecryptionFailure, &["for AWS KMS alone"]);
    let no_key = ReplicateSecret { replicas: replicas(&["us-west-2"]), ..replication(&[]) };
    assert_refused(place.replicate(&no_key), ErrorCode::InvalidParameterException, &["us-west-2: no key is named"]);
    let rewrap = RewrapSecret::new("db");
    assert_refused(place.vault.rewrap_secret(&mut place.session(), &rewrap), ErrorCode::DecryptionFailure, &["for AWS KMS alone"]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn any_regions_bundle_that_opens_serves_the_others() {
    let (place, aws, east, _) = imported();
    place.create(&request("db", &[])).expect("in us-west-2, embedded");
    let to_east = ReplicateSecret { replicas: vec![replica_under(EAST, &east.to_string())], ..replication(&[]) };
    let change = place.replicate(&to_east).expect("replicated");
    assert_eq!(change.public_only, [region(EAST)]);
    let opened = place.vault.get_secret_value(&aws, "db", Some(region(EAST)), &VersionSelector::default()).expect("opens");
    assert_eq!(opened.value.expose(), b"top");
    // Each bundle anew under the keys on record, from the one that opens.
    let rewrap = RewrapSecret::new("db");
    place.vault.rewrap_secret(&mut place.session(), &rewrap).expect("rewrapped");
    place.vault.get_secret_value(&aws, "db", Some(region(EAST)), &VersionSelector::default()).expect("opens");
    place.assert_clean();
    // Nobody here can unwrap the bundle for us-east-1, and the data key that it shares tells that it is authentic, and under which key.
    let mut record = SecretRecord { record_tag: None, ..place.record("us-west-2", "db") };
    record.replication_status[0].kms_key_id = "alias/none".to_owned();
    place.forge_record(&record);
    let change = place.vault.rewrap_secret(&mut place.session(), &rewrap).expect("rewrapped");
    assert_eq!(change.not_followed, [(region(EAST), "alias/none".to_owned())]);
    place.vault.get_secret_value(&aws, "db", Some(region(EAST)), &VersionSelector::default()).expect("opens");
}

#[test]
fn a_recovery_key_opens_where_the_private_key_is_not() {
    let (place, aws, east, europe) = imported();
    let change = place.create_with(&with_recovery(), &under_imported(&east, &europe)).expect("created");
    assert!(change.bundles.iter().all(|bundle| !bundle.opens_here), "the keystore has no key of it");
    assert_eq!((change.public_only, change.recovery_only), (vec![], vec![region(EUROPE), region(EAST)]));
    for place_name in [EAST, EUROPE] {
        let opened = place.vault.get_secret_value_with(&[&recovery_key()], "db", Some(region(place_name)), &VersionSelector::default());
        assert_eq!(opened.expect("opens").value.expose(), b"top");
        place.vault.get_secret_value(&aws, "db", Some(region(place_name)), &VersionSelector::default()).expect("opens in AWS too");
    }
    let embedded = place.make_key("us-west-2");
    let to_west = |keys: KeyOptions| ReplicateSecret {
        replicas: vec![replica_under("us-west-2", &format!("embedded:{embedded}"))],
        keys,
        ..replication(&[])
    };
    let opening = KeyOptions { open_with: vec![Box::new(recovery_key())], ..KeyOptions::default() };
    let refused = place.replicate(&to_west(opening));
    assert_refused(refused, ErrorCode::InvalidParameterException, &["us-west-2", "would not open with home safe"]);
    place.replicate(&to_west(with_recovery())).expect("opened with the recovery key");
    let rewrap = |keys: KeyOptions| RewrapSecret {
        secret_id: "db".to_owned(),
        region: Some(region(EUROPE)),
        to_key: None,
        suite: None,
        accept_record: false,
        keys,
    };
    let kept = place.vault.rewrap_secret(&mut place.session(), &rewrap(with_recovery())).expect("rewrapped");
    assert!(kept.lost_keys.is_empty());
    // Out of AWS only when that is said.
    let to = |key: String| RewrapSecret { region: Some(region("us-west-2")), to_key: Some(key), ..rewrap(KeyOptions::default()) };
    let refused = place.vault.rewrap_secret(&mut place.session(), &to(embedded.clone()));
    assert_refused(refused, ErrorCode::InvalidParameterException, &["us-west-2: its key is an embedded one"]);
    place.vault.rewrap_secret(&mut place.session(), &to(format!("embedded:{embedded}"))).expect("written out");
    let lost = place.vault.rewrap_secret(&mut place.session(), &rewrap(KeyOptions::default())).expect("from us-west-2's bundle");
    assert_eq!(lost.lost_keys, ["home safe"]);
    assert!(place.vault.get_secret_value_with(&[&recovery_key()], "db", Some(region(EUROPE)), &VersionSelector::default()).is_err());
    place.assert_clean();
}

#[test]
fn a_recovery_key_of_the_keystore_opens_here() {
    let (place, _, east, europe) = imported();
    let key = place.make_key("us-west-2");
    let kms = place.kms();
    let recovery = kms.resolve(region("us-west-2"), &key).expect("there");
    let keys = || KeyOptions { recovery_keys: vec![RecoveryKey::Kms(recovery.clone())], ..KeyOptions::default() };
    let change = place.create_with(&keys(), &under_imported(&east, &europe)).expect("created");
    assert!(change.bundles.iter().all(|bundle| bundle.opens_here) && change.public_only.is_empty());
    assert_eq!(place.get("db", Some(EUROPE)).expect("opens").value.expose(), b"top");
    assert_eq!(place.verify_open().open.expect("counted").opened, 2);
    // The material providers' discovery keyring would refuse an `aws-kms` EDK besides the ECDH one, and not besides that of RSA.
    assert!(keys().is_refused_by_discovery(&kms, &europe) && !keys().is_refused_by_discovery(&kms, &east));
    assert!(with_recovery().is_refused_by_discovery(&kms, &recovery) && !with_recovery().is_refused_by_discovery(&kms, &east));
}

/// An EDK is bound to its context even where only the public key made it.
#[test]
fn either_algorithm_of_rsa_can_be_asked_for() {
    use crate::keyring::{AwsKmsDiscoveryKeyring, RsaEncryptionAlgorithm};
    let (place, aws, east, _) = imported();
    let kms = place.kms();
    let context: EncryptionContext = [("a", "b")].into_iter().collect();
    for algorithm in [RsaEncryptionAlgorithm::RsaesOaepSha1, RsaEncryptionAlgorithm::RsaesOaepSha256] {
        let keyring = kms.keyring_with(east.clone(), algorithm);
        let (data_key, edk) = keyring.generate(&context, &SystemRandom).expect("wraps");
        let opener = AwsKmsDiscoveryKeyring::new(&aws);
        let Unwrapped::DataKey(opened) = opener.unwrap(&edk, &context) else { panic!("unwraps") };
        assert_eq!(opened.expose(), data_key.expose());
        assert!(matches!(opener.unwrap(&edk, &EncryptionContext::new()), Unwrapped::DoesNotUnwrap));
        let Unwrapped::Failed(why) = AwsKmsDiscoveryKeyring::new(&kms).unwrap(&edk, &context) else { panic!("public only") };
        assert!(why.to_string().contains("for AWS KMS alone"), "{why}");
    }
}

/// What AWS is asked depends on the kind of a key: the keystore knows it, or a bundle; else it is assumed, and that is told.
#[test]
fn permissions_are_those_of_the_kind_of_key() {
    let (place, _, east, europe) = imported();
    place.create(&request("plain", &[EAST, EUROPE])).expect("created");
    place.create(&under_imported(&east, &europe)).expect("created");
    let asked = |kms: Option<&EmbeddedKms>, role: PermissionRole, secret: &str, key: &KeyArn| {
        let request = PermissionsRequest {
            region: Some(key.region()),
            keys: vec![key.clone()],
            ..PermissionsRequest::new(role, vec![secret.to_owned()])
        };
        place.vault.permissions(kms, &request).expect("some")
    };
    let kms = place.kms();
    for (kms, secret, key, action, is_known) in [
        (Some(&kms), "plain", &east, "kms:Decrypt", true),
        (Some(&kms), "plain", &europe, "kms:DeriveSharedSecret", true),
        (None, "db", &east, "kms:Decrypt", true),
        (None, "db", &europe, "kms:DeriveSharedSecret", true),
        (None, "plain", &east, "kms:Decrypt", false),
        (None, "plain", &europe, "kms:Decrypt", false),
    ] {
        let permissions = asked(kms, PermissionRole::Opener, secret, key);
        let [statement] = &permissions.policy_document.statement[..] else { panic!("{permissions:?}") };
        assert_eq!((&statement.action[..], statement.condition.is_empty()), (&[action][..], is_known), "{secret} {key}");
        assert_eq!(permissions.assumed_symmetric.is_empty(), is_known, "{secret} {key}");
    }
    let publisher = asked(Some(&kms), PermissionRole::Publisher, "plain", &east);
    assert_eq!(
        publisher.left_out.iter().map(|left_out| &left_out.why).collect::<Vec<_>>(),
        [&WhyLeftOut::NotForSecretsManager(east.clone())]
    );
    assert!(publisher.key_policy_statements.is_empty());
}

/// Somebody named an embedded key where keys of AWS are meant.
#[test]
fn no_policy_in_aws_is_for_an_embedded_key() {
    let place = Place::with_secret(&[EAST]);
    let key: KeyArn = format!("arn:aws:kms:{EAST}:000000000000:key/{}", place.make_key(EAST)).parse().expect("an ARN");
    let asked = PermissionsRequest {
        region: Some(region(EAST)),
        keys: vec![key],
        ..PermissionsRequest::new(PermissionRole::Opener, vec!["db".to_owned()])
    };
    assert_refused(place.vault.permissions(Some(&place.kms()), &asked), ErrorCode::InvalidRequestException, &["nothing to allow"]);
}

#[test]
fn an_inventory_has_each_bundle_and_each_key_once() {
    let (place, _, east, europe) = imported();
    place.create_with(&with_recovery(), &under_imported(&east, &europe)).expect("created");
    place.create(&request("late", &[])).expect("created");
    let kms = place.kms();
    let inventory = |kms, asked: Option<&str>| place.vault.inventory(kms, &KeyOptions::default(), asked.map(region)).expect("listed");
    let all = inventory(Some(&kms), None);
    let names: Vec<&str> = all.secrets.iter().map(|secret| secret.status.name.as_str()).collect();
    assert_eq!(names, ["db", "late"]);
    let kinds: Vec<_> = all.keys.iter().map(|key| (key.name.clone(), key.kind.clone(), key.is_here)).collect();
    let symmetric = place.record("us-west-2", "late").versions[0].bundles[0].kms_key_id.clone();
    let expected = [
        (symmetric, OpeningKeyKind::Symmetric, Some(true)),
        (europe.to_string(), OpeningKeyKind::EllipticCurve, Some(false)),
        (east.to_string(), OpeningKeyKind::Rsa, Some(false)),
        ("safe".to_owned(), OpeningKeyKind::Raw("home".to_owned()), Some(false)),
    ];
    assert_eq!(kinds.len(), expected.len());
    assert!(expected.iter().all(|key| kinds.contains(key)), "{kinds:?}");
    assert!(kinds.is_sorted_by_key(|(name, ..)| name));
    let record = place.record(EAST, "db");
    for (bundle, on_record) in all.secrets[0].bundles.iter().zip(&record.versions[0].bundles) {
        let keys: Vec<&str> = bundle.keys.iter().map(|key| all.keys[*key].name.as_str()).collect();
        assert_eq!(keys, [on_record.kms_key_id.as_str(), "safe"]);
        assert_eq!((bundle.region, bundle.size, &bundle.sha256), (on_record.region, on_record.size, &on_record.sha256));
        let path = place.vault.root().join(all.place_in_vault(&all.secrets[0], bundle));
        assert_eq!(fs::metadata(path).expect("there").len(), bundle.size);
    }
    assert_eq!(all.place_of(&all.secrets[0]), place.dir(EAST, "db"));
    let of_europe = inventory(None, Some(EUROPE));
    assert_eq!((of_europe.secrets.len(), of_europe.secrets[0].bundles.len(), of_europe.keys.len()), (1, 1, 2));
    assert!(of_europe.keys.iter().all(|key| key.is_here.is_none()));
    fs::write(place.dir("us-west-2", "late").join("secret.json"), "{").expect("written");
    let damaged = inventory(None, None);
    assert_eq!((damaged.secrets.len(), damaged.faults.len()), (1, 1));
}
