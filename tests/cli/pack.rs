//! `pack`: sessions through the real binary.

use std::{fs, process::Output};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// What the AWS CLI calls such an entry.
const MALFORMED: Option<&str> = Some("ParamValidation");
const PACK: &str = "pack plan.jsonl --region us-west-2 --add-replica-regions eu-west-1 us-east-1";

pub(crate) fn write(sandbox: &Sandbox, name: &str, content: impl AsRef<[u8]>) {
    let path = sandbox.path(name);
    fs::create_dir_all(path.parent().expect("in the sandbox")).expect("made");
    fs::write(&path, content).expect("written");
    // It may be a key, which nobody else may read.
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
}

fn run(sandbox: &Sandbox, command: &str) -> Output {
    sandbox.std(command).output().expect("runs")
}

/// Exit code, lines of the result and stderr.
pub(crate) fn packed(sandbox: &Sandbox, command: &str) -> (Option<i32>, Vec<Value>, String) {
    let Output { status, stdout, stderr } = run(sandbox, command);
    let lines = String::from_utf8(stdout).expect("text");
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    (status.code(), lines, String::from_utf8(stderr).expect("text"))
}

pub(crate) fn statuses(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["Status"].as_str().expect("text")).collect()
}

#[test]
fn a_plan_is_packed_and_packed_again() {
    let sandbox = Sandbox::new();
    write(&sandbox, "db.json", "{\"password\": \"EXAMPLE-PASSWORD\"}");
    write(&sandbox, "key.der", b"\xff\x00");
    let plan = "{\"Name\": \"db\", \"SecretString\": \"file://db.json\"}\n\
                {\"Name\": \"tls/key\", \"SecretBinary\": \"fileb://key.der\", \"AddReplicaRegions\": [{\"Region\": \"sa-east-1\"}]}\n\
                {\n  \"Name\": \"api\",\n  \"SecretString\": \"EXAMPLE\", \"Tags\": [{\"Key\": \"a\", \"Value\": \"b\"}]\n}\n";
    write(&sandbox, "plan.jsonl", plan);
    let (code, lines, stderr) = packed(&sandbox, PACK);
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Created"; 3]), "{stderr}");
    let names: Vec<_> = lines.iter().map(|line| line["Name"].as_str().expect("text")).collect();
    assert_eq!(names, ["db", "tls/key", "api"]);
    assert!(lines[0]["ARN"].as_str().expect("text").starts_with("arn:aws:secretsmanager:us-west-2:000000000000:secret:db-"));
    assert!(lines.iter().all(|line| line["VersionId"].as_str().is_some_and(|id| id.len() == 36)));
    assert!(stderr.contains("coldseal: 3 created, 0 updated, 0 unchanged, 0 failed; 8 new bundles in "), "{stderr}");
    assert!(stderr.contains("made the keystore"), "{stderr}");
    let value = "get-secret-value --secret-id db --region us-east-1 --query SecretString --output text";
    assert_eq!(sandbox.stdout(value), "{\"password\": \"EXAMPLE-PASSWORD\"}\n");
    assert_eq!(sandbox.stdout("get-secret-value --secret-id tls/key --region sa-east-1 --query SecretBinary --output text"), "/wA=\n");
    sandbox.ok("verify --open");

    let (code, again, stderr) = packed(&sandbox, PACK);
    assert_eq!((code, statuses(&again)), (Some(0), vec!["Unchanged"; 3]), "{stderr}");
    assert!(again.iter().zip(&lines).all(|(again, first)| again["VersionId"] == first["VersionId"] && again["ARN"] == first["ARN"]));
    assert!(stderr.contains("0 created, 0 updated, 3 unchanged, 0 failed; 0 new bundles in "), "{stderr}");

    // What changed in the plan is updated, or refused by name where that is asked for; the others are not touched by it.
    write(&sandbox, "db.json", "{}");
    write(&sandbox, "plan.jsonl", format!("{plan}{{\"Name\": \"new\", \"SecretString\": \"x\"}}"));
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --no-update"));
    assert_eq!((code, statuses(&lines)), (Some(1), vec!["Failed", "Unchanged", "Unchanged", "Created"]), "{stderr}");
    assert_eq!(lines[0]["ErrorCode"], "ResourceExistsException");
    assert!(lines[0]["Message"].as_str().expect("text").contains("differs in: value"), "{}", lines[0]);
    assert!(
        stderr.contains("warning: db: ResourceExistsException: ") && stderr.contains("1 created, 0 updated, 2 unchanged, 1 failed"),
        "{stderr}"
    );
    assert_eq!(statuses(&packed(&sandbox, PACK).1), ["Updated", "Unchanged", "Unchanged", "Unchanged"]);
}

#[test]
fn a_plan_is_a_list_an_input_file_or_stdin() {
    let sandbox = Sandbox::new();
    write(&sandbox, "list", "[{\"Name\": \"a\", \"SecretString\": \"x\"},\n {\"Name\": \"b\", \"SecretString\": \"y\"}]\n");
    assert_eq!(statuses(&packed(&sandbox, "pack list --region us-west-2").1), ["Created"; 2]);
    let skeleton = sandbox.stdout("create-secret --generate-cli-skeleton");
    let mut request: Value = serde_json::from_str(&skeleton).expect("JSON");
    for member in ["ClientRequestToken", "Tags", "AddReplicaRegions", "ResourcePolicy", "RotationRules"] {
        request[member] = Value::Null;
    }
    // A plan that is run again has to find the same values.
    request.as_object_mut().expect("an object").remove("GenerateSecretString").expect("create-secret takes it");
    (request["Name"], request["SecretString"]) = ("c".into(), "z".into());
    write(&sandbox, "request.json", serde_json::to_string_pretty(&request).expect("JSON"));
    let (code, lines, stderr) = packed(&sandbox, "pack request.json --region us-west-2");
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Created"]), "{stderr}");
    let from_stdin = sandbox.coldseal("pack - --region us-west-2").stdin("{\"Name\": \"a\", \"SecretString\": \"x\"}").assert().success();
    assert!(String::from_utf8_lossy(&from_stdin.get_output().stdout).contains("\"Unchanged\""));
}

#[test]
fn what_is_wrong_with_an_entry_is_told_and_the_others_are_made() {
    let sandbox = Sandbox::new();
    let good = "{\"Name\": \"a\", \"SecretString\": \"TOPSECRET\"}\n";
    for (entries, failures) in [
        ("{\"SecretString\": \"TOPSECRET\"}", &[(MALFORMED, "line 2: Missing required parameter in input: \"Name\"")][..]),
        ("[\"TOPSECRET\"]\n\n\"TOPSECRET\"", &[(MALFORMED, "line 2: Invalid type"), (MALFORMED, "line 4: Invalid type")]),
        ("{\"Name\": \"b\", \"SecretString\": [\"TOPSECRET\"]}", &[(MALFORMED, "line 2: Invalid type for parameter SecretString")]),
        (
            "{\"Name\": \"b\", \"SecretString\": \"file://none\"}",
            &[(MALFORMED, "line 2: Error parsing parameter 'SecretString': Unable to load")],
        ),
        ("{\"Name\": \"a\", \"SecretString\": \"x\"}", &[(Some("InvalidParameterException"), "line 2: the name a is that of entry 1 too")]),
        (
            "{\"Name\": \"b\", \"KmsKeyId\": \"alias/none\"}\n{\"Name\": \"c\", \"AddReplicaRegions\": [{\"Region\": \"eu-west-9\"}]}",
            &[
                (Some("NotFoundException"), "line 2: us-west-2: "),
                (Some("InvalidParameterException"), "line 3: eu-west-9: there is no Region"),
            ],
        ),
    ] {
        write(&sandbox, "plan.jsonl", format!("{good}{entries}\n"));
        let (code, lines, stderr) = packed(&sandbox, PACK);
        let (good, bad) = lines.split_last().expect("lines");
        assert_eq!((code, good["Name"].as_str(), good["Status"].as_str() == Some("Failed")), (Some(1), Some("a"), false), "{stderr}");
        assert_eq!(bad.len(), failures.len(), "{stderr}");
        for (line, (code, message)) in bad.iter().zip(failures) {
            assert_eq!((line["Status"].as_str(), line["ErrorCode"].as_str()), (Some("Failed"), *code), "{line}");
            assert!(line["Message"].as_str().expect("text").starts_with(message) && stderr.contains(message), "{line}");
        }
        assert!(
            stderr.contains(&format!(" {} failed; ", failures.len())) && !format!("{stderr}{lines:?}").contains("TOPSECRET"),
            "{stderr}"
        );
    }
    sandbox.ok("verify --open");
    assert_eq!(sandbox.stdout("list-secrets --query SecretList[].Name --output text"), "a\n");
}

#[test]
fn a_plan_that_is_none_is_refused_whole_and_without_its_content() {
    let sandbox = Sandbox::new();
    let good = "{\"Name\": \"a\", \"SecretString\": \"TOPSECRET\"}\n";
    for (plan, part) in [
        (format!("{good}{{\"Name\": \"b\" \"SecretString\": \"TOPSECRET\"}}"), "line 2, column 14 of the plan: Invalid JSON: "),
        (format!("{good}TOPSECRET"), "line 2, column 1 of the plan: Invalid JSON: "),
        (format!("[{good}"), "line 2, column 0 of the plan: Invalid JSON: EOF"),
        ("\n".to_owned(), "there is nothing to pack"),
        ("[]".to_owned(), "there is nothing to pack"),
    ] {
        write(&sandbox, "plan.jsonl", &plan);
        let (code, lines, stderr) = packed(&sandbox, PACK);
        assert_eq!((code, lines), (Some(252), vec![]), "{plan}: {stderr}");
        assert!(stderr.contains(part) && !stderr.contains("TOPSECRET"), "{plan}: {stderr}");
    }
    fs::create_dir(sandbox.path("empty.d")).expect("made");
    assert!(packed(&sandbox, "pack empty.d --region us-west-2").2.contains("there is nothing to pack"));
    assert!(packed(&sandbox, "pack none --region us-west-2").2.contains("Unable to read none: "));
    // Where every entry is refused, nothing is made for them.
    write(&sandbox, "plan.jsonl", "{\"Name\": \"b\", \"KmsKeyId\": \"alias/none\"}");
    assert_eq!(packed(&sandbox, PACK).0, Some(1));
    assert!(!sandbox.exists("coldseal-vault") && !sandbox.exists("keystore/keystore.json"));
}

#[test]
fn what_is_no_plan_at_all_is_refused_soon_and_shown_in_little() {
    let sandbox = Sandbox::new();
    for (junk, part) in [
        ("0 ".repeat(1 << 20), "Invalid type: expecting an object"),
        ("{}\n".repeat(1 << 20), "Missing required parameter in input: \"Name\""),
        (format!("[{}{{}}]", "{\"Name\":\"a\",\"x\":1},".repeat(1 << 16)), "Unknown parameter in input: \"x\""),
    ] {
        write(&sandbox, "plan.jsonl", &junk);
        let (code, lines, stderr) = packed(&sandbox, PACK);
        assert_eq!((code, lines), (Some(252), vec![]), "{stderr}");
        assert!(stderr.contains("more than 10000 entries are refused: line 1: ") && stderr.contains(part), "{stderr}");
        assert!(stderr.contains("nothing was written") && !sandbox.exists("coldseal-vault"), "{stderr}");
    }
    // One entry of any size, and what is told of it has a bound.
    for entry in [format!("{{\"{}\": 1}}", "x".repeat(1 << 20)), format!("{{\"Name\": \"{}\"}}", "n".repeat(1 << 20))] {
        write(&sandbox, "plan.jsonl", &entry);
        let (code, lines, stderr) = packed(&sandbox, PACK);
        assert_eq!((code, statuses(&lines)), (Some(1), vec!["Failed"]));
        assert!(stderr.len() < 10_000 && lines.iter().all(|line| line.to_string().len() < 10_000), "{}", stderr.len());
    }
}

#[test]
fn flags_hold_for_every_entry() {
    let sandbox = Sandbox::new();
    let plan = "{\"Name\": \"a\", \"SecretString\": \"x\"}\n{\"Name\": \"b,c\", \"SecretString\": \"y\"}\n{\"Name\": \"d,e\"}\n";
    write(&sandbox, "plan.jsonl", plan);
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --sign-message --encryption-context team=a --tags Key=k,Value=v"));
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Created"; 3]), "{stderr}");
    assert!(stderr.contains("warning: b,c and 1 more: AWS Secrets Manager would refuse this name"), "{stderr}");
    for name in ["a", "b,c"] {
        let described: Value = serde_json::from_str(&sandbox.stdout(&format!("describe-secret --secret-id {name}"))).expect("JSON");
        assert_eq!((&described["EncryptionContext"]["team"], &described["Tags"][0]["Key"]), (&"a".into(), &"k".into()));
        let bundle = described["Bundles"][0]["Path"].as_str().expect("text");
        assert!(sandbox.stdout(&format!("inspect {bundle}")).contains("0578"), "signed");
    }
    // Unsigned, they were not what is asked for.
    let other = Sandbox::new();
    write(&other, "plan.jsonl", plan);
    assert_eq!(packed(&other, PACK).0, Some(0));
    let (code, lines, _) = packed(&other, &format!("{PACK} --sign-message"));
    assert_eq!((code, statuses(&lines)), (Some(1), vec!["Failed", "Failed", "Unchanged"]));
    assert!(lines[0]["Message"].as_str().expect("text").contains("differs in what an update does not change: signature"), "{}", lines[0]);
}

#[test]
fn a_directory_is_packed_by_the_names_of_its_files() {
    let sandbox = Sandbox::new();
    for (name, content) in [("secrets.d/prod/db", &b"text"[..]), ("secrets.d/key", b"\xff"), ("secrets.d/.env", b"hidden")] {
        write(&sandbox, name, content);
    }
    let (code, lines, stderr) = packed(&sandbox, "pack secrets.d --region us-west-2 --add-replica-regions eu-west-1");
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Created"; 2]), "{stderr}");
    assert!(stderr.contains("left out: 1 name with a dot in front: .env; --include-hidden takes them"), "{stderr}");
    assert_eq!(sandbox.stdout("list-secrets --query SecretList[].Name --output text"), "key\tprod/db\n");
    assert_eq!(sandbox.stdout("get-secret-value --secret-id prod/db --query SecretString --output text"), "text\n");
    assert_eq!(sandbox.stdout("get-secret-value --secret-id key --query SecretBinary --output text"), "/w==\n");
    // As bytes the text is another secret.
    let (code, lines, _) = packed(&sandbox, "pack secrets.d --region us-west-2 --add-replica-regions eu-west-1 --binary");
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Unchanged", "Updated"]));
    write(&sandbox, "secrets.d/large", vec![b'x'; 65_537]);
    let (code, _, stderr) = packed(&sandbox, "pack secrets.d --region us-west-2");
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("secrets.d/large: ") && stderr.contains("65537 bytes"), "{stderr}");
}

#[test]
fn more_than_a_group_is_packed_in_order() {
    let sandbox = Sandbox::new();
    let plan: String = (0..300).map(|number| format!("{{\"Name\": \"s{number}\", \"SecretString\": \"{number}\"}}\n")).collect();
    write(&sandbox, "plan.jsonl", plan);
    let (code, lines, stderr) = packed(&sandbox, "pack plan.jsonl --region us-west-2 --threads 3 --query Name");
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(lines, (0..300).map(|number| Value::from(format!("s{number}"))).collect::<Vec<_>>());
    assert_eq!(sandbox.stdout("get-secret-value --secret-id s299 --query SecretString --output text"), "299\n");
}
