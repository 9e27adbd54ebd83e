//! What a study saw so rarely that it hardly knows how likely it is.

use super::super::format::{count, replications, short_percent};
use super::findings::Findings;
use crate::experiment::{Found, Judgement};
use crate::scenario::{Expectation, Statistic};

/// With fewer hits an interval reaches more than 60 % of the share to each side.
const FEW: u64 = 10;
/// So many hits give an interval of 20 % of the share to each side: (1.96 / 0.2)^2.
const NARROW: u64 = 96;

/// A condition that a study hardly ever saw met, or missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few {
    /// The condition, as it was written.
    condition: String,
    /// Whether it is seldom missed, not seldom met.
    missed: bool,
    /// In how many replications.
    hits: u64,
    /// Of how many.
    count: u64,
}

impl Few {
    /// What an expectation is about, where that was seen seldom.
    pub(super) fn of(expectation: &Expectation, judgement: &Judgement, count: u64) -> Option<Few> {
        let Statistic::Probability(..) = expectation.statistic else {
            return None;
        };
        let Found::Estimate(share, _) = judgement.found else {
            return None;
        };
        let text = &expectation.text;
        let inner = text.find('(').zip(text.find(')'));
        let inner = inner.map_or("", |(open, close)| text[open + 1..close].trim());
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss
        )]
        let met = (share * count as f64).round() as u64;
        let hits = met.min(count - met);
        (hits < FEW).then(|| Few {
            condition: inner.to_owned(),
            missed: hits != met,
            hits,
            count,
        })
    }

    /// How many replications would give an interval of 20 % to each side; `None` without a hit.
    pub fn enough(&self) -> Option<u64> {
        let enough = NARROW.saturating_mul(self.count).checked_div(self.hits)?;
        // Two digits are known at most.
        let digits = enough.checked_ilog10().unwrap_or(0).saturating_sub(1);
        let unit = 10_u64.pow(digits);
        Some(enough.div_ceil(unit) * unit)
    }

    /// What is known of it, in sentences.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn sentence(&self) -> String {
        let Few {
            condition,
            missed,
            hits,
            count: of,
        } = self;
        let verb = if *missed { "missed" } else { "met" };
        let of_all = replications(*of);
        match self.enough() {
            Some(enough) => format!(
                "{condition} was {verb} in {} of {of_all} only. An interval of ±20% takes about \
                 {}; --rare takes far fewer.",
                count(*hits),
                replications(enough)
            ),
            None => {
                let below = (3.0 / *of as f64).min(1.0);
                format!(
                    "{condition} was {verb} in none of {of_all}: the probability of that is below \
                     {} at 95% confidence, and there is no estimate.",
                    short_percent(below)
                )
            }
        }
    }
}

impl Findings<'_> {
    /// What the expectations are about and the study saw seldom, each condition once.
    pub fn few(&self) -> Vec<Few> {
        let count = self.study.count();
        let each = self.scenario.expectations.iter().zip(&self.judgements);
        let mut all = Vec::new();
        for (expectation, judgement) in each {
            let few = Few::of(expectation, judgement, count);
            all.extend(few.filter(|few| !all.contains(few)));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_hits_say_how_many_replications_are_enough() {
        let few = |hits, missed| Few {
            condition: "dropped > 1 TB".to_owned(),
            missed,
            hits,
            count: 1_000,
        };
        assert_eq!(few(3, false).enough(), Some(32_000));
        assert_eq!(few(7, false).enough(), Some(14_000));
        assert_eq!(few(0, false).enough(), None);
        let told = few(3, false).sentence();
        assert!(told.starts_with("dropped > 1 TB was met in 3 of 1,000 replications only."));
        assert!(told.contains("about 32,000 replications"));
        let told = few(0, true).sentence();
        assert!(
            told.contains("was missed in none of 1,000 replications"),
            "{told}"
        );
        assert!(told.contains("below 0.3% at 95% confidence"), "{told}");
    }
}
