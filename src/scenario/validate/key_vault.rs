//! Key vaults, their keys and the versions of those.

use super::super::diagnostics::{Diagnostic, Span};
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{KeyVault, NEWEST, Site, VaultKey};
use super::context::Context;
use super::fields::Fields;
use super::names::Names;
use super::{scalar, site};

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
    let name = all.names.own(&mut fields, "key vault", context);
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
    let site = site::site(&fields);
    fields.done();
    let soft_delete = soft_delete.unwrap_or(true);
    let read = name.zip(vault_keys).zip(site);
    all.vaults.push(read.map(|((name, keys), site)| KeyVault {
        name,
        soft_delete,
        purge_protection: purge_protection.unwrap_or(soft_delete),
        keys,
        site,
    }));
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
        let name = context.take(version_name(version));
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

/// The name of a version; one word is taken.
pub(super) fn version_name(written: &Written) -> scalar::Read<String> {
    let name = scalar::name(written)?;
    if name == NEWEST {
        let message = format!("a version cannot be named {NEWEST:?}");
        return Err(Diagnostic::error(written.span, message)
            .help(format!("version = {NEWEST:?} means the newest version")));
    }
    Ok(name)
}
