//! What to do next, for each error of the library. What the message says itself is not said again.

use std::io;

use crate::{
    cli::operation::Operation,
    error::{ContextMismatch, Error, ErrorCode, FormatError, FormatProblem, Refusal, SetupError},
};

/// Operations that take an alias where they take a key; the others take a key id or key ARN.
const TAKE_ALIASES: [Operation; 11] = [
    Operation::CreateSecret,
    Operation::Decrypt,
    Operation::DeriveSharedSecret,
    Operation::DescribeKey,
    Operation::Encrypt,
    Operation::GenerateDataKey,
    Operation::GenerateDataKeyWithoutPlaintext,
    Operation::GetPublicKey,
    Operation::ReEncrypt,
    Operation::ReplicateSecretToRegions,
    Operation::SetDefaultKey,
];

/// What the system forbids whoever asks, as making a file in `/proc` or in a directory that is immutable.
const EPERM: i32 = 1;

/// AWS's message where RSA decrypts without a key id.
const KEY_ID_MISSING: &str = "KeyId must not be null";

/// What stands in each refusal of an RSA key in AWS KMS for a message with a signature.
const SIGNED: &str = "signed message";

const FETCH_PUBLIC_KEY: &str = "'aws kms get-public-key --output json' writes the file, as 'coldseal kms import-public-key --help' shows";

pub(super) fn hint(error: &Error, operation: Operation) -> Option<&'static str> {
    match error {
        Error::Format(error) => Some(format_hint(*error, operation)),
        Error::NotWritable(_) => Some("name fewer keys, or fewer or shorter pairs with --encryption-context"),
        Error::Decryption => Some("name the key that it was sealed with, which 'coldseal inspect' shows, or fetch the message again"),
        Error::NoUsableKey(_) => Some(
            "name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: \
             'coldseal kms export-keys' there, 'coldseal kms import-keys' here",
        ),
        Error::EncryptionContext(ContextMismatch::Reserved(_)) => {
            Some("SecretARN, SecretVersionId and names that begin with coldseal: or aws-crypto- are set by the tools")
        }
        Error::EncryptionContext(ContextMismatch::NotStored(_)) => {
            Some("'coldseal open' with the pair gives the content, and 'coldseal seal' stores the pair, or leaves it out")
        }
        Error::EncryptionContext(_) => Some("'coldseal inspect' shows the pairs of the message; is it the one that you meant?"),
        Error::NotReproduced { .. } => Some("leave the pair out, or give the value that the message was sealed with"),
        Error::TooLongToHold { .. } => Some(
            "write to a file with -o, or name the message's file, which can be read twice; --stream-unverified writes before the signature is verified",
        ),
        Error::TooLong { what: "the keystore", .. } => {
            Some("'coldseal kms export-keys' copies some Regions' keys to a keystore of their own")
        }
        Error::TooLong { .. } => Some("raise the limit with --max-content-length if you trust the message; it is held in memory"),
        Error::Damaged { what, .. } if what.ends_with("use a newer coldseal") || what.ends_with("or remove it") => None,
        Error::Damaged { .. } => Some("restore the file from a copy; 'coldseal verify' checks a vault"),
        Error::Setup(error) => setup_hint(error, operation),
        Error::Service(error) if error.to_string() == KEY_ID_MISSING && operation == Operation::ReEncrypt => {
            Some("a ciphertext by RSA does not name its key: --source-key-id does")
        }
        Error::Service(error) if error.to_string() == KEY_ID_MISSING => Some("a ciphertext by RSA does not name its key: --key-id does"),
        Error::Service(error) => service_hint(error, operation),
        Error::Signature => Some("fetch the message again, from whoever signed it"),
        Error::NoAnswer { .. } => Some("is the Region's endpoint reachable from here? --endpoint-url names another; nothing was written"),
        Error::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied && source.raw_os_error() != Some(EPERM) => Some(
            "'ls -ld' shows whose a file or directory is and who may read, enter or change it; run this as that user, or have 'chmod' or 'chown' change it",
        ),
        Error::Key(_) | Error::Misuse(_) | Error::Random | Error::Io { .. } => None,
    }
}

fn format_hint(error: FormatError, operation: Operation) -> &'static str {
    match (error.field, error.problem) {
        ("version", _) => {
            "is this an AWS Encryption SDK message of format 2.0? Messages of format 1 have no key commitment and are not read"
        }
        ("encrypted data key count", FormatProblem::TooLarge { .. }) if operation == Operation::Decrypt => {
            "raise the limit with --max-encrypted-data-keys"
        }
        ("encrypted data key count", FormatProblem::TooLarge { .. }) => "'coldseal open' reads it with --max-encrypted-data-keys",
        (_, FormatProblem::Truncated { .. }) => "the message is cut off: fetch it again",
        ("algorithm suite id", FormatProblem::Unsupported { .. }) => {
            "the suites that commit to the key are read: 0x0478, and 0x0578 with a signature"
        }
        (_, FormatProblem::Unsupported { .. }) => "another kind or version of message, or one that was changed",
        _ => "the message was changed: fetch it again",
    }
}

fn setup_hint(error: &SetupError, operation: Operation) -> Option<&'static str> {
    match error {
        SetupError::NoKeystore(_) if operation == Operation::ImportKeys => Some("name a file that 'coldseal kms export-keys' wrote"),
        SetupError::NoKeyFile { .. } if operation == Operation::ImportKeys => Some("--input-key-file says where it is"),
        SetupError::NoVault(_) => Some("'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory"),
        SetupError::NoKeystore(_) => {
            Some("'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file")
        }
        SetupError::NoKeyFile { .. } => {
            Some("--keystore-key-file or COLDSEAL_KEYSTORE_KEY_FILE says where it is; without it the keystore stays closed")
        }
        SetupError::OtherAccount { .. } => {
            Some("leave out --account-id and COLDSEAL_ACCOUNT_ID, or name another keystore (--keystore) for that account's keys")
        }
        SetupError::NoCredentials(_) => {
            Some("'aws configure', 'aws sso login', AWS_PROFILE or --profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        SetupError::Other(_) => None,
    }
}

/// What AWS KMS itself answered names the operation and the key; what is said of keys there names the command that does it.
fn is_about_aws(message: &str) -> bool {
    const ANSWERED: [&str; 5] =
        ["GenerateDataKey with ", "Encrypt with ", "Decrypt with ", "DescribeKey with ", "DeriveSharedSecret with "];
    ANSWERED.iter().any(|part| message.contains(part)) || says_way(message)
}

/// Messages about keys in AWS that say what to do themselves.
fn says_way(message: &str) -> bool {
    ["'aws kms", "--kms aws", "in AWS KMS", "for Secrets Manager itself", "no data key can be wrapped under it"]
        .iter()
        .any(|part| message.contains(part))
}

/// What helps in AWS is not done with coldseal.
fn aws_hint(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::AccessDeniedException => Some(
            "the key's policy, or an IAM policy, has to allow it: kms:GenerateDataKey in the primary Region, kms:Encrypt in the others, kms:Decrypt to open, and for aliases kms:DescribeKey",
        ),
        ErrorCode::NotFoundException => Some("'aws kms list-keys' and 'aws kms list-aliases' show what there is, with the same --region"),
        ErrorCode::ThrottlingException | ErrorCode::ServiceUnavailableException | ErrorCode::KMSInternalException => {
            Some("repeat the command; --max-attempts tries more often")
        }
        _ => None,
    }
}

fn service_hint(error: &Refusal, operation: Operation) -> Option<&'static str> {
    let message = error.to_string();
    let message = message.as_str();
    if is_about_aws(message) && error.code() != ErrorCode::DecryptionFailure {
        return if says_way(message) { None } else { aws_hint(error.code()) };
    }
    match error.code() {
        ErrorCode::EncryptionFailure => Some("is the Region's endpoint reachable from here? --partial does the other Regions now"),
        ErrorCode::AccessDeniedException if matches!(operation, Operation::Decrypt | Operation::ReEncrypt) => {
            Some("--region names the key's Region, --keystore the keystore that has it")
        }
        ErrorCode::AccessDeniedException => Some("'coldseal kms create-key' makes a key of your own"),
        ErrorCode::AlreadyExistsException if operation == Operation::CreateAlias => {
            Some("'coldseal kms update-alias' points it at another key, 'coldseal kms list-aliases' shows it")
        }
        ErrorCode::AlreadyExistsException if operation == Operation::ImportKeys => {
            Some("--keystore names another keystore for what is to be imported; 'coldseal kms describe-key' shows what is here")
        }
        ErrorCode::AlreadyExistsException => Some("'coldseal kms describe-key' shows it"),
        ErrorCode::DecryptionFailure => Some("'coldseal verify --open' shows which bundles open here"),
        ErrorCode::DisabledException => Some("'coldseal kms enable-key' enables a key"),
        ErrorCode::DryRunOperationException => Some("leave --dry-run out to have it done"),
        ErrorCode::IncorrectKeyException => Some("name the key that it was encrypted under, or none: the ciphertext names it"),
        ErrorCode::InvalidArnException if operation == Operation::ImportPublicKey => {
            Some("'aws kms describe-key' shows a key's ARN; without --region each key goes to the Region that its ARN names")
        }
        ErrorCode::InvalidArnException => Some("'coldseal kms list-keys' and 'coldseal kms list-aliases' show the ARNs that there are"),
        ErrorCode::InvalidCiphertextException if operation == Operation::ReEncrypt => Some(
            "give the --source-encryption-context of a symmetric key or the --source-encryption-algorithm of an RSA key; if it is the same, the ciphertext was changed",
        ),
        ErrorCode::InvalidCiphertextException => Some(
            "give the --encryption-context of a symmetric key or the --encryption-algorithm of an RSA key; if it is the same, the ciphertext was changed",
        ),
        ErrorCode::InvalidKeyUsageException => key_usage_hint(message, operation),
        ErrorCode::InvalidParameterException | ErrorCode::InvalidRequestException => request_hint(message),
        ErrorCode::KMSInvalidStateException if operation == Operation::CancelKeyDeletion => {
            Some("'coldseal kms describe-key' shows its state")
        }
        ErrorCode::KMSInvalidStateException => Some("'coldseal kms cancel-key-deletion' keeps the key"),
        ErrorCode::LimitExceededException => limit_hint(operation),
        ErrorCode::MalformedPolicyDocumentException if operation == Operation::CreateSecret => {
            Some("a resource policy is a JSON object with Version and Statement; each statement has Effect, Principal, Action and Resource")
        }
        ErrorCode::MalformedPolicyDocumentException => Some("'coldseal kms get-key-policy' shows a policy to start from"),
        ErrorCode::NotAuthorizedException => Some("names that begin with alias/aws/ belong to AWS"),
        ErrorCode::NotFoundException => not_found_hint(message, operation),
        ErrorCode::ResourceExistsException => Some("'coldseal describe-secret' shows the one that exists"),
        ErrorCode::ResourceNotFoundException => {
            Some("'coldseal list-secrets' shows the secrets, 'coldseal describe-secret' a secret's Regions, versions and labels")
        }
        ErrorCode::UnsupportedOperationException => unsupported_hint(message, operation),
        ErrorCode::ValidationException if operation == Operation::ImportPublicKey => import_hint(message),
        ErrorCode::ValidationException
            if matches!(operation, Operation::CreateAlias | Operation::UpdateAlias | Operation::DeleteAlias)
                && !message.contains("stays with keys of its type") =>
        {
            Some("an alias is alias/ and letters, digits, ':', '/', '_' or '-'; its target is a key id or key ARN")
        }
        _ => None,
    }
}

/// The names of AWS's refusals of a request say less than their messages.
fn request_hint(message: &str) -> Option<&'static str> {
    let hints = [
        ("Secret with this name already exists in this region", "--force-overwrite-replica-secret replaces the secret that is there"),
        ("Operation not permitted on a replica secret", "name the primary Region with --region; 'coldseal describe-secret' shows it"),
        ("You provided a VersionStage", "leave one of the two out; 'coldseal describe-secret' shows which version has which labels"),
        ("cannot be compared here", "name the keystore that made it with --keystore, or take another --client-request-token"),
        ("is not the ARN of a secret", "'coldseal list-secrets' shows the names and ARNs"),
    ];
    hints.into_iter().find(|(part, _)| message.contains(part)).map(|(_, hint)| hint)
}

fn key_usage_hint(message: &str, operation: Operation) -> Option<&'static str> {
    if message.starts_with("Algorithm ") {
        return Some(if operation == Operation::ReEncrypt {
            "'coldseal kms describe-key' shows a key's algorithms; --source-encryption-algorithm and --destination-encryption-algorithm name one"
        } else {
            "'coldseal kms describe-key' shows the key's algorithms; --encryption-algorithm names one"
        });
    }
    match operation {
        Operation::ReEncrypt if message.contains(SIGNED) => {
            Some("name a key of another kind, or drop the signature with --no-sign-message")
        }
        Operation::ReplicateSecretToRegions if message.contains(SIGNED) => Some("name a key of another kind"),
        _ if message.contains(SIGNED) => Some("name a key of another kind, or leave out --sign-message"),
        Operation::ImportPublicKey if message.contains("the answer has not") => Some(FETCH_PUBLIC_KEY),
        Operation::DeriveSharedSecret => {
            Some("a key on a curve, with the key usage KEY_AGREEMENT, derives secrets; 'coldseal kms create-key' makes one")
        }
        Operation::GenerateDataKey | Operation::GenerateDataKeyWithoutPlaintext => {
            Some("symmetric keys generate data keys; 'coldseal seal' makes one itself and wraps it under a key of any kind")
        }
        Operation::Encrypt | Operation::ReEncrypt | Operation::Decrypt if message.contains(" key usage is ") => {
            Some("'coldseal seal' and 'coldseal open' take keys with the key usage KEY_AGREEMENT")
        }
        _ => None,
    }
}

fn import_hint(message: &str) -> Option<&'static str> {
    let hints = [
        ("name the key's ARN and its usage", "--key-arn and --key-usage do"),
        ("go with DER and PEM", "leave out --key-arn and --key-usage"),
        (
            "no fingerprint that was given",
            "compare it with what AWS has, as 'coldseal kms import-public-key --help' shows; is it the right key?",
        ),
        ("the answer of GetPublicKey has no", FETCH_PUBLIC_KEY),
        ("nor a public key as DER or PEM", FETCH_PUBLIC_KEY),
        ("not the JSON that", FETCH_PUBLIC_KEY),
    ];
    hints.into_iter().find(|(part, _)| message.contains(part)).map(|(_, hint)| hint)
}

fn unsupported_hint(message: &str, operation: Operation) -> Option<&'static str> {
    if message.contains(" is for AWS KMS alone") {
        return Some("'aws kms' does it, with access to AWS; sealing needs no more than the public part");
    }
    match operation {
        Operation::CreateKey => Some("'coldseal kms create-key --help' lists the key specs and key usages"),
        Operation::GetPublicKey => {
            Some("a symmetric key has no public part; 'coldseal kms create-key --key-spec' makes keys that have one")
        }
        Operation::DeletePublicKey | Operation::ImportPublicKey | Operation::Encrypt | Operation::Decrypt | Operation::ReEncrypt => None,
        _ if message.contains(" key spec is ") => {
            Some("only symmetric keys rotate; make another key, and move secrets to it with 'coldseal rewrap --to-key'")
        }
        _ => Some(
            "'coldseal kms describe-key' shows a key's primary Region and replicas, 'kms create-key --multi-region' makes one that has them",
        ),
    }
}

fn limit_hint(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::RotateKeyOnDemand => Some("make another key, and move secrets to it with 'coldseal rewrap --to-key'"),
        Operation::CreateAlias | Operation::UpdateAlias => Some("'coldseal kms delete-alias' removes one"),
        Operation::TagResource => Some("'coldseal kms untag-resource' removes some"),
        _ => None,
    }
}

fn not_found_hint(message: &str, operation: Operation) -> Option<&'static str> {
    if message.starts_with("No such policy") {
        return None;
    }
    if message.starts_with("Invalid keyId") && !TAKE_ALIASES.contains(&operation) {
        return Some("this takes a key id or key ARN, as 'coldseal kms list-keys' shows it, and no alias");
    }
    if message.contains("Invalid arn ") {
        return Some("the ARN is of another Region than the rest of the command");
    }
    Some("'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is")
}
