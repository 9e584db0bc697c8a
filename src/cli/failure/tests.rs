//! Error -> lines on stderr, verbatim, and exit code.

mod secret_refusals;

use std::{io, path::PathBuf};

use super::*;
use crate::{
    arn::KeyArn,
    error::{
        AwsRefusal, BundleRefusal, Cause, ContextMismatch, Damage, EdkAttempt, EdkOutcome, ErrorCode, FormatError, FormatProblem,
        KeyPropertyRefusal, KeyRefusal, KeyUseRefusal, RegionProblem, RegionsRefusal, ReplicaRefusal, RequestRefusal, SecretRefusal,
        SetupError,
    },
    region::Region,
};

fn setup(error: SetupError) -> Error {
    Error::Setup(error)
}

fn format(field: &'static str, problem: FormatProblem) -> Error {
    Error::Format(FormatError::new(field, problem))
}

fn account(id: &str) -> crate::arn::AccountId {
    id.parse().expect("an account")
}

/// Every error that has a hint, and each kind that has none.
fn table() -> Vec<(Error, CommandOperation, u8, &'static [&'static str])> {
    let path = PathBuf::from;
    let attempt = EdkAttempt { provider_id: "home".to_owned(), key: "backup".to_owned(), outcome: EdkOutcome::NoKeyHere };
    let over_limit = EdkOutcome::Failed(Cause::KeyUse(KeyUseRefusal::PrivateKeyLimit(16)));
    let over_limit = EdkAttempt { outcome: over_limit, ..attempt.clone() };
    let mut table = setup_errors();
    table.extend(refusals());
    table.extend([
        (
            format("version", FormatProblem::Unsupported { value: 1 }),
            CommandOperation::Decrypt,
            254,
            &[
                "coldseal: malformed message: version: 0x0001 is not supported",
                "hint: is this an AWS Encryption SDK message of format 2.0? Messages of format 1 have no key commitment and are not read",
            ][..],
        ),
        (
            format("encrypted data key count", FormatProblem::TooLarge { value: 200, limit: 128 }),
            CommandOperation::Decrypt,
            254,
            &[
                "coldseal: malformed message: encrypted data key count: 200 is over the limit of 128",
                "hint: raise the limit with --max-encrypted-data-keys",
            ],
        ),
        (
            format("final frame", FormatProblem::Trailing),
            CommandOperation::Decrypt,
            254,
            &["coldseal: malformed message: final frame: bytes after its end", "hint: the message was changed: fetch it again"],
        ),
        (
            Error::NoUsableKey(vec![attempt]),
            CommandOperation::Decrypt,
            254,
            &[
                "coldseal: no encrypted data key of the message can be unwrapped here\n  home backup: no key at hand fits it",
                "hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here",
            ],
        ),
        (
            Error::NoUsableKey(vec![over_limit]),
            CommandOperation::Decrypt,
            254,
            &[
                "coldseal: no encrypted data key of the message can be unwrapped here\n  home backup: LimitExceededException: not tried: 16 operations with private keys were made for this message, which is the limit",
                "hint: open it with fewer keys at hand: one --raw-rsa-key or --raw-ecdh-key, or as --keystore an export of one Region's keys; 'coldseal inspect' lists the keys that the message names",
                "hint: name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: 'coldseal kms export-keys' there, 'coldseal kms import-keys' here",
            ],
        ),
        (
            Error::NotSynced {
                files: vec![path("drop/e.json"), path("e.key")],
                directory: path("drop"),
                source: io::ErrorKind::PermissionDenied.into(),
            },
            CommandOperation::ExportKeys,
            255,
            &[
                "coldseal: drop/e.json, e.key are complete and in place, and may be gone after a power cut: syncing the directory drop: permission denied",
                "hint: a directory that may be written and not read cannot be synced: 'chmod u+r' lets it be read",
            ],
        ),
        (
            Error::PartlyReplaced {
                replaced: vec![path("f.us-west-2.bundle")],
                kept: vec![path("f.eu-west-1.bundle"), path("f.sa-east-1.bundle")],
                source: Box::new(Error::io("creating f.eu-west-1.bundle", io::ErrorKind::ResourceBusy.into())),
            },
            CommandOperation::Seal,
            255,
            &[
                "coldseal: creating f.eu-west-1.bundle: resource busy; f.us-west-2.bundle is replaced already; as before: f.eu-west-1.bundle, f.sa-east-1.bundle",
                "hint: a file that is mounted by itself, as into a container, has a place that no other can take: mount its directory, or name another file",
            ],
        ),
        (
            Error::TooLong { what: "the content of one frame", length: 3, limit: 2 },
            CommandOperation::Decrypt,
            254,
            &[
                "coldseal: the content of one frame is 3 bytes, over the limit of 2",
                "hint: raise the limit with --max-content-length if you trust the message; it is held in memory",
            ],
        ),
        (
            Error::Damaged { path: path("/v/secret.json"), what: Damage::Content("not JSON".to_owned()) },
            CommandOperation::GetSecretValue,
            254,
            &["coldseal: /v/secret.json: not JSON", "hint: restore the file from a copy; 'coldseal verify' checks a vault"],
        ),
        (
            Error::Decryption,
            CommandOperation::Decrypt,
            254,
            &[
                "coldseal: the message could not be decrypted: it was changed, or the key is not the one that it was sealed with",
                "hint: name the key that it was sealed with, which 'coldseal inspect' shows, or fetch the message again",
            ],
        ),
        (
            Error::EncryptionContext(ContextMismatch::Missing("purpose".to_owned())),
            CommandOperation::Decrypt,
            254,
            &[
                "coldseal: encryption context: the message has no pair with the key 'purpose'",
                "hint: 'coldseal inspect' shows the pairs of the message; is it the one that you meant?",
            ],
        ),
        (Error::Misuse("a rule"), CommandOperation::Decrypt, 255, &["coldseal: a rule"]),
        (Error::Random, CommandOperation::Decrypt, 255, &["coldseal: the operating system's random number generator failed"]),
        (Error::io("writing the output", io::Error::other("full")), CommandOperation::GenerateDataKey, 255, &["coldseal: writing the output: full"]),
        (
            Error::io("looking for the vault at /v", io::ErrorKind::PermissionDenied.into()),
            CommandOperation::ListSecrets,
            255,
            &[
                "coldseal: looking for the vault at /v: permission denied",
                "hint: 'ls -ld' shows whose a file or directory is and who may read, enter or change it; run this as that user, or have 'chmod' or 'chown' change it",
            ],
        ),
    ]);
    table
}

fn setup_errors() -> Vec<(Error, CommandOperation, u8, &'static [&'static str])> {
    let path = PathBuf::from;
    vec![
        (
            setup(SetupError::NoVault(path("/v"))),
            CommandOperation::ListSecrets,
            253,
            &[
                "coldseal: there is no vault at /v",
                "hint: 'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory",
            ],
        ),
        (
            setup(SetupError::NoKeystore(path("/k"))),
            CommandOperation::ListKeys,
            253,
            &[
                "coldseal: there is no keystore at /k",
                "hint: 'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file",
            ],
        ),
        (
            setup(SetupError::NoKeyFile { keystore: path("/k"), key_file: path("/f") }),
            CommandOperation::ListKeys,
            253,
            &[
                "coldseal: the keystore /k needs its key file /f, which is not there",
                "hint: --keystore-key-file or COLDSEAL_KEYSTORE_KEY_FILE says where it is; without it the keystore stays closed",
            ],
        ),
        (
            setup(SetupError::OtherAccount { keystore: path("/k"), account: account("000000000000"), asked: account("111122223333") }),
            CommandOperation::CreateKey,
            253,
            &[
                "coldseal: the keystore /k is of account 000000000000, which cannot be changed to 111122223333",
                "hint: leave out --account-id and COLDSEAL_ACCOUNT_ID, or name another keystore (--keystore) for that account's keys",
            ],
        ),
        (Error::setup("something else"), CommandOperation::ListKeys, 253, &["coldseal: something else"]),
    ]
}

fn key() -> KeyArn {
    "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".parse().expect("a key ARN")
}

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region")
}

fn refusals() -> Vec<(Error, CommandOperation, u8, &'static [&'static str])> {
    let mut table = key_refusals();
    table.extend(secret_refusals::secret_refusals());
    table
}

fn key_refusals() -> Vec<(Error, CommandOperation, u8, &'static [&'static str])> {
    vec![
        (
            KeyRefusal::Disabled(key()).into(),
            CommandOperation::Seal,
            254,
            &[
                "An error occurred (DisabledException) when calling the GenerateDataKey operation: arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab is disabled.",
                "hint: 'coldseal kms enable-key' enables a key",
            ][..],
        ),
        (
            KeyRefusal::InvalidKeyId("x".to_owned()).into(),
            CommandOperation::EnableKey,
            254,
            &[
                "An error occurred (NotFoundException) when calling the EnableKey operation: Invalid keyId 'x'",
                "hint: this takes a key id or key ARN, as 'coldseal kms list-keys' shows it, and no alias",
            ],
        ),
        (
            KeyRefusal::InvalidKeyId("x".to_owned()).into(),
            CommandOperation::DescribeKey,
            254,
            &[
                "An error occurred (NotFoundException) when calling the DescribeKey operation: Invalid keyId 'x'",
                "hint: 'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is",
            ],
        ),
        (
            KeyPropertyRefusal::AliasOfAws.into(),
            CommandOperation::CreateAlias,
            254,
            &[
                "An error occurred (NotAuthorizedException) when calling the CreateAlias operation:",
                "hint: names that begin with alias/aws/ belong to AWS",
            ],
        ),
        (
            KeyPropertyRefusal::NotAnAlias.into(),
            CommandOperation::CreateAlias,
            254,
            &[
                "An error occurred (ValidationException) when calling the CreateAlias operation: Invalid identifier",
                "hint: an alias is alias/ and letters, digits, ':', '/', '_' or '-'; its target is a key id or key ARN",
            ],
        ),
        (
            KeyUseRefusal::Algorithm { algorithm: "A", spec: "S" }.into(),
            CommandOperation::Encrypt,
            254,
            &[
                "An error occurred (InvalidKeyUsageException) when calling the Encrypt operation: Algorithm A is incompatible with key spec S.",
                "hint: 'coldseal kms describe-key' shows the key's algorithms; --encryption-algorithm names one",
            ],
        ),
        (
            KeyUseRefusal::RsaForSigned(key()).into(),
            CommandOperation::Rewrap,
            254,
            &[
                "An error occurred (InvalidKeyUsageException) when calling the ReEncrypt operation: no AWS Encryption SDK opens a signed message under arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, which is an RSA key",
                "hint: name a key of another kind, or drop the signature with --no-sign-message",
            ],
        ),
        (
            KeyUseRefusal::RsaForSigned(key()).into(),
            CommandOperation::CreateSecret,
            254,
            &[
                "An error occurred (InvalidKeyUsageException) when calling the CreateSecret operation: no AWS Encryption SDK opens a signed message under arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, which is an RSA key",
                "hint: name a key of another kind, or leave out --sign-message",
            ],
        ),
        (
            RequestRefusal::OtherKindOfKeys { what: "key spec", name: "SM2".to_owned(), known: vec!["RSA_2048"] }.into(),
            CommandOperation::CreateKey,
            254,
            &[
                "An error occurred (UnsupportedOperationException) when calling the CreateKey operation: keys with the key spec SM2 cannot wrap a data key, and coldseal has none; it has RSA_2048",
                "hint: 'coldseal kms create-key --help' lists the key specs and key usages",
            ],
        ),
        (
            KeyRefusal::NotPrimary(key()).into(),
            CommandOperation::ReplicateKey,
            254,
            &[
                "An error occurred (UnsupportedOperationException) when calling the ReplicateKey operation: arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab is not a multi-region primary key.",
                "hint: 'coldseal kms describe-key' shows a key's primary Region and replicas, 'kms create-key --multi-region' makes one that has them",
            ],
        ),
        (
            AwsRefusal::new(ErrorCode::AccessDeniedException, "no").of_call("Encrypt", region("us-west-2"), "alias/x").into(),
            CommandOperation::CreateSecret,
            254,
            &[
                "An error occurred (AccessDeniedException) when calling the CreateSecret operation: us-west-2, Encrypt with alias/x: no",
                "hint: the key's policy, or an IAM policy, has to allow it: kms:GenerateDataKey in the primary Region, kms:Encrypt in the others, kms:Decrypt to open, and for aliases kms:DescribeKey",
            ],
        ),
    ]
}

#[test]
fn every_error_has_its_lines() {
    for (error, operation, code, lines) in table() {
        let failure = Failure::Core(error);
        assert_eq!(failure.lines(operation), lines);
        assert_eq!(failure.exit_code(), code, "{lines:?}");
    }
}

#[test]
fn errors_of_the_command_line_have_theirs() {
    let usage = Failure::from(UsageError::parameter("--tags", "no value").with_hint("write one"));
    assert_eq!(usage.lines(CommandOperation::CreateSecret), ["coldseal: Error parsing parameter '--tags': no value", "hint: write one"]);
    assert_eq!(usage.exit_code(), 252);
    let config = Failure::from(ConfigError::new("no Region"));
    assert_eq!(config.lines(CommandOperation::CreateSecret), ["coldseal: no Region"]);
    assert_eq!(config.exit_code(), 253);
    assert_eq!((Failure::Partial.lines(CommandOperation::CreateSecret).len(), Failure::Partial.exit_code()), (0, 1));
}
