//! Result files: all of a set are seen, or none.
//!
//! They are written and synced in a folder within the folder, with a record of their names and
//! digests last. From then on the set is complete: it is moved into place, and where the program is
//! ended while it does so, the next command in that folder goes on. Without a record what is there
//! is no set, and is removed.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

use cmksim::report;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::failure::Failure;
use super::lock::Lock;
use super::options::Subject;
use super::{disk, load, signals, terminal};

/// The folder in which a set is made.
const STAGE: &str = ".cmksim.new";
/// The record in it.
const RECORD: &str = "set.json";
/// How many bytes are written at a time.
const PIECE: usize = 1 << 16;
/// No record is longer.
const LONGEST_RECORD: u64 = 1 << 20;

/// The folder for the results of a file.
pub(crate) fn folder(file: Option<&Path>, output: Option<&Path>) -> PathBuf {
    let usual = || Path::new("output").join(load::stem(file));
    output.map_or_else(usual, Path::to_owned)
}

/// The folder for the results of a study.
pub(crate) fn folder_of(subject: &Subject) -> PathBuf {
    folder(Some(&subject.file), subject.results.output.as_deref())
}

/// The folder of a file as seen from that of another one.
pub(crate) fn way(from: &Path, to: &Path) -> PathBuf {
    let folder = |file: &Path| {
        let folder = file.parent().unwrap_or(Path::new(""));
        std::path::absolute(folder.join(".")).unwrap_or_else(|_| folder.to_owned())
    };
    let (from, to) = (folder(from), folder(to));
    let shared = from.components().zip(to.components());
    let shared = shared.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// A folder for results that nobody else writes meanwhile.
pub(crate) struct Folder {
    path: PathBuf,
    lock: Lock,
}

/// One file of a set, as the record has it. In the stage a file is called by its place in the
/// record, and what had its name before by that with [`OLD`] behind it.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// Relative to the folder.
    name: PathBuf,
    sha256: String,
}

const OLD: &str = ".old";

/// Files that are written one by one, and seen together.
pub(crate) struct Set<'a> {
    folder: &'a Folder,
    entries: Vec<Entry>,
    /// Whether its record is to stay.
    recorded: bool,
}

impl Folder {
    /// Makes a folder, with those above it, waits for whoever writes it or fails, and completes or
    /// undoes what a command that was ended has left.
    pub(crate) fn open(path: &Path, quiet: bool) -> Result<Folder, Failure> {
        let path = match path.as_os_str().is_empty() {
            true => Path::new("."),
            false => path,
        };
        make_folder(path)?;
        let folder = Folder {
            path: path.to_owned(),
            lock: Lock::take(path, quiet)?,
        };
        folder.tidy_when_broken_off();
        let completed = folder.settle().map_err(|error| {
            let left = "finish or undo the unfinished writing of an earlier command in";
            cannot(left, &folder.stage(), &error)
        })?;
        if completed && !quiet {
            let message = format!(
                "the results that a command had written when it was ended were moved into place \
                 in {}",
                terminal::path(&folder.path)
            );
            terminal::tell("note", &message);
        }
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the program is broken off, a set that is not complete goes, and so does the lock.
    fn tidy_when_broken_off(&self) {
        let (stage, lock) = (self.stage(), self.lock.path().to_owned());
        signals::when_broken_off(Some(Box::new(move || {
            // What stays the next command removes.
            if !stage.join(RECORD).exists() {
                let _ = disk::remove_folder(&stage);
            }
            let _ = disk::remove(&lock);
        })));
    }

    fn stage(&self) -> PathBuf {
        self.path.join(STAGE)
    }

    fn staged(&self, place: usize) -> PathBuf {
        self.stage().join(place.to_string())
    }

    fn old(&self, place: usize) -> PathBuf {
        self.stage().join(format!("{place}{OLD}"))
    }

    /// Begins a set.
    pub(crate) fn begin(&self) -> Result<Set<'_>, Failure> {
        disk::make_folder(&self.stage()).map_err(|error| cannot("make", &self.stage(), &error))?;
        Ok(Set {
            folder: self,
            entries: Vec::new(),
            recorded: false,
        })
    }

    /// Writes a set; `written` gets a line for each file.
    pub(crate) fn write_all(
        &self,
        files: &[report::File],
        written: &mut Vec<String>,
    ) -> Result<(), Failure> {
        self.write_with(files, &[], written)
    }

    /// The same with texts, whose names may begin with folders.
    fn write_with(
        &self,
        files: &[report::File],
        texts: &[(PathBuf, String)],
        written: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let mut set = self.begin()?;
        set.add_all(files)?;
        for (name, text) in texts {
            set.add(name, |to| to.write_all(text.as_bytes()))?;
        }
        set.commit()?;
        written.extend(files.iter().map(|file| self.line(file)));
        let own = texts.iter().map(|(name, _)| self.path.join(name));
        written.extend(own.map(|path| format!("wrote {}", terminal::path(&path))));
        Ok(())
    }

    /// What is told of a file that was written.
    pub(crate) fn line(&self, file: &report::File) -> String {
        let note = file.note.as_ref();
        let note = note.map_or_else(String::new, |note| format!(" ({note})"));
        format!("wrote {}{note}", terminal::path(&self.path.join(file.name)))
    }

    /// What is told of files of these `names`, and of a report, that are there and not among those
    /// that were written: they say what an earlier command found.
    pub(crate) fn left_alone(&self, names: &[&[&str]], files: &[report::File]) -> Option<String> {
        let names = names.iter().copied().flatten().chain([&report::REPORT]);
        let left = names.filter(|name| files.iter().all(|file| file.name != **name));
        let left: Vec<&str> = left
            .copied()
            .filter(|name| self.path.join(name).exists())
            .collect();
        (!left.is_empty()).then(|| {
            format!(
                "note: {} still holds {} of an earlier command",
                terminal::path(&self.path),
                left.join(", ")
            )
        })
    }

    /// Writes result files, prints a result and names the files; a result that cannot be printed is
    /// written nonetheless, and the other way round. A reader that has left changes nothing: all
    /// that was asked for was done, and the status says what came out.
    pub(crate) fn hand_out(
        &self,
        files: &[report::File],
        printed: &str,
        quiet: bool,
    ) -> Result<(), Failure> {
        self.hand_out_by(files, &|to| to.write_all(printed.as_bytes()), quiet)
    }

    /// The same with a result that is printed while it is made.
    pub(crate) fn hand_out_by(
        &self,
        files: &[report::File],
        print: &dyn Fn(&mut dyn Write) -> io::Result<()>,
        quiet: bool,
    ) -> Result<(), Failure> {
        let mut written = Vec::new();
        let failed = self.write_all(files, &mut written);
        Folder::told(failed, &written, print, quiet)
    }

    /// The same with texts, whose names may begin with folders.
    pub(crate) fn hand_out_with(
        &self,
        files: &[report::File],
        texts: &[(PathBuf, String)],
        printed: &str,
        quiet: bool,
    ) -> Result<(), Failure> {
        let mut written = Vec::new();
        let failed = self.write_with(files, texts, &mut written);
        Folder::told(
            failed,
            &written,
            &|to| to.write_all(printed.as_bytes()),
            quiet,
        )
    }

    fn told(
        failed: Result<(), Failure>,
        written: &[String],
        print: &dyn Fn(&mut dyn Write) -> io::Result<()>,
        quiet: bool,
    ) -> Result<(), Failure> {
        let printed = terminal::print_by(print);
        for line in written.iter().filter(|_| !quiet) {
            terminal::tell_plainly(line);
        }
        match printed {
            Err(Failure::NobodyReads) => failed,
            printed => failed.and(printed),
        }
    }

    /// Completes a set whose record is there, and removes one without; whether there was one.
    fn settle(&self) -> io::Result<bool> {
        match fs::symlink_metadata(self.stage()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(io::Error::other("it is not a folder")),
            Err(error) => return Err(error),
        }
        let record = self.record()?;
        for (place, entry) in record.iter().flatten().enumerate() {
            self.complete(place, entry)?;
        }
        self.clear()?;
        Ok(record.is_some())
    }

    /// The record of a set that is complete; none where there is none.
    fn record(&self) -> io::Result<Option<Vec<Entry>>> {
        let file = match disk::open(&self.stage().join(RECORD)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        file.take(LONGEST_RECORD).read_to_end(&mut text)?;
        let entries: Vec<Entry> = serde_json::from_slice(&text)?;
        // It lies in a folder that anybody may have passed on.
        let inside = |entry: &Entry| {
            let mut parts = entry.name.components();
            parts.all(|part| matches!(part, Component::Normal(_)))
        };
        if !entries.iter().all(inside) {
            return Err(io::Error::other(
                "its record names files outside of the folder",
            ));
        }
        Ok(Some(entries))
    }

    /// Moves a file into its place, unless it was moved already.
    fn complete(&self, place: usize, entry: &Entry) -> io::Result<()> {
        let staged = self.staged(place);
        if fs::symlink_metadata(&staged).is_err() {
            return Ok(());
        }
        if digest(&staged)? != entry.sha256 {
            let told = format!("{} is not what was written", terminal::path(&staged));
            return Err(io::Error::other(told));
        }
        self.move_in(&staged, entry)
    }

    fn move_in(&self, staged: &Path, entry: &Entry) -> io::Result<()> {
        let own = self.path.join(&entry.name);
        if let Some(above) = own.parent().filter(|above| *above != self.path) {
            disk::make_folder(above)?;
        }
        disk::rename(staged, &own)
    }

    /// Removes the stage, its record first: without it nothing is left to be done.
    fn clear(&self) -> io::Result<()> {
        disk::remove(&self.stage().join(RECORD))?;
        disk::sync_folder(&self.path)?;
        disk::remove_folder(&self.stage())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        signals::when_broken_off(None);
    }
}

impl Set<'_> {
    /// Adds a file that `write` writes, whose name may begin with folders.
    pub(crate) fn add(
        &mut self,
        name: &Path,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let own = self.folder.path.join(name);
        let place = self.entries.len();
        let staged = || -> io::Result<String> {
            if own.is_dir() {
                return Err(io::Error::other("there is a folder of that name"));
            }
            let sink = Sink {
                file: disk::create(&self.folder.staged(place))?,
                digest: Sha256::new(),
            };
            let mut sink = BufWriter::with_capacity(PIECE, sink);
            write(&mut sink)?;
            let sink = sink.into_inner()?;
            disk::sync(&sink.file)?;
            Ok(hexadecimal(&sink.digest.finalize()))
        };
        let sha256 = staged();
        signals::check()?;
        let sha256 = sha256.map_err(|error| cannot("write", &own, &error))?;
        self.entries.push(Entry {
            name: name.to_owned(),
            sha256,
        });
        Ok(())
    }

    /// Adds result files.
    pub(crate) fn add_all(&mut self, files: &[report::File]) -> Result<(), Failure> {
        for file in files {
            self.add(Path::new(file.name), |to| file.write_to(to))?;
        }
        Ok(())
    }

    /// Moves all files into their places, or none.
    pub(crate) fn commit(mut self) -> Result<(), Failure> {
        signals::whole(|| self.move_all(), "all that was asked for is written")
    }

    fn move_all(&mut self) -> Result<(), Failure> {
        let folder = self.folder;
        self.write_record()
            .map_err(|error| cannot("write", &folder.stage(), &error))?;
        for place in 0..self.entries.len() {
            if let Err(error) = self.replace(place) {
                let own = folder.path.join(&self.entries[place].name);
                // Where it cannot be undone the next command completes it.
                self.recorded = self.undo(place).is_err();
                return Err(cannot("write", &own, &error));
            }
        }
        self.recorded = true;
        disk::sync_folder(&folder.path)
            .and_then(|()| folder.clear())
            .map_err(|error| cannot("remove", &folder.stage(), &error))
    }

    fn write_record(&self) -> io::Result<()> {
        let stage = self.folder.stage();
        let unfinished = stage.join("record");
        let mut file = disk::create(&unfinished)?;
        disk::write(&mut file, &serde_json::to_vec(&self.entries)?)?;
        disk::sync(&file)?;
        disk::rename(&unfinished, &stage.join(RECORD))?;
        disk::sync_folder(&stage)
    }

    /// Puts what had the name of a file aside, and the file in its place.
    fn replace(&self, place: usize) -> io::Result<()> {
        let entry = &self.entries[place];
        let own = self.folder.path.join(&entry.name);
        if fs::symlink_metadata(&own).is_ok() {
            disk::rename(&own, &self.folder.old(place))?;
        }
        self.folder.move_in(&self.folder.staged(place), entry)
    }

    /// Undoes that for all files up to `last`, of which it failed.
    fn undo(&self, last: usize) -> io::Result<()> {
        for place in (0..=last).rev() {
            let own = self.folder.path.join(&self.entries[place].name);
            let (staged, old) = (self.folder.staged(place), self.folder.old(place));
            if fs::symlink_metadata(&staged).is_err() {
                disk::rename(&own, &staged)?;
            }
            if fs::symlink_metadata(&old).is_ok() {
                disk::rename(&old, &own)?;
            }
        }
        Ok(())
    }
}

impl Drop for Set<'_> {
    fn drop(&mut self) {
        if !self.recorded {
            // What stays without a record the next command removes.
            let _ = self.folder.clear();
        }
    }
}

/// A file of a set, and the digest of what was written into it.
struct Sink {
    file: File,
    digest: Sha256,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if signals::came() {
            return Err(io::Error::other("interrupted"));
        }
        disk::write(&mut self.file, bytes)?;
        self.digest.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn digest(path: &Path) -> io::Result<String> {
    let mut file = disk::open(path)?;
    let mut digest = Sha256::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            read => digest.update(&bytes[..read]),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a folder for results, with those above it.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    disk::make_folder(folder).map_err(|error| {
        let why = if folder.is_file() {
            "there is a file of that name".to_owned()
        } else {
            error.to_string()
        };
        Failure::broken(format!(
            "cannot make the folder {}: {why}",
            terminal::path(folder)
        ))
    })
}

pub(crate) fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::broken(format!("cannot {what} {}: {error}", terminal::path(path)))
}
