//! What a list was when a page of it was given, so that the next page need not read every record again.
//!
//! AWS's default order is that of creation, and where a secret stands in it is in its record alone. So the order is kept, for as long as nobody writes
//! to the vault, and the records of a page are read anew.

use std::sync::{Arc, Mutex};

use super::{
    ListSecrets,
    entry::{SecretListEntry, list_entries},
    order::{PlaceOrder, SecretPlace},
};
use crate::{
    error::Result,
    page::PageRules,
    parallel::lock,
    store::{ChangeMark, Listed, NameKey, Records},
    text::BorrowedText,
    timestamp::Timestamp,
    vault::{Vault, family::Family},
};

/// So many lists are kept, and so many places in all: of a hundred thousand secrets, some 15 MB.
const LISTS: usize = 8;
const PLACES: usize = 250_000;

/// The lists of a vault of which pages are being asked for.
#[derive(Debug, Default)]
pub(crate) struct RememberedLists(Mutex<Vec<RememberedList>>);

#[derive(Debug)]
struct RememberedList {
    request: ListSecrets,
    mark: ChangeMark,
    places: Arc<[SecretPlace]>,
}

/// A page that is asked for: how the operation pages, the size, and the token of the page before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedPage<'a> {
    pub(crate) rules: PageRules,
    pub(crate) size: Option<usize>,
    pub(crate) token: Option<&'a str>,
}

impl RememberedLists {
    fn find(&self, request: &ListSecrets, mark: &ChangeMark) -> Option<Arc<[SecretPlace]>> {
        let mut lists = lock(&self.0);
        lists.retain(|list| list.mark == *mark);
        lists.iter().find(|list| list.request == *request).map(|list| Arc::clone(&list.places))
    }

    fn remember(&self, request: &ListSecrets, mark: ChangeMark, entries: &[SecretListEntry]) {
        let mut lists = lock(&self.0);
        lists.retain(|list| list.mark == mark && list.request != *request);
        if entries.len() > PLACES {
            return;
        }
        let places = entries.iter().map(|entry| SecretPlace::of(request.order(), entry)).collect();
        lists.push(RememberedList { request: request.clone(), mark, places });
        // The oldest go.
        while lists.len() > LISTS || lists.iter().map(|list| list.places.len()).sum::<usize>() > PLACES {
            lists.remove(0);
        }
    }
}

impl Vault {
    /// As [`Vault::list_secrets_matching`], of which a page is wanted: what stands before it may be left out, and what comes after the first entry that
    /// follows it, with `lists` that are kept in mind. They are of one vault, of which a Region is always shown in the same way.
    ///
    /// # Errors
    /// As for [`Vault::list_secrets_matching`] and [`PageRules::page`].
    pub(crate) fn list_secrets_for(
        &self,
        lists: Option<&RememberedLists>,
        request: &ListSecrets,
        page: AskedPage<'_>,
    ) -> Result<Listed<SecretListEntry>> {
        let Some(lists) = lists else { return self.list_secrets_matching(request) };
        let mark = self.store.change_mark();
        if let (Some(_), Some(mark)) = (page.token, &mark)
            && let Some(places) = lists.find(request, mark)
        {
            let size = page.rules.checked_size(page.size)?;
            let rest = page.rules.after(&places, &PlaceOrder(request.order()), page.token)?;
            if let Some(listed) = self.list_places(request, rest.get(..=size).unwrap_or(rest))? {
                return Ok(listed);
            }
        }
        let listed = self.list_secrets_matching(request)?;
        if let Some(mark) = mark.filter(|_| listed.faults.is_empty()) {
            lists.remember(request, mark, &listed.entries);
        }
        Ok(listed)
    }

    /// The secrets that are in these places; `None` where one is not, or cannot be read: the list is another one by now.
    fn list_places(&self, request: &ListSecrets, places: &[SecretPlace]) -> Result<Option<Listed<SecretListEntry>>> {
        self.require()?;
        let (regions, now, mut records) = (self.store.regions(), Timestamp::now_within_years(), Records::default());
        let mut listed = Listed { entries: Vec::with_capacity(places.len()), faults: Vec::new() };
        for place in places {
            let name = NameKey::of(&place.name);
            let read = self.store.read(&name, &regions, &mut records);
            let parsed = read.and_then(|()| Family::<BorrowedText<'_>>::parse(&*self.store, &name, &records));
            let Ok(family) = parsed else { return Ok(None) };
            let is_there = |entry: &SecretListEntry| SecretPlace::of(request.order(), entry) == *place && request.has(entry, now);
            let Some(entry) = list_entries(&family, request.region).find(is_there) else { return Ok(None) };
            listed.entries.push(entry);
        }
        Ok(Some(listed))
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::vault::{FilterKey, SecretFilter};

    #[test]
    fn only_so_many_lists_are_kept_and_none_that_is_over() {
        let lists = RememberedLists::default();
        let request = |number: usize| ListSecrets {
            filters: vec![SecretFilter::new(FilterKey::Name, vec![number.to_string()])],
            ..ListSecrets::default()
        };
        let mark = |seconds: u64| ChangeMark::settled(vec![UNIX_EPOCH + std::time::Duration::from_secs(seconds)]).expect("long ago");
        let is_kept = |number: usize, seconds| lists.find(&request(number), &mark(seconds)).is_some();
        for number in 0..=LISTS {
            lists.remember(&request(number), mark(1), &[]);
        }
        assert!(!is_kept(0, 1) && (1..=LISTS).all(|number| is_kept(number, 1)));
        lists.remember(&request(0), mark(1), &[]);
        lists.remember(&request(0), mark(1), &[]);
        assert!(is_kept(0, 1) && !is_kept(1, 1) && is_kept(2, 1), "the same list is kept once");
        assert!(!is_kept(2, 2) && !is_kept(2, 1), "what somebody has written to is forgotten");
    }
}
