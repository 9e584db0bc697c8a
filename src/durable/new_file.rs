//! A file being written that has no name of its own yet.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    attributes::take_over,
    directory::sync_names,
    events::{Event, tell},
    leftover::{RANDOM_LENGTH, Temporaries, Unfinished},
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
    temporaries: Temporaries,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    #[cfg(target_os = "linux")]
    Unnamed(File),
    Named(tempfile::NamedTempFile, Unfinished),
}

impl NewFile {
    /// A file on the file system of `directory`, mode 0600: unnamed where that exists, else under a temporary name.
    pub(crate) fn create_in(directory: &Path) -> Result<Self> {
        Self::create_of(&Temporaries::ANY, directory)
    }

    /// The same, whose temporary name says whose it is.
    pub(super) fn create_of(temporaries: &Temporaries, directory: &Path) -> Result<Self> {
        let (directory, temporaries) = (directory.to_owned(), temporaries.clone());
        let failed = |error| Error::io_at("making a file in", &directory, error);
        #[cfg(target_os = "linux")]
        if let Some(file) = super::unnamed::open_in(&directory).map_err(failed)? {
            return Ok(Self { directory, temporaries, inner: Inner::Unnamed(file) });
        }
        temporaries.sweep_unguarded(&directory);
        let named = tempfile::Builder::new().prefix(&temporaries.prefix()).rand_bytes(RANDOM_LENGTH).tempfile_in(&directory);
        // The temporary name says nothing to anybody.
        let named = named.map_err(|error| failed(error.kind().into()))?;
        // Where that is not possible, nobody else can lock it either.
        let _ = named.as_file().try_lock();
        let unfinished = Unfinished::new(named.path());
        Ok(Self { directory, temporaries, inner: Inner::Named(named, unfinished) })
    }

    fn file(&mut self) -> &mut File {
        match &mut self.inner {
            #[cfg(target_os = "linux")]
            Inner::Unnamed(file) => file,
            Inner::Named(named, _) => named.as_file_mut(),
        }
    }

    /// Makes the content durable, unless nothing is to be; the file is at `path` later.
    pub(crate) fn sync_content(&mut self, path: &Path, sync: Sync) -> Result<()> {
        if sync == Sync::Nothing {
            return Ok(());
        }
        self.file().sync_all().map_err(|error| Error::io_at("syncing", path, error))
    }

    /// Gives the complete file its name, which must lie in the directory that it was made in. One that takes another's place gets its mode and
    /// owner.
    ///
    /// # Errors
    /// [`Error::NotSynced`] where it has its name, and that is maybe not durable.
    pub(crate) fn publish(mut self, path: &Path, existing: Existing, sync: Sync) -> Result<()> {
        self.sync_content(path, sync)?;
        let directory = self.directory.clone();
        tracing::debug!(path = %path.display(), ?existing, ?sync, "writing the file");
        self.name(path, existing).map_err(|error| Error::io_at("creating", path, error))?;
        match sync {
            Sync::FileAndDirectory => sync_names(&directory, &[path]),
            Sync::File | Sync::Nothing => Ok(()),
        }
    }

    /// Puts the complete file beside `path`, under a temporary name, to be moved there by [`Aside::put`].
    pub(crate) fn set_aside(mut self, path: &Path, sync: Sync) -> Result<Aside> {
        self.sync_content(path, sync)?;
        let (temporary, unfinished) = self.named_aside(path).map_err(|error| Error::io_at("creating", path, error))?;
        Ok(Aside { temporary, unfinished, path: path.to_owned() })
    }

    fn name(self, path: &Path, existing: Existing) -> io::Result<()> {
        match (self.inner, existing) {
            #[cfg(target_os = "linux")]
            (Inner::Unnamed(file), Existing::Refuse) => super::unnamed::link(&file, path),
            (Inner::Named(named, _), Existing::Refuse) => named.persist_noclobber(path).map(drop).map_err(|error| error.error),
            // A link never replaces: the file gets a temporary name first.
            (inner, Existing::Replace) => {
                let (temporary, _unfinished) = Self { inner, ..self }.named_aside(path)?;
                temporary.persist(path).map_err(|error| error.error)
            }
        }
    }

    /// To take the place of what is at `path`, with its mode and owner.
    fn named_aside(mut self, path: &Path) -> io::Result<(tempfile::TempPath, Unfinished)> {
        let not_kept = take_over(self.file(), path);
        if !not_kept.is_empty() {
            tell(&Event::NotKept(path, &not_kept));
        }
        // Under a name and not locked: young, it is not taken for a leftover.
        let _ = self.file().set_modified(SystemTime::now());
        match self.inner {
            #[cfg(target_os = "linux")]
            Inner::Unnamed(file) => {
                self.temporaries.sweep_unguarded(&self.directory);
                let mut temporary = tempfile::Builder::new();
                let prefix = self.temporaries.prefix();
                let temporary = temporary.prefix(&prefix).rand_bytes(RANDOM_LENGTH);
                let linked = temporary.make_in(&self.directory, |aside| super::unnamed::link(&file, aside))?.into_temp_path();
                let unfinished = Unfinished::new(&linked);
                Ok((linked, unfinished))
            }
            Inner::Named(named, unfinished) => Ok((named.into_temp_path(), unfinished)),
        }
    }
}

/// A complete file under a temporary name; dropped without [`Aside::put`] it is removed.
#[derive(Debug)]
pub(crate) struct Aside {
    temporary: tempfile::TempPath,
    unfinished: Unfinished,
    path: PathBuf,
}

impl Aside {
    /// Moves it to its name in one rename, over what is there. The name is durable when its directory is synced.
    pub(crate) fn put(self) -> Result<()> {
        let Self { temporary, unfinished: _unfinished, path } = self;
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
