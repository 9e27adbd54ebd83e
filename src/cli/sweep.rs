//! `cmksim sweep`: a scenario at many values of its keys.

use std::io::{self, Write};
use std::time::Instant;

use clap::Args;
use cmksim::Error;
use cmksim::experiment::shard::Work;
use cmksim::experiment::{self, Asked, Cell, Design, Point, Runner, Study, settings};
use cmksim::foreign::{brief, sanitize};
use cmksim::kernel::map;
use cmksim::limits::{SWEEP_POINTS, SWEEP_ROWS};
use cmksim::report;
use cmksim::scenario::{Axis, Expectation, Measure, Override, Scenario, Scope, Setting, Statistic};

use super::failure::{Failure, Status};
use super::files::{self, Folder};
use super::load::{self, Loaded};
use super::options::{Format, Subject};
use super::parts::{By, make};
use super::progress::Bar;
use super::status::finished;
use super::store::Store;
use super::study::{REPLICATIONS, often};
use super::terminal::style;
use super::threads::{cores, parallel_for};
use super::{signals, terminal};

#[derive(Debug, Args)]
pub(crate) struct Sweep {
    #[command(flatten)]
    subject: Subject,
    /// A key and its values, replacing [sweep] of the file: PATH=A,B,C or PATH=LO..HI/POINTS or
    /// PATH=LO..HI/POINTS log; may be repeated, and several keys form a grid
    #[arg(long, value_name = "PATH=VALUES")]
    vary: Vec<String>,
    /// Step through all keys together: first values, second values, and so on, instead of a grid
    #[arg(long)]
    lockstep: bool,
    /// Replay only the points at which a key has this value; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    only: Vec<String>,
    /// Measures to show for each point, separated by commas [default: those in the expectations
    /// of the scenario, else dropped and query_downtime]
    #[arg(long, value_name = "MEASURES", value_delimiter = ',')]
    of: Vec<String>,
    /// Number of replications per point [default: that of [sweep] or the scenario, else 200]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// List the points and estimate the time, without the sweep
    #[arg(long)]
    dry_run: bool,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
}

/// Runs the command.
pub(crate) fn sweep(arguments: &Sweep, by: By<'_>, quiet: bool) -> Result<Status, Failure> {
    let extend = arguments.subject.results.extend;
    let (name, loaded) = load::subject(&arguments.subject, arguments.replications, quiet)?;
    let plan = Plan::of(arguments, &loaded)?;
    let of = match arguments.of.as_slice() {
        [] => report::shown_of(&loaded.scenario),
        named => {
            let measure = |text: &String| loaded.scenario.measure("--of", text);
            named.iter().map(measure).collect::<Result<_, _>>()?
        }
    };
    let read = |changes: &[Override]| loaded.variant(changes);
    let design = Design {
        axes: &plan.axes,
        points: &plan.points,
        replications: plan.replications,
        variants: &read,
    };
    let bar = Bar::new(&name, !quiet);
    let other_traces = finished(&name, design.check(&bar.runner(None)))?;
    if arguments.dry_run {
        return list(&name, &plan, &design, &loaded.scenario);
    }
    let question = (&plan.axes, &plan.points, plan.replications, other_traces);
    let asked = Asked::of("sweep", &[(&loaded.scenario, &loaded.traces)], &question);
    let work = finished(&name, Work::of_sweep(&design))?;
    if let By::Part(cut) = by {
        let folder = arguments.subject.results.output.as_deref();
        return make((&name, asked), &work, cut, folder, quiet);
    }
    let folder = || Folder::open(&files::folder_of(&arguments.subject), quiet);
    let Some(store) = Store::open(by, folder, (&asked, work.line), extend, quiet)? else {
        return Ok(Status::Done);
    };
    let cells = store.compute(&bar, |runner| experiment::sweep(&design, runner));
    drop(bar);
    store.flush()?;
    let cells = finished(&name, cells)?;
    let sweep = plan.told(&loaded.scenario, &cells, &of);
    let print = |to: &mut dyn Write| match arguments.subject.results.format {
        Format::Text => to.write_all(report::sweep_text(&sweep, style()).as_bytes()),
        Format::Json => report::sweep_json(&sweep, &loaded.text, to),
        Format::Csv => report::sweep_csv(&sweep, to),
    };
    let written = report::sweep_files(&sweep, &loaded.text, command(arguments).as_ref());
    store.folder.hand_out_by(&written, &print, quiet)?;
    store.remove()?;
    Ok(Status::Done)
}

/// What makes the results again, where a report is asked for.
fn command(arguments: &Sweep) -> Option<report::Command> {
    let file = Some(arguments.subject.file.as_path());
    let mut words = load::words("sweep", file, &arguments.subject.changes.words());
    for (name, values) in [("--vary", &arguments.vary), ("--only", &arguments.only)] {
        words.extend(
            values
                .iter()
                .flat_map(|value| [name.to_owned(), value.clone()]),
        );
    }
    words.extend(arguments.lockstep.then(|| "--lockstep".to_owned()));
    if !arguments.of.is_empty() {
        words.extend(["--of".to_owned(), arguments.of.join(",")]);
    }
    if let Some(number) = arguments.replications {
        words.extend(["--replications".to_owned(), number.to_string()]);
    }
    arguments.report.then(|| report::Command::new(words))
}

/// What is to be replayed, and how often.
struct Plan {
    axes: Vec<Axis>,
    lockstep: bool,
    points: Vec<Point>,
    replications: u64,
}

impl Plan {
    fn of(arguments: &Sweep, loaded: &Loaded) -> Result<Plan, Failure> {
        let swept = loaded.scenario.sweep.as_ref();
        let mut axes = match arguments.vary.as_slice() {
            [] => swept.map_or_else(Vec::new, |sweep| sweep.axes.clone()),
            vary => {
                let wrong =
                    |text: &String, why| Failure::wrong(format!("--vary {}: {why}", brief(text)));
                let axis = |text: &String| Axis::read(text).map_err(|why| wrong(text, why));
                vary.iter().map(axis).collect::<Result<_, _>>()?
            }
        };
        if axes.is_empty() {
            return Err(Failure::wrong(
                "nothing is varied: write [sweep] into the scenario, or --vary \
                 event.NAME.duration=5m..12h/10",
            ));
        }
        let lockstep = arguments.lockstep || swept.is_some_and(|sweep| sweep.lockstep);
        if lockstep
            && axes
                .iter()
                .any(|axis| axis.values.len() != axes[0].values.len())
        {
            let counts = counts(&axes, " and ");
            return Err(Failure::wrong(format!(
                "in lockstep every key needs the same number of values; these have {counts}"
            )));
        }
        for only in &arguments.only {
            retain(&mut axes, lockstep, only)?;
        }
        let numbers = axes.iter().map(|axis| axis.values.len());
        let product = numbers.clone().try_fold(1_usize, usize::checked_mul);
        let product = product.filter(|points| SWEEP_POINTS.allows(*points as u64));
        if !lockstep && product.is_none() {
            let product = counts(&axes, " x ");
            let why = SWEEP_POINTS.exceeded();
            return Err(Failure::wrong(format!("{product} points are {why}")));
        }
        let points = experiment::points(&axes, lockstep);
        let own = swept.and_then(|sweep| sweep.replications);
        let asked = arguments.replications.or(own);
        let replications = often(asked, &loaded.scenario, REPLICATIONS);
        refuse_statistics_of_one(&loaded.scenario, replications)?;
        refuse_too_much(loaded, points.len())?;
        Ok(Plan {
            axes,
            lockstep,
            points,
            replications,
        })
    }

    /// What was found at some points, and what is shown of each.
    fn told<'a>(
        &'a self,
        scenario: &'a Scenario,
        cells: &'a [Cell],
        of: &'a [(Scope, Measure)],
    ) -> report::Sweep<'a> {
        report::Sweep {
            scenario,
            axes: &self.axes,
            lockstep: self.lockstep,
            replications: self.replications,
            cells,
            of,
        }
    }
}

/// The file may ask for more replications than the sweep has.
fn refuse_statistics_of_one(scenario: &Scenario, replications: u64) -> Result<(), Failure> {
    let is_statistic = |expectation: &&Expectation| expectation.statistic != Statistic::Each;
    match scenario.expectations.iter().find(is_statistic) {
        Some(expectation) if replications == 1 => Err(Failure::wrong(format!(
            "{}: a statistic needs more than one replication, and each point has one; ask for \
             more with --replications",
            expectation.text
        ))),
        _ => Ok(()),
    }
}

/// What is kept of all points must have room.
fn refuse_too_much(loaded: &Loaded, points: usize) -> Result<(), Failure> {
    let measures = Study::new(&loaded.scenario, &loaded.traces).kept.len();
    if !SWEEP_ROWS.allows(points.saturating_mul(measures) as u64) {
        let why = SWEEP_ROWS.exceeded();
        return Err(Failure::wrong(format!(
            "{points} points x {measures} measures are {why}"
        )));
    }
    Ok(())
}

/// How many values the axes have.
fn counts(axes: &[Axis], between: &str) -> String {
    let counts = axes.iter().map(|axis| axis.values.len().to_string());
    counts.collect::<Vec<String>>().join(between)
}

/// Keeps of a key one value; in lockstep those of the others that go with it.
fn retain(axes: &mut [Axis], lockstep: bool, only: &str) -> Result<(), Failure> {
    let wrong = |why: String| Failure::wrong(format!("--only {}: {why}", brief(only)));
    let (path, value) = only
        .split_once('=')
        .ok_or_else(|| wrong("write PATH=VALUE".to_owned()))?;
    let at = axes.iter().position(|axis| axis.path == path.trim());
    let at = at.ok_or_else(|| {
        let paths: Vec<&str> = axes.iter().map(|axis| axis.path.as_str()).collect();
        wrong(format!(
            "this key is not varied; the varied keys are {}",
            paths.join(", ")
        ))
    })?;
    let value = value.trim();
    let is_meant = |own: &Setting| *own == Setting::read(value) || own.shown() == value;
    let meant: Vec<bool> = axes[at].values.iter().map(is_meant).collect();
    if !meant.contains(&true) {
        let values: Vec<String> = axes[at].values.iter().map(Setting::shown).collect();
        return Err(wrong(format!(
            "no point has this value; the values are {}",
            values.join(", ")
        )));
    }
    let filtered = if lockstep {
        &mut *axes
    } else {
        &mut axes[at..=at]
    };
    for axis in filtered {
        let mut meant = meant.iter();
        axis.values
            .retain(|_| *meant.next().expect("as many values"));
    }
    Ok(())
}

/// Lists the points, and how long they are likely to take.
fn list(
    name: &str,
    plan: &Plan,
    design: &Design<'_>,
    scenario: &Scenario,
) -> Result<Status, Failure> {
    let mut text = String::new();
    for (number, point) in plan.points.iter().enumerate() {
        let values = settings(&plan.axes, point);
        let values =
            values.map(|(axis, value)| sanitize(&format!("{}={}", axis.path, value.shown())));
        let values: Vec<String> = values.collect();
        text += &format!("{number:>5}  {}\n", values.join("  "));
    }
    let seconds = finished(name, pilot(plan, design, scenario))?;
    text += &format!(
        "{} point{} x {}: about {}\n",
        plan.points.len(),
        if plan.points.len() == 1 { "" } else { "s" },
        report::replications(plan.replications),
        if seconds < 1.0 {
            "a second or less".to_owned()
        } else {
            format!(
                "{:#}",
                indicatif::HumanDuration(std::time::Duration::from_secs_f64(seconds))
            )
        }
    );
    terminal::print(&text).map(|()| Status::Done)
}

/// How many seconds the sweep takes if all points are as a few of them.
fn pilot(plan: &Plan, design: &Design<'_>, scenario: &Scenario) -> Result<f64, Error> {
    const TRIALS: usize = 16;
    let points = design.points.len();
    let trials = points.min(TRIALS);
    // From the middle of as many parts; on all cores, as the sweep is.
    let tried = map(&parallel_for, trials, |at| {
        trial(design, (2 * at + 1) * points / (2 * trials))
    });
    let tried = tried.into_iter().collect::<Result<Vec<_>, Error>>()?;
    let (seconds, cells): (Vec<f64>, Vec<Cell>) = tried.into_iter().unzip();
    let began = Instant::now();
    let sweep = plan.told(scenario, &cells, &[]);
    let written = report::sweep_json(&sweep, "", &mut io::sink())
        .and_then(|()| report::sweep_csv(&sweep, &mut io::sink()));
    written.expect("nothing is written there");
    let writing = began.elapsed().as_secs_f64();
    let computing = seconds.iter().sum::<f64>() / count(cores());
    Ok((computing + writing) * count(points) / count(trials))
}

/// How many seconds a point takes on one core, and what some replications of it say.
fn trial(design: &Design<'_>, point: usize) -> Result<(f64, Cell), Error> {
    /// Seconds that are enough to know it.
    const ENOUGH: f64 = 0.05;
    let runner = Runner {
        stop: &signals::came,
        ..Runner::SERIAL
    };
    let began = Instant::now();
    let variant = design.variant(point)?;
    // It is read twice: once to find mistakes.
    let reading = 2.0 * began.elapsed().as_secs_f64();
    let study = variant.study();
    let row = Study::block_size(design.replications);
    let timed = |replications: u64| {
        let began = Instant::now();
        let gathered = study.gather_serially(0..replications, &runner)?;
        Ok::<_, Error>((began.elapsed().as_secs_f64(), gathered))
    };
    // The first of a row takes longer than those that follow in the same memory.
    let (first, _) = timed(1)?;
    let mut tried = row.min(2);
    loop {
        let (took, gathered) = timed(tried)?;
        if tried < row && took < ENOUGH {
            tried = row.min(2 * tried);
            continue;
        }
        let following = (took - first).max(0.0) / number(tried.max(2) - 1);
        let whole_row = took + number(row - tried) * following;
        let began = Instant::now();
        let cell = Cell::of(&design.points[point], &variant.scenario, &gathered);
        let telling = began.elapsed().as_secs_f64() / number(tried);
        let replications = number(design.replications);
        let seconds = reading + replications * (whole_row / number(row) + telling);
        return Ok((seconds, cell));
    }
}

fn count(things: usize) -> f64 {
    number(things as u64)
}

#[allow(clippy::cast_precision_loss)]
fn number(things: u64) -> f64 {
    things as f64
}
