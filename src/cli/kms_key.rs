//! The Region of a key that a command names.

use super::{context::Context, failure::Outcome, usage::UsageError};
use crate::{
    arn::{AliasArn, KeyArn},
    region::Region,
};

/// A key's or alias's ARN names its Region, and an explicit `--region` must not disagree with it; anything else needs a Region.
pub(crate) fn region_of(context: &Context, key_id: &str) -> Outcome<Region> {
    let key_id = key_id.strip_prefix("embedded:").unwrap_or(key_id);
    let named = key_id.parse::<KeyArn>().map(|arn| arn.region()).or_else(|_| key_id.parse::<AliasArn>().map(|arn| arn.region())).ok();
    match (named, context.explicit_region()) {
        (Some(named), Some(explicit)) if named != explicit => {
            Err(UsageError::new(format!("the key's ARN names the Region {named}, and --region {explicit}; leave one of them out")).into())
        }
        (Some(named), _) => Ok(named),
        (None, _) => context.require_region(),
    }
}
