//! A journal that grows on disk while a study is computed, so that whatever ends the program little
//! is lost.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use cmksim::Error;
use cmksim::experiment::{Asked, Journal, tasks};

use super::failure::Failure;
use super::files::{Folder, cannot};
use super::status::failed;
use super::{disk, signals, terminal};

/// The time between two writes.
const STRIDE: Duration = Duration::from_millis(250);

/// Why nothing is taken over from a journal with another head.
pub(crate) const OTHER: &str = "it is of another study: the scenario, its traces, the seed, what \
                                is asked or the version of cmksim was another";

/// Such a journal.
pub(crate) struct Growing {
    path: PathBuf,
    /// The records that are there already.
    left: Mutex<Box<dyn BufRead + Send>>,
    tail: Mutex<Tail>,
}

struct Tail {
    /// None before anything is written.
    file: Option<File>,
    /// What is written next.
    waiting: Vec<u8>,
    /// How many records that is.
    records: usize,
    written: Instant,
}

impl Growing {
    fn new(path: PathBuf, file: Option<File>, head: &str) -> Growing {
        Growing {
            path,
            left: Mutex::new(Box::new(io::empty())),
            tail: Mutex::new(Tail {
                file,
                waiting: head.as_bytes().to_vec(),
                records: 0,
                written: Instant::now(),
            }),
        }
    }

    /// Begins anew; what is there goes when the first record is written.
    pub(crate) fn anew(path: PathBuf, head: &str) -> Growing {
        Growing::new(path, None, head)
    }

    /// Goes on behind the whole records.
    pub(crate) fn behind(path: PathBuf, whole: u64) -> Result<Growing, Failure> {
        let file = disk::open_behind(&path, whole);
        let file = file.map_err(|error| cannot("write", &path, &error))?;
        let journal = Growing::new(path, Some(file), "");
        journal.told();
        Ok(journal)
    }

    /// The journal of a command's tasks in a folder: what an interrupted run left is taken over, or
    /// it begins anew and says what it does not take over.
    pub(crate) fn open(
        folder: &Folder,
        asked: &Asked,
        extend: bool,
        quiet: bool,
    ) -> Result<Growing, Failure> {
        let name = format!("{}.journal.part", asked.command());
        let (path, head) = (folder.path().join(name), &asked.head());
        let left = scan(&path, head);
        let note = |what: &str| {
            if !quiet {
                terminal::tell("note", &format!("{} {what}", terminal::path(&path)));
            }
        };
        if !extend {
            // From what cannot be read nothing can be taken over.
            if left.is_ok_and(|left| left.is_some_and(|left| left.results > 0)) {
                note(
                    "holds results of this study, which are computed again; --extend would reuse them",
                );
            }
            return Ok(Growing::anew(path, head));
        }
        let left = match left.map_err(|error| cannot("read", &path, &error))? {
            Some(left) if left.other => return Err(refused(&path, OTHER)),
            Some(left) if left.whole > 0 => left,
            _ => {
                note("holds no results yet; everything is computed");
                return Ok(Growing::anew(path, head));
            }
        };
        if left.lost > 0 && !quiet {
            let message = format!(
                "the last {} bytes of {} are an incomplete record; what precedes them is reused",
                left.lost,
                terminal::path(&path)
            );
            terminal::tell("warning", &message);
        }
        let open = || {
            let mut file = disk::open(&path)?;
            file.seek(SeekFrom::Start(head.len() as u64))?;
            Ok(file)
        };
        let file = open().map_err(|error| cannot("read", &path, &error))?;
        let records = io::Read::take(file, left.whole - head.len() as u64);
        let journal = Growing::behind(path, left.whole)?;
        Ok(Growing {
            left: Mutex::new(Box::new(BufReader::new(records))),
            ..journal
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what waits, if that is more than a head.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        let mut tail = self.tail();
        match tail.records {
            0 => Ok(()),
            _ => self.write(&mut tail).map_err(|error| failed(&error)),
        }
    }

    /// The results are there: it is no longer needed.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        disk::remove(&self.path).map_err(|error| cannot("remove", &self.path, &error))
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().expect("nobody panicked")
    }

    fn write(&self, tail: &mut Tail) -> Result<(), Error> {
        let mut write = || {
            if tail.file.is_none() {
                // A link of that name would lead elsewhere.
                disk::remove(&self.path)?;
                tail.file = Some(disk::create(&self.path)?);
            }
            let file = tail.file.as_mut().expect("it is there");
            disk::write(file, &tail.waiting)
        };
        let written = write();
        // What could not be written is not tried again.
        tail.waiting.clear();
        tail.records = 0;
        written.map_err(|error| self.error("write", &error))?;
        tail.written = Instant::now();
        self.told();
        Ok(())
    }

    fn error(&self, what: &str, error: &io::Error) -> Error {
        let path = terminal::path(&self.path);
        Error::journal(format!("cannot {what} {path}: {error}"))
    }

    /// Says what is kept if the program is interrupted from now on.
    fn told(&self) {
        signals::say(format!(
            "what was computed is in {}; continue with --extend",
            terminal::path(&self.path)
        ));
    }
}

impl Journal for Growing {
    fn next(&self) -> Result<Option<Vec<u8>>, Error> {
        let mut left = self.left.lock().expect("nobody panicked");
        tasks::next(&mut **left).map_err(|error| self.error("read", &error))
    }

    fn keep(&self, result: &[u8]) -> Result<(), Error> {
        let mut tail = self.tail();
        tail.waiting.extend(tasks::record(result));
        tail.records += 1;
        if tail.written.elapsed() >= STRIDE {
            self.write(&mut tail)?;
        }
        Ok(())
    }
}

/// What an earlier run left.
struct Left {
    /// Whether it is of another study.
    other: bool,
    results: u64,
    /// The bytes up to the end of the last whole record.
    whole: u64,
    /// How many bytes follow.
    lost: u64,
}

fn scan(path: &Path, head: &str) -> io::Result<Option<Left>> {
    let file = match disk::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let length = file.metadata()?.len();
    let found = tasks::scan(head, &mut BufReader::new(file))?;
    let (results, whole) = found.unwrap_or((0, 0));
    Ok(Some(Left {
        other: found.is_none(),
        results,
        whole,
        lost: length - whole,
    }))
}

pub(crate) fn refused(path: &Path, why: &str) -> Failure {
    Failure::wrong(format!(
        "--extend: {} cannot be reused: {why}; leave out --extend to start again",
        terminal::path(path)
    ))
}
