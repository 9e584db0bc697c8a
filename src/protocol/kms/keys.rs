//! Keys: made, looked at, enabled, disabled, deleted and replicated.

use serde_json::json;

use super::kinds::{DESCRIPTION, GRANT_TOKENS, KEY_ID, LIMIT, MARKER, POLICY};
use crate::{
    error::{Error, ErrorCode, Result},
    kms::{CreateKey, EmbeddedKms, KeyDescription, KeyListEntry, KeySpec, KeyUsage, NewKey},
    page::PageRules,
    protocol::{
        member::{Kind, Member, Pattern},
        operation::{Change, Operation, Run},
        region_not_enabled, reply,
        request::Request,
    },
    region::Region,
    secret::SecretBytes,
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
const REGION: Kind = Kind::Text { length: 1..=32, pattern: Some(&Pattern { text: r"^([a-z]+-){2,3}\d+$", matches: is_like_a_region }) };

const ONE_KEY: &[Member] = &[Member::required("KeyId", KEY_ID)];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "CreateKey",
        members: &[
            Member::optional("Policy", POLICY),
            Member::optional("Description", DESCRIPTION),
            Member::optional("KeyUsage", KEY_USAGE),
            Member::optional("CustomerMasterKeySpec", CUSTOMER_MASTER_KEY_SPEC),
            Member::optional("KeySpec", KEY_SPEC),
            Member::optional("Origin", ORIGIN),
            Member::optional("CustomKeyStoreId", Kind::Text { length: 1..=64, pattern: None }),
            Member::optional("BypassPolicyLockoutSafetyCheck", Kind::Boolean),
            Member::optional("Tags", Kind::Tags),
            Member::optional("MultiRegion", Kind::Boolean),
            Member::optional("XksKeyId", XKS_KEY_ID),
        ],
        run: Run::Write(create_key),
    },
    Operation {
        name: "ListKeys",
        members: &[
            Member::optional("Limit", LIMIT),
            Member::optional("Marker", MARKER),
            Member::optional("ResourceOwners", RESOURCE_OWNERS),
        ],
        run: Run::Read(list_keys),
    },
    Operation {
        name: "DescribeKey",
        members: &[Member::required("KeyId", KEY_ID), Member::optional("GrantTokens", GRANT_TOKENS)],
        run: Run::Read(describe_key),
    },
    Operation {
        name: "GetPublicKey",
        members: &[Member::required("KeyId", KEY_ID), Member::optional("GrantTokens", GRANT_TOKENS)],
        run: Run::Read(|kms, region, request| reply::public(&kms.get_public_key(region, request.key_id("KeyId")?)?)),
    },
    Operation {
        name: "EnableKey",
        members: ONE_KEY,
        run: Run::Write(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| kms.enable_key(region, key_id).map(|()| reply::nothing())))
        }),
    },
    Operation {
        name: "DisableKey",
        members: ONE_KEY,
        run: Run::Write(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| kms.disable_key(region, key_id).map(|()| reply::nothing())))
        }),
    },
    Operation {
        name: "UpdateKeyDescription",
        members: &[Member::required("KeyId", KEY_ID), Member::required("Description", DESCRIPTION)],
        run: Run::Write(|region, request| {
            let (key_id, description) = (request.key_id("KeyId")?, request.required_text("Description")?);
            Ok(Box::new(move |kms| kms.update_key_description(region, key_id, description).map(|()| reply::nothing())))
        }),
    },
    Operation {
        name: "ScheduleKeyDeletion",
        members: &[Member::required("KeyId", KEY_ID), Member::optional("PendingWindowInDays", Kind::Integer(1..=365))],
        run: Run::Write(|region, request| {
            let (key_id, window) = (request.key_id("KeyId")?, request.number("PendingWindowInDays"));
            Ok(Box::new(move |kms| reply::public(&kms.schedule_key_deletion(region, key_id, window)?)))
        }),
    },
    Operation {
        name: "CancelKeyDeletion",
        members: ONE_KEY,
        run: Run::Write(|region, request| {
            let key_id = request.key_id("KeyId")?;
            Ok(Box::new(move |kms| reply::public(&json!({ "KeyId": kms.cancel_key_deletion(region, key_id)? }))))
        }),
    },
    Operation {
        name: "ReplicateKey",
        members: &[
            Member::required("KeyId", KEY_ID),
            Member::required("ReplicaRegion", REGION),
            Member::optional("Policy", POLICY),
            Member::optional("BypassPolicyLockoutSafetyCheck", Kind::Boolean),
            Member::optional("Description", DESCRIPTION),
            Member::optional("Tags", Kind::Tags),
        ],
        run: Run::Write(replicate_key),
    },
];

/// The key pair is made before the keystore is locked: that can take seconds.
fn create_key(region: Region, request: &Request) -> Result<Change<'_>> {
    request.refuse(&["CustomKeyStoreId", "XksKeyId"])?;
    if let Some(origin) = request.text("Origin").filter(|origin| *origin != OWN_ORIGIN) {
        let message = format!("The embedded KMS has no keys of the origin {origin}, only of {OWN_ORIGIN}");
        return Err(Error::service(ErrorCode::UnsupportedOperationException, message));
    }
    let new = NewKey::generate(CreateKey {
        multi_region: request.is_set("MultiRegion"),
        key_spec: KeySpec::requested(request.text("KeySpec"), request.text("CustomerMasterKeySpec"))?,
        key_usage: request.text("KeyUsage").map(KeyUsage::parse).transpose()?,
        ..key_details(request)
    })?;
    Ok(Box::new(move |kms| reply::public(&json!({ "KeyMetadata": kms.add_key(region, new)? }))))
}

fn replicate_key(region: Region, request: &Request) -> Result<Change<'_>> {
    let (key_id, name) = (request.key_id("KeyId")?, request.required_text("ReplicaRegion")?);
    let unknown = || Error::validation_of("replicaRegion", name, "Member must be a Region of AWS");
    let replica = Region::new(name).ok_or_else(unknown)?;
    Ok(Box::new(move |kms| {
        if !kms.is_enabled(replica) {
            return Err(Error::service(ErrorCode::UnsupportedOperationException, region_not_enabled(replica)));
        }
        reply::public(&kms.replicate_key(region, key_id, replica, key_details(request))?)
    }))
}

/// What CreateKey and ReplicateKey take for the key in its Region.
fn key_details(request: &Request) -> CreateKey {
    CreateKey {
        description: request.text("Description").unwrap_or_default().to_owned(),
        tags: request.tags("Tags"),
        policy: request.text("Policy").map(str::to_owned),
        ..CreateKey::default()
    }
}

fn describe_key(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<SecretBytes> {
    let description = kms.describe_any_key(region, request.key_id("KeyId")?)?;
    let mut metadata = json!(description);
    if let (KeyDescription::Imported(_), Some(members)) = (&description, metadata.as_object_mut()) {
        // coldseal's own, which no client of AWS knows.
        members.retain(|name, _| !["ImportDate", "PublicKeySha256"].contains(&name.as_str()));
    }
    reply::public(&json!({ "KeyMetadata": metadata }))
}

fn list_keys(kms: &EmbeddedKms, region: Region, request: &Request) -> Result<SecretBytes> {
    let mut keys = kms.list_keys(region)?;
    let owners = request.texts("ResourceOwners");
    if !owners.is_empty() && !owners.iter().any(|owner| owner == OWN) {
        // Nobody shares keys here.
        keys.clear();
    }
    reply::page(request, PageRules::LIST_KEYS, "Keys", &keys, |key: &KeyListEntry| key.key_arn.to_string())
}

/// `^([a-z]+-){2,3}\d+$`
fn is_like_a_region(text: &str) -> bool {
    let mut parts: Vec<&str> = text.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=3).contains(&parts.len()) && parts.iter().all(is_word) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
