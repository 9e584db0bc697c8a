//! Regions of a secret and their keys.

use super::{ErrorCode, region_names::region_names};
use crate::{
    arn::{KeyArn, SecretArn},
    region::Region,
    timestamp::Timestamp,
};

/// A Region that a secret cannot go to, or whose key is not said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplicaRefusal {
    /// No Region at all.
    #[error("AddReplicaRegions: name at least one Region")]
    NoneNamed,
    /// The same Region twice.
    #[error("the Region is named twice")]
    NamedTwice,
    /// A name that no Region has.
    #[error("there is no Region '{}'{}", .0.escape_debug(), did_you_mean(.0))]
    UnknownRegion(String),
    /// The secret's primary Region.
    #[error("Invalid replica region. It is the primary Region of the secret.")]
    PrimaryRegion,
    /// A Region of another partition.
    #[error("replication stays in one partition: {region} is in {}, {primary} in {}", .region.partition(), .primary.partition())]
    OtherPartition {
        /// The Region.
        region: Region,
        /// The primary Region.
        primary: Region,
    },
    /// A secret of this name is there.
    #[error("Secret with this name already exists in this region")]
    NameTaken,
    /// A secret of this name is there, and marked for deletion: to put another one in its place would take away that it can be restored.
    #[error("Secret with this name is already scheduled for deletion in this region")]
    NameMarkedForDeletion {
        /// From then on it is gone.
        deletion_date: Timestamp,
        /// That has passed.
        is_due: bool,
    },
    /// A secret of this name is there, and it has replicas.
    #[error("You can't overwrite secret {secret} that still has replica regions [{}].", region_names(.replicas))]
    HasReplicas {
        /// The secret.
        secret: SecretArn,
        /// Its replicas' Regions.
        replicas: Vec<Region>,
    },
    /// The replica is there, under another key.
    #[error("the replica is in sync under {current}")]
    InSyncUnderOtherKey {
        /// The key on record, as it was named.
        current: String,
        /// The key that was asked for.
        asked: KeyArn,
    },
    /// With AWS KMS there is no key that a Region has by itself.
    #[error("no key is named for it, and with AWS KMS every Region needs one")]
    NoKeyNamed(Region),
    /// Beside a Region with an imported public key there is none either.
    #[error("no key is named for it, and another Region uses an imported public key: then every Region needs one")]
    NoKeyBesideImported(Region),
    /// An embedded key beside keys of AWS KMS.
    #[error("its key is an embedded one, which AWS does not have, and with AWS KMS that has to be said")]
    EmbeddedWithAws(String),
    /// An embedded key beside imported public keys.
    #[error("its key is an embedded one, which AWS does not have, and another Region uses an imported public key")]
    EmbeddedBesideImported(String),
    /// Nothing says under which key it is sealed anew that is to be believed.
    #[error("only the record names its key, '{}', and who wrote the record is not known here; {why}", .recorded.escape_debug())]
    KeyNotVouchedFor {
        /// The key on record, as it was named.
        recorded: String,
        /// Why the Region's bundle does not say.
        why: Unvouched,
    },
    /// It would be sealed anew, as another Region is, and open with fewer keys.
    #[error("it gets another data key, as another Region is moved away from a key, and its bundle would not open with {} any more", .keys.join(", "))]
    WouldLoseKeys {
        /// The keys.
        keys: Vec<String>,
    },
    /// It would open with fewer keys, as recovery keys are not at hand.
    #[error("its bundle would not open with {}, which opens those that are there", .keys.join(", "))]
    RecoveryKeysMissing {
        /// The keys.
        keys: Vec<String>,
    },
    /// A key in AWS KMS of somebody else, which nobody but the record names.
    #[error("only the record of the secret names {key}, and its account {} is not the configured one", .0.account(), key = .0)]
    KeyOfOtherAccount(KeyArn),
}

/// Why a Region's bundle does not say under which key it is sealed anew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unvouched {
    /// It never had one.
    #[error("it has no bundle that tells")]
    NoBundle,
    /// It is not authentic.
    #[error("its bundle does not tell: {0}")]
    NotAuthentic(String),
    /// It is under a curve key, of which it has the public point alone, or is no secret's bundle.
    #[error("its bundle's key is none that is known here")]
    UnknownKey,
}

impl ReplicaRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidParameterException
    }
}

fn did_you_mean(name: &str) -> String {
    let similar = Region::similar(name);
    if similar.is_empty() { String::new() } else { format!("; did you mean {}?", similar.join(", ")) }
}
