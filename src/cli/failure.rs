//! Every way in which a command ends badly: its exit code, its lines on stderr, and what to do about it.

use super::usage::{ConfigError, UsageError};
use crate::error::{Error, ErrorCode, FormatError, FormatProblem, SetupError};

/// Done in part, or faults found.
pub(crate) const EXIT_PARTIAL: u8 = 1;
/// Bad parameters.
pub(crate) const EXIT_USAGE: u8 = 252;
/// No Region, credentials, keystore, vault or passphrase.
pub(crate) const EXIT_CONFIGURATION: u8 = 253;
/// Refused with an AWS error name, tampering included.
pub(crate) const EXIT_REFUSED: u8 = 254;
/// Input, output and the rest.
pub(crate) const EXIT_GENERAL: u8 = 255;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    Usage(UsageError),
    Config(ConfigError),
    /// An error of the library, with the AWS operation that the command stands for.
    Core {
        error: Error,
        operation: &'static str,
    },
    /// What there is to say has been said.
    Partial,
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Self {
        Self::Usage(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

/// Names the AWS operation that a library error belongs to.
pub(crate) trait During<T> {
    fn during(self, operation: &'static str) -> Outcome<T>;
}

impl<T> During<T> for crate::Result<T> {
    fn during(self, operation: &'static str) -> Outcome<T> {
        self.map_err(|error| Failure::Core { error, operation })
    }
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Partial => EXIT_PARTIAL,
            Self::Usage(_) => EXIT_USAGE,
            Self::Config(_) => EXIT_CONFIGURATION,
            Self::Core { error, .. } => match error {
                Error::Setup(_) => EXIT_CONFIGURATION,
                Error::Format(_)
                | Error::Decryption
                | Error::NoUsableKey(_)
                | Error::EncryptionContext(_)
                | Error::TooLong { .. }
                | Error::Service(_)
                | Error::Damaged { .. } => EXIT_REFUSED,
                Error::NotWritable(_) | Error::Misuse(_) | Error::Random | Error::Io { .. } => EXIT_GENERAL,
            },
        }
    }

    /// The lines for stderr, the hint last; none for what has been said.
    pub(crate) fn lines(&self) -> Vec<String> {
        let (message, hint) = match self {
            Self::Partial => return Vec::new(),
            Self::Usage(UsageError { message, hint }) | Self::Config(ConfigError { message, hint }) => {
                (format!("coldseal: {message}"), hint.clone())
            }
            Self::Core { error: error @ Error::Service(service), operation } => {
                let message = format!("An error occurred ({}) when calling the {operation} operation: {}", service.code, service.message);
                (message.trim_end().to_owned(), hint(error, operation).map(str::to_owned))
            }
            Self::Core { error, operation } => (format!("coldseal: {error}"), hint(error, operation).map(str::to_owned)),
        };
        let mut lines = vec![message];
        lines.extend(hint.map(|hint| format!("hint: {hint}")));
        lines
    }
}

/// What to do next.
fn hint(error: &Error, operation: &str) -> Option<&'static str> {
    match error {
        Error::Format(error) => format_hint(*error),
        Error::NoUsableKey(_) => Some(
            "name a key with --kms-key-id or --raw-aes-key, use the keystore that has it (--keystore), or bring the key here, after a rotation again: \
             'coldseal kms export-keys' there, 'coldseal kms import-keys' here",
        ),
        Error::TooLong { .. } => Some("raise the limit with --max-content-length if you trust the message; it is held in memory"),
        Error::Damaged { .. } => Some("restore the file from a copy; 'coldseal verify' checks a vault"),
        Error::Setup(error) => setup_hint(error),
        Error::Service(error) => service_hint(error.code, operation),
        _ => None,
    }
}

fn format_hint(error: FormatError) -> Option<&'static str> {
    match (error.field, error.problem) {
        ("version", _) => {
            Some("is this an AWS Encryption SDK message of format 2.0? Messages of format 1 have no key commitment and are not read")
        }
        ("encrypted data key count", FormatProblem::TooLarge { .. }) => Some("raise the limit with --max-encrypted-data-keys"),
        _ => None,
    }
}

const fn setup_hint(error: &SetupError) -> Option<&'static str> {
    match error {
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
        _ => None,
    }
}

fn service_hint(code: ErrorCode, operation: &str) -> Option<&'static str> {
    match (code, operation) {
        (ErrorCode::DisabledException, _) => Some("'coldseal kms enable-key' enables a key"),
        (ErrorCode::ResourceExistsException, _) => Some("'coldseal describe-secret' shows the one that exists"),
        (ErrorCode::ResourceNotFoundException, _) => {
            Some("'coldseal list-secrets' shows the secrets, 'coldseal describe-secret' a secret's Regions, versions and labels")
        }
        (ErrorCode::NotFoundException, "EnableKey" | "DisableKey" | "CreateAlias" | "ListAliases") => {
            Some("this takes a key id or key ARN, as 'coldseal kms list-keys' shows it, and no alias")
        }
        (ErrorCode::NotFoundException, _) => Some("'coldseal kms list-keys' and 'coldseal kms list-aliases' show what there is"),
        (ErrorCode::NotAuthorizedException, "CreateAlias") => Some("names that begin with alias/aws/ belong to AWS"),
        (ErrorCode::ValidationException, "CreateAlias") => {
            Some("an alias is alias/ and letters, digits, ':', '/', '_' or '-'; its target is a key id or key ARN")
        }
        (ErrorCode::DecryptionFailure, _) => Some("'coldseal verify --open' shows which bundles open here"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
