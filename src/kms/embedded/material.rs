//! What a key is made of: versions of a secret, or a key pair.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{ciphertext::MATERIAL_ID_LENGTH, key_pair::KeyPair};
use crate::{
    crypto::{Random, constant_time_eq, random_array},
    error::Result,
    kms::key_spec::KeySpec,
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// Length of a symmetric key's material in bytes: an AES-256 key.
const MATERIAL_LENGTH: usize = 32;

/// By the kind of key.
#[derive(Debug)]
pub(in crate::kms) enum KeyMaterial {
    Symmetric(MaterialVersions),
    Asymmetric(KeyPair),
}

/// One version of a key's material.
#[derive(Debug)]
pub(in crate::kms) struct Material {
    pub(in crate::kms) id: [u8; MATERIAL_ID_LENGTH],
    pub(in crate::kms) creation_date: Timestamp,
    /// What made it; `None` for a key's first.
    pub(in crate::kms) rotation: Option<RotationType>,
    pub(in crate::kms) bytes: SecretBytes,
}

/// At least one version: the newest encrypts, all decrypt.
#[derive(Debug)]
pub(in crate::kms) struct MaterialVersions {
    older: Vec<Material>,
    current: Material,
}

/// What made a version of a key's material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum RotationType {
    /// The period had passed.
    Automatic,
    /// RotateKeyOnDemand.
    OnDemand,
}

/// How the material of a key in one keystore relates to that of the same key in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) enum MaterialRelation {
    Same,
    /// The other has all of these versions, and newer ones.
    Older,
    /// These are all of the other's versions, and newer ones.
    Newer,
    /// Each has what the other has not, or one id means two keys.
    Diverged,
}

impl KeyMaterial {
    pub(in crate::kms) const fn spec(&self) -> KeySpec {
        match self {
            Self::Symmetric(_) => KeySpec::SymmetricDefault,
            Self::Asymmetric(pair) => pair.spec(),
        }
    }

    pub(in crate::kms) const fn symmetric(&self) -> Option<&MaterialVersions> {
        match self {
            Self::Symmetric(materials) => Some(materials),
            Self::Asymmetric(_) => None,
        }
    }

    pub(in crate::kms) const fn key_pair(&self) -> Option<&KeyPair> {
        match self {
            Self::Symmetric(_) => None,
            Self::Asymmetric(pair) => Some(pair),
        }
    }

    /// A copy for another Region of a multi-Region key, or for another keystore.
    pub(in crate::kms) fn duplicate(&self) -> Self {
        match self {
            Self::Symmetric(materials) => Self::Symmetric(materials.duplicate()),
            Self::Asymmetric(pair) => Self::Asymmetric(pair.duplicate()),
        }
    }

    /// True when both are of one kind with the same bytes.
    pub(in crate::kms) fn is(&self, other: &Self) -> bool {
        self.history(other) == MaterialRelation::Same
    }

    pub(in crate::kms) fn history(&self, other: &Self) -> MaterialRelation {
        match (self, other) {
            (Self::Symmetric(own), Self::Symmetric(other)) => own.history(other),
            (Self::Asymmetric(own), Self::Asymmetric(other)) if own.is(other) => MaterialRelation::Same,
            _ => MaterialRelation::Diverged,
        }
    }

    /// Appends the versions that another, newer history has more. A key pair has one version for good.
    pub(in crate::kms) fn catch_up_with(&mut self, newer: &Self) {
        if let (Self::Symmetric(own), Self::Symmetric(newer)) = (self, newer) {
            own.catch_up_with(newer);
        }
    }
}

impl Material {
    pub(in crate::kms) fn generate(rotation: Option<RotationType>, now: Timestamp, random: &dyn Random) -> Result<Self> {
        let mut bytes = SecretBytes::zeroed(MATERIAL_LENGTH);
        random.fill(bytes.expose_mut())?;
        Ok(Self { id: random_array(random)?, creation_date: now, rotation, bytes })
    }

    /// A copy for another Region of a multi-Region key, or for another keystore.
    pub(in crate::kms) fn duplicate(&self) -> Self {
        let bytes = SecretBytes::new(self.bytes.expose().to_vec());
        Self { id: self.id, creation_date: self.creation_date, rotation: self.rotation, bytes }
    }
}

impl MaterialVersions {
    /// One version.
    pub(in crate::kms) fn generate(now: Timestamp, random: &dyn Random) -> Result<Self> {
        Ok(Self { older: Vec::new(), current: Material::generate(None, now, random)? })
    }

    /// Versions from oldest to newest; `None` when there is none, or one id twice.
    pub(in crate::kms) fn from_oldest(mut versions: Vec<Material>) -> Option<Self> {
        let current = versions.pop()?;
        let materials = Self { older: versions, current };
        let mut ids: Vec<_> = materials.oldest_first().map(|material| material.id).collect();
        ids.sort_unstable();
        ids.is_sorted_by(|a, b| a < b).then_some(materials)
    }

    pub(in crate::kms) const fn current(&self) -> &Material {
        &self.current
    }

    pub(in crate::kms) fn oldest_first(&self) -> impl Iterator<Item = &Material> {
        self.older.iter().chain([&self.current])
    }

    /// Makes this the version that encrypts.
    pub(in crate::kms) fn push(&mut self, newest: Material) {
        self.older.push(std::mem::replace(&mut self.current, newest));
    }

    fn duplicate(&self) -> Self {
        Self { older: self.older.iter().map(Material::duplicate).collect(), current: self.current.duplicate() }
    }

    fn history(&self, other: &Self) -> MaterialRelation {
        let same = |(a, b): (&Material, &Material)| a.id == b.id && constant_time_eq(a.bytes.expose(), b.bytes.expose());
        if !self.oldest_first().zip(other.oldest_first()).all(same) {
            return MaterialRelation::Diverged;
        }
        match self.older.len().cmp(&other.older.len()) {
            Ordering::Less => MaterialRelation::Older,
            Ordering::Equal => MaterialRelation::Same,
            Ordering::Greater => MaterialRelation::Newer,
        }
    }

    fn catch_up_with(&mut self, newer: &Self) {
        for material in newer.oldest_first().skip(self.older.len() + 1) {
            self.push(material.duplicate());
        }
    }

    pub(in crate::kms) fn get(&self, id: &[u8; MATERIAL_ID_LENGTH]) -> Option<&Material> {
        self.oldest_first().find(|material| material.id == *id)
    }
}
