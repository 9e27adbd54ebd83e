//! What all exports say together: which clusters there are, and which workspaces send to them.

use super::cluster::Cluster;
use super::name;
use super::workspace::{Association, Workspace};
use crate::error::Error;

/// The clusters and workspaces of a scenario; at least one of each.
#[derive(Debug)]
pub(super) struct World {
    pub(super) clusters: Vec<Cluster>,
    pub(super) workspaces: Vec<Workspace>,
    /// What had to be decided.
    pub(super) notes: Vec<String>,
}

impl World {
    pub(super) fn new(clusters: Vec<Cluster>, workspaces: Vec<Workspace>) -> Result<World, Error> {
        let mut world = World {
            clusters: Vec::new(),
            workspaces: Vec::new(),
            notes: Vec::new(),
        };
        for cluster in clusters {
            world.add_cluster(cluster);
        }
        for workspace in workspaces {
            world.add_workspace(workspace);
        }
        world.add_associated();
        world.add_named_clusters();
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
                "Cluster {} is exported twice; what {} says is taken, not {}.",
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
                        "Workspace {} is in the list of cluster {}, which is believed, and names {other}.",
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
                .push("No export names a workspace; one is made up, named logs.".to_owned());
            self.workspaces.push(Workspace {
                name: "logs".to_owned(),
                cluster: Association::Cluster(self.clusters[0].name.clone()),
                ..Workspace::default()
            });
        }
    }

    /// Workspaces that say nothing are in the only cluster, unless it has a list without them.
    fn associate(&mut self) {
        let [cluster] = self.clusters.as_slice() else {
            for workspace in &mut self.workspaces {
                if workspace.cluster == Association::Unknown {
                    self.notes.push(format!(
                        "Nothing says to which cluster workspace {} is associated: it is left in the shared store.",
                        workspace.name
                    ));
                    workspace.cluster = Association::Shared;
                }
            }
            return;
        };
        for workspace in &mut self.workspaces {
            if workspace.cluster != Association::Unknown {
                continue;
            }
            let listed = cluster.workspaces.is_some();
            let elsewhere = matches!((&workspace.region, &cluster.region), (Some(own), Some(its)) if own != its);
            let why = match (listed, elsewhere) {
                (true, _) => "it is not in the list of the cluster",
                (_, true) => "it is in another region than the cluster",
                _ => {
                    workspace.cluster = Association::Cluster(cluster.name.clone());
                    self.notes.push(format!(
                        "Nothing says whether workspace {} is associated to a cluster; it is taken to be in the only one.",
                        workspace.name
                    ));
                    continue;
                }
            };
            workspace.cluster = Association::Shared;
            self.notes.push(format!(
                "Workspace {} is in the shared store: {why}.",
                workspace.name
            ));
        }
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
        for workspace in &mut self.workspaces {
            let Association::Cluster(cluster) = &workspace.cluster else {
                continue;
            };
            let its = self.clusters.iter().find(|known| known.name == *cluster);
            let its = its.and_then(|cluster| cluster.region.clone());
            if workspace.region.is_some() && workspace.region != its {
                self.notes.push(format!(
                    "Workspace {} says that it is in another region than its cluster, which cannot be; that of the cluster is taken.",
                    workspace.name
                ));
            }
            workspace.region = its;
        }
        Ok(())
    }

    /// Of the workspaces of a cluster.
    pub(super) fn of<'w>(
        &'w self,
        cluster: &'w Association,
    ) -> impl Iterator<Item = &'w Workspace> {
        self.workspaces
            .iter()
            .filter(move |workspace| workspace.cluster == *cluster)
    }
}
