//! Signals and pipes.

#![cfg(unix)]

use std::{
    io::{Read as _, Write as _},
    process::Stdio,
    sync::mpsc,
    thread::{sleep, spawn},
    time::Duration,
};

use crate::sandbox::Sandbox;

#[test]
fn a_signal_while_sealing_leaves_nothing_behind() {
    // HUP, INT, QUIT, ALRM and TERM.
    let mut signals = vec![1, 2, 3, 14, 15];
    if cfg!(target_os = "linux") {
        // USR1, USR2, STKFLT, XCPU, VTALRM, PROF, IO and PWR: on other systems they have other numbers.
        signals.extend([10, 12, 16, 24, 26, 27, 29, 30]);
    }
    signals.retain(|signal| !is_ignored(*signal));
    assert!(signals.contains(&15));
    for signal in signals {
        let sandbox = Sandbox::new();
        sandbox.write("key", [1; 32]);
        let mut command = sandbox.std("seal - --raw-aes-key a/b=key -o out --frame-length 4096");
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        // More than a pipe holds: when this is written, sealing has begun and the handlers are there.
        stdin.write_all(&vec![0; 1 << 20]).expect("it reads");
        sleep(Duration::from_millis(20));
        let killed = std::process::Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
        assert!(killed.expect("sh runs").success());
        let status = child.wait().expect("ends");
        drop(stdin);
        assert_eq!(status.code(), Some(128 + signal), "signal {signal}");
        assert_eq!(sandbox.files("."), ["key"], "signal {signal}");
    }
}

/// Whether these tests were started with a signal ignored, as by `nohup`: so it is for what they start.
pub(crate) fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map_or("0", str::trim);
    u64::from_str_radix(mask, 16).expect("hexadecimal") >> (signal - 1) & 1 == 1
}

/// As `nohup` has it.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_to_be_ignored_is() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [1; 32]);
    let line = format!("trap '' HUP; exec '{}' seal - --raw-aes-key a/b=key -o out", env!("CARGO_BIN_EXE_coldseal"));
    let mut child = sandbox.prepared("sh").args(["-c", &line]).stdin(Stdio::piped()).spawn().expect("runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(&vec![0; 1 << 20]).expect("it reads");
    let killed = std::process::Command::new("sh").args(["-c", &format!("kill -HUP {}", child.id())]).status();
    assert!(killed.expect("sh runs").success());
    stdin.write_all(&vec![0; 1 << 20]).expect("it reads");
    drop(stdin);
    assert!(child.wait().expect("ends").success() && sandbox.exists("out"));
}

#[test]
fn a_file_over_the_size_limit_is_an_error_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [1; 32]);
    let line = format!("ulimit -f 64; exec '{}' seal - --raw-aes-key a/b=key -o out", env!("CARGO_BIN_EXE_coldseal"));
    let mut child = sandbox.prepared("sh").args(["-c", &line]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    // It may end before it has read all.
    let _ = child.stdin.take().expect("a pipe").write_all(&vec![0; 4 << 20]);
    let output = child.wait_with_output().expect("ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(255) && stderr.contains("File too large"), "{:?} {stderr}", output.status);
    assert_eq!(sandbox.files("."), ["key"]);
}

/// What a killed process left under a temporary name may be half a secret.
#[test]
fn a_leftover_goes_with_the_next_write_in_its_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [1; 32]);
    sandbox.write("payload", "x");
    for name in [".coldseal-tmp-aaaaaa", ".coldseal-tmp-bbbbbb", ".coldseal-tmp-cccccc"] {
        sandbox.write(name, "half a secret");
        let hour_ago = std::time::SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::options().write(true).open(sandbox.path(name)).and_then(|file| file.set_modified(hour_ago)).expect("aged");
    }
    // One is being written, one was just now.
    let writing = std::fs::File::open(sandbox.path(".coldseal-tmp-bbbbbb")).expect("there");
    writing.lock().expect("locked");
    sandbox.write(".coldseal-tmp-cccccc", "half a secret");
    sandbox.write("out", "old");
    sandbox.ok("seal payload --raw-aes-key a/b=key -o out --force");
    assert_eq!(sandbox.files("."), [".coldseal-tmp-bbbbbb", ".coldseal-tmp-cccccc", "key", "out", "payload"]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let sandbox = Sandbox::new();
    let regions = "kms create-key --region us-west-2";
    for line in [regions, "kms list-keys", "kms list-aliases --output text"] {
        let mut child = sandbox.std(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !stderr.contains("panicked"), "{line}: {stderr}");
    }
}

#[test]
fn a_message_that_nobody_reads_to_its_end_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [1; 32]);
    sandbox.write("text", vec![b'x'; 1 << 20]);
    let mut child = sandbox.std("seal text --raw-aes-key a/b=key").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let mut first = [0; 1];
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut first).expect("a byte");
    drop(stdout);
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(255));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "coldseal: writing the output: Broken pipe (os error 32)\n");
}

#[test]
fn whole_frames_go_on_while_the_input_stalls() {
    let sandbox = Sandbox::new();
    sandbox.write("key", [1; 32]);
    // Few newlines: nothing waits for one.
    let payload = [vec![b'x'; 40_000], b"\n".to_vec(), vec![b'x'; 91_071]].concat();
    let sealed = sandbox.coldseal("seal --raw-aes-key a/b=key").stdin(&payload[..]).output().expect("runs").stdout;
    // The final frame is empty.
    let (regular, _) = sealed.split_at(sealed.len() - 40);
    for (line, input, expected) in [("seal", &payload[..], regular.len()), ("open", regular, 65_536)] {
        for threads in [1, 2] {
            let line = format!("{line} --raw-aes-key a/b=key --threads {threads}");
            let mut child = sandbox.std(&line).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("runs");
            let (mut stdin, mut stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
            let (sender, receiver) = mpsc::channel();
            let reading = spawn(move || {
                let mut seen = vec![0; expected];
                stdout.read_exact(&mut seen).map(|()| sender.send(())).is_ok()
            });
            stdin.write_all(input).expect("it reads");
            let seen = receiver.recv_timeout(Duration::from_secs(60));
            child.kill().expect("it runs");
            child.wait().expect("ends");
            assert!(seen.is_ok() && reading.join().expect("no panic"), "{line}");
        }
    }
}

#[test]
fn full_and_closed_outputs_are_errors_without_panic() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    if cfg!(target_os = "linux") {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("there");
        let output = sandbox.std("kms list-keys").stdout(full).output().expect("runs");
        assert_eq!(output.status.code(), Some(255));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "coldseal: writing to stdout: No space left on device (os error 28)\n");
    }
    let script = format!("'{}' kms list-keys >&- 2>&-", env!("CARGO_BIN_EXE_coldseal"));
    let keystore = sandbox.path("keystore/keystore.json");
    let status = std::process::Command::new("sh").args(["-c", &script]).env("COLDSEAL_KEYSTORE", keystore).status().expect("sh runs");
    assert_ne!(status.code(), Some(101));
}
