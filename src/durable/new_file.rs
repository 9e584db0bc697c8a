//! A file being written that has no name of its own yet.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    directory::sync_dir,
    leftover::{RANDOM_LENGTH, Temporaries},
};
use crate::error::{Error, Result};

/// What to do when the name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Fail with [`io::ErrorKind::AlreadyExists`].
    Refuse,
    /// Take its place in one rename.
    Replace,
}

/// How durable a published file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    /// Content and name survive a power cut.
    FileAndDirectory,
    /// The content does; the caller syncs the directory, once for several files.
    File,
    /// As `cp` does.
    Nothing,
}

/// Written through [`Write`]; dropped without [`NewFile::publish`] it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct NewFile {
    directory: PathBuf,
    /// What a temporary name begins with.
    prefix: OsString,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    #[cfg(target_os = "linux")]
    Unnamed(File),
    Named(tempfile::NamedTempFile),
}

impl NewFile {
    /// A file on the file system of `directory`, mode 0600: unnamed where that exists, else under a temporary name.
    pub(crate) fn create_in(directory: &Path) -> Result<Self> {
        Self::create_of(&Temporaries::ANY, directory)
    }

    /// The same, whose temporary name says whose it is.
    pub(super) fn create_of(temporaries: &Temporaries, directory: &Path) -> Result<Self> {
        let prefix = temporaries.prefix();
        let failed = |error| Error::io_at("making a file in", directory, error);
        #[cfg(target_os = "linux")]
        if let Some(file) = super::unnamed::open_in(directory).map_err(failed)? {
            return Ok(Self { directory: directory.to_owned(), prefix, inner: Inner::Unnamed(file) });
        }
        let named = tempfile::Builder::new().prefix(&prefix).rand_bytes(RANDOM_LENGTH).tempfile_in(directory);
        // The temporary name says nothing to anybody.
        let inner = named.map(Inner::Named).map_err(|error| failed(error.kind().into()))?;
        Ok(Self { directory: directory.to_owned(), prefix, inner })
    }

    /// The name that it has until it is published; `None` where it has none, and vanishes with the process.
    #[cfg(feature = "cli")]
    pub(crate) fn temporary_path(&self) -> Option<&Path> {
        match &self.inner {
            #[cfg(target_os = "linux")]
            Inner::Unnamed(_) => None,
            Inner::Named(named) => Some(named.path()),
        }
    }

    fn file(&mut self) -> &mut File {
        match &mut self.inner {
            #[cfg(target_os = "linux")]
            Inner::Unnamed(file) => file,
            Inner::Named(named) => named.as_file_mut(),
        }
    }

    /// Gives the complete file its name, which must lie in the directory that it was made in.
    pub(crate) fn publish(mut self, path: &Path, existing: Existing, sync: Sync) -> Result<()> {
        if sync != Sync::Nothing {
            self.file().sync_all().map_err(|error| Error::io_at("syncing", path, error))?;
        }
        let directory = self.directory.clone();
        tracing::debug!(path = %path.display(), ?existing, ?sync, "writing the file");
        self.name(path, existing).map_err(|error| Error::io_at("creating", path, error))?;
        match sync {
            Sync::FileAndDirectory => sync_dir(&directory).map_err(|error| match error {
                Error::Io { doing, source } => {
                    Error::Io { doing: format!("{doing} after {} was put in place (the change may have happened)", path.display()), source }
                }
                other => other,
            }),
            Sync::File | Sync::Nothing => Ok(()),
        }
    }

    /// Puts the complete file beside `path`, under a temporary name, to be moved there by [`Aside::put`].
    pub(crate) fn set_aside(mut self, path: &Path, sync: Sync) -> Result<Aside> {
        if sync != Sync::Nothing {
            self.file().sync_all().map_err(|error| Error::io_at("syncing", path, error))?;
        }
        let temporary = self.named_aside().map_err(|error| Error::io_at("creating", path, error))?;
        Ok(Aside { temporary, path: path.to_owned() })
    }

    fn name(self, path: &Path, existing: Existing) -> io::Result<()> {
        match (self.inner, existing) {
            #[cfg(target_os = "linux")]
            (Inner::Unnamed(file), Existing::Refuse) => super::unnamed::link(&file, path),
            (Inner::Named(named), Existing::Refuse) => named.persist_noclobber(path).map(drop).map_err(|error| error.error),
            // A link never replaces: the file gets a temporary name first.
            (inner, Existing::Replace) => Self { inner, ..self }.named_aside()?.persist(path).map_err(|error| error.error),
        }
    }

    fn named_aside(self) -> io::Result<tempfile::TempPath> {
        match self.inner {
            #[cfg(target_os = "linux")]
            Inner::Unnamed(file) => {
                let mut temporary = tempfile::Builder::new();
                let temporary = temporary.prefix(&self.prefix).rand_bytes(RANDOM_LENGTH);
                let linked = temporary.make_in(&self.directory, |aside| super::unnamed::link(&file, aside))?;
                Ok(linked.into_temp_path())
            }
            Inner::Named(named) => Ok(named.into_temp_path()),
        }
    }
}

/// A complete file under a temporary name; dropped without [`Aside::put`] it is removed.
#[derive(Debug)]
pub(crate) struct Aside {
    temporary: tempfile::TempPath,
    path: PathBuf,
}

impl Aside {
    /// Moves it to its name in one rename, over what is there. The name is durable when its directory is synced.
    pub(crate) fn put(self) -> Result<()> {
        let Self { temporary, path } = self;
        tracing::debug!(path = %path.display(), "putting the file in place");
        temporary.persist(&path).map_err(|error| Error::io_at("creating", &path, error.error))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}
