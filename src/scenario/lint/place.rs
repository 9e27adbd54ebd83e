//! An operation that links what is in two regions or tenants: it is always refused.

use super::super::diagnostics::Diagnostic;
use super::super::{Action, Site};
use super::Written;

pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    for (index, event) in written.scenario.events.iter().enumerate() {
        let Some((part, reason)) = apart(written, &event.action) else {
            continue;
        };
        let message = "this operation is always refused";
        found.push(
            Diagnostic::warning(written.event(index), message)
                .label(reason)
                .help(format!(
                    "a cluster, its vault and its workspaces are in one {part}: name the same one everywhere, or none"
                )),
        );
    }
}

/// In what the two things that an operation links differ, and how.
fn apart(written: &Written<'_>, action: &Action) -> Option<(&'static str, String)> {
    let scenario = written.scenario;
    let cluster = |index: usize| &scenario.clusters[index];
    if let Action::AssociateWorkspace {
        workspace,
        cluster: to,
    } = action
    {
        let workspace = &scenario.workspaces[*workspace];
        let one = ("workspace", workspace.name.as_str(), &workspace.site);
        return between(one, &cluster(*to).name, &cluster(*to).site);
    }
    if let Action::UpdateClusterKey { cluster: told, key } = action {
        let vault = &scenario.key_vaults[key.vault];
        let one = ("key vault", vault.name.as_str(), &vault.site);
        return between(one, &cluster(*told).name, &cluster(*told).site);
    }
    None
}

fn between(
    (what, name, site): (&str, &str, &Site),
    cluster: &str,
    of_cluster: &Site,
) -> Option<(&'static str, String)> {
    let parts = [
        ("region", &site.region, &of_cluster.region),
        ("tenant", &site.tenant, &of_cluster.tenant),
    ];
    let (part, one, other) = parts.into_iter().find(|(_, one, other)| one != other)?;
    let reason = format!(
        "the {what} `{name}` is in the {part} {one:?}, the cluster `{cluster}` in {other:?}"
    );
    Some((part, reason))
}
