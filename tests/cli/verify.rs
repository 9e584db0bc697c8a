//! `verify`.

use std::{fs, path::PathBuf};

use snapbox::str;

use crate::sandbox::Sandbox;

fn with_secrets() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --add-replica-regions us-east-1");
    sandbox.ok("create-secret --name b --secret-string 2 --region us-west-2");
    sandbox
}

fn bundle(sandbox: &Sandbox, secret: &str, region: &str) -> PathBuf {
    let query = format!("describe-secret --secret-id {secret} --output text --query Bundles[?Region=='{region}'].Path");
    PathBuf::from(sandbox.stdout(&query).trim_end())
}

#[test]
fn a_sound_vault_is_counted() {
    let sandbox = with_secrets();
    sandbox
        .coldseal("verify")
        .assert()
        .success()
        .stdout_eq(str![[r#"
2 secrets, 3 bundles: sound
not signed: this shows damage, not who made it

"#]])
        .stderr_eq("");
    sandbox
        .coldseal("verify --open")
        .assert()
        .success()
        .stdout_eq(str![[r#"
2 secrets, 3 bundles: sound
3 opened, 0 not openable here, 0 failed
not signed: this shows damage, not who made it

"#]])
        .stderr_eq("");
    sandbox
        .coldseal("verify --open --output json")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "Secrets": 2,
    "Bundles": 3,
    "Faults": [],
    "Notes": [],
    "Open": {
        "Opened": 3,
        "NotOpenableHere": 0,
        "Failed": 0
    },
    "Signature": "not signed: this shows damage, not who made it"
}

"#]])
        .stderr_eq("");
    sandbox.coldseal("verify --query Signature --output text").assert().success().stdout_eq(str![[r#"
not signed: this shows damage, not who made it

"#]]);
    sandbox.coldseal("verify coldseal-vault/secrets/us-west-2/b").assert().success().stdout_eq(str![[r#"
1 secret, 1 bundle: sound
not signed: this shows damage, not who made it

"#]]);
    let one = bundle(&sandbox, "b", "us-west-2");
    sandbox.coldseal("verify --open").arg(one).assert().success().stdout_eq(str![[r#"
0 secrets, 1 bundle: sound
1 opened, 0 not openable here, 0 failed
not signed: this shows damage, not who made it

"#]]);
}

#[test]
fn damage_is_listed_with_exit_code_1() {
    let sandbox = with_secrets();
    let path = bundle(&sandbox, "a", "us-east-1");
    let mut bytes = fs::read(&path).expect("readable");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(&path, bytes).expect("written");
    fs::remove_file(bundle(&sandbox, "b", "us-west-2")).expect("removed");
    sandbox.write("coldseal-vault/secrets/us-west-2/a/.coldseal-tmp-1", "");
    sandbox
        .coldseal("verify")
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
fault: coldseal-vault/secrets/us-west-2/a/[UUID]/us-east-1.[HASH].bundle: its SHA-256 is not the one on record
fault: coldseal-vault/secrets/us-west-2/b/[UUID]/us-west-2.[HASH].bundle: the file is missing
note: coldseal-vault/secrets/us-west-2/a/.coldseal-tmp-1: leftover: no record names it; the next change of the secret removes it
2 secrets, 3 bundles: 2 faults
not signed: this shows damage, not who made it

"#]])
        .stderr_eq("");
    sandbox
        .coldseal("verify --open")
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
fault: coldseal-vault/secrets/us-west-2/a/[UUID]/us-east-1.[HASH].bundle: its SHA-256 is not the one on record
fault: coldseal-vault/secrets/us-west-2/b/[UUID]/us-west-2.[HASH].bundle: the file is missing
note: coldseal-vault/secrets/us-west-2/a/.coldseal-tmp-1: leftover: no record names it; the next change of the secret removes it
2 secrets, 3 bundles: 2 faults
1 opened, 0 not openable here, 2 failed
not signed: this shows damage, not who made it

"#]])
        .stderr_eq("");
    sandbox
        .coldseal("verify --output json")
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
{
    "Secrets": 2,
    "Bundles": 3,
    "Faults": [
        {
            "Path": "coldseal-vault/secrets/us-west-2/a/[UUID]/us-east-1.[HASH].bundle",
            "Message": "its SHA-256 is not the one on record"
        },
        {
            "Path": "coldseal-vault/secrets/us-west-2/b/[UUID]/us-west-2.[HASH].bundle",
            "Message": "the file is missing"
        }
    ],
    "Notes": [
        {
            "Path": "coldseal-vault/secrets/us-west-2/a/.coldseal-tmp-1",
            "Message": "leftover: no record names it; the next change of the secret removes it"
        }
    ],
    "Signature": "not signed: this shows damage, not who made it"
}

"#]])
        .stderr_eq("");
    sandbox.coldseal("get-secret-value --secret-id a --region us-east-1").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (DecryptionFailure) when calling the GetSecretValue operation: coldseal-vault/secrets/us-west-2/a/[UUID]/us-east-1.[HASH].bundle: size or SHA-256 is not the one on record: the file was changed or damaged
hint: 'coldseal verify --open' shows which bundles open here

"#]]);
    sandbox.coldseal("get-secret-value --secret-id b").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (DecryptionFailure) when calling the GetSecretValue operation: reading coldseal-vault/secrets/us-west-2/b/[UUID]/us-west-2.[HASH].bundle: the bundle is missing; another Region's may still open
hint: 'coldseal verify --open' shows which bundles open here

"#]]);
    // The Region that is whole still opens.
    assert_eq!(sandbox.stdout("get-secret-value --secret-id a --query SecretString --output text"), "1\n");
}

#[test]
fn a_bundle_in_the_place_of_another_is_refused() {
    let sandbox = with_secrets();
    let (west, east) = (bundle(&sandbox, "a", "us-west-2"), bundle(&sandbox, "a", "us-east-1"));
    fs::copy(&west, &east).expect("copied");
    sandbox.coldseal("verify").assert().code(1);
    sandbox.coldseal("get-secret-value --secret-id a --region us-east-1").assert().code(254).stdout_eq("");
}

#[test]
fn what_is_no_bundle_is_a_fault() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.txt", "hello");
    sandbox.coldseal("verify notes.txt").assert().code(1).stdout_eq(str![[r#"
fault: notes.txt: malformed message: version: 0x0068 is not supported
0 secrets, 1 bundle: 1 fault
not signed: this shows damage, not who made it

"#]]);
}

#[test]
fn a_bundle_under_a_foreign_key_is_not_openable_here() {
    let sandbox = with_secrets();
    sandbox.ok("kms create-key --region us-west-2 --keystore other/keystore.json");
    sandbox.coldseal("verify --open --keystore other/keystore.json").assert().success().stdout_eq(str![[r#"
note: coldseal-vault/secrets/us-west-2/a: secret.json has the tag of another keystore: whether it was changed by another hand is not known here
note: coldseal-vault/secrets/us-west-2/b: secret.json has the tag of another keystore: whether it was changed by another hand is not known here
2 secrets, 3 bundles: sound
0 opened, 3 not openable here, 0 failed
not signed: this shows damage, not who made it

"#]]);
}

#[test]
fn a_machine_that_got_one_regions_bundles_checks_those() {
    let sandbox = with_secrets();
    fs::remove_file(bundle(&sandbox, "a", "us-west-2")).expect("removed");
    sandbox
        .coldseal("verify --open --region us-east-1")
        .assert()
        .success()
        .stdout_eq(str![[r#"
2 secrets, 1 bundle: sound
1 opened, 0 not openable here, 0 failed
2 bundles for other Regions not checked, 1 of them absent
not signed: this shows damage, not who made it

"#]])
        .stderr_eq("");
    let others = sandbox.stdout("verify --region us-east-1 --query OtherRegions.[Bundles,Absent] --output text");
    assert_eq!(others, "2\t1\n");
    sandbox.coldseal("verify --region us-west-2").assert().code(1);
    sandbox.coldseal("verify").env("AWS_REGION", "us-east-1").assert().code(1);
}

#[test]
fn a_secrets_bundle_that_became_one_of_a_file_is_checked_for_its_new_region() {
    let sandbox = with_secrets();
    let west = bundle(&sandbox, "b", "us-west-2");
    sandbox.coldseal("rewrap --to us-east-1 --output-dir moved").arg(west).assert().success();
    let moved = sandbox.files("moved");
    let [path] = moved.as_slice() else { panic!("one bundle: {moved:?}") };
    let line = format!("verify {path} --open --region");
    sandbox.coldseal(&format!("{line} us-east-1")).assert().success();
    let mut bytes = sandbox.read(path);
    *bytes.last_mut().expect("not empty") ^= 1;
    sandbox.write(path, bytes);
    sandbox.coldseal(&format!("{line} us-east-1")).assert().code(1);
}

/// As `open` does: whoever exchanges a Region's bundle for another one's does not get it called sound.
#[test]
fn a_bundle_that_is_named_has_to_be_the_regions_that_is_asked_about() {
    let sandbox = with_secrets();
    sandbox.write("payload", "attack at dawn");
    sandbox.ok("seal payload --to us-west-2 eu-west-1");
    for path in [PathBuf::from("payload.us-west-2.bundle"), bundle(&sandbox, "b", "us-west-2")] {
        for open in ["", " --open"] {
            let line = format!("verify{open} --region");
            sandbox.coldseal(&format!("{line} us-west-2")).arg(&path).assert().success();
            let output = sandbox.std(&format!("{line} eu-west-1")).arg(&path).output().expect("runs");
            let stdout = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(1), "{stdout}");
            assert!(stdout.contains("tells the Region us-west-2, and eu-west-1 is asked about") && !stdout.contains("sound"), "{stdout}");
        }
    }
}

#[test]
fn a_path_that_is_nothing_is_a_fault_beside_others() {
    let sandbox = with_secrets();
    fs::create_dir(sandbox.path("folder")).expect("made");
    let secrets = sandbox.stdout("verify").lines().find(|line| line.contains("secret")).expect("a summary").to_owned();
    for paths in ["nothing coldseal-vault", "coldseal-vault nothing", "folder coldseal-vault nothing"] {
        let output = sandbox.std(&format!("verify {paths}")).output().expect("runs");
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]), "{paths}: {stdout}");
        assert!(stdout.contains("fault: nothing: there is nothing at nothing"), "{paths}: {stdout}");
        assert_eq!(stdout.contains("fault: folder: folder is neither a vault"), paths.contains("folder"), "{paths}: {stdout}");
        // The vault was verified all the same.
        let counts = secrets.split(':').next().expect("counts");
        assert!(stdout.contains(counts), "{paths}: {stdout} lacks {counts}");
    }
    // Where there is nothing else, that is what stops the command.
    for paths in ["nothing", "nothing folder", "folder"] {
        sandbox.coldseal(&format!("verify {paths}")).assert().code(253).stdout_eq("");
    }
}
