//! What there is by the words of AWS: secrets in Regions, their versions, labels and replicas. No file, no record, no cryptography.

use std::collections::{BTreeMap, BTreeSet};

use super::REGIONS;
use crate::error::ErrorCode;

/// Most versions that are kept where some of them have no label.
const KEPT_VERSIONS: usize = 100;
const HOURS_KEPT: i64 = 24;

/// From here on are the numbers of versions whose token was drawn: no request names them.
pub(super) const DRAWN: u64 = 1 << 40;

pub(super) type Labels = BTreeSet<String>;
pub(super) type Refusable<T> = Result<T, ErrorCode>;

/// A key of a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ModelKey {
    Default,
    /// One that is named, and can be disabled.
    Own,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModelVersion {
    pub(super) id: u64,
    /// The number of its value.
    pub(super) value: u64,
    pub(super) created: i64,
    pub(super) labels: Labels,
    /// The Regions that have it, each with the key that it is encrypted under there.
    pub(super) bundles: BTreeMap<usize, ModelKey>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModelReplica {
    pub(super) key: ModelKey,
    /// The labels that the Region goes on with, where the replica failed.
    pub(super) failed: Option<BTreeMap<u64, Labels>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ModelDeletion {
    pub(super) marked: i64,
    pub(super) due: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModelSecret {
    /// Tells it from every other one, and stays when it is promoted.
    pub(super) number: u64,
    pub(super) primary: usize,
    pub(super) description: Option<u64>,
    pub(super) key: ModelKey,
    pub(super) has_key_per_region: bool,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) policy: Option<usize>,
    pub(super) rotation_days: Option<i64>,
    pub(super) is_rotation_cancelled: bool,
    pub(super) rotated: Option<i64>,
    pub(super) deletion: Option<ModelDeletion>,
    pub(super) created: i64,
    pub(super) changed: i64,
    /// The source of the batch that made it, or of the latest one that updated it since.
    pub(super) packed: Option<usize>,
    pub(super) replicas: BTreeMap<usize, ModelReplica>,
    /// In the order in which they were made.
    pub(super) versions: Vec<ModelVersion>,
}

/// Times are hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct World {
    pub(super) now: i64,
    /// Whether the Region's own key is disabled.
    pub(super) disabled: [bool; REGIONS.len()],
    /// By name and primary Region.
    pub(super) secrets: BTreeMap<(usize, usize), ModelSecret>,
}

/// The first that no other version of the secret has.
pub(super) fn drawn_number(value: u64, is_taken: impl Fn(u64) -> bool) -> u64 {
    (1..).map(|times| times * DRAWN + value).find(|number| !is_taken(*number)).expect("few versions have one value")
}

impl ModelReplica {
    pub(super) const fn in_sync(key: ModelKey) -> Self {
        Self { key, failed: None }
    }
}

impl ModelSecret {
    pub(super) fn version(&self, id: u64) -> Option<&ModelVersion> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The number of a version whose token is drawn.
    pub(super) fn drawn(&self, value: u64) -> u64 {
        drawn_number(value, |number| self.version(number).is_some())
    }

    pub(super) fn labelled(&self, label: &str) -> Option<&ModelVersion> {
        self.versions.iter().find(|version| version.labels.contains(label))
    }

    pub(super) fn is_behind(&self, region: usize) -> bool {
        self.replicas.get(&region).is_some_and(|replica| replica.failed.is_some())
    }

    /// A replica that failed is in its Region if it has something of before.
    pub(super) fn is_in(&self, region: usize) -> bool {
        let has_versions = || self.versions.iter().any(|version| version.bundles.contains_key(&region));
        region == self.primary || self.replicas.contains_key(&region) && (!self.is_behind(region) || has_versions())
    }

    /// All of them, the primary first.
    pub(super) fn regions(&self) -> Vec<usize> {
        std::iter::once(self.primary).chain(self.replicas.keys().copied()).filter(|region| self.is_in(*region)).collect()
    }

    pub(super) fn key_in(&self, region: usize) -> ModelKey {
        self.replicas.get(&region).map_or(self.key, |replica| replica.key)
    }

    /// The versions of a Region with their labels there.
    pub(super) fn versions_in(&self, region: usize) -> Vec<(&ModelVersion, Labels)> {
        let failed = self.replicas.get(&region).and_then(|replica| replica.failed.as_ref());
        let there = self.versions.iter().filter(|version| failed.is_none() || version.bundles.contains_key(&region));
        let labels = |version: &ModelVersion| match failed {
            Some(kept) => kept.get(&version.id).cloned().unwrap_or_default(),
            None => version.labels.clone(),
        };
        there.map(|version| (version, labels(version))).collect()
    }

    /// What a Region goes on with when its replica fails now.
    pub(super) fn kept(&self, region: usize) -> BTreeMap<u64, Labels> {
        let there = self.versions_in(region).into_iter();
        let labelled = there.filter(|(version, labels)| version.bundles.contains_key(&region) && !labels.is_empty());
        labelled.map(|(version, labels)| (version.id, labels)).collect()
    }

    pub(super) fn fail(&mut self, region: usize, key: ModelKey) {
        let failed = Some(self.kept(region));
        self.replicas.insert(region, ModelReplica { key, failed });
    }

    /// A Region loses its replica and everything in it.
    pub(super) fn leave(&mut self, region: usize) {
        self.replicas.remove(&region);
        self.versions.iter_mut().for_each(|version| _ = version.bundles.remove(&region));
    }

    /// Encrypts versions under the Region's key, which then has all that they are.
    pub(super) fn seal(&mut self, region: usize, is_among: impl Fn(&ModelVersion) -> bool) {
        let key = self.key_in(region);
        for version in self.versions.iter_mut().filter(|version| is_among(version)) {
            version.bundles.insert(region, key);
        }
        if let Some(replica) = self.replicas.get_mut(&region) {
            replica.failed = None;
        }
    }

    /// "[versions] without staging labels are deprecated, and may be removed": beyond 100 the oldest, none within 24 hours.
    pub(super) fn prune(&mut self, now: i64) {
        let is_clock_behind = self.versions.iter().any(|version| version.created > now);
        let mut excess = self.versions.len().saturating_sub(KEPT_VERSIONS);
        let kept: BTreeSet<u64> =
            self.replicas.values().filter_map(|replica| replica.failed.as_ref()).flatten().map(|(id, _)| *id).collect();
        self.versions.retain(|version| {
            let is_old = version.created + HOURS_KEPT <= now;
            let goes = excess > 0 && !is_clock_behind && is_old && version.labels.is_empty() && !kept.contains(&version.id);
            excess -= usize::from(goes);
            !goes
        });
    }
}

/// What of the secrets that are marked for deletion is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkedSecrets {
    Refused,
    Found,
    FoundWhenDue,
}

impl World {
    pub(super) const fn is_disabled(&self, region: usize, key: ModelKey) -> bool {
        matches!(key, ModelKey::Own) && self.disabled[region]
    }

    pub(super) fn is_due(&self, secret: &ModelSecret) -> bool {
        secret.deletion.is_some_and(|deletion| self.now >= deletion.due)
    }

    /// Who has a name in a Region.
    pub(super) fn holder(&self, name: usize, region: usize) -> Option<&ModelSecret> {
        self.secrets.iter().find(|((of, _), secret)| *of == name && secret.is_in(region)).map(|(_, secret)| secret)
    }

    /// The secret of a request, and the Region that answers; without one the primary Region, where only one secret has the name.
    pub(super) fn find(&self, marked: MarkedSecrets, name: usize, region: Option<usize>) -> Refusable<(&ModelSecret, usize)> {
        let is_there = |secret: &&ModelSecret| marked == MarkedSecrets::FoundWhenDue || !self.is_due(secret);
        let (secret, region) = match region {
            Some(region) => (self.holder(name, region).filter(is_there), region),
            None => {
                let mut of_name = self.secrets.iter().filter(|((of, _), secret)| *of == name && is_there(secret)).map(|(_, secret)| secret);
                let first = of_name.next();
                if of_name.next().is_some() {
                    return Err(ErrorCode::InvalidRequestException);
                }
                (first, first.map_or(0, |secret| secret.primary))
            }
        };
        let secret = secret.ok_or(ErrorCode::ResourceNotFoundException)?;
        if secret.deletion.is_some() && marked == MarkedSecrets::Refused {
            return Err(ErrorCode::InvalidRequestException);
        }
        Ok((secret, region))
    }

    /// The same for what is done in the primary Region only.
    pub(super) fn find_primary(&self, marked: MarkedSecrets, name: usize, region: Option<usize>) -> Refusable<&ModelSecret> {
        let (secret, region) = self.find(marked, name, region)?;
        if region == secret.primary { Ok(secret) } else { Err(ErrorCode::InvalidParameterException) }
    }

    /// Whether a version can be opened to be sealed anew, from whichever Region has it.
    pub(super) fn opens(&self, version: &ModelVersion) -> bool {
        version.bundles.iter().any(|(region, key)| !self.is_disabled(*region, *key))
    }

    pub(super) fn require_usable(&self, region: usize, key: ModelKey) -> Refusable<()> {
        if self.is_disabled(region, key) { Err(ErrorCode::DisabledException) } else { Ok(()) }
    }

    pub(super) fn put(&mut self, name: usize, secret: ModelSecret) {
        self.secrets.insert((name, secret.primary), secret);
    }

    /// Another secret takes the place of whatever has the name in these Regions.
    pub(super) fn make_room(&mut self, name: usize, number: u64, primary: usize, regions: &[usize]) {
        for region in regions {
            let Some(old) = self.holder(name, *region).map(|old| (name, old.primary)) else { continue };
            if self.secrets[&old].number == number && old.1 == primary {
                continue;
            }
            if old.1 == *region {
                self.secrets.remove(&old);
            } else if let Some(old) = self.secrets.get_mut(&old) {
                old.leave(*region);
            }
        }
    }
}
