//! The first use, as a new user would have it, and a replica Region that fails.

use snapbox::str;

use crate::sandbox::Sandbox;

const CREDENTIALS: &str = r#"{"username": "saanvi", "password": "EXAMPLE-PASSWORD"}"#;

#[test]
fn three_regions_from_create_to_verify() {
    let sandbox = Sandbox::new();
    sandbox.write("mycreds.json", CREDENTIALS);
    let create = "create-secret --name production/DBWest --secret-string file://mycreds.json --region us-west-2";
    sandbox.coldseal(create).assert().success().stdout_eq(str![[r#"
{
    "ARN": "arn:aws:secretsmanager:us-west-2:000000000000:secret:production/DBWest-[SUFFIX]",
    "Name": "production/DBWest",
    "VersionId": "[UUID]",
    "Bundles": [
        {
            "Region": "us-west-2",
            "VersionId": "[UUID]",
            "Path": "[ROOT]/coldseal-vault/secrets/us-west-2/production%2f+d+b+west/[UUID]/us-west-2.[HASH].bundle",
            "Size": 596,
            "SHA256": "[SHA]",
            "KmsKeyId": "arn:aws:kms:us-west-2:000000000000:key/[UUID]",
            "OpensHere": true
        }
    ]
}

"#]]).stderr_eq(str![[r#"
coldseal: made the keystore [ROOT]/keystore/keystore.json and its key file [ROOT]/keystore/keystore.key; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)
coldseal: made the vault [ROOT]/coldseal-vault; --vault or COLDSEAL_VAULT names another
coldseal: 1 bundle in [ROOT]/coldseal-vault

"#]]);
    let replicate = "replicate-secret-to-regions --secret-id production/DBWest --add-replica-regions Region=us-east-1 Region=eu-west-1";
    sandbox
        .coldseal(replicate)
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "ARN": "arn:aws:secretsmanager:us-west-2:000000000000:secret:production/DBWest-[SUFFIX]",
    "ReplicationStatus": [
        {
            "Region": "us-east-1",
            "KmsKeyId": "alias/aws/secretsmanager",
            "Status": "InSync",
            "StatusMessage": "Replication succeeded"
        },
        {
            "Region": "eu-west-1",
            "KmsKeyId": "alias/aws/secretsmanager",
            "Status": "InSync",
            "StatusMessage": "Replication succeeded"
        }
    ],
    "Bundles": [
        {
            "Region": "us-west-2",
            "VersionId": "[UUID]",
            "Path": "[ROOT]/coldseal-vault/secrets/us-west-2/production%2f+d+b+west/[UUID]/us-west-2.[HASH].bundle",
            "Size": 596,
            "SHA256": "[SHA]",
            "KmsKeyId": "arn:aws:kms:us-west-2:000000000000:key/[UUID]",
            "OpensHere": true
        },
        {
            "Region": "us-east-1",
            "VersionId": "[UUID]",
            "Path": "[ROOT]/coldseal-vault/secrets/us-west-2/production%2f+d+b+west/[UUID]/us-east-1.[HASH].bundle",
            "Size": 596,
            "SHA256": "[SHA]",
            "KmsKeyId": "arn:aws:kms:us-east-1:000000000000:key/[UUID]",
            "OpensHere": true
        },
        {
            "Region": "eu-west-1",
            "VersionId": "[UUID]",
            "Path": "[ROOT]/coldseal-vault/secrets/us-west-2/production%2f+d+b+west/[UUID]/eu-west-1.[HASH].bundle",
            "Size": 596,
            "SHA256": "[SHA]",
            "KmsKeyId": "arn:aws:kms:eu-west-1:000000000000:key/[UUID]",
            "OpensHere": true
        }
    ]
}

"#]])
        .stderr_eq(str![[r#"
coldseal: 3 bundles in [ROOT]/coldseal-vault

"#]]);
    let get = "get-secret-value --secret-id production/DBWest --region eu-west-1 --query SecretString --output text";
    assert_eq!(sandbox.stdout(get), format!("{CREDENTIALS}\n"));
    sandbox
        .coldseal("verify --open")
        .assert()
        .success()
        .stdout_eq(str![[r#"
1 secret, 3 bundles: sound
3 opened, 0 not openable here, 0 failed
not signed: this shows damage, not who made it

"#]])
        .stderr_eq("");
    assert_eq!(sandbox.files("coldseal-vault/secrets").iter().filter(|name| name.ends_with(".bundle")).count(), 3);
}

/// A keystore with a disabled key `alias/team` in us-east-1; gives the key's ARN.
fn disabled_key(sandbox: &Sandbox) -> String {
    let arn = sandbox.stdout("kms create-key --region us-east-1 --query KeyMetadata.Arn --output text");
    let arn = arn.trim_end().to_owned();
    sandbox.ok(&format!("kms create-alias --alias-name alias/team --target-key-id {arn}"));
    sandbox.ok(&format!("kms disable-key --key-id {arn}"));
    arn
}

const CREATE: &str = "create-secret --name a --secret-string file://value --region us-west-2 \
    --add-replica-regions Region=us-east-1,KmsKeyId=alias/team Region=eu-west-1";

#[test]
fn a_disabled_replica_key_fails_whole_and_writes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("value", "x");
    disabled_key(&sandbox);
    let keystore = sandbox.read("keystore/keystore.json");
    sandbox.coldseal(CREATE).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (DisabledException) when calling the CreateSecret operation: us-east-1: arn:aws:kms:us-east-1:000000000000:key/[UUID] is disabled. (nothing was written)
hint: 'coldseal kms enable-key' enables a key

"#]]);
    assert_eq!(sandbox.read("keystore/keystore.json"), keystore);
    assert!(!sandbox.exists("coldseal-vault"));
}

#[test]
fn partial_does_the_rest_and_a_retry_mends_it() {
    let sandbox = Sandbox::new();
    sandbox.write("value", "x");
    let arn = disabled_key(&sandbox);
    sandbox
        .coldseal(&format!("{CREATE} --partial --query ReplicationStatus"))
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
[
    {
        "Region": "eu-west-1",
        "KmsKeyId": "alias/aws/secretsmanager",
        "Status": "InSync",
        "StatusMessage": "Replication succeeded"
    },
    {
        "Region": "us-east-1",
        "KmsKeyId": "alias/team",
        "Status": "Failed",
        "StatusMessage": "DisabledException: arn:aws:kms:us-east-1:000000000000:key/[UUID] is disabled."
    }
]

"#]])
        .stderr_eq(str![[r#"
coldseal: made the vault [ROOT]/coldseal-vault; --vault or COLDSEAL_VAULT names another
coldseal: 2 bundles in [ROOT]/coldseal-vault
coldseal: warning: us-east-1: DisabledException: arn:aws:kms:us-east-1:000000000000:key/[UUID] is disabled. (retry with 'coldseal replicate-secret-to-regions')

"#]]);
    let retry = "replicate-secret-to-regions --secret-id a --add-replica-regions us-east-1 --query ReplicationStatus[].[Region,Status]";
    sandbox.coldseal(retry).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (DisabledException) when calling the ReplicateSecretToRegions operation: us-east-1: arn:aws:kms:us-east-1:000000000000:key/[UUID] is disabled. (nothing was written)
hint: 'coldseal kms enable-key' enables a key

"#]]);
    sandbox.coldseal("get-secret-value --secret-id a --region us-east-1").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret. Its replica in us-east-1 failed (DisabledException: arn:aws:kms:us-east-1:000000000000:key/[UUID] is disabled.); it is in eu-west-1, us-west-2.
hint: 'coldseal replicate-secret-to-regions … --add-replica-regions Region=us-east-1' tries again
hint: 'coldseal remove-regions-from-replication … --remove-replica-regions us-east-1' gives the Region up

"#]]);
    sandbox.ok(&format!("kms enable-key --key-id {arn}"));
    sandbox.coldseal(retry).assert().success().stdout_eq(str![[r#"
[
    [
        "eu-west-1",
        "InSync"
    ],
    [
        "us-east-1",
        "InSync"
    ]
]

"#]]);
    assert_eq!(sandbox.stdout("get-secret-value --secret-id a --region us-east-1 --query SecretString --output text"), "x\n");
    sandbox.coldseal("verify --open").assert().success();
}

#[test]
fn all_regions_with_a_problem_are_listed() {
    let sandbox = Sandbox::new();
    let create = "create-secret --name a --region us-west-2 --add-replica-regions Region=us-wst-2 Region=cn-north-1 Region=af-south-1 \
        Region=us-east-1,KmsKeyId=alias/nope us-west-2";
    sandbox.coldseal(create).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: warning: the secret gets no value: neither --secret-string, --secret-binary, --secret-key-values nor --generate-secret-string is given
An error occurred (InvalidParameterException) when calling the CreateSecret operation: 5 Regions have problems, and nothing was written:
  us-wst-2: there is no Region 'us-wst-2'; did you mean us-east-2, us-west-2?
  cn-north-1: replication stays in one partition: cn-north-1 is in aws-cn, us-west-2 in aws
  af-south-1: the Region af-south-1 is not enabled
  us-east-1: NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:alias/nope is not found.
  us-west-2: Invalid replica region. It is the primary Region of the secret.
hint: 'coldseal kms enable-region af-south-1' enables it
hint: 'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is

"#]]);
    assert!(!sandbox.exists("coldseal-vault") && !sandbox.exists("keystore/keystore.json") && !sandbox.exists("keystore/keystore.key"));
}

#[test]
fn replicas_are_added_overwritten_and_refused() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2 --add-replica-regions us-east-1");
    sandbox.ok("create-secret --name a --secret-string 2 --region eu-west-1");
    let replicate = "replicate-secret-to-regions --secret-id a --region us-west-2";
    // The same Region again changes nothing.
    let before = sandbox.files("coldseal-vault");
    sandbox.ok(&format!("{replicate} --add-replica-regions Region=us-east-1"));
    assert_eq!(sandbox.files("coldseal-vault"), before);
    for arguments in [
        format!("{replicate} --add-replica-regions eu-west-1"),
        format!("{replicate} --add-replica-regions us-west-2"),
        "replicate-secret-to-regions --secret-id a --region us-east-1 --add-replica-regions us-east-2".to_owned(),
    ] {
        let output = sandbox.std(&arguments).output().expect("runs");
        assert_eq!(output.status.code(), Some(254), "{arguments}");
    }
    sandbox.coldseal("replicate-secret-to-regions --secret-id a --add-replica-regions us-east-2").assert().code(254).stderr_eq(str![[r#"
An error occurred (InvalidRequestException) when calling the ReplicateSecretToRegions operation: 'a' is a secret of its own in several Regions: eu-west-1, us-west-2
hint: name one with --region

"#]]);
    let forced = format!("{replicate} --add-replica-regions eu-west-1 --force-overwrite-replica-secret");
    sandbox.coldseal(&forced).arg("--query=ReplicationStatus[].[Region,Status]").assert().success().stdout_eq(str![[r#"
[
    [
        "us-east-1",
        "InSync"
    ],
    [
        "eu-west-1",
        "InSync"
    ]
]

"#]]);
    assert_eq!(sandbox.stdout("get-secret-value --secret-id a --region eu-west-1 --query SecretString --output text"), "1\n");
    sandbox.coldseal("verify --open").assert().success();
}
