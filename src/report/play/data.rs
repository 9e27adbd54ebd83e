//! Where the data is at an instant.

use serde::Serialize;

use super::super::chart::{Sample, samples_at};
use super::super::format::volume;
use crate::experiment::Replay;
use crate::units::{Time, Volume};

/// How much data is in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Which place: `hot`, `cold`, `inaccessible`, `buffered`, `dropped` or `lost`.
    pub name: &'static str,
    /// The same for people.
    pub says: &'static str,
    /// How much.
    pub bytes: u64,
    /// The same for people.
    pub text: String,
}

/// A place: its name, its name for people, and what is there.
type Place = (&'static str, &'static str, fn(&Sample) -> Volume);

const PLACES: [Place; 6] = [
    ("hot", "accessible, hot cache", |all| all.hot),
    ("cold", "accessible, not hot", |all| all.cold),
    ("inaccessible", "inaccessible", |all| all.inaccessible),
    ("buffered", "buffered", |all| all.buffered),
    ("dropped", "dropped so far", |all| all.dropped),
    ("lost", "lost from the store so far", |all| all.destroyed),
];

/// Where the data of all workspaces is at each of some instants of the run, which rise.
pub fn amounts(replay: &Replay, times: &[Time]) -> Vec<Vec<Amount>> {
    let samples = samples_at(replay, times);
    let amounts = |sample: &Sample| {
        let place = |(name, says, of): Place| {
            let amount = of(sample);
            Amount {
                name,
                says,
                bytes: amount.bytes(),
                text: volume(amount),
            }
        };
        PLACES.into_iter().map(place).collect()
    };
    samples.iter().map(amounts).collect()
}
