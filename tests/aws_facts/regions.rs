//! `docs/aws.md`, "Regions and partitions", and the key that is AWS's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::account::Account;

const ENABLED: [&str; 17] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
];

#[test]
fn the_regions_of_all_partitions_are_known() {
    let account = Account::new();
    account.key_id();
    let list = account.json("kms list-regions --query Regions[].[RegionName,Partition,Enabled,OptIn]");
    let mut partitions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut enabled = Vec::new();
    for entry in list.as_array().expect("a list") {
        let name = entry[0].as_str().expect("a name");
        let partition = entry[1].as_str().expect("a partition");
        assert!(!name.ends_with("-global"), "{name}");
        *partitions.entry(partition).or_default() += 1;
        if partition == "aws" {
            assert_eq!(entry[2], json!(entry[3] == false), "{name}: an opt-in Region is not enabled");
        } else {
            assert_eq!((&entry[2], &entry[3]), (&json!(true), &json!(false)), "{name}: other partitions have no opt-in");
        }
        if partition == "aws" && entry[2] == true {
            enabled.push(name);
        }
    }
    enabled.sort_unstable();
    let mut expected = ENABLED.to_vec();
    expected.sort_unstable();
    assert_eq!(enabled, expected);
    let names: Vec<_> = partitions.keys().copied().collect();
    assert_eq!(names, ["aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"]);
    assert!(partitions["aws"] > ENABLED.len());
}

/// Its key policy speaks of Secrets Manager alone. Policies are shown and never enforced.
#[test]
fn the_aws_managed_key_is_made_at_first_use_and_left_alone() {
    let account = Account::new();
    account.key_id();
    assert_eq!(account.json("kms list-aliases --query Aliases"), json!([]), "made at first use");
    account.json("create-secret --name a --secret-string x");
    assert_eq!(account.json("kms list-aliases --query Aliases[].AliasName"), json!(["alias/aws/secretsmanager"]));
    let key = account.json("kms describe-key --key-id alias/aws/secretsmanager --query KeyMetadata");
    assert_eq!((&key["KeyManager"], &key["MultiRegion"]), (&json!("AWS"), &json!(false)));
    let arn = key["Arn"].as_str().expect("an ARN");
    let policy: Value = serde_json::from_str(&account.text(&format!("kms get-key-policy --key-id {arn} --query Policy"))).expect("JSON");
    assert_eq!(policy["Statement"][0]["Condition"]["StringEquals"]["kms:ViaService"], "secretsmanager.us-west-2.amazonaws.com");
    let other = account.key_id();
    account.json(&format!("kms create-alias --alias-name alias/mine --target-key-id {other}"));
    for (operation, line) in [
        ("DisableKey", format!("disable-key --key-id {arn}")),
        ("ScheduleKeyDeletion", format!("schedule-key-deletion --key-id {arn}")),
        ("CreateAlias", format!("create-alias --alias-name alias/x --target-key-id {arn}")),
        ("UpdateAlias", format!("update-alias --alias-name alias/mine --target-key-id {arn}")),
        ("TagResource", format!("tag-resource --key-id {arn} --tags TagKey=a,TagValue=b")),
        ("PutKeyPolicy", format!("put-key-policy --key-id {arn} --policy {{}}")),
        ("ReplicateKey", format!("replicate-key --key-id {arn} --replica-region eu-west-1")),
    ] {
        let refusal = account.refusal(&format!("kms {line}"));
        assert_eq!((&refusal.name[..], &refusal.operation[..]), ("AccessDeniedException", operation));
    }
    let status = account.json(&format!("kms get-key-rotation-status --key-id {arn}"));
    assert_eq!(status, json!({ "KeyRotationEnabled": true, "KeyId": key["KeyId"] }), "always on");
    // Each Region has its own.
    account.json("create-secret --name b --secret-string x --region eu-west-1");
    let elsewhere = account.json("kms describe-key --key-id alias/aws/secretsmanager --region eu-west-1 --query KeyMetadata.KeyId");
    assert_ne!(elsewhere, key["KeyId"]);
}

/// Secrets Manager alone encrypts under its key. What it did encrypt is opened, other than in AWS: bundles under the default key have to open through
/// `kms serve`.
#[test]
fn nobody_encrypts_under_the_aws_managed_key() {
    let account = Account::new();
    account.0.write("plain", "x");
    account.json("create-secret --name a --secret-string x");
    let arn = account.text("kms describe-key --key-id alias/aws/secretsmanager --query KeyMetadata.Arn");
    let own = account.key_id();
    let blob = account.text(&format!("kms encrypt --key-id {own} --plaintext fileb://plain --query CiphertextBlob"));
    for key in ["alias/aws/secretsmanager", &arn] {
        for (operation, action, line) in [
            ("Encrypt", "Encrypt", format!("encrypt --key-id {key} --plaintext fileb://plain")),
            ("GenerateDataKey", "GenerateDataKey", format!("generate-data-key --key-id {key} --key-spec AES_256")),
            (
                "GenerateDataKeyWithoutPlaintext",
                "GenerateDataKeyWithoutPlaintext",
                format!("generate-data-key-without-plaintext --key-id {key} --number-of-bytes 32"),
            ),
            ("ReEncrypt", "ReEncryptTo", format!("re-encrypt --ciphertext-blob {blob} --destination-key-id {key}")),
        ] {
            let refusal = account.refusal(&format!("kms {line}"));
            assert_eq!((&refusal.name[..], &refusal.operation[..]), ("AccessDeniedException", operation), "{line}");
            assert_eq!(refusal.message, format!("kms:{action} is not allowed on {arn}: it is an AWS managed key"));
        }
    }
    // Sealing is coldseal's own, and opening asks for Decrypt.
    account.json(&format!("seal plain --kms-key-id {arn} -o sealed"));
    account.json("open sealed -o opened");
    assert_eq!(account.0.read("opened"), b"x");
}

#[test]
fn text_ends_with_a_newline() {
    let account = Account::new();
    account.json("create-secret --name a --secret-string x");
    let (_, stdout, _) = account.run("get-secret-value --secret-id a --query SecretString --output text");
    assert_eq!(stdout, "x\n");
}

#[test]
fn no_region_is_exit_code_253() {
    let account = Account::new();
    let output = account.0.std("kms create-key").output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.code() == Some(253) && stderr.starts_with("coldseal: You must specify a region.\n"), "{stderr}");
}
