//! Many replications of a scenario: who computes them, and for how long.

use std::borrow::Cow;
use std::path::Path;
use std::time::Instant;

use cmksim::experiment::shard::{Keep, Work};
use cmksim::experiment::{Curves, Fan, Outcome, Replications, Study};
use cmksim::model::Options;
use cmksim::report::{self, Findings, StudyReport};
use cmksim::scenario::{Measure, Precision, Scenario, Scope};
use cmksim::units::Duration;

use super::failure::{Failure, Status};
use super::files::Folder;
use super::journal::Journal;
use super::load::Loaded;
use super::options::{self, Format, Run, Written};
use super::parts::{By, Together, make};
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

/// A study of one file.
pub(crate) struct Job<'a> {
    pub(crate) name: &'a str,
    /// The command that tells the story of a replication, but for its number.
    pub(crate) closer: Vec<String>,
    /// Where its results go.
    pub(crate) folder: &'a Path,
    pub(crate) loaded: &'a Loaded,
    pub(crate) run: &'a Run,
    /// What makes the results again, where a report is asked for.
    pub(crate) command: Option<&'a report::Command>,
    pub(crate) quiet: bool,
}

impl Job<'_> {
    /// Runs the study, or a part of it, or puts its parts together.
    pub(crate) fn answer(&self, by: By<'_>) -> Result<Answer, Failure> {
        if let Some(text) = &self.run.rare {
            return self.rare(text, by);
        }
        let parts = parts(self.run)?;
        let scenario = &self.loaded.scenario;
        let precision = match &self.run.precision {
            None => None,
            Some(text) => Some(scenario.precision("--precision", text)?),
        };
        let mut study = Study::new(scenario, &self.loaded.traces);
        study.every_poll = self.run.every_poll;
        if let Some(kept) = kept(self.run, scenario, precision.as_ref())? {
            study.kept = kept;
        }
        let keep = match self.run.keep {
            options::Keep::All => Keep::All,
            options::Keep::Tally => Keep::Tally,
        };
        let work = Work::of_run(&study, scenario.replications, keep);
        let together = match self.parted(&study, &work, keep, by)? {
            Parted::Done(answer) => return Ok(answer),
            Parted::Here(together) => together,
        };
        let folder = &Folder::open(self.folder, self.quiet)?;
        match keep {
            Keep::All => self.of_all(&study, precision.as_ref(), together, (folder, &parts)),
            Keep::Tally => self.of_tally(&study, together, (folder, &parts)),
        }
    }

    /// Makes a part, or finds all parts, where the study has parts.
    pub(super) fn parted(
        &self,
        study: &Study<'_>,
        work: &Work<'_>,
        keep: Keep,
        by: By<'_>,
    ) -> Result<Parted, Failure> {
        let silent = |status| Parted::Done(Answer::silent(status));
        Ok(match by {
            By::Itself => Parted::Here(None),
            By::Part(cut) => {
                let (asked, output) = (study.asked(keep), self.run.output.as_deref());
                silent(make((self.name, asked), work, cut, output, self.quiet)?)
            }
            By::Parts(merged) => {
                match Together::find(&study.asked(keep), work.line, merged, self.quiet)? {
                    Some(together) => Parted::Here(Some(together)),
                    None => silent(Status::Done),
                }
            }
        })
    }

    /// What all replications say.
    fn of_all(
        &self,
        study: &Study<'_>,
        precision: Option<&Precision>,
        together: Option<Together>,
        (folder, parts): (&Folder, &[report::StudyPart]),
    ) -> Result<Answer, Failure> {
        let grown = self.grow(study, precision, together, (folder, parts))?;
        let gathered = grown.first();
        let findings = Findings::of(study.scenario, &*gathered);
        self.tell_time(&findings, grown.seconds_each);
        let files = self.results(&findings, parts, grown.fan.as_ref())?;
        let mut written = Vec::new();
        let failure = grown.write(folder, &files, &mut written).err();
        if !grown.precise && !self.quiet {
            let message = format!(
                "{} is not reached after {}; allow more with --max-replications",
                self.run.precision.as_deref().unwrap_or_default(),
                report::replications(gathered.count() as u64)
            );
            terminal::tell("warning", &message);
        }
        let mut answer = self.told(&findings, (folder, &files), written, failure);
        if !grown.precise {
            answer.status = answer.status.min(Status::Undecided);
        }
        Ok(answer)
    }

    /// What a tally says.
    fn of_tally(
        &self,
        study: &Study<'_>,
        together: Option<Together>,
        (folder, parts): (&Folder, &[report::StudyPart]),
    ) -> Result<Answer, Failure> {
        let bar = Bar::new(self.name, !self.quiet);
        let replications = study.scenario.replications;
        let begun = Instant::now();
        let by_others = together.is_some();
        let tally = match together {
            Some(together) => study.collect_tally(&together.parts()),
            None => {
                let runner = bar.runner(None);
                runner.progress.begin(replications);
                study.tally(0..replications, &runner)
            }
        };
        drop(bar);
        let tally = finished(self.name, tally)?;
        let findings = Findings::of(study.scenario, &tally);
        let made = if by_others { 0 } else { replications };
        self.tell_time(&findings, seconds_each(begun, made));
        let files = self.results(&findings, parts, None)?;
        let mut written = Vec::new();
        let failure = folder.write_all(&files, &mut written).err();
        Ok(self.told(&findings, (folder, &files), written, failure))
    }

    /// How long it takes here to know better what was seen seldom. It is no result: another time
    /// it takes longer.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn tell_time(&self, findings: &Findings<'_>, seconds_each: Option<f64>) {
        let enough = findings.few().iter().filter_map(report::Few::enough).max();
        let Some((enough, each)) = enough.zip(seconds_each).filter(|_| !self.quiet) else {
            return;
        };
        let time = (enough as f64 * each).max(1.0).round() as i64;
        let message = format!(
            "about {} would take about {} here",
            report::replications(enough),
            Duration::from_millis(time.saturating_mul(1_000)).human()
        );
        terminal::tell("note", &message);
    }

    fn told(
        &self,
        findings: &Findings<'_>,
        (folder, files): (&Folder, &[report::File<'_>]),
        mut written: Vec<String>,
        failure: Option<Failure>,
    ) -> Answer {
        if failure.is_none() {
            let names = report::StudyPart::ALL.map(report::StudyPart::names);
            written.extend(folder.left_alone(&names, files));
        }
        let printed = match self.run.format {
            Format::Text => report::study_text(findings, &self.closer, style()),
            Format::Json => report::study_json(findings, &self.loaded.text),
            Format::Csv => report::study_csv(findings),
        };
        Answer {
            status: status(findings),
            printed,
            written,
            failure,
        }
    }

    /// Computes what an earlier run has not left, and others have not computed.
    pub(super) fn grow<'s>(
        &self,
        study: &Study<'s>,
        precision: Option<&Precision>,
        together: Option<Together>,
        (folder, parts): (&Folder, &[report::StudyPart]),
    ) -> Result<Grown<'s>, Failure> {
        let (journal, mut all) = match together {
            Some(together) => {
                let wanted = study.scenario.replications;
                let all = study.collect(&together.parts(), 0, wanted);
                (Journal::of_parts(folder, study), finished(self.name, all)?)
            }
            None if self.run.extend => Journal::go_on(folder, study, self.quiet)?,
            None => (Journal::anew(folder, study, self.quiet), study.empty()),
        };
        let pictured = self.command.is_some() || parts.contains(&report::StudyPart::Pictures);
        // Of weighted draws nothing is shown over time.
        let curves = (pictured && study.mixture.is_none()).then(Curves::default);
        let study = Study {
            // Of those that are taken over there are no curves.
            curves: curves.as_ref().filter(|_| all.count() == 0),
            ..study.clone()
        };
        let bar = Bar::new(self.name, !self.quiet);
        let runner = bar.runner(Some(&journal.growing));
        let (begun, had) = (Instant::now(), all.count());
        let grown = match precision {
            None => {
                let wanted = study.scenario.replications;
                runner.progress.begin(wanted);
                runner.progress.skip(wanted.min(all.count() as u64));
                let grown = study.grow(&mut all, wanted, &runner);
                grown.map(|()| (wanted, true))
            }
            Some(precision) => {
                study.grow_until(precision, self.run.max_replications, &mut all, &runner)
            }
        };
        journal.growing.flush()?;
        let (wanted, precise) = finished(self.name, grown)?;
        let seconds_each = seconds_each(begun, (all.count() - had) as u64);
        let fan = curves.as_ref();
        let fan = fan.map(|curves| curves.fan(&study, wanted, &runner));
        Ok(Grown {
            fan: finished(self.name, fan.transpose())?,
            journal,
            all,
            wanted,
            precise,
            seconds_each,
        })
    }

    /// The files of a study; for a report one of its replications is replayed as a whole.
    fn results<'f>(
        &self,
        findings: &'f Findings<'_>,
        parts: &[report::StudyPart],
        fan: Option<&Fan>,
    ) -> Result<Vec<report::File<'f>>, Failure> {
        let options = Options {
            replication: findings.telling(),
            every_poll: false,
        };
        let replay = self
            .command
            .map(|_| replay(self.name, self.loaded, options, true));
        let replay = replay.transpose()?;
        let report = self.command.zip(replay.as_ref());
        let report = report.map(|(command, replay)| StudyReport { command, replay });
        let text = &self.loaded.text;
        Ok(report::study_files(findings, text, parts, fan, report))
    }
}

impl Answer {
    /// Everything was told.
    fn silent(status: Status) -> Answer {
        Answer {
            status,
            printed: String::new(),
            written: Vec::new(),
            failure: None,
        }
    }
}

/// What is left to do of a study that may have parts.
pub(super) enum Parted {
    /// Nothing: a part was made, or what is missing was told.
    Done(Answer),
    /// All of it, with its parts, if others have made them.
    Here(Option<Together>),
}

/// A study with all its replications.
pub(super) struct Grown<'a> {
    journal: Journal<'a>,
    all: Replications,
    /// How many of them are meant.
    wanted: u64,
    /// Whether they say what is to be known as well as it is to be.
    precise: bool,
    fan: Option<Fan>,
    /// What one of them took; none where none was computed.
    seconds_each: Option<f64>,
}

/// What one of the replications took that were made since.
#[allow(clippy::cast_precision_loss)]
fn seconds_each(begun: Instant, made: u64) -> Option<f64> {
    (made > 0).then(|| begun.elapsed().as_secs_f64() / made as f64)
}

/// What the expectations make of a study.
fn status(findings: &Findings<'_>) -> Status {
    let judgements = findings.judgements.iter();
    let all = judgements.map(|judgement| status_of(judgement.outcome));
    all.min().unwrap_or(Status::Done)
}

/// What one expectation makes of it.
pub(super) fn status_of(outcome: Outcome) -> Status {
    match outcome {
        Outcome::Passed => Status::Done,
        Outcome::Failed => Status::Unmet,
        Outcome::Undecided => Status::Undecided,
    }
}

/// The results that a study has.
pub(super) fn parts(run: &Run) -> Result<Vec<report::StudyPart>, Failure> {
    let part = |written: &Written| match written {
        Written::Summary => Ok(report::StudyPart::Summary),
        Written::Pictures => Ok(report::StudyPart::Pictures),
        Written::Replications if run.keep == options::Keep::Tally => Err(Failure::wrong(
            "--write: with --keep tally there are no values for replications.csv",
        )),
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
    /// The replications that are meant.
    pub(super) fn first(&self) -> Cow<'_, Replications> {
        self.all.first(self.wanted)
    }

    /// Writes the results, and the journal with them.
    pub(super) fn write(
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
        self.journal.growing.remove()
    }
}
