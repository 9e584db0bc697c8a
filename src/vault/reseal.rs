//! Seals what a secret has anew: opened once, its keys chosen, then sealed, all in memory.

use super::{
    Vault,
    bundle::OpenedBundle,
    edk_record::EdkRecord,
    family::Located,
    read::speaks_for_itself,
    record::{AWSCURRENT, DataKeyScope, VersionRecord},
    region_keys::{AskedKey, KnownHolders, RegionKeys, RegionTarget},
    seal_version::{SealedVersion, VersionSource},
    stages::moves_with_the_key,
};
use crate::{
    error::{Result, SecretRefusal},
    kms::{
        EmbeddedKms, KeystoreSession,
        key_choice::{ChosenKey, KeyOptions, UntouchedRegions, check_suite_of_all, refusal, unchosen_keys},
    },
    message::copy_data_key,
    region::Region,
    suite::AlgorithmSuite,
};

/// The versions of a secret on their way into new bundles.
pub(super) struct Resealing<'r> {
    vault: &'r Vault,
    secret: &'r Located,
    keys: &'r KeyOptions,
    region_keys: RegionKeys<'r>,
    /// `None` keeps that of each version.
    suite: Option<AlgorithmSuite>,
    purpose: ResealPurpose,
}

/// What versions are sealed anew for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ResealPurpose {
    /// All of them, for the keys that are named and no others.
    Rewrap,
    /// Those that go with the secret's key; what opens them besides their Region's key goes on opening them.
    Update,
}

/// What was sealed anew.
pub(super) struct Resealed {
    /// Each Region's key, that of the version in use where they differ.
    pub(super) keys: Vec<ChosenKey>,
    /// In the order of the record's versions.
    pub(super) sealed: Vec<SealedVersion>,
}

/// A version's value, and the Regions that it is sealed anew for.
struct OpenedPart<'r> {
    version: &'r VersionRecord,
    regions: Vec<Region>,
    opened: OpenedBundle,
}

/// The keys of a part's Regions.
struct PlannedPart {
    keys: Vec<ChosenKey>,
    /// Who had access before, in the same order.
    holders: Vec<KnownHolders>,
}

/// What was sealed, and for each part who opens it.
struct SealedParts {
    resealed: Resealed,
    parts: Vec<SealedPart>,
}

struct SealedPart {
    /// Who had access before.
    holders: Vec<KnownHolders>,
    /// For each Region what the data key is wrapped under.
    after: Vec<(Region, Vec<EdkRecord>)>,
}

/// Which data key a version's new bundles get, where its Regions share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DataKeyChoice {
    /// The one that it has: other Regions' bundles stay.
    Kept,
    Fresh,
}

impl<'r> Resealing<'r> {
    pub(super) fn new(
        vault: &'r Vault,
        kms: &EmbeddedKms,
        secret: &'r Located,
        keys: &'r KeyOptions,
        suite: Option<AlgorithmSuite>,
    ) -> Self {
        Self { vault, secret, keys, region_keys: RegionKeys::new(vault, kms, secret, keys), suite, purpose: ResealPurpose::Rewrap }
    }

    /// For `UpdateSecret`: the versions that AWS encrypts anew, and nobody else loses access.
    pub(super) fn for_update(self) -> Self {
        Self { purpose: ResealPurpose::Update, ..self }
    }

    /// Seals every version for `regions`, which are among those that have the secret. Where they share a data key and somebody who has it may
    /// not be able to open what was sealed, all that are `present` get another one.
    ///
    /// # Errors
    /// What does not open, and the Regions that cannot follow; nothing is written.
    pub(super) fn run(
        &self,
        session: &mut KeystoreSession,
        regions: &[Region],
        present: &[Region],
        asked: Option<AskedKey<'_>>,
    ) -> Result<Resealed> {
        let said = self.region_keys.said(session.kms_mut(), regions, asked)?;
        if asked.is_some() {
            // A key that stays was chosen when it was put there.
            let problems = unchosen_keys(&said, UntouchedRegions::of(session.kms(), &self.secret.record), self.keys);
            if !problems.is_empty() {
                return Err(refusal(&problems));
            }
        }
        let mut parts = self.open(session.kms(), regions, present)?;
        let is_whole = present.iter().all(|region| regions.contains(region));
        let mut choice = if is_whole || self.secret.record.data_key_scope == DataKeyScope::PerRegion {
            DataKeyChoice::Fresh
        } else {
            DataKeyChoice::Kept
        };
        let mut planned = self.plan(session, &parts, asked)?;
        if choice == DataKeyChoice::Kept && self.moves_away(&parts, &planned, regions) {
            choice = DataKeyChoice::Fresh;
            planned = self.plan(session, widened(&mut parts, present), asked)?;
        }
        let mut sealed = self.seal(session, &parts, planned, choice)?;
        if choice == DataKeyChoice::Kept && self.takes_access_away(&parts, &sealed, regions) {
            let planned = self.plan(session, widened(&mut parts, present), asked)?;
            sealed = self.seal(session, &parts, planned, DataKeyChoice::Fresh)?;
        }
        match self.purpose {
            ResealPurpose::Rewrap => sealed.check_followers(regions)?,
            ResealPurpose::Update => sealed.check_all()?,
        }
        Ok(sealed.resealed.keys_or(said))
    }

    /// True where a Region's key is certain to be another one, before anything is wrapped.
    fn moves_away(&self, parts: &[OpenedPart<'_>], planned: &[PlannedPart], regions: &[Region]) -> bool {
        parts.iter().zip(planned).any(|(part, planned)| {
            let staying = self.staying(part, regions);
            planned.keys.iter().zip(&planned.holders).any(|(key, holders)| holders.move_to_another(key, &staying))
        })
    }

    /// True where somebody has the data key that was kept, and may not be able to open what was sealed.
    fn takes_access_away(&self, parts: &[OpenedPart<'_>], sealed: &SealedParts, regions: &[Region]) -> bool {
        parts.iter().zip(&sealed.parts).any(|(part, SealedPart { holders, after })| {
            let staying = self.staying(part, regions);
            holders.iter().any(|holders| holders.lose_access(after, &staying))
        })
    }

    /// What the bundles are under that stay as they are.
    fn staying(&self, part: &OpenedPart<'_>, regions: &[Region]) -> Vec<EdkRecord> {
        self.region_keys.known_keys(part.version, |region| !regions.contains(&region))
    }

    /// Opens each version once for all Regions, unless each has to tell its value itself.
    fn open(&self, kms: &EmbeddedKms, regions: &[Region], present: &[Region]) -> Result<Vec<OpenedPart<'r>>> {
        let openers = self.keys.openers(Some(kms));
        let record = &self.secret.record;
        // A Region that failed is in sync again once it has all of them.
        let is_whole = self.purpose == ResealPurpose::Rewrap || present.iter().any(|region| record.is_behind(*region));
        let mut parts = Vec::new();
        for version in record.versions.iter().filter(|version| is_whole || moves_with_the_key(version)) {
            let at_once = if speaks_for_itself(kms.comparison_key(), record, version) { 1 } else { regions.len().max(1) };
            for some in regions.chunks(at_once) {
                let region = some.first().copied().unwrap_or(record.primary_region());
                let opened = self.vault.open_any_region(&openers, kms.comparison_key(), self.secret, version, region)?;
                let suite = self.suite.unwrap_or(opened.suite);
                if suite != opened.suite && !version.bundles.iter().all(|bundle| regions.contains(&bundle.region)) {
                    return Err(SecretRefusal::SignedInPart.into());
                }
                parts.push(OpenedPart { version, regions: some.to_vec(), opened });
            }
        }
        Ok(parts)
    }

    /// The keys of each part's Regions.
    fn plan(&self, session: &mut KeystoreSession, parts: &[OpenedPart<'_>], asked: Option<AskedKey<'_>>) -> Result<Vec<PlannedPart>> {
        let mut planned = Vec::new();
        for part in parts {
            let targets = self.region_keys.of_version(session.kms_mut(), part.version, &part.opened.data_key, &part.regions, asked)?;
            let (keys, holders): (Vec<_>, Vec<_>) = targets.into_iter().map(RegionTarget::into_parts).unzip();
            check_suite_of_all(session.kms(), &keys, self.suite.unwrap_or(part.opened.suite))?;
            planned.push(PlannedPart { keys, holders });
        }
        Ok(planned)
    }

    /// Seals each part for its Regions.
    fn seal(
        &self,
        session: &mut KeystoreSession,
        parts: &[OpenedPart<'_>],
        planned: Vec<PlannedPart>,
        choice: DataKeyChoice,
    ) -> Result<SealedParts> {
        let durable = session.commit()?;
        let mut resealed = Resealed { keys: Vec::new(), sealed: Vec::new() };
        let mut sealed_parts = Vec::new();
        for (part, PlannedPart { keys, holders }) in parts.iter().zip(planned) {
            let OpenedPart { version, opened, .. } = part;
            let data_key = (choice == DataKeyChoice::Kept).then(|| copy_data_key(&opened.data_key)).transpose()?;
            let kept = holders.iter().filter(|_| self.purpose == ResealPurpose::Update);
            let recovery_keys = |holders: &KnownHolders| {
                let region = holders.region();
                holders.recovery().at_hand(durable.kms(), self.keys).into_iter().map(move |key| (region, key))
            };
            let besides = kept.flat_map(recovery_keys).collect();
            let source = VersionSource { data_key, suite: self.suite.unwrap_or(opened.suite), besides };
            let (sealed, problems) =
                SealedVersion::seal(&self.secret.record, &version.version_id, &opened.value, &keys, &durable, self.keys, source)?;
            if !problems.is_empty() {
                return Err(refusal(&problems));
            }
            sealed_parts.push(SealedPart { holders, after: sealed.encrypted_data_keys().collect() });
            resealed.add(version, keys, sealed);
        }
        Ok(SealedParts { resealed, parts: sealed_parts })
    }
}

/// The same parts for all Regions, which are to share another data key.
fn widened<'p, 'r>(parts: &'p mut [OpenedPart<'r>], present: &[Region]) -> &'p [OpenedPart<'r>] {
    tracing::debug!(?present, "somebody loses access: all Regions get another data key");
    for part in &mut *parts {
        part.regions = present.to_vec();
    }
    parts
}

impl SealedParts {
    /// Refuses where any Region would open with fewer keys.
    fn check_all(&self) -> Result<()> {
        let all = self.parts.iter().flat_map(|part| part.holders.iter().map(|holders| (holders, &part.after)));
        let problems: Vec<_> = all.filter_map(|(holders, after)| holders.recovery().check_kept(after).err()).collect();
        if problems.is_empty() { Ok(()) } else { Err(refusal(&problems)) }
    }

    /// Refuses where a Region that nobody named would open with fewer keys.
    fn check_followers(&self, regions: &[Region]) -> Result<()> {
        let following = self.parts.iter().flat_map(|part| part.holders.iter().map(|holders| (holders, &part.after)));
        let following = following.filter(|(holders, _)| !regions.contains(&holders.region()));
        let problems: Vec<_> = following.filter_map(|(holders, after)| holders.check_follows(after).err()).collect();
        if problems.is_empty() { Ok(()) } else { Err(refusal(&problems)) }
    }
}

impl Resealed {
    /// Adds what was sealed of a version, in the order of the versions.
    fn add(&mut self, version: &VersionRecord, keys: Vec<ChosenKey>, sealed: SealedVersion) {
        let is_current = version.version_stages.iter().any(|label| label == AWSCURRENT);
        for key in keys {
            match self.keys.iter_mut().find(|known| known.region() == key.region()) {
                Some(known) if is_current => *known = key,
                Some(_) => {}
                None => self.keys.push(key),
            }
        }
        match self.sealed.last_mut() {
            Some(last) if last.is_of(&version.version_id) => last.add(sealed),
            _ => self.sealed.push(sealed),
        }
    }

    /// The keys that were said, where there is no version that has any.
    fn keys_or(self, said: Vec<ChosenKey>) -> Self {
        if self.sealed.is_empty() { Self { keys: said, ..self } } else { self }
    }
}
