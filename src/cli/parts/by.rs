//! Who computes a study: a command alone, or others in parts.

use std::path::PathBuf;

use clap::Args;
use cmksim::experiment::shard::Share;
use cmksim::limits::STUDY_PARTS;

/// Who computes a study.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// This command, all of it.
    Itself,
    /// This command a part of it, which it leaves in a file.
    Part(&'a Cut),
    /// Others have done so, and left parts.
    Parts(&'a Merged),
}

/// Which part of a study.
#[derive(Debug, Args)]
pub(crate) struct Cut {
    /// Which part of how many, counted from 0: 0/64 is the first of 64
    #[arg(long, value_name = "K/M", help_heading = PARTS)]
    pub(super) part: Share,
}

/// Where the parts of a study are.
#[derive(Debug, Args)]
pub(crate) struct Merged {
    /// Folder of the parts; it may have no parts of other studies
    #[arg(long, value_name = "DIR", help_heading = PARTS)]
    pub(super) parts: PathBuf,
    /// Instead of results: print which of M parts are missing or damaged, as in 3,17,40-42
    #[arg(long, value_name = "M", value_parser = number, help_heading = PARTS)]
    pub(super) missing: Option<u64>,
}

const PARTS: &str = "Parts";

/// A number of parts.
fn number(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(of) if of > 0 && STUDY_PARTS.allows(of) => Ok(of),
        _ => Err(format!(
            "give only the number of parts, from 1 to {}, as in --missing 64",
            STUDY_PARTS.most
        )),
    }
}
