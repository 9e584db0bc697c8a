//! `list-regions`

use clap::Args;
use serde_json::{Value, json};

use crate::{
    cli::{failure::Outcome, invocation::Invocation},
    region::Region,
};

/// There is nothing to say.
#[derive(Debug, Args)]
pub(crate) struct ListRegionsArgs {}

/// Works without a keystore too: which Regions there are is no secret.
pub(super) fn run(invocation: &Invocation) -> Outcome {
    let kms = invocation.keystore.read_if_any()?;
    let entry = |region: Region| {
        let enabled = kms.as_ref().map_or_else(|| region.is_enabled_by_default(), |kms| kms.is_enabled(region));
        let default_key = kms.as_ref().and_then(|kms| kms.chosen_default_key(region));
        json!({
            "RegionName": region,
            "Partition": region.partition().id(),
            "Enabled": enabled,
            "OptIn": !region.is_enabled_by_default(),
            "DefaultKeyId": default_key,
        })
    };
    let regions: Vec<Value> = Region::all().map(entry).collect();
    invocation.printer.print(&json!({ "Regions": regions }))
}
