//! What a replaced file keeps, and links.
#![allow(clippy::print_stderr, reason = "what is skipped is told")]

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
};

use super::{KEY, shell, stderr, with_message};
use crate::sandbox::Sandbox;

fn set_mode(sandbox: &Sandbox, name: &str, mode: u32) {
    fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(mode)).expect("set");
}

#[test]
fn mode_and_owner_stay() {
    let sandbox = with_message();
    sandbox.ok("create-secret --name db --region us-west-2 --secret-string file://payload");
    for line in [
        format!("seal payload {KEY} --force -o out.us-west-2.bundle"),
        format!("open sealed {KEY} --force -o out.us-west-2.bundle"),
        "get-secret-value --secret-id db --region us-west-2 --force --output-file out.us-west-2.bundle".to_owned(),
        "seal out --to us-west-2 --force".to_owned(),
    ] {
        sandbox.write("out", "x");
        let path = sandbox.write("out.us-west-2.bundle", "old");
        set_mode(&sandbox, "out.us-west-2.bundle", 0o640);
        // Only root may give files away.
        let _ = chown(&path, Some(65_534), Some(65_534));
        let before = fs::metadata(&path).expect("there");
        let output = sandbox.std(&line).output().expect("runs");
        assert!(output.status.success(), "{line}: {}", stderr(&output));
        let after = fs::metadata(&path).expect("there");
        assert_ne!(sandbox.read("out.us-west-2.bundle"), b"old");
        assert_eq!((after.mode() & 0o7777, after.uid(), after.gid()), (0o640, before.uid(), before.gid()), "{line}");
        // Of plaintext it is told who else can read it.
        let is_told = stderr(&output).contains("has the mode 0640 of the file that it replaced, so others can read it");
        assert_eq!(is_told, !line.starts_with("seal"), "{line}: {}", stderr(&output));
        fs::remove_file(path).expect("removed");
    }
    sandbox.ok(&format!("open sealed {KEY} --force -o new"));
    assert_eq!(fs::metadata(sandbox.path("new")).expect("there").mode() & 0o7777, 0o600);
    // What coldseal itself replaces is the same file to others.
    set_mode(&sandbox, "keystore/keystore.json", 0o640);
    sandbox.ok("kms create-key --region us-west-2");
    assert_eq!(fs::metadata(sandbox.path("keystore/keystore.json")).expect("there").mode() & 0o7777, 0o640);
}

#[test]
fn a_link_is_followed_to_where_the_file_will_be() {
    let sandbox = with_message();
    fs::create_dir(sandbox.path("folder")).expect("made");
    symlink("folder/target", sandbox.path("link")).expect("linked");
    symlink("link", sandbox.path("second")).expect("linked");
    for arguments in ["-o second", "-o second --force"] {
        sandbox.ok(&format!("open sealed {KEY} {arguments}"));
        assert_eq!(sandbox.read("folder/target"), b"attack at dawn");
        assert!(sandbox.path("link").is_symlink() && sandbox.path("second").is_symlink());
        if arguments.ends_with("second") {
            sandbox.coldseal(&format!("open sealed {KEY} {arguments}")).assert().code(252);
        }
    }
    symlink("folder/bundle", sandbox.path("payload.us-west-2.bundle")).expect("linked");
    sandbox.ok("seal payload --to us-west-2 --force");
    assert!(sandbox.path("payload.us-west-2.bundle").is_symlink() && sandbox.exists("folder/bundle"));
    symlink("round", sandbox.path("round")).expect("linked");
    sandbox.coldseal(&format!("open sealed {KEY} -o round --force")).assert().code(252);
    symlink("missing/target", sandbox.path("lost")).expect("linked");
    sandbox.coldseal(&format!("open sealed {KEY} -o lost --force")).assert().code(255);
    assert!(sandbox.path("lost").is_symlink());
}

/// A file that is mounted by itself cannot be replaced.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_replaced_is_told_with_a_way_out() {
    let sandbox = with_message();
    sandbox.ok("seal payload --to us-west-2 --to eu-west-1 --to sa-east-1");
    let mounted = |script: &str| {
        let bind = format!("mount --bind payload.eu-west-1.bundle payload.eu-west-1.bundle && {script}");
        let mut unshare = sandbox.prepared("unshare");
        unshare.args(["--mount", "sh", "-c", &bind]).env("C", env!("CARGO_BIN_EXE_coldseal")).output().ok()
    };
    if !mounted("true").is_some_and(|output| output.status.success()) {
        eprintln!("skipped: mounts are not allowed here");
        return;
    }
    let output = mounted(&format!("$C seal payload {KEY} -o payload.eu-west-1.bundle --force")).expect("runs");
    assert_eq!(output.status.code(), Some(255));
    let expected = "hint: a file that is mounted by itself, as into a container, has a place that no other can take";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    let before = ["us-west-2", "eu-west-1", "sa-east-1"].map(|region| sandbox.read(&format!("payload.{region}.bundle")));
    let output = mounted("$C seal payload --to us-west-2 --to eu-west-1 --to sa-east-1 --force").expect("runs");
    assert_eq!(output.status.code(), Some(255));
    let told = "; ./payload.us-west-2.bundle is replaced already; as before: ./payload.eu-west-1.bundle, ./payload.sa-east-1.bundle\n";
    assert!(stderr(&output).contains(told) && stderr(&output).contains(expected), "{}", stderr(&output));
    let after = ["us-west-2", "eu-west-1", "sa-east-1"].map(|region| sandbox.read(&format!("payload.{region}.bundle")));
    assert!(before[0] != after[0] && before[1..] == after[1..]);
    assert!(!sandbox.files(".").iter().any(|name| name.contains(".coldseal-tmp-")));
    assert!(shell(&sandbox, "$C open payload.us-west-2.bundle --region us-west-2").status.success());
}

/// The old bundle is of no use to the secret, and maybe of use to somebody who may not open it any more.
#[test]
fn a_bundle_that_could_not_be_removed_is_told() {
    let sandbox = with_message();
    sandbox.ok("create-secret --name db --region us-west-2 --secret-string file://payload");
    let bundle = sandbox.files("coldseal-vault").into_iter().find(|name| name.ends_with(".bundle")).expect("a bundle");
    let folder = sandbox.path(&bundle).parent().expect("a folder").join("us-west-2.0123456789abcdef.bundle");
    // No file: it cannot be removed as one.
    fs::create_dir(&folder).expect("made");
    for line in ["rewrap --secret-id db --region us-west-2", "rewrap --all"] {
        let output = sandbox.std(line).output().expect("runs");
        let told = "us-west-2.0123456789abcdef.bundle is no longer needed and could not be removed: ";
        assert!(output.status.success() && stderr(&output).contains(told), "{line}: {}", stderr(&output));
    }
}
