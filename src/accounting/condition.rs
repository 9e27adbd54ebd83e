//! What the users of a workspace notice, by time.

use super::disposition::{Disposition, dispositions};
use crate::model::{ByTime, ClusterHistory, ClusterLife, Route, in_force, intervals, record};
use crate::units::{Duration, Time};

/// What a workspace's users notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Condition {
    /// Its queries fail.
    pub queries_fail: bool,
    /// What arrives at some account of its route is dropped.
    pub dropping: bool,
    /// What arrives at some account of its route is buffered.
    pub buffering: bool,
    /// Where its data goes: index of a cluster, or the shared store.
    pub route: Option<usize>,
}

/// Something that changes the condition of a cluster.
enum Change {
    Account {
        before: Disposition,
        after: Disposition,
    },
    Life(ClusterLife),
}

/// What the accounts of a cluster do, and whether it was deleted.
#[derive(Default)]
struct Count {
    buffer: u32,
    drop: u32,
    deleted: bool,
}

impl Count {
    fn apply(&mut self, change: &Change) {
        match *change {
            Change::Account { before, after } => {
                self.of(before).into_iter().for_each(|of| *of -= 1);
                self.of(after).into_iter().for_each(|of| *of += 1);
            }
            Change::Life(life) => self.deleted = life == ClusterLife::SoftDeleted,
        }
    }

    fn of(&mut self, disposition: Disposition) -> Option<&mut u32> {
        match disposition {
            Disposition::Store | Disposition::Gone => None,
            Disposition::Buffer => Some(&mut self.buffer),
            Disposition::Drop => Some(&mut self.drop),
        }
    }

    /// An account that answers stores.
    fn condition(&self, cluster: usize) -> Condition {
        let (dropping, buffering) = (self.drop > 0, self.buffer > 0);
        Condition {
            queries_fail: dropping || buffering || self.deleted,
            dropping,
            buffering,
            route: Some(cluster),
        }
    }
}

/// The condition of what goes to a cluster, and of what it holds. Queries work while every
/// account answers.
pub(super) fn of_cluster(index: usize, cluster: &ClusterHistory) -> ByTime<Condition> {
    let mut changes: Vec<(Time, Change)> = Vec::with_capacity(4 * cluster.accounts.len());
    for account in &cluster.accounts {
        let mut dispositions = dispositions(account, cluster);
        let first = dispositions.next();
        let mut before = first.expect("something held at the beginning").1;
        changes.extend(dispositions.map(|(at, after)| {
            let before = std::mem::replace(&mut before, after);
            (at, Change::Account { before, after })
        }));
    }
    let lives = cluster.life.iter();
    changes.extend(lives.map(|&(at, life)| (at, Change::Life(life))));
    changes.sort_unstable_by_key(|change| change.0);
    let mut count = Count::default();
    let mut conditions = Vec::with_capacity(changes.len());
    for (at, change) in changes {
        count.apply(&change);
        record(&mut conditions, at, count.condition(index));
    }
    conditions
}

/// The condition of a workspace along its route.
pub(super) fn along(
    route: &ByTime<Route>,
    clusters: &[ByTime<Condition>],
    end: Time,
) -> ByTime<Condition> {
    let mut conditions = Vec::new();
    for (from, until, &route) in intervals(route, end) {
        match route {
            Route::SharedStore => record(&mut conditions, from, Condition::default()),
            Route::NotProvisioned(_) => {
                let dropping = Condition {
                    dropping: true,
                    ..Condition::default()
                };
                record(&mut conditions, from, dropping);
            }
            Route::Cluster(cluster) => {
                for (since, to, &condition) in intervals(&clusters[cluster], end) {
                    if to > from && since < until {
                        record(&mut conditions, since.max(from), condition);
                    }
                }
            }
        }
    }
    conditions
}

/// Whether queries of a workspace read what a store holds: none does while they fail, and what
/// is left in another cluster only while that one works.
pub(super) fn readable(
    workspace: &ByTime<Condition>,
    cluster: Option<&ByTime<Condition>>,
) -> ByTime<bool> {
    let mut changes: Vec<Time> = workspace.iter().map(|entry| entry.0).collect();
    changes.extend(cluster.into_iter().flatten().map(|entry| entry.0));
    changes.sort_unstable();
    changes.dedup();
    let works = |conditions: &ByTime<Condition>, at| !in_force(conditions, at).queries_fail;
    let mut readable: ByTime<bool> = Vec::with_capacity(changes.len());
    for at in changes {
        let now = works(workspace, at) && cluster.is_none_or(|cluster| works(cluster, at));
        record(&mut readable, at, now);
    }
    readable
}

/// What holds for at least one of several workspaces.
pub(super) fn of_any(workspaces: &[&ByTime<Condition>]) -> ByTime<Condition> {
    let mut changes: Vec<(Time, usize, Condition)> = Vec::new();
    for (index, conditions) in workspaces.iter().enumerate() {
        changes.extend(
            conditions
                .iter()
                .map(|&(at, condition)| (at, index, condition)),
        );
    }
    changes.sort_unstable_by_key(|change| change.0);
    let mut now = vec![Condition::default(); workspaces.len()];
    let mut count = [0_u32; 3];
    let mut conditions = vec![(Time::BEGINNING, Condition::default())];
    for (at, index, condition) in changes {
        for (of, (before, after)) in count
            .iter_mut()
            .zip(flags(now[index]).into_iter().zip(flags(condition)))
        {
            *of = *of + u32::from(after) - u32::from(before);
        }
        now[index] = condition;
        let [queries_fail, dropping, buffering] = count.map(|of| of > 0);
        record(
            &mut conditions,
            at,
            Condition {
                queries_fail,
                dropping,
                buffering,
                route: None,
            },
        );
    }
    conditions
}

fn flags(condition: Condition) -> [bool; 3] {
    [
        condition.queries_fail,
        condition.dropping,
        condition.buffering,
    ]
}

/// How long, how often and how long at most something holds in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Extent {
    pub(super) total: Duration,
    pub(super) longest: Duration,
    pub(super) times: u64,
}

impl Extent {
    pub(super) fn of(
        conditions: &ByTime<Condition>,
        end: Time,
        holds: fn(&Condition) -> bool,
    ) -> Extent {
        let mut extent = Extent::default();
        for (from, until) in stretches(conditions, end, holds) {
            extent.total += until - from;
            extent.longest = extent.longest.max(until - from);
            extent.times += 1;
        }
        extent
    }
}

/// The maximal stretches of a run in which something holds.
pub(super) fn stretches<T>(
    history: &ByTime<T>,
    end: Time,
    holds: impl Fn(&T) -> bool,
) -> impl Iterator<Item = (Time, Time)> {
    let mut pieces = intervals(history, end).filter_map(move |(from, until, value)| {
        let from = from.max(Time::START);
        (holds(value) && from < until).then_some((from, until))
    });
    let mut next = pieces.next();
    std::iter::from_fn(move || {
        let (from, mut until) = next?;
        loop {
            next = pieces.next();
            match next {
                Some((again, later)) if again == until => until = later,
                _ => return Some((from, until)),
            }
        }
    })
}
