//! `--sign-message`, and what happens to signed messages.

use std::{
    fs,
    io::{Read as _, Write as _},
    process::Stdio,
};

use snapbox::str;

use crate::sandbox::Sandbox;

const KEY: &str = "--raw-aes-key home/backup=backup.key";

/// A sandbox with the signed message `sealed` of three frames, which say `frame`, and `tampered`, whose signature is not its own.
fn signed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("backup.key", [7; 32]);
    sandbox.write("three", "frame".repeat(3));
    sandbox.ok(&format!("seal three {KEY} --sign-message --frame-length 5 -o sealed"));
    let mut message = sandbox.read("sealed");
    *message.last_mut().expect("a message is never empty") ^= 1;
    sandbox.write("tampered", message);
    sandbox
}

fn suite(sandbox: &Sandbox, message: &str) -> String {
    sandbox.stdout(&format!("inspect {message} --query AlgorithmSuiteId --output text")).trim_end().to_owned()
}

#[test]
fn a_signed_message_opens_to_a_file_and_to_a_pipe() {
    let sandbox = signed();
    assert_eq!(suite(&sandbox, "sealed"), "0x0578");
    let pairs = sandbox.stdout("inspect sealed --query EncryptionContext");
    assert!(pairs.contains("aws-crypto-public-key"), "{pairs}");
    sandbox.ok(&format!("open sealed {KEY} -o opened"));
    assert_eq!(sandbox.read("opened"), b"frameframeframe");
    for to_pipe in ["", "-o -", "--stream-unverified"] {
        sandbox.coldseal(&format!("open sealed {KEY} {to_pipe}")).assert().success().stdout_eq("frameframeframe").stderr_eq("");
    }
    sandbox.coldseal(&format!("open {KEY}")).stdin(sandbox.read("sealed")).assert().success().stdout_eq("frameframeframe");
}

#[test]
fn nothing_comes_out_of_one_with_a_wrong_signature() {
    let sandbox = signed();
    let before = sandbox.files(".");
    for arguments in ["tampered -o opened", "tampered", "tampered -o -"] {
        sandbox.coldseal(&format!("open {arguments} {KEY}")).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: the signature of the message does not verify: it was changed after it was signed
hint: fetch the message again, from whoever signed it

"#]]);
    }
    sandbox.coldseal(&format!("open {KEY}")).stdin(sandbox.read("tampered")).assert().code(254).stdout_eq("");
    // Asked for, frames come out one by one; the last one never without the signature.
    sandbox.coldseal(&format!("open tampered {KEY} --stream-unverified")).assert().code(254).stdout_eq("frameframe");
    sandbox.coldseal("inspect tampered").assert().code(254).stdout_eq("");
    sandbox.coldseal("verify tampered").assert().code(1);
    sandbox.coldseal("verify sealed").assert().code(0);
    sandbox.coldseal(&format!("rewrap tampered {KEY} --to us-east-1 --output-dir out")).assert().code(254).stdout_eq("");
    assert!(!sandbox.exists("out/tampered.us-east-1.bundle") && !sandbox.exists("opened"));
    assert_eq!(sandbox.files(".").iter().filter(|file| !file.starts_with("keystore")).count(), before.len());
}

/// A file of 65 MiB and its signed message, more than is held.
fn large() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("backup.key", [7; 32]);
    sandbox.write("large", vec![0x5A; 65 * 1024 * 1024]);
    sandbox.ok(&format!("seal large {KEY} --sign-message --frame-length 1048576 --no-sync -o sealed"));
    sandbox
}

#[test]
fn what_is_too_long_to_hold_is_read_twice_or_refused() {
    let sandbox = large();
    let opened = sandbox.std(&format!("open sealed {KEY}")).output().expect("the binary runs");
    assert!(opened.status.success() && opened.stdout == sandbox.read("large"));
    let from_stdin = |arguments: &str| {
        let mut child = sandbox.std(&format!("open {KEY} {arguments}"));
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let (mut stdin, message) = (child.stdin.take().expect("piped"), sandbox.read("sealed"));
        // It may stop reading early.
        let writer = std::thread::spawn(move || _ = stdin.write_all(&message));
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("it wrote");
        output
    };
    let refused = from_stdin("");
    assert!(refused.status.code() == Some(254) && refused.stdout.is_empty());
    assert_eq!(
        String::from_utf8_lossy(&refused.stderr),
        "coldseal: a signed message of more than 64 MiB cannot be held until its signature is verified\n\
         hint: write to a file with -o, or name the message's file, which can be read twice; --stream-unverified writes before the signature is \
         verified\n"
    );
    assert!(from_stdin("--stream-unverified").stdout == sandbox.read("large"));
    assert!(from_stdin("-o opened --no-sync").status.success() && sandbox.read("opened") == sandbox.read("large"));
    let mut message = sandbox.read("sealed");
    *message.last_mut().expect("a message is never empty") ^= 1;
    sandbox.write("sealed", message);
    sandbox.coldseal(&format!("open sealed {KEY}")).assert().code(254).stdout_eq("");
}

#[test]
fn a_rewrap_signs_again_what_was_signed() {
    let sandbox = signed();
    sandbox.ok(&format!("seal three {KEY} -o unsigned"));
    for (message, flag, expected) in [
        ("sealed", "", "0x0578"),
        ("sealed", "--no-sign-message", "0x0478"),
        ("unsigned", "", "0x0478"),
        ("unsigned", "--sign-message", "0x0578"),
    ] {
        sandbox.ok(&format!("rewrap {message} {KEY} --to us-east-1 --output-dir out --force {flag}"));
        let bundle = format!("out/{message}.us-east-1.bundle");
        assert_eq!(suite(&sandbox, &bundle), expected, "{message} {flag}");
        sandbox.coldseal(&format!("open {bundle} --region us-east-1")).assert().success().stdout_eq("frameframeframe");
    }
    sandbox.ok("seal three --sign-message --to us-east-1 --to eu-west-1 --output-dir to");
    for region in ["us-east-1", "eu-west-1"] {
        assert_eq!(suite(&sandbox, &format!("to/three.{region}.bundle")), "0x0578");
        sandbox.ok(&format!("open to/three.{region}.bundle --region {region} -o to/{region}"));
    }
}

/// The suites of a secret's bundles, in the order of its Regions.
fn suites(sandbox: &Sandbox) -> Vec<String> {
    let bundles = sandbox.stdout("describe-secret --secret-id db --query Bundles[].Path --output text");
    bundles.split_whitespace().map(|path| suite(sandbox, path)).collect()
}

#[test]
fn a_signed_secret_stays_signed() {
    let sandbox = Sandbox::new();
    sandbox.write("value", "top");
    let create = "create-secret --name db --secret-string file://value --region us-west-2 --add-replica-regions us-east-1 --sign-message";
    sandbox.ok(create);
    assert_eq!(suites(&sandbox), ["0x0578", "0x0578"]);
    sandbox.ok("replicate-secret-to-regions --secret-id db --add-replica-regions eu-west-1");
    sandbox.ok("rewrap --secret-id db --region us-east-1");
    assert_eq!(suites(&sandbox), ["0x0578"; 3]);
    for region in ["us-west-2", "us-east-1", "eu-west-1"] {
        let get = format!("get-secret-value --secret-id db --region {region} --query SecretString --output text");
        sandbox.coldseal(&get).assert().success().stdout_eq("top\n");
    }
    sandbox.coldseal("verify --open").assert().success();
    let one_region = "rewrap --secret-id db --region us-east-1 --no-sign-message";
    sandbox.coldseal(one_region).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the ReEncrypt operation: The bundles of a version are all signed or none is: change that in all Regions at once, without naming a Region or a key.

"#]]);
    assert_eq!(suites(&sandbox), ["0x0578"; 3]);
    sandbox.ok("rewrap --all --no-sign-message");
    assert_eq!(suites(&sandbox), ["0x0478"; 3]);
    sandbox.ok("rewrap --secret-id db --sign-message");
    assert_eq!(suites(&sandbox), ["0x0578"; 3]);
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn a_pair_that_the_message_does_not_store_must_be_one_that_it_is_bound_to() {
    let sandbox = signed();
    sandbox.coldseal(&format!("open sealed {KEY} --encryption-context team=a -o opened")).assert().code(254).stderr_eq(str![[r#"
coldseal: encryption context: the message stores no pair 'team', and does not open as one that is bound to what was given: no encrypted data key of the message can be unwrapped here
  home backup: does not unwrap
hint: leave the pair out, or give the value that the message was sealed with

"#]]);
    assert!(!sandbox.exists("opened"));
    // What the message format sets is stored or not there.
    let reserved = format!("open sealed {KEY} --encryption-context aws-crypto-public-key=x");
    sandbox.coldseal(&reserved).assert().code(254).stderr_eq(str![[r#"
coldseal: encryption context: the value of 'aws-crypto-public-key' is not the one demanded
hint: 'coldseal inspect' shows the pairs of the message; is it the one that you meant?

"#]]);
    sandbox.coldseal(&format!("open sealed {KEY} --encryption-context aws-crypto-public-key")).assert().success();
}

#[test]
fn a_terminal_or_device_is_held_for_too() {
    let sandbox = signed();
    let pipe = sandbox.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    for (message, expected) in [("sealed", "frameframeframe"), ("tampered", "")] {
        let child = sandbox.std(&format!("open {message} {KEY} -o pipe")).stderr(Stdio::null()).spawn().expect("the binary runs");
        let mut seen = String::new();
        fs::File::open(&pipe).expect("the other end opens").read_to_string(&mut seen).expect("reads");
        let status = child.wait_with_output().expect("it ends").status;
        assert_eq!((seen.as_str(), status.success()), (expected, !expected.is_empty()), "{message}");
    }
}
