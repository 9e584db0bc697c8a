//! Secrets under RSA and elliptic curve keys of the embedded KMS, mixed with symmetric ones.

use super::*;
use crate::{
    format::HeaderLimits,
    kms::{CreateKey, KeySpec},
    message::inspect,
};

/// `db` under an RSA key in us-west-2, an elliptic curve key in eu-west-1 and the default key in us-east-1; gives the first two keys' ARNs.
fn mixed() -> (Place, String, String) {
    let place = Place::new();
    let rsa = place.make_pair("us-west-2", KeySpec::Rsa2048);
    let curve = place.make_pair("eu-west-1", KeySpec::EccNistP384);
    let mut replicas = replicas(&["us-east-1"]);
    replicas.push(replica_under("eu-west-1", &curve));
    let request = CreateSecret { kms_key_id: Some(rsa.clone()), replicas, ..request("db", &[]) };
    place.create(&request).expect("created");
    (place, rsa, curve)
}

impl Place {
    fn make_pair(&self, region: &str, key_spec: KeySpec) -> String {
        let request = CreateKey { key_spec, key_usage: Some(key_spec.usage()), ..CreateKey::default() };
        self.keys(|kms| kms.create_key_with(self::region(region), request).expect("made").arn.to_string())
    }

    pub(super) fn provider(&self, region: &str) -> String {
        let message = fs::read(self.bundle(region)).expect("reads");
        let header = inspect(&message[..], HeaderLimits::default()).expect("a message").header;
        assert_eq!(header.encrypted_data_keys.len(), 1);
        header.encrypted_data_keys[0].provider_id.clone()
    }
}

#[test]
fn each_region_has_the_kind_of_data_key_that_its_key_makes() {
    let (place, rsa, curve) = mixed();
    for (region, provider) in [("us-west-2", "aws-kms-rsa"), ("eu-west-1", "raw-ecdh"), ("us-east-1", "aws-kms")] {
        assert_eq!((place.provider(region), place.value_in(region)), (provider.to_owned(), "top".to_owned()), "{region}");
    }
    let record = place.record("us-west-2", "db");
    assert_eq!(record.versions[0].bundle(region("us-west-2")).map(|bundle| &bundle.kms_key_id), Some(&rsa));
    assert_eq!(record.versions[0].bundle(region("eu-west-1")).map(|bundle| &bundle.kms_key_id), Some(&curve));
    place.assert_clean();
    let counts = place.verify_open().open.expect("counted");
    assert_eq!((counts.opened, counts.not_openable_here, counts.failed), (3, 0, 0));
    // Bundles by themselves, too.
    let paths: Vec<_> = ["us-west-2", "eu-west-1", "us-east-1"].into_iter().map(|region| place.bundle(region)).collect();
    let counts = verify_paths(&paths, VerifyOptions { kms: Some(&place.kms()), ..VerifyOptions::default() })
        .expect("verifies")
        .open
        .expect("counted");
    assert_eq!((counts.opened, counts.failed), (3, 0));
    let counts = verify_paths(
        &paths,
        VerifyOptions { kms: Some(&EmbeddedKms::new(place.kms().account().clone()).expect("made")), ..VerifyOptions::default() },
    )
    .expect("verifies")
    .open;
    assert_eq!(counts.expect("counted").not_openable_here, 3);
}

#[test]
fn a_region_opens_with_its_own_keys_only() {
    let (place, _, _) = mixed();
    let other = place.elsewhere();
    let export = place.kms().export(&[region("eu-west-1")]).expect("exports");
    other.keys(|kms| kms.import(export).expect("imports").added.len());
    assert_eq!(other.value_in("eu-west-1"), "top");
    for closed in ["us-west-2", "us-east-1"] {
        assert_refused(other.get("db", Some(closed)), ErrorCode::DecryptionFailure, &[]);
    }
    let counts = other.verify_open().open.expect("counted");
    assert_eq!((counts.opened, counts.not_openable_here, counts.failed), (1, 2, 0));
}

#[test]
fn secrets_move_to_asymmetric_keys_and_back() {
    let place = Place::with_secret(&[]);
    let curve = place.make_pair("ap-south-1", KeySpec::EccNistP521);
    let further = ReplicateSecret { replicas: vec![replica_under("ap-south-1", &curve)], ..replication(&[]) };
    place.replicate(&further).expect("replicated");
    assert_eq!((place.provider("ap-south-1"), place.value_in("ap-south-1")), ("raw-ecdh".to_owned(), "top".to_owned()));
    let rsa = place.make_pair("us-west-2", KeySpec::Rsa2048);
    let symmetric = place.make_key("us-west-2");
    for (key, provider) in [(&rsa, "aws-kms-rsa"), (&symmetric, "aws-kms")] {
        let request = RewrapSecret { region: Some(region("us-west-2")), to_key: Some(key.clone()), ..RewrapSecret::new("db") };
        place.vault.rewrap_secret(&mut place.session(), &request).expect("rewrapped");
        assert_eq!((place.provider("us-west-2"), place.value_in("us-west-2")), (provider.to_owned(), "top".to_owned()));
    }
    place.assert_clean();
}

#[test]
fn a_disabled_key_neither_seals_nor_opens() {
    let (place, rsa, curve) = mixed();
    for (region, key) in [("us-west-2", &rsa), ("eu-west-1", &curve)] {
        place.keys(|kms| kms.disable_key(self::region(region), key).expect("disabled"));
        assert_refused(place.get("db", Some(region)), ErrorCode::DecryptionFailure, &["is disabled"]);
        let request = CreateSecret { region: self::region(region), kms_key_id: Some(key.clone()), ..request("other", &[]) };
        let before = place.snapshot();
        assert_refused(place.create(&request), ErrorCode::DisabledException, &[key.as_str(), "is disabled"]);
        assert_eq!(place.snapshot(), before);
    }
}

#[test]
fn a_bundle_under_another_key_than_on_record_is_found() {
    let (place, _, curve) = mixed();
    let other = place.make_pair("eu-west-1", KeySpec::EccNistP384);
    let mut record = place.record("us-west-2", "db");
    for bundle in record.versions[0].bundles.iter_mut().filter(|bundle| bundle.kms_key_id == curve) {
        bundle.kms_key_id.clone_from(&other);
    }
    place.write_record(&record);
    let report = place.verify_open();
    assert_eq!(report.faults.len(), 2, "{report:?}");
    assert!(report.faults[0].message.contains("not wrapped under the key on record"), "{report:?}");
    assert!(report.faults[1].message.contains(&format!("and the record names {curve} for the Region")), "{report:?}");
}

#[test]
fn a_changed_data_key_opens_nothing() {
    let (place, _, _) = mixed();
    for region in ["us-west-2", "eu-west-1"] {
        let message = fs::read(place.bundle(region)).expect("reads");
        let header = inspect(&message[..], HeaderLimits::default()).expect("a message").header;
        let ciphertext = &header.encrypted_data_keys[0].ciphertext;
        let at = message.windows(ciphertext.len()).position(|window| window == ciphertext).expect("in the header");
        for byte in [0, ciphertext.len() / 2, ciphertext.len() - 1] {
            let mut changed = message.clone();
            changed[at + byte] ^= 1;
            fs::write(place.bundle(region), &changed).expect("writes");
            let report = verify_paths(&[place.bundle(region)], VerifyOptions { kms: Some(&place.kms()), ..VerifyOptions::default() })
                .expect("verifies");
            assert!(!report.is_sound() && report.faults[0].message.contains("does not unwrap"), "{report:?}");
        }
    }
}
