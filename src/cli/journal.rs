//! The journal of a study on disk: the one file that is not written whole but grows, so that
//! whatever ends the program little is lost.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cmksim::experiment::{Replications, Study, journal};
use cmksim::report;

use super::status::Failure;
use super::terminal;

/// Its name in the folder of the results.
const NAME: &str = "replications.journal";

/// A journal that is being written.
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Begins a journal anew.
    fn begin(folder: &Path, study: &Study<'_>) -> Result<Journal, Failure> {
        let path = folder.join(NAME);
        let begin = || {
            let mut file = File::create(&path)?;
            file.write_all(journal::head(study).as_bytes())?;
            Ok(file)
        };
        match begin() {
            Ok(file) => Ok(Journal { file, path }),
            Err(error) => Err(cannot("write", &path, &error)),
        }
    }

    /// Begins anew, and says so where an earlier run of the same study left replications.
    pub(crate) fn anew(folder: &Path, study: &Study<'_>, quiet: bool) -> Result<Journal, Failure> {
        // What cannot be read has nothing to take over; whether it can be written is seen next.
        let left = std::fs::read(folder.join(NAME)).unwrap_or_default();
        let found = journal::recover(study, &left).filter(|it| it.replications.count() > 0);
        if let Some(found) = found.filter(|_| !quiet) {
            let message = format!(
                "{} of this study that {} held are computed anew; --extend takes them over",
                report::replications(found.replications.count() as u64),
                folder.join(NAME).display()
            );
            terminal::tell("note", &message);
        }
        Journal::begin(folder, study)
    }

    /// Opens the journal that an earlier study left, and returns what it holds. Where there is
    /// none, or one without a replication, it begins anew.
    pub(crate) fn go_on(
        folder: &Path,
        study: &Study<'_>,
        quiet: bool,
    ) -> Result<(Journal, Replications), Failure> {
        let path = folder.join(NAME);
        let left = match std::fs::read(&path) {
            Ok(left) => left,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(cannot("read", &path, &error)),
        };
        if journal::head(study).as_bytes().starts_with(&left) {
            if !quiet {
                let message = format!("{} holds nothing yet; all is computed", path.display());
                terminal::tell("note", &message);
            }
            return Ok((Journal::begin(folder, study)?, study.empty()));
        }
        let Some(found) = journal::recover(study, &left) else {
            return Err(Failure::wrong(format!(
                "--extend: {} is of another study: the scenario, its traces, the seed, what is \
                 kept or the version of cmksim was another; leave out --extend to begin anew",
                path.display()
            )));
        };
        let lost = left.len() - found.whole;
        if lost > 0 && !quiet {
            terminal::tell(
                "warning",
                &format!(
                    "the last {lost} bytes of {} are no whole record; what is before them, {}, is \
                     taken over",
                    path.display(),
                    report::replications(found.replications.count() as u64)
                ),
            );
        }
        let open = || {
            let file = OpenOptions::new().append(true).open(&path)?;
            file.set_len(found.whole as u64)?;
            Ok(file)
        };
        match open() {
            Ok(file) => Ok((Journal { file, path }, found.replications)),
            Err(error) => Err(cannot("write", &path, &error)),
        }
    }

    /// Adds replications. They outlive the program from now on.
    pub(crate) fn add(&mut self, replications: &Replications) -> Result<(), Failure> {
        self.file
            .write_all(&journal::record(replications))
            .map_err(|error| cannot("write", &self.path, &error))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::broken(format!("cannot {what} {}: {error}", path.display()))
}
