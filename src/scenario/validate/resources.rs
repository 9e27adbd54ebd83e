//! Key vaults, clusters and workspaces.

use super::super::diagnostics::{Diagnostic, Span, one_text_of};
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{Access, Billing, Cluster, ClusterKey, KeyVault, Site, VaultKey, Workspace};
use super::fields::{Fields, Refused};
use super::names::Names;
use super::scalar::{self, Read};
use super::{Context, ingestion};

/// Where a thing lives matters only to operations that come later.
fn places() -> Refused {
    Refused {
        not_yet: vec!["region", "tenant", "subscription"],
        elsewhere: Vec::new(),
    }
}

const MOST_STORAGE_ACCOUNTS: u64 = 10_000;

/// All key vaults, with the names of their keys and versions, readable or not.
pub(super) struct KeyVaults {
    pub(super) names: Names,
    pub(super) keys: Vec<Keys>,
    pub(super) vaults: Vec<Option<KeyVault>>,
}

/// The keys of one vault.
pub(super) struct Keys {
    pub(super) names: Names,
    /// Of each key.
    pub(super) versions: Vec<Names>,
}

pub(super) fn key_vaults(root: &Fields<'_>, context: &Context) -> KeyVaults {
    let mut all = KeyVaults {
        names: Names::new("key vaults"),
        keys: Vec::new(),
        vaults: Vec::new(),
    };
    let tables = root.tables("key_vault");
    if tables.is_empty() {
        all.names
            .add(Some(("vault".to_owned(), root.span())), &context.complaints);
        let (keys, vault_keys) = default_keys(root.span(), context);
        all.keys.push(keys);
        all.vaults.push(vault_keys.map(|keys| KeyVault {
            name: "vault".to_owned(),
            soft_delete: true,
            purge_protection: true,
            keys,
            site: Site::default(),
        }));
    }
    for table in tables {
        key_vault(table, context, &mut all);
    }
    all
}

fn key_vault(table: &Table, context: &Context, all: &mut KeyVaults) {
    let mut fields = Fields::new(table, &keys::KEY_VAULT, &context.complaints);
    let name = named(&mut fields, "key vault", &mut all.names, context);
    let soft_delete = fields.optional("soft_delete", scalar::truth);
    let purge_protection = fields.optional("purge_protection", scalar::truth);
    if soft_delete == Some(false) && purge_protection == Some(true) {
        context.complain(
            Diagnostic::error(table.span, "purge protection needs soft delete")
                .help("write soft_delete = true, or purge_protection = false"),
        );
    }
    let (keys, vault_keys) = match fields.get("keys") {
        None => default_keys(table.span, context),
        Some(entry) => keys(&entry.value, context),
    };
    all.keys.push(keys);
    fields.done(&places());
    let soft_delete = soft_delete.unwrap_or(true);
    all.vaults
        .push(name.zip(vault_keys).map(|(name, keys)| KeyVault {
            name,
            soft_delete,
            purge_protection: purge_protection.unwrap_or(soft_delete),
            keys,
            site: Site::default(),
        }));
}

/// The name of a thing, taken into the list of names whether it can be read or not.
fn named(
    fields: &mut Fields<'_>,
    what: &str,
    names: &mut Names,
    context: &Context,
) -> Option<String> {
    let name = fields.required("name", |written| {
        scalar::name(written).map(|name| (name, written.span))
    });
    if let Some((name, _)) = &name {
        fields.called(format!("{what} `{name}`"));
    }
    names.add(name.clone(), &context.complaints);
    name.map(|(name, _)| name)
}

/// One key "key" at version "1".
fn default_keys(span: Span, context: &Context) -> (Keys, Option<Vec<VaultKey>>) {
    let mut keys = Keys {
        names: Names::new("keys of this vault"),
        versions: vec![Names::new("versions of this key")],
    };
    keys.names
        .add(Some(("key".to_owned(), span)), &context.complaints);
    keys.versions[0].add(Some(("1".to_owned(), span)), &context.complaints);
    let key = VaultKey {
        name: "key".to_owned(),
        versions: vec!["1".to_owned()],
    };
    (keys, Some(vec![key]))
}

/// `{ cmk = ["1", "2"] }`.
fn keys(written: &Written, context: &Context) -> (Keys, Option<Vec<VaultKey>>) {
    const EXAMPLE: &str = "a table of keys and their versions such as { cmk = [\"1\"] }";
    let mut keys = Keys {
        names: Names::new("keys of this vault"),
        versions: Vec::new(),
    };
    let Kind::Table(table) = &written.kind else {
        context.complain(scalar::wrong_kind(written, EXAMPLE));
        return (keys, None);
    };
    if table.entries.is_empty() {
        context.complain(
            Diagnostic::error(written.span, "this vault has no key")
                .help(format!("write {EXAMPLE}")),
        );
        return (keys, None);
    }
    let mut read = Some(Vec::new());
    for entry in &table.entries {
        let key_name = Written {
            kind: Kind::Text(entry.key.clone()),
            span: entry.key_span,
        };
        let name = context.take(scalar::name(&key_name));
        let known = name.clone().map(|name| (name, entry.key_span));
        keys.names.add(known, &context.complaints);
        let (names, versions) = versions(&entry.value, context);
        keys.versions.push(names);
        match (&mut read, name, versions) {
            (Some(read), Some(name), Some(versions)) => read.push(VaultKey { name, versions }),
            _ => read = None,
        }
    }
    (keys, read)
}

fn versions(written: &Written, context: &Context) -> (Names, Option<Vec<String>>) {
    let mut names = Names::new("versions of this key");
    let Kind::List(list) = &written.kind else {
        context.complain(scalar::wrong_kind(
            written,
            "a list of versions such as [\"1\", \"2\"]",
        ));
        return (names, None);
    };
    if list.is_empty() {
        context.complain(
            Diagnostic::error(written.span, "this key has no version").help("write [\"1\"]"),
        );
        return (names, None);
    }
    let mut read = Some(Vec::new());
    for version in list {
        let name = context.take(scalar::name(version));
        names.add(
            name.clone().map(|name| (name, version.span)),
            &context.complaints,
        );
        match (&mut read, name) {
            (Some(read), Some(name)) => read.push(name),
            _ => read = None,
        }
    }
    (names, read)
}

/// The cluster of a scenario that writes none.
const DEFAULT_CLUSTER: &str = "the default cluster";

/// All clusters, readable or not.
pub(super) struct Clusters {
    pub(super) names: Names,
    pub(super) clusters: Vec<Option<Cluster>>,
}

pub(super) fn clusters(root: &Fields<'_>, vaults: &KeyVaults, context: &Context) -> Clusters {
    let mut all = Clusters {
        names: Names::new("clusters"),
        clusters: Vec::new(),
    };
    let tables = root.tables("cluster");
    if tables.is_empty() {
        all.names.add(
            Some(("cluster".to_owned(), root.span())),
            &context.complaints,
        );
        let key = only_key(root.span(), DEFAULT_CLUSTER, vaults, context);
        all.clusters.push(key.map(|key| Cluster {
            name: "cluster".to_owned(),
            at_start: true,
            storage_accounts: context.edition.storage_accounts(),
            key: Some(key),
            access: Access::ALL,
            capacity_reservation: None,
            billing: Billing::Cluster,
            site: Site::default(),
        }));
    }
    for table in tables {
        let cluster = cluster(table, &mut all.names, vaults, context);
        all.clusters.push(cluster);
    }
    all
}

fn cluster(
    table: &Table,
    names: &mut Names,
    vaults: &KeyVaults,
    context: &Context,
) -> Option<Cluster> {
    let mut fields = Fields::new(table, &keys::CLUSTER, &context.complaints);
    let name = named(&mut fields, "cluster", names, context);
    if name.as_deref() == Some("none") {
        context.complain(
            Diagnostic::error(
                fields.get("name")?.value.span,
                "a cluster cannot be named \"none\"",
            )
            .help("cluster = \"none\" says that a workspace is in the shared store"),
        );
    }
    let storage_accounts = fields.optional("storage_accounts", |written| {
        scalar::whole(written, 1, MOST_STORAGE_ACCOUNTS)
            .map(|count| u32::try_from(count).expect("at most 10 000"))
    });
    let capacity_reservation = fields.optional("capacity_reservation", scalar::rate);
    let billing = fields.optional("billing", billing);
    let granted = fields.get("access").map(|entry| &entry.value);
    let access = granted.map_or(Some(Access::ALL), |written| access(written, context));
    let key = match fields.get("key") {
        None => only_key(table.span, fields.what(), vaults, context).map(Some),
        Some(entry) => cluster_key(&entry.value, vaults, context),
    };
    // A run starts in order: the polls before it were granted.
    if let (Some(written), Some(Some(_)), Some(Access { unwrap: false, .. })) =
        (granted, &key, access)
    {
        context.complain(
            Diagnostic::error(
                written.span,
                "a cluster with a key starts with the permission unwrap",
            )
            .help("add \"unwrap\", or take it away with a `remove_access` event at \"0s\""),
        );
    }
    fields.done(&places());
    Some(Cluster {
        name: name?,
        at_start: true,
        storage_accounts: storage_accounts.unwrap_or_else(|| context.edition.storage_accounts()),
        key: key?,
        access: access?,
        capacity_reservation,
        billing: billing.unwrap_or(Billing::Cluster),
        site: Site::default(),
    })
}

fn billing(written: &Written) -> Read<Billing> {
    scalar::choice(
        written,
        &[
            ("cluster", Billing::Cluster),
            ("workspaces", Billing::Workspaces),
        ],
    )
}

/// A list of permissions.
pub(super) fn access(written: &Written, context: &Context) -> Option<Access> {
    const NONE: Access = Access {
        get: false,
        wrap: false,
        unwrap: false,
    };
    const NAMES: &[(&str, Access)] = &[
        ("get", Access { get: true, ..NONE }),
        ("wrap", Access { wrap: true, ..NONE }),
        (
            "unwrap",
            Access {
                unwrap: true,
                ..NONE
            },
        ),
    ];
    let Kind::List(list) = &written.kind else {
        context.complain(scalar::wrong_kind(
            written,
            "a list of permissions such as [\"get\", \"wrap\", \"unwrap\"]",
        ));
        return None;
    };
    let permissions = context.take_each(list, |written| scalar::choice(written, NAMES))?;
    Some(permissions.into_iter().fold(NONE, Access::with))
}

/// The only key of the only vault, at its last version.
fn only_key(span: Span, what: &str, vaults: &KeyVaults, context: &Context) -> Option<ClusterKey> {
    let several = |names: &Names, things: &str| {
        let message = format!(
            "{what} has no `key`, and there are {} {things}",
            names.len()
        );
        context.complain(
            Diagnostic::error(span, message)
                .help(format!("it is one of {}", one_text_of(names.all())))
                .help(match what {
                    DEFAULT_CLUSTER => {
                        "write a [[cluster]] with a name and a key = { vault = \"...\", name = \"...\" }"
                    }
                    _ => "write key = { vault = \"...\", name = \"...\" }, or key = \"none\"",
                })
                .consequence(),
        );
    };
    if vaults.names.len() != 1 {
        several(&vaults.names, "key vaults");
        return None;
    }
    let keys = vaults.keys.first()?;
    if keys.names.len() > 1 {
        several(&keys.names, "keys");
        return None;
    }
    Some(ClusterKey {
        vault: 0,
        key: 0,
        version: keys.versions.first()?.all().last()?.to_owned(),
        follows_newest: false,
    })
}

/// `"none"`, or a table; `None` if it cannot be read.
fn cluster_key(
    written: &Written,
    vaults: &KeyVaults,
    context: &Context,
) -> Option<Option<ClusterKey>> {
    let table = match &written.kind {
        Kind::Text(text) if text == "none" => return Some(None),
        Kind::Table(table) => table,
        _ => {
            context.complain(scalar::wrong_kind(
                written,
                "{ vault = \"...\", name = \"...\", version = \"...\" } or \"none\"",
            ));
            return None;
        }
    };
    let fields = Fields::new(table, &keys::CLUSTER_KEY, &context.complaints);
    let vault = vaults.names.resolve(&fields, "vault", &context.complaints);
    let keys = vault.map(|vault| &vaults.keys[vault]);
    let key = keys.and_then(|keys| keys.names.resolve(&fields, "name", &context.complaints));
    let versions = keys.zip(key).and_then(|(keys, key)| keys.versions.get(key));
    let version = match fields.get("version") {
        None => versions.map(|versions| versions.all().last()),
        Some(entry) => versions.and_then(|versions| {
            context
                .take(versions.find(&entry.value))
                .map(|at| versions.all().nth(at))
        }),
    };
    fields.done(&Refused::default());
    Some(Some(ClusterKey {
        vault: vault?,
        key: key?,
        version: version??.to_owned(),
        follows_newest: false,
    }))
}

/// All workspaces, readable or not.
pub(super) struct Workspaces {
    pub(super) names: Names,
    pub(super) workspaces: Vec<Option<Workspace>>,
}

pub(super) fn workspaces(root: &Fields<'_>, clusters: &Clusters, context: &Context) -> Workspaces {
    let mut all = Workspaces {
        names: Names::new("workspaces"),
        workspaces: Vec::new(),
    };
    let tables = root.tables("workspace");
    if tables.is_empty() {
        root.need("workspace");
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
    let name = named(&mut fields, "workspace", names, context);
    let shared = fields
        .get("cluster")
        .is_some_and(|entry| matches!(&entry.value.kind, Kind::Text(text) if text == "none"));
    let cluster = if shared {
        Some(None)
    } else {
        clusters
            .names
            .resolve(&fields, "cluster", &context.complaints)
            .map(Some)
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
    fields.done(&places());
    Some(Workspace {
        name: name?,
        cluster: cluster?,
        retention,
        history: history.unwrap_or(retention),
        daily_cap,
        ingestion: ingestion?,
        site: Site::default(),
    })
}
