//! What opens the bundles of secrets: the keystore, keys of the user's own, AWS KMS.

use crate::{
    cli::{
        args::{OpeningKeyArgs, ValueOpeningArgs},
        failure::Outcome,
        invocation::Invocation,
        raw_key::RawKey,
        recovery_key::{keyrings, name_online_keys, opening_keys, opening_recovery_keys},
        regions::Regions,
        signed_reading::vault_to_read,
        terminal::note,
    },
    error::Result,
    kms::EmbeddedKms,
    protocol::operation::Secrets,
    region::Region,
    vault::{KeyOptions, SecretValueEntry, Vault, VersionSelector},
};

/// Where nothing tells that a value is the one that was stored: whoever has the Region's key, or the version's data key, can make a bundle.
const NOT_COMPARED: &str = "whether this is the value on record is not known here: only the keystore that made it can tell";

/// The keys at hand.
pub(super) struct SecretOpening {
    /// As it was signed, where it is said who may sign.
    vault: Vault,
    kms: Option<EmbeddedKms>,
    keys: KeyOptions,
}

impl SecretOpening {
    /// Reads the keystore, and the files of the keys that are named. With a key of the user's own, or AWS KMS, there need not be a keystore.
    pub(super) fn of(invocation: &Invocation, opening: &OpeningKeyArgs, recovery_keys: &[String]) -> Outcome<Self> {
        invocation.vault.require()?;
        let files = invocation.inputs.in_use();
        let mut open_with = opening_keys(files, opening)?;
        open_with.extend(opening_recovery_keys(files, recovery_keys)?);
        Self::with(invocation, open_with, &opening.kms_key_id)
    }

    /// The same with keys whose files are read already, and these of AWS KMS.
    pub(super) fn with(invocation: &Invocation, open_with: Vec<RawKey>, online: &[String]) -> Outcome<Self> {
        invocation.vault.require()?;
        let mut keys = KeyOptions { open_with: keyrings(open_with), ..invocation.access.key_options() };
        keys.online_opening.region = invocation.regions.explicit();
        let needs_keystore = keys.open_with.is_empty() && keys.online.is_none();
        let kms = if needs_keystore { Some(invocation.keystore.read()?) } else { invocation.keystore.read_if_any()? };
        name_online_keys(invocation.key_names(), kms.as_ref(), online, &mut keys)?;
        Ok(Self { vault: invocation.vault.clone(), kms, keys })
    }

    /// The same, where the vault is read as it was signed, if it is said who may sign.
    pub(super) fn of_signed(invocation: &Invocation, args: &ValueOpeningArgs) -> Outcome<Self> {
        let ValueOpeningArgs { opening, signed, recovery_key } = args;
        invocation.vault.require()?;
        let vault = vault_to_read(invocation, signed, invocation.regions.explicit())?;
        let opening = Self::of(invocation, opening, recovery_key)?;
        Ok(Self { vault: vault.unwrap_or(opening.vault), ..opening })
    }

    /// One value. The Region is found as for every command on a secret.
    pub(super) fn value(&self, regions: &Regions, secret_id: &str, selector: &VersionSelector) -> Outcome<SecretValueEntry> {
        let region = regions.of_secret(secret_id)?;
        Ok(self.value_in(&self.vault, secret_id, region, selector)?)
    }

    /// The same where the Region is known.
    pub(super) fn value_in(
        &self,
        vault: &Vault,
        secret_id: &str,
        region: Option<Region>,
        selector: &VersionSelector,
    ) -> Result<SecretValueEntry> {
        vault.get_secret_value_by(self.kms.as_ref(), &self.keys, secret_id, region, selector)
    }

    /// The vault's secrets with these keys.
    pub(super) const fn secrets(&self, region: Option<Region>) -> Secrets<'_> {
        Secrets { vault: &self.vault, kms: self.kms.as_ref(), keys: &self.keys, region, lists: None }
    }
}

impl SecretOpening {
    /// Says it where nothing here tells that the values are those on record; what was signed is known by its digest.
    pub(super) fn note_not_compared<'a>(&self, entries: impl IntoIterator<Item = &'a SecretValueEntry>) {
        self.note_unless_compared(entries.into_iter().all(|entry| entry.is_compared));
    }

    /// The same where it is known of all of them.
    pub(super) fn note_unless_compared(&self, are_compared: bool) {
        if !are_compared && !self.vault.is_signed() {
            note(NOT_COMPARED);
        }
    }
}

/// Says which values are not from the primary Region's bundle, as that is not here.
pub(super) fn note_only_regions<'a>(entries: impl IntoIterator<Item = &'a SecretValueEntry>) {
    for entry in entries {
        if let Some(region) = entry.only_region_here {
            let name = entry.name.escape_debug();
            note(&format!("no Region is named, and of {name}'s bundles only that for {region} is here: this is its value"));
        }
    }
}
