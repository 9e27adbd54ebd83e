//! Where a study is cut.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::limits::STUDY_PARTS;

/// Within a scenario parts are cut at multiples of this, which are blocks of one core.
const STEP: u64 = 64;

/// One of the parts of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    number: u64,
    of: u64,
}

/// `K/M`, with K from 0 to M - 1.
impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Share, String> {
        let whole = |text: &str| text.parse::<u64>().ok();
        let numbers = text.split_once('/');
        let numbers = numbers.and_then(|(number, of)| Some((whole(number)?, whole(of)?)));
        let (number, of) = numbers.ok_or("must be K/M, as in 0/64, the first of 64 parts")?;
        if !STUDY_PARTS.allows(of) {
            return Err(STUDY_PARTS.exceeded());
        }
        if number >= of {
            return Err(match of.checked_sub(1) {
                None => "there is at least one part".to_owned(),
                Some(last) => format!("parts are counted from 0: the last of {of} is {last}/{of}"),
            });
        }
        Ok(Share { number, of })
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// The line of all replications of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// How many scenarios there are.
    pub cells: u64,
    /// How often each is replayed.
    pub replications: u64,
}

impl Line {
    /// How long it is.
    pub fn len(&self) -> u64 {
        self.cells * self.replications
    }

    /// Whether there is nothing on it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places of a part, from the first to the one behind the last.
    pub fn part(&self, share: Share) -> Range<u64> {
        let Share { number, of } = share;
        self.cut(number, of)..self.cut(number + 1, of)
    }

    /// Where the part with this number begins.
    fn cut(&self, number: u64, of: u64) -> u64 {
        let blocks = self.replications.div_ceil(STEP);
        let all = u128::from(self.cells) * u128::from(blocks);
        let block = all * u128::from(number) / u128::from(of);
        let block = u64::try_from(block).expect("there are fewer blocks than replications");
        let cell = block.checked_div(blocks).unwrap_or(0);
        cell * self.replications + (block - cell * blocks) * STEP
    }

    /// Whether a range begins and ends where it does if the line is cut into so many parts.
    pub fn fits(&self, range: &Range<u64>, of: u64) -> bool {
        let is_cut = |place: u64| {
            let parts = self.first_behind(place, of);
            [parts, parts + 1]
                .map(|number| self.cut(number, of))
                .contains(&place)
        };
        range.is_empty() || is_cut(range.start) && is_cut(range.end)
    }

    /// The first part of so many that ends behind a place; the last one where none does.
    fn first_behind(&self, place: u64, of: u64) -> u64 {
        let (mut low, mut high) = (0, of - 1);
        while low < high {
            let middle = u64::midpoint(low, high);
            if self.cut(middle + 1, of) > place {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The pieces of a range that are of one scenario and have no more than `most` replications:
    /// the number of the scenario, and those of the replications.
    pub(super) fn pieces(
        self,
        range: Range<u64>,
        most: u64,
    ) -> impl Iterator<Item = (usize, Range<u64>)> {
        let mut from = range.start;
        std::iter::from_fn(move || {
            (from < range.end).then(|| {
                let (cell, first) = (from / self.replications, from % self.replications);
                let end = (first / most + 1)
                    .saturating_mul(most)
                    .min(self.replications);
                let end = end.min(first + (range.end - from));
                from += end - first;
                (usize::try_from(cell).expect("few"), first..end)
            })
        })
    }

    /// The numbers of the parts of `of` that lie in gaps, if what is there [`Line::fits`].
    pub fn missing(&self, gaps: &[Range<u64>], of: u64) -> Vec<u64> {
        let in_gap = |gap: &Range<u64>| {
            let end = gap.end;
            let behind = (self.first_behind(gap.start, of)..of).map(|number| {
                let part = self.part(Share { number, of });
                (number, part)
            });
            let inside = behind.take_while(move |(_, part)| part.start < end);
            let some = inside.filter(|(_, part)| !part.is_empty());
            some.map(|(number, _)| number).collect::<Vec<u64>>()
        };
        gaps.iter().flat_map(in_gap).collect()
    }
}
