//! The files of a directory as secrets.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::{
    super::{paramfile::ParamFiles, secret_input::LIMIT, terminal::counted, usage::UsageError},
    entry::{Defaults, refused},
};
use crate::vault::{CreateSecret, PayloadKind, SecretValue};

/// A file, and the secret's name that its path makes.
pub(crate) struct FoundFile {
    pub(crate) path: PathBuf,
    /// With slashes on every system; `None` for a path that is not UTF-8.
    pub(crate) name: Option<String>,
}

/// Every file below `top`, in the order of the names.
pub(super) fn walk(top: &Path) -> io::Result<(Vec<FoundFile>, LeftOut)> {
    let mut found = Vec::new();
    let mut left_out = LeftOut::default();
    let mut folders = vec![(top.to_owned(), Some(String::new()))];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            // Of the entry itself: links are not followed.
            let (kind, file_name) = (entry.file_type()?, entry.file_name());
            let name = prefix.as_ref().and_then(|prefix| Some(format!("{prefix}{}", file_name.to_str()?)));
            if file_name.as_encoded_bytes().starts_with(b".") {
                left_out.hidden += 1;
            } else if kind.is_dir() {
                folders.push((entry.path(), name.map(|name| name + "/")));
            } else if kind.is_file() {
                found.push(FoundFile { path: entry.path(), name });
            } else if kind.is_symlink() {
                left_out.links += 1;
            } else {
                left_out.others += 1;
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    Ok((found, left_out))
}

/// How much of a directory is left out.
#[derive(Default)]
pub(crate) struct LeftOut {
    hidden: u64,
    links: u64,
    others: u64,
}

impl LeftOut {
    fn counts(&self) -> impl Iterator<Item = String> {
        let kinds = [(self.hidden, "name", " with a dot in front"), (self.links, "symbolic link", ""), (self.others, "special file", "")];
        kinds.into_iter().filter(|(count, ..)| *count > 0).map(|(count, kind, which)| format!("{}{which}", counted(count, kind)))
    }

    /// True where nothing is.
    pub(super) fn is_empty(&self) -> bool {
        self.counts().next().is_none()
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "left out: {}", self.counts().collect::<Vec<_>>().join(", "))
    }
}

impl FoundFile {
    /// Reads the file. UTF-8 becomes a SecretString unless the command line says otherwise.
    pub(super) fn request(&self, defaults: &Defaults, files: &ParamFiles<'_>) -> Result<CreateSecret, UsageError> {
        let name = self.name.clone().ok_or_else(|| UsageError::new("the path is not UTF-8, and a secret's name has to be"))?;
        let bytes = files.read_file("DIR", &self.path.display().to_string(), &self.path, LIMIT)?;
        let is_text = || std::str::from_utf8(bytes.expose()).is_ok();
        let kind = defaults.file_kind.unwrap_or_else(|| if is_text() { PayloadKind::String } else { PayloadKind::Binary });
        let value = SecretValue::new(kind, bytes).map_err(refused("DIR"))?;
        Ok(defaults.request(name, Some(value)))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::{ffi::OsStrExt as _, fs::symlink};

    use super::*;

    #[test]
    fn files_are_found_in_order_and_the_rest_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path();
        for directory in ["prod/db", ".git", "empty"] {
            fs::create_dir_all(top.join(directory)).expect("made");
        }
        for file in ["prod/db/password", "prod/a", "z", ".env", ".git/config", "prod/.hidden"] {
            fs::write(top.join(file), file).expect("written");
        }
        symlink(top.join("z"), top.join("link")).expect("linked");
        symlink(top.join("prod"), top.join("folder-link")).expect("linked");
        let (found, left_out) = walk(top).expect("read");
        let names: Vec<_> = found.iter().map(|file| file.name.as_deref()).collect();
        assert_eq!(names, [Some("prod/a"), Some("prod/db/password"), Some("z")]);
        assert_eq!(left_out.to_string(), "left out: 3 names with a dot in front, 2 symbolic links");
        let odd = top.join("empty").join(std::ffi::OsStr::from_bytes(b"\xff"));
        fs::write(odd, "x").expect("written");
        let (found, left_out) = walk(&top.join("empty")).expect("read");
        assert!(found.first().is_some_and(|file| file.name.is_none()) && left_out.is_empty());
    }
}
