//! The activity log of a subscription: what was done to clusters, links and access policies, and how
//! long it took.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cluster::{self, Key};
use super::event::Event;
use super::export::Export;
use super::fault::Faults;
use super::json::Node;
use super::notes::Alike;
use super::row::{Column, Row};
use super::table::{self, Rows};
use super::text::quoted;
use super::{instant, name};
use crate::error::Error;
use crate::units::Duration;

/// What the log says.
#[derive(Debug, Default)]
pub(super) struct Activity {
    pub(super) events: Vec<Event>,
    /// Parameters of `[behaviour]` with the durations that were measured.
    pub(super) durations: Vec<(&'static str, Duration)>,
    /// Clusters and workspaces that it names.
    pub(super) clusters: Vec<String>,
    pub(super) workspaces: Vec<String>,
    /// Keys that clusters are told of, and those that they had before.
    pub(super) keys: Vec<Key>,
    /// The key that a cluster had before the first update, if it is known.
    pub(super) before: Option<Key>,
    pub(super) notes: Vec<String>,
}

const COLUMNS: &[Column] = &[
    &["eventTimestamp", "time", "TimeGenerated"],
    &["OperationNameValue", "operationName"],
    &["status", "ActivityStatusValue", "resultType"],
    &["correlationId"],
    &["resourceId", "_ResourceId", "authorization.scope", "id"],
    &[
        "properties.statusCode",
        "subStatus",
        "ActivitySubstatusValue",
        "resultSignature",
    ],
    &["properties.requestbody"],
];
const TIME: usize = 0;
const OPERATION: usize = 1;
const STATUS: usize = 2;
const CORRELATION: usize = 3;
const RESOURCE: usize = 4;
const CODE: usize = 5;
const BODY: usize = 6;

/// What took longer was not one operation.
const LONGEST: Duration = Duration::from_millis(30 * 86_400_000);

/// One request, put together from its events.
#[derive(Debug)]
struct Operation {
    name: String,
    resource: String,
    begin: i64,
    end: Option<i64>,
    failed: bool,
    created: bool,
    /// JSON, as a text: as a tree it would take fifty times as much.
    body: Option<String>,
    place: String,
}

impl Operation {
    /// Its name, as in `microsoft.operationalinsights/clusters/write`.
    fn what(&self) -> &str {
        let name = self.name.rsplit_once("providers/");
        name.map_or(&*self.name, |(_, name)| name)
    }
}

/// All requests of a file, by correlation id, name and resource.
#[derive(Default)]
struct Operations {
    list: Vec<Operation>,
    indices: BTreeMap<String, usize>,
}

/// Adds an event of the log to the operation that it is of.
fn add(row: &Row<'_>, operations: &mut Operations, faults: &mut Faults<'_>) {
    let at = match instant::read(row.cell(TIME)) {
        Ok(at) => at,
        Err(why) => return faults.add(&format!("{}, eventTimestamp", row.place()), &why),
    };
    let operation = row.cell(OPERATION).to_lowercase();
    if operation.is_empty() {
        let message = "is empty; a name such as \"Microsoft.OperationalInsights/clusters/write\" was expected";
        return faults.add(&format!("{}, operationName", row.place()), message);
    }
    let resource = row.cell(RESOURCE).to_lowercase();
    let key = match row.cell(CORRELATION) {
        // One alone.
        "" => format!("{}", operations.list.len()),
        correlation => format!("{correlation} {operation} {resource}"),
    };
    let place = *operations.indices.entry(key).or_insert_with(|| {
        operations.list.push(Operation {
            name: operation,
            resource: row.cell(RESOURCE).to_owned(),
            begin: at,
            end: None,
            failed: false,
            created: false,
            body: None,
            place: row.place(),
        });
        operations.list.len() - 1
    });
    let known = &mut operations.list[place];
    let status = row.cell(STATUS).to_lowercase();
    known.begin = known.begin.min(at);
    // Succeeded or success, failed or failure.
    let (succeeded, failed) = (status.starts_with("succe"), status.starts_with("fail"));
    if succeeded || failed || status.starts_with("cancel") {
        known.end = known.end.max(Some(at));
        known.failed |= !succeeded;
    }
    known.created |= row.cell(CODE).to_lowercase().contains("created");
    let body = row.cell(BODY);
    if known.body.is_none() && json(body).is_some() {
        known.body = Some(body.to_owned());
    }
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

impl Activity {
    /// Adds what a file says.
    ///
    /// # Errors
    ///
    /// Every mistake of the file.
    pub(super) fn read(&mut self, export: &Export<'_>, rows: &Rows<'_>) -> Result<(), Error> {
        let mut operations = Operations::default();
        let needed: &[&[usize]] = &[&[TIME], &[OPERATION]];
        table::read(export, COLUMNS, needed, rows, &mut |row, faults| {
            add(row, &mut operations, faults);
        })?;
        operations
            .list
            .sort_by(|a, b| (a.begin, &a.name).cmp(&(b.begin, &b.name)));
        let mut others = 0;
        let mut failed = Alike::default();
        for operation in &operations.list {
            if operation.failed {
                let what = format!("{} failed and changed nothing", operation.what());
                failed.add(what, instant::written(operation.begin));
                continue;
            }
            others += usize::from(!self.take(operation, export.name)?);
        }
        self.notes.extend(failed.notes());
        if others > 0 {
            let file = name::of_file(export.name);
            self.notes.push(format!(
                "Operations in {file} left out because a scenario has no event for them: {others}."
            ));
        }
        Ok(())
    }

    /// Makes an event of an operation; false: there is none for it.
    fn take(&mut self, operation: &Operation, file: &str) -> Result<bool, Error> {
        let what = operation.what();
        match what {
            "microsoft.operationalinsights/clusters/write" => {
                self.cluster_written(operation, file)?
            }
            "microsoft.operationalinsights/clusters/delete" => {
                self.of_cluster(operation, "delete_cluster", Vec::new());
            }
            "microsoft.operationalinsights/workspaces/linkedservices/write" => {
                self.linked(operation, file)?
            }
            "microsoft.operationalinsights/workspaces/linkedservices/delete" => {
                self.unlinked(operation)
            }
            "microsoft.keyvault/vaults/accesspolicies/write" => self.access(operation),
            "microsoft.authorization/roleassignments/write"
            | "microsoft.authorization/roleassignments/delete"
                if operation.resource.to_lowercase().contains("/vaults/") =>
            {
                let kind = if what.ends_with("delete") {
                    "remove_access"
                } else {
                    "grant_access"
                };
                self.push(
                    operation,
                    kind,
                    Vec::new(),
                    "The log does not say whose role it is; if it is the cluster's:",
                    false,
                );
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn push(
        &mut self,
        operation: &Operation,
        kind: &'static str,
        keys: Vec<(&'static str, String)>,
        more: &str,
        live: bool,
    ) {
        let took = match operation.end {
            Some(end) if end > operation.begin => {
                format!(
                    ", which took {}",
                    Duration::from_millis(end - operation.begin)
                )
            }
            _ => String::new(),
        };
        self.events.push(Event {
            at: operation.begin,
            until: None,
            why: format!("The activity log has {}{took}. {more}", operation.name),
            kind,
            keys,
            live,
        });
    }

    /// Keeps how long an operation took.
    fn measured(&mut self, parameter: &'static str, operation: &Operation) {
        let took = operation
            .end
            .map(|end| Duration::from_millis(end - operation.begin));
        let took = took.filter(|took| (Duration::MILLISECOND..=LONGEST).contains(took));
        self.durations.extend(took.map(|took| (parameter, took)));
    }

    /// The cluster that an operation is about, as TOML.
    fn named_cluster(&mut self, operation: &Operation) -> Option<String> {
        let named = name::name(name::in_id(&operation.resource, "clusters")?);
        if !self.clusters.contains(&named) {
            self.clusters.push(named.clone());
        }
        Some(quoted(&named))
    }

    fn of_cluster(
        &mut self,
        operation: &Operation,
        kind: &'static str,
        mut keys: Vec<(&'static str, String)>,
    ) {
        let named = self.named_cluster(operation);
        let live = named.is_some();
        keys.splice(0..0, named.map(|named| ("cluster", named)));
        self.push(operation, kind, keys, "", live);
    }

    /// What a write changed says its request, if the log has it.
    fn cluster_written(&mut self, operation: &Operation, file: &str) -> Result<(), Error> {
        let (kind, more) = if operation.created {
            self.measured("provisioning_duration", operation);
            (
                "create_cluster",
                "Here the cluster exists from the start, so this is left out:",
            )
        } else if self.changed(operation, file)? {
            return Ok(());
        } else {
            (
                "update_cluster_key",
                "The log does not say what it changed; if it was the key:",
            )
        };
        let cluster = self.named_cluster(operation);
        let keys = cluster.map(|cluster| ("cluster", cluster));
        self.push(operation, kind, keys.into_iter().collect(), more, false);
        Ok(())
    }

    /// Makes events of what a request changed; false: nothing is known of it.
    fn changed(&mut self, operation: &Operation, file: &str) -> Result<bool, Error> {
        let Some(body) = operation.body.as_deref().and_then(json) else {
            return Ok(false);
        };
        let body = Node {
            value: &body,
            path: format!("{}, properties.requestbody", operation.place),
            file,
        };
        let before = self.events.len();
        let key = body.property("keyVaultProperties");
        if let Some(key) = key.map(|key| cluster::key(&key)).transpose()?.flatten() {
            self.measured("key_update_duration", operation);
            let version = key.version.as_deref().unwrap_or("newest");
            let keys = vec![
                ("vault", quoted(&key.vault)),
                ("key", quoted(&key.name)),
                ("version", quoted(version)),
            ];
            self.keys.push(key);
            self.of_cluster(operation, "update_cluster_key", keys);
        }
        let capacity = body.get("sku").and_then(|sku| sku.get("capacity"));
        let capacity = capacity.and_then(|capacity| capacity.value.as_u64());
        if let Some(capacity @ 1..=1_000_000) = capacity {
            let rate = quoted(&format!("{capacity} GB/day"));
            let keys = vec![("capacity_reservation", rate)];
            self.of_cluster(operation, "set_capacity_reservation", keys);
        }
        let billing = body.property_text("billingType")?.map(str::to_lowercase);
        let known = |billing: &String| ["cluster", "workspaces"].contains(&billing.as_str());
        if let Some(billing) = billing.filter(known) {
            let keys = vec![("billing", quoted(&billing))];
            self.of_cluster(operation, "set_billing_type", keys);
        }
        Ok(self.events.len() > before)
    }

    fn linked(&mut self, operation: &Operation, file: &str) -> Result<(), Error> {
        self.measured("association_duration", operation);
        let mut keys = self.workspace(operation);
        let live = !keys.is_empty();
        let body = operation.body.as_deref().and_then(json);
        let body = body.as_ref().map(|body| Node::root(body, file));
        let id = match &body {
            Some(body) => body.property_text("writeAccessResourceId")?,
            None => None,
        };
        if let Some(cluster) = id.and_then(|id| name::in_id(id, "clusters")) {
            let cluster = name::name(cluster);
            keys.push(("cluster", quoted(&cluster)));
            if !self.clusters.contains(&cluster) {
                self.clusters.push(cluster);
            }
        }
        self.push(operation, "associate_workspace", keys, "", live);
        Ok(())
    }

    fn unlinked(&mut self, operation: &Operation) {
        self.measured("disassociation_duration", operation);
        let keys = self.workspace(operation);
        let live = !keys.is_empty();
        self.push(operation, "disassociate_workspace", keys, "", live);
    }

    fn workspace(&mut self, operation: &Operation) -> Vec<(&'static str, String)> {
        let Some(named) = name::in_id(&operation.resource, "workspaces").map(name::name) else {
            return Vec::new();
        };
        if !self.workspaces.contains(&named) {
            self.workspaces.push(named.clone());
        }
        vec![("workspace", quoted(&named))]
    }

    fn access(&mut self, operation: &Operation) {
        let vault = name::in_id(&operation.resource, "vaults")
            .map(name::name)
            .unwrap_or_default();
        let (kind, live) = match name::in_id(&operation.resource.to_lowercase(), "accesspolicies") {
            Some("remove") => ("remove_access", true),
            Some("add") => ("grant_access", true),
            _ => ("grant_access", false),
        };
        let more = format!(
            "It is about vault {vault}; the log does not say whose policy it is, so the cluster's is assumed."
        );
        self.push(operation, kind, Vec::new(), &more, live);
    }
}
