//! Where one Region's bundles were brought to: the records, the bundles for eu-west-1, and the keys of that Region.

use std::fs;

use snapbox::str;

use crate::sandbox::Sandbox;

/// `a` in three Regions, `b` in two, of which only the bundles for eu-west-1 are here.
fn slice() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", "EXAMPLE-PASSWORD");
    sandbox.ok(
        "create-secret --name a --secret-string file://value --region us-west-2 --add-replica-regions Region=eu-west-1 Region=us-east-1",
    );
    sandbox.ok("create-secret --name b --secret-string file://value --region us-west-2 --add-replica-regions Region=eu-west-1");
    remove(&sandbox, &["us-west-2", "us-east-1"]);
    sandbox
}

/// Removes the bundles for these Regions.
fn remove(sandbox: &Sandbox, regions: &[&str]) {
    for file in sandbox.files("coldseal-vault").iter().filter(|file| file.ends_with(".bundle")) {
        if regions.iter().any(|region| file.rsplit('/').next().is_some_and(|name| name.starts_with(region))) {
            fs::remove_file(sandbox.path(file)).expect("removed");
        }
    }
}

#[test]
fn the_only_bundle_that_is_here_is_opened_where_no_region_is_named() {
    let sandbox = slice();
    sandbox
        .coldseal("get-secret-value --secret-id a --query [ARN,SecretString] --output text")
        .assert()
        .success()
        .stdout_eq(str![[r#"
arn:aws:secretsmanager:eu-west-1:000000000000:secret:a-[SUFFIX]	EXAMPLE-PASSWORD

"#]])
        .stderr_eq(str![[r#"
coldseal: no Region is named, and of a's bundles only that for eu-west-1 is here: this is its value

"#]]);
    sandbox
        .coldseal("get-secret-value --secret-id a --region eu-west-1 --query SecretString --output text")
        .assert()
        .success()
        .stderr_eq("");
    sandbox.ok("get-secret-value --secret-id b --version-stage AWSCURRENT");
}

#[test]
fn a_region_that_was_named_is_not_exchanged_and_the_others_are_told() {
    let sandbox = slice();
    sandbox.coldseal("get-secret-value --secret-id a --region us-west-2").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (DecryptionFailure) when calling the GetSecretValue operation: reading coldseal-vault/secrets/us-west-2/a/[UUID]/us-west-2.[HASH].bundle: the bundle is missing; that for eu-west-1 is here
hint: --region eu-west-1 opens the one for that Region
hint: 'coldseal verify --open' shows which bundles open here

"#]]);
    let arn = sandbox.stdout("describe-secret --secret-id a --query ARN --output text");
    for command in [format!("get-secret-value --secret-id {}", arn.trim()), "get-secret-value --secret-id a --region us-east-1".to_owned()]
    {
        let output = sandbox.std(&command).output().expect("runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(254) && text.contains("hint: --region eu-west-1 opens the one for that Region"),
            "{command}: {text}"
        );
    }
    // The environment names a Region too.
    let output = sandbox.std("get-secret-value --secret-id a").env("AWS_REGION", "us-west-2").output().expect("runs");
    assert!(output.status.code() == Some(254) && String::from_utf8_lossy(&output.stderr).contains("--region eu-west-1"));
}

#[test]
fn of_several_that_are_here_none_is_taken_unasked() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --add-replica-regions Region=eu-west-1 Region=us-east-1");
    remove(&sandbox, &["us-west-2"]);
    let output = sandbox.std("get-secret-value --secret-id a").output().expect("runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(254) && text.contains("the bundle is missing; those for eu-west-1, us-east-1 are here"), "{text}");
    assert!(text.contains("hint: --region eu-west-1") && text.contains("hint: --region us-east-1"), "{text}");
    remove(&sandbox, &["eu-west-1", "us-east-1"]);
    let output = sandbox.std("get-secret-value --secret-id a").output().expect("runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(254) && text.contains("the bundle is missing") && !text.contains("--region"), "{text}");
}

/// A bundle that another one's was put in the place of is not believed because it is the only one.
#[test]
fn the_only_bundle_that_is_here_has_to_be_the_one_on_record() {
    let sandbox = slice();
    let file =
        sandbox.files("coldseal-vault").into_iter().find(|file| file.contains("/a/") && file.ends_with(".bundle")).expect("one is left");
    let mut bytes = sandbox.read(&file);
    *bytes.last_mut().expect("not empty") ^= 1;
    sandbox.write(&file, bytes);
    let output = sandbox.std("get-secret-value --secret-id a").output().expect("runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(254) && output.stdout.is_empty() && text.contains("the file was changed or damaged"), "{text}");
}

#[test]
fn describe_and_verify_tell_what_was_brought() {
    let sandbox = slice();
    sandbox
        .coldseal("describe-secret --secret-id a --query [AbsentBundleRegions,Bundles[].[Region,OpensHere]] --output json")
        .assert()
        .success()
        .stdout_eq(str![[r#"
[
    [
        "us-east-1",
        "us-west-2"
    ],
    [
        [
            "us-west-2",
            false
        ],
        [
            "eu-west-1",
            true
        ],
        [
            "us-east-1",
            false
        ]
    ]
]

"#]])
        .stderr_eq("coldseal: bundles for us-east-1, us-west-2 are not here\n");
    sandbox.coldseal("describe-secret --secret-id a --region eu-west-1 --query AbsentBundleRegions").assert().success().stderr_eq("");
    let output = sandbox.std("verify").output().expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "coldseal: hint: all bundles for other Regions are missing: --region eu-west-1 checks what was brought here\n"
    );
    sandbox.coldseal("verify --open --region eu-west-1").assert().success().stderr_eq("");
    // Where some of a Region's are there, something is lost.
    sandbox.ok("create-secret --name c --secret-string 1 --region us-west-2");
    let output = sandbox.std("verify").output().expect("runs");
    assert!(output.status.code() == Some(1) && output.stderr.is_empty());
}
