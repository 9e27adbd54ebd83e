/// Something that happened, as an `[[event]]` of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    /// In ms since 1970.
    pub(super) at: i64,
    /// In ms since 1970; where it has an end that is known.
    pub(super) until: Option<i64>,
    /// What the export says, for a comment.
    pub(super) why: String,
    /// Its `kind`.
    pub(super) kind: &'static str,
    /// Its other keys, as TOML.
    pub(super) keys: Vec<(&'static str, String)>,
    /// Otherwise it stands in a comment.
    pub(super) live: bool,
}
