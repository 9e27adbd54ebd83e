//! `cmksim shrink`: the smallest scenario in which something still fails.

use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use cmksim::Error;
use cmksim::experiment::shrink::{self, Begin, Question, Shrunk, Start, Symptom};
use cmksim::experiment::{Asked, Runner, Variant};
use cmksim::limits::SHRINK_REPLAYS;
use cmksim::report::{self, ShrunkOf};
use cmksim::scenario::{Expectation, Scenario, Statistic};

use super::failure::{Failure, Status};
use super::files::{self, Folder, way};
use super::growing::Growing;
use super::load::{self, Loaded};
use super::options::{Format, Subject};
use super::progress::Bar;
use super::status::finished;
use super::terminal;
use super::terminal::style;

#[derive(Debug, Args)]
pub(crate) struct Shrink {
    #[command(flatten)]
    subject: Subject,
    /// Begin with this replication, counted from 0 [default: the first one that fails; of a single
    /// run the scenario's `replication`]
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["worst", "replications"])]
    replication: Option<u64>,
    /// What must stay: a condition on one replication, such as "dropped > 20 GB"; or an expectation
    /// of the scenario, word by word, which must still fail [default: the first expectation that
    /// fails]
    #[arg(long, value_name = "EXPECTATION")]
    such_that: Option<String>,
    /// Begin with the worst replication: the one in which the measure is farthest from what is
    /// expected
    #[arg(long)]
    worst: bool,
    /// Number of replications that are searched for one that fails [default: the scenario's
    /// `replications`]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Stop after so many replays of smaller scenarios, with the smallest so far
    #[arg(long, value_name = "NUMBER", default_value_t = MOST_REPLAYS,
          value_parser = clap::value_parser!(u64).range(1..=SHRINK_REPLAYS.most))]
    max_replays: u64,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
    /// Exit with status 0 even if no replication fails, or if the limit on replays came first
    #[arg(long)]
    exit_zero: bool,
}

/// No more replays by default.
const MOST_REPLAYS: u64 = 20_000;

/// Runs the command.
pub(crate) fn shrink(arguments: &Shrink, quiet: bool) -> Result<Status, Failure> {
    if arguments.subject.results.format == Format::Csv {
        return Err(Failure::wrong(
            "--format csv: a scenario is no table; take text or json",
        ));
    }
    let (name, loaded) = load::subject(&arguments.subject, arguments.replications, quiet)?;
    let condition = condition(arguments, &loaded.scenario)?;
    let path = files::folder_of(&arguments.subject);
    let file = arguments.subject.file.as_path();
    let draft = loaded.source.draft(&[])?;
    let draft = draft.seen_from(&way(&path.join(report::SHRUNK), file));
    let folder = Folder::open(&path, quiet)?;
    let options = (arguments.replication, arguments.worst, &condition);
    let most = arguments.max_replays;
    let asked = (options, loaded.scenario.replications, &loaded.text);
    let head = Asked::of("shrink", &[(&loaded.scenario, &loaded.traces)], &asked);
    let extend = arguments.subject.results.extend;
    let journal = Growing::open(&folder, &head, extend, quiet)?;
    let bar = Bar::new(&name, !quiet);
    let runner = bar.runner(Some(&journal));
    let variant = Variant {
        scenario: loaded.scenario.clone(),
        traces: Arc::clone(&loaded.traces),
    };
    let begun = begin(arguments, &variant, condition, &runner);
    let Some((replication, symptom)) = finished(&name, begun)? else {
        drop(bar);
        return none(arguments, &name, &loaded.scenario, quiet);
    };
    let latest = Mutex::new(vec![variant.clone()]);
    let question = Question {
        draft: &draft,
        variant: &variant,
        replication,
        symptom: &symptom,
        most,
        resolve: &|scenario| resolved(&loaded, &latest, scenario),
    };
    let shrunk = shrink::shrink(question, &runner);
    drop(bar);
    journal.flush()?;
    let shrunk = finished(&name, shrunk)?;
    hand_out(arguments, &loaded, (&symptom, &shrunk), &folder, quiet)?;
    journal.remove()?;
    Ok(match shrunk.finished {
        false if !arguments.exit_zero => Status::Undecided,
        _ => Status::Done,
    })
}

/// What `--such-that` asks for, and whether it is an expectation of the scenario, which must fail.
fn condition(
    arguments: &Shrink,
    scenario: &Scenario,
) -> Result<Option<(Expectation, bool)>, Failure> {
    let Some(text) = &arguments.such_that else {
        let each = |expectation: &Expectation| expectation.statistic == Statistic::Each;
        if scenario.expectations.iter().any(each) {
            return Ok(None);
        }
        return Err(Failure::wrong(
            "the scenario expects nothing of a single replication; say what to look for with \
             --such-that \"dropped > 0 B\"",
        ));
    };
    let read = scenario.expectation("--such-that", text)?;
    if read.statistic != Statistic::Each {
        return Err(Failure::wrong(
            "--such-that: a statistic is about many replications; a condition on one is a measure \
             compared with a value, such as \"dropped > 20 GB\"",
        ));
    }
    let same = |own: &Expectation| own.text.trim() == text.trim();
    let own = scenario.expectations.iter().any(same);
    Ok(Some((read, own)))
}

/// The replication to begin with, and what it shows; `None`: none shows it.
fn begin(
    arguments: &Shrink,
    variant: &Variant,
    condition: Option<(Expectation, bool)>,
    runner: &Runner<'_>,
) -> Result<Option<(u64, Symptom)>, Error> {
    let scenario = &variant.scenario;
    let single = scenario.replications == 1;
    let only = arguments
        .replication
        .or(single.then_some(scenario.replication));
    let held = condition
        .as_ref()
        .filter(|(_, own)| !own)
        .map(|(condition, _)| Symptom::holds(condition));
    let expectations = match (&held, condition) {
        (Some(held), _) => vec![held.about().clone()],
        (None, Some((own, _))) => vec![own],
        (None, None) => scenario.expectations.clone(),
    };
    let start = Start {
        expectations: &expectations,
        from: only.unwrap_or(0),
        count: only.map_or(scenario.replications, |_| 1),
        worst: arguments.worst,
        without_value: held.is_none(),
    };
    let found = shrink::find(variant, start, runner)?;
    Ok(found.map(|found| {
        let Begin {
            replication,
            expectation,
            without_value,
        } = found;
        let fails = || Symptom::fails(&expectations[expectation], without_value);
        (replication, held.unwrap_or_else(fails))
    }))
}

/// A scenario with its traces: those of the original or of the candidate before, where they are the
/// same.
fn resolved(
    loaded: &Loaded,
    latest: &Mutex<Vec<Variant>>,
    scenario: Scenario,
) -> Result<Variant, Error> {
    let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
    let same = latest
        .iter()
        .find(|variant| load::same_traces(&variant.scenario, &scenario));
    if let Some(same) = same {
        let traces = Arc::clone(&same.traces);
        return Ok(Variant { scenario, traces });
    }
    let variant = loaded.resolved(scenario)?;
    // That of the original stays.
    latest.truncate(1);
    latest.push(variant.clone());
    Ok(variant)
}

/// No replication shows what is looked for.
fn none(
    arguments: &Shrink,
    name: &str,
    scenario: &Scenario,
    quiet: bool,
) -> Result<Status, Failure> {
    let single = arguments
        .replication
        .or((scenario.replications == 1).then_some(scenario.replication));
    let (looked, more) = match single {
        Some(one) => (
            format!("in replication {one}"),
            "; look at many with --replications 1000",
        ),
        None => (
            format!("in any of {}", report::replications(scenario.replications)),
            "",
        ),
    };
    let what = match &arguments.such_that {
        Some(condition) => format!("{} is not seen", cmksim::foreign::quoted(condition)),
        None => "no expectation fails".to_owned(),
    };
    if !quiet || !arguments.exit_zero {
        terminal::tell("note", &format!("{name}: {what} {looked}{more}"));
    }
    Ok(if arguments.exit_zero {
        Status::Done
    } else {
        Status::Unmet
    })
}

fn hand_out(
    arguments: &Shrink,
    loaded: &Loaded,
    (symptom, shrunk): (&Symptom, &Shrunk),
    folder: &Folder,
    quiet: bool,
) -> Result<(), Failure> {
    let command = again(arguments);
    let path = terminal::path(&folder.path().join(report::SHRUNK));
    let of = ShrunkOf {
        scenario: &loaded.scenario,
        source: &loaded.text,
        symptom,
        shrunk,
        path: &path,
        command: &command,
    };
    let printed = match arguments.subject.results.format {
        Format::Json => report::shrink_json(of),
        Format::Text | Format::Csv => report::shrink_text(of, style()),
    };
    folder.hand_out(&report::shrink_files(of, arguments.report), &printed, quiet)
}

/// What makes the results again.
fn again(arguments: &Shrink) -> report::Command {
    let file = Some(arguments.subject.file.as_path());
    let mut words = load::words("shrink", file, &arguments.subject.changes.words());
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let most = Some(arguments.max_replays).filter(|most| *most != MOST_REPLAYS);
    for (name, value) in [
        ("--replication", number(arguments.replication)),
        ("--such-that", arguments.such_that.clone()),
        ("--replications", number(arguments.replications)),
        ("--max-replays", number(most)),
    ] {
        words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    }
    words.extend(arguments.worst.then(|| "--worst".to_owned()));
    report::Command::new(words)
}
