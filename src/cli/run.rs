//! `cmksim run`: replays scenarios, writes their results, and prints one of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cmksim::experiment::Replay;
use cmksim::model::Options;
use cmksim::report;

use super::failure::{Failure, Status};
use super::files::Folder;
use super::load::{self, Loaded};
use super::options::{Format, Keep, MOST_BY_PRECISION, Run, Written};
use super::parts::By;
use super::replay::replay;
use super::study::Answer;
use super::terminal::style;
use super::{files, signals, study, terminal};

/// One file and the folder for its results.
struct Job<'a> {
    file: Option<&'a Path>,
    folder: PathBuf,
}

/// Runs the command.
pub(crate) fn run(arguments: &Run, by: By<'_>, quiet: bool) -> Result<Status, Failure> {
    let jobs = jobs(arguments)?;
    if jobs.len() > 1 && arguments.format == Format::Csv {
        return Err(Failure::wrong("--format csv takes one scenario at a time"));
    }
    if arguments.files.is_empty() && !quiet {
        terminal::tell(
            "note",
            "no file is given, so this is the built-in example; `cmksim init > my.toml` makes a \
             file of it",
        );
    }
    let mut status = Status::Done;
    for (index, job) in jobs.iter().enumerate() {
        let answer = match answer(job, arguments, by, quiet) {
            Ok(answer) => answer,
            Err(failure) => {
                status = status.min(failure.report());
                if matches!(status, Status::Interrupted(_)) {
                    break;
                }
                continue;
            }
        };
        status = match answer.status {
            Status::Unmet | Status::Undecided if arguments.exit_zero => status,
            found => status.min(found),
        };
        let heading = match arguments.format {
            Format::Text if jobs.len() > 1 => heading(index, job),
            _ => String::new(),
        };
        let printed = terminal::print(&(heading + &answer.printed));
        for line in answer.written.iter().filter(|_| !quiet) {
            terminal::tell_plainly(line);
        }
        if let Some(failure) = answer.failure {
            status = status.min(failure.report());
        }
        match printed {
            Err(Failure::NobodyReads) => break,
            printed => printed?,
        }
    }
    Ok(status)
}

fn heading(index: usize, job: &Job<'_>) -> String {
    let blank = if index > 0 { "\n" } else { "" };
    format!("{blank}== {}\n", load::name(job.file))
}

/// The files to run, each with a folder of its own.
fn jobs(arguments: &Run) -> Result<Vec<Job<'_>>, Failure> {
    let several = arguments.files.len() > 1;
    let folder = |file| match &arguments.output {
        Some(folder) if several => folder.join(load::stem(file)),
        output => files::folder(file, output.as_deref()),
    };
    let files: Vec<Option<&Path>> = match arguments.files.as_slice() {
        [] => vec![None],
        files => files.iter().map(|file| Some(file.as_path())).collect(),
    };
    let jobs: Vec<Job<'_>> = files
        .into_iter()
        .map(|file| Job {
            file,
            folder: folder(file),
        })
        .collect();
    let mut taken = BTreeSet::new();
    match jobs.iter().find(|job| !taken.insert(&job.folder)) {
        None => Ok(jobs),
        Some(job) => Err(Failure::wrong(format!(
            "two files would write to {}; run them separately with --output",
            terminal::path(&job.folder)
        ))),
    }
}

fn answer(job: &Job<'_>, arguments: &Run, by: By<'_>, quiet: bool) -> Result<Answer, Failure> {
    signals::say(signals::NOTHING);
    signals::check()?;
    let loaded = load::load(job.file, &arguments.overrides(), quiet)?;
    let name = load::name(job.file);
    let command = command(job.file, arguments);
    let folder = match arguments.replication {
        None => job.folder.clone(),
        Some(number) => job.folder.join(format!("replication-{number}")),
    };
    if study::is_asked_for(arguments, &loaded.scenario) {
        let job = study::Job {
            name: &name,
            closer: load::typed("explain", job.file, arguments.changes.words()),
            folder: &folder,
            loaded: &loaded,
            run: arguments,
            command: command.as_ref(),
            quiet,
        };
        return job.answer(by);
    }
    if !matches!(by, By::Itself) {
        let message = "a single replication has no parts; ask for more with --replications";
        return Err(Failure::wrong(message));
    }
    if arguments.rare.is_some() {
        return Err(Failure::wrong(
            "--rare takes many replications; say how many with --replications, as in \
             --replications 100000",
        ));
    }
    arguments.refuse_what_is_of_many()?;
    let parts = parts(arguments)?;
    let options = Options {
        replication: arguments.replication.unwrap_or(loaded.scenario.replication),
        every_poll: arguments.every_poll,
    };
    let folder = match Folder::open(&folder, quiet) {
        Err(busy @ Failure::Busy(_)) => return Err(busy),
        // Where nothing can be written the result is printed all the same.
        folder => folder,
    };
    let replay = replay(&name, &loaded, options, quiet)?;
    let files = report::files(
        &loaded.scenario,
        &loaded.text,
        &replay,
        &parts,
        arguments.resolution,
        command.as_ref(),
    );
    signals::check()?;
    let mut written = Vec::new();
    let failure = folder.and_then(|folder| {
        folder.write_all(&files, &mut written)?;
        written.extend(folder.left_alone(&report::Part::ALL.map(report::Part::names), &files));
        Ok(())
    });
    Ok(Answer {
        status: if replay.passed() {
            Status::Done
        } else {
            Status::Unmet
        },
        printed: printed(&loaded, &replay, arguments.format),
        written,
        failure: failure.err(),
    })
}

/// What makes the results of a file again, where a report is asked for.
fn command(file: Option<&Path>, arguments: &Run) -> Option<report::Command> {
    let most = arguments.max_replications;
    let most = (most != MOST_BY_PRECISION).then(|| most.to_string());
    let mut words = load::words("run", file, &arguments.changes.words());
    for (name, value) in [
        (
            "--replications",
            arguments.replications.map(|number| number.to_string()),
        ),
        (
            "--replication",
            arguments.replication.map(|number| number.to_string()),
        ),
        ("--precision", arguments.precision.clone()),
        ("--rare", arguments.rare.clone()),
        ("--max-replications", most),
        (
            "--measures",
            Some(arguments.measures.join(",")).filter(|names| !names.is_empty()),
        ),
        (
            "--keep",
            (arguments.keep == Keep::Tally).then(|| "tally".to_owned()),
        ),
    ] {
        words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    }
    arguments.report.then(|| report::Command::new(words))
}

/// The results that one replay has.
fn parts(arguments: &Run) -> Result<Vec<report::Part>, Failure> {
    let part = |written: &Written| match written {
        Written::Summary => Ok(report::Part::Summary),
        Written::Events => Ok(report::Part::Events),
        Written::Timeline => Ok(report::Part::Timeline),
        Written::Pictures => Ok(report::Part::Pictures),
        Written::Replications => Err(Failure::wrong(
            "--write: replications.csv takes more than one replication; ask for them with \
             --replications",
        )),
    };
    match arguments.write.as_slice() {
        [] => Ok(report::Part::ALL.to_vec()),
        wanted => wanted.iter().map(part).collect(),
    }
}

fn printed(loaded: &Loaded, replay: &Replay, format: Format) -> String {
    match format {
        Format::Text => report::text(&loaded.scenario, replay, style()),
        Format::Json => report::summary(&loaded.scenario, &loaded.text, replay),
        Format::Csv => report::measures(&loaded.scenario, replay),
    }
}
