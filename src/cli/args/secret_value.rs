//! The value of a new secret.

use clap::Args;

/// Where the value comes from.
#[derive(Debug, Args)]
pub(crate) struct SecretValueArgs {
    /// The value as text: file://PATH, '-' for stdin, no value for a hidden prompt, or the text itself (others can see it)
    #[arg(long, value_name = "VALUE", num_args = 0..=1, allow_negative_numbers = true, conflicts_with_all = ["secret_binary", "secret_key_values", "generate_secret_string"])]
    pub(crate) secret_string: Option<Option<String>>,
    /// The value as bytes: fileb://PATH, '-' for stdin, or base64
    #[arg(long, value_name = "VALUE", conflicts_with_all = ["secret_key_values", "generate_secret_string"])]
    pub(crate) secret_binary: Option<String>,
    /// [coldseal] The value as a JSON object: key=value, key@=file://PATH, or a bare key for a hidden prompt
    #[arg(long, value_name = "KEY=VALUE", num_args = 1.., conflicts_with = "generate_secret_string")]
    pub(crate) secret_key_values: Option<Vec<String>>,
    /// [coldseal] A random password, alone or as a member of an object, as in CloudFormation: JSON, file://PATH, or PasswordLength=40,...
    #[arg(long, value_name = "JSON")]
    pub(crate) generate_secret_string: Option<String>,
}

impl SecretValueArgs {
    /// True where somebody is asked for it, or it comes through stdin: whoever gives it has worked for it.
    pub(crate) fn is_waited_for(&self) -> bool {
        let is_stdin = |value: &str| value == "-";
        let is_asked_for = |word: &String| !word.contains('=');
        self.secret_string.as_ref().is_some_and(|value| value.as_deref().is_none_or(is_stdin))
            || self.secret_binary.as_deref().is_some_and(is_stdin)
            || self.secret_key_values.as_ref().is_some_and(|words| words.iter().any(is_asked_for))
    }
}
