//! The Regions to seal for, each with its key: found before anything is read or written.

use std::io::Read;

use super::RegionBundles;
use crate::{
    arn::KeyArn,
    error::{ReplicaRefusal, Result},
    format::EncryptionContext,
    kms::{
        EmbeddedKms, KeysDurable,
        key_choice::{
            ChosenKey, KeyOptions, Named, Problem, ReplicaRegion, UntouchedRegions, check_suite_of_all, key_of_region, refusal,
            unchosen_keys,
        },
    },
    message::{Rewrapper, SealOptions},
    region::Region,
    suite::AlgorithmSuite,
};

/// The Regions that a payload is sealed for, in their order, each with its key.
#[derive(Debug, Clone)]
pub struct RegionPlan {
    targets: Vec<ChosenKey>,
}

impl RegionPlan {
    /// Finds the key of each Region: the one named, else the one that was set as the Region's default, else its default key, which is made in
    /// `kms` where there is none yet. With AWS KMS in `keys` there is no such last resort. The recovery keys in `keys` do not count yet.
    ///
    /// # Errors
    /// One error for all Regions that cannot be served, each listed: its name is unknown, it is not enabled, its key is not found or cannot be
    /// used, or an embedded key was not written out (`embedded:NAME`) where another Region uses a key of AWS.
    pub fn new(kms: &mut EmbeddedKms, keys: &KeyOptions, regions: &[ReplicaRegion]) -> Result<Self> {
        let (mut targets, mut problems) = (Vec::new(), Vec::new());
        for region in regions {
            match find(kms, keys, region) {
                Ok(target) => targets.push(target),
                Err(error) => problems.push(Problem::of(region.region.as_str(), error, None)),
            }
        }
        problems.extend(unchosen_keys(&targets, UntouchedRegions::None, keys));
        if problems.is_empty() { Ok(Self { targets }) } else { Err(refusal(&problems)) }
    }

    /// The key of each Region.
    pub fn keys(&self) -> impl Iterator<Item = &KeyArn> + Clone {
        self.targets.iter().map(|target| &target.arn)
    }

    /// The Regions.
    pub fn regions(&self) -> impl Iterator<Item = Region> + Clone {
        self.targets.iter().map(ChosenKey::region)
    }

    /// Refuses a suite that a Region's key cannot be used with, before anything is made durable for it.
    ///
    /// # Errors
    /// `InvalidKeyUsageException` for RSA keys where the suite is one with a signature, each of them listed.
    pub fn check_suite(&self, kms: &EmbeddedKms, suite: AlgorithmSuite) -> Result<()> {
        check_suite_of_all(kms, &self.targets, suite)
    }

    /// Wraps a fresh data key under each Region's key and the recovery keys of `keys`. Each message is bound to these pairs and the Region's own.
    ///
    /// # Errors
    /// As for [`RegionPlan::check_suite`]; one error for all Regions whose key does not wrap, each listed; as for [`seal`](crate::seal).
    pub fn seal<R: Read + Send>(
        &self,
        durable: &KeysDurable<'_>,
        keys: &KeyOptions,
        payload: R,
        context: &EncryptionContext,
        options: SealOptions,
    ) -> Result<RegionBundles<R>> {
        self.check_suite(durable.kms(), options.suite.unwrap_or_default())?;
        RegionBundles::seal(&self.targets, durable, keys, payload, context, options)
    }

    /// Wraps the data key of a message that is opened in the same way. The new messages have its pairs, and the Region's own in place of another
    /// one's; its suite too, unless the options name one.
    ///
    /// # Errors
    /// As for [`RegionPlan::seal`].
    pub fn rewrap<R: Read + Send>(
        &self,
        durable: &KeysDurable<'_>,
        keys: &KeyOptions,
        message: Rewrapper<R>,
        options: SealOptions,
    ) -> Result<RegionBundles<R>> {
        self.check_suite(durable.kms(), options.suite.unwrap_or(message.header().suite))?;
        RegionBundles::rewrap(&self.targets, durable, keys, message, options)
    }
}

fn find(kms: &mut EmbeddedKms, keys: &KeyOptions, asked: &ReplicaRegion) -> Result<ChosenKey> {
    let unknown = || ReplicaRefusal::UnknownRegion(asked.region.clone());
    key_of_region(kms, keys, Region::new(&asked.region).ok_or_else(unknown)?, Named::ByCaller(asked.kms_key_id.as_deref()))
}
