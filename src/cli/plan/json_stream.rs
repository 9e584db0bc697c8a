//! A stream of JSON values: one after another (JSON Lines among them), or the items of one list. Only one of them is in memory.
//!
//! `fuzz/` takes this file as it is.

use std::{
    cell::Cell,
    fmt,
    io::{self, BufRead, Read},
};

use serde::de::{DeserializeSeed, Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};

/// Why the reading ended early.
#[derive(Debug)]
pub(crate) enum StreamError<E> {
    /// The input cannot be read.
    Input(io::Error),
    /// It is not JSON. `what` is a phrase of the parser's, with nothing of the input in it.
    Syntax {
        /// Counted from 1.
        line: u64,
        /// Counted from 1, in bytes; 0 where the line ends.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// What was handed over was refused.
    Refused(E),
}

/// Hands over each value with the line on which it begins, counted from 1.
///
/// # Errors
/// [`StreamError`].
pub(crate) fn for_each<E>(mut input: impl BufRead, mut each: impl FnMut(u64, Value) -> Result<(), E>) -> Result<(), StreamError<E>> {
    let lines = Cell::new(1);
    let is_list = begins_list(&mut input, &lines).map_err(StreamError::Input)?;
    let first = lines.get();
    let mut json = Deserializer::from_reader(CountedLines { input, lines: &lines });
    let mut refusal = None;
    let mut each = Each { lines: &lines, each: &mut each, refusal: &mut refusal };
    let read = if is_list {
        json.deserialize_seq(&mut each).and_then(|()| json.end())
    } else {
        loop {
            // White space up to the next value, if there is one.
            match json.end() {
                Ok(()) => break Ok(()),
                Err(error) if error.is_io() => break Err(error),
                Err(_) => {}
            }
            if let Err(error) = each.deserialize(&mut json) {
                break Err(error);
            }
        }
    };
    match (refusal, read) {
        (Some(refusal), _) => Err(StreamError::Refused(refusal)),
        (None, read) => read.map_err(|error| fault(error, first)),
    }
}

fn fault<E>(error: serde_json::Error, first: u64) -> StreamError<E> {
    if error.is_io() {
        return StreamError::Input(error.into());
    }
    // Lines that were skipped before the parser began are none of its own.
    let line = u64::try_from(error.line()).unwrap_or(u64::MAX).saturating_add(first - 1);
    let message = error.to_string();
    let what = message.split_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    StreamError::Syntax { line, column: error.column(), what: what.to_owned() }
}

/// Skips white space; true where a list begins.
fn begins_list(input: &mut impl BufRead, lines: &Cell<u64>) -> io::Result<bool> {
    loop {
        let buffer = input.fill_buf()?;
        let Some(byte) = buffer.first().copied() else { return Ok(false) };
        match byte {
            b'\n' => lines.set(lines.get() + 1),
            b' ' | b'\t' | b'\r' => {}
            other => return Ok(other == b'['),
        }
        input.consume(1);
    }
}

/// Counts lines as they are read. The parser reads byte by byte, and one byte ahead at most.
struct CountedLines<'l, R> {
    input: R,
    lines: &'l Cell<u64>,
}

impl<R: Read> Read for CountedLines<'_, R> {
    fn read(&mut self, dest: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(dest)?;
        let breaks = dest.iter().take(count).filter(|byte| **byte == b'\n').count();
        self.lines.set(self.lines.get() + u64::try_from(breaks).unwrap_or_default());
        Ok(count)
    }
}

struct Each<'e, E> {
    lines: &'e Cell<u64>,
    each: &'e mut dyn FnMut(u64, Value) -> Result<(), E>,
    refusal: &'e mut Option<E>,
}

/// One value.
impl<'de, E> DeserializeSeed<'de> for &mut Each<'_, E> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let line = self.lines.get();
        let value = <Value as serde::Deserialize>::deserialize(json)?;
        (self.each)(line, value).map_err(|refusal| {
            *self.refusal = Some(refusal);
            D::Error::custom("stopped")
        })
    }
}

/// A list of them.
impl<'de, E> Visitor<'de> for &mut Each<'_, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(u64, String)>, String> {
        let mut found = Vec::new();
        let read = for_each::<()>(text.as_bytes(), |line, value| {
            found.push((line, value.to_string()));
            Ok(())
        });
        match read {
            Ok(()) => Ok(found),
            Err(StreamError::Syntax { line, column, what }) => Err(format!("{line}, {column}: {what}")),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_form_gives_the_values_and_their_lines() {
        let pair = |line, text: &str| (line, text.to_owned());
        for (text, expected) in [
            ("{\"a\":1}\n{\"b\":2}\n", vec![pair(1, "{\"a\":1}"), pair(2, "{\"b\":2}")]),
            ("\n\n{\"a\":\n1}\n\n{\"b\":2}", vec![pair(3, "{\"a\":1}"), pair(6, "{\"b\":2}")]),
            ("{\"a\":1}{\"b\":2}", vec![pair(1, "{\"a\":1}"), pair(1, "{\"b\":2}")]),
            (" \n[\n {\"a\":1},\n\n {\"b\":\"\\n\"}]\n", vec![pair(3, "{\"a\":1}"), pair(5, "{\"b\":\"\\n\"}")]),
            ("1\r\n\"x\"", vec![pair(1, "1"), pair(2, "\"x\"")]),
            ("[]", vec![]),
            (" \n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(read(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_named_by_its_place_and_not_by_its_content() {
        for (text, expected) in [
            ("{\"a\":1}\n{\"SecretString\": TOPSECRET}", "2, 18: expected value"),
            ("{\"a\":1}\n{\"a\": \"TOPSECRET", "2, 16: EOF while parsing a string"),
            ("\n\n[{\"a\":1},\nTOPSECRET]", "4, 1: expected value"),
            ("[1] TOPSECRET", "1, 5: trailing characters"),
            ("[1,", "1, 3: EOF while parsing a value"),
            ("TOPSECRET", "1, 1: expected value"),
        ] {
            let message = read(text).expect_err(text);
            assert_eq!(message, expected, "{text:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(read(&deep).expect_err("too deep").contains("recursion limit"));
    }

    #[test]
    fn a_refusal_stops_the_reading() {
        for text in ["1 2 3", "[1, 2, 3]"] {
            let mut count = 0;
            let stopped = for_each(text.as_bytes(), |_, _| {
                count += 1;
                if count == 2 { Err("enough") } else { Ok(()) }
            });
            assert!(matches!(stopped, Err(StreamError::Refused("enough"))) && count == 2, "{text}");
        }
    }

    #[test]
    fn an_input_that_fails_is_no_syntax_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        for before in ["", "1\n", "[1,"] {
            let input = io::BufReader::new(before.as_bytes().chain(Broken));
            let stopped = for_each::<()>(input, |_, _| Ok(()));
            assert!(matches!(stopped, Err(StreamError::Input(error)) if error.kind() == io::ErrorKind::ConnectionReset), "{before}");
        }
    }
}
