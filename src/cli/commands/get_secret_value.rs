//! `get-secret-value`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        args::ValueOpeningArgs,
        commands::{
            secret_entry::{NOT_THERE, read, request},
            secret_opening::{SecretOpening, note_only_regions},
        },
        failure::Outcome,
        invocation::Invocation,
        output_file::{Destination, Overwrite, note_readers},
        terminal::note,
    },
    durable::Sync,
    error::Error,
    protocol::answer::{Answer, secret_value},
};

/// Open a secret's bundle and print its value [alias: get]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(
    after_long_help = "Without a Region the primary Region's bundle is opened; where that is missing and one other Region's is here, as where one Region's were \
brought to, that one is, and stderr says so.

Examples:
  coldseal get-secret-value --secret-id MySecret --query SecretString \\
      --output text
  coldseal get-secret-value --secret-id MySecret --region eu-west-1 \\
      --output-file creds.json
  coldseal get-secret-value --secret-id MySecret --output-file - \\
      | jq .username"
)]
pub(crate) struct GetSecretValueArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// The version's id
    #[arg(long, value_name = "ID")]
    pub(crate) version_id: Option<String>,
    /// A staging label of the version [default: AWSCURRENT]
    #[arg(long, value_name = "LABEL")]
    pub(crate) version_stage: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: ValueOpeningArgs,
    /// [coldseal] Write the value, byte for byte, to this file (mode 0600 if it is new); '-' for stdout
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) output_file: Option<PathBuf>,
    /// [coldseal] Overwrite the file; its mode and owner stay
    #[arg(long, requires = "output_file")]
    #[serde(skip)]
    pub(crate) force: bool,
}

pub(super) fn run(invocation: &Invocation, args: &GetSecretValueArgs) -> Outcome {
    let request = request(invocation, args)?;
    // A file that must not be overwritten is an error before anything is opened.
    let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
    let destination = args
        .output_file
        .as_deref()
        .map(|path| Destination::new(invocation.inputs.in_use(), Some(path), overwrite, Sync::FileAndDirectory))
        .transpose()?;
    let opening = SecretOpening::of_signed(invocation, &args.opening)?;
    let secrets = opening.secrets(invocation.regions.of_secret(&args.secret_id)?);
    let Answer::Value(entry) = read(&invocation.printer, &secrets, &request)? else { return Err(NOT_THERE.into()) };
    note_only_regions([&entry]);
    opening.note_not_compared([&entry]);
    match destination {
        Some(destination) => {
            let written = destination.write(&invocation.inputs.prompter, |output| {
                output.write_all(entry.value.expose()).map_err(|error| Error::io("writing the output", error))
            })?;
            if let Some(path) = written {
                note(&format!("{} bytes in {}", entry.value.expose().len(), path.display()));
                note_readers(&path);
            }
            Ok(())
        }
        None => invocation.printer.print_document(secret_value(&entry)?),
    }
}
