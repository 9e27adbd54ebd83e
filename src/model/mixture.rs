//! Importance sampling: the delays of events drawn from a mixture of distributions in which rare
//! ones are frequent, and the weight that makes up for it.
//!
//! The quantile of a delay has bins: decades in both tails, narrower ones between them. A replication
//! takes one component of the mixture, and each of its draws a bin with that component's mass, then
//! a place in the bin, evenly. With q the nominal mass of a bin, b\[c\] that in component c, which
//! is taken with probability a\[c\], and K the number of draws that were made from the bin, the
//! weight is
//!
//! W = 1 / sum over c of a\[c\] product over the delays and bins of (b\[c\] / q) ^ K
//!
//! One component is the nominal distribution, so that no weight is above 1 / a\[0\] (Hesterberg,
//! "Weighted average importance sampling and defensive mixture distributions", Technometrics 37,
//! 1995). The mean of 1(A) W over replications is the probability of A, without a bias: how many
//! draws are made is decided by the draws before them.

use rand::RngExt;

use crate::kernel::StreamKey;
use crate::scenario::{Delay, DrawError, Event, Scenario, Tail, Timing};
use crate::units::Duration;

/// The ends of the bins of a tail, from far out to the median: a decade each where single draws are
/// rare, narrower ones where many draws together are.
const ENDS: [f64; 17] = [
    0.0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5,
];
/// Bins of one tail.
const OF_TAIL: usize = ENDS.len() - 1;
/// How many bins the quantile of a delay has: those of the lower tail from far out to the median,
/// then those of the upper one from the median to far out.
pub const BINS: usize = 2 * OF_TAIL;

/// The share of the replications that take a component: nominal, flattened, learned.
const SHARES: [f64; 3] = [0.05, 0.10, 0.85];

/// Weights are whole numbers of this: 2^-59. The greatest weight is 20, and its number below 2^64.
pub const WEIGHT_UNIT: f64 = 1.0 / (1_u64 << 59) as f64;
/// No weight is greater.
pub const MOST_WEIGHT: u64 = 20 << 59;

/// The probability of each bin.
pub type Masses = [f64; BINS];

/// The distributions that the delays of a scenario's events are drawn from, in place of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    delays: Vec<DrawnDelay>,
    /// Of each event: the places of when it begins and of how long it lasts among the delays.
    of_event: Vec<[Option<usize>; 2]>,
    components: [Component; SHARES.len()],
}

/// A delay of an event that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawnDelay {
    /// Index of the event in [`crate::scenario::Content::events`].
    pub event: usize,
    /// Under which key it is written.
    pub key: &'static str,
}

/// One distribution of every delay.
#[derive(Debug, Clone, PartialEq)]
struct Component {
    masses: Vec<Masses>,
    /// Of each delay and bin: the logarithm of the mass over the nominal one.
    logarithms: Vec<f64>,
}

/// Where the index of a delay of an event stands.
fn slot(key: &str) -> usize {
    usize::from(key == "duration")
}

/// The delays of an event that are drawn.
fn drawn(event: &Event) -> impl Iterator<Item = &'static str> {
    let (key, timing) = match &event.timing {
        Timing::At(at) => ("at", at),
        Timing::After { delay, .. } => ("delay", delay),
        Timing::Every { gap } => ("gap", gap),
        Timing::Seen(watch) => ("delay", &watch.delay),
    };
    let timing = timing.is_drawn().then_some(key);
    let duration = event.duration.as_ref();
    let duration = duration.filter(|duration| duration.is_drawn());
    timing.into_iter().chain(duration.map(|_| "duration"))
}

/// The probability of each bin of a quantile that is uniform.
pub fn nominal() -> Masses {
    std::array::from_fn(|bin| {
        let (_, inner, outer) = bin_of(bin);
        inner - outer
    })
}

/// Half nominal, and half the same for each bin.
#[allow(clippy::cast_precision_loss)]
pub fn flattened() -> Masses {
    nominal().map(|mass| mass / 2.0 + 0.5 / BINS as f64)
}

/// Whether a bin is of the lower tail, and where it ends: near the median, and far from it.
fn bin_of(bin: usize) -> (bool, f64, f64) {
    let lower = bin < OF_TAIL;
    let at = if lower { bin } else { BINS - 1 - bin };
    (lower, ENDS[at + 1], ENDS[at])
}

/// Where a bin begins, counted from the lower tail; `None` at the end of the distribution.
pub fn edge(bin: usize) -> Option<Tail> {
    match bin {
        0 | BINS.. => None,
        _ if bin <= OF_TAIL => Some(Tail::Below(ENDS[bin])),
        _ => Some(Tail::Above(ENDS[BINS - bin])),
    }
}

/// A place in a bin; `part` is from 0 on and below 1.
fn place(bin: usize, part: f64) -> Tail {
    let (lower, inner, outer) = bin_of(bin);
    let share = inner - part * (inner - outer);
    if lower {
        Tail::Below(share)
    } else {
        Tail::Above(share)
    }
}

impl Component {
    fn new(masses: Vec<Masses>) -> Component {
        let nominal = nominal();
        let of_one = |own: &Masses| {
            let pairs = own.iter().zip(nominal);
            let logarithm = |(mass, nominal): (&f64, f64)| libm::log(mass / nominal);
            pairs.map(logarithm).collect::<Vec<f64>>()
        };
        Component {
            logarithms: masses.iter().flat_map(of_one).collect(),
            masses,
        }
    }

    /// The logarithm of how much likelier these draws are here than nominally.
    fn likelihood_ratio(&self, counts: &[u32]) -> f64 {
        let made = counts.iter().zip(&self.logarithms);
        let made = made.filter(|(count, _)| **count > 0);
        made.map(|(count, log)| f64::from(*count) * log).sum()
    }
}

impl Mixture {
    /// The mixture in which nothing is learned yet.
    pub fn of(scenario: &Scenario) -> Mixture {
        let mut delays = Vec::new();
        let mut of_event = vec![[None; 2]; scenario.events.len()];
        for (event, content) in scenario.events.iter().enumerate() {
            for key in drawn(content) {
                of_event[event][slot(key)] = Some(delays.len());
                delays.push(DrawnDelay { event, key });
            }
        }
        let count = delays.len();
        // How often something happens is left as it is: only what lasts is flattened.
        let lasts = |delay: &DrawnDelay| ["duration", "delay"].contains(&delay.key);
        let flat = |delay| if lasts(delay) { flattened() } else { nominal() };
        let flat = delays.iter().map(flat).collect();
        let nominal = || Component::new(vec![nominal(); count]);
        Mixture {
            components: [nominal(), Component::new(flat), nominal()],
            delays,
            of_event,
        }
    }

    /// The delays that are drawn, events in their order.
    pub fn delays(&self) -> &[DrawnDelay] {
        &self.delays
    }

    /// Of each delay, the masses of the component that is learned.
    pub fn learned(&self) -> &[Masses] {
        &self.components[2].masses
    }

    /// The same mixture with other masses of the component that is learned.
    ///
    /// # Panics
    ///
    /// If they are not those of as many delays.
    #[must_use]
    pub fn learning(mut self, masses: Vec<Masses>) -> Mixture {
        assert_eq!(masses.len(), self.delays.len());
        self.components[2] = Component::new(masses);
        self
    }

    /// The weight of a replication with so many draws of each delay from each bin, in units of
    /// [`WEIGHT_UNIT`].
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    pub(super) fn weight(&self, counts: &[u32]) -> u64 {
        let components = self.components.iter().zip(SHARES);
        let likelihood: f64 = components
            .map(|(component, share)| share * libm::exp(component.likelihood_ratio(counts)))
            .sum();
        let weight = libm::round(1.0 / likelihood / WEIGHT_UNIT);
        // `as` saturates; a likelihood beyond all numbers leaves no weight.
        (weight as u64).min(MOST_WEIGHT)
    }
}

/// Draws the delays of one replication after another from a mixture, and counts them.
pub(super) struct Sampler<'a> {
    mixture: &'a Mixture,
    component: usize,
    /// Of each delay and bin: how many draws were made.
    counts: Vec<u32>,
}

impl<'a> Sampler<'a> {
    pub(super) fn of(mixture: &'a Mixture) -> Sampler<'a> {
        Sampler {
            mixture,
            component: 0,
            counts: vec![0; mixture.delays.len() * BINS],
        }
    }

    /// Forgets all draws, and takes the component of a replication, whose keys begin with `root`.
    pub(super) fn restart(&mut self, root: StreamKey) {
        self.counts.fill(0);
        let part: f64 = root.name("mixture component").stream().random();
        self.component = taken(&SHARES, part);
    }

    /// Draws a delay of an event.
    pub(super) fn draw(
        &mut self,
        event: usize,
        key: &str,
        delay: &Delay,
        stream: StreamKey,
    ) -> Result<Duration, DrawError> {
        let number = self.mixture.of_event[event][slot(key)];
        let number = number.expect("a delay that is drawn is in the mixture");
        let mut stream = stream.stream();
        let masses = &self.mixture.components[self.component].masses[number];
        let bin = taken(masses, stream.random());
        self.counts[number * BINS + bin] += 1;
        delay.at(place(bin, stream.random()))
    }

    /// Of each delay and bin: how many draws were made in this replication.
    pub(super) fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The weight of this replication, in units of [`WEIGHT_UNIT`].
    pub(super) fn weight(&self) -> u64 {
        self.mixture.weight(&self.counts)
    }
}

/// The first of some masses that, with those before it, is above a number; the last if none is.
fn taken(masses: &[f64], number: f64) -> usize {
    let mut sum = 0.0;
    let above = masses.iter().position(|mass| {
        sum += mass;
        number < sum
    });
    above.unwrap_or(masses.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_all_of_the_quantile() {
        let masses = nominal();
        assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert!((flattened().iter().sum::<f64>() - 1.0).abs() < 1e-15);
        for (bin, mass) in masses.iter().enumerate() {
            let (Tail::Below(from) | Tail::Above(from)) = place(bin, 0.0);
            let (Tail::Below(to) | Tail::Above(to)) = place(bin, 1.0 - f64::EPSILON);
            assert!(0.0 < to && to < from && from <= 0.5, "{bin}");
            assert!(((from - to) / mass - 1.0).abs() < 1e-6, "{bin}");
            assert_eq!(matches!(place(bin, 0.5), Tail::Below(_)), bin < OF_TAIL);
        }
    }

    #[test]
    fn a_number_takes_the_mass_in_which_it_lies() {
        let masses = [0.25, 0.0, 0.5, 0.25];
        let of = |number| taken(&masses, number);
        assert_eq!(
            [0.0, 0.24, 0.25, 0.74, 0.75, 1.0].map(of),
            [0, 0, 2, 2, 3, 3]
        );
    }

    /// One delay: 1 / (0.05 + 0.1 (f/q) + 0.85 (b/q)) of a draw; without a draw it is 1.
    #[test]
    fn the_weight_is_that_of_the_formula() {
        let mut masses = nominal();
        // From the first bin above the median to the last.
        let (near, far) = (OF_TAIL, BINS - 1);
        (masses[near], masses[far]) = (masses[near] / 4.0, 0.75 * masses[near]);
        let mixture = Mixture {
            delays: vec![DrawnDelay {
                event: 0,
                key: "duration",
            }],
            of_event: vec![[None, Some(0)]],
            components: [nominal(), flattened(), masses].map(|of| Component::new(vec![of])),
        };
        let weight = |counts: &[(usize, u32)]| {
            let mut all = [0; BINS];
            counts.iter().for_each(|(bin, count)| all[*bin] = *count);
            mixture.weight(&all) as f64 * WEIGHT_UNIT
        };
        assert!((weight(&[]) - 1.0).abs() < 1e-15);
        let (flat, own) = (flattened(), nominal());
        let ratios = |bin: usize| (flat[bin] / own[bin], masses[bin] / own[bin]);
        for bin in 0..BINS {
            let (flat, learned) = ratios(bin);
            let expected = 1.0 / (0.05 + 0.1 * flat + 0.85 * learned);
            let found = weight(&[(bin, 1)]);
            assert!((found / expected - 1.0).abs() < 1e-6, "{bin}: {found}");
        }
        let (one, other) = (ratios(near), ratios(far - 4));
        let flat = one.0.powi(3) * other.0;
        let learned = one.1.powi(3) * other.1;
        let expected = 1.0 / (0.05 + 0.1 * flat + 0.85 * learned);
        let found = weight(&[(near, 3), (far - 4, 1)]);
        assert!((found / expected - 1.0).abs() < 1e-9);
        // However unlikely it is elsewhere, the nominal component bounds it.
        let mut counts = [0; BINS];
        counts[near] = 1_000;
        assert!(mixture.weight(&counts) <= MOST_WEIGHT);
        assert!(weight(&[(near, 1_000)]) > 19.9);
    }
}
