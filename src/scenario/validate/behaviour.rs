//! `[behaviour]`: the parameters of an edition, and what the scenario changes of them.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{
    Behaviour, BufferOnRevocation, DEFAULT_EDITION, Delay, DeleteWithWorkspaces, Edition,
    PollInterval, RevocationScope, SubscriptionApproval,
};
use super::Context;
use super::delay::{self, Use};
use super::fields::{Fields, Refused};
use super::scalar::{self, Read};
use crate::units::{Duration, Rate};

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
    fields.done(&Refused::default());
    Some(behaviour)
}

/// The parameters with those of the scenario in their place, and `delays` applied to all.
fn changed(
    fields: &Fields<'_>,
    root: &Fields<'_>,
    mut behaviour: Behaviour,
    context: &Context,
) -> Behaviour {
    let delay = |key, default| delay_of(fields, key, default, root, context);
    behaviour.outage_recovery = delay("outage_recovery", behaviour.outage_recovery);
    behaviour.revocation_delay = delay("revocation_delay", behaviour.revocation_delay);
    behaviour.revocation_recovery = delay("revocation_recovery", behaviour.revocation_recovery);
    behaviour.key_update_duration = delay("key_update_duration", behaviour.key_update_duration);
    let (key, default) = ("outage_tolerance", behaviour.outage_tolerance.take());
    behaviour.outage_tolerance = delay_or("unlimited", fields, key, default, root, context);
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
    if let Some(refill) = fields.optional("hot_cache_refill", or_never) {
        behaviour.hot_cache_refill = refill;
    }
    if let Some(scope) = fields.optional("revocation_scope", revocation_scope) {
        behaviour.revocation_scope = scope;
    }
    if let Some(fate) = fields.optional("buffer_on_revocation", buffer_on_revocation) {
        behaviour.buffer_on_revocation = fate;
    }
    control_plane(fields, root, behaviour, context)
}

/// The same for the parameters of operations.
fn control_plane(
    fields: &Fields<'_>,
    root: &Fields<'_>,
    mut behaviour: Behaviour,
    context: &Context,
) -> Behaviour {
    let delay = |key, into: &mut Delay| {
        *into = delay_of(fields, key, into.clone(), root, context);
    };
    delay(
        "provisioning_duration",
        &mut behaviour.provisioning_duration,
    );
    delay("association_duration", &mut behaviour.association_duration);
    delay(
        "disassociation_duration",
        &mut behaviour.disassociation_duration,
    );
    let key = "cluster_recovery_duration";
    let default = behaviour.cluster_recovery_duration.take();
    behaviour.cluster_recovery_duration = delay_or("never", fields, key, default, root, context);
    let set = |key, into: &mut Duration| {
        if let Some(duration) = fields.optional(key, scalar::duration) {
            *into = duration;
        }
    };
    set("cluster_soft_delete", &mut behaviour.cluster_soft_delete);
    set("capacity_lock", &mut behaviour.capacity_lock);
    let count = |key, into: &mut u64| {
        if let Some(count) = fields.optional(key, |written| scalar::whole(written, 1, 1_000)) {
            *into = count;
        }
    };
    count("clusters_per_region", &mut behaviour.clusters_per_region);
    count(
        "associations_per_30_days",
        &mut behaviour.associations_per_30_days,
    );
    if let Some(approval) = fields.optional("subscription_approval", subscription_approval) {
        behaviour.subscription_approval = approval;
    }
    if let Some(fate) = fields.optional("delete_with_workspaces", delete_with_workspaces) {
        behaviour.delete_with_workspaces = fate;
    }
    if let Some(autorotation) = fields.optional("autorotation", positive_or_never) {
        behaviour.autorotation = autorotation;
    }
    let levels = fields.get("capacity_levels");
    if let Some(levels) = levels.and_then(|entry| capacity_levels(&entry.value, context)) {
        behaviour.capacity_levels = levels;
    }
    behaviour
}

/// A delay that the scenario sets, or that of the edition.
fn delay_of(
    fields: &Fields<'_>,
    key: &'static str,
    default: Delay,
    root: &Fields<'_>,
    context: &Context,
) -> Delay {
    match fields.get(key) {
        Some(entry) => delay::delay(&entry.value, key, Use::Delay, context).unwrap_or(default),
        None => settled(key, default, root, context),
    }
}

/// The same where a word means that there is none.
fn delay_or(
    word: &str,
    fields: &Fields<'_>,
    key: &'static str,
    default: Option<Delay>,
    root: &Fields<'_>,
    context: &Context,
) -> Option<Delay> {
    let settled = |default| delay_of(fields, key, default, root, context);
    match fields.get(key).map(|entry| &entry.value.kind) {
        Some(Kind::Text(text)) if text == word => None,
        Some(_) => Some(settled(Delay::constant(Duration::ZERO))),
        None => default.map(settled),
    }
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

fn subscription_approval(written: &Written) -> Read<SubscriptionApproval> {
    const WORDS: &[(&str, SubscriptionApproval)] = &[
        ("required", SubscriptionApproval::Required),
        ("none", SubscriptionApproval::None),
    ];
    scalar::choice(written, WORDS)
}

fn delete_with_workspaces(written: &Written) -> Read<DeleteWithWorkspaces> {
    const FATES: &[(&str, DeleteWithWorkspaces)] = &[
        ("disassociate", DeleteWithWorkspaces::Disassociate),
        ("fail", DeleteWithWorkspaces::Fail),
    ];
    scalar::choice(written, FATES)
}

/// A duration, or `"never"`.
fn or_never(written: &Written) -> Read<Option<Duration>> {
    match &written.kind {
        Kind::Text(text) if text == "never" => Ok(None),
        _ => scalar::duration(written).map(Some),
    }
}

/// A duration above zero, or `"never"`.
fn positive_or_never(written: &Written) -> Read<Option<Duration>> {
    match or_never(written)? {
        None => Ok(None),
        Some(_) => scalar::positive_duration(written).map(Some),
    }
}

/// A list of rates, the lowest first whatever the order of the file.
fn capacity_levels(written: &Written, context: &Context) -> Option<Vec<Rate>> {
    const EXAMPLE: &str = "a list of rates such as [\"500 GB/day\", \"1000 GB/day\"]";
    let Kind::List(list) = &written.kind else {
        context.complain(scalar::wrong_kind(written, EXAMPLE));
        return None;
    };
    if list.is_empty() {
        context.complain(
            Diagnostic::error(written.span, "no capacity reservation could be had")
                .help(format!("write {EXAMPLE}")),
        );
        return None;
    }
    let mut levels = context.take_each(list, scalar::rate)?;
    levels.sort_unstable();
    levels.dedup();
    Some(levels)
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
