//! Where bytes go: a file that appears only when complete, stdout, or a device that is there.

use std::{
    fmt,
    fs::{File, Metadata},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    descriptor::Descriptor,
    failure::Outcome,
    files_in_use::FilesInUse,
    prompt::Prompter,
    terminal::{note, stdout_is_terminal},
    usage::UsageError,
};
use crate::{
    durable::{Existing, NewFile, Sync, followed, parent_of, remove_unfinished},
    error::{Error, Result},
};

/// Whether a file that is there may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwrite {
    Refuse,
    Allow,
}

/// Where a named output goes.
pub(crate) enum OutputPlace {
    /// A file, there or not, behind the links.
    File(PathBuf),
    /// What is open already.
    Descriptor(Descriptor),
    /// A pipe or device with a name of its own.
    Device(PathBuf),
}

impl OutputPlace {
    /// Looks at what has an output's name, and registers it.
    ///
    /// # Errors
    /// It is a directory; the command reads it, or coldseal keeps it; it is there, and `overwrite` does not allow to replace it.
    pub(crate) fn of(files: &FilesInUse, path: &Path, overwrite: Overwrite) -> Result<Self, UsageError> {
        let refuse = |what: &dyn fmt::Display| UsageError::new(format!("{}: {what}", path.display()));
        if let Some(descriptor) = Descriptor::at(path) {
            files.write_to(path)?;
            return Ok(Self::Descriptor(descriptor));
        }
        // A link is followed, so that it stays a link.
        let target = followed(path).map_err(|error| refuse(&error))?;
        let metadata = std::fs::metadata(&target).ok();
        if metadata.as_ref().is_some_and(Metadata::is_dir) {
            return Err(refuse(&"is a directory; name a file in it"));
        }
        if metadata.as_ref().is_some_and(|metadata| !metadata.is_file() && !is_disk(metadata)) {
            files.write_to(path)?;
            return Ok(Self::Device(target));
        }
        files.write(path)?;
        match metadata {
            Some(_) if overwrite == Overwrite::Refuse => Err(refuse(&"exists; --force overwrites it")),
            Some(metadata) if is_disk(&metadata) => Ok(Self::Device(target)),
            _ => Ok(Self::File(target)),
        }
    }
}

/// An output, checked before any work is done.
pub(crate) enum Destination {
    /// No `-o`: binary is kept from a terminal.
    Stdout,
    /// `-o -`: whatever it is.
    ExplicitStdout,
    File {
        path: PathBuf,
        existing: Existing,
        sync: Sync,
    },
    /// Written to as what it is.
    Stream {
        path: PathBuf,
        place: OutputPlace,
        sync: Sync,
    },
}

impl Destination {
    /// Nothing that is registered in `files` is overwritten.
    pub(crate) fn new(files: &FilesInUse, path: Option<&Path>, overwrite: Overwrite, sync: Sync) -> Outcome<Self> {
        let Some(path) = path else { return Ok(Self::Stdout) };
        if path == Path::new("-") {
            return Ok(Self::ExplicitStdout);
        }
        let existing = if overwrite == Overwrite::Allow { Existing::Replace } else { Existing::Refuse };
        Ok(match OutputPlace::of(files, path, overwrite)? {
            OutputPlace::File(path) => Self::File { path, existing, sync },
            place => Self::Stream { path: path.to_owned(), place, sync },
        })
    }

    /// True when binary must not go there.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdout) && stdout_is_terminal()
    }

    /// True when what was written is dropped on an error: nothing sees it before the end.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }

    /// Hands the output to `work`; a file gets its name when that succeeds. Gives the file's path. A signal that ends the process leaves nothing
    /// of an unfinished file.
    pub(crate) fn write<T>(self, signals: &Prompter, work: impl FnOnce(&mut (dyn Write + Send)) -> Result<T>) -> Result<Option<PathBuf>> {
        match self {
            Self::Stdout if stdout_is_terminal() => flushed(&mut TextOnly(unbuffered_stdout()?), work).map(|()| None),
            Self::Stdout | Self::ExplicitStdout => flushed(&mut unbuffered_stdout()?, work).map(|()| None),
            Self::Stream { path, place, sync } => {
                let opened = match &place {
                    OutputPlace::Descriptor(descriptor) => descriptor.open(),
                    OutputPlace::Device(path) | OutputPlace::File(path) => File::options().write(true).open(path),
                };
                let mut stream = opened.map_err(|error| Error::io_at("opening", &path, error))?;
                flushed(&mut stream, work)?;
                // What a disk has not taken is in memory, and its errors come later.
                if sync != Sync::Nothing && stream.metadata().is_ok_and(|metadata| is_disk(&metadata)) {
                    stream.sync_all().map_err(|error| Error::io_at("syncing", &path, error))?;
                }
                Ok(Some(path))
            }
            Self::File { path, existing, sync } => {
                let mut file = NewFile::create_in(parent_of(&path))?;
                let write = || {
                    work(&mut file)?;
                    file.publish(&path, existing, sync)?;
                    Ok(Some(path))
                };
                signals.ending_after(&remove_unfinished, write)
            }
        }
    }
}

/// What is left in a buffer counts: an error at the end is an error.
fn flushed<T>(output: &mut (dyn Write + Send), work: impl FnOnce(&mut (dyn Write + Send)) -> Result<T>) -> Result<()> {
    work(output)?;
    output.flush().map_err(|error| Error::io("writing the output", error))
}

/// Says where others can read what only its owner should: a replaced file keeps its mode.
#[cfg(unix)]
pub(crate) fn note_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::symlink_metadata(path).ok().filter(Metadata::is_file);
    if let Some(mode) = metadata.map(|metadata| metadata.permissions().mode() & 0o777).filter(|mode| mode & 0o044 != 0) {
        note(&format!("{} has the mode {mode:04o} of the file that it replaced, so others can read it", path.display()));
    }
}

#[cfg(not(unix))]
pub(crate) fn note_readers(_: &Path) {}

#[cfg(unix)]
fn is_disk(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_block_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_disk(_: &Metadata) -> bool {
    false
}

/// Stdout without the buffer of [`io::stdout`], which keeps what is behind the last newline until more comes.
#[cfg(unix)]
fn unbuffered_stdout() -> Result<File> {
    use std::os::fd::AsFd as _;
    let stdout = io::stdout().as_fd().try_clone_to_owned().map_err(|error| Error::io("opening stdout", error))?;
    Ok(stdout.into())
}

#[cfg(not(unix))]
fn unbuffered_stdout() -> Result<io::Stdout> {
    Ok(io::stdout())
}

/// Keeps what could upset a terminal away from it.
struct TextOnly<W>(W);

impl<W: Write> Write for TextOnly<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_text = |byte: u8| !byte.is_ascii_control() || matches!(byte, b'\n' | b'\r' | b'\t');
        if bytes.iter().all(|byte| is_text(*byte)) {
            return self.0.write(bytes);
        }
        Err(io::Error::other("this is binary, which could upset the terminal; write it to a file with -o, or use '-o -'"))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_text_only() {
        let mut seen = Vec::new();
        let mut terminal = TextOnly(&mut seen);
        assert!(terminal.write_all("text, é\r\n\t".as_bytes()).is_ok());
        for binary in [&b"\x1b[2J"[..], b"\0", b"a\x7f"] {
            assert!(terminal.write_all(binary).expect_err("binary").to_string().contains("use '-o -'"));
        }
        assert_eq!(seen, "text, é\r\n\t".as_bytes());
    }
}
