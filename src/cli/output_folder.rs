//! The folder that is to appear, checked before any work is done.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{failure::Outcome, files_in_use::FilesInUse, usage::UsageError};
use crate::durable::{followed, parent_of};

/// Where nothing is, or an empty folder.
pub(crate) struct OutputFolder(PathBuf);

impl OutputFolder {
    /// # Errors
    /// Something else is there; it cannot be replaced; the command reads it, or coldseal keeps it.
    pub(crate) fn check(files: &FilesInUse, named: &Path) -> Outcome<Self> {
        let refuse = |what: &str| UsageError::new(format!("{}: {what}", named.display())).with_hint("name a folder that is not there yet");
        // A link stays a link.
        let path = followed(named).map_err(|error| refuse(&error.to_string()))?;
        match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_dir() => return Err(refuse("is there, and no folder").into()),
            Ok(_) => {
                let mut entries = fs::read_dir(&path).map_err(|error| refuse(&error.to_string()))?;
                if entries.next().is_some() {
                    return Err(refuse("is there, and not empty").into());
                }
                if is_in_use(&path) {
                    return Err(refuse("is the current folder or a mounted one, whose place no other can take").into());
                }
            }
            Err(_) => {}
        }
        files.write(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

fn is_in_use(path: &Path) -> bool {
    let canonical = fs::canonicalize(path).ok();
    let is_current = canonical.is_some() && canonical == std::env::current_dir().and_then(fs::canonicalize).ok();
    is_current || is_mounted(path)
}

#[cfg(unix)]
fn is_mounted(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs::metadata(path).ok().map(|metadata| metadata.dev());
    device(path) != device(parent_of(path))
}

#[cfg(not(unix))]
fn is_mounted(path: &Path) -> bool {
    parent_of(path) == path
}
