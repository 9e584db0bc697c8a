//! All secrets of one name, and who holds the name in which Region.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    layout::{self, RECORD, SECRETS},
    record::{FORMAT, SecretRecord},
};
use crate::{
    durable::regular::open_regular,
    error::{Damage, Error, Result},
    region::Region,
};

/// `secret.json` is read up to this size.
const MAX_RECORD_LENGTH: u64 = 16 * 1024 * 1024;

/// A secret with its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) dir: PathBuf,
    pub(crate) record: SecretRecord,
}

/// The secrets of one name: at most one for each primary Region.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Family(pub(super) Vec<Located>);

impl Family {
    /// Reads every secret of this name.
    pub(crate) fn load(root: &Path, name: &str) -> Result<Self> {
        Self::load_in(root, regions_with_secrets(root), name)
    }

    /// The same, where it is known which Regions have secrets.
    pub(crate) fn load_in(root: &Path, regions: impl IntoIterator<Item = Region>, name: &str) -> Result<Self> {
        let mut members = Vec::new();
        for region in regions {
            let dir = layout::secret_dir(root, region, name);
            if let Some(record) = read_record(&dir, region)? {
                members.push(Located { dir, record });
            }
        }
        Ok(Self(members))
    }

    /// Reads the secrets that lie in these folders, each with its primary Region. One whose record is not there is left out.
    pub(super) fn read(dirs: impl Iterator<Item = (PathBuf, Region)>, buffer: &mut Vec<u8>) -> Result<Self> {
        let mut members = Vec::new();
        for (dir, primary) in dirs {
            if let Some(record) = read_record_through(buffer, &dir, primary)? {
                members.push(Located { dir, record });
            }
        }
        Ok(Self(members))
    }

    /// Every secret of the name, replaced ones included.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Located> {
        self.0.iter()
    }

    /// The secrets that are still there in at least one Region, each with those Regions, the primary first.
    pub(crate) fn present(&self) -> impl Iterator<Item = (&Located, Vec<Region>)> {
        self.0.iter().filter_map(|member| {
            let regions = self.regions_of(member);
            (!regions.is_empty()).then_some((member, regions))
        })
    }

    /// The same with nothing but their records.
    pub(super) fn into_present(self) -> Vec<(SecretRecord, Vec<Region>)> {
        let regions: Vec<_> = self.0.iter().map(|member| self.regions_of(member)).collect();
        let present = self.0.into_iter().zip(regions).filter(|(_, regions)| !regions.is_empty());
        present.map(|(member, regions)| (member.record, regions)).collect()
    }

    fn regions_of(&self, member: &Located) -> Vec<Region> {
        let replicas = member.record.replication_status.iter().map(|replica| replica.region);
        std::iter::once(member.record.primary_region()).chain(replicas).filter(|region| self.is_holder(member, *region)).collect()
    }

    /// The secret that has the name in `region`, as primary or replica.
    pub(crate) fn holder(&self, region: Region) -> Option<&Located> {
        self.holders(region).next()
    }

    /// All that claim the name in `region`: one at most, unless a record was changed by other hands.
    pub(crate) fn holders(&self, region: Region) -> impl Iterator<Item = &Located> {
        self.0.iter().filter(move |member| self.is_holder(member, region))
    }

    /// The secrets whose primary Region still has them.
    pub(crate) fn primaries(&self) -> impl Iterator<Item = &Located> {
        self.0.iter().filter(|member| self.is_holder(member, member.record.primary_region()))
    }

    /// A secret is in a Region unless another one that is there too says that it took its place.
    fn is_holder(&self, member: &Located, region: Region) -> bool {
        let replaces = |other: &Located| other.record.replaces.iter().any(|old| old.region == region && old.arn == member.record.arn);
        member.record.is_in(region) && !self.0.iter().any(|other| other.record.is_in(region) && replaces(other))
    }
}

/// What is in a folder, in the order of the names; nothing when it is not there.
pub(crate) fn entries(dir: &Path) -> Result<Vec<fs::DirEntry>> {
    let mut entries = each_entry(dir, |entry| entry)?;
    entries.sort_by_cached_key(fs::DirEntry::file_name);
    Ok(entries)
}

/// The names in a folder, in any order; none when it is not there.
pub(super) fn names(dir: &Path) -> Result<Vec<OsString>> {
    each_entry(dir, |entry| entry.file_name())
}

fn each_entry<T>(dir: &Path, take: impl Fn(fs::DirEntry) -> T) -> Result<Vec<T>> {
    let reading = |error| Error::io_at("reading the directory", dir, error);
    let listing = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(reading)?,
    };
    listing.map(|entry| entry.map(&take)).collect::<io::Result<_>>().map_err(reading)
}

/// The Regions in which a secret of the vault can be primary: those that have a folder. All of them where that cannot be listed: to look into each
/// then says why.
pub(super) fn regions_with_secrets(root: &Path) -> Vec<Region> {
    let folders = names(&root.join(SECRETS)).ok();
    let has_folder = |region: Region| folders.as_ref().is_none_or(|folders| folders.iter().any(|folder| folder == region.name()));
    Region::all().filter(|region| has_folder(*region)).collect()
}

/// What is at `path`; `None` when nothing is.
pub(super) fn looked_at(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match fs::metadata(path) {
        Err(error) if is_absence(&error) => Ok(None),
        looked => looked.map(Some),
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Reads a secret's record; `None` when its folder or record is not there.
pub(crate) fn read_record(dir: &Path, primary: Region) -> Result<Option<SecretRecord>> {
    read_record_through(&mut Vec::new(), dir, primary)
}

fn read_record_through(buffer: &mut Vec<u8>, dir: &Path, primary: Region) -> Result<Option<SecretRecord>> {
    let path = dir.join(RECORD);
    match read_bounded_to(buffer, &path, MAX_RECORD_LENGTH) {
        Ok(()) => {}
        Err(Error::Io { source, .. }) if is_absence(&source) => return Ok(None),
        Err(error) => return Err(error),
    }
    layout::refuse_links(dir)?;
    let damaged = |what| Error::Damaged { path: path.clone(), what };
    let directory_name = dir.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    parse_record(buffer, directory_name, primary).map(Some).map_err(damaged)
}

/// Parses `secret.json`. The error says where, never what.
pub(crate) fn parse_record(bytes: &[u8], directory_name: &str, primary: Region) -> Result<SecretRecord, Damage> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Numbered {
        format: u32,
    }
    let position =
        |error: &serde_json::Error| Damage::Content(format!("not the JSON of a secret (line {}, column {})", error.line(), error.column()));
    let parsed = from_json(bytes);
    if !parsed.as_ref().is_ok_and(|record: &SecretRecord| record.format == FORMAT) {
        // Another format may have members that this version does not know: its number is the thing to tell.
        let numbered: Numbered = from_json(bytes).map_err(|error| position(&error))?;
        if numbered.format != FORMAT {
            return Err(Damage::Format { found: numbered.format, known: FORMAT });
        }
    }
    let record: SecretRecord = parsed.map_err(|error| position(&error))?;
    match record.fault(directory_name, primary) {
        Some(what) => Err(Damage::Content(what)),
        None => Ok(record),
    }
}

/// Parses JSON whose text is checked once, and not string by string.
fn from_json<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> serde_json::Result<T> {
    match str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        // The error says where.
        Err(_) => serde_json::from_slice(bytes),
    }
}

/// For the fuzz target: parses the `secret.json` of any secret, and what is written for it.
///
/// # Errors
/// What is wrong with it.
#[doc(hidden)]
pub fn parse_secret(bytes: &[u8]) -> Result<()> {
    let damaged = |what| Error::Damaged { path: RECORD.into(), what };
    let named: SecretRecord = serde_json::from_slice(bytes).map_err(|_| damaged(Damage::Content("not the JSON of a secret".to_owned())))?;
    let parse = |bytes: &[u8]| parse_record(bytes, &layout::encode(&named.name), named.primary_region()).map_err(damaged);
    let record = parse(bytes)?;
    assert_eq!(parse(&record.to_json()?)?, record, "a record that parses is written as it was read");
    Ok(())
}

/// Reads a whole file of at most `limit` bytes; a regular one, not through a symbolic link.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_bounded_to(&mut bytes, path, limit).map(|()| bytes)
}

/// Most records fit: one read takes them, and the next one sees their end.
const FIRST_READ: usize = 8 * 1024;

/// The same, in place of what `bytes` held.
fn read_bounded_to(bytes: &mut Vec<u8>, path: &Path, limit: u64) -> Result<()> {
    use std::io::Read as _;
    bytes.clear();
    let file = open_regular(path)?;
    // Most names that are looked for in most Regions are not there: room is made, and wiped, for those that are.
    bytes.reserve(FIRST_READ);
    let length = file.take(limit.saturating_add(1)).read_to_end(bytes).map_err(|error| Error::io_at("reading", path, error))?;
    tracing::debug!(path = %path.display(), length, "read the file");
    if u64::try_from(length).unwrap_or(u64::MAX) > limit {
        return Err(Error::damaged(path, format!("larger than the {limit} bytes that it can have")));
    }
    Ok(())
}
