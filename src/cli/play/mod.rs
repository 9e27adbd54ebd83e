//! `cmksim play`: a page to play with a scenario, or a course of scenes, in a browser.

mod course;
mod page;
mod scene;
mod source;

use std::path::PathBuf;

use clap::Args;
use cmksim::report;

use super::failure::{Failure, Status};
use super::files::{self, Folder};
use super::{signals, terminal};
use source::Source;

#[derive(Debug, Args)]
pub(crate) struct Play {
    /// A scenario file, or a folder of scenes [default: the built-in course]
    #[arg(value_name = "FILE|FOLDER")]
    path: Option<PathBuf>,
    /// Folder for the page [default: output/<stem of FILE>, output/course]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// The name of the page.
const PAGE: &str = "play.html";
/// What the results of the built-in course are called.
const COURSE: &str = "course";

/// Writes the page, and opens it where that is asked for.
pub(crate) fn play(asked: &Play, quiet: bool) -> Result<Status, Failure> {
    let given = asked.path.as_deref();
    let content = match given {
        Some(file) if !file.is_dir() => {
            let (scenario, meant) = Source::file(file)?.with(&[])?;
            if meant.is_err() && !quiet {
                let shown = terminal::path(file);
                let note = format!("{shown} has mistakes; the page shows them");
                terminal::tell("note", &note);
            }
            page::Content::Scenario(scenario)
        }
        folder => page::Content::Scenes(course::scenes(folder)?),
    };
    signals::check()?;
    let html = page::page(&content)?;
    let course = PathBuf::from(COURSE);
    // A folder such as `..` has no name of its own.
    let named = given.filter(|path| path.file_name().is_some());
    let named = named.unwrap_or(&course);
    let folder = Folder::open(&files::folder(Some(named), asked.output.as_deref()), quiet)?;
    let file = report::File::whole(PAGE, html);
    let mut written = Vec::new();
    folder.write_all(&[file], &mut written)?;
    for line in written.iter().filter(|_| !quiet) {
        terminal::tell_plainly(line);
    }
    if asked.open {
        let path = folder.path().join(PAGE);
        let shown = terminal::path(&path);
        open::that_detached(&path)
            .map_err(|error| Failure::broken(format!("cannot open {shown}: {error}")))?;
    }
    Ok(Status::Done)
}
