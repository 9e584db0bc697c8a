//! What `pack` makes secrets of: the entries of a plan, or the files of a directory. They are read twice, once to be checked and once to be
//! made, so that their values are never in memory all at once.

mod entry;
mod folder;
mod json_stream;
#[cfg(test)]
mod schema;

use std::{
    fmt, fs,
    io::{self, BufReader, Read as _},
    path::{Path, PathBuf},
};

pub(crate) use entry::Defaults;
pub(crate) use folder::HiddenFiles;
use folder::{Folder, Unreadable};
use json_stream::StreamError;
use serde_json::Value;

use super::{
    failure::Outcome,
    file_content::{FROM_UTF16, WITHOUT_MARK, has_byte_order_mark, is_utf16},
    paramfile::{self, ParamFiles, SizeLimit},
    shown::cell,
    usage::UsageError,
};
use crate::{secret::SecretBytes, vault::CreateSecret};

/// Most bytes of a plan that can be read only once.
const LIMIT: SizeLimit = SizeLimit { bytes: 64 * 1024 * 1024, hint: Some("a plan in a file may have any size; values can be file://PATH") };

/// What the entries are read from.
pub(crate) enum PlanSource {
    Plan(PathBuf),
    /// What came through a pipe, which nobody reads twice.
    Held(SecretBytes),
    Folder(Folder),
}

/// Which entry it is, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EntryPlace {
    /// The line on which it begins, counted from 1.
    Line(u64),
    File(PathBuf),
}

impl fmt::Display for EntryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::File(path) => f.write_str(&cell(&path.to_string_lossy())),
        }
    }
}

/// One of them.
pub(crate) struct PlanEntry {
    pub(crate) place: EntryPlace,
    /// The secret's name, where there is one.
    pub(crate) name: Option<String>,
    /// What is asked for, or what is wrong with it.
    pub(crate) request: Result<CreateSecret, EntryFault>,
}

/// What is wrong with an entry.
#[derive(Debug)]
pub(crate) enum EntryFault {
    /// It is not what an entry may be, or its value cannot be had.
    Malformed(UsageError),
    /// It is a part of a directory that cannot be looked into.
    Unreadable(UsageError),
}

impl EntryFault {
    pub(crate) const fn error(&self) -> &UsageError {
        match self {
            Self::Malformed(error) | Self::Unreadable(error) => error,
        }
    }
}

impl PlanSource {
    /// The plan or directory at `path`. What the command reads besides is registered before.
    pub(crate) fn open(files: &ParamFiles<'_>, path: &Path, hidden: HiddenFiles) -> Outcome<Self> {
        if path == Path::new("-") {
            return Ok(Self::Held(files.stdin("PLAN", LIMIT)?));
        }
        let unable = |error| unable_to_read(path, &error);
        let metadata = fs::metadata(path).map_err(unable)?;
        if metadata.is_dir() {
            return Ok(Self::Folder(folder::walk(path, hidden, files.in_use()).map_err(unable)?));
        }
        if metadata.is_file() {
            return Ok(Self::Plan(path.to_owned()));
        }
        let mut pipe = files.in_use().open(path).map_err(unable)?;
        Ok(Self::Held(paramfile::read_stream("PLAN", &path.display().to_string(), &mut pipe, LIMIT)?))
    }

    /// What of a directory is left out, a line for each kind.
    pub(crate) fn left_out(&self) -> Vec<String> {
        if let Self::Folder(folder) = self { folder.left_out.notes() } else { Vec::new() }
    }

    /// Whether its entries are files.
    pub(crate) const fn is_directory(&self) -> bool {
        matches!(self, Self::Folder(_))
    }

    /// Whether it can be read again: what came through a pipe cannot.
    pub(crate) const fn has_path(&self) -> bool {
        !matches!(self, Self::Held(_))
    }

    /// Whether there may be an entry of this name that nobody sees: of a directory a file that is left out, or below what cannot be looked into.
    pub(crate) fn may_hide(&self, name: &str) -> bool {
        if let Self::Folder(folder) = self { folder.may_hide(name) } else { false }
    }

    /// Hands over each entry, in order.
    ///
    /// # Errors
    /// The plan is not JSON, or cannot be read; what `visit` returns.
    pub(crate) fn visit(&self, defaults: &Defaults, files: &ParamFiles<'_>, mut visit: impl FnMut(PlanEntry) -> Outcome) -> Outcome {
        let each = |line, value: Value| {
            let name = value.get("Name").and_then(Value::as_str).map(str::to_owned);
            visit(PlanEntry {
                place: EntryPlace::Line(line),
                name,
                request: entry::request(value, defaults, files).map_err(EntryFault::Malformed),
            })
        };
        let read = match self {
            Self::Folder(found) => {
                found.unreadable.iter().map(Unreadable::entry).try_for_each(&mut visit)?;
                return found.files.iter().try_for_each(|file| {
                    let (place, name) = (EntryPlace::File(file.path.clone()), file.name.clone());
                    visit(PlanEntry { place, name, request: file.request(defaults, files).map_err(EntryFault::Malformed) })
                });
            }
            Self::Held(text) => json_stream::for_each(io::Cursor::new(text.expose()), each),
            Self::Plan(path) => {
                let file = files.in_use().open(path).map_err(|error| unable_to_read(path, &error))?;
                json_stream::for_each(BufReader::with_capacity(1 << 16, file), each)
            }
        };
        read.map_err(|stopped| match stopped {
            StreamError::Refused(failure) => failure,
            StreamError::Input(error) => UsageError::new(format!("Unable to read the plan: {error}")).into(),
            StreamError::Syntax { line: 1, .. } if is_utf16(&self.beginning(files)) => {
                UsageError::new("the plan is UTF-16 text, and JSON is UTF-8").with_hint(FROM_UTF16).into()
            }
            StreamError::Syntax { line: 1, .. } if has_byte_order_mark(&self.beginning(files)) => {
                UsageError::new("the plan begins with a byte order mark, which JSON does not have").with_hint(WITHOUT_MARK).into()
            }
            StreamError::Syntax { line, column, what } => {
                UsageError::new(format!("line {line}, column {column} of the plan: Invalid JSON: {what}"))
                    .with_hint("a plan is JSON Lines or a JSON list of requests, as 'create-secret --generate-cli-skeleton' prints one")
                    .into()
            }
        })
    }
}

impl PlanSource {
    /// What a plan begins with, as far as it tells the encoding.
    fn beginning(&self, files: &ParamFiles<'_>) -> Vec<u8> {
        let mut first = Vec::new();
        match self {
            Self::Held(text) => first.extend(text.expose().iter().take(4)),
            // What cannot be read tells nothing.
            Self::Plan(path) => _ = files.in_use().open(path).and_then(|file| file.take(4).read_to_end(&mut first)),
            Self::Folder(_) => {}
        }
        first
    }
}

impl Unreadable {
    /// It stands for entries that nobody sees.
    fn entry(&self) -> PlanEntry {
        let error = UsageError::new(format!("cannot be read: {}", self.why))
            .with_hint("'ls -ld' shows whose it is and who may read (r) and enter (x) it");
        PlanEntry { place: EntryPlace::File(self.path.clone()), name: None, request: Err(EntryFault::Unreadable(error)) }
    }
}

fn unable_to_read(path: &Path, error: &io::Error) -> UsageError {
    UsageError::new(format!("Unable to read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
