//! Linux: files without a name (`O_TMPFILE`), which vanish with the process unless they are linked.

use std::{fs::File, io, path::Path};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};

/// Opens a file without a name on the file system of `directory`, mode 0600.
pub(super) fn open_in(directory: &Path) -> io::Result<File> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    Ok(rustix::fs::open(directory, flags, Mode::RUSR | Mode::WUSR)?.into())
}

/// Gives the file its name; fails when the name is taken.
pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;
    let source = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(rustix::fs::linkat(CWD, source, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}
