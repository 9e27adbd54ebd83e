//! How often faults and sequences of them come, where the scenario has hazards of their kind.

use super::found::Cut;
use crate::kernel::StreamKey;
use crate::scenario::{Delay, Event, Fault, Scenario, Timing};
use crate::units::Duration;

/// How many draws of a hazard tell how often it comes, and how often it lasts as long.
const DRAWS: u64 = 65_536;
/// A year, in milliseconds.
pub(super) const YEAR: f64 = 365.0 * 86_400_000.0;

/// How often a fault comes, a year: as often as the hazards of the scenario that do the same to the
/// same thing and last as long or longer. `None`: there is no such hazard.
pub fn rate(scenario: &Scenario, fault: &Fault) -> Option<f64> {
    let of = scenario
        .events
        .iter()
        .filter_map(|hazard| match &hazard.timing {
            Timing::Every { gap } if hazard.action == fault.action => {
                Some(of_hazard(scenario, hazard, gap, fault))
            }
            _ => None,
        });
    let rates: Vec<f64> = of.collect();
    (!rates.is_empty()).then(|| rates.iter().sum())
}

#[allow(clippy::cast_precision_loss)]
fn of_hazard(scenario: &Scenario, hazard: &Event, gap: &Delay, fault: &Fault) -> f64 {
    let shortest = fault.duration.as_ref().map(Delay::typical);
    let (mut cycles, mut as_long) = (0_i128, 0_u64);
    for number in 0..DRAWS {
        let draw = |what: &str, delay: &Delay| {
            let key = || {
                let key = StreamKey::root(scenario.seed, 0).name("rate");
                key.name(what).name(&hazard.name).number(number)
            };
            delay.draw(key).unwrap_or_else(|_| delay.typical())
        };
        let lasts = hazard
            .duration
            .as_ref()
            .map(|delay| draw("duration", delay));
        let cycle = draw("gap", gap) + lasts.unwrap_or(Duration::ZERO);
        cycles += i128::from(cycle.millis());
        as_long += u64::from(shortest.is_none_or(|shortest| lasts.is_none_or(|l| l >= shortest)));
    }
    YEAR * as_long as f64 / cycles.max(1) as f64
}

impl Cut {
    /// How often it comes, a year, if each of its faults comes so often a year (`rates`, in its
    /// order): their product, times the seconds at which it breaks the promise, of all those of a
    /// run. That holds while it is small.
    #[allow(clippy::cast_precision_loss)]
    pub fn rate(
        &self,
        scenario: &Scenario,
        replications: u64,
        rates: &[Option<f64>],
    ) -> Option<f64> {
        let second = YEAR / Duration::SECOND.millis() as f64;
        let points = self.points as f64 / replications as f64;
        let run = scenario.duration.millis() as f64 / YEAR;
        let each = rates.iter().map(|rate| rate.map(|rate| rate / second));
        let product = each.collect::<Option<Vec<f64>>>()?;
        Some(product.iter().product::<f64>() * points / run)
    }
}
