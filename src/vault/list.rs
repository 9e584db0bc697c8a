//! [ListSecrets](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html): filters and order.

mod entry;
mod names;
mod order;
mod remembered;
mod words;

use std::str::FromStr;

use super::{
    Listed, Vault,
    limits::{FILTER_COUNT, FILTER_VALUE_COUNT, FILTER_VALUE_LENGTH},
};
use crate::{
    error::{Constraint, Error, Result, Violation},
    region::Region,
    timestamp::Timestamp,
};

pub(super) use entry::list_entry;
pub use entry::{SecretListEntry, VersionStages};
use names::one_of;
pub use order::{SecretOrder, SortBy, SortOrder};
pub(crate) use remembered::{AskedPage, RememberedLists};
use words::begin_words_of;

/// Which secrets to list, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListSecrets {
    /// The Region to list; `None` lists each secret once, in its primary Region.
    pub region: Option<Region>,
    /// At most 10; a secret has to pass all of them.
    pub filters: Vec<SecretFilter>,
    /// Also those that are marked for deletion and can still be restored.
    pub includes_planned_deletion: bool,
    /// What decides the order: the creation date unless given, as in AWS.
    pub sort_by: Option<SortBy>,
    /// Ascending unless given.
    pub sort_order: Option<SortOrder>,
}

/// A filter: a secret passes if one of the values fits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretFilter {
    /// What is compared.
    pub key: FilterKey,
    /// 1 to 10 values of at most 512 characters. One that begins with `!` fits what the rest of it does not fit.
    pub values: Vec<String>,
}

impl SecretFilter {
    /// Compares with these values.
    #[must_use]
    pub const fn new(key: FilterKey, values: Vec<String>) -> Self {
        Self { key, values }
    }
}

/// What a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKey {
    /// Each word of the value is the beginning of a word; case does not count. A word ends at white space, at one of `/-_+=.@`, and where
    /// the case changes.
    Description,
    /// Begins with the value; case counts.
    Name,
    /// One begins with the value; case counts.
    TagKey,
    /// One begins with the value; case counts.
    TagValue,
    /// Begins with the value; case counts. Of a secret without replicas too, which does not show it.
    PrimaryRegion,
    /// The AWS service that manages the secret. No secret of a vault has one.
    OwningService,
    /// Each word of the value is the beginning of a word of one of the others; as for `Description`.
    All,
}

const FILTER_KEYS: [(&str, FilterKey); 7] = [
    ("description", FilterKey::Description),
    ("name", FilterKey::Name),
    ("tag-key", FilterKey::TagKey),
    ("tag-value", FilterKey::TagValue),
    ("primary-region", FilterKey::PrimaryRegion),
    ("owning-service", FilterKey::OwningService),
    ("all", FilterKey::All),
];

impl FromStr for FilterKey {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        one_of("filters.member.key", name, &FILTER_KEYS)
    }
}

impl ListSecrets {
    /// The order of the list.
    #[must_use]
    pub fn order(&self) -> SecretOrder {
        SecretOrder { by: self.sort_by.unwrap_or(SortBy::CreatedDate), direction: self.sort_order.unwrap_or(SortOrder::Ascending) }
    }

    /// Whether a secret of the Region is listed.
    fn has(&self, entry: &SecretListEntry, now: Timestamp) -> bool {
        let is_asked_for = self.includes_planned_deletion || entry.deleted_date.is_none();
        is_asked_for && entry.is_there(now) && self.filters.iter().all(|filter| filter.fits(entry))
    }
}

impl Vault {
    /// Lists the secrets that pass all filters, in the order of the request. [`PageRules::LIST_SECRETS`](crate::page::PageRules::LIST_SECRETS) makes
    /// pages of the list, with that [order](ListSecrets::order).
    ///
    /// # Errors
    /// `ValidationException` for a filter; as for [`Vault::list_secrets`].
    pub fn list_secrets_matching(&self, request: &ListSecrets) -> Result<Listed<SecretListEntry>> {
        check(&request.filters)?;
        let now = Timestamp::now_within_years();
        let mut listed = self.list_entries(request.region, |entry| request.has(entry, now))?;
        request.order().sort(&mut listed.entries);
        Ok(listed)
    }
}

pub(super) fn check(filters: &[SecretFilter]) -> Result<()> {
    if filters.len() > *FILTER_COUNT.end() {
        return Err(Violation::new("filters", Constraint::MostLength(*FILTER_COUNT.end())).into());
    }
    for SecretFilter { values, .. } in filters {
        if values.is_empty() {
            return Err(Violation::new("filters.member.values", Constraint::LeastLength(1)).into());
        }
        if values.len() > *FILTER_VALUE_COUNT.end() {
            return Err(Violation::new("filters.member.values", Constraint::MostLength(*FILTER_VALUE_COUNT.end())).into());
        }
        if values.iter().any(|value| value.chars().count() > *FILTER_VALUE_LENGTH.end()) {
            return Err(Violation::new("filters.member.values.member", Constraint::MostLength(*FILTER_VALUE_LENGTH.end())).into());
        }
        if !values.iter().all(|value| value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" :_@/+=.-!".contains(&byte))) {
            let pattern = r"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$";
            return Err(Violation::new("filters.member.values.member", Constraint::Pattern(pattern)).into());
        }
    }
    Ok(())
}

impl SecretFilter {
    pub(super) fn fits(&self, entry: &SecretListEntry) -> bool {
        self.values.iter().any(|value| match value.strip_prefix('!') {
            Some(value) => !self.key.fits(entry, value),
            None => self.key.fits(entry, value),
        })
    }
}

impl FilterKey {
    fn fits(self, entry: &SecretListEntry, value: &str) -> bool {
        match self {
            Self::Description | Self::All => begin_words_of(value, &self.texts(entry)),
            _ => self.texts(entry).iter().any(|text| text.starts_with(value)),
        }
    }

    /// All that `all` stands for.
    const EACH: [Self; 5] = [Self::Description, Self::Name, Self::TagKey, Self::TagValue, Self::PrimaryRegion];

    fn texts(self, entry: &SecretListEntry) -> Vec<&str> {
        match self {
            Self::Description => entry.description.as_deref().into_iter().collect(),
            Self::Name => vec![&entry.name],
            Self::TagKey => entry.tags.iter().map(|tag| tag.key.as_str()).collect(),
            Self::TagValue => entry.tags.iter().map(|tag| tag.value.as_str()).collect(),
            Self::PrimaryRegion => vec![entry.primary_region.unwrap_or_else(|| entry.arn.region()).name()],
            Self::OwningService => Vec::new(),
            Self::All => Self::EACH.iter().flat_map(|key| key.texts(entry)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
