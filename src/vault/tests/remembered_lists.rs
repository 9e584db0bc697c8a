//! Pages of a list that is kept in mind.

use std::time::Duration;

use super::*;
use crate::page::PageRules;

const SECRETS: usize = 7;

fn settled() -> (Place, RememberedLists) {
    let place = Place::new();
    for number in 0..SECRETS {
        let mut request = CreateSecret::new(format!("db{number}"), region("us-west-2"));
        request.tags = vec![Tag { key: "team".to_owned(), value: "web".to_owned() }];
        place.create(&request).expect("made");
    }
    settle(&place);
    (place, RememberedLists::default())
}

/// As if nobody had written for years.
fn settle(place: &Place) {
    let root = place.vault.root();
    for path in [root.join(layout::LOCK), root.join("secrets"), root.join("secrets/us-west-2")] {
        let file = fs::File::open(&path).expect("is there");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).expect("ours");
    }
}

/// The names of a page of three, the token of the next one, and how many faults there are.
fn page(
    vault: &Vault,
    lists: Option<&RememberedLists>,
    request: &ListSecrets,
    token: Option<&str>,
) -> (Vec<String>, Option<String>, usize) {
    let (rules, size) = (PageRules::LIST_SECRETS, Some(3));
    let listed = vault.list_secrets_for(lists, request, AskedPage { rules, size, token }).expect("listed");
    let page = rules.page(&listed.entries, &request.order(), size, token).expect("a page");
    (page.entries.iter().map(|entry| entry.name.clone()).collect(), page.next_token(&request.order()), listed.faults.len())
}

fn damage(place: &Place, name: &str) {
    fs::write(place.dir("us-west-2", name).join(layout::RECORD), "{").expect("written");
}

/// Each order, page by page, as a vault gives it that keeps nothing.
#[test]
fn pages_are_those_of_the_whole_list() {
    let (place, lists) = settled();
    let plain = Vault::new(place.vault.root());
    for sort_by in [SortBy::CreatedDate, SortBy::LastChangedDate, SortBy::Name] {
        for sort_order in [SortOrder::Ascending, SortOrder::Descending] {
            let filters = vec![SecretFilter::new(FilterKey::TagValue, vec!["web".to_owned()])];
            let (sort_by, sort_order) = (Some(sort_by), Some(sort_order));
            let request = ListSecrets { region: Some(region("us-west-2")), filters, sort_by, sort_order, ..Default::default() };
            let (mut token, mut seen) = (None, 0);
            loop {
                let found = page(&place.vault, Some(&lists), &request, token.as_deref());
                assert_eq!(found, page(&plain, None, &request, token.as_deref()));
                seen += found.0.len();
                token = found.1;
                if token.is_none() {
                    break;
                }
            }
            assert_eq!(seen, SECRETS);
        }
    }
}

#[test]
fn a_page_reads_no_other_records_unless_somebody_has_just_written() {
    let (place, lists) = settled();
    let request = ListSecrets { region: Some(region("us-west-2")), ..Default::default() };
    let (first, token, faults) = page(&place.vault, Some(&lists), &request, None);
    assert_eq!((first.len(), faults), (3, 0));
    // In place, as no writer does it: the folder stays as it was.
    damage(&place, "db0");
    let (second, _, faults) = page(&place.vault, Some(&lists), &request, token.as_deref());
    assert_eq!((second, faults), (vec!["db3".to_owned(), "db4".to_owned(), "db5".to_owned()], 0));
    assert_eq!(page(&place.vault, Some(&lists), &request, None).2, 1, "a first page reads all");
    // One that is on the page itself is read, and then all are.
    damage(&place, "db4");
    assert_eq!(page(&place.vault, Some(&lists), &request, token.as_deref()).2, 2);
    place.create(&CreateSecret::new("fresh", region("us-west-2"))).expect("made");
    assert_eq!(page(&place.vault, Some(&lists), &request, token.as_deref()).2, 2);
}

#[test]
fn nobody_relies_on_a_list_while_somebody_writes() {
    let (place, lists) = settled();
    let request = ListSecrets { region: Some(region("us-west-2")), ..Default::default() };
    let (_, token, _) = page(&place.vault, Some(&lists), &request, None);
    let writer = place.vault.store.writer().expect("a writer");
    settle(&place);
    damage(&place, "db0");
    assert_eq!(page(&place.vault, Some(&lists), &request, token.as_deref()).2, 1);
    drop(writer);
    assert_eq!(page(&place.vault, Some(&lists), &request, token.as_deref()).2, 0);
}

#[test]
fn what_is_written_between_two_pages_is_on_the_second() {
    let (place, lists) = settled();
    let filters = vec![SecretFilter::new(FilterKey::TagKey, vec!["team".to_owned()])];
    let request = ListSecrets { region: Some(region("us-west-2")), filters, ..Default::default() };
    let tag = Tag { key: "team".to_owned(), value: "x".to_owned() };
    for (number, change) in [
        &(|| place.vault.untag_resource(None, "db4", None, &["team".to_owned()]).expect("untagged")) as &dyn Fn(),
        &|| place.vault.tag_resource(None, "db4", None, std::slice::from_ref(&tag)).expect("tagged"),
        &|| drop(place.create(&CreateSecret::new("new", region("us-west-2"))).expect("made")),
    ]
    .into_iter()
    .enumerate()
    {
        settle(&place);
        let (_, token, _) = page(&place.vault, Some(&lists), &request, None);
        change();
        // As long after as it takes not to be mistaken for what was before.
        settle_later(&place);
        let expected: &[&str] = if number == 0 { &["db3", "db5", "db6"] } else { &["db3", "db4", "db5"] };
        assert_eq!(page(&place.vault, Some(&lists), &request, token.as_deref()).0, expected, "{number}");
    }
}

/// As if the last change had been two minutes ago.
fn settle_later(place: &Place) {
    let root = place.vault.root();
    let hour_ago = SystemTime::now() - Duration::from_secs(1800);
    for path in [root.join(layout::LOCK), root.join("secrets"), root.join("secrets/us-west-2")] {
        let file = fs::File::open(&path).expect("is there");
        let was_touched = file.metadata().and_then(|found| found.modified()).expect("a time") > hour_ago;
        if was_touched {
            file.set_modified(SystemTime::now() - Duration::from_secs(120)).expect("ours");
        }
    }
}
