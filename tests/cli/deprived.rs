//! Where something is missing that a process usually has: threads, or leave to write to the keystore.

#![cfg(target_os = "linux")]

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

use crate::sandbox::Sandbox;

const NO_THREADS: [&str; 2] = ["prlimit", "--nproc=1"];

/// The folder in the hands of a user whom limits and permissions bind, as they do not bind root.
pub(crate) struct Deprived {
    pub(crate) sandbox: Sandbox,
    is_root: bool,
}

impl Deprived {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        let is_root = rustix::process::geteuid().is_root();
        if is_root {
            // What lies in a home of root is not to be had by others.
            fs::copy(env!("CARGO_BIN_EXE_coldseal"), sandbox.path("program")).expect("copied");
            let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(sandbox.root()).status();
            assert!(owned.expect("chown runs").success());
        }
        Self { sandbox, is_root }
    }

    /// The binary with these words, run by another program.
    fn command(&self, by: &[&str], line: &str) -> Command {
        let mut words: Vec<&str> = Vec::new();
        if self.is_root {
            words.extend(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
        }
        words.extend(by);
        let program = self.sandbox.path("program");
        words.push(if self.is_root { program.to_str().expect("text") } else { env!("CARGO_BIN_EXE_coldseal") });
        words.extend(line.split_whitespace());
        let (first, rest) = words.split_first().expect("a program");
        let mut command = self.sandbox.prepared(first);
        command.args(rest).stdin(Stdio::null()).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "none");
        command
    }

    pub(crate) fn run(&self, by: &[&str], line: &str) -> Output {
        self.command(by, line).output().expect("runs")
    }
}

fn assert_done(line: &str, output: &Output) {
    assert!(output.status.success(), "{line}: {output:?}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{line}: {output:?}");
}

fn with_secret() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.write("key", [7; 32]);
    sandbox.write("big", vec![b'x'; 3 << 20]);
    sandbox.write("plan", "{\"Name\": \"p\", \"SecretString\": \"1\"}\n{\"Name\": \"q\", \"SecretString\": \"1\"}\n");
    sandbox
}

#[test]
fn without_threads_all_is_done_by_one() {
    let deprived = Deprived::new(with_secret());
    for line in [
        "seal big --raw-aes-key n/k=key --frame-length 4096 -o big.sealed",
        "open big.sealed --raw-aes-key n/k=key -o big.opened",
        "seal big --to us-west-2 --to eu-west-1",
        "create-secret --name b --secret-string 1 --region us-west-2 --add-replica-regions eu-west-1",
        "pack plan --region us-west-2",
        "rewrap --all",
        "get-secret-value --secret-id a",
        "list-secrets --query SecretList[].Name",
        "verify --open",
        "kms create-key --region us-west-2 --key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT",
    ] {
        assert_done(line, &deprived.run(&NO_THREADS, line));
    }
    assert!(deprived.sandbox.read("big.opened") == deprived.sandbox.read("big"));
}

#[test]
fn without_threads_a_lock_is_waited_for_without_a_word() {
    let deprived = Deprived::new(with_secret());
    let lock = File::open(deprived.sandbox.path("keystore/keystore.json.lock")).expect("there");
    lock.lock().expect("locked");
    let line = "kms create-key --region us-west-2";
    let mut command = deprived.command(&NO_THREADS, line);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    // With a thread, that it waits would be told by then.
    sleep(Duration::from_millis(1500));
    assert!(child.try_wait().expect("asked").is_none(), "it waits");
    lock.unlock().expect("unlocked");
    assert_done(line, &child.wait_with_output().expect("ends"));
}

#[cfg(feature = "kms-endpoint")]
#[test]
fn what_takes_threads_says_that_it_has_none() {
    let deprived = Deprived::new(with_secret());
    let key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for (line, what) in [
        ("kms serve --listen 127.0.0.1:0".to_owned(), "starting threads"),
        (
            format!("seal big --kms aws --kms-key-id {key} -o big.sealed --endpoint-url http://127.0.0.1:9"),
            "starting the client of AWS KMS",
        ),
    ] {
        let output = deprived.run(&NO_THREADS, &line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(255), "{line}: {stderr}");
        assert!(stderr.contains(&format!("{what}: Resource temporarily unavailable")) && !stderr.contains("panicked"), "{line}: {stderr}");
    }
}

#[test]
fn a_keystore_that_cannot_be_written_serves_what_does_not_change_it() {
    let sandbox = with_secret();
    sandbox.ok("kms export-keys --regions us-west-2 --output-file copy.json --output-key-file copy.key");
    // As on a medium that is read-only: there is no lock, and none can be made.
    fs::remove_file(sandbox.path("keystore/keystore.json.lock")).expect("removed");
    let deprived = Deprived::new(sandbox);
    let folder = deprived.sandbox.path("keystore");
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).expect("set");
    let files = || ["keystore/keystore.json", "keystore/keystore.key"].map(|file| deprived.sandbox.read(file));
    let before = files();
    for line in [
        "create-secret --name b --secret-string 1 --region us-west-2",
        "replicate-secret-to-regions --secret-id b --add-replica-regions eu-west-1",
        "rewrap --secret-id a",
        "rewrap --all",
        "pack plan --region us-west-2",
        "seal big --to us-west-2",
        "rewrap big.us-west-2.bundle --to eu-west-1",
        "get-secret-value --secret-id b",
        "verify --open",
        "kms purge",
        "kms import-keys copy.json --input-key-file copy.key",
    ] {
        assert_done(line, &deprived.run(&[], line));
    }
    for line in [
        "create-secret --name c --secret-string 1 --region eu-central-1",
        "replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1",
        "pack plan --region us-east-1",
        "seal big --to us-east-2",
        "kms create-key --region us-west-2",
        "kms change-protection --to key-file",
    ] {
        let output = deprived.run(&[], line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{line}");
        assert!(stderr.contains("keystore/keystore.json.lock: Permission denied"), "{line}: {stderr}");
    }
    assert!(files() == before && deprived.sandbox.files("keystore").len() == 2);
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("set");
}

#[test]
fn a_vault_that_cannot_be_written_serves_what_does_not_change_it() {
    let sandbox = with_secret();
    sandbox.write("editor", "#!/bin/sh\ntouch it-ran\n");
    fs::remove_file(sandbox.path("coldseal-vault/.lock")).expect("removed");
    let deprived = Deprived::new(sandbox);
    let folder = deprived.sandbox.path("coldseal-vault");
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).expect("set");
    for line in ["get-secret-value --secret-id a", "list-secrets", "status", "verify --open", "purge", "exec --secret-id a --as A -- true"]
    {
        assert_done(line, &deprived.run(&[], line));
    }
    for line in [
        "create-secret --name c --secret-string 1 --region us-west-2",
        "put-secret-value --secret-id a --secret-string 2",
        "delete-secret --secret-id a",
        "edit --secret-id a",
    ] {
        let output = deprived.command(&[], line).env("EDITOR", "sh ./editor").output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && stderr.contains("coldseal-vault/.lock: Permission denied"), "{line}: {stderr}");
    }
    assert!(!deprived.sandbox.exists("it-ran"), "nobody types what would be lost");
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("set");
}
