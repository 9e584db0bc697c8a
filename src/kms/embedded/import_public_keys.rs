//! Taking public keys over, all or none, without shadowing anything.

use std::collections::{BTreeMap, btree_map::Entry};

use serde::Serialize;

use super::{
    alias_name::check_changeable,
    aliases::check_count,
    key_handle::AnyKey,
    state::{Alias, EmbeddedKms},
};
use crate::{
    arn::{AliasArn, KeyArn},
    error::{Error, KeyRefusal, PublicKeyRefusal, Refusal, Result},
    kms::{
        imported::{ImportedKey, KmsPublicKey, PublicKeyFile},
        key_spec::{KeySpec, KeyUsage},
    },
    region::Region,
};

/// A request to import public keys and their aliases.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ImportPublicKeys {
    /// The Region that all ARNs have to name; `None` takes each ARN's own.
    pub region: Option<Region>,
    /// What was read, with the names of the files for messages.
    pub files: Vec<(String, PublicKeyFile)>,
    /// SHA-256 of public keys in hex, colons and upper case allowed. If there are any, each key has to have one of them, and each of them has
    /// to be a key's.
    pub fingerprints: Vec<String>,
    /// Names of aliases that may be taken from the keys that have them.
    pub replace_aliases: Vec<String>,
}

impl ImportPublicKeys {
    /// What was read, with the names of the files for messages; into each ARN's own Region.
    #[must_use]
    pub fn new(files: Vec<(String, PublicKeyFile)>) -> Self {
        Self { files, ..Self::default() }
    }
}

/// What became of a key or alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum WhatHappened {
    /// It is new here.
    Added,
    /// An alias that named another key names this one now.
    Replaced,
    /// It was here already, the same.
    Unchanged,
}

/// A key of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ImportedPublicKey {
    /// The key's ARN.
    pub key_id: KeyArn,
    /// Its key spec.
    pub key_spec: KeySpec,
    /// Its key usage.
    pub key_usage: KeyUsage,
    /// SHA-256 of the DER-encoded public key, 64 hex digits.
    pub public_key_sha256: String,
    /// `Added` or `Unchanged`.
    pub status: WhatHappened,
}

/// An alias of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ImportedAlias {
    /// The alias's ARN.
    pub alias_arn: AliasArn,
    /// The id of the key that it names.
    pub target_key_id: String,
    /// What became of it.
    pub status: WhatHappened,
}

/// The answer of [`EmbeddedKms::import_public_keys`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ImportedPublicKeys {
    /// Each key, in the order of the files.
    pub keys: Vec<ImportedPublicKey>,
    /// Each alias of a key that is imported.
    pub aliases: Vec<ImportedAlias>,
    /// Aliases of keys whose public keys are not here.
    #[serde(skip)]
    pub passed_over: usize,
}

impl EmbeddedKms {
    /// Imports public keys, and the aliases of keys that are imported, now or before. All or nothing.
    ///
    /// # Errors
    /// `AlreadyExistsException` for an ARN, id or alias that is another key's here, and for another public key under an ARN that is known;
    /// `InvalidArnException` for another Region than the one asked for; `ValidationException` for fingerprints; a Region that is not enabled.
    pub fn import_public_keys(&mut self, request: &ImportPublicKeys) -> Result<ImportedPublicKeys> {
        let mut done = ImportedPublicKeys::default();
        let mut new: Vec<&KmsPublicKey> = Vec::new();
        for (file, key) in keys(request) {
            let status = self.check_import(request, key, &new).map_err(|error| in_file(file, error))?;
            if status == WhatHappened::Added {
                new.push(key);
            }
            done.keys.push(ImportedPublicKey {
                key_id: key.arn().clone(),
                key_spec: key.key_spec(),
                key_usage: key.key_spec().usage(),
                public_key_sha256: key.sha256(),
                status,
            });
        }
        check_fingerprints(request)?;
        let mut targets = BTreeMap::new();
        for (file, alias, target) in aliases_of(request) {
            let Some(status) = self.check_alias(request, alias, target, &new).map_err(|error| in_file(file, error))? else {
                done.passed_over += 1;
                continue;
            };
            match targets.entry(alias) {
                Entry::Occupied(known) if *known.get() == target => {}
                Entry::Occupied(_) => return Err(in_file(file, PublicKeyRefusal::AliasTwice(alias.clone()).into())),
                Entry::Vacant(vacant) => {
                    vacant.insert(target);
                    done.aliases.push(ImportedAlias { alias_arn: alias.clone(), target_key_id: target.to_owned(), status });
                }
            }
        }
        self.check_alias_counts(&done.aliases)?;
        self.take_public_keys(new, &done.aliases)?;
        Ok(done)
    }

    /// Removes an imported public key, named by key id or key ARN, with its aliases. What was wrapped under it still opens in AWS.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for an embedded key; as for [`EmbeddedKms::resolve`].
    pub fn delete_public_key(&mut self, region: Region, key_id: &str) -> Result<KeyArn> {
        let arn = match self.named_by_id(region, key_id)? {
            AnyKey::Imported(key) => key.public_key.arn().clone(),
            AnyKey::Embedded(key) => {
                return Err(KeyRefusal::Embedded(key.arn().clone()).into());
            }
        };
        let state = self.region_mut(region)?;
        state.imported.remove(arn.key_id());
        state.aliases.retain(|_, alias| alias.target_key_id != arn.key_id());
        state.default_key_id.take_if(|key_id| key_id == arn.key_id());
        Ok(arn)
    }

    fn take_public_keys(&mut self, new: Vec<&KmsPublicKey>, new_aliases: &[ImportedAlias]) -> Result<()> {
        let now = self.now();
        for key in new {
            let imported = ImportedKey { public_key: key.clone(), import_date: now };
            self.region_mut(key.arn().region())?.imported.insert(key.arn().key_id().to_owned(), imported);
        }
        for ImportedAlias { alias_arn, target_key_id, status } in new_aliases {
            if *status != WhatHappened::Unchanged {
                let alias = Alias { target_key_id: target_key_id.clone(), creation_date: now, last_updated_date: now };
                self.region_mut(alias_arn.region())?.aliases.insert(alias_arn.alias(), alias);
            }
        }
        Ok(())
    }

    /// Whether a key is new or known; another one in its place is refused.
    fn check_import(&self, request: &ImportPublicKeys, key: &KmsPublicKey, new: &[&KmsPublicKey]) -> Result<WhatHappened> {
        let arn = key.arn();
        check_region(request, arn.region(), "key")?;
        self.require_enabled(arn.region())?;
        let state = self.regions.get(&arn.region());
        if state.is_some_and(|state| state.keys.contains_key(arn.key_id())) {
            return Err(PublicKeyRefusal::IdOfEmbedded(arn.clone()).into());
        }
        let known = state.and_then(|state| state.imported.get(arn.key_id())).map(|known| &known.public_key);
        let known = known
            .or_else(|| new.iter().copied().find(|other| other.arn().region() == arn.region() && other.arn().key_id() == arn.key_id()));
        match known {
            Some(known) if known.is_same_key(key) => return Ok(WhatHappened::Unchanged),
            Some(known) if known.arn() == arn => {
                let (known, given) = (known.sha256(), key.sha256());
                return Err(PublicKeyRefusal::OtherPublicKey { key: arn.clone(), known, given }.into());
            }
            Some(known) => {
                return Err(PublicKeyRefusal::IdOfImported { known: known.arn().clone(), key: arn.clone() }.into());
            }
            None => {}
        }
        match self.contradicting_sibling(key, new) {
            Some(sibling) => Err(PublicKeyRefusal::OtherSibling(sibling.arn().clone()).into()),
            None => Ok(WhatHappened::Added),
        }
    }

    /// The same multi-Region key in another Region with another public key: all Regions of one have one key pair.
    pub(super) fn contradicting_sibling<'a>(&'a self, key: &KmsPublicKey, new: &[&'a KmsPublicKey]) -> Option<&'a KmsPublicKey> {
        let known = self.regions.values().filter_map(|state| state.imported.get(key.arn().key_id())).map(|known| &known.public_key);
        known.chain(new.iter().copied()).find(|other| key.arn().matches_for_decrypt(other.arn()) && other.der() != key.der())
    }

    /// What becomes of an alias; `None` for one of a key that is not imported.
    fn check_alias(
        &self,
        request: &ImportPublicKeys,
        alias: &AliasArn,
        target: &str,
        new: &[&KmsPublicKey],
    ) -> Result<Option<WhatHappened>> {
        check_region(request, alias.region(), "alias")?;
        let key = KeyArn::new(alias.region(), alias.account().clone(), target);
        if !self.is_imported(&key) && !new.iter().any(|new| *new.arn() == key) {
            return Ok(None);
        }
        let name = alias.alias();
        check_changeable(&name)?;
        match self.live_alias_target(alias.region(), &name) {
            Err(_) => Ok(Some(WhatHappened::Added)),
            Ok(known) if known == key => Ok(Some(WhatHappened::Unchanged)),
            Ok(_) if request.replace_aliases.contains(&name) => Ok(Some(WhatHappened::Replaced)),
            Ok(known) => Err(PublicKeyRefusal::AliasTaken { alias: name, known, key }.into()),
        }
    }

    /// Refuses what would give a key more aliases than it can have. What another key loses in the same import does not count.
    fn check_alias_counts(&self, changes: &[ImportedAlias]) -> Result<()> {
        let mut counts: BTreeMap<(Region, &str), usize> = BTreeMap::new();
        for (region, state) in &self.regions {
            for alias in state.aliases.values() {
                *counts.entry((*region, &alias.target_key_id)).or_default() += 1;
            }
        }
        for change in changes.iter().filter(|change| change.status != WhatHappened::Unchanged) {
            let arn = &change.alias_arn;
            let count = counts.entry((arn.region(), &change.target_key_id)).or_default();
            *count += 1;
            check_count(&KeyArn::new(arn.region(), arn.account().clone(), &change.target_key_id), *count)?;
        }
        Ok(())
    }
}

fn keys(request: &ImportPublicKeys) -> impl Iterator<Item = (&str, &KmsPublicKey)> {
    request.files.iter().filter_map(|(file, content)| match content {
        PublicKeyFile::Key(key) => Some((file.as_str(), key)),
        PublicKeyFile::Aliases(_) => None,
    })
}

fn aliases_of(request: &ImportPublicKeys) -> impl Iterator<Item = (&str, &AliasArn, &str)> {
    let lists = request.files.iter().filter_map(|(file, content)| match content {
        PublicKeyFile::Aliases(entries) => Some((file.as_str(), entries)),
        PublicKeyFile::Key(_) => None,
    });
    lists.flat_map(|(file, entries)| entries.iter().map(move |(alias, target)| (file, alias, target.as_str())))
}

fn check_region(request: &ImportPublicKeys, named: Region, what: &'static str) -> Result<()> {
    match request.region {
        Some(asked) if asked != named => Err(PublicKeyRefusal::OtherRegion { what, named, asked }.into()),
        _ => Ok(()),
    }
}

/// Both ways: no key without its fingerprint, no fingerprint without its key.
fn check_fingerprints(request: &ImportPublicKeys) -> Result<()> {
    if request.fingerprints.is_empty() {
        return Ok(());
    }
    let wanted = request.fingerprints.iter().map(|text| fingerprint(text)).collect::<Result<Vec<String>>>()?;
    if let Some((file, key)) = keys(request).find(|(_, key)| !wanted.contains(&key.sha256())) {
        let refusal = PublicKeyRefusal::OtherFingerprint { key: key.arn().clone(), sha256: key.sha256() };
        return Err(in_file(file, refusal.into()));
    }
    match wanted.iter().find(|wanted| !keys(request).any(|(_, key)| key.sha256() == **wanted)) {
        Some(unused) => Err(PublicKeyRefusal::FingerprintUnused(unused.clone()).into()),
        None => Ok(()),
    }
}

/// 64 hex digits in lower case, without colons and spaces.
fn fingerprint(text: &str) -> Result<String> {
    let digits: String =
        text.chars().filter(|character| !matches!(character, ':' | ' ')).map(|character| character.to_ascii_lowercase()).collect();
    let is_hash = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { Ok(digits) } else { Err(PublicKeyRefusal::NotAFingerprint.into()) }
}

/// Says which file it was.
fn in_file(file: &str, error: Error) -> Error {
    match error {
        Error::Service(refusal) => Refusal::InFile { file: file.to_owned(), refusal }.into(),
        other => other,
    }
}
