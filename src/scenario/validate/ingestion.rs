//! What arrives at a workspace: a rate with profiles, growth and noise, or a trace.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{Ingestion, Noise, Scale, Source, Trace};
use super::context::Context;
use super::drawn;
use super::fields::Fields;
use super::scalar::{self, Read};
use crate::units::{Factor, Rate, UnitError, Volume};

/// Keys that only a trace has.
const OF_TRACE: &[&str] = &[
    "time", "volume", "unit", "scale_to", "step", "where", "repeat", "align",
];

/// A rate as a text, or a table.
pub(super) fn ingestion(written: &Written, context: &Context) -> Option<Ingestion> {
    let Kind::Table(table) = &written.kind else {
        let rate = context.take(scalar::rate(written));
        return rate.map(|rate| Ingestion::constant(Source::Rate(rate)));
    };
    let fields = Fields::new(table, &keys::INGESTION, &context.complaints);
    let weights = |key| fields.get(key).map(|entry| &entry.value);
    let hourly = weights("hourly").and_then(|written| profile(written, context));
    let weekly = weights("weekly").and_then(|written| profile(written, context));
    let growth = fields.get("growth");
    let growth = growth.and_then(|entry| drawn::growth(&entry.value, context));
    let mut rate_spread = 0.0;
    let noise = match fields.get("noise") {
        None => None,
        Some(entry) => noise(&entry.value, context),
    };
    let of_trace = || OF_TRACE.iter().find_map(|key| table.get(key));
    let source = match (fields.get("rate"), fields.get("trace"), of_trace()) {
        (Some(rate), Some(other), _) | (Some(rate), None, Some(other)) => {
            context.complain(
                Diagnostic::error(
                    other.key_span,
                    format!("`rate` and `{}` cannot be used together", other.key),
                )
                .label("it belongs to a trace")
                .also(rate.key_span, "what arrives is a rate or a trace")
                .help("to scale a trace to a rate write scale_to = \"1 TB/day\""),
            );
            None
        }
        (_, None, None) => fields.need("rate").and_then(|entry| {
            let (rate, spread) = drawn::rate(&entry.value, context)?;
            rate_spread = spread;
            Some(Source::Rate(rate))
        }),
        (None, _, _) => trace_source(&fields, context),
    };
    fields.done();
    Some(Ingestion {
        source: source?,
        rate_spread,
        hourly,
        weekly,
        growth,
        noise,
    })
}

/// Weights, all finite and none negative, scaled to mean 1.
fn profile<const N: usize>(written: &Written, context: &Context) -> Option<[Factor; N]> {
    let Kind::List(list) = &written.kind else {
        let expected = format!("a list of {N} weights");
        context.complain(scalar::wrong_kind(written, &expected));
        return None;
    };
    let numbers = context.take_each(list, weight)?;
    let Ok(numbers) = <[f64; N]>::try_from(numbers) else {
        let message = format!("expected {N} weights, found {}", list.len());
        context.complain(Diagnostic::error(written.span, message).label(match N {
            24 => "one for each hour of the day, from 00:00 UTC on",
            _ => "one for each day of the week, Monday first",
        }));
        return None;
    };
    let sum: f64 = numbers.iter().sum();
    if sum <= 0.0 {
        context.complain(
            Diagnostic::error(written.span, "these weights are all 0")
                .help("for a workspace that gets nothing write rate = \"0 B/day\""),
        );
        return None;
    }
    #[allow(clippy::cast_precision_loss)]
    let mean = sum / N as f64;
    Some(numbers.map(|weight| Factor::try_from(weight / mean).expect("it is 0 to N")))
}

fn weight(written: &Written) -> Read<f64> {
    let weight = scalar::number(written)?;
    if (0.0..=1e9).contains(&weight) {
        return Ok(weight);
    }
    let message = format!("expected a weight from 0 to 10^9, found {weight}");
    Err(Diagnostic::error(written.span, message))
}

/// `{ dist = "lognormal", cv = 0.2, period = "1h" }`.
fn noise(written: &Written, context: &Context) -> Option<Noise> {
    let Kind::Table(table) = &written.kind else {
        context.complain(scalar::wrong_kind(
            written,
            "{ dist = \"lognormal\", cv = 0.2, period = \"1h\" }",
        ));
        return None;
    };
    let fields = Fields::new(table, &keys::NOISE, &context.complaints);
    let shape = fields.required("dist", scalar::word_of);
    let cv = fields.required("cv", cv);
    let period = fields.required("period", scalar::positive_duration);
    let [daily_cv, weekly_cv] = ["daily_cv", "weekly_cv"].map(|key| fields.optional(key, self::cv));
    fields.done();
    Some(Noise {
        shape: shape?,
        cv: cv?,
        period: period?,
        daily_cv: daily_cv.unwrap_or(0.0),
        weekly_cv: weekly_cv.unwrap_or(0.0),
    })
}

fn cv(written: &Written) -> Read<f64> {
    let cv = scalar::positive_number(written)?;
    if cv <= 10.0 {
        return Ok(cv);
    }
    let message = format!("expected a cv of at most 10, found {cv}");
    Err(Diagnostic::error(written.span, message)
        .label("it is the standard deviation divided by the mean"))
}

fn trace_source(fields: &Fields<'_>, context: &Context) -> Option<Source> {
    let file = fields.required("trace", file_name);
    let time = fields.required("time", column);
    let volume = fields.required("volume", column);
    let unit = fields.get("unit");
    let scale_to = fields.get("scale_to");
    let scale = match (unit, scale_to) {
        (Some(unit), None) => context.take(unit_bytes(&unit.value)).map(Scale::Unit),
        (None, Some(rate)) => context
            .take(positive_rate(&rate.value))
            .map(Scale::MeanRate),
        (Some(unit), Some(rate)) => {
            context.complain(
                Diagnostic::error(
                    rate.key_span,
                    "`unit` and `scale_to` cannot be used together",
                )
                .label("it is one of them")
                .also(unit.key_span, "the unit"),
            );
            None
        }
        (None, None) => {
            context.complain(
                Diagnostic::error(
                    fields.span(),
                    "the unit of the volumes of this trace is missing",
                )
                .help("write the unit of its numbers, as in unit = \"MB\", or scale_to = \"1.5 TB/day\"")
                .consequence(),
            );
            None
        }
    };
    let step = fields.optional("step", scalar::positive_duration);
    let filter = match fields.get("where") {
        None => Some(Vec::new()),
        Some(entry) => filter(&entry.value, context),
    };
    let repeat = fields.optional("repeat", scalar::truth);
    let calendar = fields.optional("align", |written| {
        let align = scalar::choice(written, &[("start", false), ("calendar", true)])?;
        if align && context.start.is_none() {
            return Err(Diagnostic::error(
                written.span,
                "a calendar needs the `start` of the scenario",
            )
            .help("write start = 2026-03-01T00:00:00Z at the top")
            .consequence());
        }
        Ok(align)
    });
    Some(Source::Trace(Trace {
        file: file?,
        time: time?,
        volume: volume?,
        scale: scale?,
        step,
        filter: filter?,
        repeat: repeat.unwrap_or(false),
        calendar: calendar.unwrap_or(false),
    }))
}

fn file_name(written: &Written) -> Read<String> {
    let name = scalar::text(written)?;
    if name.is_empty() || name.contains('\0') {
        return Err(Diagnostic::error(written.span, "this names no file")
            .help("write trace = \"usage.csv\", relative to this scenario"));
    }
    Ok(name.to_owned())
}

fn column(written: &Written) -> Read<String> {
    let name = scalar::text(written)
        .map_err(|_| scalar::wrong_kind(written, "the header of a column in quotes"))?;
    if name.is_empty() {
        return Err(Diagnostic::error(written.span, "this names no column"));
    }
    Ok(name.to_owned())
}

/// What one of the trace's numbers is, in bytes.
fn unit_bytes(written: &Written) -> Read<u64> {
    let units: Vec<_> = keys::TRACE_UNITS
        .iter()
        .map(|unit| (*unit, *unit))
        .collect();
    let unit = scalar::choice(written, &units)?;
    let one: Volume = format!("1 {unit}")
        .parse()
        .map_err(|error: UnitError| Diagnostic::error(written.span, error.to_string()))?;
    Ok(one.bytes())
}

fn positive_rate(written: &Written) -> Read<Rate> {
    let rate = scalar::rate(written)?;
    if rate == Rate::ZERO {
        return Err(Diagnostic::error(
            written.span,
            "a trace cannot be scaled to 0",
        ));
    }
    Ok(rate)
}

/// `{ DataType = "SecurityEvent" }`.
fn filter(written: &Written, context: &Context) -> Option<Vec<(String, String)>> {
    let Kind::Table(Table { entries, .. }) = &written.kind else {
        context.complain(scalar::wrong_kind(
            written,
            "a table of columns and values such as { DataType = \"SecurityEvent\" }",
        ));
        return None;
    };
    let values: Vec<Option<(String, String)>> = entries
        .iter()
        .map(|entry| {
            let value = scalar::text(&entry.value).map_err(|_| {
                scalar::wrong_kind(&entry.value, "a text in quotes to compare the column with")
            });
            let value = context.take(value)?;
            Some((entry.key.clone(), value.to_owned()))
        })
        .collect();
    values.into_iter().collect()
}
