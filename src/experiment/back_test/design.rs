use super::DAY;
use crate::import::{FORECAST_DAYS, ForecastRow};
use crate::intake::Rows;
use crate::limits::TRACE_ROWS;
use crate::scenario::Scenario;
use crate::units::Duration;

/// No back-test has more origins.
const MOST_ORIGINS: usize = 12;
/// One origin could be chance.
const FEWEST_ORIGINS: usize = 3;

/// What a back-test is made of.
#[derive(Debug)]
pub struct Design<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) histories: Vec<History>,
    /// Days.
    pub(super) horizon: usize,
    pub(super) apart: usize,
    /// When the last whole day ends, in ms since 1970.
    pub(super) end: i64,
    /// Workspaces and their whole days.
    pub(super) left_out: Vec<(usize, usize)>,
}

/// What is known of a workspace.
#[derive(Debug)]
pub(super) struct History {
    pub(super) workspace: usize,
    /// Without gaps.
    pub(super) rows: Vec<ForecastRow>,
    pub(super) step: i64,
    /// When its first whole day begins.
    first: i64,
    /// Bytes of its whole days.
    days: Vec<u64>,
}

impl<'a> Design<'a> {
    /// A back-test of forecasts for `held`, which is the time that is held out at the end.
    ///
    /// The origins lie as far apart as the time that is held out where the history is long
    /// enough, else a third of it at least.
    ///
    /// # Errors
    ///
    /// Why there can be none, in a sentence.
    pub fn of(
        scenario: &'a Scenario,
        traces: &[Option<Rows>],
        held: Duration,
    ) -> Result<Design<'a>, String> {
        let horizon = usize::try_from(held.millis() / DAY).unwrap_or(0);
        if horizon == 0 || held.millis() % DAY != 0 {
            return Err(format!("expected whole days such as 60d, found {held}"));
        }
        let traces = || {
            traces
                .iter()
                .enumerate()
                .filter_map(|(at, rows)| Some((at, rows.as_ref()?)))
        };
        let ends = traces().map(|(_, rows)| (rows.first() + rows.span().millis()).div_euclid(DAY));
        let Some(end) = ends.max() else {
            return Err(
                "no workspace has a trace, so there is no history to test on; `init` without \
                 --forecast makes a scenario with one"
                    .to_owned(),
            );
        };
        let end = end * DAY;
        if let Some((at, rows)) = traces().find(|(_, rows)| rows.step() > Duration::DAY) {
            let (name, step) = (&scenario.workspaces[at].name, rows.step());
            return Err(format!(
                "the trace of workspace {name} has rows of {step}; a forecast needs days"
            ));
        }
        // As an import: rows that are not there are filled in.
        let filled = |rows: &Rows| ((end - rows.first()) / rows.step().millis()).unsigned_abs();
        if !TRACE_ROWS.allows(traces().map(|(_, rows)| filled(rows)).sum()) {
            let exceeded = TRACE_ROWS.exceeded();
            return Err(format!("without gaps the traces have {exceeded}"));
        }
        let histories: Vec<History> = traces()
            .map(|(at, rows)| History::of(at, rows, end))
            .collect();
        let needed = FORECAST_DAYS + horizon + (FEWEST_ORIGINS - 1) * horizon.div_ceil(3);
        let (histories, short): (Vec<History>, Vec<History>) = histories
            .into_iter()
            .partition(|history| history.days.len() >= needed);
        let left_out: Vec<(usize, usize)> = short
            .iter()
            .map(|history| (history.workspace, history.days.len()))
            .collect();
        let Some(days) = histories.iter().map(|history| history.days.len()).min() else {
            let longest = left_out.iter().map(|history| history.1).max().unwrap_or(0);
            return Err(too_short(horizon, needed, longest));
        };
        let apart = (days - FORECAST_DAYS - horizon) / (FEWEST_ORIGINS - 1);
        Ok(Design {
            scenario,
            histories,
            horizon,
            apart: apart.min(horizon),
            end,
            left_out,
        })
    }

    /// How many origins there are.
    pub(super) fn origins(&self) -> usize {
        let days = self
            .histories
            .iter()
            .map(|history| history.days.len())
            .min();
        let room = days.expect("there is a history") - FORECAST_DAYS - self.horizon;
        (1 + room / self.apart).min(MOST_ORIGINS)
    }

    /// The workspaces, and all together where there are several: when the first day begins, and
    /// the bytes of all days.
    pub(super) fn series(&self) -> Vec<(Option<usize>, i64, Vec<u64>)> {
        let own = self.histories.iter();
        let mut series: Vec<_> = own
            .map(|history| (Some(history.workspace), history.first, history.days.clone()))
            .collect();
        if let [_, _, ..] = self.histories[..] {
            let shortest = self
                .histories
                .iter()
                .map(|history| history.days.len())
                .min();
            let shortest = shortest.expect("there are several");
            let late = |history: &History| history.days[history.days.len() - shortest..].to_vec();
            let mut sums = vec![0; shortest];
            for days in self.histories.iter().map(late) {
                sums.iter_mut().zip(days).for_each(|(sum, day)| *sum += day);
            }
            let first = self.end - i64::try_from(shortest).expect("few") * DAY;
            series.push((None, first, sums));
        }
        series
    }
}

fn too_short(horizon: usize, needed: usize, longest: usize) -> String {
    // The longest horizon h with 28 + h + 2 h / 3 days, rounded up.
    let fits = |horizon: &usize| {
        FORECAST_DAYS + horizon + (FEWEST_ORIGINS - 1) * horizon.div_ceil(3) <= longest
    };
    let instead = match (1..horizon).rev().find(fits) {
        Some(days) => format!("; at most {days}d can be tested"),
        None => String::new(),
    };
    format!(
        "a back-test of {horizon}d needs {needed} whole days of history, {FORECAST_DAYS} to fit \
         and {} to hold out for {FEWEST_ORIGINS} origins; there are {longest}{instead}",
        needed - FORECAST_DAYS
    )
}

impl History {
    fn of(workspace: usize, rows: &Rows, end: i64) -> History {
        let step = rows.step().millis();
        let mut filled: Vec<ForecastRow> = Vec::new();
        let mut next = rows.first();
        let mut fill = |until: i64, filled: &mut Vec<ForecastRow>| {
            while next + step <= until {
                filled.push(ForecastRow {
                    begin: next,
                    bytes: 0.0,
                });
                next += step;
            }
            next = until + step;
        };
        let first = rows.first().div_euclid(DAY) * DAY + DAY * i64::from(rows.first() % DAY != 0);
        let mut days = vec![0; usize::try_from((end - first) / DAY).unwrap_or(0)];
        for (begin, bytes) in rows.iter() {
            fill(begin, &mut filled);
            #[allow(clippy::cast_precision_loss)]
            filled.push(ForecastRow {
                begin,
                bytes: bytes as f64,
            });
            let day = usize::try_from((begin - first).div_euclid(DAY)).ok();
            if let Some(day) = day.and_then(|day| days.get_mut(day)) {
                *day += bytes;
            }
        }
        fill(end, &mut filled);
        History {
            workspace,
            rows: filled,
            step,
            first,
            days,
        }
    }
}
