use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    error::ManifestFault,
    package::{
        canonical_json::{self, is_canonical},
        cut::{CutRecord, cut, joined, regions},
    },
};

fn cuts(record: &SecretRecord) -> Vec<(Region, CutRecord)> {
    regions(record).map(|region| (region, cut(record, region))).collect()
}

fn json(cut: &CutRecord) -> String {
    String::from_utf8(canonical_json::write(cut).expect("written")).expect("UTF-8")
}

#[test]
fn a_cut_has_all_that_a_reader_acts_on_and_no_more() {
    let record = full_record("db");
    let cut = json(&cut(&record, region("eu-west-1")));
    assert!(is_canonical(cut.as_bytes()));
    let whole = serde_json::to_value(&record).expect("JSON");
    for name in whole.as_object().expect("an object").keys() {
        let is_there = cut.contains(&format!("\"{name}\":"));
        let is_left_out = ["Format", "RecordTag", "RotationCancelled"].contains(&name.as_str());
        assert_eq!(is_there, !is_left_out, "{name}");
    }
    assert!(cut.contains("\"RotationState\":\"Cancelled\"") && !cut.contains("ValueTag"));
    assert!(cut.contains(&"4".repeat(64)) && !cut.contains(&"3".repeat(64)), "the Region's bundles alone");
}

#[test]
fn the_cuts_of_all_regions_are_the_record_without_its_tags() {
    let record = full_record("db");
    let mut expected = record.clone();
    expected.record_tag = None;
    expected.versions.iter_mut().for_each(|version| version.value_tag = None);
    assert_eq!(joined(cuts(&record)), Ok(Some(expected.clone())));
    assert_eq!(joined(Vec::new()), Ok(None));
    let mut other = full_record("db");
    other.description = None;
    let mixed = vec![(region("us-west-2"), cut(&record, region("us-west-2"))), (region("eu-west-1"), cut(&other, region("eu-west-1")))];
    assert_eq!(joined(mixed), Err(ManifestFault::Contradictory("db".to_owned())));
}

/// Any JSON in the place of a member, as far as that is a record.
fn any_record() -> impl Strategy<Value = SecretRecord> {
    let text = "\\PC{0,12}";
    let tags = proptest::collection::vec((text, text), 0..4);
    let context = proptest::collection::btree_map(text, text, 0..4);
    let removed = proptest::sample::subsequence(
        vec![
            "Description",
            "KmsKeyId",
            "ResourcePolicy",
            "RotationRules",
            "RotationCancelled",
            "LastRotatedDate",
            "PlannedDeletion",
            "Replaces",
        ],
        0..=8,
    );
    (tags, context, removed, 0_u64..(1 << 53), any::<bool>()).prop_map(|(tags, context, removed, size, has_versions)| {
        let mut record = full_record("db");
        record.tags = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
        record.encryption_context = context;
        record.versions[0].bundles[1].size = size;
        record.versions[1].bundles.truncate(1);
        let mut json = serde_json::to_value(&record).expect("JSON");
        let members = json.as_object_mut().expect("an object");
        for name in removed {
            members.remove(name);
        }
        if !has_versions {
            members.insert("Versions".to_owned(), Value::Array(Vec::new()));
        }
        serde_json::from_value(json).expect("a record")
    })
}

proptest! {
    #[test]
    fn cutting_what_was_cut_changes_nothing(record in any_record()) {
        for (region, once) in cuts(&record) {
            let carried = joined(vec![(region, once.clone())]).expect("one cut").expect("a record");
            prop_assert_eq!(cut(&carried, region), once.clone());
            let written = json(&once);
            prop_assert!(is_canonical(written.as_bytes()) && once.is_ordered());
            let read: CutRecord = serde_json::from_str(&written).expect("read");
            prop_assert_eq!(json(&read), written);
        }
        let whole = joined(cuts(&record)).expect("consistent").expect("a record");
        for (region, once) in cuts(&record) {
            prop_assert_eq!(cut(&whole, region), once);
        }
    }
}
