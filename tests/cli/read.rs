//! `get-secret-value`, `describe-secret` and `list-secrets`.

use snapbox::str;

use crate::sandbox::Sandbox;

fn with_secret() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("value", [0, 13, 10, 255]);
    sandbox.ok("create-secret --name dir/a --secret-binary fileb://value --region us-west-2 --add-replica-regions eu-west-1");
    sandbox
}

#[test]
fn a_secret_is_found_by_name_arn_and_partial_arn() {
    let sandbox = with_secret();
    let arn = sandbox.stdout("describe-secret --secret-id dir/a --query ARN --output text");
    let arn = arn.trim_end();
    let partial = arn.rsplit_once('-').expect("a suffix").0;
    let version = sandbox.stdout("get-secret-value --secret-id dir/a --query VersionId --output text");
    for arguments in [
        "--secret-id dir/a".to_owned(),
        "--secret-id dir/a --region us-west-2".to_owned(),
        "--secret-id dir/a --version-stage AWSCURRENT".to_owned(),
        format!("--secret-id dir/a --version-id {version}"),
        format!("--secret-id {arn}"),
        format!("--secret-id {partial} --region us-west-2"),
    ] {
        let found = sandbox.stdout(&format!("get-secret-value --query ARN --output text {arguments}"));
        assert_eq!(found.trim_end(), arn, "{arguments}");
    }
    sandbox
        .coldseal("get-secret-value --secret-id dir/a --region eu-west-1")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "ARN": "arn:aws:secretsmanager:eu-west-1:000000000000:secret:dir/a-[SUFFIX]",
    "Name": "dir/a",
    "VersionId": "[UUID]",
    "SecretBinary": "AA0K/w==",
    "VersionStages": [
        "AWSCURRENT"
    ],
    "CreatedDate": "[DATE]"
}

"#]])
        .stderr_eq("");
}

#[test]
fn an_output_file_is_exact_private_and_never_overwritten() {
    let sandbox = with_secret();
    let get = "get-secret-value --secret-id dir/a --output-file out";
    sandbox.coldseal(get).assert().success().stdout_eq("").stderr_eq(str![[r#"
coldseal: 4 bytes in out

"#]]);
    assert_eq!(sandbox.read("out"), [0, 13, 10, 255]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(sandbox.path("out")).expect("there").permissions().mode() & 0o777, 0o600);
    }
    sandbox.write("out", "mine");
    sandbox.coldseal(get).assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: out: exists; --force overwrites it

"#]]);
    assert_eq!(sandbox.read("out"), b"mine");
    sandbox.coldseal(&format!("{get} --force")).assert().success();
    assert_eq!(sandbox.read("out"), [0, 13, 10, 255]);
    let output = sandbox.std("get-secret-value --secret-id dir/a --output-file -").output().expect("runs");
    assert_eq!((output.stdout, output.stderr), (vec![0, 13, 10, 255], vec![]));
    sandbox.coldseal("get-secret-value --secret-id dir/a --force").assert().code(252);
}

#[test]
fn lists_are_of_one_region_or_of_all() {
    let sandbox = with_secret();
    sandbox.ok("create-secret --name b --secret-string 1 --region us-east-1");
    sandbox
        .coldseal("list-secrets")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "SecretList": [
        {
            "ARN": "arn:aws:secretsmanager:us-west-2:000000000000:secret:dir/a-[SUFFIX]",
            "Name": "dir/a",
            "LastChangedDate": "[DATE]",
            "SecretVersionsToStages": {
                "[UUID]": [
                    "AWSCURRENT"
                ]
            },
            "CreatedDate": "[DATE]",
            "PrimaryRegion": "us-west-2"
        },
        {
            "ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:b-[SUFFIX]",
            "Name": "b",
            "LastChangedDate": "[DATE]",
            "SecretVersionsToStages": {
                "[UUID]": [
                    "AWSCURRENT"
                ]
            },
            "CreatedDate": "[DATE]"
        }
    ]
}

"#]])
        .stderr_eq("");
    sandbox.coldseal("list-secrets --region eu-west-1 --query SecretList[].ARN").assert().success().stdout_eq(str![[r#"
[
    "arn:aws:secretsmanager:eu-west-1:000000000000:secret:dir/a-[SUFFIX]"
]

"#]]);
    sandbox.coldseal("list --region ap-south-1").assert().success().stdout_eq(str![[r#"
{
    "SecretList": []
}

"#]]);
}

#[test]
fn reading_commands_make_nothing_and_name_where_they_looked() {
    let sandbox = Sandbox::new();
    let missing = |line: &str| sandbox.coldseal(line).assert().code(253).stdout_eq("");
    missing("get-secret-value --secret-id a").stderr_eq(str![[r#"
coldseal: there is no vault at [ROOT]/coldseal-vault
hint: 'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory

"#]]);
    missing("describe-secret --secret-id a").stderr_eq(str![[r#"
coldseal: there is no vault at [ROOT]/coldseal-vault
hint: 'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory

"#]]);
    missing("list-secrets --vault elsewhere").stderr_eq(str![[r#"
coldseal: there is no vault at [ROOT]/elsewhere
hint: 'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory

"#]]);
    missing("replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1").stderr_eq(str![[r#"
coldseal: there is no vault at [ROOT]/coldseal-vault
hint: 'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory

"#]]);
    missing("verify").stderr_eq(str![[r#"
coldseal: there is no vault at [ROOT]/coldseal-vault
hint: 'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory

"#]]);
    missing("verify nothing").stderr_eq(str![[r#"
coldseal: there is nothing at nothing; name a vault, the folder of a secret, or a bundle

"#]]);
    missing("kms list-keys").stderr_eq(str![[r#"
coldseal: there is no keystore at [ROOT]/keystore/keystore.json
hint: 'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file

"#]]);
    missing("kms list-aliases --keystore other/keystore").stderr_eq(str![[r#"
coldseal: there is no keystore at [ROOT]/other/keystore
hint: 'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file

"#]]);
    missing("kms change-protection --to passphrase").stderr_eq(str![[r#"
coldseal: there is no keystore at [ROOT]/keystore/keystore.json
hint: 'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file

"#]]);
    assert_eq!(sandbox.files("."), Vec::<String>::new());
    let with = with_secret();
    with.coldseal("get-secret-value --secret-id dir/a --keystore other").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: there is no keystore at [ROOT]/other
hint: 'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file

"#]]);
    with.coldseal("verify --open --keystore other").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: there is no keystore at [ROOT]/other
hint: 'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file

"#]]);
    // What needs no key works without one.
    with.coldseal("describe-secret --secret-id dir/a --keystore other --query Bundles[].OpensHere").assert().success().stdout_eq(str![[
        r#"
[
    false,
    false
]

"#
    ]]);
    with.coldseal("list-secrets --keystore other").assert().success();
    with.coldseal("verify --keystore other").assert().success();
    assert!(!with.exists("other"));
}

#[test]
fn metadata_needs_no_passphrase() {
    let sandbox = with_secret();
    std::fs::remove_file(sandbox.path("keystore/keystore.key")).expect("removed");
    sandbox.coldseal("describe-secret --secret-id dir/a --query Bundles[].OpensHere").assert().success().stdout_eq(str![[r#"
[
    false,
    false
]

"#]]).stderr_eq(str![[r#"
coldseal: the keystore [ROOT]/keystore/keystore.json needs its key file [ROOT]/keystore/keystore.key, which is not there; no bundle is marked as opening here

"#]]);
    sandbox.coldseal("get-secret-value --secret-id dir/a").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the keystore [ROOT]/keystore/keystore.json needs its key file [ROOT]/keystore/keystore.key, which is not there
hint: --keystore-key-file or COLDSEAL_KEYSTORE_KEY_FILE says where it is; without it the keystore stays closed

"#]]);
}
