//! From a SecretId (name, ARN or partial ARN) to one secret in one Region.

use std::borrow::Borrow;

use super::{
    Vault,
    family::{Family, Located},
    parameters::check_secret_id,
    planned_deletion::Marked,
    reading::Reading,
    record::ReplicaStatus,
};
use crate::{
    arn::SecretArn,
    error::{PackageRefusal, Result, SecretRefusal},
    region::Region,
    timestamp::Timestamp,
};

/// A secret and the Region that answers for it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) secret: Located,
    pub(super) region: Region,
    pub(super) read: Reading,
}

impl Found {
    /// Refuses a change in a replica's Region, as AWS does.
    pub(super) fn require_primary(&self) -> Result<()> {
        if self.region == self.secret.record.primary_region() { Ok(()) } else { Err(SecretRefusal::OnReplica.into()) }
    }
}

/// Where a secret is in what was read.
struct FoundIn {
    read: Reading,
    index: usize,
    region: Region,
}

impl FoundIn {
    fn secret(&self) -> &Located {
        self.read.family.0.get(self.index).expect("found there")
    }
}

/// Whether the caller holds the lock: then no name changes hands while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Locking {
    Locked,
    Unlocked,
}

impl Vault {
    /// Finds a secret, and the Region that answers for it: without one, in the ARN or beside it, the primary Region. One that is marked for
    /// deletion is refused; it is not found once that is due.
    pub(super) fn find(&self, secret_id: &str, region: Option<Region>) -> Result<(Located, Region)> {
        self.find_as(Marked::Refused, secret_id, region)
    }

    /// The same where it is said what of those that are marked for deletion is found.
    pub(super) fn find_as(&self, marked: Marked, secret_id: &str, region: Option<Region>) -> Result<(Located, Region)> {
        let found = self.find_by((Locking::Unlocked, marked), secret_id, region)?;
        let taken = found.read.family.taken_from(found.secret());
        let FoundIn { mut read, index, region } = found;
        let Located { key, record } = read.family.0.swap_remove(index);
        Ok((Located { key, record: record.without(&taken) }, region))
    }

    /// As [`Vault::find_as`] where the caller holds the lock, to make a change of what was read.
    pub(super) fn find_locked_as(&self, marked: Marked, secret_id: &str, region: Option<Region>) -> Result<Found> {
        let found = self.find_by((Locking::Locked, marked), secret_id, region)?;
        Ok(Found { secret: found.secret().clone(), region: found.region, read: found.read })
    }

    fn find_by(&self, access: (Locking, Marked), secret_id: &str, region: Option<Region>) -> Result<FoundIn> {
        self.require()?;
        check_secret_id(secret_id)?;
        let is_arn = secret_id.starts_with("arn:");
        let found = if is_arn { self.find_by_arn(access, secret_id, region) } else { self.find_by_name(access, secret_id, region) }?;
        found.secret().record.require_found_as(access.1)?;
        Ok(found)
    }

    fn find_by_arn(&self, access: (Locking, Marked), text: &str, region: Option<Region>) -> Result<FoundIn> {
        let arn: SecretArn = text.parse().map_err(|_| SecretRefusal::NotAnArn(text.to_owned()))?;
        if let Some(asked) = region.filter(|region| *region != arn.region()) {
            return Err(SecretRefusal::ArnOfOtherRegion { named: arn.region(), asked }.into());
        }
        let found = self.find_by_name(access, arn.secret_name(), Some(arn.region()))?;
        if arn.names(&found.secret().record.arn.in_region(arn.region())) { Ok(found) } else { Err(SecretRefusal::NotFound.into()) }
    }

    fn find_by_name(&self, (locking, marked): (Locking, Marked), name: &str, region: Option<Region>) -> Result<FoundIn> {
        let load = || self.read_name(name);
        let read = if locking == Locking::Locked { load()? } else { settled(load, region)? };
        let now = Timestamp::now_within_years();
        let is_there = |secret: &Located| marked == Marked::FoundWhenDue || !secret.record.is_deletion_due(now);
        let region = match region {
            Some(region) => region,
            None => only_region(&read.family, name, is_there)?,
        };
        match read.family.holder_index(region).filter(|index| read.family.0.get(*index).is_some_and(is_there)) {
            Some(index) => Ok(FoundIn { read, index, region }),
            None => Err(elsewhere(&read.family, region, is_there).into()),
        }
    }
}

/// Reads a name's secrets without a lock. Between the reads of two Regions the name may change hands, and then be seen nowhere or twice: unless
/// one secret is there, and in the Region that is asked about, it is read again, until two reads say the same.
pub(super) fn settled<R: Borrow<Family> + PartialEq>(mut load: impl FnMut() -> Result<R>, region: Option<Region>) -> Result<R> {
    const READS: usize = 10;
    let mut read = load()?;
    for _ in 1..READS {
        let family = read.borrow();
        let is_one = family.members().count() == 1;
        if is_one && region.is_none_or(|region| family.holder(region).is_some()) {
            break;
        }
        let again = load()?;
        let is_same = again == read;
        read = again;
        if is_same {
            break;
        }
    }
    Ok(read)
}

/// The Region that answers where none is asked for: the primary one; of a secret that was carried away without that, the one that came along.
fn only_region(family: &Family, name: &str, is_there: impl Fn(&Located) -> bool) -> Result<Region> {
    let mut answers = Vec::new();
    for (secret, regions) in family.present().filter(|(secret, _)| is_there(secret)) {
        let primary = secret.record.primary_region();
        match regions.as_slice() {
            regions if regions.contains(&primary) => answers.push(primary),
            _ if secret.record.part_regions.is_empty() => {}
            [only] => answers.push(*only),
            _ => return Err(PackageRefusal::SeveralRegions { name: name.to_owned(), regions: regions.clone() }.into()),
        }
    }
    match answers.as_slice() {
        [] => Err(SecretRefusal::NotFound.into()),
        [region] => Ok(*region),
        several => Err(SecretRefusal::InSeveralRegions { name: name.to_owned(), regions: several.to_vec() }.into()),
    }
}

fn elsewhere(family: &Family, region: Region, is_there: impl Fn(&Located) -> bool) -> SecretRefusal {
    let there = family.present().filter(|(secret, _)| is_there(secret));
    let mut others: Vec<_> = there.flat_map(|(_, regions)| regions).collect();
    others.sort_unstable_by_key(|region| region.name());
    others.dedup();
    let mut replicas = family.members().filter_map(|secret| secret.record.replica(region));
    if let Some(failed) = replicas.find(|replica| replica.status == ReplicaStatus::Failed) {
        return SecretRefusal::ReplicaFailed { region, message: failed.status_message.clone(), others };
    }
    if others.is_empty() { SecretRefusal::NotFound } else { SecretRefusal::Elsewhere { region, others } }
}
