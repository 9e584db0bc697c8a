//! A bundle in a vault: the root is over it.

use std::{io::Cursor, path::Path};

use crate::{
    cli::{
        args::FreshnessArgs,
        commands::message_files::Input,
        failure::Outcome,
        files_in_use::FilesInUse,
        paramfile::STDIN,
        signed_reading::{freshness_check, is_anything_expected, told},
        signing::{SignatureDemand, in_file},
        terminal::note,
        usage::UsageError,
    },
    error::Error,
    package::{SignedReading, TrustedSigners},
};

/// The bundle, where FILE is one of a vault that is read as it was signed; nothing of it comes out that the root does not name.
pub(super) fn in_vault(
    files: &FilesInUse,
    demand: Option<&SignatureDemand>,
    freshness: &FreshnessArgs,
    file: &Path,
) -> Outcome<Option<Input>> {
    let found = match demand.filter(|_| file != Path::new(STDIN)) {
        Some(SignatureDemand { signers, threshold }) => {
            files.read(file)?;
            let trusted = TrustedSigners { signers: signers.clone(), threshold: *threshold };
            let reading = SignedReading { trusted, freshness: freshness_check(freshness)?, region: None };
            reading.bundle(file).map_err(|error| match error {
                Error::Service(refusal) => in_file(file, *refusal),
                other => other,
            })?
        }
        None => None,
    };
    let Some(bundle) = found else {
        if is_anything_expected(freshness) {
            let error = UsageError::new("what a root has to be is given, and no bundle of a vault is read as it was signed");
            return Err(error.with_hint("name a bundle in a vault, and with --signers or COLDSEAL_SIGNERS who may sign").into());
        }
        return Ok(None);
    };
    note(&told(&bundle.root, bundle.freshness));
    Ok(Some(Input { reader: Box::new(Cursor::new(bundle.bytes)), file: None }))
}
