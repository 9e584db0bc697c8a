//! What the failure of an entry is called in the result.

use std::fmt;

use crate::{
    cli::plan::EntryFault,
    error::{Error, ErrorCode},
};

/// AWS's name, or one of those that `docs/errors.md` lists beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailureCode {
    Service(ErrorCode),
    Own(OwnCode),
}

macro_rules! own_codes {
    ($($code:ident: $what:literal,)*) => {
        /// What AWS's services have no name for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum OwnCode {
            $(#[doc = $what] $code,)*
        }

        impl OwnCode {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$code,)*];

            const fn name(self) -> &'static str {
                match self {
                    $(Self::$code => stringify!($code),)*
                }
            }
        }
    };
}

own_codes! {
    ParamValidation: "The entry, or what it is to have for a value: the AWS CLI's name.",
    Unreadable: "A directory or an entry of it that the system gives no access to.",
    Damaged: "What the vault has under this name.",
    InputOutput: "The system, while the vault or the keystore was read or written.",
    NoAnswer: "AWS KMS gave none.",
    Configuration: "No Region, credentials, keystore or passphrase.",
    General: "All else.",
}

impl FailureCode {
    pub(super) const fn of_fault(fault: &EntryFault) -> Self {
        match fault {
            EntryFault::Malformed(_) => Self::Own(OwnCode::ParamValidation),
            EntryFault::Unreadable(_) => Self::Own(OwnCode::Unreadable),
        }
    }

    pub(super) fn of(error: &Error) -> Self {
        Self::Own(match error {
            Error::Service(refusal) => return Self::Service(refusal.code()),
            Error::Damaged { .. } | Error::Format(_) | Error::Decryption | Error::Signature => OwnCode::Damaged,
            Error::Io { .. } => OwnCode::InputOutput,
            Error::NoAnswer { .. } => OwnCode::NoAnswer,
            Error::Setup(_) => OwnCode::Configuration,
            _ => OwnCode::General,
        })
    }
}

/// What is said beside the name, which is not said again.
pub(super) fn message(error: &Error) -> String {
    error.refusal().map_or_else(|| error.to_string(), ToString::to_string)
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(code) => code.fmt(f),
            Self::Own(code) => f.write_str(code.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_documented() {
        let errors = include_str!("../../../docs/errors.md");
        for code in OwnCode::ALL {
            assert!(errors.lines().any(|line| line.starts_with(&format!("| `{}` |", code.name()))), "{code:?}");
        }
    }

    #[test]
    fn each_failure_has_its_name() {
        for (error, name) in [
            (crate::error::SecretRefusal::NotFound.into(), "ResourceNotFoundException"),
            (Error::damaged("x", "y"), "Damaged"),
            (Error::io("reading", std::io::ErrorKind::Other.into()), "InputOutput"),
            (Error::setup("x"), "Configuration"),
            (Error::Random, "General"),
        ] {
            assert_eq!(FailureCode::of(&error).to_string(), name);
        }
    }
}
