//! `delete-secret`, `restore-secret`, and `purge` of a vault.

use serde_json::{Value, json};
use snapbox::str;

use crate::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "x");
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2");
    sandbox
}

fn document(sandbox: &Sandbox, line: &str) -> Value {
    serde_json::from_str(&sandbox.stdout(line)).expect("JSON")
}

/// Exit code and stderr.
fn refused(sandbox: &Sandbox, line: &str) -> (Option<i32>, String) {
    let output = sandbox.std(line).output().expect("runs");
    assert!(output.stdout.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stdout));
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

/// Marks `db`, and sets its dates back, so that the deletion was due long ago.
fn make_due(sandbox: &Sandbox) {
    sandbox.ok("delete-secret --secret-id db");
    let record = sandbox.path("coldseal-vault/secrets/us-west-2/db/secret.json");
    let mut content: Value = serde_json::from_slice(&std::fs::read(&record).expect("there")).expect("JSON");
    content["PlannedDeletion"] = json!({ "DeletedDate": "2026-01-01T00:00:00+00:00", "DeletionDate": "2026-01-08T00:00:00+00:00" });
    std::fs::write(record, serde_json::to_vec(&content).expect("JSON")).expect("written");
}

#[test]
fn a_secret_is_deleted_listed_and_restored() {
    let sandbox = sandbox();
    let files = sandbox.files("coldseal-vault");
    let deleted = document(&sandbox, "delete-secret --secret-id db --recovery-window-in-days 7");
    let arn = deleted["ARN"].as_str().expect("an ARN").to_owned();
    let described = document(&sandbox, "describe-secret --secret-id db");
    assert!(deleted["Name"] == "db" && described["DeletionDate"] == deleted["DeletionDate"] && described["DeletedDate"].is_string());
    assert_eq!(sandbox.stdout("list-secrets --query SecretList"), "[]\n");
    let listed = document(&sandbox, "list-secrets --include-planned-deletion --query SecretList[0]");
    assert_eq!((&listed["DeletedDate"], &listed["DeletionDate"]), (&described["DeletedDate"], &described["DeletionDate"]));
    assert_eq!(sandbox.stdout("list-secrets --include-planned-deletion --no-include-planned-deletion --query SecretList"), "[]\n");
    sandbox.coldseal("get-secret-value --secret-id db").assert().code(254);
    let purged = sandbox.coldseal("purge").assert().success().stderr_eq("coldseal: no secret's deletion was due\n");
    purged.stdout_eq("{\n    \"PurgedSecrets\": []\n}\n");
    sandbox.coldseal("verify --open").assert().success();
    let restored = document(&sandbox, &format!("restore-secret --secret-id {arn}"));
    assert_eq!(restored, json!({ "ARN": arn, "Name": "db" }));
    assert_eq!(sandbox.stdout("get-secret-value --secret-id db --query SecretString --output text"), "x\n");
    assert_eq!(document(&sandbox, "restore-secret --secret-id db"), restored, "again");
    assert_eq!(sandbox.files("coldseal-vault"), files);
}

#[test]
fn a_secret_is_removed_at_once() {
    let sandbox = sandbox();
    let force = "delete-secret --secret-id db --force-delete-without-recovery";
    sandbox.ok("delete-secret --secret-id db");
    let answer = document(&sandbox, force);
    assert!(answer["Name"] == "db" && answer["ARN"].is_string() && answer["DeletionDate"].is_string(), "{answer}");
    assert!(!sandbox.exists("coldseal-vault/secrets/us-west-2/db"));
    sandbox.coldseal(force).assert().success().stderr_eq("coldseal: no such secret was there; nothing was removed\n");
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2");
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn what_is_due_is_gone_and_purged_with_the_word_of_somebody() {
    let sandbox = sandbox();
    make_due(&sandbox);
    for line in ["describe-secret", "get-secret-value", "restore-secret", "delete-secret", "untag-resource --tag-keys a"] {
        let (code, stderr) = refused(&sandbox, &format!("{line} --secret-id db"));
        assert!(code == Some(254) && stderr.contains("can't find the specified secret."), "{line}: {stderr}");
    }
    assert_eq!(sandbox.stdout("list-secrets --include-planned-deletion --query SecretList"), "[]\n");
    let (code, stderr) = refused(&sandbox, "create-secret --name db --region us-west-2");
    assert!(code == Some(254) && stderr.contains("hint: 'coldseal purge' removes what was due"), "{stderr}");
    let before = sandbox.files("coldseal-vault");
    // Without a terminal nobody can be asked.
    let purge = sandbox.coldseal("purge").assert().code(252).stdout_eq("");
    purge.stderr_eq(str![[r#"
coldseal: arn:aws:secretsmanager:us-west-2:000000000000:secret:db-[SUFFIX]: marked for deletion on 2026-01-01T00:00:00+00:00, due on 2026-01-08T00:00:00+00:00
coldseal: there is no terminal to ask on; nothing was removed
hint: repeat the command with --yes

"#]]);
    assert_eq!(sandbox.files("coldseal-vault"), before);
    let purged = sandbox.stdout("purge --yes --query PurgedSecrets[0] --output text");
    assert!(purged.contains(":secret:db-"), "{purged}");
    assert!(!sandbox.exists("coldseal-vault/secrets/us-west-2/db"));
    sandbox.ok("create-secret --name db --region us-west-2");
    sandbox.coldseal("verify").assert().success();
}

#[test]
fn a_purge_distrusts_the_clock_whatever_was_written_under_it() {
    // The keystore was last written on 2026-01-01.
    let sandbox = crate::stored::copied("expired");
    sandbox.write("value", "x");
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2");
    make_due(&sandbox);
    let before = sandbox.files("coldseal-vault");
    let doubted = |line: &str| {
        let (code, stderr) = refused(&sandbox, line);
        let is_told = stderr.contains("more than 30 days after 2026-01-01T00:00:00+00:00") && stderr.contains("nothing was removed");
        assert!(code == Some(252) && is_told && stderr.contains("repeat the command with --believe-clock"), "{line}: {stderr}");
        assert_eq!(sandbox.files("coldseal-vault"), before, "{line}");
    };
    doubted("purge --yes");
    // The clock may be wrong at these writes too.
    for _ in 0..2 {
        sandbox.ok("kms create-key --region us-west-2");
        sandbox.ok("tag-resource --secret-id needs/another --region us-west-2 --tags Key=a,Value=1");
        sandbox.ok("untag-resource --secret-id needs/another --region us-west-2 --tag-keys a");
        doubted("purge --yes");
    }
    let (code, stderr) = refused(&sandbox, "purge --yes --keystore nowhere.json");
    assert!(code == Some(252) && stderr.contains("there is no keystore to hold the clock against; nothing was removed"), "{stderr}");
    assert!(!sandbox.exists("nowhere.json"));
    sandbox.ok("purge --yes --believe-clock");
    assert!(!sandbox.exists("coldseal-vault/secrets/us-west-2/db"));
    // It is believed from now on.
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2");
    make_due(&sandbox);
    sandbox.ok("purge --yes");
    make_due_without_keystore(&sandbox);
}

/// Where there is no keystore, the word is enough.
fn make_due_without_keystore(sandbox: &Sandbox) {
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2");
    make_due(sandbox);
    sandbox.ok("purge --yes --believe-clock --keystore nowhere.json");
    assert!(!sandbox.exists("nowhere.json") && !sandbox.exists("coldseal-vault/secrets/us-west-2/db"));
}

#[test]
fn a_name_that_is_marked_is_no_entry_of_a_plan() {
    let sandbox = sandbox();
    sandbox.ok("delete-secret --secret-id db");
    sandbox.write("plan.jsonl", "{\"Name\": \"other\", \"SecretString\": \"y\"}\n{\"Name\": \"db\", \"SecretString\": \"x\"}\n");
    for line in ["pack plan.jsonl --region us-west-2", "pack plan.jsonl --region us-west-2 --dry-run"] {
        let output = sandbox.std(line).output().expect("runs");
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text")).concat();
        let words = "You can't create this secret because a secret with this name is already scheduled for deletion.";
        assert!(!output.status.success() && told.contains(words), "{line}: {told}");
    }
    assert_eq!(sandbox.stdout("list-secrets --query SecretList[].Name --output text"), "other\n");
}

#[test]
fn a_rewrap_of_all_takes_what_can_be_restored() {
    let sandbox = sandbox();
    sandbox.ok("delete-secret --secret-id db");
    assert_eq!(sandbox.stdout("rewrap --all --query Rewrapped[].Name --output text"), "db\n");
    sandbox.ok("restore-secret --secret-id db");
    assert_eq!(sandbox.stdout("get-secret-value --secret-id db --query SecretString --output text"), "x\n");
}

#[test]
fn a_request_in_json_does_the_same() {
    let sandbox = sandbox();
    sandbox.write("request.json", r#"{"SecretId": "db", "RecoveryWindowInDays": 9, "ForceDeleteWithoutRecovery": true}"#);
    let (code, stderr) = refused(&sandbox, "delete-secret --cli-input-json file://request.json");
    assert!(code == Some(254) && stderr.contains("You can't use ForceDeleteWithoutRecovery in conjunction"), "{stderr}");
    sandbox.ok("delete-secret --cli-input-json file://request.json --no-force-delete-without-recovery");
    assert!(document(&sandbox, "describe-secret --secret-id db --query DeletedDate").is_string());
    let skeleton = sandbox.stdout("delete-secret --generate-cli-skeleton");
    assert_eq!(skeleton, "{\n    \"SecretId\": \"\",\n    \"RecoveryWindowInDays\": 0,\n    \"ForceDeleteWithoutRecovery\": true\n}\n");
}
