//! The parts of a study, put together.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Line;
use super::part::{Found, place};
use crate::error::Error;
use crate::experiment::frame::Body;
use crate::experiment::runner::{Cells, TakeRecord, foreign};

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

/// The pieces of the line that none of the parts has, and the parts that share some with another.
pub fn gaps(line: Line, parts: &[Found]) -> (Vec<Range<u64>>, BTreeSet<usize>) {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.retain(|at| !parts[*at].range.is_empty());
    order.sort_by_key(|at| (parts[*at].range.start, parts[*at].range.end));
    // The part that reaches furthest, and where it ends.
    let (mut gaps, mut shared, mut last, mut next) = (Vec::new(), BTreeSet::new(), 0, 0);
    for at in order {
        let range = &parts[at].range;
        if range.start < next {
            shared.extend([last, at]);
        } else if range.start > next {
            gaps.push(next..range.start);
        }
        if range.end > next {
            (last, next) = (at, range.end);
        }
    }
    if next < line.len() {
        gaps.push(next..line.len());
    }
    (gaps, shared)
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
}

impl Cells for Parts<'_> {
    fn each(&self, cell: usize, take: &mut TakeRecord<'_>) -> Result<(), Error> {
        let from = cell as u64 * self.line.replications;
        let end = from + self.line.replications;
        let first = self.index.partition_point(|(place, ..)| *place < from);
        let those = self.index[first..].iter();
        for (_, part, offset) in those.take_while(|(place, ..)| *place < end) {
            let bytes = self.records.read(*part, *offset)?;
            let mut body = Body(&bytes);
            let (_, numbers) = place(&mut body).ok_or_else(foreign)?;
            take(numbers, body.0)?;
        }
        Ok(())
    }
}
