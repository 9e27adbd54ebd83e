use super::super::Edition;
use super::super::choice::Delays;
use super::super::diagnostics::{Complaints, Diagnostic};
use super::super::file::Written;
use super::super::measured::Measured;
use crate::units::Duration;

/// What reading a table needs to know of the rest of the file.
pub(super) struct Context {
    pub(super) complaints: Complaints,
    /// Of the run; `None` if it cannot be read.
    pub(super) duration: Option<Duration>,
    pub(super) start: Option<i64>,
    pub(super) delays: Delays,
    pub(super) edition: &'static Edition,
    /// The files of distributions.
    pub(super) measured: Measured,
}

impl Context {
    pub(super) fn new(edition: &'static Edition, measured: Measured) -> Context {
        Context {
            complaints: Complaints::default(),
            duration: None,
            start: None,
            delays: Delays::Sampled,
            edition,
            measured,
        }
    }

    pub(super) fn complain(&self, diagnostic: Diagnostic) {
        self.complaints.file(diagnostic);
    }

    /// The value, or `None` and a complaint.
    pub(super) fn take<T>(&self, read: Result<T, Diagnostic>) -> Option<T> {
        read.map_err(|complaint| self.complain(complaint)).ok()
    }

    /// All values of a list, or `None` and a complaint of each that cannot be read.
    pub(super) fn take_each<'a, T>(
        &self,
        list: &'a [Written],
        read: impl Fn(&'a Written) -> Result<T, Diagnostic>,
    ) -> Option<Vec<T>> {
        // Collected first, so that the first mistake does not hide the others.
        let all: Vec<Option<T>> = list
            .iter()
            .map(|written| self.take(read(written)))
            .collect();
        all.into_iter().collect()
    }
}
