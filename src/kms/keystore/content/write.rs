//! From the state to its JSON.

use super::{
    super::{
        encoding::{Base64, Secret32, SecretDer},
        envelope::FILE_LIMIT,
    },
    *,
};
use crate::{
    arn::KeyArn,
    error::{Error, Result},
    kms::{
        embedded::{AutomaticRotation, Deletion, EmbeddedKms, Key, KeyPair, Material, MaterialVersions, RegionState},
        imported::ImportedKey,
        secret_json,
    },
    region::Region,
    secret::SecretBytes,
};

/// The JSON of a state that is written at this time.
pub(in super::super) fn to_json(kms: &EmbeddedKms, last_written: Timestamp) -> Result<SecretBytes> {
    let content = Content {
        account: kms.account.to_string(),
        last_written,
        believed_time: Some(kms.believed_at(last_written)).filter(|believed| *believed != last_written),
        comparison_key: ComparisonContent { id: kms.comparison_key.id.clone(), key: Secret32::Borrowed(kms.comparison_key.key.expose()) },
        opted_in_regions: kms.opted_in.iter().map(Region::to_string).collect(),
        regions: kms.regions.iter().map(|(region, state)| region_content(*region, state)).collect(),
    };
    let length = secret_json::length(&content);
    if length > FILE_LIMIT {
        let (length, limit) = (u64::try_from(length).unwrap_or(u64::MAX), u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX));
        return Err(Error::TooLong { what: "the keystore", length, limit });
    }
    Ok(secret_json::write(&content))
}

fn region_content(region: Region, state: &RegionState) -> RegionContent<'_> {
    let aliases = state.aliases.iter().map(|(name, alias)| AliasContent {
        name: name.clone(),
        target_key_id: alias.target_key_id.clone(),
        creation_date: alias.creation_date,
        last_updated_date: alias.last_updated_date,
    });
    RegionContent {
        region: region.to_string(),
        keys: state.keys.iter().map(|(id, key)| key_content(id, key)).collect(),
        imported_keys: state.imported.values().map(imported_key_content).collect(),
        aliases: aliases.collect(),
        default_key_id: state.default_key_id.clone(),
        default_key_arn: state.default_key_arn.as_ref().map(KeyArn::to_string),
    }
}

fn imported_key_content(key: &ImportedKey) -> ImportedKeyContent {
    ImportedKeyContent { import_date: key.import_date, answer: key.public_key.answer().to_owned() }
}

fn key_content<'a>(id: &str, key: &'a Key) -> KeyContent<'a> {
    KeyContent {
        id: id.to_owned(),
        manager: key.manager,
        state: if key.enabled { Activity::Enabled } else { Activity::Disabled },
        description: key.description.clone(),
        creation_date: key.creation_date,
        materials: key.material.symmetric().into_iter().flat_map(MaterialVersions::oldest_first).map(material_content).collect(),
        key_pair: key.material.key_pair().map(key_pair_content),
        tags: key.tags.clone(),
        policy: key.policy.clone(),
        deletion: key.deletion.map(|Deletion { window_in_days, date }| DeletionContent { window_in_days, date }),
        automatic_rotation: key
            .rotation
            .map(|AutomaticRotation { period_in_days, next_date }| AutomaticRotationContent { period_in_days, next_date }),
        multi_region: key.multi_region.as_ref().map(|multi_region| MultiRegionContent {
            primary_region: multi_region.primary.to_string(),
            replica_regions: multi_region.replicas.iter().map(Region::to_string).collect(),
        }),
    }
}

fn material_content(material: &Material) -> MaterialContent<'_> {
    MaterialContent {
        id: Base64(material.id),
        creation_date: material.creation_date,
        rotation: material.rotation,
        key: Secret32::Borrowed(material.bytes.expose()),
    }
}

fn key_pair_content(pair: &KeyPair) -> KeyPairContent<'_> {
    KeyPairContent {
        key_spec: pair.spec().to_string(),
        key_usage: pair.spec().usage().to_string(),
        private_key: SecretDer::Borrowed(pair.private_key().expose()),
    }
}
