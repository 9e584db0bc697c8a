//! `encrypt`, `decrypt`, `re-encrypt`, `generate-…`.

use crate::{
    cli::{
        args::kms::{CryptographyCommand, DecryptArgs, DryRunArgs, EncryptArgs, GenerateDataKeyArgs, ReEncryptArgs},
        encryption_context::{Purpose, parse_encryption_context},
        failure::Outcome,
        invocation::Invocation,
        paramfile::{SizeLimit, is_literal},
        terminal::warn,
        usage::UsageError,
    },
    error::{Error, ErrorCode},
    format::EncryptionContext,
    keyring::CiphertextBlob,
    kms::{EncryptionAlgorithm, GeneratedRandom, ReEncrypt},
    secret::SecretBytes,
};

/// Far over what is taken, so that the refusal is the one of AWS.
const BLOB_LIMIT: SizeLimit = SizeLimit { bytes: 64 * 1024, hint: Some("'coldseal seal' takes any size") };

/// What is shown of a data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    PlainAndEncrypted,
    Encrypted,
}

pub(super) fn run(invocation: &Invocation, command: &CryptographyCommand) -> Outcome {
    match command {
        CryptographyCommand::Encrypt(args) => encrypt(invocation, args),
        CryptographyCommand::Decrypt(args) => decrypt(invocation, args),
        CryptographyCommand::ReEncrypt(args) => re_encrypt(invocation, args),
        CryptographyCommand::GenerateDataKey(args) => generate_data_key(invocation, args, Shown::PlainAndEncrypted),
        CryptographyCommand::GenerateDataKeyWithoutPlaintext(args) => generate_data_key(invocation, args, Shown::Encrypted),
        CryptographyCommand::GenerateRandom(args) => {
            // Needs no key, so no keystore either.
            invocation.printer.print(&GeneratedRandom::of_length(args.number_of_bytes)?)
        }
    }
}

fn encrypt(invocation: &Invocation, args: &EncryptArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key_id)?;
    let algorithm = EncryptionAlgorithm::parse("encryptionAlgorithm", &args.encryption_algorithm)?;
    if is_literal(&args.plaintext) {
        warn(
            "--plaintext: a value on the command line can be read by others (process list, shell history); use fileb://…, '-' for stdin, or file://…",
        );
    }
    let plaintext = blob(invocation, "--plaintext", &args.plaintext)?;
    let pairs = pairs(invocation, "--encryption-context", args.encryption_context.as_deref())?;
    let encrypted = invocation.keystore.read()?.encrypt_in(region, &args.key_id, algorithm, plaintext.expose(), &pairs)?;
    stop_dry_run(&args.dry_run)?;
    invocation.printer.print(&encrypted)
}

fn decrypt(invocation: &Invocation, args: &DecryptArgs) -> Outcome {
    let region = args.key_id.as_deref().map_or_else(|| invocation.regions.require(), |key_id| invocation.regions.of_key(key_id))?;
    let encrypted = ciphertext(invocation, &args.ciphertext_blob)?;
    let pairs = pairs(invocation, "--encryption-context", args.encryption_context.as_deref())?;
    let algorithm = EncryptionAlgorithm::parse("encryptionAlgorithm", &args.encryption_algorithm)?;
    let kms = invocation.keystore.read()?;
    let decrypted = kms.decrypt_with(region, args.key_id.as_deref(), algorithm, &encrypted, &pairs)?;
    stop_dry_run(&args.dry_run)?;
    invocation.printer.print(&decrypted)
}

fn re_encrypt(invocation: &Invocation, args: &ReEncryptArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.destination_key_id)?;
    let encrypted = ciphertext(invocation, &args.ciphertext_blob)?;
    let source_pairs = pairs(invocation, "--source-encryption-context", args.source_encryption_context.as_deref())?;
    let destination_pairs = pairs(invocation, "--destination-encryption-context", args.destination_encryption_context.as_deref())?;
    let source_algorithm = EncryptionAlgorithm::parse("sourceEncryptionAlgorithm", &args.source_encryption_algorithm);
    let algorithm = EncryptionAlgorithm::parse("destinationEncryptionAlgorithm", &args.destination_encryption_algorithm);
    let request = ReEncrypt {
        ciphertext_blob: &encrypted,
        source_key_id: args.source_key_id.as_deref(),
        source_encryption_context: &source_pairs,
        source_encryption_algorithm: source_algorithm?,
        destination_key_id: &args.destination_key_id,
        destination_encryption_context: &destination_pairs,
        destination_encryption_algorithm: algorithm?,
    };
    let again = invocation.keystore.read()?.re_encrypt_in(region, &request)?;
    stop_dry_run(&args.dry_run)?;
    invocation.printer.print(&again)
}

fn generate_data_key(invocation: &Invocation, args: &GenerateDataKeyArgs, shown: Shown) -> Outcome {
    let region = invocation.regions.of_key(&args.key_id)?;
    let pairs = pairs(invocation, "--encryption-context", args.encryption_context.as_deref())?;
    let by_spec = if args.key_spec.as_deref() == Some("AES_128") { 16 } else { 32 };
    let length = args.number_of_bytes.unwrap_or(by_spec);
    let data_key = invocation.keystore.read()?.generate_data_key_in(region, &args.key_id, length, &pairs)?;
    stop_dry_run(&args.dry_run)?;
    invocation.printer.print(&match shown {
        Shown::PlainAndEncrypted => data_key,
        Shown::Encrypted => data_key.without_plaintext(),
    })
}

pub(super) fn blob(invocation: &Invocation, parameter: &str, value: &str) -> Outcome<SecretBytes> {
    Ok(invocation.inputs.files().blob(parameter, value, invocation.inputs.binary_format, BLOB_LIMIT)?)
}

fn ciphertext(invocation: &Invocation, value: &str) -> Outcome<CiphertextBlob> {
    Ok(CiphertextBlob(blob(invocation, "--ciphertext-blob", value)?.expose().to_vec()))
}

/// Any pairs: here they are the user's, also those that the tools write elsewhere.
fn pairs(invocation: &Invocation, parameter: &str, words: Option<&[String]>) -> Outcome<EncryptionContext> {
    let Some(words) = words else { return Ok(EncryptionContext::new()) };
    let files = invocation.inputs.files();
    let words = files.words(parameter, words)?;
    let pair = |(key, value): (String, Option<String>)| {
        let missing = UsageError::parameter(parameter, format!("the value of {} must be a string", key.escape_debug()));
        value.map(|value| (key, value)).ok_or(missing)
    };
    Ok(parse_encryption_context(&files, parameter, &words, Purpose::Open)?.into_iter().map(pair).collect::<Result<_, _>>()?)
}

pub(super) fn stop_dry_run(args: &DryRunArgs) -> Outcome {
    if !args.dry_run {
        return Ok(());
    }
    let message = "The request would have succeeded, but the DryRun option is set.";
    Err(Error::service(ErrorCode::DryRunOperationException, message).into())
}
