//! Result files, each written whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cmksim::report;

use super::status::Failure;
use super::{load, terminal};

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
    match write_and_rename(folder, &path, name, bytes) {
        Ok(()) => Ok(path),
        Err(error) => Err(Failure::broken(format!(
            "cannot write {}: {}",
            path.display(),
            without_path(&error)
        ))),
    }
}

/// What went wrong, without the name of the temporary file that nobody has asked for.
fn without_path(error: &io::Error) -> String {
    let told = error.to_string();
    match told.split_once(" at path \"") {
        Some((what, _)) => what.to_owned(),
        None => told,
    }
}

fn write_and_rename(folder: &Path, path: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        // As for any other file the umask decides; a temporary one would be for its owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    // Some file systems tell only now that the disk is full.
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The folder for the results of a file.
pub(crate) fn folder(file: Option<&Path>, output: Option<&Path>) -> PathBuf {
    let usual = || Path::new("output").join(load::stem(file));
    output.map_or_else(usual, Path::to_owned)
}

/// Writes files into a folder; `written` gets a line for each.
pub(crate) fn write_all(
    folder: &Path,
    files: &[report::File],
    written: &mut Vec<String>,
) -> Result<(), Failure> {
    make_folder(folder)?;
    for file in files {
        let path = write(folder, file.name, &file.bytes)?;
        let note = file.note.as_ref();
        let note = note.map_or_else(String::new, |note| format!(" ({note})"));
        written.push(format!("wrote {}{note}", path.display()));
    }
    Ok(())
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
    let mut written = Vec::new();
    let failed = write_all(folder, files, &mut written);
    let printed = terminal::print(printed);
    for line in written.iter().filter(|_| !quiet) {
        terminal::tell_plainly(line);
    }
    match printed {
        Err(Failure::NobodyReads) => failed,
        printed => failed.and(printed),
    }
}
