//! `[sweep]`: which values of which keys a study goes through.

use super::super::diagnostics::{Diagnostic, Span};
use super::super::file::{Entry, Kind, Table, Written};
use super::super::setting::between;
use super::super::{Axis, Setting, Spacing, Sweep, keys};
use super::context::Context;
use super::fields::Fields;
use super::scalar;

/// The sweep of a scenario, if it has one.
pub(super) fn sweep(fields: &Fields<'_>, context: &Context) -> Option<Option<Sweep>> {
    let Some(entry) = fields.get("sweep") else {
        return Some(None);
    };
    let Kind::Table(table) = &entry.value.kind else {
        context.complain(scalar::wrong_kind(&entry.value, "a table"));
        return None;
    };
    let fields = Fields::new(table, &keys::SWEEP, &context.complaints);
    let mut whole = true;
    let replications = fields.checked("replications", replications, &mut whole);
    let lockstep = fields.checked("lockstep", scalar::truth, &mut whole);
    let paths = table.entries.iter();
    let axes = all(paths
        .filter(|entry| !fields.is_known(&entry.key))
        .map(|entry| axes(entry, context)));
    let axes = axes?;
    let lockstep = lockstep.unwrap_or(false);
    if lockstep
        && axes
            .windows(2)
            .any(|two| two[0].values.len() != two[1].values.len())
    {
        context.complain(
            Diagnostic::error(
                entry.key_span,
                "in lockstep every key needs the same number of values",
            )
            .help("give all the same number of values, or leave `lockstep` out for a grid"),
        );
        return None;
    }
    whole.then_some(Some(Sweep {
        replications,
        lockstep,
        axes,
    }))
}

/// All axes, if each of them could be read.
fn all(axes: impl Iterator<Item = Option<Vec<Axis>>>) -> Option<Vec<Axis>> {
    // Collected first, so that the first mistake does not hide the others.
    let axes: Vec<Option<Vec<Axis>>> = axes.collect();
    let axes: Option<Vec<Vec<Axis>>> = axes.into_iter().collect();
    axes.map(|axes| axes.concat())
}

/// How often a scenario is replayed.
pub(super) fn replications(written: &Written) -> scalar::Read<u64> {
    scalar::whole(written, 1, super::super::MOST_REPLICATIONS)
}

/// The seed of every draw.
pub(super) fn seed(written: &Written) -> scalar::Read<u64> {
    scalar::whole(written, 0, i64::MAX.unsigned_abs())
}

/// Which replication a single run replays.
pub(super) fn replication(written: &Written) -> scalar::Read<u64> {
    scalar::whole(written, 0, super::super::MOST_REPLICATIONS - 1)
}

/// The axes of a key, or of all below it: `event.a.at` may be written without quotes too.
fn axes(entry: &Entry, context: &Context) -> Option<Vec<Axis>> {
    let values = match &entry.value.kind {
        Kind::Table(table) if table.get("from").is_none() => {
            let below = |inner: &Entry| {
                let key = format!("{}.{}", entry.key, inner.key);
                axes(
                    &Entry {
                        key,
                        ..inner.clone()
                    },
                    context,
                )
            };
            return all(table.entries.iter().map(below));
        }
        Kind::Table(table) => range(table, context)?,
        Kind::List(list) if list.is_empty() => {
            context.complain(wrong(entry.value.span, "this list has no value".to_owned()));
            return None;
        }
        Kind::List(list) => list.iter().map(setting).collect(),
        _ => {
            let expected = "a list of values, or { from = ..., to = ..., points = ... }";
            context.complain(scalar::wrong_kind(&entry.value, expected));
            return None;
        }
    };
    Some(vec![Axis {
        path: entry.key.clone(),
        values,
    }])
}

fn range(table: &Table, context: &Context) -> Option<Vec<Setting>> {
    let fields = Fields::new(table, &keys::RANGE, &context.complaints);
    let end = |written: &Written| Ok(setting(written).text());
    let from = fields.required("from", end);
    let to = fields.required("to", end);
    let points = fields.required("points", |written| scalar::whole(written, 2, 10_000));
    let spacing = fields.optional("scale", scalar::word_of);
    fields.done();
    let (from, to, points) = (from?, to?, usize::try_from(points?).ok()?);
    let values = between(&from, &to, points, spacing.unwrap_or(Spacing::Linear));
    context.take(values.map_err(|why| wrong(table.span, why)))
}

fn wrong(span: Span, why: String) -> Diagnostic {
    Diagnostic::error(span, why)
}

/// A value of a file. What looks like a number or a calendar time and was a
/// text stays a text.
fn setting(written: &Written) -> Setting {
    match &written.kind {
        Kind::Text(text) => match Setting::read(text) {
            Setting::Whole(_) | Setting::Number(_) | Setting::Instant(_) | Setting::Other(_) => {
                Setting::Other(written.toml())
            }
            quantity => quantity,
        },
        _ => match Setting::read(&written.toml()) {
            plain @ (Setting::Whole(_) | Setting::Number(_) | Setting::Instant(_)) => plain,
            _ => Setting::Other(written.toml()),
        },
    }
}
