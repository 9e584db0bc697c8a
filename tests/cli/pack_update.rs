//! `pack` of what was packed before: updates, what is gone, and pruning.

use std::{fs, time::SystemTime};

use serde_json::{Value, json};

use crate::{
    pack::{packed, statuses, write},
    sandbox::Sandbox,
};

const PACK: &str = "pack secrets.d --region us-west-2 --add-replica-regions eu-west-1 us-east-1";

fn everything(sandbox: &Sandbox) -> Vec<(String, Vec<u8>, SystemTime)> {
    let content = |name: String| {
        let changed = fs::metadata(sandbox.path(&name)).and_then(|metadata| metadata.modified()).expect("there");
        (name.clone(), sandbox.read(&name), changed)
    };
    sandbox.files("coldseal-vault").into_iter().map(content).collect()
}

fn folder(sandbox: &Sandbox, files: &[(&str, &str)]) {
    files.iter().for_each(|(name, value)| write(sandbox, &format!("secrets.d/{name}"), value));
}

fn value(sandbox: &Sandbox, name: &str, region: &str, stage: &str) -> String {
    let command =
        format!("get-secret-value --secret-id {name} --region {region} --version-stage {stage} --query SecretString --output text");
    sandbox.stdout(&command).trim_end().to_owned()
}

fn of<'l>(lines: &'l [Value], name: &str) -> &'l Value {
    lines.iter().find(|line| line["Name"] == name).unwrap_or_else(|| panic!("no line of {name}: {lines:?}"))
}

#[test]
fn a_file_that_changed_is_a_new_version_and_a_rerun_writes_nothing() {
    let sandbox = Sandbox::new();
    folder(&sandbox, &[("db", "one"), ("tls/key", "same"), ("z", "same")]);
    assert_eq!(packed(&sandbox, PACK).0, Some(0));
    folder(&sandbox, &[("db", "two")]);
    let before = everything(&sandbox);
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --dry-run"));
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["WouldUpdate", "Unchanged", "Unchanged"]), "{stderr}");
    assert_eq!(lines[0]["Differences"], json!(["value"]));
    assert_eq!(stderr, "coldseal: 0 would be created, 1 would be updated, 2 unchanged, 0 failed; nothing was written\n");
    assert!(everything(&sandbox) == before);

    let (code, lines, stderr) = packed(&sandbox, PACK);
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Updated", "Unchanged", "Unchanged"]), "{stderr}");
    assert_eq!((&lines[0]["Differences"], lines[1].get("Differences")), (&json!(["value"]), None));
    assert!(stderr.contains("coldseal: 0 created, 1 updated, 2 unchanged, 0 failed; 3 new bundles in "), "{stderr}");
    for region in ["us-west-2", "eu-west-1", "us-east-1"] {
        assert_eq!(
            (value(&sandbox, "db", region, "AWSCURRENT"), value(&sandbox, "db", region, "AWSPREVIOUS")),
            ("two".into(), "one".into())
        );
    }
    let current = sandbox.stdout("describe-secret --secret-id db --query VersionIdsToStages");
    assert!(current.contains(lines[0]["VersionId"].as_str().expect("text")), "{current}");
    sandbox.ok("verify --open");

    // Not a byte, and not a time.
    let before = everything(&sandbox);
    let (code, lines, stderr) = packed(&sandbox, PACK);
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Unchanged"; 3]), "{stderr}");
    assert!(everything(&sandbox) == before, "{:?}", sandbox.files("coldseal-vault"));
}

#[test]
fn no_update_refuses_what_differs() {
    let sandbox = Sandbox::new();
    folder(&sandbox, &[("db", "one"), ("z", "same")]);
    assert_eq!(packed(&sandbox, PACK).0, Some(0));
    folder(&sandbox, &[("db", "two")]);
    let before = everything(&sandbox);
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --no-update"));
    assert_eq!((code, statuses(&lines)), (Some(1), vec!["Failed", "Unchanged"]), "{stderr}");
    assert_eq!(lines[0]["ErrorCode"], "ResourceExistsException");
    assert!(lines[0]["Message"].as_str().expect("text").contains("differs in: value"), "{}", lines[0]);
    assert!(lines[0]["Hint"].as_str().expect("text").contains("without --no-update"), "{}", lines[0]);
    // What nobody says is no difference unless nothing may differ.
    sandbox.ok("tag-resource --secret-id z --tags Key=a,Value=b");
    assert_eq!(statuses(&packed(&sandbox, &format!("{PACK} --no-update")).1), ["Failed", "Failed"]);
    assert_eq!(statuses(&packed(&sandbox, &format!("{PACK} --dry-run")).1), ["WouldUpdate", "Unchanged"]);
    assert_eq!(everything(&sandbox).len(), before.len());
}

#[test]
fn an_entry_changes_what_it_says_and_names_the_way_to_the_rest() {
    let sandbox = Sandbox::new();
    let plan = |entry: &str| write(&sandbox, "plan.jsonl", format!("{{\"Name\": \"a\", \"SecretString\": \"x\"{entry}}}\n"));
    let run = || packed(&sandbox, "pack plan.jsonl --region us-west-2");
    plan("");
    assert_eq!(run().0, Some(0));
    plan(", \"Description\": \"d\", \"Tags\": [{\"Key\": \"k\", \"Value\": \"v\"}], \"RotationRules\": {\"AutomaticallyAfterDays\": 30}");
    let (code, lines, stderr) = run();
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Updated"]), "{stderr}");
    assert_eq!(lines[0]["Differences"], json!(["Description", "Tags", "RotationRules"]));
    assert!(stderr.contains("1 updated, 0 unchanged, 0 failed; 0 new bundles"), "{stderr}");
    let described: Value = serde_json::from_str(&sandbox.stdout("describe-secret --secret-id a")).expect("JSON");
    assert_eq!((&described["Description"], &described["Tags"][0]["Key"]), (&json!("d"), &json!("k")));
    assert_eq!(statuses(&run().1), ["Unchanged"]);
    for (entry, member, command) in [
        (", \"AddReplicaRegions\": [{\"Region\": \"eu-west-1\"}]", "AddReplicaRegions", "replicate-secret-to-regions"),
        (", \"KmsKeyId\": \"alias/other\"", "KmsKeyId", "rewrap"),
    ] {
        plan(entry);
        let (code, lines, stderr) = run();
        assert_eq!((code, lines[0]["ErrorCode"].as_str()), (Some(1), Some("ResourceExistsException")), "{stderr}");
        let message = lines[0]["Message"].as_str().expect("text");
        assert!(message.contains(&format!("differs in what an update does not change: {member}. ")), "{message}");
        assert!(lines[0]["Hint"].as_str().expect("text").contains(command), "{}", lines[0]);
    }
}

#[test]
fn what_is_gone_is_told_and_stays() {
    let sandbox = Sandbox::new();
    folder(&sandbox, &[("db", "one"), ("old/a", "x"), ("old/b", "x")]);
    assert_eq!(packed(&sandbox, PACK).0, Some(0));
    sandbox.ok("create-secret --name by-hand --secret-string x --region us-west-2");
    fs::remove_dir_all(sandbox.path("secrets.d/old")).expect("removed");
    let before = everything(&sandbox);
    for command in [PACK.to_owned(), format!("{PACK} --dry-run")] {
        let (code, lines, stderr) = packed(&sandbox, &command);
        assert_eq!((code, statuses(&lines)), (Some(0), vec!["Unchanged", "Gone", "Gone"]), "{stderr}");
        assert!(of(&lines, "old/a")["ARN"].as_str().is_some_and(|arn| arn.contains(":us-west-2:")), "{lines:?}");
        assert!(
            stderr.contains("coldseal: gone: old/a, old/b; --prune deletes what is gone") && stderr.contains("0 failed, 2 gone;"),
            "{stderr}"
        );
    }
    assert!(everything(&sandbox) == before);
    // From another place, or into another Region, nothing of it is known.
    write(&sandbox, "other.d/db", "one");
    assert_eq!(statuses(&packed(&sandbox, &PACK.replace("secrets.d", "other.d")).1), ["Unchanged"]);
    let renamed = packed(&sandbox, &format!("{PACK} --pack-name another"));
    assert_eq!(statuses(&renamed.1), ["Unchanged"], "{}", renamed.2);
    // A file that is there and makes no secret is not gone.
    folder(&sandbox, &[("old/.a", "x"), (".old/b", "x")]);
    let hidden = format!("{PACK} --include-hidden");
    assert_eq!(packed(&sandbox, &hidden).0, Some(0));
    let (_, lines, stderr) = packed(&sandbox, PACK);
    assert_eq!(lines.iter().filter(|line| line["Status"] == "Gone").count(), 2, "{stderr}: {lines:?}");
}

/// A plan of a few entries is to take time for these, whatever else the vault holds; so nothing is read that could be gone from it.
#[test]
fn a_plan_looks_for_what_is_gone_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    let plan = |names: &[&str]| {
        sandbox.write(
            "plan.jsonl",
            names.iter().map(|name| format!("{{\"Name\": \"{name}\", \"SecretString\": \"x\"}}\n")).collect::<String>(),
        );
    };
    plan(&["a", "b"]);
    assert_eq!(packed(&sandbox, "pack plan.jsonl --region us-west-2").0, Some(0));
    plan(&["a"]);
    // A record that cannot be read is found out where every record is.
    sandbox.ok("create-secret --name damaged --secret-string x --region us-west-2");
    write(&sandbox, "coldseal-vault/secrets/us-west-2/damaged/secret.json", "{");
    for (flags, expected, exit) in [("", false, 0), ("--dry-run", true, 0), ("--prune --yes", true, 1)] {
        let (code, lines, stderr) = packed(&sandbox, &format!("pack plan.jsonl --region us-west-2 {flags}"));
        assert_eq!((code, lines.len() > 1, stderr.contains("cannot be read")), (Some(exit), expected, expected), "{flags}: {stderr}");
    }
    assert_eq!(sandbox.stdout("describe-secret --secret-id a --query Name --output text"), "a\n");
}

#[test]
fn a_plan_with_a_name_knows_its_own_from_anywhere() {
    let sandbox = Sandbox::new();
    let pack = |plan: &str, flags: &str| {
        let output = sandbox.coldseal(&format!("pack - --region us-west-2 {flags}")).stdin(plan.to_owned()).output().expect("runs");
        (output.status.code(), String::from_utf8(output.stdout).expect("text"), String::from_utf8(output.stderr).expect("text"))
    };
    let both = "{\"Name\": \"a\", \"SecretString\": \"x\"}\n{\"Name\": \"b\", \"SecretString\": \"x\"}\n";
    let one = "{\"Name\": \"a\", \"SecretString\": \"x\"}\n";
    assert_eq!(pack(both, "--pack-name month").0, Some(0));
    assert!(!pack(one, "").1.contains("Gone"));
    assert!(pack(one, "--pack-name month").1.contains("\"Gone\""));
    let (code, _, stderr) = pack(one, "--prune --yes");
    assert!(code == Some(252) && stderr.contains("hint: --pack-name "), "{stderr}");
    // An entry that has no name may be any.
    let (code, lines, stderr) = pack(&format!("{one}{{\"SecretString\": \"x\"}}"), "--pack-name month");
    assert!(code == Some(1) && !lines.contains("Gone") && stderr.contains("what is gone from the plan is not told"), "{stderr}");
    let (code, lines, stderr) = pack(one, "--pack-name month --prune --yes");
    assert!(code == Some(0) && lines.contains("\"Pruned\""), "{stderr}");
}

#[test]
fn prune_deletes_what_is_gone_once_all_else_is_made() {
    let sandbox = Sandbox::new();
    folder(&sandbox, &[("db", "one"), ("old", "x")]);
    assert_eq!(packed(&sandbox, PACK).0, Some(0));
    fs::remove_file(sandbox.path("secrets.d/old")).expect("removed");
    folder(&sandbox, &[("new", "y")]);
    let before = everything(&sandbox);
    // There is nobody to ask.
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --prune"));
    assert_eq!((code, lines), (Some(252), vec![]), "{stderr}");
    assert!(
        stderr.contains("no terminal to ask on; nothing was written") && stderr.contains("hint: repeat the command with --yes"),
        "{stderr}"
    );
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --prune --dry-run"));
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Unchanged", "WouldCreate", "WouldPrune"]), "{stderr}");
    assert!(stderr.contains("0 failed, 1 would be pruned; nothing was written"), "{stderr}");
    assert!(everything(&sandbox) == before);
    // Not beside an entry that failed.
    write(&sandbox, "secrets.d/large", vec![b'x'; 65_537]);
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --prune --yes"));
    assert_eq!((code, statuses(&lines)), (Some(1), vec!["Failed", "Unchanged", "Created", "Gone"]), "{stderr}");
    assert!(stderr.contains("gone: old; nothing is pruned where an entry failed"), "{stderr}");
    fs::remove_file(sandbox.path("secrets.d/large")).expect("removed");

    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --prune --yes"));
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Unchanged", "Unchanged", "Pruned"]), "{stderr}");
    assert!(of(&lines, "old")["DeletionDate"].is_string() && stderr.contains("0 failed, 1 pruned;"), "{stderr}: {lines:?}");
    assert_eq!(sandbox.stdout("list-secrets --query SecretList[].Name --output text"), "db\tnew\n");
    sandbox.ok("verify --open");
    let (_, lines, stderr) = packed(&sandbox, &format!("{PACK} --prune --yes"));
    assert_eq!(statuses(&lines), ["Unchanged"; 2], "{stderr}");

    // Its file is there again.
    folder(&sandbox, &[("old", "x")]);
    let (code, lines, stderr) = packed(&sandbox, PACK);
    let line = of(&lines, "old");
    assert_eq!((code, line["ErrorCode"].as_str()), (Some(1), Some("InvalidRequestException")), "{stderr}");
    assert!(line["Hint"].as_str().expect("text").contains("'coldseal restore-secret' gets that one back"), "{line}");
    sandbox.ok("restore-secret --secret-id old");
    let (code, lines, stderr) = packed(&sandbox, "pack secrets.d --region us-west-2");
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Unchanged"; 3]), "{stderr}");
    // Its replicas are gone for good, and made anew by their own command.
    assert!(of(&packed(&sandbox, PACK).1, "old")["Hint"].as_str().expect("text").contains("replicate-secret-to-regions"));
}

#[cfg(target_os = "linux")]
#[test]
fn prune_is_done_in_part_where_a_record_cannot_be_read() {
    let sandbox = Sandbox::new();
    folder(&sandbox, &[("db", "one"), ("old", "one"), ("older", "one")]);
    assert_eq!(packed(&sandbox, PACK).0, Some(0));
    ["old", "older"].iter().for_each(|name| fs::remove_file(sandbox.path(&format!("secrets.d/{name}"))).expect("removed"));
    let record = "coldseal-vault/secrets/us-west-2/older/secret.json";
    let sound = sandbox.read(record);
    sandbox.write(record, "damaged");
    let warning = "1 record of the vault cannot be read, so that nobody knows whether these secrets are gone";
    for (flags, expected) in
        [("", (Some(0), "Gone")), ("--prune --dry-run", (Some(1), "WouldPrune")), ("--prune --yes", (Some(1), "Pruned"))]
    {
        let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} {flags}"));
        assert_eq!((code, of(&lines, "old")["Status"].as_str().expect("text")), expected, "{flags}: {stderr}");
        assert!(lines.len() == 2 && stderr.contains(warning), "{flags}: {stderr}");
    }
    // With nothing else that is gone it is no more certain.
    assert_eq!(packed(&sandbox, &format!("{PACK} --prune --yes")).0, Some(1));
    sandbox.write(record, sound);
    let (code, lines, stderr) = packed(&sandbox, &format!("{PACK} --prune --yes"));
    assert_eq!((code, statuses(&lines)), (Some(0), vec!["Unchanged", "Pruned"]), "{stderr}");
}

#[test]
fn prune_asks_on_a_terminal() {
    use crate::terminal::Terminal;
    let sandbox = Sandbox::new();
    folder(&sandbox, &[("db", "one"), ("old", "x")]);
    assert_eq!(packed(&sandbox, PACK).0, Some(0));
    fs::remove_file(sandbox.path("secrets.d/old")).expect("removed");
    for (answer, code, part) in [("n\n", 1, "nothing was pruned"), ("yes\n", 0, "1 pruned")] {
        let terminal = Terminal::run(sandbox.std(&format!("{PACK} --prune")));
        terminal.reply("coldseal: delete 1 secret that is gone? [y/N] ", answer);
        let (ended, text) = terminal.end();
        assert!(ended == Some(code) && text.contains(part), "{text}");
        assert!(text.contains(": gone, with replicas in eu-west-1, us-east-1"), "{text}");
    }
}
