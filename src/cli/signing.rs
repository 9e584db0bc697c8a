//! The files of signatures: the key that signs, who may sign, and signatures themselves.

use std::path::{Path, PathBuf};

use super::{
    args::{SignersArgs, SigningKeyArgs},
    environment::Environment,
    failure::Outcome,
    files_in_use::FilesInUse,
    inputs::Inputs,
    passphrase::signing_key_passphrase,
    raw_key::{KeyOption, read_key_file},
    usage::UsageError,
};
use crate::{
    durable::read_to,
    error::{Error, Refusal},
    package::signature::{Signers, SshSignature, SshSigningKey, Threshold},
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

/// The key that `--signing-key` names; `None` where it is not there. Its passphrase is asked for where it has one.
pub(crate) fn read_signing_key(inputs: &Inputs, args: SigningKeyArgs) -> Outcome<Option<SshSigningKey>> {
    let Some(path) = args.signing_key else { return Ok(None) };
    let read = read_key_file(inputs.in_use(), KeyOption::Signing, &path, SshSigningKey::MAX_LENGTH)?;
    let passphrase = signing_key_passphrase(&inputs.environment, args.signing_key_passphrase_file, &inputs.prompter);
    let key = SshSigningKey::from_openssh(read.bytes().expose(), || {
        read.require_private()?;
        passphrase()
    });
    let key = key.map_err(|error| match error {
        Error::Service(refusal) => in_file(&path, *refusal),
        other => other,
    })?;
    // What turns out to be no private key may be anybody's.
    read.require_private().map_err(Error::from)?;
    Ok(Some(key))
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
