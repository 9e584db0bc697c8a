//! Directories that may be written and not read, by a user to whom permissions apply.
#![allow(clippy::print_stderr, reason = "what is skipped is told")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    process::{Command, Output},
};

use super::{KEY, stderr, with_message};
use crate::sandbox::Sandbox;

const NOBODY: u32 = 65_534;

/// Runs the binary as somebody who is not root; `None` where that cannot be.
fn as_other(sandbox: &Sandbox, line: &str) -> Option<Output> {
    let mut command = if rustix::process::geteuid().is_root() {
        let binary = sandbox.path("coldseal");
        if !binary.exists() {
            fs::hard_link(env!("CARGO_BIN_EXE_coldseal"), &binary)
                .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_coldseal"), &binary).map(drop))
                .expect("a binary that others can reach");
        }
        let mut command: Command = sandbox.prepared("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(binary).args(line.split_whitespace());
        command
    } else {
        sandbox.std(line)
    };
    command.output().ok()
}

/// Gives the sandbox away, and makes the folder `drop` in it, which may be written and not read.
fn with_drop() -> Option<Sandbox> {
    let sandbox = with_message();
    sandbox.ok("create-secret --name db --region us-west-2 --secret-string file://payload");
    fs::create_dir(sandbox.path("drop")).expect("made");
    let _ = Command::new("chown").args(["-R", "65534:65534"]).arg(sandbox.root()).status();
    fs::set_permissions(sandbox.path("drop"), fs::Permissions::from_mode(0o300)).expect("set");
    let is_other = as_other(&sandbox, "list-secrets").is_some_and(|output| output.status.success());
    if !is_other {
        eprintln!("skipped: this cannot be run as another user here");
    }
    is_other.then_some(sandbox)
}

#[test]
fn what_is_complete_in_a_directory_that_cannot_be_synced_stays() {
    let Some(sandbox) = with_drop() else { return };
    for (line, files) in [
        (format!("seal payload {KEY} -o drop/sealed"), &["drop/sealed"][..]),
        (format!("open sealed {KEY} -o drop/opened"), &["drop/opened"]),
        ("get-secret-value --secret-id db --region us-west-2 --output-file drop/value".to_owned(), &["drop/value"]),
        ("seal payload --to us-west-2 --output-dir drop".to_owned(), &["drop/payload.us-west-2.bundle"]),
        ("rewrap drop/payload.us-west-2.bundle --to us-west-2 --output-dir . --force".to_owned(), &["payload.us-west-2.bundle"]),
        ("seal payload --to us-west-2 --output-dir drop --force".to_owned(), &["drop/payload.us-west-2.bundle"]),
        ("kms export-keys --region us-west-2 -o drop/e.json --output-key-file e.key".to_owned(), &["drop/e.json", "e.key"]),
        ("kms export-keys --region us-west-2 -o f.json --output-key-file drop/f.key".to_owned(), &["f.json", "drop/f.key"]),
        ("kms export-keys --region us-west-2 -o drop/g.json --output-key-file drop/g.key".to_owned(), &["drop/g.json", "drop/g.key"]),
        ("seal payload --to us-west-2 --output-dir drop/new".to_owned(), &["drop/new/payload.us-west-2.bundle"]),
    ] {
        let output = as_other(&sandbox, &line).expect("runs");
        // Where a file system is synced whole, the directory is too; elsewhere that is told.
        let is_told =
            output.status.code() == Some(255) && stderr(&output).contains("complete and in place, and may be gone after a power cut");
        assert!(output.status.success() || is_told, "{line}: {:?} {}", output.status, stderr(&output));
        if !line.ends_with("drop/new") || output.status.success() {
            assert!(files.iter().all(|file| sandbox.exists(file)), "{line}: {:?}", sandbox.files("."));
        }
    }
    for (keystore, key_file) in [("drop/e.json", "e.key"), ("f.json", "drop/f.key"), ("drop/g.json", "drop/g.key")] {
        let line = format!("open drop/payload.us-west-2.bundle --region us-west-2 --keystore {keystore} --keystore-key-file {key_file}");
        let output = as_other(&sandbox, &line).expect("runs");
        assert_eq!(output.stdout, b"attack at dawn", "{line}: {}", stderr(&output));
    }
}

#[test]
fn a_keystore_and_a_vault_are_made_or_told_of_in_such_a_directory() {
    let Some(sandbox) = with_drop() else { return };
    let place = "--keystore drop/k.json --keystore-key-file drop/k.key --vault drop/vault";
    let create = format!("create-secret --name new --region us-west-2 --secret-string file://payload {place}");
    let mut output = as_other(&sandbox, &create).expect("runs");
    if !output.status.success() {
        assert!(stderr(&output).contains("syncing the directory drop"), "{}", stderr(&output));
        // What was made is sound, and is gone on from.
        for _ in 0..4 {
            output = as_other(&sandbox, &create).expect("runs");
        }
    }
    let get = format!("get-secret-value --secret-id new --region us-west-2 --output-file - {place}");
    assert!(as_other(&sandbox, &get).is_some_and(|output| output.stdout == b"attack at dawn"), "{}", stderr(&output));
}

/// What it takes to open it is there after each command, whatever came of it.
#[test]
fn a_keystore_in_such_a_directory_can_be_changed_or_stays() {
    let Some(sandbox) = with_drop() else { return };
    sandbox.write("new", "correct horse battery staple");
    chown(sandbox.path("new"), Some(NOBODY), None).expect("given");
    fs::set_permissions(sandbox.path("keystore"), fs::Permissions::from_mode(0o300)).expect("set");
    let get = "get-secret-value --secret-id db --region us-west-2 --output-file -";
    for line in [
        "kms create-key --region us-west-2",
        "kms change-protection --to key-file",
        "kms change-protection --to passphrase --new-passphrase-file new",
        "kms change-protection --to key-file --passphrase-file new",
    ] {
        let output = as_other(&sandbox, line).expect("runs");
        assert!(output.status.success() || stderr(&output).contains("keystore"), "{line}: {}", stderr(&output));
        let opened = [get.to_owned(), format!("{get} --passphrase-file new")].map(|get| as_other(&sandbox, &get).expect("runs"));
        assert!(opened.iter().any(|output| output.stdout == b"attack at dawn"), "{line}: {} {}", stderr(&output), stderr(&opened[0]));
    }
}

/// Of a directory in which everybody may write and remove only what is theirs, another one's file cannot be replaced.
#[test]
fn owner_and_group_that_cannot_be_kept_are_told() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root gives files away");
        return;
    }
    let Some(sandbox) = with_drop() else { return };
    let path = sandbox.write("theirs", "old");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).expect("set");
    chown(&path, Some(1), Some(1)).expect("given");
    let output = as_other(&sandbox, &format!("seal payload {KEY} --force -o theirs")).expect("runs");
    let told = "takes the place of a file whose owner and group it cannot have";
    assert!(output.status.success() && stderr(&output).contains(told), "{}", stderr(&output));
    let after = fs::metadata(&path).expect("there");
    use std::os::unix::fs::MetadataExt as _;
    assert_eq!((after.uid(), after.gid(), after.mode() & 0o777), (NOBODY, NOBODY, 0o604), "what one group was allowed is not for another");

    for name in ["us-west-2", "eu-west-1"].map(|region| format!("payload.{region}.bundle")) {
        sandbox.write(&format!("drop/{name}"), "old");
    }
    fs::set_permissions(sandbox.path("drop"), fs::Permissions::from_mode(0o1777)).expect("set");
    chown(sandbox.path("drop"), Some(0), Some(0)).expect("given");
    chown(sandbox.path("drop/payload.us-west-2.bundle"), Some(NOBODY), Some(NOBODY)).expect("given");
    let output = as_other(&sandbox, "seal payload --to us-west-2 --to eu-west-1 --output-dir drop --force").expect("runs");
    let told = "; drop/payload.us-west-2.bundle is replaced already; as before: drop/payload.eu-west-1.bundle";
    assert!(output.status.code() == Some(255) && stderr(&output).contains(told), "{}", stderr(&output));
    assert_eq!(sandbox.read("drop/payload.eu-west-1.bundle"), b"old");
    assert_eq!(sandbox.files("drop").len(), 2);
}
