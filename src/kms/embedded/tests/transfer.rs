//! Purging, exporting and importing.

use super::*;

fn europe() -> Region {
    region("eu-west-1")
}

/// A single-Region key with alias in each of two Regions, and a multi-Region key in both.
fn two_regions() -> (EmbeddedKms, KeyArn, KeyArn) {
    let mut kms = kms();
    kms.clock = Clock::Fixed(day("2026-11-01"));
    for region in [west(), europe()] {
        let key = kms.create_key(region, "single").expect("made");
        kms.create_alias(region, "alias/single", &key.key_id).expect("made");
    }
    let key = kms.create_key_with(west(), CreateKey { multi_region: true, ..CreateKey::default() }).expect("made").arn;
    let replica = kms.replicate_key(west(), key.key_id(), europe(), CreateKey::default()).expect("replicated").replica_key_metadata.arn;
    (kms, key, replica)
}

#[test]
fn an_export_has_the_keys_of_its_regions_only() {
    let (mut kms, key, replica) = two_regions();
    kms.enable_key_rotation(west(), key.key_id(), None).expect("enabled");
    kms.set_default_key(europe(), "alias/single").expect("set");
    let export = kms.export(&[europe()]).expect("exports");
    let single = export.resolve(europe(), "alias/single").expect("there");
    assert_eq!(export.chosen_default_key(europe()), Some(single.clone()));
    assert!(export.list_keys(west()).expect("lists").is_empty());
    assert_ne!(export.comparison_key().id(), kms.comparison_key().id());
    let blob = kms.encrypt(&key, b"data", &context()).expect("encrypts");
    assert_eq!(export.decrypt(&replica, &blob, &context()).expect("a sibling").expose(), b"data");
    let blob = kms.encrypt(&single, b"data", &context()).expect("encrypts");
    assert_eq!(export.decrypt(&single, &blob, &context()).expect("decrypts").expose(), b"data");
    let western = kms.resolve(west(), "alias/single").expect("there");
    let blob = kms.encrypt(&western, b"data", &context()).expect("encrypts");
    assert_eq!(refusal(export.decrypt(&western, &blob, &context())).0, ErrorCode::NotFoundException);
    assert!(!export.key_rotation_status(europe(), key.key_id()).expect("status").key_rotation_enabled);
    for without_keys in ["us-east-1", "af-south-1"] {
        assert!(matches!(kms.export(&[europe(), region(without_keys)]), Err(Error::Setup(why)) if why.to_string().contains(without_keys)));
    }
    // What only one of them could change stays as it is in both.
    let mut primary_only = kms.export(&[west()]).expect("exports");
    let refused = [
        primary_only.rotate_key_on_demand(west(), key.key_id()).map(drop),
        primary_only.enable_key_rotation(west(), key.key_id(), None),
        primary_only.replicate_key(west(), key.key_id(), region("us-east-1"), CreateKey::default()).map(drop),
    ];
    for result in refused {
        assert!(matches!(result, Err(Error::Setup(why)) if why.to_string().contains("eu-west-1")));
    }
}

#[test]
fn an_import_merges_and_doing_it_again_changes_nothing() {
    let (kms, key, _) = two_regions();
    let mut here = self::kms();
    let imported = here.import(kms.export(&[europe()]).expect("exports")).expect("imports");
    assert_eq!((imported.added.len(), imported.unchanged.len()), (2, 0));
    here.dirty = false;
    let imported = here.import(kms.export(&[europe()]).expect("exports")).expect("imports");
    assert_eq!((imported.added.len(), imported.unchanged.len(), here.is_dirty()), (0, 2, false));
    let imported = here.import(kms.export(&[west(), europe()]).expect("exports")).expect("imports");
    assert!(imported.added.len() == 2 && here.is_dirty() && here.multi_region_keys_agree());
    here.rotate_key_on_demand(west(), key.key_id()).expect("all Regions are here");

    // A Region that was added elsewhere is known here afterwards.
    let (mut kms, key, _) = two_regions();
    let mut here = self::kms();
    here.import(kms.export(&[west()]).expect("exports")).expect("imports");
    kms.replicate_key(west(), key.key_id(), region("us-east-1"), CreateKey::default()).expect("replicated");
    here.import(kms.export(&[region("us-east-1")]).expect("exports")).expect("imports");
    assert!(here.multi_region_keys_agree());
    let configuration = here.describe_key(west(), key.key_id()).expect("there").multi_region_configuration.expect("multi-Region");
    assert_eq!(configuration.replica_keys.len(), 2);

    let mut elsewhere = EmbeddedKms::new("444455556666".parse().expect("an account")).expect("made");
    assert!(matches!(elsewhere.import(kms.export(&[west()]).expect("exports")), Err(Error::Setup(_))));
}

#[test]
fn an_import_overwrites_nothing() {
    type Change = fn(&mut EmbeddedKms, &KeyArn);
    let changes: [(&str, Change); 6] = [
        ("another state", |kms, key| kms.disable_key(west(), key.key_id()).expect("disabled")),
        ("another state", |kms, key| drop(kms.schedule_key_deletion(west(), key.key_id(), None).expect("scheduled"))),
        ("another description", |kms, key| kms.update_key_description(west(), key.key_id(), "x").expect("changed")),
        ("another set of tags", |kms, key| kms.tag_resource(west(), key.key_id(), vec![("a".into(), "b".into())]).expect("tagged")),
        ("another policy", |kms, key| kms.put_key_policy(west(), key.key_id(), None, &policies::minimal()).expect("put")),
        ("alias/single: another key", |kms, key| kms.update_alias(west(), "alias/single", key.key_id()).expect("moved")),
    ];
    for (what, change) in changes {
        let (kms, key, _) = two_regions();
        let mut here = self::kms();
        here.clock = kms.clock;
        here.import(kms.export(&[west(), europe()]).expect("exports")).expect("imports");
        change(&mut here, &key);
        here.dirty = false;
        let before = format!("{here:?}");
        let (code, message) = refusal(here.import(kms.export(&[west()]).expect("exports")));
        assert!(code == ErrorCode::AlreadyExistsException && message.contains(what), "{what}: {message}");
        assert_eq!((before, here.is_dirty()), (format!("{here:?}"), false));
    }
}

/// An import of `regions` of `from`, as the ids of keys: added, updated, unchanged, older.
fn import(here: &mut EmbeddedKms, from: &EmbeddedKms, regions: &[Region]) -> Result<[Vec<KeyArn>; 4]> {
    let imported = here.import(from.export(regions).expect("exports"))?;
    assert!(here.multi_region_keys_agree());
    Ok([imported.added, imported.updated, imported.unchanged, imported.older])
}

#[test]
fn an_import_appends_newer_material_and_keeps_it_against_older() {
    let (mut kms, key, replica) = two_regions();
    let single = kms.resolve(europe(), "alias/single").expect("there");
    let mut here = self::kms();
    import(&mut here, &kms, &[west(), europe()]).expect("imports");
    let earlier = kms.export(&[europe()]).expect("exports");
    let old = kms.encrypt(&single, b"old", &context()).expect("encrypts");
    kms.rotate_key_on_demand(europe(), single.key_id()).expect("rotated");
    kms.rotate_key_on_demand(west(), key.key_id()).expect("rotated");
    kms.rotate_key_on_demand(west(), key.key_id()).expect("rotated");
    let new = kms.encrypt(&single, b"new", &context()).expect("encrypts");
    let sibling = kms.encrypt(&replica, b"sibling", &context()).expect("encrypts");
    refusal(here.decrypt(&single, &new, &context()));

    // Only one Region's keys come; the multi-Region key gets its material in both.
    here.dirty = false;
    let [added, updated, unchanged, older] = import(&mut here, &kms, &[europe()]).expect("imports");
    let mut expected = vec![single.clone(), replica.clone(), key.clone()];
    expected.sort();
    assert_eq!(
        {
            let mut updated = updated;
            updated.sort();
            updated
        },
        expected
    );
    assert!(added.is_empty() && unchanged.is_empty() && older.is_empty() && here.is_dirty());
    assert_eq!(here.decrypt(&single, &new, &context()).expect("newer").expose(), b"new");
    assert_eq!(here.decrypt(&single, &old, &context()).expect("older").expose(), b"old");
    assert_eq!(here.decrypt(&key, &sibling, &context()).expect("a sibling").expose(), b"sibling");
    assert_eq!(here.list_key_rotations(west(), key.key_id()).expect("lists"), kms.list_key_rotations(west(), key.key_id()).expect("lists"));

    // What was exported before the rotation changes nothing any more.
    here.dirty = false;
    let before = format!("{here:?}");
    let [added, updated, unchanged, older] = import(&mut here, &earlier, &[europe()]).expect("imports");
    assert!(added.is_empty() && updated.is_empty() && unchanged.is_empty() && older.len() == 2);
    assert_eq!((before, here.is_dirty()), (format!("{here:?}"), false));
    here.rotate_key_on_demand(west(), key.key_id()).expect("all Regions are here, with one history");
}

#[test]
fn a_region_that_comes_later_has_the_newest_material_of_either_side() {
    let (mut kms, key, replica) = two_regions();
    let earlier = kms.export(&[west()]).expect("exports");
    kms.rotate_key_on_demand(west(), key.key_id()).expect("rotated");
    let blob = kms.encrypt(&key, b"data", &context()).expect("encrypts");
    // Older than what is here: the new Region gets the newer material.
    let mut here = self::kms();
    import(&mut here, &kms, &[europe()]).expect("imports");
    let [added, updated, ..] = import(&mut here, &earlier, &[west()]).expect("imports");
    assert!(added.contains(&key) && updated.is_empty());
    assert_eq!(here.decrypt(&key, &blob, &context()).expect("decrypts").expose(), b"data");
    // Newer than what is here: so does the Region that was here.
    let mut here = self::kms();
    import(&mut here, &earlier, &[west()]).expect("imports");
    let [added, updated, ..] = import(&mut here, &kms, &[europe()]).expect("imports");
    assert!(added.contains(&replica) && updated == [key.clone()]);
    assert_eq!(here.decrypt(&key, &blob, &context()).expect("decrypts").expose(), b"data");
}

#[test]
fn a_key_that_was_rotated_on_both_sides_is_refused() {
    let (mut kms, key, _) = two_regions();
    let single = kms.resolve(west(), "alias/single").expect("there");
    for rotated in [single, key] {
        let mut here = self::kms();
        import(&mut here, &kms, &[west(), europe()]).expect("imports");
        for side in [&mut here, &mut kms] {
            side.rotate_key_on_demand(west(), rotated.key_id()).expect("rotated");
        }
        kms.rotate_key_on_demand(west(), rotated.key_id()).expect("rotated once more");
        let before = format!("{here:?}");
        for regions in [&[west()][..], &[west(), europe()]] {
            let (code, message) = refusal(import(&mut here, &kms, regions));
            assert!(code == ErrorCode::AlreadyExistsException && message.contains(&format!("{rotated}: another material")), "{message}");
        }
        assert_eq!(before, format!("{here:?}"));
    }
}

#[test]
fn only_a_purge_removes_what_is_expired() {
    let (mut kms, key, replica) = two_regions();
    kms.create_alias(europe(), "alias/replica", replica.key_id()).expect("made");
    kms.set_default_key(europe(), "alias/replica").expect("set");
    kms.schedule_key_deletion(west(), key.key_id(), Some(7)).expect("scheduled");
    kms.schedule_key_deletion(europe(), replica.key_id(), Some(10)).expect("scheduled");
    kms.clock = Clock::Fixed(day("2026-11-10"));
    assert!(kms.purge().is_empty());
    kms.clock = Clock::Fixed(day("2026-11-11"));
    let purged = kms.purge();
    assert_eq!((purged.len(), &purged[0].arn, purged[0].deletion_date), (1, &replica, day("2026-11-11")));
    assert!(kms.stored_key(&replica).is_none() && kms.chosen_default_key(europe()).is_none());
    assert_eq!(kms.list_aliases(europe(), None).expect("lists").len(), 1);
    let described = kms.describe_key(west(), key.key_id()).expect("there");
    assert_eq!((described.key_state, described.deletion_date), (KeyState::PendingDeletion, Some(day("2026-11-18"))));
    assert!(kms.multi_region_keys_agree());
    kms.clock = Clock::Fixed(day("2026-11-18"));
    assert_eq!(kms.purge()[0].arn, key);
    assert!(kms.stored_key(&key).is_none());
}

#[test]
fn a_clock_before_or_long_after_the_last_write_is_doubted() {
    let mut kms = kms();
    assert_eq!(kms.clock_doubt(), None, "never written");
    kms.believed = Some(day("2026-11-01"));
    for (date, doubted) in [("2026-10-31", true), ("2026-11-01", false), ("2026-12-01", false), ("2026-12-02", true)] {
        kms.clock = Clock::Fixed(day(date));
        assert_eq!(kms.clock_doubt().is_some(), doubted, "{date}");
    }
}

#[test]
fn a_default_key_is_set_and_unset() {
    let (mut kms, key, _) = two_regions();
    kms.dirty = false;
    assert_eq!(kms.set_default_key(west(), &key.to_string()).expect("set"), Some(key.clone()));
    assert!(kms.is_dirty());
    assert_eq!((kms.chosen_default_key(west()), kms.chosen_default_key(europe())), (Some(key), None));
    assert_eq!(kms.set_default_key(west(), "alias/aws/secretsmanager").expect("unset"), None);
    assert_eq!((kms.chosen_default_key(west()), kms.default_key(west())), (None, None));
    assert_eq!(refusal(kms.set_default_key(west(), "alias/none")).0, ErrorCode::NotFoundException);
}
