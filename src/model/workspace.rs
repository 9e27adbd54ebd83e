//! A workspace: its association to a cluster, and where its data goes.

use super::control_plane::{Refusal, together};
use super::happening::{Happening, operation_ends, small};
use super::history::{ClusterLife, Occurrence, Reason, Route, Subject, What, WorkspaceHistory};
use super::simulate::{Stopped, World};
use crate::kernel::StreamKey;
use crate::scenario::{self, Action, Edge, Rule};
use crate::units::{Duration, Time};

/// How long an association counts.
const COUNTED: Duration = Duration::from_millis(30 * Duration::DAY.millis());

/// A workspace as it is now.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Where the addresses of its draws begin.
    address: StreamKey,
    pub(super) association: Option<Association>,
    /// When each of its associations was accepted.
    associations: Vec<Time>,
}

/// The link of a workspace to a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Association {
    pub(super) cluster: usize,
    stage: Stage,
}

/// How far an association is.
#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Accepted: data goes elsewhere until it is done.
    Beginning(Occurrence),
    Done,
    /// Data goes where it went until it is over.
    Ending(Occurrence),
}

impl Association {
    pub(super) fn is_beginning(&self) -> bool {
        matches!(self.stage, Stage::Beginning(_))
    }
}

impl Workspace {
    pub(super) fn new(workspace: &scenario::Workspace, chance: StreamKey) -> Workspace {
        let association = workspace.cluster.map(|cluster| Association {
            cluster,
            stage: Stage::Done,
        });
        Workspace {
            address: chance.name("workspace").name(&workspace.name),
            associations: association.iter().map(|_| Time::START).collect(),
            association,
        }
    }

    /// Whether it has an association to this cluster, however far.
    pub(super) fn is_of(&self, cluster: usize) -> bool {
        self.association
            .is_some_and(|association| association.cluster == cluster)
    }

    /// Whether its association to this cluster is done, and not being ended.
    pub(super) fn is_associated_to(&self, cluster: usize) -> bool {
        self.association.is_some_and(|association| {
            association.cluster == cluster && matches!(association.stage, Stage::Done)
        })
    }
}

impl WorkspaceHistory {
    /// Notes what a setting is from `now` on.
    pub(super) fn set(&mut self, action: &Action, now: Time) {
        match action {
            Action::SetIngestion { rate, factor, .. } => {
                if let Some(rate) = rate {
                    self.rate.record(now, *rate);
                }
                if let Some(factor) = factor {
                    self.factor.record(now, *factor);
                }
            }
            Action::SetRetention { retention, .. } => self.retention.record(now, *retention),
            Action::SetDailyCap { daily_cap, .. } => self.daily_cap.record(now, *daily_cap),
            _ => unreachable!("{action:?} sets nothing of a workspace"),
        }
    }
}

impl World<'_> {
    /// Where the data of a workspace goes now.
    pub(super) fn route(&self, workspace: usize) -> Route {
        let route = self.history.workspaces[workspace].route.last();
        route.expect("it went somewhere from the beginning").1
    }

    pub(super) fn associate(
        &mut self,
        workspace: usize,
        cluster: usize,
        occurrence: Occurrence,
    ) -> Result<(), Stopped> {
        let subject = Subject::Workspace(workspace);
        if let Err((reason, rule)) = self.may_associate(workspace, cluster) {
            self.reject(Some(cluster), subject, reason, rule, occurrence);
            return Ok(());
        }
        let now = self.queue.now();
        let it = &mut self.workspaces[workspace];
        it.associations.push(now);
        it.association = Some(Association {
            cluster,
            stage: Stage::Beginning(occurrence),
        });
        let delay = &self.scenario.behaviour.association_duration;
        let address = self.workspaces[workspace].address;
        let duration = self.draw_for(address, "association_duration", delay, occurrence)?;
        self.log(
            subject,
            What::OperationStarted,
            Rule::Association,
            Some(occurrence),
        );
        self.end_association_after(duration, workspace, occurrence);
        self.reroute(workspace, Rule::NotProvisioned, occurrence);
        Ok(())
    }

    fn may_associate(&self, workspace: usize, cluster: usize) -> Result<(), Refusal> {
        let it = &self.workspaces[workspace];
        match it.association {
            Some(Association {
                stage: Stage::Beginning(_) | Stage::Ending(_),
                ..
            }) => return Err((Reason::AssociationInProgress, Rule::Association)),
            Some(other) if other.cluster != cluster => {
                return Err((Reason::AssociatedElsewhere, Rule::OneCluster));
            }
            Some(_) => return Err((Reason::AssociatedAlready, Rule::OneCluster)),
            None => {}
        }
        let asked = &self.clusters[cluster];
        match asked.life {
            ClusterLife::Absent => return Err((Reason::ClusterMissing, Rule::Provisioning)),
            ClusterLife::SoftDeleted => {
                return Err((Reason::ClusterMissing, Rule::ClusterSoftDelete));
            }
            ClusterLife::Provisioning | ClusterLife::Provisioned => {}
        }
        let deletes = |occurrence: Occurrence| {
            let action = &self.scenario.events[occurrence.event].action;
            matches!(action, Action::DeleteCluster { .. })
        };
        if asked.operation.is_some_and(deletes) {
            return Err((Reason::ClusterDeleting, Rule::ClusterDeletion));
        }
        together(
            &self.scenario.workspaces[workspace].site,
            &self.scenario.clusters[cluster].site,
        )?;
        let now = self.queue.now();
        let counted = it.associations.iter().filter(|&&at| now < at + COUNTED);
        if counted.count() as u64 >= self.scenario.behaviour.associations_per_30_days {
            return Err((Reason::TooManyAssociations, Rule::AssociationLimit));
        }
        Ok(())
    }

    pub(super) fn disassociate(
        &mut self,
        workspace: usize,
        occurrence: Occurrence,
    ) -> Result<(), Stopped> {
        let subject = Subject::Workspace(workspace);
        let association = self.workspaces[workspace].association;
        let refused = match association.map(|association| association.stage) {
            Some(Stage::Done) => {
                self.log(
                    subject,
                    What::OperationStarted,
                    Rule::Disassociation,
                    Some(occurrence),
                );
                return self.begin_disassociation(workspace, occurrence);
            }
            Some(Stage::Beginning(_) | Stage::Ending(_)) => Reason::AssociationInProgress,
            None => Reason::NotAssociated,
        };
        let cluster = association.map(|association| association.cluster);
        self.reject(cluster, subject, refused, Rule::Disassociation, occurrence);
        Ok(())
    }

    /// Lets the end of an association begin.
    pub(super) fn begin_disassociation(
        &mut self,
        workspace: usize,
        occurrence: Occurrence,
    ) -> Result<(), Stopped> {
        let it = &mut self.workspaces[workspace];
        let association = it.association.as_mut().expect("it is associated");
        association.stage = Stage::Ending(occurrence);
        let address = it.address;
        let delay = &self.scenario.behaviour.disassociation_duration;
        let duration = self.draw_for(address, "disassociation_duration", delay, occurrence)?;
        self.end_association_after(duration, workspace, occurrence);
        Ok(())
    }

    fn end_association_after(
        &mut self,
        duration: Duration,
        workspace: usize,
        occurrence: Occurrence,
    ) {
        let ends = Happening::AssociationEnds(small(workspace));
        let at = self.queue.now() + duration;
        self.queue
            .schedule(at, operation_ends(occurrence.event), ends);
    }

    /// An association or a disassociation is done.
    pub(super) fn end_association(&mut self, workspace: usize) -> Result<(), Stopped> {
        let it = &mut self.workspaces[workspace];
        let association = it.association.as_mut().expect("an association was running");
        let cluster = association.cluster;
        let (occurrence, rule) = match association.stage {
            Stage::Beginning(occurrence) => {
                association.stage = Stage::Done;
                (occurrence, Rule::Association)
            }
            Stage::Ending(occurrence) => {
                it.association = None;
                (occurrence, Rule::Disassociation)
            }
            Stage::Done => unreachable!("nothing was running"),
        };
        // The deletion of a cluster is an operation of the cluster, and tells of its own end.
        let deletes = self.clusters[cluster].operation == Some(occurrence);
        if !deletes {
            self.succeed(cluster, Subject::Workspace(workspace), rule, occurrence);
        }
        self.reroute(workspace, rule, occurrence);
        if !deletes {
            self.schedule_followers(occurrence, Edge::End)?;
        }
        self.end_deletion_when_empty(cluster)
    }

    /// Looks again at where the data of a cluster's workspaces goes.
    pub(super) fn reroute_associated(
        &mut self,
        cluster: usize,
        rule: Rule,
        occurrence: Occurrence,
    ) {
        for workspace in 0..self.workspaces.len() {
            if self.workspaces[workspace].is_of(cluster) {
                self.reroute(workspace, rule, occurrence);
            }
        }
    }

    fn reroute(&mut self, workspace: usize, rule: Rule, occurrence: Occurrence) {
        let it = &self.workspaces[workspace];
        let route = match it.association {
            None => Route::SharedStore,
            Some(Association { cluster, stage }) => {
                let provisioned = self.clusters[cluster].life == ClusterLife::Provisioned;
                match stage {
                    _ if !provisioned => Route::NotProvisioned(cluster),
                    Stage::Beginning(_) => Route::SharedStore,
                    Stage::Done | Stage::Ending(_) => Route::Cluster(cluster),
                }
            }
        };
        if route != self.route(workspace) {
            let now = self.queue.now();
            self.history.workspaces[workspace].route.record(now, route);
            let what = What::Routed(route);
            self.log(Subject::Workspace(workspace), what, rule, Some(occurrence));
        }
    }
}
