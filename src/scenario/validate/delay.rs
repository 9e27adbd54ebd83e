//! Delays: a duration, or a table with a distribution.

use super::super::choice::Delays;
use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{Delay, Parameters, Shape};
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
        .map(|family| (family.name, family.name))
        .collect();
    let dist = fields.required("dist", |written| scalar::choice(written, &families));
    let mut whole = true;
    let given = Parameters {
        min: fields.checked("min", scalar::duration, &mut whole),
        max: fields.checked("max", scalar::duration, &mut whole),
        mode: fields.checked("mode", scalar::duration, &mut whole),
        mean: fields.checked("mean", scalar::duration, &mut whole),
        median: fields.checked("median", scalar::duration, &mut whole),
        scale: fields.checked("scale", scalar::duration, &mut whole),
        sigma: fields.checked("sigma", scalar::number, &mut whole),
        cv: fields.checked("cv", scalar::number, &mut whole),
        shape: fields.checked("shape", scalar::number, &mut whole),
        values: match fields.get("values") {
            None => None,
            Some(entry) => {
                let values = durations(&entry.value, context);
                whole &= values.is_some();
                values
            }
        },
    };
    whole &= table
        .entries
        .iter()
        .all(|entry| fields.is_known(&entry.key));
    fields.done();
    // Incomplete because of a mistake that was told: no second complaint.
    let dist = dist.filter(|_| whole)?;
    context.take(Delay::from_parameters(dist, &given).map_err(|wrong| {
        let at = wrong.key.and_then(|key| table.get(key));
        Diagnostic::error(
            at.map_or(written.span, |entry| entry.value.span),
            wrong.text,
        )
    }))
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
