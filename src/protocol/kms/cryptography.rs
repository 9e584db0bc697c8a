//! Encrypt, Decrypt and what generates.

use super::{
    key_metadata::ORIGIN,
    kinds::{ALGORITHM, CIPHERTEXT, GRANT_TOKENS, KEY_AGREEMENT_ALGORITHM, KEY_ID, KEY_MATERIAL_ID, PLAINTEXT, PUBLIC_KEY, RECIPIENT},
};
use crate::{
    error::{RequestRefusal, Result},
    format::EncryptionContext,
    keyring::CiphertextBlob,
    kms::{EmbeddedKms, GeneratedDataKey, GeneratedRandom, ReEncrypt, member_limits},
    protocol::{
        answer::Answer,
        member::{ANY_COUNT, Kind, Member},
        operation::{Operation, Run},
        request::Request,
    },
    region::Region,
};

const NUMBER_OF_BYTES: Kind = Kind::Integer(member_limits::NUMBER_OF_BYTES);
const DATA_KEY_SPEC: Kind = Kind::OneOf(&["AES_256", "AES_128"]);
const DRY_RUN_MODIFIERS: Kind = Kind::List { count: ANY_COUNT, of: &Kind::OneOf(&["IGNORE_CIPHERTEXT"]), item: "DryRunModifierType" };

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms(
        "Decrypt",
        &[
            Member::optional("CiphertextBlob", CIPHERTEXT),
            Member::optional("EncryptionContext", Kind::Pairs),
            Member::optional("GrantTokens", GRANT_TOKENS),
            Member::optional("KeyId", KEY_ID),
            Member::optional("EncryptionAlgorithm", ALGORITHM),
            Member::optional("Recipient", RECIPIENT),
            Member::optional("DryRun", Kind::Boolean),
            Member::optional("DryRunModifiers", DRY_RUN_MODIFIERS),
        ],
        &[
            Member::optional("KeyId", KEY_ID),
            Member::optional("Plaintext", PLAINTEXT),
            Member::optional("EncryptionAlgorithm", ALGORITHM),
            Member::optional("CiphertextForRecipient", CIPHERTEXT),
            Member::optional("KeyMaterialId", KEY_MATERIAL_ID),
        ],
        Run::Keys(decrypt),
    ),
    Operation::kms(
        "DeriveSharedSecret",
        &[
            Member::required("KeyId", KEY_ID),
            Member::required("KeyAgreementAlgorithm", KEY_AGREEMENT_ALGORITHM),
            Member::required("PublicKey", PUBLIC_KEY),
            Member::optional("GrantTokens", GRANT_TOKENS),
            Member::optional("DryRun", Kind::Boolean),
            Member::optional("Recipient", RECIPIENT),
        ],
        &[
            Member::optional("KeyId", KEY_ID),
            Member::optional("SharedSecret", PLAINTEXT),
            Member::optional("CiphertextForRecipient", CIPHERTEXT),
            Member::optional("KeyAgreementAlgorithm", KEY_AGREEMENT_ALGORITHM),
            Member::optional("KeyOrigin", ORIGIN),
        ],
        Run::Keys(derive_shared_secret),
    ),
    Operation::kms(
        "Encrypt",
        &[
            Member::required("KeyId", KEY_ID),
            Member::required("Plaintext", PLAINTEXT),
            Member::optional("EncryptionContext", Kind::Pairs),
            Member::optional("GrantTokens", GRANT_TOKENS),
            Member::optional("EncryptionAlgorithm", ALGORITHM),
            Member::optional("DryRun", Kind::Boolean),
        ],
        &[
            Member::optional("CiphertextBlob", CIPHERTEXT),
            Member::optional("KeyId", KEY_ID),
            Member::optional("EncryptionAlgorithm", ALGORITHM),
        ],
        Run::Keys(encrypt),
    ),
    Operation::kms(
        "GenerateDataKey",
        &[
            Member::required("KeyId", KEY_ID),
            Member::optional("EncryptionContext", Kind::Pairs),
            Member::optional("NumberOfBytes", NUMBER_OF_BYTES),
            Member::optional("KeySpec", DATA_KEY_SPEC),
            Member::optional("GrantTokens", GRANT_TOKENS),
            Member::optional("Recipient", RECIPIENT),
            Member::optional("DryRun", Kind::Boolean),
        ],
        &[
            Member::optional("CiphertextBlob", CIPHERTEXT),
            Member::optional("Plaintext", PLAINTEXT),
            Member::optional("KeyId", KEY_ID),
            Member::optional("CiphertextForRecipient", CIPHERTEXT),
            Member::optional("KeyMaterialId", KEY_MATERIAL_ID),
        ],
        Run::Keys(|kms, region, request| generate_data_key(EmbeddedKms::generate_data_key_in, kms, region, request)),
    ),
    Operation::kms(
        "GenerateDataKeyWithoutPlaintext",
        &[
            Member::required("KeyId", KEY_ID),
            Member::optional("EncryptionContext", Kind::Pairs),
            Member::optional("KeySpec", DATA_KEY_SPEC),
            Member::optional("NumberOfBytes", NUMBER_OF_BYTES),
            Member::optional("GrantTokens", GRANT_TOKENS),
            Member::optional("DryRun", Kind::Boolean),
        ],
        &[
            Member::optional("CiphertextBlob", CIPHERTEXT),
            Member::optional("KeyId", KEY_ID),
            Member::optional("KeyMaterialId", KEY_MATERIAL_ID),
        ],
        Run::Keys(|kms, region, request| generate_data_key(EmbeddedKms::generate_data_key_without_plaintext_in, kms, region, request)),
    ),
    Operation::kms(
        "GenerateRandom",
        &[
            Member::optional("NumberOfBytes", NUMBER_OF_BYTES),
            Member::optional("CustomKeyStoreId", Kind::text(1..=64)),
            Member::optional("Recipient", RECIPIENT),
        ],
        &[Member::optional("Plaintext", PLAINTEXT), Member::optional("CiphertextForRecipient", CIPHERTEXT)],
        Run::Alone(generate_random),
    ),
    Operation::kms(
        "ReEncrypt",
        &[
            Member::optional("CiphertextBlob", CIPHERTEXT),
            Member::optional("SourceEncryptionContext", Kind::Pairs),
            Member::optional("SourceKeyId", KEY_ID),
            Member::required("DestinationKeyId", KEY_ID),
            Member::optional("DestinationEncryptionContext", Kind::Pairs),
            Member::optional("SourceEncryptionAlgorithm", ALGORITHM),
            Member::optional("DestinationEncryptionAlgorithm", ALGORITHM),
            Member::optional("GrantTokens", GRANT_TOKENS),
            Member::optional("DryRun", Kind::Boolean),
            Member::optional("DryRunModifiers", DRY_RUN_MODIFIERS),
        ],
        &[
            Member::optional("CiphertextBlob", CIPHERTEXT),
            Member::optional("SourceKeyId", KEY_ID),
            Member::optional("KeyId", KEY_ID),
            Member::optional("SourceEncryptionAlgorithm", ALGORITHM),
            Member::optional("DestinationEncryptionAlgorithm", ALGORITHM),
            Member::optional("SourceKeyMaterialId", KEY_MATERIAL_ID),
            Member::optional("DestinationKeyMaterialId", KEY_MATERIAL_ID),
        ],
        Run::Keys(re_encrypt),
    ),
];

fn decrypt(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    request.refuse(&["Recipient", "DryRunModifiers"])?;
    let (key_id, algorithm) = (request.optional_key_id("KeyId")?, request.algorithm("EncryptionAlgorithm")?);
    let decrypted = kms.decrypt_with(region, key_id, algorithm, &ciphertext(request)?, request.pairs("EncryptionContext"))?;
    request.stop_dry_run()?;
    Ok(Answer::secret(decrypted))
}

fn derive_shared_secret(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    request.refuse(&["Recipient"])?;
    let derived = kms.derive_shared_secret_in(region, request.key_id("KeyId")?, request.blob("PublicKey")?.expose())?;
    request.stop_dry_run()?;
    Ok(Answer::secret(derived))
}

fn encrypt(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    let (key_id, algorithm) = (request.key_id("KeyId")?, request.algorithm("EncryptionAlgorithm")?);
    let plaintext = request.blob("Plaintext")?.expose();
    let encrypted = kms.encrypt_in(region, key_id, algorithm, plaintext, request.pairs("EncryptionContext"))?;
    request.stop_dry_run()?;
    Ok(Answer::secret(encrypted))
}

type Generate = fn(&EmbeddedKms, Region, &str, usize, &EncryptionContext) -> Result<GeneratedDataKey>;

fn generate_data_key(generate: Generate, kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    request.refuse(&["Recipient"])?;
    let length = match (request.text("KeySpec"), request.number("NumberOfBytes")?) {
        (Some("AES_128"), None) => 16,
        (Some(_), None) => 32,
        (None, Some(length)) => length,
        _ => return Err(RequestRefusal::SizeOrSpec.into()),
    };
    let data_key = generate(kms, region, request.key_id("KeyId")?, length, request.pairs("EncryptionContext"))?;
    request.stop_dry_run()?;
    Ok(Answer::secret(data_key))
}

fn generate_random(request: &Request) -> Result<Answer> {
    request.refuse(&["CustomKeyStoreId", "Recipient"])?;
    let length = request.number("NumberOfBytes")?.ok_or(RequestRefusal::SizeMissing)?;
    Ok(Answer::secret(GeneratedRandom::of_length(length)?))
}

fn re_encrypt(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    request.refuse(&["DryRunModifiers"])?;
    let again = kms.re_encrypt_in(
        region,
        &ReEncrypt {
            ciphertext_blob: &ciphertext(request)?,
            source_key_id: request.optional_key_id("SourceKeyId")?,
            source_encryption_context: request.pairs("SourceEncryptionContext"),
            source_encryption_algorithm: request.algorithm("SourceEncryptionAlgorithm")?,
            destination_key_id: request.key_id("DestinationKeyId")?,
            destination_encryption_context: request.pairs("DestinationEncryptionContext"),
            destination_encryption_algorithm: request.algorithm("DestinationEncryptionAlgorithm")?,
        },
    )?;
    request.stop_dry_run()?;
    Ok(Answer::secret(again))
}

/// The model does not demand it, for the sake of a dry run without one.
fn ciphertext(request: &Request) -> Result<CiphertextBlob> {
    Ok(CiphertextBlob(request.blob("CiphertextBlob")?.expose().to_vec()))
}
