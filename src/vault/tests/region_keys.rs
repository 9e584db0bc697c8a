//! The key of a Region where the record does not count: that of its bundle, or nobody's.

use super::*;
use crate::kms::{CreateKey, KeySpec};

impl Place {
    fn make_pair_in(&self, region: &str, key_spec: KeySpec) -> String {
        let request = CreateKey { key_spec, key_usage: Some(key_spec.usage()), ..CreateKey::default() };
        self.keys(|kms| kms.create_key_with(self::region(region), request).expect("made").arn.to_string())
    }

    /// Takes the record's tag away, and has it name another key for a Region.
    fn mislead(&self, region: &str, key: &str) {
        let mut record = SecretRecord { record_tag: None, ..self.record("us-west-2", "db") };
        match record.replication_status.iter_mut().find(|replica| replica.region == self::region(region)) {
            Some(replica) => key.clone_into(&mut replica.kms_key_id),
            None => record.kms_key_id = Some(key.to_owned()),
        }
        self.forge_record(&record);
    }

    fn key_in(&self, region: &str) -> String {
        self.record("us-west-2", "db").versions[0].bundle(self::region(region)).expect("there").kms_key_id.clone()
    }
}

#[test]
fn the_bundle_of_each_kind_of_key_tells_it() {
    for key_spec in [KeySpec::SymmetricDefault, KeySpec::Rsa2048, KeySpec::EccNistP256] {
        for scope in [DataKeyScope::Shared, DataKeyScope::PerRegion] {
            let place = Place::new();
            let own = match key_spec {
                KeySpec::SymmetricDefault => {
                    let key = place.make_key("eu-west-1");
                    place.kms().resolve(region("eu-west-1"), &key).expect("there").to_string()
                }
                spec => place.make_pair_in("eu-west-1", spec),
            };
            let replicas = vec![replica_under("eu-west-1", &own)];
            place.create(&CreateSecret { data_key_scope: scope, replicas, ..request("db", &[]) }).expect("created");
            let theirs = place.make_pair_in("eu-west-1", KeySpec::EccNistP256);
            place.mislead("eu-west-1", &theirs);
            let change = place.rewrap(None, None).expect("rewrapped");
            assert_eq!(change.not_followed, [(region("eu-west-1"), theirs.clone())], "{key_spec:?} {scope:?}");
            assert_eq!(place.key_in("eu-west-1"), own, "{key_spec:?} {scope:?}");
            assert_eq!(place.value_in("eu-west-1"), "top");
            // The record has the key by its own name from now on, and no tag.
            let record = place.record("us-west-2", "db");
            assert_eq!((record.replication_status[0].kms_key_id.as_str(), &record.record_tag), (own.as_str(), &None));
            // Whoever asks is followed.
            place.rewrap(Some("eu-west-1"), Some(&theirs)).expect("moved");
            assert_eq!(place.key_in("eu-west-1"), theirs);
        }
    }
}

#[test]
fn the_names_of_the_very_key_stay() {
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    place.keys(|kms| kms.create_alias(region("eu-west-1"), "alias/eu", &key).expect("made"));
    place.create(&CreateSecret { replicas: vec![replica_under("eu-west-1", "alias/eu")], ..request("db", &[]) }).expect("created");
    let before = place.record("us-west-2", "db");
    place.mislead("eu-west-1", "alias/eu");
    let change = place.rewrap(None, None).expect("rewrapped");
    assert!(change.not_followed.is_empty());
    let after = place.record("us-west-2", "db");
    assert_eq!((after.kms_key_id, &after.replication_status[0].kms_key_id), (before.kms_key_id, &"alias/eu".to_owned()));
    // The alias is not followed where it leads now: that may be why somebody wrote it.
    let other = place.make_key("eu-west-1");
    place.keys(|kms| kms.update_alias(region("eu-west-1"), "alias/eu", &other).expect("moved"));
    let change = place.rewrap(None, None).expect("rewrapped");
    assert_eq!(change.not_followed, [(region("eu-west-1"), "alias/eu".to_owned())]);
    assert!(place.key_in("eu-west-1").ends_with(&key));
}

#[test]
fn what_no_bundle_tells_is_asked_for() {
    // A Region whose data key is its own, and that does not open here.
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    let replicas = vec![replica_under("eu-west-1", &key)];
    place.create(&CreateSecret { data_key_scope: DataKeyScope::PerRegion, replicas, ..request("db", &[]) }).expect("created");
    place.keys(|kms| kms.disable_key(region("eu-west-1"), &key).expect("disabled"));
    place.mislead("us-west-2", "alias/aws/secretsmanager");
    let before = place.snapshot();
    let parts = ["eu-west-1: only the record names its key", "its bundle does not tell"];
    assert_refused(place.rewrap(None, None), ErrorCode::InvalidParameterException, &parts);
    assert_eq!(place.snapshot(), before);
    place.rewrap(Some("eu-west-1"), Some("alias/aws/secretsmanager")).expect("named");
    assert_eq!(place.value_in("eu-west-1"), "top");

    // A secret without a value has nothing to seal.
    let place = Place::new();
    place.create(&CreateSecret { value: None, ..request("db", &["eu-west-1"]) }).expect("created");
    place.mislead("eu-west-1", "alias/none");
    place.rewrap(None, None).expect("nothing to do");
    assert_eq!(place.record("us-west-2", "db").replication_status[0].kms_key_id, "alias/none");
}
