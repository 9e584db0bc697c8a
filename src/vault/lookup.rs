//! From a SecretId (name, ARN or partial ARN) to one secret in one Region.

use std::borrow::Borrow;

use super::{
    Vault,
    family::{Family, Located},
    parameters::check_secret_id,
    reading::Reading,
};
use crate::{
    arn::SecretArn,
    error::{Result, SecretRefusal},
    region::Region,
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
    /// Finds a secret, and the Region that answers for it: without one, in the ARN or beside it, the primary Region.
    pub(super) fn find(&self, secret_id: &str, region: Option<Region>) -> Result<(Located, Region)> {
        let FoundIn { mut read, index, region } = self.find_by(Locking::Unlocked, secret_id, region)?;
        Ok((read.family.0.swap_remove(index), region))
    }

    /// The same where the caller holds the lock, to make a change of what was read.
    pub(super) fn find_locked(&self, secret_id: &str, region: Option<Region>) -> Result<Found> {
        let found = self.find_by(Locking::Locked, secret_id, region)?;
        Ok(Found { secret: found.secret().clone(), region: found.region, read: found.read })
    }

    fn find_by(&self, access: Locking, secret_id: &str, region: Option<Region>) -> Result<FoundIn> {
        self.require()?;
        check_secret_id(secret_id)?;
        let is_arn = secret_id.starts_with("arn:");
        if is_arn { self.find_by_arn(access, secret_id, region) } else { self.find_by_name(access, secret_id, region) }
    }

    fn find_by_arn(&self, access: Locking, text: &str, region: Option<Region>) -> Result<FoundIn> {
        let arn: SecretArn = text.parse().map_err(|_| SecretRefusal::NotAnArn(text.to_owned()))?;
        if let Some(asked) = region.filter(|region| *region != arn.region()) {
            return Err(SecretRefusal::ArnOfOtherRegion { named: arn.region(), asked }.into());
        }
        // As in AWS, a name that itself ends in a hyphen and six characters is not found by its partial ARN.
        let name = arn.split_suffix().map_or(arn.name_and_suffix(), |(name, _)| name);
        let found = self.find_by_name(access, name, Some(arn.region()))?;
        let full = found.secret().record.arn.in_region(arn.region());
        if full.account() == arn.account() && (full == arn || arn.split_suffix().is_none()) {
            Ok(found)
        } else {
            Err(SecretRefusal::NotFound.into())
        }
    }

    fn find_by_name(&self, access: Locking, name: &str, region: Option<Region>) -> Result<FoundIn> {
        let load = || self.read_name(name);
        let read = if access == Locking::Locked { load()? } else { settled(load, region)? };
        let region = match region {
            Some(region) => region,
            None => only_primary(&read.family, name)?,
        };
        match read.family.holder_index(region) {
            Some(index) => Ok(FoundIn { read, index, region }),
            None => Err(elsewhere(&read.family, region).into()),
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

fn only_primary(family: &Family, name: &str) -> Result<Region> {
    let primaries: Vec<_> = family.primaries().map(|secret| secret.record.primary_region()).collect();
    match primaries.as_slice() {
        [] => Err(SecretRefusal::NotFound.into()),
        [region] => Ok(*region),
        several => Err(SecretRefusal::InSeveralRegions { name: name.to_owned(), regions: several.to_vec() }.into()),
    }
}

fn elsewhere(family: &Family, region: Region) -> SecretRefusal {
    let mut others: Vec<_> = family.present().flat_map(|(_, regions)| regions).collect();
    others.sort_unstable_by_key(|region| region.name());
    others.dedup();
    if others.is_empty() { SecretRefusal::NotFound } else { SecretRefusal::Elsewhere { region, others } }
}
