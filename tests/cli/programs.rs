//! The programs that commands run, and what of this process's they do not get.

#![cfg(target_os = "linux")]

use crate::sandbox::Sandbox;

/// Keeps what it finds behind the descriptors of a passphrase, a key and something else, at their place and from the beginning.
const PROBE: &str = "#!/bin/bash
for number in 7 8; do
    cat <&$number; cat /dev/fd/$number; readlink /proc/self/fd/$number
done >> seen
cat <&9 >> other
";

/// A secret `text` that the keystore opens under a passphrase, and a key `safe.key` too.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("safe.key", [7; 32]);
    sandbox.write("passphrase", "an example, not a good passphrase");
    sandbox.write("other", "");
    sandbox.write("input", "other");
    sandbox.write("probe", PROBE);
    sandbox.write("editor", format!("{PROBE}echo more >> $1\n"));
    sandbox.write("rotate", format!("{PROBE}[ $COLDSEAL_STEP != createSecret ] || printf made\n"));
    sandbox.ok("create-secret --name text --secret-string plain --region us-west-2 --recovery-key aes=home/safe=safe.key");
    sandbox.ok("kms change-protection --to passphrase --new-passphrase-file passphrase");
    sandbox
}

/// Runs a command of a shell that has the files open; gives what its programs found.
fn seen(sandbox: &Sandbox, line: &str, descriptors: &str) -> (String, usize) {
    sandbox.write("seen", "");
    sandbox.write("other", "");
    let line = format!("exec {descriptors} 9< input; exec '{}' {line}", env!("CARGO_BIN_EXE_coldseal"));
    let mut shell = sandbox.prepared("bash");
    shell.args(["-c", &line]).env("COLDSEAL_PASSPHRASE_FD", "7").env("EDITOR", "bash ./editor");
    let output = shell.output().expect("bash runs");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8_lossy(&sandbox.read("seen")).into_owned(), sandbox.read("other").len())
}

#[test]
fn no_program_reads_what_handed_over_a_passphrase_or_a_key() {
    let sandbox = sandbox();
    for (line, runs) in [
        ("exec --secret-id text --as TEXT --raw-aes-key home/safe=/dev/fd/8 -- bash ./probe", 1),
        ("edit --secret-id text --recovery-key aes=home/safe=/dev/fd/8", 1),
        ("edit --secret-id text --recovery-key aes=home/safe=/proc/self/fd/8", 1),
        ("rotate-secret --secret-id text --recovery-key aes=home/safe=/dev/fd/8 --rotation-command 'bash ./rotate'", 4),
    ] {
        let (seen, other) = seen(&sandbox, line, "7< passphrase 8< safe.key");
        assert_eq!(seen, "/dev/null\n/dev/null\n".repeat(runs), "{line}");
        assert_eq!(other, 5, "{line}: what is no secret is inherited");
    }
    let (seen, _) = seen(&sandbox, "serve -- bash ./probe", "7< passphrase 8< /dev/null");
    assert_eq!(seen, "/dev/null\n/dev/null\n", "serve");
}

/// It is not read either: the keystore is opened by its file.
#[test]
fn a_passphrase_that_is_not_needed_is_not_for_programs() {
    let sandbox = sandbox();
    let line = "exec --passphrase-file passphrase --secret-id text --as TEXT -- bash ./probe";
    assert_eq!(seen(&sandbox, line, "7< passphrase 8< /dev/null").0, "/dev/null\n/dev/null\n");
}

#[test]
fn a_key_on_stdin_is_not_for_programs() {
    let sandbox = sandbox();
    let line = "exec --passphrase-file passphrase --secret-id text --as TEXT --raw-aes-key home/safe=/dev/stdin -- bash -c 'cat >> seen; readlink /proc/self/fd/0 >> seen'";
    assert_eq!(seen(&sandbox, line, "< safe.key").0, "/dev/null\n");
}

/// What is not open cannot be inherited, and is no reason not to run anything.
#[test]
fn a_descriptor_that_is_not_there_stops_nothing() {
    let sandbox = sandbox();
    for number in ["7", "250", "100000", "none"] {
        let mut command = sandbox.std("exec --passphrase-file passphrase --secret-id text --as TEXT -- true");
        let output = command.env("COLDSEAL_PASSPHRASE_FD", number).output().expect("runs");
        assert!(output.status.success(), "{number}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
