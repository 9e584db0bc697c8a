//! The default key of a Region, which `seal` makes at its first need as `seal --to` and `create-secret` do.

use snapbox::str;

use crate::sandbox::Sandbox;

const LIST: &str = "kms list-aliases --region us-west-2 --query Aliases[].AliasName --output text";
const DEFAULT: &str = "alias/aws/secretsmanager";

fn with_payload() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("payload", "attack at dawn");
    sandbox.write("raw", [1; 32]);
    sandbox
}

#[test]
fn every_name_of_the_default_key_makes_it() {
    let names = [
        "--kms-key-id alias/aws/secretsmanager",
        "--kms-key-id embedded:alias/aws/secretsmanager",
        "--kms-key-id arn:aws:kms:us-west-2:000000000000:alias/aws/secretsmanager",
        "--kms-key-id=",
        "",
        "--recovery-key kms=alias/aws/secretsmanager",
        "--raw-aes-key a/b=raw --recovery-key kms=alias/aws/secretsmanager",
    ];
    for name in names {
        let sandbox = with_payload();
        sandbox.ok(&format!("seal payload {name} --region us-west-2 -o sealed"));
        assert_eq!(sandbox.stdout("open sealed"), "attack at dawn", "{name}");
        assert_eq!(sandbox.stdout(LIST).trim_end(), DEFAULT, "{name}");
        // It is not made again.
        sandbox.ok(&format!("seal payload {name} --region us-west-2 -o again"));
        assert_eq!(sandbox.stdout("kms list-keys --region us-west-2 --query length(Keys)").trim(), "1", "{name}");
    }
    for line in ["create-secret --name a --secret-string 1 --region us-west-2", "seal payload --to us-west-2"] {
        let sandbox = with_payload();
        sandbox.ok(&format!("{line} --recovery-key kms=arn:aws:kms:us-west-2:000000000000:alias/aws/secretsmanager"));
    }
}

#[test]
fn without_a_key_the_region_has_one() {
    let sandbox = with_payload();
    sandbox.coldseal("seal payload --region us-west-2 -o sealed").assert().success().stdout_eq("").stderr_eq(str![[r#"
coldseal: made the keystore [ROOT]/keystore/keystore.json and its key file [ROOT]/keystore/keystore.key; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)
coldseal: no key is named: sealing under the Region's default key, arn:aws:kms:us-west-2:000000000000:key/[UUID]

"#]]);
    // The one that was set, and the Region of the environment.
    let id = sandbox.stdout("kms create-key --region eu-west-1 --query KeyMetadata.KeyId --output text");
    sandbox.ok(&format!("kms set-default-key --region eu-west-1 --key-id {}", id.trim_end()));
    sandbox.coldseal("seal payload -o set").env("AWS_REGION", "eu-west-1").assert().success();
    let names = sandbox.stdout("inspect set --query EncryptedDataKeys[].Key --output text");
    assert!(names.contains(id.trim_end()), "{names}");
    // A key that is named is the only one.
    sandbox.ok("seal payload --region us-west-2 --raw-aes-key a/b=raw -o raw.sealed");
    assert_eq!(sandbox.stdout("inspect raw.sealed --query length(EncryptedDataKeys)").trim(), "1");
}

#[test]
fn where_there_can_be_no_default_key_nothing_is_made() {
    let sandbox = with_payload();
    for (line, code, expected) in [
        ("seal payload -o sealed", 252, "seal needs at least one key"),
        ("seal payload --region af-south-1 -o sealed", 254, "the Region af-south-1 is not enabled"),
        ("seal payload --region us-west-2 --kms-key-id alias/none -o sealed", 253, "there is no keystore"),
        (
            "seal payload --region us-west-2 --kms-key-id alias/none --kms-key-id alias/aws/secretsmanager -o sealed",
            254,
            "alias/none is not found",
        ),
        (
            "seal payload --region us-west-2 --kms-key-id arn:aws:kms:us-west-2:111122223333:alias/aws/secretsmanager -o sealed",
            254,
            "is not found",
        ),
        ("seal missing --region us-west-2 -o sealed", 255, "opening missing"),
        ("seal payload --region us-west-2 -o payload", 252, "payload: is an input of this command"),
        ("open payload --region us-west-2 --kms-key-id alias/aws/secretsmanager", 253, "there is no keystore"),
    ] {
        let output = sandbox.std(line).output().expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && stderr.contains(expected), "{line}: {stderr}");
        assert!(!sandbox.exists("keystore/keystore.json") && !sandbox.exists("sealed"), "{line}");
    }
}
