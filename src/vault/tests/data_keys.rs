//! Which data key a rewrap gives: another one to all Regions that share it, where somebody who has the old one loses access.

use super::*;
use crate::{
    keyring::{AwsKmsDiscoveryKeyring, RawAesKeyring},
    message::{OpenOptions, Opener},
};

const REGIONS: [&str; 3] = ["us-west-2", "us-east-1", "eu-west-1"];

impl Place {
    /// The data keys of `db`'s only version by Region.
    fn data_keys(&self) -> BTreeMap<&'static str, Vec<u8>> {
        let kms = self.kms();
        let open = |name: &'static str| {
            let message = fs::read(self.bundle(name)).expect("reads");
            let keyring = AwsKmsDiscoveryKeyring::new(&kms);
            let opened = Opener::begin_keeping_data_key(&*message, &[&keyring], &OpenOptions::default()).expect("opens");
            (name, opened.1.expose().to_vec())
        };
        REGIONS.into_iter().filter(|name| self.has(name)).map(open).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.record("us-west-2", "db").versions[0].bundle(region(name)).is_some()
    }

    fn bundles(&self) -> Vec<Vec<u8>> {
        REGIONS.iter().filter(|name| self.has(name)).map(|name| fs::read(self.bundle(name)).expect("reads")).collect()
    }
}

fn distinct(keys: &BTreeMap<&str, Vec<u8>>) -> usize {
    keys.values().collect::<std::collections::BTreeSet<_>>().len()
}

fn moves_to(key: &str) -> ReplicateSecret {
    ReplicateSecret { name_clash: NameClash::Overwrite, replicas: vec![replica_under("eu-west-1", key)], ..replication(&[]) }
}

/// A secret in three Regions, and the key that its replica in eu-west-1 is about to go to.
fn about_to_move(scope: DataKeyScope) -> (Place, String) {
    let place = Place::new();
    let east = place.make_key("us-east-1");
    let replicas = vec![replica_under("us-east-1", &east), replicas(&["eu-west-1"]).remove(0)];
    place.create(&CreateSecret { data_key_scope: scope, replicas, ..request("db", &[]) }).expect("created");
    let key = place.make_key("eu-west-1");
    (place, key)
}

fn move_by(way: usize, place: &Place, key: &str) -> Result<SecretChange> {
    if way == 0 { place.rewrap(Some("eu-west-1"), Some(key)) } else { place.replicate(&moves_to(key)) }
}

#[test]
fn the_holder_of_the_former_key_has_the_data_key_of_no_region() {
    for way in [0, 1] {
        let (place, key) = about_to_move(DataKeyScope::Shared);
        let before = place.data_keys();
        move_by(way, &place, &key).expect("moved");
        let after = place.data_keys();
        assert_eq!((distinct(&before), distinct(&after), after.len()), (1, 1, 3), "{way}");
        assert_ne!(before, after, "{way}");
        REGIONS.iter().for_each(|name| assert_eq!(place.value_in(name), "top"));
        place.assert_clean();
    }
}

#[test]
fn where_each_region_has_its_own_the_others_stay() {
    for way in [0, 1] {
        let (place, key) = about_to_move(DataKeyScope::PerRegion);
        let (before, bundles) = (place.data_keys(), place.bundles());
        move_by(way, &place, &key).expect("moved");
        let after = place.data_keys();
        assert!(before["us-west-2"] == after["us-west-2"] && before["us-east-1"] == after["us-east-1"], "{way}");
        assert!(before["eu-west-1"] != after["eu-west-1"] && bundles[..2] == place.bundles()[..2], "{way}");
        place.assert_clean();
    }
}

#[test]
fn a_region_that_cannot_follow_is_named_and_nothing_changes() {
    for way in [0, 1] {
        let (place, key) = about_to_move(DataKeyScope::Shared);
        let east = place.record("us-west-2", "db").replication_status[0].kms_key_id.clone();
        place.keys(|kms| kms.disable_key(region("us-east-1"), &east).expect("disabled"));
        let before = place.snapshot();
        let (_, message) = refusal(move_by(way, &place, &key));
        assert!(message.contains("us-east-1") && message.contains("is disabled"), "{message}");
        assert_eq!(place.snapshot(), before);
    }
}

#[test]
fn a_recovery_key_is_lost_only_where_that_is_asked_for() {
    let recovery = || KeyOptions {
        recovery_keys: vec![RecoveryKey::Keyring(Box::new(
            RawAesKeyring::new("home", "safe", &SecretBytes::new(vec![7; 32])).expect("a key"),
        ))],
        ..KeyOptions::default()
    };
    let place = Place::new();
    place.create_with(&recovery(), &request("db", &["us-east-1", "eu-west-1"])).expect("created");
    let (before, bundles) = (place.data_keys(), place.bundles());
    let rewrap = |keys: KeyOptions| {
        let request = RewrapSecret { region: Some(region("eu-west-1")), keys, ..RewrapSecret::new("db") };
        place.vault.rewrap_secret(&mut place.session(), &request).expect("rewrapped")
    };
    // With it nobody loses access: the data key stays, and so do the other Regions' bundles.
    rewrap(recovery());
    assert_eq!((place.data_keys(), &place.bundles()[..2]), (before.clone(), &bundles[..2]));
    assert_ne!(place.bundles()[2], bundles[2]);
    // Without it the other Regions' bundles go on opening with it: it is no secret from it.
    let lost = rewrap(KeyOptions::default());
    assert_eq!((lost.lost_keys, place.data_keys(), &place.bundles()[..2]), (vec!["home safe".to_owned()], before.clone(), &bundles[..2]));

    // Where they follow another one that moves, it is not lost by the way.
    let key = place.make_key("eu-west-1");
    let moved = |keys: KeyOptions| {
        let request = RewrapSecret { region: Some(region("eu-west-1")), to_key: Some(key.clone()), keys, ..RewrapSecret::new("db") };
        place.vault.rewrap_secret(&mut place.session(), &request)
    };
    let snapshot = place.snapshot();
    for refused in [moved(KeyOptions::default()), place.replicate(&moves_to(&key))] {
        assert_refused(
            refused,
            ErrorCode::InvalidParameterException,
            &["us-west-2", "us-east-1", "would not open with home safe any more"],
        );
    }
    assert_eq!(place.snapshot(), snapshot);
    moved(recovery()).expect("moved");
    let after = place.data_keys();
    assert!(distinct(&after) == 1 && before != after);
    place.assert_clean();
}

#[test]
fn an_alias_that_means_another_key_by_now_moves_all_data_keys() {
    let place = Place::new();
    let [old, new] = [0; 2].map(|_| place.make_key("eu-west-1"));
    place.keys(|kms| kms.create_alias(region("eu-west-1"), "alias/eu", &old).expect("made"));
    let replicas = vec![replica_under("eu-west-1", "alias/eu"), replicas(&["us-east-1"]).remove(0)];
    place.create(&CreateSecret { replicas, ..request("db", &[]) }).expect("created");
    place.keys(|kms| kms.update_alias(region("eu-west-1"), "alias/eu", &new).expect("moved"));
    let note = place.verify_open().notes;
    assert!(note.len() == 1 && note[0].message.contains("alias/eu on record means"), "{note:?}");
    let before = place.data_keys();
    place.rewrap(Some("eu-west-1"), None).expect("rewrapped");
    let after = place.data_keys();
    assert!(distinct(&after) == 1 && before != after);
    let record = place.record("us-west-2", "db");
    assert!(record.versions[0].bundle(region("eu-west-1")).is_some_and(|bundle| bundle.kms_key_id.ends_with(&new)));
    place.assert_clean();
}

/// Somebody who has a data key of their own puts a bundle under a key of their choice in a Region's place, and on record.
#[test]
fn a_bundle_of_somebody_else_chooses_no_key() {
    let place = Place::with_secret(&["eu-west-1"]);
    let theirs = place.make_key("eu-west-1");
    let mut record = place.record("us-west-2", "db");
    let (target, kms) = {
        let mut session = place.session();
        let named = crate::kms::key_choice::Named::ByCaller(Some(&theirs));
        let target = crate::kms::key_choice::key_of_region(session.kms_mut(), &KeyOptions::default(), region("eu-west-1"), named);
        drop(session);
        (target.expect("a key"), place.kms())
    };
    let durable = KeysDurable::unchanged(&kms).expect("as it was read");
    let (sealed, _) = seal_version::SealedVersion::seal(
        &record,
        &record.versions[0].version_id,
        &text("forged"),
        &[target],
        &durable,
        &KeyOptions::default(),
        seal_version::VersionSource::default(),
    )
    .expect("sealed");
    for (bundle, blob, message) in sealed.into_bundles(&key("us-west-2", "db")) {
        fs::write(place.vault.store.place(Item::Blob(&blob)), message).expect("written");
        record.versions[0].bundles.retain(|old| old.region != bundle.region);
        record.versions[0].bundles.push(bundle);
    }
    record.replication_status[0].kms_key_id = theirs;
    place.forge_record(&record);
    let before = place.snapshot();
    let parts = ["eu-west-1: only the record names its key", "its bundle does not tell: the message could not be decrypted"];
    assert_refused(place.rewrap(None, None), ErrorCode::InvalidParameterException, &parts);
    assert_refused(place.rewrap(Some("eu-west-1"), None), ErrorCode::InvalidParameterException, &parts[..1]);
    assert_eq!(place.snapshot(), before);
    // Somebody who is there to ask names it; what is sealed is the value on record.
    place.rewrap(Some("eu-west-1"), Some("alias/aws/secretsmanager")).expect("rewrapped");
    assert_eq!(place.value_in("eu-west-1"), "top");
}
