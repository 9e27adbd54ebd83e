use crate::error::Error;
use crate::foreign::sanitize;

/// More mistakes of a file than these are counted, not told.
const SHOWN: usize = 20;

/// What is wrong with an export.
#[derive(Debug)]
pub(super) struct Faults<'a> {
    file: &'a str,
    told: Vec<String>,
    more: usize,
}

impl<'a> Faults<'a> {
    pub(super) fn new(file: &'a str) -> Faults<'a> {
        Faults {
            file,
            told: Vec::new(),
            more: 0,
        }
    }

    /// Adds a mistake: where it is (`line 7`, `properties.sku`; empty: the file as a whole), and
    /// what was found and what would be right.
    pub(super) fn add(&mut self, place: &str, message: &str) {
        if self.told.len() >= SHOWN {
            self.more += 1;
            return;
        }
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("{place}: ")
        };
        self.told
            .push(format!("{}: {place}{message}", sanitize(self.file)));
    }

    /// The error, if anything was added.
    pub(super) fn result(mut self) -> Result<(), Error> {
        if self.more > 0 {
            let more = format!("{}: and {} more", sanitize(self.file), self.more);
            self.told.push(more);
        }
        if self.told.is_empty() {
            return Ok(());
        }
        Err(Error::import(self.told.join("\n")))
    }
}

/// One mistake alone.
pub(super) fn fault(file: &str, place: &str, message: &str) -> Error {
    let mut faults = Faults::new(file);
    faults.add(place, message);
    faults.result().expect_err("one was added")
}
