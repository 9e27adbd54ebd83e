//! `cmksim solve`: the last value of a key for which an expectation holds.

use clap::Args;
use cmksim::Error;
use cmksim::experiment::solve::{self, Goal, Outcome, Question, Solution, Witness};
use cmksim::experiment::{Replay, Variant, replay_by};
use cmksim::foreign::brief;
use cmksim::model::Options;
use cmksim::report::{self, Command, SolveReport, Solved};
use cmksim::scenario::{Grid, Override, Scenario, Wanted};

use super::failure::{Failure, Status};
use super::load::{self, Loaded};
use super::options::{Format, Subject};
use super::progress::Bar;
use super::searched::search;
use super::status::finished;
use super::study::often;
use super::terminal::style;

#[derive(Debug, Args)]
pub(crate) struct Solve {
    #[command(flatten)]
    subject: Subject,
    /// The key to vary, and its range, such as event.NAME.duration=5m..24h
    #[arg(long, value_name = "PATH=LO..HI")]
    vary: String,
    /// The condition, such as "probability(dropped == 0 B) >= 99%", "p95(dropped) < 10 GB",
    /// "mean(dropped) <= 1 GB" or, for every replication, "query_downtime == 0s"
    #[arg(long, value_name = "EXPECTATION")]
    such_that: String,
    /// Find the smallest value for which the condition holds, not the largest
    #[arg(long)]
    smallest: bool,
    /// Step between two values [default: 1s for durations, else about a thousandth of the
    /// range]
    #[arg(long, value_name = "STEP")]
    resolution: Option<String>,
    /// Number of replications [default: the scenario's `replications`, or 1000 if that is 1]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
    /// Exit with status 0 even if the condition holds nowhere or there is no answer
    #[arg(long)]
    exit_zero: bool,
}

/// How often a scenario is replayed that does not say how often.
const REPLICATIONS: u64 = 1_000;

/// Runs the command.
pub(crate) fn solve(arguments: &Solve, quiet: bool) -> Result<Status, Failure> {
    let (name, loaded) = load::subject(&arguments.subject, arguments.replications, quiet)?;
    let grid = grid(arguments)?;
    let expectation = loaded
        .scenario
        .expectation("--such-that", &arguments.such_that)?;
    let replications = often(arguments.replications, &loaded.scenario, REPLICATIONS);
    let replications = usize::try_from(replications).expect("as many as fit in memory");
    let goal = Goal::new(&expectation, replications)
        .map_err(|why| Failure::wrong(format!("--such-that: {why}")))?;
    let question = Question {
        grid: &grid,
        goal: &goal,
        replications,
    };
    let asked = (&grid, &goal, replications);
    let about = (&*name, &arguments.subject, &loaded);
    let variants = |changes: &[Override]| loaded.variant(changes);
    let searched = search("solve", about, &asked, quiet, |runner| {
        solve::solve(question, &variants, runner)
    })?;
    let solution = &searched.found;
    let solved = Solved {
        scenario: &loaded.scenario,
        expectation: &expectation,
        grid: &grid,
        replications,
        solution,
    };
    let printed = match arguments.subject.results.format {
        Format::Text => report::solve_text(&solved, &command(arguments), style()),
        Format::Json => report::solve_json(&solved, &loaded.text),
        Format::Csv => report::solve_csv(&solved),
    };
    let replays = if arguments.report {
        replays(&name, &loaded, &grid, solution, quiet)?
    } else {
        Vec::new()
    };
    let (command, run) = again(arguments);
    let report = arguments.report.then_some(SolveReport {
        command: &command,
        run: &run,
        replays: &replays,
    });
    let written = report::solve_files(&solved, &loaded.text, report);
    searched.folder.hand_out(&written, &printed, quiet)?;
    let outcome = solution.outcome;
    searched.done()?;
    Ok(match outcome {
        Outcome::Nowhere if !arguments.exit_zero => Status::Unmet,
        Outcome::Undecided if !arguments.exit_zero => Status::Undecided,
        _ => Status::Done,
    })
}

fn grid(arguments: &Solve) -> Result<Grid, Failure> {
    let wanted = if arguments.smallest {
        Wanted::Smallest
    } else {
        Wanted::Largest
    };
    Grid::read(&arguments.vary, arguments.resolution.as_deref(), wanted)
        .map_err(|why| Failure::wrong(format!("--vary {}: {why}", brief(&arguments.vary))))
}

/// The witnesses once more, with everything that a report shows of them.
fn replays(
    name: &str,
    loaded: &Loaded,
    grid: &Grid,
    solution: &Solution,
    quiet: bool,
) -> Result<Vec<(Scenario, Replay)>, Failure> {
    let replayed = |witness: &Witness| {
        let change = grid.set("--vary", &grid.value(witness.value));
        let Variant { scenario, traces } = loaded.variant(&[change])?;
        let options = Options {
            replication: witness.replication as u64,
            every_poll: false,
        };
        let bar = Bar::new(name, !quiet);
        let replay = replay_by(&scenario, &traces, options, &bar.runner(None))?;
        Ok((scenario, replay))
    };
    let replays: Result<Vec<_>, Error> = solution.witnesses.iter().map(replayed).collect();
    finished(name, replays)
}

/// What makes the results again, and the words of what replays the scenario.
fn again(arguments: &Solve) -> (Command, Vec<String>) {
    let file = Some(arguments.subject.file.as_path());
    let mut words = load::words("solve", file, &arguments.subject.changes.words());
    let resolution = arguments.resolution.clone();
    let replications = arguments.replications.map(|number| number.to_string());
    for (name, value) in [
        ("--vary", Some(arguments.vary.clone())),
        ("--such-that", Some(arguments.such_that.clone())),
        ("--resolution", resolution),
        ("--replications", replications),
    ] {
        words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    }
    words.extend(arguments.smallest.then(|| "--smallest".to_owned()));
    let run = load::words("run", file, &arguments.subject.changes.set_words());
    (Command::new(words), run)
}

/// What replays the scenario as it is here, but for the seed.
fn command(arguments: &Solve) -> Vec<String> {
    let set = arguments.subject.changes.set_words();
    load::typed("run", Some(&arguments.subject.file), set)
}
