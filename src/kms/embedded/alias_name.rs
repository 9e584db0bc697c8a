//! What an alias can be called.

use crate::{
    error::{Constraint, KeyPropertyRefusal, Result, Violation},
    kms::member_limits::{ALIAS_NAME_LENGTH, check_length},
};

/// What every alias name begins with.
pub(super) const PREFIX: &str = "alias/";
const RESERVED_PREFIX: &str = "alias/aws/";

/// Whether a user may make, move or remove an alias of this name.
pub(super) fn check_changeable(name: &str) -> Result<()> {
    check_name(name)?;
    if name.starts_with(RESERVED_PREFIX) { Err(KeyPropertyRefusal::AliasOfAws.into()) } else { Ok(()) }
}

/// Whether a name, reserved or not, can be an alias at all.
pub(in crate::kms) fn check_name(name: &str) -> Result<()> {
    check_length("aliasName", name.chars().count(), &ALIAS_NAME_LENGTH)?;
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte)) {
        return Err(Violation::by("aliasName", name, Constraint::Pattern("^[a-zA-Z0-9:/_-]+$")).into());
    }
    match name.strip_prefix(PREFIX) {
        None => Err(KeyPropertyRefusal::AliasPrefix.into()),
        Some("") => Err(KeyPropertyRefusal::NotAnAlias.into()),
        Some(rest) if rest.contains(':') => Err(KeyPropertyRefusal::AliasCharacters(name.to_owned()).into()),
        Some(_) => Ok(()),
    }
}
