//! `edit`: what the editor gets, what becomes of what was typed, and that nothing of it is left.

#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

use rustix::process::Signal;

use crate::{sandbox::Sandbox, terminal::Terminal};

const QUESTION: &str = "nothing was written: [e]dit again or [q]uit? ";

/// A secret in two Regions, and a folder in memory of this test alone.
struct Place {
    sandbox: Sandbox,
    memory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("db.json", r#"{"username": "saanvi", "password": "old"}"#);
        sandbox.write("binary", [0, 255]);
        for line in [
            "--name dir/db --secret-string file://db.json --add-replica-regions eu-west-1",
            "--name text --secret-string plain",
            "--name binary --secret-binary fileb://binary",
            "--name empty",
        ] {
            sandbox.ok(&format!("create-secret --region us-west-2 {line}"));
        }
        Self { sandbox, memory: tempfile::tempdir_in("/dev/shm").expect("in memory") }
    }

    /// The command with an editor that is a script; the file is its `$1`.
    fn edit(&self, arguments: &str, script: &str) -> Command {
        let path = self.sandbox.write("editor.sh", format!("#!/bin/sh\nset -e\n{script}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
        let mut command = self.sandbox.std(&format!("edit {arguments}"));
        command.env("EDITOR", path).env("XDG_RUNTIME_DIR", self.memory.path());
        command
    }

    fn run(&self, arguments: &str, script: &str) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } = self.edit(arguments, script).output().expect("runs");
        assert_eq!(fs::read_dir(self.memory.path()).expect("a folder").count(), 0, "{arguments}: nothing is left in memory");
        (status.code(), String::from_utf8(stdout).expect("text"), String::from_utf8(stderr).expect("text"))
    }

    fn value(&self, arguments: &str) -> String {
        self.sandbox.stdout(&format!("get-secret-value {arguments} --output-file -"))
    }

    fn versions(&self, secret: &str) -> usize {
        let ids = self.sandbox.stdout(&format!("list-secret-version-ids --secret-id {secret} --query length(Versions)"));
        ids.trim().parse().expect("a number")
    }
}

#[test]
fn what_was_changed_is_a_new_version_in_every_region() {
    let place = Place::new();
    let (code, stdout, stderr) = place.run("--secret-id dir/db", r#"sed -i s/old/new/ "$1""#);
    assert_eq!(code, Some(0), "{stderr}");
    let answer: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!((&answer["Name"], &answer["VersionStages"]), (&"dir/db".into(), &serde_json::json!(["AWSCURRENT"])));
    let expected = r#"{"username": "saanvi", "password": "new"}"#;
    for region in ["us-west-2", "eu-west-1"] {
        assert_eq!(place.value(&format!("--secret-id dir/db --region {region}")), expected);
    }
    assert!(place.value("--secret-id dir/db --version-stage AWSPREVIOUS").contains("old"));
    place.sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn the_file_is_private_and_in_memory_and_shows_what_it_is() {
    let place = Place::new();
    let base = place.memory.path().display().to_string();
    let script = r#"stat -c '%a %n' "$1" "$(dirname "$1")" > seen; cat "$1" >> seen"#;
    let (code, _, stderr) = place.run("--secret-id dir/db", script);
    assert_eq!((code, &stderr[..]), (Some(0), "coldseal: the value is as it was: nothing was written\n"));
    let seen = String::from_utf8(place.sandbox.read("seen")).expect("text");
    let lines: Vec<_> = seen.lines().collect();
    assert!(lines[0].starts_with(&format!("600 {base}/coldseal-")) && lines[0].ends_with("/dir_db.json"), "{seen}");
    assert!(lines[1].starts_with(&format!("700 {base}/coldseal-")), "{seen}");
    assert_eq!(lines[2], r#"{"username": "saanvi", "password": "old"}"#);
    place.run("--secret-id text", r#"basename "$1" > seen"#);
    assert_eq!(place.sandbox.read("seen"), b"text\n");
    // A passphrase is not for the editor.
    let mut command = place.edit("--secret-id text", "env > seen");
    assert!(command.env("COLDSEAL_PASSPHRASE", "not needed").status().expect("runs").success());
    assert!(!String::from_utf8(place.sandbox.read("seen")).expect("text").contains("PASSPHRASE"));
}

#[test]
fn nothing_is_written_where_nothing_changed() {
    let place = Place::new();
    // A file in place of the other, as many editors write it, and a newline that they add.
    for script in ["true", r#"cp "$1" copy; mv copy "$1""#, r#"echo >> "$1""#] {
        let (code, stdout, stderr) = place.run("--secret-id text", script);
        assert_eq!((code, stdout.len(), &stderr[..]), (Some(0), 0, "coldseal: the value is as it was: nothing was written\n"), "{script}");
    }
    assert_eq!(place.versions("text"), 1);
    place.run("--secret-id text", r#"echo more >> "$1""#);
    assert_eq!(place.value("--secret-id text"), "plainmore", "the newline at the end is the editor's");
    place.run("--secret-id binary", r#"printf '\001\000\n' > "$1""#);
    assert_eq!(place.sandbox.coldseal("get-secret-value --secret-id binary --output-file -").assert().get_output().stdout, b"\x01\0");
}

/// There is no terminal here to ask on.
#[test]
fn what_cannot_be_taken_is_refused() {
    let place = Place::new();
    for (arguments, script, code, expected) in [
        (
            "--secret-id dir/db",
            r#"echo '{"EXAMPLE"' > "$1""#,
            252,
            "the value was JSON, and is none any more: EOF while parsing an object at line 1 column 10",
        ),
        ("--secret-id text", r#"printf '\377' > "$1""#, 254, "a SecretString must be UTF-8"),
        ("--secret-id text", r#": > "$1""#, 254, "a secret value needs at least 1 byte"),
        ("--secret-id text", r#"head -c 70000 /dev/zero | tr '\0' x > "$1""#, 254, "the secret value has 70000 bytes"),
        ("--secret-id text", r#"rm "$1""#, 255, "No such file or directory"),
        ("--secret-id text", r#"rm "$1"; mkdir "$1""#, 255, "it is no file any more"),
        ("--secret-id text", r#"rm "$1"; mkfifo "$1""#, 255, "it is no file any more"),
        ("--secret-id text", r#"ln -sf "$PWD/db.json" "$1""#, 255, "it is no file any more"),
        ("--secret-id text", "exit 3", 253, "the editor ended with exit code 3"),
        ("--secret-id dir/db --region eu-west-1", "touch it-ran", 254, "Operation not permitted on a replica secret"),
        ("--secret-id empty", "touch it-ran", 254, "ResourceNotFoundException"),
        ("--secret-id none", "touch it-ran", 254, "ResourceNotFoundException"),
        ("--secret-id text --keystore none.json", "touch it-ran", 253, "there is no keystore"),
        ("--secret-id text --recovery-key aes=a/b=none.key", "touch it-ran", 252, "'--recovery-key': reading none.key: No such file"),
        ("--secret-id text --recovery-key aes=a/b=db.json", "touch it-ran", 252, "db.json has 41 bytes; an AES key has 16, 24 or 32"),
        ("--secret-id text --recovery-key rsa=a/b=none.pem", "touch it-ran", 252, "'--recovery-key': reading none.pem: No such file"),
        (
            "--secret-id text --region us-west-2 --recovery-key kms=alias/none",
            "touch it-ran",
            254,
            "Alias arn:aws:kms:us-west-2:000000000000:alias/none is not found",
        ),
        ("--secret-id text --raw-aes-key a/b=none.key", "touch it-ran", 252, "'--raw-aes-key': reading none.key: No such file"),
        ("--secret-id text --kms-key-id alias/none", "touch it-ran", 252, "--kms-key-id names a key of AWS KMS to open with"),
    ] {
        let (found, stdout, stderr) = place.run(arguments, script);
        assert!(found == Some(code) && stdout.is_empty() && stderr.contains(expected), "{script}: {found:?} {stderr}");
        assert!(!stderr.contains("EXAMPLE") && !place.sandbox.exists("it-ran"), "{script}: {stderr}");
    }
    for (editor, code, expected) in [("./none", 255, "run ./none: No such file"), ("vi '", 253, "EDITOR is no command")] {
        let output = place.edit("--secret-id text", "").env("EDITOR", editor).output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(code) && stderr.contains(expected), "{editor}: {stderr}");
    }
    assert_eq!((place.versions("dir/db"), place.versions("text")), (1, 1));
    assert_eq!(fs::read_dir(place.memory.path()).expect("a folder").count(), 0);
}

#[test]
fn who_was_faster_is_not_overwritten() {
    let place = Place::new();
    place.sandbox.write("theirs", "theirs");
    let put = format!("{} put-secret-value --secret-id text --secret-string file://theirs", env!("CARGO_BIN_EXE_coldseal"));
    let (code, _, stderr) = place.run("--secret-id text", &format!("{put} > answer\necho mine > \"$1\""));
    assert!(
        code == Some(254)
            && stderr.contains("(InvalidRequestException) when calling the PutSecretValue operation: The secret has another value"),
        "{stderr}"
    );
    assert_eq!(place.value("--secret-id text"), "theirs");
    assert_eq!(place.versions("text"), 2);
}

#[test]
fn a_disk_is_taken_where_somebody_says_so() {
    let place = Place::new();
    let (code, _, _) = place.run("--secret-id text --allow-disk", "true");
    assert_eq!(code, Some(0), "memory comes first");
    // Without the place of this user, the one for everybody is taken.
    let output = place.edit("--secret-id text", r#"echo "$1" > seen"#).env_remove("XDG_RUNTIME_DIR").output().expect("runs");
    assert!(output.status.success());
    let seen = String::from_utf8(place.sandbox.read("seen")).expect("text");
    assert!(seen.starts_with("/dev/shm/coldseal-") && !Path::new(seen.trim()).exists(), "{seen}");
}

/// The passphrase can be read once only; it is needed before and after.
#[test]
fn a_passphrase_is_asked_for_once() {
    let place = Place::new();
    place.sandbox.write("passphrase", "correct horse battery staple example\n");
    place.sandbox.ok("kms change-protection --to passphrase --new-passphrase-file passphrase");
    let script = place.sandbox.write(
        "run.sh",
        format!("exec 3< passphrase; COLDSEAL_PASSPHRASE_FD=3 '{}' edit --secret-id text", env!("CARGO_BIN_EXE_coldseal")),
    );
    let editor = place.sandbox.write("editor.sh", "#!/bin/sh\necho new > \"$1\"\n");
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).expect("set");
    let mut shell = place.sandbox.prepared("sh");
    let output = shell.arg(script).env("EDITOR", editor).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(place.value("--secret-id text --passphrase-file passphrase"), "new");
}

/// A script that does one thing the first time, and another one afterwards.
fn first(script: &str, then: &str) -> String {
    format!("if test -e again; then\n{then}\nelse\ntouch again\n{script}\nfi")
}

#[test]
fn nothing_that_was_typed_is_lost() {
    let place = Place::new();
    let script = first(r#"echo '{"username": "other"' > "$1""#, r#"cat "$1" > seen; echo '}' >> "$1""#);
    let terminal = Terminal::run(place.edit("--secret-id dir/db", &script));
    terminal.reply(QUESTION, "what\n");
    terminal.reply(&format!("what\r\n{QUESTION}"), "e\n");
    let (code, text) = terminal.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("the value was JSON, and is none any more"), "{text}");
    assert_eq!(place.sandbox.read("seen"), b"{\"username\": \"other\"\n");
    assert_eq!(place.value("--secret-id dir/db"), "{\"username\": \"other\"\n}");
    assert_eq!(fs::read_dir(place.memory.path()).expect("a folder").count(), 0);
}

/// A pipe is empty when it has been read, and the key is needed for every round.
#[test]
fn keys_are_read_once_for_all_rounds() {
    let place = Place::new();
    place.sandbox.write("safe.key", [7; 32]);
    let script = first(r#"echo '{' > "$1""#, r#"echo '{}' > "$1""#);
    place.edit("", &script);
    let line = format!(
        "exec '{}' edit --secret-id dir/db --recovery-key aes=home/safe=/dev/fd/8 8< <(cat safe.key)",
        env!("CARGO_BIN_EXE_coldseal")
    );
    let mut command = place.sandbox.prepared("bash");
    command.args(["-c", &line]).env("EDITOR", place.sandbox.path("editor.sh")).env("XDG_RUNTIME_DIR", place.memory.path());
    let terminal = Terminal::run(command);
    terminal.reply(QUESTION, "e\n");
    let (code, text) = terminal.end();
    assert_eq!(code, Some(0), "{text}");
    fs::rename(place.sandbox.path("keystore"), place.sandbox.path("elsewhere")).expect("moved");
    assert_eq!(place.value("--secret-id dir/db --raw-aes-key home/safe=safe.key"), "{}");
}

/// Others may hold the keystore for long.
#[test]
fn a_signal_ends_the_wait_for_the_keystore() {
    let place = Place::new();
    let path = fs::canonicalize(place.sandbox.path("keystore/keystore.json.lock")).expect("there");
    let lock = fs::File::open(&path).expect("opened");
    lock.lock().expect("locked");
    for signal in [Signal::TERM, Signal::HUP] {
        let terminal = Terminal::run(place.edit("--secret-id text", r#"echo new > "$1""#));
        terminal.reply(&format!("which holds {}\r\n", path.display()), "");
        terminal.signal(signal);
        let (code, text) = terminal.end();
        assert!(code == Some(128 + signal.as_raw()) && text.contains("what was typed is gone"), "{code:?} {text}");
        assert_eq!((place.versions("text"), fs::read_dir(place.memory.path()).expect("a folder").count()), (1, 0));
    }
}

#[test]
fn the_value_of_now_lies_beside_what_was_typed() {
    let place = Place::new();
    place.sandbox.write("theirs", "theirs");
    let put = format!("{} put-secret-value --secret-id text --secret-string file://theirs > answer", env!("CARGO_BIN_EXE_coldseal"));
    let script = first(&format!("{put}\necho mine > \"$1\""), r#"cat "$(dirname "$1")"/*.text >> "$1""#);
    let terminal = Terminal::run(place.edit("--secret-id text", &script));
    terminal.reply(QUESTION, "e\n");
    let (code, text) = terminal.end();
    assert!(code == Some(0) && text.contains("the value of now is in "), "{text}");
    assert_eq!(place.value("--secret-id text"), "mine\ntheirs");
    assert_eq!(place.value("--secret-id text --version-stage AWSPREVIOUS"), "theirs");
    assert_eq!(fs::read_dir(place.memory.path()).expect("a folder").count(), 0);
}

#[test]
fn whoever_gives_up_has_changed_nothing() {
    let place = Place::new();
    let terminal = Terminal::run(place.edit("--secret-id dir/db", r#"echo '{' > "$1""#));
    terminal.reply(QUESTION, "q\n");
    let (code, text) = terminal.end();
    assert!(code == Some(252) && text.contains("nothing was written, and what was typed is gone"), "{text}");
    assert_eq!((place.versions("dir/db"), fs::read_dir(place.memory.path()).expect("a folder").count()), (1, 0));
}

#[test]
fn a_signal_leaves_no_file() {
    let place = Place::new();
    // While it asks.
    let terminal = Terminal::run(place.edit("--secret-id dir/db", r#"echo '{' > "$1""#));
    terminal.reply(QUESTION, "");
    terminal.signal(Signal::TERM);
    assert_eq!((terminal.end().0, fs::read_dir(place.memory.path()).expect("a folder").count()), (Some(143), 0));
    // While the editor runs, which gets it too.
    let terminal =
        Terminal::run(place.edit(
            "--secret-id text",
            "trap 'echo ended > seen; exit 0' HUP\necho new > \"$1\"\nprintf ready\nwhile :; do sleep 0.05; done",
        ));
    terminal.reply("ready", "");
    terminal.signal(Signal::HUP);
    assert_eq!((terminal.end().0, fs::read_dir(place.memory.path()).expect("a folder").count()), (Some(129), 0));
    assert_eq!((place.sandbox.read("seen"), place.versions("text")), (b"ended\n".to_vec(), 1));
}
