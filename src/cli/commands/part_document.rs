//! What is said of a part of a vault that is carried away, or was carried here.

use serde::Serialize;

use crate::region::Region;

/// The root that it is of, and its Regions.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PartDocument<'a> {
    pub(super) vault_id: &'a str,
    pub(super) counter: u64,
    #[serde(rename = "SHA256")]
    pub(super) sha256: &'a str,
    pub(super) time: String,
    /// None where it was not said whose signatures count.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) signers: &'a [String],
    pub(super) regions: &'a [Region],
}
