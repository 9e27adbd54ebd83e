//! `cmksim run --rare`: how likely something rare is.

use cmksim::experiment::rare::{RareEvent, learn};
use cmksim::experiment::shard::{Keep, Work};
use cmksim::experiment::{Outcome, Study};
use cmksim::foreign::brief;
use cmksim::report::{self, Rare};

use super::failure::{Failure, Status};
use super::files::Folder;
use super::options::Format;
use super::parts::By;
use super::progress::Bar;
use super::status::finished;
use super::study::{Answer, Job, Parted, parts, status_of};
use super::terminal::style;

impl Job<'_> {
    /// Runs the study of something rare, or a part of it, or puts its parts together.
    pub(super) fn rare(&self, text: &str, by: By<'_>) -> Result<Answer, Failure> {
        let parts = parts(self.run)?;
        let scenario = &self.loaded.scenario;
        if text.contains(['<', '>', '=']) && !text.contains('(') {
            let text = brief(text);
            return Err(Failure::wrong(format!(
                "--rare {text}: it asks how likely something is; write probability({text})"
            )));
        }
        let target = scenario.target("--rare", text)?;
        let event = RareEvent::new(&target);
        let event = event.map_err(|why| Failure::wrong(format!("--rare: {why}")))?;
        let mut study = Study::new(scenario, &self.loaded.traces);
        study.every_poll = self.run.every_poll;
        study.kept = vec![(event.scope, event.measure)];
        for text in &self.run.measures {
            let named = scenario.measure("--measures", text)?;
            if !study.kept.contains(&named) {
                study.kept.push(named);
            }
        }
        let bar = Bar::new(self.name, !self.quiet);
        let learned = learn(&study, &event, &bar.runner(None));
        drop(bar);
        let learned = finished(self.name, learned)?;
        study.mixture = Some(&learned.mixture);
        let work = Work::of_run(&study, scenario.replications, Keep::All);
        let together = match self.parted(&study, &work, Keep::All, by)? {
            Parted::Done(answer) => return Ok(answer),
            Parted::Here(together) => together,
        };
        let folder = &Folder::open(self.folder, self.quiet)?;
        let grown = self.grow(&study, None, together, (folder, &parts))?;
        let gathered = grown.first();
        let rare = Rare::of(scenario, &event, &learned, &gathered);
        let files = report::rare_files(&rare, &self.loaded.text, &parts, self.command);
        let mut written = Vec::new();
        let failure = grown.write(folder, &files, &mut written).err();
        if failure.is_none() {
            let names = report::StudyPart::ALL.map(report::StudyPart::names);
            written.extend(folder.left_alone(&names, &files));
        }
        Ok(Answer {
            status: status(&rare),
            printed: match self.run.format {
                Format::Text => report::rare_text(&rare, style()),
                Format::Json => report::rare_json(&rare, &self.loaded.text),
                Format::Csv => report::rare_csv(&rare),
            },
            written,
            failure,
        })
    }
}

/// What the expectations make of it.
fn status(rare: &Rare<'_>) -> Status {
    let judged = rare.judged.iter().flatten();
    let all = judged.map(|outcome: &Outcome| status_of(*outcome));
    all.min().unwrap_or(Status::Done)
}
