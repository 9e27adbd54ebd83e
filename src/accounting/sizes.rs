//! How much room a cluster needs.

use super::books::Books;
use super::extremes::{ChangeList, SweepInput, extremes_by_part};
use super::fluid::FluidCurve;
use crate::units::{Time, Volume};

/// The most that a cluster held in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// In the SSD hot cache.
    pub hot: Volume,
    /// Waiting under a Microsoft key.
    pub buffered: Volume,
    /// In the store, hot or not, under whatever key.
    pub stored: Volume,
}

impl Sizes {
    /// The most of both.
    #[must_use]
    pub fn max(self, other: Sizes) -> Sizes {
        Sizes {
            hot: self.hot.max(other.hot),
            buffered: self.buffered.max(other.buffered),
            stored: self.stored.max(other.stored),
        }
    }
}

impl Books {
    /// The most that a cluster held in each part of the run: from its start, or where the part
    /// before ended, to one of `ends`, which are in order. Exact to one byte per account and direction.
    pub fn sizes(&self, cluster: usize, ends: &[Time]) -> Vec<Sizes> {
        let stores: Vec<_> = self.stores_of(cluster).collect();
        let change_lists: Vec<ChangeList<'_>> = stores
            .iter()
            .map(|(_, store)| ChangeList::of(store, self.end))
            .collect();
        let arrives: Vec<FluidCurve> = stores
            .iter()
            .map(|(course, _)| {
                let workspaces = self
                    .workspaces
                    .iter()
                    .filter(|workspace| workspace.course == *course);
                FluidCurve::sum(workspaces.map(|workspace| &workspace.inflow.fluid))
            })
            .collect();
        let swept = change_lists.iter().zip(&arrives);
        let swept = swept.map(|(list, arrives)| SweepInput { list, arrives });
        extremes_by_part(swept, ends)
            .into_iter()
            .map(|peaks| Sizes {
                hot: peaks.hot_peak,
                buffered: peaks.buffered_peak,
                stored: peaks.stored_peak,
            })
            .collect()
    }
}
