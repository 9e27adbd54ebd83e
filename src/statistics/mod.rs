//! What many replications say about one: means, quantiles and probabilities, each with an
//! interval that holds the truth in 95 of 100 studies, or with the reason why there is none.
//!
//! Pure mathematics over the values of independent replications; nothing here knows what they
//! measure. Sums are taken in blocks of fixed size in the order of the replications, so they
//! do not depend on who computed which.

mod counted;
mod mean;
mod proportion;
mod quantile;
mod trend;
mod weighted;

pub use counted::{Counted, Run};
pub use mean::{FEWEST_APART, Mean, normal_quantile, t_quantile};
pub use proportion::Proportion;
pub use quantile::{Quantile, Ranks};
pub use trend::{FEWEST_STEPS, Trend};
pub use weighted::{FEWEST_EFFECTIVE, Weighted};

/// From, to: 95 % of such intervals hold the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// What is left outside of an interval at each end.
const TAIL: f64 = 0.025;
/// The quantile of the normal distribution that leaves [`TAIL`] above it.
const Z: f64 = 1.959_963_984_540_054;

#[allow(clippy::cast_precision_loss)]
fn whole(count: usize) -> f64 {
    count as f64
}
