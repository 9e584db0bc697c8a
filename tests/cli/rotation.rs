//! `rotate-secret`, `cancel-rotate-secret` and `list-secrets --due`.

#![cfg(unix)]

use std::{
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const TOKEN: &str = "01234567890123456789012345678901";
const OTHER: &str = "11234567890123456789012345678901";
/// Keeps what each step was told, and what its environment held; makes a value.
const PROGRAM: &str = r#"#!/bin/sh
cat > "$COLDSEAL_STEP.told"; env > "$COLDSEAL_STEP.env"; echo "$COLDSEAL_STEP $*" >> steps
[ "$COLDSEAL_STEP" = createSecret ] && printf 'new value'
exit 0
"#;

/// The secret `db` with the value `old value`, and the program `rotate`.
fn sandbox(program: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "old value");
    sandbox.ok("create-secret --name db --secret-string file://value --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.write("rotate", program);
    sandbox
}

fn document(sandbox: &Sandbox, line: &str) -> Value {
    serde_json::from_str(&sandbox.stdout(line)).expect("JSON")
}

fn value(sandbox: &Sandbox, stage: &str) -> String {
    sandbox.stdout(&format!("get-secret-value --secret-id db --version-stage {stage} --query SecretString --output text"))
}

/// Runs a rotation by a command; gives its exit code and stderr.
fn rotate(sandbox: &Sandbox, line: &str, command: &str) -> (Option<i32>, String) {
    let output = sandbox.std(line).args(["--rotation-command", command]).output().expect("runs");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

/// The labels of each version.
fn stages(sandbox: &Sandbox) -> Value {
    document(sandbox, "describe-secret --secret-id db --query VersionIdsToStages")
}

#[test]
fn rules_are_kept_and_tell_the_next_date() {
    let sandbox = sandbox(PROGRAM);
    for rules in ["AutomaticallyAfterDays=30", r#"{"AutomaticallyAfterDays":30}"#] {
        let kept = document(&sandbox, &format!("rotate-secret --secret-id db --rotation-rules {rules} --no-rotate-immediately"));
        assert!(kept["Name"] == "db" && kept["ARN"].is_string() && kept.get("VersionId").is_none(), "{kept}");
        let described = document(&sandbox, "describe-secret --secret-id db");
        assert_eq!((&described["RotationEnabled"], &described["RotationDueDate"]), (&json!(false), &kept["RotationDueDate"]));
        assert_eq!(described["RotationRules"], json!({"AutomaticallyAfterDays": 30}));
        assert!(described.get("LastRotatedDate").is_none() && described["RotationDueDate"].is_string(), "{described}");
    }
    let turned_off = document(&sandbox, "cancel-rotate-secret --secret-id db");
    assert_eq!(turned_off.get("RotationDueDate"), None);
    let described = document(&sandbox, "describe-secret --secret-id db");
    assert!(described.get("RotationDueDate").is_none() && described["RotationRules"].is_object(), "the rules stay: {described}");
    sandbox.ok("rotate-secret --secret-id db --rotation-rules AutomaticallyAfterDays=30");
    assert!(document(&sandbox, "describe-secret --secret-id db --query RotationDueDate").is_string(), "on again");
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn what_is_due_is_listed() {
    let sandbox = sandbox(PROGRAM);
    sandbox.ok("create-secret --name other --secret-string file://value --region us-west-2 --rotation-rules AutomaticallyAfterDays=30");
    sandbox.ok("rotate-secret --secret-id db --rotation-rules AutomaticallyAfterDays=1");
    let due = "list-secrets --due --query SecretList[].Name";
    assert_eq!(sandbox.stdout(due), "[]\n");
    // The value was made long ago.
    let path = sandbox.path("coldseal-vault/secrets/us-west-2/db/secret.json");
    let mut record: Value = serde_json::from_slice(&std::fs::read(&path).expect("there")).expect("JSON");
    record["Versions"][0]["CreatedDate"] = json!("2026-01-01T00:00:00+00:00");
    std::fs::write(path, serde_json::to_vec(&record).expect("JSON")).expect("written");
    assert_eq!(document(&sandbox, due), json!(["db"]));
    assert_eq!(document(&sandbox, "describe-secret --secret-id db --query RotationDueDate"), json!("2026-01-02T23:59:59+00:00"));
    assert_eq!(sandbox.stdout(&format!("{due} --region eu-west-1")), "[]\n", "rotation is the primary's");
    sandbox.ok("cancel-rotate-secret --secret-id db");
    assert_eq!(sandbox.stdout(due), "[]\n");
}

#[test]
fn a_program_takes_the_four_steps() {
    let sandbox = sandbox(PROGRAM);
    let line = format!("rotate-secret --secret-id db --client-request-token {TOKEN} --rotation-rules AutomaticallyAfterDays=30");
    let output = sandbox.std(&line).args(["--rotation-command", "sh ./rotate 'one word' $HOME"]).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rotated: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(rotated["VersionId"] == TOKEN && rotated["RotationDueDate"].is_string(), "{rotated}");
    let steps = String::from_utf8(sandbox.read("steps")).expect("text");
    let expected = ["createSecret", "setSecret", "testSecret", "finishSecret"].map(|step| format!("{step} one word $HOME\n"));
    assert_eq!(steps, expected.concat(), "no shell expands anything");
    for region in ["us-west-2", "eu-west-1"] {
        let query = "--query SecretString --output text";
        assert_eq!(sandbox.stdout(&format!("get-secret-value --secret-id db --region {region} {query}")), "new value\n", "{region}");
    }
    assert_eq!(value(&sandbox, "AWSPREVIOUS"), "old value\n");
    assert_eq!(stages(&sandbox)[TOKEN], json!(["AWSCURRENT"]));
    assert!(document(&sandbox, "describe-secret --secret-id db --query LastRotatedDate").is_string());
    let arn = document(&sandbox, "describe-secret --secret-id db --query ARN");
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let told = String::from_utf8(sandbox.read(&format!("{step}.told"))).expect("text");
        assert_eq!(told.lines().count(), 1, "{told}");
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!((&told["Step"], &told["SecretId"], &told["ClientRequestToken"]), (&json!(step), &arn, &json!(TOKEN)));
        assert_eq!(told["Current"]["SecretString"], "old value");
        let pending = if step == "createSecret" { None } else { Some(json!({"VersionId": TOKEN, "SecretString": "new value"})) };
        assert_eq!(told.get("Pending"), pending.as_ref(), "{step}");
        let environment = String::from_utf8(sandbox.read(&format!("{step}.env"))).expect("text");
        assert!(environment.contains(&format!("COLDSEAL_CLIENT_REQUEST_TOKEN={TOKEN}\n")) && !environment.contains(" value"), "{step}");
    }
    // The command is kept nowhere.
    for file in sandbox.files("coldseal-vault") {
        let bytes = sandbox.read(&file);
        assert!(!bytes.windows(8).any(|window| window == b"./rotate"), "{file}");
    }
    sandbox.coldseal("verify --open").assert().success();
    // The same once more is done already.
    std::fs::remove_file(sandbox.path("steps")).expect("removed");
    let (code, stderr) = rotate(&sandbox, &line, "sh ./rotate");
    assert!(code == Some(0) && stderr.contains("this rotation was finished before") && !sandbox.exists("steps"), "{stderr}");
}

#[test]
fn a_step_that_fails_leaves_awspending_and_the_token_goes_on() {
    for failing in ["setSecret", "testSecret", "finishSecret"] {
        let sandbox = sandbox(PROGRAM);
        sandbox.write("fails", format!("[ \"$COLDSEAL_STEP\" = {failing} ] && exit 3\n. ./rotate\n"));
        let line = format!("rotate-secret --secret-id db --client-request-token {TOKEN}");
        let (code, stderr) = rotate(&sandbox, &line, "sh ./fails");
        let expected = format!("coldseal: the program failed in {failing}: exit code 3\n");
        assert!(
            code == Some(255) && stderr.contains(&expected) && stderr.contains(&format!("--client-request-token {TOKEN} goes on")),
            "{stderr}"
        );
        assert_eq!(stages(&sandbox)[TOKEN], json!(["AWSPENDING"]));
        assert_eq!((value(&sandbox, "AWSCURRENT"), value(&sandbox, "AWSPENDING")), ("old value\n".to_owned(), "new value\n".to_owned()));
        sandbox.coldseal("verify --open").assert().success();
        // Another rotation has to wait, with and without a token.
        for token in [String::new(), format!(" --client-request-token {OTHER}")] {
            let (code, stderr) = rotate(&sandbox, &format!("rotate-secret --secret-id db{token}"), "sh ./rotate");
            assert!(code == Some(254) && stderr.contains("A previous rotation isn't complete.") && stderr.contains(TOKEN), "{stderr}");
        }
        let cancelled = document(&sandbox, "cancel-rotate-secret --secret-id db");
        assert_eq!(cancelled["VersionId"], TOKEN);
        std::fs::remove_file(sandbox.path("steps")).expect("removed");
        let (code, stderr) = rotate(&sandbox, &line, "sh ./rotate");
        assert_eq!(code, Some(0), "{stderr}");
        let steps = String::from_utf8(sandbox.read("steps")).expect("text");
        assert_eq!(steps, "setSecret \ntestSecret \nfinishSecret \n", "it has its value");
        assert_eq!((value(&sandbox, "AWSCURRENT"), stages(&sandbox)[TOKEN].clone()), ("new value\n".to_owned(), json!(["AWSCURRENT"])));
    }
}

#[test]
fn a_value_that_is_none_is_refused_and_nothing_changes() {
    for (program, code, told) in [
        ("exit 0", 254, "a secret value needs at least 1 byte"),
        ("exit 4", 255, "the program failed in createSecret: exit code 4"),
        ("kill -9 $$", 255, "the program failed in createSecret: signal 9"),
        ("head -c 65537 /dev/zero | tr '\\0' x", 254, "holds at most 65536"),
        ("yes", 254, "holds at most 65536"),
        ("printf '\\377'", 254, "a SecretString must be UTF-8"),
    ] {
        let sandbox = sandbox(program);
        let before = sandbox.files("coldseal-vault");
        let (found, stderr) = rotate(&sandbox, "rotate-secret --secret-id db", "sh ./rotate");
        assert!(found == Some(code) && stderr.contains(told), "{program}: {found:?} {stderr}");
        assert_eq!(sandbox.files("coldseal-vault"), before, "{program}");
    }
    let sandbox = sandbox("head -c 65536 /dev/zero | tr '\\0' x; cat > /dev/null");
    let (code, stderr) = rotate(&sandbox, "rotate-secret --secret-id db", "sh ./rotate");
    assert_eq!((code, value(&sandbox, "AWSCURRENT").len()), (Some(0), 65537), "{stderr}");
    // A program need not read what it is told, and a line end is a part of what it prints.
    sandbox.write("rotate", "exec <&-; [ $COLDSEAL_STEP != createSecret ] || echo x");
    let (code, stderr) = rotate(&sandbox, "rotate-secret --secret-id db", "sh ./rotate");
    assert!(code == Some(0) && stderr.contains("ends with a line end, which is a part of it"), "{stderr}");
    assert_eq!(value(&sandbox, "AWSCURRENT"), "x\n\n");
}

#[test]
fn commands_that_cannot_be_run_are_refused() {
    let sandbox = sandbox(PROGRAM);
    for (command, code, told) in [
        ("", 252, "names no program"),
        ("   ", 252, "names no program"),
        ("''", 252, "names no program"),
        ("sh 'rotate", 252, "a quotation mark is not closed"),
        ("./none", 255, "run ./none: No such file or directory"),
        ("./rotate", 255, "run ./rotate: Permission denied"),
    ] {
        let (found, stderr) = rotate(&sandbox, "rotate-secret --secret-id db", command);
        assert!(found == Some(code) && stderr.contains(told), "{command}: {found:?} {stderr}");
    }
    assert_eq!(stages(&sandbox).as_object().map(serde_json::Map::len), Some(1));
}

/// The program changes what no command of ours can take back.
#[test]
fn keys_are_found_before_the_program_runs() {
    let sandbox = sandbox("touch it-ran");
    for (flag, code, told) in [
        ("--recovery-key aes=a/b=none", 252, "'--recovery-key': reading none: No such file"),
        ("--region us-west-2 --recovery-key kms=alias/none", 254, "alias/none is not found"),
        ("--raw-rsa-key a/b=value", 252, "'--raw-rsa-key': value: "),
        ("--kms-key-id alias/none", 252, "--kms-key-id names a key of AWS KMS to open with"),
        ("--keystore none.json", 253, "there is no keystore"),
    ] {
        let (found, stderr) = rotate(&sandbox, &format!("rotate-secret --secret-id db {flag}"), "sh ./rotate");
        assert!(found == Some(code) && stderr.contains(told) && !sandbox.exists("it-ran"), "{flag}: {found:?} {stderr}");
    }
    assert_eq!(stages(&sandbox).as_object().map(serde_json::Map::len), Some(1));
}

#[test]
fn nothing_is_locked_while_the_program_runs() {
    let binary = env!("CARGO_BIN_EXE_coldseal");
    let sandbox = sandbox(&format!(
        "set -e\n{binary} tag-resource --secret-id db --tags Key=$COLDSEAL_STEP\n{binary} kms create-key --region us-west-2 > /dev/null\n\
         [ $COLDSEAL_STEP != createSecret ] || printf 'new value'\n"
    ));
    let (code, stderr) = rotate(&sandbox, "rotate-secret --secret-id db", "sh ./rotate");
    assert_eq!((code, value(&sandbox, "AWSCURRENT")), (Some(0), "new value\n".to_owned()), "{stderr}");
    assert_eq!(document(&sandbox, "describe-secret --secret-id db --query length(Tags)"), json!(4));
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn labels_that_moved_meanwhile_stay() {
    let binary = env!("CARGO_BIN_EXE_coldseal");
    let sandbox = sandbox(&format!(
        "if [ $COLDSEAL_STEP = createSecret ]; then printf 'new value'; fi\n\
         if [ $COLDSEAL_STEP = testSecret ]; then {binary} put-secret-value --secret-id db --secret-string file://value > /dev/null 2>&1; fi\n"
    ));
    let (code, stderr) = rotate(&sandbox, "rotate-secret --secret-id db", "sh ./rotate");
    assert!(code == Some(254) && stderr.contains("staging labels have moved since the rotation began"), "{stderr}");
    assert_eq!((value(&sandbox, "AWSCURRENT"), value(&sandbox, "AWSPENDING")), ("old value\n".to_owned(), "new value\n".to_owned()));
}

#[test]
fn a_signal_reaches_the_program_and_leaves_awspending() {
    let sandbox = sandbox(
        "[ $COLDSEAL_STEP != createSecret ] || { printf 'new value'; exit; }\ntrap 'echo got > got; exit' TERM\n: > ready\nwhile :; do sleep 0.05; done\n",
    );
    let mut child = sandbox
        .std(&format!("rotate-secret --secret-id db --client-request-token {TOKEN} --rotation-command"))
        .arg("sh ./rotate")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    let begin = Instant::now();
    while !sandbox.exists("ready") {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not come to setSecret");
        thread::sleep(Duration::from_millis(5));
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).expect("sent");
    assert_eq!(child.wait().expect("ends").code(), Some(143));
    assert!(sandbox.exists("got"));
    assert_eq!((value(&sandbox, "AWSCURRENT"), stages(&sandbox)[TOKEN].clone()), ("old value\n".to_owned(), json!(["AWSPENDING"])));
}

#[test]
fn bytes_stay_bytes() {
    let sandbox = Sandbox::new();
    sandbox.write("value", [0xff, 0]);
    sandbox.ok("create-secret --name db --secret-binary fileb://value --region us-west-2");
    sandbox.write("rotate", "cat > \"$COLDSEAL_STEP.told\"; [ $COLDSEAL_STEP != createSecret ] || printf '\\376\\n'\n");
    let (code, stderr) = rotate(&sandbox, "rotate-secret --secret-id db", "sh ./rotate");
    assert_eq!(code, Some(0), "{stderr}");
    let told: Value = serde_json::from_slice(&sandbox.read("testSecret.told")).expect("JSON");
    assert_eq!((&told["Current"]["SecretBinary"], &told["Pending"]["SecretBinary"]), (&json!("/wA="), &json!("/go=")));
    assert_eq!(sandbox.stdout("get-secret-value --secret-id db --query SecretBinary --output text"), "/go=\n");
}

#[test]
fn what_can_be_read_once_is_read_once() {
    let sandbox = sandbox(PROGRAM);
    sandbox.write("safe.key", [7; 32]);
    sandbox.write("passphrase", "an example, not a good passphrase");
    sandbox.ok("kms change-protection --to passphrase --new-passphrase-file passphrase");
    let line = format!(
        "cat safe.key | COLDSEAL_PASSPHRASE_FD=3 '{}' rotate-secret --secret-id db --raw-aes-key home/safe=/dev/stdin --rotation-command 'sh ./rotate' 3< <(cat passphrase)",
        env!("CARGO_BIN_EXE_coldseal")
    );
    let output = sandbox.prepared("bash").args(["-c", &line]).output().expect("bash runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = "get-secret-value --secret-id db --query SecretString --output text --passphrase-file passphrase";
    assert_eq!(sandbox.stdout(read), "new value\n");
}

#[test]
fn what_a_program_leaves_running_can_be_interrupted() {
    let sandbox = sandbox("#!/bin/sh\nsleep 100 &\nprintf value\n");
    let mut child = sandbox
        .std("rotate-secret --secret-id db")
        .args(["--rotation-command", "sh ./rotate"])
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    let began = Instant::now();
    while child.try_wait().expect("waited for").is_none() {
        assert!(began.elapsed() < Duration::from_secs(60), "no signal ends it");
        thread::sleep(Duration::from_millis(500));
        let pid = rustix::process::Pid::from_child(&child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    assert_eq!(value(&sandbox, "AWSCURRENT"), "old value\n");
}
