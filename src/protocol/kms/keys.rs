//! Keys: made, looked at, enabled, disabled and deleted.

use serde_json::json;

use super::kinds::{DESCRIPTION, GRANT_TOKENS, KEY_ID, LIMIT, MARKER, POLICY, TAGS};
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

const KEY_USAGE: Kind = Kind::OneOf(&["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"]);
const KEY_SPECS: &[&str] = &[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
];
const KEY_SPEC: Kind = Kind::OneOf(KEY_SPECS);
/// The old member takes none of those that came after it was given up.
const CUSTOMER_MASTER_KEY_SPEC: Kind = Kind::OneOf(KEY_SPECS.split_at(13).0);
const ORIGIN: Kind = Kind::OneOf(&[OWN_ORIGIN, "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
const OWN_ORIGIN: &str = "AWS_KMS";
const OWN: &str = "SELF";
const RESOURCE_OWNERS: Kind = Kind::List { count: 1..=2, of: &Kind::OneOf(&[OWN, "OTHER_ACCOUNTS_VIA_RAM"]) };
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
            Member::optional("KeyUsage", KEY_USAGE),
            Member::optional("CustomerMasterKeySpec", CUSTOMER_MASTER_KEY_SPEC),
            Member::optional("KeySpec", KEY_SPEC),
            Member::optional("Origin", ORIGIN),
            Member::optional("CustomKeyStoreId", Kind::Text { length: 1..=64, pattern: None }),
            Member::optional("BypassPolicyLockoutSafetyCheck", Kind::Boolean),
            Member::optional("Tags", TAGS),
            Member::optional("MultiRegion", Kind::Boolean),
            Member::optional("XksKeyId", XKS_KEY_ID),
        ],
        Run::ChangeKeys(create_key),
    ),
    Operation::kms(
        "ListKeys",
        &[Member::optional("Limit", LIMIT), Member::optional("Marker", MARKER), Member::optional("ResourceOwners", RESOURCE_OWNERS)],
        Run::Keys(list_keys),
    )
    .paged(&Paging::of_kms(PageRules::LIST_KEYS, "Keys", &["KeyArn"])),
    Operation::kms(
        "DescribeKey",
        &[Member::required("KeyId", KEY_ID), Member::optional("GrantTokens", GRANT_TOKENS)],
        Run::Keys(describe_key),
    )
    // What imported public keys have besides.
    .with_own_output(&["ImportDate", "PublicKeySha256"]),
    Operation::kms(
        "GetPublicKey",
        &[Member::required("KeyId", KEY_ID), Member::optional("GrantTokens", GRANT_TOKENS)],
        Run::Keys(|kms, region, request| Answer::document(&kms.get_public_key(region, request.key_id("KeyId")?)?)),
    ),
    Operation::kms(
        "EnableKey",
        ONE_KEY,
        Run::ChangeKeys(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| kms.enable_key(region, key_id).map(|()| Answer::Nothing)))
        }),
    ),
    Operation::kms(
        "DisableKey",
        ONE_KEY,
        Run::ChangeKeys(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| kms.disable_key(region, key_id).map(|()| Answer::Nothing)))
        }),
    ),
    Operation::kms(
        "UpdateKeyDescription",
        &[Member::required("KeyId", KEY_ID), Member::required("Description", DESCRIPTION)],
        Run::ChangeKeys(|region, request| {
            let (key_id, description) = (request.key_id("KeyId")?, request.required_text("Description")?);
            Ok(Box::new(move |kms| kms.update_key_description(region, key_id, description).map(|()| Answer::Nothing)))
        }),
    ),
    Operation::kms(
        "ScheduleKeyDeletion",
        &[Member::required("KeyId", KEY_ID), Member::optional("PendingWindowInDays", Kind::Integer(1..=365))],
        Run::ChangeKeys(|region, request| {
            let (key_id, window) = (request.key_id("KeyId")?, request.number("PendingWindowInDays"));
            Ok(Box::new(move |kms| Answer::document(&kms.schedule_key_deletion(region, key_id, window)?)))
        }),
    ),
    Operation::kms(
        "CancelKeyDeletion",
        ONE_KEY,
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
