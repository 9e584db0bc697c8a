//! `create-secret --dry-run` shows what would be made, leaves nothing behind, and ends as the command would.

use std::fs;

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const CREATE: &str = "create-secret --name db --secret-string file://value --region us-west-2 --add-replica-regions eu-west-1";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "do not show me");
    sandbox
}

fn everything(sandbox: &Sandbox) -> Vec<(String, Vec<u8>, std::time::SystemTime)> {
    let content = |name: String| {
        let changed = fs::metadata(sandbox.path(&name)).and_then(|metadata| metadata.modified()).expect("there");
        (name.clone(), sandbox.read(&name), changed)
    };
    sandbox.files("").into_iter().map(content).collect()
}

/// Exit code, stdout as JSON, stderr; and nothing was written.
fn dry(sandbox: &Sandbox, line: &str) -> (Option<i32>, Value, String) {
    let before = everything(sandbox);
    let output = sandbox.std(&format!("{line} --dry-run")).output().expect("runs");
    assert!(everything(sandbox) == before, "{line}: {:?}", sandbox.files(""));
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    assert!(!stdout.contains("do not show me") && !stderr.contains("do not show me"));
    (output.status.code(), serde_json::from_str(&stdout).unwrap_or_default(), stderr)
}

#[test]
fn what_would_be_made_is_shown_and_nothing_is_there_afterwards() {
    let sandbox = sandbox();
    let policy =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"secretsmanager:DeleteSecret","Resource":"*"}}"#;
    sandbox.write("policy.json", policy);
    let line = format!(
        "{CREATE} --description d --tags Key=team,Value=web --resource-policy file://policy.json --rotation-rules AutomaticallyAfterDays=30 --encryption-context a=b"
    );
    let (code, shown, stderr) = dry(&sandbox, &line);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(shown["ARN"], "arn:aws:secretsmanager:us-west-2:000000000000:secret:db-??????");
    for (member, expected) in [
        ("Name", json!("db")),
        ("Description", json!("d")),
        ("Tags", json!([{ "Key": "team", "Value": "web" }])),
        ("ResourcePolicy", json!(policy)),
        ("RotationRules", json!({ "AutomaticallyAfterDays": 30 })),
        ("EncryptionContext", json!({ "a": "b" })),
        ("Payload", json!("string")),
        ("PrimaryRegion", json!("us-west-2")),
    ] {
        assert_eq!(shown[member], expected, "{member}");
    }
    assert_eq!(shown["ReplicationStatus"][0]["Status"], "InSync");
    assert!(stderr.contains("the keystore ") && stderr.contains("would be made") && stderr.contains("2 bundles would be in "), "{stderr}");
    assert!(stderr.ends_with("nothing was written\n"), "{stderr}");

    // What is made then is what was shown.
    let made: Value = serde_json::from_str(&sandbox.stdout(&line)).expect("JSON");
    let described: Value = serde_json::from_str(&sandbox.stdout("describe-secret --secret-id db")).expect("JSON");
    assert_eq!(made["ReplicationStatus"], shown["ReplicationStatus"]);
    for member in ["Description", "Tags", "ResourcePolicy", "RotationRules", "EncryptionContext"] {
        assert_eq!(described[member], shown[member], "{member}");
    }
    for (bundle, expected) in made["Bundles"].as_array().expect("a list").iter().zip(shown["Bundles"].as_array().expect("a list")) {
        assert_eq!(
            (&bundle["Region"], &bundle["Size"], &bundle["OpensHere"]),
            (&expected["Region"], &expected["Size"], &expected["OpensHere"])
        );
        let file = bundle["Path"].as_str().and_then(|path| path.rsplit('/').next()).expect("a name");
        let pattern = expected["File"].as_str().expect("a name");
        assert!(
            file.len() == pattern.len() && file.chars().zip(pattern.chars()).all(|(is, said)| is == said || said == '?'),
            "{file} {pattern}"
        );
        // The default key's id is drawn when it is made.
        assert!(expected["KmsKeyId"].as_str().is_some_and(|key| key.ends_with(":alias/aws/secretsmanager")));
    }
}

#[test]
fn keys_are_shown_by_their_arns_and_bundles_by_their_sizes() {
    let sandbox = sandbox();
    let key = sandbox.stdout("kms create-key --region us-west-2 --query KeyMetadata.Arn --output text");
    let rsa = sandbox.stdout(
        "kms create-key --region eu-west-1 --key-spec RSA_2048 --key-usage ENCRYPT_DECRYPT --query KeyMetadata.KeyId --output text",
    );
    let token = "01234567-89ab-cdef-0123-456789abcdef";
    for flags in ["", "--data-key-per-region", "--secret-binary fileb://value"] {
        let value = if flags.contains("binary") { "" } else { "--secret-string file://value" };
        let line = format!(
            "create-secret --name a{} {value} {flags} --region us-west-2 --client-request-token {token} --kms-key-id {} --add-replica-regions Region=eu-west-1,KmsKeyId={}",
            flags.len(),
            key.trim(),
            rsa.trim()
        );
        let (code, shown, stderr) = dry(&sandbox, &line);
        assert_eq!((code, &shown["VersionId"]), (Some(0), &json!(token)), "{stderr}");
        let made: Value = serde_json::from_str(&sandbox.stdout(&line)).expect("JSON");
        for (bundle, expected) in made["Bundles"].as_array().expect("a list").iter().zip(shown["Bundles"].as_array().expect("a list")) {
            for member in ["Region", "Size", "KmsKeyId", "OpensHere"] {
                assert_eq!(bundle[member], expected[member], "{line}: {member}");
            }
        }
        // The same again changes nothing, and says so.
        let (code, again, stderr) = dry(&sandbox, &line);
        assert_eq!((code, &again["VersionId"]), (Some(0), &json!(token)));
        assert!(stderr.contains("nothing would change"), "{stderr}");
    }
}

#[test]
fn refusals_and_exit_codes_are_those_of_the_command() {
    let sandbox = sandbox();
    sandbox.ok(CREATE);
    sandbox.ok("create-secret --name there --secret-string file://value --region eu-west-1");
    let create = |name: &str| format!("create-secret --name {name} --secret-string file://value --region us-west-2");
    for line in [
        CREATE.to_owned(),
        format!("{} --kms-key-id alias/none", create("a")),
        format!("{} --add-replica-regions af-south-1 nowhere-1 us-west-2", create("a")),
        format!("{} --add-replica-regions eu-west-1", create("there")),
        format!("{} --add-replica-regions eu-west-1 --partial", create("there")),
        format!("{} --tags Key=aws:x", create("a")),
        format!("{} --resource-policy {{}}", create("a")),
        "create-secret --name a --secret-string file://missing --region us-west-2".to_owned(),
        "create-secret --name a --secret-string file://value".to_owned(),
    ] {
        let (code, _, stderr) = dry(&sandbox, &line);
        let real = sandbox.std(&line).output().expect("runs");
        assert_eq!(code, real.status.code(), "{line}: {stderr}");
        let told = |text: &str| text.lines().find(|line| line.contains("error") || line.contains("coldseal: ")).map(str::to_owned);
        let real = String::from_utf8(real.stderr).expect("text");
        assert!(code != Some(254) || told(&stderr) == told(&real), "{line}\n{stderr}\n{real}");
    }
    let (code, shown, _) = dry(
        &sandbox,
        "create-secret --name there --secret-string file://value --region us-east-1 --add-replica-regions eu-west-1 --force-overwrite-replica-secret",
    );
    assert_eq!(code, Some(0));
    assert!(shown["Replaces"][0].as_str().is_some_and(|arn| arn.contains(":eu-west-1:") && arn.contains(":there-")), "{shown}");
    let (code, shown, stderr) = dry(&sandbox, "create-secret --name empty --region us-west-2");
    assert_eq!((code, &shown["Bundles"], shown.get("Payload")), (Some(0), &json!([]), None), "{stderr}");
}
