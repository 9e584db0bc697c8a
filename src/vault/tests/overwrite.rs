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
    assert_eq!(place.vault.list_secrets(None).expect("listed").len(), 1);
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
