//! The page that `--report` names.

use std::path::{Path, PathBuf};

use super::signed::SignedPart;
use crate::{
    cli::{
        failure::Outcome,
        html_report::{self, HtmlReport, ReportedVault},
        invocation::Invocation,
        output_file::{Destination, Overwrite},
        paramfile::STDIN,
        usage::UsageError,
    },
    durable::Sync,
    error::Error,
    package::TrustedSigners,
    timestamp::Timestamp,
    vault::{KeyOptions, Vault, VerifyOptions, VerifyReport},
};

/// Where it goes, checked before any work is done.
pub(super) struct ReportFile(Destination);

/// What it tells.
pub(super) struct Verified<'a> {
    pub(super) paths: &'a [PathBuf],
    pub(super) report: &'a VerifyReport,
    pub(super) signers: Option<(&'a Path, &'a TrustedSigners)>,
    pub(super) signed: &'a [SignedPart],
}

impl ReportFile {
    /// # Errors
    /// It is there, and is not to be overwritten; it is an input, or lies in what is verified; it is stdout, where the result goes.
    pub(super) fn new(invocation: &Invocation, path: &Path, is_forced: bool) -> Outcome<Self> {
        if path == Path::new(STDIN) {
            return Err(UsageError::parameter("--report", "the page goes into a file, as the result is printed on stdout").into());
        }
        let files = invocation.inputs.in_use();
        let overwrite = if is_forced { Overwrite::Allow } else { Overwrite::Refuse };
        Ok(Self(Destination::new(files, Some(path), overwrite, Sync::FileAndDirectory)?))
    }

    pub(super) fn write(self, invocation: &Invocation, options: VerifyOptions<'_>, verified: &Verified<'_>) -> Outcome {
        let Verified { paths, report, signers, signed } = *verified;
        let (vaults, no_keys): (Vec<_>, _) = (paths.iter().map(Vault::new).filter(Vault::exists).collect(), KeyOptions::default());
        let reported = vaults.iter().enumerate().map(|(number, vault)| ReportedVault {
            vault,
            inventory: vault.inventory(options.kms, options.keys.unwrap_or(&no_keys), options.region),
            signed: signed.get(number).map(|part| part.held.as_ref()),
        });
        let page = HtmlReport {
            verified: report,
            paths,
            region: options.region,
            signers,
            vaults: reported.collect(),
            time: Timestamp::now().map_err(Error::from)?,
        };
        self.0.write(&invocation.inputs.prompter, |output| html_report::write(&page, output))?;
        Ok(())
    }
}
