//! The threshold of each replication, and the order statistic that is the answer.

use std::collections::BTreeMap;

use super::goal::Share;
use super::{
    Check, Contradiction, Lack, Look, Outcome, Question, Request, Seen, Solution, Witness, outcome,
};
use crate::error::Error;
use crate::scenario::Value;
use crate::statistics::Ranks;

/// Whether each replication meets the condition at a value.
struct Row {
    value: usize,
    met: Vec<bool>,
    without: usize,
}

impl Row {
    fn check(&self, share: Share) -> Check {
        let met = self.met.iter().filter(|met| **met).count();
        let spoilt = share.takes_all_values && self.without > 0;
        Check {
            value: self.value,
            holds: met >= share.need && !spoilt,
            seen: Seen::Met {
                met,
                without: self.without,
            },
        }
    }
}

/// Where the values end for which the condition of a replication holds: it does for the first
/// `low` of them as far as is known, and not for number `high`.
#[derive(Debug, Clone, Copy)]
struct Bracket {
    low: usize,
    high: usize,
}

pub(super) fn find(
    question: Question<'_>,
    share: Share,
    look: Look<'_>,
) -> Result<Solution, Error> {
    let mut rows = rows(question, share, question.spread(), look)?;
    let mut brackets = brackets(question, &rows);
    bisect(&mut brackets, share, look)?;
    let thresholds: Vec<usize> = brackets.iter().map(|bracket| bracket.low).collect();
    let mut sorted = thresholds.clone();
    sorted.sort_unstable();
    let holds = order(question, &sorted, share.need);
    rows.extend(self::rows(question, share, question.near(holds), look)?);
    rows.sort_by_key(|row| row.value);
    let checks: Vec<Check> = rows.iter().map(|row| row.check(share)).collect();
    let outcome = outcome(question, holds, &checks);
    Ok(Solution {
        outcome,
        holds,
        interval: interval(&sorted, share),
        witnesses: witnesses(outcome, holds, &thresholds, share, look)?,
        contradictions: contradictions(&rows, &thresholds),
        checks,
        thresholds,
    })
}

/// Looks at every replication at some values.
fn rows(
    question: Question<'_>,
    share: Share,
    values: Vec<usize>,
    look: Look<'_>,
) -> Result<Vec<Row>, Error> {
    let requests: Vec<Request> = values
        .iter()
        .map(|&value| question.everyone(value))
        .collect();
    let found = look(&requests)?.into_iter().zip(values);
    let row = |(found, value): (Vec<Option<Value>>, usize)| Row {
        value,
        without: found.iter().filter(|value| value.is_none()).count(),
        met: found.into_iter().map(|value| share.is_met(value)).collect(),
    };
    Ok(found.map(row).collect())
}

/// What the first look at some values, both ends among them, says of each replication: its
/// condition ends before the first value at which it is not met.
fn brackets(question: Question<'_>, rows: &[Row]) -> Vec<Bracket> {
    let of = |replication: usize| match rows.iter().position(|row| !row.met[replication]) {
        None => Bracket {
            low: question.grid.count(),
            high: question.grid.count(),
        },
        Some(0) => Bracket { low: 0, high: 0 },
        Some(at) => Bracket {
            low: rows[at - 1].value + 1,
            high: rows[at].value,
        },
    };
    (0..question.replications).map(of).collect()
}

/// Narrows all brackets until nothing is between. Replications that ask for the same value are
/// looked at together.
fn bisect(brackets: &mut [Bracket], share: Share, look: Look<'_>) -> Result<(), Error> {
    loop {
        let mut asked: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (replication, bracket) in brackets.iter().enumerate() {
            if bracket.low < bracket.high {
                let middle = usize::midpoint(bracket.low, bracket.high);
                asked.entry(middle).or_default().push(replication);
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        let requests: Vec<Request> = asked
            .into_iter()
            .map(|(value, replications)| Request {
                value,
                replications,
            })
            .collect();
        for (request, found) in requests.iter().zip(look(&requests)?) {
            for (&replication, found) in request.replications.iter().zip(found) {
                let bracket = &mut brackets[replication];
                if share.is_met(found) {
                    bracket.low = request.value + 1;
                } else {
                    bracket.high = request.value;
                }
            }
        }
    }
}

/// For how many values the condition holds in at least `need` replications.
fn order(question: Question<'_>, sorted: &[usize], need: usize) -> usize {
    match sorted.len().checked_sub(need) {
        None => 0,
        Some(rank) => sorted
            .get(rank)
            .copied()
            .unwrap_or_else(|| question.grid.count()),
    }
}

/// The order statistics between which the threshold lies that a part of all replications misses.
fn interval(sorted: &[usize], share: Share) -> Result<(usize, usize), Lack> {
    let part = share.may_miss.ok_or(Lack::DependsOnCount)?;
    let ranks = Ranks::around(part, sorted.len()).ok_or(Lack::FewReplications)?;
    Ok((sorted[ranks.low - 1], sorted[ranks.high - 1]))
}

/// The replication that decides: its condition holds for the last value and not for the next.
fn witnesses(
    outcome: Outcome,
    holds: usize,
    thresholds: &[usize],
    share: Share,
    look: Look<'_>,
) -> Result<Vec<Witness>, Error> {
    let values = match outcome {
        Outcome::Found => vec![holds - 1, holds],
        Outcome::Nowhere => vec![0],
        Outcome::Everywhere | Outcome::Undecided => Vec::new(),
    };
    let deciding = thresholds.iter().position(|threshold| *threshold == holds);
    let Some(replication) = deciding.filter(|_| !values.is_empty()) else {
        return Ok(Vec::new());
    };
    let request = |value: usize| Request {
        value,
        replications: vec![replication],
    };
    let found = look(
        &values
            .iter()
            .map(|value| request(*value))
            .collect::<Vec<_>>(),
    )?;
    let witness = |(value, found): (usize, Vec<Option<Value>>)| Witness {
        value,
        replication,
        measure: found[0],
        met: share.is_met(found[0]),
    };
    Ok(values.into_iter().zip(found).map(witness).collect())
}

/// The replications that at some value are not what their threshold says.
fn contradictions(rows: &[Row], thresholds: &[usize]) -> Vec<Contradiction> {
    let of = |(replication, threshold): (usize, &usize)| {
        let row = rows
            .iter()
            .find(|row| row.met[replication] != (row.value < *threshold))?;
        Some(Contradiction {
            replication,
            value: row.value,
        })
    };
    thresholds.iter().enumerate().filter_map(of).collect()
}
