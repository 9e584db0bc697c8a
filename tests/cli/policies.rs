//! `put-resource-policy`, `get-resource-policy`, `delete-resource-policy` and `validate-resource-policy`.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const GET: &str = "get-resource-policy --secret-id db";

/// A secret in us-west-2 and eu-west-1, and policies in files.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name db --secret-string x --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.write("role.json", policy(&json!({ "AWS": "arn:aws:iam::111122223333:role/Payroll" }), &json!({})));
    sandbox.write("everyone.json", policy(&json!("*"), &json!({})));
    let organization = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } });
    sandbox.write("organization.json", policy(&json!("*"), &organization));
    sandbox
}

fn policy(principal: &Value, condition: &Value) -> String {
    let statement = json!({
        "Effect": "Allow", "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": condition,
    });
    format!("{:#}\n", json!({ "Version": "2012-10-17", "Statement": [statement] }))
}

fn answer(sandbox: &Sandbox, line: &str) -> Value {
    serde_json::from_str(&sandbox.stdout(line)).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn a_policy_is_put_shown_in_every_region_and_taken_away() {
    let sandbox = sandbox();
    let none = answer(&sandbox, GET);
    assert_eq!(members(&none), ["ARN", "Name"], "none yet");
    for file in ["role.json", "organization.json"] {
        let put = answer(&sandbox, &format!("put-resource-policy --secret-id db --resource-policy file://{file}"));
        assert_eq!(put, none, "ARN and Name");
        let text = std::fs::read_to_string(sandbox.path(file)).expect("a file");
        for region in ["us-west-2", "eu-west-1"] {
            let shown = answer(&sandbox, &format!("{GET} --policy-name default --region {region}"));
            assert_eq!(members(&shown), ["ARN", "Name", "ResourcePolicy"]);
            assert_eq!(shown["ResourcePolicy"], json!(text), "as it was given");
            assert!(shown["ARN"].as_str().is_some_and(|arn| arn.contains(region)));
            assert_eq!(answer(&sandbox, &format!("describe-secret --secret-id db --region {region}"))["ResourcePolicy"], json!(text));
        }
    }
    for _ in 0..2 {
        assert_eq!(answer(&sandbox, "delete-resource-policy --secret-id db"), none);
        assert_eq!(answer(&sandbox, GET), none);
    }
    sandbox.ok("verify --open");
}

/// No key is needed; with a keystore at hand the record keeps its tag.
#[test]
fn a_change_keeps_the_records_tag_and_one_without_effect_changes_nothing() {
    let sandbox = sandbox();
    let put = "put-resource-policy --secret-id db --resource-policy file://role.json";
    let record = || std::fs::read(sandbox.path("coldseal-vault/secrets/us-west-2/db/secret.json")).expect("a record");
    sandbox.ok(put);
    let before = record();
    assert!(String::from_utf8_lossy(&before).contains("\"RecordTag\""));
    sandbox.ok(put);
    assert_eq!(record(), before, "the same policy writes nothing");
    sandbox.ok("delete-resource-policy --secret-id db --keystore nowhere.json");
    assert!(!String::from_utf8_lossy(&record()).contains("\"RecordTag\""), "nobody vouches for it");
    assert!(!sandbox.exists("nowhere.json"));
}

#[test]
fn a_policy_that_is_open_to_everyone_is_put_only_where_that_is_not_blocked() {
    let sandbox = sandbox();
    let put = |file: &str, flags: &str| {
        sandbox.coldseal(&format!("put-resource-policy --secret-id db --resource-policy file://{file} {flags}")).assert()
    };
    put("everyone.json", "--block-public-policy").code(254);
    assert_eq!(members(&answer(&sandbox, GET)), ["ARN", "Name"], "nothing was put");
    put("organization.json", "--block-public-policy").success();
    put("role.json", "--block-public-policy").success();
    put("everyone.json", "--block-public-policy --no-block-public-policy").success();
    put("everyone.json", "").success();
}

#[test]
fn a_validation_tells_all_that_is_wrong_and_exits_with_0() {
    let sandbox = Sandbox::new();
    let validate = |text: &str| -> Value {
        sandbox.write("policy.json", text);
        answer(&sandbox, "validate-resource-policy --resource-policy file://policy.json --keystore nowhere.json --vault nowhere")
    };
    let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*" });
    let allow = json!({ "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*" });
    let strange = json!({
        "Effect": "Allow", "Principal": { "AWS": "me", "Service": "you" }, "Action": "secretsmanager:*", "Resource": "*",
    });
    let text = |statements: &[&Value]| json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    for (text, checks) in [
        (policy(&json!({ "AWS": "111122223333" }), &json!({})), &[][..]),
        ("{".to_owned(), &["Syntax Error"]),
        (text(&[&json!({ "Effect": "AllowSomething" })]), &["Syntax Error"]),
        (text(&[&strange]), &["Invalid Principal", "Invalid Service Principal"]),
        (text(&[&allow]), &["Broad Access"]),
        (text(&[&deny]), &["Lockout"]),
        (text(&[&allow, &deny]), &["Broad Access", "Lockout"]),
    ] {
        let validation = validate(&text);
        assert_eq!(members(&validation), ["PolicyValidationPassed", "ValidationErrors"]);
        assert_eq!(validation["PolicyValidationPassed"], json!(checks.is_empty()), "{text}");
        let errors = validation["ValidationErrors"].as_array().expect("a list");
        let found: Vec<_> = errors.iter().map(|error| error["CheckName"].as_str().expect("a name")).collect();
        assert_eq!(found, checks, "{text}");
        assert!(errors.iter().all(|error| error["ErrorMessage"].as_str().is_some_and(|message| message.contains(". "))), "{validation}");
    }
    // What passes can be put, and what can be put with --block-public-policy is found neither malformed nor open.
    let with_secret = self::sandbox();
    let validated =
        "validate-resource-policy --secret-id db --region eu-west-1 --resource-policy file://role.json --query PolicyValidationPassed";
    assert_eq!(with_secret.stdout(validated), "true\n");
}

#[test]
fn requests_in_json_and_skeletons() {
    let sandbox = sandbox();
    let text = policy(&json!("*"), &json!({}));
    sandbox.write("request.json", json!({ "SecretId": "db", "ResourcePolicy": text, "BlockPublicPolicy": false }).to_string());
    sandbox.ok("put-resource-policy --cli-input-json file://request.json");
    assert_eq!(answer(&sandbox, GET)["ResourcePolicy"], json!(text));
    let skeleton = answer(&sandbox, "put-resource-policy --generate-cli-skeleton");
    assert_eq!(members(&skeleton), ["SecretId", "ResourcePolicy", "PolicyName", "BlockPublicPolicy"]);
    let output = answer(&sandbox, "validate-resource-policy --resource-policy file://role.json --generate-cli-skeleton output");
    assert_eq!(members(&output), ["PolicyValidationPassed", "ValidationErrors"]);
}
