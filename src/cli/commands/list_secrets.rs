//! `list-secrets`

use clap::{ArgAction, Args};
use serde::Serialize;

use crate::{
    cli::{
        args::PagingArgs,
        command_operation::CommandOperation,
        commands::secret_entry::NOT_THERE,
        failure::Outcome,
        faults,
        invocation::Invocation,
        members::Arguments,
        paging::{ListOperation, ManualPage},
        progress::with_progress,
    },
    protocol::{
        self,
        answer::Answer,
        operation::{Run, Secrets, Service},
    },
    timestamp::Timestamp,
};

/// List the secrets of a Region, or of all Regions [alias: list]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(
    after_long_help = "Without a Region every secret is listed once, in its primary Region. A secret whose record cannot be read is named on stderr,
the others are listed, and the exit code is 1.

Examples:
  coldseal list-secrets --query 'SecretList[].Name' --output text
  coldseal list-secrets --filters Key=name,Values=production/ \\
      Key=tag-key,Values=!legacy --sort-by created-date --sort-order desc
  coldseal list-secrets --due --query 'SecretList[].[Name,RotationDueDate]'
  coldseal list-secrets --max-items 20 --output table"
)]
pub(crate) struct ListSecretsArgs {
    /// Only secrets that pass all of these: Key=name,Values=prod ..., or JSON. Keys: description, name, tag-key, tag-value, primary-region, owning-service, all
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    pub(crate) filters: Option<Vec<String>>,
    /// created-date, last-accessed-date (not kept: by name), last-changed-date or name [default: created-date]
    #[arg(long, value_name = "WHAT")]
    pub(crate) sort_by: Option<String>,
    /// asc or desc [default: asc]
    #[arg(long, value_name = "ORDER")]
    pub(crate) sort_order: Option<String>,
    /// Also list secrets that are marked for deletion and can be restored
    #[arg(long, overrides_with = "_no_include_planned_deletion")]
    pub(crate) include_planned_deletion: bool,
    #[arg(long = "no-include-planned-deletion", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_include_planned_deletion: bool,
    /// One page of at most so many entries, 1 to 100, as the service gives it
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) max_results: Option<i64>,
    /// The page after the one that gave this NextToken
    #[arg(long, value_name = "TOKEN")]
    pub(crate) next_token: Option<String>,
    /// [coldseal] Only secrets whose RotationDueDate has passed
    #[arg(long)]
    #[serde(skip)]
    pub(crate) due: bool,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) paging: PagingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &ListSecretsArgs) -> Outcome {
    let operation = protocol::find(Service::SecretsManager, invocation.printer.operation()).ok_or(NOT_THERE)?;
    let (Run::Secrets(list), Some(pages)) = (&operation.run, operation.paging) else { return Err(NOT_THERE.into()) };
    let region = invocation.regions.configured()?;
    let request = Arguments::of(args)?.with_page_size(pages, args.paging.page_size).request(&invocation.inputs, operation)?;
    // A list needs no key.
    let keys = invocation.access.key_options();
    let Answer::Secrets(mut listed, order) =
        with_progress(&invocation.vault, |vault| list(&Secrets { vault, kms: None, keys: &keys, region, lists: None }, &request))?
    else {
        return Err(NOT_THERE.into());
    };
    if args.due {
        let now = Timestamp::now_within_years();
        listed.entries.retain(|entry| entry.is_rotation_due(now));
    }
    let page = ManualPage::of(&request, pages, args.max_results)?;
    let printed = ListOperation::of(pages).print(&invocation.printer, (&listed.entries, &order), &args.paging, page);
    // No secret value is in them, and the process ends: to wipe and free a hundred thousand one by one takes as long as to read some of them.
    std::mem::forget(listed.entries);
    printed?;
    faults::tell(&listed.faults, CommandOperation::ListSecrets)
}
