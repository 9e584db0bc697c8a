//! More secrets than one thread reads.

use super::*;

/// A vault of 1,500 secrets: copies of one record, in two primary Regions.
fn with_many() -> Place {
    let place = Place::with_secret(&[]);
    let record = fs::read_to_string(place.dir("us-west-2", "db").join(layout::RECORD)).expect("a record");
    for number in 0..1499 {
        let (region, name) = (if number % 3 == 0 { "eu-west-1" } else { "us-west-2" }, format!("db{number:04}"));
        let dir = place.dir(region, &name);
        fs::create_dir_all(&dir).expect("made");
        let renamed = record.replace("us-west-2", region).replace("secret:db-", &format!("secret:{name}-"));
        // A bundle's file begins with its Region, and its key is one of that Region.
        fs::write(dir.join(layout::RECORD), renamed.replace("\"db\"", &format!("\"{name}\""))).expect("written");
    }
    place
}

#[test]
fn all_are_listed_in_their_order() {
    let place = with_many();
    let names = |region: Option<&str>| -> Vec<String> {
        let entries = place.vault.list_secrets(region.map(self::region)).expect("listed");
        entries.into_iter().map(|entry| entry.name).collect()
    };
    let expected: Vec<String> = std::iter::once("db".to_owned()).chain((0..1499).map(|number| format!("db{number:04}"))).collect();
    assert_eq!(names(None), expected);
    assert_eq!(names(Some("eu-west-1")).len(), 500);
    assert_eq!(place.get("db", None).expect("opens").name, "db");
}

#[test]
fn the_first_damaged_one_is_told() {
    let place = with_many();
    for (region, name) in [("us-west-2", "db1498"), ("us-west-2", "db0700"), ("us-west-2", "db0100")] {
        fs::write(place.dir(region, name).join(layout::RECORD), "{").expect("written");
    }
    for _ in 0..5 {
        match place.vault.list_secrets(None).expect_err("damaged") {
            Error::Damaged { path, .. } => assert!(path.ends_with("db0100/secret.json"), "{}", path.display()),
            other => panic!("{other:?}"),
        }
    }
}
