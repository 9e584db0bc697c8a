//! The types and limits of members that several operations have.

use crate::{
    kms::member_limits::{
        CIPHERTEXT_LENGTH, DESCRIPTION_LENGTH, PLAINTEXT_LENGTH, ROTATION_PERIOD as PERIOD, TAG_KEY_LENGTH, TAG_VALUE_LENGTH,
    },
    protocol::member::{Kind, Member, Pattern},
};

pub(super) const ARN: Kind = Kind::text(20..=2048);
pub(super) const KEY_ID: Kind = Kind::text(1..=2048);
pub(super) const DESCRIPTION: Kind = Kind::text(DESCRIPTION_LENGTH);
pub(super) const POLICY: Kind = Kind::Text { length: 1..=131_072, pattern: Some(&POLICY_PATTERN) };
pub(super) const MARKER: Kind = Kind::Text { length: 1..=1024, pattern: Some(&MARKER_PATTERN) };
pub(super) const LIMIT: Kind = Kind::Integer(1..=1000);
pub(super) const TAG_KEY: Kind = Kind::text(TAG_KEY_LENGTH);
const TAG_VALUE: Kind = Kind::text(TAG_VALUE_LENGTH);
pub(super) const TAGS: Kind = Kind::structures(&[Member::required("TagKey", TAG_KEY), Member::required("TagValue", TAG_VALUE)]);
pub(super) const GRANT_TOKENS: Kind = Kind::List { count: 0..=10, of: &Kind::text(1..=8192), item: "GrantTokenType" };

pub(super) const ALGORITHM: Kind = Kind::OneOf(&["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]);
pub(super) const KEY_AGREEMENT_ALGORITHM: Kind = Kind::OneOf(&["ECDH"]);
pub(super) const CIPHERTEXT: Kind = Kind::Blob(CIPHERTEXT_LENGTH);
/// What AWS encrypts, and what it gives away in plain.
pub(super) const PLAINTEXT: Kind = Kind::Blob(PLAINTEXT_LENGTH);
pub(super) const PUBLIC_KEY: Kind = Kind::Blob(1..=8192);
pub(super) const KEY_MATERIAL_ID: Kind = Kind::text(64..=64);
pub(super) const KEY_STATE: Kind = Kind::OneOf(&[
    "Creating",
    "Enabled",
    "Disabled",
    "PendingDeletion",
    "PendingImport",
    "PendingReplicaDeletion",
    "Unavailable",
    "Updating",
]);
pub(super) const EXPIRATION_MODEL: Kind = Kind::OneOf(&["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]);
pub(super) const PENDING_WINDOW: Kind = Kind::Integer(1..=365);
pub(super) const ROTATION_PERIOD: Kind = Kind::Integer(PERIOD);
/// Nitro enclaves, which are not here: it is refused, whatever is in it.
pub(super) const RECIPIENT: Kind = Kind::Structure(&[
    Member::optional("KeyEncryptionAlgorithm", Kind::OneOf(&["RSAES_OAEP_SHA_256"])),
    Member::optional("AttestationDocument", Kind::Blob(1..=262_144)),
]);

/// The answer of an operation that tells the key alone.
pub(super) const ONE_KEY_ID: &[Member] = &[Member::optional("KeyId", KEY_ID)];

/// The answer of an operation that lists.
pub(super) const fn listed(name: &'static str, kind: Kind) -> [Member; 3] {
    [Member::optional(name, kind), Member::optional("NextMarker", MARKER), Member::optional("Truncated", Kind::Boolean)]
}

const POLICY_PATTERN: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    matches: |text| !text.is_empty() && text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')),
};
const MARKER_PATTERN: Pattern = Pattern { text: r"[\u0020-\u00FF]*", matches: |text| text.chars().all(|c| matches!(c, ' '..='\u{ff}')) };
