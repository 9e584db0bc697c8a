//! The files of a command on a message.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read, Seek as _},
    path::Path,
};

use crate::{
    cli::{
        args::OutputArgs, failure::Outcome, files_in_use::FilesInUse, output_file::Destination, paramfile::STDIN, progress::ReadProgress,
        terminal::note,
    },
    error::{Error, Result},
};

/// A message or payload to be read.
pub(super) struct Input {
    pub(super) reader: Box<dyn Read + Send>,
    /// The same open file, where it is one that can be read twice.
    pub(super) file: Option<File>,
}

impl Input {
    pub(super) fn open(files: &FilesInUse, file: &Path) -> Outcome<Self> {
        if file == Path::new(STDIN) {
            files.read_stdin()?;
            if io::stdin().is_terminal() {
                note("reading from the terminal, as no FILE is given; end with Ctrl-D");
            }
            return Ok(Self { reader: Box::new(ReadProgress::new(io::stdin(), None)), file: None });
        }
        tracing::debug!(path = %file.display(), "reading the file");
        let failed = |error| Error::io_at("opening", file, error);
        files.read(file)?;
        let opened = files.open(file).map_err(failed)?;
        let metadata = opened.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()).into());
        }
        if !metadata.is_file() {
            return Ok(Self { reader: Box::new(ReadProgress::new(opened, None)), file: None });
        }
        let again = opened.try_clone().map_err(failed)?;
        Ok(Self { reader: Box::new(ReadProgress::new(opened, Some(metadata.len()))), file: Some(again) })
    }
}

/// The input for another pass, which begins when the one before has ended: all have one position.
pub(super) fn from_start(mut file: File) -> Result<File> {
    file.rewind().map_err(|error| Error::io("going back to the start of the input", error))?;
    Ok(file)
}

pub(super) fn message_destination(files: &FilesInUse, args: &OutputArgs) -> Outcome<Destination> {
    let OutputArgs { output_file, write } = args;
    Destination::new(files, output_file.as_deref(), write.overwrite(), write.sync())
}

pub(super) fn input(files: &FilesInUse, file: &Path) -> Outcome<Box<dyn Read + Send>> {
    Input::open(files, file).map(|input| input.reader)
}
