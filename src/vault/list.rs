//! [ListSecrets](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html): filters and order.

use std::str::FromStr;

use super::{SecretListEntry, Vault};
use crate::{
    error::{Constraint, Error, Result, Violation},
    region::Region,
};

/// Most filters of one request.
const FILTER_LIMIT: usize = 10;
/// Most values of one filter.
const VALUE_COUNT_LIMIT: usize = 10;
/// Longest value, in characters.
const VALUE_LIMIT: usize = 512;

/// Which secrets to list, and in which order.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ListSecrets {
    /// The Region to list; `None` lists each secret once, in its primary Region.
    pub region: Option<Region>,
    /// At most 10; a secret has to pass all of them.
    pub filters: Vec<SecretFilter>,
    /// What decides the order. `None` means the name or, where `sort_order` is given, the creation date, as in AWS.
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
    /// Begins with the value; case does not count.
    Description,
    /// Begins with the value; case counts.
    Name,
    /// One begins with the value; case counts.
    TagKey,
    /// One begins with the value; case counts.
    TagValue,
    /// Begins with the value; case counts.
    PrimaryRegion,
    /// The AWS service that manages the secret. No secret of a vault has one.
    OwningService,
    /// Each word of the value stands in one of the others; case does not count.
    All,
}

/// What decides the order. Where it is equal the names decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// When it was made.
    CreatedDate,
    /// When it was last read. A vault does not keep that, so the names decide.
    LastAccessedDate,
    /// When it was last changed.
    LastChangedDate,
    /// The name.
    Name,
}

/// The direction of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
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
const SORTS: [(&str, SortBy); 4] = [
    ("created-date", SortBy::CreatedDate),
    ("last-accessed-date", SortBy::LastAccessedDate),
    ("last-changed-date", SortBy::LastChangedDate),
    ("name", SortBy::Name),
];
const ORDERS: [(&str, SortOrder); 2] = [("asc", SortOrder::Ascending), ("desc", SortOrder::Descending)];

impl FromStr for FilterKey {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        one_of("filters.member.key", name, &FILTER_KEYS)
    }
}

impl FromStr for SortBy {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        one_of("sortBy", name, &SORTS)
    }
}

impl FromStr for SortOrder {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        one_of("sortOrder", name, &ORDERS)
    }
}

fn one_of<T: Copy>(parameter: &str, name: &str, known: &[(&'static str, T)]) -> Result<T> {
    let found = known.iter().find(|(text, _)| *text == name).map(|(_, value)| *value);
    let names = || known.iter().map(|(text, _)| *text).collect();
    found.ok_or_else(|| Violation::by(parameter, name, Constraint::OneOf(names())).into())
}

impl Vault {
    /// Lists the secrets that pass all filters. [`PageRules::LIST_SECRETS`](crate::page::PageRules::LIST_SECRETS) makes pages of the list.
    ///
    /// # Errors
    /// `ValidationException` for a filter; as for [`Vault::list_secrets`].
    pub fn list_secrets_matching(&self, request: &ListSecrets) -> Result<Vec<SecretListEntry>> {
        check(&request.filters)?;
        let mut entries = self.list_entries(request.region, |entry| request.filters.iter().all(|filter| filter.fits(entry)))?;
        // The list comes in the order of the names, and sorting keeps that where dates are equal.
        match request.sort_by.or(request.sort_order.map(|_| SortBy::CreatedDate)) {
            Some(SortBy::CreatedDate) => entries.sort_by_key(|entry| entry.created_date),
            Some(SortBy::LastChangedDate) => entries.sort_by_key(|entry| entry.last_changed_date),
            Some(SortBy::LastAccessedDate | SortBy::Name) | None => {}
        }
        if request.sort_order == Some(SortOrder::Descending) {
            entries.reverse();
        }
        Ok(entries)
    }
}

fn check(filters: &[SecretFilter]) -> Result<()> {
    if filters.len() > FILTER_LIMIT {
        return Err(Violation::new("filters", Constraint::MostLength(FILTER_LIMIT)).into());
    }
    for SecretFilter { values, .. } in filters {
        if values.is_empty() {
            return Err(Violation::new("filters.member.values", Constraint::LeastLength(1)).into());
        }
        if values.len() > VALUE_COUNT_LIMIT {
            return Err(Violation::new("filters.member.values", Constraint::MostLength(VALUE_COUNT_LIMIT)).into());
        }
        if values.iter().any(|value| value.chars().count() > VALUE_LIMIT) {
            return Err(Violation::new("filters.member.values.member", Constraint::MostLength(VALUE_LIMIT)).into());
        }
        if !values.iter().all(|value| value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" :_@/+=.-!".contains(&byte))) {
            let pattern = r"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$";
            return Err(Violation::new("filters.member.values.member", Constraint::Pattern(pattern)).into());
        }
    }
    Ok(())
}

impl SecretFilter {
    fn fits(&self, entry: &SecretListEntry) -> bool {
        self.values.iter().any(|value| match value.strip_prefix('!') {
            Some(value) => !self.key.fits(entry, value),
            None => self.key.fits(entry, value),
        })
    }
}

impl FilterKey {
    fn fits(self, entry: &SecretListEntry, value: &str) -> bool {
        match self {
            Self::All => {
                let texts: Vec<String> = Self::EACH.iter().flat_map(|key| key.texts(entry)).map(str::to_lowercase).collect();
                value.to_lowercase().split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
            }
            Self::Description => {
                let value = value.to_lowercase();
                self.texts(entry).iter().any(|text| text.to_lowercase().starts_with(&value))
            }
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
            Self::PrimaryRegion => vec![entry.primary_region.name()],
            Self::OwningService => Vec::new(),
            Self::All => Self::EACH.iter().flat_map(|key| key.texts(entry)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
