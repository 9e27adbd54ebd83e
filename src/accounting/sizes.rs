//! How much room a cluster needs, and the extremes in parts of a run.

use super::books::{Books, Store};
use super::extremes::{ChangeList, Extremes, SweepInput, extremes_by_part};
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
        let peaks = self.extremes_of(self.stores_of(cluster), ends);
        let sizes = peaks.into_iter().map(|peaks| Sizes {
            hot: peaks.hot_peak,
            buffered: peaks.buffered_peak,
            stored: peaks.stored_peak,
        });
        sizes.collect()
    }

    /// The extremes of all workspaces together between each of `times`, which are in order, and
    /// the next one, both included. Exact to one byte per account and direction.
    pub fn extremes_between(&self, times: &[Time]) -> Vec<Extremes> {
        let courses = self.courses.iter().enumerate();
        let stores =
            courses.flat_map(|(course, of)| of.stores.iter().map(move |store| (course, store)));
        let mut extremes = self.extremes_of(stores, times);
        // The first part is what comes before all of them.
        extremes.drain(..extremes.len().min(1));
        extremes
    }

    /// The extremes of some stores, each with the number of its course, by parts of the run.
    fn extremes_of<'a>(
        &self,
        stores: impl Iterator<Item = (usize, &'a Store)>,
        ends: &[Time],
    ) -> Vec<Extremes> {
        let (courses, change_lists): (Vec<usize>, Vec<ChangeList<'_>>) = stores
            .map(|(course, store)| (course, ChangeList::of(store, self.end)))
            .unzip();
        let swept = change_lists.iter().zip(courses);
        let swept = swept.flat_map(|(list, course)| {
            let arriving = self.arriving(course).iter();
            arriving.map(move |arrives| SweepInput { list, arrives })
        });
        extremes_by_part(swept, ends)
    }
}
