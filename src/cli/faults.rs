//! `cmksim faults`: what may go wrong, alone and two at a time, and breaks what is expected.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use clap::Args;
use cmksim::experiment::Outcome;
use cmksim::experiment::faults::{Found, Question, faults as find};
use cmksim::report::{self, Command, Faults};
use cmksim::scenario::Statistic;

use super::failure::{Failure, Status};
use super::files::{self, Folder};
use super::load::{self, Loaded};
use super::options::{Format, Subject};
use super::searched::search;
use super::terminal::{self, style};

/// The folder of the scenarios in which sequences happen.
const FOLDER: &str = "faults";

#[derive(Debug, Args)]
pub(crate) struct Search {
    #[command(flatten)]
    subject: Subject,
    /// The most faults of a sequence: 1, or 2 for all pairs too
    #[arg(long, value_name = "NUMBER", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(1..=2))]
    order: u64,
    /// Number of replications [default: the scenario's `replications`]
    #[arg(long, value_name = "NUMBER")]
    replications: Option<u64>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    report: bool,
    /// Exit with status 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
}

/// Runs the command.
pub(crate) fn faults(arguments: &Search, quiet: bool) -> Result<Status, Failure> {
    let (name, loaded) = load::subject(&arguments.subject, arguments.replications, quiet)?;
    let scenario = &loaded.scenario;
    if scenario.expectations.is_empty() {
        let what =
            "it expects nothing that a fault could break; write expect = [\"dropped == 0 B\"]";
        return Err(Failure::wrong(format!("{name}: {what}")));
    }
    let mut expected = scenario.expectations.iter();
    let statistic = expected.find(|expected| expected.statistic != Statistic::Each);
    if let Some(expected) = statistic.filter(|_| scenario.replications == 1) {
        let text = &expected.text;
        let what = "is about many replications, and there is one; ask for more with --replications";
        return Err(Failure::wrong(format!("{name}: {text} {what}")));
    }
    let possible = scenario.possible_faults();
    let question = Question {
        scenario,
        traces: &loaded.traces,
        faults: &possible,
        order: usize::try_from(arguments.order).expect("1 or 2"),
        replications: scenario.replications,
    };
    let expected = &scenario.expectations;
    let asked = (&possible, expected, question.order, question.replications);
    let about = (&*name, &arguments.subject, &loaded);
    let searched = search("faults", about, &asked, quiet, |runner| {
        find(question, runner)
    })?;
    let told = Faults {
        scenario,
        faults: &possible,
        order: question.order,
        replications: question.replications,
        found: &searched.found,
    };
    answer(&searched.folder, &told, &loaded, arguments, quiet)?;
    let status = status(&searched.found);
    searched.done()?;
    Ok(match arguments.exit_zero {
        true => Status::Done,
        false => status,
    })
}

fn status(found: &Found) -> Status {
    let undecided = found.base.outcome == Outcome::Undecided || !found.undecided.is_empty();
    match found.base.outcome == Outcome::Failed || !found.cuts.is_empty() {
        true => Status::Unmet,
        false if undecided => Status::Undecided,
        false => Status::Done,
    }
}

fn answer(
    folder: &Folder,
    told: &Faults<'_>,
    loaded: &Loaded,
    arguments: &Search,
    quiet: bool,
) -> Result<(), Failure> {
    let printed = match arguments.subject.results.format {
        Format::Text => report::faults_text(told, style()),
        Format::Json => report::faults_json(told, &loaded.text),
        Format::Csv => report::faults_csv(told),
    };
    let command = arguments.report.then(|| command(arguments));
    let written = report::faults_files(told, &loaded.text, command.as_ref());
    let base = from_folder(&folder.path().join(FOLDER), &arguments.subject.file);
    let more = arguments.subject.changes.words();
    let number = told.found.cuts.len();
    let scenarios = (0..number).map(|at| {
        let name = Path::new(FOLDER).join(report::cut_name(told, at));
        (name, report::cut_file(told, at, &base, &more))
    });
    let scenarios: Vec<(PathBuf, String)> = scenarios.collect();
    folder.hand_out_with(&written, &scenarios, &printed, quiet)?;
    match quiet {
        true => Ok(()),
        false => tell_of_others(folder.path(), &scenarios),
    }
}

/// Names a scenario that an earlier search left beside those of this one.
fn tell_of_others(folder: &Path, scenarios: &[(PathBuf, String)]) -> Result<(), Failure> {
    let path = folder.join(FOLDER);
    let cannot = |error: &io::Error| files::cannot("read", &path, error);
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| cannot(&error))?,
    };
    let mut others = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| cannot(&error))?.file_name();
        let own = Path::new(FOLDER).join(&name);
        let is_toml = own.extension().is_some_and(|of| of == "toml");
        if is_toml && scenarios.iter().all(|(new, _)| *new != own) {
            others.push(name);
        }
    }
    others.sort();
    if let Some(first) = others.first() {
        let first = terminal::path(&path.join(first));
        let more = match others.len() {
            1 => "is".to_owned(),
            2 => "and another file beside it are".to_owned(),
            all => format!("and {} others beside it are", all - 1),
        };
        terminal::tell("note", &format!("{first} {more} not of this search"));
    }
    Ok(())
}

/// The way to a file from a folder; none of the two need be there.
fn from_folder(folder: &Path, file: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (folder, file) = (whole(folder), whole(file));
    let parts = |path: &Path| -> Vec<PathBuf> {
        path.components()
            .map(|part| PathBuf::from(part.as_os_str()))
            .collect()
    };
    let (from, to) = (parts(&folder), parts(&file));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let climbs = folder.components().any(|part| part == Component::ParentDir);
    if common == 0 || climbs {
        return file.to_string_lossy().into_owned();
    }
    let up = from[common..].iter().map(|_| "..".to_owned());
    let down = to[common..]
        .iter()
        .map(|part| part.to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<String>>().join("/")
}

/// What makes the results again.
fn command(arguments: &Search) -> Command {
    let file = Some(arguments.subject.file.as_path());
    let mut words = load::words("faults", file, &arguments.subject.changes.words());
    words.extend(["--order".to_owned(), arguments.order.to_string()]);
    let replications = arguments.replications.iter();
    words.extend(replications.flat_map(|of| ["--replications".to_owned(), of.to_string()]));
    Command::new(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_from_a_folder() {
        let way = |folder: &str, file: &str| from_folder(Path::new(folder), Path::new(file));
        assert_eq!(
            way("output/s/faults", "scenarios/s.toml"),
            "../../../scenarios/s.toml"
        );
        assert_eq!(way("out/faults", "s.toml"), "../../s.toml");
        assert_eq!(way("/a/b", "/a/b/s.toml"), "s.toml");
    }
}
