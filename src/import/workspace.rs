//! A workspace, as `az monitor log-analytics workspace show` or `list` prints it, and what links
//! it to a cluster.

use super::cluster::{place, region};
use super::export::Export;
use super::json::{self, Answer, Node};
use super::name;
use crate::error::Error;
use crate::units::Volume;

/// What is known of a workspace. What is not is `None`.
#[derive(Debug, Clone, Default)]
pub(super) struct Workspace {
    pub(super) name: String,
    /// Its customer id.
    pub(super) id: Option<String>,
    pub(super) region: Option<String>,
    pub(super) retention: Option<Retention>,
    pub(super) daily_cap: Option<Cap>,
    pub(super) cluster: Association,
    /// The file and place.
    pub(super) from: Vec<String>,
}

/// How long its data stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retention {
    Days(u64),
    Unlimited,
}

/// Its daily cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cap {
    Volume(Volume),
    None,
}

/// Where its data goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Association {
    /// The export does not say.
    #[default]
    Unknown,
    /// To the cluster of this name.
    Cluster(String),
    /// To the shared store.
    Shared,
}

/// All workspaces of an export; linked services name theirs.
///
/// # Errors
///
/// If it is not JSON, or something in it is not what it should be.
pub(super) fn read(export: &Export<'_>) -> Result<Vec<Workspace>, Error> {
    let values = json::values(export)?;
    let mut workspaces = Vec::new();
    for value in &values {
        let answer = json::answer(&Node::root(value, export.name))?;
        for node in &answer.resources {
            workspaces.push(workspace(node, &answer)?);
        }
    }
    Ok(workspaces)
}

fn workspace(node: &Node<'_>, answer: &Answer<'_>) -> Result<Workspace, Error> {
    let kind = node.text_at("type")?.unwrap_or_default().to_lowercase();
    let links = ["writeAccessResourceId", "resourceId"];
    let link = links.iter().find_map(|key| node.property(key));
    if kind.ends_with("linkedservices") || (kind.is_empty() && link.is_some()) {
        return linked(node, link);
    }
    let known = ["retentionInDays", "customerId", "workspaceCapping"];
    let is_workspace = known.iter().any(|key| node.property(key).is_some());
    if !is_workspace || !(kind.is_empty() || kind.ends_with("workspaces")) {
        let expected = "a workspace with `customerId` or `retentionInDays`, or a linked service with \
                        `writeAccessResourceId`,";
        return Err(node.wrong(expected));
    }
    let asked = match &answer.request {
        Some(request) => request.text_at("workspaceName")?,
        None => None,
    };
    let own = match node.text_at("name")?.or(asked) {
        Some(own) => Some(own),
        None => node
            .text_at("id")?
            .and_then(|id| name::in_id(id, "workspaces")),
    };
    let Some(own) = own else {
        return Err(node.wrong("a workspace with `name`"));
    };
    Ok(Workspace {
        name: name::name(own),
        id: node.property_text("customerId")?.map(str::to_owned),
        region: node.text_at("location")?.map(region),
        retention: retention(node)?,
        daily_cap: daily_cap(node)?,
        cluster: features(node)?,
        from: vec![place(node)],
    })
}

/// A linked service: it names its workspace and the cluster.
fn linked(node: &Node<'_>, link: Option<Node<'_>>) -> Result<Workspace, Error> {
    let cluster = match &link {
        Some(link) => name::in_id(link.text()?, "clusters"),
        None => None,
    };
    let of_id = node
        .text_at("id")?
        .and_then(|id| name::in_id(id, "workspaces"));
    let of_name = node
        .text_at("name")?
        .and_then(|name| name.split('/').next());
    let (Some(cluster), Some(own)) = (cluster, of_name.or(of_id)) else {
        let expected = "a linked service with `name` and a `writeAccessResourceId` that ends in /clusters/NAME";
        return Err(node.wrong(expected));
    };
    Ok(Workspace {
        name: name::name(own),
        cluster: Association::Cluster(name::name(cluster)),
        from: vec![place(node)],
        ..Workspace::default()
    })
}

fn features(node: &Node<'_>) -> Result<Association, Error> {
    let features = node.property("features");
    let Some(id) = features.and_then(|features| features.get("clusterResourceId")) else {
        return Ok(Association::Unknown);
    };
    match name::in_id(id.text()?, "clusters") {
        Some(cluster) => Ok(Association::Cluster(name::name(cluster))),
        None => Err(id.wrong("the id of a cluster, .../clusters/NAME,")),
    }
}

fn retention(node: &Node<'_>) -> Result<Option<Retention>, Error> {
    let Some(retention) = node.property("retentionInDays") else {
        return Ok(None);
    };
    match retention.value.as_i64() {
        Some(-1) => Ok(Some(Retention::Unlimited)),
        // Twelve years are the most that the service keeps.
        Some(days @ 1..=4_383) => Ok(Some(Retention::Days(days.unsigned_abs()))),
        _ => Err(retention.wrong("days from 1 to 4383, or -1,")),
    }
}

fn daily_cap(node: &Node<'_>) -> Result<Option<Cap>, Error> {
    let capping = node.property("workspaceCapping");
    let Some(quota) = capping.and_then(|capping| capping.get("dailyQuotaGb")) else {
        return Ok(None);
    };
    let expected = "a number of GB a day, or -1,";
    match quota.value.as_f64() {
        Some(number) if (-1.0..-0.5).contains(&number) => Ok(Some(Cap::None)),
        // `as_f64` decides whether it is a number; its digits are read exactly.
        Some(_) => {
            let volume = format!("{} GB", quota.value);
            let volume = volume.parse().map_err(|_| quota.wrong(expected))?;
            Ok(Some(Cap::Volume(volume)))
        }
        None => Err(quota.wrong(expected)),
    }
}
