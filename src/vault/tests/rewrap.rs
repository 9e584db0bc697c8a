//! The same secret under other keys, or sealed anew.

use super::*;
use crate::store::memory::{InjectedFault, MemoryStore, Writers};

impl Place {
    pub(super) fn rewrap(&self, region: Option<&str>, to_key: Option<&str>) -> Result<SecretChange> {
        let request = RewrapSecret {
            secret_id: "db".to_owned(),
            region: region.map(self::region),
            to_key: to_key.map(str::to_owned),
            suite: None,
            accept_record: false,
            keys: KeyOptions::default(),
        };
        self.vault.rewrap_secret(&mut self.session(), &request)
    }
}

#[test]
fn every_region_is_sealed_anew_under_its_key() {
    let place = Place::with_secret(&["us-east-1", "eu-west-1"]);
    let before = place.record("us-west-2", "db");
    place.rewrap(None, None).expect("rewrapped");
    let after = place.record("us-west-2", "db");
    for (old, new) in before.versions[0].bundles.iter().zip(&after.versions[0].bundles) {
        assert!(old.region == new.region && old.kms_key_id == new.kms_key_id && old.sha256 != new.sha256, "{}", old.region);
        assert_eq!(place.value_in(new.region.name()), "top");
    }
    assert_eq!((after.replication_status, after.kms_key_id), (before.replication_status, before.kms_key_id));
    place.assert_clean();
}

#[test]
fn one_region_moves_to_another_key_and_the_others_stay_under_theirs() {
    for moved in ["us-west-2", "eu-west-1"] {
        let place = Place::with_secret(&["eu-west-1"]);
        let stays = if moved == "us-west-2" { "eu-west-1" } else { "us-west-2" };
        let key_in = |name: &str| place.record("us-west-2", "db").versions[0].bundle(region(name)).expect("there").kms_key_id.clone();
        let kept = key_in(stays);
        let key = place.make_key(moved);
        place.rewrap(Some(moved), Some(&key)).expect("rewrapped");
        assert!(key_in(moved).ends_with(&key) && key_in(stays) == kept);
        assert_eq!((place.value_in(moved), place.value_in(stays)), ("top".to_owned(), "top".to_owned()));
        // The key on record is the new one: a later rewrap keeps it.
        place.rewrap(None, None).expect("rewrapped");
        assert!(key_in(moved).ends_with(&key));
        place.assert_clean();
    }
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let place = Place::with_secret(&["eu-west-1"]);
    let key = place.make_key("eu-west-1");
    place.keys(|kms| kms.disable_key(region("eu-west-1"), &key).expect("disabled"));
    let before = place.snapshot();
    for (in_region, to_key) in [
        (Some("eu-west-1"), Some(key.as_str())),
        (Some("eu-west-1"), Some("alias/none")),
        (Some("us-east-1"), None),
        (None, Some("alias/x")),
    ] {
        assert!(matches!(place.rewrap(in_region, to_key), Err(Error::Service(_))), "{in_region:?} {to_key:?}");
    }
    assert!(matches!(place.elsewhere().rewrap(None, None), Err(Error::Service(_))), "a keystore without the keys");
    assert_eq!(place.snapshot(), before);
}

#[test]
fn the_default_key_on_record_stays_whatever_is_chosen_later() {
    let place = Place::with_secret(&["eu-west-1"]);
    let before = place.record("us-west-2", "db");
    for name in ["us-west-2", "eu-west-1"] {
        let key = place.make_key(name);
        place.keys(|kms| kms.set_default_key(region(name), &key).expect("set"));
    }
    place.rewrap(None, None).expect("rewrapped");
    let after = place.record("us-west-2", "db");
    assert_eq!(after.kms_key_id, before.kms_key_id);
    for (old, new) in before.versions[0].bundles.iter().zip(&after.versions[0].bundles) {
        assert!(old.kms_key_id == new.kms_key_id && old.sha256 != new.sha256, "{}", old.region);
    }
    place.assert_clean();
}

const FORGED_IN: &str = "sa-east-1";

/// `db` in us-west-2 and sa-east-1, each with its own data key, once somebody with sa-east-1's key has put another value in its bundle, and the
/// bundle on record.
fn forged() -> Place {
    let place = Place::new();
    place.create(&CreateSecret { data_key_scope: DataKeyScope::PerRegion, ..request("db", &[FORGED_IN]) }).expect("created");
    let mut record = place.record("us-west-2", "db");
    fs::remove_file(place.bundle(FORGED_IN)).expect("removed");
    place.put_bundle(&mut record, 0, FORGED_IN, "forged");
    place.write_record(&record);
    assert!(place.verify().is_sound(), "nobody can tell without the keystore");
    place
}

#[test]
fn a_value_that_the_record_disproves_is_not_sealed_anew() {
    let place = forged();
    fs::remove_file(place.bundle("us-west-2")).expect("removed");
    let before = place.snapshot();
    let parts = ["the bundle for sa-east-1", "its value is not the one on record"];
    assert_refused(place.rewrap(None, None), ErrorCode::DecryptionFailure, &parts);
    assert_refused(place.rewrap(Some(FORGED_IN), None), ErrorCode::DecryptionFailure, &parts);
    assert_refused(place.replicate(&replication(&["us-east-1"])), ErrorCode::DecryptionFailure, &parts);
    assert_eq!(place.snapshot(), before);

    // Where a bundle has the value on record, that is what all get.
    let place = forged();
    let change = place.rewrap(None, None).expect("rewrapped");
    assert!(change.not_compared.is_empty());
    assert_eq!((place.value_in("us-west-2"), place.value_in(FORGED_IN)), ("top".to_owned(), "top".to_owned()));
    place.assert_clean();
}

#[test]
fn where_nothing_can_be_compared_each_region_speaks_for_itself() {
    let place = forged();
    let mut record = place.record("us-west-2", "db");
    record.versions[0].value_tag.as_mut().expect("a tag").key_id = "another keystore's".to_owned();
    place.write_record(&record);
    let change = place.rewrap(None, None).expect("rewrapped");
    assert_eq!(change.not_compared, [record.versions[0].version_id.clone()]);
    assert_eq!((place.value_in("us-west-2"), place.value_in(FORGED_IN)), ("top".to_owned(), "forged".to_owned()));
    let change = place.replicate(&replication(&["us-east-1"])).expect("replicated");
    assert_eq!((place.value_in("us-east-1"), change.not_compared.len()), ("top".to_owned(), 1));

    fs::remove_file(place.bundle("us-west-2")).expect("removed");
    let before = place.snapshot();
    for refused in [place.rewrap(None, None), place.replicate(&replication(&["eu-west-1"]))] {
        assert_refused(refused, ErrorCode::DecryptionFailure, &["the bundle is missing", "in place of that for us-west-2"]);
    }
    assert_refused(place.elsewhere().rewrap(None, None), ErrorCode::DecryptionFailure, &[]);
    assert_eq!(place.snapshot(), before);
    place.rewrap(Some(FORGED_IN), None).expect("its own bundle opens");
}

/// That a key is missing is no answer where another Region's bundle, which needs another key, could not be read.
#[test]
fn a_bundle_that_could_not_be_read_is_told_before_one_without_a_key() {
    let (place, store) = (Place::new(), Arc::new(MemoryStore::new(Writers::Locked)));
    let vault = Vault::over(Arc::clone(&store) as Arc<dyn Store>);
    let key = place.make_key("us-west-2");
    let create = CreateSecret { kms_key_id: Some(key.clone()), ..request("db", &["eu-west-1"]) };
    vault.create_secret(&mut place.session(), &KeyOptions::default(), &create).expect("created");
    place.keys(|kms| kms.disable_key(region("us-west-2"), &key).expect("disabled"));
    let rewrap = RewrapSecret { region: Some(region("eu-west-1")), ..RewrapSecret::new("db") };
    let mut failed = 0;
    for call in 1..30 {
        store.fail_at(call, InjectedFault::Refused);
        if let Err(error) = vault.rewrap_secret(&mut place.session(), &rewrap) {
            assert!(matches!(error, Error::Io { .. }), "{call}: {error}");
            failed += 1;
        }
        store.calm();
    }
    assert!(failed > 3, "{failed} of the calls were needed");
}
