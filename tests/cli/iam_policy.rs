//! `iam-policy`: what is printed, what is said besides, and what it can be used for.

use serde_json::{Value, json};
use snapbox::str;

use crate::sandbox::Sandbox;

const WEST: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const EUROPE: &str = "arn:aws:kms:eu-west-1:111122223333:key/4321dcba-12ab-34cd-56ef-1234567890ab";

fn answer(sandbox: &Sandbox, line: &str) -> Value {
    serde_json::from_str(&sandbox.stdout(line)).unwrap_or_else(|error| panic!("{line}: {error}"))
}

#[test]
fn a_packer_of_secrets_to_be_made_needs_neither_vault_nor_keystore() {
    let sandbox = Sandbox::new();
    let line =
        format!("iam-policy --role packer --secret-id new/secret --region us-west-2 --kms-key-id {WEST} {EUROPE} --query PolicyDocument");
    let assumed = str![[r#"
coldseal: arn:aws:kms:eu-west-1:111122223333:key/4321dcba-12ab-34cd-56ef-1234567890ab and 1 other key: taken for symmetric, as nothing here tells; an RSA or elliptic curve key takes other actions, which 'coldseal kms import-public-key' makes known

"#]];
    sandbox.coldseal(&line).assert().success().stderr_eq(assumed).stdout_eq(str![[r#"
{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ColdsealPacker1",
            "Effect": "Allow",
            "Action": [
                "kms:Encrypt"
            ],
            "Resource": [
                "arn:aws:kms:eu-west-1:111122223333:key/4321dcba-12ab-34cd-56ef-1234567890ab"
            ],
            "Condition": {
                "StringLike": {
                    "kms:EncryptionContext:SecretARN": [
                        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:new/secret-??????"
                    ]
                }
            }
        },
        {
            "Sid": "ColdsealPacker2",
            "Effect": "Allow",
            "Action": [
                "kms:DescribeKey"
            ],
            "Resource": [
                "arn:aws:kms:eu-west-1:111122223333:key/4321dcba-12ab-34cd-56ef-1234567890ab"
            ]
        },
        {
            "Sid": "ColdsealPacker3",
            "Effect": "Allow",
            "Action": [
                "kms:GenerateDataKey"
            ],
            "Resource": [
                "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
            ],
            "Condition": {
                "StringLike": {
                    "kms:EncryptionContext:SecretARN": [
                        "arn:aws:secretsmanager:us-west-2:111122223333:secret:new/secret-??????"
                    ]
                }
            }
        },
        {
            "Sid": "ColdsealPacker4",
            "Effect": "Allow",
            "Action": [
                "kms:DescribeKey"
            ],
            "Resource": [
                "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
            ]
        }
    ]
}

"#]]);
    assert!(sandbox.files("").is_empty(), "{:?}", sandbox.files(""));
}

#[test]
fn secrets_are_named_one_by_one_by_filters_or_all() {
    let sandbox = Sandbox::new();
    for name in ["a/x", "a/y", "b"] {
        sandbox.ok(&format!("create-secret --name {name} --secret-string 1 --region us-west-2 --add-replica-regions eu-west-1"));
    }
    let named = |selection: &str| -> Vec<String> {
        let query = "--query PolicyDocument.Statement[0].Condition.*.\"kms:EncryptionContext:SecretARN\"[][]";
        let line = format!("iam-policy --role opener --kms-key-id {EUROPE} --region eu-west-1 {selection} {query}");
        let arns = answer(&sandbox, &line);
        let name = |arn: &Value| {
            arn.as_str().expect("text").split(":secret:").nth(1).expect("a name").rsplit_once('-').expect("a suffix").0.to_owned()
        };
        arns.as_array().expect("a list").iter().map(name).collect()
    };
    assert_eq!(named("--all"), ["a/x", "a/y", "b"]);
    assert_eq!(named("--filters Key=name,Values=a/"), ["a/x", "a/y"]);
    assert_eq!(named("--secret-id b a/y"), ["a/y", "b"]);
    let arn = sandbox.stdout("describe-secret --secret-id b --region eu-west-1 --query ARN --output text");
    assert_eq!(named(&format!("--secret-id {}", arn.trim())), ["b"]);
}

/// A policy that is put where coldseal checks policies passes there.
#[test]
fn key_policy_statements_are_of_the_grammar() {
    let sandbox = Sandbox::new();
    let line = format!(
        "iam-policy --role packer --secret-id a --kms-key-id {WEST} --principal arn:aws:iam::111122223333:role/Packer --query KeyPolicyStatements[0].Statement"
    );
    let statements = answer(&sandbox, &line);
    assert!(statements.as_array().expect("a list").iter().all(|one| one["Principal"]["AWS"] == "arn:aws:iam::111122223333:role/Packer"));
    sandbox.write("policy.json", json!({ "Version": "2012-10-17", "Statement": statements }).to_string());
    let validation = answer(&sandbox, "validate-resource-policy --resource-policy file://policy.json");
    assert_eq!(validation["PolicyValidationPassed"], json!(true), "{validation}");
}

#[test]
fn what_is_left_out_and_what_is_too_long_is_said() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name db --secret-string 1 --region us-west-2 --add-replica-regions eu-west-1");
    let packer = format!("iam-policy --role packer --secret-id db --kms-key-id {WEST} --query length(PolicyDocument.Statement)");
    sandbox.coldseal(&packer).assert().success().stdout_eq("2\n").stderr_eq(str![[r#"
coldseal: db: eu-west-1: its key is one of the embedded KMS, for which there is nothing to allow in AWS
coldseal: arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab: taken for symmetric, as nothing here tells; an RSA or elliptic curve key takes other actions, which 'coldseal kms import-public-key' makes known

"#]]);
    let unused = format!(
        "iam-policy --role opener --secret-id db --region eu-west-1 --kms-key-id {EUROPE} {WEST} --query length(KeyPolicyStatements)"
    );
    sandbox.coldseal(&unused).assert().success().stdout_eq("1\n").stderr_eq(str![[r#"
coldseal: arn:aws:kms:eu-west-1:111122223333:key/4321dcba-12ab-34cd-56ef-1234567890ab: taken for symmetric, as nothing here tells; an RSA or elliptic curve key takes other actions, which 'coldseal kms import-public-key' makes known
coldseal: arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab: not used, as nothing that is asked for is in us-west-2

"#]]);
    sandbox
        .coldseal("iam-policy --role publisher --all --query length(KeyPolicyStatements)")
        .assert()
        .success()
        .stdout_eq("0\n")
        .stderr_eq(str![[r#"
coldseal: warning: 000000000000 is no account of AWS: --account-id names the one where the secrets are to be

"#]]);
    sandbox
        .coldseal("iam-policy --role publisher --all --account-id 111122223333 --query length(KeyPolicyStatements)")
        .assert()
        .success()
        .stderr_eq("");
    let many: Vec<String> = (0..100).map(|number| format!("secret-{number:03}")).collect();
    let long =
        format!("iam-policy --role packer --secret-id {} --kms-key-id {WEST} --query length(PolicyDocument.Statement)", many.join(" "));
    sandbox.coldseal(&long).assert().success().stdout_eq("2\n").stderr_eq(str![[r#"
coldseal: arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab: taken for symmetric, as nothing here tells; an RSA or elliptic curve key takes other actions, which 'coldseal kms import-public-key' makes known
coldseal: warning: the policy has [..] characters without white space, and a managed policy of IAM holds 6144: make about 3 of it, each with some of the secrets (--secret-id, or --filters Key=name,Values=PREFIX), and attach all of them

"#]]);
}
