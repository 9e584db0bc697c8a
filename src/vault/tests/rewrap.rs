//! The same secret under other keys, or sealed anew.

use super::*;

impl Place {
    fn rewrap(&self, region: Option<&str>, to_key: Option<&str>) -> Result<SecretChange> {
        let request = RewrapSecret {
            secret_id: "db".to_owned(),
            region: region.map(self::region),
            to_key: to_key.map(str::to_owned),
            suite: None,
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
fn one_region_moves_to_another_key_and_the_others_stay() {
    for moved in ["us-west-2", "eu-west-1"] {
        let place = Place::with_secret(&["eu-west-1"]);
        let stays = if moved == "us-west-2" { "eu-west-1" } else { "us-west-2" };
        let kept = fs::read(place.bundle(stays)).expect("reads");
        let key = place.make_key(moved);
        place.rewrap(Some(moved), Some(&key)).expect("rewrapped");
        assert_eq!(fs::read(place.bundle(stays)).expect("reads"), kept);
        let bundle = place.record("us-west-2", "db").versions[0].bundle(region(moved)).expect("there").clone();
        assert!(bundle.kms_key_id.ends_with(&key), "{}", bundle.kms_key_id);
        assert_eq!((place.value_in(moved), place.value_in(stays)), ("top".to_owned(), "top".to_owned()));
        // The key on record is the new one: a later rewrap keeps it.
        place.rewrap(None, None).expect("rewrapped");
        assert!(place.record("us-west-2", "db").versions[0].bundle(region(moved)).is_some_and(|bundle| bundle.kms_key_id.ends_with(&key)));
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
