//! `cmksim optimise`: the cheapest combination of levers that keeps some promises.

use clap::Args;
use cmksim::experiment::optimise::{self, Promise, Question};
use cmksim::experiment::{Figure, Outcome};
use cmksim::foreign::brief;
use cmksim::limits::COMBINATIONS;
use cmksim::report::{self, Optimised};
use cmksim::scenario::{Expectation, Lever, Override, Scenario, Target, Unit};

use super::failure::{Failure, Status};
use super::load;
use super::options::{Format, Subject};
use super::searched::search;
use super::study::often;
use super::terminal::style;

/// How often a combination is replayed by default.
const REPLICATIONS: u64 = 1_000;

#[derive(Debug, Args)]
pub(crate) struct Optimise {
    #[command(flatten)]
    subject: Subject,
    /// What is to be as little as possible: MEASURE for its mean, or STAT(MEASURE), such as cost;
    /// the prices of the options are added
    #[arg(long, value_name = "MEASURE")]
    minimise: String,
    /// What must hold, such as "probability(dropped == 0 B) >= 99%" or "p95(dropped) < 10 GB"; may
    /// be repeated
    #[arg(long, value_name = "EXPECTATION", required = true)]
    such_that: Vec<String>,
    /// Number of replications, at most of each combination and for each check [default: the
    /// scenario's `replications`, or 1000 if that is 1]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
    /// Exit with status 0 even if no combination keeps the promises or there is no answer
    #[arg(long)]
    exit_zero: bool,
}

/// Runs the command.
pub(crate) fn optimise(arguments: &Optimise, quiet: bool) -> Result<Status, Failure> {
    let (name, loaded) = load::subject(&arguments.subject, arguments.replications, quiet)?;
    let scenario = &loaded.scenario;
    let levers = levers(scenario, &name)?;
    let target = scenario.target("--minimise", &arguments.minimise)?;
    let figure = Figure::new(&target, true);
    let figure = figure.map_err(|why| Failure::wrong(format!("--minimise: {why}")))?;
    refuse_other_units(&target, levers)?;
    let (expectations, promises) = promises(arguments, scenario)?;
    let replications = often(arguments.replications, scenario, REPLICATIONS);
    let replications = usize::try_from(replications).expect("as many as fit in memory");
    let question = Question {
        levers,
        target: &target,
        figure,
        expectations: &expectations,
        promises: &promises,
        replications,
    };
    let asked = (levers, figure, &expectations, replications);
    let about = (&*name, &arguments.subject, &loaded);
    let variants = |changes: &[Override]| loaded.variant(changes);
    let searched = search("optimise", about, &asked, quiet, |runner| {
        optimise::optimise(question, &variants, runner)
    })?;
    let told = Optimised {
        scenario,
        levers,
        target: &target,
        expectations: &expectations,
        promises: &promises,
        replications,
        found: &searched.found,
    };
    let set = arguments.subject.changes.set_words();
    let typed = load::typed("run", Some(&arguments.subject.file), set.clone());
    let printed = match arguments.subject.results.format {
        Format::Text => report::optimise_text(&told, &typed, style()),
        Format::Json => report::optimise_json(&told, &loaded.text),
        Format::Csv => report::optimise_csv(&told),
    };
    let run = load::words("run", Some(&arguments.subject.file), &set);
    let written = report::optimise_files(&told, &loaded.text, &run, command(arguments).as_ref());
    searched.folder.hand_out(&written, &printed, quiet)?;
    let outcome = searched.found.outcome;
    searched.done()?;
    Ok(match outcome {
        Outcome::Failed if !arguments.exit_zero => Status::Unmet,
        Outcome::Undecided if !arguments.exit_zero => Status::Undecided,
        _ => Status::Done,
    })
}

fn levers<'a>(scenario: &'a Scenario, name: &str) -> Result<&'a [Lever], Failure> {
    let levers = &scenario.levers;
    if levers.is_empty() {
        return Err(Failure::wrong(format!(
            "{name}: it has no [[lever]], so there is nothing to choose; write one for each choice, \
             with its options"
        )));
    }
    let count = Question::combinations(levers);
    if count.is_none_or(|count| !COMBINATIONS.allows(count as u64)) {
        let counts = levers.iter().map(|lever| lever.options.len().to_string());
        let counts: Vec<String> = counts.collect();
        let why = COMBINATIONS.exceeded();
        return Err(Failure::wrong(format!(
            "{name}: {} are {why}",
            counts.join(" x ")
        )));
    }
    Ok(levers)
}

/// Prices are added to money alone.
fn refuse_other_units(target: &Target, levers: &[Lever]) -> Result<(), Failure> {
    let mut options = levers.iter().flat_map(|lever| &lever.options);
    let priced = options.find(|option| option.price.millionths() > 0);
    match priced {
        Some(option) if target.statistic.unit(target.measure) != Unit::Money => {
            Err(Failure::wrong(format!(
                "--minimise {}: it is no amount of money, and the option \"{}\" has a price, which \
                 cannot be added to it",
                brief(&target.text),
                brief(&option.name)
            )))
        }
        _ => Ok(()),
    }
}

fn promises(
    arguments: &Optimise,
    scenario: &Scenario,
) -> Result<(Vec<Expectation>, Vec<Promise>), Failure> {
    let mut expectations = Vec::new();
    let mut promises = Vec::new();
    for text in &arguments.such_that {
        let expectation = scenario.expectation("--such-that", text)?;
        let promise = Promise::new(&expectation);
        promises.push(promise.map_err(|why| Failure::wrong(format!("--such-that: {why}")))?);
        expectations.push(expectation);
    }
    Ok((expectations, promises))
}

/// What makes the results again, where a report is asked for.
fn command(arguments: &Optimise) -> Option<report::Command> {
    let file = Some(arguments.subject.file.as_path());
    let mut words = load::words("optimise", file, &arguments.subject.changes.words());
    let such_that = arguments.such_that.iter();
    let such_that = such_that.map(|text| ("--such-that", text.clone()));
    let often = arguments.replications.iter();
    let often = often.map(|count| ("--replications", count.to_string()));
    let minimise = [("--minimise", arguments.minimise.clone())];
    for (option, value) in minimise.into_iter().chain(such_that).chain(often) {
        words.extend([option.to_owned(), value]);
    }
    arguments.report.then(|| report::Command::new(words))
}
