//! The files of a directory as secrets.

mod left_out;
mod own;
mod walk;

use std::{collections::HashSet, path::PathBuf};

use super::{
    super::{paramfile::ParamFiles, secret_input::LIMIT, shown::cell, usage::UsageError},
    entry::{Defaults, refused},
};
use crate::vault::{CreateSecret, PayloadKind, SecretValue};

pub(super) use self::walk::walk;
pub(crate) use self::{left_out::LeftOut, walk::HiddenFiles};

/// What is below a directory.
#[derive(Default)]
pub(crate) struct Folder {
    /// In the order of their names.
    pub(super) files: Vec<FoundFile>,
    pub(super) unreadable: Vec<Unreadable>,
    pub(super) left_out: LeftOut,
    /// The names that what is left out or cannot be looked into would have, with everything below it; empty for the directory itself.
    unseen: HashSet<String>,
}

impl Folder {
    /// Whether a file of this name may be there that makes no secret, as it is left out or not seen.
    pub(super) fn may_hide(&self, name: &str) -> bool {
        let ends = name.match_indices('/').map(|(at, _)| at).chain([0, name.len()]);
        ends.filter_map(|end| name.get(..end)).any(|above| self.unseen.contains(above))
    }
}

/// A file, and the secret's name that its path makes.
pub(crate) struct FoundFile {
    /// Below the directory as it was named, for people.
    pub(super) path: PathBuf,
    /// Where it is read, without links.
    pub(super) real: PathBuf,
    /// With slashes on every system; `None` for a path that is not UTF-8.
    pub(super) name: Option<String>,
}

/// What below a directory cannot be looked into.
pub(crate) struct Unreadable {
    pub(super) path: PathBuf,
    /// The system's words.
    pub(super) why: String,
}

impl FoundFile {
    /// Reads the file. UTF-8 becomes a SecretString unless the command line says otherwise.
    pub(super) fn request(&self, defaults: &Defaults, files: &ParamFiles<'_>) -> Result<CreateSecret, UsageError> {
        let name = self.name.clone().ok_or_else(|| UsageError::new("the path is not UTF-8, and a secret's name has to be"))?;
        let bytes = files.read_file("DIR", &cell(&self.path.to_string_lossy()), &self.real, LIMIT)?;
        let is_text = || std::str::from_utf8(bytes.expose()).is_ok();
        let kind = defaults.file_kind.unwrap_or_else(|| if is_text() { PayloadKind::String } else { PayloadKind::Binary });
        let value = SecretValue::new(kind, bytes).map_err(refused("DIR"))?;
        Ok(defaults.request(name, Some(value)))
    }
}

#[cfg(all(test, unix))]
mod tests;
