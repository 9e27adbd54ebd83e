//! A tally is held against samples of the same values that keep them all.
#![allow(clippy::float_cmp)]

use super::*;
use crate::experiment::column::Values;
use crate::experiment::{Judgement, Kept, judge};
use crate::scenario::{Scenario, Unit, read};
use crate::statistics::Quantile;

const WORLD: &str = "
duration = '1d'
replications = 100
expect = [
  'dropped <= 1 GB',
  'query_downtime >= 0s',
  'time_to_recover <= 1h',
  'probability(dropped > 0 B) <= 10%',
  'probability(time_to_recover > 1h) >= 2%',
  'mean(query_downtime) <= 1h',
  'p99(query_availability) >= 99%',
  'max(buffered_peak) <= 1 TB',
]
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
";

fn scenario() -> Scenario {
    let reading = read("s", WORLD.as_bytes(), &[]);
    reading.expect("right").scenario
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// A place in a list of so many.
    fn place(&mut self, end: usize) -> usize {
        usize(self.below(end as u64))
    }
}

/// How the values of a measure are spread.
#[derive(Clone, Copy)]
struct Kind {
    /// Percent of the replications without a value, and with 0.
    without: u64,
    zeros: u64,
    /// How many values there are apart from these; many where it is large.
    different: u64,
    /// Bits of the values.
    size: u32,
}

impl Kind {
    fn draw(dice: &mut Dice) -> Kind {
        Kind {
            without: [0, 0, 0, 5][dice.place(4)],
            zeros: [0, 0, 30, 97][dice.place(4)],
            different: [1, 2, 60, 70, 1 << 60][dice.place(5)],
            size: [8, 20, 36, 50][dice.place(4)],
        }
    }

    fn code(self, measure: Measure, dice: &mut Dice) -> u64 {
        let chance = dice.below(100);
        if chance < self.without {
            return Value::NONE;
        }
        if chance < self.without + self.zeros {
            return 0;
        }
        let number = dice.below(self.different);
        let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - self.size);
        match measure.unit() {
            // From all of it to 50 bits less than all.
            Unit::Ratio => (1.0 - number as f64 / (1_u64 << self.size) as f64).to_bits(),
            Unit::Duration => number >> (self.size / 3),
            _ => number,
        }
    }
}

/// Replications as no study makes them.
fn drawn(study: &Study<'_>, count: u64, dice: &mut Dice) -> Replications {
    let kinds: Vec<Kind> = study.kept.iter().map(|_| Kind::draw(dice)).collect();
    let mut all = study.empty();
    all.count = usize(count);
    for (at, (_, measure)) in study.kept.iter().enumerate() {
        // Some are the same as the one before, at least in the beginning.
        let same = at > 0 && dice.below(4) == 0;
        let before: Vec<u64> = match &all.values[at.saturating_sub(1)] {
            Values::Varying(codes) if same => codes.clone(),
            _ => Vec::new(),
        };
        let differ_from = dice.below(2 * count + 1);
        let codes = (0..count).map(|number| {
            let own = kinds[at].code(*measure, dice);
            let before = before.get(usize(number)).copied();
            let before = before.filter(|code| number < differ_from && measure.has_code(*code));
            before.unwrap_or(own)
        });
        all.values[at] = Values::of(codes.collect::<Vec<u64>>().into_iter());
    }
    all.compare();
    all
}

/// The tally of some of them.
fn tallied(study: &Study<'_>, all: &Replications, numbers: Range<u64>) -> Tally {
    let mut tally = study.empty_tally();
    let mut from = numbers.start;
    while from < numbers.end {
        let end = numbers.end.min(from + 64);
        tally.add(&all.part(from..end));
        from = end;
    }
    tally
}

#[test]
fn any_tiling_in_any_order_gives_the_same_bytes() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None]);
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let count = 1 + dice.below(700);
        let all = drawn(&study, count, &mut dice);
        let whole = tallied(&study, &all, 0..count);
        let mut ends: Vec<u64> = (0..dice.below(9)).map(|_| dice.below(count)).collect();
        ends.extend([0, count]);
        ends.sort_unstable();
        let tiles = ends.windows(2).map(|ends| ends[0]..ends[1]);
        let mut tiles: Vec<Tally> = tiles.map(|of| tallied(&study, &all, of)).collect();
        // In another order, and some of them together first.
        for at in (1..tiles.len()).rev() {
            tiles.swap(at, dice.place(at + 1));
        }
        while tiles.len() > 1 {
            let at = dice.place(tiles.len() - 1);
            let other = tiles.remove(at + 1);
            tiles[at].merge(&other);
        }
        assert_eq!(tiles[0], whole, "{seed}");
        let bytes = whole.encoded();
        assert_eq!(tiles[0].encoded(), bytes);
        assert_eq!(Tally::decoded(&bytes, &study), Some(whole), "{seed}");
    }
}

/// How far a figure may be off.
fn near(found: f64, exact: f64, part: f64) -> bool {
    (found - exact).abs() <= part * exact.abs().max(f64::MIN_POSITIVE) + 1e-300
}

fn same_mean(found: Option<crate::statistics::Mean>, exact: Option<crate::statistics::Mean>) {
    let (Some(found), Some(exact)) = (found, exact) else {
        return assert_eq!(found, exact);
    };
    assert_eq!((found.count, found.nonzero), (exact.count, exact.nonzero));
    assert!(near(found.mean, exact.mean, 1e-9), "{found:?} {exact:?}");
    // Numbers that are near each other and far from 0 lose digits as f64.
    let slack = 1e-7 * exact.sd + 1e-6 * exact.mean.abs();
    assert!((found.sd - exact.sd).abs() <= slack, "{found:?} {exact:?}");
    let known = |mean: &crate::statistics::Mean| mean.interval().is_some();
    assert_eq!(known(&found), known(&exact), "{found:?} {exact:?}");
}

fn same_quantiles(measure: Measure, found: &Sample, exact: &Sample) {
    let lack = Scale::of(measure) == Scale::Lack;
    // Milliseconds are not halved, and shares have steps of 2^-53.
    let step = match measure.unit() {
        Unit::Duration => 1e-3,
        Unit::Ratio => 2e-16,
        Unit::Money => 1e-6,
        Unit::Volume | Unit::Count => 1.0,
    };
    for part in ["p0", "p1", "p5", "p50", "p90", "p99", "p99.9", "p100"] {
        let quantile = Quantile::parse(part).expect("a quantile");
        let [found_at, exact_at] =
            [found, exact].map(|sample| sample.quantile(quantile).map(|of| of.value.number()));
        let (Some(found_at), Some(exact_at)) = (found_at, exact_at) else {
            return assert_eq!(found_at, exact_at);
        };
        let of = if lack { 1.0 - exact_at } else { exact_at };
        let off = (found_at - exact_at).abs();
        assert!(
            off <= GRID_ERROR * of + step,
            "{part} {found_at} {exact_at}"
        );
        if part == "p0" || part == "p100" {
            assert_eq!(found_at, exact_at);
        }
        let [wide, tight] = [found, exact].map(|sample| sample.bounds(quantile));
        assert!(wide.low <= tight.low && wide.high >= tight.high, "{part}");
        assert!(wide.low.is_infinite() || near(wide.low, tight.low, 0.002) || lack);
    }
    // Every value is counted once, at most half a bin from where it is.
    let (found, exact) = (found.counted(), exact.counted());
    assert_eq!(found.len(), exact.len());
    let apart = |run: &&crate::statistics::Run| !run.is_one();
    for run in found.runs().iter().filter(apart) {
        assert!(run.count > 0 && run.width > 0.0);
    }
}

#[test]
fn it_says_what_all_values_say() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None]);
    let mut many = 0;
    for seed in 0..24 {
        let mut dice = Dice(1_000 + seed);
        let count = 1 + dice.below(1_500);
        let all = drawn(&study, count, &mut dice);
        let tally = tallied(&study, &all, 0..count);
        let [kept, exact] = [Kept::Tally(&tally), Kept::Every(&all)];
        assert_eq!((kept.count(), kept.measures()), (count, &study.kept[..]));
        for (at, &(scope, measure)) in study.kept.iter().enumerate() {
            let [own, truth] = [kept, exact].map(|kept| kept.sample_at(at));
            assert_eq!((own.without, own.nonzero), (truth.without, truth.nonzero));
            same_mean(own.mean, truth.mean);
            same_mean(own.mean_of_nonzero, truth.mean_of_nonzero);
            same_quantiles(measure, &own, &truth);
            assert_eq!(kept.worst(scope, measure), exact.worst(scope, measure));
            let with = &tally.counts[tally.same_as[at]].with;
            many += usize::from(matches!(with, counts::Spread::Many(_)));
        }
        for (one, other) in study.kept.iter().zip(&study.kept[1..]) {
            let alike = Scale::of(one.1) == Scale::of(other.1);
            let equal = exact.are_equal(*one, *other) && alike;
            assert_eq!(kept.are_equal(*one, *other), equal);
        }
        for expectation in &scenario.expectations {
            let [own, truth] = [kept, exact].map(|kept| judge(expectation, kept));
            same_judgement(&own, &truth);
        }
    }
    assert!(many > 200, "{many}");
}

/// A tally decides what all values do, or says that it cannot.
fn same_judgement(own: &Judgement, truth: &Judgement) {
    use crate::experiment::{Found, Outcome};
    match (&own.found, &truth.found) {
        (Found::Estimate(..), Found::Estimate(..)) => assert!(
            own.outcome == truth.outcome || own.outcome == Outcome::Undecided,
            "{own:?} {truth:?}"
        ),
        _ => assert_eq!(own, truth),
    }
}

#[test]
fn what_no_study_writes_is_refused() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None]);
    let mut dice = Dice(7);
    let all = drawn(&study, 300, &mut dice);
    let bytes = tallied(&study, &all, 0..300).encoded();
    let mut taken = 0;
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1 << dice.below(8);
        // Some other tally may be right; its bytes are then those that it writes.
        if let Some(tally) = Tally::decoded(&other, &study) {
            taken += 1;
            assert_eq!(tally.encoded(), other);
            (0..study.kept.len()).for_each(|at| drop(tally.sample_at(at)));
        }
        assert_eq!(Tally::decoded(&bytes[..at], &study), None);
    }
    assert!(
        taken > 0 && taken < bytes.len(),
        "{taken} of {}",
        bytes.len()
    );
}

#[test]
fn a_study_is_tallied_as_it_is_gathered() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None]);
    let all = study.gather(0..200, &Runner::SERIAL).expect("it runs");
    let tally = study.tally(0..200, &Runner::SERIAL).expect("it runs");
    assert_eq!(tally, tallied(&study, &all, 0..200));
}
