//! Every way in which a command ends badly: its exit code, its lines on stderr, and what to do about it.

mod hints;

pub(crate) use self::hints::{Hint, hints, unknown_region};
use super::{
    command_operation::CommandOperation,
    usage::{ConfigError, UsageError},
};
use crate::error::{Error, Result};

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
    /// An error of the library.
    Core(Error),
    /// What there is to say has been said.
    Partial,
    /// A signal, a program that was run, or what has been said ended the command with this exit code.
    Ended(u8),
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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Partial => EXIT_PARTIAL,
            Self::Ended(code) => *code,
            Self::Usage(_) => EXIT_USAGE,
            Self::Config(_) => EXIT_CONFIGURATION,
            Self::Core(error) => match error {
                Error::Setup(_) => EXIT_CONFIGURATION,
                Error::Format(_)
                | Error::Decryption
                | Error::Signature
                | Error::NoUsableKey(_)
                | Error::EncryptionContext(_)
                | Error::NotReproduced { .. }
                | Error::TooLong { .. }
                | Error::TooLongToHold { .. }
                | Error::Service(_)
                | Error::Damaged { .. } => EXIT_REFUSED,
                Error::NotWritable(_)
                | Error::Key(_)
                | Error::NoAnswer { .. }
                | Error::Misuse(_)
                | Error::Random
                | Error::NotSynced { .. }
                | Error::PartlyReplaced { .. }
                | Error::Io { .. } => EXIT_GENERAL,
            },
        }
    }

    /// The lines for stderr, hints last; none for what has been said. `operation` is the one that the command carried out.
    pub(crate) fn lines(&self, operation: CommandOperation) -> Vec<String> {
        let operation = operation.told_as();
        let (message, hints) = match self {
            Self::Partial | Self::Ended(_) => return Vec::new(),
            Self::Usage(UsageError { message, hint }) | Self::Config(ConfigError { message, hint }) => {
                (format!("coldseal: {message}"), hint.iter().cloned().map(Hint::Owned).collect())
            }
            Self::Core(error) => (told(error, operation), hints(error, operation)),
        };
        std::iter::once(message).chain(hints.iter().map(|hint| format!("hint: {hint}"))).collect()
    }
}

/// What happened, with the operation where AWS has a name for it.
fn told(error: &Error, operation: CommandOperation) -> String {
    match error.refusal() {
        Some(refusal) => {
            let told = format!("An error occurred ({}) when calling the {} operation: {refusal}", refusal.code(), operation.name());
            told.trim_end().to_owned()
        }
        None => format!("coldseal: {error}"),
    }
}

#[cfg(test)]
mod tests;
