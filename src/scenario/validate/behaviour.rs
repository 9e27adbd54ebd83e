//! `[behaviour]`: the parameters of an edition, and what the scenario changes of them.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{Behaviour, BufferOnRevocation, Delay, PollInterval, RevocationScope, Shape};
use super::Context;
use super::delay::{self, Applied};
use super::fields::{Fields, Refused};
use super::scalar::{self, Read};
use crate::units::Duration;

const EDITIONS: &[(&str, &str)] = &[("2020-06", "2020-06")];

/// The edition, and its parameters as the scenario changes them.
pub(super) fn behaviour(root: &Fields<'_>, context: &Context) -> (String, Option<Behaviour>) {
    let edition = root
        .optional("edition", |written| scalar::choice(written, EDITIONS))
        .unwrap_or("2020-06");
    let defaults = defaults();
    let behaviour = match root.get("behaviour") {
        None => Some(defaults),
        Some(entry) => match &entry.value.kind {
            Kind::Table(table) => changed(table, defaults, context),
            _ => {
                context.complain(scalar::wrong_kind(&entry.value, "a table [behaviour]"));
                None
            }
        },
    };
    (edition.to_owned(), behaviour)
}

fn defaults() -> Behaviour {
    let minutes = |count: i64| Duration::from_millis(count * 60_000);
    let uniform = |min, max| Delay {
        shape: Shape::Uniform { min, max },
        min: None,
        max: None,
    };
    Behaviour {
        poll_interval: PollInterval {
            min: Duration::from_millis(6_000),
            max: Duration::from_millis(60_000),
        },
        outage_tolerance: Some(delay::constant(minutes(30))),
        outage_recovery: delay::constant(Duration::ZERO),
        revocation_delay: uniform(Duration::ZERO, minutes(60)),
        revocation_scope: RevocationScope::Account,
        revocation_recovery: uniform(Duration::ZERO, minutes(30)),
        buffer_retention: minutes(360),
        buffer_on_revocation: BufferOnRevocation::Drop,
        hot_cache_span: minutes(14 * 1_440),
        hot_cache_refill: None,
        key_update_duration: uniform(minutes(2), minutes(10)),
        soft_delete_retention: minutes(90 * 1_440),
    }
}

fn changed(table: &Table, mut behaviour: Behaviour, context: &Context) -> Option<Behaviour> {
    let fields = Fields::new(table, &keys::BEHAVIOUR, &context.complaints);
    let delay = |key, into: &mut Delay| {
        if let Some(delay) = fields
            .get(key)
            .and_then(|entry| delay::delay(&entry.value, key, Applied::Delay, context))
        {
            *into = delay;
        }
    };
    delay("outage_recovery", &mut behaviour.outage_recovery);
    delay("revocation_delay", &mut behaviour.revocation_delay);
    delay("revocation_recovery", &mut behaviour.revocation_recovery);
    delay("key_update_duration", &mut behaviour.key_update_duration);
    if let Some(entry) = fields.get("outage_tolerance") {
        behaviour.outage_tolerance = match &entry.value.kind {
            Kind::Text(text) if text == "unlimited" => None,
            _ => delay::delay(&entry.value, "outage_tolerance", Applied::Delay, context),
        };
    }
    if let Some(interval) = fields
        .get("poll_interval")
        .and_then(|entry| poll_interval(&entry.value, behaviour.poll_interval, context))
    {
        behaviour.poll_interval = interval;
    }
    let set = |key, into: &mut Duration| {
        if let Some(duration) = fields.optional(key, scalar::duration) {
            *into = duration;
        }
    };
    set("buffer_retention", &mut behaviour.buffer_retention);
    set("hot_cache_span", &mut behaviour.hot_cache_span);
    set(
        "soft_delete_retention",
        &mut behaviour.soft_delete_retention,
    );
    if let Some(refill) = fields.optional("hot_cache_refill", refill) {
        behaviour.hot_cache_refill = refill;
    }
    if let Some(scope) = fields.optional("revocation_scope", revocation_scope) {
        behaviour.revocation_scope = scope;
    }
    if let Some(fate) = fields.optional("buffer_on_revocation", buffer_on_revocation) {
        behaviour.buffer_on_revocation = fate;
    }
    fields.done(&Refused {
        not_yet: keys::CONTROL_PLANE.names().collect(),
        elsewhere: Vec::new(),
    });
    Some(behaviour)
}

fn revocation_scope(written: &Written) -> Read<RevocationScope> {
    const SCOPES: &[(&str, RevocationScope)] = &[
        ("account", RevocationScope::Account),
        ("cluster", RevocationScope::Cluster),
    ];
    scalar::choice(written, SCOPES)
}

fn buffer_on_revocation(written: &Written) -> Read<BufferOnRevocation> {
    const FATES: &[(&str, BufferOnRevocation)] = &[
        ("drop", BufferOnRevocation::Drop),
        ("hold", BufferOnRevocation::Hold),
    ];
    scalar::choice(written, FATES)
}

/// A duration, or `"never"`.
fn refill(written: &Written) -> Read<Option<Duration>> {
    match &written.kind {
        Kind::Text(text) if text == "never" => Ok(None),
        _ => scalar::duration(written).map(Some),
    }
}

fn poll_interval(
    written: &Written,
    default: PollInterval,
    context: &Context,
) -> Option<PollInterval> {
    const EXAMPLE: &str = "{ min = \"6s\", max = \"60s\" }";
    let Kind::Table(table) = &written.kind else {
        context.complain(scalar::wrong_kind(written, EXAMPLE));
        return None;
    };
    let fields = Fields::new(table, &keys::POLL_INTERVAL, &context.complaints);
    let min = fields.optional("min", scalar::positive_duration);
    let max = fields.optional("max", scalar::positive_duration);
    let interval = PollInterval {
        min: min.unwrap_or(default.min),
        max: max.unwrap_or(default.max),
    };
    if interval.min > interval.max {
        let message = format!("min ({}) is above max ({})", interval.min, interval.max);
        context.complain(Diagnostic::error(written.span, message));
    }
    fields.done(&Refused::default());
    Some(interval)
}
