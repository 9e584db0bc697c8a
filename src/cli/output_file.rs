//! Where bytes go: a file that appears only when complete, stdout, or a device that is there.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{failure::Outcome, prompt::Prompter, terminal::stdout_is_terminal, usage::UsageError};
use crate::{
    durable::{Existing, NewFile, Sync, parent_of},
    error::{Error, Result},
};

/// Whether a file that is there may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwrite {
    Refuse,
    Allow,
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
    /// A pipe or device with a name of its own.
    Device(PathBuf),
}

impl Destination {
    /// `inputs` are files that the command reads: none of them is overwritten.
    pub(crate) fn new(path: Option<&Path>, overwrite: Overwrite, sync: Sync, inputs: &[&Path]) -> Outcome<Self> {
        let Some(path) = path else { return Ok(Self::Stdout) };
        if path == Path::new("-") {
            return Ok(Self::ExplicitStdout);
        }
        let refuse = |what: &str| Err(UsageError::new(format!("{}: {what}", path.display())));
        let Ok(metadata) = std::fs::metadata(path) else {
            let existing = if overwrite == Overwrite::Allow { Existing::Replace } else { Existing::Refuse };
            return Ok(Self::File { path: path.to_owned(), existing, sync });
        };
        if metadata.is_dir() {
            return Ok(refuse("is a directory; name a file in it")?);
        }
        if !metadata.is_file() {
            return Ok(Self::Device(path.to_owned()));
        }
        if inputs.iter().any(|input| is_same_file(input, path)) {
            return Ok(refuse("is an input of this command; write to another file")?);
        }
        if overwrite == Overwrite::Refuse {
            return Ok(refuse("exists; --force overwrites it")?);
        }
        // A link is followed, so that it stays a link.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Ok(Self::File { path, existing: Existing::Replace, sync })
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
            Self::Stdout if stdout_is_terminal() => work(&mut TextOnly(io::stdout())).map(|_| None),
            Self::Stdout | Self::ExplicitStdout => work(&mut unbuffered_stdout()?).map(|_| None),
            Self::Device(path) => {
                let mut device =
                    std::fs::OpenOptions::new().write(true).open(&path).map_err(|error| Error::io_at("opening", &path, error))?;
                work(&mut device).map(|_| Some(path))
            }
            Self::File { path, existing, sync } => {
                let mut file = NewFile::create_in(parent_of(&path))?;
                let temporary = file.temporary_path().map(Path::to_owned);
                let write = || {
                    work(&mut file)?;
                    file.publish(&path, existing, sync)?;
                    Ok(Some(path))
                };
                match temporary {
                    Some(temporary) => signals.ending_after(&|| drop(std::fs::remove_file(&temporary)), write),
                    None => write(),
                }
            }
        }
    }
}

/// Stdout without the buffer of [`io::stdout`], which keeps what is behind the last newline until more comes.
#[cfg(unix)]
fn unbuffered_stdout() -> Result<std::fs::File> {
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

/// True for two names of one file that is there.
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let id = |path: &Path| std::fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
        id(a).is_some() && id(a) == id(b)
    }
    #[cfg(not(unix))]
    {
        let id = |path: &Path| std::fs::canonicalize(path).ok();
        id(a).is_some() && id(a) == id(b)
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
