//! `create-secret`.

use snapbox::str;

use crate::sandbox::Sandbox;

#[test]
fn a_flag_after_secret_string_is_no_value() {
    let sandbox = Sandbox::new();
    // Without a terminal there is nobody to ask, which shows that a prompt was meant.
    sandbox.coldseal("create-secret --name a --secret-string --region us-west-2").assert().code(253).stdout_eq("").stderr_eq(str![[r#"
coldseal: a value is to be asked for, and there is no terminal to ask on; use file://… or '-' for stdin

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
