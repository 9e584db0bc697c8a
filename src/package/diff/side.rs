//! One side of a comparison: what a vault holds, or what a root says of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
};

use super::super::{
    contents,
    cut::join,
    import::part_in_archive,
    manifest_digest::ManifestDigest,
    manifest_files::{damaged, read_page, read_root},
    manifest_root::ManifestRoot,
    signed_root::{SignedRoot, roots, signed_by_anybody},
};
use crate::{
    error::{Damage, Error, ManifestFault, PackageRefusal, Result, SetupError},
    region::Region,
    store::{Item, ManifestFile, Store},
    vault::{SecretRecord, Vault, VaultId},
};

/// What of a vault is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparedContent {
    /// What it holds now.
    Records,
    /// What the newest root says that anybody has signed: whose signature counts is not known without a file of signers.
    NewestRoot,
    /// What the root with this counter says, signed or not.
    Root(u64),
}

/// One side, with all of its records.
#[derive(Debug)]
pub struct DiffSide {
    vault_id: Option<VaultId>,
    root: Option<(u64, ManifestDigest)>,
    part: Option<BTreeSet<Region>>,
    records: Vec<SecretRecord>,
}

impl DiffSide {
    /// Reads it.
    ///
    /// # Errors
    /// No vault, or no root; a record or a page that cannot be read or is damaged: what it would say is not known then.
    pub fn of(vault: &Vault, content: ComparedContent) -> Result<Self> {
        let part = vault.part_regions()?;
        let root = match content {
            ComparedContent::Records => {
                let vault_id = vault.id()?;
                let records = contents::records(vault)?.whole()?;
                return Ok(Self { vault_id, root: None, part: part.map(BTreeSet::from_iter), records });
            }
            ComparedContent::NewestRoot => signed_by_anybody(vault)?,
            ComparedContent::Root(counter) => {
                let missing = || damaged(vault.store(), &ManifestFile::Root { counter }, ManifestFault::Missing.into());
                SignedRoot::of_anybody(read_root(vault.store(), counter)?.ok_or_else(missing)?, part.clone().unwrap_or_default())
            }
        };
        let records = records_of(vault.store(), &root.root)?;
        let (vault_id, digest) = (Some(root.vault_id), root.sha256);
        Ok(Self { vault_id, root: Some((root.counter, digest)), part: part.map(BTreeSet::from_iter), records })
    }

    /// What lies at a path: of the folder of a vault, or of an archive of a part of one, this content, or a root among the manifests of a folder.
    ///
    /// # Errors
    /// As for [`DiffSide::of`]; [`SetupError::NotComparable`]; as for [`part_in_archive`].
    pub fn at(path: &Path, of_folder: ComparedContent) -> Result<Self> {
        if !path.is_file() {
            return Self::of(&Vault::new(path), of_folder);
        }
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar")) {
            let file = File::open(path).map_err(|error| Error::io_at("reading", path, error))?;
            return Self::of(&part_in_archive(path, file)?, of_folder);
        }
        let absolute = std::path::absolute(path).map_err(|error| Error::io_at("looking for", path, error))?;
        let name = absolute.file_name().and_then(|name| name.to_str());
        let (file, folder) = (name.and_then(ManifestFile::parse), absolute.parent().and_then(Path::parent));
        let (Some(file @ ManifestFile::Root { counter }), Some(folder)) = (file, folder) else {
            return Err(SetupError::NotComparable(path.to_owned()).into());
        };
        let vault = Vault::new(folder);
        if vault.store().place(Item::Manifest(&file)) != absolute {
            return Err(SetupError::NotComparable(path.to_owned()).into());
        }
        Self::of(&vault, ComparedContent::Root(counter))
    }

    /// The vault that it is of; one that was never signed has no id.
    #[must_use]
    pub const fn vault_id(&self) -> Option<&VaultId> {
        self.vault_id.as_ref()
    }

    /// Counter and SHA-256 of the root, where it is one.
    #[must_use]
    pub const fn root(&self) -> Option<&(u64, ManifestDigest)> {
        self.root.as_ref()
    }

    /// The Regions that it has, where it is a part of a package.
    #[must_use]
    pub const fn part(&self) -> Option<&BTreeSet<Region>> {
        self.part.as_ref()
    }

    pub(super) fn records(&self) -> &[SecretRecord] {
        &self.records
    }
}

/// What a root says of each secret, in all Regions together.
fn records_of(store: &dyn Store, root: &ManifestRoot) -> Result<Vec<SecretRecord>> {
    let mut joined: BTreeMap<(String, Region), Option<SecretRecord>> = BTreeMap::new();
    for pages in &root.regions {
        for index in 0..pages.pages.len() {
            let page = read_page(store, pages, index).map_err(|error| superseded(store, root, error))?;
            for entry in page.entries {
                let known = joined.entry((entry.name.clone(), entry.arn.region())).or_default();
                let path = || store.place(Item::Manifest(&ManifestFile::Root { counter: root.counter }));
                join(known, pages.region, entry).map_err(|fault| Error::Damaged { path: path(), what: fault.into() })?;
            }
        }
    }
    Ok(joined.into_values().flatten().collect())
}

/// Of a page that is missing, why, where a newer root took its place.
fn superseded(store: &dyn Store, root: &ManifestRoot, error: Error) -> Error {
    let is_newest = || store.manifests().map_or(true, |files| roots(&files).into_keys().all(|counter| counter <= root.counter));
    match error {
        Error::Damaged { what: Damage::Manifest(ManifestFault::Missing), .. } if !is_newest() => {
            PackageRefusal::Superseded(root.counter).into()
        }
        error => error,
    }
}
