//! The journal of a study on disk. While a study is computed it grows in a file of its own, so that
//! whatever ends the program little is lost; what an earlier study left stays until the results of
//! this one take its place.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cmksim::Error;
use cmksim::experiment::journal::{Fault, Form, Recovered, joined, record};
use cmksim::experiment::{Replications, Study};
use cmksim::report;

use super::failure::Failure;
use super::files::{Folder, Set, cannot};
use super::status::failed;
use super::{disk, signals, terminal};

/// The journal of a study that was finished.
const NAME: &str = "replications.journal";
/// That of one which is not. It begins where the other one ends, or with the first replication.
const PART: &str = "replications.journal.part";

/// So long it takes about between two writes to the disk.
const STRIDE: Duration = Duration::from_millis(250);

/// A journal that is being written.
pub(crate) struct Journal<'a> {
    form: Form<'a>,
    path: PathBuf,
    /// None before anything is written.
    part: Option<File>,
    /// What is to be written next.
    waiting: Vec<u8>,
    /// The number after the last replication that was added.
    end: u64,
    written: Instant,
}

impl<'a> Journal<'a> {
    /// Begins anew, and says so where an earlier run of the same study left replications.
    pub(crate) fn anew(
        folder: &Folder,
        study: &Study<'a>,
        quiet: bool,
    ) -> Result<Journal<'a>, Failure> {
        let form = Form::of(study);
        // From what cannot be read nothing can be taken over.
        let left = Left::find(folder.path(), &form).and_then(|left| left.joined(study));
        let count = left.map_or(0, |(found, _)| found.count() as u64);
        if count > 0 && !quiet {
            let message = format!(
                "{} of this study that {} holds are computed anew; --extend takes them over",
                report::replications(count),
                terminal::path(folder.path())
            );
            terminal::tell("note", &message);
        }
        Ok(Journal::new(folder, form, 0))
    }

    fn new(folder: &Folder, form: Form<'a>, end: u64) -> Journal<'a> {
        Journal {
            path: folder.path().join(PART),
            part: None,
            waiting: form.head(end).into_bytes(),
            form,
            end,
            written: Instant::now(),
        }
    }

    /// Opens the journal that an earlier study left, and returns what it holds. Where there is
    /// none, or one without a replication, it begins anew.
    pub(crate) fn go_on(
        folder: &Folder,
        study: &Study<'a>,
        quiet: bool,
    ) -> Result<(Journal<'a>, Replications), Failure> {
        let form = Form::of(study);
        let left = Left::find(folder.path(), &form)?;
        left.warn(quiet);
        let (found, part) = left.joined(study)?;
        if found.count() == 0 && !quiet {
            let path = folder.path().join(NAME);
            let message = format!(
                "{} holds nothing yet; all is computed",
                terminal::path(&path)
            );
            terminal::tell("note", &message);
        }
        let mut journal = Journal::new(folder, form, found.numbers().end);
        if let Some(whole) = part {
            let part = disk::open_behind(&journal.path, whole);
            journal.part = Some(part.map_err(|error| cannot("write", &journal.path, &error))?);
            journal.waiting.clear();
            journal.told();
        }
        Ok((journal, found))
    }

    /// Adds replications. Soon they outlive the program.
    pub(crate) fn add(&mut self, replications: &Replications) -> Result<(), Error> {
        self.waiting.extend(record(replications));
        self.end = replications.numbers().end;
        if self.written.elapsed() >= STRIDE {
            self.write()?;
        }
        Ok(())
    }

    /// Writes what was added.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.write().map_err(|error| failed(&error))
    }

    fn write(&mut self) -> Result<(), Error> {
        let mut write = || {
            let mut part = match self.part.take() {
                Some(part) => part,
                None => {
                    // A link of that name would lead elsewhere.
                    disk::remove(&self.path)?;
                    disk::create(&self.path)?
                }
            };
            disk::write(&mut part, &self.waiting)?;
            self.part = Some(part);
            Ok(())
        };
        let path = terminal::path(&self.path);
        write()
            .map_err(|error: io::Error| Error::journal(format!("cannot write {path}: {error}")))?;
        self.waiting.clear();
        self.written = Instant::now();
        self.told();
        Ok(())
    }

    /// Says what is kept if the program is interrupted from now on.
    fn told(&self) {
        signals::say(format!(
            "{} of the study are in {}; --extend goes on from there",
            report::replications(self.end),
            terminal::path(&self.path)
        ));
    }

    /// Adds the finished journal to the results of a study. Returns where it will be.
    pub(crate) fn finish(
        &self,
        replications: &Replications,
        set: &mut Set<'_>,
    ) -> Result<PathBuf, Failure> {
        set.add(Path::new(NAME), |to| self.form.write(replications, to))?;
        Ok(self.path.with_file_name(NAME))
    }

    /// The results are there: what it grew in is no longer needed.
    pub(crate) fn remove_part(&self) -> Result<(), Failure> {
        disk::remove(&self.path).map_err(|error| cannot("remove", &self.path, &error))
    }
}

/// What earlier studies left in a folder.
struct Left {
    finished: Option<Found>,
    part: Option<Found>,
}

/// A journal of this study.
struct Found {
    path: PathBuf,
    recovered: Recovered,
    /// So many bytes at its end are no whole record.
    lost: u64,
}

impl Left {
    /// Fails where there is something, and none of it of this study.
    fn find(folder: &Path, form: &Form<'_>) -> Result<Left, Failure> {
        let mut others = Vec::new();
        let mut of_this = |name: &str| {
            let path = folder.join(name);
            match read(&path, form) {
                Ok(None) => Ok(None),
                Ok(Some((recovered, lost))) => Ok(Some(Found {
                    path,
                    recovered,
                    lost,
                })),
                Err(Fault::Other) => {
                    others.push(path);
                    Ok(None)
                }
                Err(Fault::Unreadable(error)) => Err(cannot("read", &path, &error)),
                Err(Fault::Wrong(why)) => Err(refused(&path, &why)),
            }
        };
        let (finished, part) = (of_this(NAME)?, of_this(PART)?);
        match others.first() {
            Some(other) if finished.is_none() && part.is_none() => Err(refused(
                other,
                "it is of another study: the scenario, its traces, the seed, what is kept or the \
                 version of cmksim was another",
            )),
            _ => Ok(Left { finished, part }),
        }
    }

    /// Everything that is there together; and the whole bytes of the part, if it goes on.
    fn joined(self, study: &Study<'_>) -> Result<(Replications, Option<u64>), Failure> {
        let finished = self.finished.map(|found| found.recovered.replications);
        let finished = finished.unwrap_or_else(|| study.empty());
        let Some(part) = self.part.filter(|part| part.recovered.whole > 0) else {
            return Ok((finished, None));
        };
        let whole = part.recovered.whole;
        match joined(finished, part.recovered.replications) {
            Ok((both, goes_on)) => Ok((both, goes_on.then_some(whole))),
            Err(why) => Err(refused(&part.path, &why)),
        }
    }

    fn warn(&self, quiet: bool) {
        let found = self.finished.iter().chain(&self.part);
        for found in found.filter(|found| found.lost > 0 && !quiet) {
            let message = format!(
                "the last {} bytes of {} are no whole record; what is before them, {}, is taken over",
                found.lost,
                terminal::path(&found.path),
                report::replications(found.recovered.replications.count() as u64)
            );
            terminal::tell("warning", &message);
        }
    }
}

/// What a journal holds, and how many bytes of it are lost; none where there is none.
fn read(path: &Path, form: &Form<'_>) -> Result<Option<(Recovered, u64)>, Fault> {
    let file = match disk::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(Fault::Unreadable)?,
    };
    let length = file.metadata().map_err(Fault::Unreadable)?.len();
    let recovered = form.read(&mut BufReader::new(file))?;
    let lost = length - recovered.whole;
    Ok(Some((recovered, lost)))
}

fn refused(path: &Path, why: &str) -> Failure {
    Failure::wrong(format!(
        "--extend: {} cannot be taken over: {why}; leave out --extend to begin anew",
        terminal::path(path)
    ))
}
