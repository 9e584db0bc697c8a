//! Whatever is printed or streamed, an output that fails is an exit code.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use super::{KEY, shell, stderr, with_message};

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_stdout_is_an_error_of_every_command() {
    let sandbox = with_message();
    sandbox.ok("create-secret --name db --region us-west-2 --secret-string file://payload");
    sandbox.write("plan.jsonl", "{\"Name\": \"packed\", \"SecretString\": \"x\"}\n");
    for line in [
        "--help",
        "--version",
        "kms --help",
        "seal --help",
        "completions bash",
        "list-secrets",
        "list-secrets --output text",
        "list-secrets --output table",
        "list-secrets --query SecretList[0].Name",
        "describe-secret --secret-id db --region us-west-2",
        "get-secret-value --secret-id db --region us-west-2",
        "get-secret-value --secret-id db --region us-west-2 --query SecretString --output text",
        "get-secret-value --secret-id db --region us-west-2 --output-file -",
        "get-secret-value --secret-id db --region us-west-2 --output-file /dev/stdout",
        "create-secret --generate-cli-skeleton",
        "create-secret --generate-cli-skeleton output --name x",
        "verify",
        "verify --output json",
        "inspect sealed",
        "kms list-keys --region us-west-2",
        "kms create-key --region us-west-2",
        "kms generate-random --number-of-bytes 16",
        "pack plan.jsonl --region us-west-2",
        &format!("seal payload {KEY}"),
        &format!("open sealed {KEY}"),
        &format!("open sealed {KEY} -o -"),
        &format!("open sealed {KEY} -o /dev/stdout"),
    ] {
        let output = shell(&sandbox, &format!("$C {} > /dev/full", line.replace('[', "'['").replace(']', "']'")));
        let stderr = stderr(&output);
        assert!(output.status.code() == Some(255) && stderr.contains("No space left on device"), "{line}: {:?} {stderr}", output.status);
    }
    let completed = shell(&sandbox, "COLDSEAL_COMPLETE=bash $C -- coldseal kms > /dev/full");
    assert_eq!(completed.status.code(), Some(255));
}

/// Of a stream every byte counts; of what is printed for people to read, as much as they read.
#[test]
fn a_stream_that_nobody_reads_is_an_error_and_a_list_is_not() {
    let sandbox = with_message();
    sandbox.ok("create-secret --name db --region us-west-2 --secret-string file://payload");
    let get = "get-secret-value --secret-id db --region us-west-2";
    for (line, code) in [
        (format!("seal payload {KEY}"), 255),
        (format!("open sealed {KEY}"), 255),
        (format!("open sealed {KEY} -o /dev/stdout"), 255),
        (format!("{get} --output-file -"), 255),
        (get.to_owned(), 0),
        ("list-secrets".to_owned(), 0),
        ("inspect sealed".to_owned(), 0),
        ("verify".to_owned(), 0),
        ("--help".to_owned(), 0),
    ] {
        // Held until the other end is closed.
        let mut held: Command = sandbox.prepared("sh");
        held.args(["-c", &format!("read go; exec $C {line}")]).env("C", env!("CARGO_BIN_EXE_coldseal"));
        let mut child = held.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        drop(child.stdout.take());
        child.stdin.take().expect("a pipe").write_all(b"go\n").expect("it reads");
        let output = child.wait_with_output().expect("ends");
        assert_eq!(output.status.code(), Some(code), "{line}: {}", stderr(&output));
    }
}
