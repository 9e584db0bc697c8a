//! `docs/aws.md`, "Lists": order, filters, pages.

use serde_json::{Value, json};

use crate::account::{Account, members};

/// The names of the secrets in a list.
fn names(account: &Account, arguments: &str) -> Value {
    account.json(&format!("list-secrets --query SecretList[].Name {arguments}"))
}

fn filtered(account: &Account, key: &str, value: &str) -> Value {
    // The words of a command line have no spaces in them.
    let filters = json!([{ "Key": key, "Values": [value] }]).to_string().replace(' ', "\\u0020");
    names(account, &format!("--filters {filters}"))
}

#[test]
fn secrets_are_listed_by_created_date_unless_asked_otherwise() {
    let account = Account::new();
    for name in ["b", "c", "a"] {
        account.json(&format!("create-secret --name {name}"));
    }
    account.json("tag-resource --secret-id b --tags Key=a,Value=b");
    assert_eq!(names(&account, ""), json!(["b", "c", "a"]));
    assert_eq!(names(&account, "--sort-order desc"), json!(["a", "c", "b"]));
    assert_eq!(names(&account, "--sort-by name"), json!(["a", "b", "c"]));
    assert_eq!(names(&account, "--sort-by last-changed-date"), json!(["c", "a", "b"]));
}

#[test]
fn names_and_tags_are_found_by_their_beginning() {
    let account = Account::new();
    for name in ["Prod/b", "prod/a", "test"] {
        account.json(&format!("create-secret --name {name} --tags Key=Team,Value={name}"));
    }
    for (key, value, expected) in [
        ("name", "prod", json!(["prod/a"])),
        ("name", "Prod", json!(["Prod/b"])),
        ("name", "rod", json!([])),
        ("tag-key", "Te", json!(["Prod/b", "prod/a", "test"])),
        ("tag-key", "te", json!([])),
        ("tag-value", "prod", json!(["prod/a"])),
        ("tag-value", "est", json!([])),
        ("primary-region", "us-w", json!(["Prod/b", "prod/a", "test"])),
        ("primary-region", "us-e", json!([])),
    ] {
        assert_eq!(filtered(&account, key, value), expected, "{key} {value}");
    }
}

/// As moto's tests have it, which are marked as verified against AWS.
#[test]
fn descriptions_are_found_by_the_beginning_of_words() {
    let account = Account::new();
    let descriptions = [("foo", "one two"), ("bar", "one and two"), ("baz", "one"), ("qux", "two"), ("none", "unrelated")];
    for (name, description) in descriptions {
        account.json_with(&format!("create-secret --name {name} --description"), description);
    }
    for (value, expected) in [
        ("one two", json!(["foo", "bar"])),
        ("o t", json!(["foo", "bar"])),
        ("t", json!(["foo", "bar", "qux"])),
        ("TWO", json!(["foo", "bar", "qux"])),
        ("wo", json!([])),
        ("related", json!([])),
    ] {
        assert_eq!(filtered(&account, "description", value), expected, "{value}");
    }
    // Several filters, each of which has to hold; values of one, any of which may.
    assert_eq!(names(&account, "--filters Key=description,Values=one Key=description,Values=two"), json!(["foo", "bar"]));
    assert_eq!(names(&account, "--filters Key=description,Values=and,unrelated"), json!(["bar", "none"]));
}

/// As moto's tests have it, which are marked as verified against AWS.
#[test]
fn all_finds_words_split_where_the_case_changes() {
    let account = Account::new();
    for line in [
        "SecretOne",
        "SecretTwo --description DescTwo",
        "Thirdsecret",
        "SecretFTag --tags Key=1,Value=foo",
        "SecretFValue --tags Key=foo,Value=v",
        "uat/COMPANY/x",
        "uat/COMPANYthings/x",
        "none",
    ] {
        account.json(&format!("create-secret --name {line}"));
    }
    let secrets = json!(["SecretOne", "SecretTwo", "SecretFTag", "SecretFValue"]);
    for (value, expected) in [
        ("SecretOne", json!(["SecretOne"])),
        ("foo", json!(["SecretFTag", "SecretFValue"])),
        ("Secret", secrets.clone()),
        ("secret", secrets.clone()),
        ("sec", secrets),
        ("ret", json!([])),
        ("SomeSecret", json!([])),
        ("d", json!(["SecretTwo"])),
        ("d t", json!(["SecretTwo"])),
        ("t", json!(["SecretTwo", "Thirdsecret", "SecretFTag"])),
        ("company", json!(["uat/COMPANY/x"])),
        ("things", json!([])),
        ("Ythings", json!(["uat/COMPANYthings/x"])),
        ("pany", json!([])),
        ("/", json!([])),
    ] {
        assert_eq!(filtered(&account, "all", value), expected, "{value}");
    }
    for separator in "/_+=.@-".chars() {
        let name = format!("prod{separator}AppBeta{separator}{}", if separator == '/' { "slash" } else { "x" });
        account.json(&format!("create-secret --name {name}"));
        assert!(filtered(&account, "all", "Beta").as_array().expect("a list").contains(&json!(name)), "{name}");
    }
}

#[test]
fn the_primary_region_is_told_of_replicated_secrets_alone() {
    let account = Account::new();
    account.json("create-secret --name alone --secret-string x");
    account.json("create-secret --name replicated --secret-string x --add-replica-regions us-east-1");
    let regions = json!([["alone", null], ["replicated", "us-west-2"]]);
    assert_eq!(account.json("list-secrets --query SecretList[].[Name,PrimaryRegion]"), regions);
    for [name, region] in [["alone", "us-west-2"], ["replicated", "us-west-2"], ["replicated", "us-east-1"]] {
        let described = account.json(&format!("describe-secret --secret-id {name} --region {region}"));
        let expected = (name == "replicated").then(|| json!("us-west-2"));
        assert_eq!(described.get("PrimaryRegion"), expected.as_ref(), "{name} in {region}");
    }
}

#[test]
fn the_next_rotation_is_told_where_rotation_is_on_alone() {
    let account = Account::new();
    account.json_with("create-secret --name a --secret-string x --rotation-rules", "AutomaticallyAfterDays=30");
    for described in [account.json("describe-secret --secret-id a"), account.json("list-secrets --query SecretList[0]")] {
        assert_eq!((&described["RotationEnabled"], described.get("NextRotationDate")), (&json!(false), None));
        assert!(described["RotationDueDate"].is_string(), "{described}");
    }
}

/// A marker is a place in the list, and its entry may go before the next page is asked for. Nothing of a vault can be deleted yet: of it only the sorting
/// value can move away.
#[test]
fn a_marker_goes_on_where_its_entry_was() {
    let account = Account::new();
    let id = account.key_id();
    for name in ["a", "b", "c", "d"] {
        account.json(&format!("create-secret --name {name}"));
        account.json(&format!("kms create-alias --alias-name alias/{name} --target-key-id {id}"));
        account.json(&format!("kms tag-resource --key-id {id} --tags TagKey={name},TagValue=v"));
    }
    let aliases = "kms list-aliases --query";
    let marker = account.text(&format!("kms list-aliases --limit 2 --key-id {id} --query NextMarker"));
    let token = account.text(&format!("{aliases} NextToken --max-items 2 --key-id {id}"));
    let tags = account.text(&format!("kms list-resource-tags --key-id {id} --limit 2 --query NextMarker"));
    let secrets = account.text("list-secrets --max-results 2 --query NextToken");
    let changed = account.text("list-secrets --sort-by last-changed-date --max-items 2 --query NextToken");
    account.json("kms delete-alias --alias-name alias/b");
    account.json(&format!("kms untag-resource --key-id {id} --tag-keys b"));
    account.json("tag-resource --secret-id b --tags Key=k,Value=v");
    for page in [format!("--marker {marker}"), format!("--starting-token {token}")] {
        let rest = account.json(&format!("{aliases} Aliases[].AliasName --key-id {id} {page}"));
        assert_eq!(rest, json!(["alias/c", "alias/d"]), "{page}");
    }
    let rest = account.json(&format!("kms list-resource-tags --key-id {id} --marker {tags} --query Tags[].TagKey"));
    assert_eq!(rest, json!(["c", "d"]));
    assert_eq!(names(&account, &format!("--next-token {secrets}")), json!(["c", "d"]));
    // What was changed meanwhile comes at its new place.
    assert_eq!(names(&account, &format!("--sort-by last-changed-date --starting-token {changed}")), json!(["c", "d", "b"]));
    // A marker belongs to one list in one order.
    for line in [
        format!("kms list-keys --marker {marker}"),
        format!("list-secrets --next-token {secrets} --sort-by name"),
        format!("list-secrets --next-token {secrets} --sort-order desc"),
    ] {
        assert!(["InvalidMarkerException", "InvalidNextTokenException"].contains(&&account.refusal(&line).name[..]), "{line}");
    }
}

/// Lists over several Regions are one list.
#[test]
fn a_list_of_all_regions_goes_by_page() {
    let account = Account::new();
    for region in ["us-west-2", "eu-west-1", "cn-north-1", "us-east-1"] {
        account.json(&format!("kms create-key --region {region}"));
    }
    let list = |line: &str| {
        let output = account.0.std(&format!("kms list-keys {line}")).output().expect("runs");
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{line}: {output:?}"))
    };
    let all = list("")["Keys"].as_array().expect("a list").clone();
    let (mut seen, mut page) = (Vec::new(), list("--max-items 1"));
    loop {
        seen.extend(page["Keys"].as_array().expect("a list").clone());
        let Some(token) = page["NextToken"].as_str() else { break };
        page = list(&format!("--max-items 1 --starting-token {token}"));
    }
    assert_eq!((all.len(), &seen), (4, &all));
    assert_eq!(members(&all[0]), ["KeyId", "KeyArn"]);
}
