//! `docs/aws.md`, "Operations on keys": what they need, answer, and refuse.

use serde_json::{Value, json};

use crate::account::{Account, members, violation_of};

const MISSING: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const DRY_RUN: &str = "The request would have succeeded, but the DryRun option is set.";

/// An account with the file `plain`, a key, and that key's ciphertext of the file.
fn prepared() -> (Account, Value, String) {
    let account = Account::new();
    account.0.write("plain", "x");
    let key = account.key("");
    let id = key["KeyId"].as_str().expect("an id");
    let blob = account.text(&format!("kms encrypt --plaintext fileb://plain --key-id {id} --query CiphertextBlob"));
    (account, key, blob)
}

fn id_of(key: &Value) -> &str {
    key["KeyId"].as_str().expect("an id")
}

/// Leaving a flag out ends with 252, and the flag is named.
#[track_caller]
fn needs(account: &Account, line: &str, flag: &str) {
    let (code, _, stderr) = account.run(&format!("kms {line}"));
    assert!(code == Some(252) && stderr.contains(&format!("  {flag} <")), "{line}: {stderr}");
}

/// The names of the refusals that every operation on one key shares.
#[track_caller]
fn refuses_what_is_not_there(account: &Account, line: &str) {
    assert_eq!(account.refusal(&format!("kms {line} {MISSING}")).name, "NotFoundException", "{line}");
    assert_eq!(account.refusal(&format!("kms {line} arn:x")).name, "InvalidArnException", "{line}");
}

#[test]
fn generate_data_key() {
    let (account, key, _) = prepared();
    let (id, line) = (id_of(&key), "generate-data-key");
    needs(&account, &format!("{line} --key-spec AES_256"), "--key-id");
    for (length, bytes) in
        [("--key-spec AES_256", 32), ("--key-spec AES_128", 16), ("--number-of-bytes 1", 1), ("--number-of-bytes 1024", 1024)]
    {
        let made = account.json(&format!("kms {line} --key-id {id} {length}"));
        assert_eq!(members(&made), ["CiphertextBlob", "Plaintext", "KeyId", "KeyMaterialId"]);
        assert_eq!((&made["KeyId"], &made["KeyMaterialId"]), (&key["Arn"], &key["CurrentKeyMaterialId"]));
        let plaintext = made["Plaintext"].as_str().expect("base64");
        assert_eq!(plaintext.trim_end_matches('=').len() * 3 / 4, bytes, "{length}");
        let blob = made["CiphertextBlob"].as_str().expect("base64");
        assert_eq!(account.json(&format!("kms decrypt --ciphertext-blob {blob} --query Plaintext")), plaintext);
    }
    // One of the two, and not both.
    for lengths in ["", "--key-spec AES_256 --number-of-bytes 16"] {
        let message = "Please specify either number of bytes or key spec.";
        account.refuses(&format!("kms {line} --key-id {id} {lengths}"), "ValidationException", message);
    }
    refuses_what_is_not_there(&account, &format!("{line} --key-spec AES_256 --key-id"));
    account.refuses(&format!("kms {line} --key-spec AES_256 --key-id {id} --dry-run"), "DryRunOperationException", DRY_RUN);
}

#[test]
fn generate_data_key_without_plaintext() {
    let (account, key, _) = prepared();
    let line = format!("kms generate-data-key-without-plaintext --key-id {} --key-spec AES_256", id_of(&key));
    assert_eq!(members(&account.json(&line)), ["CiphertextBlob", "KeyId", "KeyMaterialId"]);
    account.refuses(&format!("{line} --dry-run"), "DryRunOperationException", DRY_RUN);
}

#[test]
fn encrypt() {
    let (account, key, _) = prepared();
    needs(&account, "encrypt --plaintext fileb://plain", "--key-id");
    needs(&account, &format!("encrypt --key-id {}", id_of(&key)), "--plaintext");
    let line = format!("kms encrypt --plaintext fileb://plain --key-id {}", id_of(&key));
    let made = account.json(&format!("{line} --encryption-algorithm SYMMETRIC_DEFAULT"));
    assert_eq!(members(&made), ["CiphertextBlob", "KeyId", "EncryptionAlgorithm"]);
    assert_eq!((&made["KeyId"], &made["EncryptionAlgorithm"]), (&key["Arn"], &json!("SYMMETRIC_DEFAULT")));
    refuses_what_is_not_there(&account, "encrypt --plaintext fileb://plain --key-id");
    assert_eq!(account.refusal(&format!("{line} --encryption-algorithm RSAES_OAEP_SHA_256")).name, "InvalidKeyUsageException");
    account.refuses(&format!("{line} --dry-run"), "DryRunOperationException", DRY_RUN);
}

#[test]
fn decrypt() {
    let (account, key, blob) = prepared();
    needs(&account, "decrypt", "--ciphertext-blob");
    let line = format!("kms decrypt --ciphertext-blob {blob}");
    let opened = account.json(&line);
    assert_eq!(members(&opened), ["KeyId", "Plaintext", "EncryptionAlgorithm", "KeyMaterialId"]);
    assert_eq!(
        (&opened["KeyId"], &opened["Plaintext"], &opened["EncryptionAlgorithm"], &opened["KeyMaterialId"]),
        (&key["Arn"], &json!("eA=="), &json!("SYMMETRIC_DEFAULT"), &key["CurrentKeyMaterialId"])
    );
    let other = account.key_id();
    account.refuses(
        &format!("{line} --key-id {other}"),
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    );
    account.refuses("kms decrypt --ciphertext-blob AAAA", "InvalidCiphertextException", "");
    refuses_what_is_not_there(&account, &format!("decrypt --ciphertext-blob {blob} --key-id"));
    account.refuses(&format!("{line} --dry-run"), "DryRunOperationException", DRY_RUN);
}

#[test]
fn re_encrypt() {
    let (account, key, blob) = prepared();
    let other = account.key("");
    needs(&account, &format!("re-encrypt --ciphertext-blob {blob}"), "--destination-key-id");
    let line = format!("kms re-encrypt --ciphertext-blob {blob} --destination-key-id {}", id_of(&other));
    let again = account.json(&format!("{line} --destination-encryption-context a=b"));
    assert_eq!(
        members(&again),
        [
            "CiphertextBlob",
            "SourceKeyId",
            "KeyId",
            "SourceEncryptionAlgorithm",
            "DestinationEncryptionAlgorithm",
            "SourceKeyMaterialId",
            "DestinationKeyMaterialId"
        ]
    );
    assert_eq!((&again["SourceKeyId"], &again["KeyId"]), (&key["Arn"], &other["Arn"]));
    assert_eq!(
        (&again["SourceKeyMaterialId"], &again["DestinationKeyMaterialId"]),
        (&key["CurrentKeyMaterialId"], &other["CurrentKeyMaterialId"])
    );
    let moved = format!("kms decrypt --ciphertext-blob {}", again["CiphertextBlob"].as_str().expect("base64"));
    assert_eq!(account.json(&format!("{moved} --encryption-context a=b --query Plaintext")), "eA==");
    account.refuses(&moved, "InvalidCiphertextException", "");
    account.refuses(&format!("{line} --source-encryption-context a=b"), "InvalidCiphertextException", "");
    assert_eq!(account.refusal(&format!("{line} --source-key-id {}", id_of(&other))).name, "IncorrectKeyException");
    account.refuses(&format!("{line} --dry-run"), "DryRunOperationException", DRY_RUN);
}

#[test]
fn describe_key() {
    let (account, key, _) = prepared();
    needs(&account, "describe-key", "--key-id");
    let described = account.json(&format!("kms describe-key --key-id {}", id_of(&key)));
    assert_eq!((members(&described), &described["KeyMetadata"]), (vec!["KeyMetadata"], &key));
    refuses_what_is_not_there(&account, "describe-key --key-id");
}

#[test]
fn create_key() {
    let account = Account::new();
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    account.0.write("policy", policy);
    let made = account.json(
        "kms create-key --description d --key-usage ENCRYPT_DECRYPT --key-spec SYMMETRIC_DEFAULT --origin AWS_KMS --multi-region \
         --tags TagKey=a,TagValue=b --policy file://policy --bypass-policy-lockout-safety-check",
    );
    assert_eq!(members(&made), ["KeyMetadata"]);
    let id = id_of(&made["KeyMetadata"]);
    assert_eq!(account.json(&format!("kms list-resource-tags --key-id {id} --query Tags")), json!([{ "TagKey": "a", "TagValue": "b" }]));
    assert_eq!(account.json(&format!("kms get-key-policy --key-id {id}")), json!({ "Policy": policy, "PolicyName": "default" }));
    for (arguments, name) in [
        ("--policy {}", "MalformedPolicyDocumentException"),
        ("--tags TagKey=aws:a,TagValue=b", "TagException"),
        ("--key-spec HMAC_random", "ValidationException"),
    ] {
        let refusal = account.refusal(&format!("kms create-key {arguments}"));
        assert_eq!((&refusal.name[..], &refusal.operation[..]), (name, "CreateKey"), "{arguments}");
    }
    assert_eq!(account.json("kms list-keys --query length(Keys)"), 1, "a refused request makes no key");
}

/// The members that a live key of this kind has been seen with, in the order of the service model.
#[test]
fn key_metadata_has_the_members_of_a_live_key() {
    let account = Account::new();
    let key = account.key("--description d");
    assert_eq!(
        members(&key),
        [
            "AWSAccountId",
            "KeyId",
            "Arn",
            "CreationDate",
            "Enabled",
            "Description",
            "KeyUsage",
            "KeyState",
            "Origin",
            "KeyManager",
            "CustomerMasterKeySpec",
            "KeySpec",
            "EncryptionAlgorithms",
            "MultiRegion",
            "CurrentKeyMaterialId"
        ]
    );
    let material = key["CurrentKeyMaterialId"].as_str().expect("an id");
    assert!(material.len() == 64 && material.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{material}");
}

#[test]
fn create_alias() {
    let (account, key, _) = prepared();
    needs(&account, "create-alias --alias-name alias/x", "--target-key-id");
    needs(&account, &format!("create-alias --target-key-id {MISSING}"), "--alias-name");
    let line = "create-alias --alias-name alias/x --target-key-id";
    assert_eq!(account.run(&format!("kms {line} {}", id_of(&key))).1, "");
    assert_eq!(account.refusal(&format!("kms {line} {}", id_of(&key))).name, "AlreadyExistsException");
    refuses_what_is_not_there(&account, "create-alias --alias-name alias/y --target-key-id");
    account.refuses(
        "kms create-alias --alias-name alias/y --target-key-id alias/x",
        "ValidationException",
        "Aliases must refer to keys. Not aliases",
    );
}

#[test]
fn list_aliases() {
    let (account, key, _) = prepared();
    account.json(&format!("kms create-alias --alias-name alias/x --target-key-id {}", id_of(&key)));
    let other = account.key_id();
    account.json(&format!("kms create-alias --alias-name alias/y --target-key-id {other}"));
    let list = account.json("kms list-aliases");
    assert_eq!(members(&list["Aliases"][0]), ["AliasName", "AliasArn", "TargetKeyId", "CreationDate", "LastUpdatedDate"]);
    let of_key = account.json(&format!("kms list-aliases --key-id {other} --query Aliases[].[AliasName,AliasArn,TargetKeyId]"));
    assert_eq!(of_key, json!([["alias/y", "arn:aws:kms:us-west-2:000000000000:alias/y", other]]));
    refuses_what_is_not_there(&account, "list-aliases --key-id");
    assert_eq!(account.refusal("kms list-aliases --marker x").name, "InvalidMarkerException");
}

#[test]
fn list_keys() {
    let (account, key, _) = prepared();
    let list = account.json("kms list-keys");
    assert_eq!(list, json!({ "Keys": [{ "KeyId": key["KeyId"], "KeyArn": key["Arn"] }] }));
    assert_eq!(members(&list["Keys"][0]), ["KeyId", "KeyArn"]);
    assert_eq!(account.refusal("kms list-keys --marker x").name, "InvalidMarkerException");
}

#[test]
fn replicate_key() {
    let account = Account::new();
    let key = account.key("--multi-region");
    needs(&account, &format!("replicate-key --key-id {}", id_of(&key)), "--replica-region");
    let line = format!("kms replicate-key --key-id {}", id_of(&key));
    let answer = account.json(&format!("{line} --replica-region eu-west-1 --description r --tags TagKey=a,TagValue=b"));
    assert_eq!(members(&answer), ["ReplicaKeyMetadata", "ReplicaPolicy", "ReplicaTags"]);
    assert_eq!(
        (&answer["ReplicaKeyMetadata"]["Description"], &answer["ReplicaTags"]),
        (&json!("r"), &json!([{ "TagKey": "a", "TagValue": "b" }]))
    );
    let policy: Value = serde_json::from_str(answer["ReplicaPolicy"].as_str().expect("a policy")).expect("JSON");
    assert_eq!(policy["Id"], "key-default-1");
    for region in ["us-west-2", "eu-west-1"] {
        assert_eq!(account.refusal(&format!("{line} --replica-region {region}")).name, "AlreadyExistsException", "{region}");
    }
    assert_eq!(account.refusal(&format!("{line} --replica-region us-east-1 --policy {{}}")).name, "MalformedPolicyDocumentException");
    assert_eq!(account.refusal(&format!("{line} --replica-region us-east-1 --tags TagKey=aws:a,TagValue=b")).name, "TagException");
    let single = account.key("");
    account.refuses(
        &format!("kms replicate-key --key-id {} --replica-region eu-west-1", id_of(&single)),
        "UnsupportedOperationException",
        &format!("{} is not a multi-region primary key.", single["Arn"].as_str().expect("an ARN")),
    );
    let (code, _, stderr) = account.run(&format!("{line} --replica-region xx-nowhere-1"));
    assert!(code == Some(252) && stderr.contains("there is no Region 'xx-nowhere-1'"), "{stderr}");
    let pattern = r"satisfy regular expression pattern: ^([a-z]+-){2,3}\d+$";
    account.refuses(&format!("{line} --replica-region nowhere"), "ValidationException", &violation_of("nowhere", "replicaRegion", pattern));
}

#[test]
fn enable_key_rotation() {
    let (account, key, _) = prepared();
    let id = id_of(&key);
    needs(&account, "enable-key-rotation", "--key-id");
    let period = || account.json(&format!("kms get-key-rotation-status --key-id {id} --query RotationPeriodInDays"));
    for (arguments, days) in [("--rotation-period-in-days 90", 90), ("--rotation-period-in-days 2560", 2560), ("", 365)] {
        assert_eq!(account.run(&format!("kms enable-key-rotation --key-id {id} {arguments}")).1, "");
        assert_eq!(period(), days);
    }
    let status = account.json(&format!("kms get-key-rotation-status --key-id {id}"));
    assert_eq!(members(&status), ["KeyRotationEnabled", "KeyId", "RotationPeriodInDays", "NextRotationDate"]);
    assert_eq!(status["KeyId"], key["KeyId"], "the bare id, where other answers have the ARN");
    account.json(&format!("kms disable-key-rotation --key-id {id}"));
    assert_eq!(account.json(&format!("kms get-key-rotation-status --key-id {id} --query KeyRotationEnabled")), false);
    refuses_what_is_not_there(&account, "enable-key-rotation --key-id");
}

/// Old material goes on decrypting; 25 times in a key's life.
#[test]
fn rotate_key_on_demand() {
    let (account, key, blob) = prepared();
    let line = format!("kms rotate-key-on-demand --key-id {}", id_of(&key));
    for _ in 0..25 {
        assert_eq!(account.json(&line), json!({ "KeyId": key["Arn"] }));
    }
    let message = format!(
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {}",
        key["Arn"].as_str().expect("an ARN")
    );
    account.refuses(&line, "LimitExceededException", &message);
    assert_eq!(account.json(&format!("kms decrypt --ciphertext-blob {blob} --query Plaintext")), "eA==");
    assert_eq!(account.json(&format!("kms list-key-rotations --key-id {} --query length(Rotations)", id_of(&key))), 25);
    refuses_what_is_not_there(&account, "rotate-key-on-demand --key-id");
}

#[test]
fn enable_key_and_disable_key() {
    let (account, key, _) = prepared();
    for (command, state) in [("disable-key", "Disabled"), ("enable-key", "Enabled")] {
        needs(&account, command, "--key-id");
        let (code, stdout, _) = account.run(&format!("kms {command} --key-id {}", id_of(&key)));
        assert_eq!((code, &stdout[..]), (Some(0), ""));
        assert_eq!(account.json(&format!("kms describe-key --key-id {} --query KeyMetadata.KeyState", id_of(&key))), state);
        refuses_what_is_not_there(&account, &format!("{command} --key-id"));
    }
}

#[test]
fn schedule_key_deletion() {
    let account = Account::new();
    needs(&account, "schedule-key-deletion", "--key-id");
    for (arguments, days) in [("--pending-window-in-days 7", 7), ("--pending-window-in-days 30", 30), ("", 30)] {
        let key = account.key("");
        let answer = account.json(&format!("kms schedule-key-deletion --key-id {} {arguments}", id_of(&key)));
        assert_eq!(members(&answer), ["KeyId", "DeletionDate", "KeyState", "PendingWindowInDays"]);
        assert_eq!((&answer["KeyState"], &answer["PendingWindowInDays"]), (&json!("PendingDeletion"), &json!(days)));
        let described = account.json(&format!("kms describe-key --key-id {} --query KeyMetadata", id_of(&key)));
        assert_eq!((&described["DeletionDate"], &described["Enabled"]), (&answer["DeletionDate"], &json!(false)));
    }
    refuses_what_is_not_there(&account, "schedule-key-deletion --key-id");
}

#[test]
fn cancel_key_deletion() {
    let (account, key, _) = prepared();
    needs(&account, "cancel-key-deletion", "--key-id");
    account.json(&format!("kms schedule-key-deletion --key-id {}", id_of(&key)));
    let answer = account.json(&format!("kms cancel-key-deletion --key-id {}", id_of(&key)));
    assert_eq!(answer, json!({ "KeyId": key["Arn"] }));
    assert_eq!(account.json(&format!("kms describe-key --key-id {} --query KeyMetadata.KeyState", id_of(&key))), "Disabled");
    refuses_what_is_not_there(&account, "cancel-key-deletion --key-id");
}

/// The AWS Encryption SDK's keyring asks for 32 bytes by their number, and stores the key's ARN and the blob.
#[test]
fn the_encryption_sdk_stores_the_arn_of_each_key() {
    let (account, key, _) = prepared();
    let other = account.key("");
    account.json(&format!("seal plain --kms-key-id {} --kms-key-id {} -o sealed", id_of(&key), id_of(&other)));
    let header = account.json("inspect sealed");
    let edks = header["EncryptedDataKeys"].as_array().expect("a list");
    let found: Vec<_> = edks.iter().map(|edk| (&edk["ProviderId"], &edk["Key"])).collect();
    let provider = json!("aws-kms");
    assert_eq!(found, [(&provider, &key["Arn"]), (&provider, &other["Arn"])], "{header}");
}
