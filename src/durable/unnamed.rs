//! Linux: files without a name (`O_TMPFILE`), which vanish with the process unless they are linked.

use std::{fs::File, io, path::Path};

use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags},
    io::Errno,
};

const DESCRIPTORS: &str = "/proc/self/fd";

/// Opens a file without a name on the file system of `directory`, mode 0600; `None` where such files cannot be made or linked.
pub(super) fn open_in(directory: &Path) -> io::Result<Option<File>> {
    // Linking goes through this directory, which a chroot may lack.
    if !Path::new(DESCRIPTORS).exists() {
        return Ok(None);
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    match rustix::fs::open(directory, flags, Mode::RUSR | Mode::WUSR) {
        Ok(file) => Ok(Some(file.into())),
        // File systems and kernels without unnamed files.
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOSYS) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Gives the file its name; fails when the name is taken.
pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;
    let source = format!("{DESCRIPTORS}/{}", file.as_raw_fd());
    Ok(rustix::fs::linkat(CWD, source, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}
