//! What may go wrong: the minimal cut sequences of a scenario.

mod csv;
mod document;
mod file;
pub(super) mod json;
mod picture;

pub use self::csv::faults_csv;
pub use self::document::faults_text;
pub use self::file::{cut_file, cut_name};
pub use self::json::faults_json;

use super::File;
use super::command::Command;
use super::format::{count, duration};
use super::html;
use crate::experiment::Outcome;
use crate::experiment::faults::{Anchor, Cut, Found, Part, rate};
use crate::scenario::{Class, Event, Expectation, Fault, Scenario};
use crate::statistics::Proportion;

/// What was asked, and what was found.
#[derive(Debug, Clone, Copy)]
pub struct Faults<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// What may go wrong.
    pub faults: &'a [Fault],
    /// The most faults of a sequence.
    pub order: usize,
    /// How many replications there were.
    pub replications: u64,
    /// What was found.
    pub found: &'a Found,
}

/// The files of an answer, for a scenario whose TOML is `source`; with a report that names the
/// command that makes it again, where one is wanted.
pub fn faults_files(
    faults: &Faults<'_>,
    source: &str,
    command: Option<&Command>,
) -> Vec<File<'static>> {
    let mut files = vec![
        File::whole("faults.json", faults_json(faults, source)),
        File::whole("faults.csv", faults_csv(faults)),
    ];
    let picture = picture::picture(faults);
    files.extend(picture.files("faults.svg", "faults.png"));
    if let Some(command) = command {
        let document = document::document(faults, source, Some(&picture));
        files.push(File::report(html::page(&document, command)));
    }
    files
}

impl Faults<'_> {
    /// What a sequence fails.
    fn expectation(&self, cut: &Cut) -> &Expectation {
        &self.scenario.expectations[cut.verdict.expectation]
    }

    /// The names of its faults, in the order of time.
    fn names(&self, cut: &Cut) -> Vec<&str> {
        let parts = cut.parts.iter();
        parts
            .map(|part| self.faults[part.fault].name.as_str())
            .collect()
    }

    /// In which part of the replications a sequence breaks the promise.
    fn share(&self, cut: &Cut) -> Proportion {
        Proportion {
            hits: usize::try_from(cut.verdict.broken).expect("they were counted"),
            count: usize::try_from(self.replications).expect("they were counted"),
        }
    }

    /// The part of all seconds, of two faults of all pairs of seconds, at which a sequence breaks
    /// the promise.
    #[allow(clippy::cast_precision_loss)]
    fn part(&self, cut: &Cut) -> f64 {
        let seconds = self.scenario.duration.as_secs_f64().ceil();
        let all = cut.parts.iter().map(|_| seconds).product::<f64>();
        cut.points as f64 / all / self.replications as f64
    }

    /// When each fault of a sequence begins at worst, in words.
    fn when(&self, cut: &Cut) -> Vec<String> {
        let of = |(at, part): (usize, &Part)| {
            let before = at.checked_sub(1).map(|before| &cut.parts[before]);
            match (before, part.place.anchor) {
                (Some(before), _) => format!(
                    "{} after `{}`",
                    duration(part.place.at - before.place.at),
                    self.faults[before.fault].name
                ),
                (None, None) => format!("{} after the start", duration(part.place.after)),
                (None, Some(anchor)) => {
                    let event = &self.scenario.events[anchor.event];
                    let edge = if anchor.end {
                        "ended"
                    } else {
                        event_began(event)
                    };
                    format!(
                        "{} after `{}` {edge}",
                        duration(part.place.after),
                        event.name
                    )
                }
            }
        };
        cut.parts.iter().enumerate().map(of).collect()
    }

    /// The event, and which of its ends, that a fault follows; empty for the start of the run.
    fn anchor(&self, anchor: Option<Anchor>) -> String {
        anchor.map_or_else(String::new, |Anchor { event, end }| {
            let name = &self.scenario.events[event].name;
            format!("{} {name}", if end { "end of" } else { "beginning of" })
        })
    }

    /// How often each fault comes, a year.
    fn rates(&self) -> Vec<Option<f64>> {
        let faults = self.faults.iter();
        faults.map(|fault| rate(self.scenario, fault)).collect()
    }

    /// How often a sequence comes, a year.
    fn rate(&self, cut: &Cut, rates: &[Option<f64>]) -> Option<f64> {
        let own: Vec<Option<f64>> = cut.parts.iter().map(|part| rates[part.fault]).collect();
        cut.rate(self.scenario, self.replications, &own)
    }

    /// The importance of each fault: its share of the summed rates of the minimal sequences or,
    /// where one has none, of their number; and whether it is of the rates.
    #[allow(clippy::cast_precision_loss)]
    fn importance(&self) -> (Vec<f64>, bool) {
        let cuts = &self.found.cuts;
        let rates = self.rates();
        let weights: Option<Vec<f64>> = cuts.iter().map(|cut| self.rate(cut, &rates)).collect();
        let weights = weights.filter(|weights| weights.iter().sum::<f64>() > 0.0);
        let of_rates = weights.is_some();
        let weights = weights.unwrap_or_else(|| vec![1.0; cuts.len()]);
        let all: f64 = weights.iter().sum();
        let of = |fault: usize| {
            let with = cuts.iter().zip(&weights);
            let with = with.filter(|(cut, _)| cut.parts.iter().any(|part| part.fault == fault));
            with.fold(0.0, |sum, (_, weight)| sum + weight) / all.max(f64::MIN_POSITIVE)
        };
        ((0..self.faults.len()).map(of).collect(), of_rates)
    }
}

/// How the beginning of an event is called.
fn event_began(event: &Event) -> &'static str {
    match event.action.kind().class() {
        Class::Operation | Class::Request => "was asked for",
        _ => "began",
    }
}

/// The answer in a sentence.
fn answer(faults: &Faults<'_>) -> String {
    let found = faults.found;
    if found.base.outcome == Outcome::Failed {
        let expectation = &faults.scenario.expectations[found.base.expectation];
        return format!(
            "the promise is broken without any fault, so no fault was tried: {}",
            expectation.text
        );
    }
    let of = |cuts: &[Cut], order: usize| {
        let of_order = cuts.iter().filter(|cut| cut.parts.len() == order);
        of_order.count() as u64
    };
    let mut told = vec![match of(&found.cuts, 1) {
        0 => "no single fault breaks the promise".to_owned(),
        1 => "1 single fault breaks the promise".to_owned(),
        number => format!("{} single faults break the promise", count(number)),
    }];
    if faults.order > 1 {
        told.push(match (of(&found.cuts, 2), of(&found.cuts, 1)) {
            (0, 0) => "no pair of them does".to_owned(),
            (0, _) => "no pair of others does".to_owned(),
            (1, _) => "1 sequence of two faults does".to_owned(),
            (number, _) => format!("{} sequences of two faults do", count(number)),
        });
    }
    if !found.undecided.is_empty() {
        told.push(format!(
            "undecided: {}",
            count(found.undecided.len() as u64)
        ));
    }
    told.join("; ")
}
