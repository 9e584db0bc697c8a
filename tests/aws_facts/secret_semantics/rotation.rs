//! `docs/aws.md`, "How secrets behave": rotation.

use serde_json::json;

use crate::account::{Account, members};

#[test]
fn rules_are_kept_and_nothing_rotates_without_a_function() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    let function = "No Lambda rotation function ARN is associated with this secret.";
    account.refuses("rotate-secret --secret-id a", "InvalidRequestException", function);
    account.refuses(
        "rotate-secret --secret-id a --rotate-immediately --rotation-rules AutomaticallyAfterDays=1",
        "InvalidRequestException",
        function,
    );
    let kept = account.json("rotate-secret --secret-id a --rotation-rules AutomaticallyAfterDays=1");
    assert_eq!(members(&kept), ["ARN", "Name", "RotationDueDate"], "the last is coldseal's");
    let described = account.json("describe-secret --secret-id a");
    assert_eq!((&described["RotationEnabled"], described.get("NextRotationDate")), (&json!(false), None));
    assert_eq!(members(&account.json("cancel-rotate-secret --secret-id a")), ["ARN", "Name"]);
}

#[test]
fn what_is_wrong_with_the_secret_comes_before_the_function() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --add-replica-regions us-east-1");
    account.json("create-secret --name b --secret-string x");
    account.json("delete-secret --secret-id b");
    for (line, name, message) in [
        ("--secret-id none", "ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
        (
            "--secret-id a --region us-east-1",
            "InvalidParameterException",
            "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
        ),
        ("--secret-id b", "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion."),
    ] {
        account.refuses(&format!("rotate-secret {line}"), name, message);
        account.refuses(&format!("rotate-secret {line} --rotation-rules AutomaticallyAfterDays=1"), name, message);
        account.refuses(&format!("cancel-rotate-secret {line}"), name, message);
    }
}

#[test]
fn a_version_that_waits_keeps_another_rotation_from_beginning() {
    let account = Account::new();
    account.0.write("value", "x");
    account.json("create-secret --name a --secret-string file://value");
    let pending = account.text("put-secret-value --secret-id a --secret-string file://value --version-stages AWSPENDING --query VersionId");
    let waits = "A previous rotation isn't complete. That rotation will be reattempted.";
    account.refuses("rotate-secret --secret-id a --rotation-command true", "InvalidRequestException", waits);
    account.refuses("rotate-secret --secret-id a --rotation-rules AutomaticallyAfterDays=1", "InvalidRequestException", waits);
    assert_eq!(account.text("cancel-rotate-secret --secret-id a --query VersionId"), pending);
    // On the version that is in use it is no hindrance.
    account.json(&format!("update-secret-version-stage --secret-id a --version-stage AWSPENDING --remove-from-version-id {pending}"));
    let current = account.json("describe-secret --secret-id a --query VersionIdsToStages");
    let current =
        current.as_object().expect("an object").iter().find(|(_, labels)| **labels == json!(["AWSCURRENT"])).expect("one").0.clone();
    account.json(&format!("update-secret-version-stage --secret-id a --version-stage AWSPENDING --move-to-version-id {current}"));
    account.json("rotate-secret --secret-id a --rotation-rules AutomaticallyAfterDays=1");
}
