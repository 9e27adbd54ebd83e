//! What a storage account does with what arrives, by time.

use crate::model::{AccessState, AccountHistory, ClusterHistory};
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

impl Disposition {
    fn of(access: AccessState, storage_is_down: bool) -> Disposition {
        if access == AccessState::Gone {
            Disposition::Gone
        } else if access.drops() {
            Disposition::Drop
        } else if storage_is_down || !access.answers() {
            Disposition::Buffer
        } else {
            Disposition::Store
        }
    }
}

/// The dispositions of an account by time, each from its instant until that of the next: its
/// access to the key, and whether the storage is down.
pub(super) fn dispositions<'a>(
    account: &'a AccountHistory,
    cluster: &'a ClusterHistory,
) -> impl Iterator<Item = (Time, Disposition)> + 'a {
    let (mut access, mut outages) = (&account.access[..], &cluster.storage_outage[..]);
    let (mut state, mut down) = (account.access[0].1, false);
    let mut last = None;
    std::iter::from_fn(move || {
        loop {
            let next = access.first().map(|next| next.0);
            let at = next.into_iter().chain(outages.first().map(|next| next.0));
            let at = at.min()?;
            if let [(from, changed), later @ ..] = access
                && *from == at
            {
                (state, access) = (*changed, later);
            }
            if let [(from, changed), later @ ..] = outages
                && *from == at
            {
                (down, outages) = (*changed, later);
            }
            let disposition = Disposition::of(state, down);
            if last.replace(disposition) != Some(disposition) {
                return Some((at, disposition));
            }
        }
    })
}
