//! Notices on the event calendar, and where in an instant each stands.
//!
//! A notice is what waits for its time; the `Event` of a scenario is what a user wrote. Only some
//! notices are about such an event.

use super::storage_account::State;
use crate::kernel::{Place, StreamKey};
use crate::scenario::{Action, Class, Edge, Event, Timing};

/// What waits on the calendar.
#[derive(Debug, Clone, Copy)]
pub(super) enum Notice {
    /// A storage account polls the vault.
    Poll(u32),
    /// A storage account's state changes by itself.
    Timer(u32),
    /// An event of the scenario begins.
    Begin { event: u32, number: u32 },
    /// An event of the scenario ends.
    End { event: u32, number: u32 },
    /// The running operation of a cluster ends.
    OperationEnds(u32),
    /// The association or disassociation of a workspace ends.
    AssociationEnds(u32),
    /// A soft-deleted key is purged.
    KeySoftDeleteEnds { vault: u32, key: u32, deletion: u32 },
    /// A soft-deleted cluster is lost for good.
    ClusterSoftDeleteEnds { cluster: u32, deletion: u32 },
    /// A cluster whose key identifier names no version checks for a newer one.
    RotationCheck(u32),
}

impl Notice {
    /// A number for what it is about.
    pub(super) fn number(self) -> u64 {
        let (kind, of, number) = match self {
            Notice::Poll(account) => (0, account, 0),
            Notice::Timer(account) => (1, account, 0),
            Notice::Begin { event, number } => (2, event, number),
            Notice::End { event, number } => (3, event, number),
            Notice::OperationEnds(cluster) => (4, cluster, 0),
            Notice::AssociationEnds(workspace) => (5, workspace, 0),
            Notice::KeySoftDeleteEnds { vault, key, .. } => (6, vault, key),
            Notice::ClusterSoftDeleteEnds { cluster, deletion } => (7, cluster, deletion),
            Notice::RotationCheck(cluster) => (8, cluster, 0),
        };
        StreamKey::root(kind, u64::from(of))
            .number(u64::from(number))
            .bits()
    }
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

/// An index as the calendar holds it: small notices make a fast queue.
pub(super) fn index_u32(index: usize) -> u32 {
    u32::try_from(index).expect("a scenario has fewer than 2^32 of anything")
}

const fn place(class: u8, rank: u32) -> Place {
    Place { class, rank }
}

/// The place of an account's polls.
pub(super) fn polls(account: usize) -> Place {
    place(class::POLL, index_u32(account))
}

/// The place of the instant that a state names.
pub(super) fn place_of_timer(state: State, account: usize) -> Place {
    let class = match state {
        State::Recovering { .. } => class::READY,
        State::Revoking { .. } => class::ENFORCE,
        State::Serving { .. } | State::Isolated | State::Revoked | State::Gone => class::EXPIRE,
    };
    place(class, index_u32(account))
}

/// The place of the end of an operation that an event of this rank asked for.
pub(super) fn operation_ends(rank: usize) -> Place {
    place(class::OPERATION_ENDS, index_u32(rank))
}

/// The place of what the service does to a cluster without being asked: at the end of a soft
/// delete, or at a check for a newer key version. It comes after the operations of events.
pub(super) fn service_initiated(cluster: usize) -> Place {
    place(class::OPERATION_ENDS, u32::MAX - index_u32(cluster))
}

/// The place of the end of a key's soft delete: before everything that is done to keys, because
/// the retention is over at that instant, whatever the index of the vault.
pub(super) fn key_soft_delete_ends() -> Place {
    place(class::FAULT_BEGINS, u32::MAX)
}

/// The place of the beginning or end of an event of this rank.
pub(super) fn place_of_event(event: &Event, edge: Edge, rank: usize) -> Place {
    let class = match edge {
        Edge::Begin if matches!(event.timing, Timing::Seen(_)) => class::RESPONSE,
        Edge::Begin | Edge::End => class_of(&event.action, edge),
    };
    place(class, index_u32(rank))
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
