//! Many replications of a scenario: who computes them, and for how long.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use cmksim::experiment::{
    Fan, Outcome, Replications, Study, fan, is_precise, most_replications, next_look, room,
};
use cmksim::model::Options;
use cmksim::report::{self, Findings, StudyReport};
use cmksim::scenario::{Measure, Precision, Scenario, Scope};

use super::arguments::{Format, Run, Written};
use super::files::Folder;
use super::journal::Journal;
use super::load::Loaded;
use super::progress::Progress;
use super::run::{Answer, replay};
use super::status::{Failure, Status, failure, finished};
use super::terminal::look;
use super::threads::side_by_side;
use super::{signals, terminal};

/// So long it takes about between two entries of the journal.
const STRIDE: Duration = Duration::from_millis(250);

/// How often a scenario is replayed in a study where nobody says how often.
pub(crate) const REPLICATIONS: u64 = 200;

/// How often a scenario is replayed: as was `asked`, as it says itself, or else as is usual.
pub(crate) fn often(asked: Option<u64>, scenario: &Scenario, usual: u64) -> u64 {
    let own = Some(scenario.replications).filter(|count| *count > 1);
    asked.or(own).unwrap_or(usual)
}

/// Whether a run of a scenario is a study.
pub(crate) fn is_asked_for(run: &Run, scenario: &Scenario) -> bool {
    run.replication.is_none() && (scenario.replications > 1 || run.precision.is_some())
}

/// Runs a study and writes what it says into `folder`.
pub(crate) fn answer(
    name: &str,
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
    let (journal, gathered) = if run.extend {
        Journal::go_on(folder, &study, quiet)?
    } else {
        (Journal::anew(folder, &study, quiet)?, study.empty())
    };
    let mut growing = Growing {
        name,
        study: &study,
        journal,
        gathered,
        quiet,
    };
    let (wanted, precise) = match &precision {
        None => (growing.grow(scenario.replications)?, true),
        Some(precision) => growing.grow_until(precision, run.max_replications)?,
    };
    let gathered = growing.first(wanted);
    let findings = Findings::of(scenario, &gathered);
    let files = results(name, loaded, &study, &findings, &parts, command)?;
    let mut written = Vec::new();
    let failure = growing.write(folder, &files, &mut written).err();
    if failure.is_none() {
        let names = report::StudyPart::ALL.map(report::StudyPart::names);
        written.extend(folder.left_alone(&names, &files));
    }
    if !precise && !quiet {
        let message = format!(
            "{} is not known so well after {}; ask for more with --max-replications",
            run.precision.as_deref().unwrap_or_default(),
            report::replications(gathered.count() as u64)
        );
        terminal::tell("warning", &message);
    }
    let printed = match run.format {
        Format::Text => report::study_text(&findings, look()),
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

/// The files of a study; for some of them it is looked at over time, or one of its replications
/// as a whole.
fn results<'a>(
    name: &str,
    loaded: &Loaded,
    study: &Study<'_>,
    findings: &'a Findings<'_>,
    parts: &[report::StudyPart],
    command: Option<&report::Command>,
) -> Result<Vec<report::File<'a>>, Failure> {
    let pictured = command.is_some() || parts.contains(&report::StudyPart::Pictures);
    let fan = pictured.then(|| over_time(name, study, findings.study.count()));
    let fan = fan.transpose()?;
    let options = Options {
        replication: findings.telling(),
        every_poll: study.every_poll,
    };
    let replay = command.map(|_| replay(name, loaded, options, true));
    let replay = replay.transpose()?;
    let report = command.zip(replay.as_ref());
    let report = report.map(|(command, replay)| StudyReport { command, replay });
    let source = &loaded.text;
    Ok(report::study_files(
        findings,
        source,
        parts,
        fan.as_ref(),
        report,
    ))
}

/// The study over time.
fn over_time(name: &str, study: &Study<'_>, replications: usize) -> Result<Fan, Failure> {
    let interrupt = |_| signals::came();
    let fan = fan(study, replications as u64, &interrupt, &side_by_side);
    finished(name, fan)
}

/// What the expectations make of a study.
fn status(findings: &Findings<'_>) -> Status {
    let of = |outcome| match outcome {
        Outcome::Passed => Status::Done,
        Outcome::Failed => Status::Unmet,
        Outcome::Undecided => Status::Undecided,
    };
    let all = findings.judgements.iter().map(|it| of(it.outcome));
    all.min().unwrap_or(Status::Done)
}

/// The results that a study has.
fn parts(run: &Run) -> Result<Vec<report::StudyPart>, Failure> {
    let part = |written: &Written| match written {
        Written::Summary => Ok(report::StudyPart::Summary),
        Written::Pictures => Ok(report::StudyPart::Pictures),
        Written::Replications => Ok(report::StudyPart::Replications),
        Written::Events | Written::Timeline => Err(Failure::wrong(
            "--write: events and timeline are of one replication; choose it with --replication",
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
        .map(|it| (it.scope, it.measure));
    kept.extend(expected.chain(precision.map(|it| (it.scope, it.measure))));
    let mut seen = Vec::new();
    kept.retain(|it| {
        let new = !seen.contains(it);
        seen.push(*it);
        new
    });
    Ok(Some(kept))
}

/// A study that grows.
struct Growing<'a> {
    name: &'a str,
    study: &'a Study<'a>,
    journal: Journal<'a>,
    gathered: Replications,
    quiet: bool,
}

impl Growing<'_> {
    /// The first `wanted` replications; what is not there yet is computed, and the journal has it
    /// soon.
    fn grow(&mut self, wanted: u64) -> Result<u64, Failure> {
        let progress = Progress::new(self.name, wanted, !self.quiet);
        let interrupt = |_| signals::came();
        let mut stride = 16;
        loop {
            let had = self.gathered.count() as u64;
            progress.reach(had.min(wanted));
            signals::say(format!(
                "{} of the study are in {}; --extend goes on from there",
                report::replications(had),
                terminal::path(self.journal.path())
            ));
            if had >= wanted {
                return Ok(wanted);
            }
            let began = Instant::now();
            let numbers = self.journal.next(had, stride, wanted);
            let count = numbers.end - numbers.start;
            let more = self.study.gather(numbers, &interrupt, &side_by_side);
            signals::check()?;
            let more = more.map_err(|error| failure(self.name, &error))?;
            self.journal.add(&more)?;
            self.gathered.append(&more);
            room(self.gathered.varying(), wanted).map_err(|error| failure(self.name, &error))?;
            stride = next_stride(count, began.elapsed());
        }
    }

    /// As many replications as it takes to know something so well, or `most`; and whether it
    /// is.
    fn grow_until(&mut self, precision: &Precision, most: u64) -> Result<(u64, bool), Failure> {
        let mut most = most;
        let mut look = next_look(self.study.scenario.replications - 1).min(most);
        loop {
            self.grow(look)?;
            // No more than there is room for.
            most = most.min(most_replications(self.gathered.varying()).max(look));
            let precise = is_precise(precision, &self.first(look));
            if precise || look == most {
                return Ok((look, precise));
            }
            look = next_look(look).min(most);
        }
    }

    /// The first ones; there may be more.
    fn first(&self, wanted: u64) -> Cow<'_, Replications> {
        if self.gathered.count() as u64 == wanted {
            Cow::Borrowed(&self.gathered)
        } else {
            Cow::Owned(self.gathered.part(0..wanted))
        }
    }

    /// Writes the results, and the journal with them.
    fn write(
        &self,
        folder: &Folder,
        files: &[report::File],
        written: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let mut set = folder.begin()?;
        let journal = self.journal.finish(&self.gathered, &mut set)?;
        set.add_all(files)?;
        set.commit()?;
        written.push(format!("wrote {}", terminal::path(&journal)));
        written.extend(files.iter().map(|file| folder.line(file)));
        self.journal.remove_part()
    }
}

/// How many replications come next, so that they take about [`STRIDE`].
fn next_stride(stride: u64, took: Duration) -> u64 {
    let fits = STRIDE.as_secs_f64() / took.as_secs_f64().max(1e-9);
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    let next = (stride as f64 * fits.clamp(0.25, 4.0)) as u64;
    next.max(1)
}
