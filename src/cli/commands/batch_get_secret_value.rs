//! `batch-get-secret-value`

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        args::ValueOpeningArgs,
        command_operation::CommandOperation,
        commands::{
            secret_entry::{NOT_THERE, read, request},
            secret_opening::{SecretOpening, note_only_regions},
        },
        failure::Outcome,
        faults,
        invocation::Invocation,
        regions::Regions,
        terminal::warn,
    },
    protocol::answer::{Answer, secret_values},
    region::Region,
};

/// Open the bundles of several secrets and print their current values
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(
    after_long_help = "Either names or filters. What cannot be read is in Errors, and the exit code is 0, as with the AWS CLI; a record that \
cannot be read at all is named on stderr, and the exit code is 1. One call gives one page, as the service does: at most 20 values, and a NextToken \
where more follow.

Examples:
  coldseal batch-get-secret-value --secret-id-list db mail
  coldseal batch-get-secret-value --region eu-west-1 \\
      --filters Key=tag-key,Values=web Key=name,Values=production/
  coldseal batch-get-secret-value --filters Key=name,Values=prod \\
      --query 'SecretValues[].[Name,SecretString]' --output text"
)]
pub(crate) struct BatchGetSecretValueArgs {
    /// 1 to 20 secrets: names, ARNs or partial ARNs, or a JSON list
    #[arg(long, value_name = "SECRET", num_args = 1..)]
    pub(crate) secret_id_list: Option<Vec<String>>,
    /// Secrets that pass all of these, as for list-secrets: Key=name,Values=prod ..., or JSON
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    pub(crate) filters: Option<Vec<String>>,
    /// With --filters: at most so many values, 1 to 20 [default: 20]
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) max_results: Option<i64>,
    /// With --filters: the page after the one that gave this NextToken
    #[arg(long, value_name = "TOKEN")]
    pub(crate) next_token: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: ValueOpeningArgs,
}

pub(super) fn run(invocation: &Invocation, args: &BatchGetSecretValueArgs) -> Outcome {
    let request = request(invocation, args)?;
    let region = region(&invocation.regions, request.texts("SecretIdList"))?;
    let opening = SecretOpening::of_signed(invocation, &args.opening)?;
    let Answer::Values(values) = read(&invocation.printer, &opening.secrets(region), &request)? else { return Err(NOT_THERE.into()) };
    note_only_regions(&values.entries);
    opening.note_not_compared(&values.entries);
    if !values.errors.is_empty() {
        let count = values.entries.len() + values.errors.len();
        warn(&format!("{} of {count} secrets could not be read: see Errors", values.errors.len()));
    }
    invocation.printer.print_document(secret_values(&values)?)?;
    faults::tell(&values.faults, CommandOperation::BatchGetSecretValue)
}

/// ARNs name their own Region: what is configured is for names.
fn region(regions: &Regions, ids: &[String]) -> Outcome<Option<Region>> {
    let all_are_arns = !ids.is_empty() && ids.iter().all(|id| id.starts_with("arn:"));
    if all_are_arns { Ok(regions.explicit()) } else { regions.configured() }
}
