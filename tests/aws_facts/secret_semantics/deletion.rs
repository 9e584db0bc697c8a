//! `docs/aws.md`, "How secrets behave": what is deleted, restored, and refused meanwhile.

use serde_json::json;

use crate::account::{Account, members};

const MARKED: &str = "You can't perform this operation on the secret because it was marked for deletion.";

#[test]
fn a_deletion_waits_for_7_to_30_days() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    for days in ["0", "6", "31"] {
        account.refuses(
            &format!("delete-secret --secret-id a --recovery-window-in-days {days}"),
            "InvalidParameterException",
            "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        );
    }
    account.refuses(
        "delete-secret --secret-id a --recovery-window-in-days 7 --force-delete-without-recovery",
        "InvalidParameterException",
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
    for (window, days) in [("", 30), (" --recovery-window-in-days 7", 7)] {
        let deleted = account.text(&format!("delete-secret --secret-id a{window} --query DeletionDate"));
        let marked = account.text("describe-secret --secret-id a --query DeletedDate");
        let [deleted, marked] = [deleted, marked].map(|date| date.parse::<coldseal::Timestamp>().expect("a time"));
        assert_eq!(deleted, marked.plus_days(days));
        account.json("restore-secret --secret-id a");
    }
}

#[test]
fn what_is_marked_is_described_and_refuses_the_rest() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    account.json("delete-secret --secret-id a");
    assert!(account.json("describe-secret --secret-id a --query DeletedDate").is_string());
    for line in [
        "get-secret-value --secret-id a",
        "delete-secret --secret-id a",
        "tag-resource --secret-id a --tags Key=b",
        "untag-resource --secret-id a --tag-keys b",
        "replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1",
    ] {
        account.refuses(line, "InvalidRequestException", MARKED);
    }
    account.refuses(
        "create-secret --name a",
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
    assert_eq!(account.json("list-secrets --query SecretList"), json!([]));
    assert_eq!(account.json("list-secrets --include-planned-deletion --query SecretList[].Name"), json!(["a"]));
    account.json("restore-secret --secret-id a");
    assert_eq!(account.json("describe-secret --secret-id a --query DeletedDate"), json!(null));
    assert_eq!(account.text("get-secret-value --secret-id a --query SecretString"), "x");
}

#[test]
fn force_needs_no_secret() {
    let account = Account::new();
    let arn = account.text("create-secret --name a --secret-string x --query ARN");
    account.json("delete-secret --secret-id a");
    let force = "delete-secret --force-delete-without-recovery --secret-id";
    assert_eq!(account.text(&format!("{force} a --query ARN")), arn, "after it was marked");
    assert_eq!(account.text(&format!("{force} a --query Name")), "a", "not there");
    account.refuses("delete-secret --secret-id a", "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    // Made again, it has another ARN.
    assert_ne!(account.text("create-secret --name a --query ARN"), arn);
}

#[test]
fn a_primary_with_replicas_is_not_deleted_and_a_replica_refuses() {
    let account = Account::new();
    let arn = account.text("create-secret --name a --secret-string x --add-replica-regions us-east-1 eu-west-1 --query ARN");
    for force in ["", " --force-delete-without-recovery"] {
        account.refuses(
            &format!("delete-secret --secret-id a{force}"),
            "InvalidParameterException",
            &format!("You can't delete secret {arn} that still has replica regions [us-east-1, eu-west-1]."),
        );
    }
    for command in ["delete-secret", "restore-secret"] {
        account.refuses(
            &format!("{command} --secret-id a --region us-east-1"),
            "InvalidParameterException",
            "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
        );
    }
}

#[test]
fn answers_have_the_members_of_aws() {
    let account = Account::new();
    account.json("create-secret --name a");
    assert_eq!(members(&account.json("delete-secret --secret-id a")), ["ARN", "Name", "DeletionDate"]);
    assert_eq!(members(&account.json("restore-secret --secret-id a")), ["ARN", "Name"]);
}
