//! What Linux knows of the descriptors of a process.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek as _, SeekFrom},
    os::fd::AsFd as _,
    path::Path,
};

use rustix::{
    fs::OFlags,
    process::{Pid, PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open},
};

use super::{Descriptor, Process};

/// As many as Linux follows in one path.
const MOST_LINKS: usize = 40;

impl Descriptor {
    /// The descriptor that a path leads to, open or not.
    pub(in super::super) fn at(path: &Path) -> Option<Self> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok());
            if let Some((process, number)) = folder.and_then(|folder| numbered(&folder, &path)) {
                return Some(Self { process, number, path });
            }
            path = path.parent()?.join(fs::read_link(&path).ok()?);
        }
        None
    }

    /// Its number, where it is one of this process.
    pub(in super::super) fn own_number(&self) -> Option<i32> {
        (self.process == Process::Own).then_some(self.number)
    }

    /// The same open file, at its place.
    pub(in super::super) fn open(&self) -> io::Result<File> {
        if self.process == Process::Own
            && let Some(file) = duplicate(self.number)?
        {
            return Ok(file);
        }
        self.open_anew()
    }

    /// Another one for the same file, which begins where that one is.
    pub(super) fn open_anew(&self) -> io::Result<File> {
        let state = self.state();
        let is_appending = state.as_ref().is_some_and(|state| state.is_appending);
        let mut file = OpenOptions::new().write(true).append(is_appending).open(&self.path)?;
        if let Some(state) = state.filter(|state| !state.is_appending)
            && file.metadata()?.is_file()
        {
            file.seek(SeekFrom::Start(state.position))?;
        }
        Ok(file)
    }

    fn state(&self) -> Option<DescriptorState> {
        let folder = self.path.parent()?.parent()?.join("fdinfo");
        DescriptorState::parse(&fs::read_to_string(folder.join(self.number.to_string())).ok()?)
    }
}

/// `/proc/PID/fd/NUMBER`, or that of a thread.
fn numbered(folder: &Path, path: &Path) -> Option<(Process, i32)> {
    let process = folder.strip_prefix("/proc").ok()?.parent()?;
    if folder.file_name()? != "fd" {
        return None;
    }
    let id: i32 = process.components().next()?.as_os_str().to_str()?.parse().ok()?;
    let process = if Pid::from_raw(id) == Some(getpid()) { Process::Own } else { Process::Other };
    Some((process, path.file_name()?.to_str()?.parse().ok()?))
}

/// A duplicate of a descriptor of this process; `None` where the system gives none of this number.
fn duplicate(number: i32) -> io::Result<Option<File>> {
    let owned = match number {
        0 => io::stdin().as_fd().try_clone_to_owned()?,
        1 => io::stdout().as_fd().try_clone_to_owned()?,
        2 => io::stderr().as_fd().try_clone_to_owned()?,
        // Kernels before 5.6 do not have it, and containers may forbid it.
        _ => match pidfd_open(getpid(), PidfdFlags::empty()).and_then(|own| pidfd_getfd(own, number, PidfdGetfdFlags::empty())) {
            Ok(owned) => owned,
            Err(_) => return Ok(None),
        },
    };
    Ok(Some(owned.into()))
}

/// What the kernel tells of an open descriptor ([proc_pid_fdinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html)).
struct DescriptorState {
    position: u64,
    is_appending: bool,
}

impl DescriptorState {
    fn parse(text: &str) -> Option<Self> {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let flags = u32::from_str_radix(field("flags:")?, 8).ok()?;
        Some(Self { position: field("pos:")?.parse().ok()?, is_appending: flags & OFlags::APPEND.bits() != 0 })
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, os::fd::AsRawFd as _, path::PathBuf};

    use super::*;

    fn descriptor(file: &File) -> Descriptor {
        Descriptor::at(&PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))).expect("a descriptor")
    }

    #[test]
    fn paths_to_descriptors_are_known() {
        for path in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1", "/dev/fd/../fd/1"] {
            let found = Descriptor::at(Path::new(path)).expect(path);
            assert_eq!((found.process, found.number), (Process::Own, 1), "{path}");
        }
        assert_eq!(Descriptor::at(Path::new("/proc/1/fd/1")).map(|found| found.process).unwrap_or(Process::Other), Process::Other);
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/dev/stdout", folder.path().join("link")).expect("linked");
        std::os::unix::fs::symlink("round", folder.path().join("round")).expect("linked");
        assert!(Descriptor::at(&folder.path().join("link")).is_some());
        for path in ["/dev/null", "/proc/self/fd", "/proc/self/status", "/etc/passwd", "fd/1", "1", ""] {
            assert_eq!(Descriptor::at(Path::new(path)), None, "{path}");
        }
        assert_eq!(Descriptor::at(&folder.path().join("round")), None);
    }

    #[test]
    fn what_is_written_goes_on_where_the_descriptor_is() {
        let folder = tempfile::tempdir().expect("a folder");
        for is_appending in [false, true] {
            let path = folder.path().join("log");
            fs::write(&path, "0123456789").expect("written");
            let mut file = OpenOptions::new().write(true).append(is_appending).open(&path).expect("opened");
            file.write_all(b"ab").expect("written");
            descriptor(&file).open().expect("duplicated").write_all(b"cd").expect("written");
            file.write_all(b"ef").expect("written");
            descriptor(&file).open_anew().expect("opened").write_all(b"gh").expect("written");
            let expected = if is_appending { "0123456789abcdefgh" } else { "abcdefgh89" };
            assert_eq!(fs::read_to_string(&path).expect("text"), expected);
        }
    }
}
