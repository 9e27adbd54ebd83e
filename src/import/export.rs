//! What is imported, and what is made of it.

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
    /// Rows of the `Usage` table, as CSV or JSON.
    pub usage: Vec<Export<'a>>,
    /// The audit log of a key vault, as CSV or JSON.
    pub key_vault_logs: Vec<Export<'a>>,
    /// The activity log of a subscription, as JSON or CSV.
    pub activity_logs: Vec<Export<'a>>,
    /// Events of Resource Health, as JSON.
    pub service_health: Vec<Export<'a>>,
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
    /// How long the run is that begins where the usage ends and continues its pattern: no trace is
    /// replayed. It replaces `duration`.
    pub forecast: Option<&'a str>,
    /// What the scenario calls the file of its trace.
    pub trace: &'a str,
}

/// What was made of exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The text of a scenario.
    pub scenario: String,
    /// Where it replays one: the trace, as CSV.
    pub trace: Option<Vec<u8>>,
    /// What had to be decided, and what was left out; it stands in the scenario too.
    pub notes: Vec<String>,
}
