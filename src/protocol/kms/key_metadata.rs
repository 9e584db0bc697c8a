//! What AWS tells of a key.

use super::kinds::{
    ALGORITHM, ARN, DESCRIPTION, EXPIRATION_MODEL, KEY_AGREEMENT_ALGORITHM, KEY_ID, KEY_MATERIAL_ID, KEY_STATE, PENDING_WINDOW,
};
use crate::protocol::member::{ANY_COUNT, Kind, Member};

pub(super) const OWN_ORIGIN: &str = "AWS_KMS";
pub(super) const ORIGIN: Kind = Kind::OneOf(&[OWN_ORIGIN, "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
pub(super) const KEY_USAGE: Kind =
    Kind::OneOf(&["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"]);
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
pub(super) const KEY_SPEC: Kind = Kind::OneOf(KEY_SPECS);
/// The old member takes none of those that came after it was given up.
pub(super) const CUSTOMER_MASTER_KEY_SPEC: Kind = Kind::OneOf(KEY_SPECS.split_at(13).0);

pub(super) const ENCRYPTION_ALGORITHMS: Kind = Kind::List { count: ANY_COUNT, of: &ALGORITHM, item: "EncryptionAlgorithmSpec" };
pub(super) const SIGNING_ALGORITHMS: Kind = Kind::List { count: ANY_COUNT, of: &SIGNING_ALGORITHM, item: "SigningAlgorithmSpec" };
pub(super) const KEY_AGREEMENT_ALGORITHMS: Kind =
    Kind::List { count: ANY_COUNT, of: &KEY_AGREEMENT_ALGORITHM, item: "KeyAgreementAlgorithmSpec" };
pub(super) const ENCAPSULATION_ALGORITHMS: Kind =
    Kind::List { count: ANY_COUNT, of: &Kind::OneOf(&["ML_KEM"]), item: "EncapsulationAlgorithmSpec" };
const MAC_ALGORITHMS: Kind = Kind::List {
    count: ANY_COUNT,
    of: &Kind::OneOf(&["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"]),
    item: "MacAlgorithmSpec",
};
const SIGNING_ALGORITHM: Kind = Kind::OneOf(&[
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "ECDSA_SHA_256",
    "ECDSA_SHA_384",
    "ECDSA_SHA_512",
    "SM2DSA",
    "ML_DSA_SHAKE_256",
    "ED25519_SHA_512",
    "ED25519_PH_SHA_512",
]);
const KEY_OF_REGION: &[Member] = &[Member::optional("Arn", ARN), Member::optional("Region", Kind::text(1..=32))];

pub(super) const KEY_METADATA: Kind = Kind::Structure(&[
    Member::optional("AWSAccountId", Kind::ANY_TEXT),
    Member::required("KeyId", KEY_ID),
    Member::optional("Arn", ARN),
    Member::optional("CreationDate", Kind::Date),
    Member::optional("Enabled", Kind::Boolean),
    Member::optional("Description", DESCRIPTION),
    Member::optional("KeyUsage", KEY_USAGE),
    Member::optional("KeyState", KEY_STATE),
    Member::optional("DeletionDate", Kind::Date),
    Member::optional("ValidTo", Kind::Date),
    Member::optional("Origin", ORIGIN),
    Member::optional("CustomKeyStoreId", Kind::text(1..=64)),
    Member::optional("CloudHsmClusterId", Kind::text(19..=24)),
    Member::optional("ExpirationModel", EXPIRATION_MODEL),
    Member::optional("KeyManager", Kind::OneOf(&["AWS", "CUSTOMER"])),
    Member::optional("CustomerMasterKeySpec", CUSTOMER_MASTER_KEY_SPEC),
    Member::optional("KeySpec", KEY_SPEC),
    Member::optional("EncryptionAlgorithms", ENCRYPTION_ALGORITHMS),
    Member::optional("SigningAlgorithms", SIGNING_ALGORITHMS),
    Member::optional("KeyAgreementAlgorithms", KEY_AGREEMENT_ALGORITHMS),
    Member::optional("EncapsulationAlgorithms", ENCAPSULATION_ALGORITHMS),
    Member::optional("MultiRegion", Kind::Boolean),
    Member::optional(
        "MultiRegionConfiguration",
        Kind::Structure(&[
            Member::optional("MultiRegionKeyType", Kind::OneOf(&["PRIMARY", "REPLICA"])),
            Member::optional("PrimaryKey", Kind::Structure(KEY_OF_REGION)),
            Member::optional("ReplicaKeys", Kind::structures(KEY_OF_REGION)),
        ]),
    ),
    Member::optional("PendingDeletionWindowInDays", PENDING_WINDOW),
    Member::optional("MacAlgorithms", MAC_ALGORITHMS),
    Member::optional("XksKeyConfiguration", Kind::Structure(&[Member::optional("Id", Kind::text(1..=128))])),
    Member::optional("CurrentKeyMaterialId", KEY_MATERIAL_ID),
]);
