//! What to do next, for each error of the library. What the message says itself is not said again.

mod attempts;
mod hint;
mod keys;
mod online;
mod packages;
mod public_keys;
mod refusals;
mod secrets;
mod setup;
mod signatures;

use std::io;

use self::{attempts::of_attempts, hint::one};

use crate::{
    cli::command_operation::CommandOperation,
    error::{ContextMismatch, Damage, Error, FormatError, FormatProblem, Obstacle},
};

pub(crate) use hint::Hint;
pub(crate) use secrets::unknown_region;

/// What the system forbids whoever asks, as making a file in `/proc` or in a directory that is immutable.
const EPERM: i32 = 1;

/// The hints for an error, each once.
pub(crate) fn hints(error: &Error, operation: CommandOperation) -> Vec<Hint> {
    let mut distinct: Vec<Hint> = Vec::new();
    for hint in of_error(error, operation) {
        if !distinct.contains(&hint) {
            distinct.push(hint);
        }
    }
    distinct
}

fn of_error(error: &Error, operation: CommandOperation) -> Vec<Hint> {
    match error {
        Error::Format(error) => one(of_format(*error, operation)),
        Error::NotWritable(_) => one("name fewer keys, or fewer or shorter pairs with --encryption-context"),
        Error::Decryption => one("name the key that it was sealed with, which 'coldseal inspect' shows, or fetch the message again"),
        Error::NoUsableKey(attempts) => {
            let mut hints = of_attempts(attempts);
            hints.extend(one(
                "name a key with --kms-key-id, --raw-aes-key, --raw-rsa-key or --raw-ecdh-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: \
                 'coldseal kms export-keys' there, 'coldseal kms import-keys' here",
            ));
            hints
        }
        Error::EncryptionContext(mismatch) => one(of_context(mismatch)),
        Error::NotReproduced { .. } => one("leave the pair out, or give the value that the message was sealed with"),
        Error::TooLongToHold { .. } => one(
            "write to a file with -o, or name the message's file, which can be read twice; --stream-unverified writes before the signature is verified",
        ),
        Error::TooLong { what: "the keystore", .. } => {
            one("'coldseal kms export-keys' copies some Regions' keys to a keystore of their own")
        }
        Error::TooLong { .. } => one("raise the limit with --max-content-length if you trust the message; it is held in memory"),
        Error::Damaged { what: Damage::Manifest(_), .. } => {
            one("roots and pages are written by 'coldseal sign' alone: fetch the vault again, or sign it anew")
        }
        Error::Damaged { what: Damage::Format { .. } | Damage::Link | Damage::NotAFile, .. } => Vec::new(),
        Error::Damaged { what: Damage::Content(_), .. } => one("restore the file from a copy; 'coldseal verify' checks a vault"),
        Error::Setup(error) => setup::hints(error, operation),
        Error::Service(refusal) => refusals::hints(refusal, operation),
        Error::Signature => one("fetch the message again, from whoever signed it"),
        Error::NoAnswer(no_answer) => one(match no_answer.obstacle {
            Obstacle::Tls(obstacle) => online::of_tls(obstacle),
            _ => "is the Region's endpoint reachable from here? --endpoint-url names another; nothing was written",
        }),
        Error::NotSynced { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            one("a directory that may be written and not read cannot be synced: 'chmod u+r' lets it be read")
        }
        Error::PartlyReplaced { source, .. } => of_error(source, operation),
        Error::Io { source, .. } => of_io(source),
        Error::Key(_) | Error::Misuse(_) | Error::Random | Error::NotSynced { .. } => Vec::new(),
    }
}

fn of_io(error: &io::Error) -> Vec<Hint> {
    match error.kind() {
        io::ErrorKind::PermissionDenied if error.raw_os_error() != Some(EPERM) => one(
            "'ls -ld' shows whose a file or directory is and who may read, enter or change it; run this as that user, or have 'chmod' or 'chown' change it",
        ),
        io::ErrorKind::ResourceBusy => one(
            "a file that is mounted by itself, as into a container, has a place that no other can take: mount its directory, or name another file",
        ),
        _ => Vec::new(),
    }
}

fn of_context(mismatch: &ContextMismatch) -> &'static str {
    match mismatch {
        ContextMismatch::Reserved(_) => {
            "SecretARN, SecretVersionId and names that begin with coldseal: or aws-crypto- are set by the tools"
        }
        ContextMismatch::NotStored(_) => {
            "'coldseal open' with the pair gives the content, and 'coldseal seal' stores the pair, or leaves it out"
        }
        ContextMismatch::Missing(_) | ContextMismatch::Value(_) | ContextMismatch::Surplus(_) => {
            "'coldseal inspect' shows the pairs of the message; is it the one that you meant?"
        }
    }
}

fn of_format(error: FormatError, operation: CommandOperation) -> &'static str {
    match (error.field, error.problem) {
        ("version", FormatProblem::Truncated { .. }) => "the message is empty: look at where it comes from",
        ("version", _) => {
            "is this an AWS Encryption SDK message of format 2.0? Messages of format 1 have no key commitment and are not read"
        }
        ("encrypted data key count", FormatProblem::TooLarge { .. }) if operation == CommandOperation::Decrypt => {
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
