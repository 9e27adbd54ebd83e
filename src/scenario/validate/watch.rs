//! What a response waits for: what is seen, of what, for how long.

use super::super::diagnostics::Diagnostic;
use super::super::file::Entry;
use super::super::{AlertRule, Delay, EventKind, Scope, Symptom};
use super::action::World;
use super::context::Context;
use super::delay::{self, Use};
use super::fields::Fields;
use super::scalar;
use crate::units::Duration;

/// Reads the keys of a response that are not of its kind.
pub(super) fn watch(
    fields: &Fields<'_>,
    kind: Option<EventKind>,
    world: &World<'_>,
    context: &Context,
) -> Option<AlertRule> {
    let symptom = fields.required("when", scalar::word_of);
    let held = fields.optional("for", scalar::duration);
    let over = fields.optional("even_if_over", scalar::truth);
    let delay = match fields.get("delay") {
        None => Some(Delay::constant(Duration::ZERO)),
        Some(entry) => delay::delay(&entry.value, "delay", Use::Delay, context),
    };
    if let (Some(Seen::Operation), Some(entry)) = (symptom.map(Seen::of), fields.get("for")) {
        context.complain(
            Diagnostic::error(
                entry.key_span,
                "the end of an operation is an instant, so `for` cannot apply",
            )
            .help("leave `for` out; to act later, write delay = \"5m\""),
        );
    }
    let scope = scope(fields, kind, symptom, world, context);
    Some(AlertRule {
        symptom: symptom?,
        scope: scope?,
        held: held.unwrap_or(Duration::ZERO),
        delay: delay?,
        even_if_over: over.unwrap_or(false),
    })
}

/// What kind of thing is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// What happens to data and queries: of a cluster, or of a workspace.
    Data,
    /// What the log of a vault shows: of a cluster alone.
    Vault,
    /// How an operation ended: of a cluster, or of a workspace.
    Operation,
}

impl Seen {
    fn of(symptom: Symptom) -> Seen {
        match symptom {
            Symptom::QueriesFail | Symptom::DataDropped | Symptom::DataBuffered => Seen::Data,
            Symptom::KeyDenied => Seen::Vault,
            Symptom::OperationFailed | Symptom::OperationRejected | Symptom::OperationSucceeded => {
                Seen::Operation
            }
        }
    }
}

/// What is watched: the cluster or workspace that the response names. Where it names both, one
/// may be what its kind is about; then the other one is watched.
fn scope(
    fields: &Fields<'_>,
    kind: Option<EventKind>,
    symptom: Option<Symptom>,
    world: &World<'_>,
    context: &Context,
) -> Option<Scope> {
    let takes = |key| kind.is_none_or(|kind| kind.key(key).is_some());
    let (workspace, cluster) = (fields.get("workspace"), fields.get("cluster"));
    let vault = symptom.map(Seen::of) == Some(Seen::Vault);
    if let (Some(entry), true, false) = (workspace, vault, takes("workspace")) {
        context.complain(
            Diagnostic::error(
                entry.key_span,
                "a key vault denies requests of clusters, not of workspaces",
            )
            .help("write cluster = \"NAME\", or leave it out to watch all of them"),
        );
        return None;
    }
    if let (Some(first), Some(second), false, false) =
        (workspace, cluster, takes("workspace"), takes("cluster"))
    {
        context.complain(
            Diagnostic::error(
                second.key_span,
                "`workspace` and `cluster` cannot be used together",
            )
            .label("a response watches one of them")
            .also(first.key_span, "the other"),
        );
        return None;
    }
    let prefer_cluster = vault || (takes("workspace") && !takes("cluster"));
    let find_cluster = |entry: &Entry| {
        let found = world.clusters.names.find(&entry.value);
        context.take(found).map(Scope::Cluster)
    };
    let find_workspace = |entry: &Entry| {
        let found = world.workspaces.names.find(&entry.value);
        context.take(found).map(Scope::Workspace)
    };
    match (workspace, cluster) {
        (None, None) => Some(Scope::Total),
        // It is what the response is about, and no workspace is denied anything.
        (Some(_), None) if vault => Some(Scope::Total),
        (Some(_), Some(entry)) if prefer_cluster => find_cluster(entry),
        (Some(entry), _) => find_workspace(entry),
        (None, Some(entry)) => find_cluster(entry),
    }
}
