//! What an event that asks for a cluster says of it.

use super::super::diagnostics::{Diagnostic, Span};
use super::super::{Action, Billing, Cluster};
use super::action::ActionReader;
use super::cluster;
use super::{scalar, site};

impl ActionReader<'_> {
    pub(super) fn create_cluster(&self) -> Option<Action> {
        let fields = self.fields;
        let name = fields.required("cluster", |written| {
            scalar::name(written).map(|name| (name, written.span))
        });
        if let Some((_, span)) = name.as_ref().filter(|(name, _)| name == "none") {
            self.context.complain(cluster::named_none(*span));
        }
        let capacity = fields.optional("capacity_reservation", scalar::rate);
        let billing = fields.optional("billing", scalar::word_of);
        let key = fields.get("key").map(|entry| {
            cluster::cluster_key(&entry.value, self.world.vaults, false, self.context)
        });
        let accounts = fields.optional("storage_accounts", cluster::storage_accounts);
        let site = site::site(fields);
        let (name, _) = name?;
        let names = &self.world.clusters.names;
        let cluster = names.index(&name)?;
        if let (Some(known), Some(site), Some(span)) = (
            &self.world.clusters.clusters[cluster],
            site,
            names.span(cluster),
        ) {
            let parts = [
                ("storage_accounts", accounts != Some(known.storage_accounts)),
                ("region", site.region != known.site.region),
                ("tenant", site.tenant != known.site.tenant),
                ("subscription", site.subscription != known.site.subscription),
            ];
            for (key, _) in parts.into_iter().filter(|(_, differs)| *differs) {
                self.complain_of_another(key, known, span);
            }
        }
        Some(Action::CreateCluster {
            cluster,
            capacity,
            billing: billing.unwrap_or(Billing::Cluster),
            with_key: key.unwrap_or(Some(None))?.is_some(),
        })
    }

    /// Complains where this description of a cluster differs from the first one, which holds.
    fn complain_of_another(&self, key: &'static str, known: &Cluster, first: Span) {
        let Some(entry) = self.fields.get(key) else {
            return;
        };
        let message = format!(
            "`{key}` differs from the first description of `{}`",
            known.name
        );
        self.context.complain(
            Diagnostic::error(entry.value.span, message)
                .also(first, "here")
                .help("leave it out: the same cluster is created again"),
        );
    }
}
