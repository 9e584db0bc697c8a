//! The operations of AWS Secrets Manager, in a vault that commands use at the same time; and those of AWS KMS beside them.

mod carry_out;
mod hidden;
mod told;

use std::{collections::BTreeSet, sync::Arc};

use self::hidden::NoKeys;
use super::{
    JsonRequest, JsonResponse, JsonService,
    dispatch::{Unanswered, dispatch},
    keys,
};
use crate::{
    arn::AccountId,
    error::{RequestRefusal, Result},
    kms::{Committed, EmbeddedKms, KeystoreLocation, LiveKeystore, Passphrases},
    protocol::{
        operation::{Operation, Service},
        request::Request,
        secrets::{removed_regions, replicas},
    },
    region::Region,
    vault::{KeyOptions, RememberedLists, SecretSelection, Vault},
};

/// Whether operations that change something are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// They are refused.
    Refused,
    /// They are done.
    Allowed,
}

/// What is served, and to what extent.
#[derive(Debug)]
#[non_exhaustive]
pub struct SecretsServiceOptions {
    /// The services: AWS Secrets Manager, and AWS KMS beside it where it is named too.
    pub services: &'static [Service],
    /// What may be done.
    pub changes: Changes,
    /// The secrets that there are; `None` for all of the vault.
    pub selection: Option<SecretSelection>,
    /// The Regions in which there are any; `None` for all.
    pub regions: Option<BTreeSet<Region>>,
    /// The account of new ARNs, and of a keystore that is made.
    pub account: Option<AccountId>,
    /// What opens bundles, and wraps new ones, besides the keystore. The recovery keys are not used.
    pub keys: KeyOptions,
}

impl Default for SecretsServiceOptions {
    /// All secrets, for reading.
    fn default() -> Self {
        Self {
            services: &[Service::SecretsManager],
            changes: Changes::Refused,
            selection: None,
            regions: None,
            account: None,
            keys: KeyOptions::default(),
        }
    }
}

/// A vault with its keystore as a service.
///
/// It sees what commands change meanwhile, and what it changes itself is durable before the answer goes out. Keystore and vault are locked only for
/// the time of a change, in this order. A passphrase is asked for once, and again only when another one protects the keystore.
#[derive(Debug)]
pub struct SecretsService {
    vault: Vault,
    lists: RememberedLists,
    /// None where AWS KMS alone opens bundles.
    keystore: Option<LiveKeystore>,
    committed: Committed,
    options: SecretsServiceOptions,
    selection: Option<Arc<SecretSelection>>,
    /// That of a Region that is not served.
    nothing: Arc<SecretSelection>,
}

impl SecretsService {
    /// Opens the keystore of a vault. Where there is no vault, or no keystore, it is made if something may be changed; else it has to be there, but for
    /// the keystore where the options have AWS KMS.
    ///
    /// # Errors
    /// [`Error::Setup`](crate::Error::Setup) that names what is not there; as for [`KeystoreSession::begin`](crate::kms::KeystoreSession::begin).
    pub fn new(
        vault: Vault,
        location: KeystoreLocation,
        passphrases: Box<dyn Passphrases + Send + Sync>,
        mut options: SecretsServiceOptions,
    ) -> Result<Self> {
        if options.changes == Changes::Allowed {
            vault.initialize()?;
        }
        vault.require()?;
        let is_there = location.keystore.exists();
        // A keystore that is there may be of another account than the secrets.
        let account = options.account.clone().filter(|_| !is_there);
        let (keystore, committed) = match options.changes {
            Changes::Refused if !is_there && options.keys.online.is_some() => (None, Committed::Unchanged),
            Changes::Refused => (Some(LiveKeystore::open_known(location, passphrases)?), Committed::Unchanged),
            Changes::Allowed => {
                let (keystore, committed) = LiveKeystore::open(location, passphrases, account)?;
                (Some(keystore), committed)
            }
        };
        let selection = options.selection.take().map(Arc::new);
        Ok(Self { vault, lists: RememberedLists::default(), keystore, committed, options, selection, nothing: Arc::default() })
    }

    /// Whether the keystore was made.
    pub const fn committed(&self) -> Committed {
        self.committed
    }

    fn is_served(&self, region: Region) -> bool {
        self.options.regions.as_ref().is_none_or(|regions| regions.contains(&region))
    }

    /// The vault as requests in a Region see it.
    fn vault_in(&self, region: Region) -> Vault {
        let selection = if self.is_served(region) { self.selection.as_ref() } else { Some(&self.nothing) };
        selection.map_or_else(|| self.vault.clone(), |selection| self.vault.part(selection, region))
    }

    /// The keystore's keys, as the file has them now.
    fn kms(&self) -> Result<Option<Arc<EmbeddedKms>>> {
        self.keystore.as_ref().map(LiveKeystore::read).transpose()
    }

    /// Refuses what changes something, where nothing may.
    fn permit(&self, operation: &Operation, request: &JsonRequest<'_>) -> Result<(), Unanswered> {
        if !operation.run.is_change() {
            return Ok(());
        }
        let (service, operation, region) = (request.service.signing_name(), operation.name, request.region);
        if self.options.changes == Changes::Refused {
            return Err(Unanswered::refused(RequestRefusal::ReadingOnly { service, operation }));
        }
        if !self.is_served(region) {
            return Err(Unanswered::refused(RequestRefusal::RegionNotServed { service, operation, region }));
        }
        Ok(())
    }

    /// Refuses to add or remove a replica in a Region that is not served, where another secret may have the name.
    fn permit_replicas(&self, operation: &Operation, members: &Request) -> Result<(), Unanswered> {
        let added = replicas(members).into_iter().map(|replica| replica.region);
        let mut named = added.chain(removed_regions(members).iter().cloned()).filter_map(|name| Region::new(&name));
        let (service, operation) = (operation.service.signing_name(), operation.name);
        match named.find(|region| !self.is_served(*region)) {
            Some(region) => Err(Unanswered::refused(RequestRefusal::RegionNotServed { service, operation, region })),
            None => Ok(()),
        }
    }
}

impl JsonService for SecretsService {
    fn services(&self) -> &'static [Service] {
        self.options.services
    }

    fn answer(&self, request: &JsonRequest<'_>) -> JsonResponse {
        dispatch(request, |operation| {
            self.permit(operation, request)?;
            match (request.service, &self.keystore) {
                (Service::SecretsManager, _) => self.carry_out(operation, request),
                (Service::Kms, Some(keystore)) if self.is_served(request.region) => keys::carry_out(keystore, operation, request),
                (Service::Kms, _) => keys::carry_out(&NoKeys::new().map_err(Unanswered::Broken)?, operation, request),
            }
        })
    }
}
