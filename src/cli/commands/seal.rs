//! `seal`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::{
    arn::KeyArn,
    cli::{
        args::{FrameArgs, MessageArgs, OutputArgs, RegionBundleArgs, WrapArgs},
        commands::{
            bundle_files::BundleFiles,
            bundle_input::BundleInput,
            held_keystore::HeldKeystore,
            key_warnings::{of_message, tell},
            keys::{kms_keys, raw_keys, sealing_keyrings},
            message_files::{input, message_destination},
            message_options::{SIGNED, parse_pairs, seal_options},
        },
        encryption_context::Purpose,
        failure::Outcome,
        invocation::Invocation,
        paramfile::STDIN,
        recovery_key::{Wrapping, key_options, keyrings},
        regions::Regions,
        terminal::note,
        usage::UsageError,
    },
    format::EncryptionContext,
    kms::{
        EmbeddedKms, is_written_as_embedded,
        key_choice::{KeyOptions, RecoveryKey, ReplicaRegion, borrowed, names_default_key},
    },
    message::{self, SealOptions},
    region::Region,
    region_bundles::RegionPlan,
};

/// [coldseal] Encrypt a file of any size into one AWS Encryption SDK message
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal seal photos.tar --kms-key-id alias/backup --region us-west-2 \\
      -o photos.bundle
  (umask 077 && head -c 32 /dev/urandom > backup.key)
  tar c photos | coldseal seal --raw-aes-key home/backup=backup.key \\
      --encryption-context purpose=backup > photos.bundle
  coldseal seal photos.tar --raw-rsa-key home/safe=safe.pub.pem \\
      --raw-ecdh-key laptop.pub.pem -o photos.bundle
  coldseal seal photos.tar --output-dir bundles \\
      --to Region=us-west-2,KmsKeyId=alias/backup eu-west-1
  tar c photos | coldseal seal --to us-west-2 eu-west-1 \\
      --stdin-name photos.tar

Several keys make one message that each of them opens; --to makes one message for each Region, under that Region's key. Without a key a Region \
uses its default key, alias/aws/secretsmanager unless 'coldseal kms set-default-key' set another, which is made when it is first needed.")]
pub(crate) struct SealArgs {
    /// The file to encrypt [default: stdin]
    pub(crate) file: Option<PathBuf>,
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
    let default_key_region = default_key_region(&invocation.regions, args)?;
    let wrapping = Wrapping::read(files, &args.wrap)?;
    let input = input(files, args.file.as_deref().unwrap_or(Path::new(STDIN)))?;
    let destination = message_destination(invocation.inputs.in_use(), &args.output)?;
    if destination.is_terminal() {
        return Err(UsageError::new("a message is binary, which could upset the terminal")
            .with_hint("write it to a file with -o, or use '-o -'")
            .into());
    }
    let Keys { kms, kms_keys, mut options_of_keys } = Keys::find(invocation, args, &wrapping, default_key_region)?;
    options_of_keys.recovery_keys.extend(keyrings(raw_keys).into_iter().map(RecoveryKey::Keyring));
    let keyrings = sealing_keyrings(kms.as_ref(), &kms_keys, &options_of_keys);
    destination
        .write(&invocation.inputs.prompter, |output| message::seal(input, output, &borrowed(&keyrings), &encryption_context, options))?;
    if let Some(kms) = &kms {
        tell(&of_message(kms, &kms_keys, &options_of_keys));
    }
    Ok(())
}

/// The Region whose default key seals, where no key is named.
fn default_key_region(regions: &Regions, args: &SealArgs) -> Outcome<Option<Region>> {
    if !args.message.keys.kms_key_id.is_empty() || args.message.keys.has_raw_keys() {
        return Ok(None);
    }
    let needed = || {
        UsageError::new("seal needs at least one key").with_hint(
            "--kms-key-id alias/NAME --region us-west-2 for a key of the embedded KMS, --region us-west-2 alone for the Region's default key, or --raw-aes-key, --raw-rsa-key or --raw-ecdh-key",
        )
    };
    Ok(Some(regions.configured()?.ok_or_else(needed)?))
}

/// The keys of KMS, and how they wrap.
struct Keys {
    /// `None` where no key is one of KMS.
    kms: Option<EmbeddedKms>,
    kms_keys: Vec<KeyArn>,
    options_of_keys: KeyOptions,
}

impl Keys {
    /// Finds them; a default key that is new is durable when this returns, and the keystore's lock given up.
    fn find(invocation: &Invocation, args: &SealArgs, wrapping: &Wrapping, default_key_region: Option<Region>) -> Outcome<Self> {
        let names = invocation.key_names();
        let key_ids: Vec<&str> = args.message.keys.kms_key_id.iter().map(String::as_str).chain(wrapping.kms_key_ids()).collect();
        if key_ids.is_empty() && default_key_region.is_none() {
            return Ok(Self { kms: None, kms_keys: Vec::new(), options_of_keys: key_options(names, None, wrapping, Vec::new())? });
        }
        let mut keystore = if default_key_region.is_some() || key_ids.iter().any(|key_id| names_default_key(key_id)) {
            let wants_keystore = key_ids.iter().any(|key_id| is_written_as_embedded(key_id));
            HeldKeystore::for_new_keys(invocation, wants_keystore)?
        } else {
            HeldKeystore::for_known_keys(invocation)?
        };
        let options_of_keys = key_options(names, Some(keystore.kms_mut()), wrapping, Vec::new())?;
        let mut kms_keys = kms_keys(names, keystore.kms_mut(), &options_of_keys, &args.message.keys)?;
        if let Some(region) = default_key_region {
            let plan = RegionPlan::new(keystore.kms_mut(), &options_of_keys, &[ReplicaRegion::new(region.name())])?;
            kms_keys.extend(plan.keys().cloned());
        }
        let kms = keystore.committed(&invocation.keystore)?;
        if default_key_region.is_some() {
            kms_keys.iter().for_each(|key| note(&format!("no key is named: sealing under the Region's default key, {key}")));
        }
        Ok(Self { kms: Some(kms), kms_keys, options_of_keys })
    }
}

fn seal_to(invocation: &Invocation, args: &SealArgs, pairs: &EncryptionContext, options: SealOptions) -> Outcome {
    if !args.message.keys.kms_key_id.is_empty() || args.message.keys.has_raw_keys() || args.output.output_file.is_some() {
        let hint = "--to Region=us-west-2,KmsKeyId=alias/NAME names a Region's key, --output-dir the directory of the bundles";
        return Err(UsageError::new("--to goes without --kms-key-id, --raw-aes-key, --raw-rsa-key, --raw-ecdh-key and --output-file")
            .with_hint(hint)
            .into());
    }
    let bundle_input = BundleInput::of(&args.bundles, args.file.as_deref())?;
    let input = input(invocation.inputs.in_use(), &bundle_input.file)?;
    let bundles = BundleFiles::plan(invocation, (&args.bundles, &args.wrap), args.output.write.writing(), &bundle_input)?;
    bundles.check_suite(options.suite.unwrap_or_default())?;
    bundles.write((&invocation.keystore, &invocation.printer, &invocation.inputs.prompter), |plan, durable, keys| {
        plan.seal(durable, keys, input, pairs, options)
    })
}
