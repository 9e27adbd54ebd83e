//! What all exports say together: which clusters there are, and which workspaces send to them.

use std::collections::BTreeSet;

use super::activity::Activity;
use super::audit;
use super::cluster::{Cluster, Key};
use super::name;
use super::notes::{Alike, some};
use super::trace::Trace;
use super::usage::Usage;
use super::workspace::{Association, Workspace};
use crate::error::Error;
use crate::units::Volume;

/// The clusters and workspaces of a scenario; at least one of each.
#[derive(Debug)]
pub(super) struct World {
    pub(super) clusters: Vec<Cluster>,
    pub(super) workspaces: Vec<Workspace>,
    /// What had to be decided.
    pub(super) notes: Vec<String>,
    /// Keys that something else than a cluster names.
    pub(super) keys: Vec<Key>,
    /// Versions of keys that exist at the start; the newest of each key last.
    pub(super) versions: Vec<Key>,
    /// The workspace of usage that names none, where it can only be one.
    sole: Option<String>,
    /// Files of usage of a single workspace, of which they give only the customer id.
    by_file: BTreeSet<String>,
}

impl World {
    pub(super) fn new(
        clusters: Vec<Cluster>,
        workspaces: Vec<Workspace>,
        usage: &Usage,
        activity: &Activity,
    ) -> Result<World, Error> {
        let mut world = World {
            clusters: Vec::new(),
            workspaces: Vec::new(),
            notes: Vec::new(),
            keys: Vec::new(),
            versions: Vec::new(),
            sole: None,
            by_file: BTreeSet::new(),
        };
        for cluster in clusters {
            world.add_cluster(cluster);
        }
        for workspace in workspaces {
            world.add_workspace(workspace);
        }
        world.add_associated();
        world.add_used(usage)?;
        for workspace in &activity.workspaces {
            world.add_workspace(Workspace {
                name: workspace.clone(),
                ..Workspace::default()
            });
        }
        world.add_named_clusters();
        world.add_acted_on(activity);
        world.fill();
        world.associate();
        world.same_regions()?;
        Ok(world)
    }

    fn add_cluster(&mut self, cluster: Cluster) {
        let known = self
            .clusters
            .iter()
            .find(|known| name::same(&known.name, &cluster.name));
        match known {
            Some(known) => self.notes.push(format!(
                "Cluster {} is exported twice: {} is used, {} is not.",
                known.name, known.from, cluster.from
            )),
            None => self.clusters.push(cluster),
        }
    }

    /// Adds what is not known yet to what is.
    fn add_workspace(&mut self, new: Workspace) {
        let same = |known: &&mut Workspace| name::same(&known.name, &new.name);
        let Some(known) = self.workspaces.iter_mut().find(same) else {
            self.workspaces.push(new);
            return;
        };
        let Workspace {
            id,
            region,
            retention,
            daily_cap,
            cluster,
            from,
            ..
        } = new;
        known.id = known.id.take().or(id);
        known.region = known.region.take().or(region);
        known.retention = known.retention.or(retention);
        known.daily_cap = known.daily_cap.or(daily_cap);
        if known.cluster == Association::Unknown {
            known.cluster = cluster;
        }
        known.from.extend(from);
    }

    /// What a cluster says of its workspaces is newer than what they say of it, for it is the
    /// service's own list.
    fn add_associated(&mut self) {
        for cluster in self.clusters.clone() {
            for associated in cluster.workspaces.iter().flatten() {
                self.add_workspace(Workspace {
                    name: associated.name.clone(),
                    id: associated.id.clone(),
                    ..Workspace::default()
                });
                let own = self
                    .workspaces
                    .iter_mut()
                    .find(|known| name::same(&known.name, &associated.name));
                let Some(workspace) = own else { continue };
                let now = Association::Cluster(cluster.name.clone());
                if let Association::Cluster(other) = &workspace.cluster
                    && !name::same(other, &cluster.name)
                {
                    self.notes.push(format!(
                        "Workspace {} names cluster {other}, but is in the list of cluster {}: the list is used.",
                        workspace.name, cluster.name
                    ));
                }
                workspace.cluster = now;
                workspace
                    .from
                    .push(format!("{}, associatedWorkspaces", cluster.from));
            }
        }
    }

    /// Workspaces that only usage names.
    ///
    /// # Errors
    ///
    /// If other exports name workspaces, and usage is of none of them.
    fn add_used(&mut self, usage: &Usage) -> Result<(), Error> {
        let billed = usage
            .series
            .iter()
            .map(|series| (&series.workspace, &series.file));
        let unbilled = usage
            .unbilled
            .iter()
            .map(|(workspace, file)| (workspace, file));
        let unnamed = billed
            .clone()
            .chain(unbilled.clone())
            .filter(|(named, _)| named.is_empty());
        if let ([only], 1) = (self.workspaces.as_slice(), unnamed.count()) {
            self.sole = Some(only.name.clone());
        }
        let found: Vec<(&String, &String)> = billed.chain(unbilled).collect();
        self.by_file = self.named_by_file(&found);
        let known = |(named, file): &(&String, &String)| {
            let name = self.named(named, file);
            self.workspaces.iter().any(|known| known.name == name)
        };
        if !found.is_empty() && !self.workspaces.is_empty() && !found.iter().any(known) {
            return Err(self.strangers(&found));
        }
        let mut alike = Alike::default();
        for (named, file) in found {
            let name = self.named(named, file);
            if self.by_file.contains(file) {
                let what = "Workspaces named after their file, because its rows give only an id";
                alike.add(what, &name);
            }
            if !self.workspaces.iter().any(|known| known.name == name) {
                self.workspaces.push(Workspace {
                    name,
                    from: vec![name::of_file(file).to_owned()],
                    ..Workspace::default()
                });
            }
        }
        self.notes.extend(alike.notes());
        Ok(())
    }

    /// The files of usage that name their workspace: their rows have one customer id, no other
    /// export says whose it is, and no other usage has their name.
    fn named_by_file(&self, found: &[(&String, &String)]) -> BTreeSet<String> {
        let called = |file: &str| name::name(name::stem(file));
        let alone = |file: &str| {
            let own = called(file);
            let same = |(named, other): &&(&String, &String)| {
                name::same(&called(other), &own) || name::same(&name::name(named), &own)
            };
            found.iter().filter(same).count() == 1
        };
        let other = |named: &str, file: &str| {
            self.workspaces
                .iter()
                .any(|known| match known.id.as_deref() {
                    Some(id) => name::same(id, named) || name::same(&known.name, &called(file)),
                    None => false,
                })
        };
        let by_file = found.iter().filter(|(named, file)| {
            name::is_customer_id(named) && alone(file) && !other(named, file)
        });
        by_file.map(|(_, file)| (*file).clone()).collect()
    }

    /// No row of usage is of a workspace that the other exports name.
    fn strangers(&self, found: &[(&String, &String)]) -> Error {
        let found = found.iter().map(
            |(named, file)| match (named.as_str(), name::of_file(file)) {
                ("", file) => format!("{file} (its rows name none)"),
                (named, file) => format!("{named} (in {file})"),
            },
        );
        let known = self.workspaces.iter().map(|known| match &known.id {
            Some(id) => format!("{} (customer id {id})", known.name),
            None => format!("{} (customer id not exported)", known.name),
        });
        Error::import(format!(
            "no workspace of the usage is one that the other exports name\n  found in the usage: {}\n  \
             known: {}\n  expected: in a column Workspace or TenantId a known name, resource id or customer id, \
             or a file with the name of its workspace, as in {}.csv; `workspace show` exports the customer id",
            some(found),
            some(known),
            self.workspaces[0].name,
        ))
    }

    /// The name of a workspace that usage names by a name or a customer id, or not at all: then it
    /// is the only one there is, or has the name of the file, as one of an unknown customer id has.
    pub(super) fn named(&self, named: &str, file: &str) -> String {
        let wanted = if named.is_empty() || self.by_file.contains(file) {
            name::name(name::stem(file))
        } else {
            name::name(named)
        };
        let same = |known: &&Workspace| {
            let id = known.id.as_deref();
            name::same(&known.name, &wanted) || id.is_some_and(|id| name::same(id, named))
        };
        match (self.workspaces.iter().find(same), &self.sole) {
            (Some(known), _) => known.name.clone(),
            (None, Some(sole)) if named.is_empty() => sole.clone(),
            _ => wanted,
        }
    }

    /// What became of the rows of usage.
    pub(super) fn tell_of_usage(&mut self, usage: &Usage) {
        let volume = |volume| {
            let bytes = u64::try_from(super::usage::bytes(volume)).unwrap_or(u64::MAX);
            Volume::from_bytes(bytes).human()
        };
        let (rows, left_out) = usage.not_billed;
        if rows > 0 {
            let left_out = volume(left_out);
            self.notes.push(format!(
                "Rows of usage left out because they are not billed: {rows} ({left_out})."
            ));
        }
        if let (rows @ 1.., Some(time)) = &usage.repeated {
            self.notes.push(format!(
                "Rows of usage left out because they repeat another row in every column: {rows}, the last at {time}."
            ));
        }
        if usage.unsaid > 0 {
            self.notes.push(format!(
                "Rows of usage taken as billed because they do not say whether they are: {}.",
                usage.unsaid
            ));
        }
    }

    /// Notes the workspaces without usage where others have it: it may have been forgotten.
    pub(super) fn tell_of_no_usage(&mut self, trace: Option<&Trace>) {
        let Some(trace) = trace else {
            return;
        };
        let names = self
            .workspaces
            .iter()
            .map(|workspace| workspace.name.as_str());
        let without: Vec<&str> = names
            .filter(|name| !trace.series.contains_key(*name))
            .collect();
        if !without.is_empty() {
            self.notes.push(format!(
                "Workspaces without billed usage, whose ingestion is assumed: {}.",
                some(without.into_iter().map(str::to_owned))
            ));
        }
    }

    /// Clusters that only a workspace names.
    fn add_named_clusters(&mut self) {
        for workspace in &mut self.workspaces {
            let Association::Cluster(named) = &mut workspace.cluster else {
                continue;
            };
            match self
                .clusters
                .iter()
                .find(|known| name::same(&known.name, named))
            {
                // In one spelling.
                Some(known) => *named = known.name.clone(),
                None => self.clusters.push(Cluster {
                    name: named.clone(),
                    region: workspace.region.clone(),
                    ..Cluster::default()
                }),
            }
        }
    }

    /// Clusters and keys that only the activity log names. If a cluster was exported, the others of
    /// the subscription are not meant.
    fn add_acted_on(&mut self, activity: &Activity) {
        for named in &activity.clusters {
            let known = self
                .clusters
                .iter()
                .any(|known| name::same(&known.name, named));
            if !known && self.clusters.iter().all(|known| known.from.is_empty()) {
                self.clusters.push(Cluster {
                    name: named.clone(),
                    ..Cluster::default()
                });
            }
        }
        self.keys.extend(activity.keys.iter().cloned());
    }

    /// Gives a key to the first cluster without one, unless an export says that it has none; false:
    /// there is no such cluster.
    pub(super) fn adopt(&mut self, key: &Key) -> bool {
        let without = |cluster: &&mut Cluster| cluster.key.is_none() && cluster.from.is_empty();
        let cluster = self.clusters.iter_mut().find(without);
        let adopted = cluster.is_some();
        if let Some(cluster) = cluster {
            cluster.key = Some(key.clone());
        }
        adopted
    }

    /// The cluster that uses a key, in whatever version.
    pub(super) fn user(&self, key: &Key) -> Option<usize> {
        let uses = |cluster: &Cluster| {
            cluster
                .key
                .as_ref()
                .is_some_and(|own| audit::same_key(own, key))
        };
        self.clusters.iter().position(uses)
    }

    /// The names of all vaults, each once.
    pub(super) fn vaults(&self) -> Vec<&str> {
        let mut vaults: Vec<&str> = Vec::new();
        for key in self.all_keys() {
            if !vaults.iter().any(|known| name::same(known, &key.vault)) {
                vaults.push(&key.vault);
            }
        }
        vaults
    }

    /// The key as the scenario spells it.
    pub(super) fn key(&self, key: &Key) -> Option<&Key> {
        self.all_keys().find(|known| audit::same_key(known, key))
    }

    fn all_keys(&self) -> impl Iterator<Item = &Key> {
        let used = self
            .clusters
            .iter()
            .filter_map(|cluster| cluster.key.as_ref());
        used.chain(&self.keys)
    }

    /// A scenario has a cluster and a workspace.
    fn fill(&mut self) {
        if self.clusters.is_empty() {
            self.clusters.push(Cluster {
                name: "cluster".to_owned(),
                region: self
                    .workspaces
                    .iter()
                    .find_map(|workspace| workspace.region.clone()),
                ..Cluster::default()
            });
        }
        if self.workspaces.is_empty() {
            self.notes
                .push("No export names a workspace: one named logs is made up.".to_owned());
            self.workspaces.push(Workspace {
                name: "logs".to_owned(),
                cluster: Association::Cluster(self.clusters[0].name.clone()),
                ..Workspace::default()
            });
        }
    }

    /// Workspaces of unknown association are in the only cluster, unless its list lacks them.
    fn associate(&mut self) {
        let cluster = match self.clusters.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let mut alike = Alike::default();
        let unknown = |workspace: &&mut Workspace| workspace.cluster == Association::Unknown;
        for workspace in self.workspaces.iter_mut().filter(unknown) {
            let (now, what) = association(workspace, cluster);
            workspace.cluster = now;
            alike.add(what, &workspace.name);
        }
        self.notes.extend(alike.notes());
    }

    /// A vault, its clusters and their workspaces are in one region.
    fn same_regions(&mut self) -> Result<(), Error> {
        for (at, cluster) in self.clusters.iter().enumerate() {
            let vault =
                |cluster: &Cluster| cluster.key.as_ref().map(|key| key.vault.to_lowercase());
            let shares =
                |other: &&Cluster| vault(other).is_some() && vault(other) == vault(cluster);
            if let Some(other) = self.clusters[..at].iter().find(shares)
                && other.region != cluster.region
            {
                return Err(Error::import(format!(
                    "{}: cluster {} has its key in the vault of cluster {} and is in another region",
                    cluster.from, cluster.name, other.name
                )));
            }
        }
        let mut alike = Alike::default();
        for at in 0..self.workspaces.len() {
            if let Association::Cluster(cluster) = self.workspaces[at].cluster.clone() {
                self.take_region(at, &cluster, &mut alike);
            }
        }
        self.notes.extend(alike.notes());
        Ok(())
    }

    /// A workspace takes the region of the cluster that it is associated with, at the start or in the
    /// run.
    pub(super) fn take_region(&mut self, workspace: usize, cluster: &str, alike: &mut Alike) {
        let workspace = &mut self.workspaces[workspace];
        let its = self.clusters.iter().find(|known| known.name == cluster);
        let its = its.and_then(|cluster| cluster.region.clone());
        if workspace.region.is_some() && workspace.region != its {
            let what = "Workspaces moved into the region of their cluster, because no workspace \
                        can be in another one";
            alike.add(what, &workspace.name);
        }
        workspace.region = its;
    }

    /// The workspaces of a cluster.
    pub(super) fn of<'w>(
        &'w self,
        cluster: &'w Association,
    ) -> impl Iterator<Item = &'w Workspace> {
        self.workspaces
            .iter()
            .filter(move |workspace| workspace.cluster == *cluster)
    }
}

/// Where a workspace is that no export assigns to a cluster, and what is noted of that; `cluster`:
/// the only one.
fn association(workspace: &Workspace, cluster: Option<&Cluster>) -> (Association, &'static str) {
    let Some(cluster) = cluster else {
        let what = "Workspaces left in the shared store, because no export assigns them to one of \
                    the clusters";
        return (Association::Shared, what);
    };
    if cluster.workspaces.is_some() {
        let what = "Workspaces left in the shared store, because they are not in the list of the \
                    cluster";
        return (Association::Shared, what);
    }
    if let (Some(own), Some(its)) = (&workspace.region, &cluster.region)
        && own != its
    {
        let what = "Workspaces left in the shared store, because they are in another region than \
                    the cluster";
        return (Association::Shared, what);
    }
    let what = "Workspaces put into the only cluster, because no export assigns them to one";
    (Association::Cluster(cluster.name.clone()), what)
}
