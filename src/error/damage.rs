//! What can be wrong with files that were written here.

use super::ManifestFault;

/// What is wrong with a file of the vault or the keystore.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// A format that this version does not read.
    #[error("format {found} is not known to this version, which reads formats up to {known}; use a newer coldseal")]
    Format {
        /// The file's format.
        found: u32,
        /// The newest format that is read.
        known: u32,
    },
    /// A symbolic link in the file's place.
    #[error("is a symbolic link, which is not followed here: put what it leads to in its place, or remove it")]
    Link,
    /// Something else in the file's place.
    #[error("is not a regular file: put the right one in its place, or remove it")]
    NotAFile,
    /// Of a manifest: a root or a page.
    #[error(transparent)]
    Manifest(#[from] ManifestFault),
    /// Another content than what was written.
    #[error("{0}")]
    Content(String),
}
