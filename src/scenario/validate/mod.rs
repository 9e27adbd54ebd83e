//! From what was written to what is meant: every table read, every name resolved, every default
//! filled in, and every mistake complained of.

mod action;
mod cluster;
mod context;
mod delay;
mod drawn;
mod event;
mod fault;
mod fields;
mod ingestion;
mod key_vault;
mod lever;
mod limits;
mod names;
mod operation;
mod parameters;
mod prices;
mod scalar;
mod sequence;
mod site;
mod sweep;
mod versions;
mod watch;
mod what_if;
mod workspace;

use super::choice::Delays;
use super::diagnostics::{Complaints, Diagnostic};
use super::file::{Kind, Table, Written};
use super::measured::Measured;
use super::{
    Content, DEFAULT_EDITION, Edition, Expectation, Scenario, Statistic, Sweep, expectation, keys,
};
pub(super) use cluster::creations as cluster_creations;
use context::Context;
pub(super) use event::names as event_names;
use fields::Fields;
pub(super) use names::Names;

/// The scenario that a tree means, if it means one, and what is wrong with it.
pub(super) fn scenario(root: &Table, measured: Measured) -> (Option<Scenario>, Vec<Diagnostic>) {
    let edition = Edition::named(DEFAULT_EDITION).expect("it exists");
    let mut context = Context::new(edition, measured);
    read_head(root, &mut context);
    let scenario = read(root, &context);
    (scenario, context.complaints.into_list())
}

/// What all tables need to know.
fn read_head(root: &Table, context: &mut Context) {
    let first = Complaints::default();
    let head = Fields::new(root, &keys::SCENARIO, &first);
    context.duration = head.required("duration", scalar::positive_duration);
    context.start = head.optional("start", scalar::instant);
    let delays = head.optional("delays", scalar::word_of);
    context.delays = delays.unwrap_or(Delays::Sampled);
    context.edition = parameters::edition(&head);
    for complaint in first.into_list() {
        context.complain(complaint);
    }
}

/// Whether a sweep replays each point many times, as far as is known.
fn is_of_many(sweep: &Sweep) -> bool {
    sweep.replications != Some(1)
}

fn read(root: &Table, context: &Context) -> Option<Scenario> {
    let fields = Fields::new(root, &keys::SCENARIO, &context.complaints);
    fields.need("duration");
    let title = fields.optional("title", scalar::owned_text);
    let description = fields.optional("description", scalar::owned_text);
    let seed = fields.optional("seed", sweep::seed);
    let mut readable = true;
    let replications = fields.checked("replications", sweep::replications, &mut readable);
    let replication = fields.optional("replication", sweep::replication);
    let sweep = sweep::sweep(&fields, context);
    let what_ifs = what_if::what_ifs(&fields, context);
    let levers = lever::levers(&fields, context);
    let behaviour = parameters::behaviour(&fields, context);
    let prices = parameters::prices(&fields, context);
    let rotates = behaviour
        .as_ref()
        .is_some_and(|behaviour| behaviour.autorotation.is_some());
    let vaults = key_vault::key_vaults(&fields, context);
    let clusters = cluster::clusters(&fields, &vaults, rotates, context);
    let workspaces = workspace::workspaces(&fields, &clusters, context);
    let world = action::World {
        vaults: &vaults,
        clusters: &clusters,
        workspaces: &workspaces,
        poll_interval: behaviour.as_ref().map(|behaviour| behaviour.poll_interval),
    };
    let (events, faults) = event::events(&fields, &world, context).unzip();
    let allowed_subscriptions = fields
        .get("allowed_subscriptions")
        .map(|entry| subscriptions(&entry.value, context));
    let replications = replications.unwrap_or(1);
    let scopes = expectation::Scopes {
        workspaces: &workspaces.names,
        clusters: &clusters.names,
        currency: prices.as_ref().map_or("", |prices| &prices.currency),
    };
    // A number that cannot be read may have been meant to be many.
    let many = !readable || replications > 1 || sweep.iter().flatten().any(is_of_many);
    let expectations = expectations(&fields, &scopes, many, context);
    fields.done();
    let unchecked = Content {
        title,
        description,
        edition: context.edition.name.clone(),
        duration: context.duration?,
        start: context.start,
        seed: seed.unwrap_or(1),
        replications,
        replication: replication.unwrap_or(0),
        sweep: sweep?,
        what_ifs: what_ifs?,
        levers: levers?,
        expectations: expectations?,
        behaviour: behaviour?,
        prices: prices?,
        key_vaults: vaults.vaults.into_iter().collect::<Option<_>>()?,
        clusters: clusters.clusters.into_iter().collect::<Option<_>>()?,
        workspaces: workspaces.workspaces.into_iter().collect::<Option<_>>()?,
        allowed_subscriptions: allowed_subscriptions.map_or(Some(None), |all| all.map(Some))?,
        events: events?,
        faults: faults?,
    };
    let scenario = Scenario { unchecked };
    context.take(limits::volume(&scenario, root.span));
    Some(scenario)
}

fn subscriptions(written: &Written, context: &Context) -> Option<Vec<String>> {
    let Kind::List(list) = &written.kind else {
        context.complain(scalar::wrong_kind(
            written,
            "a list of subscriptions such as [\"production\"]",
        ));
        return None;
    };
    context.take_each(list, scalar::word)
}

/// What is expected. `many`: there is more than one replication.
fn expectations(
    fields: &Fields<'_>,
    scopes: &expectation::Scopes<'_>,
    many: bool,
    context: &Context,
) -> Option<Vec<Expectation>> {
    let Some(entry) = fields.get("expect") else {
        return Some(Vec::new());
    };
    let Kind::List(list) = &entry.value.kind else {
        context.complain(scalar::wrong_kind(
            &entry.value,
            "a list of expectations such as [\"dropped == 0 B\"]",
        ));
        return None;
    };
    context.take_each(list, |written| {
        let read = expectation::expectation(scalar::text(written)?, written.span, scopes)?;
        if read.statistic == Statistic::Each || many {
            return Ok(read);
        }
        Err(
            Diagnostic::error(written.span, "a statistic needs more than one replication")
                .help("write replications = 1000, or the measure alone"),
        )
    })
}
