//! Two bundles with one message id.
//!
//! No command makes two messages of one id, so that one of them is a copy or forged. But where a replica becomes a secret of its own, its bundles are
//! copied, and until the old secret has left the Region both secrets name one.

use std::path::{Path, PathBuf};

use crate::{
    region::Region,
    store::{Item, NameKey, SecretKey},
    vault::{Vault, family::Family},
};

/// A bundle that has the message id of another one.
pub(super) struct SameMessage {
    pub(super) path: PathBuf,
    pub(super) other: PathBuf,
    /// That of the secret, if it is a secret's bundle.
    pub(super) name: Option<String>,
}

impl SameMessage {
    /// True for two secrets of one name of which one has left the Region, or is about to: what it names there counts no more.
    pub(super) fn is_passing(&self, vault: &Vault) -> bool {
        let Some(name) = &self.name else { return false };
        let is_of_name = |path: &Path| {
            let places = Region::all().map(|primary| vault.store.place(Item::Secret(&SecretKey { name: NameKey::of(name), primary })));
            places.into_iter().any(|place| path.starts_with(place))
        };
        let Ok(read) = vault.read_name(name) else { return false };
        let holds = |path: &Path| is_held(vault, &read.family, path);
        is_of_name(&self.other) && !(holds(&self.path) && holds(&self.other))
    }
}

/// True for a bundle of a secret that is in its Region.
fn is_held(vault: &Vault, family: &Family, path: &Path) -> bool {
    family.members().any(|member| {
        member.record.versions.iter().any(|version| {
            version.bundles.iter().any(|bundle| {
                let is_holder = family.holders(bundle.region).any(|holder| holder.key == member.key);
                is_holder && vault.store.place(Item::Blob(&member.blob(version, bundle))) == path
            })
        })
    })
}
