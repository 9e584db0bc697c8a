//! What a build that has no endpoint says in place of serving.

use crate::cli::{failure::Failure, usage::ConfigError};

/// The refusal of this command.
pub(super) fn refusal(command: &str) -> Failure {
    let hint = format!("a build with the feature 'aws', which is on by default, has '{command}'");
    ConfigError::new("this build has no network code").with_hint(hint).into()
}
