//! The parts of a study, put together.

use std::ops::Range;

use super::Line;
use super::part::{Found, place};
use crate::error::Error;
use crate::experiment::frame::{Body, read_outcome};
use crate::experiment::replicate::{Replications, Study, room};
use crate::experiment::tally::Tally;

/// Reads records of parts.
pub trait Records: Sync {
    /// The record that begins at a byte of a part, by the number of the part, without its frame.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is no longer what it was.
    fn read(&self, part: usize, offset: u64) -> Result<Vec<u8>, Error>;
}

/// All parts of a study: each place on its line is in exactly one.
pub struct Parts<'a> {
    line: Line,
    /// Of each record, in the order of the line: its place, its part, and where it begins there.
    index: Vec<(u64, usize, u64)>,
    records: &'a dyn Records,
}

/// The pieces of the line that none of the parts has, and two parts that have something in common.
pub fn gaps(line: Line, parts: &[Found]) -> (Vec<Range<u64>>, Option<(usize, usize)>) {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.retain(|at| !parts[*at].range.is_empty());
    order.sort_by_key(|at| (parts[*at].range.start, parts[*at].range.end));
    let (mut gaps, mut next, mut last) = (Vec::new(), 0, None);
    for at in order {
        let range = &parts[at].range;
        match last {
            Some(last) if range.start < next => return (gaps, Some((last, at))),
            _ if range.start > next => gaps.push(next..range.start),
            _ => {}
        }
        (next, last) = (range.end, Some(at));
    }
    if next < line.len() {
        gaps.push(next..line.len());
    }
    (gaps, None)
}

impl<'a> Parts<'a> {
    /// Parts that have no [`gaps`].
    pub fn new(line: Line, parts: &[Found], records: &'a dyn Records) -> Parts<'a> {
        let each = parts.iter().enumerate();
        let each = each.flat_map(|(part, found)| {
            let records = found.records.iter();
            records.map(move |(place, offset)| (*place, part, *offset))
        });
        let mut index: Vec<_> = each.collect();
        index.sort_unstable();
        Parts {
            line,
            index,
            records,
        }
    }

    /// Hands on what the records of a scenario hold, in the order of its replications.
    ///
    /// # Errors
    ///
    /// If one cannot be read or holds what no study writes, and that of `take`.
    pub(in crate::experiment) fn each(
        &self,
        cell: usize,
        mut take: impl FnMut(Range<u64>, &mut Body<'_>) -> Option<Result<(), Error>>,
    ) -> Result<(), Error> {
        let from = cell as u64 * self.line.replications;
        let end = from + self.line.replications;
        let first = self.index.partition_point(|(place, ..)| *place < from);
        let those = self.index[first..].iter();
        for (_, part, offset) in those.take_while(|(place, ..)| *place < end) {
            let bytes = self.records.read(*part, *offset)?;
            let mut body = Body(&bytes);
            let placed = place(&mut body).map(|(_, numbers)| numbers);
            let taken = placed.and_then(|numbers| take(numbers, &mut body));
            taken.unwrap_or_else(|| Err(foreign()))?;
            if !body.0.is_empty() {
                return Err(foreign());
            }
        }
        Ok(())
    }

    /// Every measure of a scenario, by its number. The study keeps what its parts do.
    ///
    /// # Errors
    ///
    /// If a record cannot be read or holds what no study writes, and those of [`room`].
    pub fn replications(&self, cell: usize, study: &Study<'_>) -> Result<Replications, Error> {
        let mut all = study.empty();
        self.each(cell, |numbers, body| {
            let read = Replications::decoded(body, &study.kept)?;
            if read.numbers() != numbers || numbers.start != all.numbers().end {
                return None;
            }
            all.append(&read);
            Some(room(all.varying(), self.line.replications))
        })?;
        Ok(all)
    }

    /// Every measure of a scenario, by its number, or why one of its replications cannot be run to
    /// its end: the first one that cannot.
    ///
    /// # Errors
    ///
    /// Those of [`Parts::replications`].
    pub(in crate::experiment) fn outcome(
        &self,
        cell: usize,
        study: &Study<'_>,
    ) -> Result<Result<Replications, String>, Error> {
        let mut all = Ok(study.empty());
        self.each(cell, |numbers, body| {
            let read = read_outcome(body, |body| Replications::decoded(body, &study.kept))?;
            match (&mut all, read) {
                (Err(_), _) => {}
                (Ok(_), Err(reason)) => all = Err(reason),
                (Ok(all), Ok(read)) => {
                    let follows = numbers.start == all.numbers().end;
                    Some(()).filter(|()| follows && read.numbers() == numbers)?;
                    all.append(&read);
                }
            }
            Some(Ok(()))
        })?;
        Ok(all)
    }

    /// The tally of a study of one scenario.
    ///
    /// # Errors
    ///
    /// If a record cannot be read or holds what no study writes.
    pub fn tally(&self, study: &Study<'_>) -> Result<Tally, Error> {
        let mut all = study.empty_tally();
        self.each(0, |numbers, body| {
            let read = Tally::decoded(std::mem::take(&mut body.0), study)?;
            let fits = read.count() == numbers.end - numbers.start;
            fits.then(|| {
                all.merge(&read);
                Ok(())
            })
        })?;
        Ok(all)
    }
}

/// Whoever writes a record with a right checksum may write anything into it.
fn foreign() -> Error {
    Error::journal("a record of a part is whole, and holds what no study writes")
}
