//! A cluster, as `az monitor log-analytics cluster show` or `list` prints it.

use super::export::Export;
use super::json::{self, Answer, Node};
use super::{instant, name};
use crate::error::Error;
use crate::foreign::quoted;

/// What is known of a cluster. What is not is `None`.
#[derive(Debug, Clone, Default)]
pub(super) struct Cluster {
    pub(super) name: String,
    pub(super) region: Option<String>,
    /// In GB a day.
    pub(super) capacity: Option<u64>,
    pub(super) billing: Option<&'static str>,
    pub(super) key: Option<Key>,
    /// Where a log tells how many ask for the key.
    pub(super) storage_accounts: Option<usize>,
    /// `None`: the export has no list of them.
    pub(super) workspaces: Option<Vec<Associated>>,
    /// The state, where it is not `Succeeded`.
    pub(super) state: Option<String>,
    /// What tells when the export was made.
    pub(super) age: Age,
    /// The file and place; empty for a cluster that something else only names.
    pub(super) from: String,
}

/// The key of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) vault: String,
    pub(super) name: String,
    /// `None`: the cluster follows the newest.
    pub(super) version: Option<String>,
}

/// A workspace that a cluster lists.
#[derive(Debug, Clone)]
pub(super) struct Associated {
    pub(super) name: String,
    /// Its customer id.
    pub(super) id: Option<String>,
}

/// What tells when an export was made.
#[derive(Debug, Clone, Default)]
pub(super) struct Age {
    /// It has the shape of 2020, and by what that shows.
    pub(super) old: Option<&'static str>,
    /// The version of the interface, as in `2022-10-01`.
    pub(super) version: Option<String>,
    /// The latest instant in it, in ms since 1970.
    pub(super) latest: Option<i64>,
}

/// All clusters of an export.
///
/// # Errors
///
/// If it is not JSON, or something in it is not what it should be.
pub(super) fn read(export: &Export<'_>) -> Result<Vec<Cluster>, Error> {
    let values = json::values(export)?;
    let mut clusters = Vec::new();
    for value in &values {
        let answer = json::answer(&Node::root(value, export.name))?;
        for node in &answer.resources {
            clusters.push(cluster(node, &answer)?);
        }
    }
    Ok(clusters)
}

fn cluster(node: &Node<'_>, answer: &Answer<'_>) -> Result<Cluster, Error> {
    let asked = |key: &str| match &answer.request {
        Some(request) => request.text_at(key),
        None => Ok(None),
    };
    let sku = node.get("sku");
    let is_cluster = sku.is_some()
        || node.property("keyVaultProperties").is_some()
        || node.property("clusterId").is_some();
    let kind = node.text_at("type")?.unwrap_or("clusters");
    if !is_cluster || !kind.to_lowercase().ends_with("clusters") {
        return Err(node.wrong("a cluster with `sku` or `keyVaultProperties`"));
    }
    // The answers of 2020 have the id of a workspace here: the name is the better witness.
    let own = match (node.text_at("name")?, asked("clusterName")?) {
        (Some(own), _) | (None, Some(own)) => Some(own),
        _ => node
            .text_at("id")?
            .and_then(|id| name::in_id(id, "clusters")),
    };
    let state = node.property_text("provisioningState")?;
    let mut latest = None;
    time(node.property("createdDate"), &mut latest)?;
    time(node.property("lastModifiedDate"), &mut latest)?;
    let workspaces = node.property("associatedWorkspaces");
    let workspaces = workspaces
        .map(|list| {
            list.entries()?
                .iter()
                .map(|entry| associated(entry, &mut latest))
                .collect()
        })
        .transpose()?;
    Ok(Cluster {
        name: own.map_or_else(|| "cluster".to_owned(), name::name),
        region: node.text_at("location")?.map(region),
        capacity: sku.as_ref().map(capacity).transpose()?.flatten(),
        billing: billing(node)?,
        key: node
            .property("keyVaultProperties")
            .map(|key| self::key(&key))
            .transpose()?
            .flatten(),
        storage_accounts: None,
        workspaces,
        state: state
            .filter(|state| !name::same(state, "Succeeded"))
            .map(str::to_owned),
        age: Age {
            old: old(node),
            version: asked("api-version")?.map(str::to_owned),
            latest,
        },
        from: place(node),
    })
}

/// A file, and where in it.
pub(super) fn place(node: &Node<'_>) -> String {
    let file = name::of_file(node.file);
    match node.path.as_str() {
        "" => file.to_owned(),
        path => format!("{file}, {path}"),
    }
}

/// A region as the command line names it: `eastus`, not `East US`.
pub(super) fn region(location: &str) -> String {
    let letters = location
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control());
    letters.flat_map(char::to_lowercase).collect()
}

/// By what the export shows that its shape is that of 2020.
fn old(node: &Node<'_>) -> Option<&'static str> {
    let sku = node.get("sku");
    let key = node.property("keyVaultProperties");
    if key.is_some_and(|key| key.get("kyName").is_some()) {
        return Some("its key is called `kyName`");
    }
    if sku.is_some_and(|sku| sku.get("lastSkuUpdate").is_some()) {
        return Some("`lastSkuUpdate` stands in `sku`");
    }
    let id = node.get("id")?;
    let id = id.value.as_str()?.to_lowercase();
    let of_workspace = id.contains("/workspaces/") && !id.contains("/clusters/");
    of_workspace.then_some("its id is that of a workspace")
}

/// An instant, taken into the latest.
fn time(node: Option<Node<'_>>, latest: &mut Option<i64>) -> Result<Option<i64>, Error> {
    let Some(node) = node else { return Ok(None) };
    let text = node.text()?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let ms =
        instant::read(text).map_err(|_| node.wrong("an instant such as 2025-05-08T07:36:20Z"))?;
    *latest = (*latest).max(Some(ms));
    Ok(Some(ms))
}

fn associated(node: &Node<'_>, latest: &mut Option<i64>) -> Result<Associated, Error> {
    time(node.get("associateDate"), latest)?;
    let id = node.text_at("resourceId")?;
    let of_id = id.and_then(|id| name::in_id(id, "workspaces"));
    let Some(own) = node.text_at("workspaceName")?.or(of_id) else {
        return Err(node.wrong("a workspace with `workspaceName` or `resourceId`"));
    };
    Ok(Associated {
        name: name::name(own),
        id: node.text_at("workspaceId")?.map(str::to_owned),
    })
}

fn capacity(sku: &Node<'_>) -> Result<Option<u64>, Error> {
    // A petabyte a day is 20 times the largest that is sold.
    const MOST: u64 = 1_000_000;
    let Some(capacity) = sku.get("capacity") else {
        return Ok(None);
    };
    let number = capacity
        .value
        .as_u64()
        .or_else(|| capacity.value.as_str()?.trim().parse().ok());
    match number {
        // Without a reservation.
        Some(0) => Ok(None),
        Some(number) if number <= MOST => Ok(Some(number)),
        _ => Err(capacity.wrong("a whole number of GB a day, such as 1000,")),
    }
}

fn billing(node: &Node<'_>) -> Result<Option<&'static str>, Error> {
    let Some(billing) = node.property("billingType") else {
        return Ok(None);
    };
    match billing.text()?.to_lowercase().as_str() {
        "" => Ok(None),
        "cluster" => Ok(Some("cluster")),
        "workspaces" => Ok(Some("workspaces")),
        _ => Err(billing.wrong("\"Cluster\" or \"Workspaces\"")),
    }
}

/// `None`: its data is under a Microsoft key.
pub(super) fn key(node: &Node<'_>) -> Result<Option<Key>, Error> {
    let own = match node.text_at("keyName")? {
        Some(own) => Some(own),
        None => node.text_at("kyName")?,
    };
    let uri = node.text_at("keyVaultUri")?;
    let (Some(own), Some(uri)) = (own, uri) else {
        return match own.or(uri) {
            None => Ok(None),
            Some(_) => Err(node.wrong("a key with both `keyVaultUri` and `keyName`")),
        };
    };
    let Some(vault) = name::vault(uri) else {
        let message = format!(
            "`keyVaultUri` like https://NAME.vault.azure.net, and not {},",
            quoted(uri)
        );
        return Err(node.wrong(&message));
    };
    Ok(Some(Key {
        vault: name::name(vault),
        name: name::name(own),
        version: node.text_at("keyVersion")?.map(name::name),
    }))
}
