//! Checks of one bundle file.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    copies::SameMessage,
    findings::{Finding, OpenCounts, OtherRegions, VerifyOptions, VerifyReport},
};
use crate::{
    crypto::Sha256,
    error::{BundleRefusal, Error, Result},
    format::{HeaderLimits, MessageId},
    kms::key_choice::KeyOptions,
    message::{Inspected, OpenOptions, inspect, open, told_regions},
    region::Region,
    store::{
        Blob,
        local::{is_one_file, open_lone},
    },
    vault::edk_record::EdkRecord,
};

/// Collects findings; remembers the message ids of all bundles that it saw.
pub(super) struct Checker<'a> {
    pub(super) options: VerifyOptions<'a>,
    pub(super) report: VerifyReport,
    /// Of every secret that was seen, and how often.
    pub(super) names: BTreeMap<String, u64>,
    /// What the vault's marker says of Regions that came along; `None` where a secret is looked at by itself.
    pub(super) part_regions: Option<Vec<Region>>,
    /// Where no options are given.
    pub(super) no_keys: KeyOptions,
    /// What keeps every bundle from being opened.
    stopped: Option<Error>,
    message_ids: HashMap<MessageId, PathBuf>,
    /// Bundles of secrets that have the message id of another one, and are not yet told.
    pub(super) same_messages: Vec<SameMessage>,
}

/// A bundle's structure with the size and hash of its file.
pub(super) struct Seen {
    pub(super) inspected: Inspected,
    pub(super) size: u64,
    pub(super) sha256: String,
}

impl<'a> Checker<'a> {
    pub(super) fn new(options: VerifyOptions<'a>) -> Self {
        Self {
            options,
            report: VerifyReport::new(&options),
            names: BTreeMap::new(),
            part_regions: None,
            no_keys: KeyOptions::default(),
            stopped: None,
            message_ids: HashMap::new(),
            same_messages: Vec::new(),
        }
    }

    /// Begins a new report and gives the one so far.
    pub(super) fn start_report(&mut self) -> VerifyReport {
        std::mem::replace(&mut self.report, VerifyReport::new(&self.options))
    }

    /// Adds what was found since to the report of before.
    pub(super) fn add_to(&mut self, before: VerifyReport) {
        let found = std::mem::replace(&mut self.report, before);
        self.report.add(found);
    }

    pub(super) fn finish(mut self) -> Result<VerifyReport> {
        if let Some(error) = self.stopped {
            return Err(error);
        }
        self.tell_same_messages(|_| false);
        self.report.faults.sort_by(|a, b| a.path.cmp(&b.path));
        self.report.notes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(self.report)
    }

    pub(super) fn fault(&mut self, path: &Path, message: impl Into<String>) {
        self.report.faults.push(Finding { path: path.to_owned(), message: message.into() });
    }

    pub(super) fn note(&mut self, path: &Path, message: impl Into<String>) {
        self.report.notes.push(Finding { path: path.to_owned(), message: message.into() });
    }

    pub(super) fn count(&mut self, count: impl FnOnce(&mut OpenCounts) -> &mut u64) {
        if let Some(counts) = &mut self.report.open {
            *count(counts) += 1;
        }
    }

    /// True when the bundles for this Region are among what is checked.
    pub(super) fn is_asked_about(&self, region: Region) -> bool {
        self.options.region.is_none_or(|asked| asked == region)
    }

    pub(super) fn count_other_region(&mut self, count: impl FnOnce(&mut OtherRegions)) {
        self.report.other_regions.as_mut().map(count);
    }

    /// Structure, size, hash, and that no other bundle has the message id. `None` after a fault that leaves nothing to check. `name` is that of
    /// the secret, if it is a secret's bundle.
    pub(super) fn check_structure(&mut self, path: &Path, name: Option<&str>, opened: Result<Option<Blob>>) -> Option<Seen> {
        self.report.bundles += 1;
        match opened.and_then(|blob| blob.map(|blob| look(blob.content)).transpose()) {
            Ok(Some(seen)) => {
                let other = self.message_ids.insert(seen.inspected.header.message_id, path.to_owned());
                // Not when two of the paths to be verified lead to one file.
                if let Some(other) = other.filter(|other| !is_one_file(other, path)) {
                    self.same_messages.push(SameMessage { path: path.to_owned(), other, name: name.map(str::to_owned) });
                }
                Some(seen)
            }
            Ok(None) => {
                self.fault(path, "the file is missing");
                None
            }
            Err(error) => {
                self.fault(path, error.to_string());
                None
            }
        }
    }

    /// Tells of the bundles with another one's message id, except for those of which that passes.
    pub(super) fn tell_same_messages(&mut self, is_passing: impl Fn(&SameMessage) -> bool) {
        for same in std::mem::take(&mut self.same_messages).iter().filter(|same| !is_passing(same)) {
            self.fault(&same.path, format!("has the message id of {}: one of them is a copy, or forged", same.other.display()));
        }
    }

    /// A bundle that is named by itself, through a link if that is what the user named: it is not compared with a record.
    pub(super) fn check_lone_bundle(&mut self, path: &Path) {
        let Some(seen) = self.check_structure(path, None, open_lone(path)) else { return };
        // Who names a bundle and a Region means that Region's: another one in its place is no bundle of others that may be passed over.
        if let Some((asked, told)) = self.options.region.zip(self.told_otherwise(&seen)) {
            return self.fault(path, format!("tells the Region {told}, and {asked} is asked about"));
        }
        if self.report.open.is_none() {
            return;
        }
        let (kms, keys) = (self.options.kms, self.options.keys.unwrap_or(&self.no_keys));
        let edks = &seen.inspected.header.encrypted_data_keys;
        if keys.online.is_none() && !edks.iter().any(|edk| kms.is_some_and(|kms| EdkRecord::of(edk).opens_with(kms))) {
            self.count(|counts| &mut counts.not_openable_here);
            return;
        }
        let opened = open_lone(path).and_then(|blob| {
            let Some(blob) = blob else { return Err(BundleRefusal::MissingForGood(path.to_owned()).into()) };
            let openers = keys.openers(kms);
            let options = OpenOptions { region: self.options.region, ..OpenOptions::default() };
            openers.with(openers.farthest(), None, |keyrings| open(blob.content, io::sink(), keyrings, &options).map(drop))
        });
        let is_online = keys.online.is_some();
        self.count_opened(path, opened, is_online);
    }

    /// A Region that the message tells and that is not asked about.
    fn told_otherwise(&self, seen: &Seen) -> Option<Region> {
        told_regions(&seen.inspected.header.encryption_context).into_iter().find(|region| !self.is_asked_about(*region))
    }

    /// Counts what came of opening a bundle. That AWS KMS does not open one is no fault of the bundle, unless its data key was changed.
    pub(super) fn count_opened(&mut self, path: &Path, opened: Result<()>, is_online: bool) {
        match opened {
            Ok(()) => self.count(|counts| &mut counts.opened),
            Err(error @ Error::Setup(_)) => self.stopped = self.stopped.take().or(Some(error)),
            Err(Error::NoUsableKey(attempts)) if is_online && !attempts.iter().any(|attempt| attempt.outcome.is_altered()) => {
                self.count(|counts| &mut counts.not_openable_here);
                self.note(path, Error::NoUsableKey(attempts).to_string());
            }
            Err(error) => {
                self.count(|counts| &mut counts.failed);
                self.fault(path, error.to_string());
            }
        }
    }
}

fn look(message: Box<dyn Read + Send>) -> Result<Seen> {
    let mut reader = Hashing { message, sha256: Sha256::default(), size: 0 };
    let inspected = inspect(&mut reader, HeaderLimits::default())?;
    Ok(Seen { inspected, size: reader.size, sha256: reader.sha256.finish_hex() })
}

/// Hashes what is read: a message is read to its end, so that is the whole file.
struct Hashing {
    message: Box<dyn Read + Send>,
    sha256: Sha256,
    size: u64,
}

impl Read for Hashing {
    fn read(&mut self, dest: &mut [u8]) -> io::Result<usize> {
        let count = self.message.read(dest)?;
        self.sha256.update(dest.get(..count).unwrap_or_default());
        self.size += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }
}
