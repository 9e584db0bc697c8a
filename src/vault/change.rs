//! A change of one secret: prepared in memory, then written in one commit.

use std::{path::PathBuf, time::Instant};

use super::{commit::SecretWriter, family::Located, record::SecretRecord, seal_version::SealedVersion};
use crate::error::Result;

/// A record and the bundles that it is to name. Nothing of it is written yet.
pub(super) struct PreparedChange {
    pub(super) dir: PathBuf,
    /// The record that is committed now, if the secret exists.
    pub(super) before: Option<SecretRecord>,
    /// The record to commit, without the new bundles.
    pub(super) after: SecretRecord,
    /// For each version of `after` its new bundles, in the same order; fewer where the later versions get none.
    pub(super) sealed: Vec<SealedVersion>,
}

impl PreparedChange {
    /// Writes the bundles, then commits the record. An error before the commit leaves the folder as it was.
    pub(super) fn write(mut self) -> Result<Located> {
        let (primary, began) = (self.after.primary_region(), Instant::now());
        let mut writer = SecretWriter::begin(&self.dir)?;
        let written = self.write_with(&mut writer);
        if written.is_err() {
            writer.abandon(self.before.as_ref(), primary);
        }
        tracing::debug!(arn = %self.after.arn, is_written = written.is_ok(), elapsed = ?began.elapsed(), "change of a secret");
        written.map(|()| Located { dir: self.dir, record: self.after })
    }

    fn write_with(&mut self, writer: &mut SecretWriter) -> Result<()> {
        for (version, sealed) in self.after.versions.iter_mut().zip(&self.sealed) {
            let bundles = sealed.write(writer)?;
            version.bundles.retain(|old| !bundles.iter().any(|new| new.region == old.region));
            version.bundles.extend(bundles);
        }
        writer.commit(&self.after)
    }
}
