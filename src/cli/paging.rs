//! Pages of the list commands: by default all of them in one, as the AWS CLI does it; or one, as the service gives it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{args::PagingArgs, failure::Outcome, printer::Printer, usage::UsageError};
use crate::{
    page::{ListOrder, Page, PageRules},
    protocol::{operation::Paging, request::Request},
};

/// How an operation's pages look.
pub(crate) struct ListOperation {
    pub(crate) rules: PageRules,
    /// The member that holds the entries.
    pub(crate) list: &'static str,
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

impl<'a> ManualPage<'a> {
    /// As a request has it that was checked; `size` is what was typed for it.
    pub(crate) fn of(request: &'a Request, paging: &Paging, size: Option<i64>) -> Outcome<Self> {
        let is_typed = size.is_some();
        Ok(Self { size: request.number(paging.size)?.filter(|_| is_typed), token: request.text(paging.token) })
    }
}

/// Where the AWS CLI goes on: a page of the service, and entries of it that were printed.
#[derive(Debug, Default, PartialEq, Eq)]
struct StartingToken {
    page: Option<String>,
    skip: usize,
}

impl ListOperation {
    /// Prints a list, all of it in its order, as the flags want it.
    ///
    /// # Errors
    /// Flags that exclude each other; a size or a token that the service would refuse.
    pub(crate) fn print<E: Serialize + Sync>(
        &self,
        printer: &Printer,
        (entries, order): (&[E], &impl ListOrder<E>),
        paging: &PagingArgs,
        manual: ManualPage<'_>,
    ) -> Outcome {
        if !printer.paginates || manual.size.is_some() || manual.token.is_some() {
            self.refuse_paging(printer, paging, manual)?;
            let page = self.rules.page(entries, order, manual.size.map(as_size), manual.token)?;
            return printer.print(&self.response(&page, page.next_token(order)));
        }
        let (printed, next_token) = self.collect(entries, order, paging)?;
        printer.print_list(self.list, printed, next_token)
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

    /// The service's own answer for one page.
    fn response<E: Serialize>(&self, page: &Page<'_, E>, next: Option<String>) -> Value {
        let mut document = Map::new();
        document.insert(self.list.to_owned(), json!(page.entries));
        let next = next.map(Value::String);
        if self.input_token == "Marker" {
            let is_truncated = next.is_some();
            document.extend(next.map(|marker| ("NextMarker".to_owned(), marker)));
            document.insert("Truncated".to_owned(), Value::Bool(is_truncated));
        } else {
            document.extend(next.map(|token| (self.input_token.to_owned(), token)));
        }
        Value::Object(document)
    }

    /// What `--max-items` leaves from `--starting-token` on, and the token for the rest.
    fn collect<'a, E>(&self, entries: &'a [E], order: &impl ListOrder<E>, paging: &PagingArgs) -> Outcome<(&'a [E], Option<String>)> {
        let StartingToken { page, skip } =
            paging.starting_token.as_deref().map(|token| self.parse_token(token)).transpose()?.unwrap_or_default();
        // The request was checked against the model; this is what the service's documentation says.
        self.rules.check_size(paging.page_size.map(|size| usize::try_from(size).unwrap_or_default()))?;
        let rest = self.rules.after(entries, order, page.as_deref())?.get(skip..).unwrap_or_default();
        let printed = Page::first_of(rest, paging.max_items.map_or(usize::MAX, as_size));
        Ok((printed.entries, printed.next_token(order).map(|next| self.token(&next))))
    }

    /// A token as the AWS CLI makes it: base64 of the JSON of the service's. The AWS CLI knows the service's only where a page ends, and counts on
    /// from there; ours names the last entry that was printed, so that what is deleted meanwhile hides nothing.
    fn token(&self, page: &str) -> String {
        STANDARD.encode(format!("{{\"{}\": {}}}", self.input_token, json!(page)))
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

fn as_size(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
