//! The bytes of all workspaces together.

use crate::accounting::{Balance, Books};
use crate::units::Time;

/// The sum of the balances of the first `workspaces` workspaces at `t`.
pub(super) fn balance(books: &Books, workspaces: usize, t: Time) -> Balance {
    (0..workspaces).fold(Balance::default(), |sum, workspace| {
        sum.plus(books.balance(workspace, t))
    })
}
