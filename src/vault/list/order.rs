//! The order of ListSecrets.

use std::{cmp::Ordering, str::FromStr};

use super::names::one_of;
use crate::{
    error::{Error, Result},
    page::ListOrder,
    region::Region,
    timestamp::Timestamp,
    vault::SecretListEntry,
};

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

/// The order of one list: by what, then the name, then the Region of the ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretOrder {
    pub(super) by: SortBy,
    pub(super) direction: SortOrder,
}

const SORTS: [(&str, SortBy); 4] = [
    ("created-date", SortBy::CreatedDate),
    ("last-accessed-date", SortBy::LastAccessedDate),
    ("last-changed-date", SortBy::LastChangedDate),
    ("name", SortBy::Name),
];
const ORDERS: [(&str, SortOrder); 2] = [("asc", SortOrder::Ascending), ("desc", SortOrder::Descending)];

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

impl SecretOrder {
    pub(super) fn sort(self, entries: &mut [SecretListEntry]) {
        match self.direction {
            SortOrder::Ascending => entries.sort_unstable_by(|a, b| self.compare(a, b)),
            SortOrder::Descending => entries.sort_unstable_by(|a, b| self.compare(b, a)),
        }
    }

    /// As [`ListOrder::position`] has it, without its texts.
    fn compare(self, a: &SecretListEntry, b: &SecretListEntry) -> Ordering {
        let by_date = match self.by {
            SortBy::CreatedDate => a.created_date.cmp(&b.created_date),
            SortBy::LastChangedDate => a.last_changed_date.cmp(&b.last_changed_date),
            SortBy::LastAccessedDate | SortBy::Name => Ordering::Equal,
        };
        by_date.then_with(|| (&a.name, a.arn.region()).cmp(&(&b.name, b.arn.region())))
    }
}

/// Where a secret stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SecretPlace {
    date: Option<Timestamp>,
    pub(super) name: String,
    region: Region,
}

impl SecretPlace {
    pub(super) fn of(order: SecretOrder, entry: &SecretListEntry) -> Self {
        let date = match order.by {
            SortBy::CreatedDate => Some(entry.created_date),
            SortBy::LastChangedDate => Some(entry.last_changed_date),
            SortBy::LastAccessedDate | SortBy::Name => None,
        };
        Self { date, name: entry.name.clone(), region: entry.arn.region() }
    }

    /// As [`ListOrder::position`] has it.
    fn position(&self) -> Vec<String> {
        let date = self.date.map(|date| date.to_string());
        date.into_iter().chain([self.name.clone(), self.region.to_string()]).collect()
    }
}

impl ListOrder<SecretListEntry> for SecretOrder {
    fn name(&self) -> String {
        let by = SORTS.iter().find(|(_, by)| *by == self.by).map_or("", |(name, _)| name);
        let direction = ORDERS.iter().find(|(_, direction)| *direction == self.direction).map_or("", |(name, _)| name);
        format!("{by} {direction}")
    }

    fn position(&self, entry: &SecretListEntry) -> Vec<String> {
        SecretPlace::of(*self, entry).position()
    }

    fn is_descending(&self) -> bool {
        self.direction == SortOrder::Descending
    }
}

/// The same order, of places.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaceOrder(pub(super) SecretOrder);

impl ListOrder<SecretPlace> for PlaceOrder {
    fn name(&self) -> String {
        self.0.name()
    }

    fn position(&self, place: &SecretPlace) -> Vec<String> {
        place.position()
    }

    fn is_descending(&self) -> bool {
        self.0.is_descending()
    }
}
