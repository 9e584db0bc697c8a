//! `get-random-password`

use clap::{ArgAction, Args};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::cli::{commands::secret_entry::answer_alone, failure::Outcome, invocation::Invocation};

/// Draw a random password
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(
    after_long_help = "Each password that fits is as likely as any other. The types are upper and lower case letters, digits and punctuation. It is printed and kept \
nowhere; no keystore is needed.

Examples:
  coldseal get-random-password --query RandomPassword --output text
  coldseal get-random-password --password-length 40 \\
      --exclude-characters '\"@/\\'
  coldseal get-random-password --password-length 6 --exclude-lowercase \\
      --exclude-uppercase --exclude-punctuation"
)]
pub(crate) struct GetRandomPasswordArgs {
    /// Length in characters, 1 to 4096 [default: 32]
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) password_length: Option<i64>,
    /// Characters that do not occur, at most 4096
    #[arg(long, value_name = "CHARACTERS")]
    pub(crate) exclude_characters: Option<String>,
    /// No digits
    #[arg(long, overrides_with = "_no_exclude_numbers")]
    pub(crate) exclude_numbers: bool,
    #[arg(long = "no-exclude-numbers", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_exclude_numbers: bool,
    /// None of the 32 characters !"#$%&'()*+,-./:;<=>?@[\]^_`{|}~
    #[arg(long, overrides_with = "_no_exclude_punctuation")]
    pub(crate) exclude_punctuation: bool,
    #[arg(long = "no-exclude-punctuation", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_exclude_punctuation: bool,
    /// No upper case letters
    #[arg(long, overrides_with = "_no_exclude_uppercase")]
    pub(crate) exclude_uppercase: bool,
    #[arg(long = "no-exclude-uppercase", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_exclude_uppercase: bool,
    /// No lower case letters
    #[arg(long, overrides_with = "_no_exclude_lowercase")]
    pub(crate) exclude_lowercase: bool,
    #[arg(long = "no-exclude-lowercase", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_exclude_lowercase: bool,
    /// Spaces may occur
    #[arg(long, overrides_with = "_no_include_space")]
    pub(crate) include_space: bool,
    #[arg(long = "no-include-space", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_include_space: bool,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) types: RequiredTypesArgs,
}

/// A member that is true where nothing is said.
#[derive(Debug, Args)]
pub(crate) struct RequiredTypesArgs {
    /// At least one character of each type that is not excluded [default]
    #[arg(long, overrides_with = "no_require_each_included_type")]
    require_each_included_type: bool,
    /// A type need not occur
    #[arg(long, overrides_with = "require_each_included_type")]
    no_require_each_included_type: bool,
}

impl Serialize for RequiredTypesArgs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_said = self.require_each_included_type || self.no_require_each_included_type;
        let mut members = serializer.serialize_struct("RequiredTypesArgs", 1)?;
        members.serialize_field("RequireEachIncludedType", &is_said.then_some(self.require_each_included_type))?;
        members.end()
    }
}

pub(super) fn run(invocation: &Invocation, args: &GetRandomPasswordArgs) -> Outcome {
    answer_alone(invocation, args)
}
