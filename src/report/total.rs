//! The bytes of all workspaces together.

use crate::accounting::{Balance, Books};
use crate::units::Time;

/// The sum of the balances of the first `workspaces` workspaces at `t`.
pub(super) fn balance(books: &Books, workspaces: usize, t: Time) -> Balance {
    (0..workspaces).fold(Balance::default(), |sum, workspace| {
        add(sum, books.balance(workspace, t))
    })
}

fn add(a: Balance, b: Balance) -> Balance {
    Balance {
        initial: a.initial + b.initial,
        offered: a.offered + b.offered,
        rejected: a.rejected + b.rejected,
        dropped_revoked: a.dropped_revoked + b.dropped_revoked,
        dropped_buffer_expired: a.dropped_buffer_expired + b.dropped_buffer_expired,
        dropped_not_provisioned: a.dropped_not_provisioned + b.dropped_not_provisioned,
        buffered: a.buffered + b.buffered,
        stored_customer_key: a.stored_customer_key + b.stored_customer_key,
        stored_microsoft_key: a.stored_microsoft_key + b.stored_microsoft_key,
        accessible: a.accessible + b.accessible,
        hot: a.hot + b.hot,
        purged: a.purged + b.purged,
        destroyed: a.destroyed + b.destroyed,
    }
}
