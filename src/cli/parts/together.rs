//! The parts of a study in a folder.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use cmksim::Error;
use cmksim::experiment::shard::{Fault, Found, Line, Parts, Records, gaps};
use cmksim::experiment::{Asked, tasks};
use cmksim::limits::STUDY_PARTS;
use cmksim::report;
use cmksim::units::grouped;

use super::by::Merged;
use super::make::{look, told};
use crate::cli::failure::Failure;
use crate::cli::files::cannot;
use crate::cli::{disk, signals, terminal};

/// All parts of a study.
pub(crate) struct Together {
    line: Line,
    files: Files,
    found: Vec<Found>,
}

struct Files(Vec<PathBuf>);

impl Records for Files {
    fn read(&self, part: usize, offset: u64) -> Result<Vec<u8>, Error> {
        let path = &self.0[part];
        let record = || {
            let mut file = BufReader::new(disk::open(path)?);
            file.seek(SeekFrom::Start(offset))?;
            tasks::next(&mut file)
        };
        let wrong = |what: String| Error::journal(format!("{}: {what}", terminal::path(path)));
        let record = record().map_err(|error| wrong(format!("cannot read it: {error}")))?;
        record.ok_or_else(|| wrong("it is no longer what it was".to_owned()))
    }
}

impl Files {
    /// What is said of those that share replications.
    fn sharing(&self, shared: &BTreeSet<usize>) -> String {
        /// No more are named.
        const MOST: usize = 10;
        let names = shared.iter().map(|at| terminal::path(&self.0[*at]));
        let names: Vec<String> = names.take(MOST).collect();
        let more = match shared.len() - names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "{}{more} have replications in common: they are copies, or were made with different \
             numbers of parts; keep those of one number of parts, once, and remove the others",
            names.join(", ")
        )
    }
}

impl Together {
    /// Finds the parts of a study.
    ///
    /// `None` where all that was asked is which are missing, and that was told.
    pub(crate) fn find(
        asked: &Asked,
        line: Line,
        merged: &Merged,
        quiet: bool,
    ) -> Result<Option<Together>, Failure> {
        let mut together = Together {
            line,
            files: Files(Vec::new()),
            found: Vec::new(),
        };
        for path in files(&merged.parts)? {
            signals::check()?;
            let found = look(&path, asked, line).map_err(|error| cannot("read", &path, &error))?;
            match (found, merged.missing) {
                (Ok(found), _) => {
                    together.files.0.push(path);
                    together.found.push(found);
                }
                (Err(fault @ Fault::Damaged(_)), Some(_)) => {
                    if !quiet {
                        terminal::tell("warning", &told(&path, fault));
                    }
                }
                (Err(fault), _) => return Err(Failure::wrong(told(&path, fault))),
            }
        }
        let (gaps, shared) = gaps(line, &together.found);
        if !shared.is_empty() {
            return Err(Failure::wrong(together.files.sharing(&shared)));
        }
        match merged.missing {
            Some(of) => list(line, &gaps, &together.found, of).map(|()| None),
            None if gaps.is_empty() => Ok(Some(together)),
            None => Err(Failure::wrong(lacking(line, &gaps, &merged.parts))),
        }
    }

    /// What a study reads them with.
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts::new(self.line, &self.found, &self.files)
    }
}

/// The files of a folder that should be parts, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = || -> std::io::Result<Vec<PathBuf>> {
        let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        let is_part = |path: &std::io::Result<PathBuf>| {
            let part = |path: &PathBuf| path.extension().is_some_and(|last| last == "part");
            path.as_ref().map_or(true, part)
        };
        paths.filter(is_part).collect()
    };
    let mut files = listed().map_err(|error| cannot("read", folder, &error))?;
    if !STUDY_PARTS.allows(files.len() as u64) {
        let folder = terminal::path(folder);
        return Err(Failure::wrong(format!(
            "{folder}: {}",
            STUDY_PARTS.exceeded()
        )));
    }
    files.sort_unstable();
    Ok(files)
}

/// Prints the numbers of the parts that are missing of so many.
fn list(line: Line, gaps: &[Range<u64>], found: &[Found], of: u64) -> Result<(), Failure> {
    let otherwise = found.iter().find(|found| !line.fits(&found.range, of));
    if let Some(Found { range, .. }) = otherwise {
        return Err(Failure::wrong(format!(
            "--missing {of}: the part from {} to {} is none of {of}; give the number of parts with \
             which those that are there were made",
            range.start, range.end
        )));
    }
    let missing = line.missing(gaps, of);
    let runs = missing.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.map(|run| match run {
        [only] => only.to_string(),
        [first, .., last] => format!("{first}-{last}"),
        [] => String::new(),
    });
    let runs: Vec<String> = runs.collect();
    if !runs.is_empty() {
        terminal::print(&format!("{}\n", runs.join(",")))?;
    }
    Ok(())
}

/// What is missing, in words.
fn lacking(line: Line, gaps: &[Range<u64>], folder: &Path) -> String {
    let folder = terminal::path(folder);
    let count: u64 = gaps.iter().map(|gap| gap.end - gap.start).sum();
    let first = gaps[0].start;
    let within = match line.cells {
        1 => String::new(),
        _ => format!(" of scenario {}", first / line.replications),
    };
    format!(
        "{folder} lacks {} of {}, the first of them number {}{within}; --missing M says which of \
         M parts are missing",
        grouped(count),
        report::replications(line.len()),
        first % line.replications
    )
}
