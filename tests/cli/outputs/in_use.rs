//! No output takes the place of what the command reads or coldseal keeps.

use std::fs;

use super::{KEY, shell, stderr, with_message};
use crate::sandbox::Sandbox;

fn with_everything() -> Sandbox {
    let sandbox = with_message();
    sandbox.write("value", "hunter2");
    sandbox.write("context.json", r#"{"purpose": "test"}"#);
    sandbox.write("passphrase", "correct horse battery staple\n");
    sandbox.write("plan.jsonl", "{\"Name\": \"packed\", \"SecretString\": \"file://value\"}\n");
    sandbox.write("aws.config", "[default]\nregion = us-west-2\n");
    sandbox.write("sealed.us-east-1.bundle", [7; 32]);
    sandbox.write("payload.us-east-1.bundle", [9; 32]);
    sandbox.ok("create-secret --name db --region us-west-2 --secret-string file://value --recovery-key aes=h/b=rec.aes");
    sandbox.ok("kms export-keys --region us-west-2 -o e.json --output-key-file e.key");
    sandbox
}

fn content(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    sandbox.files(".").into_iter().map(|name| (name.clone(), sandbox.read(&name))).collect()
}

#[test]
fn nothing_that_is_read_or_kept_is_overwritten() {
    let sandbox = with_everything();
    let before = content(&sandbox);
    let get = "get-secret-value --secret-id db --region us-west-2 --force --output-file";
    for (line, part) in [
        (format!("seal payload {KEY} --recovery-key aes=h/b=rec.aes --force -o rec.aes"), "rec.aes: is an input of this command"),
        (format!("seal payload {KEY} --encryption-context file://context.json --force -o context.json"), "is an input of this command"),
        (format!("open sealed {KEY} --passphrase-file passphrase --force -o passphrase"), "is an input of this command"),
        (format!("open sealed {KEY} --force -o aws.config"), "is an input of this command"),
        (format!("open sealed {KEY} --force -o keystore/keystore.json"), "is the keystore"),
        (format!("open sealed {KEY} --force -o keystore/keystore.key"), "is the keystore's key file"),
        (format!("open sealed {KEY} --force -o keystore/keystore.json.lock"), "belongs to the keystore"),
        (format!("open sealed {KEY} -o keystore/keystore.key.new"), "belongs to the keystore"),
        (format!("open sealed {KEY} -o coldseal-vault/new"), "lies in the vault"),
        (
            "rewrap sealed --raw-aes-key home/backup=sealed.us-east-1.bundle --to us-east-1 --force".to_owned(),
            "is an input of this command",
        ),
        ("seal payload --recovery-key aes=h/b=payload.us-east-1.bundle --to us-east-1 --force".to_owned(), "is an input of this command"),
        (format!("{get} rec.aes --recovery-key aes=h/b=rec.aes"), "rec.aes: is an output of this command"),
        (format!("{get} rec.aes --raw-aes-key h/b=rec.aes"), "rec.aes: is an output of this command"),
        (format!("{get} passphrase --passphrase-file passphrase"), "is an input of this command"),
        ("kms export-keys --region us-west-2 -o coldseal-vault/e.json".to_owned(), "lies in the vault"),
        ("kms export-keys --region us-west-2 -o new.json --output-key-file coldseal-vault/e.key".to_owned(), "lies in the vault"),
        ("kms export-keys --region us-west-2 -o new.json --output-key-file ./new.json".to_owned(), "is an output of this command already"),
        ("kms create-key --region us-west-2 --keystore one --keystore-key-file one".to_owned(), "one: is the keystore"),
        ("man --output-dir keystore --keystore keystore/coldseal.1".to_owned(), "is the keystore"),
    ] {
        let output = sandbox.std(&line).env("AWS_CONFIG_FILE", "aws.config").output().expect("runs");
        assert!(output.status.code() == Some(252) && stderr(&output).contains(part), "{line}: {:?} {}", output.status, stderr(&output));
        assert!(content(&sandbox) == before, "{line}");
    }
}

#[test]
fn what_stdout_is_redirected_to_is_not_read() {
    let sandbox = with_everything();
    let before = content(&sandbox);
    for script in [
        format!("$C seal payload {KEY} >> payload"),
        format!("$C seal payload {KEY} 1<> payload"),
        format!("$C seal {KEY} < payload >> payload"),
        format!("$C seal {KEY} < payload 1<> payload"),
        format!("$C seal payload {KEY} -o - >> payload"),
        format!("$C seal payload {KEY} -o /dev/stdout >> payload"),
        format!("$C seal payload {KEY} -o /dev/fd/3 3>> payload"),
        format!("$C seal payload {KEY} >> backup.key"),
        format!("$C open sealed {KEY} >> sealed"),
        format!("$C open {KEY} < sealed >> sealed"),
        "$C inspect sealed >> sealed".to_owned(),
        "$C inspect - < sealed >> sealed".to_owned(),
        "$C verify sealed >> sealed".to_owned(),
        "$C create-secret --name new --region us-west-2 --secret-string file://value >> value".to_owned(),
        "$C create-secret --name new --region us-west-2 --secret-string - < value >> value".to_owned(),
        "$C pack plan.jsonl --region us-west-2 >> plan.jsonl".to_owned(),
        "$C pack - --region us-west-2 < plan.jsonl >> plan.jsonl".to_owned(),
        "$C kms import-keys e.json --input-key-file e.key >> e.json".to_owned(),
        "$C kms list-keys --region us-west-2 >> keystore/keystore.json".to_owned(),
        "$C kms list-keys --region us-west-2 >> keystore/keystore.key".to_owned(),
        "AWS_CONFIG_FILE=aws.config $C kms list-keys >> aws.config".to_owned(),
    ] {
        let output = shell(&sandbox, &script);
        let expected = if script.contains("aws.config") { 253 } else { 252 };
        assert_eq!(output.status.code(), Some(expected), "{script}: {}", stderr(&output));
        assert!(content(&sandbox) == before, "{script}");
    }
    for target in ["coldseal.json", ".lock", "secrets/us-west-2/db/secret.json", "made-now"] {
        for line in [
            "list-secrets",
            "get-secret-value --secret-id db --region us-west-2",
            "verify",
            &format!("seal payload {KEY}"),
            "kms list-keys",
        ] {
            // The shell makes what is not there.
            let script = format!("$C {line} >> coldseal-vault/{target}; code=$?; rm -f coldseal-vault/made-now; exit $code");
            let output = shell(&sandbox, &script);
            assert_eq!(output.status.code(), Some(252), "{script}: {}", stderr(&output));
            assert!(stderr(&output).contains("coldseal-vault: stdout is redirected to a file in it"), "{script}: {}", stderr(&output));
            assert!(content(&sandbox) == before, "{script}");
        }
    }
    fs::rename(sandbox.path("coldseal-vault"), sandbox.path("other-vault")).expect("renamed");
    let output = shell(&sandbox, "$C verify other-vault >> other-vault/coldseal.json");
    assert_eq!(output.status.code(), Some(252), "{}", stderr(&output));
    fs::rename(sandbox.path("other-vault"), sandbox.path("coldseal-vault")).expect("renamed");
    assert!(content(&sandbox) == before);
    let output = shell(&sandbox, &format!("$C seal payload {KEY} >> other && $C open other {KEY}"));
    assert!(output.status.success() && output.stdout == b"attack at dawn", "{}", stderr(&output));
    // A device may be both.
    assert!(shell(&sandbox, &format!("$C seal /dev/null {KEY} -o /dev/null --force")).status.success());
}

#[test]
fn a_link_to_what_is_read_is_that() {
    let sandbox = with_message();
    std::os::unix::fs::symlink("rec.aes", sandbox.path("soft")).expect("linked");
    fs::hard_link(sandbox.path("rec.aes"), sandbox.path("hard")).expect("linked");
    std::os::unix::fs::symlink("keystore/keystore.key", sandbox.path("dangling")).expect("linked");
    for output in ["soft", "hard"] {
        sandbox.coldseal(&format!("seal payload {KEY} --recovery-key aes=h/b=rec.aes --force -o {output}")).assert().code(252);
    }
    sandbox.coldseal(&format!("seal payload {KEY} -o dangling")).assert().code(252);
    assert_eq!(sandbox.read("rec.aes"), [9; 32]);
}
