//! Somebody without the keystore edits records between the operations: no key and no Region of theirs is ever used.

use super::{
    super::*,
    NAMES, REGIONS,
    carry_out::{Outcome, carry_out},
    generate::Generator,
    keystores::Keystores,
    operation::Operation,
    random::SeededRandom,
    world::World,
};
use crate::{
    parallel::lock,
    store::{
        Commit, NameChange, RecordChange,
        memory::{MemoryStore, Writers},
    },
};

/// What one attack does to a record, and to its tag.
fn edit(random: &mut SeededRandom, record: &mut SecretRecord, theirs: &BTreeMap<Region, String>) {
    let place = region(REGIONS[random.index(REGIONS.len())]);
    let key = theirs[&place].clone();
    match random.below(4) {
        0 => record.kms_key_id = Some(theirs[&record.primary_region()].clone()),
        1 => record.replication_status.iter_mut().for_each(|replica| replica.kms_key_id.clone_from(&theirs[&replica.region])),
        2 if place != record.primary_region() && record.replica(place).is_none() => {
            let status = ReplicaStatus::Failed;
            record.replication_status.push(ReplicaRecord {
                region: place,
                kms_key_id: key,
                status,
                status_message: String::new(),
                version_ids_to_stages: BTreeMap::new(),
            });
        }
        _ => record.data_key_scope = DataKeyScope::PerRegion,
    }
    match random.below(3) {
        0 => record.record_tag = None,
        1 => {
            // With nothing that format 1 has not.
            (record.format, record.record_tag, record.packed_from) = (1, None, None);
            (record.planned_deletion, record.last_rotated_date, record.is_rotation_cancelled) = (None, None, false);
        }
        _ => {}
    }
}

/// Writes a record as it is, with the tag that it has.
fn put(vault: &Vault, record: &SecretRecord) {
    let read = vault.read_name(&record.name).expect("readable");
    let (primary, located) = (record.primary_region(), Located::of(record.clone()));
    let before = read.records.get(primary).map(<[u8]>::to_vec);
    let blobs = located.blobs();
    let change = RecordChange {
        primary,
        before,
        named_before: blobs.clone(),
        after: Some(record.to_json().expect("JSON")),
        named_after: blobs,
        blobs: Vec::new(),
    };
    let writer = vault.store.writer().expect("nobody else writes");
    let change = NameChange { name: read.name, stamp: read.records.stamp(), records: vec![change] };
    assert_eq!(change::write(&*writer, change).expect("written"), Commit::Done);
}

#[test]
fn nobody_without_the_keystore_chooses_a_key_or_adds_a_region() {
    let keystores = Keystores::new();
    let session = keystores.session([false; REGIONS.len()], 0);
    let theirs: BTreeMap<Region, String> = {
        let mut session = lock(session);
        let mut make = |place: &&str| {
            let key = session.kms_mut().create_key(region(place), "for others").expect("made");
            (region(place), key.arn.to_string())
        };
        let made = REGIONS.iter().map(&mut make).collect();
        let _ = session.commit().expect("written");
        made
    };
    let (mut edits, mut done, unknown) = (0, 0, World::default());
    for seed in 0..300 {
        let (mut random, mut generator) = (SeededRandom::new(seed), Generator::new(seed));
        let vault = Vault::over(Arc::new(MemoryStore::new(Writers::Locked)));
        for _ in 0..2 + random.below(6) {
            // Nobody knows what is there, so that anything is asked for.
            let operation = if random.coin() { Operation::Create(generator.creation()) } else { generator.operation(&unknown) };
            let ended = carry_out(&vault, (session, &keystores.names), &unknown, &operation);
            done += ended.outcomes.iter().filter(|outcome| **outcome == Outcome::Done).count();
            for name in NAMES {
                if !vault.exists() {
                    continue;
                }
                let read = vault.read_name(name).expect("readable");
                for secret in read.family.members() {
                    for bundle in secret.record.versions.iter().flat_map(|version| &version.bundles) {
                        assert!(!theirs.values().any(|key| *key == bundle.kms_key_id), "{seed}: {operation:?}");
                    }
                    if random.coin() {
                        let mut record = secret.record.clone();
                        edit(&mut random, &mut record, &theirs);
                        put(&vault, &record);
                        edits += 1;
                    }
                }
            }
        }
    }
    assert!(edits > 300 && done > 300, "{edits} edits, {done} operations");
}
