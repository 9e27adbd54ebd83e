//! A scenario and the files that it names. They are kept, so that it can be read again with other
//! values, and sent to a machine that has none of them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cmksim::limits::{Limit, SCENARIO_BYTES};
use cmksim::scenario::{Diagnostics, Draft, Override, Reading};

use super::failure::Failure;

/// The files that are kept, by the names that the scenario has for them.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The text of a scenario, what is set, and its files.
#[derive(Debug)]
pub(crate) struct Source {
    /// What messages call it: a path as it was given.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// `PATH=VALUE`, in the order in which they take effect.
    pub(crate) set: Vec<String>,
    /// Where files lie that are not kept yet; `None`: nowhere.
    pub(crate) folder: Option<PathBuf>,
    files: Mutex<BTreeMap<String, Result<Vec<u8>, String>>>,
}

impl Source {
    pub(crate) fn new(
        name: String,
        bytes: Vec<u8>,
        set: Vec<String>,
        folder: Option<PathBuf>,
        files: Files,
    ) -> Source {
        let files = files.into_iter().map(|(name, bytes)| (name, Ok(bytes)));
        Source {
            name,
            bytes,
            set,
            folder,
            files: Mutex::new(files.collect()),
        }
    }

    /// The file at a path, with those beside it.
    pub(crate) fn open(path: &Path, set: Vec<String>) -> Result<Source, Failure> {
        let name = path.display().to_string();
        let bytes = read(path, &SCENARIO_BYTES);
        let bytes = bytes.map_err(|error| Failure::file("read", path, &error))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Source::new(name, bytes, set, Some(folder), Files::new()))
    }

    /// The same with more values set.
    pub(crate) fn with(&self, more: Vec<String>) -> Source {
        let set = [self.set.clone(), more].concat();
        let (name, bytes) = (self.name.clone(), self.bytes.clone());
        Source::new(name, bytes, set, self.folder.clone(), self.files())
    }

    /// The files that were read so far.
    pub(crate) fn files(&self) -> Files {
        let files = self.kept();
        let read = files.iter();
        read.filter_map(|(name, bytes)| Some((name.clone(), bytes.clone().ok()?)))
            .collect()
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Result<Vec<u8>, String>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over the files of another scenario, so that this one can be read with its values.
    pub(crate) fn adopt(&self, other: &Source) -> Result<(), Failure> {
        // Both may be the same: only one of them is held at a time.
        let others = other.files();
        let mut own = self.kept();
        for (name, bytes) in others {
            match own.get(&name) {
                Some(Ok(kept)) if *kept != bytes => {
                    let told = "both scenarios carry a file with this name, and it differs";
                    return Err(Failure::Wrong(format!(
                        "{name}: {told}; rename one of them"
                    )));
                }
                _ => own.insert(name, Ok(bytes)),
            };
        }
        Ok(())
    }

    /// A file that the scenario names.
    pub(crate) fn file(&self, name: &str, limit: &Limit) -> Result<Vec<u8>, String> {
        let read = || match &self.folder {
            Some(folder) => read(&folder.join(name), limit).map_err(|error| error.to_string()),
            None => Err("the scenario does not carry this file, and has no folder".to_owned()),
        };
        let mut files = self.kept();
        files.entry(name.to_owned()).or_insert_with(read).clone()
    }

    /// The scenario as it is written, with `more` behind what is set.
    pub(crate) fn draft(&self, more: &[Override]) -> Result<Draft, Diagnostics> {
        let set = self.set.iter().map(|text| Override::new("set", text));
        let set: Vec<Override> = set.chain(more.iter().cloned()).collect();
        let files = &mut |file: &str, limit: &Limit| self.file(file, limit);
        Draft::read(&self.name, &self.bytes, &set, files)
    }

    /// What it means.
    pub(crate) fn read(&self, more: &[Override]) -> Result<Reading, Diagnostics> {
        self.draft(more)?.reading()
    }

    /// The name of its file without folder and extension, as results are called.
    pub(crate) fn stem(&self) -> &str {
        let stem = Path::new(&self.name).file_stem();
        stem.and_then(|stem| stem.to_str()).unwrap_or(&self.name)
    }
}

/// The bytes of a regular file, no more than are allowed. What has no end is not even opened.
fn read(path: &Path, limit: &Limit) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    let most = limit.most.saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    match limit.allows(bytes.len() as u64) {
        true => Ok(bytes),
        false => Err(io::Error::other(format!("it has {}", limit.exceeded()))),
    }
}
