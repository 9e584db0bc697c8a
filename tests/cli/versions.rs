//! New values of a secret, its versions and their labels, through the binary.

use serde_json::Value;

use crate::sandbox::Sandbox;

const NEXT: &str = "aaaaaaaa-0000-4000-8000-000000000000";
const LATER: &str = "bbbbbbbb-0000-4000-8000-000000000000";

/// The secret `db` in three Regions, the one in eu-west-1 under alias/eu.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "first");
    sandbox.write("next", "second");
    let key = sandbox.stdout("kms create-key --region eu-west-1 --query KeyMetadata.KeyId --output text");
    sandbox
        .coldseal(&format!("kms create-alias --region eu-west-1 --alias-name alias/eu --target-key-id {}", key.trim()))
        .assert()
        .success();
    sandbox
        .coldseal("create-secret --name db --secret-string file://value --region us-west-2 --add-replica-regions us-east-1 Region=eu-west-1,KmsKeyId=alias/eu")
        .assert()
        .success();
    sandbox
}

fn value(sandbox: &Sandbox, region: &str, rest: &str) -> String {
    sandbox
        .stdout(&format!("get-secret-value --secret-id db --region {region} --query SecretString --output text {rest}"))
        .trim_end()
        .to_owned()
}

fn json(sandbox: &Sandbox, line: &str) -> Value {
    serde_json::from_str(&sandbox.stdout(line)).expect("JSON")
}

#[test]
fn values_come_from_where_those_of_new_secrets_do() {
    let sandbox = sandbox();
    for (arguments, stdin, expected) in [
        ("--secret-string file://next", "", "second"),
        ("--secret-string -", "piped", "piped"),
        ("--secret-key-values a@=file://next", "", "{\"a\":\"second\"}"),
        ("--cli-input-json {\"SecretString\":\"in-json\"}", "", "in-json"),
    ] {
        sandbox.coldseal(&format!("put --secret-id db {arguments}")).stdin(stdin).assert().success();
        for region in ["us-west-2", "us-east-1", "eu-west-1"] {
            assert_eq!(value(&sandbox, region, ""), expected, "{arguments}");
        }
    }
    assert_eq!(value(&sandbox, "eu-west-1", "--version-stage AWSPREVIOUS"), "{\"a\":\"second\"}");
    sandbox
        .coldseal("put-secret-value --secret-id db --secret-binary file://next --cli-binary-format raw-in-base64-out")
        .assert()
        .success();
    assert_eq!(sandbox.stdout("get-secret-value --secret-id db --query SecretBinary --output text"), "c2Vjb25k\n");
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn the_answer_is_about_the_new_version_alone() {
    let sandbox = sandbox();
    let put = format!("put-secret-value --secret-id db --secret-string file://next --client-request-token {NEXT}");
    let answer = json(&sandbox, &put);
    assert_eq!((answer["VersionId"].as_str(), answer["Bundles"].as_array().map(Vec::len)), (Some(NEXT), Some(3)));
    assert!(answer["Bundles"].as_array().expect("a list").iter().all(|bundle| bundle["VersionId"] == NEXT));
    // Repeated, it is the same answer and nothing is written.
    let files = sandbox.files("coldseal-vault");
    assert_eq!(json(&sandbox, &put), answer);
    assert_eq!(sandbox.files("coldseal-vault"), files);
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_written() {
    let sandbox = sandbox();
    sandbox.write("empty", "");
    sandbox.write("large", "x".repeat(65_537));
    sandbox.write("bytes", b"\xff\xfe");
    let files = sandbox.files("coldseal-vault");
    let token = "t".repeat(31);
    for (line, code, expected) in [
        ("put --secret-id db", 254, "You must provide either SecretString or SecretBinary."),
        ("put --secret-id none --secret-string file://next", 254, "can't find the specified secret"),
        ("put --secret-id db --secret-string file://none", 252, "none"),
        ("put --secret-id db --secret-string file://empty", 252, "SecretString"),
        ("put --secret-id db --secret-string file://large", 252, "65,536"),
        ("put --secret-id db --secret-string file://bytes", 252, "UTF-8 is what text has to be"),
        ("put --secret-id db --secret-string file://next --secret-binary fileb://next", 252, "cannot be used with"),
        ("put --secret-string file://next", 252, "--secret-id"),
        (&format!("put --secret-id db --secret-string file://next --client-request-token {token}"), 252, "valid min length: 32"),
        ("put --secret-id db --secret-string file://next --version-stages", 252, "--version-stages"),
        ("put --secret-id db --secret-string file://next --rotation-token short", 252, "valid min length: 36"),
        ("put --secret-id db --secret-string file://next --region eu-west-1", 254, "Operation not permitted on a replica secret."),
        ("put --secret-id db --secret-string file://next --region eu-central-1", 254, "It is not in eu-central-1"),
        ("put --secret-id db --secret-string file://next --vault none", 253, "none"),
        ("update --secret-id db --kms-key-id alias/none", 254, "alias/none"),
        ("update --secret-id db --region eu-west-1 --description x", 254, "Operation not permitted on a replica secret."),
        ("update-secret-version-stage --secret-id db", 252, "--version-stage"),
        ("update-secret-version-stage --secret-id db --version-stage x", 254, "--move-to-version-id attaches the label"),
        (&format!("update-secret-version-stage --secret-id db --version-stage x --move-to-version-id {NEXT}"), 254, "Not a valid version"),
        ("list-secret-version-ids --secret-id none", 254, "can't find the specified secret"),
        ("list-secret-version-ids --secret-id db --max-results 101", 254, "less than or equal to 100"),
        ("list-secret-version-ids --secret-id db --max-results 0", 252, "valid min value: 1"),
        ("list-secret-version-ids --secret-id db --next-token x", 254, "InvalidNextTokenException"),
    ] {
        let output = sandbox.std(line).output().expect("runs");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(code), "{line}: {stderr}");
        assert!(stderr.contains(expected) && !stderr.contains("second"), "{line}: {stderr}");
        assert_eq!(sandbox.files("coldseal-vault"), files, "{line}");
    }
}

#[test]
fn a_region_that_cannot_take_it_is_named_or_recorded_and_retried() {
    let sandbox = sandbox();
    let key = sandbox.stdout("kms describe-key --region eu-west-1 --key-id alias/eu --query KeyMetadata.KeyId --output text");
    sandbox.coldseal(&format!("kms disable-key --region eu-west-1 --key-id {}", key.trim())).assert().success();
    let files = sandbox.files("coldseal-vault");
    let put = "put-secret-value --secret-id db --secret-string file://next --query VersionStages --output text";
    let refused = sandbox.std(put).output().expect("runs");
    let stderr = String::from_utf8(refused.stderr).expect("text");
    assert!(refused.status.code() == Some(254) && stderr.contains("eu-west-1") && stderr.contains("is disabled"), "{stderr}");
    assert_eq!(sandbox.files("coldseal-vault"), files);
    let output = sandbox.std(&format!("{put} --partial")).output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).expect("text")), (Some(1), "AWSCURRENT\n".to_owned()));
    assert!(stderr.contains("2 bundles in") && stderr.contains("replicate-secret-to-regions"), "{stderr}");
    sandbox.coldseal(&format!("kms enable-key --region eu-west-1 --key-id {}", key.trim())).assert().success();
    let read = |region| value(&sandbox, region, "");
    assert_eq!(["us-west-2", "us-east-1", "eu-west-1"].map(read), ["second", "second", "first"]);
    sandbox.coldseal("verify --open").assert().success();
    // It stays behind until it is retried, and each command says so.
    sandbox.coldseal(&format!("{put} --version-stages blue")).assert().code(1);
    sandbox.coldseal("replicate-secret-to-regions --secret-id db --add-replica-regions eu-west-1").assert().success();
    assert_eq!((read("eu-west-1"), value(&sandbox, "eu-west-1", "--version-stage AWSPREVIOUS")), ("second".to_owned(), "first".to_owned()));
    assert_eq!(value(&sandbox, "eu-west-1", "--version-stage blue"), "second");
    sandbox.coldseal(put).assert().success();
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn description_key_and_value_change_in_one_commit() {
    let sandbox = sandbox();
    let key = sandbox.stdout("kms create-key --region us-west-2 --query KeyMetadata.Arn --output text");
    let update = format!("update --secret-id db --description new --kms-key-id {} --secret-string file://next", key.trim());
    let answer = json(&sandbox, &update);
    assert_eq!(answer["Bundles"].as_array().map(Vec::len), Some(3));
    assert_eq!(sandbox.stdout("describe-secret --secret-id db --query [Description,KmsKeyId] --output text"), format!("new\t{key}"));
    let keys = json(&sandbox, "list-secret-version-ids --secret-id db --query Versions[].KmsKeyIds[]");
    assert_eq!(keys, serde_json::json!([key.trim(), key.trim()]));
    assert_eq!(
        (value(&sandbox, "eu-west-1", ""), value(&sandbox, "us-west-2", "--version-stage AWSPREVIOUS")),
        ("second".to_owned(), "first".to_owned())
    );
    // The same again changes nothing; neither does nothing.
    let files = sandbox.files("coldseal-vault");
    sandbox.coldseal(&format!("update --secret-id db --description new --kms-key-id {}", key.trim())).assert().success();
    let nothing = sandbox.std("update --secret-id db").output().expect("runs");
    assert!(nothing.status.success() && String::from_utf8_lossy(&nothing.stderr).contains("nothing is to be changed"));
    assert_eq!(sandbox.files("coldseal-vault"), files);
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn many_secrets_get_the_same_value_or_each_its_own() {
    let sandbox = sandbox();
    for (name, region) in [("prod/a", "us-west-2"), ("prod/b", "us-east-1")] {
        sandbox.coldseal(&format!("create-secret --name {name} --secret-string file://value --region {region}")).assert().success();
    }
    let put = format!("put-secret-value --filters Key=name,Values=prod/ --secret-string file://next --client-request-token {NEXT}");
    let lines = |line: &str| -> Vec<(String, String)> {
        let text = String::from_utf8(sandbox.std(line).output().expect("runs").stdout).expect("text");
        let text_of = |line: &Value, member: &str| line[member].as_str().unwrap_or_default().to_owned();
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .map(|line| (text_of(&line, "Name"), text_of(&line, "Status")))
            .collect()
    };
    let both = |status: &str| vec![("prod/a".to_owned(), status.to_owned()), ("prod/b".to_owned(), status.to_owned())];
    assert_eq!(lines(&put), both("Changed"));
    assert_eq!(lines(&put), both("Unchanged"), "the token makes a repeated command harmless");
    let get = |name: &str| sandbox.stdout(&format!("get-secret-value --secret-id {name} --query SecretString --output text"));
    assert_eq!([get("prod/a"), get("prod/b"), get("db")], ["second\n", "second\n", "first\n"]);
    assert_eq!(lines("put-secret-value --filters Key=name,Values=prod/ --generate-secret-string PasswordLength=40"), both("Changed"));
    assert!(get("prod/a") != get("prod/b") && get("prod/a").trim_end().len() == 40);
    // One that fails does not keep the others.
    let refused = format!("put-secret-value --all --secret-string file://value --client-request-token {NEXT}");
    let output = sandbox.std(&refused).output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.code() == Some(1) && stderr.contains("1 changed, 0 unchanged, 2 failed"), "{stderr}");
    assert_eq!(get("db"), "first\n");
    for (line, expected) in [
        ("put --all --secret-id db --secret-string file://next", "cannot be used with"),
        ("put --all --filters Key=name,Values=a --secret-string file://next", "cannot be used with"),
        ("put --secret-string file://next", "--secret-id"),
    ] {
        let output = sandbox.std(line).output().expect("runs");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.code() == Some(252) && stderr.contains(expected), "{line}: {stderr}");
    }
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn a_rotation_by_hand() {
    let sandbox = sandbox();
    let now = sandbox.stdout("list-secret-version-ids --secret-id db --query Versions[0].VersionId --output text");
    let stage = "update-secret-version-stage --secret-id db --version-stage";
    for (token, value) in [(NEXT, "second"), (LATER, "third")] {
        sandbox.write("next", value);
        let put = format!(
            "put-secret-value --secret-id db --secret-string file://next --version-stages AWSPENDING --client-request-token {token}"
        );
        sandbox.coldseal(&put).assert().success();
        assert_eq!(self::value(&sandbox, "eu-west-1", "--version-stage AWSPENDING"), value);
    }
    let finish = format!("{stage} AWSCURRENT --move-to-version-id {LATER} --remove-from-version-id {}", now.trim());
    sandbox.coldseal(&finish).assert().success();
    sandbox.coldseal(&format!("{stage} AWSPENDING --remove-from-version-id {LATER} --keystore nowhere.json")).assert().success();
    assert!(!sandbox.exists("nowhere.json"));
    assert_eq!(
        (value(&sandbox, "eu-west-1", ""), value(&sandbox, "us-east-1", "--version-stage AWSPREVIOUS")),
        ("third".to_owned(), "first".to_owned())
    );
    let deprecated = sandbox
        .stdout("list-secret-version-ids --secret-id db --include-deprecated --query Versions[?!VersionStages].VersionId --output text");
    assert_eq!(deprecated.trim(), NEXT);
    sandbox.coldseal("verify --open").assert().success();
    // Without its tag the record is not followed: the bundles tell the keys.
    sandbox.coldseal("put-secret-value --secret-id db --secret-string file://value").assert().success();
    assert_eq!(value(&sandbox, "eu-west-1", ""), "first");
    sandbox.coldseal("verify --open").assert().success();
}
