//! Result files, each written whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::status::Failure;

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
