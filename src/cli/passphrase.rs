//! Where the keystore's passphrase comes from, and that of a key that signs.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};

use super::{
    args::kms::NewPassphraseArgs,
    environment::Environment,
    file_content::{has_byte_order_mark, is_utf16},
    files_in_use::FilesInUse,
    passphrase_strength::WeakPassphrase,
    prompt::Prompter,
    secret_file::SecretFile,
    shown,
    terminal::note,
};
use crate::{
    error::{Error, Result},
    kms::Passphrases,
    parallel::lock,
    secret::SecretBytes,
};

/// How a passphrase is asked for.
struct PassphraseNames {
    what: &'static str,
    prompt: &'static str,
    flag: &'static str,
    descriptor: &'static str,
    variable: &'static str,
}

const CURRENT: PassphraseNames = PassphraseNames {
    what: "passphrase of the keystore",
    prompt: "Passphrase of the keystore: ",
    flag: "--passphrase-file",
    descriptor: "COLDSEAL_PASSPHRASE_FD",
    variable: "COLDSEAL_PASSPHRASE",
};
const NEW: PassphraseNames = PassphraseNames {
    what: "new passphrase of the keystore",
    prompt: "New passphrase of the keystore: ",
    flag: "--new-passphrase-file",
    descriptor: "COLDSEAL_NEW_PASSPHRASE_FD",
    variable: "COLDSEAL_NEW_PASSPHRASE",
};
const INPUT: PassphraseNames = PassphraseNames {
    what: "passphrase of the keystore to import",
    prompt: "Passphrase of the keystore to import: ",
    flag: "--input-passphrase-file",
    descriptor: "COLDSEAL_INPUT_PASSPHRASE_FD",
    variable: "COLDSEAL_INPUT_PASSPHRASE",
};
const SIGNING_KEY: PassphraseNames = PassphraseNames {
    what: "passphrase of the signing key",
    prompt: "Passphrase of the signing key: ",
    flag: "--signing-key-passphrase-file",
    descriptor: "COLDSEAL_SIGNING_KEY_PASSPHRASE_FD",
    variable: "COLDSEAL_SIGNING_KEY_PASSPHRASE",
};
/// The variables that have the number of a descriptor.
pub(crate) const DESCRIPTORS: [&str; 4] = [CURRENT.descriptor, NEW.descriptor, INPUT.descriptor, SIGNING_KEY.descriptor];
/// Longest passphrase that is read, in bytes.
const MAX_LENGTH: usize = 4096;

/// A file, a descriptor, a variable or a prompt, in this order.
pub(crate) struct PassphraseSources {
    current: PassphraseSource,
    new: PassphraseSource,
    weak: WeakPassphrase,
    prompter: Prompter,
    /// The current one, once it has been given, where it is to be asked for once only.
    remembered: Option<Mutex<Option<SecretBytes>>>,
}

struct PassphraseSource {
    names: PassphraseNames,
    file: Option<PathBuf>,
    descriptor: Option<String>,
    value: Option<String>,
    files: FilesInUse,
}

impl PassphraseSources {
    pub(crate) fn new(environment: &Environment, file: Option<PathBuf>, prompter: Prompter) -> Self {
        let current = PassphraseSource::new(CURRENT, environment, file);
        let new = PassphraseSource::new(NEW, environment, None);
        Self { current, new, weak: WeakPassphrase::Refused, prompter, remembered: None }
    }

    /// For a keystore that is read beside the one in use.
    pub(crate) fn of_input(environment: &Environment, file: Option<PathBuf>, prompter: Prompter) -> Self {
        Self { current: PassphraseSource::new(INPUT, environment, file), ..Self::new(environment, None, prompter) }
    }

    /// The passphrase, where no one needs to be asked.
    #[cfg(feature = "kms-endpoint")]
    pub(crate) fn current_without_prompt(&self) -> Result<SecretBytes> {
        self.current.without_prompt()?.ok_or_else(|| self.current.missing())
    }

    /// For a command that opens the keystore again after a while: nobody is asked twice, and what can be read once only is read once.
    pub(crate) fn remember(&mut self) {
        self.remembered = Some(Mutex::default());
    }

    /// Where a new one comes from, and what it may be.
    pub(crate) fn with_new(mut self, NewPassphraseArgs { new_passphrase_file: file, allow_weak_passphrase }: NewPassphraseArgs) -> Self {
        file.iter().for_each(|file| self.new.files.to_be_read(file));
        self.new.file = file;
        self.weak = if allow_weak_passphrase { WeakPassphrase::Allowed } else { WeakPassphrase::Refused };
        self
    }
}

impl Passphrases for PassphraseSources {
    fn current(&self) -> Result<SecretBytes> {
        let given = || self.current.given(&self.prompter);
        let Some(remembered) = &self.remembered else { return given() };
        let copy = |passphrase: &SecretBytes| SecretBytes::new(passphrase.expose().to_vec());
        let mut remembered = lock(remembered);
        match &*remembered {
            Some(passphrase) => Ok(copy(passphrase)),
            None => {
                let passphrase = given()?;
                Ok(copy(remembered.insert(passphrase)))
            }
        }
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        if let Some(passphrase) = self.new.without_prompt()? {
            self.weak.check(&passphrase)?;
            return Ok(passphrase);
        }
        let differ = || Error::setup("the two passphrases are not the same; nothing was changed, so try again".to_owned());
        let typed = self.prompter.hidden_twice(self.new.names.prompt, |first| self.weak.check(first), differ)?;
        typed.ok_or_else(|| self.new.missing())
    }
}

/// Where the passphrases of keys that sign come from: the keystore's is never taken for one.
pub(crate) struct SigningKeyPassphrases {
    source: PassphraseSource,
    files: Vec<PathBuf>,
    prompter: Prompter,
    /// What the environment gives, for every key: a descriptor can be read only once.
    given: Mutex<Option<SecretBytes>>,
}

impl SigningKeyPassphrases {
    /// With a file for each key in their order, one for all, or none.
    pub(crate) fn new(environment: &Environment, files: Vec<PathBuf>, prompter: &Prompter) -> Self {
        files.iter().for_each(|file| environment.files().to_be_read(file));
        let source = PassphraseSource::new(SIGNING_KEY, environment, None);
        Self { source, files, prompter: prompter.clone(), given: Mutex::default() }
    }

    /// That of the key with this number; the question names the key where there are others.
    pub(crate) fn of(&self, number: usize, named: Option<&Path>) -> Result<SecretBytes> {
        if let Some(file) = self.files.get(number).or_else(|| self.files.first()) {
            return read_line(&self.source.files, file);
        }
        let copy = |passphrase: &SecretBytes| SecretBytes::new(passphrase.expose().to_vec());
        let mut given = lock(&self.given);
        if let Some(passphrase) = &*given {
            return Ok(copy(passphrase));
        }
        if let Some(passphrase) = self.source.without_prompt()? {
            return Ok(copy(given.insert(passphrase)));
        }
        let question = named.map(|path| format!("Passphrase of the signing key {}: ", shown::cell(&path.display().to_string())));
        let typed = self.prompter.hidden(question.as_deref().unwrap_or(self.source.names.prompt));
        typed.ok_or_else(|| self.source.missing())
    }
}

impl PassphraseSource {
    fn new(names: PassphraseNames, environment: &Environment, file: Option<PathBuf>) -> Self {
        file.iter().for_each(|file| environment.files().to_be_read(file));
        let (descriptor, value) = (environment.text(names.descriptor), environment.text(names.variable));
        Self { names, file, descriptor, value, files: environment.files().clone() }
    }

    /// What is given, or typed.
    fn given(&self, prompter: &Prompter) -> Result<SecretBytes> {
        match self.without_prompt()? {
            Some(passphrase) => Ok(passphrase),
            None => prompter.hidden(self.names.prompt).ok_or_else(|| self.missing()),
        }
    }

    fn without_prompt(&self) -> Result<Option<SecretBytes>> {
        if let Some(file) = &self.file {
            return read_line(&self.files, file).map(Some);
        }
        if let Some(descriptor) = &self.descriptor {
            let number: u32 = descriptor
                .parse()
                .map_err(|_| Error::setup("COLDSEAL_PASSPHRASE_FD and its like hold the number of a file descriptor".to_owned()))?;
            return read_line(&self.files, Path::new(&format!("/dev/fd/{number}"))).map(Some);
        }
        Ok(self.value.as_ref().map(|value| SecretBytes::new(value.clone().into_bytes())))
    }

    fn missing(&self) -> Error {
        let PassphraseNames { what, flag, descriptor, variable, .. } = self.names;
        Error::setup(format!("the {what} is needed, and there is no terminal to ask on; use {flag}, {descriptor} or {variable}"))
    }
}

/// A file's content without one line end.
fn read_line(files: &FilesInUse, path: &Path) -> Result<SecretBytes> {
    let reading = |error| Error::setup(format!("reading the passphrase from {}: {error}", path.display()));
    let mut passphrase = SecretFile::read(files, path, MAX_LENGTH + 2).map_err(reading)?.into_secret()?;
    let without_end = passphrase.expose().strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line).len());
    passphrase.truncate(without_end.unwrap_or(usize::MAX));
    let is_strange = is_utf16(passphrase.expose()) || has_byte_order_mark(passphrase.expose());
    if is_strange && files.is_first_said(path) {
        note(&format!("{} is UTF-16 or begins with a byte order mark: what is typed as a passphrase is neither", path.display()));
    }
    if passphrase.is_empty() || passphrase.len() > MAX_LENGTH {
        return Err(Error::setup(format!("{}: a passphrase has 1 to {MAX_LENGTH} bytes", path.display())));
    }
    Ok(passphrase)
}
