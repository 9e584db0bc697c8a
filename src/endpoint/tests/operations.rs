//! Each operation once, and what its answer says.

use std::{cell::RefCell, collections::BTreeSet};

use super::*;
use crate::protocol::kms as operations;

/// Remembers what it was asked.
struct Recorded {
    service: ServiceInMemory,
    asked: RefCell<BTreeSet<String>>,
}

impl Recorded {
    fn ask(&self, operation: &str, request: &Value) -> Value {
        self.asked.borrow_mut().insert(operation.to_owned());
        ask(&self.service, operation, request)
    }

    fn create(&self, request: &Value) -> Value {
        self.ask("CreateKey", request)["KeyMetadata"].clone()
    }
}

#[test]
fn every_operation_answers_as_aws_does() {
    let recorded = Recorded { service: service(), asked: RefCell::default() };
    let key = recorded.create(&json!({ "Description": "payroll", "Tags": [{ "TagKey": "team", "TagValue": "" }] }));
    describe_and_list(&recorded, &key);
    aliases(&recorded, &text(&key["KeyId"]));
    encrypt_and_decrypt(&recorded, &text(&key["Arn"]));
    asymmetric(&recorded);
    tags_policies_and_rotation(&recorded, &key);
    multi_region(&recorded);
    states(&recorded, &key);
    let missing: Vec<_> =
        operations::all().map(|operation| operation.name).filter(|name| !recorded.asked.borrow().contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn describe_and_list(service: &Recorded, key: &Value) {
    let (id, arn) = (text(&key["KeyId"]), text(&key["Arn"]));
    assert_eq!(arn, format!("arn:aws:kms:us-west-2:{ACCOUNT}:key/{id}"));
    let shown = [&key["AWSAccountId"], &key["KeyState"], &key["KeySpec"], &key["Description"], &key["Origin"], &key["KeyManager"]];
    assert_eq!(shown, [ACCOUNT, "Enabled", "SYMMETRIC_DEFAULT", "payroll", "AWS_KMS", "CUSTOMER"]);
    assert_eq!(service.ask("DescribeKey", &json!({ "KeyId": id, "GrantTokens": ["a token"] }))["KeyMetadata"], *key);
    let expected = json!({ "Keys": [{ "KeyId": id, "KeyArn": arn }], "Truncated": false });
    assert_eq!(service.ask("ListKeys", &json!({ "ResourceOwners": ["OTHER_ACCOUNTS_VIA_RAM", "SELF"] })), expected);
    let shared = service.ask("ListKeys", &json!({ "ResourceOwners": ["OTHER_ACCOUNTS_VIA_RAM"] }));
    assert_eq!(shared, json!({ "Keys": [], "Truncated": false }));
    assert_eq!(service.ask("UpdateKeyDescription", &json!({ "KeyId": id, "Description": "" })), json!({}));
}

fn aliases(service: &Recorded, id: &str) {
    let alias = json!({ "AliasName": "alias/payroll", "TargetKeyId": id });
    assert_eq!(service.ask("CreateAlias", &alias), json!({}));
    assert_eq!(service.ask("UpdateAlias", &alias), json!({}));
    let listed = service.ask("ListAliases", &json!({ "KeyId": id }));
    assert_eq!((&listed["Aliases"][0]["AliasName"], &listed["Aliases"][0]["TargetKeyId"]), (&json!("alias/payroll"), &json!(id)));
    assert_eq!(service.ask("DeleteAlias", &json!({ "AliasName": "alias/payroll" })), json!({}));
    assert_eq!(service.ask("ListAliases", &json!({})), json!({ "Aliases": [], "Truncated": false }));
}

fn encrypt_and_decrypt(service: &Recorded, arn: &str) {
    let context = json!({ "purpose": "example" });
    let encrypted = service.ask("Encrypt", &json!({ "KeyId": arn, "Plaintext": base64(b"attack"), "EncryptionContext": context }));
    assert_eq!((&encrypted["KeyId"], &encrypted["EncryptionAlgorithm"]), (&json!(arn), &json!("SYMMETRIC_DEFAULT")));
    let blob = encrypted["CiphertextBlob"].clone();
    let decrypted = service.ask("Decrypt", &json!({ "CiphertextBlob": blob, "EncryptionContext": context, "Recipient": null }));
    assert_eq!((bytes(&decrypted["Plaintext"]), &decrypted["KeyId"]), (b"attack".to_vec(), &json!(arn)));
    let again = service.ask(
        "ReEncrypt",
        &json!({ "CiphertextBlob": blob, "SourceEncryptionContext": context, "DestinationKeyId": arn, "SourceKeyId": arn }),
    );
    assert_eq!((&again["SourceKeyId"], &again["KeyId"]), (&json!(arn), &json!(arn)));
    assert_eq!(again["SourceKeyMaterialId"], again["DestinationKeyMaterialId"]);
    let decrypted = service.ask("Decrypt", &json!({ "CiphertextBlob": again["CiphertextBlob"], "KeyId": arn }));
    assert_eq!((bytes(&decrypted["Plaintext"]), &decrypted["KeyMaterialId"]), (b"attack".to_vec(), &again["SourceKeyMaterialId"]));

    for (asked, length) in
        [(json!({ "KeySpec": "AES_128" }), 16), (json!({ "KeySpec": "AES_256" }), 32), (json!({ "NumberOfBytes": 1024 }), 1024)]
    {
        let mut request = asked;
        request["KeyId"] = json!(arn);
        let data_key = service.ask("GenerateDataKey", &request);
        assert_eq!(bytes(&data_key["Plaintext"]).len(), length);
        let opened = service.ask("Decrypt", &json!({ "CiphertextBlob": data_key["CiphertextBlob"] }));
        assert_eq!(opened["Plaintext"], data_key["Plaintext"]);
        let hidden = service.ask("GenerateDataKeyWithoutPlaintext", &request);
        assert!(hidden.get("Plaintext").is_none() && hidden["KeyMaterialId"] == data_key["KeyMaterialId"]);
        let opened = service.ask("Decrypt", &json!({ "CiphertextBlob": hidden["CiphertextBlob"] }));
        assert_eq!(bytes(&opened["Plaintext"]).len(), length);
    }
    assert_eq!(bytes(&service.ask("GenerateRandom", &json!({ "NumberOfBytes": 20 }))["Plaintext"]).len(), 20);
}

fn asymmetric(service: &Recorded) {
    let rsa = text(&service.create(&json!({ "KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT" }))["Arn"]);
    let algorithm = "RSAES_OAEP_SHA_256";
    let encrypted = service.ask("Encrypt", &json!({ "KeyId": rsa, "Plaintext": base64(b"x"), "EncryptionAlgorithm": algorithm }));
    let request = json!({ "KeyId": rsa, "CiphertextBlob": encrypted["CiphertextBlob"], "EncryptionAlgorithm": algorithm });
    let decrypted = service.ask("Decrypt", &request);
    assert_eq!((bytes(&decrypted["Plaintext"]), &decrypted["EncryptionAlgorithm"]), (b"x".to_vec(), &json!(algorithm)));
    assert!(decrypted.get("KeyMaterialId").is_none());

    let own = json!({ "CustomerMasterKeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT" });
    let keys = [service.create(&own), service.create(&own)].map(|key| text(&key["Arn"]));
    let public = keys.clone().map(|key| service.ask("GetPublicKey", &json!({ "KeyId": key })));
    assert_eq!((&public[0]["KeyUsage"], &public[0]["KeyAgreementAlgorithms"]), (&json!("KEY_AGREEMENT"), &json!(["ECDH"])));
    let derive = |key: &str, other: &Value| {
        let request = json!({ "KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": other["PublicKey"] });
        service.ask("DeriveSharedSecret", &request)
    };
    let (one, other) = (derive(&keys[0], &public[1]), derive(&keys[1], &public[0]));
    assert_eq!(one["SharedSecret"], other["SharedSecret"]);
    assert_eq!((&one["KeyId"], &one["KeyOrigin"], &one["KeyAgreementAlgorithm"]), (&json!(keys[0]), &json!("AWS_KMS"), &json!("ECDH")));
}

fn tags_policies_and_rotation(service: &Recorded, key: &Value) {
    let (id, arn) = (text(&key["KeyId"]), text(&key["Arn"]));
    assert_eq!(service.ask("TagResource", &json!({ "KeyId": id, "Tags": [{ "TagKey": "a", "TagValue": "b" }] })), json!({}));
    assert_eq!(service.ask("UntagResource", &json!({ "KeyId": arn, "TagKeys": ["team"] })), json!({}));
    let tags = service.ask("ListResourceTags", &json!({ "KeyId": id }));
    assert_eq!(tags, json!({ "Tags": [{ "TagKey": "a", "TagValue": "b" }], "Truncated": false }));

    let policy = service.ask("GetKeyPolicy", &json!({ "KeyId": id, "PolicyName": "default" }));
    assert_eq!(policy["PolicyName"], "default");
    assert_eq!(service.ask("PutKeyPolicy", &json!({ "KeyId": id, "Policy": policy["Policy"] })), json!({}));
    assert_eq!(service.ask("ListKeyPolicies", &json!({ "KeyId": id })), json!({ "PolicyNames": ["default"], "Truncated": false }));

    assert_eq!(service.ask("EnableKeyRotation", &json!({ "KeyId": id, "RotationPeriodInDays": 90 })), json!({}));
    let status = service.ask("GetKeyRotationStatus", &json!({ "KeyId": id }));
    assert_eq!((&status["KeyId"], &status["RotationPeriodInDays"]), (&json!(id), &json!(90)));
    assert!(status["NextRotationDate"].is_number());
    assert_eq!(service.ask("RotateKeyOnDemand", &json!({ "KeyId": id })), json!({ "KeyId": arn }));
    let rotations = service.ask("ListKeyRotations", &json!({ "KeyId": id, "IncludeKeyMaterial": "ROTATIONS_ONLY" }));
    assert_eq!((&rotations["Rotations"][0]["RotationType"], &rotations["Rotations"][1]), (&json!("ON_DEMAND"), &Value::Null));
    assert_eq!(service.ask("DisableKeyRotation", &json!({ "KeyId": id })), json!({}));
    assert_eq!(service.ask("GetKeyRotationStatus", &json!({ "KeyId": id })), json!({ "KeyId": id, "KeyRotationEnabled": false }));
}

fn multi_region(service: &Recorded) {
    let key = service.create(&json!({ "MultiRegion": true }));
    let request = json!({ "KeyId": key["KeyId"], "ReplicaRegion": "eu-west-1", "Description": "the copy" });
    let replica = service.ask("ReplicateKey", &request);
    let metadata = &replica["ReplicaKeyMetadata"];
    assert_eq!((&metadata["KeyState"], &metadata["Description"]), (&json!("Creating"), &json!("the copy")));
    assert_eq!(metadata["MultiRegionConfiguration"]["MultiRegionKeyType"], "REPLICA");
    let encrypted = service.ask("Encrypt", &json!({ "KeyId": key["KeyId"], "Plaintext": base64(b"x") }));
    let opened = ask_in(&service.service, region("eu-west-1"), "Decrypt", &json!({ "CiphertextBlob": encrypted["CiphertextBlob"] }));
    assert_eq!(opened["KeyId"], metadata["Arn"]);

    assert_eq!(service.ask("UpdatePrimaryRegion", &json!({ "KeyId": key["Arn"], "PrimaryRegion": "eu-west-1" })), json!({}));
    let known = &service.ask("DescribeKey", &json!({ "KeyId": key["KeyId"] }))["KeyMetadata"]["MultiRegionConfiguration"];
    assert_eq!((&known["MultiRegionKeyType"], &known["PrimaryKey"]["Arn"]), (&json!("REPLICA"), &metadata["Arn"]));
    assert_eq!(known["ReplicaKeys"], json!([{ "Arn": key["Arn"], "Region": "us-west-2" }]));
}

fn states(service: &Recorded, key: &Value) {
    let (id, arn) = (text(&key["KeyId"]), text(&key["Arn"]));
    let state = || text(&service.ask("DescribeKey", &json!({ "KeyId": id }))["KeyMetadata"]["KeyState"]);
    assert_eq!(service.ask("DisableKey", &json!({ "KeyId": id })), json!({}));
    assert_eq!(state(), "Disabled");
    assert_eq!(service.ask("EnableKey", &json!({ "KeyId": arn })), json!({}));
    assert_eq!(state(), "Enabled");
    let deletion = service.ask("ScheduleKeyDeletion", &json!({ "KeyId": id, "PendingWindowInDays": 7 }));
    assert_eq!((&deletion["KeyId"], &deletion["KeyState"]), (&json!(arn), &json!("PendingDeletion")));
    let metadata = service.ask("DescribeKey", &json!({ "KeyId": id }))["KeyMetadata"].clone();
    assert_eq!(metadata["DeletionDate"], deletion["DeletionDate"]);
    assert_eq!(service.ask("CancelKeyDeletion", &json!({ "KeyId": id })), json!({ "KeyId": arn }));
    assert_eq!(state(), "Disabled");
}
