//! A folder for secret files that live as long as one command: of mode 0700, in memory, and gone when the command ends.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use super::{environment::Environment, failure::Outcome, terminal::warn, usage::ConfigError};
use crate::{
    durable::regular::open_regular,
    error::{Error, Result},
    secret::SecretBytes,
};

const PREFIX: &str = "coldseal-";
/// Where files in memory are on Linux, for everybody.
const SHARED_MEMORY: &str = "/dev/shm";
/// Longest file that is read back, in bytes: over what a secret holds, so that it is refused for that.
const READ_LIMIT: usize = 16 * 1024 * 1024;

/// Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct PrivateFolder {
    path: PathBuf,
}

impl PrivateFolder {
    /// A new folder in `named`, else in `XDG_RUNTIME_DIR`, else in `/dev/shm`, whichever is a file system in memory.
    ///
    /// # Errors
    /// None of them is one; then this is the way out.
    pub(crate) fn in_memory(environment: &Environment, named: Option<&Path>, way_out: &str) -> Outcome<Self> {
        let candidates = match named {
            Some(named) => vec![named.to_owned()],
            None => environment.path("XDG_RUNTIME_DIR").into_iter().chain([SHARED_MEMORY.into()]).collect(),
        };
        match candidates.iter().find(|place| is_in_memory(place)) {
            Some(place) => Ok(Self::create(place)?),
            None => {
                let places: Vec<String> = candidates.iter().map(|place| place.display().to_string()).collect();
                Err(ConfigError::new(format!("no file system in memory (tmpfs) at {}", places.join(" or at "))).with_hint(way_out).into())
            }
        }
    }

    /// A new folder for temporary files, on a disk perhaps, which may keep what was in it.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn on_any_disk() -> Result<Self> {
        Self::create(&std::env::temp_dir())
    }

    fn create(place: &Path) -> Result<Self> {
        // A path that stays the same when somebody changes the folder.
        let place = fs::canonicalize(place).map_err(|error| Error::io_at("finding", place, error))?;
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let made = builder.prefix(PREFIX).tempdir_in(&place);
        // What removes it does more than the library does.
        let path = made.map_err(|error| Error::io(format!("making a folder in {}", place.display()), error))?.keep();
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a new file of mode 0600.
    ///
    /// # Errors
    /// The system's; there is a file of this name.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf> {
        let path = self.path.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| file.write_all(content));
        written.map_err(|error| Error::io_at("writing", &path, error))?;
        Ok(path)
    }

    /// Reads a file of it, which may be another file of that name by now.
    ///
    /// # Errors
    /// The system's; what is no file, or far longer than any value.
    pub(crate) fn read(&self, name: &str) -> Result<SecretBytes> {
        let path = self.path.join(name);
        let reading = |error| Error::io_at("reading", &path, error);
        // A link leads anywhere, and a FIFO would keep this waiting.
        let mut file = match open_regular(&path) {
            Err(Error::Damaged { .. }) => return Err(reading(io::Error::other("it is no file any more"))),
            opened => opened?,
        };
        let length = file.metadata().map_err(reading)?.len();
        let fits = usize::try_from(length).ok().filter(|length| *length <= READ_LIMIT);
        let mut content = SecretBytes::zeroed(fits.ok_or_else(|| reading(io::ErrorKind::FileTooLarge.into()))?);
        file.read_exact(content.expose_mut()).map_err(reading)?;
        Ok(content)
    }

    /// Overwrites every file that is in it, and removes all. Once is enough.
    pub(crate) fn remove(&self) {
        wipe_files(&self.path);
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                warn(&format!("{} could not be removed, and holds secrets: {error}", self.path.display()));
            }
            _ => {}
        }
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Whoever has a file open still, or its pages in a swap, has nothing of it but zeros. No link is followed.
fn wipe_files(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => wipe_files(&entry.path()),
            // What a link leads to is somebody else's, and what cannot be written to stays as it is until it is removed.
            Ok(kind) if kind.is_file() => drop(wipe_file(&entry.path())),
            _ => {}
        }
    }
}

fn wipe_file(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len();
    io::copy(&mut io::repeat(0).take(length), &mut file).map(drop)
}

/// Whether a folder is in a file system that has no disk.
#[cfg(target_os = "linux")]
fn is_in_memory(folder: &Path) -> bool {
    /// Numbers of file systems ([statfs(2)](https://man7.org/linux/man-pages/man2/statfs.2.html)).
    const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];
    let kind = rustix::fs::statfs(folder).ok().and_then(|system| u32::try_from(system.f_type & 0xffff_ffff).ok());
    kind.is_some_and(|kind| IN_MEMORY.contains(&kind.into()))
}

/// Nothing tells it elsewhere.
#[cfg(not(target_os = "linux"))]
fn is_in_memory(_folder: &Path) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn folder() -> PrivateFolder {
        PrivateFolder::in_memory(&Environment::fixed(&[]), None, "").expect("every Linux has /dev/shm")
    }

    #[test]
    fn what_is_in_it_is_for_its_owner_and_gone_at_the_end() {
        let folder = folder();
        let path = folder.path().to_owned();
        let file = folder.write("db", b"EXAMPLE").expect("written");
        assert!(path.starts_with(SHARED_MEMORY));
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&file)), (0o700, 0o600));
        assert_eq!(fs::read(&file).expect("read"), b"EXAMPLE");
        assert_eq!(folder.read("db").expect("read").expose(), b"EXAMPLE");
        assert!(folder.read("none").is_err());
        assert!(folder.write("db", b"x").is_err(), "nothing is overwritten");
        fs::create_dir(path.join("below")).expect("made");
        fs::write(path.join("below/more"), "EXAMPLE").expect("written");
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn whoever_has_a_file_open_still_reads_zeros_and_no_link_is_followed() {
        let elsewhere = tempfile::NamedTempFile::new().expect("a file");
        fs::write(elsewhere.path(), "mine").expect("written");
        let folder = folder();
        let path = folder.write("db", b"EXAMPLE").expect("written");
        symlink(elsewhere.path(), folder.path().join("link")).expect("made");
        let mut open = OpenOptions::new().read(true).open(path).expect("opened");
        folder.remove();
        let mut left = Vec::new();
        open.read_to_end(&mut left).expect("read");
        assert_eq!(left, [0; 7]);
        assert_eq!(fs::read(elsewhere.path()).expect("read"), b"mine");
    }

    #[test]
    fn a_disk_is_no_place_for_secrets() {
        // A folder of the sources: whatever it lies on, /proc is no tmpfs.
        let refused = PrivateFolder::in_memory(&Environment::fixed(&[]), Some(Path::new("/proc")), "");
        assert!(refused.is_err());
        assert!(PrivateFolder::in_memory(&Environment::fixed(&[("XDG_RUNTIME_DIR", "/proc")]), None, "").is_ok(), "the next one is taken");
        assert!(PrivateFolder::in_memory(&Environment::fixed(&[]), Some(Path::new("/nowhere")), "").is_err());
    }
}
