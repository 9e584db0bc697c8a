//! `exec`: what a program gets, what it does not, and how it ends.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "db.json",
        r#"{"username": "saanvi", "password": "a \"b\"\n$HOME 'c'", "port": 3306, "ssl": true, "none": null, "hosts": ["a", {"b": 1.50}]}"#,
    );
    sandbox.write("binary", [0, 255, b'\n']);
    for (name, value) in [
        ("db", "--secret-string file://db.json"),
        ("dir/token", "--secret-string EXAMPLE-TOKEN --add-replica-regions eu-west-1"),
        ("binary", "--secret-binary fileb://binary"),
        ("hostile", r#"--secret-string {"PATH":"/evil","LD_PRELOAD":"/evil.so","a-b":"1","x=y":"2","ok":"3"}"#),
    ] {
        sandbox.ok(&format!("create-secret --region us-west-2 --name {name} {value}"));
    }
    sandbox
}

/// The command with a script for a shell behind `--`.
fn exec(sandbox: &Sandbox, arguments: &str, script: &str) -> Command {
    let mut command = sandbox.std(&format!("exec {arguments} -- sh -c"));
    command.arg(script);
    command
}

/// What the script prints; it has to succeed, and nothing else is said.
fn printed(sandbox: &Sandbox, arguments: &str, script: &str) -> String {
    let output = exec(sandbox, arguments, script).output().expect("runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Exit code and stderr of what fails.
fn refused(sandbox: &Sandbox, arguments: &str) -> (i32, String) {
    let output = exec(sandbox, arguments, "touch it-ran").output().expect("runs");
    assert!(!sandbox.exists("it-ran"), "{arguments}: nothing is run");
    (output.status.code().expect("no signal"), String::from_utf8(output.stderr).expect("text"))
}

#[test]
fn members_become_variables() {
    let sandbox = sandbox();
    let script = r#"printf '%s|' "$username" "$password" "$port" "$ssl" "$none" "$hosts""#;
    assert_eq!(printed(&sandbox, "--secret-id db", script), "saanvi|a \"b\"\n$HOME 'c'|3306|true|null|[\"a\", {\"b\": 1.50}]|");
    let script = r#"printf '%s|' "$DB_username" "$username" "$DB_port""#;
    assert_eq!(printed(&sandbox, "--secret-id db --prefix DB_", script), "saanvi||3306|");
    let whole = printed(&sandbox, "--secret-id db --as DB", r#"printf %s "$DB""#);
    assert_eq!(whole.as_bytes(), sandbox.read("db.json"));
    assert_eq!(printed(&sandbox, "--secret-id dir/token --as TOKEN --region eu-west-1", r#"printf %s "$TOKEN""#), "EXAMPLE-TOKEN");
    assert_eq!(printed(&sandbox, "--secret-id db --version-stage AWSCURRENT", r#"printf %s "$port""#), "3306");
}

#[test]
fn a_program_keeps_its_arguments_and_its_input_and_never_sees_a_value_there() {
    let sandbox = sandbox();
    let mut command = sandbox.std("exec --secret-id db -- sh -c");
    command.args([r#"read -r line; printf '%s|' "$line" "$@" "$username""#, "sh", "--prefix", "a b", "--", "*"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("runs");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), b"from stdin\n").expect("written");
    let output = child.wait_with_output().expect("ends");
    assert_eq!(String::from_utf8(output.stdout).expect("text"), "from stdin|--prefix|a b|--|*|saanvi|");
}

#[test]
fn a_program_inherits_what_it_is_to_have() {
    let sandbox = sandbox();
    let run = |arguments: &str| {
        let mut command = sandbox.std(&format!("exec {arguments} -- env"));
        command.env("COLDSEAL_PASSPHRASE", "not used here").env("OTHER", "x").env("username", "overridden").env("LC_ALL", "C.UTF-8");
        let output = command.output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let has = |environment: &str, line: &str| environment.lines().any(|found| found == line);
    let all = run("--secret-id db");
    assert!(
        has(&all, "OTHER=x") && has(&all, "username=saanvi") && has(&all, "LC_ALL=C.UTF-8") && !all.contains("COLDSEAL_PASSPHRASE"),
        "{all}"
    );
    let pristine = run("--secret-id db --pristine");
    assert!(!has(&pristine, "OTHER=x") && has(&pristine, "username=saanvi") && has(&pristine, "LC_ALL=C.UTF-8"), "{pristine}");
    assert!(pristine.lines().any(|line| line.starts_with("PATH=")) && !pristine.contains("COLDSEAL_"), "{pristine}");
}

#[test]
fn names_that_whoever_writes_a_secret_is_not_to_choose_stop_it() {
    let sandbox = sandbox();
    let (code, stderr) = refused(&sandbox, "--secret-id hostile");
    assert_eq!(code, 252);
    for line in [
        "  PATH: decides which code runs",
        "  LD_PRELOAD: decides which code runs",
        "  a-b: no name that a shell could use",
        "  x=y: no name of a variable",
    ] {
        assert!(stderr.lines().any(|found| found == line), "{line}: {stderr}");
    }
    assert!(!stderr.contains("ok:") && !stderr.contains("evil"), "{stderr}");
    let (_, stderr) = refused(&sandbox, "--secret-id hostile --allow-name PATH --allow-name a-b --allow-name x=y");
    assert!(!stderr.contains("PATH:") && !stderr.contains("a-b:") && stderr.contains("LD_PRELOAD:") && stderr.contains("x=y:"), "{stderr}");
    let (code, stderr) = refused(&sandbox, "--secret-id db --secret-id db");
    assert!(code == 252 && stderr.contains("  username: is there twice"), "{stderr}");
    // A prefix makes names that are harmless, or is not.
    sandbox.ok(r#"create-secret --region us-west-2 --name p --secret-string {"PATH":"x","PRELOAD":"y"}"#);
    assert_eq!(printed(&sandbox, "--secret-id p --prefix APP_", r#"printf %s "$APP_PATH$APP_PRELOAD""#), "xy");
    let (_, stderr) = refused(&sandbox, "--secret-id p --prefix LD_");
    assert!(stderr.contains("  LD_PRELOAD: "), "{stderr}");
    let mut allowed = sandbox.std("exec --secret-id p --allow-name PATH --pristine -- /bin/sh -c");
    assert_eq!(allowed.arg("echo \"$PATH\"").output().expect("runs").stdout, b"x\n");
}

#[test]
fn what_has_no_members_needs_a_name() {
    let sandbox = sandbox();
    sandbox.ok(r#"create-secret --region us-west-2 --name twice --secret-string {"a":1,"a":2}"#);
    for (arguments, code, expected) in [
        ("--secret-id dir/token", 252, "the value of dir/token is not a JSON object\nhint: --as NAME gives the whole value"),
        ("--secret-id twice", 252, "has a member twice"),
        ("--secret-id binary", 252, "the value of binary is binary\nhint: --files gives it as a file"),
        ("--secret-id binary --as B", 252, "the value of binary is binary"),
        ("--secret-id db --secret-id dir/token --as A", 252, "--as is for one secret"),
        ("--secret-id none", 254, "(ResourceNotFoundException) when calling the GetSecretValue operation"),
        ("--secret-id db --version-stage NONE", 254, "for staging label: NONE"),
        ("--secret-id db --prefix A --as B", 252, "cannot be used with"),
        ("--secret-id db --files-dir .", 252, "--files"),
        ("--secret-id db --files --prefix A", 252, "cannot be used with"),
        ("--secret-id db --files --files-dir /proc", 253, "no file system in memory (tmpfs) at /proc"),
        ("--secret-id db --keystore none.json", 253, "there is no keystore"),
    ] {
        let (found, stderr) = refused(&sandbox, arguments);
        assert!(found == code && stderr.contains(expected), "{arguments}: {found} {stderr}");
    }
    sandbox.coldseal("exec --secret-id db").assert().code(252);
    sandbox.coldseal("exec -- true").assert().code(252);
}

#[test]
fn the_programs_exit_code_is_passed_on() {
    let sandbox = sandbox();
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -9 $$", 137), ("kill -15 $$", 143)] {
        let output = exec(&sandbox, "--secret-id db", script).output().expect("runs");
        assert_eq!((output.status.code(), output.stderr.len()), (Some(code), 0), "{script}");
    }
    let missing = sandbox.coldseal("exec --secret-id db -- ./no-such-program").assert().code(255);
    missing.stderr_eq("coldseal: run ./no-such-program: No such file or directory (os error 2)\n");
}

/// Folders of this command that are left in memory.
#[cfg(target_os = "linux")]
fn left(base: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(base).expect("a folder").flatten().map(|entry| entry.path());
    entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("coldseal-"))).collect()
}

/// A folder in memory of this test alone.
#[cfg(target_os = "linux")]
fn memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").expect("in memory")
}

#[cfg(target_os = "linux")]
#[test]
fn values_become_files_in_memory_that_are_gone_afterwards() {
    let (sandbox, memory) = (sandbox(), memory());
    let base = memory.path().display();
    let script = r#"ls -l "$COLDSEAL_FILES"; stat -c '%a %n' "$COLDSEAL_FILES"; od -An -tx1 "$COLDSEAL_FILES/binary"; cat "$COLDSEAL_FILES/dir_token"; echo; echo "$username""#;
    let shown = printed(&sandbox, &format!("--secret-id binary --secret-id dir/token --secret-id db --files --files-dir {base}"), script);
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines.iter().filter(|line| line.starts_with("-rw-------")).count() == 3 && shown.contains("\n700 "), "{shown}");
    assert!(shown.ends_with(" 00 ff 0a\nEXAMPLE-TOKEN\n\n"), "{shown}");
    assert!(left(memory.path()).is_empty());
    let named = printed(&sandbox, "--secret-id binary --as key.der --files", r#"ls "$COLDSEAL_FILES""#);
    assert_eq!(named, "key.der\n");
    // A place of one's own comes before the one for everybody.
    let output =
        exec(&sandbox, "--secret-id db --files", r#"echo "$COLDSEAL_FILES""#).env("XDG_RUNTIME_DIR", memory.path()).output().expect("runs");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(&format!("{base}/coldseal-")));
    let twice = refused(&sandbox, "--secret-id db --secret-id db --files");
    assert!(twice.0 == 252 && twice.1.contains("two secrets would be the file 'db'"), "{}", twice.1);
    // Neither a failing program nor one that cannot be started leaves anything.
    for program in ["false", "./no-such-program"] {
        let status = sandbox.std(&format!("exec --secret-id db --files --files-dir {base} -- {program}")).output().expect("runs").status;
        assert!(!status.success() && left(memory.path()).is_empty(), "{program}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_reaches_the_program_and_leaves_no_file() {
    use rustix::process::{Pid, Signal, kill_process};
    let (sandbox, memory) = (sandbox(), memory());
    for (signal, script, code) in [
        (Signal::TERM, "trap 'echo ended; exit 3' TERM; echo begun; while :; do sleep 0.05; done", 3),
        (Signal::HUP, "echo begun; while :; do sleep 0.05; done", 129),
        (Signal::USR1, "trap 'exit 4' USR1; echo begun; while :; do sleep 0.05; done", 4),
    ] {
        let arguments = format!("--secret-id db --files --files-dir {}", memory.path().display());
        let mut child = exec(&sandbox, &arguments, script).stdout(Stdio::piped()).spawn().expect("runs");
        let begin = Instant::now();
        while left(memory.path()).is_empty() && begin.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(left(memory.path()).len(), 1, "the files are there");
        let mut line = [0; 6];
        std::io::Read::read_exact(child.stdout.as_mut().expect("piped"), &mut line).expect("it has begun");
        kill_process(Pid::from_child(&child), signal).expect("signalled");
        assert_eq!((child.wait().expect("ends").code(), left(memory.path()).len()), (Some(code), 0), "{signal:?}");
    }
}
