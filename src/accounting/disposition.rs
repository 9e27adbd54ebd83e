//! What a storage account does with what arrives, by time.

use crate::model::{AccessState, AccountHistory, ByTime, ClusterHistory};
use crate::units::Time;

/// What becomes of arriving bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    /// Stored.
    Store,
    /// Buffered under a Microsoft key.
    Buffer,
    /// Dropped: the account is revoked.
    Drop,
    /// Nothing arrives: its cluster is not there. What was buffered waits on.
    Gone,
}

/// The dispositions of an account: its access to the key, and whether the storage is down.
pub(super) fn dispositions(
    account: &AccountHistory,
    cluster: &ClusterHistory,
) -> ByTime<Disposition> {
    let mut merged: ByTime<Disposition> = Vec::with_capacity(account.access.len());
    let (mut access, mut outage) = (
        account.access.iter().peekable(),
        cluster.storage_outage.iter().peekable(),
    );
    let (mut state, mut down) = (account.access[0].1, false);
    loop {
        let next = [
            access.peek().map(|entry| entry.0),
            outage.peek().map(|entry| entry.0),
        ];
        let Some(at) = next.into_iter().flatten().min() else {
            return merged;
        };
        if let Some(&(_, changed)) = access.next_if(|entry| entry.0 == at) {
            state = changed;
        }
        if let Some(&(_, changed)) = outage.next_if(|entry| entry.0 == at) {
            down = changed;
        }
        let disposition = if state == AccessState::Gone {
            Disposition::Gone
        } else if state.drops() {
            Disposition::Drop
        } else if down || !state.answers() {
            Disposition::Buffer
        } else {
            Disposition::Store
        };
        if merged
            .last()
            .is_none_or(|&(_, before)| before != disposition)
        {
            merged.push((at, disposition));
        }
    }
}

/// The intervals of a history: from when, until when, what.
pub(super) fn intervals<T: Copy>(
    history: &ByTime<T>,
    end: Time,
) -> impl Iterator<Item = (Time, Time, T)> + '_ {
    history
        .iter()
        .enumerate()
        .map(move |(index, &(from, value))| {
            let until = history.get(index + 1).map_or(end, |next| next.0);
            (from, until, value)
        })
}

/// What holds at an instant.
pub(super) fn in_force<T: Copy>(history: &ByTime<T>, at: Time) -> T {
    history[history.partition_point(|entry| entry.0 <= at) - 1].1
}
