//! `cmksim compare`: what differs between scenarios, from when on, and why.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use cmksim::experiment::shard::{Line, Work};
use cmksim::experiment::{
    Asked, Attribution, Explained, Paired, Replayed, Runner, Study, Variant, first_divergence,
    most_informative, paired, replay_all,
};
use cmksim::report::{self, Compared, Other, Side};
use cmksim::scenario::{Changes, Measure, Scope};

use super::failure::{Failure, Status};
use super::files::{Folder, way};
use super::load::{self, Loaded};
use super::options::{self, Format};
use super::parts::{By, Cut, make};
use super::progress::Bar;
use super::status::{failed, finished};
use super::store::Store;
use super::study::REPLICATIONS;
use super::terminal::style;
use super::{signals, terminal};

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The baseline, then the scenarios to compare with it
    #[arg(value_name = "FILE", num_args = 2.., required = true)]
    files: Vec<PathBuf>,
    /// Of all of them
    #[command(flatten)]
    changes: options::Changes,
    /// Number of replications of each scenario [default: the largest `replications` of the
    /// files, or 200 if that is 1]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// The measure in the first line of the answer [default: the one in the expectations of the
    /// first file, else dropped, else query_downtime, else the one that differs most]
    #[arg(long, value_name = "MEASURE")]
    of: Option<String>,
    /// Show the first event that differs in this replication
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    replication: u64,
    /// Folder for the results [default: output/<stems of the files, joined by +>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
    /// Format of the results on standard output; csv has a row for each measure, and for each
    /// change of a key
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Continue a study that was interrupted: keep the results in the folder and compute only the
    /// rest
    #[arg(long)]
    extend: bool,
}

/// A scenario that was replayed.
struct Studied {
    name: String,
    loaded: Loaded,
    replayed: Replayed,
}

/// Runs the command.
pub(crate) fn compare(arguments: &Compare, by: By<'_>, quiet: bool) -> Result<Status, Failure> {
    let loaded = load_all(arguments, quiet)?;
    let of = match &arguments.of {
        None => None,
        Some(text) => Some(loaded[0].scenario.measure("--of", text)?),
    };
    let written = loaded.iter().map(|file| file.scenario.replications).max();
    let written = written.filter(|count| *count > 1).unwrap_or(REPLICATIONS);
    let replications = arguments.replications.unwrap_or(written);
    let names = names(&arguments.files);
    let subjects = loaded.iter().map(|file| (&file.scenario, &file.traces[..]));
    let texts: Vec<&String> = loaded.iter().map(|file| &file.text).collect();
    let asked = Asked::of(
        "compare",
        &subjects.collect::<Vec<_>>(),
        &(replications, of, texts),
    );
    let changes = changes(&loaded, &arguments.files)?;
    let changed: usize = changes.iter().map(|changes| changes.list.len()).sum();
    let line = Line {
        cells: (loaded.len() + changed) as u64,
        replications,
    };
    if let By::Part(cut) = by {
        let output = arguments.output.as_deref();
        return part_of(&loaded, &changes, (asked, line), cut, output, quiet);
    }
    let folder = || Folder::open(&folder(arguments), quiet);
    let Some(store) = Store::open(by, folder, (&asked, line), arguments.extend, quiet)? else {
        return Ok(Status::Done);
    };
    let bar = Bar::new("comparing", !quiet);
    let studied = store.compute(&bar, |runner| {
        runner.progress.begin(line.len());
        replay(names, loaded, replications, arguments.replication, runner)
    });
    store.flush()?;
    let studied = studied?;
    let (first, others) = studied.split_first().expect("clap asks for two");
    let mut cell = studied.len();
    let others = others.iter().zip(changes).map(|(other, changes)| {
        let from = cell;
        cell += changes.list.len();
        store.compute(&bar, |runner| {
            against(first, other, (changes, from), of, runner)
        })
    });
    let others = others.collect::<Result<_, _>>();
    drop(bar);
    store.flush()?;
    let compared = Compared {
        first: first.side(),
        replications,
        replication: arguments.replication,
        others: others?,
    };
    answer(&store.folder, &compared, arguments, quiet)?;
    store.remove()?;
    Ok(Status::Done)
}

fn load_all(arguments: &Compare, quiet: bool) -> Result<Vec<Loaded>, Failure> {
    let overrides = arguments.changes.replicated(arguments.replications);
    let files = arguments.files.iter();
    let loaded = files.map(|file| load::load(Some(file), &overrides, quiet));
    let mut loaded: Vec<Loaded> = loaded.collect::<Result<_, _>>()?;
    let seed = loaded[0].scenario.seed;
    for (loaded, file) in loaded.iter_mut().zip(&arguments.files).skip(1) {
        // Any seed is right.
        let own = std::mem::replace(&mut loaded.scenario.unchecked.seed, seed);
        if own != seed && !quiet {
            let (own_name, name) = (terminal::path(file), terminal::path(&arguments.files[0]));
            let note = format!(
                "{own_name} has the seed {own}; it is replayed with {seed}, the seed of {name}, \
                 so that both draw the same random numbers"
            );
            terminal::tell("note", &note);
        }
    }
    Ok(loaded)
}

/// The stems of files; numbered where two are the same.
fn names(files: &[PathBuf]) -> Vec<String> {
    let stems: Vec<String> = files.iter().map(|file| load::stem(Some(file))).collect();
    let distinct: BTreeSet<&String> = stems.iter().collect();
    if distinct.len() == stems.len() {
        return stems;
    }
    let numbered = stems.iter().enumerate();
    numbered
        .map(|(at, stem)| format!("{stem} ({})", at + 1))
        .collect()
}

fn replay(
    names: Vec<String>,
    loaded: Vec<Loaded>,
    replications: u64,
    shown: u64,
    runner: &Runner<'_>,
) -> Result<Vec<Studied>, Failure> {
    let study = |(name, loaded)| {
        let Loaded {
            scenario, traces, ..
        }: &Loaded = loaded;
        (String::as_str(name), Study::new(scenario, traces))
    };
    let studies: Vec<_> = names.iter().zip(&loaded).map(study).collect();
    let replayed = replay_all(&studies, replications, shown, runner);
    signals::check()?;
    // It says itself of which file it is.
    let replayed = replayed.map_err(|error| failed(&error))?;
    let studied = names.into_iter().zip(loaded).zip(replayed);
    let studied = studied.map(|((name, loaded), replayed)| Studied {
        name,
        loaded,
        replayed,
    });
    Ok(studied.collect())
}

impl Studied {
    fn side(&self) -> Side<'_> {
        Side {
            name: &self.name,
            scenario: &self.loaded.scenario,
            source: &self.loaded.text,
            history: &self.replayed.history,
        }
    }
}

/// Holds a scenario against the first.
fn against<'a>(
    first: &'a Studied,
    other: &'a Studied,
    (changes, cell): (Changes, usize),
    of: Option<(Scope, Measure)>,
    runner: &Runner<'_>,
) -> Result<Other<'a>, Failure> {
    let (a, b) = (&first.loaded.scenario, &other.loaded.scenario);
    let measures = paired((a, &first.replayed.study), (b, &other.replayed.study));
    let telling = match of {
        None => most_informative(a, &measures),
        Some((scope, measure)) => {
            let is = |paired: &Paired| (paired.scope, paired.measure) == (scope, measure);
            let lacks = || {
                let measure = a.name_of(scope, measure);
                Failure::wrong(format!(
                    "--of {measure}: {} has no such measure",
                    other.name
                ))
            };
            Some(measures.iter().position(is).ok_or_else(lacks)?)
        }
    };
    let attribution = match telling {
        None => {
            let count = (changes.list.len() * first.replayed.study.count()) as u64;
            runner.progress.skip(count);
            None
        }
        Some(at) => Some(attribute(
            first,
            other,
            &measures[at],
            (&changes, cell),
            runner,
        )?),
    };
    Ok(Other {
        side: other.side(),
        parting: first_divergence((a, &first.replayed.history), (b, &other.replayed.history)),
        measures,
        telling,
        changes,
        attribution,
    })
}

/// What differs between the first file and each of the others.
fn changes(loaded: &[Loaded], files: &[PathBuf]) -> Result<Vec<Changes>, Failure> {
    let first = loaded[0].source.draft(&[])?;
    let others = loaded.iter().zip(files).skip(1);
    let between = |(other, file): (&Loaded, &PathBuf)| {
        let other = other.source.draft(&[])?.seen_from(&way(&files[0], file));
        Ok(Changes::between(&first, &other)?)
    };
    others.map(between).collect()
}

/// The first scenario with one of the changes, or why there is none.
fn made(first: &Loaded, changes: &Changes, at: usize) -> Result<Variant, String> {
    let reading = changes.made(&changes.list[at]).map_err(|wrong| {
        let first = wrong.iter().next();
        first.map_or_else(String::new, |(_, wrong)| wrong.message().to_owned())
    })?;
    let variant = first.resolved(reading.scenario);
    variant.map_err(|error| error.to_string())
}

/// Computes a part.
fn part_of(
    loaded: &[Loaded],
    changes: &[Changes],
    (asked, line): (Asked, Line),
    cut: &Cut,
    output: Option<&Path>,
    quiet: bool,
) -> Result<Status, Failure> {
    let studies = loaded.iter();
    let studies: Vec<Study<'_>> = studies
        .map(|file| Study::new(&file.scenario, &file.traces))
        .collect();
    let each = changes.iter();
    let each = each.flat_map(|of| (0..of.list.len()).map(move |at| (of, at)));
    let changed = each.map(|(of, at)| made(&loaded[0], of, at));
    let changed: Vec<Result<Variant, String>> = changed.collect();
    let work = Work::of_comparison(&studies, &changed, line);
    make(("comparing", asked), &work, cut, output, quiet)
}

/// How much of the difference each change makes.
fn attribute(
    first: &Studied,
    other: &Studied,
    paired: &Paired,
    (changes, cell): (&Changes, usize),
    runner: &Runner<'_>,
) -> Result<Attribution, Failure> {
    let explained = Explained {
        first: &first.loaded.scenario,
        before: &first.replayed.study,
        second: &other.loaded.scenario,
        after: &other.replayed.study,
        scope: paired.scope,
        measure: paired.measure,
        cell,
    };
    let each = 0..changes.list.len();
    let variants = each.map(|at| made(&first.loaded, changes, at));
    let attribution = explained.by(variants, runner);
    finished(&first.name, attribution)
}

fn answer(
    folder: &Folder,
    compared: &Compared<'_>,
    arguments: &Compare,
    quiet: bool,
) -> Result<(), Failure> {
    signals::check()?;
    let printed = match arguments.format {
        Format::Text => report::compare(compared, style()),
        Format::Json => report::compare_json(compared),
        Format::Csv => report::compare_csv(compared),
    };
    let written = report::compare_files(compared, command(arguments).as_ref());
    folder.hand_out(&written, &printed, quiet)
}

/// What makes the results again, where a report is asked for.
fn command(arguments: &Compare) -> Option<report::Command> {
    let (first, others) = arguments.files.split_first().expect("clap asks for two");
    let names = others.iter().filter_map(|file| file.file_name());
    let mut more: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    more.extend(arguments.changes.words());
    for (name, value) in [
        (
            "--replications",
            arguments.replications.map(|number| number.to_string()),
        ),
        ("--of", arguments.of.clone()),
        (
            "--replication",
            Some(arguments.replication.to_string()).filter(|number| number != "0"),
        ),
    ] {
        more.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    }
    let words = load::words("compare", Some(first), &more);
    arguments.report.then(|| report::Command::new(words))
}

fn folder(arguments: &Compare) -> PathBuf {
    let stems = || {
        let stems = arguments.files.iter().map(|file| load::stem(Some(file)));
        stems.collect::<Vec<String>>().join("+")
    };
    let usual = || Path::new("output").join(stems());
    arguments.output.clone().unwrap_or_else(usual)
}
