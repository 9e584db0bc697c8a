//! What is refused whatever the value is, is refused before anybody is asked for one, or has a program or an editor make one.

#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{sandbox::Sandbox, terminal::Terminal};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// `safe`, which a recovery key opens too that lies elsewhere, and others.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("safe.key", [7; 32]);
    sandbox.write("value", "EXAMPLE");
    for line in ["--name safe --recovery-key aes=home/safe=safe.key", "--name plain --add-replica-regions eu-west-1", "--name gone"] {
        sandbox.ok(&format!("create-secret --region us-west-2 --secret-string file://value {line}"));
    }
    sandbox.ok("delete-secret --secret-id gone");
    sandbox
}

const MISSING: &str = "would not open with home safe, which opens those that are there";

/// Runs it with a stdin that nobody writes to.
fn unasked(sandbox: &Sandbox, line: &str) -> Output {
    let mut child = sandbox.std(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let stdin = child.stdin.take();
    let begin = Instant::now();
    while child.try_wait().expect("asked").is_none() {
        if begin.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{line}: waits for the value");
        }
        sleep(Duration::from_millis(5));
    }
    drop(stdin);
    child.wait_with_output().expect("ended")
}

#[test]
fn nobody_types_a_value_that_is_refused_anyway() {
    let sandbox = sandbox();
    for (line, expected) in [
        ("put-secret-value --secret-id safe --secret-string -", MISSING),
        ("put-secret-value --secret-id safe --secret-binary -", MISSING),
        ("put-secret-value --secret-id plain --region eu-west-1 --secret-string -", "Operation not permitted on a replica secret"),
        ("put-secret-value --secret-id gone --secret-string -", "because it was marked for deletion"),
        ("put-secret-value --secret-id none --secret-string -", "can't find the specified secret"),
        ("update-secret --secret-id safe --secret-string -", MISSING),
        ("update-secret --secret-id plain --kms-key-id alias/none --secret-string -", "alias/none is not found"),
        ("create-secret --name plain --region us-west-2 --secret-string -", "the secret plain already exists"),
        ("create-secret --name new --region us-west-2 --kms-key-id alias/none --secret-string -", "alias/none is not found"),
    ] {
        let output = unasked(&sandbox, line);
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.code() == Some(254) && stderr.contains(expected), "{line}: {:?} {stderr}", output.status);
    }
    for line in [
        "put-secret-value --secret-id safe --secret-string",
        "put-secret-value --secret-id safe --secret-key-values password",
        "update-secret --secret-id safe --secret-string",
    ] {
        let (code, text) = Terminal::run(sandbox.std(line)).end();
        assert!(code == Some(254) && text.contains(MISSING) && !text.contains("Secret value"), "{line}: {code:?} {text}");
    }
    let versions = sandbox.stdout("list-secret-version-ids --secret-id safe --query length(Versions)");
    assert_eq!(versions, "1\n");
}

/// With what is missing, the value is asked for, and taken.
#[test]
fn what_can_be_done_goes_on_to_the_value() {
    let sandbox = sandbox();
    let put = "put-secret-value --secret-id safe --secret-string - --recovery-key aes=home/safe=safe.key";
    sandbox.coldseal(put).stdin("next").assert().success();
    let opened = sandbox.stdout("get-secret-value --secret-id safe --raw-aes-key home/safe=safe.key --query SecretString --output text");
    assert_eq!(opened, "next\n");
    // The passphrase can be read once only.
    sandbox.write("passphrase", "correct horse battery staple example\n");
    sandbox.ok("kms change-protection --to passphrase --new-passphrase-file passphrase");
    let line = format!(
        "exec 3< passphrase; printf last | COLDSEAL_PASSPHRASE_FD=3 '{}' put-secret-value --secret-id plain --secret-string -",
        env!("CARGO_BIN_EXE_coldseal")
    );
    let output = sandbox.prepared("sh").args(["-c", &line]).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_editor_and_no_program_makes_a_value_that_is_refused_anyway() {
    let sandbox = sandbox();
    let script = sandbox.write("program", "#!/bin/sh\ntouch it-ran\n");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("set");
    for (line, rotation) in [
        ("edit --secret-id safe", None),
        ("rotate-secret --secret-id safe", Some("./program")),
        ("rotate-secret --secret-id safe --rotation-rules AutomaticallyAfterDays=30", Some("./program")),
    ] {
        let mut command = sandbox.std(line);
        command.env("EDITOR", &script);
        command.args(rotation.into_iter().flat_map(|program| ["--rotation-command", program]));
        let output = command.output().expect("runs");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.code() == Some(254) && stderr.contains(MISSING) && !sandbox.exists("it-ran"), "{line}: {stderr}");
    }
    assert_eq!(sandbox.stdout("describe-secret --secret-id safe --query RotationRules"), "null\n", "nothing was changed");
}
