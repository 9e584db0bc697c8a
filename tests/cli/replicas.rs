//! Replicas that leave, replicas that become secrets of their own, and both of many secrets at once.

use serde_json::Value;
use snapbox::str;

use crate::sandbox::Sandbox;

const STATUS: &str = "describe-secret --query ReplicationStatus[].[Region,Status] --output text --region us-west-2 --secret-id";

/// `db` in us-west-2, with replicas in two other Regions.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "x");
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2 --add-replica-regions eu-west-1 us-east-1");
    sandbox
}

/// Six secrets: `a/0` to `a/2` with a replica in us-east-1, `b/0` and `b/1` without, and `c` of eu-west-1.
fn many() -> Sandbox {
    let sandbox = Sandbox::new();
    let lines =
        (0..3).map(|number| format!(r#"{{"Name": "a/{number}", "SecretString": "x", "AddReplicaRegions": [{{"Region": "us-east-1"}}]}}"#));
    let lines = lines.chain((0..2).map(|number| format!(r#"{{"Name": "b/{number}", "SecretString": "x"}}"#)));
    sandbox.write("plan.jsonl", lines.collect::<Vec<_>>().join("\n"));
    sandbox.ok("pack plan.jsonl --region us-west-2");
    sandbox.ok("create-secret --name c --secret-string 1 --region eu-west-1");
    sandbox
}

/// Each line's name and status, and the exit code.
fn lines(sandbox: &Sandbox, line: &str) -> (Vec<(String, String)>, i32, String) {
    let output = sandbox.std(line).output().expect("the binary runs");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parsed = String::from_utf8(output.stdout).expect("text");
    let parsed = parsed.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut lines: Vec<_> = parsed.map(|line| (text(&line["Name"]), text(&line["Status"]))).collect();
    lines.sort();
    (lines, output.status.code().expect("a code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn all(names: &[&str], status: &str) -> Vec<(String, String)> {
    names.iter().map(|name| ((*name).to_owned(), status.to_owned())).collect()
}

#[test]
fn replicas_leave_in_every_form_of_a_list() {
    for regions in ["us-east-1 eu-west-1", "us-east-1,eu-west-1", r#"["us-east-1","eu-west-1"]"#, "file://regions.json"] {
        let sandbox = sandbox();
        sandbox.write("regions.json", r#"["us-east-1", "eu-west-1"]"#);
        let before = sandbox.files("coldseal-vault").len();
        let answer = sandbox.stdout(&format!("remove-regions-from-replication --secret-id db --remove-replica-regions {regions}"));
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["ReplicationStatus"], serde_json::json!([]), "{regions}");
        assert_eq!(sandbox.stdout(&format!("{STATUS} db")), "None\n");
        assert_eq!(sandbox.files("coldseal-vault").len(), before - 2);
        sandbox.coldseal("verify --open").assert().success();
    }
}

#[test]
fn what_stays_is_answered_and_what_was_not_there_is_named() {
    let sandbox = sandbox();
    let remove = "remove-regions-from-replication --secret-id db --remove-replica-regions us-east-1 ca-central-1";
    sandbox
        .coldseal(remove)
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "ARN": "arn:aws:secretsmanager:us-west-2:000000000000:secret:db-[SUFFIX]",
    "ReplicationStatus": [
        {
            "Region": "eu-west-1",
            "KmsKeyId": "alias/aws/secretsmanager",
            "Status": "InSync",
            "StatusMessage": "Replication succeeded"
        }
    ]
}

"#]])
        .stderr_eq(str![[r#"
coldseal: warning: ca-central-1: the secret has no replica there

"#]]);
    sandbox.coldseal("get-secret-value --secret-id db --region us-east-1").assert().code(254);
    // A request in JSON does the same.
    let json = r#"{"SecretId": "db", "RemoveReplicaRegions": ["eu-west-1"]}"#;
    sandbox.coldseal("secretsmanager remove-regions-from-replication --cli-input-json").arg(json).assert().success();
    assert_eq!(sandbox.stdout(&format!("{STATUS} db")), "None\n");
    let skeleton = sandbox.stdout("remove-regions-from-replication --generate-cli-skeleton");
    assert_eq!(skeleton, "{\n    \"SecretId\": \"\",\n    \"RemoveReplicaRegions\": [\n        \"\"\n    ]\n}\n");
}

#[test]
fn a_region_comes_back_after_it_left() {
    let sandbox = sandbox();
    for _ in 0..2 {
        sandbox.ok("remove-regions-from-replication --secret-id db --remove-replica-regions us-east-1");
        sandbox.ok("replicate-secret-to-regions --secret-id db --add-replica-regions us-east-1");
        assert_eq!(sandbox.stdout("get-secret-value --secret-id db --region us-east-1 --query SecretString --output text"), "x\n");
    }
    sandbox.coldseal("verify --open").assert().success().stderr_eq("");
}

#[test]
fn a_replica_becomes_a_secret_of_its_own() {
    let sandbox = sandbox();
    let arn = "describe-secret --query ARN --output text --secret-id db --region eu-west-1";
    let before = sandbox.stdout(arn);
    sandbox
        .coldseal("stop-replication-to-replica --secret-id db --region eu-west-1")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "ARN": "arn:aws:secretsmanager:eu-west-1:000000000000:secret:db-[SUFFIX]"
}

"#]])
        .stderr_eq("");
    assert_eq!(sandbox.stdout(arn), before);
    assert_eq!(sandbox.stdout(&format!("{STATUS} db")), "us-east-1\tInSync\n");
    for region in ["us-west-2", "us-east-1", "eu-west-1"] {
        let get = format!("get-secret-value --secret-id db --region {region} --query SecretString --output text");
        assert_eq!(sandbox.stdout(&get), "x\n");
    }
    // By the ARN of the replica, too.
    let arn = sandbox.stdout("describe-secret --query ARN --output text --secret-id db --region us-east-1");
    sandbox.ok(&format!("stop-replication-to-replica --secret-id {}", arn.trim()));
    let listed = sandbox.stdout("list-secrets --query SecretList[].[Name,PrimaryRegion] --output text");
    assert_eq!(listed, "db\tNone\ndb\tNone\ndb\tNone\n");
    let report = sandbox.coldseal("verify --open").assert().success();
    report.stderr_eq("");
}

#[test]
fn a_region_of_its_own_goes_on_without_the_primary() {
    let sandbox = sandbox();
    sandbox.ok("kms export-keys --regions eu-west-1 --output-file site.json --output-key-file site.key");
    let site = "--keystore site.json --keystore-key-file site.key";
    let stop = format!("stop-replication-to-replica --secret-id db --region eu-west-1 {site}");
    sandbox.coldseal(&stop).assert().code(254).stdout_eq("");
    sandbox.coldseal(&format!("{stop} --accept-record")).assert().success();
    assert_eq!(
        sandbox.stdout(&format!("get-secret-value --secret-id db --region eu-west-1 --query SecretString --output text {site}")),
        "x\n"
    );
    sandbox.ok(&format!("tag-resource --secret-id db --region eu-west-1 --tags Key=a,Value=b {site}"));
    sandbox.coldseal("verify").assert().success();
}

#[test]
fn a_month_of_secrets_gets_and_loses_a_region_in_one_command() {
    let sandbox = many();
    let add = "replicate-secret-to-regions --add-replica-regions us-east-1";
    let names = ["a/0", "a/1", "a/2", "b/0", "b/1", "c"];
    let (done, code, stderr) = lines(&sandbox, &format!("{add} --all"));
    assert_eq!((done, code), ([all(&names[..3], "Unchanged"), all(&names[3..], "Changed")].concat(), 0));
    assert!(stderr.ends_with("coldseal: 3 changed, 3 unchanged, 0 failed\n"), "{stderr}");
    // The same command again has nothing to do, and writes nothing.
    let files = sandbox.files("coldseal-vault");
    assert_eq!(lines(&sandbox, &format!("{add} --all")).0, all(&names, "Unchanged"));
    assert_eq!(sandbox.files("coldseal-vault"), files);

    let remove = "remove-regions-from-replication --remove-replica-regions us-east-1";
    let (done, code, _) = lines(&sandbox, &format!("{remove} --filters Key=name,Values=a/"));
    assert_eq!((done, code), (all(&names[..3], "Changed"), 0));
    let (done, _, _) = lines(&sandbox, &format!("{remove} --all --region us-west-2"));
    assert_eq!(done, [all(&names[..3], "Unchanged"), all(&names[3..5], "Changed")].concat(), "those of the Region alone");
    let (done, code, stderr) = lines(&sandbox, &format!("{remove} --filters Key=name,Values=none"));
    assert_eq!((done, code, stderr.as_str()), (Vec::new(), 0, "coldseal: 0 changed, 0 unchanged, 0 failed\n"));
    let text = sandbox.stdout(&format!("{remove} --filters Key=name,Values=c --query [Name,Status] --output text"));
    assert_eq!(text, "c\tChanged\n");
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn one_that_fails_does_not_keep_the_others() {
    let sandbox = many();
    sandbox.ok("create-secret --name b/1 --secret-string other --region us-east-1");
    let damaged = sandbox.files("coldseal-vault").into_iter().find(|file| file.ends_with("b%2f0/secret.json")).expect("there");
    let sound = sandbox.read(&damaged);
    sandbox.write(&damaged, "{");
    let (done, code, stderr) =
        lines(&sandbox, "replicate-secret-to-regions --all --region us-west-2 --add-replica-regions us-east-1 eu-west-1");
    let expected = [("", "Failed"), ("a/0", "Changed"), ("a/1", "Changed"), ("a/2", "Changed"), ("b/1", "Failed")];
    assert_eq!((done, code), (expected.map(|(name, status)| (name.to_owned(), status.to_owned())).to_vec(), 1));
    for part in [
        "b%2f0/secret.json: ",
        "b/1: InvalidParameterException: us-east-1: Secret with this name already exists in this region",
        "3 changed, 0 unchanged, 2 failed",
    ] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    sandbox.write(&damaged, sound);
    // With --partial what can be done is done, and told as such.
    let (done, code, _) = lines(
        &sandbox,
        "replicate-secret-to-regions --filters Key=name,Values=b/1 --region us-west-2 --partial --add-replica-regions us-east-1 eu-west-1",
    );
    assert_eq!((done, code), (all(&["b/1"], "ChangedInPart"), 1));
    assert_eq!(sandbox.stdout(&format!("{STATUS} b/1")), "eu-west-1\tInSync\nus-east-1\tFailed\n");
    // And undone, failed ones too.
    let (done, code, _) = lines(
        &sandbox,
        "remove-regions-from-replication --filters Key=name,Values=b/1 --region us-west-2 --remove-replica-regions us-east-1",
    );
    assert_eq!((done, code), (all(&["b/1"], "Changed"), 0));
}

#[test]
fn one_secret_or_many_and_not_both() {
    let sandbox = many();
    for (line, code) in [
        ("remove-regions-from-replication --remove-replica-regions us-east-1", 252),
        ("remove-regions-from-replication --secret-id a/0 --all --remove-replica-regions us-east-1", 252),
        ("remove-regions-from-replication --all --filters Key=name,Values=a --remove-replica-regions us-east-1", 252),
        ("remove-regions-from-replication --all", 252),
        ("remove-regions-from-replication --all --remove-replica-regions nowhere", 254),
        ("remove-regions-from-replication --filters Key=color,Values=a --remove-replica-regions us-east-1", 254),
        ("replicate-secret-to-regions --secret-id a/0 --filters Key=name,Values=a --add-replica-regions us-east-1", 252),
        ("replicate-secret-to-regions --all --vault nowhere --add-replica-regions us-east-1", 253),
        ("stop-replication-to-replica --region us-east-1", 252),
        ("stop-replication-to-replica --secret-id a/0 --region us-east-1 --keystore nowhere.json", 253),
        ("stop-replication-to-replica --secret-id arn:aws:secretsmanager:us-east-1:000000000000:secret:a --region us-west-2", 252),
    ] {
        sandbox.coldseal(line).assert().code(code).stdout_eq("");
    }
    assert!(!sandbox.exists("nowhere") && !sandbox.exists("nowhere.json"));
    assert_eq!(sandbox.stdout(&format!("{STATUS} a/0")), "us-east-1\tInSync\n");
}
