//! The way in for programs: a scenario with its files, and one call for each kind of study.

use std::sync::Arc;

use super::compare::{Paired, paired, replay_all};
use super::replay::{Replay, replay_by};
use super::replicate::{Replications, Study};
use super::runner::Runner;
use super::solve::{Goal, Outcome, Question, Solution, solve};
use super::sweep::{Cell, Design, points, settings, sweep};
use super::traces::traces;
use super::variant::Variant;
use crate::error::Error;
use crate::model::Options;
use crate::scenario::{Axis, Grid, Override, Scenario, Setting, Wanted, read_with};

/// Reads a file that a scenario names: a trace, or a scenario that it extends.
type ReadFile = dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync;

/// A scenario and what it needs to be replayed.
#[derive(Clone)]
pub struct Experiment {
    text: String,
    files: Arc<ReadFile>,
    /// Values that replace those of the text.
    set: Vec<Override>,
    variant: Variant,
}

/// The last value of a key with which something holds.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// The values that were searched.
    pub grid: Grid,
    /// Everything that was found.
    pub solution: Solution,
}

impl Threshold {
    /// The value; `None` where it holds for no value, or where that cannot be said: the outcome of
    /// the solution tells which.
    pub fn value(&self) -> Option<Setting> {
        match self.solution.outcome {
            Outcome::Found | Outcome::Everywhere => {
                let last = self.solution.holds.checked_sub(1)?;
                Some(self.grid.value(last))
            }
            Outcome::Nowhere | Outcome::Undecided => None,
        }
    }
}

impl Experiment {
    /// Reads a scenario that names no other file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn new(text: &str) -> Result<Experiment, Error> {
        Experiment::with_files(text, |_| Err("no files are read here".to_owned()))
    }

    /// Reads a scenario, and with `files` the traces and scenarios that it names.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the scenario, or with the first file that is wrong.
    pub fn with_files(
        text: &str,
        files: impl Fn(&str) -> Result<Vec<u8>, String> + Send + Sync + 'static,
    ) -> Result<Experiment, Error> {
        Experiment::read(text.to_owned(), Arc::new(files), Vec::new())
    }

    fn read(text: String, files: Arc<ReadFile>, set: Vec<Override>) -> Result<Experiment, Error> {
        let variant = variant(&text, &*files, &set)?;
        Ok(Experiment {
            text,
            files,
            set,
            variant,
        })
    }

    /// The same experiment with another value of a key, as `event.outage.duration=2h` says it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn set(&self, path_and_value: &str) -> Result<Experiment, Error> {
        let mut set = self.set.clone();
        set.push(Override::new("set", path_and_value));
        Experiment::read(self.text.clone(), Arc::clone(&self.files), set)
    }

    /// The scenario, checked and with every default filled in.
    pub fn scenario(&self) -> &Scenario {
        &self.variant.scenario
    }

    /// One replication with everything that happened in it.
    ///
    /// # Errors
    ///
    /// If it exceeds a limit, or is stopped.
    pub fn replay(&self, replication: u64, runner: &Runner<'_>) -> Result<Replay, Error> {
        let options = Options {
            replication,
            every_poll: false,
        };
        replay_by(self.scenario(), &self.variant.traces, options, runner)
    }

    /// Every measure in each of `count` replications.
    ///
    /// # Errors
    ///
    /// If one exceeds a limit, or it is stopped.
    pub fn replicate(&self, count: u64, runner: &Runner<'_>) -> Result<Replications, Error> {
        runner.progress.begin(count);
        self.study().gather(0..count, runner)
    }

    /// Replays the scenario at every point of a grid, `replications` times at each and on the same
    /// random numbers. An axis is a key and its values, as `event.outage.duration=1h..12h/12` says
    /// them; each point comes back with its values, one per axis.
    ///
    /// # Errors
    ///
    /// If an axis is wrong, or a replication exceeds a limit, or it is stopped.
    pub fn sweep(
        &self,
        axes: &[&str],
        replications: u64,
        runner: &Runner<'_>,
    ) -> Result<Vec<(Vec<Setting>, Cell)>, Error> {
        let axes = axes.iter().map(|text| Axis::read(text));
        let axes = axes.collect::<Result<Vec<Axis>, String>>().map_err(wrong)?;
        let design = Design {
            axes: &axes,
            points: &points(&axes, false),
            replications,
            variants: &|changes| self.varied(changes),
        };
        let values = |cell: &Cell| {
            let settings = settings(&axes, &cell.point);
            settings.map(|(_, value)| value.clone()).collect()
        };
        let cells = sweep(&design, runner)?.into_iter();
        Ok(cells.map(|cell| (values(&cell), cell)).collect())
    }

    /// Every measure of this scenario beside that of another, on the random numbers of this one.
    ///
    /// # Errors
    ///
    /// If a replication exceeds a limit, or it is stopped.
    pub fn compare(
        &self,
        other: &Experiment,
        replications: u64,
        runner: &Runner<'_>,
    ) -> Result<Vec<Paired>, Error> {
        let other = other.set(&format!("seed={}", self.scenario().seed))?;
        runner.progress.begin(replications.saturating_mul(2));
        let studies = [("first", self.study()), ("second", other.study())];
        let all = replay_all(&studies, replications, 0, runner)?;
        let of = |at: usize| (studies[at].1.scenario, &all[at].study);
        Ok(paired(of(0), of(1)))
    }

    /// The largest value of a key, as `event.outage.duration=5m..24h` gives its range, with which
    /// an expectation such as `probability(dropped == 0 B) >= 99%` holds.
    ///
    /// # Errors
    ///
    /// If the range or the expectation is wrong, or a replication exceeds a limit, or it is stopped.
    pub fn solve(
        &self,
        range: &str,
        expectation: &str,
        replications: u64,
        runner: &Runner<'_>,
    ) -> Result<Threshold, Error> {
        let grid = Grid::read(range, None, Wanted::Largest).map_err(wrong)?;
        let expectation = self.scenario().expectation("expectation", expectation)?;
        let replications = usize::try_from(replications)
            .map_err(|_| wrong("this machine cannot count the replications".to_owned()))?;
        let goal = Goal::new(&expectation, replications).map_err(wrong)?;
        let question = Question {
            grid: &grid,
            goal: &goal,
            replications,
        };
        let solution = solve(question, &|changes| self.varied(changes), runner)?;
        Ok(Threshold { grid, solution })
    }

    fn study(&self) -> Study<'_> {
        self.variant.study()
    }

    fn varied(&self, changes: &[Override]) -> Result<Variant, Error> {
        let set = [&self.set, changes].concat();
        variant(&self.text, &*self.files, &set)
    }
}

fn variant(text: &str, files: &ReadFile, set: &[Override]) -> Result<Variant, Error> {
    let reading = read_with("scenario", text.as_bytes(), set, &mut |file, _| files(file))?;
    let scenario = reading.scenario;
    let traces = traces(&scenario, files, &|| false)?.0.into();
    Ok(Variant { scenario, traces })
}

fn wrong(why: String) -> Error {
    Error::scenario(why)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::runner::Progress;
    use super::*;

    #[derive(Default)]
    struct Steps {
        announced: AtomicU64,
        done: AtomicU64,
    }

    impl Progress for Steps {
        fn begin(&self, steps: u64) {
            self.announced.fetch_add(steps, Ordering::Relaxed);
        }

        fn advance(&self, steps: u64) {
            self.done.fetch_add(steps, Ordering::Relaxed);
        }

        fn skip(&self, steps: u64) {
            self.advance(steps);
        }
    }

    #[test]
    fn every_study_says_how_much_there_is_to_do() {
        const OUTAGE: &str = "duration = '1d'
            [[workspace]]
            name = 'logs'
            ingestion = '1 TB/day'
            [[event]]
            name = 'outage'
            at = '1h'
            kind = 'key_vault_outage'
            duration = '45m'";
        let experiment = Experiment::new(OUTAGE).expect("it is right");
        let steps_of = |study: &dyn Fn(&Runner<'_>) -> Result<(), Error>| {
            let steps = Steps::default();
            let runner = Runner {
                progress: &steps,
                ..Runner::SERIAL
            };
            study(&runner).expect("it can be replayed");
            (steps.announced.into_inner(), steps.done.into_inner())
        };
        let replicated = steps_of(&|runner| experiment.replicate(3, runner).map(drop));
        assert_eq!(replicated, (3, 3));
        let axes = ["event.outage.duration=1h,2h"];
        let swept = steps_of(&|runner| experiment.sweep(&axes, 3, runner).map(drop));
        assert_eq!(swept, (6, 6));
        let compared = steps_of(&|runner| experiment.compare(&experiment, 3, runner).map(drop));
        assert_eq!(compared, (6, 6));
    }

    #[test]
    fn a_threshold_that_cannot_be_said_has_no_value() {
        // Where the two outages meet there is one interruption; before and after there are two.
        const TWO: &str = "duration = '1d'
            [[workspace]]
            name = 'logs'
            ingestion = '1 TB/day'
            [[event]]
            name = 'first'
            at = '6h'
            kind = 'key_vault_outage'
            duration = '1h'
            [[event]]
            name = 'second'
            at = '1h'
            kind = 'key_vault_outage'
            duration = '1h'";
        let experiment = Experiment::new(TWO).expect("it is right");
        let solve = |range: &str| {
            let found = experiment.solve(range, "interruptions >= 2", 5, &Runner::SERIAL);
            let found = found.expect("it can be asked");
            (
                found.solution.outcome,
                found.solution.holds > 0,
                found.value(),
            )
        };
        let (outcome, some, value) = solve("event.second.at=1h..12h");
        assert_eq!((outcome, some, value), (Outcome::Undecided, true, None));
        let (outcome, _, value) = solve("event.second.at=1h..6h");
        assert_eq!(outcome, Outcome::Found);
        assert!(value.is_some());
        let (outcome, _, value) = solve("event.second.at=9h..12h");
        assert_eq!(outcome, Outcome::Everywhere);
        assert_eq!(value.map(|setting| setting.text()).as_deref(), Some("12h"));
    }
}
