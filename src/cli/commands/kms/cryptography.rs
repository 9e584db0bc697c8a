//! `encrypt`, `decrypt`, `re-encrypt`, `generate-…`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    cli::{
        args::kms::{CryptographyCommand, DecryptArgs, DryRunArgs, EncryptArgs, GenerateDataKeyArgs, ReEncryptArgs},
        context::{Context, warn},
        encryption_context::{Purpose, parse_encryption_context},
        failure::{During as _, Outcome},
        kms_key::region_of,
        paramfile::{ParamFiles, SizeLimit, is_literal},
        usage::UsageError,
    },
    error::{Error, ErrorCode},
    format::EncryptionContext,
    keyring::CiphertextBlob,
    kms::{EncryptionAlgorithm, material_id},
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

pub(super) fn run(context: &Context, command: &CryptographyCommand) -> Outcome {
    match command {
        CryptographyCommand::Encrypt(args) => encrypt(context, args),
        CryptographyCommand::Decrypt(args) => decrypt(context, args),
        CryptographyCommand::ReEncrypt(args) => re_encrypt(context, args),
        CryptographyCommand::GenerateDataKey(args) => generate_data_key(context, args, Shown::PlainAndEncrypted),
        CryptographyCommand::GenerateDataKeyWithoutPlaintext(args) => generate_data_key(context, args, Shown::Encrypted),
        CryptographyCommand::GenerateRandom(args) => {
            const OPERATION: &str = "GenerateRandom";
            // Needs no key, so no keystore either.
            let bytes = crate::kms::generate_random(args.number_of_bytes).during(OPERATION)?;
            context.print(&json!({ "Plaintext": encode(&bytes) }))
        }
    }
}

fn encrypt(context: &Context, args: &EncryptArgs) -> Outcome {
    const OPERATION: &str = "Encrypt";
    let region = region_of(context, &args.key_id)?;
    let algorithm = EncryptionAlgorithm::parse("encryptionAlgorithm", &args.encryption_algorithm).during(OPERATION)?;
    if is_literal(&args.plaintext) {
        warn(
            "--plaintext: a value on the command line can be read by others (process list, shell history); use fileb://…, '-' for stdin, or file://…",
        );
    }
    let plaintext = blob(context, "--plaintext", &args.plaintext)?;
    let pairs = pairs(context, "--encryption-context", args.encryption_context.as_deref())?;
    let kms = context.kms(OPERATION)?;
    let key = kms.resolve(region, &args.key_id).during(OPERATION)?;
    let encrypted = kms.encrypt_with(&key, algorithm, plaintext.expose(), &pairs).during(OPERATION)?;
    stop_dry_run(&args.dry_run, OPERATION)?;
    context.print(&json!({ "CiphertextBlob": STANDARD.encode(&encrypted.0), "KeyId": key, "EncryptionAlgorithm": algorithm.name() }))
}

fn decrypt(context: &Context, args: &DecryptArgs) -> Outcome {
    const OPERATION: &str = "Decrypt";
    let region = args.key_id.as_deref().map_or_else(|| context.require_region(), |key_id| region_of(context, key_id))?;
    let encrypted = ciphertext(context, &args.ciphertext_blob)?;
    let pairs = pairs(context, "--encryption-context", args.encryption_context.as_deref())?;
    let algorithm = EncryptionAlgorithm::parse("encryptionAlgorithm", &args.encryption_algorithm).during(OPERATION)?;
    let kms = context.kms(OPERATION)?;
    let decrypted = kms.decrypt_with(region, args.key_id.as_deref(), algorithm, &encrypted, &pairs).during(OPERATION)?;
    stop_dry_run(&args.dry_run, OPERATION)?;
    context.print(&present(json!({
        "KeyId": decrypted.key_id,
        "Plaintext": encode(&decrypted.plaintext),
        "EncryptionAlgorithm": algorithm.name(),
        "KeyMaterialId": decrypted.key_material_id,
    })))
}

fn re_encrypt(context: &Context, args: &ReEncryptArgs) -> Outcome {
    const OPERATION: &str = "ReEncrypt";
    let region = region_of(context, &args.destination_key_id)?;
    let encrypted = ciphertext(context, &args.ciphertext_blob)?;
    let source_pairs = pairs(context, "--source-encryption-context", args.source_encryption_context.as_deref())?;
    let destination_pairs = pairs(context, "--destination-encryption-context", args.destination_encryption_context.as_deref())?;
    let source_algorithm = EncryptionAlgorithm::parse("sourceEncryptionAlgorithm", &args.source_encryption_algorithm);
    let source_algorithm = source_algorithm.during(OPERATION)?;
    let algorithm = EncryptionAlgorithm::parse("destinationEncryptionAlgorithm", &args.destination_encryption_algorithm);
    let algorithm = algorithm.during(OPERATION)?;
    let kms = context.kms(OPERATION)?;
    let source = kms.decrypt_with(region, args.source_key_id.as_deref(), source_algorithm, &encrypted, &source_pairs);
    let source = source.during(OPERATION)?;
    let key = kms.resolve(region, &args.destination_key_id).during(OPERATION)?;
    let again = kms.encrypt_with(&key, algorithm, source.plaintext.expose(), &destination_pairs).during(OPERATION)?;
    let is_symmetric = algorithm == EncryptionAlgorithm::SymmetricDefault;
    let destination_material_id = is_symmetric.then(|| material_id(&again)).transpose().during(OPERATION)?;
    stop_dry_run(&args.dry_run, OPERATION)?;
    context.print(&present(json!({
        "CiphertextBlob": STANDARD.encode(&again.0),
        "SourceKeyId": source.key_id,
        "KeyId": key,
        "SourceEncryptionAlgorithm": source_algorithm.name(),
        "DestinationEncryptionAlgorithm": algorithm.name(),
        "SourceKeyMaterialId": source.key_material_id,
        "DestinationKeyMaterialId": destination_material_id,
    })))
}

fn generate_data_key(context: &Context, args: &GenerateDataKeyArgs, shown: Shown) -> Outcome {
    let operation = match shown {
        Shown::PlainAndEncrypted => "GenerateDataKey",
        Shown::Encrypted => "GenerateDataKeyWithoutPlaintext",
    };
    let region = region_of(context, &args.key_id)?;
    let pairs = pairs(context, "--encryption-context", args.encryption_context.as_deref())?;
    let by_spec = if args.key_spec.as_deref() == Some("AES_128") { 16 } else { 32 };
    let kms = context.kms(operation)?;
    let key = kms.resolve(region, &args.key_id).during(operation)?;
    let (data_key, encrypted) = kms.generate_data_key_of(&key, args.number_of_bytes.unwrap_or(by_spec), &pairs).during(operation)?;
    let material_id = material_id(&encrypted).during(operation)?;
    stop_dry_run(&args.dry_run, operation)?;
    let encrypted = STANDARD.encode(&encrypted.0);
    context.print(&match shown {
        Shown::PlainAndEncrypted => {
            json!({ "CiphertextBlob": encrypted, "Plaintext": encode(&data_key), "KeyId": key, "KeyMaterialId": material_id })
        }
        Shown::Encrypted => json!({ "CiphertextBlob": encrypted, "KeyId": key, "KeyMaterialId": material_id }),
    })
}

/// Without the members that the answer has not.
fn present(mut answer: Value) -> Value {
    if let Value::Object(members) = &mut answer {
        members.retain(|_, value| !value.is_null());
    }
    answer
}

pub(super) fn encode(bytes: &SecretBytes) -> String {
    STANDARD.encode(bytes.expose())
}

pub(super) fn blob(context: &Context, parameter: &str, value: &str) -> Outcome<SecretBytes> {
    Ok(ParamFiles::new(&context.environment).blob(parameter, value, context.binary_format, BLOB_LIMIT)?)
}

fn ciphertext(context: &Context, value: &str) -> Outcome<CiphertextBlob> {
    Ok(CiphertextBlob(blob(context, "--ciphertext-blob", value)?.expose().to_vec()))
}

/// Any pairs: here they are the user's, also those that the tools write elsewhere.
fn pairs(context: &Context, parameter: &str, words: Option<&[String]>) -> Outcome<EncryptionContext> {
    let Some(words) = words else { return Ok(EncryptionContext::new()) };
    let files = ParamFiles::new(&context.environment);
    let words = files.words(parameter, words)?;
    let pair = |(key, value): (String, Option<String>)| {
        let missing = UsageError::parameter(parameter, format!("the value of {} must be a string", key.escape_debug()));
        value.map(|value| (key, value)).ok_or(missing)
    };
    Ok(parse_encryption_context(&files, parameter, &words, Purpose::Open)?.into_iter().map(pair).collect::<Result<_, _>>()?)
}

pub(super) fn stop_dry_run(args: &DryRunArgs, operation: &'static str) -> Outcome {
    if !args.dry_run {
        return Ok(());
    }
    let message = "The request would have succeeded, but the DryRun option is set.";
    Err(Error::service(ErrorCode::DryRunOperationException, message)).during(operation)
}
