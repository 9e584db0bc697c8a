//! Where files are: behind links, under names that are not Unicode, and in each other's way.

#![cfg(unix)]

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead as _, BufReader},
    os::unix::{ffi::OsStrExt as _, fs::symlink},
    process::Stdio,
};

use snapbox::str;

use crate::sandbox::Sandbox;

const CREATE: &str = "create-secret --name db --region us-west-2 --secret-string file://value";

fn with_value() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "hunter2");
    sandbox
}

#[test]
fn a_keystore_behind_a_link_is_changed_where_it_is() {
    let sandbox = with_value();
    sandbox.ok("kms create-key --region us-west-2 --keystore stick/keystore.json");
    let before = sandbox.read("stick/keystore.json");
    fs::create_dir(sandbox.path("keystore")).expect("a folder");
    symlink(sandbox.path("stick/keystore.json"), sandbox.path("keystore/keystore.json")).expect("a link");
    sandbox.ok("kms create-key --region us-west-2");
    assert!(sandbox.path("keystore/keystore.json").is_symlink() && sandbox.read("stick/keystore.json") != before);
    sandbox.ok(CREATE);
    sandbox.ok("get-secret-value --secret-id db --region us-west-2 --keystore stick/keystore.json");
    assert_eq!(sandbox.files("keystore"), ["keystore/keystore.json"]);
    fs::rename(sandbox.path("stick"), sandbox.path("gone")).expect("moved");
    sandbox.coldseal("kms create-key --region us-west-2").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: [..]keystore/keystore.json: is a link to what is not there; is what it leads to mounted?

"#]]);
    assert_eq!(sandbox.files("keystore"), ["keystore/keystore.json"]);
}

#[test]
fn no_output_takes_the_place_of_a_keystore_or_lies_in_the_vault() {
    let sandbox = with_value();
    sandbox.ok(CREATE);
    sandbox.ok("seal value --to us-west-2");
    let before = [sandbox.read("keystore/keystore.json"), sandbox.read("keystore/keystore.key")];
    for line in ["open value.us-west-2.bundle -o", "get-secret-value --secret-id db --region us-west-2 --output-file"] {
        for (own, what) in [("keystore/keystore.json", "is the keystore"), ("keystore/keystore.key", "is the keystore's key file")] {
            let expected = format!("coldseal: {own}: {what}; write to another file\n");
            sandbox.coldseal(&format!("{line} {own} --force")).assert().code(252).stdout_eq("").stderr_eq(expected);
        }
        for inside in ["coldseal-vault/coldseal.json", "coldseal-vault/secrets/us-west-2/db/secret.json", "coldseal-vault/new"] {
            let expected = format!("coldseal: {inside}: lies in the vault, which is no place for other files\n");
            sandbox.coldseal(&format!("{line} {inside} --force")).assert().code(252).stdout_eq("").stderr_eq(expected);
        }
    }
    let line = "seal value --to us-west-2 --output-dir coldseal-vault";
    sandbox.coldseal(line).assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: coldseal-vault/value.us-west-2.bundle: lies in the vault, which is no place for other files

"#]]);
    assert_eq!([sandbox.read("keystore/keystore.json"), sandbox.read("keystore/keystore.key")], before);
    sandbox.ok("verify --open");
}

#[test]
fn paths_that_are_not_unicode_are_shown_as_well_as_can_be() {
    let sandbox = with_value();
    let vault = OsStr::from_bytes(b"vault\xff");
    let replicate = "replicate-secret-to-regions --secret-id db --region us-west-2 --add-replica-regions eu-west-1";
    for line in [CREATE, replicate, "describe-secret --secret-id db --region us-west-2", "verify --output json"] {
        let output = sandbox.std(line).arg("--vault").arg(vault).output().expect("runs");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for words in ["seal value --to us-west-2 --output-dir", "kms export-keys --region us-west-2 --output-file"] {
        let output = sandbox.std(words).arg(OsStr::from_bytes(b"out\xff")).output().expect("runs");
        let stdout = String::from_utf8(output.stdout).expect("Unicode");
        assert!(output.status.success() && stdout.contains('\u{FFFD}'), "{words}: {stdout}{}", String::from_utf8_lossy(&output.stderr));
        // Where the one made a folder, the other makes a file.
        let _ = fs::remove_dir_all(sandbox.root().join(OsStr::from_bytes(b"out\xff")));
    }
}

#[test]
fn who_waits_for_another_command_is_told_so() {
    let sandbox = with_value();
    sandbox.ok(CREATE);
    let lock = File::options().read(true).write(true).open(sandbox.path("coldseal-vault/.lock")).expect("a lock");
    lock.lock().expect("locks");
    let mut child = sandbox.std(&CREATE.replace("db", "other")).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("runs");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let told = lines.next().expect("a line").expect("text");
    assert!(told.starts_with("coldseal: waiting for another command, which holds ") && told.ends_with("coldseal-vault/.lock"), "{told}");
    drop(lock);
    assert!(lines.all(|line| line.is_ok()));
    assert!(child.wait().expect("ends").success());
}

#[test]
fn an_expression_is_as_deep_as_can_be_evaluated() {
    let sandbox = with_value();
    let nested = [("[", 2000), ("(", 2000), ("!", 3000), ("@.", 60_000), ("a||", 40_000)];
    for (part, count) in nested {
        let output = sandbox.std("kms list-regions --query").arg(part.repeat(count) + "a").output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(252) && stderr.starts_with("coldseal: --query: the expression is too long"),
            "{part}: {stderr}"
        );
    }
    for (part, count) in [("!", 250), ("Regions||", 250), ("@|", 500)] {
        let output = sandbox.std("kms list-regions --query").arg(part.repeat(count) + "Regions").output().expect("runs");
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
