//! A bundle belongs to one secret, version and Region, and to one message id.

use super::*;
use crate::{
    format::{HeaderLimits, MessageId},
    keyring::AwsKmsDiscoveryKeyring,
    message::inspect,
    vault::openers::{Openers, Reach},
};

const TOKENS: [&str; 2] = ["00000000000000000000000000000001", "00000000000000000000000000000002"];

fn id_and_commitment(path: &Path) -> (MessageId, Vec<u8>) {
    let header = inspect(&fs::read(path).expect("reads")[..], HeaderLimits::default()).expect("a message").header;
    (header.message_id, header.commitment.to_vec())
}

fn with_scope(scope: DataKeyScope) -> Place {
    let place = Place::new();
    place.create(&CreateSecret { data_key_scope: scope, ..request("db", &["us-east-1", "eu-west-1"]) }).expect("created");
    place.replicate(&replication(&["ap-south-1"])).expect("replicated");
    place
}

#[test]
fn no_two_bundles_share_a_message_id_or_a_commitment() {
    for scope in [DataKeyScope::Shared, DataKeyScope::PerRegion] {
        let place = with_scope(scope);
        let mut ids = Vec::new();
        let mut commitments = Vec::new();
        for region in ["us-west-2", "us-east-1", "eu-west-1", "ap-south-1"] {
            let (id, commitment) = id_and_commitment(&place.bundle(region));
            assert!(!ids.contains(&id) && !commitments.contains(&commitment), "{scope:?} {region}");
            ids.push(id);
            commitments.push(commitment);
        }
    }
}

#[test]
fn regions_share_a_data_key_or_have_one_each() {
    for (scope, expected) in [(DataKeyScope::Shared, 1), (DataKeyScope::PerRegion, 4)] {
        let place = with_scope(scope);
        let secret = Located::of(place.record("us-west-2", "db"));
        let mut keys = Vec::new();
        for region in ["us-west-2", "us-east-1", "eu-west-1", "ap-south-1"] {
            let opened = place.vault.open_in_region(
                &Openers::of(&[&AwsKmsDiscoveryKeyring::new(&place.kms())]),
                Reach::Here,
                &secret,
                &secret.record.versions[0],
                self::region(region),
            );
            keys.push(opened.expect("opens").data_key.expose().to_vec());
        }
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), expected, "{scope:?}");
    }
}

#[test]
fn versions_and_secrets_never_share_a_data_key() {
    let place = Place::new();
    let mut keys = Vec::new();
    for name in ["one", "two"] {
        place.create(&request(name, &[])).expect("created");
        let secret = Located::of(place.record("us-west-2", name));
        let opened = place
            .vault
            .open_in_region(
                &Openers::of(&[&AwsKmsDiscoveryKeyring::new(&place.kms())]),
                Reach::Here,
                &secret,
                &secret.record.versions[0],
                region("us-west-2"),
            )
            .expect("opens");
        keys.push(opened.data_key.expose().to_vec());
    }
    assert_ne!(keys[0], keys[1]);
}

/// Puts `bytes` in the place of a bundle, with size, hash and file name on record to match.
fn put(place: &Place, name: &str, region: &str, bytes: &[u8]) {
    let mut record = place.record("us-west-2", name);
    let version = &mut record.versions[0];
    let dir = place.dir("us-west-2", name).join(encode(&version.version_id));
    let bundle = version.bundles.iter_mut().find(|bundle| bundle.region == self::region(region)).expect("on record");
    fs::remove_file(dir.join(&bundle.file)).expect("removed");
    bundle.sha256 = crate::crypto::sha256(bytes);
    bundle.size = bytes.len().try_into().expect("small");
    bundle.file = bundle_file(bundle.region, &bundle.sha256);
    fs::write(dir.join(&bundle.file), bytes).expect("written");
    place.write_record(&record);
}

fn assert_misplaced(place: &Place, name: &str, region: &str, key: &str) {
    assert_refused(place.get(name, Some(region)), ErrorCode::DecryptionFailure, &["encryption context", key]);
    let report = place.verify();
    assert!(report.faults.iter().any(|fault| fault.message.contains("is not the bundle of this secret, version and Region")), "{report:?}");
    let opened = place.verify_open().open.expect("counts");
    assert_eq!(opened.failed, 1);
}

fn tokened(name: &str, token: usize) -> CreateSecret {
    CreateSecret { client_request_token: Some(TOKENS[token].to_owned()), ..request(name, &["eu-west-1"]) }
}

#[test]
fn a_bundle_in_another_regions_place_is_refused() {
    let place = Place::new();
    place.create(&tokened("db", 0)).expect("created");
    let bytes = fs::read(place.bundle("us-west-2")).expect("reads");
    put(&place, "db", "eu-west-1", &bytes);
    assert_misplaced(&place, "db", "eu-west-1", "SecretARN");
    assert!(place.verify().faults.iter().any(|fault| fault.message.contains("has the message id of")));
}

#[test]
fn a_bundle_in_another_secrets_place_is_refused() {
    let place = Place::new();
    for name in ["db", "other"] {
        place.create(&tokened(name, 0)).expect("created");
    }
    let bytes = fs::read(place.bundle("eu-west-1")).expect("reads");
    put(&place, "other", "eu-west-1", &bytes);
    assert_misplaced(&place, "other", "eu-west-1", "SecretARN");
}

#[test]
fn a_bundle_in_another_versions_place_is_refused() {
    let place = Place::new();
    place.create(&CreateSecret { replicas: Vec::new(), ..tokened("db", 0) }).expect("created");
    let mut record = place.record("us-west-2", "db");
    let dir = place.dir("us-west-2", "db");
    fs::rename(dir.join(TOKENS[0]), dir.join(TOKENS[1])).expect("renamed");
    record.versions[0].version_id = TOKENS[1].to_owned();
    place.write_record(&record);
    assert_misplaced(&place, "db", "us-west-2", "SecretVersionId");
}

#[test]
fn a_bundle_of_the_other_kind_is_what_its_header_says() {
    let place = Place::with_secret(&[]);
    let mut record = place.record("us-west-2", "db");
    record.versions[0].payload = PayloadKind::Binary;
    place.write_record(&record);
    assert_eq!(place.get("db", None).expect("opens").value.kind(), PayloadKind::String);
    let faults = place.verify().faults;
    assert!(faults.len() == 1 && faults[0].message.contains("the other kind of payload"), "{faults:?}");
}

#[test]
fn any_changed_file_is_refused() {
    let place = Place::with_secret(&[]);
    let path = place.bundle("us-west-2");
    let bytes = fs::read(&path).expect("reads");
    for changed in [&bytes[..bytes.len() - 1], &[&bytes[..], b"x"].concat(), &[&[bytes[0] ^ 1], &bytes[1..]].concat()] {
        fs::write(&path, changed).expect("written");
        assert_refused(place.get("db", None), ErrorCode::DecryptionFailure, &["the file was changed or damaged"]);
        // On record as it now is, it still does not open.
        put(&place, "db", "us-west-2", changed);
        refusal(place.get("db", None));
        put(&place, "db", "us-west-2", &bytes);
    }
    assert_eq!(place.value_in("us-west-2"), "top");
}
