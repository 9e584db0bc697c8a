//! A folder that is held open, so that many files below it are read without the way to it being looked up each time: on Linux.

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::OpenFolder;
#[cfg(target_os = "linux")]
pub(crate) use linux::OpenFolder;

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    use rustix::{
        buffer::spare_capacity,
        fd::OwnedFd,
        fs::{FileType, Mode, OFlags, ResolveFlags, fstat, open, openat2},
        io::{Errno, read},
    };

    /// A folder that is held open.
    #[derive(Debug)]
    pub(crate) struct OpenFolder(OwnedFd);

    impl OpenFolder {
        /// `None` for a symbolic link, and where it cannot be opened: what is in it is read by its path, and that says why.
        pub(crate) fn open(path: &Path) -> Option<Self> {
            // To look a name up takes no more than a path does: the folder's names need not be readable.
            open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()).ok().map(Self)
        }

        /// Appends all of a regular file of at most `limit` bytes, to which no symbolic link leads on the way from the folder. False, and nothing
        /// appended, in every other case, and before Linux 5.6: to read it by its path says why, or does it.
        pub(crate) fn read_regular(&self, below: &Path, bytes: &mut Vec<u8>, limit: u64) -> bool {
            let start = bytes.len();
            let is_read = self.try_read(below, bytes, limit).unwrap_or_default();
            if !is_read {
                bytes.truncate(start);
            }
            is_read
        }

        fn try_read(&self, below: &Path, bytes: &mut Vec<u8>, limit: u64) -> rustix::io::Result<bool> {
            // A FIFO is opened at once, to be refused.
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let file = openat2(&self.0, below, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS)?;
            let status = fstat(&file)?;
            let length = u64::try_from(status.st_size).unwrap_or_default();
            // Of 0 bytes are the files of some file systems that do not know how many there are.
            if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile || !(1..=limit).contains(&length) {
                return Ok(false);
            }
            let Ok(mut rest) = usize::try_from(length) else { return Ok(false) };
            bytes.reserve(rest);
            while rest > 0 {
                match read(&file, spare_capacity(bytes)) {
                    Ok(0) => return Ok(false),
                    // More than there was: somebody writes in the middle of it.
                    Ok(count) if count > rest => return Ok(false),
                    Ok(count) => rest -= count,
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(true)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::path::Path;

    /// There is none: files are opened by their paths.
    #[derive(Debug)]
    pub(crate) enum OpenFolder {}

    impl OpenFolder {
        pub(crate) const fn open(_path: &Path) -> Option<Self> {
            None
        }

        pub(crate) const fn read_regular(&self, _below: &Path, _bytes: &mut Vec<u8>, _limit: u64) -> bool {
            match *self {}
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        fs,
        os::unix::fs::symlink,
        path::{Path, PathBuf},
    };

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("folder");
        fs::create_dir_all(path.join("name")).expect("made");
        (directory, path)
    }

    #[test]
    fn files_are_read_whole_behind_what_is_there() {
        let (_directory, path) = folder();
        let folder = OpenFolder::open(&path).expect("a folder");
        let mut bytes = b"before".to_vec();
        for length in [1, 2200, 70_000] {
            let content = vec![b'x'; length];
            fs::write(path.join("name/file"), &content).expect("written");
            assert!(folder.read_regular(Path::new("name/file"), &mut bytes, 70_000), "{length}");
            assert_eq!(bytes.split_off(6), content);
        }
        assert_eq!(bytes, b"before");
    }

    #[test]
    fn all_else_is_left_to_whoever_says_why() {
        let (directory, path) = folder();
        let folder = OpenFolder::open(&path).expect("a folder");
        fs::write(path.join("name/file"), "content").expect("written");
        fs::write(path.join("name/empty"), "").expect("written");
        symlink(path.join("name/file"), path.join("name/link")).expect("linked");
        symlink(path.join("name"), path.join("linked")).expect("linked");
        symlink(&path, directory.path().join("elsewhere")).expect("linked");
        mknodat(CWD, path.join("name/fifo"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("made");
        let mut bytes = b"before".to_vec();
        for (below, limit) in [
            ("name/none", 70),
            ("name/empty", 70),
            ("name/link", 70),
            ("linked/file", 70),
            ("name/fifo", 70),
            ("name", 70),
            ("none/file", 70),
            ("name/file", 6),
        ] {
            assert!(!folder.read_regular(Path::new(below), &mut bytes, limit), "{below}");
        }
        assert_eq!(bytes, b"before");
        assert!(OpenFolder::open(&directory.path().join("elsewhere")).is_none() && OpenFolder::open(&path.join("name/file")).is_none());
        assert!(OpenFolder::open(&path.join("none")).is_none());
    }
}
