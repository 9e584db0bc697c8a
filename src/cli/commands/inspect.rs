//! `inspect`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    cli::{commands::message_files::input, failure::Outcome, invocation::Invocation, raw_key::spelled},
    format::HeaderLimits,
    keyring::{display_provider_info, raw_key_name},
    message::{self, Inspected},
};

/// [coldseal] Print a message's header as JSON, without any key
///
/// Reads the message to its end and checks its structure. Nothing of it is authenticated.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:
  coldseal inspect photos.bundle --query EncryptionContext")]
pub(crate) struct InspectArgs {
    /// The message [default: stdin]
    #[arg(default_value = "-", hide_default_value = true)]
    pub(crate) file: PathBuf,
}

pub(super) fn run(invocation: &Invocation, args: &InspectArgs) -> Outcome {
    let input = input(invocation.inputs.in_use(), &args.file)?;
    let inspected = message::inspect(input, HeaderLimits::default())?;
    invocation.printer.print(&InspectDocument::of(&inspected))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InspectDocument {
    version: &'static str,
    algorithm_suite_id: String,
    algorithm_suite: &'static str,
    message_id: String,
    encryption_context: Map<String, Value>,
    encrypted_data_keys: Vec<EdkDocument>,
    content_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame_length: Option<u32>,
    key_commitment: String,
    header_length: u64,
    frames: u64,
    plaintext_length: u64,
    message_length: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EdkDocument {
    provider_id: String,
    key: String,
    /// How `--raw-aes-key`, `--raw-rsa-key` and `--recovery-key` name it, before `=FILE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_key: Option<String>,
    ciphertext_length: usize,
}

impl InspectDocument {
    fn of(seen: &Inspected) -> Self {
        let header = &seen.header;
        let edks = header.encrypted_data_keys.iter();
        Self {
            version: "2.0",
            algorithm_suite_id: format!("{:#06x}", header.suite.id()),
            algorithm_suite: header.suite.name(),
            message_id: hex::encode(header.message_id.0),
            encryption_context: header.encryption_context.iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect(),
            encrypted_data_keys: edks
                .map(|edk| EdkDocument {
                    provider_id: edk.provider_id.clone(),
                    key: display_provider_info(edk),
                    raw_key: raw_key_name(edk).map(|(namespace, name)| spelled(namespace, name)),
                    ciphertext_length: edk.ciphertext.len(),
                })
                .collect(),
            content_type: if seen.frame_length().is_some() { "framed" } else { "non-framed" },
            frame_length: seen.frame_length(),
            key_commitment: hex::encode(header.commitment),
            header_length: seen.header_length,
            frames: seen.frames,
            plaintext_length: seen.plaintext_length,
            message_length: seen.message_length,
        }
    }
}
