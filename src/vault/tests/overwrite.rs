//! A secret takes another one's place in a Region: two records, two commits.

use super::{family::Family, *};
use crate::vault::{family::Located, record::Replaced};

/// `db` of us-west-2 with the value `west` and of us-east-1 with the value `east`, each with these replicas.
fn twins(west: &[&str], east: &[&str]) -> Place {
    let place = Place::new();
    place.create(&CreateSecret { value: Some(text("west")), ..request("db", west) }).expect("created");
    place.create(&CreateSecret { value: Some(text("east")), region: region("us-east-1"), ..request("db", east) }).expect("created");
    place
}

fn take(from: &str, target: &str) -> ReplicateSecret {
    ReplicateSecret { region: Some(region(from)), name_clash: NameClash::Overwrite, ..replication(&[target]) }
}

#[test]
fn a_name_that_is_taken_is_refused_without_the_word_for_it() {
    let place = twins(&["eu-west-1"], &[]);
    let before = place.snapshot();
    for target in ["eu-west-1", "us-west-2"] {
        let request = ReplicateSecret { name_clash: NameClash::Refuse, ..take("us-east-1", target) };
        assert_refused(
            place.replicate(&request),
            ErrorCode::InvalidParameterException,
            &["Secret with this name already exists in this region"],
        );
    }
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_replica_of_another_primary_is_replaced() {
    let place = twins(&["eu-west-1", "ap-south-1"], &[]);
    place.replicate(&take("us-east-1", "eu-west-1")).expect("replaced");
    assert_eq!(place.value_in("eu-west-1"), "east");
    assert_eq!((place.value_in("us-west-2"), place.value_in("ap-south-1")), ("west".to_owned(), "west".to_owned()));
    let west = place.record("us-west-2", "db");
    assert_eq!(west.replication_status.iter().map(|replica| replica.region).collect::<Vec<_>>(), [region("ap-south-1")]);
    place.assert_clean();
}

#[test]
fn several_replicas_of_one_primary_are_replaced_at_once() {
    let place = twins(&["eu-west-1", "ap-south-1", "ca-central-1"], &[]);
    let request = ReplicateSecret { replicas: replicas(&["eu-west-1", "ap-south-1"]), ..take("us-east-1", "") };
    place.replicate(&request).expect("replaced");
    for (region, value) in [("eu-west-1", "east"), ("ap-south-1", "east"), ("ca-central-1", "west"), ("us-west-2", "west")] {
        assert_eq!(place.value_in(region), value);
    }
    assert_eq!(place.record("us-west-2", "db").replication_status.len(), 1);
    place.assert_clean();
}

#[test]
fn a_primary_without_replicas_is_replaced_and_gone() {
    let place = twins(&[], &[]);
    place.replicate(&take("us-east-1", "us-west-2")).expect("replaced");
    assert_eq!(place.value_in("us-west-2"), "east");
    assert!(!place.dir("us-west-2", "db").exists());
    place.assert_clean();

    let place = twins(&[], &[]);
    let request =
        CreateSecret { region: region("eu-west-1"), name_clash: NameClash::Overwrite, ..request("db", &["us-west-2", "us-east-1"]) };
    place.create(&request).expect("replaces both");
    for region in ["us-west-2", "us-east-1", "eu-west-1"] {
        assert_eq!(place.value_in(region), "top");
    }
    assert_eq!(place.vault.list_secrets(None).expect("listed").entries.len(), 1);
    place.assert_clean();
}

#[test]
fn a_primary_with_replicas_is_not_replaced() {
    let place = twins(&["eu-west-1", "ap-south-1"], &[]);
    let before = place.snapshot();
    let parts = ["You can't overwrite secret", "that still has replica regions [eu-west-1, ap-south-1]."];
    assert_refused(place.replicate(&take("us-east-1", "us-west-2")), ErrorCode::InvalidParameterException, &parts);
    assert_eq!(place.snapshot(), before);
}

/// It could be restored, and nobody would be told that it no longer can.
#[test]
fn what_is_marked_for_deletion_is_not_replaced() {
    let place = twins(&[], &[]);
    let west = DeleteSecret { region: Some(region("us-west-2")), ..DeleteSecret::new("db") };
    place.vault.delete_secret(Some(&place.kms()), &west).expect("marked");
    let before = place.snapshot();
    for name_clash in [NameClash::Overwrite, NameClash::Refuse] {
        let parts = ["us-west-2: Secret with this name is already scheduled for deletion in this region"];
        let replicated = place.replicate(&ReplicateSecret { name_clash, ..take("us-east-1", "us-west-2") });
        assert_refused(replicated, ErrorCode::InvalidParameterException, &parts);
        let created = place.create(&CreateSecret { region: region("eu-west-1"), name_clash, ..request("db", &["us-west-2"]) });
        assert_refused(created, ErrorCode::InvalidParameterException, &parts);
    }
    assert_eq!(place.snapshot(), before);
    place.vault.restore_secret(Some(&place.kms()), "db", Some(region("us-west-2"))).expect("restored");
    assert_eq!(place.value_in("us-west-2"), "west");
    place.replicate(&take("us-east-1", "us-west-2")).expect("replaced, now that it is not marked");
    assert_eq!(place.value_in("us-west-2"), "east");
    place.assert_clean();
}

#[test]
fn a_region_can_change_hands_again_and_again() {
    let place = twins(&["eu-west-1"], &[]);
    for (primary, value) in [("us-east-1", "east"), ("us-west-2", "west"), ("us-east-1", "east"), ("us-west-2", "west")] {
        place.replicate(&take(primary, "eu-west-1")).expect("replaced");
        assert_eq!(place.value_in("eu-west-1"), value);
        place.assert_clean();
    }
}

/// As a crash leaves it between the commit of the new record and the removal of the old one.
fn cut_short(place: &Place, target: &str) {
    let old = place.record("us-west-2", "db");
    let saved = place.folder.path().join("saved");
    copy(&place.dir("us-west-2", "db"), &saved);
    place.replicate(&take("us-east-1", target)).expect("replaced");
    let mut east = place.record("us-east-1", "db");
    east.replaces = vec![Replaced { region: region(target), arn: old.arn }];
    place.write_record(&east);
    let _ = fs::remove_dir_all(place.dir("us-west-2", "db"));
    copy(&saved, &place.dir("us-west-2", "db"));
    fs::remove_dir_all(saved).expect("removed");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("reads") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { fs::copy(entry.path(), target).map(drop).expect("copied") }
    }
}

#[test]
fn after_a_crash_between_the_commits_the_old_one_is_absent() {
    let place = twins(&["eu-west-1"], &[]);
    cut_short(&place, "eu-west-1");
    assert_eq!((place.value_in("eu-west-1"), place.value_in("us-west-2")), ("east".to_owned(), "west".to_owned()));
    let listed = place.vault.list_secrets(Some(region("eu-west-1"))).expect("listed").entries;
    assert_eq!(listed.iter().map(|entry| entry.primary_region).collect::<Vec<_>>(), [Some(region("us-east-1"))]);
    // Nor has the old one a replica there any more.
    let described = place.vault.describe_secret(None, "db", Some(region("us-west-2"))).expect("described");
    assert!(described.replication_status.is_empty() && described.primary_region.is_none(), "{described:?}");
    assert!(described.bundles.iter().all(|bundle| bundle.region == region("us-west-2")), "{described:?}");
    let listed = place.vault.list_secrets(Some(region("us-west-2"))).expect("listed").entries;
    assert_eq!(listed.iter().map(|entry| entry.primary_region).collect::<Vec<_>>(), [None]);
    assert!(place.verify().is_sound() && place.verify_open().is_sound());

    // The next change of either removes what is left of the old one.
    place.replicate(&ReplicateSecret { region: Some(region("us-west-2")), ..replication(&["ap-south-1"]) }).expect("replicated");
    assert!(place.record("us-west-2", "db").replica(region("eu-west-1")).is_none());
    assert_eq!(place.value_in("eu-west-1"), "east");
    place.assert_clean();
}

#[test]
fn after_a_crash_the_old_one_can_take_the_region_back() {
    let place = twins(&["eu-west-1"], &[]);
    cut_short(&place, "eu-west-1");
    place.replicate(&take("us-west-2", "eu-west-1")).expect("replaced");
    assert_eq!(place.value_in("eu-west-1"), "west");
    place.assert_clean();
}

#[test]
fn after_a_crash_a_replaced_primary_is_absent() {
    let place = twins(&[], &[]);
    cut_short(&place, "us-west-2");
    assert_eq!(place.value_in("us-west-2"), "east");
    assert_eq!(place.get("db", None).expect("one primary is left").arn.region(), region("us-east-1"));
    assert_eq!(place.vault.list_secrets(None).expect("listed").entries.len(), 1);
    assert!(place.verify().is_sound());
    place.replicate(&replication(&["eu-west-1"])).expect("replicated");
    assert!(!place.dir("us-west-2", "db").exists());
    place.assert_clean();
}

#[test]
fn a_replacement_counts_only_while_its_author_is_there() {
    let place = twins(&["eu-west-1"], &[]);
    let mut east = place.record("us-east-1", "db");
    let west = place.record("us-west-2", "db");
    east.replaces = vec![Replaced { region: region("eu-west-1"), arn: west.arn.clone() }];
    let located = |record: &SecretRecord| Located::of(record.clone());
    let family = Family(vec![located(&west), located(&east)]);
    assert_eq!(family.holder(region("eu-west-1")).expect("held").record.arn, west.arn);
}
