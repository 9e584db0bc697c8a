//! Replicas leave a secret.

use super::*;
use crate::{
    store::memory::{MemoryStore, Writers},
    vault::record::Replaced,
};

fn names(regions: &[&str]) -> Vec<String> {
    regions.iter().map(|region| (*region).to_owned()).collect()
}

impl Place {
    fn remove(&self, regions: &[&str]) -> Result<RemovedRegions> {
        self.vault.remove_regions_from_replication(Some(&self.kms()), "db", None, &names(regions))
    }
}

fn regions_of(removed: &RemovedRegions) -> Vec<&'static str> {
    removed.replication_status.iter().map(|replica| replica.region.name()).collect()
}

#[test]
fn replicas_leave_with_their_bundles() {
    let place = Place::with_secret(&["eu-west-1", "us-east-1", "ap-south-1"]);
    let gone = [place.bundle("eu-west-1"), place.bundle("ap-south-1")];
    let before = place.record("us-west-2", "db").last_changed_date;
    let removed = place.remove(&["eu-west-1", "ap-south-1", "ca-central-1", "eu-west-1"]).expect("removed");
    assert_eq!(removed.arn, place.record("us-west-2", "db").arn);
    assert_eq!(regions_of(&removed), ["us-east-1"]);
    assert_eq!((removed.removed, removed.not_replicas), (vec![region("eu-west-1"), region("ap-south-1")], vec![region("ca-central-1")]));
    assert!(gone.iter().all(|bundle| !bundle.exists()));
    for gone in ["eu-west-1", "ap-south-1"] {
        assert_refused(place.get("db", Some(gone)), ErrorCode::ResourceNotFoundException, &["It is not in"]);
    }
    assert_eq!((place.value_in("us-west-2"), place.value_in("us-east-1")), ("top".to_owned(), "top".to_owned()));
    let record = place.record("us-west-2", "db");
    assert!(record.last_changed_date >= before && record.hand(place.kms().comparison_key()) == RecordHand::Own);
    place.assert_clean();
    // The last one: a secret without replication is left.
    assert!(place.remove(&["us-east-1"]).expect("removed").replication_status.is_empty());
    assert_eq!(place.vault.describe_secret(None, "db", None).expect("described").primary_region, None);
    place.replicate(&replication(&["eu-west-1"])).expect("and back");
    place.assert_clean();
}

#[test]
fn where_no_replica_is_nothing_is_written() {
    let place = Place::with_secret(&["eu-west-1"]);
    let before = place.snapshot();
    let removed = place.remove(&["us-east-1"]).expect("nothing to do");
    assert!(removed.removed.is_empty() && regions_of(&removed) == ["eu-west-1"]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn all_that_cannot_leave_is_told_at_once() {
    let place = Place::with_secret(&["eu-west-1"]);
    let before = place.snapshot();
    let parts = ["us-west-2: Invalid replica region. It is the primary Region of the secret.", "us-wst-1: there is no Region 'us-wst-1'"];
    assert_refused(place.remove(&["eu-west-1", "us-west-2", "us-wst-1"]), ErrorCode::InvalidParameterException, &parts);
    assert_refused(place.remove(&[]), ErrorCode::ValidationException, &["removeReplicaRegions"]);
    let from_replica = place.vault.remove_regions_from_replication(None, "db", Some(region("eu-west-1")), &names(&["eu-west-1"]));
    assert_refused(from_replica, ErrorCode::InvalidParameterException, &["Operation not permitted on a replica secret."]);
    let unknown = place.vault.remove_regions_from_replication(None, "none", None, &names(&["eu-west-1"]));
    assert_refused(unknown, ErrorCode::ResourceNotFoundException, &[]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_failed_replica_leaves_too() {
    let place = Place::with_secret(&[]);
    let key = place.make_key("eu-west-1");
    place.keys(|kms| kms.disable_key(region("eu-west-1"), &key)).expect("disabled");
    let request =
        ReplicateSecret { replicas: vec![replica_under("eu-west-1", &key)], on_problem: OnProblem::RecordFailed, ..replication(&[]) };
    place.replicate(&request).expect("recorded");
    assert_refused(place.get("db", Some("eu-west-1")), ErrorCode::ResourceNotFoundException, &["Its replica in eu-west-1 failed ("]);
    let removed = place.remove(&["eu-west-1"]).expect("removed");
    assert!(removed.replication_status.is_empty() && removed.removed == [region("eu-west-1")]);
    place.assert_clean();
}

#[test]
fn without_a_keystore_the_record_loses_its_tag() {
    let place = Place::with_secret(&["eu-west-1"]);
    place.vault.remove_regions_from_replication(None, "db", None, &names(&["eu-west-1"])).expect("removed");
    assert_eq!(place.record("us-west-2", "db").record_tag, None);
}

#[test]
fn a_region_that_another_secret_has_taken_is_none_of_its_replicas() {
    let place = Place::with_secret(&["eu-west-1"]);
    let east = CreateSecret { value: Some(text("east")), region: region("us-east-1"), ..request("db", &[]) };
    place.create(&east).expect("created");
    let west = place.record("us-west-2", "db");
    let take = ReplicateSecret { region: Some(region("us-east-1")), name_clash: NameClash::Overwrite, ..replication(&["eu-west-1"]) };
    place.replicate(&take).expect("replaced");
    // As a crash between the two commits leaves it.
    let mut east = place.record("us-east-1", "db");
    east.replaces = vec![Replaced { region: region("eu-west-1"), arn: west.arn.clone() }];
    place.write_record(&east);
    let remove = |primary: &str| {
        place.vault.remove_regions_from_replication(Some(&place.kms()), "db", Some(region(primary)), &names(&["eu-west-1"])).expect("done")
    };
    assert_eq!(remove("us-west-2").not_replicas, [region("eu-west-1")]);
    assert_eq!((place.value_in("eu-west-1"), place.value_in("us-west-2")), ("east".to_owned(), "top".to_owned()));
    assert_eq!(remove("us-east-1").removed, [region("eu-west-1")]);
    assert_refused(place.get("db", Some("eu-west-1")), ErrorCode::ResourceNotFoundException, &[]);
    place.assert_clean();
}

#[test]
fn in_a_store_of_objects_too() {
    for writers in [Writers::Locked, Writers::Racing] {
        let place = Place::new();
        let vault = Vault::over(Arc::new(MemoryStore::new(writers)));
        vault.create_secret(&mut place.session(), &KeyOptions::default(), &request("db", &["eu-west-1", "us-east-1"])).expect("created");
        let removed = vault.remove_regions_from_replication(Some(&place.kms()), "db", None, &names(&["eu-west-1"])).expect("removed");
        assert_eq!(regions_of(&removed), ["us-east-1"]);
        let report = vault.verify(VerifyOptions::default()).expect("verifies");
        assert!(report.is_sound() && report.notes.is_empty(), "{report:?}");
    }
}
