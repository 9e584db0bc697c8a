//! `batch-get-secret-value`: several values at once, and what could not be read beside them.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const BATCH: &str = "batch-get-secret-value";

/// Three secrets with values, one without, in two Regions.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("bytes", [0, 255]);
    for line in [
        "--name a --secret-string file://bytes.txt --add-replica-regions eu-west-1 --tags Key=team,Value=web",
        "--name b --secret-binary fileb://bytes",
        "--name c --secret-string third --tags Key=team,Value=mail",
        "--name empty --tags Key=team,Value=web",
    ] {
        sandbox.write("bytes.txt", "first \"value\"\n");
        sandbox.ok(&format!("create-secret --region us-west-2 {line}"));
    }
    sandbox
}

fn batch(sandbox: &Sandbox, arguments: &str) -> Value {
    serde_json::from_str(&sandbox.stdout(&format!("{BATCH} {arguments}"))).expect("JSON")
}

fn names(answer: &Value) -> Vec<&str> {
    answer["SecretValues"].as_array().expect("a list").iter().map(|entry| entry["Name"].as_str().expect("text")).collect()
}

#[test]
fn values_come_in_the_order_of_the_request_and_errors_beside_them() {
    let sandbox = sandbox();
    let asserted = sandbox.coldseal(&format!("{BATCH} --secret-id-list b none a empty")).assert().success();
    asserted.stderr_eq("coldseal: warning: 2 of 4 secrets could not be read: see Errors\n");
    let answer = batch(&sandbox, "--secret-id-list b none a empty");
    assert_eq!(names(&answer), ["b", "a"]);
    for (entry, name) in answer["SecretValues"].as_array().expect("a list").iter().zip(["b", "a"]) {
        let single: Value = serde_json::from_str(&sandbox.stdout(&format!("get-secret-value --secret-id {name}"))).expect("JSON");
        assert_eq!(*entry, single, "as from get-secret-value");
    }
    let expected = json!([
        {
            "SecretId": "none",
            "ErrorCode": "ResourceNotFoundException",
            "Message": "Secrets Manager can't find the specified secret."
        },
        {
            "SecretId": "empty",
            "ErrorCode": "ResourceNotFoundException",
            "Message": "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
        }
    ]);
    assert_eq!(answer["Errors"], expected);
    assert_eq!(batch(&sandbox, "--secret-id-list a")["Errors"], json!([]));
}

#[test]
fn the_region_is_found_as_for_one_secret() {
    let sandbox = sandbox();
    let here = batch(&sandbox, "--secret-id-list a b --region eu-west-1");
    assert_eq!(names(&here), ["a"]);
    assert!(here["SecretValues"][0]["ARN"].as_str().expect("text").contains(":eu-west-1:"));
    let arns: Vec<String> = ["us-west-2", "eu-west-1"]
        .iter()
        .map(|region| {
            sandbox.stdout(&format!("describe-secret --secret-id a --region {region} --query ARN --output text")).trim().to_owned()
        })
        .collect();
    let both =
        sandbox.coldseal(&format!("{BATCH} --secret-id-list {} {}", arns[0], arns[1])).env("AWS_REGION", "us-east-1").assert().success();
    let both: Value = serde_json::from_slice(&both.get_output().stdout).expect("JSON");
    assert_eq!([&both["SecretValues"][0]["ARN"], &both["SecretValues"][1]["ARN"]], [&arns[0], &arns[1]]);
    let other = batch(&sandbox, &format!("--region us-west-2 --secret-id-list a {}", arns[1]));
    assert_eq!((names(&other), &other["Errors"][0]["ErrorCode"]), (vec!["a"], &json!("InvalidParameterException")));
}

#[test]
fn filters_give_pages() {
    let sandbox = sandbox();
    let web = batch(&sandbox, "--filters Key=tag-value,Values=web");
    assert_eq!((names(&web), &web["Errors"][0]["ErrorCode"], web.get("NextToken")), (vec!["a"], &json!("ResourceNotFoundException"), None));
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = batch(&sandbox, &format!("--filters Key=name,Values=a,b,c --max-results 2{token}"));
        assert!(names(&page).len() <= 2);
        seen.extend(names(&page).into_iter().map(str::to_owned));
        match page.get("NextToken") {
            Some(next) => token = format!(" --next-token {}", next.as_str().expect("text")),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, ["a", "b", "c"]);
    assert_eq!(names(&batch(&sandbox, "--filters Key=name,Values=zzz")), [""; 0]);
    sandbox.write("request.json", r#"{"Filters": [{"Key": "name", "Values": ["b"]}], "MaxResults": 1}"#);
    assert_eq!(names(&batch(&sandbox, "--cli-input-json file://request.json")), ["b"]);
}

#[test]
fn a_bundle_that_does_not_open_is_an_error_beside_the_others() {
    let sandbox = sandbox();
    for file in sandbox.files("coldseal-vault").into_iter().filter(|file| file.contains("/b/") && file.ends_with(".bundle")) {
        sandbox.write(&file, "x");
    }
    let answer = batch(&sandbox, "--secret-id-list a b c");
    assert_eq!((names(&answer), &answer["Errors"][0]["SecretId"]), (vec!["a", "c"], &json!("b")));
    assert_eq!(answer["Errors"][0]["ErrorCode"], "DecryptionFailure");
}

#[test]
fn a_record_that_cannot_be_read_is_told_on_stderr() {
    let sandbox = sandbox();
    for file in sandbox.files("coldseal-vault").into_iter().filter(|file| file.ends_with("/b/secret.json")) {
        sandbox.write(&file, "{");
    }
    let output = sandbox.std(&format!("{BATCH} --filters Key=name,Values=a,b,c")).output().expect("it runs");
    let (answer, stderr): (Value, _) = (serde_json::from_slice(&output.stdout).expect("JSON"), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), names(&answer)), (Some(1), vec!["a", "c"]));
    assert!(stderr.contains("/b/secret.json: "), "{stderr}");
    let named = batch(&sandbox, "--secret-id-list a b");
    assert_eq!((names(&named), &named["Errors"][0]["ErrorCode"]), (vec!["a"], &json!("InternalServiceError")));
}
