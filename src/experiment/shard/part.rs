//! A part as a file: a line that says of what and which, then records, all with checksums.

use std::fmt;
use std::io::{self, BufRead};
use std::ops::Range;

use super::{Line, Work};
use crate::error::Error;
use crate::experiment::asked::{Asked, COMPUTES};
use crate::experiment::frame::{self, Body, number};
use crate::experiment::runner::Runner;
use crate::kernel::one_by_one;
use crate::units::grouped;

/// How a part begins, whatever version has made it.
const NAME: &str = "cmksim part ";
/// Counts up when the bytes of a part change their meaning.
const VERSION: &str = "1";
/// No head is longer.
const LONGEST_HEAD: usize = 256;
/// No record is longer.
const LONGEST: u64 = 1 << 28;
/// Of fewer records each is computed by all cores.
const FEW: usize = 64;

/// A piece of a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Of which study.
    pub asked: Asked,
    /// Where it is on the study's line.
    pub range: Range<u64>,
}

/// What a file holds that may be a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is on the line.
    pub range: Range<u64>,
    /// Of each record the first place on the line, and where in the file it begins.
    pub records: Vec<(u64, u64)>,
}

/// Why it holds no part of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is none of any.
    NoPart,
    /// It is of another command, or another scenario, traces or options.
    OtherStudy,
    /// Another version of cmksim, which may compute something else, has made it.
    OtherBuild,
    /// It ends beyond the study, at this place of the line.
    TooFar(u64),
    /// It is cut off or has other bytes than were written; so many records are whole.
    Damaged(usize),
}

impl Fault {
    /// Whether it is somebody else's, and not to be replaced.
    pub fn is_foreign(self) -> bool {
        matches!(self, Fault::NoPart | Fault::OtherStudy | Fault::OtherBuild)
    }
}

/// What is said behind the name of the file, with what to do.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::NoPart => "is no part of a study; move it out of the folder",
            Fault::OtherStudy => {
                "is a part of another study: its command, scenario, traces, seed or options were \
                 others; give those with which the parts were made, and keep the parts of each \
                 study in a folder of their own"
            }
            Fault::OtherBuild => {
                "was made by another build of cmksim, which may compute something else; remove \
                 it, and make the part again with this one"
            }
            Fault::TooFar(end) => {
                let end = grouped(*end);
                return write!(
                    f,
                    "has replications up to {end}, more than this study has; give the same \
                     options as for its parts"
                );
            }
            Fault::Damaged(records) => {
                return write!(
                    f,
                    "is damaged (cut off or changed) behind record {records}; make the part \
                     again, which replaces it"
                );
            }
        })
    }
}

impl Part {
    /// The first line of the file.
    pub fn head(&self) -> String {
        let Asked { command, digest } = &self.asked;
        let Range { start, end } = self.range;
        frame::line(&format!(
            "{NAME}{VERSION} {command} {digest} by {COMPUTES} from {start} to {end}"
        ))
    }

    /// Its name among the parts of a study.
    pub fn name(&self) -> String {
        let Range { start, end } = self.range;
        format!("{}-{start:012}-{end:012}.part", self.asked.command)
    }

    /// Whether one of a study has this name.
    pub fn is_name(asked: &Asked, name: &str) -> bool {
        let named = || {
            let rest = name.strip_prefix(asked.command)?.strip_prefix('-')?;
            let (start, end) = rest.strip_suffix(".part")?.split_once('-')?;
            let range = start.parse().ok()?..end.parse().ok()?;
            let asked = asked.clone();
            Some(Part { asked, range }.name())
        };
        named().is_some_and(|named| named == name)
    }

    /// Computes it; `keep` takes one record after the other.
    ///
    /// # Errors
    ///
    /// The first one of what computes, or of `keep`.
    pub fn compute(
        &self,
        work: &Work<'_>,
        runner: &Runner<'_>,
        mut keep: impl FnMut(&[u8]) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let pieces: Vec<_> = work.line.pieces(self.range.clone(), work.most).collect();
        runner.progress.begin(self.range.end - self.range.start);
        let compute = |at: usize, runner: &Runner<'_>| {
            let (cell, numbers) = pieces[at].clone();
            let mut body = Vec::new();
            number(&mut body, cell as u64);
            number(&mut body, numbers.start);
            number(&mut body, numbers.end - numbers.start);
            body.extend((work.compute)(cell, numbers, runner)?);
            Ok(frame::sealed(&body))
        };
        if pieces.len() < FEW {
            return (0..pieces.len()).try_for_each(|at| keep(&compute(at, runner)?));
        }
        let alone = Runner {
            executor: &one_by_one,
            ..*runner
        };
        runner.in_order(
            0..pieces.len(),
            |at| compute(at, &alone),
            |record| keep(&record),
        )
    }
}

/// The range that a head says, if it is one of a part of this study.
fn range(head: &[u8], asked: &Asked) -> Result<Range<u64>, Fault> {
    // Some file systems fill with zeros what was not written when they broke down.
    if NAME.as_bytes().starts_with(head) || head.first() == Some(&0) {
        return Err(Fault::Damaged(0));
    }
    if !head.starts_with(NAME.as_bytes()) {
        return Err(Fault::NoPart);
    }
    let text = frame::text(head).ok_or(Fault::Damaged(0))?;
    // Nothing is damaged here: what is not as expected was meant so.
    let words: Vec<&str> = text[NAME.len()..].split(' ').collect();
    let [
        VERSION,
        command,
        digest,
        "by",
        COMPUTES,
        "from",
        from,
        "to",
        to,
    ] = words[..]
    else {
        return Err(Fault::OtherBuild);
    };
    if (command, digest) != (asked.command, &asked.digest) {
        return Err(Fault::OtherStudy);
    }
    let range = from.parse().ok().zip(to.parse().ok());
    let range = range.map(|(from, to): (u64, u64)| from..to);
    range.ok_or(Fault::Damaged(0))
}

impl Found {
    /// Looks through a file: whether it holds a part of this study, whole.
    ///
    /// # Errors
    ///
    /// If it cannot be read; within, if it holds none.
    pub fn scan(
        asked: &Asked,
        line: Line,
        from: &mut dyn BufRead,
    ) -> io::Result<Result<Found, Fault>> {
        let head = frame::head(from, LONGEST_HEAD)?;
        let range = match range(&head, asked) {
            Ok(range) => range,
            Err(fault) => return Ok(Err(fault)),
        };
        if range.end > line.len() {
            return Ok(Err(Fault::TooFar(range.end)));
        }
        let mut found = Found {
            records: Vec::new(),
            range: range.clone(),
        };
        let (mut next, mut offset) = (range.start, head.len() as u64);
        let damaged = |found: &Found| Ok(Err(Fault::Damaged(found.records.len())));
        while next < range.end {
            let Some(body) = frame::next(from, LONGEST)? else {
                return damaged(&found);
            };
            let Some((cell, numbers)) = place(&mut Body(&body)) else {
                return damaged(&found);
            };
            let first = u128::from(cell) * u128::from(line.replications);
            let first = first + u128::from(numbers.start);
            if first != u128::from(next) || numbers.end > line.replications {
                return damaged(&found);
            }
            found.records.push((next, offset));
            next += numbers.end - numbers.start;
            offset += frame::length(&body);
        }
        if next > range.end || !from.fill_buf()?.is_empty() {
            return damaged(&found);
        }
        Ok(Ok(found))
    }
}

/// Which scenario and which replications of it a record is of.
pub(super) fn place(body: &mut Body<'_>) -> Option<(u64, Range<u64>)> {
    let (cell, from, count) = (body.number()?, body.number()?, body.number()?);
    let end = from.checked_add(count).filter(|_| count > 0)?;
    Some((cell, from..end))
}
