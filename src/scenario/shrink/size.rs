use super::super::Scenario;
use super::super::file::{Kind, Table};

/// How large a scenario is. Of two, that with fewer things is smaller; with equally many, that with
/// fewer keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Events, hazards and responses that are enabled.
    pub events: usize,
    /// Workspaces.
    pub workspaces: usize,
    /// Clusters.
    pub clusters: usize,
    /// Storage accounts of all clusters.
    pub accounts: usize,
    /// Versions of the keys of all key vaults at the start.
    pub versions: usize,
    /// Key vaults.
    pub key_vaults: usize,
    /// Keys that are written, down to the values in lists; what is expected counts too.
    pub keys: usize,
}

impl Size {
    pub(super) fn of(scenario: &Scenario, root: &Table) -> Size {
        let accounts = scenario.clusters.iter();
        let vaults = scenario.key_vaults.iter().flat_map(|vault| &vault.keys);
        Size {
            events: scenario.events.len(),
            workspaces: scenario.workspaces.len(),
            clusters: scenario.clusters.len(),
            accounts: accounts
                .map(|cluster| cluster.storage_accounts as usize)
                .sum(),
            versions: vaults.map(|key| key.versions.len()).sum(),
            key_vaults: scenario.key_vaults.len(),
            keys: leaves(root),
        }
    }

    /// All that a scenario is about.
    pub fn things(&self) -> usize {
        self.events
            + self.workspaces
            + self.clusters
            + self.accounts
            + self.versions
            + self.key_vaults
    }

    /// What decides which of two is the smaller one: things, then keys.
    pub fn order(&self) -> (usize, usize) {
        (self.things(), self.keys)
    }
}

fn leaves(table: &Table) -> usize {
    let entries = table.entries.iter();
    entries.map(|entry| of(&entry.value.kind)).sum()
}

fn of(kind: &Kind) -> usize {
    match kind {
        // An empty one is written too.
        Kind::Table(table) => leaves(table).max(1),
        Kind::List(list) => list.iter().map(|one| of(&one.kind)).sum::<usize>().max(1),
        _ => 1,
    }
}
