//! `create-secret --resource-policy` and `--rotation-rules`.

use serde_json::{Value, json};
use snapbox::str;

use crate::sandbox::Sandbox;

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/Payroll"},
    "Action": "secretsmanager:GetSecretValue",
    "Resource": "*"
  }]
}
"#;
const CREATE: &str = "create-secret --name db --secret-string 1 --region us-west-2 --query Name";

fn answer(sandbox: &Sandbox, line: &str) -> Value {
    serde_json::from_str(&sandbox.stdout(line)).unwrap_or_else(|error| panic!("{line}: {error}"))
}

/// A secret with a policy and rules, in us-west-2 and eu-west-1.
fn with_rules() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("policy.json", POLICY);
    let create = format!("{CREATE} --resource-policy file://policy.json --add-replica-regions eu-west-1 --rotation-rules");
    sandbox.coldseal(&create).arg("ScheduleExpression='cron(0 8 1,15 * ? *)',Duration=3h").assert().success();
    sandbox
}

/// `docs/aws.md`, "Replication": the resource policy goes along, rotation is the primary's alone.
#[test]
fn the_policy_is_in_every_region_and_rotation_in_the_primary() {
    let sandbox = with_rules();
    sandbox.ok("replicate-secret-to-regions --secret-id db --add-replica-regions us-east-1");
    let primary = answer(&sandbox, "describe-secret --secret-id db");
    assert_eq!(primary["RotationEnabled"], json!(false));
    assert_eq!(primary["RotationRules"], json!({"Duration": "3h", "ScheduleExpression": "cron(0 8 1,15 * ? *)"}));
    let date = primary["RotationDueDate"].as_str().expect("a date");
    assert!(date.ends_with("-01T10:59:59+00:00") || date.ends_with("-15T10:59:59+00:00"), "{date}");
    assert!(date > primary["CreatedDate"].as_str().expect("a date"), "{primary}");
    // AWS has the date of the next rotation only where it rotates.
    assert_eq!(primary.get("NextRotationDate"), None);
    let names: Vec<_> = primary.as_object().expect("an object").keys().map(String::as_str).collect();
    let order = ["ARN", "Name", "RotationEnabled", "RotationRules", "LastChangedDate", "RotationDueDate", "VersionIdsToStages"];
    assert_eq!(names.get(..order.len()), Some(&order[..]));
    for region in ["us-west-2", "us-east-1", "eu-west-1"] {
        let described = answer(&sandbox, &format!("describe-secret --secret-id db --region {region}"));
        assert_eq!(described["ResourcePolicy"], json!(POLICY), "{region}: as it was given");
        let listed = answer(&sandbox, &format!("list-secrets --region {region} --query SecretList[0]"));
        assert_eq!(listed["Name"], "db");
        for member in ["RotationEnabled", "RotationRules", "RotationDueDate", "NextRotationDate"] {
            let expected = if region == "us-west-2" { primary.get(member) } else { None };
            assert_eq!((described.get(member), listed.get(member)), (expected, expected), "{region}: {member}");
        }
        assert_eq!(listed.get("ResourcePolicy"), None);
    }
    assert_eq!(sandbox.stdout("get-secret-value --secret-id db --region eu-west-1 --query SecretString"), "\"1\"\n");
}

#[test]
fn a_secret_without_rules_shows_none() {
    let sandbox = Sandbox::new();
    sandbox.ok(CREATE);
    let described = answer(&sandbox, "describe-secret --secret-id db");
    for member in ["RotationEnabled", "RotationRules", "RotationDueDate", "NextRotationDate", "ResourcePolicy"] {
        assert_eq!(described.get(member), None, "{member}");
    }
}

#[test]
fn a_request_in_json_takes_both() {
    let sandbox = Sandbox::new();
    let request = json!({
        "Name": "db", "SecretString": "1", "ResourcePolicy": POLICY, "RotationRules": {"AutomaticallyAfterDays": 30, "Duration": "2h"},
    });
    sandbox.write("request.json", request.to_string());
    sandbox.ok("create-secret --region us-west-2 --cli-input-json file://request.json");
    let described = answer(&sandbox, "describe-secret --secret-id db");
    assert_eq!((&described["ResourcePolicy"], &described["RotationRules"]), (&request["ResourcePolicy"], &request["RotationRules"]));
    let date = described["RotationDueDate"].as_str().expect("a date");
    assert!(date.ends_with("T01:59:59+00:00"), "{date}");
    // What was typed comes first.
    sandbox
        .coldseal("create-secret --region us-west-2 --cli-input-json file://request.json --name other --rotation-rules")
        .arg("ScheduleExpression=rate(10 days)")
        .assert()
        .success();
    let rules = sandbox.stdout("describe-secret --secret-id other --query RotationRules --output text");
    assert_eq!(rules, "rate(10 days)\n");
}

#[test]
fn what_is_not_allowed_is_refused_before_anything_is_written() {
    let sandbox = Sandbox::new();
    let create = "create-secret --name db --region us-west-2";
    sandbox.write("open.json", "{\"Statement\": [{\"Effect\": \"Allow\"");
    sandbox.write("nobody.json", POLICY.replace("Principal", "principal"));
    sandbox.write("long.json", format!("{POLICY}{}", " ".repeat(20_481 - POLICY.len())));
    sandbox.coldseal(create).args(["--resource-policy", "file://open.json"]).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (MalformedPolicyDocumentException) when calling the CreateSecret operation: This resource policy contains a syntax error. The policy is not JSON (line 1, column 33)
hint: a resource policy is a JSON object with Version and Statement; each statement has Effect, Principal, Action and Resource

"#]]);
    sandbox.coldseal(create).args(["--resource-policy", "file://nobody.json"]).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (MalformedPolicyDocumentException) when calling the CreateSecret operation: This resource policy contains a syntax error. Statement 1: unknown member 'principal'; there may be Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition
hint: a resource policy is a JSON object with Version and Statement; each statement has Effect, Principal, Action and Resource

"#]]);
    sandbox.coldseal(create).args(["--resource-policy", "file://long.json"]).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateSecret operation: 1 validation error detected: Value at 'resourcePolicy' failed to satisfy constraint: Member must have length less than or equal to 20480

"#]]);
    let rules = |rules: &str| sandbox.coldseal(create).args(["--rotation-rules", rules]).assert().code(254).stdout_eq("");
    rules("AutomaticallyAfterDays=1001").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateSecret operation: 1 validation error detected: Value '1001' at 'rotationRules.automaticallyAfterDays' failed to satisfy constraint: Member must have value less than or equal to 1000

"#]]);
    rules("AutomaticallyAfterDays=1,ScheduleExpression=rate(1 day)").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: You cannot specify both rotation frequency and schedule expression together.

"#]]);
    rules("Duration=3h").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: RotationRules: give AutomaticallyAfterDays or ScheduleExpression

"#]]);
    rules("ScheduleExpression=rate(3 hours)").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: ScheduleExpression: a rate in hours must be 4 to 23976

"#]]);
    rules("ScheduleExpression=cron(15 8 * * ? *)").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: ScheduleExpression: Minutes must be 0: rotation windows open on the hour

"#]]);
    rules("ScheduleExpression=cron(0 22 * * ? *),Duration=3h").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: Duration: the rotation window must be 1h to 2h here, as it must not extend into the next one or the next day

"#]]);
    sandbox
        .coldseal(create)
        .args(["--rotation-rules", "ScheduleExpression=cron(0 8 1,15 * ? *)"])
        .assert()
        .code(252)
        .stdout_eq("")
        .stderr_eq(str![[r#"
coldseal: Parameter validation failed:
Invalid type for parameter RotationRules.ScheduleExpression, value: ['cron(0 8 1', '15 * ? *)'], type: <class 'list'>, valid types: <class 'str'>
hint: write /, for a comma in a value

"#]]);
    assert!(!sandbox.exists("coldseal-vault") && !sandbox.exists("keystore"));
}
