//! Files with a key or a passphrase: who else may have them, and how they are read.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    path::Path,
};

use crate::{error::SetupError, secret::SecretBytes};

/// Which files with a key or a passphrase are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SecretFileAccess {
    /// Those that belong to the user or to root, and that nobody else may read or change.
    #[default]
    Private,
    /// All.
    Any,
}

impl SecretFileAccess {
    /// Whether such a file may be read. What is no regular file, as a pipe or a terminal, is the user's own.
    ///
    /// # Errors
    /// [`SetupError::SecretFileMode`], [`SetupError::SecretFileOwner`].
    #[cfg(unix)]
    pub(crate) fn check(self, path: &Path, metadata: &Metadata) -> Result<(), SetupError> {
        use std::os::unix::fs::MetadataExt as _;

        const OF_OTHERS: u32 = 0o077;
        if self == Self::Any || !metadata.is_file() {
            return Ok(());
        }
        let (mode, owner) = (metadata.mode() & 0o777, metadata.uid());
        if mode & OF_OTHERS != 0 {
            return Err(SetupError::SecretFileMode { path: path.to_owned(), mode });
        }
        if owner != 0 && owner != rustix::process::geteuid().as_raw() {
            return Err(SetupError::SecretFileOwner { path: path.to_owned(), owner });
        }
        Ok(())
    }

    /// Whether such a file may be read; only elsewhere a file tells it.
    #[cfg(not(unix))]
    pub(crate) fn check(self, _: &Path, _: &Metadata) -> Result<(), SetupError> {
        Ok(())
    }
}

/// Opens a file to read. A FIFO that nobody writes to is open at once: [`wait_for_writer`] waits.
#[cfg(target_os = "linux")]
pub(crate) fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits()).map_err(io::Error::other)?;
    let file = match File::options().read(true).custom_flags(flags).open(path) {
        // Somebody else has a lease on it, and has to be waited for.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return File::open(path),
        opened => opened?,
    };
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Waits until a FIFO has a writer; `told` is called where that takes more than a moment. For any other file there is nothing to wait for.
#[cfg(all(target_os = "linux", feature = "cli"))]
pub(crate) fn wait_for_writer(file: &File, told: impl FnOnce()) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt as _;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    const MOMENT: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
    if !file.metadata()?.file_type().is_fifo() {
        return Ok(());
    }
    let wait = |limit: Option<&Timespec>| loop {
        match poll(&mut [PollFd::new(file, PollFlags::IN)], limit) {
            Err(rustix::io::Errno::INTR) => {}
            ready => return ready.map_err(io::Error::from),
        }
    };
    if wait(Some(&MOMENT))? == 0 {
        told();
        wait(None)?;
    }
    Ok(())
}

#[cfg(all(not(target_os = "linux"), feature = "cli"))]
pub(crate) fn wait_for_writer(_: &File, _: impl FnOnce()) -> io::Result<()> {
    Ok(())
}

/// All that there is to read; of more than `limit` bytes `limit` and one.
pub(crate) fn read_to(limit: usize, mut from: impl Read) -> io::Result<SecretBytes> {
    let mut bytes = SecretBytes::zeroed(limit.saturating_add(1));
    let mut length: usize = 0;
    loop {
        match from.read(bytes.expose_mut().get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{PermissionsExt as _, chown},
        path::PathBuf,
    };

    use super::*;

    fn secret(folder: &tempfile::TempDir, mode: u32) -> PathBuf {
        let path = folder.path().join("secret");
        fs::write(&path, "secret").expect("written");
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("set");
        path
    }

    fn checked(access: SecretFileAccess, path: &Path) -> Result<(), SetupError> {
        access.check(path, &open(path).and_then(|file| file.metadata()).expect("there"))
    }

    #[test]
    fn a_file_that_others_reach_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        for mode in [0o600, 0o400, 0o700] {
            assert_eq!(checked(SecretFileAccess::Private, &secret(&folder, mode)), Ok(()), "{mode:o}");
        }
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644] {
            let path = secret(&folder, mode);
            assert_eq!(checked(SecretFileAccess::Private, &path), Err(SetupError::SecretFileMode { path: path.clone(), mode }));
            assert_eq!(checked(SecretFileAccess::Any, &path), Ok(()));
        }
        assert_eq!(checked(SecretFileAccess::Private, Path::new("/dev/null")), Ok(()), "no regular file");
    }

    #[test]
    fn a_file_of_somebody_else_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = secret(&folder, 0o600);
        // Only root may give a file away, or read such a one.
        if chown(&path, Some(65_534), None).is_err() {
            return;
        }
        assert_eq!(checked(SecretFileAccess::Private, &path), Err(SetupError::SecretFileOwner { path: path.clone(), owner: 65_534 }));
        assert_eq!(checked(SecretFileAccess::Any, &path), Ok(()));
    }

    /// What gives one byte at a time, and is interrupted before each and before its end.
    struct Interrupted<'a>(&'a [u8], bool);

    impl Read for Interrupted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = buffer.len().min(1);
            self.0.read(buffer.get_mut(..length).unwrap_or_default())
        }
    }

    #[test]
    fn an_interrupted_read_goes_on() {
        for (limit, expected) in [(6, "secret"), (100, "secret"), (5, "secret"), (4, "secre"), (0, "s")] {
            assert_eq!(read_to(limit, Interrupted(b"secret", false)).expect("read").expose(), expected.as_bytes());
        }
    }

    #[cfg(all(target_os = "linux", feature = "cli"))]
    #[test]
    fn a_fifo_is_waited_for_and_that_is_told() {
        use std::{
            sync::mpsc,
            thread,
            time::{Duration, Instant},
        };

        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("fifo");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a FIFO");
        let begin = Instant::now();
        let file = open(&path).expect("open without a writer");
        assert!(begin.elapsed() < Duration::from_secs(1));
        let (sender, told) = mpsc::channel();
        let reader = thread::spawn(move || {
            wait_for_writer(&file, || sender.send(()).expect("listened to")).and_then(|()| read_to(100, file)).expect("read")
        });
        told.recv_timeout(Duration::from_secs(30)).expect("told");
        // The writer comes later than the reader, and writes twice.
        let mut writer = File::options().write(true).open(&path).expect("open");
        for part in ["sec", "ret"] {
            io::Write::write_all(&mut writer, part.as_bytes()).expect("written");
            thread::sleep(Duration::from_millis(20));
        }
        drop(writer);
        assert_eq!(reader.join().expect("no panic").expose(), b"secret");
        // Where somebody writes already, nothing is told.
        let (reader, mut writer) = io::pipe().expect("a pipe");
        io::Write::write_all(&mut writer, b"x").expect("written");
        wait_for_writer(&File::from(std::os::fd::OwnedFd::from(reader)), || panic!("nobody waits")).expect("ready");
    }
}
