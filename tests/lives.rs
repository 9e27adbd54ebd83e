//! Random worlds in which clusters come and go, workspaces move, and people react.

use cmksim::scenario::{
    Access, Action, AlertRule, Billing, Cluster, ClusterKey, Delay, DeleteWithWorkspaces, Edge,
    Event, NEWEST, Scenario, Scope, Shape, SubscriptionApproval, Symptom, Timing,
};
use cmksim::units::{Duration, Rate};

use crate::worlds::{Maker, world};
use crate::written::{cluster_of, workspace_of};

/// A random world with a control plane in it, the same for the same seed.
pub(crate) fn life(seed: u64) -> Scenario {
    let mut scenario = world(seed);
    let mut maker = Maker::of(&scenario, seed ^ 0x11fe);
    maker.parameters(&mut scenario);
    maker.late_clusters(&mut scenario);
    for _ in 0..maker.dice.between(0, 2) {
        maker.provision(&mut scenario);
    }
    if maker.dice.chance(30) {
        maker.delete_and_recover(&mut scenario);
    }
    for _ in 0..maker.dice.between(1, 8) {
        let event = maker.operation(&scenario);
        scenario.unchecked.events.push(event);
    }
    for _ in 0..maker.dice.between(0, 3) {
        let event = maker.response(&scenario);
        scenario.unchecked.events.push(event);
    }
    as_in_a_file(&mut scenario);
    scenario
}

/// A file lists events, then hazards, then responses, and no event at a time after the run.
fn as_in_a_file(scenario: &mut Scenario) {
    let list = |event: &Event| match event.timing {
        Timing::At(_) | Timing::After { .. } => 0,
        Timing::Every { .. } => 1,
        Timing::Seen(_) => 2,
    };
    let mut order: Vec<usize> = (0..scenario.events.len()).collect();
    order.sort_by_key(|&index| list(&scenario.events[index]));
    let mut events: Vec<Event> = order
        .iter()
        .map(|&index| scenario.events[index].clone())
        .collect();
    for event in &mut events {
        match &mut event.timing {
            Timing::After { event: other, .. } => {
                let moved = order.iter().position(|index| index == other);
                *other = moved.expect("every event is in the new order");
            }
            Timing::At(at) => {
                if let Shape::Constant(after) = *at.shape() {
                    let within = after.millis() % scenario.duration.millis();
                    *at = Delay::constant(Duration::from_millis(within));
                }
            }
            Timing::Every { .. } | Timing::Seen(_) => {}
        }
    }
    scenario.unchecked.events = events;
}

/// What a response watches in a file: what its action is about is named there once, and so is
/// what is watched, if it is of the same kind.
fn watched(symptom: Symptom, wanted: Scope, action: &Action) -> Scope {
    let denied = symptom == Symptom::KeyDenied;
    match (workspace_of(action), cluster_of(action), wanted) {
        (None, None, wanted) => wanted,
        (Some(_), Some(cluster), _) if denied => Scope::Cluster(cluster),
        (Some(workspace), Some(_), _) => Scope::Workspace(workspace),
        (Some(_), None, Scope::Cluster(other)) => Scope::Cluster(other),
        (Some(_), None, _) if denied => Scope::Total,
        (Some(workspace), None, _) => Scope::Workspace(workspace),
        (None, Some(_), Scope::Workspace(other)) if !denied => Scope::Workspace(other),
        (None, Some(cluster), _) => Scope::Cluster(cluster),
    }
}

/// Every other world has a control plane.
pub(crate) fn any_world(seed: u64) -> Scenario {
    if seed % 4 < 2 {
        world(seed)
    } else {
        life(seed)
    }
}

fn level(hundreds: i64) -> Rate {
    Rate::from_bytes_per_day(hundreds.cast_unsigned() * 100_000_000_000)
}

/// A success follows these.
pub(crate) fn is_operation(action: &Action) -> bool {
    matches!(
        action,
        Action::UpdateClusterKey { .. }
            | Action::CreateCluster { .. }
            | Action::DeleteCluster { .. }
            | Action::RecoverCluster { .. }
            | Action::AssociateWorkspace { .. }
            | Action::DisassociateWorkspace { .. }
    )
}

impl Maker {
    fn parameters(&mut self, scenario: &mut Scenario) {
        let recovers = self.dice.chance(80);
        let rotates = self.dice.chance(40);
        let behaviour = &mut scenario.unchecked.behaviour;
        behaviour.provisioning_duration = self.delay(25);
        behaviour.association_duration = self.delay(15);
        behaviour.disassociation_duration = self.delay(15);
        behaviour.cluster_name_reserved = self.span(1, 60);
        // In one of four worlds a cluster is lost when its deletion ends.
        let kept = self.span(1, 60);
        let at_once = self.dice.chance(25);
        behaviour.cluster_data_kept = if at_once { Duration::ZERO } else { kept };
        let (most, few) = (
            self.dice.between(3, 6).cast_unsigned(),
            self.dice.chance(25),
        );
        behaviour.reserved_clusters_per_region = few.then_some(most);
        let (most, few) = (
            self.dice.between(1, 3).cast_unsigned(),
            self.dice.chance(15),
        );
        behaviour.workspaces_per_cluster = few.then_some(most);
        behaviour.cluster_recovery_duration = recovers.then(|| self.delay(20));
        behaviour.clusters_per_region = self.dice.between(1, 4).cast_unsigned();
        behaviour.associations_per_30_days = self.dice.between(1, 4).cast_unsigned();
        behaviour.capacity_levels = (10..=13).map(level).collect();
        behaviour.capacity_lock = self.span(1, 60);
        behaviour.autorotation = rotates.then(|| self.span(2, 40));
        behaviour.delete_with_workspaces = self.dice.pick(&[
            DeleteWithWorkspaces::Disassociate,
            DeleteWithWorkspaces::Disassociate,
            DeleteWithWorkspaces::Fail,
        ]);
        if self.dice.chance(10) {
            behaviour.subscription_approval = SubscriptionApproval::None;
        }
        if self.dice.chance(5) {
            scenario.unchecked.allowed_subscriptions = Some(vec!["another".into()]);
        }
        let vaults = &scenario.unchecked.key_vaults;
        for cluster in &mut scenario.unchecked.clusters {
            if let Some(key) = cluster.key.as_mut().filter(|_| rotates)
                && self.dice.chance(60)
            {
                let versions = &vaults[key.vault].keys[key.key].versions;
                *key = ClusterKey {
                    version: versions.last().expect("a key has a version").clone(),
                    follows_newest: true,
                    ..*key
                };
            }
        }
    }

    /// Clusters that somebody has to create.
    fn late_clusters(&mut self, scenario: &mut Scenario) {
        for number in 0..self.dice.between(1, 2) {
            let mut site = scenario.clusters[0].site.clone();
            if self.dice.chance(8) {
                site.region = "elsewhere".into();
            }
            if self.dice.chance(8) {
                site.tenant = "another".into();
            }
            scenario.unchecked.clusters.push(Cluster {
                name: format!("late{number}"),
                at_start: false,
                storage_accounts: self.dice.pick(&[1, 2, 3, 5]),
                key: None,
                access: Access::NONE,
                capacity_reservation: None,
                billing: Billing::Cluster,
                site,
            });
        }
    }

    fn late(&mut self, scenario: &Scenario) -> usize {
        let late = |index: &usize| !scenario.clusters[*index].at_start;
        let late: Vec<usize> = (0..scenario.clusters.len()).filter(late).collect();
        self.dice.pick(&late)
    }

    /// The steps of the page, mostly in their order, and not always patient.
    fn provision(&mut self, scenario: &mut Scenario) {
        let cluster = self.late(scenario);
        let key = self.key_target(&scenario.key_vaults);
        let workspace = self.dice.index(scenario.workspaces.len());
        let asked = self.span(0, 60);
        let mut steps = [
            Action::CreateCluster {
                cluster,
                capacity: None,
                billing: Billing::Cluster,
                with_key: self.dice.chance(5),
            },
            Action::GrantAccess {
                cluster,
                permissions: Access::ALL,
            },
            Action::UpdateClusterKey { cluster, key },
            Action::AssociateWorkspace { workspace, cluster },
        ];
        if self.dice.chance(30) {
            steps.swap(1, 3);
        }
        for (number, action) in steps.into_iter().enumerate() {
            let before = scenario.events.len();
            let timing = if number == 0 {
                Timing::At(Delay::constant(asked))
            } else {
                let patient =
                    is_operation(&scenario.events[before - 1].action) && self.dice.chance(75);
                Timing::After {
                    event: before - 1,
                    edge: if patient { Edge::End } else { Edge::Begin },
                    delay: self.delay(6),
                }
            };
            scenario.unchecked.events.push(Event {
                name: format!("step{before}"),
                timing,
                action,
                duration: None,
                draws_as: None,
                occurrence: 0,
            });
        }
    }

    fn delete_and_recover(&mut self, scenario: &mut Scenario) {
        let cluster = self.dice.index(scenario.clusters.len());
        let asked = self.span(10, 60);
        let before = scenario.events.len();
        for (action, timing) in [
            (
                Action::DeleteCluster { cluster },
                Timing::At(Delay::constant(asked)),
            ),
            (
                Action::RecoverCluster { cluster },
                Timing::After {
                    event: before,
                    edge: Edge::End,
                    delay: self.delay(20),
                },
            ),
        ] {
            scenario.unchecked.events.push(Event {
                name: format!("regret{}", scenario.events.len()),
                timing,
                action,
                duration: None,
                draws_as: None,
                occurrence: 0,
            });
        }
    }

    fn operation(&mut self, scenario: &Scenario) -> Event {
        let mut event = self.event(scenario, 60);
        event.name = format!("operation{}", scenario.events.len());
        event.action = self.asked(scenario);
        event.duration = None;
        event
    }

    fn asked(&mut self, scenario: &Scenario) -> Action {
        let cluster = self.dice.index(scenario.clusters.len());
        let workspace = self.dice.index(scenario.workspaces.len());
        match self.dice.between(1, 16) {
            1..=3 => Action::DeleteCluster { cluster },
            4 | 5 => Action::RecoverCluster { cluster },
            6 => Action::CreateCluster {
                cluster,
                capacity: self
                    .dice
                    .chance(60)
                    .then(|| level(self.dice.between(9, 13))),
                billing: Billing::Workspaces,
                with_key: self.dice.chance(10),
            },
            7..=9 => Action::AssociateWorkspace { workspace, cluster },
            10 | 11 => Action::DisassociateWorkspace { workspace },
            12 => Action::SetCapacityReservation {
                cluster,
                capacity: level(self.dice.between(9, 14)),
            },
            13 => Action::SetBillingType {
                cluster,
                billing: self.dice.pick(&[Billing::Cluster, Billing::Workspaces]),
            },
            _ => {
                let mut key = self.key_target(&scenario.key_vaults);
                if self.dice.chance(30) {
                    key.version = Some(NEWEST.into());
                }
                Action::UpdateClusterKey { cluster, key }
            }
        }
    }

    fn response(&mut self, scenario: &Scenario) -> Event {
        let symptom = self.dice.pick(&[
            Symptom::QueriesFail,
            Symptom::DataDropped,
            Symptom::DataBuffered,
            Symptom::KeyDenied,
            Symptom::OperationFailed,
            Symptom::OperationRejected,
            Symptom::OperationSucceeded,
        ]);
        let lasts = symptom < Symptom::OperationFailed;
        let cluster = Scope::Cluster(self.dice.index(scenario.clusters.len()));
        let workspace = Scope::Workspace(self.dice.index(scenario.workspaces.len()));
        let scope = match self.dice.between(1, 4) {
            1 => Scope::Total,
            2 | 3 => cluster,
            _ if symptom == Symptom::KeyDenied => cluster,
            _ => workspace,
        };
        let (action, duration) = if self.dice.chance(50) {
            (self.asked(scenario), None)
        } else {
            self.action(scenario)
        };
        Event {
            name: format!("response{}", scenario.events.len()),
            timing: Timing::Seen(AlertRule {
                symptom,
                scope: watched(symptom, scope, &action),
                held: if lasts && self.dice.chance(50) {
                    self.span(1, 5)
                } else {
                    Duration::ZERO
                },
                // Who reacts within no time to what they did themselves goes round in circles.
                delay: Delay::constant(self.span(1, 20)),
                even_if_over: self.dice.chance(20),
            }),
            action,
            duration,
            draws_as: None,
            occurrence: 0,
        }
    }
}
