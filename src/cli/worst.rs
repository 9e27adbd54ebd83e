//! `cmksim worst`: the values of some keys at which a statistic is largest, or smallest.

use clap::Args;
use cmksim::experiment::Figure;
use cmksim::experiment::worst::{self, Question};
use cmksim::foreign::brief;
use cmksim::limits::WORST_KEYS;
use cmksim::report::{self, WorstCase};
use cmksim::scenario::{Grid, Override, Wanted};

use super::failure::{Failure, Status};
use super::load;
use super::options::{Format, Subject};
use super::searched::search;
use super::study::{REPLICATIONS, often};
use super::terminal::style;

#[derive(Debug, Args)]
pub(crate) struct Worst {
    #[command(flatten)]
    subject: Subject,
    /// A key to vary and its range, such as event.NAME.at=0s..7d; up to three times
    #[arg(long, value_name = "PATH=LO..HI", required = true)]
    vary: Vec<String>,
    /// The statistic: MEASURE for its mean, or STAT(MEASURE), such as "p95(dropped)" or
    /// "probability(dropped > 0 B)"
    #[arg(long, value_name = "MEASURE")]
    of: String,
    /// Find where it is smallest, not where it is largest
    #[arg(long)]
    least: bool,
    /// Step between two values of a key, in the order of --vary; once for each [default: 1s for
    /// durations, else about a thousandth of the range]
    #[arg(long, value_name = "STEP")]
    resolution: Vec<String>,
    /// Number of replications, at most at each point and for the answer [default: the scenario's
    /// `replications`, or 200 if that is 1]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
}

/// Runs the command.
pub(crate) fn worst(arguments: &Worst, quiet: bool) -> Result<Status, Failure> {
    let (name, loaded) = load::subject(&arguments.subject, arguments.replications, quiet)?;
    let scenario = &loaded.scenario;
    let grids = grids(arguments)?;
    let target = scenario.target("--of", &arguments.of)?;
    let figure = Figure::new(&target, arguments.least);
    let figure = figure.map_err(|why| Failure::wrong(format!("--of: {why}")))?;
    let replications = often(arguments.replications, scenario, REPLICATIONS);
    let replications = usize::try_from(replications).expect("as many as fit in memory");
    let question = Question {
        target: &target,
        figure,
        grids: &grids,
        replications,
    };
    let asked = (&grids, figure, replications);
    let about = (&*name, &arguments.subject, &loaded);
    let variants = |changes: &[Override]| loaded.variant(changes);
    let searched = search("worst", about, &asked, quiet, |runner| {
        worst::worst(question, &variants, runner)
    })?;
    let case = WorstCase {
        scenario,
        target: &target,
        least: arguments.least,
        grids: &grids,
        replications,
        found: &searched.found,
    };
    let set = arguments.subject.changes.set_words();
    let typed = load::typed("run", Some(&arguments.subject.file), set.clone());
    let printed = match arguments.subject.results.format {
        Format::Text => report::worst_text(&case, &typed, style()),
        Format::Json => report::worst_json(&case, &loaded.text),
        Format::Csv => report::worst_csv(&case),
    };
    let run = load::words("run", Some(&arguments.subject.file), &set);
    let written = report::worst_files(&case, &loaded.text, &run, command(arguments).as_ref());
    searched.folder.hand_out(&written, &printed, quiet)?;
    searched.done()?;
    Ok(Status::Done)
}

fn grids(arguments: &Worst) -> Result<Vec<Grid>, Failure> {
    let (vary, steps) = (&arguments.vary, &arguments.resolution);
    if !WORST_KEYS.allows(vary.len() as u64) {
        let why = WORST_KEYS.exceeded();
        return Err(Failure::wrong(format!(
            "--vary: {} keys are {why}",
            vary.len()
        )));
    }
    if !steps.is_empty() && steps.len() != vary.len() {
        return Err(Failure::wrong(format!(
            "--resolution is there {} times and --vary {}; give one for each key, or none",
            steps.len(),
            vary.len()
        )));
    }
    let grid = |(at, text): (usize, &String)| {
        let step = steps.get(at).map(String::as_str);
        Grid::read(text, step, Wanted::Largest)
            .map_err(|why| Failure::wrong(format!("--vary {}: {why}", brief(text))))
    };
    let grids: Vec<Grid> = vary
        .iter()
        .enumerate()
        .map(grid)
        .collect::<Result<_, _>>()?;
    let twice = |at: &usize| {
        grids[..*at]
            .iter()
            .any(|other| other.path == grids[*at].path)
    };
    match (0..grids.len()).find(twice) {
        Some(at) => Err(Failure::wrong(format!(
            "--vary {}: the key is varied already",
            brief(&vary[at])
        ))),
        None => Ok(grids),
    }
}

/// What makes the results again, where a report is asked for.
fn command(arguments: &Worst) -> Option<report::Command> {
    let file = Some(arguments.subject.file.as_path());
    let mut words = load::words("worst", file, &arguments.subject.changes.words());
    let vary = arguments.vary.iter().map(|text| ("--vary", text.clone()));
    let of = [("--of", arguments.of.clone())];
    let steps = arguments.resolution.iter();
    let steps = steps.map(|step| ("--resolution", step.clone()));
    let often = arguments.replications.iter();
    let often = often.map(|count| ("--replications", count.to_string()));
    for (option, value) in vary.chain(of).chain(steps).chain(often) {
        words.extend([option.to_owned(), value]);
    }
    words.extend(arguments.least.then(|| "--least".to_owned()));
    arguments.report.then(|| report::Command::new(words))
}
