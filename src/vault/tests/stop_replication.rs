//! A replica becomes a secret of its own: two records, two commits.

use std::sync::Arc;

use super::*;
use crate::{
    store::memory::{InjectedFault, MemoryStore, Writers},
    vault::{record::Replaced, seal_version::value_matches},
};

const EUROPE: &str = "eu-west-1";

impl Place {
    fn stop(&self, region: &str) -> Result<crate::arn::SecretArn> {
        self.stop_with(&StopReplication::new("db", self::region(region)))
    }

    fn stop_with(&self, request: &StopReplication) -> Result<crate::arn::SecretArn> {
        self.vault.stop_replication_to_replica(Some(&self.kms()), &KeyOptions::default(), request)
    }
}

/// A vault in memory.
fn in_memory(writers: Writers) -> (Arc<MemoryStore>, Place) {
    let store = Arc::new(MemoryStore::new(writers));
    let place = Place { vault: Vault::over(Arc::clone(&store) as Arc<dyn Store>), ..Place::new() };
    (store, place)
}

fn named(name: &str, value: &str) -> Tag {
    Tag { key: name.to_owned(), value: value.to_owned() }
}

#[test]
fn the_replica_is_a_secret_of_its_own() {
    let place = Place::new();
    let rules = RotationRulesType { automatically_after_days: Some(30), ..RotationRulesType::default() };
    let key = place.make_key(EUROPE);
    let made = CreateSecret {
        description: Some("text".to_owned()),
        tags: vec![named("team", "a")],
        encryption_context: [("k".to_owned(), "v".to_owned())].into(),
        resource_policy: Some(
            r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}"#.parse().expect("a policy"),
        ),
        rotation_rules: Some(RotationRules::new(rules).expect("rules")),
        replicas: vec![replica_under(EUROPE, &key), replicas(&["us-east-1"]).remove(0)],
        ..request("db", &[])
    };
    place.create(&made).expect("created");
    let (old, bundle) = (place.record("us-west-2", "db"), place.bundle(EUROPE));
    let bytes = fs::read(&bundle).expect("reads");
    let arn = place.stop(EUROPE).expect("promoted");
    assert_eq!(arn, old.arn.in_region(region(EUROPE)), "the ARN that the replica had");

    let (west, europe) = (place.record("us-west-2", "db"), place.record(EUROPE, "db"));
    assert_eq!(west.replication_status.iter().map(|replica| replica.region.name()).collect::<Vec<_>>(), ["us-east-1"]);
    assert!(west.rotation_rules.is_some() && europe.rotation_rules.is_none() && europe.replication_status.is_empty());
    assert!(europe.replaces.is_empty() && west.replaces.is_empty());
    assert_eq!((&europe.description, &europe.tags, &europe.resource_policy), (&old.description, &old.tags, &old.resource_policy));
    assert_eq!((&europe.encryption_context, europe.created_date), (&old.encryption_context, old.created_date));
    assert_eq!(europe.kms_key_id.as_deref(), Some(key.as_str()));
    // The bundle is the same, byte for byte, and the old one is gone.
    let [version] = europe.versions.as_slice() else { panic!("one version") };
    let [copied] = version.bundles.as_slice() else { panic!("one bundle") };
    assert_eq!(fs::read(place.dir(EUROPE, "db").join(encode(&version.version_id)).join(&copied.file)).expect("reads"), bytes);
    assert!(!bundle.exists());
    // What is bound to the ARN was made anew.
    let kms = place.kms();
    assert_ne!(version.value_tag, old.versions[0].value_tag);
    assert_eq!(value_matches(kms.comparison_key(), version.value_tag.as_ref(), &europe, &version.version_id, &text("top")), Some(true));
    for record in [&west, &europe] {
        assert_eq!(record.hand(kms.comparison_key()), RecordHand::Own);
    }
    assert!(place.get("db", Some(EUROPE)).expect("opens").is_compared);
    place.assert_clean();

    // From here on each goes its own way.
    place.vault.tag_resource(Some(&kms), "db", Some(region(EUROPE)), &[named("team", "b")]).expect("tagged");
    assert_eq!(place.record("us-west-2", "db").tags, [named("team", "a")]);
    assert_refused(place.get("db", None), ErrorCode::InvalidRequestException, &["in several Regions"]);
    let onward = ReplicateSecret { region: Some(region(EUROPE)), ..replication(&["ap-south-1"]) };
    place.replicate(&onward).expect("it can have replicas itself");
    assert_eq!(place.value_in("ap-south-1"), "top");
    place.assert_clean();
}

#[test]
fn all_versions_and_labels_go_along_and_so_does_a_secret_without_any() {
    let place = Place::with_secret(&[EUROPE]);
    // Two more versions, sealed as the first one was.
    for (number, label) in [("1", "AWSPREVIOUS"), ("2", "custom")] {
        place.add_version(&format!("{number}0000000-0000-4000-8000-000000000000"), label, &format!("value {number}"));
    }
    let labels = |record: &SecretRecord| -> Vec<_> {
        record.versions.iter().map(|version| (version.version_id.clone(), version.version_stages.clone())).collect()
    };
    let before = place.record("us-west-2", "db");
    place.stop(EUROPE).expect("promoted");
    assert_eq!(labels(&place.record(EUROPE, "db")), labels(&before));
    for (label, value) in [("AWSCURRENT", "top"), ("AWSPREVIOUS", "value 1"), ("custom", "value 2")] {
        for place_of in [EUROPE, "us-west-2"] {
            let selector = VersionSelector { version_stage: Some(label.to_owned()), ..VersionSelector::default() };
            let entry = place.vault.get_secret_value(&place.kms(), "db", Some(region(place_of)), &selector).expect("opens");
            assert_eq!(entry.value.expose(), value.as_bytes());
        }
    }
    place.assert_clean();

    let empty = Place::new();
    empty.create(&CreateSecret { value: None, ..request("db", &[EUROPE]) }).expect("created");
    empty.vault.stop_replication_to_replica(None, &KeyOptions::default(), &StopReplication::new("db", region(EUROPE))).expect("promoted");
    assert!(empty.record(EUROPE, "db").versions.is_empty());
    assert!(empty.verify().is_sound());
}

#[test]
fn what_is_no_replica_is_refused() {
    let place = Place::with_secret(&[EUROPE]);
    let before = place.snapshot();
    let primary = "Operation not permitted on a primary secret. Call must be made in replica secret's region.";
    assert_refused(place.stop("us-west-2"), ErrorCode::InvalidParameterException, &[primary, "[eu-west-1]"]);
    let request = StopReplication { region: None, ..StopReplication::new("db", region(EUROPE)) };
    assert_refused(place.stop_with(&request), ErrorCode::InvalidParameterException, &[primary]);
    assert_refused(place.stop("us-east-1"), ErrorCode::ResourceNotFoundException, &["It is not in us-east-1"]);
    let without = place.vault.stop_replication_to_replica(None, &KeyOptions::default(), &StopReplication::new("db", region(EUROPE)));
    assert_refused(without, ErrorCode::InvalidRequestException, &["nothing here tells"]);
    assert_eq!(place.snapshot(), before);
    assert!(matches!(Place::new().stop_in_no_vault(), Err(Error::Setup(_))));
}

impl Place {
    fn stop_in_no_vault(&self) -> Result<crate::arn::SecretArn> {
        self.vault.stop_replication_to_replica(None, &KeyOptions::default(), &StopReplication::new("db", region(EUROPE)))
    }
}

#[test]
fn a_replica_that_failed_has_nothing_to_promote() {
    let place = Place::with_secret(&[]);
    let key = place.make_key(EUROPE);
    place.keys(|kms| kms.disable_key(region(EUROPE), &key)).expect("disabled");
    let failing = ReplicateSecret { replicas: vec![replica_under(EUROPE, &key)], on_problem: OnProblem::RecordFailed, ..replication(&[]) };
    place.replicate(&failing).expect("recorded");
    let before = place.snapshot();
    assert_refused(place.stop(EUROPE), ErrorCode::ResourceNotFoundException, &["Its replica in eu-west-1 failed (", "it is in us-west-2"]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn where_the_regions_own_key_is_not_here_another_region_tells_the_value() {
    let place = Place::new();
    let key = place.make_key(EUROPE);
    place.create(&CreateSecret { replicas: vec![replica_under(EUROPE, &key)], ..request("db", &[]) }).expect("created");
    place.keys(|kms| kms.disable_key(region(EUROPE), &key)).expect("disabled");
    place.stop(EUROPE).expect("promoted");
    place.keys(|kms| kms.enable_key(region(EUROPE), &key)).expect("enabled");
    assert!(place.get("db", Some(EUROPE)).expect("opens").is_compared);
    place.assert_clean();
}

#[test]
fn another_keystore_takes_the_values_only_when_told_to() {
    let place = Place::with_secret(&[EUROPE]);
    let site = place.elsewhere();
    site.keys(|kms| kms.import(place.kms().export(&[region(EUROPE)]).expect("exported")).map(drop)).expect("imported");
    let before = place.snapshot();
    assert_refused(site.stop(EUROPE), ErrorCode::InvalidRequestException, &["nothing here tells"]);
    assert_eq!(place.snapshot(), before);
    let accepting = StopReplication { accept_record: true, ..StopReplication::new("db", region(EUROPE)) };
    site.stop_with(&accepting).expect("promoted");
    assert!(site.get("db", Some(EUROPE)).expect("opens").is_compared);
    assert_eq!(site.record(EUROPE, "db").hand(site.kms().comparison_key()), RecordHand::Own);
    // Of what it is not asked to accept it says nothing.
    assert_eq!(site.record("us-west-2", "db").hand(site.kms().comparison_key()), RecordHand::Untagged);
    assert!(site.verify().is_sound());
}

#[test]
fn a_value_that_is_not_the_one_on_record_is_not_promoted() {
    let place = Place::with_secret(&[EUROPE]);
    let mut record = place.record("us-west-2", "db");
    place.put_bundle(&mut record, 0, EUROPE, "forged");
    place.write_record(&record);
    for accept_record in [false, true] {
        let request = StopReplication { accept_record, ..StopReplication::new("db", region(EUROPE)) };
        assert_refused(place.stop_with(&request), ErrorCode::DecryptionFailure, &[]);
    }
    assert!(!place.dir(EUROPE, "db").exists());
}

#[test]
fn a_bundle_that_was_changed_is_not_promoted() {
    let place = Place::with_secret(&[EUROPE]);
    let bundle = place.bundle(EUROPE);
    let sound = fs::read(&bundle).expect("reads");
    let mut broken = sound.clone();
    *broken.last_mut().expect("bytes") ^= 1;
    fs::write(&bundle, &broken).expect("written");
    assert_refused(place.stop(EUROPE), ErrorCode::DecryptionFailure, &[]);
    fs::remove_file(&bundle).expect("removed");
    assert!(place.stop(EUROPE).is_err());
    assert!(!place.dir(EUROPE, "db").exists());
    fs::write(&bundle, sound).expect("written");
    place.stop(EUROPE).expect("promoted");
}

#[test]
fn a_record_by_another_hand_gets_no_tag_of_ours() {
    let place = Place::with_secret(&[EUROPE]);
    let mut forged = place.record("us-west-2", "db");
    forged.tags.push(named("team", "mine"));
    place.forge_record(&forged);
    place.stop(EUROPE).expect("promoted");
    let kms = place.kms();
    for (primary, hand) in [("us-west-2", RecordHand::Untagged), (EUROPE, RecordHand::Changed)] {
        assert_eq!(place.record(primary, "db").hand(kms.comparison_key()), hand, "{primary}");
    }
    let accepted = Place::with_secret(&[EUROPE]);
    forged = accepted.record("us-west-2", "db");
    forged.tags.push(named("team", "mine"));
    accepted.forge_record(&forged);
    accepted.stop_with(&StopReplication { accept_record: true, ..StopReplication::new("db", region(EUROPE)) }).expect("promoted");
    let kms = accepted.kms();
    assert_eq!(accepted.record(EUROPE, "db").hand(kms.comparison_key()), RecordHand::Own);
    assert_eq!(accepted.record("us-west-2", "db").hand(kms.comparison_key()), RecordHand::Changed);
}

/// Stopped after any call, and with the power cut there: the Region reads the value all the time, and who comes next ends what was begun.
#[test]
fn stopped_at_any_call_it_is_as_before_or_as_after() {
    for (writers, stays) in [(Writers::Locked, true), (Writers::Locked, false), (Writers::Racing, true), (Writers::Racing, false)] {
        let mut stopped = 0;
        for call in 1..=60 {
            let (store, place) = in_memory(writers);
            place.create(&request("db", &[EUROPE, "us-east-1"])).expect("created");
            store.fail_at(call, InjectedFault::Down);
            let done = place.stop(EUROPE);
            if store.calm() < call {
                assert!(done.is_ok(), "{done:?}");
                break;
            }
            stopped += 1;
            store.cut_power(|| stays);
            let report = assert_ended_by_the_next_change(&place, &format!("{writers:?}, call {call}, {stays}"));
            // In a store of objects nobody sweeps what a power cut brought back.
            assert!(report.notes.is_empty() || writers == Writers::Racing, "{report:?}");
        }
        assert!(stopped > 8, "{writers:?}: {stopped}");
    }
}

/// Both copy the same bundle: whoever is second takes back nothing that the first one's record names.
#[test]
fn two_that_promote_a_replica_at_once_keep_its_value() {
    let mut overtaken = 0;
    for call in 1..=60 {
        let (store, place) = in_memory(Writers::Racing);
        place.create(&request("db", &[EUROPE])).expect("created");
        let (vault, kms) = (place.vault.clone(), place.kms());
        store.interrupt_at(call, move || {
            let request = StopReplication::new("db", region(EUROPE));
            // Late in the other one it is a secret of its own already.
            let _ = vault.stop_replication_to_replica(Some(&kms), &KeyOptions::default(), &request);
        });
        let second = place.stop(EUROPE);
        store.calm();
        overtaken += u64::from(second.is_err());
        assert!(second.is_ok() || refusal(second).1.contains("primary secret"), "call {call}");
        assert_eq!(place.value_in(EUROPE), "top", "call {call}");
        assert!(place.vault.verify(VerifyOptions::default()).expect("verifies").is_sound(), "call {call}");
    }
    assert!(overtaken > 5, "{overtaken}");
}

fn assert_ended_by_the_next_change(place: &Place, what: &str) -> VerifyReport {
    assert_eq!((place.value_in(EUROPE), place.value_in("us-west-2")), ("top".to_owned(), "top".to_owned()), "{what}");
    assert!(place.vault.verify(VerifyOptions::default()).expect("verifies").is_sound(), "{what}");
    let family = || place.vault.read_name("db").expect("readable").family;
    assert_eq!(family().holders(region(EUROPE)).count(), 1, "{what}");
    // The next change of either, or the same command again, leaves nothing undone.
    let tagged = place.vault.tag_resource(Some(&place.kms()), "db", Some(region("us-west-2")), &[named("a", "b")]);
    tagged.expect("tagged");
    let again = place.stop(EUROPE);
    assert!(again.is_ok() || refusal(again).1.contains("primary secret"), "{what}");
    assert!(family().members().all(|member| member.record.replaces.is_empty()), "{what}");
    assert_eq!(family().holder(region(EUROPE)).expect("held").record.primary_region(), region(EUROPE), "{what}");
    assert_eq!(place.value_in(EUROPE), "top", "{what}");
    let report = place.vault.verify(VerifyOptions { kms: Some(&place.kms()), ..VerifyOptions::default() }).expect("verifies");
    assert!(report.is_sound(), "{what}: {report:?}");
    report
}

#[test]
fn between_the_two_commits_the_replica_is_absent_and_the_new_secret_there() {
    let place = Place::with_secret(&[EUROPE, "us-east-1"]);
    let old = fs::read(place.dir("us-west-2", "db").join("secret.json")).expect("reads");
    let (bundle, bytes) = (place.bundle(EUROPE), fs::read(place.bundle(EUROPE)).expect("reads"));
    place.stop(EUROPE).expect("promoted");
    let mut europe = place.record(EUROPE, "db");
    europe.replaces = vec![Replaced { region: region(EUROPE), arn: place.record("us-west-2", "db").arn }];
    place.write_record(&europe);
    fs::write(place.dir("us-west-2", "db").join("secret.json"), old).expect("written");
    fs::write(&bundle, bytes).expect("written");
    let listed = place.vault.list_secrets(Some(region(EUROPE))).expect("listed").entries;
    assert_eq!(listed.len(), 1);
    assert!(place.verify().is_sound() && place.verify_open().is_sound());
    // A copy that no promotion explains is one all the same.
    let mut other = europe.clone();
    other.replaces.clear();
    place.write_record(&other);
    let report = place.verify();
    assert!(report.faults.iter().any(|fault| fault.message.contains("one of them is a copy, or forged")), "{report:?}");
    place.write_record(&europe);
    // Any change of either ends it.
    place.vault.tag_resource(Some(&place.kms()), "db", Some(region("us-west-2")), &[named("a", "b")]).expect("tagged");
    assert_eq!(place.record("us-west-2", "db").replication_status.len(), 1);
    assert!(place.record(EUROPE, "db").replaces.is_empty() && !bundle.exists());
    place.assert_clean();
}
