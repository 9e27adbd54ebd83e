//! The text of a scenario file: lines, comments, and values without characters that deceive.

use crate::foreign::{deceives, sanitize};

/// Comments are no wider.
const WIDTH: usize = 100;

/// A text as TOML. Characters that would deceive a reader of the file are escaped.
pub(super) fn quoted(text: &str) -> String {
    if !text.chars().any(deceives) {
        return toml::Value::from(text).to_string();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if deceives(letter) => quoted += &format!("\\U{:08x}", u32::from(letter)),
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// The lines of a scenario.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn into_string(self) -> String {
        self.0
    }

    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(super) fn set(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }

    /// A comment, broken into lines. What exports hold may have any characters in it.
    pub(super) fn comment(&mut self, comment: &str) {
        let mut line = "#".to_owned();
        for word in sanitize(comment).split_whitespace() {
            if line.len() > 1 && line.len() + 1 + word.len() > WIDTH {
                self.line(&line);
                line = "#".to_owned();
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }
}
