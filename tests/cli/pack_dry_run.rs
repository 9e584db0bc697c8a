//! `pack --dry-run` says what the run would do, and leaves nothing behind. And what a failure says, dry or not.

use std::fs;

use serde_json::Value;

use crate::{
    pack::{packed, statuses, write},
    sandbox::Sandbox,
};

const PACK: &str = "pack plan.jsonl --region us-west-2 --add-replica-regions eu-west-1";

fn everything(sandbox: &Sandbox) -> Vec<(String, Vec<u8>, std::time::SystemTime)> {
    let content = |name: String| {
        let changed = fs::metadata(sandbox.path(&name)).and_then(|metadata| metadata.modified()).expect("there");
        (name.clone(), sandbox.read(&name), changed)
    };
    sandbox.files("").into_iter().map(content).collect()
}

#[test]
fn nothing_is_written_not_even_a_lock() {
    let sandbox = Sandbox::new();
    write(&sandbox, "plan.jsonl", "{\"Name\": \"a\", \"SecretString\": \"x\"}\n{\"Name\": \"b\"}\n");
    let before = everything(&sandbox);
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --dry-run"));
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["WouldCreate"; 2]), "{stderr}");
    assert_eq!((lines[0]["Name"].as_str(), lines[0].get("ARN")), (Some("a"), None));
    assert_eq!(stderr, "coldseal: 2 would be created, 0 would be updated, 0 unchanged, 0 failed; nothing was written\n");
    assert!(everything(&sandbox) == before, "{:?}", sandbox.files(""));

    // Beside what is there: the same, another value, a new one, a key that is not here, an entry that is none.
    assert_eq!(packed(&sandbox, PACK).0, Some(0));
    let locks: Vec<String> = sandbox.files("").into_iter().filter(|file| file.ends_with("lock")).collect();
    assert_eq!(locks, ["coldseal-vault/.lock", "keystore/keystore.json.lock"]);
    locks.iter().for_each(|lock| fs::remove_file(sandbox.path(lock)).expect("removed"));
    let plan = "{\"Name\": \"a\", \"SecretString\": \"y\"}\n{\"Name\": \"b\"}\n{\"Name\": \"c\"}\n{\"Name\": \"d\", \"KmsKeyId\": \"alias/none\"}\n{}\n";
    write(&sandbox, "plan.jsonl", plan);
    let before = everything(&sandbox);
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --dry-run"));
    assert_eq!((code, statuses(&lines)), (Some(1), vec!["Failed", "Failed", "WouldUpdate", "Unchanged", "WouldCreate"]), "{stderr}");
    let codes: Vec<_> = lines.iter().map(|line| line["ErrorCode"].as_str()).collect();
    assert_eq!(codes, [Some("NotFoundException"), Some("ParamValidation"), None, None, None]);
    assert!(lines[3]["ARN"].as_str().is_some_and(|arn| arn.contains(":secret:b-")), "{}", lines[3]);
    assert!(stderr.contains("1 would be created, 1 would be updated, 1 unchanged, 2 failed; nothing was written"), "{stderr}");
    assert!(everything(&sandbox) == before, "{:?}", sandbox.files(""));

    // The run itself comes to the same.
    let (code, made, _) = packed(&sandbox, PACK);
    assert_eq!((code, statuses(&made)), (Some(1), vec!["Failed", "Failed", "Updated", "Unchanged", "Created"]));
    for (line, other) in lines.iter().zip(&made) {
        for member in ["Name", "ErrorCode", "Message", "Hint"] {
            assert_eq!(line.get(member), other.get(member));
        }
    }
}

#[test]
fn what_ends_a_run_ends_a_dry_one() {
    let sandbox = Sandbox::new();
    write(&sandbox, "plan.jsonl", "{\"Name\": \"a\"}\n{\"Name\" \"a\"}\n");
    assert_eq!(packed(&sandbox, &format!("{PACK} --dry-run")).0, Some(252));
    write(&sandbox, "plan.jsonl", "\n");
    assert!(packed(&sandbox, &format!("{PACK} --dry-run")).2.contains("there is nothing to pack"));
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2");
    write(&sandbox, "plan.jsonl", "{\"Name\": \"a\"}\n");
    fs::remove_file(sandbox.path("keystore/keystore.key")).expect("removed");
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --dry-run"));
    assert_eq!((code, lines), (Some(253), vec![]), "{stderr}");
    // A key file that is not fit to be adopted.
    let sandbox = Sandbox::new();
    write(&sandbox, "plan.jsonl", "{\"Name\": \"a\"}\n");
    write(&sandbox, "keystore/keystore.key", "short");
    assert_eq!(packed(&sandbox, &format!("{PACK} --dry-run")).0, packed(&sandbox, PACK).0);
}

/// The hint of the same request by `create-secret`.
fn hint_of_create(sandbox: &Sandbox, flags: &str) -> String {
    let output = sandbox.std(&format!("create-secret --region us-west-2 {flags}")).output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    stderr.lines().find_map(|line| line.strip_prefix("hint: ")).unwrap_or_else(|| panic!("{flags}: {stderr}")).to_owned()
}

#[test]
fn each_failure_has_a_name_and_the_hint_of_create_secret() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name there --secret-string 1 --region eu-west-1");
    for (entry, flags, code) in [
        ("{\"Name\": \"a\", \"KmsKeyId\": \"alias/none\"}", "--name a --kms-key-id alias/none", "NotFoundException"),
        (
            "{\"Name\": \"there\", \"AddReplicaRegions\": [{\"Region\": \"eu-west-1\"}]}",
            "--name there --add-replica-regions eu-west-1",
            "InvalidParameterException",
        ),
        ("{\"Name\": \"a\", \"SecretBinary\": \"!\"}", "--name a --secret-binary !", "ParamValidation"),
    ] {
        write(&sandbox, "plan.jsonl", entry);
        let (exit, lines, stderr) = packed(&sandbox, "pack plan.jsonl --region us-west-2");
        assert_eq!((exit, lines[0]["ErrorCode"].as_str()), (Some(1), Some(code)), "{stderr}");
        let hint = hint_of_create(&sandbox, flags);
        assert_eq!(lines[0]["Hint"], Value::from(hint.clone()), "{stderr}");
        assert!(stderr.contains(&format!("coldseal: hint: {hint}")), "{stderr}");
    }
}
