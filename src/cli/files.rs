//! Result files, each written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use cmksim::report;
use tempfile::NamedTempFile;

use super::status::Failure;
use super::{load, signals, terminal};

/// Makes a folder for results, with those above it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| {
        let why = if folder.exists() {
            "there is a file of that name".to_owned()
        } else {
            error.to_string()
        };
        Failure::broken(format!(
            "cannot make the folder {}: {why}",
            folder.display()
        ))
    })
}

/// Writes a file into `folder` under a temporary name and then gives it its own, so that nobody
/// ever sees half of it. Returns its path.
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    let written = prepare(folder, name, &|to| to.write_all(bytes));
    let kept = written.and_then(|file| Ok(file.persist(&path).map(drop)?));
    kept.map_err(|error| cannot_write(&path, &error))?;
    Ok(path)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let what = without_path(error);
    Failure::broken(format!("cannot write {}: {what}", path.display()))
}

/// What went wrong, without the name of the temporary file that nobody has asked for.
fn without_path(error: &io::Error) -> String {
    let told = error.to_string();
    match told.split_once(" at path \"") {
        Some((what, _)) => what.to_owned(),
        None => told,
    }
}

/// A file that is stopped between two pieces when a signal comes.
struct Interruptible<'a>(&'a File);

impl Write for Interruptible<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if signals::came() {
            return Err(io::Error::other("interrupted"));
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes a file under a temporary name.
fn prepare(
    folder: &Path,
    name: &str,
    contents: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        // As for any other file the umask decides; a temporary one would be for its owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    let mut to = BufWriter::with_capacity(PIECE, Interruptible(file.as_file()));
    contents(&mut to)?;
    to.flush()?;
    drop(to);
    // Some file systems tell only now that the disk is full.
    file.as_file().sync_all()?;
    Ok(file)
}

/// So many bytes are written at a time.
const PIECE: usize = 1 << 16;

/// The folder for the results of a file.
pub(crate) fn folder(file: Option<&Path>, output: Option<&Path>) -> PathBuf {
    let usual = || Path::new("output").join(load::stem(file));
    output.map_or_else(usual, Path::to_owned)
}

/// Writes files into a folder, all of them before any gets its name; `written` gets a line for
/// each.
pub(crate) fn write_all(
    folder: &Path,
    files: &[report::File],
    written: &mut Vec<String>,
) -> Result<(), Failure> {
    make_folder(folder)?;
    let prepared = files.iter().map(|file| {
        let prepared = prepare(folder, file.name, &|to| file.write_to(to));
        prepared.map_err(|error| cannot_write(&folder.join(file.name), &error))
    });
    let prepared: Result<Vec<NamedTempFile>, Failure> = prepared.collect();
    signals::check()?;
    let prepared = prepared?;
    let name = || {
        for (file, prepared) in files.iter().zip(prepared) {
            let path = folder.join(file.name);
            let kept = prepared.persist(&path);
            kept.map_err(|error| cannot_write(&path, &error.error))?;
            let note = file.note.as_ref();
            let note = note.map_or_else(String::new, |note| format!(" ({note})"));
            written.push(format!("wrote {}{note}", path.display()));
        }
        Ok(())
    };
    signals::whole(name, "all that was asked for is written")
}

/// Writes result files into a folder, prints a result and names the files; a result that cannot
/// be printed is written nonetheless, and the other way round. A reader that has left changes
/// nothing: all that was asked for was done, and the status says what came out.
pub(crate) fn hand_out(
    folder: &Path,
    files: &[report::File],
    printed: &str,
    quiet: bool,
) -> Result<(), Failure> {
    hand_out_by(folder, files, &|to| to.write_all(printed.as_bytes()), quiet)
}

/// The same with a result that is printed while it is made.
pub(crate) fn hand_out_by(
    folder: &Path,
    files: &[report::File],
    print: &dyn Fn(&mut dyn Write) -> io::Result<()>,
    quiet: bool,
) -> Result<(), Failure> {
    let mut written = Vec::new();
    let failed = write_all(folder, files, &mut written);
    let printed = terminal::print_by(print);
    for line in written.iter().filter(|_| !quiet) {
        terminal::tell_plainly(line);
    }
    match printed {
        Err(Failure::NobodyReads) => failed,
        printed => failed.and(printed),
    }
}
