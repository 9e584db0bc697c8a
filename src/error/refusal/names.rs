//! Lists of Regions.

use crate::region::Region;

pub(super) fn names(regions: &[Region]) -> String {
    regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(", ")
}
