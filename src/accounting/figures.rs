//! Where bytes can be, and what the books add up about it.

use crate::units::Volume;

/// Where bytes can be. `Cold` and `Hot` are a second set of books about what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Not arrived yet.
    Outside,
    /// Waiting under a Microsoft key.
    Buffered,
    /// In the store under the customer's key.
    CustomerKey,
    /// In the store under a Microsoft key.
    MicrosoftKey,
    /// Lost to a revoked account.
    DroppedRevoked,
    /// Lost because it was buffered for too long.
    DroppedBufferExpired,
    /// Lost because the cluster was not provisioned.
    DroppedNotProvisioned,
    /// Deleted at the end of its retention.
    Purged,
    /// Lost with a purged key or a deleted cluster.
    Destroyed,
    /// Not in the hot cache.
    Cold,
    /// In the hot cache.
    Hot,
    /// Not in the hot cache, because a revocation, or the deletion of the cluster, deleted it
    /// from there.
    HotDeleted,
}

impl Place {
    pub(super) const COUNT: usize = Place::HotDeleted as usize + 1;

    /// In the store of a cluster, with or without a customer's key.
    pub(super) fn under(customer_key: bool) -> Place {
        if customer_key {
            Place::CustomerKey
        } else {
            Place::MicrosoftKey
        }
    }

    /// Whether bytes there were lost on their way in.
    pub(super) fn is_dropped(self) -> bool {
        matches!(
            self,
            Place::DroppedRevoked | Place::DroppedBufferExpired | Place::DroppedNotProvisioned
        )
    }
}

/// What the books know at an instant: what is in a place, or ever came into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Figure {
    Buffered,
    EverBuffered,
    CustomerKey,
    MicrosoftKey,
    DroppedRevoked,
    DroppedBufferExpired,
    DroppedNotProvisioned,
    Purged,
    Destroyed,
    Hot,
    EverHotDeleted,
}

impl Figure {
    pub(super) const COUNT: u16 = 11;
    pub(super) const ALL: [Figure; Figure::COUNT as usize] = [
        Figure::Buffered,
        Figure::EverBuffered,
        Figure::CustomerKey,
        Figure::MicrosoftKey,
        Figure::DroppedRevoked,
        Figure::DroppedBufferExpired,
        Figure::DroppedNotProvisioned,
        Figure::Purged,
        Figure::Destroyed,
        Figure::Hot,
        Figure::EverHotDeleted,
    ];
    pub(super) const DROPPED: [Figure; 3] = [
        Figure::DroppedRevoked,
        Figure::DroppedBufferExpired,
        Figure::DroppedNotProvisioned,
    ];

    /// What falls when bytes leave a place. Nothing leaves what is lost.
    pub(super) fn falling(place: Place) -> Option<Figure> {
        match place {
            Place::Buffered => Some(Figure::Buffered),
            Place::CustomerKey => Some(Figure::CustomerKey),
            Place::MicrosoftKey => Some(Figure::MicrosoftKey),
            Place::Hot => Some(Figure::Hot),
            Place::Outside | Place::Cold | Place::HotDeleted => None,
            Place::DroppedRevoked
            | Place::DroppedBufferExpired
            | Place::DroppedNotProvisioned
            | Place::Purged
            | Place::Destroyed => unreachable!("what is lost stays lost"),
        }
    }

    /// What rises when bytes come into a place.
    pub(super) fn rising(place: Place) -> &'static [Figure] {
        match place {
            Place::Outside | Place::Cold => &[],
            Place::Buffered => &[Figure::Buffered, Figure::EverBuffered],
            Place::CustomerKey => &[Figure::CustomerKey],
            Place::MicrosoftKey => &[Figure::MicrosoftKey],
            Place::DroppedRevoked => &[Figure::DroppedRevoked],
            Place::DroppedBufferExpired => &[Figure::DroppedBufferExpired],
            Place::DroppedNotProvisioned => &[Figure::DroppedNotProvisioned],
            Place::Purged => &[Figure::Purged],
            Place::Destroyed => &[Figure::Destroyed],
            Place::Hot => &[Figure::Hot],
            Place::HotDeleted => &[Figure::EverHotDeleted],
        }
    }
}

/// `by` times some bytes, modulo 2^64.
#[inline]
pub(super) fn times(by: i64, bytes: u64) -> u64 {
    by.cast_unsigned().wrapping_mul(bytes)
}

/// Every figure at one instant.
///
/// Sums are taken modulo 2^64: on the way a figure may be below 0, at the end none is, and
/// none has 2^63 bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures([u64; Figure::ALL.len()]);

impl Figures {
    pub(super) fn get(&self, figure: Figure) -> Volume {
        Volume::from_bytes(self.0[figure as usize])
    }

    /// What is in the store.
    pub(super) fn stored(&self) -> Volume {
        self.get(Figure::CustomerKey) + self.get(Figure::MicrosoftKey)
    }

    /// What was lost on its way in.
    pub(super) fn dropped(&self) -> Volume {
        let dropped = Figure::DROPPED.iter();
        dropped.map(|&figure| self.get(figure)).sum()
    }

    pub(super) fn plus(mut self, other: &Figures) -> Figures {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum = sum.wrapping_add(more);
        }
        self
    }

    #[inline]
    pub(super) fn add(&mut self, figure: Figure, bytes: u64) {
        let sum = &mut self.0[figure as usize];
        *sum = sum.wrapping_add(bytes);
    }

    /// Moves bytes out of one place and into another.
    #[inline]
    pub(super) fn move_bytes(&mut self, from: Place, to: Place, bytes: u64) {
        if let Some(figure) = Figure::falling(from) {
            self.add(figure, bytes.wrapping_neg());
        }
        for &figure in Figure::rising(to) {
            self.add(figure, bytes);
        }
    }
}
