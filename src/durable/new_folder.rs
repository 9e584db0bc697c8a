//! A folder that appears with everything that is in it, or not at all.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write as _},
    path::{Component, Path, PathBuf},
};

use super::{
    directory::{create_dir, followed, parent_of, sync_names},
    group::Group,
    leftover::{RANDOM_LENGTH, Temporaries, Unfinished, remove_folder},
    new_file::{Existing, NewFile},
};
use crate::error::{Error, Result};

/// Written under a temporary name beside its place; dropped without [`NewFolder::publish`] it leaves nothing behind.
pub(crate) struct NewFolder {
    /// What gets its name at the end: the folder, or the topmost of its parents that was not there.
    staged: PathBuf,
    target: PathBuf,
    /// The folder itself, for the time being.
    root: PathBuf,
    /// Where it will be.
    path: PathBuf,
    made: BTreeSet<PathBuf>,
    group: Group,
    is_published: bool,
    /// Whoever sweeps sees that somebody writes it.
    _lock: File,
    _unfinished: Unfinished,
}

impl NewFolder {
    /// A folder of mode 0700 for this path, where nothing is yet, or an empty folder, whose place it takes. Parents that are missing appear with
    /// it.
    ///
    /// # Errors
    /// The system's; something else is there.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let failed = |error| Error::io_at("making the directory", path, error);
        let path = followed(path).map_err(failed)?;
        if path.exists() && fs::read_dir(&path).map_err(failed)?.next().is_some() {
            return Err(failed(io::ErrorKind::DirectoryNotEmpty.into()));
        }
        let target = topmost_missing(&path);
        let below = path.strip_prefix(target).unwrap_or(Path::new("")).to_owned();
        if !below.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(failed(io::ErrorKind::NotFound.into()));
        }
        let (temporaries, parent) = (Temporaries::folders(), parent_of(target));
        temporaries.sweep_abandoned_folders(parent);
        let mut named = tempfile::Builder::new();
        #[cfg(unix)]
        named.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let named = named.prefix(&temporaries.prefix()).rand_bytes(RANDOM_LENGTH).tempdir_in(parent);
        let staged = named.map_err(|error| failed(error.kind().into()))?.keep();
        let unfinished = Unfinished::new(&staged);
        let lock = File::open(&staged).map_err(failed)?;
        // Where that is not possible, nobody else can lock it either.
        let _ = lock.try_lock();
        let (root, target) = (staged.join(&below), target.to_owned());
        let group = Group::new();
        let made = BTreeSet::from([staged.clone()]);
        let mut folder = Self { staged, target, root, path, made, group, is_published: false, _lock: lock, _unfinished: unfinished };
        folder.make(&folder.root.clone()).map_err(|error| folder.failed("making the directory", &folder.root, error))?;
        Ok(folder)
    }

    /// Writes a file of mode 0600, and the folders of mode 0700 that it lies in. `below` has plain names alone.
    ///
    /// # Errors
    /// The system's; there is a file or folder of this name.
    pub(crate) fn write(&mut self, below: &Path, content: &[u8]) -> Result<()> {
        let path = self.root.join(below);
        let folder = parent_of(&path).to_owned();
        self.make(&folder).map_err(|error| self.failed("making the directory", &folder, error))?;
        let mut file = NewFile::create_in(&folder)?;
        file.write_all(content).map_err(|error| self.failed("writing", &path, error))?;
        file.publish(&path, Existing::Refuse, self.group.sync_in(&folder)?)?;
        self.group.add_names(&folder)
    }

    /// Makes all of it durable, and gives it its name.
    ///
    /// # Errors
    /// The system's; something else has the name by now. Then nothing is left of it. [`Error::NotSynced`] where it is there, and its name is maybe
    /// not durable.
    pub(crate) fn publish(mut self) -> Result<()> {
        self.group.make_durable()?;
        tracing::debug!(path = %self.path.display(), "putting the folder in place");
        // Elsewhere than on Unix a folder takes no other's place.
        #[cfg(not(unix))]
        let _ = fs::remove_dir(&self.target);
        fs::rename(&self.staged, &self.target).map_err(|error| Error::io_at("creating", &self.path, error))?;
        self.is_published = true;
        sync_names(parent_of(&self.target), &[&self.target])
    }

    /// Makes a folder of it with those that it lies in. Unlike elsewhere none above the staged one: where a signal has removed that, nothing
    /// comes back.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if self.made.contains(folder) {
            return Ok(());
        }
        let parent = parent_of(folder).to_owned();
        self.make(&parent)?;
        create_dir(folder)?;
        self.made.insert(folder.to_owned());
        self.group.add_names(&parent).map_err(io::Error::other)
    }

    /// Under the name that it will have.
    fn failed(&self, verb: &str, staged: &Path, error: io::Error) -> Error {
        let below = staged.strip_prefix(&self.root).unwrap_or(Path::new(""));
        Error::io_at(verb, &self.path.join(below), error)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        if !self.is_published {
            remove_folder(&self.staged);
        }
    }
}

/// The path, or the first of its parents that is not there.
fn topmost_missing(path: &Path) -> &Path {
    let mut topmost = path;
    while !parent_of(topmost).exists() && parent_of(topmost) != topmost {
        topmost = parent_of(topmost);
    }
    topmost
}

#[cfg(all(test, unix))]
mod tests;
