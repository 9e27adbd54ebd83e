//! The last value for which the mean of all replications is as it should be.

use std::collections::BTreeMap;

use super::goal::Compares;
use super::{Check, Lack, Look, Question, Seen, Solution, outcome};
use crate::error::Error;
use crate::scenario::{Comparison, Value};
use crate::statistics::Mean;

/// The means at all values that were looked at.
struct Means<'a> {
    question: Question<'a>,
    comparison: Comparison,
    limit: f64,
    look: Look<'a>,
    found: BTreeMap<usize, Option<Mean>>,
}

pub(super) fn find(
    question: Question<'_>,
    comparison: Comparison,
    limit: f64,
    look: Look<'_>,
) -> Result<Solution, Error> {
    let mut means = Means {
        question,
        comparison,
        limit,
        look,
        found: BTreeMap::new(),
    };
    means.add(&question.spread())?;
    let holds = means.last(|compares| compares.itself)?;
    means.add(&question.near(holds))?;
    // The ends of the interval are where the mean ceases to be surely, or perhaps, as it should.
    let checks: Vec<Check> = means.found.keys().map(|at| means.check(*at)).collect();
    let interval = means.interval(holds)?;
    Ok(Solution {
        outcome: outcome(question, holds, &checks),
        holds,
        interval,
        checks,
        witnesses: Vec::new(),
        thresholds: Vec::new(),
        contradictions: Vec::new(),
    })
}

impl Means<'_> {
    /// Looks at all replications at some values.
    fn add(&mut self, values: &[usize]) -> Result<(), Error> {
        let new = values.iter().filter(|at| !self.found.contains_key(at));
        let requests: Vec<_> = new.map(|at| self.question.everyone(*at)).collect();
        for (request, found) in requests.iter().zip((self.look)(&requests)?) {
            let numbers: Option<Vec<f64>> =
                found.iter().map(|value| value.map(Value::number)).collect();
            let mean = numbers.and_then(|numbers| Mean::of(&numbers));
            self.found.insert(request.value, mean);
        }
        Ok(())
    }

    fn compares(&self, value: usize) -> Compares {
        Compares::of(self.found[&value], self.comparison, self.limit)
    }

    fn check(&self, value: usize) -> Check {
        Check {
            value,
            holds: self.compares(value).itself,
            seen: Seen::Mean(self.found[&value]),
        }
    }

    /// For how many values the mean is as it should be; it ends before the first one that was
    /// looked at where it is not.
    fn last(&mut self, is: fn(Compares) -> bool) -> Result<usize, Error> {
        let fails = |at: &&usize| !is(self.compares(**at));
        let Some(&first) = self.found.keys().find(fails) else {
            return Ok(self.question.grid.count());
        };
        let mut high = first;
        let below = self.found.range(..first).next_back();
        let mut low = below.map_or(0, |(before, _)| before + 1);
        while low < high {
            let middle = usize::midpoint(low, high);
            self.add(&[middle])?;
            if is(self.compares(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// The values between which the mean is neither surely as it should be nor surely not.
    fn interval(&mut self, holds: usize) -> Result<Result<(usize, usize), Lack>, Error> {
        let known = |means: &Means<'_>, value: usize| {
            let mean = means.found.get(&value).copied().flatten();
            mean.is_some_and(|mean| mean.interval().is_some())
        };
        // Without an interval a mean is as good as sure, which says nothing here.
        if ![holds.saturating_sub(1), holds]
            .iter()
            .any(|value| known(self, *value))
        {
            return Ok(Err(Lack::FewApart));
        }
        let low = self.last(|compares| compares.surely)?;
        let high = self.last(|compares| compares.perhaps)?;
        let vague = low > 0 && !known(self, low - 1);
        Ok(if vague {
            Err(Lack::FewApart)
        } else {
            Ok((low, high))
        })
    }
}
