//! Checks of one secret: its record, its bundles against the record, and what else lies in its folder.

use std::path::{Path, PathBuf};

use super::{
    against_record::{against_record, alias_elsewhere, earlier_key},
    bundle::Checker,
    findings::STRANGER,
};
use crate::{
    error::{BundleRefusal, Result},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    store::{Blob, BlobKey, Item, Leftover, SecretKey, Store},
    timestamp::Timestamp,
    vault::{
        Vault,
        bundle::{OpenedBundle, open_bundle},
        family::{Family, Located},
        reading::read_record,
        record::{BundleRecord, Replaced, ReplicaStatus, SecretRecord, VersionRecord},
        record_tag::RecordHand,
        seal_version::{identity, value_matches},
        signed_bundles::SignedBundles,
    },
};

const LEFTOVER: &str = "leftover: no record names it; the next change of the secret removes it";
const CHANGED: &str = "secret.json was changed by another hand: its tag does not verify with this keystore";
const OTHER_KEYSTORE: &str = "secret.json has the tag of another keystore: whether it was changed by another hand is not known here";
const UNTAGGED: &str = "secret.json has no tag: whether it was changed by another hand is not known";
const OTHER_PART: &str = "secret.json is for other Regions than coldseal.json says that came along";
const DELETION_DUE: &str = "marked for deletion, which was due: it counts as gone, and waits to be purged";
/// Attempts of a reader whom writers overtake.
const ATTEMPTS: usize = 5;

impl Checker<'_> {
    /// Checks a secret, whose place says its primary Region.
    pub(super) fn check_secret(&mut self, store: &dyn Store, secret: &SecretKey) {
        let read = || Ok(read_record(store, secret)?.map(|record| Located { key: secret.clone(), record }));
        let mut record = read();
        for attempt in 1..=ATTEMPTS {
            let before = self.start_report();
            self.check_once(store, secret, &record);
            if self.report.is_sound() || attempt == ATTEMPTS {
                return self.add_to(before);
            }
            // A fault may be a writer's work that was done meanwhile: then the record is another one by now.
            let now = read();
            if now.as_ref().ok() == record.as_ref().ok() {
                return self.add_to(before);
            }
            self.report = before;
            record = now;
        }
    }

    fn check_once(&mut self, store: &dyn Store, secret: &SecretKey, record: &Result<Option<Located>>) {
        let place = store.place(Item::Secret(secret));
        let found = match record {
            Ok(found) => found,
            Err(error) => {
                self.report.secrets += 1;
                self.fault(&place, error.to_string());
                return;
            }
        };
        let blobs = found.as_ref().map(Located::blobs);
        match store.leftovers(secret, blobs.as_deref()) {
            Ok(leftovers) => {
                let kept = self.kept_places(store, secret, &leftovers);
                for Leftover { place, is_writers } in leftovers.into_iter().filter(|leftover| !kept.contains(&leftover.place)) {
                    self.note(&place, if is_writers { LEFTOVER } else { STRANGER });
                }
            }
            Err(error) => self.fault(&place, error.to_string()),
        }
        let Some(secret) = found else { return };
        self.report.secrets += 1;
        *self.names.entry(secret.record.name.clone()).or_default() += 1;
        self.check_state(&place, &secret.record);
        let mut blobs = blobs.iter().flatten();
        for version in &secret.record.versions {
            self.check_regions(&place, secret, version);
            for (bundle, blob) in version.bundles.iter().zip(&mut blobs) {
                if self.is_asked_about(bundle.region) {
                    self.check_bundle(store, secret, version, bundle, blob);
                } else {
                    let is_absent = !store.has(blob);
                    self.count_other_region(|counts| {
                        counts.bundles += 1;
                        counts.absent += u64::from(is_absent);
                    });
                }
            }
        }
    }

    /// Whose hand the record is from, and what waits to be done with the secret.
    fn check_state(&mut self, place: &Path, record: &SecretRecord) {
        if let Some(kms) = self.options.kms {
            match record.hand(kms.comparison_key()) {
                RecordHand::Own => {}
                RecordHand::Changed => self.fault(place, CHANGED),
                RecordHand::OtherKeystore => self.note(place, OTHER_KEYSTORE),
                RecordHand::Untagged => self.note(place, UNTAGGED),
            }
        }
        if self.part_regions.as_ref().is_some_and(|regions| *regions != record.part_regions) {
            self.fault(place, OTHER_PART);
        }
        if record.is_deletion_due(Timestamp::now_within_years()) {
            self.note(place, DELETION_DUE);
        }
        for Replaced { region, arn } in &record.replaces {
            self.note(
                place,
                format!("took the place of {arn} in {region}: the next change of the secret removes what is left of that one"),
            );
        }
    }

    /// Where the bundles lie that a root names, if anything lies with the secret that its record does not name.
    fn kept_places(&mut self, store: &dyn Store, secret: &SecretKey, leftovers: &[Leftover]) -> Vec<PathBuf> {
        if leftovers.is_empty() {
            return Vec::new();
        }
        match SignedBundles::of(store).and_then(|signed| signed.of_secret(secret)) {
            Ok(kept) => kept.iter().map(|blob| store.place(Item::Blob(blob))).collect(),
            Err(error) => {
                self.fault(&store.place(Item::Secret(secret)), error.to_string());
                Vec::new()
            }
        }
    }

    /// One secret of a name in each Region: no command makes two, so one of the records was changed by hand.
    pub(super) fn check_names(&mut self, vault: &Vault) {
        for (name, _) in std::mem::take(&mut self.names).into_iter().filter(|(_, count)| *count > 1) {
            // What cannot be read is a fault already. A clash is read again: a writer may have moved a Region from one to the other.
            let clashes = || vault.read_name(&name).map(|read| clashes(&read.family)).unwrap_or_default();
            let found = clashes();
            if found.is_empty() {
                continue;
            }
            for (secret, message) in clashes().into_iter().filter(|clash| found.contains(clash)) {
                self.fault(&vault.store.place(Item::Secret(&secret)), message);
            }
        }
    }

    /// Each version has one bundle for each Region that the secret is in, and no other; a Region that failed may have some of before, and has
    /// those whose labels it keeps.
    fn check_regions(&mut self, place: &Path, secret: &Located, version: &VersionRecord) {
        let record = &secret.record;
        let in_sync = record.replication_status.iter().filter(|replica| replica.status == ReplicaStatus::InSync);
        let all = std::iter::once(record.primary_region()).chain(in_sync.map(|replica| replica.region));
        let expected: Vec<_> = all.filter(|region| record.came_along(*region)).collect();
        for region in &expected {
            if version.bundle(*region).is_none() {
                self.fault(place, format!("version {} has no bundle for {region}", version.version_id.escape_debug()));
            }
        }
        let failed = record.replication_status.iter().filter(|replica| replica.status == ReplicaStatus::Failed);
        let behind: Vec<_> = failed.filter(|replica| record.came_along(replica.region)).collect();
        for replica in &behind {
            if replica.version_ids_to_stages.contains_key(&version.version_id) && version.bundle(replica.region).is_none() {
                self.fault(place, format!("version {} has no bundle for {}", version.version_id.escape_debug(), replica.region));
            }
        }
        for (index, bundle) in version.bundles.iter().enumerate() {
            let is_twice = version.bundles.iter().take(index).any(|other| other.region == bundle.region);
            let is_allowed = expected.contains(&bundle.region) || behind.iter().any(|replica| replica.region == bundle.region);
            if is_twice || !is_allowed {
                self.fault(
                    place,
                    format!("version {} has a bundle for {} that does not belong to it", version.version_id.escape_debug(), bundle.region),
                );
            }
        }
    }

    fn check_bundle(&mut self, store: &dyn Store, secret: &Located, version: &VersionRecord, bundle: &BundleRecord, blob: &BlobKey) {
        let path = store.place(Item::Blob(blob));
        let opened = store.open(blob);
        if let Ok(found) = &opened {
            let there = self.report.regions.entry(bundle.region).or_default();
            *(if found.is_some() { &mut there.here } else { &mut there.missing }) += 1;
        }
        let faults = self
            .check_structure(&path, Some(&secret.record.name), opened)
            .map(|seen| against_record(&secret.record, version, bundle, &seen, self.options.kms));
        let elsewhere = || self.options.kms.and_then(|kms| alias_elsewhere(&secret.record, version, bundle, kms));
        if let Some(note) = earlier_key(&secret.record, version, bundle).or_else(elsewhere) {
            self.note(&path, note);
        }
        let is_sound = faults.as_ref().is_some_and(Vec::is_empty);
        for fault in faults.unwrap_or_default() {
            self.fault(&path, fault);
        }
        if self.report.open.is_none() {
            return;
        }
        let (kms, keys) = (self.options.kms, self.options.keys.unwrap_or(&self.no_keys));
        if !keys.can_open(kms, bundle) {
            return self.count(|counts| &mut counts.not_openable_here);
        }
        if !is_sound {
            // Why is on the list already.
            return self.count(|counts| &mut counts.failed);
        }
        let opened = store.open(blob).and_then(|opened| {
            let missing = || BundleRefusal::MissingForGood(path.clone());
            open((kms, keys), secret, version, bundle, opened.ok_or_else(missing)?)
        });
        let is_online = keys.online.is_some();
        match opened {
            Ok(true) => self.count_opened(&path, Ok(()), is_online),
            Ok(false) => {
                self.count(|counts| &mut counts.failed);
                self.fault(&path, "opens, but its value is not the one on record");
            }
            Err(error) => self.count_opened(&path, Err(error), is_online),
        }
    }
}

/// The secrets of one name that claim a Region that another one has.
fn clashes(family: &Family) -> Vec<(SecretKey, String)> {
    let mut clashes = Vec::new();
    for region in Region::all() {
        let mut holders = family.holders(region);
        let Some(first) = holders.next() else { continue };
        for other in holders {
            let message = format!("is in {region}, where {} has the name too: one of the two records was changed", first.record.arn);
            clashes.push((other.key.clone(), message));
        }
    }
    clashes
}

/// False for another value than the one on record, where that can be told.
fn open(
    (kms, keys): (Option<&EmbeddedKms>, &KeyOptions),
    secret: &Located,
    version: &VersionRecord,
    bundle: &BundleRecord,
    blob: Blob,
) -> Result<bool> {
    let message = blob.read(bundle.size)?;
    let identity = identity(&secret.record, &version.version_id, bundle.region);
    let openers = keys.openers(kms);
    let OpenedBundle { value, .. } =
        openers.with(openers.farthest(), Some(bundle), |keyrings| open_bundle(&message, &identity, keyrings))?;
    let is_same =
        kms.and_then(|kms| value_matches(kms.comparison_key(), version.value_tag.as_ref(), &secret.record, &version.version_id, &value));
    Ok(is_same.unwrap_or(true))
}
