//! From a SecretId (name, ARN or partial ARN) to one secret in one Region.

use super::{
    Vault,
    family::{Family, Located},
    parameters::check_secret_id,
};
use crate::{
    arn::SecretArn,
    error::{Error, ErrorCode, Result},
    region::Region,
};

/// A secret and the Region that answers for it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) secret: Located,
    pub(super) region: Region,
    pub(super) family: Family,
}

impl Found {
    /// Refuses a change in a replica's Region, as AWS does.
    pub(super) fn require_primary(&self) -> Result<()> {
        if self.region == self.secret.record.primary_region() {
            return Ok(());
        }
        let message = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
        Err(Error::service(ErrorCode::InvalidParameterException, message))
    }
}

pub(super) const NOT_FOUND: &str = "Secrets Manager can't find the specified secret.";

/// Whether the caller holds the lock: then no name changes hands while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Locked,
    Unlocked,
}

impl Vault {
    /// Finds a secret. Without a Region, in the ARN or beside it, the primary Region answers.
    pub(super) fn find(&self, secret_id: &str, region: Option<Region>) -> Result<Found> {
        self.find_by(Reading::Unlocked, secret_id, region)
    }

    /// The same where the caller holds the lock.
    pub(super) fn find_locked(&self, secret_id: &str, region: Option<Region>) -> Result<Found> {
        self.find_by(Reading::Locked, secret_id, region)
    }

    fn find_by(&self, reading: Reading, secret_id: &str, region: Option<Region>) -> Result<Found> {
        self.require()?;
        check_secret_id(secret_id)?;
        let is_arn = secret_id.starts_with("arn:");
        if is_arn { self.find_by_arn(reading, secret_id, region) } else { self.find_by_name(reading, secret_id, region) }
    }

    fn find_by_arn(&self, reading: Reading, text: &str, region: Option<Region>) -> Result<Found> {
        let invalid = |message: String| Error::service(ErrorCode::InvalidParameterException, message);
        let arn: SecretArn = text.parse().map_err(|_| invalid(format!("'{}' is not the ARN of a secret", text.escape_debug())))?;
        if let Some(region) = region.filter(|region| *region != arn.region()) {
            return Err(invalid(format!("the ARN names the Region {}, and --region {region}; leave one of them out", arn.region())));
        }
        // As in AWS, a name that itself ends in a hyphen and six characters is not found by its partial ARN.
        let name = arn.split_suffix().map_or(arn.name_and_suffix(), |(name, _)| name);
        let found = self.find_by_name(reading, name, Some(arn.region()))?;
        let full = found.secret.record.arn.in_region(arn.region());
        if full.account() == arn.account() && (full == arn || arn.split_suffix().is_none()) {
            Ok(found)
        } else {
            Err(not_found(NOT_FOUND.to_owned()))
        }
    }

    fn find_by_name(&self, reading: Reading, name: &str, region: Option<Region>) -> Result<Found> {
        let load = || Family::load(&self.root, name);
        let family = if reading == Reading::Locked { load()? } else { settled(load, region)? };
        let region = match region {
            Some(region) => region,
            None => only_primary(&family, name)?,
        };
        match family.holder(region) {
            Some(secret) => Ok(Found { secret: secret.clone(), region, family }),
            None => Err(not_found(elsewhere(&family, region))),
        }
    }
}

/// Reads a name's secrets without a lock. Between the reads of two Regions the name may change hands, and then be seen nowhere or twice: unless
/// one secret is there, and in the Region that is asked about, it is read again, until two reads say the same.
pub(super) fn settled(mut load: impl FnMut() -> Result<Family>, region: Option<Region>) -> Result<Family> {
    const READS: usize = 10;
    let mut family = load()?;
    for _ in 1..READS {
        let is_one = family.members().count() == 1;
        if is_one && region.is_none_or(|region| family.holder(region).is_some()) {
            break;
        }
        let again = load()?;
        let is_same = again == family;
        family = again;
        if is_same {
            break;
        }
    }
    Ok(family)
}

fn only_primary(family: &Family, name: &str) -> Result<Region> {
    let primaries: Vec<_> = family.primaries().map(|secret| secret.record.primary_region()).collect();
    match primaries.as_slice() {
        [] => Err(not_found(NOT_FOUND.to_owned())),
        [region] => Ok(*region),
        several => {
            let names: Vec<_> = several.iter().map(|region| region.name()).collect();
            let message = format!(
                "'{}' is a secret of its own in several Regions: {}; name one with --region",
                name.escape_debug(),
                names.join(", ")
            );
            Err(Error::service(ErrorCode::InvalidRequestException, message))
        }
    }
}

fn elsewhere(family: &Family, region: Region) -> String {
    let mut names: Vec<_> = family.present().flat_map(|(_, regions)| regions).map(Region::name).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { NOT_FOUND.to_owned() } else { format!("{NOT_FOUND} It is not in {region}, but in {}.", names.join(", ")) }
}

pub(super) fn not_found(message: String) -> Error {
    Error::service(ErrorCode::ResourceNotFoundException, message)
}
