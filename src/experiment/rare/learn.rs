//! What pilots learn: by cross-entropy (Rubinstein and Kroese, "The Cross-Entropy Method", 2004),
//! with a threshold that rises until it is the event itself.

use super::RareEvent;
use crate::error::Error;
use crate::experiment::inflows::SharedInflows;
use crate::experiment::replicate::Study;
use crate::experiment::replication_runner::ReplicationRunner;
use crate::experiment::runner::Runner;
use crate::limits::RARE_DELAYS;
use crate::model::{BINS, Masses, Mixture, Options, WEIGHT_UNIT, flattened};

/// How many replications a pilot has.
pub const PILOT: usize = 2_500;
/// No scenario of a rare study has more delays of events that are drawn.
pub const MOST_DELAYS: u64 = RARE_DELAYS.most;

/// The number of the first replication of the first pilot; no study has one of these.
const FIRST: u64 = 1 << 62;
/// How many of a pilot are learned from: those nearest to the event.
const ELITE: usize = PILOT / 20;
/// Fewer say nothing.
const FEWEST: usize = ELITE / 10;
/// No more pilots than this.
const MOST_PILOTS: usize = 16;
/// So many pilots more, once the event is frequent: what their hits say is taken together.
const AFTER: usize = 4;
/// What is not learned of the masses, where a replication draws a delay up to [`OFTEN`] times:
/// half of it stays as it was, half is flattened.
const KEPT: f64 = 0.1;
/// Of delays that are drawn more often the part that is not learned shrinks, so that of a whole
/// replication it stays about the same.
const OFTEN: f64 = 4.0;
/// How many replications of a pilot one core computes at a time.
const BLOCK: usize = 50;

/// What pilots have learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// What the study draws from.
    pub mixture: Mixture,
    /// How many pilots there were.
    pub pilots: usize,
    /// Whether the event became frequent in them.
    pub is_reached: bool,
}

/// A replication of a pilot.
struct Drawn {
    score: f64,
    is_hit: bool,
    weight: f64,
    /// Of each delay and bin, how often it was drawn.
    counts: Vec<u32>,
}

/// Learns what leads to an event.
///
/// # Errors
///
/// If no delay of an event is drawn, or more than [`MOST_DELAYS`], and those of
/// [`crate::experiment::replay`].
pub fn learn(study: &Study<'_>, event: &RareEvent, runner: &Runner<'_>) -> Result<Learned, Error> {
    let mut mixture = Mixture::of(study.scenario);
    let delays = mixture.delays().len() as u64;
    if delays == 0 {
        return Err(Error::scenario(
            "no gap, duration or delay of an event is drawn, so nothing can be drawn differently; \
             --rare takes a hazard, an event or a response with a distribution",
        ));
    }
    if !RARE_DELAYS.allows(delays) {
        return Err(Error::scenario(RARE_DELAYS.exceeded()));
    }
    let (mut after, mut pilots) = (AFTER, 0);
    let mut hits = Draws::none(&mixture);
    let mut is_reached = false;
    while pilots < MOST_PILOTS {
        let drawn = pilot(study, event, &mixture, pilots, runner)?;
        pilots += 1;
        let elite = Elite::of(&drawn);
        if elite.are_hits {
            hits.add(&elite.drawn);
            let masses = hits.masses(&mixture);
            mixture = mixture.learning(masses);
        } else if elite.drawn.len() >= FEWEST {
            let mut near = Draws::none(&mixture);
            near.add(&elite.drawn);
            let masses = near.masses(&mixture);
            mixture = mixture.learning(masses);
        }
        is_reached |= elite.are_hits;
        if is_reached {
            if after == 0 {
                break;
            }
            after -= 1;
        }
    }
    Ok(Learned {
        mixture,
        pilots,
        is_reached,
    })
}

/// The replications of a pilot.
fn pilot(
    study: &Study<'_>,
    event: &RareEvent,
    mixture: &Mixture,
    number: usize,
    runner: &Runner<'_>,
) -> Result<Vec<Drawn>, Error> {
    runner.progress.begin(PILOT as u64);
    let shared = SharedInflows::of(study.scenario);
    let compute = |block: usize| {
        let replications = ReplicationRunner::of(study.scenario, study.traces, runner);
        let replications = replications.sharing(&shared);
        let mut replications = replications.drawing_from(Some(mixture));
        let first = number * PILOT + block * BLOCK;
        let one = |at: usize| {
            let options = Options {
                replication: FIRST + at as u64,
                every_poll: study.every_poll,
            };
            let value = replications
                .measures(options)?
                .get(event.scope, event.measure);
            let drawn = replications.weight_and_draws();
            let (weight, counts) = drawn.expect("it draws from a mixture");
            #[allow(clippy::cast_precision_loss)]
            let weight = weight as f64 * WEIGHT_UNIT;
            Ok(Drawn {
                score: event.score(value),
                is_hit: event.is_met(value),
                weight,
                counts: counts.to_vec(),
            })
        };
        (first..first + BLOCK)
            .map(one)
            .collect::<Result<Vec<Drawn>, Error>>()
    };
    let mut all = Vec::with_capacity(PILOT);
    runner.in_order(0..PILOT / BLOCK, compute, |block| {
        all.extend(block);
        Ok(())
    })?;
    Ok(all)
}

/// The replications of a pilot that are learned from.
struct Elite<'a> {
    drawn: Vec<&'a Drawn>,
    /// Whether all of them are hits.
    are_hits: bool,
}

impl<'a> Elite<'a> {
    /// The hits, if there are enough; or else the nearest ones. Those that are as near as the last
    /// of these are taken where few are nearer, but not where nothing is further away: they would
    /// say nothing.
    fn of(all: &'a [Drawn]) -> Elite<'a> {
        let hits: Vec<&Drawn> = all.iter().filter(|one| one.is_hit).collect();
        if hits.len() >= ELITE {
            return Elite {
                drawn: hits,
                are_hits: true,
            };
        }
        let mut scores: Vec<f64> = all.iter().map(|one| one.score).collect();
        scores.sort_unstable_by(|a, b| b.total_cmp(a));
        let (level, least) = (scores[ELITE - 1], scores[scores.len() - 1]);
        let nearer = all.iter().filter(|one| one.score > level);
        let nearer: Vec<&Drawn> = nearer.collect();
        let drawn = if nearer.len() < ELITE / 2 && level > least {
            all.iter().filter(|one| one.score >= level).collect()
        } else {
            nearer
        };
        Elite {
            drawn,
            are_hits: false,
        }
    }
}

/// The draws of some replications, by their weights.
struct Draws {
    /// The weights of the replications.
    all: f64,
    /// Of each delay and bin, the draws from it.
    of_bins: Vec<f64>,
}

impl Draws {
    fn none(mixture: &Mixture) -> Draws {
        Draws {
            all: 0.0,
            of_bins: vec![0.0; mixture.delays().len() * BINS],
        }
    }

    fn add(&mut self, drawn: &[&Drawn]) {
        for one in drawn {
            self.all += one.weight;
            for (sum, count) in self.of_bins.iter_mut().zip(&one.counts) {
                *sum += one.weight * f64::from(*count);
            }
        }
    }

    /// The masses with which these would have been drawn most likely, but for what is kept.
    fn masses(&self, mixture: &Mixture) -> Vec<Masses> {
        let flattened = flattened();
        let of_delay = |(old, sums): (&Masses, &[f64])| {
            let draws: f64 = sums.iter().sum();
            if draws <= 0.0 {
                return *old;
            }
            let kept = KEPT / (draws / self.all / OFTEN).max(1.0);
            std::array::from_fn(|bin| {
                let before = (old[bin] + flattened[bin]) / 2.0;
                (1.0 - kept) * sums[bin] / draws + kept * before
            })
        };
        let each = mixture.learned().iter().zip(self.of_bins.chunks(BINS));
        each.map(of_delay).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(score: f64, is_hit: bool) -> Drawn {
        Drawn {
            score,
            is_hit,
            weight: 1.0,
            counts: Vec::new(),
        }
    }

    fn pilot(of: impl Fn(usize) -> (f64, bool)) -> Vec<Drawn> {
        let each = (0..PILOT).map(of);
        each.map(|(score, is_hit)| drawn(score, is_hit)).collect()
    }

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn the_nearest_are_learned_from() {
        let rising = pilot(|at| (at as f64, false));
        let elite = Elite::of(&rising);
        assert_eq!((elite.drawn.len(), elite.are_hits), (ELITE - 1, false));
        // Hits, once there are enough of them.
        let hits = pilot(|at| (at as f64, at >= PILOT - 400));
        let elite = Elite::of(&hits);
        assert_eq!((elite.drawn.len(), elite.are_hits), (400, true));
        // 10 of the best, and 300 of the next best.
        let steps = pilot(|at| match at {
            0..10 => (9.0, true),
            10..310 => (5.0, false),
            _ => (0.0, false),
        });
        assert_eq!(Elite::of(&steps).drawn.len(), 310);
        // Where nearly all are alike, those that are not.
        let alike = pilot(|at| (if at < 40 { 1.0 } else { 0.0 }, false));
        assert_eq!(Elite::of(&alike).drawn.len(), 40);
    }
}
