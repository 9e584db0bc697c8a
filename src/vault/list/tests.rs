#![allow(clippy::indexing_slicing, reason = "tests index what they made")]

use super::*;
use crate::{
    Timestamp,
    error::ErrorCode,
    kms::{KeystoreLocation, KeystoreSession, Passphrases},
    page::ListOrder as _,
    secret::SecretBytes,
    vault::{CreateSecret, KeyOptions, Tag, VersionStages},
};

fn entry(name: &str, description: Option<&str>, tags: &[(&str, &str)]) -> SecretListEntry {
    let created: Timestamp = "2026-01-31T12:00:00Z".parse().expect("a time");
    SecretListEntry {
        arn: format!("arn:aws:secretsmanager:us-west-2:000000000000:secret:{name}-a1B2c3").parse().expect("an ARN"),
        name: name.to_owned(),
        description: description.map(str::to_owned),
        kms_key_id: None,
        rotation_enabled: None,
        rotation_rules: None,
        last_rotated_date: None,
        last_changed_date: created,
        deleted_date: None,
        deletion_date: None,
        rotation_due_date: None,
        tags: tags.iter().map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect(),
        secret_versions_to_stages: VersionStages::default(),
        created_date: created,
        primary_region: None,
    }
}

fn filter(key: &str, values: &[&str]) -> SecretFilter {
    SecretFilter { key: key.parse().expect("a key"), values: values.iter().map(|value| (*value).to_owned()).collect() }
}

#[test]
fn filters_compare_as_the_api_reference_says() {
    let entry = entry("prod/DBWest", Some("The payroll Database"), &[("Team", "Payments EU"), ("stage", "prod")]);
    for (key, values, expected) in [
        ("name", &["prod"][..], true),
        ("name", &["Prod"], false),
        ("name", &["DBWest"], false),
        ("name", &["x", "prod/"], true),
        ("name", &["!prod"], false),
        ("name", &["!x"], true),
        ("description", &["the PAYROLL"], true),
        ("description", &["payroll"], true),
        ("description", &["data the"], true),
        ("description", &["roll"], false),
        ("description", &["payroll missing"], false),
        ("description", &["!payroll"], false),
        ("tag-key", &["Te"], true),
        ("tag-key", &["te"], false),
        ("tag-value", &["pro"], true),
        ("tag-value", &["!Pay"], false),
        ("tag-value", &["!Pay", "prod"], true),
        ("primary-region", &["us-"], true),
        ("primary-region", &["eu-"], false),
        ("owning-service", &[""], false),
        ("owning-service", &["!rds"], true),
        ("all", &["PAYMENTS DBWest"], true),
        ("all", &["west"], true),
        ("all", &["est"], false),
        ("all", &["payments missing"], false),
        ("all", &["!missing"], true),
        ("all", &["west-2"], true),
    ] {
        assert_eq!(filter(key, values).fits(&entry), expected, "{key} {values:?}");
    }
}

#[test]
fn limits_of_filters_hold() {
    let many = |count: usize| vec![filter("name", &["a"]); count];
    let values = |count: usize| vec![filter("name", &vec!["a"; count])];
    let long = |length: usize| vec![filter("name", &["a".repeat(length).as_str()])];
    for filters in [many(0), many(10), values(1), values(10), long(512), vec![filter("name", &["!a B1 :_@/+=.-!"])]] {
        assert!(check(&filters).is_ok(), "{filters:?}");
    }
    for filters in [many(11), values(0), values(11), long(513), vec![filter("name", &["a*"])], vec![filter("name", &["é"])]] {
        let Err(Error::Service(error)) = check(&filters) else { panic!("{filters:?}") };
        assert_eq!(error.code(), ErrorCode::ValidationException, "{filters:?}");
    }
}

#[test]
fn names_of_parameters_are_exact() {
    assert!("Name".parse::<FilterKey>().is_err() && "tags".parse::<FilterKey>().is_err());
    assert_eq!("desc".parse::<SortOrder>().expect("an order"), SortOrder::Descending);
    let error = "size".parse::<SortBy>().expect_err("no such order");
    assert!(error.to_string().ends_with("[created-date, last-accessed-date, last-changed-date, name]"), "{error}");
}

/// What [`SecretOrder::compare`] says of two entries is what their positions say, on which pages rest.
#[test]
fn positions_are_in_the_order_of_the_list() {
    let times = ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.001Z", "2026-01-31T11:59:59.999Z"];
    let mut entries: Vec<_> = ["b", "a", "a-", "a/b", "é"].iter().map(|name| entry(name, None, &[])).collect();
    entries.push(SecretListEntry { arn: entries[0].arn.in_region(Region::new("eu-west-1").expect("a Region")), ..entries[0].clone() });
    for (number, entry) in entries.iter_mut().enumerate() {
        entry.created_date = times[number % 3].parse().expect("a time");
        entry.last_changed_date = times[(number + 1) % 3].parse().expect("a time");
    }
    for by in ["created-date", "last-accessed-date", "last-changed-date", "name"] {
        for direction in ["asc", "desc"] {
            let order = ListSecrets { sort_by: by.parse().ok(), sort_order: direction.parse().ok(), ..ListSecrets::default() }.order();
            assert_eq!(order.name(), format!("{by} {direction}"));
            let mut sorted = entries.clone();
            order.sort(&mut sorted);
            let positions: Vec<_> = sorted.iter().map(|entry| order.position(entry)).collect();
            assert!(positions.is_sorted_by(|a, b| if order.is_descending() { a > b } else { a < b }), "{by} {direction}: {positions:?}");
        }
    }
}

struct NoPassphrase;

impl Passphrases for NoPassphrase {
    fn current(&self) -> Result<SecretBytes> {
        Err(Error::Misuse("a key file needs no passphrase"))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        self.current()
    }
}

#[test]
fn a_vault_is_listed_in_the_order_asked_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let vault = Vault::new(folder.path().join("vault"));
    let location = KeystoreLocation::new(folder.path().join("keystore.json"));
    let names = ["b", "c", "a"];
    for name in names {
        let mut session = KeystoreSession::begin(&location, &NoPassphrase, None).expect("a keystore");
        let request = CreateSecret {
            description: (name != "c").then(|| "wanted".to_owned()),
            ..CreateSecret::new(name, Region::new("us-west-2").expect("a Region"))
        };
        vault.create_secret(&mut session, &KeyOptions::default(), &request).expect("created");
        // The next one's time differs in its milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let listed = |sort_by: Option<SortBy>, sort_order: Option<SortOrder>, filters: Vec<SecretFilter>| {
        let request = ListSecrets { region: None, filters, includes_planned_deletion: false, sort_by, sort_order };
        vault.list_secrets_matching(&request).expect("a list").entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, None, Vec::new()), names);
    assert_eq!(listed(Some(SortBy::CreatedDate), None, Vec::new()), names);
    assert_eq!(listed(None, Some(SortOrder::Descending), Vec::new()), ["a", "c", "b"]);
    assert_eq!(listed(Some(SortBy::LastChangedDate), Some(SortOrder::Ascending), Vec::new()), names);
    assert_eq!(listed(Some(SortBy::Name), Some(SortOrder::Descending), Vec::new()), ["c", "b", "a"]);
    assert_eq!(listed(Some(SortBy::LastAccessedDate), None, Vec::new()), ["a", "b", "c"]);
    assert_eq!(listed(Some(SortBy::Name), None, Vec::new()), ["a", "b", "c"]);
    assert_eq!(listed(None, None, vec![filter("description", &["WANT"]), filter("name", &["!a"])]), ["b"]);
}
