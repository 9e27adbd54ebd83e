//! Clusters: those of the start, and those that events create.

use super::super::diagnostics::{Complaints, Diagnostic, Span, one_text_of};
use super::super::file::{Entry, Kind, Table, Written};
use super::super::keys;
use super::super::{Access, Billing, Cluster, ClusterKey, NEWEST, Site};
use super::context::Context;
use super::fields::Fields;
use super::key_vault::KeyVaults;
use super::names::Names;
use super::scalar::{self, Read};
use super::site;
use crate::limits::{ALL_STORAGE_ACCOUNTS, STORAGE_ACCOUNTS};

/// The cluster of a scenario that writes none.
const DEFAULT_CLUSTER: &str = "the default cluster";

/// All clusters, readable or not: those of the start, then those that are created.
pub(super) struct Clusters {
    pub(super) names: Names,
    /// The names of those that are there at the start.
    at_start: Names,
    pub(super) clusters: Vec<Option<Cluster>>,
}

/// `follows`: a key without a version follows the newest.
pub(super) fn clusters(
    root: &Fields<'_>,
    vaults: &KeyVaults,
    follows: bool,
    context: &Context,
) -> Clusters {
    let mut all = Clusters {
        names: Names::new("clusters"),
        at_start: Names::new("clusters at the start"),
        clusters: Vec::new(),
    };
    let tables = root.tables("cluster");
    let creations = creations(root.table());
    if tables.is_empty() && creations.is_empty() {
        let name = Some(("cluster".to_owned(), root.span()));
        all.names.push(name.clone());
        all.at_start.push(name);
        let key = only_key(root.span(), DEFAULT_CLUSTER, vaults, follows, context);
        all.clusters.push(key.map(|key| Cluster {
            name: "cluster".to_owned(),
            key: Some(key),
            access: Access::ALL,
            ..at_its_defaults(context)
        }));
    }
    for table in tables {
        let cluster = cluster(table, &mut all, vaults, follows, context);
        all.clusters.push(cluster);
    }
    for (name, table) in creations {
        all.create(name, table, context);
    }
    let known = all.clusters.iter().flatten();
    let accounts: u64 = known
        .map(|cluster| u64::from(cluster.storage_accounts))
        .sum();
    if !ALL_STORAGE_ACCOUNTS.allows(accounts) {
        let message = format!("there are {accounts} storage accounts");
        context.complain(
            Diagnostic::error(root.span(), &message).help(ALL_STORAGE_ACCOUNTS.exceeded()),
        );
    }
    all
}

/// A provisioned cluster without a name, a key or permissions.
fn at_its_defaults(context: &Context) -> Cluster {
    Cluster {
        name: String::new(),
        at_start: true,
        storage_accounts: context.edition.storage_accounts(),
        key: None,
        access: Access::NONE,
        capacity_reservation: None,
        billing: Billing::Cluster,
        site: Site::default(),
    }
}

/// All that asks for a cluster, with the name of the cluster. Whether it is enabled does not
/// matter: what names the cluster stays right when it is switched off.
pub(in crate::scenario) fn creations(root: &Table) -> Vec<(&Entry, &Table)> {
    let lists = ["event", "hazard", "response"].into_iter();
    lists
        .flat_map(|list| root.tables(list))
        .filter(|table| table.text("kind") == Some("create_cluster"))
        .filter_map(|table| Some((table.get("cluster")?, table)))
        .filter(|(name, _)| scalar::name(&name.value).is_ok())
        .collect()
}

impl Clusters {
    /// Takes in the cluster that is to be created, unless it is known. What is wrong with its
    /// description is told where the event is read.
    fn create(&mut self, name: &Entry, table: &Table, context: &Context) {
        let span = name.value.span;
        let Ok(name) = scalar::name(&name.value) else {
            return;
        };
        if self.names.index(&name).is_some() {
            return;
        }
        self.names.push(Some((name.clone(), span)));
        let silent = Complaints::default();
        let mut fields = Fields::new(table, &keys::EVENT, &silent);
        fields.knows(keys::CLUSTER.keys);
        let accounts = fields.optional("storage_accounts", storage_accounts);
        let default = at_its_defaults(context);
        self.clusters.push(Some(Cluster {
            name,
            at_start: false,
            storage_accounts: accounts.unwrap_or(default.storage_accounts),
            site: site::site(&fields).unwrap_or_default(),
            ..default
        }));
    }

    /// The cluster to which a workspace is associated at the start.
    pub(super) fn at_the_start(&self, fields: &Fields<'_>, context: &Context) -> Option<usize> {
        let later = |name: &&Written| {
            let name = scalar::text(name).unwrap_or_default();
            self.names.index(name).is_some() && self.at_start.index(name).is_none()
        };
        let named = fields.get("cluster").map(|entry| &entry.value);
        let remedy = "write cluster = \"none\" for the shared store, and an event of kind \
                      associate_workspace";
        if let Some(name) = named.filter(later) {
            context.complain(
                Diagnostic::error(name.span, "this cluster is not there at the start")
                    .label("an event creates it")
                    .help(remedy),
            );
            return None;
        }
        if named.is_none() && self.at_start.len() == 0 {
            let message = format!(
                "{} has no `cluster`, and there is none at the start",
                fields.what()
            );
            context.complain(
                Diagnostic::error(fields.span(), message)
                    .help(remedy)
                    .consequence(),
            );
            return None;
        }
        let names = if named.is_some() {
            &self.names
        } else {
            &self.at_start
        };
        names.resolve(fields, "cluster", &context.complaints)
    }
}

fn cluster(
    table: &Table,
    all: &mut Clusters,
    vaults: &KeyVaults,
    follows: bool,
    context: &Context,
) -> Option<Cluster> {
    let mut fields = Fields::new(table, &keys::CLUSTER, &context.complaints);
    let name = all.names.own(&mut fields, "cluster", context);
    let span = fields.get("name").map(|entry| entry.value.span);
    all.at_start.push(name.clone().zip(span));
    if let (Some("none"), Some(span)) = (name.as_deref(), span) {
        context.complain(named_none(span));
    }
    let storage_accounts = fields.optional("storage_accounts", storage_accounts);
    let capacity_reservation = fields.optional("capacity_reservation", scalar::rate);
    let billing = fields.optional("billing", scalar::word_of);
    let granted = fields.get("access").map(|entry| &entry.value);
    let access = granted.map_or(Some(Access::ALL), |written| access(written, context));
    let key = match fields.get("key") {
        None => only_key(table.span, fields.what(), vaults, follows, context).map(Some),
        Some(entry) => cluster_key(&entry.value, vaults, follows, context),
    };
    let site = site::site(&fields);
    if let (Some(Some(key)), Some(site)) = (&key, &site)
        && let Some(vault) = &vaults.vaults[key.vault]
    {
        site::together(
            &fields,
            site,
            "key vault",
            &vault.name,
            &vault.site,
            context,
        );
    }
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
    fields.done();
    let default = at_its_defaults(context);
    Some(Cluster {
        name: name?,
        storage_accounts: storage_accounts.unwrap_or(default.storage_accounts),
        key: key?,
        access: access?,
        capacity_reservation,
        billing: billing.unwrap_or(default.billing),
        site: site?,
        ..default
    })
}

/// The complaint that a cluster has the name that means none.
pub(super) fn named_none(span: Span) -> Diagnostic {
    Diagnostic::error(span, "a cluster cannot be named \"none\"")
        .help("cluster = \"none\" says that a workspace is in the shared store")
}

pub(super) fn storage_accounts(written: &Written) -> Read<u32> {
    let count = scalar::whole(written, 1, STORAGE_ACCOUNTS.most)?;
    Ok(u32::try_from(count).expect("at most 10 000"))
}

/// A list of permissions.
pub(super) fn access(written: &Written, context: &Context) -> Option<Access> {
    const NONE: Access = Access::NONE;
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
fn only_key(
    span: Span,
    what: &str,
    vaults: &KeyVaults,
    follows_newest: bool,
    context: &Context,
) -> Option<ClusterKey> {
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
        follows_newest,
    })
}

/// `"none"`, or a table; `None` if it cannot be read.
pub(super) fn cluster_key(
    written: &Written,
    vaults: &KeyVaults,
    follows: bool,
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
    let named = fields.get("version");
    let newest =
        named.is_some_and(|entry| matches!(&entry.value.kind, Kind::Text(text) if text == NEWEST));
    let version = match named.filter(|_| !newest) {
        None => versions.map(|versions| versions.all().last()),
        Some(entry) => versions.and_then(|versions| {
            context
                .take(versions.find(&entry.value))
                .map(|at| versions.all().nth(at))
        }),
    };
    fields.done();
    Some(Some(ClusterKey {
        vault: vault?,
        key: key?,
        version: version??.to_owned(),
        follows_newest: newest || (follows && named.is_none()),
    }))
}
