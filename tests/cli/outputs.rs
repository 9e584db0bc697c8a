//! What commands write: where it goes, what it never takes the place of, and what is left when it fails.

#![cfg(unix)]

mod descriptors;
mod in_use;
mod other_user;
mod replaced;
mod stdout;

use std::process::{Command, Output};

use crate::sandbox::Sandbox;

const KEY: &str = "--raw-aes-key home/backup=backup.key";

/// With a key, a payload, and the message `sealed`.
fn with_message() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("backup.key", [7; 32]);
    sandbox.write("rec.aes", [9; 32]);
    sandbox.write("payload", "attack at dawn");
    sandbox.ok(&format!("seal payload {KEY} -o sealed"));
    sandbox
}

/// Runs a script in the sandbox, in which `$C` is the binary.
fn shell(sandbox: &Sandbox, script: &str) -> Output {
    let mut command: Command = sandbox.prepared("sh");
    command.args(["-c", script]).env("C", env!("CARGO_BIN_EXE_coldseal")).output().expect("sh runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
