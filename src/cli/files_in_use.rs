//! The files of a run: what the command reads, what coldseal keeps, and what the command writes.
//!
//! Each is registered once, where it is opened or named, and looked up among the others: nothing takes the place of what is read or kept, and
//! nothing is read that is being written.

mod identity;

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    fs::{self, File, Metadata},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use self::identity::{FileId, Identity, standard_file, stdout};
use super::{descriptor::Descriptor, terminal::note, usage::UsageError};
use crate::{
    durable::{self, SecretFileAccess, wait_for_writer},
    error::SetupError,
    parallel::lock,
};

/// What coldseal keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptFile {
    Keystore,
    KeyFile,
    /// A file that is beside the keystore or its key file for some time.
    BesideKeystore,
    /// A directory, with all that is in it.
    Vault,
}

/// Why a file is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conflict {
    WritesInput,
    Writes(KeptFile),
    WritesTwice,
    ReadsOutput,
    ReadsStdout,
    /// Something that is kept, or lies in the vault, is stdout.
    PrintsTo(KeptFile),
}

impl Conflict {
    fn at(self, path: &Path) -> UsageError {
        UsageError::new(format!("{}: {self}", path.display()))
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |kept: &KeptFile| match kept {
            KeptFile::Keystore => "is the keystore",
            KeptFile::KeyFile => "is the keystore's key file",
            KeptFile::BesideKeystore => "belongs to the keystore",
            KeptFile::Vault => "lies in the vault, which is no place for other files",
        };
        match self {
            Self::Writes(KeptFile::Vault) => f.write_str(of(&KeptFile::Vault)),
            Self::Writes(kept) => write!(f, "{}; write to another file", of(kept)),
            Self::PrintsTo(KeptFile::Vault) => f.write_str("stdout is redirected to a file in it, and a vault is no place for other files"),
            Self::PrintsTo(kept) => write!(f, "{}, and stdout is redirected to it", of(kept)),
            Self::WritesInput => f.write_str("is an input of this command; write to another file"),
            Self::WritesTwice => f.write_str("is an output of this command already; write to another file"),
            Self::ReadsOutput => f.write_str("is an output of this command; write to another file"),
            Self::ReadsStdout => f.write_str("is an input of this command, and stdout is redirected to it; write to another file"),
        }
    }
}

impl std::error::Error for Conflict {}

/// What a file is to this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileUse {
    Kept(KeptFile),
    Read,
    Written,
    Stdout,
}

impl fmt::Display for FileUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept(KeptFile::Keystore) => "the keystore",
            Self::Kept(KeptFile::KeyFile) => "the keystore's key file",
            Self::Kept(KeptFile::BesideKeystore) => "the keystore's",
            Self::Kept(KeptFile::Vault) => "the vault",
            Self::Read => "read by this command",
            Self::Written => "written by this command",
            Self::Stdout => "stdout is redirected to it",
        })
    }
}

/// Clones share what is registered.
#[derive(Debug, Clone, Default)]
pub(crate) struct FilesInUse(Arc<Mutex<Registered>>);

#[derive(Debug, Default)]
struct Registered {
    /// What was opened: `pack` opens a great many.
    opened: HashSet<FileId>,
    to_be_read: Vec<Identity>,
    kept: Vec<(Identity, KeptFile)>,
    outputs: Vec<Identity>,
    /// The file that it is redirected to, if it is one.
    stdout: Identity,
    secret_access: SecretFileAccess,
    /// Descriptors that lead to a key or a passphrase.
    secret_descriptors: BTreeSet<i32>,
    /// Files of which something was said that is said once.
    said: HashSet<PathBuf>,
}

impl FilesInUse {
    /// With stdout as it is: what goes there goes into the file that it was redirected to.
    pub(crate) fn of_process() -> Self {
        Self(Arc::new(Mutex::new(Registered { stdout: stdout(), ..Registered::default() })))
    }

    /// Opens a file that the command reads.
    ///
    /// # Errors
    /// The system's; it is an output of this command.
    pub(crate) fn open(&self, path: &Path) -> io::Result<File> {
        let file = File::open(path)?;
        self.opened(path, &file.metadata()?)?;
        Ok(file)
    }

    /// Opens a file with a key or a passphrase, and says whether it is the user's alone. Where it is a pipe without a writer, waiting is told.
    ///
    /// # Errors
    /// The system's; it is an output of this command.
    pub(crate) fn open_secret(&self, path: &Path) -> io::Result<(File, Result<(), SetupError>)> {
        let file = durable::open(path)?;
        let metadata = file.metadata()?;
        self.opened(path, &metadata)?;
        Descriptor::at(path).and_then(|descriptor| descriptor.own_number()).into_iter().for_each(|number| self.keep_from_programs(number));
        wait_for_writer(&file, || note(&format!("waiting for somebody to write to {}, a pipe", path.display())))?;
        Ok((file, self.secret_access().check(path, &metadata)))
    }

    /// Registers a descriptor of this process that leads to a key or a passphrase: no program that it runs is given it.
    pub(crate) fn keep_from_programs(&self, descriptor: i32) {
        self.registered().secret_descriptors.insert(descriptor);
    }

    /// The descriptors that no program is given.
    pub(crate) fn kept_from_programs(&self) -> BTreeSet<i32> {
        self.registered().secret_descriptors.clone()
    }

    /// Which files with keys and passphrases are read.
    pub(crate) fn secret_access(&self) -> SecretFileAccess {
        self.registered().secret_access
    }

    /// From here on all of them are.
    pub(crate) fn allow_unsafe_permissions(&self) {
        self.registered().secret_access = SecretFileAccess::Any;
    }

    fn opened(&self, path: &Path, metadata: &Metadata) -> io::Result<()> {
        match FileId::of(metadata) {
            Some(id) => self.registered().read(id).map_err(io::Error::other),
            None => {
                self.to_be_read(path);
                Ok(())
            }
        }
    }

    /// Registers the payload of a command, by its path.
    ///
    /// # Errors
    /// It is an output of this command.
    pub(crate) fn read(&self, path: &Path) -> Result<(), UsageError> {
        let id = fs::metadata(path).ok().as_ref().and_then(FileId::of);
        id.map_or(Ok(()), |id| self.registered().read(id)).map_err(|conflict| conflict.at(path))
    }

    /// Registers stdin, which the command reads.
    ///
    /// # Errors
    /// It is an output of this command.
    pub(crate) fn read_stdin(&self) -> Result<(), UsageError> {
        let id = standard_file(&io::stdin());
        id.map_or(Ok(()), |id| self.registered().read(id)).map_err(|conflict| conflict.at(Path::new("stdin")))
    }

    /// True when it is asked of this file for the first time.
    pub(crate) fn is_first_said(&self, path: &Path) -> bool {
        self.registered().said.insert(path.to_owned())
    }

    /// Registers a file that something else opens, now or later, if it is there.
    pub(crate) fn to_be_read(&self, path: &Path) {
        self.registered().to_be_read.push(Identity::of(path));
    }

    /// Takes back that a file is read: what stands there was no input.
    #[cfg(feature = "kms-endpoint")]
    pub(crate) fn release(&self, path: &Path) {
        let (identity, mut registered) = (Identity::of(path), self.registered());
        identity.id.iter().for_each(|id| {
            registered.opened.remove(id);
        });
        registered.to_be_read.retain(|input| !input.is(&identity));
    }

    /// Registers what coldseal keeps, there or not.
    ///
    /// # Errors
    /// Stdout is redirected to it, or into it; it is to be made, and so is something else under this name.
    pub(crate) fn keep(&self, path: &Path, kept: KeptFile) -> Result<(), UsageError> {
        let (identity, mut registered) = (Identity::of(path), self.registered());
        if registered.is_stdout(&identity) || (kept == KeptFile::Vault && registered.stdout.lies_in(&identity)) {
            return Err(Conflict::PrintsTo(kept).at(path));
        }
        let is_taken = |(other, what): &&(Identity, KeptFile)| *what != KeptFile::Vault && other.is(&identity);
        if let Some((_, what)) = registered.kept.iter().find(is_taken).filter(|_| identity.id.is_none()) {
            return Err(Conflict::Writes(*what).at(path));
        }
        registered.kept.push((identity, kept));
        Ok(())
    }

    /// Registers a file that the command makes or replaces.
    ///
    /// # Errors
    /// The command reads it, or writes it already; coldseal keeps it.
    pub(crate) fn write(&self, path: &Path) -> Result<(), UsageError> {
        let (identity, mut registered) = (Identity::of(path), self.registered());
        registered.require_free(&identity).map_err(|conflict| conflict.at(path))?;
        if registered.outputs.iter().any(|output| output.is(&identity)) {
            return Err(Conflict::WritesTwice.at(path));
        }
        registered.outputs.push(identity);
        Ok(())
    }

    /// Registers a descriptor, a device or a pipe that the command writes to.
    ///
    /// # Errors
    /// It is a file after all that the command reads, or that coldseal keeps.
    pub(crate) fn write_to(&self, path: &Path) -> Result<(), UsageError> {
        let identity = Identity { id: fs::metadata(path).ok().as_ref().and_then(FileId::of), path: fs::canonicalize(path).ok() };
        let mut registered = self.registered();
        registered.require_free(&identity).map_err(|conflict| conflict.at(path))?;
        registered.outputs.push(Identity { path: None, ..identity });
        Ok(())
    }

    /// What a file that is there is used for, if for anything.
    pub(crate) fn use_of(&self, path: &Path) -> Option<FileUse> {
        let (identity, registered) = (Identity::of(path), self.registered());
        if registered.is_stdout(&identity) {
            return Some(FileUse::Stdout);
        }
        if let Some(what) = registered.keeps(&identity) {
            return Some(FileUse::Kept(what));
        }
        if registered.reads(&identity) {
            return Some(FileUse::Read);
        }
        registered.outputs.iter().any(|output| output.is(&identity)).then_some(FileUse::Written)
    }

    fn registered(&self) -> MutexGuard<'_, Registered> {
        lock(&self.0)
    }
}

impl Registered {
    fn read(&mut self, id: FileId) -> Result<(), Conflict> {
        if self.stdout.id == Some(id) {
            return Err(Conflict::ReadsStdout);
        }
        if self.outputs.iter().any(|output| output.id == Some(id)) {
            return Err(Conflict::ReadsOutput);
        }
        self.opened.insert(id);
        Ok(())
    }

    fn require_free(&self, output: &Identity) -> Result<(), Conflict> {
        if self.reads(output) {
            return Err(Conflict::WritesInput);
        }
        self.keeps(output).map_or(Ok(()), |what| Err(Conflict::Writes(what)))
    }

    fn is_stdout(&self, file: &Identity) -> bool {
        file.id.is_some() && file.id == self.stdout.id
    }

    fn reads(&self, file: &Identity) -> bool {
        file.id.is_some_and(|id| self.opened.contains(&id)) || self.to_be_read.iter().any(|input| input.is(file))
    }

    fn keeps(&self, file: &Identity) -> Option<KeptFile> {
        let is_kept = |(kept, what): &&(Identity, KeptFile)| kept.is(file) || (*what == KeptFile::Vault && file.lies_in(kept));
        self.kept.iter().find(is_kept).map(|(_, what)| *what)
    }
}

/// The first bytes of a file, which tell what it is: it is not read by that.
pub(crate) fn beginning_of(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut beginning).map(|_| beginning)
}

#[cfg(test)]
mod tests;
