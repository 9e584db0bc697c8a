use super::*;
use crate::{
    error::{Damage, ManifestFault},
    package::{
        canonical_json::is_canonical,
        contents::spread,
        manifest_digest::ManifestDigest,
        manifest_page::{MAX_PAGE_ENTRIES, ManifestPage, PagePlace},
        manifest_root::{ManifestRoot, RegionPages},
    },
    store::NameKey,
    timestamp::Timestamp,
};

const VAULT: &str = "5f2c1e9a-0000-4000-8000-0123456789ab";

fn root_of(regions: Vec<RegionPages>) -> ManifestRoot {
    let time: Timestamp = "2026-11-21T20:38:31Z".parse().expect("a time");
    ManifestRoot::new(VAULT.to_owned().try_into().expect("an id"), 7, Some(ManifestDigest::of(b"before")), time, regions)
}

fn records(count: usize) -> Vec<SecretRecord> {
    (0..count).map(|number| full_record(&format!("db{number}"))).collect()
}

#[test]
fn a_page_reads_back_at_its_own_place_alone() {
    let records = records(5);
    let spreads = spread(&records, None).expect("spread");
    let names: Vec<_> = spreads.iter().map(|spread| spread.pages.region.name()).collect();
    assert_eq!(names, ["eu-south-1", "eu-west-1", "us-west-2"]);
    let west = &spreads[2];
    let bytes = west.bytes(0).expect("written");
    assert!(is_canonical(&bytes) && west.pages.pages == [ManifestDigest::of(&bytes)]);
    let place = PagePlace { region: west.pages.region, index: 0, count: 1 };
    let page = ManifestPage::read(&bytes, place).expect("read");
    let names: Vec<_> = page.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["db0", "db1", "db2", "db3", "db4"]);
    let refused = |place| match ManifestPage::read(&bytes, place) {
        Err(Damage::Manifest(fault)) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(PagePlace { region: region("eu-west-1"), ..place }), ManifestFault::OtherRegion(region("us-west-2")));
    assert!(matches!(refused(PagePlace { count: 2, index: NameKey::of("db0").page_index(2) ^ 1, ..place }), ManifestFault::Misplaced(_)));
    let (first, second) = (&page.entries[0], &page.entries[1]);
    let exchanged = ManifestPage::new(place.region, vec![first.clone(), second.clone(), first.clone()]).write().expect("written");
    assert!(matches!(ManifestPage::read(&exchanged, place), Err(Damage::Manifest(ManifestFault::Unordered))));
}

#[test]
fn a_page_with_too_many_entries_is_refused_before_they_are_read() {
    let records = records(1);
    let entry = spread(&records, None).expect("spread")[2].bytes(0).expect("written");
    let text = String::from_utf8(entry).expect("UTF-8");
    let (before, rest) = text.split_once('[').expect("entries");
    let (entry, after) = rest.rsplit_once("],\"Format\"").expect("one entry");
    let many = format!("{before}[{}],\"Format\"{after}", vec![entry; MAX_PAGE_ENTRIES + 10_000].join(","));
    let place = PagePlace { region: region("us-west-2"), index: 0, count: 1 };
    let Err(Damage::Manifest(ManifestFault::NotJson { column, .. })) = ManifestPage::read(many.as_bytes(), place) else { panic!("taken") };
    assert!(column < (entry.len() + 1) * (MAX_PAGE_ENTRIES + 2), "read to {column}");
}

#[test]
fn pages_of_what_does_not_change_stay() {
    let mut records = records(600);
    let before = spread(&records, None).expect("spread");
    let pages: Vec<RegionPages> = before.iter().map(|spread| spread.pages.clone()).collect();
    assert_eq!(pages.iter().map(|pages| pages.pages.len()).collect::<Vec<_>>(), [4, 4, 4]);
    let root = root_of(pages.clone());
    drop(before);
    records[17].description = Some("another".to_owned());
    // Fewer pages would do now, and those that are there stay.
    records.truncate(500);
    let now = spread(&records, Some(&root)).expect("spread");
    let without = spread(&records, None).expect("spread");
    assert_eq!((now[2].pages.pages.len(), without[2].pages.pages.len()), (4, 2));
    let mut few = records.clone();
    few[17].description = None;
    let again = spread(&few, Some(&root)).expect("spread");
    let unlike = |a: &RegionPages, b: &RegionPages| a.pages.iter().zip(&b.pages).filter(|(a, b)| a != b).count();
    assert_eq!(unlike(&again[2].pages, &now[2].pages), 1, "one secret is on one page");
}

#[test]
fn a_root_reads_back_under_its_own_counter_alone() {
    let digest = ManifestDigest::of(b"page");
    let pages = |name| RegionPages { pages: vec![digest.clone()], region: region(name) };
    let root = root_of(vec![pages("us-west-2"), pages("eu-west-1")]);
    let bytes = root.write().expect("written");
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    assert!(is_canonical(&bytes));
    assert_eq!(ManifestRoot::read(&bytes, 7).expect("read"), root);
    let refused = |text: &str, counter| match ManifestRoot::read(text.as_bytes(), counter) {
        Err(Damage::Manifest(fault)) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&text, 8), ManifestFault::OtherCounter(7));
    let list: BTreeMap<&str, String> = [("eu-west-1", "us-west-2"), ("us-west-2", "eu-west-1")].map(|(a, b)| (a, b.to_owned())).into();
    let exchanged = text.replace("eu-west-1", "@").replace("us-west-2", &list["us-west-2"]).replace('@', &list["eu-west-1"]);
    assert_eq!(refused(&exchanged, 7), ManifestFault::Unordered);
    assert_eq!(refused(&text.replace("us-west-2", "eu-west-1"), 7), ManifestFault::Unordered);
    assert_eq!(refused(&text.replace(&format!("[\"{digest}\"]"), "[]"), 7), ManifestFault::Unordered);
    assert_eq!(refused(&format!("{text}\n"), 7), ManifestFault::NotCanonical);
    assert_eq!(refused(&text.replace("+00:00", "Z"), 7), ManifestFault::NotCanonical);
    for unread in [
        text.replace("\"Counter\":7", "\"Counter\":7.0"),
        text.replace(VAULT, &VAULT.to_uppercase()),
        text.replace("us-west-2", "us-north-9"),
    ] {
        assert!(matches!(refused(&unread, 7), ManifestFault::NotJson { .. }), "{unread}");
    }
    let newer = text.replace("\"Format\":1", "\"Format\":2").replace("\"Counter\"", "\"Countess\"");
    assert_eq!(ManifestRoot::read(newer.as_bytes(), 7), Err(Damage::Format { found: 2, known: 1 }));
}
