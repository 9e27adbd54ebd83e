//! Delays: a duration, or a table with a distribution.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Written};
use super::super::keys;
use super::super::{Delay, Shape};
use super::Context;
use super::fields::{Fields, Refused};
use super::scalar;
use crate::units::Duration;

/// What a delay is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    /// May be zero; `delays` applies.
    Delay,
    /// A constant must be above zero; `delays` applies.
    Positive,
    /// A constant must be above zero; always drawn.
    Gap,
}

pub(super) fn constant(duration: Duration) -> Delay {
    Delay {
        shape: Shape::Constant(duration),
        min: None,
        max: None,
    }
}

/// The duration of a delay that is always the same.
pub(super) fn as_constant(delay: &Delay) -> Option<Duration> {
    match delay.shape {
        Shape::Constant(duration) => Some(duration),
        _ => None,
    }
}

/// Reads a delay that stands at `key`.
pub(super) fn delay(
    written: &Written,
    key: &str,
    applied: Applied,
    context: &Context,
) -> Option<Delay> {
    let Kind::Table(table) = &written.kind else {
        let read = match applied {
            Applied::Delay => scalar::duration(written),
            Applied::Positive | Applied::Gap => scalar::positive_duration(written),
        };
        return context.take(read).map(constant);
    };
    let _ = key;
    let fields = Fields::new(table, &keys::DISTRIBUTION, &context.complaints);
    let dist = fields.required("dist", |written| {
        scalar::choice(written, &[("uniform", ())])
    });
    let min = fields.required("min", scalar::duration);
    let max = fields.required("max", scalar::duration);
    fields.done(&Refused::default());
    dist?;
    let (min, max) = (min?, max?);
    if min > max {
        context.complain(Diagnostic::error(written.span, "min is above max"));
        return None;
    }
    Some(Delay {
        shape: Shape::Uniform { min, max },
        min: None,
        max: None,
    })
}
