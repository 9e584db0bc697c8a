//! `coldseal kms …` but its protection.

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn a_key_lives_from_creation_to_use() {
    let sandbox = Sandbox::new();
    sandbox.coldseal("kms create-key --region us-west-2 --description payroll").assert().success().stdout_eq(str![[r#"
{
    "KeyMetadata": {
        "AWSAccountId": "000000000000",
        "KeyId": "[UUID]",
        "Arn": "arn:aws:kms:us-west-2:000000000000:key/[UUID]",
        "CreationDate": "[DATE]",
        "Enabled": true,
        "Description": "payroll",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": [
            "SYMMETRIC_DEFAULT"
        ],
        "MultiRegion": false,
        "CurrentKeyMaterialId": "[SHA]"
    }
}

"#]]).stderr_eq(str![[r#"
coldseal: made the keystore [ROOT]/keystore/keystore.json and its key file [ROOT]/keystore/keystore.key; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)

"#]]);
    let key = sandbox.stdout("kms list-keys --query Keys[0].KeyId --output text");
    let key = key.trim_end();
    let arn = format!("arn:aws:kms:us-west-2:000000000000:key/{key}");
    sandbox.coldseal("kms list-keys --region us-west-2").assert().success().stdout_eq(str![[r#"
{
    "Keys": [
        {
            "KeyId": "[UUID]",
            "KeyArn": "arn:aws:kms:us-west-2:000000000000:key/[UUID]"
        }
    ]
}

"#]]);
    sandbox
        .coldseal(&format!("kms create-alias --alias-name alias/team --target-key-id {arn}"))
        .assert()
        .success()
        .stdout_eq("")
        .stderr_eq("");
    sandbox.coldseal("kms list-aliases").assert().success().stdout_eq(str![[r#"
{
    "Aliases": [
        {
            "AliasName": "alias/team",
            "AliasArn": "arn:aws:kms:us-west-2:000000000000:alias/team",
            "TargetKeyId": "[UUID]",
            "CreationDate": "[DATE]",
            "LastUpdatedDate": "[DATE]"
        }
    ]
}

"#]]);
    sandbox.coldseal(&format!("kms list-aliases --key-id {arn} --output text")).assert().success().stdout_eq(str![[r#"
ALIASES	arn:aws:kms:us-west-2:000000000000:alias/team	alias/team	[DATE]	[DATE]	[UUID]

"#]]);
    sandbox.coldseal(&format!("kms disable-key --region us-west-2 --key-id {key}")).assert().success().stdout_eq("").stderr_eq("");
    let state = "kms describe-key --key-id alias/team --region us-west-2 --query KeyMetadata.[KeyState,Enabled,Description]";
    sandbox.coldseal(state).assert().success().stdout_eq(str![[r#"
[
    "Disabled",
    false,
    "payroll"
]

"#]]);
    sandbox.coldseal(&format!("kms enable-key --key-id {arn}")).assert().success().stdout_eq("").stderr_eq("");
    for id in [key, &arn, "alias/team", "arn:aws:kms:us-west-2:000000000000:alias/team"] {
        let found = sandbox.stdout(&format!("kms describe-key --region us-west-2 --output text --query KeyMetadata.Arn --key-id {id}"));
        assert_eq!(found.trim_end(), arn, "{id}");
    }
}

#[test]
fn refusals_have_their_aws_names() {
    let sandbox = Sandbox::new();
    sandbox.ok("create-secret --name a --secret-string 1 --region us-west-2");
    let key = sandbox.stdout("kms list-keys --query Keys[0].KeyId --output text");
    let key = key.trim_end();
    let refused = |line: String| sandbox.coldseal(&format!("kms {line} --region us-west-2")).assert().code(254).stdout_eq("");
    refused("describe-key --key-id nope".to_owned()).stderr_eq(str![[r#"
An error occurred (NotFoundException) when calling the DescribeKey operation: Invalid keyId 'nope'
hint: 'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is

"#]]);
    refused("describe-key --key-id alias/nope".to_owned()).stderr_eq(str![[r#"
An error occurred (NotFoundException) when calling the DescribeKey operation: Alias arn:aws:kms:us-west-2:000000000000:alias/nope is not found.
hint: 'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is

"#]]);
    refused("describe-key --key-id arn:x".to_owned()).stderr_eq(str![[r#"
An error occurred (InvalidArnException) when calling the DescribeKey operation: Invalid arn arn:x
hint: 'coldseal kms list-keys' and 'coldseal kms list-aliases' show the ARNs that there are

"#]]);
    refused("enable-key --key-id alias/aws/secretsmanager".to_owned()).stderr_eq(str![[r#"
An error occurred (NotFoundException) when calling the EnableKey operation: Invalid keyId 'alias/aws/secretsmanager'
hint: this takes a key id or key ARN, as 'coldseal kms list-keys' shows it, and no alias

"#]]);
    refused(format!("disable-key --key-id {key}")).stderr_eq(str![[r#"
An error occurred (AccessDeniedException) when calling the DisableKey operation: kms:DisableKey is not allowed on arn:aws:kms:us-west-2:000000000000:key/[UUID]: it is an AWS managed key
hint: 'coldseal kms create-key' makes a key of your own

"#]]);
    refused(format!("create-alias --alias-name team --target-key-id {key}")).stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateAlias operation: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html
hint: an alias is alias/ and letters, digits, ':', '/', '_' or '-'; its target is a key id or key ARN

"#]]);
    refused(format!("create-alias --alias-name alias/aws/x --target-key-id {key}")).stderr_eq(str![[r#"
An error occurred (NotAuthorizedException) when calling the CreateAlias operation:
hint: names that begin with alias/aws/ belong to AWS

"#]]);
    refused(format!("create-alias --alias-name alias/x --target-key-id {key}")).stderr_eq(str![[r#"
An error occurred (AccessDeniedException) when calling the CreateAlias operation: kms:CreateAlias is not allowed on arn:aws:kms:us-west-2:000000000000:key/[UUID]: it is an AWS managed key
hint: 'coldseal kms create-key' makes a key of your own

"#]]);
    refused("create-alias --alias-name alias/x --target-key-id alias/aws/secretsmanager".to_owned()).stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateAlias operation: Aliases must refer to keys. Not aliases
hint: an alias is alias/ and letters, digits, ':', '/', '_' or '-'; its target is a key id or key ARN

"#]]);
    sandbox.ok("kms create-key --region us-west-2");
    let own = sandbox
        .stdout("kms list-keys --query Keys[].KeyId --output text")
        .split_whitespace()
        .find(|id| *id != key)
        .expect("two keys")
        .to_owned();
    sandbox.ok(&format!("kms create-alias --region us-west-2 --alias-name alias/x --target-key-id {own}"));
    refused(format!("create-alias --alias-name alias/x --target-key-id {own}")).stderr_eq(str![[r#"
An error occurred (AlreadyExistsException) when calling the CreateAlias operation: An alias with the name arn:aws:kms:us-west-2:000000000000:alias/x already exists
hint: 'coldseal kms update-alias' points it at another key, 'coldseal kms list-aliases' shows it

"#]]);
}

#[test]
fn regions_are_enabled_before_they_are_used() {
    let sandbox = Sandbox::new();
    let create = "create-secret --name a --secret-string file://value --region af-south-1 --query Name";
    sandbox.write("value", "x");
    sandbox.coldseal(create).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: af-south-1: the Region af-south-1 is not enabled (nothing was written)
hint: 'coldseal kms enable-region af-south-1' enables it

"#]]);
    sandbox.coldseal("kms create-key --region af-south-1").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: the Region af-south-1 is not enabled
hint: 'coldseal kms enable-region af-south-1' enables it

"#]]);
    sandbox.coldseal("kms enable-region af-south-1 ap-east-1").assert().success().stdout_eq("").stderr_eq(str![[r#"
coldseal: made the keystore [ROOT]/keystore/keystore.json and its key file [ROOT]/keystore/keystore.key; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)
coldseal: af-south-1 is enabled
coldseal: ap-east-1 is enabled

"#]]);
    sandbox.coldseal("kms enable-region --region af-south-1").assert().success().stdout_eq("").stderr_eq(str![[r#"
coldseal: af-south-1 was enabled already

"#]]);
    sandbox.coldseal("kms enable-region nowhere").assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: enable-region: there is no Region 'nowhere'
hint: 'coldseal kms list-regions' shows those that there are

"#]]);
    sandbox
        .coldseal(create)
        .assert()
        .success()
        .stdout_eq(str![[r#"
"a"

"#]])
        .stderr_eq(str![[r#"
coldseal: made the vault [ROOT]/coldseal-vault; --vault or COLDSEAL_VAULT names another
coldseal: 1 bundle in [ROOT]/coldseal-vault

"#]]);
}

#[test]
fn blobs_come_from_stdin_too() {
    let sandbox = Sandbox::new();
    let key = sandbox.stdout("kms create-key --region us-west-2 --query KeyMetadata.KeyId --output text");
    let encrypt = format!("kms encrypt --region us-west-2 --key-id {} --query CiphertextBlob --output text", key.trim_end());
    let decrypt = "kms decrypt --region us-west-2 --query Plaintext --output text";
    // `-` and fileb://- are bytes as they are, file://- is base64 as from a file.
    for (source, input) in [("-", "\0bytes\n"), ("fileb://-", "\0bytes\n"), ("file://-", "AGJ5dGVzCg==\n")] {
        let encrypted = sandbox.coldseal(&format!("{encrypt} --plaintext {source}")).stdin(input).output().expect("runs");
        assert!(encrypted.status.success(), "{source}: {}", String::from_utf8_lossy(&encrypted.stderr));
        sandbox
            .coldseal(&format!("{decrypt} --ciphertext-blob file://-"))
            .stdin(encrypted.stdout)
            .assert()
            .success()
            .stdout_eq("AGJ5dGVzCg==\n");
    }
    sandbox.coldseal(&format!("{encrypt} --plaintext -")).stdin("x".repeat(4096)).assert().success();
    for input in ["x".repeat(4097), String::new()] {
        sandbox.coldseal(&format!("{encrypt} --plaintext -")).stdin(input).assert().code(254).stdout_eq("");
    }
    sandbox.coldseal(&format!("{encrypt} --plaintext -")).stdin("x".repeat(1 << 20)).assert().code(252).stderr_eq(str![[r#"
coldseal: Error parsing parameter '--plaintext': stdin is too large, more than 65536 bytes
hint: 'coldseal seal' takes any size

"#]]);
}
