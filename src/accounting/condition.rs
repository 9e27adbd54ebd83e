//! What the users of a workspace notice, by time.

use crate::kernel::StepFunction;
use crate::model::{AccessState, ClusterHistory, ClusterLife, History, Route, Subject, What};
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

/// A cluster in the pass over what happened: what its accounts do, and what else users notice.
struct Noticed<'a> {
    cluster: usize,
    answering: u32,
    waiting: u32,
    dropping: u32,
    down: bool,
    deleted: bool,
    /// Those that lie ahead.
    outages: &'a [(Time, bool)],
    lives: &'a [(Time, ClusterLife)],
    conditions: StepFunction<Condition>,
}

impl<'a> Noticed<'a> {
    fn new(cluster: usize, history: &'a ClusterHistory) -> Noticed<'a> {
        let mut noticed = Noticed {
            cluster,
            answering: 0,
            waiting: 0,
            dropping: 0,
            down: false,
            deleted: false,
            outages: &history.storage_outage,
            lives: &history.life,
            conditions: StepFunction::default(),
        };
        for account in &history.accounts {
            let (_, at_start) = account.access[0];
            noticed.count(at_start).into_iter().for_each(|n| *n += 1);
        }
        noticed
    }

    /// How many accounts do as one in this state does; nothing arrives at one that is gone.
    fn count(&mut self, access: AccessState) -> Option<&mut u32> {
        match access {
            AccessState::Gone => None,
            _ if access.drops() => Some(&mut self.dropping),
            _ if access.answers() => Some(&mut self.answering),
            _ => Some(&mut self.waiting),
        }
    }

    /// What happens to the cluster itself up to and at `t`.
    fn go_on(&mut self, t: Time) {
        loop {
            let outage = self.outages.first().filter(|outage| outage.0 <= t).copied();
            let life = self.lives.first().filter(|life| life.0 <= t).copied();
            match (outage, life) {
                (Some((at, down)), life) if life.is_none_or(|life| at <= life.0) => {
                    (self.down, self.outages) = (down, &self.outages[1..]);
                    self.note(at);
                }
                (_, Some((at, life))) => {
                    self.deleted = life == ClusterLife::SoftDeleted;
                    self.lives = &self.lives[1..];
                    self.note(at);
                }
                (_, None) => return,
            }
        }
    }

    /// Queries work while every account stores: while it answers, and the storage is there.
    fn note(&mut self, at: Time) {
        let dropping = self.dropping > 0;
        let buffering = self.waiting > 0 || self.down && self.answering > 0;
        let condition = Condition {
            queries_fail: dropping || buffering || self.deleted,
            dropping,
            buffering,
            route: Some(self.cluster),
        };
        self.conditions.record(at, condition);
    }
}

/// The conditions of what goes to each cluster, and of what it holds.
pub(super) fn of_clusters(history: &History) -> Vec<StepFunction<Condition>> {
    let clusters = history.clusters.iter().enumerate();
    let mut clusters: Vec<Noticed<'_>> = clusters
        .map(|(cluster, history)| Noticed::new(cluster, history))
        .collect();
    for change in &history.log {
        if let (Subject::StorageAccount { cluster, .. }, What::Access { from, to }) =
            (change.subject, change.what)
        {
            let cluster = &mut clusters[cluster];
            cluster.go_on(change.time);
            cluster.count(from).into_iter().for_each(|n| *n -= 1);
            cluster.count(to).into_iter().for_each(|n| *n += 1);
            cluster.note(change.time);
        }
    }
    let ended = clusters.into_iter().map(|mut cluster| {
        cluster.go_on(Time::NEVER);
        cluster.conditions
    });
    ended.collect()
}

/// The condition of a workspace along its route.
pub(super) fn along(
    route: &StepFunction<Route>,
    clusters: &[StepFunction<Condition>],
    end: Time,
) -> StepFunction<Condition> {
    let mut conditions = StepFunction::default();
    for (from, until, &route) in route.intervals(end) {
        match route {
            Route::SharedStore => conditions.record(from, Condition::default()),
            Route::NotProvisioned(_) => {
                let dropping = Condition {
                    dropping: true,
                    ..Condition::default()
                };
                conditions.record(from, dropping);
            }
            Route::Cluster(cluster) => {
                for (since, to, &condition) in clusters[cluster].intervals(end) {
                    if to > from && since < until {
                        conditions.record(since.max(from), condition);
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
    workspace: &StepFunction<Condition>,
    cluster: Option<&StepFunction<Condition>>,
) -> StepFunction<bool> {
    let mut changes: Vec<Time> = workspace.iter().map(|entry| entry.0).collect();
    changes.extend(cluster.into_iter().flatten().map(|entry| entry.0));
    changes.sort_unstable();
    changes.dedup();
    let works = |conditions: &StepFunction<Condition>, at| !conditions.in_force(at).queries_fail;
    let mut readable: StepFunction<bool> = StepFunction::default();
    for at in changes {
        let now = works(workspace, at) && cluster.is_none_or(|cluster| works(cluster, at));
        readable.record(at, now);
    }
    readable
}

/// What holds for at least one of several workspaces.
pub(super) fn of_any(workspaces: &[&StepFunction<Condition>]) -> StepFunction<Condition> {
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
    let mut conditions = StepFunction::constant(Condition::default());
    for (at, index, condition) in changes {
        for (of, (before, after)) in count
            .iter_mut()
            .zip(flags(now[index]).into_iter().zip(flags(condition)))
        {
            *of = *of + u32::from(after) - u32::from(before);
        }
        now[index] = condition;
        let [queries_fail, dropping, buffering] = count.map(|of| of > 0);
        conditions.record(
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
        conditions: &StepFunction<Condition>,
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
    history: &StepFunction<T>,
    end: Time,
    holds: impl Fn(&T) -> bool,
) -> impl Iterator<Item = (Time, Time)> {
    let mut pieces = history
        .intervals(end)
        .filter_map(move |(from, until, value)| {
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
