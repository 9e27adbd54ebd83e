use std::fmt;

use crate::foreign::{brief, quoted, sanitize};

/// What is wrong with a trace: every mistake of the file, or the first [`TraceError::SHOWN`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceError {
    file: String,
    faults: Vec<Fault>,
    more: usize,
}

/// One mistake in a trace: where, what was found, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1; `None`: the file as a whole.
    pub line: Option<u64>,
    /// Header of the column, where one is meant.
    pub column: Option<String>,
    /// What was found and what would be right.
    pub message: String,
}

/// Something in a trace that is legal and perhaps not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file, as the scenario names it.
    pub file: String,
    /// What was found and what is made of it.
    pub message: String,
}

impl TraceError {
    /// The number of mistakes that are shown; the others are counted.
    pub const SHOWN: usize = 20;

    pub(super) fn new(file: &str) -> TraceError {
        TraceError {
            file: file.to_owned(),
            faults: Vec::new(),
            more: 0,
        }
    }

    /// Adds a mistake; returns its place among those that are shown.
    pub(super) fn add(
        &mut self,
        line: Option<u64>,
        column: Option<&str>,
        message: String,
    ) -> Option<usize> {
        if self.faults.len() >= Self::SHOWN {
            self.more += 1;
            return None;
        }
        self.faults.push(Fault {
            line,
            column: column.map(str::to_owned),
            message,
        });
        Some(self.faults.len() - 1)
    }

    pub(super) fn append(&mut self, fault: usize, text: &str) {
        self.faults[fault].message.push_str(text);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// The file, as the scenario names it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The mistakes in the order of the file; at least one.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How many mistakes there are beside those.
    pub fn more(&self) -> usize {
        self.more
    }
}

impl fmt::Display for TraceError {
    /// A line for each mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.faults.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "\n" })?;
            f.write_str(&sanitize(&self.file))?;
            if let Some(line) = fault.line {
                write!(f, ", line {line}")?;
            }
            if let Some(column) = &fault.column {
                write!(f, ", column \"{}\"", brief(column))?;
            }
            write!(f, ": {}", fault.message)?;
        }
        if self.more > 0 {
            write!(f, "\n{}: and {} more", sanitize(&self.file), self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for TraceError {}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", sanitize(&self.file), self.message)
    }
}

/// Some of the names, in quotes, and how many more there are.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let names: Vec<String> = names.map(quoted).collect();
    match names.len() {
        0 => "none".to_owned(),
        1..=MOST => names.join(", "),
        many => format!("{} and {} more", names[..MOST].join(", "), many - MOST),
    }
}

/// `; did you mean "x"`, if one of the names is close to `name`.
pub(super) fn did_you_mean<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    /// Similarity from 0 to 1 above which a name is close.
    const CLOSE: f64 = 0.8;
    let plain = name.to_lowercase();
    let similarity = |known: &str| strsim::jaro_winkler(&plain, &known.to_lowercase());
    names
        .map(|known| (similarity(known), known))
        .filter(|&(similarity, _)| similarity > CLOSE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, known)| {
            format!("; did you mean {}", quoted(known))
        })
}
