//! JSON as Python's `json.dumps` writes it.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

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

struct Indented<'a> {
    pretty: PrettyFormatter<'static>,
    strange: Strange,
    times: Option<WrittenTimes<'a>>,
}

impl<'a> Indented<'a> {
    fn new(strange: Strange, zone: Option<&'a Zone>) -> Self {
        Self { pretty: PrettyFormatter::with_indent(b"    "), strange, times: zone.map(WrittenTimes::new) }
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
        if self.strange == Strange::AsTheyAre {
            return writer.write_all(fragment.as_bytes());
        }
        write_escaped(writer, &fragment, |c| !is_escaped(c))
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::begin_array);
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::begin_object);
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::end_object);
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.tell(WrittenTimes::begin_name);
        self.pretty.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.tell(WrittenTimes::begin_value);
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
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
