//! Where two replays begin to differ.

use crate::model::{Change, History, Route, Subject, What};
use crate::scenario::{Rule, Scenario};
use crate::units::Time;

/// The first change in which two histories differ, as a number of each log; `None`: that log
/// is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstDivergence {
    /// In the log of the first.
    pub first: Option<usize>,
    /// In the log of the second.
    pub second: Option<usize>,
}

/// Where two histories diverge; `None` where the same happens in both.
///
/// Things are the same if they have the same names: their numbers may differ.
pub fn first_divergence(
    first: (&Scenario, &History),
    second: (&Scenario, &History),
) -> Option<FirstDivergence> {
    let (ours, theirs) = (&first.1.log, &second.1.log);
    let same = |at: &usize| match (ours.get(*at), theirs.get(*at)) {
        (Some(our), Some(their)) => {
            Named::of(first.0, first.1, our) == Named::of(second.0, second.1, their)
        }
        _ => false,
    };
    let longest = ours.len().max(theirs.len());
    let at = (0..longest).find(|at| !same(at))?;
    Some(FirstDivergence {
        first: (at < ours.len()).then_some(at),
        second: (at < theirs.len()).then_some(at),
    })
}

/// A change with names in place of numbers.
#[derive(PartialEq)]
struct Named<'a> {
    time: Time,
    /// What kind of thing, its names from the outermost on, and the number of an account.
    subject: (u8, [&'a str; 3], Option<u32>),
    what: What,
    /// Of a route: the name of its cluster.
    cluster: Option<&'a str>,
    rule: Rule,
    cause: Option<(&'a str, u32)>,
}

impl<'a> Named<'a> {
    fn of(scenario: &'a Scenario, history: &'a History, change: &Change) -> Named<'a> {
        let cluster = |at: usize| scenario.clusters[at].name.as_str();
        let (what, cluster) = match change.what {
            What::Routed(Route::Cluster(at)) => {
                (What::Routed(Route::Cluster(0)), Some(cluster(at)))
            }
            What::Routed(Route::NotProvisioned(at)) => {
                (What::Routed(Route::NotProvisioned(0)), Some(cluster(at)))
            }
            what => (what, None),
        };
        let cause = change.cause.map(|occurrence| {
            let event = &scenario.events[occurrence.event];
            (event.name.as_str(), occurrence.number)
        });
        Named {
            time: change.time,
            subject: subject(scenario, history, change.subject),
            what,
            cluster,
            rule: change.rule,
            cause,
        }
    }
}

fn subject<'a>(
    scenario: &'a Scenario,
    history: &'a History,
    subject: Subject,
) -> (u8, [&'a str; 3], Option<u32>) {
    match subject {
        Subject::Identity => (0, ["", "", ""], None),
        Subject::KeyVault(at) => (1, [&scenario.key_vaults[at].name, "", ""], None),
        Subject::Key {
            vault,
            key,
            version,
        } => {
            let versions = &history.key_vaults[vault].keys[key].versions;
            let vault = &scenario.key_vaults[vault];
            let version = version.map_or("", |version| versions[version].as_str());
            (2, [&vault.name, &vault.keys[key].name, version], None)
        }
        Subject::Cluster(at) => (3, [&scenario.clusters[at].name, "", ""], None),
        Subject::StorageAccount { cluster, account } => {
            let name = scenario.clusters[cluster].name.as_str();
            (4, [name, "", ""], Some(account))
        }
        Subject::Workspace(at) => (5, [&scenario.workspaces[at].name, "", ""], None),
    }
}
