//! Delays: a duration, or a table with a distribution.

use super::super::choice::Delays;
use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::measured::Column;
use super::super::{Delay, ParameterError, Parameters, Shape};
use super::context::Context;
use super::fields::Fields;
use super::scalar;
use crate::units::Duration;

/// What a delay is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// May be zero; `delays` applies.
    Delay,
    /// A constant is above zero; `delays` applies.
    Lasting,
    /// A constant is above zero; always drawn.
    Gap,
}

/// The duration of a delay that is always the same.
pub(super) fn as_constant(delay: &Delay) -> Option<Duration> {
    match delay.shape() {
        Shape::Constant(duration) => Some(*duration),
        _ => None,
    }
}

/// Reads a delay, with `delays` applied.
pub(super) fn delay(written: &Written, key: &str, used: Use, context: &Context) -> Option<Delay> {
    let Kind::Table(table) = &written.kind else {
        let read = match used {
            Use::Delay => scalar::duration(written),
            Use::Lasting | Use::Gap => scalar::positive_duration(written),
        };
        return context.take(
            read.map(Delay::constant)
                .map_err(|complaint| {
                    match written.kind {
                Kind::Text(_) => complaint,
                _ => complaint.help(
                    "or a distribution: { dist = \"lognormal\", median = \"40m\", sigma = 0.8 }",
                ),
            }
                }),
        );
    };
    let drawn = distribution(table, written, context)?;
    if used != Use::Delay && drawn.longest() == Some(Duration::ZERO) {
        context.complain(Diagnostic::error(
            written.span,
            format!("`{key}` is always 0, which makes no sense here"),
        ));
        return None;
    }
    if used == Use::Gap {
        return Some(drawn);
    }
    context.take(settled(drawn, context.delays).map_err(|Unbounded| {
        let message = format!("delays = \"longest\", but `{key}` has no longest value");
        Diagnostic::error(written.span, message)
            .help("give it a maximum: { ..., max = \"24h\" }; draws above it are drawn again")
    }))
}

/// It has no longest.
pub(super) struct Unbounded;

/// What `delays` makes of a delay.
pub(super) fn settled(drawn: Delay, delays: Delays) -> Result<Delay, Unbounded> {
    Ok(match delays {
        Delays::Sampled => drawn,
        Delays::Shortest => Delay::constant(drawn.shortest()),
        Delays::Typical => Delay::constant(drawn.typical()),
        Delays::Longest => Delay::constant(drawn.longest().ok_or(Unbounded)?),
    })
}

fn distribution(table: &Table, written: &Written, context: &Context) -> Option<Delay> {
    let fields = Fields::new(table, &keys::DISTRIBUTION, &context.complaints);
    let families: Vec<_> = keys::FAMILIES
        .iter()
        .map(|family| (family.name, family))
        .collect();
    let family = fields.required("dist", |written| scalar::choice(written, &families));
    let mut whole = true;
    let mut given = parameters(&fields, context, &mut whole);
    let file = fields.checked("file", scalar::word, &mut whole);
    let column = fields.checked("column", scalar::word, &mut whole);
    let units: Vec<_> = keys::DURATION_UNITS
        .iter()
        .map(|&unit| (unit, unit))
        .collect();
    let unit = fields.checked("unit", |w| scalar::choice(w, &units), &mut whole);
    whole &= table
        .entries
        .iter()
        .all(|entry| fields.is_known(&entry.key));
    fields.done();
    // Incomplete because of a mistake that was told: no second complaint.
    let family = family.filter(|_| whole)?;
    let complain = |wrong: ParameterError| {
        let at = wrong.key.and_then(|key| table.get(key));
        let span = at.map_or(written.span, |entry| entry.value.span);
        Diagnostic::error(span, wrong.text)
    };
    let names = keys::DISTRIBUTION.names();
    let names: Vec<&str> = names
        .filter(|name| *name != "dist" && table.get(name).is_some())
        .collect();
    context.take(family.complete(&names).map_err(complain))?;
    if let (Some(file), Some(column)) = (&file, &column) {
        given.values = Some(measured(Column { file, column, unit }, table, context)?);
    }
    context.take(Delay::from_parameters(family.name, &given).map_err(complain))
}

/// Those that stand in the scenario itself.
fn parameters(fields: &Fields<'_>, context: &Context, whole: &mut bool) -> Parameters {
    Parameters {
        min: fields.checked("min", scalar::duration, whole),
        max: fields.checked("max", scalar::duration, whole),
        mode: fields.checked("mode", scalar::duration, whole),
        mean: fields.checked("mean", scalar::duration, whole),
        median: fields.checked("median", scalar::duration, whole),
        p95: fields.checked("p95", scalar::duration, whole),
        scale: fields.checked("scale", scalar::duration, whole),
        sigma: fields.checked("sigma", scalar::number, whole),
        cv: fields.checked("cv", scalar::number, whole),
        shape: fields.checked("shape", scalar::number, whole),
        values: match fields.get("values") {
            None => None,
            Some(entry) => {
                let values = durations(&entry.value, context);
                *whole &= values.is_some();
                values
            }
        },
    }
}

/// Those in a column of a file.
fn measured(column: Column<'_>, table: &Table, context: &Context) -> Option<Vec<Duration>> {
    let place = table.get("file").expect("it names one").value.span;
    match context.measured.durations(column, place) {
        Ok(values) => Some(values),
        Err(wrong) => {
            wrong.into_iter().for_each(|wrong| context.complain(wrong));
            None
        }
    }
}

fn durations(written: &Written, context: &Context) -> Option<Vec<Duration>> {
    let Kind::List(list) = &written.kind else {
        context.complain(scalar::wrong_kind(
            written,
            "a list of durations such as [\"5m\", \"20m\", \"2h\"]",
        ));
        return None;
    };
    context.take_each(list, scalar::duration)
}
