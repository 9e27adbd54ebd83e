//! A tally as bytes, the same for the same replications, and back.

use std::collections::BTreeMap;

use ethnum::U256;

use super::counts::{Counts, Extreme, FEW, Many, Scale, Seen, Spread, Sums};
use super::grid::{BINS, Bin, Grid, MIXED, place};
use super::{Hits, Tally};
use crate::experiment::frame::{Body, short};
use crate::experiment::replicate::Study;
use crate::scenario::{MOST_REPLICATIONS, Measure, Value};

impl Tally {
    /// As bytes.
    pub fn encoded(&self) -> Vec<u8> {
        let mut body = Vec::new();
        short(&mut body, self.count);
        for hits in &self.hits {
            short(&mut body, hits.count);
            short(&mut body, hits.first_miss.map_or(0, |first| first + 1));
        }
        for (at, &same) in self.same_as.iter().enumerate() {
            short(&mut body, same as u64);
            if same == at {
                self.counts[at].encode(&mut body);
            }
        }
        body
    }

    /// Back from bytes; `None` if no study of this kind writes them.
    pub fn decoded(bytes: &[u8], study: &Study<'_>) -> Option<Tally> {
        let mut tally = study.empty_tally();
        let mut body = Body(bytes);
        tally.count = body.short().filter(|count| *count <= MOST_REPLICATIONS)?;
        for hits in &mut tally.hits {
            *hits = Hits {
                count: body.short().filter(|count| *count <= tally.count)?,
                first_miss: body.short()?.checked_sub(1),
            };
        }
        for at in 0..tally.kept.len() {
            let same = usize::try_from(body.short()?).ok()?;
            let measure = tally.kept[at].1;
            if same == at {
                tally.counts[at] = Counts::decode(&mut body, measure)?;
            } else if same > at
                || tally.same_as[same] != same
                || Scale::of(tally.kept[same].1) != Scale::of(measure)
            {
                return None;
            }
            tally.same_as[at] = same;
            let all = tally.counts[same].without + tally.counts[same].count();
            Some(()).filter(|()| all == tally.count)?;
        }
        // Whatever else is wrong with it, written again it would be another one.
        (tally.encoded() == bytes).then_some(tally)
    }
}

impl Counts {
    fn encode(&self, body: &mut Vec<u8>) {
        short(body, self.without);
        match &self.with {
            Spread::Few(few) => {
                short(body, few.len() as u64);
                for (code, seen) in few {
                    short(body, *code);
                    seen.encode(body);
                }
            }
            Spread::Many(many) => {
                short(body, FEW as u64 + 1);
                many.encode(body);
            }
        }
    }

    fn decode(body: &mut Body<'_>, measure: Measure) -> Option<Counts> {
        let without = body.short().filter(|count| *count <= MOST_REPLICATIONS)?;
        let values = body.short()?;
        if values > FEW as u64 {
            let with = Spread::Many(Box::new(Many::decode(body, measure)?));
            return Some(Counts { without, with });
        }
        let mut few = BTreeMap::new();
        for _ in 0..values {
            few.insert(code(body, measure)?, Seen::decode(body)?);
        }
        let with = Spread::Few(few);
        Some(Counts { without, with })
    }
}

impl Seen {
    fn encode(self, body: &mut Vec<u8>) {
        short(body, self.count);
        short(body, self.first);
    }

    fn decode(body: &mut Body<'_>) -> Option<Seen> {
        Some(Seen {
            count: body.short().filter(|count| *count <= MOST_REPLICATIONS)?,
            first: body.short().filter(|first| *first < MOST_REPLICATIONS)?,
        })
    }
}

/// The code of a value of a measure.
fn code(body: &mut Body<'_>, measure: Measure) -> Option<u64> {
    let code = body.short()?;
    (code != Value::NONE && measure.has_code(code)).then_some(code)
}

impl Many {
    fn encode(&self, body: &mut Vec<u8>) {
        short(body, self.zeros);
        body.extend(self.sums.first.to_le_bytes());
        body.extend(self.sums.second.to_le_bytes());
        for end in [self.least, self.most] {
            short(body, end.code);
            end.seen.encode(body);
        }
        short(body, self.grid.bins().count() as u64);
        let mut next = 0;
        for (at, bin) in self.grid.bins() {
            short(body, (at - next) as u64);
            short(body, bin.count);
            short(body, bin.only.wrapping_add(1));
            next = at + 1;
        }
    }

    fn decode(body: &mut Body<'_>, measure: Measure) -> Option<Many> {
        /// What 10^12 whole numbers of 64 bits, and their squares, come to at most.
        const WIDTHS: [u32; 2] = [104, 168];
        let scale = Scale::of(measure);
        let zeros = body.short()?;
        let mut sum = |bits: u32| {
            let bytes = body.take(32)?.try_into().ok()?;
            Some(U256::from_le_bytes(bytes)).filter(|sum| *sum >> bits == U256::ZERO)
        };
        let sums = Sums {
            first: sum(WIDTHS[0])?,
            second: sum(WIDTHS[1])?,
        };
        let mut end = || {
            Some(Extreme {
                code: code(body, measure)?,
                seen: Seen::decode(body)?,
            })
        };
        let (least, most) = (end()?, end()?);
        let (mut grid, mut count, mut next) = (Grid::new(), 0_u64, 0);
        for _ in 0..body.short()? {
            let at = usize::try_from(body.short()?).ok()?;
            let at = at.checked_add(next).filter(|at| *at < BINS)?;
            let bin = Bin {
                count: body.short().filter(|count| *count > 0)?,
                only: body.short()?.wrapping_sub(1),
            };
            let fits = bin.only == MIXED
                || measure.has_code(bin.only) && place(scale.whole(bin.only)) == at;
            Some(()).filter(|()| fits)?;
            count = count.checked_add(bin.count)?;
            grid.add(at, bin);
            next = at + 1;
        }
        let ends = least.code < most.code && count > 0;
        let known = ends && zeros <= count && count <= MOST_REPLICATIONS;
        known.then_some(Many {
            count,
            zeros,
            sums,
            least,
            most,
            grid,
        })
    }
}
