//! What follows when a secret took another one's place in a Region.
//!
//! Two records are involved, and each is a commit of its own. The new secret's comes first and says in `Replaces` what is absent from then
//! on. Then the old secret leaves the Region, and the new one's record forgets it, so that the Region can change hands again. Whatever a
//! crash leaves undone of the last two, the next writer of a secret of that name does first.

use super::{
    Vault,
    change::PreparedChange,
    commit,
    family::{Family, Located, read_record},
    record::SecretRecord,
};
use crate::{error::Result, region::Region};

impl Vault {
    /// Finishes every replacement among the secrets of this name. The caller holds the lock.
    pub(super) fn settle(&self, name: &str) -> Result<()> {
        let family = Family::load(&self.root, name)?;
        for new in family.members().filter(|member| !member.record.replaces.is_empty()) {
            for replaced in &new.record.replaces {
                let old = family.members().find(|member| member.record.arn == replaced.arn);
                if let Some(old) = old.filter(|_| new.record.is_in(replaced.region)) {
                    leave_region(old, replaced.region)?;
                }
            }
            rewrite(new, |record| record.replaces.clear())?;
        }
        Ok(())
    }
}

fn leave_region(old: &Located, region: Region) -> Result<()> {
    if old.record.primary_region() == region {
        return commit::remove_secret(&old.dir);
    }
    rewrite(old, |record| {
        record.replication_status.retain(|replica| replica.region != region);
        for version in &mut record.versions {
            version.bundles.retain(|bundle| bundle.region != region);
        }
    })
}

/// Commits a change of the record that is there now: one secret may be replaced in several Regions.
fn rewrite(secret: &Located, change: impl FnOnce(&mut SecretRecord)) -> Result<()> {
    let Some(before) = read_record(&secret.dir, secret.record.primary_region())? else { return Ok(()) };
    let mut after = before.clone();
    change(&mut after);
    PreparedChange { dir: secret.dir.clone(), before: Some(before), after, sealed: Vec::new() }.write().map(drop)
}
