use std::sync::Arc;

use super::factors::{BLOCK, Factors, Mark};
use super::noise;
use super::rows::Replay;
use super::{Calendar, Curve, Knots, Reason, Rows, Settings};
use crate::kernel::StreamKey;
use crate::limits::INTAKE_KNOTS;
use crate::scenario::{Growth, Ingestion, Source, Workspace};
use crate::units::{Duration, Factor, Rate, Time, Volume};

/// A byte in the unit of the sums: a byte a day for a millisecond is 1.
const BYTE: u128 = Duration::DAY.millis().unsigned_abs() as u128;
const MILLION: u128 = 1_000_000;
/// No run holds more bytes.
const MOST_BYTES: u64 = 1 << 63;
/// The length of the part of the run whose mean is the history's rate.
const TYPICAL: Duration = Duration::from_millis(7 * Duration::DAY.millis());

/// Bits behind the point of a byte that a random factor multiplies.
const FRACTION: u32 = 32;

/// What a workspace is offered but for what is random: the same in all replications with the same
/// settings.
#[derive(Debug)]
pub(super) struct Baseline {
    ingestion: Ingestion,
    workspace: String,
    history: Duration,
    cap: Option<Volume>,
    /// From the beginning of the history to the end of the run.
    knots: Arc<Knots>,
    run: Pieces,
    /// The part of the run whose mean is the history's rate, without what events do to it; none
    /// where there is no history.
    typical: Option<Pieces>,
}

/// Parts of a run, one after the other, in each of which nothing changes.
#[derive(Debug, Default)]
struct Pieces {
    ends: Vec<Time>,
    /// What arrives in each: in 10^-8 bytes, or where it is random in 2^-32 bytes.
    amounts: Vec<u128>,
    /// What each is to the random factors, if there are any.
    marks: Vec<Mark>,
}

impl Baseline {
    /// The baseline of a workspace in a run that ends at `end`.
    pub(super) fn of(
        workspace: &Workspace,
        settings: &Settings,
        trace: Option<&Rows>,
        calendar: Calendar,
        end: Time,
    ) -> Result<Baseline, Reason> {
        let undisturbed = Settings::default();
        let mut arrival = Arrival::of(workspace, &undisturbed, trace, calendar);
        let history = workspace.history;
        let typical = (history > Duration::ZERO && end > Time::START)
            .then(|| arrival.pieces(end.min(Time::START + TYPICAL)));
        arrival.settings = settings;
        let run = arrival.pieces(end)?;
        let start = (history > Duration::ZERO).then_some(Time::START - history);
        let knots = start.into_iter().chain([Time::START]);
        Ok(Baseline {
            ingestion: workspace.ingestion.clone(),
            workspace: workspace.name.clone(),
            history,
            cap: workspace.daily_cap,
            knots: Arc::new(Knots::of(knots.chain(run.ends.iter().copied()).collect())),
            run,
            typical: typical.transpose()?,
        })
    }

    /// Takes the knots of another, if they are the same.
    pub(super) fn share_knots(&mut self, other: &Baseline) {
        if self.knots == other.knots {
            self.knots = Arc::clone(&other.knots);
        }
    }

    /// The offered curve in the replication whose keys begin with `root`.
    pub(super) fn curve(&self, root: StreamKey) -> Result<Curve, Reason> {
        let factors = match self.ingestion.is_fixed() {
            true => None,
            false => Some(Factors::new(&self.ingestion, &self.workspace, root)?),
        };
        let mut volumes = Vec::with_capacity(self.knots.len());
        let mut initial = 0;
        if self.history > Duration::ZERO {
            volumes.push(0);
            let history = u128::from(self.history_rate(factors.clone())?) * millis(self.history);
            initial = whole_bytes(history)?;
        }
        // At t = 0 the sum begins anew, so what is offered in the run does not depend on the
        // history.
        volumes.push(initial);
        self.run.sum(factors, &mut volumes)?;
        volumes[self.knots.len() - self.run.ends.len()..]
            .iter_mut()
            .for_each(|volume| *volume += initial);
        if volumes[volumes.len() - 1] >= MOST_BYTES {
            return Err(Reason::TooMuch);
        }
        Ok(Curve::new(Arc::clone(&self.knots), volumes))
    }

    /// The mean rate of the typical part, cut by the daily cap; in bytes a day, rounded down.
    fn history_rate(&self, factors: Option<Factors>) -> Result<u64, Reason> {
        let Some(typical) = &self.typical else {
            return Ok(0);
        };
        let mean = typical.sum(factors, &mut Vec::new())?
            / millis(typical.ends[typical.ends.len() - 1] - Time::START);
        let mean = u64::try_from(mean).map_err(|_| Reason::TooMuch)?;
        Ok(self.cap.map_or(mean, |cap| mean.min(cap.bytes())))
    }
}

impl Pieces {
    /// Adds to `volumes` the whole bytes that have arrived by the end of each piece, and returns
    /// all of it in 10^-8 bytes.
    fn sum(&self, factors: Option<Factors>, volumes: &mut Vec<u64>) -> Result<u128, Reason> {
        let Some(mut factors) = factors else {
            let mut total = 0_u128;
            for &amount in &self.amounts {
                total = total.checked_add(amount).ok_or(Reason::TooMuch)?;
                volumes.push(whole_bytes(total)?);
            }
            return Ok(total);
        };
        let (mut total, mut largest) = (0_u128, 0);
        for (amounts, marks) in self.amounts.chunks(BLOCK).zip(self.marks.chunks(BLOCK)) {
            let factors = factors.block(marks)?;
            #[allow(clippy::cast_possible_truncation)] // What is too much is refused below.
            volumes.extend(amounts.iter().zip(factors).map(|(&amount, factor)| {
                let product = product(amount, factor);
                largest |= product;
                total = total.wrapping_add(product);
                (total >> FRACTION) as u64
            }));
        }
        // Fewer than 2^28 products below 2^96 fit in 128 bits.
        if largest >> 96 != 0 || total >> FRACTION >= u128::from(MOST_BYTES) {
            return Err(Reason::TooMuch);
        }
        Ok((total * BYTE) >> FRACTION)
    }
}

/// An amount below 2^95 times a factor in 2^-32.
#[inline]
fn product(amount: u128, factor: u64) -> u128 {
    let (high, low) = (amount >> 64, amount & u128::from(u64::MAX));
    let factor = u128::from(factor);
    ((high * factor) << (64 - FRACTION)) + ((low * factor) >> FRACTION)
}

/// How much arrives when.
struct Arrival<'a> {
    workspace: &'a Workspace,
    settings: &'a Settings,
    replay: Option<Replay<'a>>,
    calendar: Calendar,
}

impl<'a> Arrival<'a> {
    fn of(
        workspace: &'a Workspace,
        settings: &'a Settings,
        trace: Option<&'a Rows>,
        calendar: Calendar,
    ) -> Arrival<'a> {
        let replay = match &workspace.ingestion.source {
            Source::Rate(_) => None,
            Source::Trace(trace_of) => {
                let rows = trace.expect("the rows of every trace are read before the run");
                let anchor = match calendar.start() {
                    Some(start) if trace_of.calendar => Time::from_millis(rows.first() - start),
                    None if trace_of.calendar => {
                        panic!("a calendar trace without a calendar start")
                    }
                    _ => Time::START,
                };
                Some(Replay::new(rows, anchor, trace_of.repeat))
            }
        };
        Arrival {
            workspace,
            settings,
            replay,
            calendar,
        }
    }

    /// The run until `end`, piece by piece.
    fn pieces(&self, end: Time) -> Result<Pieces, Reason> {
        let mut pieces = Pieces {
            ends: self.changes(end)?,
            ..Pieces::default()
        };
        let ingestion = &self.workspace.ingestion;
        let mut from = Time::START;
        for &until in &pieces.ends {
            let amount = self.amount(from, until)?;
            pieces.amounts.push(match ingestion.is_fixed() {
                true => amount,
                false => {
                    let own_rate = self.settings.rates.at(from).is_none();
                    pieces.marks.push(Mark::of(ingestion, from, own_rate));
                    in_parts(amount)?
                }
            });
            from = until;
        }
        Ok(pieces)
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
            for period in noise::periods(noise) {
                extend_every(&mut changes, Time::START, period, end)?;
            }
        }
        if let Some(replay) = &self.replay {
            changes.extend(replay.edges(end, INTAKE_KNOTS.most));
        }
        changes.retain(|&t| Time::START < t && t < end);
        if end > Time::START {
            changes.push(end);
        }
        // A stable sort finds the parts that are in order, and merges them.
        changes.sort();
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

    fn factors(&self, t: Time) -> [Factor; 5] {
        let ingestion = &self.workspace.ingestion;
        let settings = self.settings;
        [
            ingestion.hourly.map(|hourly| hourly[self.calendar.hour(t)]),
            ingestion
                .weekly
                .map(|weekly| weekly[self.calendar.weekday(t)]),
            ingestion.growth.map(|growth| growth_at(growth, t)),
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
    rounded(libm::pow(growth.factor, periods))
}

/// To the nearest millionth. What is beyond 64 bits becomes the largest factor.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn rounded(factor: f64) -> Factor {
    Factor::from_millionths(libm::round(factor * 1e6) as u64)
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
    match u64::try_from(total / BYTE) {
        Ok(bytes) if bytes < MOST_BYTES => Ok(bytes),
        _ => Err(Reason::TooMuch),
    }
}

/// An amount in 10^-8 bytes, in 2^-32 bytes to the nearest.
fn in_parts(amount: u128) -> Result<u128, Reason> {
    if amount / BYTE >= u128::from(MOST_BYTES) {
        return Err(Reason::TooMuch);
    }
    Ok(((amount << FRACTION) + BYTE / 2) / BYTE)
}

fn millis(span: Duration) -> u128 {
    u128::try_from(span.millis()).expect("a span is not negative")
}
