//! Who waits for input, or for a passphrase, keeps no other writer of the keystore waiting.

#![cfg(target_os = "linux")]

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::sandbox::Sandbox;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(5);
const ANOTHER_WRITER: &str = "kms create-key --region eu-central-1";

/// A command that reads from a pipe, which nobody has written to yet.
struct Waiting {
    line: String,
    child: Child,
    pipe: File,
}

impl Waiting {
    /// Starts it, and comes back when it has opened the pipe and sleeps: what it has to do before it reads is done.
    fn start(sandbox: &Sandbox, pipe: &Path, line: &str) -> Self {
        let mut child = sandbox.std(line).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        let begin = Instant::now();
        let pipe = loop {
            // Refused as long as nobody reads.
            match OpenOptions::new().write(true).custom_flags(nonblocking()).open(pipe) {
                Ok(pipe) => break pipe,
                Err(_) if begin.elapsed() < PATIENCE && child.try_wait().expect("asked").is_none() => sleep(LOOK),
                Err(error) => panic!("{line}: {error}: {:?}", ended(child)),
            }
        };
        let waiting = Self { line: line.to_owned(), child, pipe };
        waiting.wait_until_it_sleeps();
        waiting
    }

    fn wait_until_it_sleeps(&self) {
        let (begin, mut asleep) = (Instant::now(), 0);
        while asleep < 10 {
            assert!(begin.elapsed() < PATIENCE, "{}: does not wait", self.line);
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("a process");
            let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
            asleep = if state == Some('S') { asleep + 1 } else { 0 };
            sleep(LOOK);
        }
    }

    /// Gives it what it waits for.
    fn feed(mut self, bytes: &[u8]) {
        self.pipe.write_all(bytes).expect("it reads");
        drop(self.pipe);
        let output = self.child.wait_with_output().expect("ends");
        assert!(output.status.success(), "{}: {}", self.line, String::from_utf8_lossy(&output.stderr));
    }
}

fn nonblocking() -> i32 {
    i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).expect("a flag of open(2) is an int")
}

fn ended(mut child: Child) -> Output {
    let _ = child.kill();
    child.wait_with_output().expect("ended")
}

fn make_pipe(sandbox: &Sandbox) -> PathBuf {
    let pipe = sandbox.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    pipe
}

/// Another writer of the keystore ends while the first one waits.
fn assert_another_gets_through(sandbox: &Sandbox, waiting: &Waiting, line: &str) {
    let mut child = sandbox.std(line).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let begin = Instant::now();
    while child.try_wait().expect("asked").is_none() {
        if begin.elapsed() > PATIENCE / 4 {
            panic!("kept waiting by '{}': {:?}", waiting.line, ended(child));
        }
        sleep(LOOK);
    }
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success(), "{}: {}", waiting.line, String::from_utf8_lossy(&output.stderr));
}

#[test]
fn key_files_values_and_plans_are_read_before_the_keystore_is_locked() {
    let sandbox = Sandbox::new();
    let pipe = make_pipe(&sandbox);
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.write("text", "attack at dawn");
    sandbox.write("plan", r#"{"Name": "p", "SecretString": "1"}"#);
    sandbox.ok("seal text --to us-west-2");
    let (key, recovery) = ([7; 32], "--recovery-key aes=n/k=pipe");
    let cases: [(String, &[u8]); 12] = [
        (format!("create-secret --name b --secret-string 1 --region us-west-2 {recovery}"), &key),
        ("create-secret --name c --secret-string file://pipe --region us-west-2".to_owned(), b"1"),
        (format!("replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1 {recovery}"), &key),
        ("replicate-secret-to-regions --secret-id a --add-replica-regions us-east-2 --raw-aes-key n/k=pipe".to_owned(), &key),
        (format!("rewrap --secret-id a {recovery}"), &key),
        ("rewrap --secret-id a --raw-aes-key n/k=pipe".to_owned(), &key),
        (format!("rewrap --all {recovery}"), &key),
        ("rewrap --all --raw-aes-key n/k=pipe".to_owned(), &key),
        (format!("pack plan --region us-west-2 {recovery}"), &key),
        ("pack pipe --region us-west-2".to_owned(), br#"{"Name": "q", "SecretString": "1"}"#),
        (format!("seal text --to eu-west-1 {recovery}"), &key),
        (format!("rewrap text.us-west-2.bundle --to us-east-1 {recovery}"), &key),
    ];
    for (line, input) in cases {
        let waiting = Waiting::start(&sandbox, &pipe, &line);
        assert_another_gets_through(&sandbox, &waiting, ANOTHER_WRITER);
        waiting.feed(input);
    }
}

#[test]
fn a_payload_is_read_when_the_keystore_is_free_again() {
    let sandbox = Sandbox::new();
    let pipe = make_pipe(&sandbox);
    let sealing = Waiting::start(&sandbox, &pipe, "seal pipe --to us-west-2 --to eu-west-1");
    // The keys that it needs are durable, and the keystore's first writer is done with it.
    assert!(sandbox.exists("keystore/keystore.json"));
    assert_another_gets_through(&sandbox, &sealing, ANOTHER_WRITER);
    sealing.feed(&[b'x'; 4096]);
    let message = sandbox.read("pipe.us-west-2.bundle");
    // Of a message, the header is read first, then what is in it.
    for (region, given) in [("us-east-1", 0), ("us-east-2", message.len() / 2)] {
        let line = format!("rewrap pipe --to {region}");
        let mut rewrapping = Waiting::start(&sandbox, &pipe, &line);
        let (first, rest) = message.split_at(given);
        rewrapping.pipe.write_all(first).expect("it reads");
        rewrapping.wait_until_it_sleeps();
        assert_another_gets_through(&sandbox, &rewrapping, ANOTHER_WRITER);
        rewrapping.feed(rest);
        assert!(sandbox.exists(&format!("pipe.{region}.bundle")));
    }
}

#[test]
fn a_passphrase_is_asked_for_while_the_keystore_is_free() {
    let sandbox = Sandbox::new();
    let pipe = make_pipe(&sandbox);
    sandbox.ok("kms create-key --region us-west-2");
    let protecting = Waiting::start(&sandbox, &pipe, "kms change-protection --to passphrase --new-passphrase-file pipe");
    assert_another_gets_through(&sandbox, &protecting, ANOTHER_WRITER);
    protecting.feed(b"a horse made of paper\n");
    sandbox.write("passphrase", "a horse made of paper\n");
    let another = format!("{ANOTHER_WRITER} --passphrase-file passphrase");
    for line in ["kms create-key --region us-west-2 --passphrase-file pipe", "kms change-protection --to key-file --passphrase-file pipe"] {
        let asking = Waiting::start(&sandbox, &pipe, line);
        assert_another_gets_through(&sandbox, &asking, &another);
        asking.feed(b"a horse made of paper\n");
    }
    // What the others made while one waited is there.
    assert_eq!(sandbox.stdout("kms list-keys --region eu-central-1 --query length(Keys)").trim(), "3");
}

#[test]
fn an_entry_of_a_plan_names_no_pipe() {
    let sandbox = Sandbox::new();
    make_pipe(&sandbox);
    sandbox.write("plan", "{\"Name\": \"a\", \"SecretString\": \"file://pipe\"}\n{\"Name\": \"b\", \"SecretBinary\": \"fileb://pipe\"}\n");
    let output = sandbox.std("pack plan --region us-west-2").output().expect("runs");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert_eq!(stdout.matches("can be read only once, and an entry of a plan is read twice").count(), 2, "{stdout}");
}

/// What a command prints is read by nobody until all is made and another writer has come through; a pipe takes 64 KiB. Gives what it printed.
fn printed_to_a_slow_reader(sandbox: &Sandbox, line: &str, another: &str, is_made: impl Fn() -> bool) -> String {
    let mut child = sandbox.std(line).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let begin = Instant::now();
    while !is_made() {
        assert!(begin.elapsed() < PATIENCE, "{line}: is kept waiting, or fails: {:?}", ended(child));
        sleep(10 * LOOK);
    }
    let mut other = sandbox.std(another).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("runs");
    let begin = Instant::now();
    while other.try_wait().expect("asked").is_none() {
        assert!(begin.elapsed() < PATIENCE / 4, "kept waiting by '{line}': {:?}", ended(other));
        sleep(LOOK);
    }
    assert!(other.wait_with_output().expect("ended").status.success(), "{another}");
    assert!(child.try_wait().expect("asked").is_none(), "{line} ended, and nobody has read what it printed");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn count(sandbox: &Sandbox, folder: &str, end: &str) -> usize {
    sandbox.files(folder).iter().filter(|name| name.ends_with(end)).count()
}

#[test]
fn a_slow_reader_of_what_pack_prints_keeps_nobody_waiting() {
    const COUNT: usize = 2000;
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    let plan: String = (0..COUNT).map(|number| format!("{{\"Name\": \"secret-{number}\", \"SecretString\": \"1\"}}\n")).collect();
    sandbox.write("plan", plan);
    for (vault, flags) in [("lines", ""), ("documents", " --output json")] {
        let line = format!("pack plan --region us-west-2 --vault {vault}{flags}");
        let another = format!("create-secret --name another --secret-string 1 --region us-west-2 --vault {vault}");
        let printed = printed_to_a_slow_reader(&sandbox, &line, &another, || count(&sandbox, vault, "secret.json") == COUNT);
        assert_eq!(printed.matches("\"Created\"").count(), COUNT, "{line}: a line for each secret");
    }
}

#[test]
fn a_slow_reader_of_what_many_changes_print_keeps_nobody_waiting() {
    // Names of such a length fill a pipe soon.
    const COUNT: usize = 80;
    let sandbox = Sandbox::new();
    let long = "x".repeat(400);
    let plan: String = (0..COUNT).map(|number| format!("{{\"Name\": \"{long}-{number}\", \"SecretString\": \"1\"}}\n")).collect();
    sandbox.write("plan", plan);
    sandbox.ok("pack plan --region us-west-2");
    for (line, bundles) in [
        ("put-secret-value --all --secret-string 2", 2 * COUNT),
        ("replicate-secret-to-regions --all --add-replica-regions eu-west-1", 4 * COUNT),
    ] {
        let is_made = || count(&sandbox, "coldseal-vault", ".bundle") == bundles;
        let printed = printed_to_a_slow_reader(&sandbox, line, ANOTHER_WRITER, is_made);
        assert_eq!(printed.matches("\"Changed\"").count(), COUNT, "{line}: a line for each secret");
    }
}
