//! `sign` of files, and `open --signers`.

use std::{fs, path::Path};

use snapbox::str;

use crate::sandbox::Sandbox;

const KEY: &str = "--raw-aes-key a/b=key";
const SIGNING: [&str; 4] = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521"];

fn data(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing").join(name)).expect(name)
}

/// A sandbox with keys that sign, the file of signers, and a message of three frames.
fn signing() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in [&SIGNING[..], &["ed25519-passphrase", "rsa", "allowed_signers"]].concat() {
        sandbox.write(name, data(name));
    }
    sandbox.write("key", [7; 32]);
    sandbox.write("three", "frame".repeat(3));
    sandbox.coldseal(&format!("seal three {KEY} --frame-length 5 -o sealed")).assert().success();
    sandbox
}

fn signatures(sandbox: &Sandbox) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(sandbox.path("."))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name.starts_with("sealed.") && name.ends_with(".sig"))
        .collect();
    names.sort();
    names
}

#[test]
fn each_signer_has_a_file_beside_the_bundle() {
    let sandbox = signing();
    for (count, name) in SIGNING.into_iter().enumerate() {
        sandbox.coldseal(&format!("sign sealed --signing-key {name}")).assert().success().stderr_eq("");
        assert_eq!(signatures(&sandbox).len(), count + 1, "{name}");
    }
    // The same again is there already; ECDSA would not write the same text.
    let before: Vec<_> = signatures(&sandbox).iter().map(|name| sandbox.read(name)).collect();
    for name in SIGNING {
        sandbox.coldseal(&format!("sign sealed --signing-key {name}")).assert().success().stderr_eq("");
    }
    let after: Vec<_> = signatures(&sandbox).iter().map(|name| sandbox.read(name)).collect();
    assert_eq!(before, after);
    sandbox
        .coldseal(&format!("open sealed {KEY} --signers allowed_signers --threshold 4"))
        .assert()
        .success()
        .stdout_eq("frameframeframe")
        .stderr_eq(str![[r#"
coldseal: signed by ecdsa-256@example.com, ecdsa-384@example.com, ecdsa-521@example.com, ed25519@example.com

"#]]);
}

#[test]
fn what_was_signed_is_told() {
    let sandbox = signing();
    sandbox.write("other", "x");
    sandbox
        .coldseal("sign sealed other --signing-key ed25519 --query Signatures[].[File,Path,Key,Namespace] --output text")
        .assert()
        .success()
        .stdout_eq(str![[r#"
[ROOT]/sealed	[ROOT]/sealed.[..].sig	SHA256:[..]	coldseal-file
[ROOT]/other	[ROOT]/other.[..].sig	SHA256:[..]	coldseal-file

"#]]);
    assert_eq!(signatures(&sandbox).len(), 1);
}

#[test]
fn one_signature_goes_where_it_is_told_to() {
    let sandbox = signing();
    let printed = sandbox.coldseal("sign - --signing-key ed25519 -o -").stdin(sandbox.read("sealed")).output().expect("runs");
    sandbox.coldseal("sign sealed --signing-key ed25519 -o elsewhere").assert().success().stdout_eq("").stderr_eq("");
    assert_eq!(printed.stdout, sandbox.read("elsewhere"));
    assert!(signatures(&sandbox).is_empty());
    let open = format!("open sealed {KEY} --signers allowed_signers --signature elsewhere");
    sandbox.coldseal(&open).assert().success().stdout_eq("frameframeframe");
    // What is there is not overwritten unless it is asked for.
    sandbox.write("taken", "x");
    sandbox.coldseal("sign sealed --signing-key ed25519 -o taken").assert().code(252);
    assert_eq!(sandbox.read("taken"), b"x");
    sandbox.coldseal("sign sealed --signing-key ed25519 -o taken --force").assert().success();
    assert_eq!(sandbox.read("taken"), printed.stdout);
}

#[test]
fn nothing_is_written_where_one_file_cannot_be_read() {
    let sandbox = signing();
    sandbox.coldseal("sign sealed nothing --signing-key ed25519").assert().code(255);
    assert!(signatures(&sandbox).is_empty());
}

#[test]
fn the_passphrase_of_a_key_comes_from_its_own_places() {
    let sandbox = signing();
    let passphrase = "correct horse battery staple";
    sandbox.write("passphrase", format!("{passphrase}\n"));
    let sign = "sign sealed --signing-key ed25519-passphrase -o - --force";
    let plain = sandbox.coldseal("sign sealed --signing-key ed25519 -o -").output().expect("runs").stdout;
    let by_file = sandbox.coldseal(&format!("{sign} --signing-key-passphrase-file passphrase")).output().expect("runs");
    let by_variable = sandbox.coldseal(sign).env("COLDSEAL_SIGNING_KEY_PASSPHRASE", passphrase).output().expect("runs");
    assert_eq!((by_file.stdout, by_variable.stdout), (plain.clone(), plain));
    sandbox.coldseal(sign).env("COLDSEAL_PASSPHRASE", passphrase).assert().code(253).stdout_eq("");
}

#[test]
fn a_signature_made_elsewhere_is_taken_in() {
    let sandbox = signing();
    for name in ["message", "sk-ecdsa.sig", "rsa.sig"] {
        sandbox.write(name, data(name));
    }
    sandbox.coldseal("sign message --add-signature sk-ecdsa.sig --add-signature rsa.sig --signing-key ed25519").assert().success();
    let names = sandbox.files(".");
    let taken = names.iter().filter(|name| name.contains("message.") && name.ends_with(".sig")).count();
    assert_eq!(taken, 3, "{names:?}");
}

#[test]
fn ssh_keygens_own_name_is_found() {
    let sandbox = signing();
    sandbox.coldseal("sign sealed --signing-key ed25519 -o sealed.sig").assert().success();
    sandbox.coldseal(&format!("open sealed {KEY} --signers allowed_signers")).assert().success().stdout_eq("frameframeframe");
    sandbox
        .coldseal(&format!("open sealed {KEY}"))
        .env("COLDSEAL_SIGNERS", "allowed_signers")
        .assert()
        .success()
        .stdout_eq("frameframeframe");
}

#[test]
fn nothing_comes_out_before_the_signatures_are_known() {
    let sandbox = signing();
    sandbox.coldseal("sign sealed --signing-key ed25519 -o sig").assert().success();
    // The message opens, and is not the one that was signed.
    sandbox.coldseal(&format!("seal three {KEY} --frame-length 5 -o exchanged")).assert().success();
    for (file, code) in [("sealed", 0), ("exchanged", 254)] {
        let open = format!("{KEY} --signers allowed_signers --signature sig");
        let expected = if code == 0 { "frameframeframe" } else { "" };
        sandbox.coldseal(&format!("open {file} {open}")).assert().code(code).stdout_eq(expected);
        sandbox.coldseal(&format!("open {open}")).stdin(sandbox.read(file)).assert().code(code).stdout_eq(expected);
        for from in [file, "-"] {
            let _ = fs::remove_file(sandbox.path("out"));
            sandbox.coldseal(&format!("open {from} {open} -o out")).stdin(sandbox.read(file)).assert().code(code).stdout_eq("");
            assert_eq!(sandbox.exists("out"), code == 0, "{file} from {from}");
        }
    }
}

#[test]
fn a_signed_message_is_held_for_both_signatures() {
    let sandbox = signing();
    sandbox.coldseal(&format!("seal three {KEY} --sign-message -o signed")).assert().success();
    sandbox.coldseal("sign signed --signing-key ed25519 -o sig").assert().success();
    let open = format!("{KEY} --signers allowed_signers --signature sig");
    sandbox.coldseal(&format!("open signed {open}")).assert().success().stdout_eq("frameframeframe");
    sandbox.coldseal(&format!("open {open}")).stdin(sandbox.read("signed")).assert().success().stdout_eq("frameframeframe");
}

/// What is read from a pipe for a pipe waits in memory, up to 64 MiB.
#[test]
fn a_longer_message_is_read_twice_or_not_at_all() {
    let sandbox = signing();
    sandbox.write("large", vec![1_u8; 65 * 1024 * 1024]);
    sandbox.coldseal(&format!("seal large {KEY} -o large.bundle --no-sync")).assert().success();
    sandbox.coldseal("sign large.bundle --signing-key ed25519").assert().success();
    let open = format!("{KEY} --signers allowed_signers");
    let opened = sandbox.coldseal(&format!("open large.bundle {open}")).output().expect("runs");
    assert!(opened.status.success() && opened.stdout == sandbox.read("large"));
    let found = sandbox.files(".").into_iter().find(|name| name.contains("large.bundle.") && name.ends_with(".sig")).expect("a signature");
    let found = found.trim_start_matches("./");
    let held = sandbox.coldseal(&format!("open {open} --signature {found}")).stdin(sandbox.read("large.bundle"));
    held.assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: a signed message of more than 64 MiB cannot be held until its signature is verified
hint: write to a file with -o, or name the message's file, which can be read twice; --stream-unverified writes before the signature is verified

"#]]);
}
