//! Files with keys and passphrases: who else may have them, and pipes in their place.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::sandbox::Sandbox;

const PASSPHRASE: &str = "an example, not a good passphrase\n";
const NOBODY: u32 = 65_534;

/// A keystore under a key file, another one under a passphrase, a copy of the first, and what each raw key sealed.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("text", "attack at dawn");
    sandbox.write("aes", [7; 32]);
    for (name, file) in
        [("rsa", "raw-rsa2048.priv.pem"), ("rsa.pub", "raw-rsa2048.pub.pem"), ("ec", "raw-p256.priv.pem"), ("ec.pub", "raw-p256.pub.pem")]
    {
        let key = fs::read(format!("{}/tests/vectors/keys/{file}", env!("CARGO_MANIFEST_DIR"))).expect("a key");
        sandbox.write(name, key);
    }
    sandbox.write("passphrase", PASSPHRASE);
    sandbox.ok(
        "create-secret --name a --secret-string file://text --region us-west-2 --recovery-key aes=h/a=aes --recovery-key rsa=h/r=rsa.pub",
    );
    sandbox.ok("seal text --raw-aes-key h/a=aes -o aes.sealed");
    sandbox.ok("seal text --raw-rsa-key h/r=rsa.pub -o rsa.sealed");
    sandbox.ok("seal text --raw-ecdh-key ec.pub -o ec.sealed");
    sandbox.ok("kms export-keys --region us-west-2 --output-file copy.json --output-key-file copy.key");
    sandbox.ok("kms export-keys --region us-west-2 --output-file other.json --protect-with passphrase --new-passphrase-file passphrase");
    sandbox
}

/// Every command line that reads a secret file, and the file.
fn readers() -> Vec<(&'static str, &'static str)> {
    let get = "get-secret-value --secret-id a --region us-west-2 --keystore none/keystore.json";
    let lines = [
        ("aes", "seal text --raw-aes-key h/a=aes -o out --force"),
        ("aes", "open aes.sealed --raw-aes-key h/a=aes"),
        ("aes", "rewrap aes.sealed --raw-aes-key h/a=aes --to us-west-2 --output-dir out.d --force"),
        ("aes", "seal text --region us-west-2 --recovery-key aes=h/a=aes -o out --force"),
        ("aes", "{get} --raw-aes-key h/a=aes"),
        ("aes", "{get} --recovery-key aes=h/a=aes"),
        ("rsa", "{get} --raw-rsa-key h/r=rsa"),
        ("rsa", "{get} --recovery-key rsa=h/r=rsa"),
        ("rsa", "open rsa.sealed --raw-rsa-key h/r=rsa"),
        ("rsa", "seal text --raw-rsa-key h/r=rsa -o out --force"),
        ("ec", "open ec.sealed --raw-ecdh-key ec"),
        ("ec", "seal text --raw-ecdh-key ec -o out --force"),
        ("passphrase", "kms list-keys --region us-west-2 --keystore other.json --passphrase-file passphrase"),
        ("passphrase", "kms import-keys other.json --input-passphrase-file passphrase"),
        (
            "passphrase",
            "kms export-keys --region us-west-2 --output-file new.json --protect-with passphrase --new-passphrase-file passphrase",
        ),
        ("keystore/keystore.key", "kms list-keys --region us-west-2"),
        ("copy.key", "kms import-keys copy.json --input-key-file copy.key"),
    ];
    lines.map(|(file, line)| (file, line.replace("{get}", get).leak() as &str)).to_vec()
}

#[test]
fn what_others_can_read_is_refused_unless_that_is_allowed() {
    let sandbox = sandbox();
    for (file, line) in readers() {
        let set = |mode| fs::set_permissions(sandbox.path(file), fs::Permissions::from_mode(mode)).expect("set");
        for mode in [0o640, 0o604, 0o602, 0o666] {
            set(mode);
            let output = sandbox.std(line).output().expect("runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(253), &b""[..]), "{mode:o} {line}: {said}");
            let why = format!("{file}: others may read or change this file, which is secret (mode {mode:04o})\nhint: 'chmod 600 ");
            assert!(said.contains(&why) && said.contains("--allow-unsafe-permissions"), "{mode:o} {line}: {said}");
            assert!(!sandbox.exists("new.json") && !sandbox.exists("out.d"), "{line} wrote something");
        }
        sandbox.ok(&format!("{line} --allow-unsafe-permissions"));
        for made in ["new.json", "out", "out.d"] {
            let _ = fs::remove_file(sandbox.path(made)).or_else(|_| fs::remove_dir_all(sandbox.path(made)));
        }
        set(0o400);
        sandbox.ok(line);
        for made in ["new.json", "out.d"] {
            let _ = fs::remove_file(sandbox.path(made)).or_else(|_| fs::remove_dir_all(sandbox.path(made)));
        }
        set(0o600);
    }
}

#[test]
fn what_somebody_else_owns_is_refused_unless_that_is_allowed() {
    let sandbox = sandbox();
    if chown(sandbox.path("text"), Some(NOBODY), None).is_err() {
        // Only root may give a file away, and read it then.
        return;
    }
    for (file, line) in readers() {
        chown(sandbox.path(file), Some(NOBODY), None).expect("given away");
        let output = sandbox.std(line).output().expect("runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(253), "{line}: {said}");
        assert!(
            said.contains(&format!("{file}: this file, which is secret, belongs to another user (uid {NOBODY})\nhint: ")),
            "{line}: {said}"
        );
        sandbox.ok(&format!("{line} --allow-unsafe-permissions"));
        for made in ["new.json", "out.d"] {
            let _ = fs::remove_file(sandbox.path(made)).or_else(|_| fs::remove_dir_all(sandbox.path(made)));
        }
        chown(sandbox.path(file), Some(0), None).expect("taken back");
    }
}

#[test]
fn public_keys_are_for_everybody() {
    let sandbox = sandbox();
    for key in ["rsa.pub", "ec.pub"] {
        fs::set_permissions(sandbox.path(key), fs::Permissions::from_mode(0o666)).expect("set");
        let _ = chown(sandbox.path(key), Some(NOBODY), None);
    }
    sandbox.ok("seal text --raw-rsa-key h/r=rsa.pub -o out");
    sandbox.ok("seal text --raw-ecdh-key ec.pub -o out --force");
    sandbox.ok("seal text --region us-west-2 --recovery-key rsa=h/r=rsa.pub -o out --force");
}

/// In a shell, where `C` is the binary.
fn shell(sandbox: &Sandbox, line: &str) -> Command {
    let mut command = sandbox.prepared("bash");
    command.args(["-c", line]).env("C", env!("CARGO_BIN_EXE_coldseal")).env("AWS_REGION", "us-west-2");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_pipe_is_the_users_own() {
    let sandbox = sandbox();
    for line in [
        "$C open aes.sealed --raw-aes-key h/a=<(cat aes)",
        "$C open aes.sealed --raw-aes-key h/a=/dev/fd/7 7< <(cat aes)",
        "$C open aes.sealed --raw-aes-key h/a=/dev/fd/7 7< aes",
        "cat aes | $C open aes.sealed --raw-aes-key h/a=/dev/stdin",
        "$C open rsa.sealed --raw-rsa-key h/r=<(cat rsa)",
        "$C open ec.sealed --raw-ecdh-key <(cat ec)",
        "$C kms list-keys --keystore other.json --passphrase-file <(cat passphrase)",
        "$C kms list-keys --keystore other.json --passphrase-file <(sleep 0.2; cat passphrase)",
        "COLDSEAL_PASSPHRASE_FD=7 $C kms list-keys --keystore other.json 7< <(cat passphrase)",
        "COLDSEAL_PASSPHRASE_FD=7 $C kms list-keys --keystore other.json 7< passphrase",
        "mkfifo -m 644 fifo; (cat aes > fifo) & $C open aes.sealed --raw-aes-key h/a=fifo; rm fifo",
    ] {
        let output = shell(&sandbox, line).output().expect("runs");
        assert!(output.status.success() && !output.stdout.is_empty() && output.stderr.is_empty(), "{line}: {output:?}");
    }
    // A descriptor of a file is that file.
    fs::set_permissions(sandbox.path("passphrase"), fs::Permissions::from_mode(0o644)).expect("set");
    let output = shell(&sandbox, "COLDSEAL_PASSPHRASE_FD=7 $C kms list-keys --keystore other.json 7< passphrase").output().expect("runs");
    assert_eq!(output.status.code(), Some(253), "{output:?}");
}

#[test]
fn a_fifo_without_a_writer_is_waited_for_and_that_is_said() {
    let sandbox = sandbox();
    for (line, writer) in [
        ("$C open aes.sealed --raw-aes-key h/a=fifo", "cat aes > fifo"),
        ("$C kms list-keys --keystore other.json --passphrase-file fifo", "cat passphrase > fifo"),
    ] {
        shell(&sandbox, "rm -f fifo; mkfifo -m 600 fifo").status().expect("runs");
        let waiting = shell(&sandbox, line).spawn().expect("runs");
        thread::sleep(Duration::from_millis(1500));
        shell(&sandbox, writer).status().expect("runs");
        let output = waiting.wait_with_output().expect("ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !output.stdout.is_empty(), "{line}: {output:?}");
        assert_eq!(said, "coldseal: waiting for somebody to write to fifo, a pipe\n", "{line}");
    }
    // The keystore's own key file is a file.
    for path in ["keystore/keystore.key", "copy.key"] {
        fs::remove_file(sandbox.path(path)).expect("removed");
        shell(&sandbox, &format!("mkfifo -m 600 {path}")).status().expect("runs");
    }
    for line in ["kms list-keys --region us-west-2", "kms import-keys copy.json --input-key-file copy.key --keystore none.json"] {
        let begin = Instant::now();
        let output = sandbox.std(line).output().expect("runs");
        assert_eq!(output.status.code(), Some(253), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("not a regular file, so not a key file"), "{output:?}");
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}
