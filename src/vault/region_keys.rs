//! Under which key each Region of a secret is sealed anew, and who says so.
//!
//! In this order: whoever asks; the record, where its tag verifies with the keystore at hand; the bundle that the Region has, once its header is
//! authentic under the version's data key. Nobody else: who can write the vault and has no keystore chooses no key, and adds no Region.

use super::{
    Vault,
    edk_record::EdkRecord,
    family::Located,
    known_recovery::KnownRecovery,
    openers::Openers,
    read::open_read,
    reading::is_bundle_missing,
    record::{BundleRecord, DataKeyScope, VersionRecord},
    record_tag::RecordHand,
    seal_version::identity,
};
use crate::{
    arn::KeyArn,
    error::{Error, ReplicaRefusal, Result, Unvouched},
    format::Header,
    kms::{
        DEFAULT_KEY_ALIAS, EmbeddedKms,
        key_choice::{ChosenKey, KeyOptions, Named, Problem, key_of_region, refusal},
    },
    message::authentic_header,
    region::Region,
    secret::DataKey,
};

/// Says under which key a Region of a secret is sealed anew.
#[derive(Clone, Copy)]
pub(super) struct RegionKeys<'s> {
    vault: &'s Vault,
    secret: &'s Located,
    keys: &'s KeyOptions,
    is_record_followed: bool,
}

/// A key that somebody asks for in one Region.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskedKey<'r> {
    pub(super) region: Region,
    pub(super) key_id: &'r str,
}

/// The version that tells under which keys another one is to be.
#[derive(Clone, Copy)]
pub(super) enum LikeVersion<'v> {
    /// With its data key, which proves its bundles.
    Opened(&'v VersionRecord, &'v DataKey),
    /// As it is on record.
    Closed(&'v VersionRecord),
    /// There is no version yet.
    None,
}

impl<'v> LikeVersion<'v> {
    const fn version(self) -> Option<&'v VersionRecord> {
        match self {
            Self::Opened(version, _) | Self::Closed(version) => Some(version),
            Self::None => None,
        }
    }
}

/// A Region's key for one version.
pub(super) struct RegionTarget {
    key: ChosenKey,
    before: KnownHolders,
}

/// Who can open a Region's bundle of a version, and so has its data key.
pub(super) struct KnownHolders {
    /// What the data key is wrapped under; `None` where nobody knows.
    encrypted_data_keys: Option<Vec<EdkRecord>>,
    recovery: KnownRecovery,
}

impl RegionTarget {
    /// The key, and who had access before.
    pub(super) fn into_parts(self) -> (ChosenKey, KnownHolders) {
        (self.key, self.before)
    }
}

impl KnownHolders {
    /// True where somebody may be among them who cannot open what was sealed since, nor any of the bundles that stay.
    pub(super) fn lose_access(&self, after: &[(Region, Vec<EdkRecord>)], staying: &[EdkRecord]) -> bool {
        let Some(before) = &self.encrypted_data_keys else { return true };
        let opens = |edk: &EdkRecord| after.iter().any(|(region, edks)| *region == self.region() && edks.contains(edk));
        before.iter().any(|edk| !staying.contains(edk) && !opens(edk))
    }

    /// True where the Region goes from one KMS key to another, and nothing that stays is under the first.
    pub(super) fn move_to_another(&self, key: &ChosenKey, staying: &[EdkRecord]) -> bool {
        let own = self.encrypted_data_keys.iter().flatten().next();
        own.is_some_and(|own| own.key_arn().is_some_and(|own| own != key.arn) && !staying.contains(own))
    }

    /// Refuses a Region that is sealed anew only because another one is, and that keys would not open any more which did: nobody asked for that.
    pub(super) fn check_follows(&self, after: &[(Region, Vec<EdkRecord>)]) -> Result<(), Problem> {
        let keys = self.recovery.lost(after);
        if keys.is_empty() {
            return Ok(());
        }
        Err(Problem::of(self.region().name(), ReplicaRefusal::WouldLoseKeys { keys }.into(), None))
    }

    pub(super) const fn region(&self) -> Region {
        self.recovery.region()
    }

    /// What opens it besides the Region's own key. Where the Region has no bundle of the version, what opens another Region's.
    pub(super) const fn recovery(&self) -> &KnownRecovery {
        &self.recovery
    }
}

/// What an authentic bundle tells.
struct Told {
    key: Option<KeyArn>,
    encrypted_data_keys: Vec<EdkRecord>,
}

impl<'s> RegionKeys<'s> {
    pub(super) fn new(vault: &'s Vault, kms: &EmbeddedKms, secret: &'s Located, keys: &'s KeyOptions) -> Self {
        let is_record_followed = secret.record.hand(kms.comparison_key()) == RecordHand::Own;
        Self { vault, secret, keys, is_record_followed }
    }

    /// What the bundles of these Regions are under, as far as that is known for certain.
    pub(super) fn known_keys(&self, version: &VersionRecord, is_among: impl Fn(Region) -> bool) -> Vec<EdkRecord> {
        let bundles = version.bundles.iter().filter(|bundle| self.is_record_followed && is_among(bundle.region));
        bundles.flat_map(BundleRecord::all_encrypted_data_keys).collect()
    }

    /// The keys that are said without a look at a bundle, by whoever asks or by the record; none for the other Regions.
    ///
    /// # Errors
    /// All Regions whose key cannot be used.
    pub(super) fn said(&self, kms: &mut EmbeddedKms, regions: &[Region], asked: Option<AskedKey<'_>>) -> Result<Vec<ChosenKey>> {
        let (mut chosen, mut problems) = (Vec::new(), Vec::new());
        for region in regions {
            match self.said_of(kms, *region, asked) {
                Ok(key) => chosen.extend(key),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(chosen) } else { Err(refusal(&problems)) }
    }

    fn said_of(&self, kms: &mut EmbeddedKms, region: Region, asked: Option<AskedKey<'_>>) -> Result<Option<ChosenKey>, Problem> {
        let named = match asked.filter(|asked| asked.region == region) {
            Some(asked) => Named::ByCaller(Some(asked.key_id)),
            None if self.is_record_followed => Named::ByRecord(Some(self.secret.record.key_name(region))),
            None => return Ok(None),
        };
        let retry = self.retry(region, named.key_id());
        key_of_region(kms, self.keys, region, named).map(Some).map_err(|error| Problem::of(region.name(), error, retry))
    }

    /// What may be recorded of a Region whose key does not do. No later try finds a key where none is named.
    fn retry(&self, region: Region, name: Option<&str>) -> Option<(Region, String)> {
        let name = name.filter(|name| !name.is_empty()).unwrap_or(DEFAULT_KEY_ALIAS);
        (self.keys.online.is_none() || name != DEFAULT_KEY_ALIAS).then(|| (region, name.to_owned()))
    }

    /// The key of each Region for a version that was opened.
    ///
    /// # Errors
    /// All Regions whose key cannot be used, or is not said; a bundle that cannot be read.
    pub(super) fn of_version(
        &self,
        kms: &mut EmbeddedKms,
        version: &VersionRecord,
        data_key: &DataKey,
        regions: &[Region],
        asked: Option<AskedKey<'_>>,
    ) -> Result<Vec<RegionTarget>> {
        let (targets, problems) = self.in_each(kms, LikeVersion::Opened(version, data_key), regions, asked)?;
        if problems.is_empty() { Ok(targets) } else { Err(refusal(&problems)) }
    }

    /// The key of each Region for a new version, and the Regions whose key cannot be used, or is not said.
    ///
    /// # Errors
    /// A bundle that cannot be read.
    pub(super) fn in_each(
        &self,
        kms: &mut EmbeddedKms,
        like: LikeVersion<'_>,
        regions: &[Region],
        asked: Option<AskedKey<'_>>,
    ) -> Result<(Vec<RegionTarget>, Vec<Problem>)> {
        let (mut targets, mut problems) = (Vec::new(), Vec::new());
        for region in regions {
            let recorded = || like.version().and_then(|version| version.bundle(*region)).map(BundleRecord::all_encrypted_data_keys);
            let found = match (self.said_of(kms, *region, asked), like) {
                (Ok(Some(key)), _) if self.is_record_followed => {
                    let recovery = like.version().map_or(KnownRecovery::none(*region), |version| self.recovery_on_record(version, *region));
                    Ok(RegionTarget { key, before: KnownHolders { encrypted_data_keys: Some(recorded().unwrap_or_default()), recovery } })
                }
                (Ok(said), LikeVersion::Opened(version, data_key)) => self.by_bundle(kms, version, data_key, *region, said)?,
                (Ok(Some(key)), LikeVersion::None) => Ok(target(key, Some(Vec::new()))),
                (Ok(Some(key)), LikeVersion::Closed(_)) => Ok(target(key, None)),
                (Ok(None), _) => Err(self.unvouched(*region, Unvouched::NoBundle)),
                (Err(problem), _) => Err(problem),
            };
            match found {
                Ok(target) => targets.push(target),
                Err(problem) => problems.push(problem),
            }
        }
        Ok((targets, problems))
    }

    /// Whether keys are those on record, so that no bundle has to tell.
    pub(super) const fn is_record_followed(&self) -> bool {
        self.is_record_followed
    }

    /// What the Region's bundle tells, where the record does not count.
    fn by_bundle(
        &self,
        kms: &mut EmbeddedKms,
        version: &VersionRecord,
        data_key: &DataKey,
        region: Region,
        said: Option<ChosenKey>,
    ) -> Result<Result<RegionTarget, Problem>> {
        let told = match self.told(kms, version, data_key, region) {
            Ok(told) => told,
            Err(error @ Error::Setup(_)) => return Err(error),
            Err(error) => {
                if let Some(key) = said {
                    let recovery = self.recovery(kms, version, data_key, region);
                    return Ok(Ok(RegionTarget { key, before: KnownHolders { encrypted_data_keys: None, recovery } }));
                }
                if is_bundle_missing(&error) || matches!(error, Error::Io { .. }) {
                    return Err(error);
                }
                let has_bundle = version.bundle(region).is_some();
                let why = if has_bundle { Unvouched::NotAuthentic(error.to_string()) } else { Unvouched::NoBundle };
                return Ok(Err(self.unvouched(region, why)));
            }
        };
        let before = Some(told.encrypted_data_keys);
        if let Some(key) = said {
            return Ok(Ok(target(key, before)));
        }
        let Some(key) = told.key else { return Ok(Err(self.unvouched(region, Unvouched::UnknownKey))) };
        let named = self.name_of(kms, region, &key);
        let chosen = key_of_region(kms, self.keys, region, Named::ByRecord(Some(&named)));
        let retry = self.retry(region, Some(&named));
        Ok(chosen.map(|key| target(key, before)).map_err(|error| Problem::of(region.name(), error, retry)))
    }

    /// What opens a version in a Region besides that Region's own key: as its bundle has it, or where it has none, as the first one that there is,
    /// the primary Region's before the others. Nothing, where no bundle tells.
    pub(super) fn recovery(&self, kms: &EmbeddedKms, version: &VersionRecord, data_key: &DataKey, region: Region) -> KnownRecovery {
        if self.is_record_followed {
            return self.recovery_on_record(version, region);
        }
        let mut told = self.models(version, region).map(|bundle| self.told(kms, version, data_key, bundle.region));
        told.find_map(Result::ok).map_or(KnownRecovery::none(region), |told| KnownRecovery::of(region, &told.encrypted_data_keys))
    }

    fn recovery_on_record(&self, version: &VersionRecord, region: Region) -> KnownRecovery {
        let model = self.models(version, region).next();
        model.map_or(KnownRecovery::none(region), |bundle| KnownRecovery::of(region, &bundle.all_encrypted_data_keys()))
    }

    /// The bundles that a Region's next one is like, the first one first.
    fn models<'v>(&self, version: &'v VersionRecord, region: Region) -> impl Iterator<Item = &'v BundleRecord> {
        let primary = self.secret.record.primary_region();
        let others = version.bundles.iter().filter(move |bundle| bundle.region != region && bundle.region != primary);
        let own = version.bundle(region);
        own.into_iter().chain(version.bundle(primary).filter(|_| region != primary)).chain(others)
    }

    fn told(&self, kms: &EmbeddedKms, version: &VersionRecord, data_key: &DataKey, region: Region) -> Result<Told> {
        let header = self.authentic_header(&self.keys.openers(Some(kms)), version, data_key, region)?;
        let encrypted_data_keys: Vec<_> = header.encrypted_data_keys.iter().map(EdkRecord::of).collect();
        // The Region's own is the first.
        let key = encrypted_data_keys.first().and_then(|own| own.key_in(region, kms));
        Ok(Told { key, encrypted_data_keys })
    }

    /// The header of a Region's bundle: whoever sealed it had the version's data key, or where each Region has its own, that one.
    fn authentic_header(&self, openers: &Openers<'_>, version: &VersionRecord, shared: &DataKey, region: Region) -> Result<Header> {
        let read = self.vault.read_as_recorded(self.secret, version, region)?;
        let (_, message) = &read;
        let header = match self.secret.record.data_key_scope {
            DataKeyScope::Shared => authentic_header(message, shared)?,
            DataKeyScope::PerRegion => {
                let opened = open_read(openers, openers.farthest(), &self.secret.record, (version, region), &read)?;
                authentic_header(message, &opened.data_key)?
            }
        };
        let identity = identity(&self.secret.record, &version.version_id, region);
        identity.check_context(&header).map(|_| header).map_err(Error::EncryptionContext)
    }

    /// The name that the record has for this very key, so that it keeps that; else the key's ARN.
    fn name_of(&self, kms: &EmbeddedKms, region: Region, key: &KeyArn) -> String {
        let recorded = self.secret.record.key_name(region);
        let is_it = if recorded == DEFAULT_KEY_ALIAS {
            kms.default_key(region).as_ref() == Some(key)
        } else {
            kms.resolve(region, recorded).is_ok_and(|found| found == *key)
        };
        if is_it { recorded.to_owned() } else { key.to_string() }
    }

    fn unvouched(&self, region: Region, why: Unvouched) -> Problem {
        unvouched_key(region, self.secret.record.key_name(region), why)
    }
}

/// Where the Region's own bundle tells all that is known.
fn target(key: ChosenKey, encrypted_data_keys: Option<Vec<EdkRecord>>) -> RegionTarget {
    let recovery = KnownRecovery::of(key.region(), encrypted_data_keys.as_deref().unwrap_or_default());
    RegionTarget { before: KnownHolders { encrypted_data_keys, recovery }, key }
}

/// A Region whose key nobody says that is to be believed.
pub(super) fn unvouched_key(region: Region, recorded: &str, why: Unvouched) -> Problem {
    Problem::of(region.name(), ReplicaRefusal::KeyNotVouchedFor { recorded: recorded.to_owned(), why }.into(), None)
}
