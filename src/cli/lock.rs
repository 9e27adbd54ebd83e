//! One writer a folder. The operating system holds the lock, so that it ends with the process,
//! however that ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use same_file::Handle;

use super::failure::Failure;
use super::{disk, signals, terminal};

/// The file that is locked; it holds the number of the process that writes the folder, and is
/// removed by that.
const NAME: &str = ".cmksim.lock";

/// The time between two looks of who waits.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether a folder that somebody else writes is waited for.
static WAITS: AtomicBool = AtomicBool::new(false);

/// Waits from now on, or does not.
pub(crate) fn wait_for_others(wait: bool) {
    WAITS.store(wait, Ordering::Relaxed);
}

/// The right to write a folder.
pub(crate) struct Lock {
    path: PathBuf,
    /// Locked, where the file system has locks.
    _file: File,
}

impl Lock {
    /// Takes the right to write `folder`, which is there.
    pub(crate) fn take(folder: &Path, quiet: bool) -> Result<Lock, Failure> {
        let path = folder.join(NAME);
        let mut told = false;
        loop {
            signals::check()?;
            let mut file = open(&path).map_err(|error| {
                Failure::broken(format!("cannot write {}: {error}", terminal::path(&path)))
            })?;
            match disk::try_lock(&file) {
                Ok(()) if is_still(&file, &path) => {
                    sign(&mut file);
                    return Ok(Lock { path, _file: file });
                }
                // Who had it has removed the file meanwhile.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) if WAITS.load(Ordering::Relaxed) => {
                    if !told && !quiet {
                        let message = format!("waiting for {}", writer(&path));
                        terminal::tell("note", &message);
                    }
                    told = true;
                    sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Failure::Busy(format!(
                        "{} is being written by {}; wait for it, or use --wait",
                        terminal::path(folder),
                        writer(&path)
                    )));
                }
                Err(TryLockError::Error(error)) => {
                    if !quiet {
                        let message = format!(
                            "{} cannot be locked ({error}): make sure that nobody else writes to it",
                            terminal::path(folder)
                        );
                        terminal::tell("warning", &message);
                    }
                    return Ok(Lock { path, _file: file });
                }
            }
        }
    }

    /// The file that is locked.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before it is unlocked, so that nobody who has it loses it. If it stays, it is unlocked.
        let _ = disk::remove(&self.path);
    }
}

fn open(path: &Path) -> io::Result<File> {
    // A link would lead out of the folder, and a pipe would block.
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path)
}

/// Whether the file that was locked is the one of that name.
fn is_still(file: &File, path: &Path) -> bool {
    let locked = file.try_clone().and_then(Handle::from_file);
    locked.is_ok_and(|locked| Handle::from_path(path).is_ok_and(|named| named == locked))
}

/// Says who has it. Where that cannot be written, nobody can be told, and nothing else is lost.
fn sign(file: &mut File) {
    let number = std::process::id().to_string();
    let _ = file.set_len(0);
    let _ = disk::write(file, number.as_bytes());
}

/// Who has it.
fn writer(path: &Path) -> String {
    let mut number = String::new();
    let read = disk::open(path).map(|file| file.take(20).read_to_string(&mut number));
    match number.parse::<u32>() {
        Ok(number) if matches!(read, Ok(Ok(_))) => format!("process {number}"),
        _ => "another process".to_owned(),
    }
}
