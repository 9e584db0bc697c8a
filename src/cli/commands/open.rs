//! `open`

mod bundle_of_vault;
mod signed_input;

use std::{
    io::{self, Read},
    path::PathBuf,
};

use clap::Args;

use crate::{
    cli::{
        args::{FreshnessArgs, MessageArgs, OutputArgs, SignersArgs, ThreadsArgs},
        commands::{
            keys::{OpeningKeys, raw_keys},
            message_files::{Input, from_start, message_destination},
            message_options::{note_region, open_options},
            open::{
                bundle_of_vault::in_vault,
                signed_input::{Again, DemandedSignatures, SignedInput},
            },
        },
        encryption_context::Purpose,
        failure::Outcome,
        invocation::Invocation,
        output_file::note_readers,
        signing::SignatureDemand,
    },
    error::{Error, Result},
    message,
};

/// [coldseal] Decrypt one AWS Encryption SDK message
///
/// Without a key option every key of the keystore that the message names is tried. To a pipe, an exit code other than 0 means: discard.
/// Of a signed message nothing goes to a pipe before the signature is verified: up to 64 MiB wait in memory, a longer FILE is read twice.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal open photos.bundle -o photos.tar
  coldseal open photos.bundle --raw-aes-key home/backup=backup.key \\
      --encryption-context purpose=backup | tar x
  coldseal open photos.bundle --raw-rsa-key home/safe=safe.pem -o photos.tar
  coldseal open photos.bundle --raw-ecdh-key laptop.pem -o photos.tar
  coldseal open photos.bundle --kms aws --account-id 111122223333 \\
      -o photos.tar
  coldseal open photos.bundle --signers allowed_signers --threshold 2 \\
      -o photos.tar

With --signers the message itself, as it lies in FILE, has to be signed by one of them ('coldseal sign', 'ssh-keygen -Y sign -n coldseal-file'): \
by --signature, else by what is beside FILE, FILE.sig and FILE.KEY.sig. Nothing comes out before that; what comes from a pipe and goes to one is \
held until then, up to 64 MiB. Of a bundle that lies in a vault the vault's root is demanded instead, unless --signature is there: the bundle has to be \
one that the newest root names which enough of them signed.

With --kms aws keys in AWS KMS are tried too, after those of the keystore: keys of the configured account, in the Region of their ARN or of
--region, unless --kms-key-id names one or --kms-discovery another account.")]
pub(crate) struct OpenArgs {
    /// The message to decrypt [default: stdin]
    #[arg(default_value = "-", hide_default_value = true)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) message: MessageArgs,
    /// Longest content of one frame or single block, in bytes; it is held in memory [default: 16777216]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_content_length: Option<u64>,
    /// Most encrypted data keys in a message [default: 128]
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_encrypted_data_keys: Option<u16>,
    #[command(flatten)]
    pub(crate) threads: ThreadsArgs,
    /// Write a signed message to a pipe frame by frame, before its signature is verified: what came out counts only with exit code 0
    #[arg(long)]
    pub(crate) stream_unverified: bool,
    #[command(flatten)]
    pub(crate) signers: SignersArgs,
    /// A signature of FILE; repeat it for several [default: FILE.sig and FILE.KEY.sig, as far as they are there]
    #[arg(long, value_name = "SIGNATURE")]
    pub(crate) signature: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) freshness: FreshnessArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

pub(super) fn run(invocation: &Invocation, args: &OpenArgs) -> Outcome {
    let mut options = open_options(&invocation.inputs, &invocation.regions, args.message.context.encryption_context.as_deref())?;
    options.threads = args.threads.get();
    if let Some(limit) = args.max_content_length {
        options.max_content_length = limit;
    }
    if let Some(limit) = args.max_encrypted_data_keys {
        options.header_limits.max_encrypted_data_keys = limit;
    }
    let files = invocation.inputs.in_use();
    let raw_keys = raw_keys(files, &args.message.keys, Purpose::Open)?;
    let demand = SignatureDemand::of(&invocation.inputs.environment, &args.signers)?;
    let of_root = demand.as_ref().filter(|_| args.signature.is_empty());
    let (demanded, input) = match in_vault(files, of_root, &args.freshness, &args.file)? {
        Some(bundle) => (None, bundle),
        None => {
            let demanded = DemandedSignatures::find(&invocation.inputs, demand, &args.signature, &args.file)?;
            (demanded, Input::open(files, &args.file)?)
        }
    };
    let destination = message_destination(invocation.inputs.in_use(), &args.output)?;
    let needs_kms = raw_keys.is_empty() || !args.message.keys.kms_key_id.is_empty();
    let kms = if needs_kms { Some(invocation.kms_for_messages()?) } else { None };
    let keys = OpeningKeys::find(invocation.key_names(), kms.as_ref(), &args.message.keys, raw_keys)?;
    let openers = keys.openers(kms.as_ref(), Vec::new());
    let is_held = !destination.is_file() && !args.stream_unverified;
    let (reader, again, explained) = parts(demanded, input, destination.is_file())?;
    let mut header = None;
    let open = |output: &mut (dyn io::Write + Send)| {
        let opened = openers.with(openers.farthest(), None, |keyrings| {
            if is_held {
                message::open_held(reader, again, output, keyrings, &options)
            } else {
                message::open(reader, output, keyrings, &options)
            }
        })?;
        header = Some(opened.header);
        Ok(())
    };
    if let Some(path) = destination.write(&invocation.inputs.prompter, open).map_err(explained)? {
        note_readers(&path);
    }
    header.iter().for_each(|header| note_region(&invocation.regions, "this bundle", &header.encryption_context));
    Ok(())
}

/// The input, the same for a second pass, and what makes of an error the one behind it.
type OpenedParts = (Box<dyn Read + Send>, Option<Again>, Box<dyn FnOnce(Error) -> Error>);

fn parts(demanded: Option<DemandedSignatures>, input: Input, to_file: bool) -> Result<OpenedParts> {
    let Some(demanded) = demanded else {
        let again = input.file.map(|file| -> Again { Box::new(|| Ok(Box::new(from_start(file)?))) });
        return Ok((input.reader, again, Box::new(|error| error)));
    };
    let (reader, again, explained) = SignedInput::new(demanded, input, to_file)?.into_parts();
    Ok((reader, again, Box::new(explained)))
}
