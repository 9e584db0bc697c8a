//! Asymmetric keys of the embedded KMS through the binary.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use snapbox::str;

use crate::sandbox::Sandbox;

/// A sandbox with one key, its alias `alias/key`.
fn with_key(spec: &str, usage: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let id = sandbox.stdout(&format!(
        "kms create-key --region us-west-2 --key-spec {spec} --key-usage {usage} --query KeyMetadata.KeyId --output text"
    ));
    sandbox.ok(&format!("kms create-alias --region us-west-2 --alias-name alias/key --target-key-id {}", id.trim_end()));
    sandbox
}

#[test]
fn create_key_answers_as_aws_does() {
    let sandbox = Sandbox::new();
    let create = "kms create-key --region us-west-2 --description pair";
    sandbox.ok("kms create-key --region us-west-2");
    sandbox.coldseal(&format!("{create} --key-spec RSA_2048 --key-usage ENCRYPT_DECRYPT")).assert().success().stderr_eq("").stdout_eq(
        str![[r#"
{
    "KeyMetadata": {
        "AWSAccountId": "000000000000",
        "KeyId": "[UUID]",
        "Arn": "arn:aws:kms:us-west-2:000000000000:key/[UUID]",
        "CreationDate": "[DATE]",
        "Enabled": true,
        "Description": "pair",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "RSA_2048",
        "KeySpec": "RSA_2048",
        "EncryptionAlgorithms": [
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256"
        ],
        "MultiRegion": false
    }
}

"#]],
    );
    let query = "--query KeyMetadata.[KeySpec,KeyUsage,KeyAgreementAlgorithms[0],EncryptionAlgorithms] --output json";
    for flag in ["--key-spec", "--customer-master-key-spec", "--key-spec ECC_NIST_P521 --customer-master-key-spec"] {
        let made = sandbox.stdout(&format!("{create} {flag} ECC_NIST_P521 --key-usage KEY_AGREEMENT {query}"));
        assert_eq!(made.split_whitespace().collect::<String>(), r#"["ECC_NIST_P521","KEY_AGREEMENT","ECDH",null]"#);
    }
    let refused = |flags: &str| sandbox.coldseal(&format!("{create} {flags}")).assert().code(254).stdout_eq("");
    refused("--key-spec RSA_2048").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateKey operation: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.

"#]]);
    refused("--key-spec ECC_NIST_P256 --key-usage ENCRYPT_DECRYPT").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateKey operation: KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_P256

"#]]);
    refused("--key-usage KEY_AGREEMENT").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateKey operation: KeyUsage KEY_AGREEMENT is not compatible with KeySpec SYMMETRIC_DEFAULT

"#]]);
    refused("--key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC").stderr_eq(str![[r#"
An error occurred (UnsupportedOperationException) when calling the CreateKey operation: keys with the key spec HMAC_256 cannot wrap a data key, and coldseal has none; it has SYMMETRIC_DEFAULT, RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521
hint: 'coldseal kms create-key --help' lists the key specs and key usages

"#]]);
    refused("--key-spec RSA_2048 --key-usage SIGN_VERIFY").stderr_eq(str![[r#"
An error occurred (UnsupportedOperationException) when calling the CreateKey operation: keys with the key usage SIGN_VERIFY cannot wrap a data key, and coldseal has none; it has ENCRYPT_DECRYPT, KEY_AGREEMENT
hint: 'coldseal kms create-key --help' lists the key specs and key usages

"#]]);
    refused("--key-spec RSA_1024 --key-usage ENCRYPT_DECRYPT").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateKey operation: 1 validation error detected: Value 'RSA_1024' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87, ECC_NIST_EDWARDS25519, ML_KEM_512, ML_KEM_768, ML_KEM_1024]

"#]]);
    refused("--key-spec RSA_2048 --customer-master-key-spec RSA_4096 --key-usage ENCRYPT_DECRYPT").stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the CreateKey operation: KeySpec and CustomerMasterKeySpec are the same parameter, and they differ

"#]]);
    assert_eq!(sandbox.stdout("kms list-keys --region us-west-2 --query length(Keys)").trim_end(), "5");
}

#[test]
fn rsa_encrypts_and_decrypts() {
    let sandbox = with_key("RSA_2048", "ENCRYPT_DECRYPT");
    sandbox.write("plain", "attack at dawn");
    sandbox.write("long", [7; 215]);
    sandbox.write("input.json", r#"{"KeyId": "alias/key", "EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}"#);
    let on_key = "--region us-west-2 --key-id alias/key";
    let answer = sandbox.stdout(&format!("kms get-public-key {on_key}"));
    let members: Vec<_> = answer.lines().filter_map(|line| line.strip_prefix("    \"")?.split('"').next()).collect();
    assert_eq!(members, ["KeyId", "PublicKey", "CustomerMasterKeySpec", "KeySpec", "KeyUsage", "EncryptionAlgorithms"]);
    for algorithm in ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] {
        let by = format!("--encryption-algorithm {algorithm}");
        let encrypted = format!("kms encrypt {on_key} {by} --plaintext fileb://plain --query");
        assert_eq!(sandbox.stdout(&format!("{encrypted} EncryptionAlgorithm --output text")).trim_end(), algorithm);
        let blob = sandbox.stdout(&format!("{encrypted} CiphertextBlob --output text"));
        sandbox.write("blob", STANDARD.decode(blob.trim_end()).expect("base64"));
        let decrypt = format!("kms decrypt {on_key} --ciphertext-blob fileb://blob");
        let decrypted = sandbox.stdout(&format!("{decrypt} {by} --query [Plaintext,EncryptionAlgorithm,KeyMaterialId] --output text"));
        assert_eq!(decrypted, format!("{}\t{algorithm}\tNone\n", STANDARD.encode("attack at dawn")));
        sandbox.coldseal(&decrypt).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (InvalidCiphertextException) when calling the Decrypt operation:
hint: give the --encryption-context of a symmetric key or the --encryption-algorithm of an RSA key; if it is the same, the ciphertext was changed

"#]]);
        sandbox.coldseal(&format!("{decrypt} {by} --encryption-context a=b")).assert().code(254).stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the Decrypt operation: EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.

"#]]);
        let without_key = format!("kms decrypt --region us-west-2 --ciphertext-blob fileb://blob {by}");
        sandbox.coldseal(&without_key).assert().code(254).stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the Decrypt operation: KeyId must not be null
hint: a ciphertext by RSA does not name its key: --key-id does

"#]]);
    }
    // From here into a symmetric key and back.
    let symmetric = sandbox.stdout("kms create-key --region us-west-2 --query KeyMetadata.KeyId --output text");
    let symmetric = symmetric.trim_end();
    let by = "RSAES_OAEP_SHA_256";
    let again = format!(
        "kms re-encrypt --region us-west-2 --ciphertext-blob fileb://blob --source-key-id alias/key --source-encryption-algorithm {by} --destination-key-id {symmetric}"
    );
    let answer = sandbox.stdout(&format!("{again} --query keys(@) --output text"));
    let members =
        "CiphertextBlob\tSourceKeyId\tKeyId\tSourceEncryptionAlgorithm\tDestinationEncryptionAlgorithm\tDestinationKeyMaterialId\n";
    assert_eq!(answer, members);
    let blob = sandbox.stdout(&format!("{again} --query CiphertextBlob --output text"));
    sandbox.write("blob", STANDARD.decode(blob.trim_end()).expect("base64"));
    let back = format!(
        "kms re-encrypt --region us-west-2 --ciphertext-blob fileb://blob --destination-key-id alias/key --destination-encryption-algorithm {by}"
    );
    let answer = sandbox.stdout(&format!("{back} --query [SourceEncryptionAlgorithm,DestinationEncryptionAlgorithm] --output text"));
    assert_eq!(answer, format!("SYMMETRIC_DEFAULT\t{by}\n"));
    sandbox.ok("kms encrypt --region us-west-2 --cli-input-json file://input.json --plaintext fileb://plain");

    let refused = |line: &str| sandbox.coldseal(line).assert().code(254).stdout_eq("");
    refused(&format!("kms encrypt {on_key} --plaintext fileb://plain")).stderr_eq(str![[r#"
An error occurred (InvalidKeyUsageException) when calling the Encrypt operation: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.
hint: 'coldseal kms describe-key' shows the key's algorithms; --encryption-algorithm names one

"#]]);
    refused(&format!("kms encrypt {on_key} --plaintext fileb://long --encryption-algorithm RSAES_OAEP_SHA_1")).stderr_eq(str![[r#"
An error occurred (ValidationException) when calling the Encrypt operation: Algorithm RSAES_OAEP_SHA_1 and key spec RSA_2048 cannot encrypt data larger than 214 bytes.

"#]]);
    refused(&format!("kms generate-data-key {on_key} --key-spec AES_256")).stderr_eq(str![[r#"
An error occurred (InvalidKeyUsageException) when calling the GenerateDataKey operation: You cannot generate a data key with an asymmetric CMK
hint: symmetric keys generate data keys; 'coldseal seal' makes one itself and wraps it under a key of any kind

"#]]);
}

#[test]
fn curves_derive_shared_secrets() {
    let [sandbox, other] = [(); 2].map(|()| with_key("ECC_NIST_P384", "KEY_AGREEMENT"));
    let public_key = |sandbox: &Sandbox| {
        let answer = sandbox.stdout("kms get-public-key --region us-west-2 --key-id alias/key --query PublicKey --output text");
        STANDARD.decode(answer.trim_end()).expect("base64")
    };
    other.write("peer.der", public_key(&sandbox));
    sandbox.write("peer.der", public_key(&other));
    let derive =
        "kms derive-shared-secret --region us-west-2 --key-id alias/key --key-agreement-algorithm ECDH --public-key fileb://peer.der";
    let secret = |sandbox: &Sandbox| sandbox.stdout(&format!("{derive} --query SharedSecret --output text"));
    assert_eq!((secret(&sandbox), secret(&sandbox).len()), (secret(&other), 65));
    assert_eq!(
        sandbox.stdout(&format!("{derive} --query keys(@) --output text")),
        "KeyId\tSharedSecret\tKeyAgreementAlgorithm\tKeyOrigin\n"
    );
    sandbox.coldseal(&format!("{derive} --dry-run")).assert().code(254).stdout_eq("").stderr_eq(str![[r#"
An error occurred (DryRunOperationException) when calling the DeriveSharedSecret operation: The request would have succeeded, but the DryRun option is set.
hint: leave --dry-run out to have it done

"#]]);
    sandbox.write("peer.der", b"EXAMPLE");
    let output = sandbox.std(derive).output().expect("runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(stderr.contains("(ValidationException)") && !stderr.contains("EXAMPLE"), "{stderr}");
    sandbox.write("plain", "x");
    let encrypt = sandbox.std("kms encrypt --region us-west-2 --key-id alias/key --plaintext fileb://plain").output().expect("runs");
    assert!(String::from_utf8_lossy(&encrypt.stderr).contains("key usage is KEY_AGREEMENT which is not valid for Encrypt."));
}

#[test]
fn private_parts_travel_and_change_their_protection() {
    let first = with_key("ECC_NIST_P256", "KEY_AGREEMENT");
    first.ok("kms export-keys --regions us-west-2 --output-file export.json --output-key-file export.key");
    let second = Sandbox::new();
    let (export, key_file) = (first.path("export.json"), first.path("export.key"));
    second.ok(&format!("kms import-keys {} --input-key-file {}", export.display(), key_file.display()));
    first.write("message", "attack at dawn");
    let sealed = second.path("sealed");
    first.ok(&format!("seal message --region us-west-2 --kms-key-id alias/key -o {}", sealed.display()));
    assert_eq!(second.stdout("open sealed"), "attack at dawn");
    second.write("new", "a horse made of paper");
    second.ok("kms change-protection --to passphrase --new-passphrase-file new");
    assert_eq!(second.stdout("open sealed --passphrase-file new"), "attack at dawn");

    let id = second
        .stdout("kms describe-key --region us-west-2 --key-id alias/key --query KeyMetadata.KeyId --output text --passphrase-file new");
    second.ok(&format!("kms schedule-key-deletion --region us-west-2 --key-id {} --passphrase-file new", id.trim_end()));
    let refused = second.std("open sealed --passphrase-file new").output().expect("runs");
    assert!(refused.stdout.is_empty() && String::from_utf8_lossy(&refused.stderr).contains("is pending deletion"));
}

#[test]
fn files_are_sealed_for_either_kind_and_opened_again() {
    for (spec, usage, provider) in [
        ("RSA_2048", "ENCRYPT_DECRYPT", "aws-kms-rsa"),
        ("ECC_NIST_P256", "KEY_AGREEMENT", "raw-ecdh"),
        ("ECC_NIST_P521", "KEY_AGREEMENT", "raw-ecdh"),
    ] {
        let sandbox = with_key(spec, usage);
        sandbox.write("file", "attack at dawn");
        let key = "--region us-west-2 --kms-key-id alias/key";
        sandbox.ok(&format!("seal file {key} --encryption-context purpose=test -o sealed"));
        let inspected = sandbox.stdout("inspect sealed");
        assert!(inspected.contains(provider), "{inspected}");
        for line in ["open sealed", &format!("open sealed {key}"), "open sealed --encryption-context purpose=test"] {
            assert_eq!(sandbox.stdout(line), "attack at dawn", "{spec}: {line}");
        }
        sandbox.ok("rewrap sealed --to eu-west-1 --output-dir bundles");
        assert_eq!(sandbox.stdout("open bundles/sealed.eu-west-1.bundle"), "attack at dawn");
        sandbox.ok("seal file --to Region=us-west-2,KmsKeyId=alias/key --to eu-west-1");
        for region in ["us-west-2", "eu-west-1"] {
            assert_eq!(sandbox.stdout(&format!("open file.{region}.bundle --region {region}")), "attack at dawn");
        }
        sandbox.ok("create-secret --name plan --region us-west-2 --kms-key-id alias/key --secret-string file://file --add-replica-regions Region=eu-west-1");
        for region in ["us-west-2", "eu-west-1"] {
            let value = sandbox.stdout(&format!("get-secret-value --secret-id plan --region {region} --query SecretString --output text"));
            assert_eq!(value.trim_end(), "attack at dawn");
        }
        assert!(sandbox.stdout("verify --open").starts_with("1 secret, 2 bundles: sound\n2 opened, 0 not openable here, 0 failed\n"));

        let id = sandbox.stdout("kms describe-key --region us-west-2 --key-id alias/key --query KeyMetadata.KeyId --output text");
        sandbox.ok(&format!("kms disable-key --region us-west-2 --key-id {}", id.trim_end()));
        let opened = sandbox.std("open sealed").output().expect("runs");
        let stderr = String::from_utf8(opened.stderr).expect("text");
        assert!(opened.stdout.is_empty() && stderr.contains("is disabled"), "{spec}: {stderr}");
        let sealed = sandbox.std(&format!("seal file {key} -o again")).output().expect("runs");
        assert!(sealed.status.code() == Some(254) && !sandbox.exists("again"), "{}", String::from_utf8_lossy(&sealed.stderr));
    }
}
