//! A scenario as it was written: a tree of values, each with its place in the text.
//!
//! It is a tree of our own, and not one of derived structs, because a derived struct stops at
//! the first mistake of a table and loses the places in tables that differ by `kind`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostics::{Diagnostic, Span};
use crate::foreign::deceives;
use crate::limits;

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Text(String),
    /// `None`: more than 128 bits.
    Whole(Option<i128>),
    Fraction(f64),
    Truth(bool),
    Instant(toml::value::Datetime),
    List(Vec<Written>),
    Table(Table),
}

impl Kind {
    /// What it is, in the words of a message.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Kind::Text(_) => "a text",
            Kind::Whole(_) | Kind::Fraction(_) => "a number",
            Kind::Truth(_) => "true or false",
            Kind::Instant(_) => "a date or time",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }
}

/// A table and the place of its header (or of the whole table, if it stands in braces).
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// In the order of the text.
    pub(super) entries: Vec<Entry>,
    pub(super) span: Span,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Written,
}

impl Written {
    /// As TOML, on one line.
    pub(super) fn toml(&self) -> String {
        match &self.kind {
            Kind::Text(text) => quoted(text),
            Kind::Whole(whole) => whole.map_or_else(String::new, |whole| whole.to_string()),
            Kind::Fraction(fraction) => toml::Value::from(*fraction).to_string(),
            Kind::Truth(truth) => truth.to_string(),
            Kind::Instant(instant) => instant.to_string(),
            Kind::List(list) => {
                let parts: Vec<String> = list.iter().map(Written::toml).collect();
                format!("[{}]", parts.join(", "))
            }
            Kind::Table(table) => {
                let entry = |entry: &Entry| format!("{} = {}", key(&entry.key), entry.value.toml());
                let parts: Vec<String> = table.entries.iter().map(entry).collect();
                format!("{{ {} }}", parts.join(", "))
            }
        }
    }
}

/// A key as TOML: in quotes where it needs them.
pub(super) fn key(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(plain) {
        key.to_owned()
    } else {
        quoted(key)
    }
}

/// A text as TOML. What nobody sees, and what could command a terminal, is written as its number.
fn quoted(text: &str) -> String {
    let hidden = |letter: char| deceives(letter) && !['\n', '\t'].contains(&letter);
    if !text.chars().any(hidden) {
        return toml::Value::from(text).to_string();
    }
    let letter = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if deceives(letter) => format!("\\U{:08X}", u32::from(letter)),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}

impl Table {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The text at a key, if there is one.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key).map(|entry| &entry.value.kind) {
            Some(Kind::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The tables of the list at a key; other entries are skipped.
    pub(super) fn tables(&self, key: &str) -> Vec<&Table> {
        let list = match self.get(key).map(|entry| &entry.value.kind) {
            Some(Kind::List(list)) => list.as_slice(),
            _ => &[],
        };
        let tables = list.iter().filter_map(|written| match &written.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        });
        tables.collect()
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }
}

/// The text of a file of any bytes. What is not UTF-8 is replaced, so that what is wrong can be
/// shown, and complained of; `text` is its number.
pub(super) fn decode(text: usize, bytes: &[u8]) -> (String, Vec<Diagnostic>) {
    let place = |start, end| Span { text, start, end };
    let largest = limits::SCENARIO_BYTES;
    if !largest.allows(bytes.len() as u64) {
        let found = format!(
            "this file has {} bytes; a scenario has at most {}",
            bytes.len(),
            largest.most
        );
        let complaint = Diagnostic::error(place(0, 0), found).help(largest.remedy);
        return (String::new(), vec![complaint]);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let complaint = Diagnostic::error(place(0, 0), "this file is UTF-16, not UTF-8")
            .help("save it as UTF-8");
        return (String::new(), vec![complaint]);
    }
    // A byte order mark is no part of the text; it would count as a column.
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let content = String::from_utf8_lossy(bytes).into_owned();
    match std::str::from_utf8(bytes) {
        Ok(_) => (content, Vec::new()),
        Err(error) => {
            // Up to here both texts are equal; the replacement character has 3 bytes.
            let at = error.valid_up_to();
            let complaint = Diagnostic::error(place(at, at + 3), "this file is not UTF-8")
                .label(format!("byte {} is 0x{:02x}", at + 1, bytes[at]))
                .help("save it as UTF-8, if it is a scenario");
            (content, vec![complaint])
        }
    }
}

/// The tree of a text, and what is wrong with its syntax.
pub(super) fn parse(text: usize, content: &str) -> (Table, Vec<Diagnostic>) {
    let (root, errors) = DeTable::parse_recoverable(content);
    let start = Span {
        text,
        start: 0,
        end: 0,
    };
    let complaints = errors
        .iter()
        .map(|error| syntax_error(start, content, error))
        .collect();
    (table(start, root.get_ref(), start), complaints)
}

/// The value of a text that holds nothing else; `base` is where it begins.
pub(super) fn parse_value(base: Span, content: &str) -> Result<Written, Diagnostic> {
    match DeValue::parse(content) {
        Ok(parsed) => Ok(value(base, &parsed)),
        Err(error) => Err(syntax_error(base, content, &error)),
    }
}

fn syntax_error(base: Span, content: &str, error: &toml::de::Error) -> Diagnostic {
    // The parser counts bytes; at the end of a text it points behind it.
    let span = error.span().unwrap_or(content.len()..content.len());
    let start = floor(content, span.start);
    let end = ceil(content, span.end.max(span.start));
    let message = format!("this is not TOML: {}", error.message());
    let complaint = Diagnostic::error(base.within(start, end), message);
    match unquoted(content, start) {
        Some(place) => {
            let quoted = format!("\"{}\"", &content[place.clone()]);
            let complaint =
                complaint.help(format!("text and quantities stand in quotes: {quoted}"));
            complaint.remedy_at(base.within(place.start, place.end), quoted)
        }
        None => complaint,
    }
}

fn floor(content: &str, at: usize) -> usize {
    (0..=at.min(content.len()))
        .rev()
        .find(|&at| content.is_char_boundary(at))
        .unwrap_or(0)
}

fn ceil(content: &str, at: usize) -> usize {
    (at.min(content.len())..=content.len())
        .find(|&at| content.is_char_boundary(at))
        .unwrap_or(content.len())
}

/// The word without quotes after the `=` of the line in which the parser stopped, as in
/// `retention = 90d`.
fn unquoted(content: &str, at: usize) -> Option<Range<usize>> {
    // Only a line that a person would write is worth the search.
    let near = floor(content, at.saturating_sub(200));
    let from = near + content[near..at].rfind('\n').map_or(0, |at| at + 1);
    let line = content[from..].lines().next()?;
    let (left, right) = line.split_once('=')?;
    let word = right.split('#').next()?.trim();
    let plain = |c: char| c.is_alphanumeric() || " -_/%.".contains(c);
    let fits = !word.is_empty() && word.len() <= 40 && word.chars().all(plain);
    let blank = right.len() - right.trim_start().len();
    let place = from + left.len() + 1 + blank;
    (fits && DeValue::parse(word).is_err()).then_some(place..place + word.len())
}

fn value(base: Span, spanned: &Spanned<DeValue<'_>>) -> Written {
    let range = spanned.span();
    let span = base.within(range.start, range.end);
    let kind = match spanned.get_ref() {
        DeValue::String(text) => Kind::Text(text.clone().into_owned()),
        DeValue::Integer(number) => {
            Kind::Whole(i128::from_str_radix(number.as_str(), number.radix()).ok())
        }
        DeValue::Float(number) => Kind::Fraction(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Kind::Truth(*truth),
        DeValue::Datetime(instant) => Kind::Instant(*instant),
        DeValue::Array(list) => Kind::List(list.iter().map(|v| value(base, v)).collect()),
        DeValue::Table(entries) => Kind::Table(table(base, entries, span)),
    };
    Written { kind, span }
}

fn table(base: Span, entries: &DeTable<'_>, span: Span) -> Table {
    let mut entries: Vec<Entry> = entries
        .iter()
        .map(|(key, written)| Entry {
            key: key.get_ref().clone().into_owned(),
            key_span: base.within(key.span().start, key.span().end),
            value: value(base, written),
        })
        .collect();
    // The parser keeps them by name.
    entries.sort_by_key(|entry| entry.key_span);
    Table { entries, span }
}
