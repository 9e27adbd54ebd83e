//! `cmksim sensitivity`: what moves an answer, and how much of it rests on assumed numbers.

use clap::Args;
use cmksim::experiment::sensitivity::{Factor, Question, sensitivity as moved};
use cmksim::foreign::brief;
use cmksim::limits::SCREENING_LEVELS;
use cmksim::report::{self, Screening, Sensitivity};
use cmksim::scenario::{Override, Scenario, Target};

use super::failure::{Failure, Status};
use super::files::Folder;
use super::load::{self, Loaded};
use super::options::{Format, Subject};
use super::searched::search;
use super::status::failure;
use super::study::{REPLICATIONS, often};
use super::terminal::style;

/// More trajectories tell nothing more.
const MOST_TRAJECTORIES: u64 = 10_000;

#[derive(Debug, Args)]
pub(crate) struct Asked {
    #[command(flatten)]
    subject: Subject,
    /// The response: MEASURE for its mean, or STAT(MEASURE), such as "p95(dropped)" or
    /// "probability(dropped > 0 B)"
    #[arg(long, value_name = "MEASURE")]
    of: String,
    /// Statistic of a bare MEASURE: mean, min, max, or p0 to p100 [default: mean]
    #[arg(long, value_name = "STAT")]
    stat: Option<String>,
    /// Vary this key as well, such as event.disabled.duration=20m..2h or
    /// behaviour.revocation_scope=account,cluster; may be repeated
    #[arg(long, value_name = "PATH=LO..HI")]
    also: Vec<String>,
    /// Vary all factors together as well: Morris screening with this number of trajectories
    #[arg(
        long,
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u64).range(2..=MOST_TRAJECTORIES)
    )]
    morris: Option<u64>,
    /// Number of replications per variant [default: the scenario's `replications`, or 200 if
    /// that is 1]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
}

/// Runs the command.
pub(crate) fn sensitivity(arguments: &Asked, quiet: bool) -> Result<Status, Failure> {
    let (name, loaded) = load::subject(&arguments.subject, arguments.replications, quiet)?;
    let scenario = &loaded.scenario;
    let target = target(arguments, scenario)?;
    let (factors, other_traces) = factors(arguments, &loaded)?;
    refuse_too_much(arguments.morris.unwrap_or(0), factors.len() as u64)?;
    let replications = often(arguments.replications, scenario, REPLICATIONS);
    let trajectories = arguments.morris;
    let trajectories = trajectories.map(|count| usize::try_from(count).expect("few"));
    let question = Question {
        target: &target,
        factors: &factors,
        replications,
        trajectories,
        variants: &|changes: &[Override]| loaded.variant(changes),
    };
    let asked = (&target, &factors, replications, trajectories, other_traces);
    let about = (&*name, &arguments.subject, &loaded);
    let searched = search("sensitivity", about, &asked, quiet, |runner| {
        moved(question, runner)
    })?;
    let found = &searched.found;
    let screening = trajectories.zip(found.screened.as_ref());
    let screening = screening.map(|(trajectories, screened)| Screening {
        trajectories,
        factors: factors.iter().zip(screened.iter().copied()).collect(),
    });
    let told = Sensitivity {
        scenario,
        target: &target,
        replications,
        base: &found.answer,
        influences: &found.influences,
        screening,
    };
    answer(&searched.folder, &told, &loaded, arguments, quiet)?;
    searched.done()?;
    Ok(Status::Done)
}

fn target(arguments: &Asked, scenario: &Scenario) -> Result<Target, Failure> {
    match &arguments.stat {
        None => Ok(scenario.target("--of", &arguments.of)?),
        Some(stat) if arguments.of.contains('(') => Err(Failure::wrong(format!(
            "--stat {stat}: {} already names a statistic",
            arguments.of
        ))),
        Some(stat) => Ok(scenario.target("--stat", &format!("{stat}({})", arguments.of))?),
    }
}

/// The assumed parameters that the scenario can use, and what is named beside them; and the digests
/// of traces that only values of these have.
fn factors(
    arguments: &Asked,
    loaded: &Loaded,
) -> Result<(Vec<Factor>, Vec<Option<String>>), Failure> {
    let scenario = &loaded.scenario;
    let assumed = scenario.assumed();
    let mut factors: Vec<Factor> = assumed
        .map(|parameter| Factor::assumed(scenario, parameter))
        .collect();
    let mut other_traces = Vec::new();
    for text in &arguments.also {
        let wrong = |why| Failure::wrong(format!("--also {}: {why}", brief(text)));
        let factor = Factor::named(text).map_err(wrong)?;
        for value in &factor.range {
            let variant = loaded.variant(&factor.set(value));
            let variant = variant.map_err(|error| failure("--also", &error))?;
            other_traces.push(variant.other_traces(&loaded.traces));
        }
        // What is named takes the place of what the edition says of it.
        factors.retain(|other| other.name != factor.name);
        factors.push(factor);
    }
    Ok((factors, other_traces))
}

/// A screening keeps where all of its points are.
fn refuse_too_much(trajectories: u64, factors: u64) -> Result<(), Failure> {
    let levels = trajectories.saturating_mul((factors + 1).saturating_mul(factors));
    if SCREENING_LEVELS.allows(levels) {
        return Ok(());
    }
    let why = SCREENING_LEVELS.exceeded();
    Err(Failure::wrong(format!(
        "--morris: {trajectories} trajectories over {factors} factors have {why}"
    )))
}

fn answer(
    folder: &Folder,
    told: &Sensitivity<'_>,
    loaded: &Loaded,
    arguments: &Asked,
    quiet: bool,
) -> Result<(), Failure> {
    let printed = match arguments.subject.results.format {
        Format::Text => report::sensitivity_text(told, style()),
        Format::Json => report::sensitivity_json(told, &loaded.text),
        Format::Csv => report::sensitivity_csv(told),
    };
    let written = report::sensitivity_files(told, &loaded.text, command(arguments).as_ref());
    folder.hand_out(&written, &printed, quiet)
}

/// What makes the results again, where a report is asked for.
fn command(arguments: &Asked) -> Option<report::Command> {
    let file = Some(arguments.subject.file.as_path());
    let mut words = load::words("sensitivity", file, &arguments.subject.changes.words());
    words.extend(["--of".to_owned(), arguments.of.clone()]);
    let values = arguments.also.iter().map(|value| ("--also", value.clone()));
    let stat = arguments.stat.iter().map(|stat| ("--stat", stat.clone()));
    let morris = arguments
        .morris
        .iter()
        .map(|count| ("--morris", count.to_string()));
    let often = arguments.replications.iter();
    let often = often.map(|count| ("--replications", count.to_string()));
    for (option, value) in stat.chain(values).chain(morris).chain(often) {
        words.extend([option.to_owned(), value]);
    }
    arguments.report.then(|| report::Command::new(words))
}
