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
