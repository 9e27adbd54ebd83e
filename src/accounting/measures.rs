use crate::scenario::{Measure, Scope, Value};

/// Every measure of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    total: Sheet,
    workspaces: Vec<Sheet>,
    clusters: Vec<Sheet>,
}

/// The measures of one scope, by [`Measure`]; `None` where it has none, or no value (never
/// recovered; nothing offered).
type Sheet = Vec<Option<Value>>;

impl Measures {
    /// A measure's value; `None` where there is none (never recovered, nothing offered), or
    /// where the scope does not have the measure.
    pub fn get(&self, scope: Scope, measure: Measure) -> Option<Value> {
        let sheet = match scope {
            Scope::Total => &self.total,
            Scope::Workspace(workspace) => &self.workspaces[workspace],
            Scope::Cluster(cluster) => &self.clusters[cluster],
        };
        sheet[measure as usize]
    }
}
