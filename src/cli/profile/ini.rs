//! The files of profiles, as botocore parses them: the rules of Python's `RawConfigParser`, and one level of nested settings.
//!
//! Sections keep the file's order, on which it depends which of two for one profile holds.

use std::collections::BTreeMap;

/// The settings of a section by their names in small letters.
pub(super) type Settings = BTreeMap<String, String>;
/// The sections in the order of the file.
pub(super) type Sections = Vec<(String, Settings)>;

/// The section whose settings every other has too.
const DEFAULTS: &str = "DEFAULT";

/// Why a file cannot be parsed; lines count from 1. No text of the file is told: credentials stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum IniError {
    #[error("line {0}: no [section] stands before it")]
    NoSection(usize),
    #[error("line {0}: the section stands in the file twice")]
    SectionTwice(usize),
    #[error("line {0}: the section has the setting already")]
    SettingTwice(usize),
    #[error("line {0}: neither a [section] nor NAME = VALUE")]
    NoSetting(usize),
    #[error("line {0}: a nested line is not NAME = VALUE")]
    NoNestedSetting(usize),
}

/// Parses a file.
pub(super) fn parse(text: &str) -> Result<Sections, IniError> {
    let mut parser = IniParser::default();
    // Python ends lines at each of these, and nowhere else.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (at, line) in text.split('\n').enumerate() {
        parser.line(at + 1, line)?;
    }
    parser.sections()
}

/// One setting as it is read: its lines, and where it begins.
struct Setting {
    name: String,
    lines: Vec<String>,
    begins: usize,
}

#[derive(Default)]
struct IniParser {
    sections: Vec<(String, Vec<Setting>)>,
    /// The lines of the open setting are indented more than its first.
    indent: usize,
    /// False behind a section's heading.
    is_in_setting: bool,
}

impl IniParser {
    fn line(&mut self, number: usize, line: &str) -> Result<(), IniError> {
        let content = line.trim();
        if content.starts_with(['#', ';']) {
            return Ok(());
        }
        if content.is_empty() {
            self.open_setting().into_iter().for_each(|setting| setting.lines.push(String::new()));
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if indent > self.indent
            && let Some(setting) = self.open_setting()
        {
            setting.lines.push(content.to_owned());
            return Ok(());
        }
        self.indent = indent;
        match heading(content) {
            Some(name) => self.begin_section(number, name),
            None => self.begin_setting(number, content),
        }
    }

    fn open_setting(&mut self) -> Option<&mut Setting> {
        self.sections.last_mut().filter(|_| self.is_in_setting)?.1.last_mut()
    }

    fn begin_section(&mut self, number: usize, name: &str) -> Result<(), IniError> {
        self.is_in_setting = false;
        match self.sections.iter().position(|(known, _)| known == name) {
            // Python goes on in this one as if it had not been left.
            Some(place) if name == DEFAULTS => {
                let defaults = self.sections.remove(place);
                self.sections.push(defaults);
            }
            Some(_) => return Err(IniError::SectionTwice(number)),
            None => self.sections.push((name.to_owned(), Vec::new())),
        }
        Ok(())
    }

    fn begin_setting(&mut self, number: usize, content: &str) -> Result<(), IniError> {
        let (_, settings) = self.sections.last_mut().ok_or(IniError::NoSection(number))?;
        let (name, value) = content.split_once(['=', ':']).ok_or(IniError::NoSetting(number))?;
        let name = name.trim().to_lowercase();
        if name.is_empty() {
            return Err(IniError::NoSetting(number));
        }
        if settings.iter().any(|known| known.name == name) {
            return Err(IniError::SettingTwice(number));
        }
        settings.push(Setting { name, lines: vec![value.trim().to_owned()], begins: number });
        self.is_in_setting = true;
        Ok(())
    }

    fn sections(self) -> Result<Sections, IniError> {
        let read = |settings: Vec<Setting>| {
            settings.into_iter().filter_map(|setting| setting.value().transpose()).collect::<Result<Settings, _>>()
        };
        let mut defaults = Settings::new();
        let mut sections = Sections::new();
        for (name, settings) in self.sections {
            let settings = read(settings)?;
            if name == DEFAULTS { defaults = settings } else { sections.push((name, settings)) }
        }
        for (_, settings) in &mut sections {
            for (name, value) in &defaults {
                settings.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(sections)
    }
}

impl Setting {
    /// Name and value; `None` for nested settings, which are none of the section's.
    fn value(self) -> Result<Option<(String, String)>, IniError> {
        let value = self.lines.join("\n").trim_end().to_owned();
        let Some(nested) = value.strip_prefix('\n') else { return Ok(Some((self.name, value))) };
        match nested.lines().position(|line| !line.trim().is_empty() && !line.contains('=')) {
            Some(at) => Err(IniError::NoNestedSetting(self.begins + 1 + at)),
            None => Ok(None),
        }
    }
}

/// The name in `[name]`, as it stands there; what follows the last bracket does not count.
fn heading(content: &str) -> Option<&str> {
    let (name, _) = content.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

/// The words of a text by a shell's quotes and backslashes; `None` where a quote is not closed.
pub(super) fn split_words(text: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some('"'), '\\') if letters.peek().is_some_and(|next| matches!(next, '"' | '\\')) => {
                word.get_or_insert_default().extend(letters.next());
            }
            (Some(_), letter) => word.get_or_insert_default().push(letter),
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().push(letters.next()?),
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (None, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}
