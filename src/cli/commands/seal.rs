//! `seal`

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        args::{FrameArgs, MessageArgs, OutputArgs, RegionBundleArgs, WrapArgs},
        commands::{
            bundle_files::BundleFiles,
            key_warnings::{of_message, tell},
            keys::{kms_keys, raw_keys, sealing_keyrings},
            message_files::{input, message_destination, writing},
            message_options::{SIGNED, parse_pairs, seal_options},
        },
        encryption_context::Purpose,
        failure::Outcome,
        invocation::Invocation,
        recovery_key::{Wrapping, key_options},
        usage::UsageError,
    },
    format::EncryptionContext,
    kms::key_choice::borrowed,
    message::{self, SealOptions},
    vault::RecoveryKey,
};

/// [coldseal] Encrypt a file of any size into one AWS Encryption SDK message
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal seal photos.tar --kms-key-id alias/backup --region us-west-2 \\
      -o photos.bundle
  head -c 32 /dev/urandom > backup.key
  tar c photos | coldseal seal --raw-aes-key home/backup=backup.key \\
      --encryption-context purpose=backup > photos.bundle
  coldseal seal photos.tar --raw-rsa-key home/safe=safe.pub.pem \\
      --raw-ecdh-key laptop.pub.pem -o photos.bundle
  coldseal seal photos.tar --output-dir bundles \\
      --to Region=us-west-2,KmsKeyId=alias/backup --to eu-west-1

Several keys make one message that each of them opens; --to makes one message for each Region, under that Region's key.")]
pub(crate) struct SealArgs {
    /// The file to encrypt [default: stdin]
    #[arg(default_value = "-", hide_default_value = true)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) message: MessageArgs,
    #[command(flatten)]
    pub(crate) frames: FrameArgs,
    /// Sign each message (suite 0x0578): who opens it with one key cannot change it for the others. Not with RSA keys of AWS KMS
    #[arg(long)]
    pub(crate) sign_message: bool,
    #[command(flatten)]
    pub(crate) bundles: RegionBundleArgs,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

pub(super) fn run(invocation: &Invocation, args: &SealArgs) -> Outcome {
    let options = seal_options(&args.frames, args.sign_message.then_some(SIGNED))?;
    let pairs = parse_pairs(&invocation.inputs, args.message.context.encryption_context.as_deref(), Purpose::Seal)?;
    let encryption_context: EncryptionContext = pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    if !args.bundles.to.is_empty() {
        return seal_to(invocation, args, &encryption_context, options);
    }
    let files = invocation.inputs.in_use();
    let raw_keys = raw_keys(files, &args.message.keys, Purpose::Seal)?;
    if raw_keys.is_empty() && args.message.keys.kms_key_id.is_empty() {
        let hint =
            "--kms-key-id alias/NAME --region us-west-2 for a key of the embedded KMS, or --raw-aes-key, --raw-rsa-key or --raw-ecdh-key";
        return Err(UsageError::new("seal needs at least one key").with_hint(hint).into());
    }
    let wrapping = Wrapping::read(files, &args.wrap)?;
    let input = input(files, &args.file)?;
    let destination = message_destination(invocation, &args.output)?;
    if destination.is_terminal() {
        return Err(UsageError::new("a message is binary, which could upset the terminal")
            .with_hint("write it to a file with -o, or use '-o -'")
            .into());
    }
    let names = invocation.key_names();
    let kms = if args.message.keys.kms_key_id.is_empty() && !wrapping.needs_kms() { None } else { Some(invocation.kms_for_messages()?) };
    let mut key_options = key_options(names, kms.as_ref(), wrapping, Vec::new())?;
    let kms_keys = kms.as_ref().map_or_else(|| Ok(Vec::new()), |kms| kms_keys(names, kms, &key_options, &args.message.keys))?;
    key_options.recovery_keys.extend(raw_keys.into_iter().map(RecoveryKey::Keyring));
    let keyrings = sealing_keyrings(kms.as_ref(), &kms_keys, &key_options);
    destination
        .write(&invocation.inputs.prompter, |output| message::seal(input, output, &borrowed(&keyrings), &encryption_context, options))?;
    if let Some(kms) = &kms {
        tell(&of_message(kms, &kms_keys, &key_options));
    }
    Ok(())
}

fn seal_to(invocation: &Invocation, args: &SealArgs, pairs: &EncryptionContext, options: SealOptions) -> Outcome {
    if !args.message.keys.kms_key_id.is_empty() || args.message.keys.has_raw_keys() || args.output.output_file.is_some() {
        let hint = "--to Region=us-west-2,KmsKeyId=alias/NAME names a Region's key, --output-dir the directory of the bundles";
        return Err(UsageError::new("--to goes without --kms-key-id, --raw-aes-key, --raw-rsa-key, --raw-ecdh-key and --output-file")
            .with_hint(hint)
            .into());
    }
    let input = input(invocation.inputs.in_use(), &args.file)?;
    let writing = writing(args.output.force, args.output.no_sync);
    let bundles = BundleFiles::plan(invocation, (&args.bundles, &args.wrap), writing, &args.file)?;
    bundles.check_suite(options.suite.unwrap_or_default())?;
    bundles.write((&invocation.keystore, &invocation.printer, &invocation.inputs.prompter), |plan, durable, keys| {
        plan.seal(durable, keys, input, pairs, options)
    })
}
