//! JSON as Python's `json.dumps` writes it.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

use super::{Strange, python, written_times::WrittenTimes};
use crate::cli::{shown::is_escaped, zone::Zone};

/// `json.dumps(value, indent=4, ensure_ascii=False)`; where they are to be escaped, with the escapes of JSON for strange characters. Dates are those of a
/// zone.
pub(super) fn indented(value: &impl Serialize, strange: Strange, zone: Option<&Zone>) -> serde_json::Result<String> {
    written(value, Indented::new(strange, zone))
}

/// The same, as it comes. An error is the writer's, or the value is not one of JSON.
pub(super) fn write_indented(writer: impl Write, value: &impl Serialize, strange: Strange, zone: Option<&Zone>) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(writer, Indented::new(strange, zone)))
}

/// `json.dumps(value, separators=(',', ':'))`: ASCII only.
pub(super) fn compact_ascii(value: &Value) -> String {
    written(value, CompactAscii).expect("a JSON value serializes into memory")
}

fn written(value: &impl Serialize, formatter: impl Formatter) -> serde_json::Result<String> {
    let mut text = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut text, formatter))?;
    Ok(String::from_utf8(text).expect("the serializer writes UTF-8"))
}

/// What stands before an item: a comma behind another one, the end of the line, and more indentation than most documents have.
const BEFORE_ITEM: &[u8; 66] = b",\n                                                                ";
const INDENT: usize = 4;

struct Indented<'a> {
    /// Arrays and objects that are open.
    depth: usize,
    /// Whether the innermost one has an item.
    has_item: bool,
    strange: Strange,
    times: Option<WrittenTimes<'a>>,
}

impl<'a> Indented<'a> {
    fn new(strange: Strange, zone: Option<&'a Zone>) -> Self {
        Self { depth: 0, has_item: false, strange, times: zone.map(WrittenTimes::new) }
    }

    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_item = false;
        writer.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.has_item {
            self.next_line(writer, true)?;
        }
        // It is an item itself.
        self.has_item = true;
        writer.write_all(bracket)
    }

    /// Begins a line, behind a comma unless it is the first one of an array or object, or its last.
    fn next_line<W: ?Sized + Write>(&self, writer: &mut W, is_without_comma: bool) -> io::Result<()> {
        let (start, end) = (usize::from(is_without_comma), 2 + INDENT * self.depth);
        if let Some(line) = BEFORE_ITEM.get(start..end) {
            return writer.write_all(line);
        }
        writer.write_all(BEFORE_ITEM.get(start..2).unwrap_or_default())?;
        (0..self.depth).try_for_each(|_| writer.write_all(&[b' '; INDENT]))
    }

    fn tell(&mut self, step: fn(&mut WrittenTimes<'a>)) {
        if let Some(times) = &mut self.times {
            step(times);
        }
    }
}

impl Formatter for Indented<'_> {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(python::float(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let fragment = self.times.as_mut().map_or(Cow::Borrowed(fragment), |times| times.string(fragment));
        // Nothing that ASCII prints is escaped.
        if self.strange == Strange::AsTheyAre || fragment.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        write_escaped(writer, &fragment, |c| !is_escaped(c))
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::begin_array);
        self.open(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next_line(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.has_item = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::begin_object);
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::end_object);
        self.close(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.tell(WrittenTimes::begin_name);
        self.next_line(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::begin_value);
        writer.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.has_item = true;
        Ok(())
    }
}

struct CompactAscii;

impl Formatter for CompactAscii {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(python::float(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        write_escaped(writer, fragment, |c| matches!(c, ' '..='~'))
    }
}

fn write_escaped<W: ?Sized + Write>(writer: &mut W, fragment: &str, is_plain: impl Fn(char) -> bool) -> io::Result<()> {
    for c in fragment.chars() {
        if is_plain(c) {
            write!(writer, "{c}")?;
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
    }
    Ok(())
}
