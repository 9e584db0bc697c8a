//! `docs/aws.md`, "Operations on secrets": what they need, answer, and refuse. `Bundles` and `EncryptionContext` are coldseal's.

use serde_json::json;

use crate::account::{Account, members};

/// A command line without a required member ends with 252 and names the flag.
fn needs(account: &Account, line: &str, flag: &str) {
    let (code, _, stderr) = account.run(line);
    assert!(code == Some(252) && stderr.contains(&format!("  {flag} <")), "{line}: {stderr}");
}

#[test]
fn create_secret() {
    let account = Account::new();
    needs(&account, "create-secret --secret-string x", "--name");
    let made = account.json("create-secret --name full --secret-string x --add-replica-regions us-east-1");
    assert_eq!(members(&made), ["ARN", "Name", "VersionId", "ReplicationStatus", "Bundles"]);
    // The work is done when the command returns, so nothing is ever InProgress.
    let expected = json!([{
        "Region": "us-east-1",
        "KmsKeyId": "alias/aws/secretsmanager",
        "Status": "InSync",
        "StatusMessage": "Replication succeeded"
    }]);
    assert_eq!(made["ReplicationStatus"], expected);
    assert_eq!(members(&made["ReplicationStatus"][0]), ["Region", "KmsKeyId", "Status", "StatusMessage"]);
    assert_eq!(members(&account.json("create-secret --name empty")), ["ARN", "Name", "Bundles"], "no VersionId without a value");
    for (line, name) in [
        ("--name x --add-replica-regions KmsKeyId=a", "ValidationException"),
        ("--name full", "ResourceExistsException"),
        ("--name x --kms-key-id alias/none", "NotFoundException"),
        ("--name x --add-replica-regions us-west-2", "InvalidParameterException"),
    ] {
        let refusal = account.refusal(&format!("create-secret {line}"));
        assert_eq!((&refusal.name[..], &refusal.operation[..]), (name, "CreateSecret"), "{line}");
    }
}

#[test]
fn replicate_secret_to_regions() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    needs(&account, "replicate-secret-to-regions --add-replica-regions us-east-1", "--secret-id");
    needs(&account, "replicate-secret-to-regions --secret-id a", "--add-replica-regions");
    let answer = account.json("replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1 eu-west-1");
    assert_eq!(members(&answer), ["ARN", "ReplicationStatus", "Bundles"]);
    assert_eq!(answer["ARN"], account.json("describe-secret --secret-id a --query ARN"));
    let regions: Vec<_> = answer["ReplicationStatus"].as_array().expect("a list").iter().map(|entry| &entry["Region"]).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
    for (line, name) in [
        ("--secret-id b --add-replica-regions us-east-1", "ResourceNotFoundException"),
        ("--secret-id a --add-replica-regions us-west-2", "InvalidParameterException"),
    ] {
        let refusal = account.refusal(&format!("replicate-secret-to-regions {line}"));
        assert_eq!((&refusal.name[..], &refusal.operation[..]), (name, "ReplicateSecretToRegions"), "{line}");
    }
}

#[test]
fn get_secret_value() {
    let account = Account::new();
    needs(&account, "get-secret-value", "--secret-id");
    account.json("create-secret --name s --secret-string x");
    account.json("create-secret --name b --secret-binary AP8=");
    let string = account.json("get-secret-value --secret-id s");
    assert_eq!(members(&string), ["ARN", "Name", "VersionId", "SecretString", "VersionStages", "CreatedDate"]);
    assert_eq!((&string["SecretString"], &string["VersionStages"]), (&json!("x"), &json!(["AWSCURRENT"])));
    let binary = account.json("get-secret-value --secret-id b");
    assert_eq!(members(&binary), ["ARN", "Name", "VersionId", "SecretBinary", "VersionStages", "CreatedDate"]);
    assert_eq!(binary["SecretBinary"], "AP8=");
    // AWSCURRENT unless a version is named; an id and a label that are both given must match.
    let id = string["VersionId"].as_str().expect("an id");
    for selector in ["--version-stage AWSCURRENT", &format!("--version-id {id}"), &format!("--version-id {id} --version-stage AWSCURRENT")]
    {
        assert_eq!(account.json(&format!("get-secret-value --secret-id s {selector}")), string, "{selector}");
    }
    let refusal = account.refusal("get-secret-value --secret-id none");
    assert_eq!((&refusal.name[..], &refusal.operation[..]), ("ResourceNotFoundException", "GetSecretValue"));
    let mismatch = account.refusal(&format!("get-secret-value --secret-id s --version-id {id} --version-stage OTHER"));
    assert_eq!(mismatch.name, "InvalidRequestException");
    let bundle = account.text("describe-secret --secret-id s --query Bundles[0].Path");
    std::fs::write(bundle, "changed").expect("written");
    assert_eq!(account.refusal("get-secret-value --secret-id s").name, "DecryptionFailure");
}

#[test]
fn describe_secret() {
    let account = Account::new();
    needs(&account, "describe-secret", "--secret-id");
    account.json("kms create-key --region us-west-2");
    let key = account.text("kms list-keys --query Keys[0].KeyId");
    account.json(&format!(
        "create-secret --name full --secret-string x --description d --kms-key-id {key} --tags Key=k,Value=v --add-replica-regions us-east-1 \
         --encryption-context a=b"
    ));
    assert_eq!(
        members(&account.json("describe-secret --secret-id full")),
        [
            "ARN",
            "Name",
            "Description",
            "KmsKeyId",
            "LastChangedDate",
            "Tags",
            "VersionIdsToStages",
            "CreatedDate",
            "PrimaryRegion",
            "ReplicationStatus",
            "EncryptionContext",
            "Bundles"
        ]
    );
    account.json("create-secret --name empty");
    let expected = ["ARN", "Name", "LastChangedDate", "CreatedDate", "Bundles"];
    assert_eq!(members(&account.json("describe-secret --secret-id empty")), expected, "fields without a value are left out");
    let refusal = account.refusal("describe-secret --secret-id none");
    assert_eq!((&refusal.name[..], &refusal.operation[..]), ("ResourceNotFoundException", "DescribeSecret"));
}

#[test]
fn list_secrets() {
    let account = Account::new();
    for name in ["a", "b"] {
        account.json(&format!("create-secret --name {name} --secret-string x --description d --tags Key=k,Value=v"));
    }
    let list = account.json("list-secrets");
    assert_eq!(members(&list), ["SecretList"]);
    assert_eq!(
        members(&list["SecretList"][0]),
        ["ARN", "Name", "Description", "LastChangedDate", "Tags", "SecretVersionsToStages", "CreatedDate"]
    );
    let page = account.json("list-secrets --max-results 1 --include-planned-deletion --sort-by name --sort-order asc");
    assert_eq!(members(&page), ["SecretList", "NextToken"]);
    for (arguments, name) in [("--next-token x", "InvalidNextTokenException"), ("--max-results 101", "ValidationException")] {
        let refusal = account.refusal(&format!("list-secrets {arguments}"));
        assert_eq!((&refusal.name[..], &refusal.operation[..]), (name, "ListSecrets"));
    }
}

/// The policies that AWS's documentation shows for each message, and what is said of them.
#[test]
fn resource_policies() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    needs(&account, "put-resource-policy --secret-id a", "--resource-policy");
    needs(&account, "put-resource-policy --resource-policy {}", "--secret-id");
    needs(&account, "get-resource-policy", "--secret-id");
    needs(&account, "delete-resource-policy", "--secret-id");
    needs(&account, "validate-resource-policy --secret-id a", "--resource-policy");
    let statement = |effect: &str, principal: serde_json::Value| {
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": effect, "Principal": principal, "Action": "secretsmanager:*", "Resource": "*" }
        ] })
    };
    let user = json!({ "AWS": "arn:aws:iam::123456789012:user/admin" });
    account.0.write("sound", statement("Allow", user.clone()).to_string());
    assert_eq!(members(&account.json("put-resource-policy --secret-id a --resource-policy file://sound")), ["ARN", "Name"]);
    assert_eq!(members(&account.json("get-resource-policy --secret-id a")), ["ARN", "Name", "ResourcePolicy"]);
    assert_eq!(members(&account.json("delete-resource-policy --secret-id a")), ["ARN", "Name"]);
    assert_eq!(members(&account.json("get-resource-policy --secret-id a")), ["ARN", "Name"], "without a policy");
    let validate = "validate-resource-policy --resource-policy file://";
    let passed = account.json(&format!("{validate}sound"));
    assert_eq!(passed, json!({ "PolicyValidationPassed": true, "ValidationErrors": [] }));
    for (policy, message) in [
        (statement("Deny", json!("*")), "Your requested changes will not allow you to manage this secret in the future."),
        (statement("Allow", json!("*")), "This resource policy grants broad access to your secret."),
        (statement("AllowSomething", json!("*")), "This resource policy contains a syntax error."),
        (statement("Allow", json!({ "AWS": "arn:aws:iam::1234:user/u" })), "This resource policy contains an unsupported principal."),
        (
            statement("Allow", json!({ "AWS": user["AWS"], "Service": ["invalidservice"] })),
            "This resource policy contains an invalid service principal.",
        ),
    ] {
        account.0.write("policy", policy.to_string());
        let validation = account.json(&format!("{validate}policy"));
        let errors = validation["ValidationErrors"].as_array().expect("a list");
        assert!(validation["PolicyValidationPassed"] == false && errors.len() == 1, "{validation}");
        assert!(errors[0]["ErrorMessage"].as_str().expect("text").starts_with(message), "{validation}");
        let put = "put-resource-policy --secret-id a --resource-policy file://policy --block-public-policy";
        if message.contains("contains") {
            let refusal = account.refusal(put);
            assert_eq!((&refusal.name[..], &refusal.operation[..]), ("MalformedPolicyDocumentException", "PutResourcePolicy"));
            assert!(refusal.message.starts_with(message), "{}", refusal.message);
        } else if message.contains("broad") {
            let refusal = account.refusal(put);
            assert_eq!(refusal.name, "PublicPolicyException");
            let words = "You can't attach a resource-based policy that allows broad access to the secret.";
            assert!(refusal.message.starts_with(words), "{}", refusal.message);
        } else {
            account.json(put);
        }
    }
    for (line, operation) in [
        ("put-resource-policy --secret-id b --resource-policy file://sound", "PutResourcePolicy"),
        ("get-resource-policy --secret-id b", "GetResourcePolicy"),
        ("delete-resource-policy --secret-id b", "DeleteResourcePolicy"),
        ("validate-resource-policy --secret-id b --resource-policy file://sound", "ValidateResourcePolicy"),
    ] {
        let refusal = account.refusal(line);
        assert_eq!((&refusal.name[..], &refusal.operation[..]), ("ResourceNotFoundException", operation), "{line}");
    }
}

/// Each operation with what it needs, where there is no such secret.
const NEEDS: &[(&str, &str, &[&str])] = &[
    ("CancelRotateSecret", "cancel-rotate-secret", &["--secret-id a"]),
    ("DeleteResourcePolicy", "delete-resource-policy", &["--secret-id a"]),
    ("DeleteSecret", "delete-secret", &["--secret-id a"]),
    ("DescribeSecret", "describe-secret", &["--secret-id a"]),
    ("GetResourcePolicy", "get-resource-policy", &["--secret-id a"]),
    ("GetSecretValue", "get-secret-value", &["--secret-id a"]),
    ("ListSecretVersionIds", "list-secret-version-ids", &["--secret-id a"]),
    ("PutResourcePolicy", "put-resource-policy", &["--secret-id a", "--resource-policy file://policy"]),
    ("RemoveRegionsFromReplication", "remove-regions-from-replication", &["--secret-id a", "--remove-replica-regions us-east-1"]),
    ("ReplicateSecretToRegions", "replicate-secret-to-regions", &["--secret-id a", "--add-replica-regions Region=us-east-1"]),
    ("RestoreSecret", "restore-secret", &["--secret-id a"]),
    ("RotateSecret", "rotate-secret", &["--secret-id a"]),
    ("StopReplicationToReplica", "stop-replication-to-replica", &["--secret-id a"]),
    ("TagResource", "tag-resource", &["--secret-id a", "--tags Key=a"]),
    ("UntagResource", "untag-resource", &["--secret-id a", "--tag-keys a"]),
    ("UpdateSecret", "update-secret", &["--secret-id a"]),
    ("UpdateSecretVersionStage", "update-secret-version-stage", &["--secret-id a", "--version-stage a"]),
];

#[test]
fn each_operation_needs_its_required_members_and_a_secret_that_is_there() {
    let account = Account::new();
    account.json("create-secret --name other --secret-string x");
    let policy = json!({ "Statement": { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:root" }, "Action": "*", "Resource": "*" } });
    account.0.write("policy", policy.to_string());
    for (operation, command, required) in NEEDS {
        for left_out in *required {
            let others: Vec<&str> = required.iter().filter(|flag| *flag != left_out).copied().collect();
            let flag = left_out.split(' ').next().expect("a flag");
            needs(&account, format!("{command} {}", others.join(" ")).trim_end(), flag);
        }
        let refusal = account.refusal(&format!("{command} {}", required.join(" ")));
        assert_eq!((&refusal.name[..], &refusal.operation[..]), ("ResourceNotFoundException", *operation));
        assert_eq!(refusal.message, "Secrets Manager can't find the specified secret.", "{command}");
    }
    let put = account.refusal("put-secret-value --secret-id a --secret-string x");
    assert_eq!((&put.name[..], &put.operation[..]), ("ResourceNotFoundException", "PutSecretValue"));
}

#[test]
fn tag_resource_and_untag_resource() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x --tags Key=k,Value=1");
    needs(&account, "tag-resource --tags Key=a", "--secret-id");
    needs(&account, "tag-resource --secret-id a", "--tags");
    needs(&account, "untag-resource --secret-id a", "--tag-keys");
    let tags = || account.json("describe-secret --secret-id a --query Tags");
    assert_eq!(account.json("tag-resource --secret-id a --tags Key=k,Value=2 Key=l"), serde_json::Value::Null);
    assert_eq!(tags(), json!([{ "Key": "k", "Value": "2" }, { "Key": "l", "Value": "" }]), "merged");
    assert_eq!(account.json("untag-resource --secret-id a --tag-keys k none"), serde_json::Value::Null);
    assert_eq!(tags(), json!([{ "Key": "l", "Value": "" }]));
    for (line, operation) in
        [("tag-resource --secret-id b --tags Key=a", "TagResource"), ("untag-resource --secret-id b --tag-keys a", "UntagResource")]
    {
        let refusal = account.refusal(line);
        assert_eq!((&refusal.name[..], &refusal.operation[..]), ("ResourceNotFoundException", operation), "{line}");
    }
}
