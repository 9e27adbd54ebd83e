//! The event log with equal changes of many storage accounts in one line.

use std::collections::{BTreeMap, BTreeSet};

use super::describe::{change, cluster_name, origin, words};
use super::format::Clock;
use crate::model::{AccessState, Change, History, Occurrence, Subject, What};
use crate::scenario::{Rule, Scenario};
use crate::units::Time;

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) first: Time,
    pub(super) last: Time,
    /// What happened, without its time.
    pub(super) text: String,
    pub(super) rule: Rule,
    pub(super) cause: Option<Occurrence>,
    /// Whether it says that somebody asked for something.
    pub(super) asked: bool,
}

impl Line {
    /// The event that the line is about, where it is about one.
    pub(super) fn origin(&self, scenario: &Scenario) -> String {
        match self.cause {
            Some(cause) if self.asked || self.rule == Rule::Scenario => origin(scenario, cause),
            _ => String::new(),
        }
    }

    /// What happened; for several changes also when the last of them was.
    pub(super) fn sentence(&self, clock: Clock) -> String {
        if self.last == self.first {
            self.text.clone()
        } else {
            let last = clock.read(self.last).replace(' ', "\u{a0}");
            format!("{} (last\u{a0}{last})", self.text)
        }
    }
}

/// Accounts of a cluster that went the same way for the same reason.
struct Group {
    cluster: usize,
    what: What,
    accounts: BTreeSet<u32>,
    first: Time,
    last: Time,
    rule: Rule,
    cause: Option<Occurrence>,
}

/// What tells groups apart.
type GroupKey = (
    usize,
    Option<(AccessState, AccessState)>,
    Option<Occurrence>,
);

enum Entry<'a> {
    One(&'a Change),
    /// Larger, and rare where there are many.
    Many(Box<Group>),
}

/// Everything that happened, by time of its first change. A line gets its words when it is asked
/// for: there may be millions.
pub(super) struct Lines<'a> {
    scenario: &'a Scenario,
    history: &'a History,
    entries: Vec<Entry<'a>>,
}

/// How many lines the story of a run has.
pub fn count_lines(scenario: &Scenario, history: &History) -> usize {
    Lines::of(scenario, history).len()
}

impl<'a> Lines<'a> {
    pub(super) fn of(scenario: &'a Scenario, history: &'a History) -> Lines<'a> {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        let mut open: BTreeMap<GroupKey, usize> = BTreeMap::new();
        for (change, what) in without_stopovers(&history.log).into_iter().flatten() {
            let Some((cluster, account, key)) = of_group(change, what) else {
                entries.push(Entry::One(change));
                continue;
            };
            let joined = open.get(&key).is_some_and(|&i| match &mut entries[i] {
                Entry::Many(group) => group.join(account, change.time),
                Entry::One(_) => false,
            });
            if !joined {
                open.insert(key, entries.len());
                entries.push(Entry::Many(Box::new(Group {
                    cluster,
                    what,
                    accounts: BTreeSet::from([account]),
                    first: change.time,
                    last: change.time,
                    rule: change.rule,
                    cause: change.cause,
                })));
            }
        }
        Lines {
            scenario,
            history,
            entries,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// When a line begins.
    pub(super) fn first(&self, at: usize) -> Option<Time> {
        self.entries.get(at).map(|entry| match entry {
            Entry::One(change) => change.time,
            Entry::Many(group) => group.first,
        })
    }

    fn line(&self, at: usize) -> Line {
        match &self.entries[at] {
            Entry::One(change) => Line {
                first: change.time,
                last: change.time,
                text: self::change(self.scenario, self.history, change),
                rule: change.rule,
                cause: change.cause,
                asked: matches!(
                    change.what,
                    What::OperationStarted | What::OperationRejected(_)
                ),
            },
            Entry::Many(group) => group.line(self.scenario, self.history),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Line> {
        (0..self.len()).map(|at| self.line(at))
    }
}

/// The log without states that an account enters and leaves at the same instant: one change
/// leads from the state before to the state after, by the later rule.
fn without_stopovers(log: &[Change]) -> Vec<Option<(&Change, What)>> {
    let mut kept: Vec<Option<(&Change, What)>> = Vec::with_capacity(log.len());
    // The last change of each thing at this instant.
    let mut last: BTreeMap<Subject, usize> = BTreeMap::new();
    let mut now = None;
    for change in log {
        if now.replace(change.time) != Some(change.time) {
            last.clear();
        }
        let mut what = change.what;
        if let What::Access { from, to } = what
            && let Some(&before) = last.get(&change.subject)
            && let Some((
                _,
                What::Access {
                    from: origin,
                    to: stop,
                },
            )) = kept[before]
            && stop == from
            && origin != to
        {
            kept[before] = None;
            what = What::Access { from: origin, to };
        }
        last.insert(change.subject, kept.len());
        kept.push(Some((change, what)));
    }
    kept
}

/// Cluster, account and key of a change that may be grouped.
fn of_group(change: &Change, what: What) -> Option<(usize, u32, GroupKey)> {
    let Subject::StorageAccount { cluster, account } = change.subject else {
        return None;
    };
    let way = match what {
        What::Access { from, to } => Some((from, to)),
        What::Destroyed => None,
        _ => return None,
    };
    Some((cluster, account, (cluster, way, change.cause)))
}

impl Group {
    /// Takes in an account, unless it is in already: doing it again begins another group.
    fn join(&mut self, account: u32, time: Time) -> bool {
        let new = self.accounts.insert(account);
        if new {
            self.last = time;
        }
        new
    }

    fn line(&self, scenario: &Scenario, history: &History) -> Line {
        let all = history.clusters[self.cluster].accounts.len();
        let of = match scenario.clusters.len() {
            1 => String::new(),
            _ => format!(" of {}", cluster_name(scenario, self.cluster)),
        };
        let number = self.accounts.len();
        let who = format!("{number} of {all} storage accounts{of}");
        let does = match self.what {
            What::Access { from, to } => passage(from, to, number == 1),
            _ if number == 1 => "loses its data with the purged key".to_owned(),
            _ => "lose their data with the purged key".to_owned(),
        };
        let text = format!("{who} {does}");
        Line {
            first: self.first,
            last: self.last,
            text,
            rule: self.rule,
            cause: self.cause,
            asked: false,
        }
    }
}

/// A change of access as a verb, for one account or for several, with what it means.
fn passage(from: AccessState, to: AccessState, alone: bool) -> String {
    let [are, serve, see, reach, their] = match alone {
        true => ["is", "serves", "sees", "reaches", "its"],
        false => ["are", "serve", "see", "reach", "their"],
    };
    match (from, to) {
        (_, AccessState::Gone) => {
            format!("{are} gone with {their} cluster, and so is {their} hot cache")
        }
        (AccessState::Gone, AccessState::Serving) => serve.to_owned(),
        (AccessState::Gone, _) => format!("{are} back, waiting for the key"),
        (_, AccessState::Revoking) => format!("{see} the denial, which is not enforced yet"),
        (AccessState::Revoking, AccessState::Serving) => {
            format!("{are} granted the key again before the denial is enforced")
        }
        (_, AccessState::Serving) => format!("{serve} again"),
        (AccessState::RecoveringFromOutage, AccessState::Isolated) => {
            format!("{are} isolated again")
        }
        (_, AccessState::Isolated) => format!("{are} isolated: queries fail, data is buffered"),
        (_, AccessState::Revoked) => format!(
            "{are} revoked: queries fail, {their} data is dropped, {their} hot cache is deleted"
        ),
        (_, AccessState::RecoveringFromOutage | AccessState::RecoveringFromRevocation) => {
            format!("{reach} the key again: {}", words(to.name()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_does_what_several_do_in_the_singular() {
        let isolated = |alone| passage(AccessState::Serving, AccessState::Isolated, alone);
        assert!(isolated(true).starts_with("is isolated: "));
        assert!(isolated(false).starts_with("are isolated: "));
        let again = |alone| passage(AccessState::Isolated, AccessState::Serving, alone);
        assert_eq!([again(true), again(false)], ["serves again", "serve again"]);
    }
}
