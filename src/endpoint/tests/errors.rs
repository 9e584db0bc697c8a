//! The main errors of each operation, by name.

use super::*;

/// In the requests, these stand for what the fixture made.
struct Fixture {
    service: ServiceInMemory,
    names: Vec<(&'static str, String)>,
}

impl Fixture {
    fn new() -> Self {
        let service = service();
        let create = |request: Value| text(&create_key(&service, &request)["Arn"]);
        let (enabled, disabled, pending) = (create(json!({})), create(json!({})), create(json!({})));
        let multi_region = create(json!({ "MultiRegion": true }));
        let rsa = create(json!({ "KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT" }));
        let curve = create(json!({ "KeySpec": "ECC_NIST_P384", "KeyUsage": "KEY_AGREEMENT" }));
        let other_curve = create(json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT" }));
        let encrypted = ask(&service, "Encrypt", &json!({ "KeyId": enabled, "Plaintext": "eA==", "EncryptionContext": { "a": "b" } }));
        ask(&service, "CreateAlias", &json!({ "AliasName": "alias/taken", "TargetKeyId": enabled }));
        ask(&service, "DisableKey", &json!({ "KeyId": disabled }));
        ask(&service, "ScheduleKeyDeletion", &json!({ "KeyId": pending }));
        let point = text(&ask(&service, "GetPublicKey", &json!({ "KeyId": other_curve }))["PublicKey"]);
        let names = vec![
            ("ENABLED", enabled),
            ("DISABLED", disabled),
            ("PENDING", pending),
            ("MULTI", multi_region),
            ("RSA", rsa),
            ("CURVE", curve),
            ("POINT", point),
            ("BLOB", text(&encrypted["CiphertextBlob"])),
            ("GONE", "1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
        ];
        Self { service, names }
    }

    fn refuse(&self, operation: &str, request: &str) -> (String, String) {
        let mut request = request.to_owned();
        for (name, value) in &self.names {
            request = request.replace(&format!("${name}"), value);
        }
        refuse(&self.service, operation, &serde_json::from_str(&request).unwrap_or_else(|error| panic!("{request}: {error}")))
    }
}

/// Operation, request, the error's name, and what its message has in it.
const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "DescribeKey",
        "{}",
        "ValidationException",
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    ),
    (
        "DescribeKey",
        r#"{"KeyId": ""}"#,
        "ValidationException",
        "Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
    ("DescribeKey", r#"{"KeyId": "nothing"}"#, "NotFoundException", "Invalid keyId 'nothing'"),
    ("DescribeKey", r#"{"KeyId": "embedded:$ENABLED"}"#, "NotFoundException", "Invalid keyId 'embedded:arn:aws"),
    ("DescribeKey", r#"{"KeyId": "embedded:alias/taken"}"#, "NotFoundException", "Invalid keyId 'embedded:alias/taken'"),
    ("DescribeKey", r#"{"KeyId": "$GONE"}"#, "NotFoundException", "key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist"),
    ("DescribeKey", r#"{"KeyId": "alias/none"}"#, "NotFoundException", "Alias arn:aws:kms:us-west-2:111122223333:alias/none is not found."),
    ("DescribeKey", r#"{"KeyId": "arn:aws:kms:eu-west-1:111122223333:key/$GONE"}"#, "NotFoundException", "Invalid arn eu-west-1"),
    ("DescribeKey", r#"{"KeyId": "arn:aws:s3:::x"}"#, "InvalidArnException", "Invalid arn arn:aws:s3:::x"),
    (
        "DescribeKey",
        r#"{"KeyId": "$ENABLED", "GrantTokens": ["", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]}"#,
        "ValidationException",
        "2 validation errors detected: Value at 'grantTokens' failed to satisfy constraint: Member must have length less than or equal to 10; Value '' at 'grantTokens.1.member' failed",
    ),
    (
        "CreateKey",
        r#"{"KeySpec": "RSA_1024"}"#,
        "ValidationException",
        "Value 'RSA_1024' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [RSA_2048",
    ),
    ("CreateKey", r#"{"KeySpec": "RSA_2048"}"#, "ValidationException", "You must specify a KeyUsage value"),
    ("CreateKey", r#"{"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}"#, "UnsupportedOperationException", "SIGN_VERIFY"),
    ("CreateKey", r#"{"KeySpec": "RSA_2048", "CustomerMasterKeySpec": "RSA_3072"}"#, "ValidationException", "they differ"),
    ("CreateKey", r#"{"KeySpec": "HMAC_256"}"#, "UnsupportedOperationException", "HMAC_256"),
    ("CreateKey", r#"{"Origin": "EXTERNAL"}"#, "UnsupportedOperationException", "EXTERNAL"),
    ("CreateKey", r#"{"CustomKeyStoreId": "cks-1"}"#, "UnsupportedOperationException", "CustomKeyStoreId"),
    ("CreateKey", r#"{"Policy": "{}"}"#, "MalformedPolicyDocumentException", "Statement"),
    ("CreateKey", r#"{"Tags": [{"TagKey": "a", "TagValue": ""}, {"TagKey": "a", "TagValue": ""}]}"#, "TagException", "Duplicate tag keys"),
    (
        "CreateKey",
        r#"{"Tags": [{"TagKey": ""}]}"#,
        "ValidationException",
        "2 validation errors detected: Value null at 'tags.1.member.tagValue' failed to satisfy constraint: Member must not be null; Value '' at 'tags.1.member.tagKey'",
    ),
    (
        "ListKeys",
        r#"{"ResourceOwners": []}"#,
        "ValidationException",
        "at 'resourceOwners' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
    ("CreateAlias", r#"{"AliasName": "alias/taken", "TargetKeyId": "$ENABLED"}"#, "AlreadyExistsException", "alias/taken already exists"),
    ("CreateAlias", r#"{"AliasName": "alias/aws/x", "TargetKeyId": "$ENABLED"}"#, "NotAuthorizedException", ""),
    ("CreateAlias", r#"{"AliasName": "none", "TargetKeyId": "$ENABLED"}"#, "ValidationException", "Alias must start with the prefix"),
    (
        "CreateAlias",
        r#"{"AliasName": "alias/é", "TargetKeyId": "$ENABLED"}"#,
        "ValidationException",
        "Value 'alias/é' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    ),
    ("CreateAlias", r#"{"AliasName": "alias/x", "TargetKeyId": "alias/taken"}"#, "ValidationException", "Not aliases"),
    ("CreateAlias", r#"{"AliasName": "alias/x", "TargetKeyId": "$PENDING"}"#, "KMSInvalidStateException", "is pending deletion"),
    ("UpdateAlias", r#"{"AliasName": "alias/none", "TargetKeyId": "$ENABLED"}"#, "NotFoundException", "alias/none is not found"),
    ("UpdateAlias", r#"{"AliasName": "alias/taken", "TargetKeyId": "$RSA"}"#, "ValidationException", "stays with keys of its type"),
    ("DeleteAlias", r#"{"AliasName": "alias/none"}"#, "NotFoundException", "alias/none is not found"),
    ("ListAliases", r#"{"KeyId": "$GONE"}"#, "NotFoundException", "does not exist"),
    ("EnableKey", r#"{"KeyId": "$PENDING"}"#, "KMSInvalidStateException", "is pending deletion"),
    ("DisableKey", r#"{"KeyId": "alias/taken"}"#, "NotFoundException", "Invalid keyId 'alias/taken'"),
    (
        "ScheduleKeyDeletion",
        r#"{"KeyId": "$ENABLED", "PendingWindowInDays": 6}"#,
        "ValidationException",
        "Value '6' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 7",
    ),
    ("ScheduleKeyDeletion", r#"{"KeyId": "$ENABLED", "PendingWindowInDays": 366}"#, "ValidationException", "less than or equal to 365"),
    ("CancelKeyDeletion", r#"{"KeyId": "$ENABLED"}"#, "KMSInvalidStateException", "is not pending deletion"),
    ("UpdateKeyDescription", r#"{"KeyId": "$ENABLED"}"#, "ValidationException", "Value null at 'description'"),
    ("EnableKeyRotation", r#"{"KeyId": "$RSA"}"#, "UnsupportedOperationException", "RSA_2048"),
    ("EnableKeyRotation", r#"{"KeyId": "$ENABLED", "RotationPeriodInDays": 89}"#, "ValidationException", "greater than or equal to 90"),
    ("DisableKeyRotation", r#"{"KeyId": "$DISABLED"}"#, "DisabledException", "is disabled."),
    ("GetKeyRotationStatus", r#"{"KeyId": "$GONE"}"#, "NotFoundException", "does not exist"),
    ("RotateKeyOnDemand", r#"{"KeyId": "$DISABLED"}"#, "DisabledException", "is disabled."),
    ("ListKeyRotations", r#"{"KeyId": "$RSA"}"#, "UnsupportedOperationException", "RSA_2048"),
    (
        "ListKeyRotations",
        r#"{"KeyId": "$ENABLED", "IncludeKeyMaterial": "ALL_KEY_MATERIAL"}"#,
        "UnsupportedOperationException",
        "ALL_KEY_MATERIAL",
    ),
    (
        "ReplicateKey",
        r#"{"KeyId": "$ENABLED", "ReplicaRegion": "eu-west-1"}"#,
        "UnsupportedOperationException",
        "is not a multi-region primary key.",
    ),
    ("ReplicateKey", r#"{"KeyId": "$MULTI", "ReplicaRegion": "us-west-2"}"#, "AlreadyExistsException", "already exists"),
    ("ReplicateKey", r#"{"KeyId": "$MULTI", "ReplicaRegion": "eu-west-9"}"#, "ValidationException", "Value 'eu-west-9' at 'replicaRegion'"),
    (
        "ReplicateKey",
        r#"{"KeyId": "$MULTI", "ReplicaRegion": "west"}"#,
        "ValidationException",
        "regular expression pattern: ^([a-z]+-){2,3}\\d+$",
    ),
    (
        "ReplicateKey",
        r#"{"KeyId": "$MULTI", "ReplicaRegion": "me-south-1"}"#,
        "UnsupportedOperationException",
        "The Region me-south-1 is not enabled",
    ),
    ("ReplicateKey", r#"{"KeyId": "$MULTI", "ReplicaRegion": "cn-north-1"}"#, "UnsupportedOperationException", "partition aws-cn"),
    (
        "UpdatePrimaryRegion",
        r#"{"KeyId": "$ENABLED", "PrimaryRegion": "eu-west-1"}"#,
        "UnsupportedOperationException",
        "is not a multi-region primary key.",
    ),
    ("UpdatePrimaryRegion", r#"{"KeyId": "$MULTI", "PrimaryRegion": "eu-west-1"}"#, "NotFoundException", "eu-west-1"),
    ("UpdatePrimaryRegion", r#"{"KeyId": "$MULTI", "PrimaryRegion": "west"}"#, "ValidationException", "regular expression pattern"),
    ("UpdatePrimaryRegion", r#"{"KeyId": "$MULTI"}"#, "ValidationException", "Value null at 'primaryRegion'"),
    (
        "UpdatePrimaryRegion",
        r#"{"KeyId": "$MULTI", "PrimaryRegion": "me-south-1"}"#,
        "UnsupportedOperationException",
        "The Region me-south-1 is not enabled",
    ),
    ("GetPublicKey", r#"{"KeyId": "$ENABLED"}"#, "UnsupportedOperationException", "SYMMETRIC_DEFAULT"),
    ("GetKeyPolicy", r#"{"KeyId": "$ENABLED", "PolicyName": "other"}"#, "NotFoundException", "No such policy exists"),
    ("GetKeyPolicy", r#"{"KeyId": "$ENABLED", "PolicyName": "a b"}"#, "ValidationException", "regular expression pattern: [\\w]+"),
    ("PutKeyPolicy", r#"{"KeyId": "$ENABLED", "Policy": "x"}"#, "MalformedPolicyDocumentException", "not JSON"),
    ("PutKeyPolicy", r#"{"KeyId": "$ENABLED", "Policy": "Ā"}"#, "ValidationException", "at 'policy' failed"),
    ("TagResource", r#"{"KeyId": "$ENABLED", "Tags": [{"TagKey": "aws:x", "TagValue": ""}]}"#, "TagException", "reserved"),
    ("UntagResource", r#"{"KeyId": "$PENDING", "TagKeys": ["a"]}"#, "KMSInvalidStateException", "is pending deletion"),
    ("UntagResource", r#"{"KeyId": "$ENABLED", "TagKeys": [""]}"#, "ValidationException", "Value '' at 'tagKeys.1.member'"),
    ("GenerateDataKey", r#"{"KeyId": "$ENABLED"}"#, "ValidationException", "Please specify either number of bytes or key spec."),
    (
        "GenerateDataKey",
        r#"{"KeyId": "$ENABLED", "KeySpec": "AES_256", "NumberOfBytes": 32}"#,
        "ValidationException",
        "Please specify either number of bytes or key spec.",
    ),
    ("GenerateDataKey", r#"{"KeyId": "$ENABLED", "NumberOfBytes": 1025}"#, "ValidationException", "Value '1025' at 'numberOfBytes'"),
    ("GenerateDataKey", r#"{"KeyId": "$ENABLED", "KeySpec": "AES_192"}"#, "ValidationException", "enum value set: [AES_256, AES_128]"),
    ("GenerateDataKey", r#"{"KeyId": "$RSA", "KeySpec": "AES_256"}"#, "InvalidKeyUsageException", "asymmetric"),
    ("GenerateDataKey", r#"{"KeyId": "$DISABLED", "KeySpec": "AES_256"}"#, "DisabledException", "is disabled."),
    ("GenerateDataKey", r#"{"KeyId": "$ENABLED", "KeySpec": "AES_256", "Recipient": {}}"#, "UnsupportedOperationException", "Recipient"),
    (
        "GenerateDataKey",
        r#"{"KeyId": "$ENABLED", "KeySpec": "AES_256", "DryRun": true}"#,
        "DryRunOperationException",
        "The request would have succeeded, but the DryRun option is set.",
    ),
    (
        "GenerateDataKeyWithoutPlaintext",
        r#"{"KeyId": "$PENDING", "KeySpec": "AES_256"}"#,
        "KMSInvalidStateException",
        "is pending deletion",
    ),
    ("GenerateRandom", "{}", "ValidationException", "NumberOfBytes is required."),
    ("GenerateRandom", r#"{"NumberOfBytes": 16, "CustomKeyStoreId": "x"}"#, "UnsupportedOperationException", "CustomKeyStoreId"),
    (
        "Encrypt",
        "{}",
        "ValidationException",
        "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; Value null at 'plaintext'",
    ),
    (
        "Encrypt",
        r#"{"KeyId": "$ENABLED", "Plaintext": ""}"#,
        "ValidationException",
        "Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
    ("Encrypt", r#"{"KeyId": "$RSA", "Plaintext": "eA=="}"#, "InvalidKeyUsageException", "SYMMETRIC_DEFAULT is incompatible"),
    ("Encrypt", r#"{"KeyId": "$CURVE", "Plaintext": "eA=="}"#, "InvalidKeyUsageException", "KEY_AGREEMENT which is not valid for Encrypt"),
    ("Encrypt", r#"{"KeyId": "$RSA", "Plaintext": "eA==", "EncryptionAlgorithm": "SM2PKE"}"#, "UnsupportedOperationException", "SM2PKE"),
    (
        "Encrypt",
        r#"{"KeyId": "$RSA", "Plaintext": "eA==", "EncryptionAlgorithm": "RSAES_OAEP_SHA_1", "EncryptionContext": {"a": "b"}}"#,
        "ValidationException",
        "EncryptionContext is not supported",
    ),
    ("Encrypt", r#"{"KeyId": "$ENABLED", "Plaintext": "eA==", "DryRun": true}"#, "DryRunOperationException", ""),
    ("Decrypt", "{}", "ValidationException", "Value null at 'ciphertextBlob'"),
    ("Decrypt", r#"{"CiphertextBlob": "$BLOB"}"#, "InvalidCiphertextException", ""),
    ("Decrypt", r#"{"CiphertextBlob": "eA=="}"#, "InvalidCiphertextException", ""),
    ("Decrypt", r#"{"CiphertextBlob": "eA==", "KeyId": "$ENABLED"}"#, "InvalidCiphertextException", ""),
    (
        "Decrypt",
        r#"{"CiphertextBlob": "eA==", "KeyId": "$RSA", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}"#,
        "InvalidCiphertextException",
        "",
    ),
    (
        "Decrypt",
        r#"{"CiphertextBlob": "$BLOB", "KeyId": "$MULTI"}"#,
        "IncorrectKeyException",
        "does not identify a CMK that can perform this operation",
    ),
    (
        "Decrypt",
        r#"{"CiphertextBlob": "$BLOB", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}"#,
        "ValidationException",
        "KeyId must not be null",
    ),
    ("Decrypt", r#"{"CiphertextBlob": "$BLOB", "KeyId": "$DISABLED"}"#, "DisabledException", "is disabled."),
    ("Decrypt", r#"{"CiphertextBlob": "$BLOB", "EncryptionContext": {"a": "b"}, "DryRun": true}"#, "DryRunOperationException", ""),
    ("Decrypt", r#"{"DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}"#, "UnsupportedOperationException", "DryRunModifiers"),
    (
        "Decrypt",
        r#"{"CiphertextBlob": "$BLOB", "Recipient": {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256"}}"#,
        "UnsupportedOperationException",
        "Recipient",
    ),
    ("ReEncrypt", r#"{"CiphertextBlob": "$BLOB", "DestinationKeyId": "$ENABLED"}"#, "InvalidCiphertextException", ""),
    ("ReEncrypt", r#"{"CiphertextBlob": "eA==", "DestinationKeyId": "$DISABLED"}"#, "DisabledException", "is disabled."),
    (
        "ReEncrypt",
        r#"{"CiphertextBlob": "$BLOB", "DestinationKeyId": "$ENABLED", "SourceKeyId": "embedded:$ENABLED"}"#,
        "NotFoundException",
        "Invalid keyId",
    ),
    (
        "DeriveSharedSecret",
        r#"{"KeyId": "$ENABLED", "KeyAgreementAlgorithm": "ECDH", "PublicKey": "$POINT"}"#,
        "InvalidKeyUsageException",
        "not valid for DeriveSharedSecret",
    ),
    (
        "DeriveSharedSecret",
        r#"{"KeyId": "$CURVE", "KeyAgreementAlgorithm": "ECDH", "PublicKey": "$POINT"}"#,
        "ValidationException",
        "ECC_NIST_P256",
    ),
    (
        "DeriveSharedSecret",
        r#"{"KeyId": "$CURVE", "KeyAgreementAlgorithm": "ECDH", "PublicKey": "eA=="}"#,
        "ValidationException",
        "PublicKey",
    ),
    (
        "DeriveSharedSecret",
        r#"{"KeyId": "$CURVE", "KeyAgreementAlgorithm": "DH", "PublicKey": "$POINT"}"#,
        "ValidationException",
        "enum value set: [ECDH]",
    ),
];

#[test]
fn errors_have_the_names_and_messages_of_aws() {
    let fixture = Fixture::new();
    for (operation, request, name, part) in TABLE {
        let (found, message) = fixture.refuse(operation, request);
        assert_eq!(found, *name, "{operation} {request}: {message}");
        assert!(message.contains(part), "{operation} {request}: {message}");
        assert_eq!(
            message.is_empty(),
            ["InvalidCiphertextException", "NotAuthorizedException"].contains(name),
            "{operation} {request}: {message}"
        );
    }
    let covered: std::collections::BTreeSet<_> = TABLE.iter().map(|(operation, ..)| *operation).collect();
    let lists = ["ListKeyPolicies", "ListResourceTags"];
    let missing: Vec<_> = crate::protocol::kms::all()
        .map(|operation| operation.name)
        .filter(|name| !covered.contains(name) && !lists.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_decryption_failure_is_the_same() {
    let Fixture { service, names } = Fixture::new();
    let blob = bytes(&json!(names.iter().find(|(name, _)| *name == "BLOB").expect("made").1));
    let refused = |blob: &[u8], context: Value| {
        let request = json!({ "CiphertextBlob": base64(blob), "EncryptionContext": context });
        let answer = call(&service, west(), "Decrypt", request.to_string().as_bytes());
        (answer.status, answer.body.expose().to_vec())
    };
    let expected = (400, br#"{"__type":"InvalidCiphertextException","message":""}"#.to_vec());
    let context = json!({ "a": "b" });
    // The version, the material id, the salt, the ciphertext, the tag: everything but the key's id.
    for at in [0, 37, 68, 69, 100, 101, blob.len() - 1] {
        let mut changed = blob.clone();
        changed[at] ^= 1;
        assert_eq!(refused(&changed, context.clone()), expected, "byte {at}");
    }
    for context in [json!({}), json!({ "a": "c" }), json!({ "A": "b" }), json!({ "a": "b", "c": "d" })] {
        assert_eq!(refused(&blob, context.clone()), expected, "{context}");
    }
    assert_eq!(refused(&blob[..blob.len() - 1], context.clone()), expected);
    assert_eq!(refused(&[&blob[..], &[0]].concat(), context), expected);
}

#[test]
fn names_and_regions_that_are_not_there_are_named() {
    let service = service();
    for name in ["GenerateDataKeyPair", "encrypt", "", "TrentService.Encrypt", "\u{1b}[2J"] {
        let answer = call(&service, west(), name, b"{}");
        let (code, message) = refusal_of(&answer);
        assert_eq!((answer.status, code.as_str()), (400, "UnknownOperationException"));
        assert!(message.contains(&name.escape_debug().to_string()) && !message.contains('\u{1b}'), "{message}");
    }
    for operation in ["ListKeys", "CreateKey", "GenerateRandom"] {
        let answer = call(&service, region("me-south-1"), operation, b"{}");
        let (code, message) = refusal_of(&answer);
        assert_eq!((answer.status, code.as_str()), (400, "UnrecognizedClientException"));
        assert_eq!(message, "The Region me-south-1 is not enabled");
    }
}
