//! Paths that are open descriptors: `/dev/stdout`, `/dev/fd/3`, `/proc/self/fd/3`, and links to them.
//!
//! On Linux such a path leads to the file that is open, and to open or replace that would forget where its next byte goes: what was
//! redirected by `>>` would be overwritten. The descriptor itself is written to. On other systems to open the path does that. One that leads to a
//! secret is not for the programs that commands run.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use std::{fs::File, io, path::Path};

/// A descriptor, by a path to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Descriptor {
    #[cfg(target_os = "linux")]
    process: Process,
    #[cfg(target_os = "linux")]
    number: i32,
    path: std::path::PathBuf,
}

#[cfg(not(target_os = "linux"))]
impl Descriptor {
    pub(super) fn at(path: &Path) -> Option<Self> {
        let folder = crate::durable::followed(path).ok()?;
        (folder.parent() == Some(Path::new("/dev/fd"))).then(|| Self { path: path.to_owned() })
    }

    pub(super) fn open(&self) -> io::Result<File> {
        File::options().write(true).open(&self.path)
    }

    pub(super) fn own_number(&self) -> Option<i32> {
        self.path.file_name()?.to_str()?.parse().ok()
    }
}

#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Process {
    Own,
    Other,
}
