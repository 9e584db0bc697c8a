//! `export` of a part of a signed vault, and `import` where it was carried to.

use std::{fs, path::Path, process::Stdio};

use snapbox::str;

use crate::sandbox::Sandbox;

fn data(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing").join(name)).expect("a test key")
}

/// A signed vault with `db` in two Regions and `only-here` in one.
fn signed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name db --secret-string one --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.ok("create-secret --name only-here --secret-string one --region us-west-2");
    sandbox.write("alice", data("ed25519"));
    sandbox.write("signers", format!("alice namespaces=\"coldseal-manifest\" {}", data("ed25519.pub")));
    sandbox.ok("sign --signing-key alice --yes");
    sandbox
}

const FROM: &str = "--signers signers --vault there";

#[test]
fn a_part_is_exported_carried_imported_and_read_without_a_region() {
    let sandbox = signed();
    let export =
        "export --region eu-west-1 --to eu.tar --signers signers --query [Counter,Signers,Regions,Secrets,Bundles,Files] --output json";
    sandbox.coldseal(&format!("{export} --dry-run")).assert().success().stdout_eq(str![[r#"
[
    1,
    [
        "alice"
    ],
    [
        "eu-west-1"
    ],
    1,
    1,
    6
]

"#]]);
    assert!(!sandbox.exists("eu.tar"));
    sandbox.coldseal(export).assert().success().stderr_eq("");
    sandbox.coldseal("export --region eu-west-1 --to eu.tar").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: eu.tar: exists; --force overwrites it

"#]]);
    let stdout =
        sandbox.prepared(env!("CARGO_BIN_EXE_coldseal")).args(["export", "--region", "eu-west-1", "--to", "-"]).output().expect("runs");
    assert!(stdout.status.success() && stdout.stdout == sandbox.read("eu.tar"), "the same root gives the same bytes");
    sandbox
        .coldseal(&format!("import eu.tar {FROM} --query [Counter,Created,Updated,Removed,Unchanged]"))
        .assert()
        .success()
        .stdout_eq(str![[r#"
[
    1,
    [
        "db"
    ],
    [],
    [],
    0
]

"#]])
        .stderr_eq(str![[r#"
coldseal: root 1 of [..], signed by alice; no older than what was accepted here before

"#]]);
    assert_eq!(sandbox.stdout(&format!("get-secret-value --secret-id db --query SecretString --output text {FROM}")), "one\n");
    assert_eq!(sandbox.stdout("exec --secret-id db --as VALUE --vault there -- printenv VALUE"), "one\n");
    assert_eq!(sandbox.stdout("list-secrets --query SecretList[].Name --output text --vault there"), "db\n");
    let described = sandbox.stdout("describe-secret --secret-id db --query [ARN,Bundles[].Region] --output text --vault there");
    assert!(described.starts_with("arn:aws:secretsmanager:eu-west-1:"), "{described}");
    sandbox.ok("unpack --output-dir unpacked --vault there");
    assert_eq!(sandbox.read("unpacked/db"), b"one");
    assert_eq!(sandbox.stdout("status --query Secrets[].Regions[].Region --output text --vault there").trim(), "eu-west-1");
    sandbox.coldseal(&format!("verify {FROM}")).assert().success().stdout_eq(str![[r#"
1 secret, 1 bundle: sound
root 1 of [..], signed by alice; no older than what was accepted here before

"#]]);
    sandbox.coldseal("get-secret-value --secret-id db --region us-west-2 --vault there").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret. It is not in us-west-2, but in eu-west-1.
...
"#]]);
    sandbox.coldseal("put-secret-value --secret-id db --secret-string two --vault there").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
...
An error occurred (InvalidRequestException) when calling the PutSecretValue operation: this is a part of a vault, for eu-west-1; it is changed and signed in the vault that it is of
hint: change it there, then: 'coldseal sign', 'coldseal export' there, and bring what that writes here

"#]]);
}

#[test]
fn the_second_delivery_removes_what_is_listed_no_more_and_the_first_is_refused() {
    let sandbox = signed();
    sandbox.ok("create-secret --name gone --secret-string one --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.ok("export --region eu-west-1 --to first");
    sandbox.ok(&format!("import first {FROM}"));
    sandbox.ok("put-secret-value --secret-id db --secret-string two");
    sandbox.ok("remove-regions-from-replication --secret-id gone --remove-replica-regions eu-west-1");
    sandbox.coldseal("export --regions eu-west-1 --to stale").assert().success().stderr_eq(str![[r#"
coldseal: changed since root 2 was signed, which is what is exported: db, gone

"#]]);
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.ok("export --regions eu-west-1 --to second");
    sandbox.coldseal(&format!("import second {FROM}")).assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: root 3 of [..], signed by alice; no older than what was accepted here before
coldseal: gone is not listed any more
coldseal: there is no terminal to ask on; nothing was imported
hint: look at what would be removed, and repeat the command with --yes

"#]]);
    sandbox.ok(&format!("import second {FROM} --yes"));
    assert_eq!(sandbox.stdout(&format!("get-secret-value --secret-id db --query SecretString --output text {FROM}")), "two\n");
    let without_lock = |folder: &str| {
        let files = sandbox.files(folder).into_iter().filter(|file| !file.ends_with(".lock"));
        files.map(|file| (file.replacen(folder, "", 1), sandbox.read(&file))).collect::<Vec<_>>()
    };
    assert_eq!(without_lock("there"), without_lock("second"));
    sandbox.coldseal(&format!("import first {FROM}")).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the Import operation: the root has counter 2, and one with counter 3 was accepted before: this is an older package
hint: ask whoever signs for the newest package, and which root it has: somebody may have put an older one here

"#]]);
}

#[test]
fn what_cannot_be_exported_or_imported_is_told_with_the_way_out() {
    let sandbox = signed();
    fs::create_dir(sandbox.path("notes")).expect("made");
    sandbox.write("notes/readme", "not a part");
    sandbox.write("text.tar", "not an archive".repeat(100));
    sandbox.ok("export --region eu-west-1 --to part");
    sandbox.write("part/run.sh", "#!/bin/sh");
    for (line, code, expected) in [
        ("export --to part", 252, "hint: --region eu-west-1, or --regions for several"),
        ("export --region eu-west-1 --to notes", 252, "notes: is there, and not empty"),
        ("export --region eu-west-1 --to other --force", 252, "hint: name a folder that is not there yet, or a file that ends in .tar"),
        ("export --region eu-central-1 --to other", 254, "the root with counter 1 has no secret in eu-central-1"),
        ("export --region us-west-2 --to other --vault part", 254, "us-west-2 is not in this part of a vault, which is for eu-west-1"),
        ("sign --no-key --yes --vault part", 254, "this is a part of a vault, for eu-west-1"),
        ("import part --vault there", 252, "hint: --signers or COLDSEAL_SIGNERS names the file that says who may"),
        ("import part --vault there --signers signers", 254, "the root does not name part/run.sh"),
        (
            "import notes --vault there --signers signers",
            254,
            "hint: 'coldseal export --region REGION --to PLACE' writes what can be imported",
        ),
        ("import coldseal-vault --vault there --signers signers", 254, "is no part of a vault that was exported"),
        ("import text.tar --vault there --signers signers", 254, "no tar archive, or damaged: there is no header at byte 0"),
        ("import none --vault there --signers signers", 255, "reading none"),
    ] {
        let assert = sandbox.coldseal(line).assert().code(code).stdout_eq("");
        let stderr = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(stderr.contains(expected), "{line}: {stderr}");
        assert!(!sandbox.exists("there") && !sandbox.exists("other"), "{line}");
    }
    let unsigned = Sandbox::new();
    unsigned.ok("create-secret --name db --secret-string one --region us-west-2");
    unsigned.coldseal("export --region us-west-2 --to part").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the Export operation: nothing here is signed: [..]coldseal-vault has no root
hint: 'coldseal sign --signing-key KEY' signs a vault

"#]]);
}

#[test]
fn an_archive_is_imported_from_stdin() {
    let sandbox = signed();
    sandbox.ok("export --region eu-west-1 --to eu.tar");
    let archive = fs::File::open(sandbox.path("eu.tar")).expect("opened");
    let words = ["import", "-", "--signers", "signers", "--vault", "there"];
    let done = sandbox.prepared(env!("CARGO_BIN_EXE_coldseal")).args(words).stdin(Stdio::from(archive)).output().expect("runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(sandbox.stdout("list-secrets --query SecretList[].Name --output text --vault there"), "db\n");
}

#[test]
fn parts_are_compared_as_folders_archives_and_roots() {
    let sandbox = signed();
    sandbox.ok("export --region eu-west-1 --to first.tar");
    sandbox.ok("export --region eu-west-1 --to first");
    for same in [
        "first.tar first",
        "first coldseal-vault",
        "coldseal-vault first.tar --signed",
        "first/manifests/1.json first",
        "first.tar coldseal-vault/manifests/1.json",
    ] {
        sandbox.coldseal(&format!("diff {same}")).assert().success().stdout_eq(str![[r#"
...
0 added, 0 removed, 0 changed, 1 the same
compared in eu-west-1 alone

"#]]);
    }
    sandbox.ok("put-secret-value --secret-id db --secret-string two");
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.ok("export --region eu-west-1 --to second.tar");
    sandbox.coldseal("diff first.tar second.tar").assert().code(1).stdout_eq(str![[r#"
...
changed: db (eu-west-1)
...
  new value: [..]
...
0 added, 0 removed, 1 changed, 0 the same
compared in eu-west-1 alone

"#]]);
    sandbox.write("notes.tar", "no archive");
    sandbox.coldseal("diff notes.tar second.tar").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the Diff operation: no tar archive, or damaged: there is no header at byte 0
hint: 'coldseal export --region REGION --to FILE.tar' writes such an archive; copy it again if it was one

"#]]);
}
