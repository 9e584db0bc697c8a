//! Keys: made, looked at, enabled, disabled and deleted.

use serde_json::json;

use super::{
    key_metadata::{
        CUSTOMER_MASTER_KEY_SPEC, ENCAPSULATION_ALGORITHMS, ENCRYPTION_ALGORITHMS, KEY_AGREEMENT_ALGORITHMS, KEY_METADATA, KEY_SPEC,
        KEY_USAGE, ORIGIN, OWN_ORIGIN, SIGNING_ALGORITHMS,
    },
    kinds::{
        ARN, DESCRIPTION, GRANT_TOKENS, KEY_ID, KEY_STATE, LIMIT, MARKER, ONE_KEY_ID, PENDING_WINDOW, POLICY, PUBLIC_KEY, TAGS, listed,
    },
};
use crate::{
    error::{RequestRefusal, Result},
    kms::{CreateKey, EmbeddedKms, KeySpec, KeyUsage, NewKey},
    page::PageRules,
    protocol::{
        answer::Answer,
        member::{Kind, Member, Pattern},
        operation::{Change, Operation, Paging, Run},
        request::Request,
    },
    region::Region,
};

const OWN: &str = "SELF";
const RESOURCE_OWNERS: Kind = Kind::List { count: 1..=2, of: &Kind::OneOf(&[OWN, "OTHER_ACCOUNTS_VIA_RAM"]), item: "ResourceOwnerType" };
const XKS_KEY_ID: Kind = Kind::Text {
    length: 1..=128,
    pattern: Some(&Pattern {
        text: "^[a-zA-Z0-9-_.]+$",
        matches: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
    }),
};

const ONE_KEY: &[Member] = &[Member::required("KeyId", KEY_ID)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::kms(
        "CreateKey",
        &[
            Member::optional("Policy", POLICY),
            Member::optional("Description", DESCRIPTION),
            Member::optional("KeyUsage", KEY_USAGE).with_sample("KEY_AGREEMENT"),
            Member::optional("CustomerMasterKeySpec", CUSTOMER_MASTER_KEY_SPEC),
            Member::optional("KeySpec", KEY_SPEC).with_sample("ML_DSA_44"),
            Member::optional("Origin", ORIGIN).with_sample(OWN_ORIGIN),
            Member::optional("CustomKeyStoreId", Kind::text(1..=64)),
            Member::optional("BypassPolicyLockoutSafetyCheck", Kind::Boolean),
            Member::optional("Tags", TAGS),
            Member::optional("MultiRegion", Kind::Boolean),
            Member::optional("XksKeyId", XKS_KEY_ID),
        ],
        &[Member::optional("KeyMetadata", KEY_METADATA)],
        Run::ChangeKeys(create_key),
    ),
    Operation::kms(
        "ListKeys",
        &[Member::optional("Limit", LIMIT), Member::optional("Marker", MARKER), Member::optional("ResourceOwners", RESOURCE_OWNERS)],
        &listed("Keys", Kind::structures(&[Member::optional("KeyId", KEY_ID), Member::optional("KeyArn", ARN)])),
        Run::Keys(list_keys),
    )
    .paged(&Paging::of_kms(PageRules::LIST_KEYS, "Keys", &["KeyArn"])),
    Operation::kms(
        "DescribeKey",
        &[Member::required("KeyId", KEY_ID), Member::optional("GrantTokens", GRANT_TOKENS)],
        &[Member::optional("KeyMetadata", KEY_METADATA)],
        Run::Keys(describe_key),
    ),
    Operation::kms(
        "GetPublicKey",
        &[Member::required("KeyId", KEY_ID), Member::optional("GrantTokens", GRANT_TOKENS)],
        &[
            Member::optional("KeyId", KEY_ID),
            Member::optional("PublicKey", PUBLIC_KEY),
            Member::optional("CustomerMasterKeySpec", CUSTOMER_MASTER_KEY_SPEC),
            Member::optional("KeySpec", KEY_SPEC),
            Member::optional("KeyUsage", KEY_USAGE),
            Member::optional("EncryptionAlgorithms", ENCRYPTION_ALGORITHMS),
            Member::optional("SigningAlgorithms", SIGNING_ALGORITHMS),
            Member::optional("KeyAgreementAlgorithms", KEY_AGREEMENT_ALGORITHMS),
            Member::optional("EncapsulationAlgorithms", ENCAPSULATION_ALGORITHMS),
        ],
        Run::Keys(|kms, region, request| Answer::document(&kms.get_public_key(region, request.key_id("KeyId")?)?)),
    ),
    Operation::kms(
        "EnableKey",
        ONE_KEY,
        &[],
        Run::ChangeKeys(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| kms.enable_key(region, key_id).map(|()| Answer::Nothing)))
        }),
    ),
    Operation::kms(
        "DisableKey",
        ONE_KEY,
        &[],
        Run::ChangeKeys(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| kms.disable_key(region, key_id).map(|()| Answer::Nothing)))
        }),
    ),
    Operation::kms(
        "UpdateKeyDescription",
        &[Member::required("KeyId", KEY_ID), Member::required("Description", DESCRIPTION)],
        &[],
        Run::ChangeKeys(|region, request| {
            let (key_id, description) = (request.key_id("KeyId")?, request.required_text("Description")?);
            Ok(Box::new(move |kms| kms.update_key_description(region, key_id, description).map(|()| Answer::Nothing)))
        }),
    ),
    Operation::kms(
        "ScheduleKeyDeletion",
        &[Member::required("KeyId", KEY_ID), Member::optional("PendingWindowInDays", PENDING_WINDOW)],
        &[
            Member::optional("KeyId", KEY_ID),
            Member::optional("DeletionDate", Kind::Date),
            Member::optional("KeyState", KEY_STATE),
            Member::optional("PendingWindowInDays", PENDING_WINDOW),
        ],
        Run::ChangeKeys(|region, request| {
            let (key_id, window) = (request.key_id("KeyId")?, request.number("PendingWindowInDays")?);
            Ok(Box::new(move |kms| Answer::document(&kms.schedule_key_deletion(region, key_id, window)?)))
        }),
    ),
    Operation::kms(
        "CancelKeyDeletion",
        ONE_KEY,
        ONE_KEY_ID,
        Run::ChangeKeys(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| Answer::document(&json!({ "KeyId": kms.cancel_key_deletion(region, key_id)? }))))
        }),
    ),
];

/// The key pair is made before the keystore is locked: that can take seconds.
fn create_key(region: Region, request: &Request) -> Result<Change<'_>> {
    request.refuse(&["CustomKeyStoreId", "XksKeyId"])?;
    if let Some(origin) = request.text("Origin").filter(|origin| *origin != OWN_ORIGIN) {
        return Err(RequestRefusal::Origin { origin: origin.to_owned(), own: OWN_ORIGIN }.into());
    }
    let new = NewKey::generate(CreateKey {
        multi_region: request.is_set("MultiRegion"),
        key_spec: KeySpec::requested(request.text("KeySpec"), request.text("CustomerMasterKeySpec"))?,
        key_usage: request.text("KeyUsage").map(KeyUsage::parse).transpose()?,
        ..key_details(request)
    })?;
    Ok(Box::new(move |kms| Answer::document(&json!({ "KeyMetadata": kms.add_key(region, new)? }))))
}

/// What CreateKey and ReplicateKey take for the key in its Region.
pub(super) fn key_details(request: &Request) -> CreateKey {
    CreateKey {
        description: request.text("Description").unwrap_or_default().to_owned(),
        tags: request.text_pairs("Tags", "TagKey", "TagValue"),
        policy: request.text("Policy").map(str::to_owned),
        ..CreateKey::default()
    }
}

fn describe_key(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    Answer::document(&json!({ "KeyMetadata": kms.describe_any_key(region, request.key_id("KeyId")?)? }))
}

fn list_keys(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<Answer> {
    let mut keys = kms.list_keys(region)?;
    let owners = request.texts("ResourceOwners");
    if !owners.is_empty() && !owners.iter().any(|owner| owner == OWN) {
        // Nobody shares keys here.
        keys.clear();
    }
    Answer::list(keys)
}
