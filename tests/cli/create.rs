//! `create-secret`.

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn a_flag_after_secret_string_is_no_value() {
    let sandbox = Sandbox::new();
    // Without a terminal there is nobody to ask, which shows that a prompt was meant.
    sandbox.coldseal("create-secret --name a --secret-string --region us-west-2").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: a value is to be asked for, and there is no terminal to ask on
hint: --secret-string takes file://PATH, or '-' for stdin

"#]]);
    sandbox.coldseal("create-secret --name a --secret-binary --region us-west-2").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
error: a value is required for '--secret-binary <VALUE>' but none was supplied

For more information, try '--help'.

"#]]);
    // A lone hyphen is stdin, a negative number a value.
    sandbox.coldseal("create-secret --name a --secret-string - --region us-west-2 --query Name").stdin("x").assert().success();
    sandbox.coldseal("create-secret --name b --secret-string -5 --region us-west-2 --query Name").assert().success();
    assert_eq!(sandbox.stdout("get-secret-value --secret-id b --query SecretString --output text"), "-5\n");
}

#[test]
fn an_empty_variable_is_no_variable() {
    let sandbox = Sandbox::new();
    let create = "create-secret --name a --secret-string - --region us-west-2 --query Name";
    let mut command = sandbox.coldseal(create).stdin("x");
    for name in ["COLDSEAL_VAULT", "COLDSEAL_KEYSTORE_KEY_FILE", "COLDSEAL_ACCOUNT_ID", "COLDSEAL_PASSPHRASE"] {
        command = command.env(name, "");
    }
    command.assert().success();
    assert!(sandbox.exists("coldseal-vault/coldseal.json") && sandbox.exists("keystore/keystore.key"));
    // What a variable says is not what was typed.
    sandbox.coldseal("get-secret-value").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
error: the following required arguments were not provided:
  --secret-id <SECRET>

Usage: coldseal get-secret-value --secret-id <SECRET>

For more information, try '--help'.

"#]]);
}

#[test]
fn a_secret_may_be_of_another_account_than_the_keystore() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2");
    let create = "create-secret --secret-string 1 --region us-west-2 --output text --query ARN";
    let arn = |name: &str, account: &str| sandbox.stdout(&format!("{create} --name {name} {account}"));
    assert!(arn("own", "").starts_with("arn:aws:secretsmanager:us-west-2:000000000000:secret:own-"));
    assert!(arn("other", "--account-id 111122223333").starts_with("arn:aws:secretsmanager:us-west-2:111122223333:secret:other-"));
    sandbox.coldseal(create).args(["--name", "variable"]).env("COLDSEAL_ACCOUNT_ID", "111122223333").assert().success().stdout_eq(str![[
        r#"
arn:aws:secretsmanager:us-west-2:111122223333:secret:variable-[SUFFIX]

"#
    ]]);
    assert_eq!(sandbox.stdout("get-secret-value --secret-id other --query SecretString --output text"), "1\n");
    sandbox.coldseal("verify --open").assert().success();
    // Keys are the keystore's own.
    sandbox.coldseal("kms create-key --region us-west-2 --account-id 111122223333").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the keystore [ROOT]/keystore/keystore.json is of account 000000000000, which cannot be changed to 111122223333
hint: leave out --account-id and COLDSEAL_ACCOUNT_ID, or name another keystore (--keystore) for that account's keys

"#]]);
    sandbox.coldseal("kms list-keys").env("COLDSEAL_ACCOUNT_ID", "1").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: COLDSEAL_ACCOUNT_ID: an AWS account id has 12 digits

"#]]);
    // A keystore that is made gets the account.
    let fresh = Sandbox::new();
    let arn =
        fresh.stdout("create-secret --name a --secret-string 1 --region us-west-2 --account-id 111122223333 --query Bundles[0].KmsKeyId");
    assert!(arn.starts_with("\"arn:aws:kms:us-west-2:111122223333:key/"));
}

#[test]
fn structures_take_values_from_files() {
    let sandbox = Sandbox::new();
    sandbox.write("value", "a,b = c");
    sandbox.ok("create-secret --name a --region us-west-2 --tags Key=k,Value@=file://value --encryption-context purpose@=file://value");
    sandbox.coldseal("describe-secret --secret-id a --query [Tags,EncryptionContext]").assert().success().stdout_eq(str![[r#"
[
    [
        {
            "Key": "k",
            "Value": "a,b = c"
        }
    ],
    {
        "purpose": "a,b = c"
    }
]

"#]]);
}

#[test]
fn every_form_of_replica_regions_is_taken() {
    for form in [
        "Region=us-east-1 Region=eu-west-1",
        "us-east-1 eu-west-1",
        "region us-east-1 region eu-west-1",
        r#"[{"Region":"us-east-1"},{"Region":"eu-west-1"}]"#,
        "file://regions.json",
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("regions.json", r#"[{"Region": "us-east-1"}, {"Region": "eu-west-1"}]"#);
        let line = format!(
            "create-secret --name a --secret-string 1 --region us-west-2 --query Bundles[].Region --output text --add-replica-regions {form}"
        );
        let mut regions: Vec<String> = sandbox.stdout(&line).split_whitespace().map(str::to_owned).collect();
        regions.sort();
        assert_eq!(regions, ["eu-west-1", "us-east-1", "us-west-2"], "{form}");
    }
}

#[test]
fn everything_that_can_be_said_of_a_secret_is_kept() {
    let sandbox = Sandbox::new();
    sandbox.ok("kms create-key --region us-west-2 --description team");
    let key = sandbox.stdout("kms list-keys --query Keys[0].KeyId --output text");
    sandbox.ok(&format!("kms create-alias --region us-west-2 --alias-name alias/team --target-key-id {key}"));
    let create = "create-secret --name a --secret-string 1 --region us-west-2 --kms-key-id alias/team --tags Key=team,Value=web \
        --encryption-context purpose=test --client-request-token 01234567890123456789012345678901 --data-key-per-region \
        --add-replica-regions Region=us-east-1 --description";
    sandbox.coldseal(create).arg("the \"API\"").assert().success();
    sandbox
        .coldseal("describe-secret --secret-id a")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "ARN": "arn:aws:secretsmanager:us-west-2:000000000000:secret:a-[SUFFIX]",
    "Name": "a",
    "Description": "the /"API/"",
    "KmsKeyId": "alias/team",
    "LastChangedDate": "[DATE]",
    "Tags": [
        {
            "Key": "team",
            "Value": "web"
        }
    ],
    "VersionIdsToStages": {
        "01234567890123456789012345678901": [
            "AWSCURRENT"
        ]
    },
    "CreatedDate": "[DATE]",
    "PrimaryRegion": "us-west-2",
    "ReplicationStatus": [
        {
            "Region": "us-east-1",
            "KmsKeyId": "alias/aws/secretsmanager",
            "Status": "InSync",
            "StatusMessage": "Replication succeeded"
        }
    ],
    "EncryptionContext": {
        "purpose": "test"
    },
    "Bundles": [
        {
            "Region": "us-west-2",
            "VersionId": "01234567890123456789012345678901",
            "Path": "[ROOT]/coldseal-vault/secrets/us-west-2/a/01234567890123456789012345678901/us-west-2.[HASH].bundle",
            "Size": 538,
            "SHA256": "[SHA]",
            "KmsKeyId": "arn:aws:kms:us-west-2:000000000000:key/[UUID]",
            "OpensHere": true
        },
        {
            "Region": "us-east-1",
            "VersionId": "01234567890123456789012345678901",
            "Path": "[ROOT]/coldseal-vault/secrets/us-west-2/a/01234567890123456789012345678901/us-east-1.[HASH].bundle",
            "Size": 538,
            "SHA256": "[SHA]",
            "KmsKeyId": "arn:aws:kms:us-east-1:000000000000:key/[UUID]",
            "OpensHere": true
        }
    ]
}

"#]])
        .stderr_eq("");
    sandbox.coldseal("describe-secret --secret-id a --region us-east-1 --query [ARN,KmsKeyId,PrimaryRegion]").assert().success().stdout_eq(
        str![[r#"
[
    "arn:aws:secretsmanager:us-east-1:000000000000:secret:a-[SUFFIX]",
    null,
    "us-west-2"
]

"#]],
    );
    sandbox.coldseal("describe-secret --secret-id a --output text --query [Name,Description,Tags]").assert().success().stdout_eq(str![[
        r#"
a	the "API"
team	web

"#
    ]]);
    // The data keys differ: each Region's wrapped key opens its own bundle, and all give the value.
    for region in ["us-west-2", "us-east-1"] {
        let get = format!("get-secret-value --secret-id a --region {region} --query SecretString --output text");
        assert_eq!(sandbox.stdout(&get), "1\n");
    }
}

#[test]
fn wrong_tags_and_contexts_are_refused() {
    let sandbox = Sandbox::new();
    let refused = |arguments: &str| {
        sandbox.coldseal(&format!("create-secret --name a --region us-west-2 {arguments}")).assert().code(252).stdout_eq("")
    };
    refused("--tags key=a").stderr_eq(str![[r#"
coldseal: Parameter validation failed:
Unknown parameter in Tags[0]: "key", must be one of: Key, Value

"#]]);
    refused("--tags Key=a,Value").stderr_eq(str![[r#"
coldseal: Parameter validation failed:
Invalid type for parameter Tags[0].Key, value: ['a', 'Value'], type: <class 'list'>, valid types: <class 'str'>
hint: write /, for a comma in a value

"#]]);
    refused("--tags [{").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--tags': Invalid JSON: EOF while parsing an object at line 1 column 2

"#]]);
    refused("--tags Key=a,Value@=file://missing").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--tags': Unable to load paramfile file://missing: No such file or directory (os error 2)

"#]]);
    refused("--encryption-context SecretARN=x").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--encryption-context': the name SecretARN is reserved
hint: SecretARN, SecretVersionId and names that begin with coldseal: or aws-crypto- are set by the tools

"#]]);
    refused("--encryption-context coldseal:x=y").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--encryption-context': the name coldseal:x is reserved
hint: SecretARN, SecretVersionId and names that begin with coldseal: or aws-crypto- are set by the tools

"#]]);
    refused("--encryption-context a").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--encryption-context': Expected '=', received the end for input:
a
 ^

"#]]);
    refused("--add-replica-regions us-east-1 us-east-1").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--add-replica-regions': Region us-east-1 is named twice

"#]]);
    refused("--add-replica-regions us-east-1,eu_west_1").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--add-replica-regions': "eu_west_1" is not the name of a Region
hint: --add-replica-regions Region=us-east-1,KmsKeyId=alias/example Region=eu-west-1, or --add-replica-regions us-east-1 eu-west-1

"#]]);
    assert!(!sandbox.exists("coldseal-vault") && !sandbox.exists("keystore"));
}

/// A vault in another folder than before is easily one too many.
#[test]
fn every_vault_that_is_made_is_announced_once() {
    let sandbox = Sandbox::new();
    sandbox.write("value", "x");
    sandbox.write("plan", "{\"Name\": \"c\", \"SecretString\": \"1\"}\n");
    let create = "create-secret --secret-string file://value --region us-west-2 --name";
    for (line, vault) in
        [(format!("{create} a"), "first"), (format!("{create} b"), "second"), ("pack plan --region us-west-2".to_owned(), "third")]
    {
        let told = format!("coldseal: made the vault {}; --vault or COLDSEAL_VAULT names another\n", sandbox.path(vault).display());
        for (line, expected) in [(line.clone(), 1), (line.replace("name a", "name d").replace("name b", "name e"), 0)] {
            let output = sandbox.std(&format!("{line} --vault {vault}")).output().expect("runs");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && stderr.matches(&told).count() == expected, "{line}: {stderr}");
        }
    }
    // Nothing was made, so nothing is announced.
    let output = sandbox.std(&format!("{create} a --kms-key-id alias/none --vault fourth")).output().expect("runs");
    assert!(!output.status.success() && !String::from_utf8_lossy(&output.stderr).contains("made the vault"));
}
