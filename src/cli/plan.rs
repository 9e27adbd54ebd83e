//! `cmksim plan`: which reservation, how much room, and when limits are reached.

use clap::Args;
use cmksim::experiment::plan::{Case, Plan, gather_all};
use cmksim::experiment::shard::Work;
use cmksim::experiment::{Asked, Variant};
use cmksim::report::{self, Command};
use cmksim::scenario::{Scenario, WhatIf};
use cmksim::units::Duration;

use super::back_test::back_test;
use super::failure::{Failure, Status};
use super::files::Folder;
use super::options::{Format, Subject};
use super::parts::{By, make};
use super::progress::Bar;
use super::status::finished;
use super::store::Store;
use super::study::{REPLICATIONS, often};
use super::terminal::style;
use super::{files, load};

#[derive(Debug, Args)]
pub(crate) struct Planned {
    #[command(flatten)]
    subject: Subject,
    /// Number of replications [default: the scenario's `replications`, or 200 if that is 1]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Also plan for a case in which some keys have other values, and compare it with the scenario:
    /// a title, then settings as --set takes them, as in
    /// "longer: workspace.NAME.retention=90d; behaviour.buffer_retention=2h"; may be repeated
    #[arg(long, value_name = "TITLE: PATH=VALUE; ...")]
    what_if: Vec<String>,
    /// Instead of a plan: hold out the last days of each workspace's trace, forecast them from what
    /// is before, at three origins at least, and say how far off the forecasts are
    #[arg(long, value_name = "DURATION", conflicts_with = "what_if")]
    back_test: Option<Duration>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
}

/// Runs the command.
pub(crate) fn plan(arguments: &Planned, by: By<'_>, quiet: bool) -> Result<Status, Failure> {
    let subject = &arguments.subject;
    let extend = subject.results.extend;
    let (name, loaded) = load::subject(subject, arguments.replications, quiet)?;
    if let Some(held) = arguments.back_test {
        let draws = arguments.replications.unwrap_or(REPLICATIONS);
        let command = command(arguments);
        return back_test(
            &name,
            &loaded,
            (held, draws),
            subject,
            (command.as_ref(), quiet),
        );
    }
    let what_ifs = what_ifs(&loaded.scenario, &arguments.what_if)?;
    let variants = what_ifs.iter().map(|case| loaded.case(case));
    let variants: Vec<Variant> = variants.collect::<Result<_, _>>()?;
    let replications = often(arguments.replications, &loaded.scenario, REPLICATIONS);
    let base = (&loaded.scenario, &loaded.traces[..]);
    let cases = variants.iter();
    let cases = cases.map(|variant| (&variant.scenario, &variant.traces[..]));
    let subjects: Vec<_> = std::iter::once(base).chain(cases).collect();
    let asked = Asked::of("plan", &subjects, &replications);
    let work = finished(&name, Work::of_plan(&subjects, replications))?;
    if let By::Part(cut) = by {
        let folder = subject.results.output.as_deref();
        return make((&name, asked), &work, cut, folder, quiet);
    }
    let folder = || Folder::open(&files::folder_of(subject), quiet);
    let Some(store) = Store::open(by, folder, (&asked, work.line), extend, quiet)? else {
        return Ok(Status::Done);
    };
    let bar = Bar::new(&name, !quiet);
    let gathered = store.compute(&bar, |runner| gather_all(&subjects, replications, runner));
    drop(bar);
    store.flush()?;
    let gathered = finished(&name, gathered)?;
    let plans = subjects.iter().zip(&gathered);
    let mut plans = plans.map(|((scenario, _), gathered)| Plan::of(scenario, gathered));
    let mut plan = plans.next().expect("the scenario has one");
    let cases = what_ifs.into_iter().zip(plans);
    plan.cases = cases
        .map(|(case, own)| Case::of(case, &plan, own))
        .collect();
    let printed = match subject.results.format {
        Format::Text => report::plan_text(&plan, style()),
        Format::Json => report::plan_json(&plan, &loaded.text),
        Format::Csv => report::plan_csv(&plan),
    };
    store.folder.hand_out(
        &report::plan_files(&plan, &loaded.text, command(arguments).as_ref()),
        &printed,
        quiet,
    )?;
    store.remove()?;
    Ok(Status::Done)
}

/// The cases of the scenario, then those of the command line.
fn what_ifs(scenario: &Scenario, given: &[String]) -> Result<Vec<WhatIf>, Failure> {
    let read = |text: &String| {
        let case = WhatIf::read(text);
        case.map_err(|why| Failure::wrong(format!("--what-if {text:?}: {why}")))
    };
    let mut cases = scenario.what_ifs.clone();
    for text in given {
        cases.push(read(text)?);
    }
    match WhatIf::clash(&cases) {
        Some((_, why)) => Err(Failure::wrong(format!("--what-if: {why}"))),
        None => Ok(cases),
    }
}

/// What makes the results again, where a report is asked for.
fn command(arguments: &Planned) -> Option<Command> {
    let subject = &arguments.subject;
    let mut words = load::words("plan", Some(&subject.file), &subject.changes.words());
    if let Some(replications) = arguments.replications {
        words.extend(["--replications".to_owned(), replications.to_string()]);
    }
    let cases = arguments.what_if.iter();
    let held = arguments.back_test.iter();
    words.extend(held.flat_map(|held| ["--back-test".to_owned(), held.to_string()]));
    words.extend(cases.flat_map(|case| ["--what-if".to_owned(), case.clone()]));
    arguments.report.then(|| Command::new(words))
}
