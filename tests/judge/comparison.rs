//! Two samples of a measure, and a sample and a number that was worked out, compared in standard
//! errors.

use cmksim::experiment::{Column, Sample};
use cmksim::scenario::{Unit, Value};
use cmksim::statistics::Quantile;

/// No comparison may be further off.
const STANDARD_ERRORS: f64 = 4.0;
/// Deviations that are too small to be seen one by one add up here: of right numbers this is 1.
const ROOT_MEAN_SQUARE: f64 = 2.0;
/// A world in which fewer comparisons are of something random judges little.
const FEWEST: usize = 100;

const PERCENT: [u32; 6] = [5, 25, 50, 75, 95, 99];

/// Values by size: bytes, milliseconds, counts.
pub(super) struct Sorted(Vec<i64>);

impl Sorted {
    pub(super) fn of(values: impl Iterator<Item = i64>) -> Sorted {
        let mut values: Vec<i64> = values.collect();
        values.sort_unstable();
        Sorted(values)
    }

    pub(super) fn of_column(column: Column<'_>) -> Sorted {
        let values = column.values();
        Sorted::of(values.map(|value| whole(value.expect("all is well in the end"))))
    }

    fn count(&self) -> f64 {
        number(self.0.len())
    }

    fn below(&self, bound: i64) -> usize {
        self.0.partition_point(|&value| value < bound)
    }

    /// Mean, and its standard error.
    #[allow(clippy::cast_precision_loss)]
    fn mean(&self) -> (f64, f64) {
        let n = self.count();
        let mean = self.0.iter().map(|&value| value as f64).sum::<f64>() / n;
        let squares = self
            .0
            .iter()
            .map(|&value| (value as f64 - mean).powi(2))
            .sum::<f64>();
        (mean, (squares / (n - 1.0) / n).sqrt())
    }
}

/// Comparisons, and how many standard errors apart each is.
pub(super) struct Comparisons(Vec<(String, f64)>);

impl Comparisons {
    pub(super) fn none() -> Comparisons {
        Comparisons(Vec::new())
    }

    fn note(&mut self, what: String, difference: f64, error: f64) {
        self.0.push((what, difference / error));
    }

    /// A measure of the model and of an independent program: its mean, how often it is not 0,
    /// and its quantiles.
    pub(super) fn of_samples(&mut self, model: Column<'_>, independent: &Sorted) {
        if model.constant().is_some() && independent.0 == Sorted::of_column(model).0 {
            return;
        }
        let sample = Sample::of(model);
        self.means(&sample, independent);
        let nonzero = independent.0.len() - independent.below(1);
        let what = format!("P({} > 0)", model.measure.name());
        self.shares(what, [sample.nonzero.hits, nonzero], independent.0.len());
        for percent in PERCENT {
            self.quantiles(percent, &sample, &Sorted::of_column(model), independent);
        }
    }

    fn means(&mut self, sample: &Sample, independent: &Sorted) {
        let model = sample.mean.expect("values");
        let unit = match sample.measure.unit() {
            Unit::Duration => 1_000.0,
            _ => 1.0,
        };
        let own = model.sd / number(model.count).sqrt();
        let (mean, error) = independent.mean();
        let what = format!("mean({})", sample.measure.name());
        self.note(what, model.mean * unit - mean, error.hypot(own * unit));
    }

    /// How many are less than a quantile of the model, and how many are no more: where values
    /// are tied the part that it stands for lies in between.
    fn quantiles(&mut self, percent: u32, sample: &Sample, model: &Sorted, independent: &Sorted) {
        let quantile = sample.quantile(Quantile::percent(percent));
        let value = whole(quantile.expect("values").value);
        let what = format!("p{percent}({}) = {value}", sample.measure.name());
        let less = [model, independent].map(|values| values.below(value));
        let upto = [model, independent].map(|values| values.below(value + 1));
        let part = model.count() * f64::from(percent) / 100.0;
        assert!(
            number(less[0]) < part && part <= number(upto[0]),
            "{what} is no quantile"
        );
        self.shares(format!("less than {what}"), less, model.0.len());
        self.shares(format!("up to {what}"), upto, model.0.len());
    }

    /// Two shares of equally many. One hit and one miss are added, so that what is rare is
    /// not certain.
    fn shares(&mut self, what: String, hits: [usize; 2], count: usize) {
        if hits == [0; 2] || hits == [count; 2] {
            return;
        }
        let [model, independent] = hits.map(number);
        let n = number(count);
        let pooled = (model + independent + 1.0) / (2.0 * n + 2.0);
        let error = (2.0 * pooled * (1.0 - pooled) / n).sqrt();
        self.note(what, (model - independent) / n, error);
    }

    /// A mean that was worked out.
    pub(super) fn of_mean(&mut self, model: Column<'_>, truth: f64) {
        let (mean, error) = Sorted::of_column(model).mean();
        let what = format!("mean({}), worked out", model.measure.name());
        self.note(what, mean - truth, error);
    }

    /// How often a measure is at most `bound`, worked out.
    pub(super) fn of_share(&mut self, model: Column<'_>, bound: i64, truth: f64) {
        let values = Sorted::of_column(model);
        let share = number(values.below(bound + 1)) / values.count();
        let error = (truth * (1.0 - truth) / values.count()).sqrt();
        let what = format!("P({} <= {bound}), worked out", model.measure.name());
        self.note(what, share - truth, error);
    }

    /// # Panics
    ///
    /// If one is too far off, or all together are, or there are few: then little is random.
    pub(super) fn agree(mut self) {
        let count = self.0.len();
        assert!(count >= FEWEST, "only {count} comparisons");
        self.0.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let squares = self.0.iter().map(|(_, off)| off * off).sum::<f64>();
        let together = (squares / number(count)).sqrt();
        let farthest: Vec<String> = self.0[..12]
            .iter()
            .map(|(what, z)| format!("{z:+8.2}  {what}"))
            .collect();
        assert!(
            self.0[0].1.abs() <= STANDARD_ERRORS && together <= ROOT_MEAN_SQUARE,
            "{count} comparisons, root mean square {together:.2}; the farthest, in standard \
             errors:\n{}",
            farthest.join("\n")
        );
    }
}

fn whole(value: Value) -> i64 {
    match value {
        Value::Volume(volume) => volume.bytes().cast_signed(),
        Value::Duration(duration) => duration.millis(),
        Value::Count(count) => count.cast_signed(),
        Value::Ratio(_) | Value::Money(_) => panic!("{value:?} is not judged"),
    }
}

#[allow(clippy::cast_precision_loss)]
fn number(count: usize) -> f64 {
    count as f64
}
