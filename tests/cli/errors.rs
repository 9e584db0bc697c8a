//! Every error that a user can cause, verbatim. `errors/*.txt` are sessions of a shell; exit codes and stderr are filled in:
//!
//! ```text
//! = title        a fresh folder
//! % command      prepares, and has to succeed
//! $ command      fails; its exit code and its stderr stand below, indented
//! ```
//!
//! `SNAPSHOTS=overwrite cargo test --test cli errors::` writes them anew. [`coverage`] sees to it that no kind of error is left out.

mod coverage;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use snapbox::{Assert, Data, IntoData as _};

use crate::sandbox::Sandbox;

/// Runs every session of a file, and compares what comes of it with the file.
fn check(name: &str) {
    let path = folder().join(name).with_extension("txt");
    let script = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut transcript = String::new();
    let mut sandbox = Sandbox::new();
    for line in script.lines().filter(|line| !line.is_empty() && !line.starts_with("    ")) {
        match line.split_once(' ') {
            Some(("=", title)) => {
                sandbox = Sandbox::new();
                let gap = if transcript.is_empty() { "" } else { "\n" };
                transcript.push_str(&format!("{gap}= {title}\n"));
            }
            Some(("%", command)) => {
                let output = run(&sandbox, command);
                assert!(output.status.success(), "{name}: {line}: {}", String::from_utf8_lossy(&output.stderr));
                transcript.push_str(&format!("{line}\n"));
            }
            Some(("$", command)) => transcript.push_str(&format!("{line}\n{}", failure(&sandbox, line, &run(&sandbox, command)))),
            _ => panic!("{name}: {line}: begins with neither '= ', '% ' nor '$ '"),
        }
    }
    let expected = Data::try_read_from(&path, None).expect("just read").raw();
    Assert::new().action_env("SNAPSHOTS").eq(transcript.raw(), expected);
}

/// The files with the sessions.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/errors")
}

fn run(sandbox: &Sandbox, command: &str) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_coldseal")).parent().expect("it is in a folder");
    let search = env::join_paths([binary.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())));
    let mut shell = sandbox.prepared("sh");
    // The files that sessions make may be keys.
    shell
        .args(["-c", &format!("umask 077; {command}")])
        .stdin(Stdio::null())
        .env("PATH", search.expect("paths without colons"))
        .env("LC_ALL", "C.UTF-8");
    shell.env("AWS_REGION", "us-west-2").env("VECTORS", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"));
    shell.env("SIGNING", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signing"));
    shell.output().expect("sh runs")
}

/// Exit code and stderr, indented. Only what was done in part has something to print on stdout.
fn failure(sandbox: &Sandbox, line: &str, output: &Output) -> String {
    let code = output.status.code().unwrap_or_else(|| panic!("{line}: ended by a signal"));
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| sandbox.redactions().redact(&String::from_utf8_lossy(bytes)));
    assert!(code != 0 && code != 101, "{line}: exit code {code}");
    assert!(code == 1 || stdout.is_empty(), "{line}: an error with a result: {stdout}");
    let indented = |text: &str| -> String {
        text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
    };
    format!("    exit {code}\n{}", indented(&stderr))
}

macro_rules! sessions {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        /// A file that no test runs would go unnoticed.
        #[test]
        fn every_file_is_run() {
            let mut files: Vec<_> = fs::read_dir(folder()).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
            files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
            files.sort();
            let mut run = vec![$(folder().join(stringify!($name)).with_extension("txt")),*];
            run.sort();
            assert_eq!(files, run);
        }
    };
}

sessions!(
    asymmetric,
    aws_kms,
    deletion,
    files,
    keystore,
    kms,
    making,
    packages,
    policies,
    public_keys,
    rotation,
    secrets,
    signatures,
    signed,
    tags,
    unpack,
    usage,
    values,
    versions
);
