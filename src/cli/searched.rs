//! A question whose answer is searched for: the folder of its results, and the journal of its tasks.

use std::fmt;

use cmksim::Error;
use cmksim::experiment::{Asked, Runner};

use super::failure::Failure;
use super::files::{self, Folder};
use super::growing::Growing;
use super::load::Loaded;
use super::options::Subject;
use super::progress::Bar;
use super::status::finished;

/// What was found, and where its results belong.
pub(super) struct Searched<T> {
    pub(super) found: T,
    pub(super) folder: Folder,
    journal: Growing,
}

/// Searches for the answer of a command to what is `asked` of a scenario called `name`, going on
/// with what an interrupted run left where that is wanted.
pub(super) fn search<T>(
    command: &'static str,
    (name, subject, loaded): (&str, &Subject, &Loaded),
    asked: &dyn fmt::Debug,
    quiet: bool,
    find: impl FnOnce(&Runner<'_>) -> Result<T, Error>,
) -> Result<Searched<T>, Failure> {
    let folder = Folder::open(&files::folder_of(subject), quiet)?;
    let head = Asked::of(command, &[(&loaded.scenario, &loaded.traces)], asked);
    let journal = Growing::open(&folder, &head, subject.results.extend, quiet)?;
    let bar = Bar::new(name, !quiet);
    let found = find(&bar.runner(Some(&journal)));
    drop(bar);
    journal.flush()?;
    Ok(Searched {
        found: finished(name, found)?,
        folder,
        journal,
    })
}

impl<T> Searched<T> {
    /// The results are written, and the journal goes.
    pub(super) fn done(self) -> Result<(), Failure> {
        self.journal.remove()
    }
}
