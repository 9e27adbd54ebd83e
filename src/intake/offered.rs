use super::noise::{self, Factors};
use super::rows::Replay;
use super::{Calendar, Curve, Reason, Rows, Settings};
use crate::kernel::StreamKey;
use crate::limits::INTAKE_KNOTS;
use crate::scenario::{Growth, Source, Workspace};
use crate::units::{Duration, Factor, Rate, Time};

/// A byte in the unit of the sums: a byte a day for a millisecond is 1.
const BYTE: u128 = Duration::DAY.millis().unsigned_abs() as u128;
const MILLION: u128 = 1_000_000;
/// No run holds more bytes.
const MOST_BYTES: u128 = 1 << 63;
/// The length of the part of the run whose mean is the history's rate.
const TYPICAL: Duration = Duration::from_millis(7 * Duration::DAY.millis());

/// The offered curve of a workspace, from the beginning of its history to `end`.
pub(super) fn curve(
    workspace: &Workspace,
    settings: &Settings,
    trace: Option<&Rows>,
    calendar: Calendar,
    end: Time,
    root: StreamKey,
) -> Result<Curve, Reason> {
    let undisturbed = Settings::default();
    let ingestion = &workspace.ingestion;
    let noise = match &ingestion.noise {
        Some(noise) => Some(Factors::new(noise, &workspace.name, root)?),
        None => None,
    };
    let replay = match &ingestion.source {
        Source::Rate(_) => None,
        Source::Trace(trace_of) => {
            let rows = trace.expect("the rows of every trace are read before the run");
            let anchor = match calendar.start() {
                Some(start) if trace_of.calendar => Time::from_millis(rows.first() - start),
                None if trace_of.calendar => panic!("a calendar trace without a calendar start"),
                _ => Time::START,
            };
            Some(Replay::new(rows, anchor, trace_of.repeat))
        }
    };
    let mut arrival = Arrival {
        workspace,
        settings: &undisturbed,
        replay,
        noise,
        calendar,
    };
    let history = arrival.history_rate(end)?;
    arrival.settings = settings;
    arrival.curve(history, end)
}

/// How much arrives when.
struct Arrival<'a> {
    workspace: &'a Workspace,
    settings: &'a Settings,
    replay: Option<Replay<'a>>,
    noise: Option<Factors>,
    calendar: Calendar,
}

impl Arrival<'_> {
    /// The mean rate of the first 7 days (of the run, if it is shorter), without what events
    /// do to it, cut by the daily cap; in bytes a day, rounded down.
    fn history_rate(&self, end: Time) -> Result<u64, Reason> {
        let ingestion = &self.workspace.ingestion;
        let constant = ingestion.hourly.is_none()
            && ingestion.weekly.is_none()
            && ingestion.growth.is_none()
            && ingestion.noise.is_none();
        let until = end.min(Time::START + TYPICAL);
        let mean = match ingestion.source {
            _ if self.workspace.history == Duration::ZERO || until <= Time::START => 0,
            Source::Rate(rate) if constant => rate.bytes_per_day(),
            _ => {
                let mut total = 0_u128;
                self.each_piece(until, |_, amount| {
                    total = total.checked_add(amount).ok_or(Reason::TooMuch)?;
                    Ok(())
                })?;
                u64::try_from(total / millis(until - Time::START)).map_err(|_| Reason::TooMuch)?
            }
        };
        Ok(match self.workspace.daily_cap {
            Some(cap) => mean.min(cap.bytes()),
            None => mean,
        })
    }

    /// The curve: a line for the history, then the pieces of the run. At t = 0 the sum begins
    /// anew from a whole byte, so what is offered in the run does not depend on the history.
    fn curve(&self, history_rate: u64, end: Time) -> Result<Curve, Reason> {
        let before = self.workspace.history;
        let mut total = u128::from(history_rate) * millis(before) / BYTE * BYTE;
        let mut curve = Curve::starting(Time::START - before);
        if before > Duration::ZERO {
            curve.lead_to(Time::START, whole_bytes(total)?);
        }
        self.each_piece(end, |until, amount| {
            total = total.checked_add(amount).ok_or(Reason::TooMuch)?;
            curve.lead_to(until, whole_bytes(total)?);
            Ok(())
        })?;
        Ok(curve)
    }

    /// Calls `each` with the end of every piece of the run and what arrives in it, in order.
    fn each_piece(
        &self,
        end: Time,
        mut each: impl FnMut(Time, u128) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        let mut from = Time::START;
        for until in self.changes(end)? {
            each(until, self.amount(from, until)?)?;
            from = until;
        }
        Ok(())
    }

    /// After t = 0 the instants until `end` at which the rate may change, and `end`; in order.
    fn changes(&self, end: Time) -> Result<Vec<Time>, Reason> {
        let ingestion = &self.workspace.ingestion;
        let mut changes = Vec::new();
        changes.extend(self.settings.rates.iter().map(|rate| rate.0));
        changes.extend(self.settings.factors.iter().map(|factor| factor.0));
        changes.extend(self.settings.surges.iter().map(|surge| surge.0));
        if ingestion.hourly.is_some() {
            let first = self.calendar.hour_start(Time::START);
            extend_every(&mut changes, first, Duration::HOUR, end)?;
        }
        if ingestion.weekly.is_some() {
            let first = self.calendar.day_start(Time::START);
            extend_every(&mut changes, first, Duration::DAY, end)?;
        }
        if ingestion.growth.is_some() {
            extend_every(&mut changes, Time::START, Duration::HOUR, end)?;
        }
        if let Some(noise) = &ingestion.noise {
            extend_every(&mut changes, Time::START, noise.period, end)?;
        }
        if let Some(replay) = &self.replay {
            changes.extend(replay.edges(end, INTAKE_KNOTS.most));
        }
        changes.retain(|&t| Time::START < t && t < end);
        if end > Time::START {
            changes.push(end);
        }
        changes.sort_unstable();
        changes.dedup();
        if !INTAKE_KNOTS.allows(changes.len() as u64) {
            return Err(Reason::TooManySteps);
        }
        Ok(changes)
    }

    /// What arrives in a piece, in which nothing changes.
    ///
    /// The product of rate, time and factors is taken in 128 bits and rounded to the unit of
    /// the sums (10^-8 byte); a trace's row that is cut into pieces is divided first.
    fn amount(&self, from: Time, until: Time) -> Result<u128, Reason> {
        let length = millis(until - from);
        let rate = self.settings.rates.at(from);
        let plain = match (rate, &self.replay, &self.workspace.ingestion.source) {
            (Some(rate), ..) | (None, None, &Source::Rate(rate)) => spread(rate, length),
            (None, Some(replay), _) => replay.amount_at(from, length)?,
            (None, None, Source::Trace(_)) => unreachable!("a trace has its rows"),
        };
        times(plain, &self.factors(from)).ok_or(Reason::TooMuch)
    }

    fn factors(&self, t: Time) -> [Factor; 6] {
        let ingestion = &self.workspace.ingestion;
        let settings = self.settings;
        [
            ingestion.hourly.map(|hourly| hourly[self.calendar.hour(t)]),
            ingestion
                .weekly
                .map(|weekly| weekly[self.calendar.weekday(t)]),
            ingestion.growth.map(|growth| growth_at(growth, t)),
            self.noise.map(|noise| noise.at(t)),
            settings.factors.at(t),
            settings.surges.at(t),
        ]
        .map(|factor| factor.unwrap_or(Factor::ONE))
    }
}

impl Replay<'_> {
    /// What arrives in `length` ms from `from` on, within one row or one gap.
    fn amount_at(&self, from: Time, length: u128) -> Result<u128, Reason> {
        let step = millis(self.step());
        let bytes = u128::from(self.bytes_at(from)) * BYTE;
        if length == step {
            return Ok(bytes);
        }
        let parts = bytes.checked_mul(length).ok_or(Reason::TooMuch)?;
        Ok((parts + step / 2) / step)
    }
}

fn spread(rate: Rate, length: u128) -> u128 {
    u128::from(rate.bytes_per_day()) * length
}

/// Compound growth from t = 0 on, in steps of an hour.
///
/// Rounded to a millionth, so a rate that shrinks below a millionth of itself becomes 0.
fn growth_at(growth: Growth, t: Time) -> Factor {
    let hours = t.millis() / Duration::HOUR.millis();
    let elapsed = Duration::from_millis(hours * Duration::HOUR.millis());
    let periods = elapsed.as_secs_f64() / growth.per.as_secs_f64();
    noise::rounded(libm::pow(growth.factor, periods))
}

/// A product with factors, rounded at its end to the nearest whole; where 128 bits do not hold
/// it to the last digit, once more on the way. `None` if the result itself has no room.
fn times(amount: u128, factors: &[Factor]) -> Option<u128> {
    let mut product = amount;
    let mut divisor = 1;
    for factor in factors.iter().filter(|&&factor| factor != Factor::ONE) {
        let factor = u128::from(factor.millionths());
        if product.checked_mul(factor).is_none() {
            product = (product + divisor / 2) / divisor;
            divisor = 1;
        }
        product = product.checked_mul(factor)?;
        divisor *= MILLION;
    }
    Some(product.checked_add(divisor / 2)? / divisor)
}

fn extend_every(
    times: &mut Vec<Time>,
    first: Time,
    every: Duration,
    end: Time,
) -> Result<(), Reason> {
    let count = (end - first).millis() / every.millis();
    if !INTAKE_KNOTS.allows(count.unsigned_abs()) {
        return Err(Reason::TooManySteps);
    }
    times.extend((0..=count).map(|k| first + Duration::from_millis(k * every.millis())));
    Ok(())
}

fn whole_bytes(total: u128) -> Result<u64, Reason> {
    let bytes = total / BYTE;
    if bytes >= MOST_BYTES {
        return Err(Reason::TooMuch);
    }
    u64::try_from(bytes).map_err(|_| Reason::TooMuch)
}

fn millis(span: Duration) -> u128 {
    u128::try_from(span.millis()).expect("a span is not negative")
}
