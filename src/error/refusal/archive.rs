//! Archives that are not read.

use super::ErrorCode;

/// Why an archive is not taken: nothing of it is unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveRefusal {
    /// No header where one has to be.
    #[error("no tar archive, or damaged: there is no header at byte {0}")]
    NoHeader(u64),
    /// It ends too early.
    #[error("the archive is cut off")]
    CutOff,
    /// Something follows its end.
    #[error("something follows the end of the archive")]
    Behind,
    /// A name that is longer than any name of a vault.
    #[error("the archive has a name of {0} bytes, which no file of a vault has")]
    LongName(u64),
    /// A symbolic or a hard link.
    #[error("the archive has a link: {}", .0.escape_debug())]
    Link(String),
    /// A folder, a device, a pipe, an extension of the format.
    #[error("the archive has something that is no regular file: {}", .0.escape_debug())]
    NotAFile(String),
    /// A path from the root of the file system.
    #[error("the archive has an absolute path: {}", .0.escape_debug())]
    Absolute(String),
    /// A path that leads up.
    #[error("the archive has a path that leads out of it: {}", .0.escape_debug())]
    Outside(String),
    /// Two files of one path.
    #[error("the archive has a file twice: {}", .0.escape_debug())]
    Twice(String),
    /// A path that nothing of a vault has.
    #[error("the archive has what is no file of a vault: {}", .0.escape_debug())]
    Stranger(String),
    /// A file that is larger than any of its kind.
    #[error("{} in the archive is larger than the {limit} bytes that it can have", .name.escape_debug())]
    TooLarge {
        /// Its path.
        name: String,
        /// Bytes.
        limit: u64,
    },
}

impl ArchiveRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidRequestException
    }
}
