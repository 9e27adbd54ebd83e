//! Workspaces.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table};
use super::super::{Source, Workspace, keys};
use super::cluster::Clusters;
use super::context::Context;
use super::fields::Fields;
use super::names::Names;
use super::{ingestion, scalar, site};

/// All workspaces, readable or not.
pub(super) struct Workspaces {
    pub(super) names: Names,
    pub(super) workspaces: Vec<Option<Workspace>>,
}

impl Workspaces {
    /// Whether a workspace replays a trace.
    pub(super) fn has_trace(&self, workspace: usize) -> bool {
        self.workspaces[workspace]
            .as_ref()
            .is_some_and(|workspace| matches!(workspace.ingestion.source, Source::Trace(_)))
    }
}

pub(super) fn workspaces(root: &Fields<'_>, clusters: &Clusters, context: &Context) -> Workspaces {
    let mut all = Workspaces {
        names: Names::new("workspaces"),
        workspaces: Vec::new(),
    };
    let tables = root.tables("workspace");
    if tables.is_empty()
        && let Some(entry) = root.need("workspace")
        && matches!(&entry.value.kind, Kind::List(list) if list.is_empty())
    {
        context.complain(
            Diagnostic::error(entry.value.span, "a scenario has at least one workspace")
                .help("write [[workspace]] with a name = \"logs\" and an ingestion = \"1 TB/day\""),
        );
    }
    for table in tables {
        let workspace = workspace(table, &mut all.names, clusters, context);
        all.workspaces.push(workspace);
    }
    all
}

fn workspace(
    table: &Table,
    names: &mut Names,
    clusters: &Clusters,
    context: &Context,
) -> Option<Workspace> {
    let mut fields = Fields::new(table, &keys::WORKSPACE, &context.complaints);
    let name = names.own(&mut fields, "workspace", context);
    let shared = fields
        .get("cluster")
        .is_some_and(|entry| matches!(&entry.value.kind, Kind::Text(text) if text == "none"));
    let cluster = if shared {
        Some(None)
    } else {
        clusters.at_the_start(&fields, context).map(Some)
    };
    let retention = fields
        .optional("retention", scalar::positive_duration)
        .unwrap_or_else(|| context.edition.retention());
    let history = fields.optional("history", |written| {
        let history = scalar::duration(written)?;
        if history <= retention {
            return Ok(history);
        }
        Err(
            Diagnostic::error(written.span, "the history is longer than the retention")
                .label(format!("at most {retention}: older data is purged")),
        )
    });
    let daily_cap = fields.optional("daily_cap", scalar::daily_cap).flatten();
    let ingestion = fields
        .need("ingestion")
        .and_then(|entry| ingestion::ingestion(&entry.value, context));
    let site = site::site(&fields);
    if let (Some(Some(cluster)), Some(site)) = (cluster, &site)
        && let Some(cluster) = &clusters.clusters[cluster]
    {
        site::together(
            &fields,
            site,
            "cluster",
            &cluster.name,
            &cluster.site,
            context,
        );
    }
    fields.done();
    Some(Workspace {
        name: name?,
        cluster: cluster?,
        retention,
        history: history.unwrap_or(retention),
        daily_cap,
        ingestion: ingestion?,
        site: site?,
    })
}
