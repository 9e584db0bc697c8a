//! Which Region a message is for: its encryption context says so, and counts once the header is authenticated.

use crate::{arn::SecretArn, error::ContextMismatch, format::EncryptionContext, region::Region};

/// The pair of a message's encryption context that says which Region it is for.
pub const REGION_PAIR: &str = "coldseal:region";
/// The pair of a secret's bundle that holds the secret's ARN in the bundle's Region.
pub(crate) const SECRET_ARN: &str = "SecretARN";

/// Each pair that tells a Region: its key, and the Region, unless there is none of that name.
fn told(context: &EncryptionContext) -> impl Iterator<Item = (&'static str, Option<Region>)> {
    let pair = context.get(REGION_PAIR).map(|name| (REGION_PAIR, Region::new(name)));
    let arn = context.get(SECRET_ARN).map(|arn| (SECRET_ARN, arn.parse().ok().map(|arn: SecretArn| arn.region())));
    pair.into_iter().chain(arn)
}

/// The Regions that a message tells: none, one, or two that differ, of which it is for neither.
pub(crate) fn told_regions(context: &EncryptionContext) -> Vec<Region> {
    let mut regions: Vec<_> = told(context).filter_map(|(_, region)| region).collect();
    regions.dedup();
    regions
}

/// Demands that a message which tells a Region is for this one, whatever tells it.
pub(super) fn check_region(context: &EncryptionContext, demanded: Region) -> Result<(), ContextMismatch> {
    match told(context).find(|(_, region)| *region != Some(demanded)) {
        Some((key, _)) => Err(ContextMismatch::Value(key.to_owned())),
        None => Ok(()),
    }
}

/// The pairs of a message that goes to another Region: a secret's ARN is the one there.
pub(crate) fn for_region(context: &EncryptionContext, region: Region) -> EncryptionContext {
    let mut context = context.clone();
    let arn = context.get(SECRET_ARN).and_then(|arn| arn.parse().ok()).map(|arn: SecretArn| arn.in_region(region));
    if let Some(arn) = arn {
        context.insert(SECRET_ARN, arn.to_string());
    }
    context.insert(REGION_PAIR, region.name());
    context
}
