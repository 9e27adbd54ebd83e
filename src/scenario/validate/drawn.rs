//! Quantities of which not all is known: one is drawn in each replication, log-normal.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::{Growth, keys};
use super::context::Context;
use super::fields::Fields;
use super::scalar::{self, Read};
use crate::statistics::normal_quantile;
use crate::units::{Duration, Probability, Rate};

/// A quantity above 0, and over which period it is.
type Quantity = (f64, Option<Duration>);

/// How a quantity is written.
type Reader = fn(&Written) -> Read<Quantity>;

/// A log-normal quantity.
struct Drawn {
    median: f64,
    /// Standard deviation of the logarithm.
    spread: f64,
    per: Option<Duration>,
}

/// A rate, or the median of those from which it is drawn; and the standard deviation of its
/// logarithm.
pub(super) fn rate(written: &Written, context: &Context) -> Option<(Rate, f64)> {
    let Kind::Table(table) = &written.kind else {
        return context.take(scalar::rate(written)).map(|rate| (rate, 0.0));
    };
    let fields = Fields::new(table, &keys::RATE, &context.complaints);
    let drawn = drawn(&fields, [bytes_per_day, bytes_per_day], context);
    fields.done();
    drawn.map(|Drawn { median, spread, .. }| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rate = Rate::from_bytes_per_day(libm::round(median) as u64);
        (rate, spread)
    })
}

/// Growth, or the distribution from which it is drawn.
pub(super) fn growth(written: &Written, context: &Context) -> Option<Growth> {
    let Kind::Table(table) = &written.kind else {
        let read = context.take(factor(written));
        return read.map(|(factor, per)| Growth::known(factor, per.expect("growth has a period")));
    };
    let fields = Fields::new(table, &keys::GROWTH, &context.complaints);
    let drawn = drawn(&fields, [factor, deviation], context);
    let correlation = match fields.get("correlation") {
        None => Some(0.0),
        Some(entry) => context.take(correlation(&entry.value)),
    };
    fields.done();
    let Drawn {
        median,
        spread,
        per,
    } = drawn?;
    Some(Growth {
        factor: median,
        per: per.expect("growth has a period"),
        spread,
        correlation: correlation?,
    })
}

/// `mean` and `sd`, or `low` and `high`. The standard deviation has a reader of its own.
fn drawn(fields: &Fields<'_>, readers: [Reader; 2], context: &Context) -> Option<Drawn> {
    let [reader, of_deviation] = readers;
    let mut whole = true;
    let mut get = |key, reader| fields.checked(key, reader, &mut whole);
    let (mean, sd) = (get("mean", reader), get("sd", of_deviation));
    let (low, high) = (get("low", reader), get("high", reader));
    let confidence = fields.checked("confidence", confidence, &mut whole);
    let table = fields.table();
    // Incomplete because of a mistake that is told: no second complaint.
    whole &= table
        .entries
        .iter()
        .all(|entry| fields.is_known(&entry.key));
    if !whole {
        return None;
    }
    let drawn = match (mean, sd, low, high) {
        (Some(mean), Some(sd), None, None) if table.get("confidence").is_none() => {
            by_moments(mean, sd)
        }
        (None, None, Some(low), Some(high)) => by_interval(low, high, confidence.unwrap_or(0.9)),
        _ => Err(format!(
            "{} is drawn with `mean` and `sd`, or with `low` and `high`; found {}",
            fields.what(),
            found(table)
        )),
    };
    context.take(drawn.map_err(|why| Diagnostic::error(table.span, why)))
}

/// Which keys stand there.
fn found(table: &Table) -> String {
    let keys = table.entries.iter().map(|entry| format!("`{}`", entry.key));
    match table.entries.is_empty() {
        true => "nothing".to_owned(),
        false => keys.collect::<Vec<String>>().join(", "),
    }
}

fn by_moments(mean: Quantity, sd: Quantity) -> Result<Drawn, String> {
    let per = same_period(mean, sd)?;
    let variance = libm::log1p((sd.0 / mean.0) * (sd.0 / mean.0));
    Ok(Drawn {
        median: mean.0 * libm::exp(-variance / 2.0),
        spread: libm::sqrt(variance),
        per,
    })
}

fn by_interval(low: Quantity, high: Quantity, confidence: f64) -> Result<Drawn, String> {
    let per = same_period(low, high)?;
    if low.0 > high.0 {
        return Err("`low` is above `high`".to_owned());
    }
    let (below, above) = (libm::log(low.0), libm::log(high.0));
    let deviations = 2.0 * normal_quantile(0.5 + confidence / 2.0);
    Ok(Drawn {
        median: libm::exp((below + above) / 2.0),
        spread: (above - below) / deviations,
        per,
    })
}

fn same_period(one: Quantity, other: Quantity) -> Result<Option<Duration>, String> {
    match one.1 == other.1 {
        true => Ok(one.1),
        false => Err("these grow over different periods; write both over the same one".to_owned()),
    }
}

fn bytes_per_day(written: &Written) -> Read<Quantity> {
    let rate = scalar::rate(written)?;
    if rate == Rate::ZERO {
        return Err(Diagnostic::error(
            written.span,
            "a rate that is drawn is above 0",
        ));
    }
    #[allow(clippy::cast_precision_loss)]
    let bytes = rate.bytes_per_day() as f64;
    Ok((bytes, None))
}

/// `3%/30d`, as what a period multiplies by.
fn factor(written: &Written) -> Read<Quantity> {
    let (percent, per) = percentage(written)?;
    if percent <= -100.0 {
        return Err(Diagnostic::error(
            written.span,
            "nothing shrinks by 100% or more",
        ));
    }
    Ok((1.0 + percent / 100.0, Some(per)))
}

/// The same as a standard deviation.
fn deviation(written: &Written) -> Read<Quantity> {
    let (percent, per) = percentage(written)?;
    if percent < 0.0 {
        return Err(Diagnostic::error(
            written.span,
            "a standard deviation is not below 0",
        ));
    }
    Ok((percent / 100.0, Some(per)))
}

fn percentage(written: &Written) -> Read<(f64, Duration)> {
    const EXAMPLE: &str = "growth such as \"3%/30d\"";
    let text = scalar::text(written).map_err(|_| scalar::wrong_kind(written, EXAMPLE))?;
    let wrong = || Diagnostic::error(written.span, format!("expected {EXAMPLE}, found {text:?}"));
    let (percent, per) = text.split_once('/').ok_or_else(wrong)?;
    let percent: f64 = percent
        .trim()
        .strip_suffix('%')
        .and_then(|number| number.trim().parse().ok())
        .filter(|percent: &f64| percent.is_finite())
        .ok_or_else(wrong)?;
    let per = scalar::positive_duration(&Written {
        kind: Kind::Text(per.trim().to_owned()),
        span: written.span,
    })?;
    Ok((percent, per))
}

/// Between 1 % and 99.99 %: beyond, the ends say nothing of the draws between them.
fn confidence(written: &Written) -> Read<f64> {
    let found = scalar::probability(written)?;
    if found == Probability::ALWAYS {
        return Err(Diagnostic::error(
            written.span,
            "no interval holds all draws: the confidence is below 100%",
        ));
    }
    #[allow(clippy::cast_precision_loss)]
    let part = found.parts() as f64 / Probability::ALWAYS.parts() as f64;
    match (0.01 - 1e-9..=0.9999 + 1e-9).contains(&part) {
        true => Ok(part),
        false => Err(Diagnostic::error(
            written.span,
            "expected a confidence from 1% to 99.99%",
        )),
    }
}

fn correlation(written: &Written) -> Read<f64> {
    let found = scalar::number(written)?;
    match (-1.0..=1.0).contains(&found) {
        true => Ok(found),
        false => Err(Diagnostic::error(
            written.span,
            format!("expected a correlation from -1 to 1, found {found}"),
        )),
    }
}
