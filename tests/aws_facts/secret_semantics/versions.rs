//! The versions of a secret, and their labels.

use serde_json::{Value, json};

use crate::account::{Account, members};

const A: &str = "aaaaaaaa-0000-4000-8000-000000000000";
const B: &str = "bbbbbbbb-0000-4000-8000-000000000000";
const C: &str = "cccccccc-0000-4000-8000-000000000000";
const D: &str = "dddddddd-0000-4000-8000-000000000000";
const INVALID: &str = "InvalidParameterException";

/// The secret `s` with the version A.
fn account() -> Account {
    let account = Account::new();
    account.json(&format!("create-secret --name s --secret-string a --client-request-token {A} --add-replica-regions us-east-1"));
    account
}

fn put(account: &Account, id: &str, rest: &str) -> Value {
    account.json(&format!("put-secret-value --secret-id s --secret-string {id} --client-request-token {id} {rest}"))
}

/// The labels of each version, in both Regions.
fn stages(account: &Account) -> Value {
    let primary = account.json("describe-secret --secret-id s --query VersionIdsToStages");
    assert_eq!(account.json("describe-secret --secret-id s --region us-east-1 --query VersionIdsToStages"), primary);
    primary
}

#[test]
fn without_version_stages_awscurrent_moves_and_awsprevious_follows() {
    let account = account();
    let answer = put(&account, B, "");
    assert_eq!(members(&answer), ["ARN", "Name", "VersionId", "VersionStages", "Bundles"]);
    assert_eq!((&answer["VersionId"], &answer["VersionStages"]), (&json!(B), &json!(["AWSCURRENT"])));
    assert_eq!(stages(&account), json!({ A: ["AWSPREVIOUS"], B: ["AWSCURRENT"] }));
    let updated = account.json(&format!("update-secret --secret-id s --secret-string c --client-request-token {C}"));
    assert_eq!(members(&updated), ["ARN", "Name", "VersionId", "Bundles"]);
    // The older AWSPREVIOUS has no label now, so it is told of no more.
    assert_eq!(stages(&account), json!({ B: ["AWSPREVIOUS"], C: ["AWSCURRENT"] }));
    assert_eq!(account.text("get-secret-value --secret-id s --region us-east-1 --query SecretString"), "c");
}

#[test]
fn version_stages_move_the_labels_that_are_listed_and_awsprevious_after_awscurrent() {
    let account = account();
    put(&account, B, "");
    put(&account, C, "--version-stages AWSPENDING blue");
    assert_eq!(stages(&account), json!({ A: ["AWSPREVIOUS"], B: ["AWSCURRENT"], C: ["AWSPENDING", "blue"] }));
    let answer = put(&account, D, "--version-stages AWSCURRENT blue");
    assert_eq!(answer["VersionStages"], json!(["blue", "AWSCURRENT"]));
    assert_eq!(stages(&account), json!({ B: ["AWSPREVIOUS"], C: ["AWSPENDING"], D: ["blue", "AWSCURRENT"] }));
}

#[test]
fn the_first_version_of_a_secret_is_awscurrent_whatever_labels_are_listed() {
    let account = Account::new();
    account.json("create-secret --name s");
    let answer = put(&account, A, "--version-stages AWSPENDING");
    assert_eq!(answer["VersionStages"], json!(["AWSPENDING", "AWSCURRENT"]));
}

#[test]
fn the_same_token_and_value_make_no_new_version_by_put_and_update() {
    let account = account();
    put(&account, B, "");
    put(&account, C, "");
    let arn = account.text("describe-secret --secret-id s --query ARN");
    let files = account.0.files("coldseal-vault");
    for command in ["put-secret-value", "update-secret"] {
        let line = format!("{command} --secret-id s --client-request-token {B} --secret-string");
        assert_eq!(account.json(&format!("{line} {B}"))["VersionId"], B);
        account.refuses(
            &format!("{line} other"),
            "ResourceExistsException",
            &format!("You can't use ClientRequestToken {B} because that value is already in use for a version of secret {arn}."),
        );
    }
    // And no label moves.
    put(&account, B, "--version-stages blue");
    assert_eq!(account.0.files("coldseal-vault"), files, "nothing was written");
}

#[test]
fn a_label_that_is_attached_is_moved_with_remove_from_version_id() {
    let account = account();
    put(&account, B, "--version-stages AWSPENDING");
    let line = "update-secret-version-stage --secret-id s --version-stage";
    account.refuses(
        &format!("{line} AWSCURRENT --move-to-version-id {B}"),
        INVALID,
        &format!(
            "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version {A}, so you must explicitly reference that version in RemoveFromVersionId."
        ),
    );
    account.refuses(
        &format!("{line} AWSCURRENT --remove-from-version-id {A}"),
        INVALID,
        "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.",
    );
    account.refuses(&format!("{line} x --move-to-version-id {D}"), INVALID, &format!("Not a valid version: {D}"));
    let answer = account.json(&format!("{line} AWSCURRENT --move-to-version-id {B} --remove-from-version-id {A}"));
    assert_eq!(members(&answer), ["ARN", "Name"]);
    // A version may have both, as at the end of a rotation.
    assert_eq!(stages(&account), json!({ A: ["AWSPREVIOUS"], B: ["AWSPENDING", "AWSCURRENT"] }));
    account.json(&format!("{line} AWSPENDING --remove-from-version-id {B}"));
    account.json(&format!("{line} blue --move-to-version-id {A}"));
    assert_eq!(stages(&account), json!({ A: ["AWSPREVIOUS", "blue"], B: ["AWSCURRENT"] }));
}

#[test]
fn a_secret_has_at_most_20_labels() {
    let account = account();
    let labels: Vec<String> = (0..19).map(|number| format!("l{number}")).collect();
    put(&account, B, &format!("--version-stages {}", labels.join(" ")));
    let refusal = account.refusal("put-secret-value --secret-id s --secret-string x");
    assert_eq!(refusal.name, "LimitExceededException");
    let refusal = account.refusal(&format!("put-secret-value --secret-id s --secret-string x --version-stages {} x", labels.join(" ")));
    assert_eq!(refusal.name, "LimitExceededException");
}

#[test]
fn a_replica_takes_no_value_and_no_label() {
    let account = account();
    for line in [
        "put-secret-value --secret-string x",
        "update-secret --description x",
        &format!("update-secret-version-stage --version-stage x --move-to-version-id {A}"),
    ] {
        account.refuses(
            &format!("{line} --secret-id s --region us-east-1"),
            INVALID,
            "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
        );
    }
}

#[test]
fn another_key_encrypts_the_versions_that_are_in_use_were_or_are_to_be() {
    let account = account();
    put(&account, B, "");
    put(&account, C, "");
    put(&account, D, "--version-stages AWSPENDING");
    account.json(&format!("update-secret-version-stage --secret-id s --version-stage old --move-to-version-id {A}"));
    let key = account.text("kms create-key --query KeyMetadata.Arn");
    let answer = account.json(&format!("update-secret --secret-id s --kms-key-id {key}"));
    assert_eq!(members(&answer), ["ARN", "Name", "Bundles"], "no VersionId without a new version");
    assert_eq!(account.text("describe-secret --secret-id s --query KmsKeyId"), key);
    let keys = "list-secret-version-ids --secret-id s --query Versions[].[VersionId,KmsKeyIds[0]]";
    assert_eq!(account.json(keys), json!([[A, "DefaultEncryptionKey"], [B, key], [C, key], [D, key]]));
    let elsewhere = account.json(&format!("{keys} --region us-east-1"));
    assert!(elsewhere.as_array().expect("a list").iter().all(|version| version[1] == "DefaultEncryptionKey"), "{elsewhere}");
    // A version to which a label moves stays under the key that it has.
    let moved = format!("--version-stage AWSCURRENT --remove-from-version-id {C} --move-to-version-id {A}");
    account.json(&format!("update-secret-version-stage --secret-id s {moved}"));
    assert_eq!(account.json(keys), json!([[A, "DefaultEncryptionKey"], [C, key], [D, key]]));
    account.0.coldseal("verify --open").assert().success();
    // An empty KmsKeyId is the default key.
    account.0.std("update-secret --secret-id s --kms-key-id").arg("").status().expect("runs");
    assert_eq!(account.json("describe-secret --secret-id s --query KmsKeyId"), Value::Null);
    assert_eq!(account.json("list-secret-version-ids --secret-id s --query Versions[-1].KmsKeyIds"), json!(["DefaultEncryptionKey"]));
    account.0.coldseal("verify --open").assert().success();
}

#[test]
fn deprecated_versions_are_listed_on_request() {
    let account = account();
    put(&account, B, "");
    put(&account, C, "");
    let list = "list-secret-version-ids --secret-id s";
    let listed = account.json(list);
    assert_eq!(members(&listed), ["Versions", "ARN", "Name"]);
    // When a version was read last is not kept.
    assert_eq!(members(&listed["Versions"][0]), ["VersionId", "VersionStages", "CreatedDate", "KmsKeyIds"]);
    let ids = |listed: &Value| {
        listed["Versions"].as_array().expect("a list").iter().map(|version| version["VersionId"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&listed), [B, C]);
    let all = account.json(&format!("{list} --include-deprecated"));
    assert_eq!(ids(&all), [A, B, C]);
    assert_eq!(members(&all["Versions"][0]), ["VersionId", "CreatedDate", "KmsKeyIds"]);
    let first = account.json(&format!("{list} --include-deprecated --max-results 2"));
    assert_eq!((ids(&first), members(&first)), (vec![json!(A), json!(B)], vec!["Versions", "NextToken", "ARN", "Name"]));
    let token = first["NextToken"].as_str().expect("a token");
    assert_eq!(ids(&account.json(&format!("{list} --include-deprecated --next-token {token}"))), [C]);
    assert_eq!(account.refusal(&format!("{list} --next-token x")).name, "InvalidNextTokenException");
}

#[test]
fn a_value_is_needed() {
    let account = account();
    account.refuses("put-secret-value --secret-id s", "InvalidRequestException", "You must provide either SecretString or SecretBinary.");
}
