//! From JSON to the state. Every rule that the operations rely on is checked here.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{super::envelope::damaged, *};
use crate::{
    arn::{KeyArn, MULTI_REGION_PREFIX},
    crypto::HmacKey,
    error::Result,
    kms::{
        embedded::{
            Alias, AutomaticRotation, Clock, ComparisonKey, Deletion, EmbeddedKms, Key, KeyMaterial, KeyPair, Material, MaterialVersions,
            MultiRegion, RegionState, are_valid_tags, check_alias_name, check_key_policy,
        },
        imported::{ImportedKey, KmsPublicKey},
        key_id::is_key_id,
        key_spec::{KeySpec, KeyUsage},
        member_limits::{DESCRIPTION_LENGTH, ROTATION_PERIOD},
    },
    region::Region,
};

/// Parses what [`to_json`](super::to_json) wrote.
///
/// # Errors
/// [`Error::Damaged`]. Says where, never what stands there.
pub(in super::super) fn parse(path: &Path, json: &[u8]) -> Result<EmbeddedKms> {
    let content: Content<'_> = serde_json::from_slice(json).map_err(|error| {
        damaged(path, &format!("the decrypted content is not that of a keystore (line {}, column {})", error.line(), error.column()))
    })?;
    into_state(content).map_err(|what| damaged(path, &format!("the decrypted content is not that of a keystore: {what}")))
}

fn into_state(content: Content<'_>) -> Result<EmbeddedKms, &'static str> {
    let comparison_key = ComparisonKey {
        id: content.comparison_key.id,
        key: HmacKey::from_bytes(content.comparison_key.key.into_bytes()).ok_or("the comparison key")?,
    };
    let opted_in: BTreeSet<_> = content.opted_in_regions.iter().map(|name| known(name)).collect::<Result<_, _>>()?;
    let mut regions = BTreeMap::new();
    for stored in content.regions {
        let region = known(&stored.region)?;
        if regions.insert(region, region_state(region, stored)?).is_some() {
            return Err("a Region twice");
        }
    }
    let account = content.account.parse().map_err(|_| "the account")?;
    let kms = EmbeddedKms {
        account,
        opted_in,
        regions,
        comparison_key,
        last_written: Some(content.last_written),
        believed: content.believed_time.or(Some(content.last_written)),
        dirty: false,
        clock: Clock::System,
    };
    if kms.multi_region_keys_agree() { Ok(kms) } else { Err("a multi-Region key that differs from Region to Region") }
}

fn known(region: &str) -> Result<Region, &'static str> {
    Region::new(region).ok_or("a Region that does not exist")
}

fn region_state(region: Region, stored: RegionContent<'_>) -> Result<RegionState, &'static str> {
    let mut state = RegionState::default();
    for mut key in stored.keys {
        let id = std::mem::take(&mut key.id);
        if !is_key_id(&id) || id.starts_with(MULTI_REGION_PREFIX) != key.multi_region.is_some() {
            return Err("a key's id");
        }
        if state.keys.insert(id, into_key(region, key)?).is_some() {
            return Err("a key twice");
        }
    }
    for ImportedKeyContent { import_date, answer } in stored.imported_keys {
        let public_key = KmsPublicKey::from_answer(&answer).map_err(|_| "an imported public key")?;
        let id = public_key.arn().key_id().to_owned();
        let is_free = public_key.arn().region() == region && !state.keys.contains_key(&id);
        if !is_free || state.imported.insert(id, ImportedKey { public_key, import_date }).is_some() {
            return Err("an imported public key's id or Region");
        }
    }
    let mut aliases = BTreeMap::new();
    let is_key = |id: &String| state.keys.contains_key(id) || state.imported.contains_key(id);
    for AliasContent { name, target_key_id, creation_date, last_updated_date } in stored.aliases {
        if check_alias_name(&name).is_err() || !is_key(&target_key_id) {
            return Err("an alias without key, or with a name that it cannot have");
        }
        if aliases.insert(name, Alias { target_key_id, creation_date, last_updated_date }).is_some() {
            return Err("an alias twice");
        }
    }
    if stored.default_key_id.as_ref().is_some_and(|id| !is_key(id)) {
        return Err("a default key that is not there");
    }
    let default_key_arn: Option<KeyArn> = stored.default_key_arn.map(|arn| arn.parse().map_err(|_| "a default key's ARN")).transpose()?;
    if default_key_arn.as_ref().is_some_and(|arn| arn.region() != region || stored.default_key_id.is_some()) {
        return Err("a default key of another Region, or two of them");
    }
    Ok(RegionState { aliases, default_key_id: stored.default_key_id, default_key_arn, ..state })
}

fn into_key(region: Region, stored: KeyContent<'_>) -> Result<Key, &'static str> {
    let key = Key {
        manager: stored.manager,
        enabled: stored.state == Activity::Enabled,
        description: stored.description,
        creation_date: stored.creation_date,
        material: into_material(stored.materials, stored.key_pair)?,
        tags: stored.tags,
        policy: stored.policy,
        deletion: stored.deletion.map(|DeletionContent { window_in_days, date }| Deletion { window_in_days, date }),
        rotation: stored
            .automatic_rotation
            .map(|AutomaticRotationContent { period_in_days, next_date }| AutomaticRotation { period_in_days, next_date }),
        multi_region: stored.multi_region.map(|stored| into_multi_region(region, &stored)).transpose()?,
    };
    if !DESCRIPTION_LENGTH.contains(&key.description.chars().count()) || !are_valid_tags(&key.tags) {
        return Err("a key's description or tags");
    }
    if key.policy.as_deref().is_some_and(|policy| check_key_policy(policy).is_err()) {
        return Err("a key's policy");
    }
    if key.enabled && key.deletion.is_some()
        || key.rotation.is_some_and(|rotation| !ROTATION_PERIOD.contains(&rotation.period_in_days.into()))
    {
        return Err("a key's state or rotation");
    }
    if key.material.spec().is_asymmetric() && key.rotation.is_some() {
        return Err("an asymmetric key that rotates");
    }
    Ok(key)
}

fn into_material(versions: Vec<MaterialContent<'_>>, pair: Option<KeyPairContent<'_>>) -> Result<KeyMaterial, &'static str> {
    match pair {
        Some(_) if !versions.is_empty() => Err("a key that is symmetric and asymmetric"),
        Some(pair) => into_key_pair(pair).map(KeyMaterial::Asymmetric),
        None => {
            let versions = versions.into_iter().map(|material| Material {
                id: material.id.0,
                creation_date: material.creation_date,
                rotation: material.rotation,
                bytes: material.key.into_bytes(),
            });
            let materials = MaterialVersions::from_oldest(versions.collect()).ok_or("a key without material, or with one version twice")?;
            Ok(KeyMaterial::Symmetric(materials))
        }
    }
}

fn into_key_pair(stored: KeyPairContent<'_>) -> Result<KeyPair, &'static str> {
    let spec = KeySpec::parse(&stored.key_spec).map_err(|_| "a key's spec")?;
    let usage = KeyUsage::parse(&stored.key_usage).map_err(|_| "a key's usage")?;
    if !spec.is_asymmetric() || spec.check_usage(usage).is_err() {
        return Err("a key's spec and usage");
    }
    KeyPair::from_pkcs8(spec, stored.private_key.into_bytes()).map_err(|_| "a private key")
}

fn into_multi_region(region: Region, stored: &MultiRegionContent) -> Result<MultiRegion, &'static str> {
    let replicas: BTreeSet<_> = stored.replica_regions.iter().map(|name| known(name)).collect::<Result<_, _>>()?;
    let multi_region = MultiRegion { primary: known(&stored.primary_region)?, replicas };
    if multi_region.replicas.contains(&multi_region.primary) || !multi_region.regions().any(|known| known == region) {
        return Err("the Regions of a multi-Region key");
    }
    Ok(multi_region)
}
