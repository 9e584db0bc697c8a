//! `status`: secrets by Regions.

use serde_json::Value;
use snapbox::str;

use crate::sandbox::Sandbox;

/// `db` in three Regions, one of which failed; `token` in one.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "x");
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.ok("create-secret --name token --secret-string file://value --region us-east-1");
    let failing = "replicate-secret-to-regions --secret-id db --partial --add-replica-regions Region=us-east-1,KmsKeyId=alias/none";
    sandbox.coldseal(failing).assert().code(1);
    sandbox
}

#[test]
fn json_elsewhere_than_on_a_terminal() {
    let sandbox = sandbox();
    sandbox.coldseal("status").assert().success().stderr_eq("").stdout_eq(str![[r#"
{
    "Secrets": [
        {
            "Name": "db",
            "ARN": "arn:aws:secretsmanager:us-west-2:000000000000:secret:db-[SUFFIX]",
            "VersionId": "[UUID]",
            "Versions": 1,
            "LastChangedDate": "[DATE]",
            "Regions": [
                {
                    "Region": "us-west-2",
                    "Status": "Primary",
                    "OpensHere": true
                },
                {
                    "Region": "eu-west-1",
                    "Status": "InSync",
                    "OpensHere": true
                },
                {
                    "Region": "us-east-1",
                    "Status": "Failed",
                    "StatusMessage": "NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found."
                }
            ]
        },
        {
            "Name": "token",
            "ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:token-[SUFFIX]",
            "VersionId": "[UUID]",
            "Versions": 1,
            "LastChangedDate": "[DATE]",
            "Regions": [
                {
                    "Region": "us-east-1",
                    "Status": "Primary",
                    "OpensHere": true
                }
            ]
        }
    ]
}

"#]]);
    let failed = "status --output text --query Secrets[].Regions[?Status==`Failed`][].Region";
    assert_eq!(sandbox.stdout(failed), "us-east-1\n");
}

#[test]
fn a_table_where_it_is_asked_for() {
    let sandbox = sandbox();
    sandbox.ok("kms create-key --region us-east-1");
    let table = sandbox.stdout("status --output table");
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[0], "NAME   VERSIONS  CURRENT   eu-west-1  us-east-1  us-west-2");
    assert!(lines[1].starts_with("db     1         ") && lines[1].ends_with("  in sync *  failed     primary *"), "{table}");
    assert!(lines[2].starts_with("token  1         ") && lines[2].ends_with("  -          primary *  -"), "{table}");
    assert!(lines[4].starts_with("failed: db in us-east-1: NotFoundException: Alias "), "{table}");
    assert_eq!(lines[6], "2 secrets in 3 Regions; 1 replica in sync, 1 failed; * opens here");
    assert!(!table.contains('\u{1b}'));
    let colored = sandbox.stdout("status --output table --color on");
    assert!(colored.contains("\u{1b}[32min sync *\u{1b}[0m") && colored.contains("\u{1b}[1m\u{1b}[31mfailed\u{1b}[0m"), "{colored:?}");
    // With a query it is the AWS CLI's.
    assert!(sandbox.stdout("status --output table --query Secrets[].Name").starts_with("---"));
}

#[test]
fn filters_and_the_region_narrow_it() {
    let sandbox = sandbox();
    let names = |flags: &str| sandbox.stdout(&format!("status --query Secrets[].Name --output text {flags}"));
    assert_eq!(names("--filters Key=name,Values=to"), "token\n");
    assert_eq!(names("--region eu-west-1"), "db\n");
    assert_eq!(names("--region us-east-1"), "token\n", "where it failed it is not");
    assert_eq!(names("--region ap-south-1"), "");
    sandbox.coldseal("status --filters Key=color,Values=x").assert().code(254).stdout_eq("");
    sandbox.coldseal("status --vault nowhere").assert().code(253).stdout_eq("");
}

#[test]
fn without_a_keystore_nothing_opens_and_all_else_is_told() {
    let sandbox = sandbox();
    let opens = "status --query Secrets[].Regions[].OpensHere --output text --keystore nowhere.json";
    assert_eq!(sandbox.stdout(opens), "False\tFalse\tFalse\n");
    assert!(!sandbox.exists("nowhere.json"));
    let empty = Sandbox::new();
    empty.ok("create-secret --name empty --region us-west-2");
    let status = empty.stdout("status --query Secrets[0]");
    let status: Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(
        (&status["VersionId"], &status["Versions"], &status["Regions"][0]["OpensHere"]),
        (&Value::Null, &Value::from(0), &Value::Null)
    );
}

#[test]
fn what_is_marked_for_deletion_is_shown_with_its_date() {
    let sandbox = sandbox();
    sandbox.ok("delete-secret --secret-id token --region us-east-1 --recovery-window-in-days 7");
    let dates = sandbox.stdout("status --query Secrets[?Name=='token'].[DeletedDate!=null,DeletionDate!=null] --output text");
    assert_eq!(dates, "True\tTrue\n");
    let table = sandbox.stdout("status --output table");
    assert!(table.contains("  deleted *  -\n") && table.contains("\ndeleted: token in us-east-1, for good after 2"), "{table}");
    assert!(table.ends_with(", 1 failed, 1 marked for deletion; * opens here\n"), "{table}");
}

#[test]
fn what_cannot_be_read_is_named_beside_the_others() {
    let sandbox = sandbox();
    let record = sandbox.files("coldseal-vault").into_iter().find(|file| file.ends_with("token/secret.json")).expect("there");
    sandbox.write(&record, "{");
    let refused = sandbox.coldseal("status --query Secrets[].Name --output text").assert().code(1);
    refused.stdout_eq("db\n").stderr_eq(str![[r#"
coldseal: warning: coldseal-vault/secrets/us-east-1/token/secret.json: [..]
...
"#]]);
}

#[test]
fn names_that_a_terminal_would_obey_are_shown_by_their_numbers() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name plain --secret-string 1 --region us-west-2");
    let record = sandbox.files("coldseal-vault").into_iter().find(|file| file.ends_with("secret.json")).expect("there");
    let json = String::from_utf8(sandbox.read(&record)).expect("text");
    let version = serde_json::from_str::<Value>(&json).expect("JSON")["Versions"][0]["VersionId"].as_str().expect("text").to_owned();
    sandbox.write(&record, json.replace(&version, "\\u001b[31mred-0000-0000-0000-0000-000000000000"));
    let table = sandbox.stdout("status --output table");
    assert!(!table.contains('\u{1b}') && table.contains("\\u{1b}"), "{table:?}");
}
