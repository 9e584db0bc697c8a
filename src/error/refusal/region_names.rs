//! Lists of Regions.

use crate::region::Region;

pub(super) fn region_names(regions: &[Region]) -> String {
    regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(", ")
}
