//! From which mean daily volume on another level costs less, and when that volume is reached.

use super::months::WEEK;
use crate::scenario::Prices;
use crate::statistics::{Quantile, Trend};
use crate::units::{Duration, Rate, Time};

/// What is billed for the use of a cluster on days that are unlike each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Tariffs {
    /// Of no cluster: pay-as-you-go.
    pub pay_as_you_go: Tariff,
    /// Of each level, the lowest first.
    pub levels: Vec<Tariff>,
    days: Profile,
}

/// What a day costs: always, and for each byte above a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tariff {
    /// The reservation; `None` without one.
    pub level: Option<Rate>,
    bytes: f64,
    price: f64,
    a_byte: f64,
}

/// How unlike days are: each as a part of their mean, by size.
#[derive(Debug, Clone, PartialEq)]
struct Profile {
    parts: Vec<f64>,
    /// The sums of each and all larger ones; 0 at the end.
    sums: Vec<f64>,
}

/// A volume at which another level begins to cost less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What costs less below it; `None`: pay-as-you-go.
    pub from: Option<Rate>,
    /// What costs less above it.
    pub to: Rate,
    /// The volume: bytes a day, on average.
    pub at: f64,
    /// When the trend of the run reaches it; `None`: the run is too short to tell a trend.
    pub reached: Option<Reached>,
}

/// When a volume is reached, over the replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// Whether it is reached from below.
    pub rising: bool,
    /// In 5 of 100 replications.
    pub p05: Moment,
    /// In half of them.
    pub p50: Moment,
    /// In 95 of 100.
    pub p95: Moment,
}

/// When something happens that a trend says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Before the run.
    Before,
    /// In the run, or within ten years after it.
    At(Time),
    /// Later, or never.
    Beyond,
}

/// How often the volume of a level is doubled; one that does not pay even then never does.
const MOST_DOUBLED: u32 = 10;
/// Nobody plans further ahead than this after the run.
const FORESEEN: Duration = Duration::from_millis(3_653 * Duration::DAY.millis());

impl Tariffs {
    /// The tariffs of levels by a price list, for days as parts of their mean; a cluster pays its
    /// key vault that much a day, in the currency.
    pub(super) fn of(prices: &Prices, levels: &[Rate], days: Vec<f64>, vault: f64) -> Tariffs {
        let levels = levels.iter().map(|level| Tariff::of(prices, *level, vault));
        Tariffs {
            pay_as_you_go: Tariff {
                level: None,
                bytes: 0.0,
                price: 0.0,
                a_byte: prices.pay_as_you_go.as_f64() / 1e9,
            },
            levels: levels.collect(),
            days: Profile::of(days),
        }
    }

    /// Whether there are days to tell costs by.
    pub fn is_known(&self) -> bool {
        !self.days.parts.is_empty()
    }

    /// What a day costs on average, in the currency, if this many bytes are billed for it on
    /// average.
    pub fn a_day(&self, tariff: &Tariff, mean: f64) -> f64 {
        tariff.price + self.days.above(tariff.bytes, mean) * tariff.a_byte
    }

    /// Every step that pays, the lowest first: from pay-as-you-go to a level, then from level to
    /// level. A level that is never the cheapest is passed over.
    pub(super) fn steps(&self) -> Vec<Step> {
        let next = |from: &Tariff, above: usize| {
            let higher = self.levels.iter().enumerate().skip(above);
            let pays = higher.filter_map(|(at, to)| Some((at, self.pays_from(from, to)?)));
            // Of levels that pay from the same volume on the highest one stays the cheapest.
            pays.reduce(|one, other| if other.1 <= one.1 { other } else { one })
        };
        let step = |from: &Tariff, (to, at): (usize, f64)| Step {
            from: from.level,
            to: self.levels[to].level.expect("a level has one"),
            at,
            reached: None,
        };
        let first = next(&self.pay_as_you_go, 0);
        let mut steps: Vec<Step> = first
            .map(|found| step(&self.pay_as_you_go, found))
            .into_iter()
            .collect();
        let mut own = 0;
        while let Some(found) = next(&self.levels[own], own + 1) {
            steps.push(step(&self.levels[own], found));
            own = found.0;
        }
        steps
    }

    /// From how many bytes a day on, on average, one costs no more than the other; `None` where
    /// it never does.
    fn pays_from(&self, from: &Tariff, to: &Tariff) -> Option<f64> {
        let pays = |mean: f64| self.a_day(to, mean) <= self.a_day(from, mean);
        if !self.is_known() {
            return None;
        }
        let mut low = 0.0;
        let mut high = to.bytes;
        let mut doubled = 0;
        while !pays(high) {
            (low, high, doubled) = (high, 2.0 * high, doubled + 1);
            if doubled > MOST_DOUBLED {
                return None;
            }
        }
        // To less than a byte a day, of what is at most some 2^60.
        for _ in 0..64 {
            let middle = low.midpoint(high);
            if pays(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high)
    }
}

impl Tariff {
    #[allow(clippy::cast_precision_loss)]
    fn of(prices: &Prices, level: Rate, vault: f64) -> Tariff {
        let price = prices.of_level(level);
        let a_gb = prices.of_overage(1_000_000_000, price, level.bytes_per_day());
        Tariff {
            level: Some(level),
            bytes: level.bytes_per_day() as f64,
            price: price as f64 / 1e12 + vault,
            a_byte: a_gb as f64 / 1e21,
        }
    }
}

impl Profile {
    fn of(mut parts: Vec<f64>) -> Profile {
        parts.sort_unstable_by(f64::total_cmp);
        let mut sums = vec![0.0];
        for part in parts.iter().rev() {
            sums.push(sums[sums.len() - 1] + part);
        }
        sums.reverse();
        Profile { parts, sums }
    }

    /// What lies above a level on an average day, if days are `mean` bytes on average.
    #[allow(clippy::cast_precision_loss)]
    fn above(&self, level: f64, mean: f64) -> f64 {
        let from = self.parts.partition_point(|part| part * mean <= level);
        let days = (self.parts.len() - from) as f64;
        (self.sums[from] * mean - days * level).max(0.0) / self.parts.len() as f64
    }
}

/// The trend of what is billed at a time of the run, in bytes a day.
pub(super) struct Course<'a> {
    pub(super) trend: Trend,
    /// Of each replication.
    pub(super) each: &'a [Option<Trend>],
    pub(super) weeks: usize,
    /// When the run ends.
    pub(super) end: Time,
}

impl Course<'_> {
    /// What the trend says of an instant.
    pub(super) fn at(&self, t: Time) -> f64 {
        let steps = (t - self.last()).as_secs_f64() / WEEK.as_secs_f64();
        self.trend.last * libm::pow(self.trend.factor, steps)
    }

    /// The middle of the last whole week, of which [`Trend::last`] speaks.
    fn last(&self) -> Time {
        let weeks = i64::try_from(self.weeks).expect("few");
        Time::from_millis(weeks * WEEK.millis() - WEEK.millis() / 2)
    }

    /// When a volume is reached.
    pub(super) fn reaches(&self, volume: f64) -> Reached {
        let rising = self.trend.factor > 1.0;
        let trends = self.each.iter().flatten();
        let mut moments: Vec<Moment> = trends
            .map(|trend| self.moment(trend, rising, volume))
            .collect();
        moments.sort_unstable();
        let of = |percent| {
            let rank = Quantile::percent(percent).rank(moments.len());
            moments.get(rank - 1).copied().unwrap_or(Moment::Beyond)
        };
        Reached {
            rising,
            p05: of(5),
            p50: of(50),
            p95: of(95),
        }
    }

    /// When the line of a replication passes a volume, from below or from above.
    #[allow(clippy::cast_possible_truncation)]
    fn moment(&self, trend: &Trend, rising: bool, volume: f64) -> Moment {
        let course = Course {
            trend: *trend,
            each: &[],
            ..*self
        };
        let at_start = course.at(Time::START);
        if (at_start >= volume) == rising {
            return Moment::Before;
        }
        let weeks = libm::log(volume / trend.last) / libm::log(trend.factor);
        if (trend.factor > 1.0) != rising || !weeks.is_finite() {
            return Moment::Beyond;
        }
        let after = weeks * WEEK.as_secs_f64() * 1e3;
        let longest = (self.end + FORESEEN - self.last()).millis();
        match after.round() as i64 {
            after if after > longest => Moment::Beyond,
            after => Moment::At((self.last() + Duration::from_millis(after)).max(Time::START)),
        }
    }
}
