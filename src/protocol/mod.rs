//! One table of AWS's operations: members with their limits, and what is done. No HTTP and no terminal.

pub(crate) mod json;
pub(crate) mod kms;
pub(crate) mod member;
pub(crate) mod operation;
pub(crate) mod reply;
pub(crate) mod request;

use crate::region::Region;

/// What is said of a Region that is not enabled.
pub(crate) fn region_not_enabled(region: Region) -> String {
    format!("The Region {region} is not enabled; 'coldseal kms enable-region {region}' enables it")
}
