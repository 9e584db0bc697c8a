//! `enable-region`

use clap::Args;

use crate::{
    cli::{
        commands::kms::entry, failure::Outcome, invocation::Invocation, regions::parse_region, replica_regions::plain_names, terminal::note,
    },
    region::Region,
};

/// [coldseal] Enable Regions that AWS does not enable by default
#[derive(Debug, Args)]
#[command(after_long_help = "Example:
  coldseal kms enable-region af-south-1 ap-east-1")]
pub(crate) struct EnableRegionArgs {
    /// The Regions [default: --region]
    #[arg(value_name = "REGION")]
    pub(crate) regions: Vec<String>,
}

pub(super) fn run(invocation: &Invocation, args: &EnableRegionArgs) -> Outcome {
    let regions: Vec<Region> = if args.regions.is_empty() {
        vec![invocation.regions.require()?]
    } else {
        args.regions.iter().flat_map(|word| plain_names(word)).map(|name| parse_region("enable-region", name)).collect::<Result<_, _>>()?
    };
    let news: Vec<bool> = entry::change(&invocation.keystore, |kms| Ok(regions.iter().map(|region| kms.enable_region(*region)).collect()))?;
    for (region, is_new) in regions.iter().zip(news) {
        note(&format!("{region} {}", if is_new { "is enabled" } else { "was enabled already" }));
    }
    Ok(())
}
