//! The files of signatures: the key that signs, who may sign, and signatures themselves.

use std::path::{Path, PathBuf};

use super::{
    args::{SignersArgs, SigningKeyArgs},
    environment::Environment,
    failure::Outcome,
    files_in_use::FilesInUse,
    inputs::Inputs,
    passphrase::SigningKeyPassphrases,
    raw_key::{KeyOption, read_key_file},
    secret_file::SecretFile,
    usage::UsageError,
};
use crate::{
    durable::read_to,
    error::{Error, Refusal, Result},
    package::signature::{Signers, SshSignature, SshSigningKey, Threshold},
    secret::SecretBytes,
};

/// Who has to have signed.
#[derive(Debug)]
pub(crate) struct SignatureDemand {
    pub(crate) signers: Signers,
    pub(crate) threshold: Threshold,
}

impl SignatureDemand {
    /// `None` where no signers are named.
    pub(crate) fn of(environment: &Environment, args: &SignersArgs) -> Outcome<Option<Self>> {
        let Some(path) = signers_file(environment, args.signers.as_deref()) else {
            if args.threshold.is_some() {
                let error = UsageError::new("--threshold counts signers, and none are named");
                return Err(error.with_hint("--signers or COLDSEAL_SIGNERS names the file that says who may sign").into());
            }
            return Ok(None);
        };
        let threshold = args.threshold.map_or(Some(Threshold::ONE), |count| Threshold::new(count.into())).expect("the parser takes no 0");
        let file = read_public(environment.files(), &path, Signers::MAX_LENGTH)?;
        let signers = Signers::parse(&file).map_err(|refusal| in_file(&path, refusal))?;
        Ok(Some(Self { signers, threshold }))
    }
}

/// The file that says who may sign, if one is named.
pub(crate) fn signers_file(environment: &Environment, named: Option<&Path>) -> Option<PathBuf> {
    named.map(Path::to_owned).or_else(|| environment.path("COLDSEAL_SIGNERS"))
}

/// The keys that `--signing-key` names. The passphrase of each that has one is asked for.
pub(crate) fn read_signing_keys(inputs: &Inputs, args: SigningKeyArgs) -> Outcome<Vec<SshSigningKey>> {
    let SigningKeyArgs { signing_key: paths, signing_key_passphrase_file: passphrase_files } = args;
    if passphrase_files.len() > 1 && passphrase_files.len() != paths.len() {
        let error = UsageError::new("--signing-key-passphrase-file stands once, or once for each --signing-key, in their order");
        return Err(error.with_hint("a key without a passphrase reads none: its file may be /dev/null").into());
    }
    let passphrases = SigningKeyPassphrases::new(&inputs.environment, passphrase_files, &inputs.prompter);
    let read = |path: &PathBuf| read_key_file(inputs.in_use(), KeyOption::Signing, path, SshSigningKey::MAX_LENGTH);
    // Before anybody is asked.
    let files = paths.iter().map(read).collect::<Outcome<Vec<_>>>()?;
    let mut keys: Vec<SshSigningKey> = Vec::new();
    for (number, (path, read)) in paths.iter().zip(&files).enumerate() {
        let asked = (paths.len() > 1).then_some(path.as_path());
        let key = open_signing_key(path, read, || passphrases.of(number, asked))?;
        if let Some(other) = keys.iter().position(|other| other.public_key() == key.public_key()) {
            let other = paths.get(other).map(|other| other.display().to_string()).unwrap_or_default();
            return Err(UsageError::new(format!("--signing-key names one key twice: {other} and {}", path.display())).into());
        }
        keys.push(key);
    }
    Ok(keys)
}

fn open_signing_key(path: &Path, read: &SecretFile, passphrase: impl FnOnce() -> Result<SecretBytes>) -> Outcome<SshSigningKey> {
    let key = SshSigningKey::from_openssh(read.bytes().expose(), || {
        read.require_private()?;
        passphrase()
    });
    let key = key.map_err(|error| match error {
        Error::Service(refusal) => in_file(path, *refusal),
        other => other,
    })?;
    // What turns out to be no private key may be anybody's.
    read.require_private().map_err(Error::from)?;
    Ok(key)
}

/// A signature by its file.
pub(crate) fn read_signature(files: &FilesInUse, path: &Path) -> Outcome<SshSignature> {
    let file = read_public(files, path, SshSignature::MAX_LENGTH)?;
    Ok(SshSignature::parse(&file).map_err(|refusal| in_file(path, refusal))?)
}

/// What is refused, with the file that it is about.
pub(crate) fn in_file(path: &Path, refusal: impl Into<Refusal>) -> Error {
    Refusal::InFile { file: path.display().to_string(), refusal: Box::new(refusal.into()) }.into()
}

/// Of a longer file `limit` bytes and one.
fn read_public(files: &FilesInUse, path: &Path, limit: usize) -> Outcome<Vec<u8>> {
    let read = files.open(path).and_then(|file| read_to(limit, file));
    Ok(read.map_err(|error| Error::io_at("reading", path, error))?.expose().to_vec())
}
