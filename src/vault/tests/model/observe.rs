//! The world as a vault has it. Every bundle is opened once, and holds what all bundles of its version hold.

use std::collections::{BTreeMap, HashMap};

use super::{
    super::*,
    NAMES, POLICIES, REGIONS, SOURCES,
    carry_out::{context, description, number_of_token, number_of_value},
    keystores::Keystores,
    world::{Labels, ModelDeletion, ModelKey, ModelReplica, ModelSecret, ModelVersion, World, drawn_number},
};
use crate::{
    timestamp::Timestamp,
    vault::{
        family::Located,
        record::{PlannedDeletion, VersionRecord},
    },
};

/// What was wrong.
pub(super) type Checked<T> = std::result::Result<T, String>;

/// Remembers the bundles that it has opened: they have the names of their content, and `verify` compares that each time.
#[derive(Default)]
pub(super) struct Observer {
    opened: HashMap<(String, String), u64>,
    /// The secrets by the ends of their ARNs.
    suffixes: HashMap<String, u64>,
    /// The ids of versions whose token was drawn.
    drawn: HashMap<String, u64>,
}

/// The hour of a time, where it is `now` by both clocks.
pub(super) fn hour(time: Timestamp, now: i64) -> Checked<i64> {
    let clock = Timestamp::now().map_err(|error| error.to_string())?;
    Ok(now + ((time.utc() - clock.utc()).whole_seconds() + 1800).div_euclid(3600))
}

pub(super) fn index_of(region: Region) -> Checked<usize> {
    REGIONS.iter().position(|name| *name == region.name()).ok_or_else(|| format!("{region} was never asked for"))
}

impl Observer {
    pub(super) fn observe(&mut self, vault: &Vault, keystores: &Keystores, before: &World) -> Checked<World> {
        let mut world = World { secrets: BTreeMap::new(), ..before.clone() };
        for (name, text) in NAMES.iter().enumerate() {
            let family = vault.read_name(text).map_err(|error| error.to_string())?.family;
            for (located, _) in family.present() {
                let is_taken = |region: Region| {
                    let replaces = |other: &Located| {
                        other.record.is_in(region)
                            && other.record.replaces.iter().any(|old| old.region == region && old.arn == located.record.arn)
                    };
                    family.members().any(replaces)
                };
                let secret = self.secret(vault, keystores, (located, before.now), &is_taken)?;
                world.put(name, secret);
            }
        }
        Ok(world)
    }

    fn secret(
        &mut self,
        vault: &Vault,
        keystores: &Keystores,
        (located, now): (&Located, i64),
        is_taken: &dyn Fn(Region) -> bool,
    ) -> Checked<ModelSecret> {
        let record = &located.record;
        let primary = index_of(record.primary_region())?;
        let number = record.encryption_context.get("number").and_then(|number| number.parse().ok()).ok_or("it has no number")?;
        if record.encryption_context != context(number) {
            return Err("its encryption context is another one".to_owned());
        }
        let suffix = record.arn.name_and_suffix().to_owned();
        if *self.suffixes.entry(suffix).or_insert(number) != number {
            return Err("its ARN is that of another secret".to_owned());
        }
        let key = keystores.names.key(primary, record.key_name(record.primary_region())).ok_or("its key was never asked for")?;
        let hand = keystores.read(|kms| record.hand(kms.comparison_key()));
        if hand != RecordHand::Own {
            return Err(format!("its record's tag: {hand:?}"));
        }
        let mut versions = Vec::new();
        for version in &record.versions {
            versions.push(self.version(vault, keystores, (located, now), version, is_taken)?);
        }
        let policy = record.resource_policy.as_ref().map(|policy| policy.as_str());
        let deletion = |planned: PlannedDeletion| {
            Ok::<_, String>(ModelDeletion { marked: hour(planned.deleted_date, now)?, due: hour(planned.deletion_date, now)? })
        };
        Ok(ModelSecret {
            number,
            primary,
            description: record.description.as_deref().map(number_of_description).transpose()?,
            key,
            has_key_per_region: record.data_key_scope == DataKeyScope::PerRegion,
            tags: record.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect(),
            policy: policy.map(|policy| POLICIES.iter().position(|known| *known == policy).ok_or("its policy is no one's")).transpose()?,
            rotation_days: record.rotation_rules.as_ref().and_then(|rules| rules.given().automatically_after_days),
            is_rotation_cancelled: record.is_rotation_cancelled,
            rotated: record.last_rotated_date.map(|date| hour(date, now)).transpose()?,
            deletion: record.planned_deletion.map(deletion).transpose()?,
            created: hour(record.created_date, now)?,
            changed: hour(record.last_changed_date, now)?,
            packed: packed(keystores, record)?,
            replicas: self.replicas(keystores, located, is_taken)?,
            versions,
        })
    }

    fn replicas(
        &self,
        keystores: &Keystores,
        located: &Located,
        is_taken: &dyn Fn(Region) -> bool,
    ) -> Checked<BTreeMap<usize, ModelReplica>> {
        let mut replicas = BTreeMap::new();
        for replica in located.record.replication_status.iter().filter(|replica| !is_taken(replica.region)) {
            let region = index_of(replica.region)?;
            let key = keystores.names.key(region, &replica.kms_key_id).ok_or("a replica's key was never asked for")?;
            let is_failed = replica.status == ReplicaStatus::Failed;
            if (replica.status_message == "Replication succeeded") == is_failed {
                return Err(format!("{:?} with the message {}", replica.status, replica.status_message));
            }
            let kept = replica.version_ids_to_stages.iter().map(|(id, labels)| Ok((self.id(id)?, labels.iter().cloned().collect())));
            let kept: BTreeMap<u64, Labels> = kept.collect::<Checked<_>>()?;
            if !is_failed && !kept.is_empty() {
                return Err("a replica in sync has labels of its own".to_owned());
            }
            replicas.insert(region, ModelReplica { key, failed: is_failed.then_some(kept) });
        }
        Ok(replicas)
    }

    /// The number of a VersionId.
    pub(super) fn id(&self, id: &str) -> Checked<u64> {
        number_of_token(id).or_else(|| self.drawn.get(id).copied()).ok_or_else(|| format!("{id} is no one's token"))
    }

    fn version(
        &mut self,
        vault: &Vault,
        keystores: &Keystores,
        (located, now): (&Located, i64),
        version: &VersionRecord,
        is_taken: &dyn Fn(Region) -> bool,
    ) -> Checked<ModelVersion> {
        let mut bundles: BTreeMap<usize, ModelKey> = BTreeMap::new();
        let mut value = None;
        for bundle in version.bundles.iter().filter(|bundle| !is_taken(bundle.region)) {
            let region = index_of(bundle.region)?;
            let key = keystores.names.key(region, &bundle.kms_key_id).ok_or("a bundle's key was never asked for")?;
            if bundles.insert(region, key).is_some() {
                return Err("a Region has two bundles".to_owned());
            }
            let opened = self.open(vault, keystores, located, version, bundle.region, &bundle.file)?;
            if *value.get_or_insert(opened) != opened {
                return Err(format!("bundles of {} hold several values", version.version_id));
            }
        }
        let value = value.ok_or("a version without a bundle")?;
        if self.id(&version.version_id).is_err() {
            let number = drawn_number(value, |number| located.record.versions.iter().any(|other| self.id(&other.version_id) == Ok(number)));
            self.drawn.insert(version.version_id.clone(), number);
        }
        Ok(ModelVersion {
            id: self.id(&version.version_id)?,
            value,
            created: hour(version.created_date, now)?,
            labels: version.version_stages.iter().cloned().collect(),
            bundles,
        })
    }

    fn open(
        &mut self,
        vault: &Vault,
        keystores: &Keystores,
        located: &Located,
        version: &VersionRecord,
        region: Region,
        file: &str,
    ) -> Checked<u64> {
        let known = (version.version_id.clone(), file.to_owned());
        if let Some(number) = self.opened.get(&known) {
            return Ok(*number);
        }
        let opened = keystores.read(|kms| {
            let keys = KeyOptions::default();
            let openers = keys.openers(Some(kms));
            vault.open_in_region(&openers, openers.farthest(), located, version, region)
        });
        let opened = opened.map_err(|error| error.to_string())?;
        let number = number_of_value(&opened.value).ok_or("a value that nobody gave")?;
        self.opened.insert(known, number);
        Ok(number)
    }
}

fn number_of_description(text: &str) -> Checked<u64> {
    let number = text.rsplit(' ').next().and_then(|number| number.parse().ok());
    number.filter(|number| description(*number) == text).ok_or_else(|| "its description is no one's".to_owned())
}

/// The source that a record is from, as the holder of the keystore finds it.
fn packed(keystores: &Keystores, record: &SecretRecord) -> Checked<Option<usize>> {
    let has_made = |source: &str| keystores.read(|kms| PackSource::new(source).has_made(kms.comparison_key(), record));
    match (record.packed_from.is_some(), SOURCES.iter().position(|source| has_made(source))) {
        (true, None) => Err("its source is no one's".to_owned()),
        (_, source) => Ok(source),
    }
}
