use std::collections::BTreeMap;

use super::*;
use crate::{
    arn::{AccountId, SecretArn},
    region::Region,
    vault::{
        DataKeyScope, PayloadKind, ReplicaStatus,
        record::{FORMAT, ReplicaRecord, VersionRecord},
    },
};

const HOUR: &str = "12:00:00";

fn day(day: u8) -> Timestamp {
    format!("2026-03-{day:02}T{HOUR}+00:00").parse().expect("a time")
}

/// A secret with so many versions, made on these days, all without a label but the last one.
fn record(count: usize, created: impl Fn(usize) -> Timestamp) -> SecretRecord {
    let region = Region::new("us-west-2").expect("a Region");
    let version = |number| VersionRecord {
        version_id: format!("v{number}"),
        version_stages: if number + 1 == count { vec!["AWSCURRENT".to_owned()] } else { Vec::new() },
        created_date: created(number),
        payload: PayloadKind::String,
        value_tag: None,
        bundles: Vec::new(),
    };
    SecretRecord {
        format: FORMAT,
        arn: SecretArn::new(region, AccountId::embedded(), "db-abcdef".to_owned()),
        name: "db".to_owned(),
        description: None,
        kms_key_id: None,
        created_date: day(1),
        last_changed_date: day(1),
        tags: Vec::new(),
        encryption_context: BTreeMap::new(),
        data_key_scope: DataKeyScope::Shared,
        resource_policy: None,
        rotation_rules: None,
        is_rotation_cancelled: false,
        last_rotated_date: None,
        planned_deletion: None,
        replication_status: Vec::new(),
        replaces: Vec::new(),
        part_regions: Vec::new(),
        packed_from: None,
        versions: (0..count).map(version).collect(),
        record_tag: None,
    }
}

#[test]
fn beyond_a_hundred_the_oldest_without_a_label_go() {
    for (count, expected) in [(1, 0), (100, 0), (101, 1), (130, 30)] {
        let mut record = record(count, |_| day(1));
        record.versions.iter_mut().take(1).for_each(|first| first.version_stages.push("kept".to_owned()));
        let pruned = prune(&mut record, day(9));
        assert_eq!(pruned, (1..=expected).map(|number| format!("v{number}")).collect::<Vec<_>>(), "{count}");
        assert_eq!(record.versions.len(), count - expected);
        assert!(record.versions.iter().all(|version| !pruned.contains(&version.version_id)));
    }
}

#[test]
fn none_goes_within_a_day_of_its_creation() {
    let mut fresh = record(150, |_| day(8));
    assert_eq!(prune(&mut fresh, "2026-03-09T11:59:59.999+00:00".parse().expect("a time")), Vec::<String>::new());
    assert_eq!(prune(&mut fresh, day(9)).len(), 50);
    // The old ones among them go first, and no more than there are.
    let mut mixed = record(150, |number| if number < 20 { day(1) } else { day(9) });
    assert_eq!(prune(&mut mixed, day(9)).len(), 20);
}

#[test]
fn a_clock_that_runs_backward_prunes_nothing() {
    let mut all = record(150, |number| if number == 149 { day(9) } else { day(1) });
    assert_eq!(prune(&mut all, day(8)), Vec::<String>::new());
    assert_eq!(all.versions.len(), 150);
}

#[test]
fn what_a_region_that_failed_goes_on_reading_stays() {
    let mut all = record(102, |_| day(1));
    all.replication_status.push(ReplicaRecord {
        region: Region::new("eu-west-1").expect("a Region"),
        kms_key_id: "alias/eu".to_owned(),
        status: ReplicaStatus::Failed,
        status_message: String::new(),
        version_ids_to_stages: [("v0".to_owned(), vec!["AWSCURRENT".to_owned()])].into(),
    });
    assert_eq!(prune(&mut all, day(9)), ["v1", "v2"]);
}
