//! What an event does, and to what.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Written};
use super::super::{Access, Action, KeyTarget};
use super::Context;
use super::cluster::{self, Clusters};
use super::fields::Fields;
use super::resources::{self, KeyVaults, Workspaces};
use super::scalar;
use super::versions::{Mention, Versions};
use crate::units::Probability;

/// What the names in an event can refer to.
pub(super) struct World<'a> {
    pub(super) vaults: &'a KeyVaults,
    pub(super) clusters: &'a Clusters,
    pub(super) workspaces: &'a Workspaces,
}

/// Reads the keys of one event that its kind asks for.
pub(super) struct ActionReader<'a> {
    pub(super) fields: &'a Fields<'a>,
    pub(super) world: &'a World<'a>,
    pub(super) context: &'a Context,
    /// Gathers what the events say of key versions.
    pub(super) versions: &'a mut Versions,
}

impl ActionReader<'_> {
    /// The action of a kind, one of [`keys::EVENT_KINDS`](super::super::keys::EVENT_KINDS).
    pub(super) fn read(&mut self, kind: &str) -> Option<Action> {
        match kind {
            "key_vault_outage" => {
                let (vault, failure) = self.vault().zip(self.failure())?;
                Some(Action::KeyVaultOutage { vault, failure })
            }
            "key_vault_denials" => {
                let (vault, failure) = self.vault().zip(self.failure())?;
                Some(Action::KeyVaultDenials { vault, failure })
            }
            "identity_outage" => {
                let failure = self.failure()?;
                Some(Action::IdentityOutage { failure })
            }
            "storage_outage" => {
                let cluster = self.cluster()?;
                Some(Action::StorageOutage { cluster })
            }
            "disable_key" => self.version().map(Action::DisableKey),
            "enable_key" => self.version().map(Action::EnableKey),
            "expire_key" => self.version().map(Action::ExpireKey),
            "extend_key" => self.version().map(Action::ExtendKey),
            "create_key_version" => self.new_version().map(Action::CreateKeyVersion),
            "delete_key" => self.key().map(Action::DeleteKey),
            "recover_key" => self.key().map(Action::RecoverKey),
            "purge_key" => self.key().map(Action::PurgeKey),
            "remove_access" => {
                let (cluster, permissions) = self.cluster().zip(self.permissions())?;
                Some(Action::RemoveAccess {
                    cluster,
                    permissions,
                })
            }
            "grant_access" => {
                let (cluster, permissions) = self.cluster().zip(self.permissions())?;
                Some(Action::GrantAccess {
                    cluster,
                    permissions,
                })
            }
            "update_cluster_key" => {
                let (cluster, key) = self.cluster().zip(self.version())?;
                Some(Action::UpdateClusterKey { cluster, key })
            }
            "set_ingestion" => self.set_ingestion(),
            _ => self.of_workspace(kind),
        }
    }

    /// The kinds that are about a workspace and one value.
    fn of_workspace(&self, kind: &str) -> Option<Action> {
        match kind {
            "ingestion_surge" => {
                let workspace = self.workspace();
                let factor = self.fields.required("factor", scalar::factor);
                let (workspace, factor) = workspace.zip(factor)?;
                Some(Action::IngestionSurge { workspace, factor })
            }
            "set_retention" => {
                let workspace = self.workspace();
                let retention = self.fields.required("retention", scalar::positive_duration);
                let (workspace, retention) = workspace.zip(retention)?;
                Some(Action::SetRetention {
                    workspace,
                    retention,
                })
            }
            "set_daily_cap" => {
                let workspace = self.workspace();
                let cap = self.fields.required("daily_cap", scalar::daily_cap);
                let (workspace, daily_cap) = workspace.zip(cap)?;
                Some(Action::SetDailyCap {
                    workspace,
                    daily_cap,
                })
            }
            _ => self.operation(kind),
        }
    }

    fn vault(&self) -> Option<usize> {
        let names = &self.world.vaults.names;
        names.resolve(self.fields, "vault", &self.context.complaints)
    }

    pub(super) fn cluster(&self) -> Option<usize> {
        let names = &self.world.clusters.names;
        names.resolve(self.fields, "cluster", &self.context.complaints)
    }

    pub(super) fn workspace(&self) -> Option<usize> {
        let names = &self.world.workspaces.names;
        names.resolve(self.fields, "workspace", &self.context.complaints)
    }

    fn failure(&self) -> Option<Probability> {
        match self.fields.get("failure_probability") {
            None => Some(Probability::ALWAYS),
            Some(entry) => self.context.take(scalar::probability(&entry.value)),
        }
    }

    fn permissions(&self) -> Option<Access> {
        match self.fields.get("permissions") {
            None => Some(Access::ALL),
            Some(entry) => permissions(&entry.value, self.context),
        }
    }

    fn set_ingestion(&self) -> Option<Action> {
        let fields = self.fields;
        let workspace = self.workspace();
        let rate_entry = fields.get("rate");
        let rate = fields.optional("rate", scalar::rate);
        let factor = fields.optional("factor", scalar::factor);
        let factor_entry = fields.get("factor");
        if rate_entry.is_none() && factor_entry.is_none() {
            self.context.complain(
                Diagnostic::error(fields.span(), format!("{} sets nothing", fields.what()))
                    .help("say what arrives from now on: rate = \"1 TB/day\", or factor = 2")
                    .consequence(),
            );
            return None;
        }
        let workspace = workspace?;
        if let (Some(entry), true) = (rate_entry, self.world.workspaces.has_trace(workspace)) {
            self.context.complain(
                Diagnostic::error(
                    entry.key_span,
                    "this workspace replays a trace, which has no rate",
                )
                .help("write factor = 2 for twice as much as the trace says"),
            );
        }
        Some(Action::SetIngestion {
            workspace,
            rate,
            factor,
        })
    }

    /// A key.
    fn key(&self) -> Option<KeyTarget> {
        let vault = self.vault()?;
        let names = &self.world.vaults.keys[vault].names;
        let key = names.resolve(self.fields, "key", &self.context.complaints)?;
        Some(KeyTarget {
            vault,
            key,
            version: None,
        })
    }

    /// A version of a key, which must exist at the start or be created by an event.
    fn version(&mut self) -> Option<KeyTarget> {
        let mention = self.mention(scalar::name)?;
        let target = mention.target();
        self.versions.used.push(mention);
        Some(target)
    }

    /// A version of a key that does not exist yet.
    fn new_version(&mut self) -> Option<KeyTarget> {
        let mention = self.mention(resources::version_name)?;
        let target = mention.target();
        self.versions.created.push(mention);
        Some(target)
    }

    fn mention(&self, read: fn(&Written) -> scalar::Read<String>) -> Option<Mention> {
        let version = self.fields.optional("version", |written| {
            read(written).map(|name| (name, written.span))
        });
        let KeyTarget { vault, key, .. } = self.key()?;
        Some(Mention {
            vault,
            key,
            version,
        })
    }
}

fn permissions(written: &Written, context: &Context) -> Option<Access> {
    if matches!(&written.kind, Kind::List(list) if list.is_empty()) {
        context.complain(
            Diagnostic::error(written.span, "no permissions: this event does nothing")
                .help("leave the key out for all three"),
        );
        return None;
    }
    cluster::access(written, context)
}
