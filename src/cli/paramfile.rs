//! Parameter values that are files: `file://path` for text, `fileb://path` for bytes; `-` as the path, or as a whole binary value, is stdin.
//!
//! The content is taken as it is: no newline is stripped. No error repeats any of it.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;

use super::environment::Environment;
use super::file_content::{self, FROM_UTF16, WITHOUT_MARK, note_base64, note_mark};
use super::files_in_use::FilesInUse;
use super::usage::UsageError;
use crate::SecretBytes;

const TEXT_PREFIX: &str = "file://";
const BINARY_PREFIX: &str = "fileb://";
/// Stdin, where a binary value or the path of a file is meant.
pub(crate) const STDIN: &str = "-";

/// Most bytes of a parameter that is a list, a structure or one value of a structure.
const STRUCTURE_LIMIT: SizeLimit = SizeLimit { bytes: 1024 * 1024, hint: None };

/// How large a value may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SizeLimit {
    /// Bytes of the value itself, after base64.
    pub(crate) bytes: usize,
    /// What to do with a larger one.
    pub(crate) hint: Option<&'static str>,
}

/// The values of `--cli-binary-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryFormat {
    /// A literal and a `file://` hold base64.
    Base64,
    /// They hold the bytes themselves.
    RawInBase64Out,
}

impl FromStr for BinaryFormat {
    type Err = UsageError;

    fn from_str(name: &str) -> Result<Self, UsageError> {
        match name {
            "base64" => Ok(Self::Base64),
            "raw-in-base64-out" => Ok(Self::RawInBase64Out),
            _ => Err(UsageError::new(format!("Unknown cli_binary_format: {}", name.escape_debug()))
                .with_hint("--cli-binary-format, and cli_binary_format of the profile, is base64 or raw-in-base64-out")),
        }
    }
}

/// True when the value stands on the command line itself, where other users and the shell's history can see it.
pub(crate) fn is_literal(value: &str) -> bool {
    value != STDIN && !value.starts_with(TEXT_PREFIX) && !value.starts_with(BINARY_PREFIX)
}

/// A binary value that is no file's name whatever it looks like: base64, or the bytes themselves.
///
/// # Errors
/// What should be base64 is not; the value is too large.
pub(crate) fn verbatim_blob(parameter: &str, value: &[u8], format: BinaryFormat, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
    match format {
        BinaryFormat::Base64 => decode(parameter, value, limit),
        BinaryFormat::RawInBase64Out => checked(parameter, SecretBytes::new(value.to_vec()), limit),
    }
}

enum ParamSource<'v> {
    Literal(&'v str),
    Text(PathBuf),
    Binary(PathBuf),
}

/// Reads parameter values; paths may hold `~` and variables.
pub(crate) struct ParamFiles<'a>(&'a Environment);

impl<'a> ParamFiles<'a> {
    pub(crate) const fn new(environment: &'a Environment) -> Self {
        Self(environment)
    }

    fn source<'v>(&self, value: &'v str) -> ParamSource<'v> {
        if let Some(path) = value.strip_prefix(TEXT_PREFIX) {
            ParamSource::Text(self.0.expand_path(path))
        } else if let Some(path) = value.strip_prefix(BINARY_PREFIX) {
            ParamSource::Binary(self.0.expand_path(path))
        } else {
            ParamSource::Literal(value)
        }
    }

    /// The file that a value names; `None` for a literal.
    pub(crate) fn path(&self, value: &str) -> Option<PathBuf> {
        match self.source(value) {
            ParamSource::Literal(_) => None,
            ParamSource::Text(path) | ParamSource::Binary(path) => Some(path),
        }
    }

    /// The value of a text parameter: the literal, or the content of `file://`. It is UTF-8.
    ///
    /// # Errors
    /// The file cannot be read, is too large or is not UTF-8; `fileb://`, which is for bytes.
    pub(crate) fn string(&self, parameter: &str, value: &str, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
        match self.source(value) {
            ParamSource::Literal(literal) => checked(parameter, SecretBytes::new(literal.as_bytes().to_vec()), limit),
            ParamSource::Text(path) => {
                let text = self.read_text(parameter, value, &path, limit)?;
                self.once(&path, || note_mark(parameter, value, text.expose()));
                Ok(text)
            }
            ParamSource::Binary(_) => {
                Err(UsageError::parameter(parameter, "takes text, and fileb:// gives bytes").with_hint("use file://"))
            }
        }
    }

    /// The value of a binary parameter: `-` (stdin) and `fileb://` as they are; a literal or `file://` as base64, or as it is with
    /// [`BinaryFormat::RawInBase64Out`].
    ///
    /// # Errors
    /// The file cannot be read or is too large; what should be base64 is not.
    pub(crate) fn blob(&self, parameter: &str, value: &str, format: BinaryFormat, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
        match (self.source(value), format) {
            _ if value == STDIN => {
                let bytes = self.stdin(parameter, limit)?;
                note_base64(parameter, "stdin", bytes.expose(), "'base64 -d' before it gives the bytes");
                Ok(bytes)
            }
            (ParamSource::Binary(path), format) => {
                let bytes = self.read(parameter, value, &path, limit)?;
                let instead = if format == BinaryFormat::Base64 { "file:// decodes it" } else { "'base64 -d' decodes it" };
                self.once(&path, || note_base64(parameter, value, bytes.expose(), instead));
                Ok(bytes)
            }
            (ParamSource::Literal(_) | ParamSource::Text(_), BinaryFormat::RawInBase64Out) => self.string(parameter, value, limit),
            (ParamSource::Literal(literal), BinaryFormat::Base64) => decode(parameter, literal.as_bytes(), limit),
            (ParamSource::Text(path), BinaryFormat::Base64) => {
                // Four characters for three bytes, and a line break after every 64 characters or more.
                let encoded = SizeLimit { bytes: limit.bytes.saturating_mul(3) / 2 + 16, ..limit };
                decode(parameter, self.read_text(parameter, value, &path, encoded)?.expose(), limit)
            }
        }
    }

    /// The words of a parameter that is a list: a single `file://` stands for the file's text (at most 1 MiB).
    ///
    /// # Errors
    /// As [`ParamFiles::string`].
    pub(crate) fn words(&self, parameter: &str, args: &[String]) -> Result<Vec<String>, UsageError> {
        match args {
            [only] => Ok(vec![self.value(parameter, only)?.unwrap_or_else(|| only.clone())]),
            several => Ok(several.to_vec()),
        }
    }

    /// The text of `file://` or `fileb://` (at most 1 MiB, UTF-8); `None` for a literal.
    ///
    /// # Errors
    /// As [`ParamFiles::string`].
    pub(crate) fn value(&self, parameter: &str, value: &str) -> Result<Option<String>, UsageError> {
        match self.source(value) {
            ParamSource::Literal(_) => Ok(None),
            ParamSource::Text(path) | ParamSource::Binary(path) => {
                let text = self.read_text(parameter, value, &path, STRUCTURE_LIMIT)?;
                if file_content::has_byte_order_mark(text.expose()) {
                    return Err(UsageError::parameter(
                        parameter,
                        format!("{value} begins with a byte order mark, which JSON does not have"),
                    )
                    .with_hint(WITHOUT_MARK));
                }
                let text = std::str::from_utf8(text.expose()).expect("read_text checked the encoding");
                Ok(Some(text.to_owned()))
            }
        }
    }

    fn read_text(&self, parameter: &str, value: &str, path: &Path, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
        let content = self.read(parameter, value, path, limit)?;
        refuse_utf16(parameter, value, content.expose())?;
        if std::str::from_utf8(content.expose()).is_err() {
            return Err(UsageError::parameter(parameter, format!("{value} holds bytes that are not UTF-8 text"))
                .with_hint(format!("{BINARY_PREFIX} reads a file as bytes, where the parameter takes bytes")));
        }
        Ok(content)
    }

    /// Text from stdin.
    ///
    /// # Errors
    /// As for [`ParamFiles::stdin`]; it is UTF-16.
    pub(crate) fn stdin_text(&self, parameter: &str, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
        let text = self.stdin(parameter, limit)?;
        refuse_utf16(parameter, "stdin", text.expose())?;
        note_mark(parameter, "stdin", text.expose());
        Ok(text)
    }

    /// Says something of a file once, however often it is read: `pack` reads each twice.
    fn once(&self, path: &Path, say: impl FnOnce()) {
        if self.in_use().is_first_said(path) {
            say();
        }
    }

    /// Everything from stdin, as it is.
    ///
    /// # Errors
    /// It cannot be read, or is too large.
    pub(crate) fn stdin(&self, parameter: &str, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
        self.in_use().read_stdin()?;
        read_stream(parameter, "stdin", &mut io::stdin().lock(), limit)
    }

    fn read(&self, parameter: &str, value: &str, path: &Path, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
        if path == Path::new(STDIN) { self.stdin(parameter, limit) } else { self.read_file(parameter, value, path, limit) }
    }

    /// A file as it is; errors call it `value`.
    ///
    /// # Errors
    /// It cannot be read, or is too large.
    pub(crate) fn read_file(&self, parameter: &str, value: &str, path: &Path, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
        let unable = |error: io::Error| UsageError::parameter(parameter, format!("Unable to load paramfile {value}: {error}"));
        let mut file = self.in_use().open(path).map_err(unable)?;
        let metadata = file.metadata().map_err(unable)?;
        if metadata.is_dir() {
            return Err(unable(io::ErrorKind::IsADirectory.into()));
        }
        let most = u64::try_from(limit.bytes).unwrap_or(u64::MAX);
        if metadata.len() > most {
            return Err(too_large(parameter, &format!("{value} holds {} bytes", metadata.len()), limit));
        }
        read_stream(parameter, value, &mut file, limit)
    }

    /// The files that are read and written.
    pub(crate) const fn in_use(&self) -> &FilesInUse {
        self.0.files()
    }
}

fn refuse_utf16(parameter: &str, name: &str, content: &[u8]) -> Result<(), UsageError> {
    if !file_content::is_utf16(content) {
        return Ok(());
    }
    Err(UsageError::parameter(parameter, format!("{name} is UTF-16 text, and UTF-8 is what text has to be")).with_hint(FROM_UTF16))
}

/// Everything from a stream with this name, as it is.
///
/// # Errors
/// It cannot be read, or is too large.
pub(crate) fn read_stream(parameter: &str, name: &str, source: &mut impl Read, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
    let unable = |error: io::Error| UsageError::parameter(parameter, format!("Unable to load paramfile {name}: {error}"));
    let content = read_at_most(source, limit.bytes.saturating_add(1)).map_err(unable)?;
    if content.len() > limit.bytes {
        return Err(too_large(parameter, &format!("{name} is too large"), limit));
    }
    Ok(content)
}

/// All bytes, or the first `most` of them. The length of a pipe is not known beforehand.
fn read_at_most(source: &mut impl Read, most: usize) -> io::Result<SecretBytes> {
    let mut content = SecretBytes::default();
    let mut filled = 0;
    loop {
        if filled == content.len() {
            content.grow(filled.saturating_mul(2).max(8192).min(most));
        }
        match source.read(content.expose_mut().get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    content.truncate(filled);
    Ok(content)
}

/// Standard alphabet, with or without padding; white space is skipped, as `base64` breaks its lines.
fn decode(parameter: &str, encoded: &[u8], limit: SizeLimit) -> Result<SecretBytes, UsageError> {
    let mut compact = SecretBytes::zeroed(encoded.len());
    let mut length = 0;
    for (slot, byte) in compact.expose_mut().iter_mut().zip(encoded.iter().filter(|byte| !byte.is_ascii_whitespace())) {
        *slot = *byte;
        length += 1;
    }
    compact.truncate(length);
    let mut decoded = SecretBytes::zeroed(base64::decoded_len_estimate(length));
    let length = STANDARD_PAD_INDIFFERENT.decode_slice(compact.expose(), decoded.expose_mut()).map_err(|_| {
        UsageError::parameter(parameter, "Invalid base64")
            .with_hint(format!("{BINARY_PREFIX} or --cli-binary-format raw-in-base64-out takes bytes as they are"))
    })?;
    decoded.truncate(length);
    checked(parameter, decoded, limit)
}

fn checked(parameter: &str, value: SecretBytes, limit: SizeLimit) -> Result<SecretBytes, UsageError> {
    if value.len() > limit.bytes {
        return Err(too_large(parameter, &format!("the value has {} bytes", value.len()), limit));
    }
    Ok(value)
}

fn too_large(parameter: &str, what: &str, limit: SizeLimit) -> UsageError {
    let error = UsageError::parameter(parameter, format!("{what}, more than {} bytes", limit.bytes));
    match limit.hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests;
