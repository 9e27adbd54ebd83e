//! How a cluster asked for its key: gaps between requests, silences, denials.

use std::collections::BTreeMap;

use super::audit::{Answer, Record};
use crate::units::Duration;

/// Fewer gaps say nothing about their distribution.
const FEWEST: usize = 20;

/// A gap longer than this many medians is a silence, not a gap between two requests.
const SILENCE: i64 = 3;

/// The requests for one key.
#[derive(Debug)]
pub(super) struct Polls<'r> {
    /// In the order of time.
    records: Vec<&'r Record>,
    /// The operation that they are, as in `keyunwrap`.
    pub(super) operation: &'static str,
    /// In ms; `None`: too few, or all at one instant.
    pub(super) median: Option<i64>,
    /// For each caller, its number of requests and the time from its first to its last, in ms.
    callers: BTreeMap<&'r str, (usize, i64, i64)>,
    /// Within uninterrupted stretches, in ms, sorted.
    gaps: Vec<i64>,
}

/// A time in which the vault did not answer, or said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch<'r> {
    /// The last request before it that was granted (answered, for a silence); else its first.
    pub(super) before: i64,
    pub(super) first: i64,
    pub(super) last: i64,
    /// The next request after it that was granted (answered, for a silence).
    pub(super) after: Option<i64>,
    /// The first denial, if there are any.
    pub(super) record: Option<&'r Record>,
    /// Requests in it, and how many of them were denied.
    pub(super) all: usize,
    pub(super) denied: usize,
    /// Of a silence: how many of them the vault answered with 429.
    pub(super) throttled: usize,
}

impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Record {}

impl<'r> Polls<'r> {
    /// The requests of these records to unwrap; where there is none those to wrap, or to get.
    pub(super) fn of(records: &[&'r Record]) -> Polls<'r> {
        let kinds = ["keyunwrap", "keywrap", "keyget"];
        let made = |kind: &&&'static str| records.iter().any(|record| record.operation == **kind);
        let operation = kinds.iter().find(made).copied().unwrap_or(kinds[0]);
        let records: Vec<&Record> = records
            .iter()
            .filter(|record| record.operation == operation)
            .copied()
            .collect();
        let mut callers: BTreeMap<&str, (usize, i64, i64)> = BTreeMap::new();
        let mut gaps = Vec::new();
        for record in &records {
            let caller = callers
                .entry(&record.caller)
                .or_insert((0, record.at, record.at));
            if caller.0 > 0 {
                gaps.push(record.at - caller.2);
            }
            *caller = (caller.0 + 1, caller.1, record.at);
        }
        gaps.sort_unstable();
        let median = gaps.get(gaps.len() / 2).copied();
        let median = median.filter(|median| *median > 0 && gaps.len() >= FEWEST);
        if let Some(median) = median {
            gaps.retain(|gap| *gap <= SILENCE * median);
        }
        Polls {
            records,
            operation,
            median,
            callers,
            gaps,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.records.len()
    }

    /// The 1 % and the 99 % quantile of the gaps within uninterrupted stretches.
    pub(super) fn bounds(&self) -> Option<(Duration, Duration)> {
        self.median?;
        let last = self.gaps.len() - 1;
        let at =
            |percent: usize| Duration::from_millis(self.gaps[(last * percent + 50) / 100].max(1));
        Some((at(1), at(99)))
    }

    pub(super) fn callers(&self) -> usize {
        self.callers.len()
    }

    /// How many storage accounts ask, if each caller is one: all of them ask through most of the
    /// log, and none more often than one account would. Else the reason why that is not so.
    pub(super) fn accounts(&self) -> Result<usize, String> {
        let Some(median) = self.median else {
            return Err("there are too few requests".to_owned());
        };
        if median < 5_500 {
            return Err("callers request the key more often than an account, which does so every 6 to 60 seconds; each caller may be several accounts".to_owned());
        }
        let span = self.records[self.count() - 1].at - self.records[0].at;
        let steady = |(count, first, last): &(usize, i64, i64)| {
            *count >= FEWEST && 2 * (last - first) >= span
        };
        match self
            .callers
            .values()
            .filter(|caller| !steady(caller))
            .count()
        {
            0 if self.callers() <= 10_000 => Ok(self.callers()),
            0 => Err("there are more callers than a cluster can have accounts".to_owned()),
            few => Err(format!(
                "{few} of {} callers appear only in a part of the log",
                self.callers()
            )),
        }
    }

    /// Times of no answer at all, to no caller, longer than three times the median gap.
    pub(super) fn silences(&self) -> Vec<Stretch<'r>> {
        let Some(median) = self.median else {
            return Vec::new();
        };
        let answered = self.records.iter().filter(|record| record.answer.is_one());
        let answered: Vec<i64> = answered.map(|record| record.at).collect();
        let silent = answered
            .windows(2)
            .filter(|pair| pair[1] - pair[0] > SILENCE * median);
        let within = |pair: &[i64]| {
            let from = self.records.partition_point(|record| record.at <= pair[0]);
            let until = self.records.partition_point(|record| record.at < pair[1]);
            &self.records[from..until.max(from)]
        };
        let throttled = |record: &&&Record| record.answer == Answer::Throttled;
        let stretch = |pair: &[i64]| Stretch {
            before: pair[0],
            first: pair[0],
            last: pair[1],
            after: Some(pair[1]),
            record: None,
            all: within(pair).len(),
            denied: 0,
            throttled: within(pair).iter().filter(throttled).count(),
        };
        silent.map(stretch).collect()
    }

    /// Times of denials: each denied request at most three median gaps after the one before, or
    /// with nothing granted between them.
    pub(super) fn denials(&self) -> Vec<Stretch<'r>> {
        let near = self.median.map_or(0, |median| SILENCE * median);
        let mut stretches: Vec<Stretch<'r>> = Vec::new();
        let mut granted: Option<i64> = None;
        // Granted requests since the last denied one.
        let mut between = 0;
        for record in &self.records {
            if record.answer.denied() {
                match stretches.last_mut() {
                    Some(open) if between == 0 || record.at - open.last <= near => {
                        open.last = record.at;
                        open.after = None;
                        open.all += 1 + between;
                        open.denied += 1;
                    }
                    _ => stretches.push(Stretch {
                        before: granted.unwrap_or(record.at),
                        first: record.at,
                        last: record.at,
                        after: None,
                        record: Some(record),
                        all: 1,
                        denied: 1,
                        throttled: 0,
                    }),
                }
                between = 0;
            } else if record.answer == Answer::Granted {
                granted = Some(record.at);
                between += 1;
                if let Some(open) = stretches.last_mut().filter(|open| open.after.is_none()) {
                    open.after = Some(record.at);
                }
            }
        }
        stretches
    }

    /// The versions that were asked for, each with its first request.
    pub(super) fn versions(&self) -> Vec<(&'r str, i64)> {
        let mut versions: Vec<(&str, i64)> = Vec::new();
        for record in &self.records {
            let version = record.key.as_ref().and_then(|key| key.version.as_deref());
            if let Some(version) =
                version.filter(|version| !versions.iter().any(|known| known.0 == *version))
            {
                versions.push((version, record.at));
            }
        }
        versions
    }
}
