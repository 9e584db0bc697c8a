//! The walk over a directory.
//!
//! Links are followed to what lies in the directory, as in a volume of Kubernetes, where each file is a link to the newest of several directories.
//! A directory is walked once by links, whatever their number, and never below itself: the walk ends, and grows with what is there.

use std::{
    collections::{HashSet, VecDeque},
    ffi::OsStr,
    fs::{self, DirEntry},
    io,
    path::{Path, PathBuf},
};

use super::{
    Folder, FoundFile, Unreadable,
    left_out::LeftOutKind,
    own::{beside_keystore, is_in_vault, is_keystore, is_vault},
};
use crate::cli::files_in_use::FilesInUse;

/// What becomes of names with a dot in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HiddenFiles {
    LeftOut,
    Taken,
}

/// Walks over everything below `top`, which may itself be hidden or a link.
///
/// # Errors
/// `top` cannot be read. What is below it and cannot be read is in the result.
pub(crate) fn walk(top: &Path, hidden: HiddenFiles, in_use: &FilesInUse) -> io::Result<Folder> {
    let real = fs::canonicalize(top)?;
    fs::read_dir(&real)?;
    let first = WalkedPath { shown: top.to_owned(), below: PathBuf::new(), real: real.clone(), name: Some(String::new()) };
    let (found, followed, keystores) = (Folder::default(), HashSet::new(), Vec::new());
    let mut walk = Walk { top: real, hidden, in_use, found, waiting: VecDeque::from([first]), followed, keystores };
    while let Some(folder) = walk.waiting.pop_front() {
        walk.look_into(&folder);
    }
    walk.leave_out_beside_keystores();
    let mut found = walk.found;
    found.files.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    Ok(found)
}

struct Walk<'a> {
    top: PathBuf,
    hidden: HiddenFiles,
    in_use: &'a FilesInUse,
    found: Folder,
    waiting: VecDeque<WalkedPath>,
    /// Directories that links lead to.
    followed: HashSet<PathBuf>,
    /// Those that were found, by their contents.
    keystores: Vec<PathBuf>,
}

/// A file or directory on the way.
struct WalkedPath {
    /// With the directory as it was named.
    shown: PathBuf,
    /// Below it.
    below: PathBuf,
    /// Without links.
    real: PathBuf,
    name: Option<String>,
}

impl WalkedPath {
    fn inner(&self, file_name: &OsStr) -> Self {
        let prefix = self.name.as_ref().map(|name| if name.is_empty() { String::new() } else { format!("{name}/") });
        Self {
            shown: self.shown.join(file_name),
            below: self.below.join(file_name),
            real: self.real.join(file_name),
            name: prefix.and_then(|prefix| Some(format!("{prefix}{}", file_name.to_str()?))),
        }
    }
}

impl Walk<'_> {
    fn look_into(&mut self, folder: &WalkedPath) {
        if is_vault(&folder.real) {
            return self.leave_out_own(folder, "a vault");
        }
        let listing = match fs::read_dir(&folder.real) {
            Ok(listing) => listing,
            Err(error) => return self.unreadable(folder, &error),
        };
        let mut entries = Vec::new();
        for entry in listing {
            match entry {
                Ok(entry) => entries.push(entry),
                Err(error) => self.unreadable(folder, &error),
            }
        }
        entries.sort_by_cached_key(DirEntry::file_name);
        entries.iter().for_each(|entry| self.look_at(folder, entry));
    }

    fn look_at(&mut self, folder: &WalkedPath, entry: &DirEntry) {
        let file_name = entry.file_name();
        let place = folder.inner(&file_name);
        if self.hidden == HiddenFiles::LeftOut && file_name.as_encoded_bytes().starts_with(b".") {
            return self.leave_out(LeftOutKind::Hidden, &place);
        }
        // Of the entry itself, not of where a link leads.
        match entry.file_type() {
            Ok(kind) if kind.is_symlink() => self.follow(folder, place),
            Ok(kind) if kind.is_dir() => self.waiting.push_back(place),
            Ok(kind) if kind.is_file() => self.take(place),
            Ok(_) => self.leave_out(LeftOutKind::Special, &place),
            Err(error) => self.unreadable(&place, &error),
        }
    }

    fn follow(&mut self, folder: &WalkedPath, link: WalkedPath) {
        let Ok(target) = fs::canonicalize(&link.real) else { return self.leave_out(LeftOutKind::LinkNowhere, &link) };
        if !target.starts_with(&self.top) {
            return self.leave_out(LeftOutKind::LinkOutside, &link);
        }
        if is_in_vault(&self.top, &target) {
            return self.leave_out_own(&link, "leads into a vault");
        }
        match fs::metadata(&target) {
            Err(error) => self.unreadable(&link, &error),
            Ok(metadata) if metadata.is_file() => self.take(WalkedPath { real: target, ..link }),
            Ok(metadata) if !metadata.is_dir() => self.leave_out(LeftOutKind::Special, &link),
            Ok(_) if folder.real.starts_with(&target) || !self.followed.insert(target.clone()) => {
                self.leave_out(LeftOutKind::LinkAgain, &link);
            }
            Ok(_) => self.waiting.push_back(WalkedPath { real: target, ..link }),
        }
    }

    fn take(&mut self, file: WalkedPath) {
        if let Some(file_use) = self.in_use.use_of(&file.real) {
            return self.leave_out_own(&file, &file_use.to_string());
        }
        if is_keystore(&file.real) {
            self.leave_out_own(&file, "a keystore");
            return self.keystores.push(file.real);
        }
        self.found.files.push(FoundFile { path: file.shown, real: file.real, name: file.name });
    }

    /// What lies beside a keystore may have been found before it.
    fn leave_out_beside_keystores(&mut self) {
        let beside: HashSet<PathBuf> = self.keystores.iter().flat_map(|keystore| beside_keystore(keystore)).collect();
        let (of_keystores, others) = std::mem::take(&mut self.found.files).into_iter().partition(|file| beside.contains(&file.real));
        self.found.files = others;
        let of_keystores: Vec<FoundFile> = of_keystores;
        for file in of_keystores {
            self.found.unseen.extend(file.name.clone());
            let below = file.name.map_or(file.path, PathBuf::from);
            self.found.left_out.add(LeftOutKind::Own, &below, Some("a keystore's"));
        }
    }

    fn leave_out(&mut self, kind: LeftOutKind, place: &WalkedPath) {
        self.found.unseen.extend(place.name.clone());
        self.found.left_out.add(kind, &place.below, None);
    }

    fn leave_out_own(&mut self, place: &WalkedPath, why: &str) {
        self.found.unseen.extend(place.name.clone());
        let below = if place.below.as_os_str().is_empty() { &place.shown } else { &place.below };
        self.found.left_out.add(LeftOutKind::Own, below, Some(why));
    }

    fn unreadable(&mut self, place: &WalkedPath, error: &io::Error) {
        self.found.unseen.extend(place.name.clone());
        self.found.unreadable.push(Unreadable { path: place.shown.clone(), why: error.to_string() });
    }
}
