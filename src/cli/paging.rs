//! Pages of the list commands: by default all of them in one, as the AWS CLI does it; or one, as the service gives it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    args::{KmsPagingArgs, PagingArgs},
    failure::Outcome,
    printer::Printer,
    usage::UsageError,
};
use crate::{page::PageRules, protocol::operation::Paging, vault::SecretListEntry};

/// How an operation's pages look.
pub(crate) struct ListOperation {
    pub(crate) rules: PageRules,
    /// The member that holds the entries.
    pub(crate) list: &'static str,
    /// The entry's member that tells it from the others.
    pub(crate) id: &'static str,
    /// The request's member for the token.
    pub(crate) input_token: &'static str,
    /// The flags that ask for one page: its size, and the page before it.
    pub(crate) manual_flags: [&'static str; 2],
}

impl ListOperation {
    /// That of an operation of the table.
    pub(crate) const fn of(paging: &Paging) -> Self {
        let is_of_kms = matches!(paging.token.as_bytes(), b"Marker");
        Self {
            rules: paging.rules,
            list: paging.list,
            id: paging.id,
            input_token: paging.token,
            manual_flags: if is_of_kms { ["--limit", "--marker"] } else { ["--max-results", "--next-token"] },
        }
    }
}

/// One page, as its two flags ask for it.
#[derive(Clone, Copy)]
pub(crate) struct ManualPage<'a> {
    pub(crate) size: Option<u32>,
    pub(crate) token: Option<&'a str>,
}

impl KmsPagingArgs {
    pub(crate) fn manual(&self) -> ManualPage<'_> {
        ManualPage { size: self.limit, token: self.marker.as_deref() }
    }
}

/// Where the AWS CLI goes on: a page of the service, and entries of it that were printed.
#[derive(Debug, Default, PartialEq, Eq)]
struct StartingToken {
    page: Option<String>,
    skip: usize,
}

/// An entry of a list.
pub(crate) trait ListEntry: Serialize + Sync {
    /// What tells it from the others.
    fn id(&self, operation: &ListOperation) -> String;
}

impl ListEntry for Value {
    fn id(&self, operation: &ListOperation) -> String {
        self.get(operation.id).and_then(Self::as_str).unwrap_or_default().to_owned()
    }
}

impl ListEntry for SecretListEntry {
    fn id(&self, _: &ListOperation) -> String {
        self.arn.to_string()
    }
}

struct Fetched<'a, E> {
    entries: &'a [E],
    next: Option<String>,
    /// What the next page is looked for in: from the last entry of this one.
    rest: &'a [E],
}

impl ListOperation {
    /// Prints `entries`, the whole list, as the flags want it.
    ///
    /// # Errors
    /// Flags that exclude each other; a size or a token that the service would refuse.
    pub(crate) fn print<E: ListEntry>(&self, printer: &Printer, entries: &[E], paging: &PagingArgs, manual: ManualPage<'_>) -> Outcome {
        if !printer.paginates || manual.size.is_some() || manual.token.is_some() {
            self.refuse_paging(printer, paging, manual)?;
            return printer.print(&self.response(&self.fetch(entries, manual.size, manual.token)?));
        }
        let start = paging.starting_token.as_deref().map(|token| self.parse_token(token)).transpose()?.unwrap_or_default();
        let (printed, next_token) = self.collect(entries, paging, start)?;
        printer.print_list(self.list, &printed, next_token)
    }

    fn refuse_paging(&self, printer: &Printer, paging: &PagingArgs, manual: ManualPage<'_>) -> Outcome {
        let set = [
            ("--starting-token", paging.starting_token.is_some()),
            ("--page-size", paging.page_size.is_some()),
            ("--max-items", paging.max_items.is_some()),
        ];
        let set: Vec<_> = set.into_iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag).collect();
        if set.is_empty() {
            return Ok(());
        }
        let [size, token] = self.manual_flags;
        let cause = match (printer.paginates, manual.size) {
            (false, _) => "--no-paginate",
            (true, Some(_)) => size,
            (true, None) => token,
        };
        Err(UsageError::new(format!("Cannot specify {cause} along with pagination arguments: {}", set.join(", ")))
            .with_hint(format!("{size} and {token} give one page of the service; --max-items and --starting-token count over all pages"))
            .into())
    }

    fn fetch<'a, E: ListEntry>(&self, entries: &'a [E], size: Option<u32>, token: Option<&str>) -> Outcome<Fetched<'a, E>> {
        let id = |entry: &E| entry.id(self);
        let size = size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        let page = self.rules.page(entries, id, size, token)?;
        let rest = page.end().and_then(|end| entries.get(end.saturating_sub(1)..)).unwrap_or_default();
        Ok(Fetched { entries: page.entries, next: page.next_token(id), rest })
    }

    /// The service's own answer for one page.
    fn response<E: ListEntry>(&self, page: &Fetched<'_, E>) -> Value {
        let mut document = Map::new();
        document.insert(self.list.to_owned(), json!(page.entries));
        let next = page.next.clone().map(Value::String);
        if self.input_token == "Marker" {
            let is_truncated = next.is_some();
            document.extend(next.map(|marker| ("NextMarker".to_owned(), marker)));
            document.insert("Truncated".to_owned(), Value::Bool(is_truncated));
        } else {
            document.extend(next.map(|token| (self.input_token.to_owned(), token)));
        }
        Value::Object(document)
    }

    /// Goes through the service's pages until the list ends or `--max-items` are there. Gives the token for the rest.
    fn collect<'a, E: ListEntry>(
        &self,
        entries: &'a [E],
        paging: &PagingArgs,
        start: StartingToken,
    ) -> Outcome<(Vec<&'a E>, Option<String>)> {
        let most = paging.max_items.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        let mut collected: Vec<&E> = Vec::new();
        let StartingToken { mut page, mut skip } = start;
        let mut rest = entries;
        loop {
            let fetched = self.fetch(rest, paging.page_size, page.as_deref())?;
            let room = most.map_or(usize::MAX, |most| most - collected.len());
            let available = fetched.entries.len().saturating_sub(skip);
            collected.extend(fetched.entries.iter().skip(skip).take(room));
            if available > room {
                return Ok((collected, Some(self.token(page.as_deref(), Some(skip + room)))));
            }
            match fetched.next {
                None => return Ok((collected, None)),
                next @ Some(_) if available == room => return Ok((collected, Some(self.token(next.as_deref(), None)))),
                next => (page, skip, rest) = (next, 0, fetched.rest),
            }
        }
    }

    /// The AWS CLI's token: base64 of the JSON of the service's token and the entries of its page that were printed.
    fn token(&self, page: Option<&str>, printed: Option<usize>) -> String {
        let count = printed.map(|count| format!(", \"boto_truncate_amount\": {count}")).unwrap_or_default();
        STANDARD.encode(format!("{{\"{}\": {}{count}}}", self.input_token, json!(page)))
    }

    fn parse_token(&self, token: &str) -> Result<StartingToken, UsageError> {
        let bad = || {
            UsageError::new(format!("Bad starting token: {}", token.escape_debug()))
                .with_hint("it is the NextToken that --max-items printed with this list")
        };
        let bytes = STANDARD.decode(token).map_err(|_| bad())?;
        let mut members: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| bad())?;
        let page = match members.remove(self.input_token) {
            Some(Value::String(page)) => Some(page),
            Some(Value::Null) | None => None,
            Some(_) => return Err(bad()),
        };
        let skip = match members.remove("boto_truncate_amount") {
            Some(count) => count.as_u64().and_then(|count| usize::try_from(count).ok()).ok_or_else(bad)?,
            None => 0,
        };
        if members.is_empty() { Ok(StartingToken { page, skip }) } else { Err(bad()) }
    }
}

#[cfg(test)]
mod tests;
