//! Keys that travel: a copy of some Regions' keys, and taking such a copy over.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{
    key::Key,
    material::MaterialRelation,
    state::{Alias, EmbeddedKms, RegionState},
};
use crate::{
    arn::KeyArn,
    error::{KeyRefusal, Result, SetupError},
    kms::imported::ImportedKey,
    region::Region,
};

/// What [`EmbeddedKms::import`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The keys that were not here before.
    pub added: Vec<KeyArn>,
    /// The keys that got newer material versions, in every Region that is here.
    pub updated: Vec<KeyArn>,
    /// The keys that were here already, the same.
    pub unchanged: Vec<KeyArn>,
    /// The keys that have newer material versions here than in what was imported: they stayed as they are.
    pub older: Vec<KeyArn>,
}

impl EmbeddedKms {
    /// A copy that holds the keys, imported public keys included, the aliases and the default keys of these Regions and of no other, for a keystore of its own.
    ///
    /// Its comparison key is another: with this one its holder could test guesses of other Regions' values. Automatic rotation is off in it:
    /// two keystores that rotate one key would each make material that the other has not.
    ///
    /// # Errors
    /// [`Error::Setup`](crate::Error::Setup) for a Region without keys, and for one that is not enabled; no random bytes.
    pub fn export(&self, regions: &[Region]) -> Result<Self> {
        let mut copy = Self::new(self.account.clone())?;
        for region in regions {
            let state = self.region(*region)?.filter(|state| !state.keys.is_empty() || !state.imported.is_empty());
            let state = state.ok_or(SetupError::NoKeys(*region))?;
            if self.opted_in.contains(region) {
                copy.opted_in.insert(*region);
            }
            copy.regions.insert(*region, duplicate(state));
        }
        copy.believed = self.believed;
        Ok(copy)
    }

    /// Takes over what another keystore holds and this one does not: keys, newer material versions, aliases, default keys, enabled Regions.
    /// What both have has to be the same, automatic rotation excepted, which stays as it is here. Nothing is overwritten or removed: where one
    /// side's material versions are the beginning of the other's, the longer list is kept. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`Error::Setup`](crate::Error::Setup) for embedded keys of another account; `AlreadyExistsException` that lists every key and alias that is another one here (a
    /// key that was rotated on both sides included), and then nothing has changed.
    pub fn import(&mut self, other: Self) -> Result<Imported> {
        let has_embedded_keys = other.regions.values().any(|state| !state.keys.is_empty());
        if other.account != self.account && has_embedded_keys {
            return Err(SetupError::KeysOfOtherAccount { own: self.account.clone(), others: other.account }.into());
        }
        let conflicts = self.conflicts(&other);
        if !conflicts.is_empty() {
            return Err(KeyRefusal::NotTheSame(conflicts).into());
        }
        self.dirty |= !other.opted_in.is_subset(&self.opted_in);
        self.opted_in.extend(other.opted_in);
        // A new keystore, into which a backup is restored, knows no better.
        if self.last_written.is_none() {
            self.believed = self.believed.or(other.believed);
        }
        let mut imported = Imported::default();
        for (region, state) in other.regions {
            self.take_over(region, state, &mut imported);
        }
        Ok(imported)
    }

    fn take_over(&mut self, region: Region, state: RegionState, imported: &mut Imported) {
        for (key_id, mut key) in state.keys {
            let arn = self.key_arn(region, &key_id);
            let history = self.catch_up(&arn, &mut key, imported);
            self.join(&arn, &mut key);
            if self.stored_key(&arn).is_none() {
                self.dirty = true;
                self.regions.entry(region).or_default().keys.insert(key_id, key);
                imported.added.push(arn);
            } else if history == MaterialRelation::Newer {
                imported.older.push(arn);
            } else if !imported.updated.contains(&arn) {
                imported.unchanged.push(arn);
            }
        }
        let own = self.regions.entry(region).or_default();
        for (key_id, key) in state.imported {
            let arn = key.public_key.arn().clone();
            match own.imported.entry(key_id) {
                Entry::Occupied(_) => imported.unchanged.push(arn),
                Entry::Vacant(vacant) => {
                    self.dirty = true;
                    vacant.insert(key);
                    imported.added.push(arn);
                }
            }
        }
        for (name, alias) in state.aliases {
            self.dirty |= !own.aliases.contains_key(&name);
            own.aliases.entry(name).or_insert(alias);
        }
        if !own.has_default_key() && (state.default_key_id.is_some() || state.default_key_arn.is_some()) {
            own.default_key_id = state.default_key_id;
            own.default_key_arn = state.default_key_arn;
            self.dirty = true;
        }
    }

    /// Gives both sides of a key the longer list of material versions; says how the list here was. Histories that diverged were refused before.
    fn catch_up(&mut self, arn: &KeyArn, key: &mut Key, imported: &mut Imported) -> MaterialRelation {
        let Some(here) = self.key_here(arn) else { return MaterialRelation::Same };
        let history = here.material.history(&key.material);
        match history {
            MaterialRelation::Newer => key.material.catch_up_with(&here.material),
            MaterialRelation::Older => {
                self.for_each_region(arn, |own| own.material.catch_up_with(&key.material));
                let here = self.regions.iter().filter(|(_, state)| state.keys.contains_key(arn.key_id()));
                let all = here.map(|(region, _)| self.key_arn(*region, arn.key_id()));
                imported.updated.extend(all.filter(|other| other == arn || key.multi_region.is_some()));
            }
            MaterialRelation::Same | MaterialRelation::Diverged => {}
        }
        history
    }

    /// The key, or of a multi-Region key any that is here.
    fn key_here(&self, arn: &KeyArn) -> Option<&Key> {
        let mut of_this_id = self.regions.values().filter_map(|state| state.keys.get(arn.key_id()));
        self.stored_key(arn).or_else(|| of_this_id.find(|key| key.multi_region.is_some()))
    }

    /// Makes a multi-Region key know all the Regions that either side knows of, and rotate as it does here.
    fn join(&mut self, arn: &KeyArn, key: &mut Key) {
        let Some(multi_region) = &mut key.multi_region else { return };
        let Some((known, rotation)) = self.key_here(arn).and_then(|here| Some((here.multi_region.clone()?, here.rotation))) else { return };
        multi_region.replicas.extend(&known.replicas);
        key.rotation = rotation;
        if *multi_region != known {
            let joined = multi_region.clone();
            self.for_each_region(arn, |key| key.multi_region = Some(joined.clone()));
        }
    }

    fn conflicts(&self, other: &Self) -> Vec<String> {
        let mut conflicts = Vec::new();
        for (region, state) in &other.regions {
            for (key_id, key) in &state.keys {
                let arn = self.key_arn(*region, key_id);
                let differing = match self.stored_key(&arn) {
                    Some(own) => differences(own, key),
                    None => self.differences_between_regions(&arn, key),
                };
                if !differing.is_empty() {
                    conflicts.push(format!("{arn}: another {}", differing.join(", another ")));
                }
            }
            conflicts.extend(self.imported_conflicts(*region, state));
            let Some(own) = self.regions.get(region) else { continue };
            let moved =
                |(name, alias): &(&String, &Alias)| own.aliases.get(*name).is_some_and(|known| known.target_key_id != alias.target_key_id);
            conflicts.extend(state.aliases.iter().filter(moved).map(|(name, _)| format!("{}: another key", self.alias_arn(*region, name))));
            let is_same = own.default_key_id == state.default_key_id && own.default_key_arn == state.default_key_arn;
            if own.has_default_key() && state.has_default_key() && !is_same {
                conflicts.push(format!("{region}: another default key"));
            }
        }
        conflicts
    }

    /// Imported public keys whose ids are other keys' here, embedded keys whose ids are imported public keys' here, and imported multi-Region
    /// keys that have another public key in another Region here.
    fn imported_conflicts(&self, region: Region, other: &RegionState) -> Vec<String> {
        let own = self.regions.get(&region);
        let of_imported = other.imported.iter().filter_map(|(key_id, ImportedKey { public_key: key, .. })| {
            let arn = key.arn();
            match own.and_then(|own| own.imported.get(key_id)).map(|known| &known.public_key) {
                Some(known) if known.is_same_key(key) => None,
                Some(known) if known.arn() == arn => Some(format!("{arn}: another public key")),
                Some(known) => Some(format!("{arn}: its id is that of {}", known.arn())),
                None if self.has_id(region, key_id) => Some(format!("{arn}: its id is that of an embedded key")),
                None => {
                    self.contradicting_sibling(key, &[]).map(|sibling| format!("{arn}: another public key than that of {}", sibling.arn()))
                }
            }
        });
        let of_embedded = other.keys.keys().filter(|key_id| own.is_some_and(|own| own.imported.contains_key(*key_id)));
        of_imported
            .chain(of_embedded.map(|key_id| format!("{}: an imported public key has its id", self.key_arn(region, key_id))))
            .collect()
    }

    /// How a key that is not here differs from the same multi-Region key in another Region that is.
    fn differences_between_regions(&self, arn: &KeyArn, key: &Key) -> Vec<&'static str> {
        let Some(here) = self.key_here(arn) else { return Vec::new() };
        let mut differing = Vec::new();
        if here.material.history(&key.material) == MaterialRelation::Diverged {
            differing.push("material");
        }
        if primary(here) != primary(key) {
            differing.push("primary Region");
        }
        differing
    }
}

fn differences(own: &Key, other: &Key) -> Vec<&'static str> {
    let parts = [
        ("material", own.material.history(&other.material) != MaterialRelation::Diverged),
        ("state", own.enabled == other.enabled && own.deletion == other.deletion && own.manager == other.manager),
        ("description", own.description == other.description),
        ("set of tags", own.tags == other.tags),
        ("policy", own.policy == other.policy),
        ("primary Region", primary(own) == primary(other)),
    ];
    parts.into_iter().filter_map(|(what, same)| (!same).then_some(what)).collect()
}

fn primary(key: &Key) -> Option<Region> {
    key.multi_region.as_ref().map(|multi_region| multi_region.primary)
}

fn duplicate(state: &RegionState) -> RegionState {
    let keys: BTreeMap<_, _> = state.keys.iter().map(|(key_id, key)| (key_id.clone(), key.duplicate())).collect();
    RegionState {
        keys,
        imported: state.imported.clone(),
        aliases: state.aliases.clone(),
        default_key_id: state.default_key_id.clone(),
        default_key_arn: state.default_key_arn.clone(),
    }
}
