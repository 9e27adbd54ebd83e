//! What the program does to the disk, one function an operation. In a build with debug assertions
//! each can be made to fail, or to be the last thing that the program does: the tests do so with
//! one after the other.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    step()?;
    fs::create_dir_all(path)
}

/// Creates a file that is not there yet.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    step()?;
    File::create_new(path)
}

/// Opens a file to read that belongs to a folder: a link of its name would lead out of it, and a
/// pipe would block.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    File::open(path)
}

/// Opens a file for more behind its first bytes, and drops the others.
pub(crate) fn open_behind(path: &Path, length: u64) -> io::Result<File> {
    step()?;
    let file = OpenOptions::new().append(true).open(path)?;
    file.set_len(length)?;
    Ok(file)
}

pub(crate) fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    step()?;
    file.write_all(bytes)
}

/// What was written outlives a loss of power from now on; some file systems tell only now that
/// the disk is full.
pub(crate) fn sync(file: &File) -> io::Result<()> {
    step()?;
    file.sync_all()
}

/// The same for the names in a folder.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    step()?;
    // Elsewhere a folder cannot be opened, and names are safe without.
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    step()?;
    fs::rename(from, to)
}

/// Removes a file, or does nothing where there is none.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    step()?;
    gone(fs::remove_file(path))
}

/// Removes a folder with all in it, or does nothing where there is none.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    step()?;
    gone(fs::remove_dir_all(path))
}

pub(crate) fn try_lock(file: &File) -> Result<(), TryLockError> {
    step().map_err(TryLockError::Error)?;
    file.try_lock()
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(not(debug_assertions))]
#[allow(clippy::unnecessary_wraps)]
fn step() -> io::Result<()> {
    Ok(())
}

/// Counts the operations. `CMKSIM_FAULT=fail:3` makes the third one fail, `end:3` ends the program
/// just before it, without any tidying up.
#[cfg(debug_assertions)]
fn step() -> io::Result<()> {
    use std::sync::atomic::{AtomicU64, Ordering};
    static DONE: AtomicU64 = AtomicU64::new(0);
    let number = DONE.fetch_add(1, Ordering::SeqCst) + 1;
    let Ok(fault) = std::env::var("CMKSIM_FAULT") else {
        return Ok(());
    };
    let (what, at) = fault.split_once(':').expect("WHAT:NUMBER");
    if at.parse() != Ok(number) {
        return Ok(());
    }
    // The tests see that there was one.
    super::terminal::tell_plainly(&format!("fault {number}"));
    if what == "end" {
        std::process::abort();
    }
    Err(io::Error::other("a fault that was asked for"))
}
