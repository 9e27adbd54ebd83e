//! A dedicated cluster: its key identifier, what its polls are answered, its storage accounts.

use std::ops::Range;

use super::PollSchedule;
use super::history::{Answers, ClusterHistory, ClusterLife, Occurrence, Subject};
use super::key_vault::{Faults, KeyVault};
use super::storage_account::State;
use crate::kernel::{StreamKey, Ticket};
use crate::scenario::Access;
use crate::units::{Probability, Time};

/// A cluster as it is now.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// Where the addresses of its draws begin.
    pub(crate) address: StreamKey,
    pub(crate) life: ClusterLife,
    pub(crate) key: Option<KeyVersion>,
    /// Whether its key identifier names no version, and follows the newest.
    pub(crate) follows_newest: bool,
    /// What planned its next look for a newer version, if one is planned.
    pub(crate) rotation: Option<Occurrence>,
    pub(crate) access: Access,
    pub(crate) storage_outages: Faults,
    /// What asked for the operation that runs.
    pub(crate) operation: Option<Occurrence>,
    /// What asked for its last deletion.
    pub(crate) deletion: Option<Occurrence>,
    /// What its polls are answered; `None` while it does not poll.
    pub(crate) answers: Option<Answers>,
    /// While the vault or the identity provider cannot be reached.
    pub(crate) outage: Spell,
    /// While the vault, outages left aside, denies this cluster.
    pub(crate) denial: Spell,
    /// Its storage accounts, by index among those of all clusters.
    pub(crate) accounts: Range<usize>,
}

/// A version of a key, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyVersion {
    pub(crate) vault: usize,
    pub(crate) key: usize,
    pub(crate) version: usize,
}

impl KeyVersion {
    pub(crate) fn subject(self) -> Subject {
        Subject::Key {
            vault: self.vault,
            key: self.key,
            version: Some(self.version),
        }
    }
}

/// A storage account as it is now.
#[derive(Debug)]
pub(crate) struct Account {
    /// Index of its cluster.
    pub(crate) cluster: usize,
    /// Its number in the cluster, from 0.
    pub(crate) number: u32,
    /// Where the addresses of its draws begin.
    pub(crate) address: StreamKey,
    pub(crate) schedule: PollSchedule,
    pub(crate) state: State,
    /// Number of the first poll that was neither executed nor found to change nothing.
    pub(crate) next: i64,
    /// Number of the first poll that is answered as polls are now.
    pub(crate) answered_so_from: i64,
    /// The poll that waits in the queue.
    pub(crate) planned: Option<(i64, Ticket)>,
    /// What waits in the queue for the state's own instant.
    pub(crate) timer: Option<Ticket>,
    pub(crate) last_granted: Time,
    /// A poll after the last granted one was not answered.
    pub(crate) missed: bool,
    /// What began the outage that isolated the account, or is about to.
    pub(crate) outage: Option<Occurrence>,
    /// Since when the vault denied what the account saw denied last, and what began it.
    pub(crate) denial: Option<(Time, Occurrence)>,
}

impl Account {
    /// An account in order, whose polls before the start were granted; or one that is not
    /// there yet.
    pub(crate) fn new(
        cluster: usize,
        number: u32,
        address: StreamKey,
        schedule: PollSchedule,
        state: State,
    ) -> Account {
        let next = schedule.first();
        Account {
            cluster,
            number,
            address,
            schedule,
            state,
            next,
            answered_so_from: next,
            planned: None,
            timer: None,
            last_granted: schedule.time(next - 1),
            missed: false,
            outage: None,
            denial: None,
        }
    }
}

/// Something that holds for a while, perhaps from several causes in turn.
///
/// What ends and begins again at one instant never ceased.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spell {
    now: Option<(Time, Occurrence)>,
    last: Option<((Time, Occurrence), Time)>,
}

impl Spell {
    pub(crate) fn set(&mut self, holds: bool, at: Time, cause: Occurrence) {
        match (self.now, holds) {
            (None, true) => {
                let resumed = self
                    .last
                    .filter(|&(_, ended)| ended == at)
                    .map(|(began, _)| began);
                self.now = Some(resumed.unwrap_or((at, cause)));
            }
            (Some(began), false) => {
                self.last = Some((began, at));
                self.now = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Since when it holds, and what began it; of the last time, if it holds no more.
    ///
    /// # Panics
    ///
    /// If it never held.
    pub(crate) fn latest(&self) -> (Time, Occurrence) {
        self.now
            .or(self.last.map(|(began, _)| began))
            .expect("an interruption was begun by something")
    }

    pub(crate) fn holds(&self) -> bool {
        self.now.is_some()
    }
}

impl Cluster {
    /// How likely the vault cannot be reached, and how likely it denies what reaches it.
    fn failure_probabilities(
        &self,
        vaults: &[KeyVault],
        identity: &Faults,
    ) -> (Probability, Probability) {
        let there = self.life == ClusterLife::Provisioned;
        let Some(used) = self.key.filter(|_| there) else {
            return (Probability::NEVER, Probability::NEVER);
        };
        let vault = &vaults[used.vault];
        let denied = if self.access.unwrap && vault.keys[used.key].unwraps(used.version) {
            vault.denials.probability()
        } else {
            Probability::ALWAYS
        };
        (
            vault.outages.probability().or(identity.probability()),
            denied,
        )
    }

    /// Looks at the world again: since when which interruption holds, and what polls are
    /// answered from now on.
    pub(crate) fn look(
        &mut self,
        history: &mut ClusterHistory,
        vaults: &[KeyVault],
        identity: &Faults,
        at: Time,
        cause: Occurrence,
    ) -> Option<Answers> {
        let (unreachable, denied) = self.failure_probabilities(vaults, identity);
        self.outage.set(unreachable > Probability::NEVER, at, cause);
        self.denial.set(denied > Probability::NEVER, at, cause);
        let down = self.storage_outages.any();
        history.storage_outage.record(at, down);
        let deleted = self.life == ClusterLife::SoftDeleted;
        let held = history.cause.last().is_some_and(|it| it.1);
        let holds = down || deleted || self.outage.holds() || self.denial.holds();
        if held && !holds {
            history.causes_ended.push(at);
        }
        history.cause.record(at, holds);
        let polls = self.key.is_some() && !down && self.life == ClusterLife::Provisioned;
        polls.then(|| Answers {
            unreachable,
            refused: unreachable.or(denied),
        })
    }
}
