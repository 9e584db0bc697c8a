//! Key ids, and the random ones of new keys.

use crate::{
    arn::MULTI_REGION_PREFIX,
    crypto::{Random, random_array},
    error::Result,
};

/// A UUID, or `mrk-` and 32 hex digits.
pub(crate) fn is_key_id(name: &str) -> bool {
    match name.strip_prefix(MULTI_REGION_PREFIX) {
        Some(digits) => digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => is_uuid(name),
    }
}

/// A UUID in its 36-character form.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups = || text.split('-');
    groups().map(str::len).eq([8, 4, 4, 4, 12]) && groups().flat_map(str::bytes).all(|byte| byte.is_ascii_hexdigit())
}

/// A random id of a multi-Region key.
pub(super) fn random_multi_region_id(random: &dyn Random) -> Result<String> {
    let bytes: [u8; 16] = random_array(random)?;
    Ok(format!("{MULTI_REGION_PREFIX}{}", hex::encode(bytes)))
}

/// A random UUID, version 4, in its 36-character form.
pub(crate) fn random_uuid(random: &dyn Random) -> Result<String> {
    Ok(uuid::Builder::from_random_bytes(random_array(random)?).into_uuid().to_string())
}
