//! What may be asked.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A question. Times are milliseconds since the start of the run.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Ask {
    /// The name of the scenario and the files that it may name, by their names.
    Files {
        name: String,
        files: BTreeMap<String, String>,
    },
    /// Reads a text, after values (`PATH=VALUE`) were written into it.
    Load {
        text: String,
        #[serde(default)]
        write: Vec<String>,
    },
    /// Replays one replication of it.
    Replay { replication: u64 },
    /// The polls in a window.
    Polls { from: i64, until: i64 },
    /// The data in a window as a picture, `width` points wide; `reach` are the volumes that its
    /// axes reach at least.
    Picture {
        from: i64,
        until: i64,
        width: f64,
        #[serde(default)]
        reach: [u64; 2],
    },
    /// Where the data is at some instants.
    Balance { at: Vec<i64> },
    /// What happened to an account, by its index.
    Account { account: usize },
    /// The run is the one that later ones are compared with.
    Pin {},
    /// None is.
    Unpin {},
    /// The values of `PATH=FROM..TO/COUNT`.
    Values { axis: String },
    /// Whether something holds.
    Holds { expectations: Vec<String> },
    /// More replications, and how a measure is distributed over all so far.
    Study { measure: String, count: u64 },
    /// The whole story.
    Explain {},
    /// What a rule says.
    Rule { id: String },
    /// Instants as the program writes them.
    Clock { at: Vec<i64> },
}
