//! Names of secrets as paths of files: below one folder, and such that every system has a file for each.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use super::selected::SelectedSecret;
use crate::cli::usage::UsageError;

/// Longest name of one file or folder, in bytes, that file systems have.
const LONGEST_PART: usize = 255;
/// Characters that stand in no name on Windows, or that end one there.
const NOT_ON_WINDOWS: &[char] = &['<', '>', ':', '"', '\\', '|', '?', '*'];
/// Names of devices on Windows, whatever follows behind a dot
/// ([Naming files](https://learn.microsoft.com/windows/win32/fileio/naming-a-file)).
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// The same with one of ten digits behind.
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];

/// Why a name is no path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PathFault {
    /// It begins with the separator.
    Absolute,
    /// There is nothing between two separators, or at the end.
    EmptyPart,
    /// `.` or `..`.
    Dots,
    /// A part is longer than file systems have.
    TooLong,
    /// A control character, or one of Windows's own.
    Character(char),
    /// A part ends in what Windows takes away.
    End,
    Device(String),
    /// Another name is this one in other letters.
    DiffersInCase(String),
    /// A file of this name would be a folder too, because of another.
    FileAndFolder(String),
}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute => f.write_str("begins with /, and so leads outside of the folder"),
            Self::EmptyPart => f.write_str("has an empty part"),
            Self::Dots => f.write_str("has a part that is '.' or '..', and so could lead outside of the folder"),
            Self::TooLong => write!(f, "has a part of more than {LONGEST_PART} bytes"),
            Self::Character(character) => write!(f, "has {}, which no file name has on Windows", character.escape_debug()),
            Self::End => f.write_str("has a part that ends in a dot or a blank, which Windows takes away"),
            Self::Device(name) => write!(f, "has a part that is a device on Windows, {name}"),
            Self::DiffersInCase(other) => write!(f, "differs only in case from {}", other.escape_debug()),
            Self::FileAndFolder(other) => write!(f, "would be a file and a folder, because of {}", other.escape_debug()),
        }
    }
}

/// A path for each secret, in their order. Nothing but plain names is in it.
///
/// # Errors
/// Every name that no path can be made of.
pub(super) fn file_paths(secrets: &[SelectedSecret]) -> Result<Vec<PathBuf>, UsageError> {
    let (mut tree, mut faults) = (Tree::default(), String::new());
    for secret in secrets {
        let checked = secret.given.split('/').try_for_each(check_part);
        let checked = if secret.given.starts_with('/') { Err(PathFault::Absolute) } else { checked };
        if let Err(fault) = checked.and_then(|()| tree.add(&secret.given)) {
            faults.push_str(&format!("\n  {}: {fault}", secret.given.escape_debug()));
        }
    }
    if faults.is_empty() {
        return Ok(secrets.iter().map(|secret| secret.given.split('/').collect()).collect());
    }
    Err(UsageError::new(format!("names that are no files everywhere, so nothing was written:{faults}"))
        .with_hint("--as NAME gives one secret's file another name; --filters and --secret-id leave secrets out"))
}

fn check_part(part: &str) -> Result<(), PathFault> {
    match part {
        "" => return Err(PathFault::EmptyPart),
        "." | ".." => return Err(PathFault::Dots),
        _ => {}
    }
    if part.len() > LONGEST_PART {
        return Err(PathFault::TooLong);
    }
    if let Some(character) = part.chars().find(|character| character.is_control() || NOT_ON_WINDOWS.contains(character)) {
        return Err(PathFault::Character(character));
    }
    if part.ends_with(['.', ' ']) {
        return Err(PathFault::End);
    }
    if is_device(part) { Err(PathFault::Device(part.to_owned())) } else { Ok(()) }
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_uppercase();
    let is_numbered = |device: &str| {
        let mut rest = stem.strip_prefix(device).unwrap_or_default().chars();
        rest.next().is_some_and(|digit| digit.is_ascii_digit() || "¹²³".contains(digit)) && rest.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.iter().any(|device| is_numbered(device))
}

/// What a path is in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TreeKind {
    File,
    Folder,
}

/// Files and folders by their paths in lower case: as written, and the name that made them.
#[derive(Default)]
struct Tree(BTreeMap<String, (String, TreeKind, String)>);

impl Tree {
    fn add(&mut self, name: &str) -> Result<(), PathFault> {
        let folders = name.match_indices('/').filter_map(|(at, _)| name.get(..at));
        let paths: Vec<_> = folders.map(|path| (path, TreeKind::Folder)).chain([(name, TreeKind::File)]).collect();
        for (path, kind) in &paths {
            if let Some((written, other_kind, other)) = self.0.get(&path.to_lowercase()) {
                if kind != other_kind {
                    return Err(PathFault::FileAndFolder(other.clone()));
                }
                if written != path || *kind == TreeKind::File {
                    return Err(PathFault::DiffersInCase(other.clone()));
                }
            }
        }
        for (path, kind) in paths {
            self.0.entry(path.to_lowercase()).or_insert_with(|| (path.to_owned(), kind, name.to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn secrets(names: &[&str]) -> Vec<SelectedSecret> {
        let secret = |name: &&str| SelectedSecret { id: String::new(), region: None, name: (*name).to_owned(), given: (*name).to_owned() };
        names.iter().map(secret).collect()
    }

    #[test]
    fn names_become_paths_below_the_folder() {
        let names = ["a", "prod/db/password", "prod/db/user", ".env", "..2026_x/y", "a b=c@d!", "é/語", "com", "com10", "nul-x", "console"];
        let paths = file_paths(&secrets(&names)).expect("paths");
        for (name, path) in names.iter().zip(&paths) {
            assert_eq!(path, Path::new(name));
            assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{name}");
        }
    }

    #[test]
    fn what_is_no_file_everywhere_is_refused_one_by_one() {
        for (name, expected) in [
            ("/etc/passwd", PathFault::Absolute),
            ("/", PathFault::Absolute),
            ("a//b", PathFault::EmptyPart),
            ("a/", PathFault::EmptyPart),
            ("", PathFault::EmptyPart),
            ("..", PathFault::Dots),
            ("../x", PathFault::Dots),
            ("a/../../x", PathFault::Dots),
            ("a/..", PathFault::Dots),
            ("./a", PathFault::Dots),
            ("a/.", PathFault::Dots),
            ("a\\b", PathFault::Character('\\')),
            ("..\\x", PathFault::Character('\\')),
            ("C:x", PathFault::Character(':')),
            ("a\nb", PathFault::Character('\n')),
            ("a\0", PathFault::Character('\0')),
            ("a\u{1b}[31m", PathFault::Character('\u{1b}')),
            ("a*", PathFault::Character('*')),
            ("a.", PathFault::End),
            ("a ", PathFault::End),
            ("...", PathFault::End),
            ("x/a./y", PathFault::End),
            ("nul", PathFault::Device("nul".to_owned())),
            ("x/Aux.txt/y", PathFault::Device("Aux.txt".to_owned())),
            ("CON .x", PathFault::Device("CON .x".to_owned())),
            ("com1", PathFault::Device("com1".to_owned())),
            ("LPT9.x.y", PathFault::Device("LPT9.x.y".to_owned())),
            ("COM²", PathFault::Device("COM²".to_owned())),
            ("conin$", PathFault::Device("conin$".to_owned())),
        ] {
            let error = file_paths(&secrets(&["good", name])).expect_err(name);
            assert!(error.message.ends_with(&format!(":\n  {}: {expected}", name.escape_debug())), "{}", error.message);
        }
        assert!(file_paths(&secrets(&[&"x".repeat(255)])).is_ok());
        let error = file_paths(&secrets(&[&format!("a/{}", "x".repeat(256)), "..", "nul"])).expect_err("three");
        assert_eq!(error.message.lines().count(), 4, "{}", error.message);
    }

    #[test]
    fn two_names_are_two_files_everywhere() {
        for (names, fault) in [
            (["a", "a/b"], PathFault::FileAndFolder("a".to_owned())),
            (["a/b", "a"], PathFault::FileAndFolder("a/b".to_owned())),
            (["a/b", "A"], PathFault::FileAndFolder("a/b".to_owned())),
            (["db", "DB"], PathFault::DiffersInCase("db".to_owned())),
            (["É", "é"], PathFault::DiffersInCase("É".to_owned())),
            (["Prod/a", "prod/b"], PathFault::DiffersInCase("Prod/a".to_owned())),
            (["x/prod/a", "x/PROD/a"], PathFault::DiffersInCase("x/prod/a".to_owned())),
        ] {
            let error = file_paths(&secrets(&names)).expect_err("refused");
            assert!(error.message.ends_with(&format!(":\n  {}: {fault}", names[1])), "{}", error.message);
        }
    }
}
