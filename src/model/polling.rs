//! When a storage account asks the key vault: every 6 to 60 seconds, each poll found in O(1).

use std::ops::Range;

use super::history::{Answers, ClusterHistory, PollCount};
use crate::kernel::StreamKey;
use crate::scenario::PollInterval;
use crate::units::{Probability, Time};

/// The polls of one storage account. Poll k is at `phase + k * period + jitter(k)`, with the
/// jitter uniform in `0..=spread` and number k of its stream. So every gap lies between the bounds,
/// with the period as its mean, and any poll is found without looking at the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollSchedule {
    phase: i64,
    period: i64,
    /// 2^64 / period, rounded down: to multiply by it is faster than to divide by the period.
    inverse: u64,
    spread: i64,
    jitter: StreamKey,
    draws: StreamKey,
    /// The number of the first poll of the run.
    first: i64,
}

impl PollSchedule {
    /// The schedule of an account whose streams have keys below `account`.
    pub fn new(interval: PollInterval, account: StreamKey) -> PollSchedule {
        let (min, max) = (interval.min.millis(), interval.max.millis());
        let spread = (max - min) / 2;
        let period = min + spread;
        let mut schedule = PollSchedule {
            phase: draw_below(account.name("poll phase"), period),
            period,
            inverse: u64::MAX / period.cast_unsigned(),
            spread,
            jitter: account.name("poll jitter"),
            draws: account.name("poll luck"),
            first: 0,
        };
        schedule.first = schedule.first_at_or_after(Time::START);
        schedule
    }

    /// The number of the first poll at or after the start of the run.
    pub fn first(&self) -> i64 {
        self.first
    }

    /// When poll `k` takes place.
    #[inline]
    pub fn time(&self, k: i64) -> Time {
        let jitter = if self.spread == 0 {
            0
        } else {
            draw_below(self.jitter.nth(k.cast_unsigned()), self.spread + 1)
        };
        Time::from_millis(self.phase + k * self.period + jitter)
    }

    /// The number of the first poll at or after `t`.
    #[inline]
    pub fn first_at_or_after(&self, t: Time) -> i64 {
        // Whatever the jitter, no poll before this one is at or after t; and the one after it is,
        // for a period is no shorter than the spread.
        let k = match t.millis() - self.phase - self.spread {
            since @ 1.. => 1 + self.periods(since - 1),
            since => -self.periods(-since),
        };
        // Which of the two is random: no branch can predict it.
        k + i64::from(self.time(k) < t)
    }

    /// How many whole periods there are in `ms`, which is not negative.
    #[allow(clippy::cast_possible_truncation)]
    fn periods(&self, ms: i64) -> i64 {
        let periods = (u128::from(ms.cast_unsigned()) * u128::from(self.inverse)) >> 64;
        let periods = (periods as u64).cast_signed();
        // It is that or one less.
        periods + i64::from(ms - periods * self.period >= self.period)
    }

    /// How many polls there are in `[from, until)`.
    pub fn count(&self, from: Time, until: Time) -> u64 {
        number_in(self.first_at_or_after(from)..self.first_at_or_after(until.max(from)))
    }

    /// How the polls of these numbers are answered. One by one only where the answers are random.
    pub fn answered(&self, answers: Answers, polls: Range<i64>) -> PollCount {
        let requests = number_in(polls.clone());
        let none = PollCount {
            requests,
            ..PollCount::default()
        };
        match answers.certain() {
            Some(Answer::Granted) => none,
            Some(Answer::Unreachable) => PollCount {
                failures: requests,
                ..none
            },
            Some(Answer::Denied) => PollCount {
                denials: requests,
                ..none
            },
            None => {
                let mut count = PollCount::default();
                polls.for_each(|k| count.add(answers.to(self.uniform_draw(k))));
                count
            }
        }
    }

    /// The 32 uniform bits that decide how poll `k` is answered where the answer is random.
    #[inline]
    pub fn uniform_draw(&self, k: i64) -> u32 {
        self.draws.nth(k.cast_unsigned()).bits_32()
    }
}

impl ClusterHistory {
    /// The polls from the start of the run until `end`: none is looked at where the answer is
    /// certain.
    pub fn polls_until(&self, end: Time) -> PollCount {
        let mut count = PollCount::default();
        for account in &self.accounts {
            let schedule = &account.schedule;
            let mut first = schedule.first();
            for (_, until, &answers) in self.polls.intervals(end) {
                let next = schedule.first_at_or_after(until.max(Time::START));
                if let Some(answers) = answers {
                    count = count.plus(schedule.answered(answers, first..next));
                }
                first = next;
            }
        }
        count
    }
}

/// How many polls have these numbers, which go up.
fn number_in(polls: Range<i64>) -> u64 {
    u64::try_from(polls.end - polls.start).expect("later polls have larger numbers")
}

/// What a poll was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The account's key was unwrapped.
    Granted,
    /// There was no answer: timeout, connection failure, DNS, 5xx, 429, no token.
    Unreachable,
    /// 403 or 404.
    Denied,
}

impl Answers {
    /// Every poll is granted.
    pub const GRANTED: Answers = Answers {
        unreachable: Probability::NEVER,
        refused: Probability::NEVER,
    };

    /// The answer to a poll with this [`PollSchedule::uniform_draw`].
    #[inline]
    pub const fn to(self, draw: u32) -> Answer {
        if self.unreachable.holds_for(draw) {
            Answer::Unreachable
        } else if self.refused.holds_for(draw) {
            Answer::Denied
        } else {
            Answer::Granted
        }
    }

    /// The answer to every poll, where it is not random.
    #[inline]
    pub fn certain(self) -> Option<Answer> {
        match (self.unreachable, self.refused) {
            (_, Probability::NEVER) => Some(Answer::Granted),
            (Probability::ALWAYS, _) => Some(Answer::Unreachable),
            (Probability::NEVER, Probability::ALWAYS) => Some(Answer::Denied),
            _ => None,
        }
    }
}

/// A whole number drawn evenly from `0..bound`; `bound` is positive.
#[inline]
fn draw_below(key: StreamKey, bound: i64) -> i64 {
    key.up_to((bound - 1).cast_unsigned()).cast_signed()
}
