//! The journal of a study on disk. While a study is computed it grows in a file of its own, so that
//! whatever ends the program little is lost; what an earlier study left stays until the results of
//! this one take its place.

use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use cmksim::experiment::journal::{Fault, Form, Recovered, joined};
use cmksim::experiment::{Replications, Study};
use cmksim::report;

use super::failure::Failure;
use super::files::{Folder, Set, cannot};
use super::growing::{Growing, OTHER, refused};
use super::{disk, terminal};

/// The journal of a study that was finished.
const NAME: &str = "replications.journal";
/// That of one which is not. It begins where the other one ends, or with the first replication.
const PART: &str = "replications.journal.part";

/// A journal that is being written.
pub(crate) struct Journal<'a> {
    form: Form<'a>,
    pub(crate) growing: Growing,
}

impl<'a> Journal<'a> {
    /// Begins anew, and says so where an earlier run of the same study left replications.
    pub(crate) fn anew(folder: &Folder, study: &Study<'a>, quiet: bool) -> Journal<'a> {
        let form = Form::of(study);
        // From what cannot be read nothing can be taken over.
        let left = Left::find(folder.path(), &form).and_then(|left| left.joined(study));
        let count = left.map_or(0, |(found, _)| found.count() as u64);
        if count > 0 && !quiet {
            let message = format!(
                "{} of this study in {} are computed again; --extend would reuse them",
                report::replications(count),
                terminal::path(folder.path())
            );
            terminal::tell("note", &message);
        }
        Journal::begin(folder, form, 0)
    }

    /// That of a study that others have computed.
    pub(crate) fn of_parts(folder: &Folder, study: &Study<'a>) -> Journal<'a> {
        Journal::begin(folder, Form::of(study), 0)
    }

    fn begin(folder: &Folder, form: Form<'a>, first: u64) -> Journal<'a> {
        let growing = Growing::anew(folder.path().join(PART), &form.head(first));
        Journal { form, growing }
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
                "{} holds no results yet; everything is computed",
                terminal::path(&path)
            );
            terminal::tell("note", &message);
        }
        let journal = match part {
            None => Journal::begin(folder, form, found.numbers().end),
            Some(whole) => Journal {
                growing: Growing::behind(folder.path().join(PART), whole)?,
                form,
            },
        };
        Ok((journal, found))
    }

    /// Adds the finished journal to the results of a study. Returns where it will be.
    pub(crate) fn finish(
        &self,
        replications: &Replications,
        set: &mut Set<'_>,
    ) -> Result<PathBuf, Failure> {
        set.add(Path::new(NAME), |to| self.form.write(replications, to))?;
        Ok(self.growing.path().with_file_name(NAME))
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
    /// Bytes at its end that are no whole record.
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
            Some(other) if finished.is_none() && part.is_none() => Err(refused(other, OTHER)),
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
                "the last {} bytes of {} are an incomplete record; {} before them are reused",
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
