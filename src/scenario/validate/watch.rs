//! What a response waits for: what is seen, of what, for how long.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Entry, Written};
use super::super::keys::EventKind;
use super::super::{Delay, Scope, Sight, Watch};
use super::Context;
use super::action::World;
use super::delay::{self, Use};
use super::fields::Fields;
use super::scalar::{self, Read};
use crate::units::Duration;

/// Reads the keys of a response that are not of its kind.
pub(super) fn watch(
    fields: &Fields<'_>,
    kind: Option<&EventKind>,
    world: &World<'_>,
    context: &Context,
) -> Option<Watch> {
    let sight = fields.required("when", sight);
    let held = fields.optional("for", scalar::duration);
    let over = fields.optional("even_if_over", scalar::truth);
    let delay = match fields.get("delay") {
        None => Some(Delay::constant(Duration::ZERO)),
        Some(entry) => delay::delay(&entry.value, "delay", Use::Delay, context),
    };
    if let (Some(Seen::Operation), Some(entry)) = (sight.map(Seen::of), fields.get("for")) {
        context.complain(
            Diagnostic::error(entry.key_span, "the end of an operation does not last")
                .help("leave `for` out; to act later write delay = \"5m\""),
        );
    }
    let scope = scope(fields, kind, sight, world, context);
    Some(Watch {
        sight: sight?,
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
    fn of(sight: Sight) -> Seen {
        match sight {
            Sight::QueriesFail | Sight::DataDropped | Sight::DataBuffered => Seen::Data,
            Sight::KeyDenied => Seen::Vault,
            Sight::OperationFailed | Sight::OperationRejected | Sight::OperationSucceeded => {
                Seen::Operation
            }
        }
    }
}

/// What is watched: the cluster or workspace that the response names. Where it names both, one
/// may be what its kind is about; then the other one is watched.
fn scope(
    fields: &Fields<'_>,
    kind: Option<&EventKind>,
    sight: Option<Sight>,
    world: &World<'_>,
    context: &Context,
) -> Option<Scope> {
    let takes = |key| kind.is_none_or(|kind| kind.keys.iter().any(|own| own.name == key));
    let (workspace, cluster) = (fields.get("workspace"), fields.get("cluster"));
    let vault = sight.map(Seen::of) == Some(Seen::Vault);
    if let (Some(entry), true, false) = (workspace, vault, takes("workspace")) {
        context.complain(
            Diagnostic::error(entry.key_span, "a vault denies clusters, not workspaces")
                .help("write cluster = \"NAME\", or leave it out to watch all of them"),
        );
        return None;
    }
    if let (Some(first), Some(second), false, false) =
        (workspace, cluster, takes("workspace"), takes("cluster"))
    {
        context.complain(
            Diagnostic::error(second.key_span, "both `workspace` and `cluster`")
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

fn sight(written: &Written) -> Read<Sight> {
    const SIGHTS: &[(&str, Sight)] = &[
        ("queries_fail", Sight::QueriesFail),
        ("data_dropped", Sight::DataDropped),
        ("data_buffered", Sight::DataBuffered),
        ("key_denied", Sight::KeyDenied),
        ("operation_failed", Sight::OperationFailed),
        ("operation_rejected", Sight::OperationRejected),
        ("operation_succeeded", Sight::OperationSucceeded),
    ];
    scalar::choice(written, SIGHTS)
}
