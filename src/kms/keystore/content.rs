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
        imported::{ImportedKey, KmsPublicKey},
        key_pair::KeyPair,
        key_spec::{KeySpec, KeyUsage},
        keys::{DESCRIPTION_LIMIT, Key, KeyManager},
        lookup::is_key_id,
        material::{KeyMaterial, Material, Materials},
        model::{Clock, ComparisonKey, EmbeddedKms, RegionState},
        multi_region::MultiRegion,
        policy,
        rotation::{AutomaticRotation, PERIOD, RotationType},
        states::Deletion,
        tags::{self, Tags},
    },
    encoding::{Base64, Secret, SecretDer},
    envelope::{FILE_LIMIT, damaged},
};
use crate::{
    arn::MULTI_REGION_PREFIX,
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    imported_keys: Vec<ImportedKeyContent>,
    aliases: Vec<AliasContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_key_id: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct KeyContent<'a> {
    id: String,
    manager: KeyManager,
    state: Activity,
    description: String,
    creation_date: Timestamp,
    /// Of a symmetric key, from oldest to newest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    materials: Vec<MaterialContent<'a>>,
    /// Of an asymmetric key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_pair: Option<KeyPairContent<'a>>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deletion: Option<DeletionContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    automatic_rotation: Option<AutomaticRotationContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    multi_region: Option<MultiRegionContent>,
}

/// A public key of a key in AWS KMS.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImportedKeyContent {
    import_date: Timestamp,
    /// The whole answer of GetPublicKey: JSON as text.
    answer: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Activity {
    Enabled,
    /// Also while the deletion is pending.
    Disabled,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeletionContent {
    window_in_days: u16,
    /// Absent for a primary key that had replicas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AutomaticRotationContent {
    period_in_days: u16,
    next_date: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MultiRegionContent {
    primary_region: String,
    replica_regions: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct MaterialContent<'a> {
    id: Base64<32>,
    creation_date: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rotation: Option<RotationType>,
    key: Secret<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct KeyPairContent<'a> {
    key_spec: String,
    key_usage: String,
    /// PKCS#8.
    private_key: SecretDer<'a>,
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
        materials: key.material.symmetric().into_iter().flat_map(Materials::oldest_first).map(material_content).collect(),
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
        key: Secret::Borrowed(material.bytes.expose()),
    }
}

fn key_pair_content(pair: &KeyPair) -> KeyPairContent<'_> {
    KeyPairContent {
        key_spec: pair.spec().to_string(),
        key_usage: pair.spec().usage().to_string(),
        private_key: SecretDer::Borrowed(pair.private_key().expose()),
    }
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
        if aliases::check_name(&name).is_err() || !is_key(&target_key_id) {
            return Err("an alias without key, or with a name that it cannot have");
        }
        if aliases.insert(name, Alias { target_key_id, creation_date, last_updated_date }).is_some() {
            return Err("an alias twice");
        }
    }
    if stored.default_key_id.as_ref().is_some_and(|id| !is_key(id)) {
        return Err("a default key that is not there");
    }
    Ok(RegionState { aliases, default_key_id: stored.default_key_id, ..state })
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
    if key.description.chars().count() > DESCRIPTION_LIMIT || !tags::are_valid(&key.tags) {
        return Err("a key's description or tags");
    }
    if key.policy.as_deref().is_some_and(|policy| policy::check(policy).is_err()) {
        return Err("a key's policy");
    }
    if key.enabled && key.deletion.is_some() || key.rotation.is_some_and(|rotation| !PERIOD.contains(&rotation.period_in_days)) {
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
            let materials = Materials::from_oldest(versions.collect()).ok_or("a key without material, or with one version twice")?;
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
