use super::Plan;
use crate::scenario::{Edition, KeyVault, KeyVaultLimit};

/// What the clusters of a key vault ask of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VaultLoad {
    /// Index of the vault.
    pub vault: usize,
    /// Requests in 10 seconds, on average over the run.
    pub mean: f64,
    /// The most that can fall in 10 seconds: every storage account polls at the shortest gap.
    pub most: u64,
    /// What it answers, by the type of the key.
    pub limits: &'static [KeyVaultLimit],
}

/// The load of each key vault that holds the key of a cluster at the start.
#[allow(clippy::cast_precision_loss)]
pub fn vaults(plan: &Plan<'_>) -> Vec<VaultLoad> {
    let scenario = plan.scenario;
    let interval = scenario.behaviour.poll_interval;
    let edition = Edition::named(&scenario.edition).expect("a scenario has an edition");
    let windows = scenario.duration.millis() as f64 / KeyVault::WINDOW.millis() as f64;
    let of_vault = |vault: usize| {
        let clusters = scenario.clusters.iter().zip(&plan.clusters);
        let asking = clusters.filter(|(cluster, _)| cluster.asks(vault));
        let asking =
            asking.map(|(cluster, plan)| (plan.requests.mean, cluster.most_requests(interval)));
        let loads: Vec<(f64, u64)> = asking.collect();
        (!loads.is_empty()).then(|| VaultLoad {
            vault,
            mean: loads.iter().map(|load| load.0).sum::<f64>() / windows,
            most: loads.iter().map(|load| load.1).sum(),
            limits: &edition.key_vault_limits,
        })
    };
    (0..scenario.key_vaults.len())
        .filter_map(of_vault)
        .collect()
}
