//! A scenario from exports of a real cluster.
//!
//! Each kind of export has a file that reads it and says what it found; [`world`] puts that
//! together, and [`text`] writes it down as a scenario with a comment for everything: from which
//! export it is, or that no export says it. The scenario is read back before anybody gets it.
//!
//! What each export gives, and which command makes it, says `docs/import.md`.

mod cluster;
mod edition;
mod event;
mod fault;
mod instant;
mod json;
mod name;
mod text;
mod window;
mod workspace;
mod world;

use event::Event;
use window::Window;
use world::World;

use crate::error::Error;
use crate::scenario;

/// An export: a file, and what messages call it.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// What was exported.
#[derive(Debug, Clone, Default)]
pub struct Exports<'a> {
    /// Clusters, as JSON.
    pub clusters: Vec<Export<'a>>,
    /// Workspaces and linked services, as JSON.
    pub workspaces: Vec<Export<'a>>,
}

/// What the exports do not decide.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// The edition; without one it follows from the exports.
    pub edition: Option<&'a str>,
    /// A calendar time at which the run starts; without one it follows from the exports.
    pub start: Option<&'a str>,
    /// How long the run is; without one it follows from the exports.
    pub duration: Option<&'a str>,
}

/// What was made of exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The text of a scenario.
    pub scenario: String,
}

/// A scenario from exports.
///
/// # Errors
///
/// If an export or a wish is wrong, or if what they say does not fit together: which file, where
/// in it, and what was expected.
pub fn import(exports: &Exports<'_>, wishes: Wishes<'_>) -> Result<Imported, Error> {
    let mut clusters = Vec::new();
    for export in &exports.clusters {
        clusters.extend(cluster::read(export)?);
    }
    let mut workspaces = Vec::new();
    for export in &exports.workspaces {
        workspaces.extend(workspace::read(export)?);
    }
    let events: Vec<Event> = Vec::new();
    let world = World::new(clusters, workspaces)?;
    let window = Window::new(&events, wishes)?;
    let edition = edition::choose(&world, &window, wishes.edition)?;
    let scenario = text::scenario(&world, &window, &edition, &events);
    match scenario::read("the scenario", scenario.as_bytes(), &[]) {
        Ok(_) => Ok(Imported { scenario }),
        Err(wrong) => Err(misfit(&wrong.render(false))),
    }
}

/// What the exports say cannot all be true of one world.
fn misfit(why: &str) -> Error {
    Error::import(format!("{MISFIT}:\n{why}"))
}

/// How the message begins where every export is right for itself.
pub const MISFIT: &str = "the exports do not fit together";
