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
        let entries = place.vault.list_secrets(region.map(self::region)).expect("listed").entries;
        entries.into_iter().map(|entry| entry.name).collect()
    };
    let expected: Vec<String> = std::iter::once("db".to_owned()).chain((0..1499).map(|number| format!("db{number:04}"))).collect();
    assert_eq!(names(None), expected);
    assert_eq!(names(Some("eu-west-1")).len(), 500);
    assert_eq!(place.get("db", None).expect("opens").name, "db");
}

#[test]
fn damaged_ones_are_told_in_their_order_and_hide_no_other() {
    let place = with_many();
    let damaged = ["db0100", "db0700", "db1498"];
    for name in damaged {
        fs::write(place.dir("us-west-2", name).join(layout::RECORD), "{").expect("written");
    }
    for _ in 0..5 {
        let listed = place.vault.list_secrets(None).expect("the others");
        assert_eq!(listed.entries.len(), 1497);
        assert!(listed.faults.iter().zip(damaged).all(|(fault, name)| fault.to_string().contains(name)), "{:?}", listed.faults);
        assert_eq!(listed.faults.len(), damaged.len());
        match listed.whole().expect_err("damaged") {
            Error::Damaged { path, .. } => assert!(path.ends_with("db0100/secret.json"), "{}", path.display()),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_keeps_many_from_being_read_is_told_once() {
    let place = with_many();
    let (folder, moved) = (place.vault.root().join("secrets/us-west-2"), place.folder.path().join("moved"));
    fs::rename(&folder, &moved).expect("moved");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&moved, &folder).expect("linked");
        let listed = place.vault.list_secrets(None).expect("the others");
        assert_eq!((listed.entries.len(), listed.faults.len()), (500, 1), "{:?}", listed.faults);
        fs::remove_file(&folder).expect("removed");
    }
    // No folder at all, and so nothing to list.
    fs::write(&folder, "").expect("written");
    let listed = place.vault.list_secrets(None).expect("the others");
    assert_eq!((listed.entries.len(), listed.faults.len()), (500, 1), "{:?}", listed.faults);
    assert!(listed.faults.iter().all(|fault| fault.to_string().contains("us-west-2")));
    assert!(place.vault.secrets_under_keys(&[]).expect("the others").faults.len() == 1);
}

#[test]
fn a_damaged_twin_hides_neither_the_other_nor_another_name() {
    let place = with_many();
    let (west, east) = (place.dir("us-west-2", "db"), place.dir("us-east-1", "db"));
    fs::create_dir_all(&east).expect("made");
    fs::write(east.join(layout::RECORD), "{").expect("written");
    assert!(west.join(layout::RECORD).is_file());
    let listed = place.vault.list_secrets(None).expect("the others");
    assert_eq!((listed.entries.len(), listed.faults.len()), (1500, 1));
    assert_eq!(place.vault.describe_secret(None, "db0001", None).expect("another name").name, "db0001");
    // Who has the name in a Region cannot be told without it.
    assert!(matches!(place.get("db", None), Err(Error::Damaged { path, .. }) if path.starts_with(&east)));
}
