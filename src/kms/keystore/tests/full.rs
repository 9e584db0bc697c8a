//! Committed keystores with every member that format 1 has: each later version has to open them.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;
use crate::kms::{Clock, KeySpec, KeyState};

const KEYSTORE: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-full.json");
const KEY: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-full.key");
const CIPHERTEXTS: &str = include_str!("../../../../tests/data/keystore-v1-full.ciphertexts.json");

/// A keystore with an asymmetric key of each key spec, made once by an independent implementation of the layout (Python, `cryptography`).
const ASYMMETRIC: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-asymmetric.json");
const ASYMMETRIC_KEY: &[u8] = include_bytes!("../../../../tests/data/keystore-v1-asymmetric.key");

fn opened() -> (TempDir, KeystoreLocation, EmbeddedKms) {
    open(KEYSTORE, KEY)
}

fn open(keystore: &[u8], key: &[u8]) -> (TempDir, KeystoreLocation, EmbeddedKms) {
    let (folder, location) = place();
    put(&location.keystore, keystore);
    put(&location.key_file, key);
    let mut kms = location.load(&Never).expect("loads").expect("a keystore");
    kms.clock = Clock::Fixed(kms.last_written().expect("written"));
    (folder, location, kms)
}

#[test]
fn every_member_of_format_1_opens_for_ever() {
    let (_folder, location, mut kms) = opened();
    let cape = Region::new("af-south-1").expect("known");
    let primary = kms.describe_key(west(), "alias/multi").expect("there");
    assert_eq!((&primary.description[..], primary.key_state), ("primary", KeyState::Enabled));
    let replica = kms.describe_key(cape, &primary.key_id).expect("there");
    assert_eq!((&replica.description[..], replica.multi_region), ("replica", true));
    assert_eq!(kms.list_resource_tags(west(), &primary.key_id).expect("lists").len(), 2);
    assert!(kms.key_policy(west(), &primary.key_id, None).expect("shown").starts_with("{\"Version\":\"2012-10-17\""));
    assert_eq!(kms.list_key_rotations(cape, &primary.key_id).expect("lists").len(), 1);
    assert_eq!(kms.key_rotation_status(cape, &primary.key_id).expect("status").rotation_period_in_days, Some(2560));
    assert_eq!(kms.chosen_default_key(west()), Some(primary.arn));
    let states = |region| -> Vec<_> {
        let keys = kms.list_keys(region).expect("lists");
        keys.iter().map(|key| kms.describe_key(region, &key.key_id).expect("there")).map(|key| (key.description, key.key_state)).collect()
    };
    for state in [("pending", KeyState::PendingDeletion), ("waits", KeyState::PendingReplicaDeletion)] {
        assert!(states(west()).contains(&(state.0.to_owned(), state.1)), "{state:?}");
    }
    // Written again, the content is the same to the byte.
    let envelope = Envelope::parse(&location.keystore, KEYSTORE).expect("parses");
    let root_key = unlock::try_unwrap(&envelope, &SecretBytes::new(KEY.to_vec())).expect("tries").expect("unwraps");
    let written = content::to_json(&kms, kms.last_written().expect("written")).expect("JSON");
    assert_eq!(written.expose(), envelope.open(&location.keystore, &root_key).expect("opens").expose());
    parse_content(written.expose()).expect("parses");

    let pending = kms.list_keys(west()).expect("lists").into_iter().map(|key| key.key_id);
    let pending: Vec<_> = pending.filter(|id| kms.cancel_key_deletion(west(), id).is_ok()).collect();
    assert_eq!(pending.len(), 2);
    pending.iter().for_each(|id| kms.enable_key(west(), id).expect("enabled"));
    decrypts_what_was_committed(&kms);
}

fn decrypts_what_was_committed(kms: &EmbeddedKms) {
    let document: serde_json::Value = serde_json::from_str(CIPHERTEXTS).expect("JSON");
    let context: EncryptionContext = [("purpose", "test")].into_iter().collect();
    let entries = document["Ciphertexts"].as_array().expect("a list");
    assert_eq!(entries.len(), 3);
    for entry in entries {
        let text = |member: &str| entry[member].as_str().expect("text");
        let blob = CiphertextBlob(STANDARD.decode(text("CiphertextBlob")).expect("base64"));
        let region = Region::new(text("Region")).expect("known");
        let decrypted = kms.decrypt_in(region, Some(text("KeyId")), &blob, &context).expect("decrypts");
        assert_eq!(decrypted.plaintext.expose(), text("Plaintext").as_bytes());
    }
}

#[test]
fn members_that_break_a_rule_are_refused() {
    let (_folder, _location, kms) = opened();
    let written = content::to_json(&kms, kms.last_written().expect("written")).expect("JSON");
    let json = String::from_utf8(written.expose().to_vec()).expect("text");
    let default_key = kms.chosen_default_key(west()).expect("set");
    let cases = [
        ("\"periodInDays\":2560", "\"periodInDays\":2561"),
        ("\"replicaRegions\":[\"af-south-1\"]", "\"replicaRegions\":[\"af-south-9\"]"),
        ("\"replicaRegions\":[\"af-south-1\"]", "\"replicaRegions\":[\"af-south-1\",\"us-west-2\"]"),
        ("\"replicaRegions\":[\"af-south-1\"]", "\"replicaRegions\":[]"),
        ("\"primaryRegion\":\"us-west-2\"", "\"primaryRegion\":\"eu-west-2\""),
        ("\"stage\":\"test\"", "\"aws:stage\":\"test\""),
        ("2012-10-17", "2013-10-17"),
        ("\"windowInDays\":30", "\"windowInDays\":true"),
        ("ON_DEMAND", "ON_DEMANDS"),
        ("\"state\":\"Disabled\"", "\"state\":\"Enabled\""),
        (&format!("\"defaultKeyId\":\"{}", default_key.key_id()), "\"defaultKeyId\":\"mrk-"),
        ("\"id\":\"mrk-", "\"id\":\"mrj-"),
    ];
    for (from, to) in cases {
        assert!(json.contains(from), "{from}");
        // The first only: a multi-Region key that changes in one of its Regions.
        assert!(matches!(parse_content(json.replacen(from, to, 1).as_bytes()), Err(Error::Damaged { .. })), "{to}");
    }
}

#[test]
fn asymmetric_keys_open_for_ever() {
    let (_folder, location, kms) = open(ASYMMETRIC, ASYMMETRIC_KEY);
    let described = |name: &str| kms.describe_key(west(), &format!("alias/{name}")).expect("there");
    for spec in KeySpec::ALL.into_iter().filter(|spec| spec.is_asymmetric()) {
        assert_eq!((described(spec.name()).key_spec, described(spec.name()).description), (spec, spec.name().to_owned()));
    }
    assert_eq!(described("symmetric").key_spec, KeySpec::SymmetricDefault);
    assert_eq!(kms.chosen_default_key(west()), Some(described("RSA_4096").arn));
    let envelope = Envelope::parse(&location.keystore, ASYMMETRIC).expect("parses");
    let root_key = unlock::try_unwrap(&envelope, &SecretBytes::new(ASYMMETRIC_KEY.to_vec())).expect("tries").expect("unwraps");
    let written = content::to_json(&kms, kms.last_written().expect("written")).expect("JSON");
    assert!(written.expose() == envelope.open(&location.keystore, &root_key).expect("opens").expose(), "the same to the byte");
    parse_content(written.expose()).expect("parses");
}

#[test]
fn key_pairs_that_break_a_rule_are_refused() {
    let (_folder, _location, kms) = open(ASYMMETRIC, ASYMMETRIC_KEY);
    let written = content::to_json(&kms, kms.last_written().expect("written")).expect("JSON");
    let json = String::from_utf8(written.expose().to_vec()).expect("text");
    let material = json.split_once("\"materials\":").and_then(|(_, rest)| rest.split_once(']')).expect("a symmetric key").0;
    let private_key = json.split_once("\"privateKey\":\"").and_then(|(_, rest)| rest.split_once('"')).expect("an asymmetric key").0;
    let cases = [
        ("\"keySpec\":\"RSA_3072\"", "\"keySpec\":\"RSA_2048\"".to_owned()),
        ("\"keySpec\":\"RSA_3072\"", "\"keySpec\":\"ECC_NIST_P256\"".to_owned()),
        ("\"keySpec\":\"ECC_NIST_P384\"", "\"keySpec\":\"ECC_NIST_P256\"".to_owned()),
        ("\"keySpec\":\"ECC_NIST_P384\"", "\"keySpec\":\"SM2\"".to_owned()),
        ("\"keySpec\":\"RSA_2048\"", "\"keySpec\":\"SYMMETRIC_DEFAULT\"".to_owned()),
        ("\"keyUsage\":\"ENCRYPT_DECRYPT\"", "\"keyUsage\":\"KEY_AGREEMENT\"".to_owned()),
        ("\"keyUsage\":\"KEY_AGREEMENT\"", "\"keyUsage\":\"SIGN_VERIFY\"".to_owned()),
        ("\"keyPair\":{", format!("\"materials\":{material}],\"keyPair\":{{")),
        (private_key, String::new()),
        (private_key, "AAAA".to_owned()),
        // The first of the two Regions of one key.
        (private_key, private_key.replacen("AgEA", "AgEB", 1)),
        ("\"privateKey\":\"MII", "\"privateKey\":\"\\u004dII".to_owned()),
        (
            "\"multiRegion\"",
            "\"automaticRotation\":{\"periodInDays\":90,\"nextDate\":\"2033-11-24T22:27:18.223000+00:00\"},\"multiRegion\"".to_owned(),
        ),
    ];
    for (from, to) in cases {
        assert!(json.contains(from), "{from}");
        match parse_content(json.replacen(from, &to, 1).as_bytes()) {
            Err(Error::Damaged { what, .. }) => assert!(!what.to_string().contains("MII"), "{what}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}
