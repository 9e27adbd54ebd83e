//! The workspaces: the association of each to a cluster, where its data goes, and its surges.

use std::ops::Deref;

use super::calendar::{Calendar, Run};
use super::cluster::Clusters;
use super::history::{Occurrence, Route};
use super::notice::{Notice, index_u32, operation_ends};
use crate::kernel::StreamKey;
use crate::scenario::{self, Delay, Rule, Scenario};
use crate::units::{Duration, Factor, Time};

/// How long an association counts.
const COUNTED: Duration = Duration::from_millis(30 * Duration::DAY.millis());

/// All workspaces. Only this file changes them.
pub(super) struct Workspaces<'a> {
    scenario: &'a Scenario,
    workspaces: Vec<Workspace>,
}

/// A workspace as it is now.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Where the keys of its streams begin.
    stream: StreamKey,
    pub(super) association: Option<Association>,
    /// When each of its associations was accepted.
    associations: Vec<Time>,
    /// Where its data goes.
    pub(super) route: Route,
    /// The surges that hold.
    surges: Vec<(Occurrence, Factor)>,
}

/// The link of a workspace to a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Association {
    pub(super) cluster: usize,
    pub(super) stage: Stage,
}

/// How far an association is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    /// Accepted: data goes elsewhere until it is done.
    Beginning(Occurrence),
    Done,
    /// Data goes where it went until it is over.
    Ending(Occurrence),
}

impl Workspace {
    fn at_start(workspace: &scenario::Workspace, root: StreamKey) -> Workspace {
        let association = workspace.cluster.map(|cluster| Association {
            cluster,
            stage: Stage::Done,
        });
        Workspace {
            stream: root.name("workspace").name(&workspace.name),
            associations: association.iter().map(|_| Time::START).collect(),
            association,
            route: workspace.cluster.map_or(Route::SharedStore, Route::Cluster),
            surges: Vec::new(),
        }
    }

    /// The cluster that it is associated with, however far.
    pub(super) fn associated_cluster(&self) -> Option<usize> {
        self.association.map(|association| association.cluster)
    }

    /// Its association to this cluster, however far.
    pub(super) fn association_to(&self, cluster: usize) -> Option<Association> {
        self.association
            .filter(|association| association.cluster == cluster)
    }

    /// Whether its association to this cluster is done, and not being ended.
    pub(super) fn is_associated_to(&self, cluster: usize) -> bool {
        let association = self.association_to(cluster);
        association.is_some_and(|association| matches!(association.stage, Stage::Done))
    }

    /// How many associations were accepted in the last 30 days.
    pub(super) fn counted_associations(&self, now: Time) -> u64 {
        let counted = self.associations.iter().filter(|&&at| now < at + COUNTED);
        counted.count() as u64
    }
}

impl Deref for Workspaces<'_> {
    type Target = [Workspace];

    fn deref(&self) -> &[Workspace] {
        &self.workspaces
    }
}

impl<'a> Workspaces<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Workspaces<'a> {
        Workspaces {
            scenario,
            workspaces: Vec::with_capacity(scenario.workspaces.len()),
        }
    }

    /// Everything as it is at the start again. The stream keys begin with `root`.
    pub(super) fn restart(&mut self, root: StreamKey) {
        self.workspaces.clear();
        let at_start = self.scenario.workspaces.iter();
        let at_start = at_start.map(|workspace| Workspace::at_start(workspace, root));
        self.workspaces.extend(at_start);
    }

    /// An association begins.
    pub(super) fn associate(
        &mut self,
        workspace: usize,
        cluster: usize,
        by: Occurrence,
        calendar: &mut Calendar<'_>,
    ) -> Run {
        let associated = &mut self.workspaces[workspace];
        associated.associations.push(calendar.now());
        associated.association = Some(Association {
            cluster,
            stage: Stage::Beginning(by),
        });
        let delay = &self.scenario.behaviour.association_duration;
        self.end_later(workspace, "association_duration", delay, by, calendar)
    }

    /// The end of an association begins.
    pub(super) fn disassociate(
        &mut self,
        workspace: usize,
        by: Occurrence,
        calendar: &mut Calendar<'_>,
    ) -> Run {
        let association = self.workspaces[workspace].association.as_mut();
        association.expect("it is associated").stage = Stage::Ending(by);
        let delay = &self.scenario.behaviour.disassociation_duration;
        self.end_later(workspace, "disassociation_duration", delay, by, calendar)
    }

    fn end_later(
        &self,
        workspace: usize,
        name: &str,
        delay: &Delay,
        by: Occurrence,
        calendar: &mut Calendar<'_>,
    ) -> Run {
        let stream = self.workspaces[workspace].stream;
        let at = calendar.now() + calendar.draw(stream, name, delay, by)?;
        let ends = Notice::AssociationEnds(index_u32(workspace));
        calendar.schedule(at, operation_ends(calendar.rank(by.event)), ends);
        Ok(())
    }

    /// An association or a disassociation is done: of which cluster, by what, and which rule.
    pub(super) fn end_association(&mut self, workspace: usize) -> (usize, Occurrence, Rule) {
        let association = &mut self.workspaces[workspace].association;
        let Association { cluster, stage } = association.expect("an association was running");
        match stage {
            Stage::Beginning(by) => {
                let stage = Stage::Done;
                *association = Some(Association { cluster, stage });
                (cluster, by, Rule::Association)
            }
            Stage::Ending(by) => {
                *association = None;
                (cluster, by, Rule::Disassociation)
            }
            Stage::Done => unreachable!("nothing was running"),
        }
    }

    /// Finds out where the data of a workspace goes; its route, if that is another one.
    pub(super) fn reroute(&mut self, workspace: usize, clusters: &Clusters<'_>) -> Option<Route> {
        let workspace = &mut self.workspaces[workspace];
        let route = match workspace.association {
            None => Route::SharedStore,
            Some(Association { cluster, stage }) => match stage {
                _ if !clusters[cluster].is_provisioned() => Route::NotProvisioned(cluster),
                Stage::Beginning(_) => Route::SharedStore,
                Stage::Done | Stage::Ending(_) => Route::Cluster(cluster),
            },
        };
        let before = std::mem::replace(&mut workspace.route, route);
        (route != before).then_some(route)
    }

    /// A surge begins; without a factor it ends. The result is the product of those that hold.
    pub(super) fn set_surge(
        &mut self,
        workspace: usize,
        by: Occurrence,
        factor: Option<Factor>,
    ) -> Factor {
        let surges = &mut self.workspaces[workspace].surges;
        match factor {
            Some(factor) => surges.push((by, factor)),
            None => surges.retain(|surge| surge.0 != by),
        }
        let one = u128::from(Factor::ONE.millionths());
        let product = surges.iter().fold(one, |product, surge| {
            product.saturating_mul(surge.1.millionths().into()) / one
        });
        Factor::from_millionths(u64::try_from(product).unwrap_or(u64::MAX))
    }
}
