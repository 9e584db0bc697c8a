//! The one-file form of an export: a tar archive with nothing in it but regular files.

use std::io::Write;

use tar::{Builder, EntryType, Header};

use super::export::{ExportPlan, WrittenExport};
use crate::error::{Error, Result};

/// Writes an export as a tar archive, as GNU tar reads it. The same export always has the same bytes: owner and group are 0, modes 0600, times that of
/// the root.
///
/// # Errors
/// As for [`ExportPlan::write`]; what cannot be written.
pub fn write_archive(plan: &ExportPlan<'_>, output: impl Write) -> Result<WrittenExport> {
    let failed = |error| Error::io("writing the archive", error);
    let mut archive = Builder::new(output);
    let written = plan.write(&mut |path, content| {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(content.len()).unwrap_or(u64::MAX));
        header.set_mode(0o600);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(u64::try_from(plan.time().utc().unix_timestamp()).unwrap_or_default());
        archive.append_data(&mut header, path, content).map_err(failed)
    })?;
    archive.into_inner().and_then(|mut output| output.flush()).map_err(failed)?;
    Ok(written)
}
