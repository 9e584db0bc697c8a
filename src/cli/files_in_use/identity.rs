//! By what a file is known: device and inode, whatever its names, and its path where it is not there yet.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

use crate::durable::{followed, parent_of};

/// What makes a file the same under each of its names. Devices that are no disk have none: they may be read and written at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum FileId {
    Inode { device: u64, inode: u64 },
    Disk { device: u64 },
}

impl FileId {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
        if metadata.file_type().is_block_device() {
            return Some(Self::Disk { device: metadata.rdev() });
        }
        metadata.is_file().then(|| Self::Inode { device: metadata.dev(), inode: metadata.ino() })
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

/// A file that is there or will be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) id: Option<FileId>,
    /// Without links; `None` for what is neither a file nor a folder nor a disk.
    pub(super) path: Option<PathBuf>,
}

impl Identity {
    pub(super) fn of(path: &Path) -> Self {
        let metadata = fs::metadata(path).ok();
        let id = metadata.as_ref().and_then(FileId::of);
        let is_stream = id.is_none() && metadata.is_some_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        Self { id, path: (!is_stream).then(|| resolved(path)) }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        let is_same_path = self.path.is_some() && self.path == other.path;
        is_same_path || (self.id.is_some() && self.id == other.id)
    }

    pub(super) fn lies_in(&self, folder: &Self) -> bool {
        self.path.as_ref().zip(folder.path.as_ref()).is_some_and(|(path, folder)| path.starts_with(folder))
    }
}

/// The whole path to where a file is or will be, as far as its folders are there.
fn resolved(path: &Path) -> PathBuf {
    let path = followed(path).unwrap_or_else(|_| path.to_owned());
    let parent = parent_of(&path);
    match (fs::canonicalize(&path), path.file_name()) {
        (Ok(canonical), _) => canonical,
        (Err(_), Some(name)) if parent != path => resolved(parent).join(name),
        _ => path,
    }
}

/// The file that stdout is redirected to; its path where the system tells it, as Linux does.
pub(super) fn stdout() -> Identity {
    let id = standard_file(&io::stdout());
    let path = id.and_then(|_| fs::canonicalize("/dev/stdout").ok());
    let is_it = |path: &PathBuf| fs::metadata(path).ok().as_ref().and_then(FileId::of) == id;
    Identity { id, path: path.filter(is_it) }
}

/// The file that a standard stream is redirected to or from.
#[cfg(unix)]
pub(super) fn standard_file(stream: &impl std::os::fd::AsFd) -> Option<FileId> {
    let file = fs::File::from(stream.as_fd().try_clone_to_owned().ok()?);
    FileId::of(&file.metadata().ok()?)
}

#[cfg(not(unix))]
pub(super) fn standard_file<S>(_: &S) -> Option<FileId> {
    None
}
