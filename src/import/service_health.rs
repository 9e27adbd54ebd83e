//! Issues of the service, as Resource Health lists them.

use super::event::Event;
use super::export::Export;
use super::instant;
use super::json::{self, Node};
use super::notes::Alike;
use crate::error::Error;

/// Services that a cluster needs, each with the event that its outage is.
const SERVICES: &[(&str, &str)] = &[
    ("key vault", "key_vault_outage"),
    ("active directory", "identity_outage"),
    ("entra", "identity_outage"),
    ("managed identit", "identity_outage"),
    ("storage", "storage_outage"),
    ("log analytics", "storage_outage"),
    ("azure monitor", "storage_outage"),
    ("data explorer", "storage_outage"),
];

/// Every service issue of an export that has an end. One of a service that a cluster does not need
/// stands in a comment.
///
/// # Errors
///
/// If it is not JSON, or something in it is not what it should be.
pub(super) fn read(export: &Export<'_>, notes: &mut Vec<String>) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    let mut alike = Alike::default();
    for value in &json::values(export)? {
        for node in &json::answer(&Node::root(value, export.name))?.resources {
            events.extend(issue(node, &mut alike)?);
        }
    }
    notes.extend(alike.notes());
    Ok(events)
}

fn issue(node: &Node<'_>, alike: &mut Alike) -> Result<Option<Event>, Error> {
    let Some(kind) = node.property_text("eventType")? else {
        return Err(node.wrong("an event of Resource Health with `eventType`"));
    };
    let title = node
        .property_text("title")?
        .unwrap_or("without a title")
        .to_owned();
    let time = |key: &str| match node.property(key) {
        Some(node) => match instant::read(node.text()?) {
            Ok(at) => Ok(Some(at)),
            Err(_) => Err(node.wrong("an instant such as 2018-11-07T00:00:00Z")),
        },
        None => Ok(None),
    };
    let (start, end) = (time("impactStartTime")?, time("impactMitigationTime")?);
    let (Some(at), Some(until), true) = (start, end, kind.eq_ignore_ascii_case("ServiceIssue"))
    else {
        let what = "Left out, because they are not service issues with a beginning and an end";
        alike.add(what, format!("{kind} \"{title}\""));
        return Ok(None);
    };
    let mut services = Vec::new();
    if let Some(impact) = node.property("impact") {
        for impact in impact.entries()? {
            services.extend(impact.text_at("impactedService")?);
        }
    }
    let named = |part: &&(&str, &str)| {
        services
            .iter()
            .any(|service| service.to_lowercase().contains(part.0))
    };
    let known = SERVICES.iter().find(named);
    let (kind, live) = known.map_or(("storage_outage", false), |(_, kind)| (*kind, true));
    let not = if live {
        ""
    } else {
        " A cluster does not need this service; if it was its storage:"
    };
    let services = services.join(", ");
    Ok(Some(Event {
        at,
        until: Some(until.max(at + 1)),
        why: format!("Service issue \"{title}\" of {services}.{not}"),
        kind,
        keys: Vec::new(),
        live,
    }))
}
