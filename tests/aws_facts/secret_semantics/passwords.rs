//! Random passwords, and several values at once.

use serde_json::json;

use crate::account::{Account, members};

#[test]
fn a_password_has_32_characters_of_four_types() {
    let account = Account::new();
    assert_eq!(members(&account.json("get-random-password")), ["RandomPassword"]);
    assert_eq!(account.text("get-random-password --query RandomPassword").len(), 32);
    let long = account.text("get-random-password --query RandomPassword --password-length 4096");
    let mut characters: Vec<char> = long.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    assert_eq!(characters, ('!'..='~').collect::<Vec<_>>());
    // Each type has to occur unless it is said that it need not; a space never has to.
    for (flags, expected) in
        [("--password-length 4", 4), ("--password-length 4 --include-space", 4), ("--password-length 1 --no-require-each-included-type", 1)]
    {
        assert_eq!(account.text(&format!("get-random-password --query RandomPassword {flags}")).len(), expected, "{flags}");
    }
}

#[test]
fn a_password_that_no_choice_gives_is_refused() {
    let account = Account::new();
    let all_types = "--exclude-numbers --exclude-punctuation --exclude-uppercase --exclude-lowercase";
    for (flags, message) in [
        ("--password-length 3", "Password length is too short based on the required types."),
        ("--exclude-characters 0123456789", "All characters of the desired type have been excluded."),
        (all_types, "All characters have been excluded from selection."),
    ] {
        account.refuses(&format!("get-random-password {flags}"), "InvalidParameterException", message);
    }
    account.json("get-random-password --exclude-characters 0123456789 --no-require-each-included-type");
}

#[test]
fn a_value_is_generated_from_a_template_and_a_key_or_from_neither() {
    let account = Account::new();
    for only in [r#"{"SecretStringTemplate":"{}"}"#, r#"{"GenerateStringKey":"p"}"#] {
        let message = "SecretStringTemplate and GenerateStringKey must both be set or removed.";
        account.refuses(&format!("create-secret --name a --generate-secret-string {only}"), "InvalidParameterException", message);
    }
    account.json(r#"create-secret --name a --generate-secret-string {"GenerateStringKey":"p","SecretStringTemplate":"{\"u\":1}"}"#);
    let value: serde_json::Value =
        serde_json::from_str(&account.text("get-secret-value --secret-id a --query SecretString")).expect("JSON");
    assert_eq!((members(&value), value["p"].as_str().map(str::len)), (vec!["u", "p"], Some(32)));
}

#[test]
fn several_values_are_read_by_names_or_by_filters() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    for (flags, message) in [
        ("--secret-id-list a --filters Key=name,Values=a", "Either 'SecretIdList' or 'Filters' must be provided, but not both."),
        ("--secret-id-list a --max-results 2", "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided."),
    ] {
        account.refuses(&format!("batch-get-secret-value {flags}"), "InvalidParameterException", message);
    }
    let answer = account.json("batch-get-secret-value --secret-id-list a b");
    assert_eq!(members(&answer), ["SecretValues", "Errors"]);
    assert_eq!(answer["SecretValues"][0], account.json("get-secret-value --secret-id a"));
    let message = "Secrets Manager can't find the specified secret.";
    assert_eq!(answer["Errors"], json!([{ "SecretId": "b", "ErrorCode": "ResourceNotFoundException", "Message": message }]));
    account.json("create-secret --name b --secret-string x");
    let page = account.json("batch-get-secret-value --filters Key=name,Values=a,b --max-results 1");
    assert_eq!(members(&page), ["SecretValues", "NextToken", "Errors"]);
}
