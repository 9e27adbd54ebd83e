//! The journal of a study as bytes: what was computed so far, so that it need not be again.
//!
//! A head names the study and the first replication; then records follow, each with the numbers
//! of its replications and a checksum. A record that is cut off or damaged ends the journal: what
//! stands before it is whole. A record that is whole and yet none of this study is refused.

use std::io::{self, BufRead, Write};
use std::ops::Range;

use super::asked::{COMPUTES, digest};
use super::column::Values;
use super::frame::{self, Body, number};
use super::replicate::{Replications, Study, room};
use crate::model::MOST_WEIGHT;
use crate::scenario::{MOST_REPLICATIONS, Measure, Scope};

/// Counts up when the bytes of a record change their meaning.
const NAME: &str = "cmksim journal 3";
/// No record holds more values, whatever a study keeps: it fits into memory once more.
const VALUES: usize = 1 << 20;
/// Full records end at multiples of this.
const STEP: usize = 64;

/// What a head and the records of one study look like.
#[derive(Debug)]
pub struct Form<'a> {
    study: Study<'a>,
    /// What stands in a head before the number.
    name: String,
    /// Replications in a full record.
    full: u64,
}

/// What a journal holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovered {
    /// The replications of all whole records.
    pub replications: Replications,
    /// The bytes up to the end of the last whole record; what follows is damaged.
    pub whole: u64,
}

/// Why nothing is taken over from a journal.
#[derive(Debug)]
pub enum Fault {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is of another study, or no journal.
    Other,
    /// It has the right head and not what belongs behind it, in a sentence.
    Wrong(String),
}

impl<'a> Form<'a> {
    /// The form of a study's journal. Its digest is what decides: everything that computes (the
    /// library's sources, and the crates that draw or compute with it), everything that the
    /// scenario means, the traces, and what is kept. Not: what it is called, what is expected,
    /// and how many replications are asked for.
    pub fn of(study: &Study<'a>) -> Form<'a> {
        let scenario = [(study.scenario, study.traces)];
        let digest = match study.mixture {
            None => digest(&scenario, &study.kept),
            Some(mixture) => digest(&scenario, &(&study.kept, mixture.learned())),
        };
        Form {
            study: study.clone(),
            name: format!("{NAME} {COMPUTES} {digest} from "),
            full: full(study.columns()),
        }
    }

    /// The first line of a journal that begins with replication `first`.
    pub fn head(&self, first: u64) -> String {
        format!("{}{first}\n", self.name)
    }

    /// A finished journal: its bytes depend on the study alone, and not on how long any part of it
    /// took.
    ///
    /// # Errors
    ///
    /// Those of `to`.
    pub fn write(&self, replications: &Replications, to: &mut dyn Write) -> io::Result<()> {
        let mut numbers = replications.numbers();
        to.write_all(self.head(numbers.start).as_bytes())?;
        while !numbers.is_empty() {
            let end = (numbers.start / self.full + 1) * self.full;
            let end = end.min(numbers.end);
            to.write_all(&record(&replications.part(numbers.start..end)))?;
            numbers.start = end;
        }
        Ok(())
    }

    /// Reads a journal back.
    ///
    /// # Errors
    ///
    /// Why it holds nothing of this study, or not what a journal of it can hold.
    pub fn read(&self, from: &mut dyn BufRead) -> Result<Recovered, Fault> {
        let longest = self.head(u64::MAX).len();
        let head = frame::head(from, longest).map_err(Fault::Unreadable)?;
        let first = match self.first(&head) {
            Some(first) => first,
            // It was begun, and what began it was ended at once.
            None if self.name.as_bytes().starts_with(&head) => return Ok(self.nothing()),
            None => return Err(Fault::Other),
        };
        let mut recovered = Recovered {
            replications: self.study.empty_from(first),
            whole: head.len() as u64,
        };
        // What is longer than the longest record is none, and need not be read.
        let column = 17 + 8 * self.full;
        let longest = 16 + column * self.study.columns() as u64;
        while let Some(body) = frame::next(from, longest).map_err(Fault::Unreadable)? {
            let expected = recovered.replications.numbers().end;
            let read = self.decoded(&body, expected).map_err(Fault::Wrong)?;
            recovered.replications.append(&read);
            room(recovered.replications.varying(), read.numbers().end)
                .map_err(|error| Fault::Wrong(error.to_string()))?;
            recovered.whole += frame::length(&body);
        }
        Ok(recovered)
    }

    fn nothing(&self) -> Recovered {
        Recovered {
            replications: self.study.empty(),
            whole: 0,
        }
    }

    /// The first replication of the journal with this head.
    fn first(&self, head: &[u8]) -> Option<u64> {
        let number = head.strip_prefix(self.name.as_bytes())?;
        let number = std::str::from_utf8(number).ok()?.strip_suffix('\n')?;
        let first = number
            .parse()
            .ok()
            .filter(|first| *first < MOST_REPLICATIONS)?;
        // Written otherwise, as with a sign, it is none of ours.
        (self.head(first).as_bytes() == head).then_some(first)
    }

    /// The replications of a whole record, the first of which should be number `expected`.
    fn decoded(&self, body: &[u8], expected: u64) -> Result<Replications, String> {
        let read = self.study.decoded(&mut Body(body));
        // Whatever else is wrong with it, written again it would be another one.
        let read = read.filter(|read| read.encoded() == body);
        let read = read.ok_or("a record is whole, and holds what no study writes")?;
        follows(expected, &read.numbers())?;
        Ok(read)
    }
}

/// How many replications a full record holds, of each of which so many values are kept.
pub(super) fn full(values: usize) -> u64 {
    (VALUES / values.max(1) / STEP * STEP).max(STEP) as u64
}

/// Replications of a study that was finished, and `more` of one that was not and began where that
/// ended, or anew; and whether `more` is among them.
///
/// # Errors
///
/// Which replications are missing or there twice, in a sentence.
pub fn joined(
    mut finished: Replications,
    more: Replications,
) -> Result<(Replications, bool), String> {
    let (had, found) = (finished.numbers(), more.numbers());
    if found.end <= had.end {
        return Ok((finished, false));
    }
    if found.start == 0 {
        return Ok((more, true));
    }
    follows(had.end, &found)?;
    finished.append(&more);
    Ok((finished, true))
}

/// Whether replications begin where those end of which there are `had`.
fn follows(had: u64, found: &Range<u64>) -> Result<(), String> {
    let (from, until, what) = match found.start {
        first if first == had => return Ok(()),
        first if first > had => (had, first, "are missing"),
        first => (first, found.end.min(had), "are there twice"),
    };
    Err(format!("replications {from} to {} {what}", until - 1))
}

/// A record of some replications.
pub fn record(replications: &Replications) -> Vec<u8> {
    frame::sealed(&replications.encoded())
}

impl Study<'_> {
    /// How many columns a study keeps: its measures, and weights where it has any.
    pub(super) fn columns(&self) -> usize {
        self.kept.len() + usize::from(self.mixture.is_some())
    }

    /// Replications of this study back from bytes; `None` if it writes no such bytes.
    pub(super) fn decoded(&self, body: &mut Body<'_>) -> Option<Replications> {
        let mut read = Replications::decoded(body, &self.kept)?;
        if self.mixture.is_some() {
            let weights = self::read(body, read.count)?;
            let sound = weights.all(|weight| weight <= MOST_WEIGHT);
            read.weights = sound.then_some(weights);
            read.weights.as_ref()?;
        }
        Some(read)
    }
}

impl Replications {
    /// As bytes.
    pub(super) fn encoded(&self) -> Vec<u8> {
        let mut body = Vec::new();
        number(&mut body, self.from);
        number(&mut body, self.count as u64);
        let columns = self.same_as.iter().zip(&self.values);
        for (at, (&same, values)) in columns.enumerate() {
            number(&mut body, same as u64);
            if same == at {
                self::values(&mut body, values);
            }
        }
        if let Some(weights) = &self.weights {
            self::values(&mut body, weights);
        }
        body
    }

    /// Back from bytes; `None` if no study that keeps this writes them.
    pub(super) fn decoded(body: &mut Body<'_>, kept: &[(Scope, Measure)]) -> Option<Replications> {
        let (from, count) = (body.number()?, body.number()?);
        let fits = (1..=full(kept.len())).contains(&count) && from <= MOST_REPLICATIONS - count;
        let mut read = Replications::none(kept.to_vec(), from);
        read.count = usize::try_from(count).ok().filter(|_| fits)?;
        for (at, (_, measure)) in kept.iter().enumerate() {
            let same = usize::try_from(body.number()?).ok()?;
            if same == at {
                read.values[at] = self::read(body, read.count)?;
            } else if same > at || read.same_as[same] != same {
                return None;
            }
            read.same_as[at] = same;
            if !read.values[same].all(|code| measure.has_code(code)) {
                return None;
            }
        }
        Some(read)
    }
}

/// Values differ in few of their bytes. Only these are written, as differences from the least
/// value.
fn values(body: &mut Vec<u8>, values: &Values) {
    match values {
        Values::Constant { code, .. } => {
            body.push(0);
            number(body, *code);
        }
        Values::Varying(codes) => {
            let least = codes.iter().copied().min().unwrap_or(0);
            let most = codes.iter().map(|code| code - least).max().unwrap_or(0);
            let width = 8 - most.leading_zeros() as usize / 8;
            body.push(u8::try_from(width).expect("at most 8"));
            number(body, least);
            for code in codes {
                body.extend(&(code - least).to_le_bytes()[..width]);
            }
        }
    }
}

fn read(body: &mut Body<'_>, count: usize) -> Option<Values> {
    let width = usize::from(body.take(1)?[0]);
    let least = body.number()?;
    if width == 0 {
        return Some(Values::Constant { code: least, count });
    }
    let bytes = body.take(count.checked_mul(width).filter(|_| width <= 8)?)?;
    let code = |part: &[u8]| {
        let mut whole = [0; 8];
        whole[..width].copy_from_slice(part);
        least.checked_add(u64::from_le_bytes(whole))
    };
    let codes: Option<Vec<u64>> = bytes.chunks_exact(width).map(code).collect();
    Some(Values::of(codes?.into_iter()))
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
