//! Passwords that cannot be drawn, and values that cannot be made of them.

use super::ErrorCode;

/// A request for a password, or for a value with one, that cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordRefusal {
    /// Fewer characters than types of which each has to be there.
    #[error("Password length is too short based on the required types.")]
    TooShort {
        /// The length asked for, in characters.
        length: usize,
        /// How many types have to be there.
        types: usize,
    },
    /// A type that has to be there, and of which every character is excluded.
    #[error("All characters of the desired type have been excluded.")]
    TypeExcluded(CharacterType),
    /// No character is left to draw from.
    #[error("All characters have been excluded from selection.")]
    AllExcluded,
    /// A template without a key for the password, or a key without a template.
    #[error("SecretStringTemplate and GenerateStringKey must both be set or removed.")]
    TemplateOrKeyMissing,
    /// A template that is not the JSON of an object. What stands there is not told: it may be secret.
    #[error("SecretStringTemplate must be a JSON object")]
    TemplateNotAnObject,
    /// A template with the same member twice: whoever reads it takes one or the other.
    #[error("SecretStringTemplate has a member twice")]
    TemplateMemberTwice,
}

/// The kinds of characters that Secrets Manager makes passwords of; the space is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CharacterType {
    /// `A` to `Z`.
    Uppercase,
    /// `a` to `z`.
    Lowercase,
    /// `0` to `9`.
    Numbers,
    /// The 32 of ASCII.
    Punctuation,
}

impl CharacterType {
    /// The name of the member that excludes it.
    #[must_use]
    pub const fn excluded_by(self) -> &'static str {
        match self {
            Self::Uppercase => "ExcludeUppercase",
            Self::Lowercase => "ExcludeLowercase",
            Self::Numbers => "ExcludeNumbers",
            Self::Punctuation => "ExcludePunctuation",
        }
    }
}

impl PasswordRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidParameterException
    }
}
