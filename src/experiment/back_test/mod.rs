//! A back-test: how far off a forecast would have been that knew only the first part of a history.
//!
//! The last days of a trace are held out. From what is before them the same forecast is made as
//! by an import, at several origins; each is held against what came, and against two forecasts
//! that take no thought.

mod design;
mod scores;

pub use design::Design;
pub use scores::{Accuracy, Forecast, Scored};

use crate::error::Error;
use crate::experiment::Runner;
use crate::import::{ForecastRow, continued};
use crate::intake::{Expected, Settings};
use crate::kernel::StreamKey;
use crate::limits::BACK_TEST_DAYS;
use crate::scenario::{Scenario, read};
use crate::units::{Duration, Time};

/// How far off forecasts of some days were.
#[derive(Debug, Clone, PartialEq)]
pub struct BackTest {
    /// How many days each forecast is for.
    pub horizon: usize,
    /// How many days lie between two origins.
    pub apart: usize,
    /// How often the future is drawn at each.
    pub replications: u64,
    /// Each workspace, and all together where there are several.
    pub tested: Vec<Tested>,
    /// Workspaces whose history is too short, and how many whole days it has.
    pub left_out: Vec<(usize, usize)>,
}

/// What was forecast of a workspace, and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// Which workspace; `None`: all together.
    pub workspace: Option<usize>,
    /// When its first whole day begins, in ms since 1970.
    pub first: i64,
    /// Bytes of each whole day.
    pub days: Vec<u64>,
    /// Earliest first.
    pub forecasts: Vec<Forecast>,
}

/// Bytes of each day of a forecast, replication by replication.
type Drawn = Vec<Vec<u64>>;

impl Design<'_> {
    /// Makes the forecasts and holds them against what came.
    ///
    /// # Errors
    ///
    /// If more days are drawn than [`BACK_TEST_DAYS`] allows, if a forecast has more data than can be
    /// counted, or if it is told to stop.
    pub fn run(&self, replications: u64, runner: &Runner<'_>) -> Result<BackTest, Error> {
        let days = (self.horizon * self.histories.len()) as u64;
        if !BACK_TEST_DAYS.allows(replications.saturating_mul(days)) {
            return Err(Error::run(BACK_TEST_DAYS.exceeded()));
        }
        let count = self.origins();
        runner.progress.begin(count as u64);
        let mut found: Vec<Vec<Forecast>> = Vec::new();
        let compute = |number| match (runner.stop)() {
            true => Err(Error::interrupted()),
            false => self.at_origin(count - 1 - number, replications),
        };
        runner.in_order(0..count, compute, |forecasts| {
            runner.progress.advance(1);
            found.push(forecasts);
            Ok(())
        })?;
        let series = self.series();
        let tested = series.into_iter().enumerate();
        let tested = tested.map(|(at, (workspace, first, days))| Tested {
            workspace,
            first,
            days,
            forecasts: found.iter().map(|all| all[at].clone()).collect(),
        });
        Ok(BackTest {
            horizon: self.horizon,
            apart: self.apart,
            replications,
            tested: tested.collect(),
            left_out: self.left_out.clone(),
        })
    }

    /// The forecasts of all series at an origin; the latest has number 0.
    fn at_origin(&self, number: usize, replications: u64) -> Result<Vec<Forecast>, Error> {
        let before_end = self.horizon + number * self.apart;
        let mut drawn: Vec<Drawn> = Vec::new();
        for history in &self.histories {
            let origin = self.end - i64::try_from(before_end).expect("few") * DAY;
            let known = history.rows.partition_point(|row| row.begin < origin);
            let future = Future {
                rows: &history.rows[..known],
                step: history.step,
                origin,
                horizon: self.horizon,
                name: &self.scenario.workspaces[history.workspace].name,
            };
            drawn.push(future.drawn(self.scenario.seed, replications)?);
        }
        if drawn.len() > 1 {
            drawn.push(sum(&drawn));
        }
        let series = self.series();
        let forecasts = series.iter().zip(drawn);
        let forecasts = forecasts
            .map(|((_, _, days), drawn)| Forecast::of(days, days.len() - before_end, &drawn));
        Ok(forecasts.collect())
    }
}

const DAY: i64 = Duration::DAY.millis();

/// What follows the rows that are known.
struct Future<'a> {
    rows: &'a [ForecastRow],
    step: i64,
    origin: i64,
    horizon: usize,
    name: &'a str,
}

impl Future<'_> {
    /// What arrives on each day, in each replication of the scenario that an import makes of the
    /// rows.
    fn drawn(&self, seed: u64, replications: u64) -> Result<Drawn, Error> {
        let scenario = self.scenario()?;
        let settings = Settings::default();
        let workspace = &scenario.workspaces[0];
        let stopped = |error: crate::intake::IntakeError| Error::run(error.to_string());
        let expected = Expected::of(workspace, &settings, None, scenario.start, scenario.end());
        let expected = expected.map_err(stopped)?;
        let day = |number: usize| {
            Time::START + Duration::from_millis(i64::try_from(number).expect("few") * DAY)
        };
        let one = |replication| {
            let intake = expected.draw(StreamKey::root(seed, replication));
            let intake = intake.map_err(stopped)?;
            let at = |number| intake.offered_at(day(number));
            Ok((0..self.horizon)
                .map(|number| at(number + 1) - at(number))
                .collect())
        };
        (0..replications).map(one).collect()
    }

    fn scenario(&self) -> Result<Scenario, Error> {
        let horizon = Duration::from_millis(i64::try_from(self.horizon).expect("few") * DAY);
        let ingestion = continued(self.rows, self.origin, self.step, horizon);
        let start = jiff::Timestamp::from_millisecond(self.origin);
        let start = start.map_err(|error| Error::run(error.to_string()))?;
        let text = format!(
            "duration = \"{horizon}\"\nstart = {start}\n[[workspace]]\nname = \"{}\"\nhistory = \"0d\"\n{ingestion}",
            self.name
        );
        let reading = read("the forecast", text.as_bytes(), &[]);
        let reading = reading.map_err(|wrong| Error::run(wrong.render(false)))?;
        Ok(reading.scenario)
    }
}

/// All together, replication by replication.
fn sum(all: &[Drawn]) -> Drawn {
    let mut sums = all[0].clone();
    for drawn in &all[1..] {
        for (sums, days) in sums.iter_mut().zip(drawn) {
            sums.iter_mut().zip(days).for_each(|(sum, day)| *sum += day);
        }
    }
    sums
}
