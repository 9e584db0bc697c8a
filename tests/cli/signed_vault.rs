//! `sign` of a vault, and what was signed as it is verified and read.

use std::{fs, path::Path};

use snapbox::str;

use crate::sandbox::Sandbox;

fn data(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing").join(name)).expect("a test key")
}

/// With the secret `db` in two Regions, a key that signs, and a file that says so.
fn with_secret() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name db --secret-string one --region us-west-2 --add-replica-regions eu-west-1");
    sandbox.write("alice", data("ed25519"));
    sandbox.write("bob", data("ecdsa-256"));
    let line = |name: &str, key: &str| format!("{name} namespaces=\"coldseal-manifest\" {}", data(key));
    sandbox.write("signers", line("alice", "ed25519.pub") + &line("bob", "ecdsa-256.pub"));
    sandbox
}

fn value(sandbox: &Sandbox, flags: &str) -> String {
    sandbox.stdout(&format!("get-secret-value --secret-id db --query SecretString --output text {flags}"))
}

#[test]
fn a_vault_is_signed_verified_and_read_as_it_was_signed() {
    let sandbox = with_secret();
    sandbox.coldseal("sign --signing-key alice").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: db (eu-west-1, us-west-2): new
coldseal: root 1: 1 secret, 1 change in the first root
coldseal: there is no terminal to ask on; nothing was signed
hint: look at what has changed, and repeat the command with --yes

"#]]);
    assert!(!sandbox.exists("coldseal-vault/manifests"));
    sandbox
        .coldseal("sign --signing-key alice --yes --output text --query [Counter,Root]")
        .assert()
        .success()
        .stdout_eq(str![[r#"
1	[..]/coldseal-vault/manifests/1.json

"#]])
        .stderr_eq(str![[r#"
coldseal: db (eu-west-1, us-west-2): new
coldseal: root 1: 1 secret, 1 change in the first root

"#]]);
    sandbox.coldseal("verify --signers signers").assert().success().stdout_eq(str![[r#"
1 secret, 2 bundles: sound
root 1 of [..], signed by alice; freshness not checked

"#]]);
    sandbox.ok("put-secret-value --secret-id db --secret-string two");
    sandbox.ok("create-secret --name late --secret-string three --region us-west-2");
    sandbox.coldseal("verify --signers signers").assert().code(1).stdout_eq(str![[r#"
fault: coldseal-vault/secrets/us-west-2/db: changed since: Bundles, LastChangedDate, VersionStages, Versions (eu-west-1, us-west-2)
fault: coldseal-vault/secrets/us-west-2/late: not listed: no signed root has it (us-west-2)
2 secrets, 5 bundles: 2 faults
root 1 of [..], signed by alice; no older than what was accepted here before

"#]]);
    assert_eq!((value(&sandbox, ""), value(&sandbox, "--signers signers")), ("two\n".to_owned(), "one\n".to_owned()));
    let run = "exec --secret-id db --as VALUE --signers signers -- printenv VALUE";
    assert_eq!(sandbox.stdout(run), "one\n");
    sandbox.coldseal("get-secret-value --secret-id late --signers signers").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret.
...
"#]]);
    sandbox.ok("sign --signing-key alice --yes");
    assert_eq!(value(&sandbox, "--signers signers --region eu-west-1 --expect-counter 2"), "two\n");
    // Another reader has seen root 2; now root 1 is put back.
    fs::remove_file(sandbox.path("coldseal-vault/manifests/2.json")).expect("removed");
    sandbox.coldseal("get-secret-value --secret-id db --signers signers").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the GetSecretValue operation: the root has counter 1, and one with counter 2 was accepted before: this is an older package
hint: ask whoever signs for the newest package, and which root it has: somebody may have put an older one here

"#]]);
}

#[test]
fn two_of_two_signers_are_demanded() {
    let sandbox = with_secret();
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.coldseal("verify --signers signers --threshold 2").assert().code(1).stdout_eq(str![[r#"
fault: coldseal-vault: no root has enough signatures; that of counter 1: 2 signers are needed, and alice signed
1 secret, 2 bundles: 1 fault
nothing is known to be signed

"#]]);
    sandbox.ok("sign --signing-key bob --yes");
    sandbox.coldseal("verify --signers signers --threshold 2 --require-fresh --expect-counter 1").assert().success().stdout_eq(str![[r#"
1 secret, 2 bundles: sound
root 1 of [..], signed by alice, bob; as expected

"#]]);
}

#[test]
fn what_is_not_the_keystores_own_needs_its_name() {
    let sandbox = with_secret();
    sandbox.ok("sign --signing-key alice --yes");
    let record = "coldseal-vault/secrets/us-west-2/db/secret.json";
    let forged = String::from_utf8(sandbox.read(record)).expect("UTF-8").replace("\"Name\"", "\"Description\": \"forged\",\n  \"Name\"");
    sandbox.write(record, forged);
    sandbox.coldseal("sign --signing-key alice --yes").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: db (eu-west-1, us-west-2): changed: Description; changed by another hand, as its tag does not verify
coldseal: root 2: 1 secret, 1 change since root 1
An error occurred (InvalidRequestException) when calling the Sign operation: changed by another hand, as far as is known here: db
hint: if the change is right, --accept NAME takes it into what is signed; repeat it for several

"#]]);
    sandbox.ok("sign --signing-key alice --yes --accept db");
    sandbox.ok("verify --signers signers");
}

#[test]
fn a_root_without_a_signature_is_signed_elsewhere() {
    let sandbox = with_secret();
    sandbox.coldseal("sign --no-key --yes --output text --query Signatures").assert().success().stderr_eq(str![[r#"
coldseal: db (eu-west-1, us-west-2): new
coldseal: root 1: 1 secret, 1 change in the first root
coldseal: not signed yet: 'ssh-keygen -Y sign -n coldseal-manifest -f KEY < [..]/coldseal-vault/manifests/1.json > root.sig', then 'coldseal sign --add-signature root.sig'

"#]]);
    sandbox.write("root.sig", data("ed25519.sig"));
    sandbox.coldseal("sign --add-signature root.sig").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (KMSInvalidSignatureException) when calling the Sign operation: root.sig: the signature is for the namespace 'coldseal-file', and coldseal-manifest is needed
...
"#]]);
    sandbox.coldseal("sign").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: the vault is signed with a key, or without one, or gets a signature that was made elsewhere
hint: give one of --signing-key KEY, --no-key and --add-signature FILE

"#]]);
    sandbox.coldseal("get-secret-value --secret-id db --expect-counter 1").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: what a root has to be is given, and nobody is named who may sign one
hint: --signers or COLDSEAL_SIGNERS names the file that says who may

"#]]);
}

#[test]
fn several_keys_sign_in_one_run() {
    let sandbox = with_secret();
    let query = "--output text --query [Counter,length(Signatures)]";
    sandbox.coldseal(&format!("sign --signing-key alice --signing-key bob --yes {query}")).assert().success().stdout_eq("1\t2\n");
    sandbox.ok("verify --signers signers --threshold 2");
    // Each has a passphrase of its own, in a file of its own, or they have one in common.
    sandbox.ok("tag-resource --secret-id db --tags Key=a,Value=b");
    for (name, key) in [("alice", "ed25519-passphrase"), ("bob", "ecdsa-256-passphrase")] {
        sandbox.write(name, data(key));
    }
    sandbox.write("passphrase", "correct horse battery staple\n");
    sandbox.write("wrong", "another horse\n");
    let both = "sign --signing-key alice --signing-key bob --yes --signing-key-passphrase-file";
    for (files, expected) in [
        ("wrong", "the signing key does not open with this passphrase"),
        ("passphrase --signing-key-passphrase-file wrong", "the signing key does not open with this passphrase"),
    ] {
        let output = sandbox.std(&format!("{both} {files}")).output().expect("runs");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.code() == Some(253) && stderr.contains(expected), "{files}: {stderr}");
    }
    assert!(!sandbox.exists("coldseal-vault/manifests/2.json"), "nothing is written before each key is open");
    sandbox.coldseal(&format!("{both} passphrase {query}")).assert().success().stdout_eq("2\t2\n");
    sandbox.ok("verify --signers signers --threshold 2");
    let three = "passphrase --signing-key-passphrase-file passphrase --signing-key-passphrase-file passphrase";
    sandbox.coldseal(&format!("{both} {three}")).assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: --signing-key-passphrase-file stands once, or once for each --signing-key, in their order
hint: a key without a passphrase reads none: its file may be /dev/null

"#]]);
    sandbox.write("again", data("ed25519"));
    let twice = "sign --signing-key again --signing-key alice --yes --signing-key-passphrase-file passphrase";
    sandbox.coldseal(twice).assert().code(252).stdout_eq("").stderr_eq("coldseal: --signing-key names one key twice: again and alice\n");
}

#[test]
fn a_bundle_of_the_vault_is_opened_as_it_was_signed() {
    let sandbox = with_secret();
    sandbox.ok("sign --signing-key alice --yes");
    let bundles = |sandbox: &Sandbox| {
        let paths = sandbox.stdout("describe-secret --secret-id db --query Bundles[?Region=='us-west-2'].Path --output text");
        paths.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let signed = bundles(&sandbox).pop().expect("one");
    sandbox.ok("put-secret-value --secret-id db --secret-string two");
    sandbox.coldseal(&format!("open {signed} --signers signers")).assert().success().stdout_eq("one").stderr_eq(str![[r#"
coldseal: root 1 of [..], signed by alice; freshness not checked
...
"#]]);
    let late = bundles(&sandbox).into_iter().find(|path| *path != signed).expect("another");
    sandbox.coldseal(&format!("open {late} --signers signers -o value")).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the Decrypt operation: [..].bundle: the root with counter 1 names no such bundle
hint: 'coldseal verify --signers FILE' tells what is not as it was signed; for a file with a signature of its own, --signature names that

"#]]);
    sandbox.write("db.bundle", fs::read(&late).expect("read"));
    fs::write(&signed, sandbox.read("db.bundle")).expect("written");
    sandbox.coldseal(&format!("open {signed} --signers signers -o value")).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the Decrypt operation: [..].bundle: this is not the bundle that the root with counter 1 names
...
"#]]);
    assert!(!sandbox.exists("value"));
    // Elsewhere it is a file like others.
    sandbox.coldseal("open db.bundle --signers signers").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (KMSInvalidSignatureException) when calling the Decrypt operation: [..]
...
"#]]);
    sandbox.coldseal("open db.bundle --signers signers --expect-counter 1").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: what a root has to be is given, and no bundle of a vault is read as it was signed
hint: name a bundle in a vault, and with --signers or COLDSEAL_SIGNERS who may sign

"#]]);
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.coldseal(&format!("open {late} --signers signers --expect-counter 2")).assert().success().stdout_eq("two");
}

#[test]
fn values_as_they_were_signed_are_known_to_be_those() {
    let sandbox = with_secret();
    sandbox.ok("sign --signing-key alice --yes");
    sandbox.coldseal("unpack --region us-west-2 --format json --signers signers").assert().success().stderr_eq(str![[r#"
coldseal: root 1 of [..], signed by alice; freshness not checked

"#]]);
}
