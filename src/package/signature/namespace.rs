//! What a signature is for.

use std::fmt;

/// The namespace of a signature: one that was made for one thing is not taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// The manifest of a package.
    Manifest,
    /// A single file.
    File,
}

impl Namespace {
    /// As it stands in signatures, and in a file of signers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manifest => "coldseal-manifest",
            Self::File => "coldseal-file",
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
