//! `status`

mod table;

use clap::Args;

use self::table::StatusTable;
use crate::cli::{
    command_operation::CommandOperation, commands::each_secret::parse_filters, failure::Outcome, faults, invocation::Invocation,
    progress::with_progress, terminal::print_text,
};

/// [coldseal] Show every secret by its Regions: primary, in sync, failed
///
/// On a terminal a table in colour, elsewhere JSON; --output table is that table too. With --region only the secrets that are in that Region, all
/// their Regions shown. No key is needed: a keystore that opens tells which Regions' values open here.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal status
  coldseal status --filters Key=name,Values=production/
  coldseal status --output text --query \\
      'Secrets[].Regions[?Status==`Failed`][].[Region,StatusMessage]'

A secret that is marked for deletion is shown with the date, until it is removed. A replica that failed later keeps the version of before, which is shown.
A replica that failed is no error of this command: the exit code is 0, and 1 where a secret's record cannot be read. \
'coldseal replicate-secret-to-regions' tries a failed Region again; 'coldseal verify' checks the bundles themselves.")]
pub(crate) struct StatusArgs {
    /// Only secrets that pass all of these, as in list-secrets: Key=name,Values=prod ..., or JSON
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    pub(crate) filters: Option<Vec<String>>,
}

pub(super) fn run(invocation: &Invocation, args: &StatusArgs) -> Outcome {
    let filters = parse_filters(&invocation.inputs, args.filters.as_deref())?;
    invocation.vault.require()?;
    let (kms, keys) = (invocation.kms_for_metadata("no bundle is marked as opening here")?, invocation.access.key_options());
    let region = invocation.regions.explicit();
    let listed = with_progress(&invocation.vault, |vault| vault.secret_statuses(kms.as_ref(), &keys, region, &filters))?;
    let printed = match invocation.printer.own_table() {
        Some(look) => print_text(&StatusTable::new(&listed.entries, look).render()),
        None => invocation.printer.print_list("Secrets", &listed.entries, None),
    };
    // Nothing secret is in them, and the process ends.
    std::mem::forget(listed.entries);
    printed?;
    faults::tell(&listed.faults, CommandOperation::Status)
}
