//! `seal`, `open` and `inspect`.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    cli::{
        args::{InspectArgs, KeyArgs, OpenArgs, OutputArgs, SealArgs},
        context::Context,
        encryption_context::{Purpose, parse_encryption_context},
        failure::{During as _, Outcome},
        output_file::{Destination, Overwrite},
        paramfile::ParamFiles,
        raw_aes_key::{RawAesKey, parse_raw_aes_key},
        usage::UsageError,
    },
    durable::Sync,
    error::{Error, Result},
    format::{EncryptionContext, HeaderLimits},
    keyring::{AwsKmsDiscoveryKeyring, AwsKmsKeyring, Keyring, display_provider_info},
    kms::EmbeddedKms,
    message::{self, FrameLength, Inspected, OpenOptions, SealOptions},
};

const STDIN: &str = "-";

pub(super) fn seal(context: &Context, args: &SealArgs) -> Outcome {
    const OPERATION: &str = "GenerateDataKey";
    let options = SealOptions { frame_length: frame_length(args.frame_length)? };
    let pairs = parse_pairs(context, args.context.encryption_context.as_deref(), Purpose::Seal)?;
    let encryption_context: EncryptionContext = pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    let raw_keys = raw_keys(&args.keys)?;
    if raw_keys.is_empty() && args.keys.kms_key_id.is_empty() {
        let hint = "--kms-key-id alias/NAME --region us-west-2 for a key of the embedded KMS, or --raw-aes-key NAMESPACE/NAME=FILE";
        return Err(UsageError::new("seal needs at least one key").with_hint(hint).into());
    }
    let destination = destination(&args.output, &args.file, &raw_keys)?;
    if destination.is_terminal() {
        return Err(UsageError::new("a message is binary, which could upset the terminal")
            .with_hint("write it to a file with -o, or use '-o -'")
            .into());
    }
    let kms = if args.keys.kms_key_id.is_empty() { None } else { Some(context.kms(OPERATION)?) };
    let keyrings = strict_keyrings(context, kms.as_ref(), &args.keys, raw_keys)?;
    let keyrings: Vec<&dyn Keyring> = keyrings.iter().map(|keyring| &**keyring).collect();
    let input = input(&args.file).during(OPERATION)?;
    destination.write(|output| message::seal(input, output, &keyrings, &encryption_context, options)).during(OPERATION)?;
    Ok(())
}

pub(super) fn open(context: &Context, args: &OpenArgs) -> Outcome {
    const OPERATION: &str = "Decrypt";
    let mut options = OpenOptions {
        required_context: parse_pairs(context, args.context.encryption_context.as_deref(), Purpose::Open)?,
        ..OpenOptions::default()
    };
    if let Some(limit) = args.max_content_length {
        options.max_content_length = limit;
    }
    if let Some(limit) = args.max_encrypted_data_keys {
        options.header_limits.max_encrypted_data_keys = limit;
    }
    let raw_keys = raw_keys(&args.keys)?;
    let destination = destination(&args.output, &args.file, &raw_keys)?;
    let names_no_key = raw_keys.is_empty() && args.keys.kms_key_id.is_empty();
    let kms = if names_no_key || !args.keys.kms_key_id.is_empty() { Some(context.kms(OPERATION)?) } else { None };
    let mut keyrings = strict_keyrings(context, kms.as_ref(), &args.keys, raw_keys)?;
    if let (true, Some(kms)) = (names_no_key, &kms) {
        keyrings.push(Box::new(AwsKmsDiscoveryKeyring::new(kms)));
    }
    let keyrings: Vec<&dyn Keyring> = keyrings.iter().map(|keyring| &**keyring).collect();
    let input = input(&args.file).during(OPERATION)?;
    destination.write(|output| message::open(input, output, &keyrings, &options)).during(OPERATION)?;
    Ok(())
}

pub(super) fn inspect(context: &Context, args: &InspectArgs) -> Outcome {
    const OPERATION: &str = "Inspect";
    let inspected = input(&args.file).and_then(|input| message::inspect(input, HeaderLimits::default())).during(OPERATION)?;
    context.print(&InspectDocument::of(&inspected))
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
            encryption_context: header.encryption_context.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect(),
            encrypted_data_keys: edks
                .map(|edk| EdkDocument {
                    provider_id: edk.provider_id.clone(),
                    key: display_provider_info(edk),
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

fn frame_length(bytes: Option<u32>) -> Outcome<FrameLength> {
    let Some(bytes) = bytes else { return Ok(FrameLength::default()) };
    let refused = || UsageError::new(format!("--frame-length: a frame has 1 to {} bytes, not {bytes}", FrameLength::MAX));
    Ok(FrameLength::new(bytes).ok_or_else(refused)?)
}

fn parse_pairs(context: &Context, words: Option<&[String]>, purpose: Purpose) -> Outcome<Vec<(String, Option<String>)>> {
    const PARAMETER: &str = "--encryption-context";
    let Some(words) = words else { return Ok(Vec::new()) };
    let words = ParamFiles::new(&context.environment).words(PARAMETER, words)?;
    Ok(parse_encryption_context(PARAMETER, &words, purpose)?)
}

fn raw_keys(args: &KeyArgs) -> Outcome<Vec<RawAesKey>> {
    args.raw_aes_key.iter().map(|word| parse_raw_aes_key(word)).collect()
}

fn strict_keyrings<'a>(
    context: &Context,
    kms: Option<&'a EmbeddedKms>,
    args: &KeyArgs,
    raw_keys: Vec<RawAesKey>,
) -> Outcome<Vec<Box<dyn Keyring + 'a>>> {
    let mut keyrings: Vec<Box<dyn Keyring + 'a>> = Vec::new();
    if let Some(kms) = kms {
        for key_id in &args.kms_key_id {
            let region = crate::cli::kms_key::region_of(context, key_id)?;
            let key = kms.resolve(region, key_id).during("DescribeKey")?;
            keyrings.push(Box::new(AwsKmsKeyring::new(kms, key)));
        }
    }
    for key in raw_keys {
        keyrings.push(Box::new(key.keyring));
    }
    Ok(keyrings)
}

fn destination(args: &OutputArgs, file: &Path, raw_keys: &[RawAesKey]) -> Outcome<Destination> {
    let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
    let sync = if args.no_sync { Sync::Nothing } else { Sync::FileAndDirectory };
    let inputs: Vec<&Path> = std::iter::once(file).chain(raw_keys.iter().map(|key| key.file.as_path())).collect();
    Destination::new(args.output_file.as_deref(), overwrite, sync, &inputs)
}

fn input(file: &PathBuf) -> Result<Box<dyn Read>> {
    if file == Path::new(STDIN) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(file).map_err(|error| Error::io_at("opening", file, error))?;
    Ok(Box::new(opened))
}
