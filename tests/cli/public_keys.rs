//! Public keys of keys in AWS KMS: imported, used, removed.

use snapbox::str;

use crate::sandbox::Sandbox;

const EAST: &str = include_str!("../data/public-keys/rsa-4096.json");
const EUROPE: &str = include_str!("../data/public-keys/p384.json");
const ASIA: &str = include_str!("../data/public-keys/rsa-2048.json");
const ALIASES: &str = include_str!("../data/public-keys/aliases.json");
const PEM: &str = include_str!("../data/public-keys/rsa-3072.pem");
const CREATE: &str = "create-secret --name db --secret-string file://value --region us-east-1 --kms-key-id alias/team";
const REPLICAS: &str = "Region=eu-west-1,KmsKeyId=22222222-2222-4222-8222-222222222222 Region=ap-southeast-2,KmsKeyId=arn:aws:kms:ap-southeast-2:111122223333:key/33333333-3333-4333-8333-333333333333";

fn with_files() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, content) in [("east.json", EAST), ("europe.json", EUROPE), ("asia.json", ASIA), ("aliases.json", ALIASES), ("key.pem", PEM)]
    {
        sandbox.write(name, content);
    }
    sandbox.write("value", "top");
    sandbox.write("safe.key", [7; 32]);
    sandbox
}

fn imported() -> Sandbox {
    let sandbox = with_files();
    sandbox.ok("kms import-public-key east.json europe.json asia.json aliases.json");
    sandbox
}

#[test]
fn an_import_prints_fingerprints_and_doing_it_again_changes_nothing() {
    let sandbox = with_files();
    sandbox
        .coldseal("kms import-public-key east.json aliases.json --region us-east-1")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "Keys": [
        {
            "KeyId": "arn:aws:kms:us-east-1:111122223333:key/[UUID]",
            "KeySpec": "RSA_4096",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "PublicKeySha256": "[SHA]",
            "Status": "Added"
        }
    ],
    "Aliases": [
        {
            "AliasArn": "arn:aws:kms:us-east-1:111122223333:alias/team",
            "TargetKeyId": "[UUID]",
            "Status": "Added"
        }
    ]
}

"#]])
        .stderr_eq(str![[r#"
coldseal: made the keystore [ROOT]/keystore/keystore.json and its key file [ROOT]/keystore/keystore.key; whoever copies both files can open everything ('coldseal kms change-protection --to passphrase' asks for a passphrase instead)
coldseal: arn:aws:kms:us-east-1:111122223333:key/[UUID]: RSA_4096, SHA-256 of the public key [SHA]
coldseal: warning: no --fingerprint was given: compare each SHA-256 with what 'aws kms get-public-key --key-id KEY --query PublicKey --output text | base64 -d | sha256sum' prints in AWS
coldseal: aliases of keys that are not imported, passed over: 1

"#]]);
    let before = sandbox.read("keystore/keystore.json");
    sandbox
        .coldseal("kms import-public-key east.json aliases.json")
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "Keys": [
        {
            "KeyId": "arn:aws:kms:us-east-1:111122223333:key/[UUID]",
            "KeySpec": "RSA_4096",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "PublicKeySha256": "[SHA]",
            "Status": "Unchanged"
        }
    ],
    "Aliases": [
        {
            "AliasArn": "arn:aws:kms:us-east-1:111122223333:alias/team",
            "TargetKeyId": "[UUID]",
            "Status": "Unchanged"
        }
    ]
}

"#]])
        .stderr_eq(str![[r#"
coldseal: arn:aws:kms:us-east-1:111122223333:key/[UUID] is here already, the same
coldseal: aliases of keys that are not imported, passed over: 1

"#]]);
    assert_eq!(sandbox.read("keystore/keystore.json"), before);
    sandbox.coldseal("kms describe-key --region us-east-1 --key-id alias/team").assert().success().stdout_eq(str![[r#"
{
    "KeyMetadata": {
        "AWSAccountId": "111122223333",
        "KeyId": "[UUID]",
        "Arn": "arn:aws:kms:us-east-1:111122223333:key/[UUID]",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "CustomerMasterKeySpec": "RSA_4096",
        "KeySpec": "RSA_4096",
        "EncryptionAlgorithms": [
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256"
        ],
        "MultiRegion": false,
        "ImportDate": "[DATE]",
        "PublicKeySha256": "[SHA]"
    }
}

"#]]);
    let listed = "kms list-aliases --region us-east-1 --query Aliases[].[AliasArn,TargetKeyId]";
    sandbox.coldseal(listed).assert().success().stdout_eq(str![[r#"
[
    [
        "arn:aws:kms:us-east-1:111122223333:alias/team",
        "[UUID]"
    ]
]

"#]]);
    let answer: serde_json::Value =
        serde_json::from_str(&sandbox.stdout("kms get-public-key --region us-east-1 --key-id alias/team")).expect("JSON");
    assert_eq!(answer, serde_json::from_str::<serde_json::Value>(EAST).expect("JSON"));
    let import = "kms import-public-key key.pem --key-usage ENCRYPT_DECRYPT --key-arn arn:aws:kms:us-west-2:111122223333:key/44444444-4444-4444-8444-444444444444";
    sandbox.coldseal(import).assert().success();
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_imported() {
    let sandbox = with_files();
    sandbox.write("signs.json", ASIA.replace("ENCRYPT_DECRYPT", "SIGN_VERIFY"));
    sandbox.write("other.json", EAST.replace("RSA_4096", "RSA_2048"));
    sandbox.coldseal("kms import-public-key east.json signs.json").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidKeyUsageException) when calling the ImportPublicKey operation: signs.json: the key's usage is SIGN_VERIFY: AWS KMS signs with it, and it could never unwrap a data key. A key of the usage ENCRYPT_DECRYPT (RSA) or KEY_AGREEMENT (NIST curves) can

"#]]);
    sandbox.coldseal("kms import-public-key other.json").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the ImportPublicKey operation: other.json: the key spec is RSA_2048, and the public key is one of RSA_4096

"#]]);
    sandbox.coldseal("kms import-public-key east.json --region us-west-2").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidArnException) when calling the ImportPublicKey operation: east.json: the key's ARN names the Region us-east-1, and the Region asked for is us-west-2
hint: 'aws kms describe-key' shows a key's ARN; without --region each key goes to the Region that its ARN names

"#]]);
    let wrong = format!("kms import-public-key east.json --fingerprint {}", "00".repeat(32));
    sandbox.coldseal(&wrong).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the ImportPublicKey operation: east.json: the SHA-256 of arn:aws:kms:us-east-1:111122223333:key/[UUID]'s public key is [SHA], and that is no fingerprint that was given
hint: compare it with what AWS has, as 'coldseal kms import-public-key --help' shows; is it the right key?

"#]]);
    sandbox.coldseal("kms import-public-key key.pem").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the ImportPublicKey operation: key.pem: a DER or PEM file does not say whose key it is: name the key's ARN and its usage
hint: --key-arn and --key-usage do

"#]]);
    sandbox.coldseal("kms import-public-key missing.json").assert().code(255).stdout_eq("").stderr_eq(str![[r#"
coldseal: reading missing.json: No such file or directory (os error 2)

"#]]);
    let several = "kms import-public-key key.pem east.json --key-usage KEY_AGREEMENT --key-arn arn:aws:kms:us-west-2:111122223333:key/44444444-4444-4444-8444-444444444444";
    sandbox.coldseal(several).assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: --key-arn names the key of one FILE, and there are several

"#]]);
    assert!(!sandbox.exists("keystore/keystore.json"));
}

#[test]
fn three_regions_are_packed_and_nothing_opens_here() {
    let sandbox = imported();
    let create = format!("{CREATE} --add-replica-regions {REPLICAS} --query Bundles[].[Region,KmsKeyId,OpensHere]");
    sandbox.coldseal(&create).assert().success().stdout_eq(str![[r#"
[
    [
        "us-east-1",
        "arn:aws:kms:us-east-1:111122223333:key/[UUID]",
        false
    ],
    [
        "eu-west-1",
        "arn:aws:kms:eu-west-1:111122223333:key/[UUID]",
        false
    ],
    [
        "ap-southeast-2",
        "arn:aws:kms:ap-southeast-2:111122223333:key/[UUID]",
        false
    ]
]

"#]]).stderr_eq(str![[r#"
coldseal: made the vault [ROOT]/coldseal-vault; --vault or COLDSEAL_VAULT names another
coldseal: warning: this machine cannot open the bundles for ap-southeast-2, eu-west-1, us-east-1 again: only AWS KMS can, in each Region (--recovery-key adds a key of yours)
coldseal: 3 bundles in [ROOT]/coldseal-vault

"#]]);
    sandbox.coldseal("verify --open").assert().success().stdout_eq(str![[r#"
1 secret, 3 bundles: sound
0 opened, 3 not openable here, 0 failed
not signed: this shows damage, not who made it

"#]]);
    sandbox.coldseal("get-secret-value --secret-id db --region ap-southeast-2").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (DecryptionFailure) when calling the GetSecretValue operation: coldseal-vault/secrets/us-east-1/db/[UUID]/ap-southeast-2.[HASH].bundle: no encrypted data key of the message can be unwrapped here
  aws-kms-rsa arn:aws:kms:ap-southeast-2:111122223333:key/[UUID]: UnsupportedOperationException: arn:aws:kms:ap-southeast-2:111122223333:key/[UUID] is for AWS KMS alone: here is only the key's public part, which was imported
the bundles for us-east-1, eu-west-1 hold the same value
hint: it opens where one of these keys is: with the keystore that has the key, in AWS in the key's Region if AWS KMS has it, or here with the recovery key that it was sealed with (--recovery-key, --raw-aes-key, --raw-rsa-key)
hint: 'coldseal verify --open' shows which bundles open here

"#]]);
    let replicate =
        "replicate-secret-to-regions --secret-id db --add-replica-regions Region=us-west-2,KmsKeyId=embedded:alias/aws/secretsmanager";
    assert_eq!(sandbox.coldseal(replicate).assert().get_output().status.code(), Some(254));
    sandbox
        .coldseal("kms disable-key --region us-east-1 --key-id 11111111-1111-4111-8111-111111111111")
        .assert()
        .code(254)
        .stderr_eq(str![[r#"
An error occurred (UnsupportedOperationException) when calling the DisableKey operation: DisableKey on arn:aws:kms:us-east-1:111122223333:key/[UUID] is for AWS KMS alone: here is only the key's public part, which was imported
hint: 'aws kms' does it, with access to AWS; sealing needs no more than the public part

"#]]);
    let delete = "kms delete-public-key --region us-east-1 --key-id 11111111-1111-4111-8111-111111111111";
    sandbox
        .coldseal(delete)
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
    "KeyId": "arn:aws:kms:us-east-1:111122223333:key/[UUID]"
}

"#]])
        .stderr_eq(str![[r#"
coldseal: arn:aws:kms:us-east-1:111122223333:key/[UUID] is not here any more; what was sealed under it still opens in AWS
coldseal: secrets in coldseal-vault with bundles under it:
coldseal:   arn:aws:secretsmanager:us-east-1:111122223333:secret:db-[SUFFIX]

"#]]);
}

#[test]
fn a_region_without_key_is_refused_before_anything_is_written() {
    let sandbox = imported();
    let create = format!("{CREATE} --add-replica-regions {REPLICAS} eu-west-2 Region=us-west-2");
    sandbox.coldseal(&create).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the CreateSecret operation: 2 Regions have problems, and nothing was written:
  eu-west-2: no key is named for it, and another Region uses an imported public key: then every Region needs one
  us-west-2: no key is named for it, and another Region uses an imported public key: then every Region needs one
hint: KmsKeyId=KEY, --kms-key-id for the primary Region, or 'coldseal kms set-default-key --region eu-west-2 --key-id KEY'
hint: KmsKeyId=KEY, --kms-key-id for the primary Region, or 'coldseal kms set-default-key --region us-west-2 --key-id KEY'

"#]]);
    assert!(!sandbox.exists("coldseal-vault"));
    sandbox.write("photo", "pixels");
    sandbox
        .coldseal("seal photo --to Region=us-east-1,KmsKeyId=alias/team --to us-west-2")
        .assert()
        .code(254)
        .stdout_eq("")
        .stderr_eq(str![[r#"
An error occurred (InvalidParameterException) when calling the GenerateDataKey operation: us-west-2: no key is named for it, and another Region uses an imported public key: then every Region needs one (nothing was written)
hint: KmsKeyId=KEY, --kms-key-id for the primary Region, or 'coldseal kms set-default-key --region us-west-2 --key-id KEY'

"#]]);
    assert!(!sandbox.exists("photo.us-east-1.bundle"));
}

#[test]
fn a_recovery_key_opens_what_only_aws_would() {
    let sandbox = imported();
    let create = format!("{CREATE} --add-replica-regions {REPLICAS} --recovery-key aes=home/safe=safe.key --query Bundles[].OpensHere");
    sandbox.coldseal(&create).assert().success().stdout_eq(str![[r#"
[
    false,
    false,
    false
]

"#]]).stderr_eq(str![[r#"
coldseal: made the vault [ROOT]/coldseal-vault; --vault or COLDSEAL_VAULT names another
coldseal: this machine opens the bundles for ap-southeast-2, eu-west-1, us-east-1 again with the recovery key only; else AWS KMS does, in each Region
coldseal: 3 bundles in [ROOT]/coldseal-vault

"#]]);
    for key in ["--recovery-key", "--raw-aes-key"] {
        let key = format!("{key} {}home/safe=safe.key", if key == "--recovery-key" { "aes=" } else { "" });
        let get = format!("get-secret-value --secret-id db --region eu-west-1 --query SecretString --output text {key}");
        assert_eq!(sandbox.stdout(&get), "top\n");
        // A machine that has no keystore.
        assert_eq!(sandbox.stdout(&format!("{get} --keystore none/keystore.json")), "top\n");
        assert!(!sandbox.exists("none"));
    }
    // An RSA key pair: the public key seals, the private key opens.
    for name in ["priv.pem", "pub.pem"] {
        let key = std::fs::read(format!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/keys/raw-rsa2048.{}"), name)).expect("a key");
        sandbox.write(&format!("rsa.{name}"), key);
    }
    let rsa = "create-secret --name rsa --secret-string file://value --region us-east-1 --kms-key-id alias/team --encryption-algorithm RSAES_OAEP_SHA_1";
    sandbox.ok(&format!("{rsa} --recovery-key rsa=home/safe=rsa.pub.pem"));
    let get = "get-secret-value --secret-id rsa --region us-east-1 --query SecretString --output text";
    assert_eq!(sandbox.stdout(&format!("{get} --raw-rsa-key home/safe=rsa.priv.pem")), "top\n");
    assert_eq!(sandbox.stdout(&format!("{get} --recovery-key rsa=home/safe=rsa.priv.pem")), "top\n");
    sandbox.coldseal(&format!("{get} --recovery-key rsa=home/safe=rsa.pub.pem")).assert().code(252);
    let rewrap = "rewrap --secret-id db --region eu-west-1 --query Bundles[].Region";
    sandbox.coldseal(&format!("{rewrap} --recovery-key aes=home/safe=safe.key")).assert().success();
    sandbox.coldseal(&format!("{rewrap} --raw-aes-key home/safe=safe.key")).assert().success().stderr_eq(str![[r#"
coldseal: warning: the new bundles do not open with home safe any more, which opened the old ones; repeat the command with --recovery-key
coldseal: warning: this machine cannot open the bundles for eu-west-1 again: only AWS KMS can, in each Region (--recovery-key adds a key of yours)
coldseal: this machine opens the bundles for ap-southeast-2, us-east-1 again with the recovery key only; else AWS KMS does, in each Region
coldseal: 3 bundles in [ROOT]/coldseal-vault

"#]]);
    sandbox.coldseal(&format!("{CREATE} --recovery-key safe.key")).assert().code(252).stdout_eq("").stderr_eq(str![[r#"
coldseal: Error parsing parameter '--recovery-key': kms=KEY, aes=NAMESPACE/NAME=FILE or rsa=NAMESPACE/NAME=FILE

"#]]);
}

#[test]
fn files_are_sealed_for_aws_with_a_way_back() {
    let sandbox = imported();
    sandbox.write("photo", "pixels");
    sandbox.coldseal("seal photo --kms-key-id alias/team --region us-east-1 -o alone").assert().success().stderr_eq(str![[r#"
coldseal: warning: this machine cannot open the message again: only AWS KMS can (--recovery-key adds a key of yours)

"#]]);
    sandbox.coldseal("open alone").assert().code(254).stdout_eq("").stderr_eq(str![[r#"
coldseal: no encrypted data key of the message can be unwrapped here
  aws-kms-rsa arn:aws:kms:us-east-1:111122223333:key/[UUID]: UnsupportedOperationException: arn:aws:kms:us-east-1:111122223333:key/[UUID] is for AWS KMS alone: here is only the key's public part, which was imported
hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here

"#]]);
    let several =
        "seal photo --to Region=us-east-1,KmsKeyId=alias/team --to Region=eu-west-1,KmsKeyId=22222222-2222-4222-8222-222222222222";
    sandbox
        .coldseal(&format!("{several} --recovery-key aes=home/safe=safe.key --query Bundles[].[Region,OpensHere]"))
        .assert()
        .success()
        .stdout_eq(str![[r#"
[
    [
        "us-east-1",
        false
    ],
    [
        "eu-west-1",
        false
    ]
]

"#]])
        .stderr_eq(str![[r#"
coldseal: this machine opens the bundles for us-east-1, eu-west-1 again with the recovery key only; else AWS KMS does, in each Region

"#]]);
    assert_eq!(sandbox.stdout("open photo.eu-west-1.bundle --raw-aes-key home/safe=safe.key"), "pixels");
    let rewrap = "rewrap photo.eu-west-1.bundle --to Region=ap-southeast-2,KmsKeyId=33333333-3333-4333-8333-333333333333";
    assert_eq!(sandbox.coldseal(rewrap).assert().get_output().status.code(), Some(254));
    assert!(!sandbox.exists("photo.ap-southeast-2.bundle"));
    let before = sandbox.read("keystore/keystore.json");
    // A default key that only this command would need is not made for a message that does not open.
    assert_eq!(sandbox.coldseal("rewrap photo.eu-west-1.bundle --to us-west-1").assert().get_output().status.code(), Some(254));
    assert_eq!(sandbox.read("keystore/keystore.json"), before);
    sandbox.ok(&format!("{rewrap} --recovery-key aes=home/safe=safe.key"));
    assert_eq!(sandbox.stdout("open photo.ap-southeast-2.bundle --raw-aes-key home/safe=safe.key"), "pixels");
    let mixed = "seal photo --kms-key-id embedded:alias/mine --region us-west-2 --recovery-key aes=home/safe=safe.key -o mixed";
    let key = sandbox.stdout("kms create-key --region us-west-2 --query KeyMetadata.KeyId --output text");
    sandbox.ok(&format!("kms create-alias --region us-west-2 --alias-name alias/mine --target-key-id {key}"));
    sandbox.coldseal(mixed).assert().success().stderr_eq(str![[r#"
coldseal: warning: the material providers library of the AWS Encryption SDKs refuses a message that has raw or ECDH keys besides one of 'aws-kms' when its KMS keyring is in discovery mode; name the KMS key to it

"#]]);
}
