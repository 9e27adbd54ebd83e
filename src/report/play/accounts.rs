//! The storage accounts one by one: their states, their polls, and the story of each.

use serde::Serialize;

use super::super::describe::change;
use super::super::polls::{self, word};
use super::super::states::of_account;
use crate::experiment::Replay;
use crate::model::{AccountHistory, ClusterHistory, Subject};
use crate::scenario::Scenario;
use crate::units::Time;

/// Of more accounts than this a page shows the first.
pub(super) const MOST_ACCOUNTS: usize = 40;

/// More polls in a window than this cannot be told apart.
pub const MOST_POLLS: u64 = 4_000;

/// A storage account and its states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accounts {
    /// The name of its cluster.
    pub cluster: String,
    /// Its number in that, from 1.
    pub number: usize,
    /// From when on it is in which state.
    pub states: Vec<(i64, &'static str)>,
}

/// The polls of a part of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Polls {
    /// How many there are; of more than [`MOST_POLLS`] none comes.
    pub of: u64,
    /// Of each the index of its account, its time and its answer, by account and time.
    pub polls: Vec<(usize, i64, &'static str)>,
}

/// A line of the story of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountLine {
    /// When.
    pub at: i64,
    /// What happened.
    pub text: String,
    /// By which rule.
    pub rule: &'static str,
}

/// The accounts that a page shows, with their clusters.
fn shown(
    replay: &Replay,
) -> impl Iterator<Item = (usize, usize, &ClusterHistory, &AccountHistory)> {
    let clusters = replay.history.clusters.iter().enumerate();
    let accounts = clusters.flat_map(|(index, cluster)| {
        let accounts = cluster.accounts.iter().enumerate();
        accounts.map(move |(number, account)| (index, number, cluster, account))
    });
    accounts.take(MOST_ACCOUNTS)
}

/// The first accounts with their states.
pub(super) fn accounts(scenario: &Scenario, replay: &Replay) -> Vec<Accounts> {
    let one = |(index, number, cluster, account): (usize, usize, &_, &_)| Accounts {
        cluster: scenario.clusters[index].name.clone(),
        number: number + 1,
        states: of_account(cluster, account)
            .iter()
            .map(|&(at, state)| (at.max(Time::START).millis(), state.name()))
            .collect(),
    };
    shown(replay).map(one).collect()
}

/// The polls of the first accounts from `from` up to `until`.
pub fn polls_between(replay: &Replay, from: Time, until: Time) -> Polls {
    let (from, until) = (from.max(Time::START), until.min(replay.history.end));
    let of = shown(replay).map(|(.., account)| account.schedule.count(from, until));
    let of = of.sum();
    let mut all = Vec::new();
    if of <= MOST_POLLS {
        for (at, (_, _, cluster, account)) in shown(replay).enumerate() {
            let answered = polls::of_account(cluster, account, from, until);
            all.extend(answered.map(|(t, answer)| (at, t.millis(), word(answer))));
        }
    }
    Polls { of, polls: all }
}

/// What happened to one of the first accounts.
pub fn story_of(scenario: &Scenario, replay: &Replay, index: usize) -> Vec<AccountLine> {
    let Some((cluster, account, ..)) = shown(replay).nth(index) else {
        return Vec::new();
    };
    let own = Subject::StorageAccount {
        cluster,
        account: u32::try_from(account).expect("a count of accounts"),
    };
    let log = replay
        .history
        .log
        .iter()
        .filter(|change| change.subject == own);
    log.map(|line| AccountLine {
        at: line.time.millis(),
        text: change(scenario, &replay.history, line),
        rule: line.rule.id(),
    })
    .collect()
}
