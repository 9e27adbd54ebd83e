//! A part of a study as a file, the same as `cmksim shard run` writes.

use std::fs;
use std::io::{self, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};

use cmksim::Runner;
use cmksim::experiment::shard::{Found, Keep, Part, Share, Work};

use super::failure::Failure;
use super::loaded::Loaded;

/// Computes a part into a folder, unless it is there. Comes back with its file.
pub(crate) fn shard(
    of: &Loaded,
    share: &str,
    folder: &Path,
    (replications, keep, measures): (u64, Keep, Option<&[String]>),
    runner: &Runner<'_>,
) -> Result<PathBuf, Failure> {
    let share: Share = share
        .parse()
        .map_err(|why| Failure::Wrong(format!("part {share:?}: {why}")))?;
    let mut study = of.study();
    if let Some(named) = measures {
        study.kept = of.measures(named)?;
    }
    let work = Work::of_run(&study, replications, keep);
    let part = Part {
        asked: study.asked(keep),
        range: work.line.part(share),
    };
    fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
    let path = folder.join(part.name());
    if is_there(&path, &part, &work)? {
        return Ok(path);
    }
    let mut records = part.head().into_bytes();
    part.compute(&work, runner, |record| {
        records.extend(record);
        Ok(())
    })?;
    write(&path, &records).map_err(|error| Failure::file("write", &path, &error))?;
    Ok(path)
}

/// Whether it needs not be computed. What is damaged is; what is somebody else's stays.
fn is_there(path: &Path, part: &Part, work: &Work<'_>) -> Result<bool, Failure> {
    let unread = |error| Failure::file("read", path, &error);
    let file = match fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        file => file.map_err(unread)?,
    };
    let found = Found::scan(&part.asked, work.line, &mut BufReader::new(file));
    match found.map_err(unread)? {
        Ok(found) => Ok(found.range == part.range),
        Err(fault) if fault.is_foreign() => {
            Err(Failure::Wrong(format!("{} {fault}", path.display())))
        }
        Err(_) => Ok(false),
    }
}

/// Writes a file that is seen when it is whole, whoever writes it at the same time.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .suffix(".new")
        // As any other file: private ones are of no use to those who share the folder.
        .make_in(folder, |path| fs::File::create_new(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
