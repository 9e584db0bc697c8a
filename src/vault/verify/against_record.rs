//! A bundle beside its record.

use super::bundle::Seen;
use crate::{
    arn::KeyArn,
    format::EncryptedDataKey,
    keyring::{AWS_KMS_PROVIDER_ID, ecdh_recipient, names_key_arn},
    kms::{DEFAULT_KEY_ALIAS, EMBEDDED_PREFIX, EmbeddedKms, is_key_id},
    region::Region,
    vault::{
        edk_record::EdkRecord,
        record::{BundleRecord, SecretRecord, VersionRecord},
        seal_version::identity,
        stages::moves_with_the_key,
    },
};

/// Every difference between what the record says of a bundle and what the bundle is, as far as that shows without opening it.
pub(super) fn against_record(
    record: &SecretRecord,
    version: &VersionRecord,
    bundle: &BundleRecord,
    seen: &Seen,
    kms: Option<&EmbeddedKms>,
) -> Vec<String> {
    let mut faults = Vec::new();
    if seen.size != bundle.size {
        faults.push(format!("has {} bytes, {} on record", seen.size, bundle.size));
    }
    if seen.sha256 != bundle.sha256 {
        faults.push("its SHA-256 is not the one on record".to_owned());
    }
    let header = &seen.inspected.header;
    match identity(record, &version.version_id, bundle.region).check_context(header) {
        Ok(payload) if payload != version.payload => faults.push("holds the other kind of payload than the record says".to_owned()),
        Ok(_) => {}
        Err(mismatch) => faults.push(format!("is not the bundle of this secret, version and Region: {mismatch}")),
    }
    let edks = &header.encrypted_data_keys;
    // The Region's own is the first; what follows are recovery keys.
    if !edks.first().is_some_and(|edk| is_under(edk, &bundle.kms_key_id, kms)) {
        faults.push("its data key is not wrapped under the key on record".to_owned());
    } else if !are_on_record(edks, bundle) {
        faults.push("its data key is not wrapped under the keys on record, and no others".to_owned());
    }
    if let Some(key) = other_key_for_region(record, version, bundle).filter(|_| !is_named_key_in_use(record, bundle.region)) {
        faults.push(format!("its data key is wrapped under {key}, and the record names {} for the Region", named_key(record, bundle)));
    }
    faults
}

/// A bundle that is in use under an earlier key of its Region: as in AWS, a version keeps its key when a label moves to it. Whoever changed the key
/// had other versions sealed under it, so that one under which there is none is a fault.
pub(super) fn earlier_key(record: &SecretRecord, version: &VersionRecord, bundle: &BundleRecord) -> Option<String> {
    let key = other_key_for_region(record, version, bundle).filter(|_| is_named_key_in_use(record, bundle.region))?;
    let named = named_key(record, bundle);
    Some(format!("its data key is wrapped under {key}; other versions are under {named}, which the record names for the Region"))
}

/// The bundle's key, where the record has another one for the Region, by its ARN or id. Versions that are not in use, nor were or are to be, may
/// stay under the key of before, and those of a Region that failed do.
fn other_key_for_region(record: &SecretRecord, version: &VersionRecord, bundle: &BundleRecord) -> Option<KeyArn> {
    let name = without_prefix(record.key_name(bundle.region));
    let key: KeyArn = bundle.kms_key_id.parse().ok()?;
    let is_key = name.parse::<KeyArn>().is_ok() || is_key_id(name);
    let is_named_now = moves_with_the_key(version) && !record.is_behind(bundle.region);
    Some(key).filter(|key| is_key && is_named_now && !is_called(key, name))
}

/// Whether any version is under the key that the record names for the Region.
fn is_named_key_in_use(record: &SecretRecord, region: Region) -> bool {
    let name = without_prefix(record.key_name(region));
    let mut bundles = record.versions.iter().filter_map(|version| version.bundle(region));
    bundles.any(|bundle| bundle.kms_key_id.parse().is_ok_and(|key| is_called(&key, name)))
}

fn is_called(key: &KeyArn, name: &str) -> bool {
    name == key.key_id() || name.parse().is_ok_and(|named: KeyArn| named == *key)
}

fn named_key<'r>(record: &'r SecretRecord, bundle: &BundleRecord) -> std::str::EscapeDebug<'r> {
    without_prefix(record.key_name(bundle.region)).escape_debug()
}

fn without_prefix(name: &str) -> &str {
    name.strip_prefix(EMBEDDED_PREFIX).unwrap_or(name)
}

/// An alias on record that means another key than the bundle's by now.
pub(super) fn alias_elsewhere(record: &SecretRecord, version: &VersionRecord, bundle: &BundleRecord, kms: &EmbeddedKms) -> Option<String> {
    let name = record.key_name(bundle.region);
    let key: KeyArn = bundle.kms_key_id.parse().ok()?;
    let bare = without_prefix(name);
    let is_alias = bare.parse::<KeyArn>().is_err() && !is_key_id(bare);
    // With a keystore that has not the bundle's key, the alias is that of another one.
    if !is_alias || !moves_with_the_key(version) || record.is_behind(bundle.region) || kms.key_spec(&key).is_none() {
        return None;
    }
    let means = if bare == DEFAULT_KEY_ALIAS { kms.default_key(bundle.region)? } else { kms.resolve(bundle.region, name).ok()? };
    (means != key).then(|| format!("its data key is wrapped under {key}; {} on record means {means} by now", name.escape_debug()))
}

/// Where the record lists none, there is one, under the key on record and symmetric.
fn are_on_record(edks: &[EncryptedDataKey], bundle: &BundleRecord) -> bool {
    match (bundle.encrypted_data_keys.as_slice(), edks) {
        ([], [only]) => only.provider_id == AWS_KMS_PROVIDER_ID && only.provider_info == bundle.kms_key_id.as_bytes(),
        (listed, edks) => edks.iter().map(EdkRecord::of).eq(listed.iter().cloned()),
    }
}

/// An encrypted data key of ECDH names a point: without the keystore it may be that of any key.
fn is_under(edk: &EncryptedDataKey, key: &str, kms: Option<&EmbeddedKms>) -> bool {
    let Ok(key) = key.parse::<KeyArn>() else { return false };
    match kms {
        Some(kms) => kms.is_wrapped_under(edk, &key).unwrap_or(true),
        None => ecdh_recipient(edk).is_some() || names_key_arn(edk, &key),
    }
}
