//! What is inside the encryption: the state of the embedded KMS as JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{
    super::{
        aliases::{self, Alias},
        keys::{DESCRIPTION_LIMIT, Key, KeyManager, KeyState, Material, Materials},
        lookup::is_key_id,
        model::{ComparisonKey, EmbeddedKms, RegionState},
    },
    encoding::{Base64, Secret},
    envelope::{FILE_LIMIT, damaged},
};
use crate::{
    crypto::HmacKey,
    error::{Error, Result},
    region::Region,
    secret::SecretBytes,
    timestamp::Timestamp,
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct Content<'a> {
    account: String,
    last_written: Timestamp,
    comparison_key: ComparisonContent<'a>,
    opted_in_regions: Vec<String>,
    regions: Vec<RegionContent<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct ComparisonContent<'a> {
    id: String,
    key: Secret<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct RegionContent<'a> {
    region: String,
    keys: Vec<KeyContent<'a>>,
    aliases: Vec<AliasContent>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct KeyContent<'a> {
    id: String,
    manager: KeyManager,
    state: KeyState,
    description: String,
    creation_date: Timestamp,
    /// From oldest to newest.
    materials: Vec<MaterialContent<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct MaterialContent<'a> {
    id: Base64<32>,
    creation_date: Timestamp,
    key: Secret<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AliasContent {
    name: String,
    target_key_id: String,
    creation_date: Timestamp,
    last_updated_date: Timestamp,
}

/// The JSON of a state that is written at this time.
pub(super) fn to_json(kms: &EmbeddedKms, last_written: Timestamp) -> Result<SecretBytes> {
    let content = Content {
        account: kms.account.to_string(),
        last_written,
        comparison_key: ComparisonContent { id: kms.comparison_key.id.clone(), key: Secret::Borrowed(kms.comparison_key.key.expose()) },
        opted_in_regions: kms.opted_in.iter().map(Region::to_string).collect(),
        regions: kms.regions.iter().map(|(region, state)| region_content(*region, state)).collect(),
    };
    // Measured first: a buffer that grew would leave keys behind in the memory that it gave back.
    let mut length = Length(0);
    serde_json::to_writer(&mut length, &content).expect("counting bytes does not fail");
    if length.0 > FILE_LIMIT {
        let (length, limit) = (u64::try_from(length.0).unwrap_or(u64::MAX), u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX));
        return Err(Error::TooLong { what: "the keystore", length, limit });
    }
    let mut json = SecretBytes::zeroed(length.0);
    serde_json::to_writer(json.expose_mut(), &content).expect("the same content has the same length twice");
    Ok(json)
}

fn region_content(region: Region, state: &RegionState) -> RegionContent<'_> {
    let key = |(id, key): (&String, &'_ Key)| (id.clone(), key.manager, key.state, key.description.clone(), key.creation_date);
    let keys = state.keys.iter().map(|entry| {
        let (id, manager, state, description, creation_date) = key(entry);
        let materials = entry.1.materials.oldest_first().map(material_content).collect();
        KeyContent { id, manager, state, description, creation_date, materials }
    });
    let aliases = state.aliases.iter().map(|(name, alias)| AliasContent {
        name: name.clone(),
        target_key_id: alias.target_key_id.clone(),
        creation_date: alias.creation_date,
        last_updated_date: alias.last_updated_date,
    });
    RegionContent { region: region.to_string(), keys: keys.collect(), aliases: aliases.collect() }
}

fn material_content(material: &Material) -> MaterialContent<'_> {
    MaterialContent { id: Base64(material.id), creation_date: material.creation_date, key: Secret::Borrowed(material.bytes.expose()) }
}

/// Parses what [`to_json`] wrote. Every rule that the operations rely on is checked here.
///
/// # Errors
/// [`Error::Damaged`]. Says where, never what stands there.
pub(super) fn parse(path: &Path, json: &[u8]) -> Result<EmbeddedKms> {
    let content: Content<'_> = serde_json::from_slice(json).map_err(|error| {
        damaged(path, &format!("the decrypted content is not that of a keystore (line {}, column {})", error.line(), error.column()))
    })?;
    into_state(content).map_err(|what| damaged(path, &format!("the decrypted content is not that of a keystore: {what}")))
}

fn into_state(content: Content<'_>) -> Result<EmbeddedKms, &'static str> {
    let known = |name: &str| Region::new(name).ok_or("a Region that does not exist");
    let comparison_key = ComparisonKey {
        id: content.comparison_key.id,
        key: HmacKey::from_bytes(content.comparison_key.key.into_bytes()).ok_or("the comparison key")?,
    };
    let opted_in: BTreeSet<_> = content.opted_in_regions.iter().map(|name| known(name)).collect::<Result<_, _>>()?;
    let mut regions = BTreeMap::new();
    for stored in content.regions {
        let region = known(&stored.region)?;
        if regions.insert(region, region_state(stored)?).is_some() {
            return Err("a Region twice");
        }
    }
    let account = content.account.parse().map_err(|_| "the account")?;
    Ok(EmbeddedKms { account, opted_in, regions, comparison_key, last_written: Some(content.last_written), dirty: false })
}

fn region_state(stored: RegionContent<'_>) -> Result<RegionState, &'static str> {
    let mut state = RegionState::default();
    for key in stored.keys {
        let KeyContent { id, manager, state: key_state, description, creation_date, materials } = key;
        let versions = materials.into_iter().map(|material| Material {
            id: material.id.0,
            creation_date: material.creation_date,
            bytes: material.key.into_bytes(),
        });
        let materials = Materials::from_oldest(versions.collect()).ok_or("a key without material, or with one version twice")?;
        if !is_key_id(&id) || description.chars().count() > DESCRIPTION_LIMIT {
            return Err("a key's id or description");
        }
        if state.keys.insert(id, Key { manager, state: key_state, description, creation_date, materials }).is_some() {
            return Err("a key twice");
        }
    }
    for AliasContent { name, target_key_id, creation_date, last_updated_date } in stored.aliases {
        if aliases::check_name(&name).is_err() || !state.keys.contains_key(&target_key_id) {
            return Err("an alias without key, or with a name that it cannot have");
        }
        if state.aliases.insert(name, Alias { target_key_id, creation_date, last_updated_date }).is_some() {
            return Err("an alias twice");
        }
    }
    Ok(state)
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
