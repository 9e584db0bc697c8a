"""What AWS KMS refuses, operation by operation, with the name of the error: the table of test_serve_aws_cli_and_boto3.py."""

import os

NOBODY = "12345678-1234-4321-8765-123456789012"


class Keys:
    """Keys in the states that operations refuse."""

    def __init__(self, home, away, away_region):
        def made(client=home, **request):
            return client.create_key(**request)["KeyMetadata"]["Arn"]

        self.fine, self.other, self.disabled, self.doomed = (made() for _ in range(4))
        home.disable_key(KeyId=self.disabled)
        home.schedule_key_deletion(KeyId=self.doomed, PendingWindowInDays=7)
        self.rsa = made(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        self.curve = made(KeySpec="ECC_NIST_P384", KeyUsage="KEY_AGREEMENT")
        self.multi_region = made(MultiRegion=True)
        home.replicate_key(KeyId=self.multi_region, ReplicaRegion=away_region)
        self.away = made(away)
        home.create_alias(AliasName="alias/taken", TargetKeyId=self.fine)
        self.missing = self.fine.rsplit("/", 1)[0] + "/" + NOBODY
        self.blob = home.encrypt(KeyId=self.fine, Plaintext=b"value", EncryptionContext={"a": "b"})["CiphertextBlob"]
        self.point = home.get_public_key(KeyId=self.curve)["PublicKey"]


def of_management(keys, away_region):
    """Operations on keys, aliases, policies and tags."""
    yield "CreateKey", {"KeySpec": "RSA_1024", "KeyUsage": "ENCRYPT_DECRYPT"}, "ValidationException"
    yield "CreateKey", {"KeySpec": "RSA_2048"}, "ValidationException"
    yield "CreateKey", {"KeySpec": "ECC_NIST_P256", "KeyUsage": "ENCRYPT_DECRYPT"}, "ValidationException"
    yield "CreateKey", {"Policy": "{"}, "MalformedPolicyDocumentException"
    yield "CreateKey", {"Tags": [{"TagKey": "aws:a", "TagValue": "b"}]}, "TagException"
    yield "CreateKey", {"Tags": [{"TagKey": "a", "TagValue": "b"}] * 2}, "TagException"
    yield "ListKeys", {"Limit": 0}, "ValidationException"
    yield "ListKeys", {"Limit": 1001}, "ValidationException"
    yield "ListKeys", {"Marker": "no marker"}, "InvalidMarkerException"
    yield "ListAliases", {"Limit": 101}, "ValidationException"
    yield "ListAliases", {"Marker": "no marker"}, "InvalidMarkerException"
    yield "ListAliases", {"KeyId": NOBODY}, "NotFoundException"
    for operation in ("DescribeKey", "GetKeyPolicy", "EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "ListResourceTags"):
        yield operation, {"KeyId": NOBODY}, "NotFoundException"
        yield operation, {"KeyId": keys.away}, "NotFoundException"
        yield operation, {"KeyId": ""}, "ValidationException"
    for operation in ("EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "RotateKeyOnDemand", "GetPublicKey"):
        yield operation, {"KeyId": keys.missing}, "NotFoundException"
    yield "DescribeKey", {"KeyId": "alias/nobody"}, "NotFoundException"
    yield "DescribeKey", {}, "ValidationException"
    yield "PutKeyPolicy", {"KeyId": keys.fine, "Policy": "no policy"}, "MalformedPolicyDocumentException"
    yield "PutKeyPolicy", {"KeyId": NOBODY, "Policy": "{}"}, "NotFoundException"
    yield "CreateAlias", {"AliasName": "alias/taken", "TargetKeyId": keys.fine}, "AlreadyExistsException"
    yield "CreateAlias", {"AliasName": "taken", "TargetKeyId": keys.fine}, "ValidationException"
    yield "CreateAlias", {"AliasName": "alias/new", "TargetKeyId": NOBODY}, "NotFoundException"
    yield "CreateAlias", {"AliasName": "alias/new", "TargetKeyId": keys.doomed}, "KMSInvalidStateException"
    yield "UpdateAlias", {"AliasName": "alias/nobody", "TargetKeyId": keys.fine}, "NotFoundException"
    yield "UpdateAlias", {"AliasName": "alias/taken", "TargetKeyId": NOBODY}, "NotFoundException"
    yield "DeleteAlias", {"AliasName": "alias/nobody"}, "NotFoundException"
    yield "EnableKey", {"KeyId": keys.doomed}, "KMSInvalidStateException"
    yield "DisableKey", {"KeyId": keys.doomed}, "KMSInvalidStateException"
    yield "ScheduleKeyDeletion", {"KeyId": keys.doomed}, "KMSInvalidStateException"
    yield "ScheduleKeyDeletion", {"KeyId": keys.fine, "PendingWindowInDays": 6}, "ValidationException"
    yield "CancelKeyDeletion", {"KeyId": keys.fine}, "KMSInvalidStateException"
    yield "EnableKeyRotation", {"KeyId": keys.rsa}, "UnsupportedOperationException"
    yield "EnableKeyRotation", {"KeyId": keys.disabled}, "DisabledException"
    yield "EnableKeyRotation", {"KeyId": keys.fine, "RotationPeriodInDays": 89}, "ValidationException"
    yield "RotateKeyOnDemand", {"KeyId": keys.rsa}, "UnsupportedOperationException"
    yield "ReplicateKey", {"KeyId": keys.fine, "ReplicaRegion": away_region}, "UnsupportedOperationException"
    yield "ReplicateKey", {"KeyId": keys.multi_region, "ReplicaRegion": away_region}, "AlreadyExistsException"
    yield "ReplicateKey", {"KeyId": keys.multi_region, "ReplicaRegion": "nowhere"}, "ValidationException"
    yield "UpdatePrimaryRegion", {"KeyId": keys.fine, "PrimaryRegion": away_region}, "UnsupportedOperationException"
    yield "UpdatePrimaryRegion", {"KeyId": keys.multi_region, "PrimaryRegion": "nowhere"}, "ValidationException"
    yield "GetPublicKey", {"KeyId": keys.fine}, "UnsupportedOperationException"
    yield "TagResource", {"KeyId": keys.fine, "Tags": [{"TagKey": "aws:a", "TagValue": "b"}]}, "TagException"
    yield "TagResource", {"KeyId": NOBODY, "Tags": [{"TagKey": "a", "TagValue": "b"}]}, "NotFoundException"
    yield "UntagResource", {"KeyId": NOBODY, "TagKeys": ["a"]}, "NotFoundException"


def of_cryptography(keys):
    """Operations with keys."""
    bound = {"EncryptionContext": {"a": "b"}}
    for operation in ("GenerateDataKey", "GenerateDataKeyWithoutPlaintext"):
        yield operation, {"KeyId": keys.missing, "NumberOfBytes": 32}, "NotFoundException"
        yield operation, {"KeyId": keys.disabled, "NumberOfBytes": 32}, "DisabledException"
        yield operation, {"KeyId": keys.doomed, "NumberOfBytes": 32}, "KMSInvalidStateException"
        yield operation, {"KeyId": keys.rsa, "NumberOfBytes": 32}, "InvalidKeyUsageException"
        yield operation, {"KeyId": keys.fine, "NumberOfBytes": 1025}, "ValidationException"
        yield operation, {"KeyId": keys.fine}, "ValidationException"
        yield operation, {"KeyId": keys.fine, "NumberOfBytes": 32, "KeySpec": "AES_256"}, "ValidationException"
        yield operation, {"KeyId": keys.fine, "NumberOfBytes": 32, "DryRun": True}, "DryRunOperationException"
    yield "GenerateRandom", {"NumberOfBytes": 0}, "ValidationException"
    yield "GenerateRandom", {"NumberOfBytes": 1025}, "ValidationException"
    yield "Encrypt", {"KeyId": keys.fine, "Plaintext": b"x" * 4097}, "ValidationException"
    yield "Encrypt", {"KeyId": keys.fine}, "ValidationException"
    yield "Encrypt", {"KeyId": keys.curve, "Plaintext": b"x"}, "InvalidKeyUsageException"
    yield "Encrypt", {"KeyId": keys.disabled, "Plaintext": b"x"}, "DisabledException"
    yield "Encrypt", {"KeyId": keys.fine, "Plaintext": b"x", "DryRun": True}, "DryRunOperationException"
    yield "Decrypt", {"CiphertextBlob": keys.blob}, "InvalidCiphertextException"
    yield "Decrypt", {"CiphertextBlob": os.urandom(150)}, "InvalidCiphertextException"
    yield "Decrypt", {"CiphertextBlob": keys.blob[:-1] + bytes([keys.blob[-1] ^ 1]), **bound}, "InvalidCiphertextException"
    yield "Decrypt", {"CiphertextBlob": keys.blob, "KeyId": keys.other, **bound}, "IncorrectKeyException"
    yield "Decrypt", {"CiphertextBlob": keys.blob, "KeyId": keys.missing, **bound}, "NotFoundException"
    yield "Decrypt", {"CiphertextBlob": b"x" * 6145}, "ValidationException"
    yield "Decrypt", {"CiphertextBlob": keys.blob, "KeyId": keys.rsa, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}, "InvalidCiphertextException"
    yield "ReEncrypt", {"CiphertextBlob": keys.blob, "DestinationKeyId": keys.other}, "InvalidCiphertextException"
    yield "ReEncrypt", {"CiphertextBlob": keys.blob, "SourceEncryptionContext": {"a": "b"}, "DestinationKeyId": keys.missing}, "NotFoundException"
    yield "ReEncrypt", {"CiphertextBlob": keys.blob, "SourceEncryptionContext": {"a": "b"}, "DestinationKeyId": keys.disabled}, "DisabledException"
    derive = {"KeyAgreementAlgorithm": "ECDH", "PublicKey": keys.point}
    yield "DeriveSharedSecret", {"KeyId": keys.fine, **derive}, "InvalidKeyUsageException"
    yield "DeriveSharedSecret", {"KeyId": keys.missing, **derive}, "NotFoundException"
    yield "DeriveSharedSecret", {"KeyId": keys.curve, **derive, "PublicKey": b"no public key"}, "ValidationException"
    yield "DeriveSharedSecret", {"KeyId": keys.curve, **derive, "KeyAgreementAlgorithm": "DH"}, "ValidationException"


def errors(server, home, away):
    """(Region, operation, request, the error's name) of requests that are refused, the keys for them made before."""
    keys = Keys(server.client(home), server.client(away), away)
    for operation, request, code in [*of_management(keys, away), *of_cryptography(keys)]:
        yield home, operation, request, code
    # The same key is another one in another Region.
    yield away, "DescribeKey", {"KeyId": keys.fine}, "NotFoundException"
    yield away, "Decrypt", {"CiphertextBlob": keys.blob, "EncryptionContext": {"a": "b"}}, "AccessDeniedException"
