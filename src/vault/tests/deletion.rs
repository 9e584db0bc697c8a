//! Secrets that are marked for deletion, restored, removed and purged.

use super::*;
use crate::{timestamp::Timestamp, vault::record::PlannedDeletion};

const MARKED: &str = "You can't perform this operation on the secret because it was marked for deletion.";
const NAME_MARKED: &str = "You can't create this secret because a secret with this name is already scheduled for deletion.";

fn deletion(recovery: RecoveryWindow) -> DeleteSecret {
    DeleteSecret { recovery, ..DeleteSecret::new("db") }
}

fn delete(place: &Place, recovery: RecoveryWindow) -> Result<SecretDeletion> {
    place.vault.delete_secret(Some(&place.kms()), &deletion(recovery))
}

fn restore(place: &Place) -> Result<String> {
    place.vault.restore_secret(Some(&place.kms()), "db", None).map(|restored| restored.name)
}

/// Marks `db` for a deletion that was due a minute ago, or is due in so many days.
fn mark(place: &Place, days: Option<u16>) {
    let long_ago: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    let deletion_date = days.map_or(long_ago.plus_days(7), |days| Timestamp::now_within_years().plus_days(days));
    let planned_deletion = Some(PlannedDeletion { deleted_date: long_ago, deletion_date });
    place.write_record(&SecretRecord { planned_deletion, ..place.record("us-west-2", "db") });
}

fn names(place: &Place, includes_planned_deletion: bool) -> Vec<String> {
    let request = ListSecrets { includes_planned_deletion, ..ListSecrets::default() };
    place.vault.list_secrets_matching(&request).expect("listed").entries.into_iter().map(|entry| entry.name).collect()
}

#[test]
fn a_secret_is_marked_and_restored_as_it_was() {
    for (recovery, days) in [(RecoveryWindow::Default, 30), (RecoveryWindow::Days(7), 7), (RecoveryWindow::Days(30), 30)] {
        let place = Place::with_secret(&[]);
        let before = place.record("us-west-2", "db");
        let deleted = delete(&place, recovery).expect("marked");
        let described = place.vault.describe_secret(None, "db", None).expect("described");
        assert_eq!((deleted.arn.as_ref(), &*deleted.name, deleted.was_there), (Some(&before.arn), "db", true));
        let deleted_date = described.deleted_date.expect("marked");
        assert_eq!((described.deletion_date, deleted_date.plus_days(days)), (Some(deleted.deletion_date), deleted.deletion_date));
        assert_eq!((names(&place, false), names(&place, true)), (Vec::new(), vec!["db".to_owned()]));
        assert!(place.vault.list_secrets(None).expect("listed").entries.is_empty());
        assert!(place.vault.expired_secrets().expect("listed").entries.is_empty());
        let record = place.record("us-west-2", "db");
        assert_eq!(record.hand(place.kms().comparison_key()), RecordHand::Own, "the record keeps its tag");
        place.assert_clean();
        assert_eq!(restore(&place).expect("restored"), "db");
        let after = place.record("us-west-2", "db");
        assert!(after.last_changed_date >= record.last_changed_date);
        assert_eq!((after.planned_deletion, &after.versions), (None, &before.versions));
        assert_eq!(place.value_in("us-west-2"), "top");
        place.assert_clean();
    }
}

#[test]
fn what_is_marked_is_refused_everywhere_in_the_words_of_aws() {
    let place = Place::with_secret(&[]);
    delete(&place, RecoveryWindow::Default).expect("marked");
    let before = place.snapshot();
    let kms = place.kms();
    let tag = Tag { key: "a".to_owned(), value: String::new() };
    for result in [
        place.get("db", None).map(drop),
        place.get(&place.record("us-west-2", "db").arn.to_string(), None).map(drop),
        place.vault.tag_resource(Some(&kms), "db", None, std::slice::from_ref(&tag)),
        place.vault.untag_resource(Some(&kms), "db", None, &["a".to_owned()]),
        place.replicate(&replication(&["eu-west-1"])).map(drop),
        delete(&place, RecoveryWindow::Default).map(drop),
        delete(&place, RecoveryWindow::Days(7)).map(drop),
    ] {
        assert_eq!(refusal(result), (ErrorCode::InvalidRequestException, MARKED.to_owned()));
    }
    let token = CreateSecret { client_request_token: Some("t".repeat(32)), ..request("db", &[]) };
    for request in [request("db", &[]), token] {
        assert_eq!(refusal(place.create(&request)), (ErrorCode::InvalidRequestException, NAME_MARKED.to_owned()));
        let keys = KeyOptions::default();
        let mut session = place.session();
        let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
        assert_eq!(refusal(batch.check(&request)), (ErrorCode::InvalidRequestException, NAME_MARKED.to_owned()));
    }
    assert_eq!(place.snapshot(), before);
    // In another Region the name is free.
    place.create(&CreateSecret { region: region("eu-west-1"), ..request("db", &[]) }).expect("created");
}

#[test]
fn a_rewrap_follows_so_that_what_is_restored_opens() {
    let place = Place::with_secret(&[]);
    delete(&place, RecoveryWindow::Default).expect("marked");
    let key = place.make_key("us-west-2");
    let request = RewrapSecret { region: Some(region("us-west-2")), to_key: Some(key.clone()), ..RewrapSecret::new("db") };
    place.vault.rewrap_secret(&mut place.session(), &request).expect("rewrapped");
    assert!(place.record("us-west-2", "db").planned_deletion.is_some());
    restore(&place).expect("restored");
    assert_eq!(place.value_in("us-west-2"), "top");
    assert!(place.record("us-west-2", "db").versions[0].bundles[0].kms_key_id.ends_with(&key));
}

#[test]
fn what_is_due_is_not_there_and_keeps_its_name_until_it_is_purged() {
    let place = Place::with_secret(&[]);
    mark(&place, None);
    let before = place.snapshot();
    assert_eq!((names(&place, false), names(&place, true)), (Vec::new(), Vec::new()));
    let not_found = (ErrorCode::ResourceNotFoundException, "Secrets Manager can't find the specified secret.".to_owned());
    for result in [
        place.get("db", None).map(drop),
        place.vault.describe_secret(None, "db", None).map(drop),
        place.vault.describe_secret(None, "db", Some(region("us-west-2"))).map(drop),
        place.vault.tag_resource(None, "db", None, &[]),
        place.vault.rewrap_secret(&mut place.session(), &RewrapSecret::new("db")).map(drop),
        delete(&place, RecoveryWindow::Default).map(drop),
        restore(&place).map(drop),
    ] {
        assert_eq!(refusal(result), not_found);
    }
    // Were the clock wrong, a new secret in its place would be one too many.
    assert_eq!(refusal(place.create(&request("db", &[]))), (ErrorCode::InvalidRequestException, NAME_MARKED.to_owned()));
    let report = place.verify();
    assert!(report.is_sound() && report.notes.len() == 1 && report.notes[0].message.contains("was due"), "{report:?}");
    assert_eq!(place.snapshot(), before);
    let expired = place.vault.expired_secrets().expect("listed").entries;
    assert_eq!(expired.iter().map(|secret| &*secret.name).collect::<Vec<_>>(), ["db"]);
    assert_eq!(place.vault.purge(None, &expired).expect("purged").entries, expired);
    assert!(!place.dir("us-west-2", "db").exists());
    place.assert_clean();
    assert!(place.vault.expired_secrets().expect("listed").entries.is_empty());
    assert!(place.vault.purge(None, &expired).expect("nothing is there").entries.is_empty());
    place.create(&request("db", &[])).expect("the name is free");
    assert_eq!(place.value_in("us-west-2"), "top");
}

#[test]
fn what_changed_since_it_was_listed_is_not_purged() {
    let place = Place::with_secret(&[]);
    mark(&place, None);
    let expired = place.vault.expired_secrets().expect("listed").entries;
    mark(&place, Some(8));
    assert!(place.vault.purge(None, &expired).expect("nothing was due").entries.is_empty());
    restore(&place).expect("restored");
    assert!(place.vault.purge(None, &expired).expect("nothing was due").entries.is_empty());
    assert_eq!(place.value_in("us-west-2"), "top");
    // Nor is another secret of the name.
    delete(&place, RecoveryWindow::None).expect("removed");
    place.create(&request("db", &[])).expect("created");
    mark(&place, None);
    assert!(place.vault.purge(None, &expired).expect("another one was due").entries.is_empty());
}

#[test]
fn without_a_window_a_secret_is_gone_with_its_files() {
    for days in [None, Some(7)] {
        let place = Place::with_secret(&[]);
        place.create(&request("other", &[])).expect("created");
        if let Some(days) = days {
            delete(&place, RecoveryWindow::Days(days)).expect("marked");
        }
        let removed = delete(&place, RecoveryWindow::None).expect("removed");
        assert!(removed.was_there && removed.deletion_date <= Timestamp::now_within_years());
        assert!(!place.dir("us-west-2", "db").exists() && place.dir("us-west-2", "other").exists());
        assert_refused(place.get("db", None), ErrorCode::ResourceNotFoundException, &[]);
        place.assert_clean();
        // Again, it is no error, by whatever name.
        let again = delete(&place, RecoveryWindow::None).expect("not there");
        assert_eq!((again.arn, &*again.name, again.was_there), (None, "db", false));
        let arn = removed.arn.expect("it was there");
        let by_arn = DeleteSecret { secret_id: arn.to_string(), ..deletion(RecoveryWindow::None) };
        let by_arn = place.vault.delete_secret(None, &by_arn).expect("not there");
        assert_eq!((by_arn.arn, &*by_arn.name, by_arn.was_there), (Some(arn), "db", false));
        assert_refused(delete(&place, RecoveryWindow::Default), ErrorCode::ResourceNotFoundException, &[]);
    }
    // What is due is there still, and goes too.
    let place = Place::with_secret(&[]);
    mark(&place, None);
    assert!(delete(&place, RecoveryWindow::None).expect("removed").was_there);
    assert!(!place.dir("us-west-2", "db").exists());
}

#[test]
fn replicas_go_first_and_refuse_for_themselves() {
    let place = Place::with_secret(&["eu-west-1", "us-east-1"]);
    let before = place.snapshot();
    let arn = place.record("us-west-2", "db").arn;
    let replicated = format!("You can't delete secret {arn} that still has replica regions [eu-west-1, us-east-1].");
    let on_replica = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
    for recovery in [RecoveryWindow::Default, RecoveryWindow::None] {
        assert_eq!(refusal(delete(&place, recovery)), (ErrorCode::InvalidParameterException, replicated.clone()));
        let there = DeleteSecret { region: Some(region("eu-west-1")), ..deletion(recovery) };
        let refused = refusal(place.vault.delete_secret(None, &there));
        assert_eq!(refused, (ErrorCode::InvalidParameterException, on_replica.to_owned()));
    }
    let refused = refusal(place.vault.restore_secret(None, "db", Some(region("eu-west-1"))));
    assert_eq!(refused, (ErrorCode::InvalidParameterException, on_replica.to_owned()));
    assert_eq!(place.snapshot(), before);
    // One that is not marked is restored without a change.
    restore(&place).expect("as it is");
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_window_has_7_to_30_days() {
    let place = Place::with_secret(&[]);
    let message = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
    for days in [i64::MIN, -7, 0, 6, 31, i64::MAX] {
        let refused = refusal(delete(&place, RecoveryWindow::Days(days)));
        assert_eq!(refused, (ErrorCode::InvalidParameterException, message.to_owned()), "{days}");
    }
    assert_eq!(place.value_in("us-west-2"), "top");
}

#[test]
fn a_clock_that_was_set_back_shortens_no_window() {
    let place = Place::with_secret(&[]);
    let mut kms = place.kms();
    let believed = Timestamp::now_within_years().plus_days(100);
    kms.fix_clock(believed);
    kms.believe_clock();
    let deleted = place.vault.delete_secret(Some(&kms), &deletion(RecoveryWindow::Days(7))).expect("marked");
    assert_eq!(deleted.deletion_date, believed.plus_days(7));
}

#[test]
fn a_mark_needs_no_keystore_and_none_is_made() {
    let place = Place::with_secret(&[]);
    place.vault.delete_secret(None, &deletion(RecoveryWindow::Default)).expect("marked");
    let hand = place.record("us-west-2", "db").hand(place.kms().comparison_key());
    assert_eq!(hand, RecordHand::Untagged);
    restore(&place).expect("restored");
    let nowhere = Place::new();
    for recovery in [RecoveryWindow::Default, RecoveryWindow::None] {
        assert!(matches!(nowhere.vault.delete_secret(None, &deletion(recovery)), Err(Error::Setup(_))));
    }
    assert!(!nowhere.vault.root().exists());
}

#[test]
fn the_mark_is_covered_by_the_records_tag_and_format_1_has_none() {
    let place = Place::with_secret(&[]);
    delete(&place, RecoveryWindow::Default).expect("marked");
    let marked = place.record("us-west-2", "db");
    place.forge_record(&SecretRecord { planned_deletion: None, ..marked.clone() });
    assert_eq!(place.record("us-west-2", "db").hand(place.kms().comparison_key()), RecordHand::Changed);
    let old = SecretRecord { format: 1, record_tag: None, ..marked };
    assert_eq!(old.fault(&key("us-west-2", "db")).as_deref(), Some("a record of format 1 has no planned deletion"));
}

/// As a kill leaves it between the removal of the record and that of the bundles.
#[test]
fn what_a_stopped_removal_leaves_is_no_secret_and_goes() {
    let place = Place::with_secret(&[]);
    fs::remove_file(place.dir("us-west-2", "db").join("secret.json")).expect("removed");
    assert!(names(&place, true).is_empty());
    let report = place.verify();
    assert!(report.is_sound() && report.secrets == 0 && report.notes.len() == 1, "{report:?}");
    place.create(&request("db", &[])).expect("created");
    place.assert_clean();
    // Whoever removes it again, or purges, removes what is left; a file that no writer made stays.
    let removals: [fn(&Place); 2] = [
        |place| assert!(!delete(place, RecoveryWindow::None).expect("not there").was_there),
        |place| assert!(place.vault.purge(None, &[]).expect("nothing was due").entries.is_empty()),
    ];
    for remove_rest in removals {
        let place = Place::with_secret(&[]);
        place.create(&request("other", &[])).expect("created");
        let dir = place.dir("us-west-2", "db");
        fs::remove_file(dir.join("secret.json")).expect("removed");
        fs::write(dir.join("notes.txt"), b"mine").expect("written");
        remove_rest(&place);
        assert_eq!(place.verify().notes.iter().map(|note| &note.path).collect::<Vec<_>>(), [&dir.join("notes.txt")]);
        fs::remove_file(dir.join("notes.txt")).expect("removed");
        remove_rest(&place);
        place.assert_clean();
        assert!(place.get("other", None).is_ok());
    }
}

/// A link in the record's place is not followed, and what lies beside it is not taken for leftovers.
#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_record_leaves_its_bundles() {
    let place = Place::with_secret(&[]);
    let (record, bundle) = (place.dir("us-west-2", "db").join("secret.json"), place.bundle("us-west-2"));
    fs::rename(&record, place.vault.root().join("moved")).expect("moved");
    std::os::unix::fs::symlink("nowhere", &record).expect("linked");
    place.vault.purge(None, &[]).expect("nothing was due");
    assert!(bundle.exists());
}
