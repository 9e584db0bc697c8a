//! `seal`, `open` and `rewrap`.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read, Seek as _},
    path::Path,
};

use super::{
    bundle_files::BundleFiles,
    keys::{OpeningKeys, kms_keys, raw_keys, sealing_keyrings, warn_about_message},
};
use crate::{
    cli::{
        args::{OpenArgs, OutputArgs, RewrapArgs, SealArgs},
        encryption_context::{Purpose, parse_encryption_context},
        failure::Outcome,
        invocation::Invocation,
        output_file::{Destination, Overwrite},
        progress::Progress,
        raw_key::RawKey,
        recovery_key::{key_options, needs_kms},
        terminal::note,
        usage::UsageError,
    },
    durable::Sync,
    error::{Error, Result},
    format::EncryptionContext,
    message::{self, FrameLength, OpenOptions, Rewrapper, SealOptions},
    region::Region,
    region_bundles::{REGION_PAIR, Writing},
    suite::AlgorithmSuite,
    vault::{RecoveryKey, borrowed},
};

const SIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384;
const UNSIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKey;
const STDIN: &str = "-";

pub(super) fn seal(invocation: &Invocation, args: &SealArgs) -> Outcome {
    let options = SealOptions {
        frame_length: frame_length(args.frame_length)?,
        suite: args.sign_message.then_some(SIGNED),
        threads: args.threads.get(),
    };
    let pairs = parse_pairs(invocation, args.context.encryption_context.as_deref(), Purpose::Seal)?;
    let encryption_context: EncryptionContext = pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    if !args.bundles.to.is_empty() {
        return seal_to(invocation, args, &encryption_context, options);
    }
    let raw_keys = raw_keys(&args.keys, Purpose::Seal)?;
    if raw_keys.is_empty() && args.keys.kms_key_id.is_empty() {
        let hint =
            "--kms-key-id alias/NAME --region us-west-2 for a key of the embedded KMS, or --raw-aes-key, --raw-rsa-key or --raw-ecdh-key";
        return Err(UsageError::new("seal needs at least one key").with_hint(hint).into());
    }
    let destination = destination(invocation, &args.output, &args.file, &raw_keys)?;
    if destination.is_terminal() {
        return Err(UsageError::new("a message is binary, which could upset the terminal")
            .with_hint("write it to a file with -o, or use '-o -'")
            .into());
    }
    let kms = if args.keys.kms_key_id.is_empty() && !needs_kms(&args.wrap) { None } else { Some(invocation.kms_for_messages()?) };
    let mut key_options = key_options(invocation, kms.as_ref(), &args.wrap, Vec::new())?;
    let kms_keys = kms.as_ref().map_or_else(|| Ok(Vec::new()), |kms| kms_keys(invocation, kms, &key_options, &args.keys))?;
    key_options.recovery_keys.extend(raw_keys.into_iter().map(|key| RecoveryKey::Keyring(key.keyring)));
    let keyrings = sealing_keyrings(kms.as_ref(), &kms_keys, &key_options);
    let input = input(&args.file)?;
    destination
        .write(&invocation.inputs.prompter, |output| message::seal(input, output, &borrowed(&keyrings), &encryption_context, options))?;
    if let Some(kms) = &kms {
        warn_about_message(kms, &kms_keys, &key_options);
    }
    invocation.access.note_calls();
    Ok(())
}

fn seal_to(invocation: &Invocation, args: &SealArgs, pairs: &EncryptionContext, options: SealOptions) -> Outcome {
    if !args.keys.kms_key_id.is_empty() || args.keys.has_raw_keys() || args.output.output_file.is_some() {
        let hint = "--to Region=us-west-2,KmsKeyId=alias/NAME names a Region's key, --output-dir the directory of the bundles";
        return Err(UsageError::new("--to goes without --kms-key-id, --raw-aes-key, --raw-rsa-key, --raw-ecdh-key and --output-file")
            .with_hint(hint)
            .into());
    }
    let input = input(&args.file)?;
    let writing = writing(args.output.force, args.output.no_sync);
    let bundles = BundleFiles::plan(invocation, (&args.bundles, &args.wrap), writing, &args.file)?;
    bundles.check_suite(options.suite.unwrap_or_default())?;
    bundles.write(invocation, |plan, durable, keys| plan.seal(durable, keys, input, pairs, options))
}

pub(super) fn rewrap(invocation: &Invocation, args: &RewrapArgs) -> Outcome {
    let options = SealOptions { frame_length: frame_length(args.frame_length)?, suite: suite_of_rewrap(args), threads: args.threads.get() };
    let open_options = open_options(invocation, args.context.encryption_context.as_deref())?;
    if args.bundles.to.is_empty() {
        let hint = "--to us-east-1 for a message, or --secret-id NAME or --all for secrets";
        return Err(UsageError::new("rewrap needs to know what for").with_hint(hint).into());
    }
    let raw_keys = raw_keys(&args.keys, Purpose::Open)?;
    let input = input(&args.file)?;
    let bundles = BundleFiles::plan(invocation, (&args.bundles, &args.wrap), writing(args.force, args.no_sync), &args.file)?;
    let keys = OpeningKeys::find(invocation, Some(bundles.kms()), &args.keys, raw_keys)?;
    let rewrapper = {
        let openers = keys.openers(Some(bundles.kms()), bundles.recovery_keyrings());
        // Before anything is made or changed: this takes a key that opens the message.
        openers.with(openers.farthest(), None, |keyrings| Rewrapper::begin(input, keyrings, &open_options))?
    };
    let suite = options.suite.unwrap_or_else(|| rewrapper.header().suite);
    bundles.check_suite(suite)?;
    bundles.write(invocation, |plan, durable, keys| plan.rewrap(durable, keys, rewrapper, options))
}

pub(super) fn open(invocation: &Invocation, args: &OpenArgs) -> Outcome {
    let mut options = open_options(invocation, args.context.encryption_context.as_deref())?;
    options.threads = args.threads.get();
    if let Some(region) = invocation.regions.explicit() {
        options.matching_context.push((REGION_PAIR.to_owned(), region.name().to_owned()));
    }
    if let Some(limit) = args.max_content_length {
        options.max_content_length = limit;
    }
    if let Some(limit) = args.max_encrypted_data_keys {
        options.header_limits.max_encrypted_data_keys = limit;
    }
    let raw_keys = raw_keys(&args.keys, Purpose::Open)?;
    let destination = destination(invocation, &args.output, &args.file, &raw_keys)?;
    let needs_kms = raw_keys.is_empty() || !args.keys.kms_key_id.is_empty();
    let kms = if needs_kms { Some(invocation.kms_for_messages()?) } else { None };
    let keys = OpeningKeys::find(invocation, kms.as_ref(), &args.keys, raw_keys)?;
    let openers = keys.openers(kms.as_ref(), Vec::new());
    let input = Input::open(&args.file)?;
    let (file, is_held) = (input.file, !destination.is_file() && !args.stream_unverified);
    let mut region = None;
    let open = |output: &mut (dyn io::Write + Send)| {
        let opened = openers.with(openers.farthest(), None, |keyrings| {
            if is_held {
                message::open_held(input.reader, file.map(from_start), output, keyrings, &options)
            } else {
                message::open(input.reader, output, keyrings, &options)
            }
        })?;
        region = opened.header.encryption_context.get(REGION_PAIR).map(str::to_owned);
        Ok(())
    };
    destination.write(&invocation.inputs.prompter, open)?;
    // Whoever wrote the message chose what it says.
    let region = region.and_then(|region| Region::new(&region));
    if let (Some(region), None) = (region, invocation.regions.explicit()) {
        note(&format!("this bundle is for the Region {region}"));
    }
    Ok(())
}

fn frame_length(bytes: Option<u32>) -> Outcome<FrameLength> {
    let Some(bytes) = bytes else { return Ok(FrameLength::default()) };
    let refused = || UsageError::new(format!("--frame-length: a frame has 1 to {} bytes, not {bytes}", FrameLength::MAX));
    Ok(FrameLength::new(bytes).ok_or_else(refused)?)
}

fn parse_pairs(invocation: &Invocation, words: Option<&[String]>, purpose: Purpose) -> Outcome<Vec<(String, Option<String>)>> {
    const PARAMETER: &str = "--encryption-context";
    let Some(words) = words else { return Ok(Vec::new()) };
    let files = invocation.inputs.files();
    let words = files.words(PARAMETER, words)?;
    Ok(parse_encryption_context(&files, PARAMETER, &words, purpose)?)
}

fn destination(invocation: &Invocation, args: &OutputArgs, file: &Path, raw_keys: &[RawKey]) -> Outcome<Destination> {
    let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
    let sync = if args.no_sync { Sync::Nothing } else { Sync::FileAndDirectory };
    let inputs: Vec<&Path> = std::iter::once(file).chain(raw_keys.iter().map(|key| key.file.as_path())).collect();
    invocation.destination(args.output_file.as_deref(), overwrite, sync, &inputs)
}

pub(super) fn input(file: &Path) -> Result<Box<dyn Read + Send>> {
    Input::open(file).map(|input| input.reader)
}

/// A message or payload to be read.
struct Input {
    reader: Box<dyn Read + Send>,
    /// The same open file, where it is one that can be read twice.
    file: Option<File>,
}

impl Input {
    fn open(file: &Path) -> Result<Self> {
        if file == Path::new(STDIN) {
            if io::stdin().is_terminal() {
                note("reading from the terminal, as no FILE is given; end with Ctrl-D");
            }
            return Ok(Self { reader: Box::new(Progress::new(io::stdin(), None)), file: None });
        }
        tracing::debug!(path = %file.display(), "reading the file");
        let failed = |error| Error::io_at("opening", file, error);
        let opened = File::open(file).map_err(failed)?;
        let metadata = opened.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        if !metadata.is_file() {
            return Ok(Self { reader: Box::new(Progress::new(opened, None)), file: None });
        }
        let again = opened.try_clone().map_err(failed)?;
        Ok(Self { reader: Box::new(Progress::new(opened, Some(metadata.len()))), file: Some(again) })
    }
}

/// The input for a second pass, which begins when the first has ended: both have one position.
fn from_start(mut file: File) -> impl FnOnce() -> Result<File> {
    || {
        file.rewind().map_err(|error| Error::io("going back to the start of the input", error))?;
        Ok(file)
    }
}

/// What `open` and `rewrap` demand: a bare key is stored with any value; a pair is stored with this value, or bound without being stored.
fn open_options(invocation: &Invocation, words: Option<&[String]>) -> Outcome<OpenOptions> {
    let mut options = OpenOptions::default();
    for (key, value) in parse_pairs(invocation, words, Purpose::Open)? {
        match value {
            Some(value) => _ = options.reproduced_context.insert(key, value),
            None => options.required_context.push((key, None)),
        }
    }
    Ok(options)
}

/// `None` keeps the suite of what is rewrapped.
pub(super) fn suite_of_rewrap(args: &RewrapArgs) -> Option<AlgorithmSuite> {
    if args.sign_message { Some(SIGNED) } else { args.no_sign_message.then_some(UNSIGNED) }
}

fn writing(force: bool, no_sync: bool) -> Writing {
    let writing = if force { Writing::default().replacing() } else { Writing::default() };
    if no_sync { writing.without_sync() } else { writing }
}
