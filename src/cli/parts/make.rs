//! A part of a study as a file: it is there and whole, or it is not there.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process;
use std::time::SystemTime;

use cmksim::Error;
use cmksim::experiment::Asked;
use cmksim::experiment::shard::{Fault, Found, Part, Work};
use cmksim::report;

use super::by::Cut;
use crate::cli::failure::{Failure, Status};
use crate::cli::files::cannot;
use crate::cli::progress::Bar;
use crate::cli::status::finished;
use crate::cli::{disk, signals, terminal};

/// What is written at a time.
const PIECE: usize = 1 << 16;

/// Computes a part of a study called `name` into a file of `folder`, unless it is there.
pub(crate) fn make(
    (name, asked): (&str, Asked),
    work: &Work<'_>,
    cut: &Cut,
    folder: Option<&Path>,
    quiet: bool,
) -> Result<Status, Failure> {
    let folder = folder.expect("it must be given");
    let part = Part {
        asked,
        range: work.line.part(cut.part),
    };
    disk::make_folder(folder).map_err(|error| cannot("make", folder, &error))?;
    let path = folder.join(part.name());
    if is_there(&path, &part, work, quiet)? {
        return Ok(Status::Done);
    }
    signals::say("a part that is not finished is not kept; run the command again");
    let mut file = Unfinished::create(folder, &part)?;
    let bar = Bar::new(name, !quiet);
    let computed = part.compute(work, &bar.runner(None), |record| file.add(record));
    drop(bar);
    finished(name, computed)?;
    file.finish(&path)?;
    if !quiet {
        let count = report::replications(part.range.end - part.range.start);
        terminal::tell_plainly(&format!("wrote {} ({count})", terminal::path(&path)));
    }
    Ok(Status::Done)
}

/// Whether a part needs not be computed. What is damaged is.
fn is_there(path: &Path, part: &Part, work: &Work<'_>, quiet: bool) -> Result<bool, Failure> {
    match look(path, &part.asked, work.line) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot("read", path, &error)),
        Ok(Ok(found)) if found.range == part.range => {
            if !quiet {
                terminal::tell("note", &format!("{} is there", terminal::path(path)));
            }
            Ok(true)
        }
        Ok(Err(fault)) if fault.is_foreign() => Err(Failure::wrong(told(path, fault))),
        Ok(_) => {
            if !quiet {
                let message = format!("{} is damaged, and computed again", terminal::path(path));
                terminal::tell("warning", &message);
            }
            Ok(false)
        }
    }
}

/// Looks through a file that may be a part of a study.
pub(super) fn look(
    path: &Path,
    asked: &Asked,
    line: cmksim::experiment::shard::Line,
) -> io::Result<Result<Found, Fault>> {
    let found = Found::scan(asked, line, &mut BufReader::new(disk::open(path)?))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(found.map_err(|fault| match fault {
        // No part that is made again would replace it.
        Fault::Damaged(_) if !Part::is_name(asked, &name) => Fault::NoPart,
        fault => fault,
    }))
}

/// Why a file is refused, and what to do.
pub(super) fn told(path: &Path, fault: Fault) -> String {
    format!("{} {fault}", terminal::path(path))
}

/// A part that is being written, under a name that nobody else uses.
struct Unfinished {
    path: PathBuf,
    file: File,
    waiting: Vec<u8>,
    /// Whether it has the name of a part.
    finished: bool,
}

impl Unfinished {
    fn create(folder: &Path, part: &Part) -> Result<Unfinished, Failure> {
        // Attempts on other machines have other times, if the same number.
        let time = SystemTime::UNIX_EPOCH.elapsed();
        let time = time.map_or(0, |time| time.as_nanos());
        let path = folder.join(format!(".{}.{}.{time}.new", part.name(), process::id()));
        let file = disk::create(&path).map_err(|error| cannot("write", &path, &error))?;
        let left = path.clone();
        signals::when_broken_off(Some(Box::new(move || {
            // It is in nobody's way.
            let _ = disk::remove(&left);
        })));
        let waiting = part.head().into_bytes();
        Ok(Unfinished {
            path,
            file,
            waiting,
            finished: false,
        })
    }

    fn add(&mut self, record: &[u8]) -> Result<(), Error> {
        self.waiting.extend(record);
        if self.waiting.len() < PIECE {
            return Ok(());
        }
        self.write().map_err(|error| {
            let path = terminal::path(&self.path);
            Error::journal(format!("cannot write {path}: {error}"))
        })
    }

    fn write(&mut self) -> io::Result<()> {
        disk::write(&mut self.file, &self.waiting)?;
        self.waiting.clear();
        Ok(())
    }

    /// Gives it the name of a part.
    fn finish(mut self, path: &Path) -> Result<(), Failure> {
        let mut finish = || {
            self.write()?;
            disk::sync(&self.file)?;
            disk::rename(&self.path, path)?;
            disk::sync_folder(path.parent().unwrap_or(Path::new(".")))
        };
        finish().map_err(|error| cannot("write", path, &error))?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        signals::when_broken_off(None);
        if !self.finished {
            // It is in nobody's way.
            let _ = disk::remove(&self.path);
        }
    }
}
