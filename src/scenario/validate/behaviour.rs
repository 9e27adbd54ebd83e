//! `[behaviour]`: the parameters of an edition, and what the scenario changes of them.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{
    Behaviour, BufferOnRevocation, DEFAULT_EDITION, Delay, Edition, PollInterval, RevocationScope,
};
use super::Context;
use super::delay::{self, Use};
use super::fields::{Fields, Refused};
use super::scalar::{self, Read};
use crate::units::Duration;

/// The edition that the scenario names.
pub(super) fn edition(root: &Fields<'_>) -> &'static Edition {
    let choices: Vec<_> = Edition::all()
        .iter()
        .map(|edition| (edition.name.as_str(), edition))
        .collect();
    root.optional("edition", |written| scalar::choice(written, &choices))
        .or(Edition::named(DEFAULT_EDITION))
        .expect("the default edition exists")
}

/// The parameters of the edition as the scenario changes them.
pub(super) fn behaviour(root: &Fields<'_>, context: &Context) -> Option<Behaviour> {
    let none = Table {
        entries: Vec::new(),
        span: root.span(),
    };
    let table = match root.get("behaviour") {
        None => &none,
        Some(entry) => match &entry.value.kind {
            Kind::Table(table) => table,
            _ => {
                context.complain(scalar::wrong_kind(&entry.value, "a table [behaviour]"));
                return None;
            }
        },
    };
    let fields = Fields::new(table, &keys::BEHAVIOUR, &context.complaints);
    let behaviour = changed(&fields, root, context.edition.behaviour(), context);
    fields.done(&Refused {
        not_yet: keys::CONTROL_PLANE.names().collect(),
        elsewhere: Vec::new(),
    });
    Some(behaviour)
}

/// The parameters with those of the scenario in their place, and `delays` applied to all.
fn changed(
    fields: &Fields<'_>,
    root: &Fields<'_>,
    mut behaviour: Behaviour,
    context: &Context,
) -> Behaviour {
    let delay = |key, default: Delay| match fields.get(key) {
        Some(entry) => delay::delay(&entry.value, key, Use::Delay, context).unwrap_or(default),
        None => settled(key, default, root, context),
    };
    behaviour.outage_recovery = delay("outage_recovery", behaviour.outage_recovery);
    behaviour.revocation_delay = delay("revocation_delay", behaviour.revocation_delay);
    behaviour.revocation_recovery = delay("revocation_recovery", behaviour.revocation_recovery);
    behaviour.key_update_duration = delay("key_update_duration", behaviour.key_update_duration);
    behaviour.outage_tolerance = match fields
        .get("outage_tolerance")
        .map(|entry| &entry.value.kind)
    {
        Some(Kind::Text(text)) if text == "unlimited" => None,
        Some(_) => Some(delay("outage_tolerance", Delay::constant(Duration::ZERO))),
        None => behaviour
            .outage_tolerance
            .map(|default| delay("outage_tolerance", default)),
    };
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
    behaviour
}

/// A default of the edition with `delays` applied.
fn settled(key: &str, default: Delay, root: &Fields<'_>, context: &Context) -> Delay {
    delay::settled(default.clone(), context.delays).unwrap_or_else(|delay::Unbounded| {
        let span = root
            .get("delays")
            .map_or(root.span(), |entry| entry.value.span);
        context.complain(
            Diagnostic::error(span, format!("the edition's `{key}` has no longest")).help(format!(
                "set one in [behaviour]: {key} = {{ ..., max = \"24h\" }}"
            )),
        );
        default
    })
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
