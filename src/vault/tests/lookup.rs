//! Names, ARNs and partial ARNs.

use super::*;
use crate::vault::{
    family::{Family, Located},
    lookup::settled,
};

fn arn_of(place: &Place, secret_id: &str) -> String {
    place.get(secret_id, None).expect("opens").arn.to_string()
}

#[test]
fn names_arns_and_partial_arns_find_a_secret() {
    let place = Place::with_secret(&["eu-west-1"]);
    let full = arn_of(&place, "db");
    let partial = full.rsplit_once('-').expect("a suffix").0;
    assert_eq!(partial, "arn:aws:secretsmanager:us-west-2:000000000000:secret:db");
    for id in ["db", &full, partial] {
        assert_eq!(place.get(id, None).expect("opens").arn.to_string(), full, "{id}");
        assert_eq!(place.get(id, Some("us-west-2")).expect("opens").arn.to_string(), full, "{id}");
    }
    let replica = full.replace("us-west-2", "eu-west-1");
    for id in [&replica, &partial.replace("us-west-2", "eu-west-1")] {
        assert_eq!(place.get(id, None).expect("opens").arn.to_string(), replica, "{id}");
    }
    assert_eq!(place.get("db", Some("eu-west-1")).expect("opens").arn.to_string(), replica);
}

#[test]
fn what_is_not_there_is_not_found() {
    let place = Place::with_secret(&["eu-west-1"]);
    let full = arn_of(&place, "db");
    let (partial, suffix) = full.rsplit_once('-').expect("a suffix");
    let other_suffix: String = suffix.chars().rev().map(|letter| if letter == 'x' { 'y' } else { 'x' }).collect();
    for id in [
        "DB".to_owned(),
        "db ".to_owned(),
        format!("{partial}-{other_suffix}"),
        full.replace("000000000000", "111122223333"),
        partial.replace("000000000000", "111122223333"),
        full.replace("us-west-2", "us-east-1"),
        format!("{full}-{suffix}"),
    ] {
        assert_refused(place.get(&id, None), ErrorCode::ResourceNotFoundException, &["can't find the specified secret"]);
    }
    for id in ["arn:", "arn:aws:kms:us-west-2:000000000000:key/x", "arn:aws:secretsmanager:us-west-9:000000000000:secret:db"] {
        assert_refused(place.get(id, None), ErrorCode::InvalidParameterException, &["is not the ARN of a secret"]);
    }
    assert_refused(
        place.get("db", Some("us-east-1")),
        ErrorCode::ResourceNotFoundException,
        &["not in us-east-1, but in eu-west-1, us-west-2"],
    );
}

#[test]
fn a_name_that_ends_like_an_arn_is_found_by_name_and_full_arn() {
    let place = Place::new();
    place.create(&request("db-abc123", &[])).expect("created");
    let full = arn_of(&place, "db-abc123");
    assert_eq!(arn_of(&place, &full), full);
    // As in AWS.
    let partial = full.rsplit_once('-').expect("a suffix").0;
    assert_refused(place.get(partial, None), ErrorCode::ResourceNotFoundException, &[]);
    // Nor does it find the secret that has the rest of the name.
    place.create(&request("db", &[])).expect("created");
    assert_refused(place.get(partial, None), ErrorCode::ResourceNotFoundException, &[]);
}

#[test]
fn a_region_beside_an_arn_has_to_be_its_own() {
    let place = Place::with_secret(&["eu-west-1"]);
    let full = arn_of(&place, "db");
    assert_refused(place.get(&full, Some("eu-west-1")), ErrorCode::InvalidParameterException, &["us-west-2", "eu-west-1"]);
}

#[test]
fn a_name_with_several_primaries_needs_a_region() {
    let place = Place::with_secret(&["eu-west-1"]);
    place.create(&CreateSecret { region: region("us-east-1"), value: Some(text("east")), ..request("db", &[]) }).expect("created");
    assert_refused(place.get("db", None), ErrorCode::InvalidRequestException, &["'db'", "us-east-1, us-west-2"]);
    assert_eq!((place.value_in("us-east-1"), place.value_in("eu-west-1")), ("east".to_owned(), "top".to_owned()));
}

#[test]
fn the_account_is_the_requests_or_that_of_the_key() {
    let place = Place::with_secret(&[]);
    let account = Some("111122223333".parse().expect("an account"));
    place.create(&CreateSecret { account, ..request("other", &[]) }).expect("created");
    assert!(arn_of(&place, "db").starts_with("arn:aws:secretsmanager:us-west-2:000000000000:secret:db-"));
    assert!(arn_of(&place, "other").starts_with("arn:aws:secretsmanager:us-west-2:111122223333:secret:other-"));
}

/// The secrets in these primary Regions, as one read without a lock sees them.
fn seen(place: &Place, primaries: &[&str]) -> Family {
    Family(primaries.iter().map(|primary| Located::of(place.record(primary, "db"))).collect())
}

#[test]
fn a_name_that_changes_hands_while_it_is_read_is_read_again() {
    let place = Place::with_secret(&["eu-west-1"]);
    place.create(&CreateSecret { region: region("us-east-1"), ..request("db", &[]) }).expect("created");
    // Which secrets each read sees, the Region that is asked about, which are taken in the end, and after how many reads.
    type Case<'a> = (&'a [&'a [&'a str]], Option<&'a str>, &'a [&'a str], usize);
    let cases: [Case<'_>; 7] = [
        (&[&["us-west-2"]], None, &["us-west-2"], 1),
        (&[&["us-west-2"]], Some("eu-west-1"), &["us-west-2"], 1),
        (&[&[], &["us-east-1"]], None, &["us-east-1"], 2),
        (&[&["us-west-2"], &["us-west-2", "us-east-1"], &["us-west-2", "us-east-1"]], Some("us-east-1"), &["us-west-2", "us-east-1"], 3),
        (&[&["us-west-2", "us-east-1"], &["us-east-1"]], None, &["us-east-1"], 2),
        (&[&["us-west-2", "us-east-1"], &["us-west-2", "us-east-1"]], None, &["us-west-2", "us-east-1"], 2),
        (&[&[], &[]], None, &[], 2),
    ];
    for (reads, asked, taken, count) in cases {
        let mut number = 0;
        let load = || {
            number += 1;
            Ok(seen(&place, reads[number - 1]))
        };
        assert_eq!(settled(load, asked.map(region)).expect("read"), seen(&place, taken), "{reads:?}");
        assert_eq!(number, count, "{reads:?}");
    }
}

#[test]
fn a_name_that_never_rests_is_taken_as_it_was_seen_last() {
    let place = Place::with_secret(&[]);
    let mut number = 0;
    let load = || {
        number += 1;
        Ok(if number % 2 == 1 { seen(&place, &[]) } else { seen(&place, &["us-west-2", "us-west-2"]) })
    };
    assert_eq!(settled(load, None).expect("read").0.len(), 2);
    assert_eq!(number, 10);
}
