//! `docs/aws.md`, "Replication".

use serde_json::{Value, json};

use crate::account::Account;

const INVALID: &str = "InvalidParameterException";
const REPLICATE: &str = "replicate-secret-to-regions --secret-id a --add-replica-regions";

fn statuses(answer: &Value) -> Vec<(String, String, String)> {
    let text = |entry: &Value, member: &str| entry[member].as_str().expect(member).to_owned();
    let entries = answer["ReplicationStatus"].as_array().expect("a list").iter();
    entries.map(|entry| (text(entry, "Region"), text(entry, "Status"), text(entry, "StatusMessage"))).collect()
}

fn status(region: &str, status: &str, message: &str) -> (String, String, String) {
    (region.to_owned(), status.to_owned(), message.to_owned())
}

#[test]
fn replication_stays_in_a_partition() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    let refused = |region: &str, message: &str| {
        account.refuses(&format!("{REPLICATE} {region}"), INVALID, &format!("{region}: {message} (nothing was written)"));
    };
    for (region, partition) in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso")] {
        refused(region, &format!("replication stays in one partition: {region} is in {partition}, us-west-2 in aws"));
    }
    refused("us-west-2", "Invalid replica region. It is the primary Region of the secret.");
    refused("af-south-1", "the Region af-south-1 is not enabled");
    account.json("kms enable-region af-south-1");
    account.json(&format!("{REPLICATE} af-south-1"));
    // Another partition has replicas of its own.
    account.json("create-secret --name b --secret-string x --region cn-north-1 --add-replica-regions cn-northwest-1");
}

#[test]
fn a_replica_is_read_under_its_own_key() {
    let account = Account::new();
    let key = account.key("--region us-east-1");
    let arn = key["Arn"].as_str().expect("an ARN");
    account.json(&format!("create-secret --name a --secret-string x --add-replica-regions Region=us-east-1,KmsKeyId={arn}"));
    let get = "get-secret-value --secret-id a --region us-east-1 --query SecretString";
    assert_eq!(account.json(get), "x");
    let described = account.json("describe-secret --secret-id a --region us-east-1");
    assert_eq!((&described["PrimaryRegion"], &described["KmsKeyId"]), (&json!("us-west-2"), &json!(arn)));
    assert_eq!(account.json("list-secrets --region us-east-1 --query SecretList[].Name"), json!(["a"]));
    // It is encrypted under its own Region's key: what happens to the primary's does not matter to it.
    account.json(&format!("kms disable-key --key-id {arn}"));
    assert_eq!(account.refusal(get).name, "DecryptionFailure");
    assert_eq!(account.json("get-secret-value --secret-id a --query SecretString"), "x");
}

#[test]
fn a_replica_is_not_changed() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --add-replica-regions us-east-1");
    let message = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
    for change in [
        "replicate-secret-to-regions --add-replica-regions eu-west-1",
        "remove-regions-from-replication --remove-replica-regions us-east-1",
        "tag-resource --tags Key=a,Value=b",
        "put-secret-value --secret-string y",
        "update-secret --description d",
        "update-secret --secret-string y",
        "update-secret-version-stage --version-stage a --move-to-version-id 11111111-2222-4333-8444-555555555555",
        "put-resource-policy --resource-policy {\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "delete-resource-policy",
        "delete-secret",
        "delete-secret --force-delete-without-recovery",
        "restore-secret",
        "untag-resource --tag-keys a",
    ] {
        account.refuses(&format!("{change} --secret-id a --region us-east-1"), INVALID, message);
    }
}

#[test]
fn a_replica_has_values_versions_tags_and_description() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --description d --tags Key=k,Value=v --add-replica-regions us-east-1");
    let shared = "--query [Description,Tags,VersionIdsToStages] --secret-id a";
    let [primary, replica] = ["us-west-2", "us-east-1"].map(|region| account.json(&format!("describe-secret {shared} --region {region}")));
    assert_eq!(primary, replica);
    assert_eq!(primary[1], json!([{ "Key": "k", "Value": "v" }]));
    let value = "get-secret-value --secret-id a --query [Name,VersionId,SecretString,VersionStages,CreatedDate]";
    assert_eq!(account.json(value), account.json(&format!("{value} --region us-east-1")));
}

#[test]
fn a_policy_is_replicated_and_rotation_is_not() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --add-replica-regions us-east-1");
    let policy = json!({ "Statement": { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:root" }, "Action": "*", "Resource": "*" } });
    account.0.write("policy", policy.to_string());
    account.json("put-resource-policy --secret-id a --resource-policy file://policy");
    let there = |member: &str, command: &str| account.json(&format!("{command} --secret-id a --region us-east-1 --query {member}"));
    let here = account.json("get-resource-policy --secret-id a --query ResourcePolicy");
    assert!(here.is_string() && there("ResourcePolicy", "get-resource-policy") == here);
    account.json("delete-resource-policy --secret-id a");
    assert_eq!(there("ResourcePolicy", "get-resource-policy"), Value::Null);
    account.json("rotate-secret --secret-id a --rotation-rules AutomaticallyAfterDays=1");
    assert_eq!(account.json("describe-secret --secret-id a --query RotationEnabled"), json!(false));
    assert_eq!(there("[RotationEnabled,RotationRules]", "describe-secret"), json!([null, null]));
}

#[test]
fn what_fails_in_a_region_is_told_for_each() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string other --region eu-west-1");
    let key = account.key("--region us-east-1");
    let arn = key["Arn"].as_str().expect("an ARN");
    account.json(&format!("kms disable-key --key-id {arn}"));
    let create = format!(
        "create-secret --name a --secret-string x --add-replica-regions Region=us-east-1,KmsKeyId={arn} Region=eu-west-1 Region=af-south-1 \
         Region=us-east-2"
    );
    // All Regions are checked first: the command fails whole.
    let refusal = account.refusal(&create);
    assert_eq!((&refusal.name[..], &refusal.message[..]), ("DisabledException", "3 Regions have problems, and nothing was written:"));
    assert_eq!(account.json("list-secrets --query SecretList[].Name --region us-west-2"), json!([]));
    // AWS would answer, and record what failed later.
    let (code, stdout, _) = account.run(&format!("{create} --partial"));
    let answer = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(code, Some(1));
    assert_eq!(
        statuses(&answer),
        [
            status("us-east-2", "InSync", "Replication succeeded"),
            status("us-east-1", "Failed", &format!("DisabledException: {arn} is disabled.")),
            status("eu-west-1", "Failed", "Secret with this name already exists in this region"),
            status("af-south-1", "Failed", "the Region af-south-1 is not enabled"),
        ]
    );
    assert_eq!(account.json("get-secret-value --secret-id a --region eu-west-1 --query SecretString"), "other", "left as it was");
}

#[test]
fn the_same_call_again_is_the_retry() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string other --region eu-west-1");
    let key = account.key("--region us-east-1");
    let arn = key["Arn"].as_str().expect("an ARN");
    account.json(&format!("kms disable-key --key-id {arn}"));
    let create = "create-secret --name a --secret-string x --partial --add-replica-regions eu-west-1";
    assert_eq!(account.run(&format!("{create} Region=us-east-1,KmsKeyId={arn}")).0, Some(1));
    let retry = "replicate-secret-to-regions --secret-id a --region us-west-2 --add-replica-regions";
    account.json(&format!("kms enable-key --key-id {arn}"));
    // The same call again, under the key on record.
    account.json(&format!("{retry} us-east-1"));
    assert_eq!(account.json("describe-secret --secret-id a --region us-east-1 --query KmsKeyId"), json!(arn));
    account.refuses(
        &format!("{retry} eu-west-1"),
        INVALID,
        "eu-west-1: Secret with this name already exists in this region (nothing was written)",
    );
    let answer = account.json(&format!("{retry} eu-west-1 --force-overwrite-replica-secret"));
    assert!(statuses(&answer).iter().all(|(_, status, _)| status == "InSync"), "{answer}");
}

#[test]
fn a_secret_of_the_same_name_is_replaced_when_forced() {
    let account = Account::new();
    for region in ["eu-west-1", "us-east-1"] {
        account.json(&format!("create-secret --name a --secret-string other --region {region}"));
    }
    let create = "create-secret --name a --secret-string x --add-replica-regions eu-west-1 us-east-1";
    for refused in [create.to_owned(), format!("{create} --no-force-overwrite-replica-secret")] {
        let refusal = account.refusal(&refused);
        assert_eq!((&refusal.name[..], &refusal.message[..]), (INVALID, "2 Regions have problems, and nothing was written:"));
    }
    account.json(&format!("{create} --force-overwrite-replica-secret"));
    for region in ["us-west-2", "eu-west-1", "us-east-1"] {
        assert_eq!(account.json(&format!("get-secret-value --secret-id a --region {region} --query SecretString")), "x", "{region}");
    }
    assert_eq!(account.json("list-secrets --region eu-west-1 --query SecretList[].PrimaryRegion"), json!(["us-west-2"]));
}

/// The example with `region us-east-1`, which AWS's page prints though the AWS CLI refuses it, is taken here.
#[test]
fn examples_of_aws_pages_are_taken() {
    for form in ["region us-east-1", "Region=us-east-1", "us-east-1"] {
        let account = Account::new();
        let made = account.json(&format!("create-secret --name a --secret-string x --add-replica-regions {form}"));
        assert_eq!(made["ReplicationStatus"][0]["Region"], "us-east-1", "{form}");
        assert!(["ARN", "Name", "VersionId"].iter().all(|member| made[member].is_string()), "{made}");
        assert!(made.get("SecretARN").is_none() && made.get("SecretName").is_none());
    }
    // A replica's key lives in the replica's Region.
    let account = Account::new();
    let key = account.key("");
    let arn = key["Arn"].as_str().expect("an ARN");
    account.refuses(
        &format!("create-secret --name a --secret-string x --kms-key-id {arn} --add-replica-regions Region=us-east-1,KmsKeyId={arn}"),
        "NotFoundException",
        "us-east-1: Invalid arn us-west-2 (nothing was written)",
    );
}

#[test]
fn replicas_that_leave_are_not_answered_any_more() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --add-replica-regions us-east-1 eu-west-1 ap-south-1");
    let remove = "remove-regions-from-replication --secret-id a --remove-replica-regions";
    // A Region without a replica is passed over.
    let answer = account.json(&format!("{remove} eu-west-1 ca-central-1"));
    assert_eq!(answer["ARN"], account.json("describe-secret --secret-id a --query ARN"));
    assert_eq!(statuses(&answer).iter().map(|(region, ..)| region.as_str()).collect::<Vec<_>>(), ["us-east-1", "ap-south-1"]);
    assert_eq!(account.refusal("get-secret-value --secret-id a --region eu-west-1").name, "ResourceNotFoundException");
    assert_eq!(account.json(&format!("{remove} us-east-1 ap-south-1"))["ReplicationStatus"], json!([]));
    assert_eq!(account.json("describe-secret --secret-id a --query PrimaryRegion"), Value::Null);
}

#[test]
fn a_promoted_replica_keeps_its_arn_and_can_have_replicas() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --tags Key=k,Value=v --add-replica-regions us-east-1");
    let arn = account.json("describe-secret --secret-id a --region us-east-1 --query ARN");
    let stop = "stop-replication-to-replica --secret-id a --region us-east-1";
    assert_eq!(account.json(stop), json!({ "ARN": arn }));
    assert_eq!(
        account.json("describe-secret --secret-id a --region us-east-1 --query [ARN,Tags]"),
        json!([arn, [{ "Key": "k", "Value": "v" }]])
    );
    assert_eq!(account.json("describe-secret --secret-id a --region us-west-2 --query ReplicationStatus"), Value::Null);
    assert_eq!(account.json("get-secret-value --secret-id a --region us-east-1 --query SecretString"), "x");
    // The link is cut for good, and another one can begin.
    assert_eq!(account.refusal(stop).name, INVALID);
    account.json("replicate-secret-to-regions --secret-id a --region us-east-1 --add-replica-regions eu-west-1");
}
