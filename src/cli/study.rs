//! Many replications of a scenario: who computes them, and for how long.

use cmksim::experiment::{Curves, Fan, Outcome, Replications, Study};
use cmksim::model::Options;
use cmksim::report::{self, Findings, StudyReport};
use cmksim::scenario::{Measure, Precision, Scenario, Scope};

use super::failure::{Failure, Status};
use super::files::Folder;
use super::journal::Journal;
use super::load::Loaded;
use super::options::{Format, Run, Written};
use super::progress::Bar;
use super::replay::replay;
use super::status::finished;
use super::terminal;
use super::terminal::style;

/// How often a study replays a scenario by default.
pub(crate) const REPLICATIONS: u64 = 200;

/// How often a scenario is replayed: as was `asked`, as it says itself, or else as is usual.
pub(crate) fn often(asked: Option<u64>, scenario: &Scenario, usual: u64) -> u64 {
    let own = Some(scenario.replications).filter(|count| *count > 1);
    asked.or(own).unwrap_or(usual)
}

/// What came out of one file.
pub(crate) struct Answer {
    pub(crate) status: Status,
    /// For standard output.
    pub(crate) printed: String,
    /// What was written, a line each; or why not all of it was.
    pub(crate) written: Vec<String>,
    pub(crate) failure: Option<Failure>,
}

/// Whether a run of a scenario is a study.
pub(crate) fn is_asked_for(run: &Run, scenario: &Scenario) -> bool {
    run.replication.is_none() && (scenario.replications > 1 || run.precision.is_some())
}

/// Runs a study and writes what it says into `folder`.
/// `closer` is the command that tells the story of a replication, but for its number.
pub(crate) fn answer(
    name: &str,
    closer: &[String],
    folder: &Folder,
    loaded: &Loaded,
    run: &Run,
    command: Option<&report::Command>,
    quiet: bool,
) -> Result<Answer, Failure> {
    let parts = parts(run)?;
    let scenario = &loaded.scenario;
    let precision = match &run.precision {
        None => None,
        Some(text) => Some(scenario.precision("--precision", text)?),
    };
    let mut study = Study::new(scenario, &loaded.traces);
    study.every_poll = run.every_poll;
    if let Some(kept) = kept(run, scenario, precision.as_ref())? {
        study.kept = kept;
    }
    let pictured = command.is_some() || parts.contains(&report::StudyPart::Pictures);
    let grown = grow(
        name,
        folder,
        &study,
        run,
        precision.as_ref(),
        pictured,
        quiet,
    )?;
    let precise = grown.precise;
    let gathered = grown.all.first(grown.wanted);
    let findings = Findings::of(scenario, &gathered);
    let files = results(name, loaded, &findings, &parts, grown.fan.as_ref(), command)?;
    let mut written = Vec::new();
    let failure = grown.write(folder, &files, &mut written).err();
    if failure.is_none() {
        let names = report::StudyPart::ALL.map(report::StudyPart::names);
        written.extend(folder.left_alone(&names, &files));
    }
    if !precise && !quiet {
        let message = format!(
            "{} is not reached after {}; allow more with --max-replications",
            run.precision.as_deref().unwrap_or_default(),
            report::replications(gathered.count() as u64)
        );
        terminal::tell("warning", &message);
    }
    let printed = match run.format {
        Format::Text => report::study_text(&findings, closer, style()),
        Format::Json => report::study_json(&findings, &loaded.text),
        Format::Csv => report::study_csv(&findings),
    };
    Ok(Answer {
        status: if precise {
            status(&findings)
        } else {
            status(&findings).min(Status::Undecided)
        },
        printed,
        written,
        failure,
    })
}

/// A study with all its replications.
struct Grown<'a> {
    journal: Journal<'a>,
    all: Replications,
    /// How many of them are meant.
    wanted: u64,
    /// Whether they say what is to be known as well as it is to be.
    precise: bool,
    fan: Option<Fan>,
}

/// Computes what an earlier run has not left.
fn grow<'a>(
    name: &str,
    folder: &Folder,
    study: &Study<'a>,
    run: &Run,
    precision: Option<&Precision>,
    pictured: bool,
    quiet: bool,
) -> Result<Grown<'a>, Failure> {
    let (journal, mut all) = if run.extend {
        Journal::go_on(folder, study, quiet)?
    } else {
        (Journal::anew(folder, study, quiet), study.empty())
    };
    let curves = pictured.then(Curves::default);
    let study = Study {
        // Of those that are taken over there are no curves.
        curves: curves.as_ref().filter(|_| all.count() == 0),
        ..study.clone()
    };
    let bar = Bar::new(name, !quiet);
    let runner = bar.runner(Some(&journal.part));
    let grown = match precision {
        None => {
            let wanted = study.scenario.replications;
            runner.progress.begin(wanted);
            runner.progress.skip(wanted.min(all.count() as u64));
            let grown = study.grow(&mut all, wanted, &runner);
            grown.map(|()| (wanted, true))
        }
        Some(precision) => study.grow_until(precision, run.max_replications, &mut all, &runner),
    };
    journal.part.flush()?;
    let (wanted, precise) = finished(name, grown)?;
    let fan = curves.as_ref();
    let fan = fan.map(|curves| curves.fan(&study, wanted, &runner));
    Ok(Grown {
        fan: finished(name, fan.transpose())?,
        journal,
        all,
        wanted,
        precise,
    })
}

/// The files of a study; for a report one of its replications is replayed as a whole.
fn results<'a>(
    name: &str,
    loaded: &Loaded,
    findings: &'a Findings<'_>,
    parts: &[report::StudyPart],
    fan: Option<&Fan>,
    command: Option<&report::Command>,
) -> Result<Vec<report::File<'a>>, Failure> {
    let options = Options {
        replication: findings.telling(),
        every_poll: false,
    };
    let replay = command.map(|_| replay(name, loaded, options, true));
    let replay = replay.transpose()?;
    let report = command.zip(replay.as_ref());
    let report = report.map(|(command, replay)| StudyReport { command, replay });
    Ok(report::study_files(
        findings,
        &loaded.text,
        parts,
        fan,
        report,
    ))
}

/// What the expectations make of a study.
fn status(findings: &Findings<'_>) -> Status {
    let of = |outcome| match outcome {
        Outcome::Passed => Status::Done,
        Outcome::Failed => Status::Unmet,
        Outcome::Undecided => Status::Undecided,
    };
    let all = findings
        .judgements
        .iter()
        .map(|judgement| of(judgement.outcome));
    all.min().unwrap_or(Status::Done)
}

/// The results that a study has.
fn parts(run: &Run) -> Result<Vec<report::StudyPart>, Failure> {
    let part = |written: &Written| match written {
        Written::Summary => Ok(report::StudyPart::Summary),
        Written::Pictures => Ok(report::StudyPart::Pictures),
        Written::Replications => Ok(report::StudyPart::Replications),
        Written::Events | Written::Timeline => Err(Failure::wrong(
            "--write: events and timeline need a single replication; choose one with --replication",
        )),
    };
    match run.write.as_slice() {
        [] => Ok(vec![
            report::StudyPart::Summary,
            report::StudyPart::Pictures,
        ]),
        wanted => wanted.iter().map(part).collect(),
    }
}

/// The measures that are kept, where not all are: those that were named, and those of which
/// something is expected.
fn kept(
    run: &Run,
    scenario: &Scenario,
    precision: Option<&Precision>,
) -> Result<Option<Vec<(Scope, Measure)>>, Failure> {
    if run.measures.is_empty() {
        return Ok(None);
    }
    let named = run.measures.iter();
    let named = named.map(|text| scenario.measure("--measures", text));
    let mut kept = named.collect::<Result<Vec<_>, _>>()?;
    let expected = scenario
        .expectations
        .iter()
        .map(|expectation| (expectation.scope, expectation.measure));
    kept.extend(expected.chain(precision.map(|precision| (precision.scope, precision.measure))));
    let mut seen = Vec::new();
    kept.retain(|of| {
        let new = !seen.contains(of);
        seen.push(*of);
        new
    });
    Ok(Some(kept))
}

impl Grown<'_> {
    /// Writes the results, and the journal with them.
    fn write(
        &self,
        folder: &Folder,
        files: &[report::File],
        written: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let mut set = folder.begin()?;
        let path = self.journal.finish(&self.all, &mut set)?;
        set.add_all(files)?;
        set.commit()?;
        written.push(format!("wrote {}", terminal::path(&path)));
        written.extend(files.iter().map(|file| folder.line(file)));
        self.journal.part.remove()
    }
}
