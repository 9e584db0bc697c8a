//! What an alias can be called.

use crate::error::{Error, ErrorCode, Result};

/// What every alias name begins with.
pub(super) const PREFIX: &str = "alias/";
const RESERVED_PREFIX: &str = "alias/aws/";
const NAME_LIMIT: usize = 256;

/// Whether a user may make, move or remove an alias of this name.
pub(super) fn check_changeable(name: &str) -> Result<()> {
    check_name(name)?;
    if name.starts_with(RESERVED_PREFIX) { Err(Error::service(ErrorCode::NotAuthorizedException, "")) } else { Ok(()) }
}

/// Whether a name, reserved or not, can be an alias at all.
pub(in crate::kms) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::validation("aliasName", "Member must have length greater than or equal to 1"));
    }
    if name.chars().count() > NAME_LIMIT {
        return Err(Error::validation("aliasName", &format!("Member must have length less than or equal to {NAME_LIMIT}")));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte)) {
        let constraint = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$";
        return Err(Error::validation_of("aliasName", name, constraint));
    }
    match name.strip_prefix(PREFIX) {
        None | Some("") => Err(Error::service(ErrorCode::ValidationException, "Invalid identifier")),
        Some(rest) if rest.contains(':') => {
            Err(Error::service(ErrorCode::ValidationException, format!("{name} contains invalid characters for an alias")))
        }
        Some(_) => Ok(()),
    }
}
