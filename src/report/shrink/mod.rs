//! The smallest scenario that still shows a symptom.

mod document;
pub(super) mod json;

pub use document::shrink_text;
pub use json::shrink_json;

use self::document::{Shown, document};
use super::File;
use super::chart::pictures;
use super::command::Command;
use super::format::sanitize;
use super::html;
use crate::experiment::shrink::{Shrunk, Symptom};
use crate::scenario::Scenario;

/// The name of the result.
pub const SHRUNK: &str = "shrunk.toml";

/// A shrunk replication with what it is of.
#[derive(Debug, Clone, Copy)]
pub struct ShrunkOf<'a> {
    /// The original.
    pub scenario: &'a Scenario,
    /// Its TOML.
    pub source: &'a str,
    /// What had to stay.
    pub symptom: &'a Symptom,
    /// What came out.
    pub shrunk: &'a Shrunk,
    /// Where its file is.
    pub path: &'a str,
    /// What makes it again.
    pub command: &'a Command,
}

/// The files of a result, with a report where one is wanted.
pub fn shrink_files(of: ShrunkOf<'_>, report: bool) -> Vec<File<'static>> {
    let text = shrunk_toml(of);
    let mut files = vec![
        File::whole(SHRUNK, text.clone()),
        File::whole("shrink.json", shrink_json(of)),
    ];
    if report {
        let shrunk = of.shrunk;
        let before = pictures(of.scenario, &shrunk.frozen.before);
        let after = pictures(&shrunk.variant.scenario, &shrunk.replay);
        let shown = Shown {
            before: &before,
            after: &after,
            text: &text,
        };
        let document = document(of, Some(shown));
        files.push(File::report(html::page(&document, of.command)));
    }
    files
}

/// The scenario, with a comment that says what it shows.
pub(super) fn shrunk_toml(of: ShrunkOf<'_>) -> String {
    let ShrunkOf {
        symptom, shrunk, ..
    } = of;
    let smallest = if shrunk.finished {
        "Nothing more can be left out of it."
    } else {
        "It may not be the smallest: the limit on replays was reached."
    };
    let head = [
        format!(
            "The smallest part of replication {} in which {symptom}. {smallest}",
            shrunk.frozen.before.replication
        ),
        format!("{} made it.", of.command),
        format!("cmksim run {SHRUNK} ends with status 3."),
    ];
    let head = head.map(|line| format!("# {}\n", sanitize(&line)));
    format!("{}\n{}", head.concat(), shrunk.text)
}
