//! What waits in the queue, and where in an instant it stands.

use super::storage_account::State;
use crate::kernel::Place;
use crate::scenario::{Action, Class, Edge, Event, Timing};

/// What waits in the queue.
#[derive(Debug, Clone, Copy)]
pub(super) enum Happening {
    /// A storage account asks the vault.
    Poll(u32),
    /// A storage account's state changes by itself.
    Timer(u32),
    /// An event of the scenario begins.
    Begin { event: u32, occurrence: u32 },
    /// An event of the scenario ends.
    End { event: u32, occurrence: u32 },
    /// The running operation of a cluster ends.
    OperationEnds(u32),
    /// The association or disassociation of a workspace ends.
    AssociationEnds(u32),
    /// A soft-deleted key is purged.
    KeySoftDeleteEnds { vault: u32, key: u32, deletion: u32 },
    /// A soft-deleted cluster is lost for good.
    ClusterSoftDeleteEnds { cluster: u32, deletion: u32 },
    /// A cluster whose key names no version looks for a newer one.
    LookForVersion(u32),
}

/// The order within an instant, as `docs/model.md` states it.
mod class {
    pub(super) const FAULT_ENDS: u8 = 0;
    pub(super) const FAULT_BEGINS: u8 = 1;
    pub(super) const KEY_STATE: u8 = 2;
    pub(super) const PERMISSION: u8 = 3;
    pub(super) const OPERATION_ENDS: u8 = 4;
    pub(super) const REQUEST: u8 = 5;
    pub(super) const WORKSPACE: u8 = 6;
    pub(super) const POLL: u8 = 7;
    pub(super) const READY: u8 = 8;
    pub(super) const ENFORCE: u8 = 9;
    pub(super) const EXPIRE: u8 = 10;
    pub(super) const RESPONSE: u8 = 11;
}

/// An index as the queue holds it: the less it holds, the faster it is.
pub(super) fn small(index: usize) -> u32 {
    u32::try_from(index).expect("a scenario has fewer than 2^32 of anything")
}

const fn place(class: u8, rank: u32) -> Place {
    Place { class, rank }
}

/// The place of an account's polls.
pub(super) fn polls(account: usize) -> Place {
    place(class::POLL, small(account))
}

/// The place of the instant that a state names.
pub(super) fn place_of_timer(state: State, account: usize) -> Place {
    let class = match state {
        State::Recovering { .. } => class::READY,
        State::Revoking { .. } => class::ENFORCE,
        State::Serving { .. } | State::Isolated | State::Revoked | State::Gone => class::EXPIRE,
    };
    place(class, small(account))
}

/// The place of the end of an operation that an event asked for.
pub(super) fn operation_ends(event: usize) -> Place {
    place(class::OPERATION_ENDS, small(event))
}

/// The place of what a cluster does by itself: at the end of its soft delete, or when it looks
/// for a newer key version. It stands behind the operations that events asked for.
pub(super) fn by_itself(cluster: usize) -> Place {
    place(class::OPERATION_ENDS, u32::MAX - small(cluster))
}

/// The place of the end of a key's soft delete: before all that is done to keys, for what is
/// kept so long is gone when that time is over, whatever the number of its vault.
pub(super) fn key_soft_delete_ends() -> Place {
    place(class::FAULT_BEGINS, u32::MAX)
}

/// The place of an event's beginning or end.
pub(super) fn place_of_event(event: &Event, edge: Edge, index: usize) -> Place {
    let class = match (&event.timing, edge) {
        (Timing::Seen(_), Edge::Begin) => class::RESPONSE,
        _ => class_of(&event.action, edge),
    };
    place(class, small(index))
}

/// Whether what an event does may change what polls are answered.
pub(super) fn touches_answers(action: &Action) -> bool {
    class_of(action, Edge::Begin) <= class::PERMISSION
}

fn class_of(action: &Action, edge: Edge) -> u8 {
    match (action.kind().class(), edge) {
        (Class::Fault, Edge::Begin) => class::FAULT_BEGINS,
        (Class::Fault, Edge::End) => class::FAULT_ENDS,
        (Class::KeyState, _) => class::KEY_STATE,
        (Class::Permission, _) => class::PERMISSION,
        (Class::Operation | Class::Request, _) => class::REQUEST,
        (Class::Workspace, _) => class::WORKSPACE,
    }
}
