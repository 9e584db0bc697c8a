//! A list as an answer has it. A long one is written by several threads in its order, and is never whole in memory.

use std::{io::Write, iter::Enumerate, slice::Chunks};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{Strange, json};
use crate::{
    cli::zone::Zone,
    error::{Error, Result},
    message::{Stages, Threads, Weight, relay},
};

/// Entries that one thread has at a time: of secrets, some 100 KB.
const AT_ONCE: usize = 128;

/// A list under its member's name, with the token for its rest.
pub(crate) struct Listing<'a, E> {
    pub(crate) member: &'static str,
    pub(crate) list: &'a [E],
    pub(crate) next_token: Option<String>,
}

impl<E: Serialize> Serialize for Listing<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.member, self.list)?;
        if let Some(token) = &self.next_token {
            map.serialize_entry("NextToken", token)?;
        }
        map.end()
    }
}

/// Writes what [`render_json`](super::render_json) gives of a list; its times in a zone.
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub(crate) fn write_listing<E: Serialize + Sync>(
    mut writer: impl Write + Send,
    listing: &Listing<'_, E>,
    strange: Strange,
    zone: Option<&Zone>,
) -> Result<()> {
    let parts = ListParts { form: ListFrame::of(listing, strange, zone)?, member: listing.member, strange, zone };
    let ListFrame { empty, head, tail, end } = &parts.form;
    if listing.list.is_empty() {
        return write_to(&mut writer, &[empty, b"\n"]);
    }
    write_to(&mut writer, &[head])?;
    let (_, writers) = relay(&parts, Threads::available(), listing.list.chunks(AT_ONCE).enumerate(), vec![writer])?;
    writers.into_iter().try_for_each(|mut writer| write_to(&mut writer, &[tail, end, b"\n"]))
}

fn write_to(writer: &mut impl Write, texts: &[&[u8]]) -> Result<()> {
    let written = texts.iter().try_for_each(|text| writer.write_all(text)).and_then(|()| writer.flush());
    written.map_err(|error| Error::io("writing to stdout", error))
}

/// What stands around the entries of a list.
struct ListFrame {
    /// All of the document, were there none.
    empty: Vec<u8>,
    /// Up to the first entry.
    head: Vec<u8>,
    /// From the last entry to the end of the list.
    tail: Vec<u8>,
    /// What is behind the list.
    end: Vec<u8>,
}

impl ListFrame {
    fn of<E: Serialize>(listing: &Listing<'_, E>, strange: Strange, zone: Option<&Zone>) -> Result<Self> {
        let Listing { member, next_token, .. } = listing;
        let empty = rendered::<E>(&Listing { member, list: &[], next_token: next_token.clone() }, strange, zone)?;
        let head = format!("{{\n    \"{member}\": [\n").into_bytes();
        let end = head.strip_suffix(b"\n").and_then(|head| empty.strip_prefix(head)).and_then(|rest| rest.strip_prefix(b"]"));
        let end = end.ok_or(Error::Misuse("an empty list is written as two brackets"))?.to_vec();
        Ok(Self { empty, head, tail: b"\n    ]".to_vec(), end })
    }
}

fn rendered<E: Serialize>(listing: &Listing<'_, E>, strange: Strange, zone: Option<&Zone>) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    render_to(&mut text, listing, strange, zone).map(|()| text)
}

fn render_to<E: Serialize>(text: &mut Vec<u8>, listing: &Listing<'_, E>, strange: Strange, zone: Option<&Zone>) -> Result<()> {
    json::write_indented(text, listing, strange, zone).map_err(|_| Error::Misuse("a result is always JSON"))
}

/// A list in parts: each is made as a list of its own, of which the entries are taken.
struct ListParts<'a> {
    form: ListFrame,
    member: &'static str,
    strange: Strange,
    zone: Option<&'a Zone>,
}

struct ListPart<'a, E> {
    entries: &'a [E],
    is_first: bool,
    text: Vec<u8>,
}

impl<E> Default for ListPart<'_, E> {
    fn default() -> Self {
        Self { entries: &[], is_first: true, text: Vec::new() }
    }
}

impl<'l, E: Serialize + Sync, W: Write> Stages<Enumerate<Chunks<'l, E>>, W> for ListParts<'_> {
    type Batch = ListPart<'l, E>;

    fn read(&self, source: &mut Enumerate<Chunks<'l, E>>, part: &mut ListPart<'l, E>) -> Result<Option<Weight>> {
        let Some((index, entries)) = source.next() else { return Ok(None) };
        (part.is_first, part.entries) = (index == 0, entries);
        Ok(Some(if source.len() > 0 { Weight::Heavy } else { Weight::Light }))
    }

    fn work(&self, part: &mut ListPart<'l, E>, _index: usize) -> Result<()> {
        part.text.clear();
        let listing = Listing { member: self.member, list: part.entries, next_token: None };
        render_to(&mut part.text, &listing, self.strange, self.zone)
    }

    fn write(&self, writer: &mut W, part: &mut ListPart<'l, E>, _index: usize) -> Result<()> {
        let ListFrame { head, tail, .. } = &self.form;
        let behind_head = part.text.strip_prefix(&**head);
        let entries = behind_head.and_then(|rest| rest.strip_suffix(b"\n}")).and_then(|rest| rest.strip_suffix(&**tail));
        let entries = entries.ok_or(Error::Misuse("a list is written between brackets"))?;
        write_to(writer, &[if part.is_first { b"" } else { b",\n" }, entries])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cli::{environment::Environment, output::render_json};

    #[test]
    fn a_list_of_any_length_is_written_as_if_at_once() {
        let zone = Zone::of(&Environment::fixed(&[("TZ", "IST-5:30")]));
        let entry = |number: usize| json!({ "Name": format!("{number} \u{7} é\u{202e}"), "CreatedDate": "2026-11-21T20:38:31.123000+00:00", "Tags": [], "More": [[{}], number] });
        for length in [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 10 * AT_ONCE + 7] {
            let list: Vec<Value> = (0..length).map(entry).collect();
            for (strange, zone) in [(Strange::AsTheyAre, None), (Strange::Escaped, Some(&zone)), (Strange::EscapedInLines, None)] {
                for next_token in [None, Some("t\"oken".to_owned())] {
                    let listing = Listing { member: "Secrets", list: &list, next_token };
                    let mut written = Vec::new();
                    write_listing(&mut written, &listing, strange, zone).expect("written");
                    let at_once = render_json(&listing, strange, zone).expect("JSON");
                    assert!(String::from_utf8(written).expect("UTF-8") == at_once, "{length} {strange:?}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_ends_it() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::BrokenPipe)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let list = vec![json!({ "Name": "x" }); 50 * AT_ONCE];
        for room in [0, 1, 30, 10_000, 100_000] {
            let listing = Listing { member: "SecretList", list: &list, next_token: None };
            let written = write_listing(Full(room), &listing, Strange::AsTheyAre, None);
            assert!(matches!(written, Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::BrokenPipe), "{room}");
        }
    }
}
