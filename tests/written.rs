//! A scenario written as a file, so that a failure can be replayed with the program; and the
//! reader must read back what was meant.

use std::fmt::Write;

use cmksim::scenario::{
    Access, Action, AlertRule, Behaviour, Billing, BufferOnRevocation, Cluster, ClusterKey, Delay,
    DeleteWithWorkspaces, Edge, Event, Ingestion, KeyTarget, KeyVault, NEWEST, NoiseShape, Overage,
    Prices, Reservation, RevocationScope, Scenario, Scope, Shape, Site, Source,
    SubscriptionApproval, Symptom, Timing, Workspace, read,
};
use cmksim::units::{Duration, Factor, Probability};

use crate::lives::any_world;
use crate::worlds::seeds;

#[test]
fn a_written_scenario_reads_back() {
    for seed in seeds(4_000) {
        let scenario = any_world(seed);
        let text = written(&scenario);
        let reading = read("world", text.as_bytes(), &[])
            .unwrap_or_else(|wrong| panic!("seed {seed}: {}", wrong.render(false)));
        assert_eq!(reading.scenario, scenario, "seed {seed}\n{text}");
    }
}

/// The scenario as TOML.
pub(crate) fn written(scenario: &Scenario) -> String {
    let mut text = String::new();
    let out = &mut text;
    line(out, "duration", &quoted(scenario.duration));
    line(out, "seed", &scenario.seed.to_string());
    if let Some(start) = scenario.start {
        let seconds = jiff::Timestamp::from_millisecond(start).expect("a calendar time");
        line(out, "start", &seconds.to_string());
    }
    if let Some(allowed) = &scenario.allowed_subscriptions {
        line(out, "allowed_subscriptions", &format!("{allowed:?}"));
    }
    prices(out, &scenario.prices);
    behaviour(out, &scenario.behaviour);
    control_plane(out, &scenario.behaviour);
    scenario
        .key_vaults
        .iter()
        .for_each(|vault| key_vault(out, vault));
    let (there, later): (Vec<_>, Vec<_>) = scenario
        .clusters
        .iter()
        .partition(|cluster| cluster.at_start);
    there
        .iter()
        .for_each(|cluster| self::cluster(out, cluster, scenario));
    scenario
        .workspaces
        .iter()
        .for_each(|workspace| self::workspace(out, workspace, scenario));
    later.iter().for_each(|cluster| described(out, cluster));
    scenario
        .events
        .iter()
        .for_each(|event| self::event(out, event, scenario));
    text
}

fn line(out: &mut String, key: &str, value: &str) {
    writeln!(out, "{key} = {value}").expect("a string takes everything");
}

fn quoted(what: impl std::fmt::Display) -> String {
    format!("\"{what}\"")
}

fn milliseconds(ms: f64) -> String {
    format!("\"{ms}ms\"")
}

fn delay(of: &Delay) -> String {
    // No world cuts a distribution from below.
    let cut = of
        .longest()
        .map_or(String::new(), |max| format!(", max = \"{max}\""));
    match of.shape() {
        Shape::Constant(always) => quoted(always),
        Shape::Uniform { min, max } => {
            format!("{{ dist = \"uniform\", min = \"{min}\", max = \"{max}\" }}")
        }
        Shape::Exponential { mean } => {
            format!(
                "{{ dist = \"exponential\", mean = {}{cut} }}",
                milliseconds(*mean)
            )
        }
        Shape::LogNormal { median, sigma } => format!(
            "{{ dist = \"lognormal\", median = {}, sigma = {sigma}{cut} }}",
            milliseconds(*median)
        ),
        Shape::Empirical { values } => {
            let values: Vec<String> = values.iter().map(quoted).collect();
            format!(
                "{{ dist = \"empirical\", values = [{}] }}",
                values.join(", ")
            )
        }
        other => panic!("no world has a delay like {other:?}"),
    }
}

fn permissions(access: Access) -> String {
    let all = [
        (access.get, "\"get\""),
        (access.wrap, "\"wrap\""),
        (access.unwrap, "\"unwrap\""),
    ];
    let held: Vec<_> = all
        .iter()
        .filter(|(has, _)| *has)
        .map(|(_, name)| *name)
        .collect();
    format!("[{}]", held.join(", "))
}

fn prices(out: &mut String, prices: &Prices) {
    line(out, "\n[prices]\ncurrency", &quoted(&prices.currency));
    line(out, "region", &quoted(&prices.region));
    line(out, "date", &quoted(&prices.date));
    line(out, "source", &quoted(&prices.source));
    line(out, "pay_as_you_go", &prices.pay_as_you_go.to_string());
    line(
        out,
        "reservation",
        &match &prices.reservation {
            Reservation::Discount(discount) => quoted(discount),
            Reservation::Levels(levels) => {
                let levels = levels
                    .iter()
                    .map(|(level, price)| format!("\"{level}\" = {price}"));
                format!("{{ {} }}", levels.collect::<Vec<String>>().join(", "))
            }
        },
    );
    let overage = match prices.overage {
        Overage::PayAsYouGo => "pay_as_you_go",
        Overage::Reservation => "reservation",
    };
    line(out, "overage", &quoted(overage));
    line(out, "free_retention", &quoted(prices.free_retention));
    line(out, "retention", &prices.retention.to_string());
    line(
        out,
        "key_vault_operations",
        &prices.key_vault_operations.to_string(),
    );
}

fn behaviour(out: &mut String, behaviour: &Behaviour) {
    line(out, "\n[behaviour]\npoll_interval", &{
        let bounds = behaviour.poll_interval;
        format!("{{ min = \"{}\", max = \"{}\" }}", bounds.min, bounds.max)
    });
    let tolerance = behaviour.outage_tolerance.as_ref();
    line(
        out,
        "outage_tolerance",
        &tolerance.map_or(quoted("unlimited"), delay),
    );
    line(out, "outage_recovery", &delay(&behaviour.outage_recovery));
    line(out, "revocation_delay", &delay(&behaviour.revocation_delay));
    let scope = match behaviour.revocation_scope {
        RevocationScope::Account => "account",
        RevocationScope::Cluster => "cluster",
    };
    line(out, "revocation_scope", &quoted(scope));
    line(
        out,
        "revocation_recovery",
        &delay(&behaviour.revocation_recovery),
    );
    line(out, "buffer_retention", &quoted(behaviour.buffer_retention));
    let held = match behaviour.buffer_on_revocation {
        BufferOnRevocation::Drop => "drop",
        BufferOnRevocation::Hold => "hold",
    };
    line(out, "buffer_on_revocation", &quoted(held));
    line(out, "hot_cache_span", &quoted(behaviour.hot_cache_span));
    line(
        out,
        "hot_cache_refill",
        &behaviour.hot_cache_refill.map_or(quoted("never"), quoted),
    );
    line(
        out,
        "key_update_duration",
        &delay(&behaviour.key_update_duration),
    );
    line(
        out,
        "soft_delete_retention",
        &quoted(behaviour.soft_delete_retention),
    );
}

fn control_plane(out: &mut String, behaviour: &Behaviour) {
    let approval = match behaviour.subscription_approval {
        SubscriptionApproval::Required => "required",
        SubscriptionApproval::None => "none",
    };
    line(out, "subscription_approval", &quoted(approval));
    let fate = match behaviour.delete_with_workspaces {
        DeleteWithWorkspaces::Disassociate => "disassociate",
        DeleteWithWorkspaces::Fail => "fail",
    };
    line(out, "delete_with_workspaces", &quoted(fate));
    for (key, value) in [
        ("provisioning_duration", &behaviour.provisioning_duration),
        ("association_duration", &behaviour.association_duration),
        (
            "disassociation_duration",
            &behaviour.disassociation_duration,
        ),
    ] {
        line(out, key, &delay(value));
    }
    let recovery = behaviour.cluster_recovery_duration.as_ref();
    let recovery = recovery.map_or(quoted("never"), delay);
    line(out, "cluster_recovery_duration", &recovery);
    let levels = behaviour.capacity_levels.iter().map(quoted);
    let levels = levels.collect::<Vec<_>>().join(", ");
    for (key, value) in [
        (
            "cluster_name_reserved",
            quoted(behaviour.cluster_name_reserved),
        ),
        ("cluster_data_kept", quoted(behaviour.cluster_data_kept)),
        (
            "reserved_clusters_per_region",
            unlimited(behaviour.reserved_clusters_per_region),
        ),
        (
            "workspaces_per_cluster",
            unlimited(behaviour.workspaces_per_cluster),
        ),
        (
            "clusters_per_region",
            behaviour.clusters_per_region.to_string(),
        ),
        (
            "associations_per_30_days",
            behaviour.associations_per_30_days.to_string(),
        ),
        ("capacity_levels", format!("[{levels}]")),
        ("capacity_lock", quoted(behaviour.capacity_lock)),
        (
            "autorotation",
            behaviour.autorotation.map_or(quoted("never"), quoted),
        ),
    ] {
        line(out, key, &value);
    }
}

fn unlimited(most: Option<u64>) -> String {
    most.map_or(quoted("unlimited"), |most| most.to_string())
}

fn site(out: &mut String, site: &Site) {
    line(out, "region", &quoted(&site.region));
    line(out, "tenant", &quoted(&site.tenant));
    line(out, "subscription", &quoted(&site.subscription));
}

fn billing(of: Billing) -> String {
    quoted(match of {
        Billing::Cluster => "cluster",
        Billing::Workspaces => "workspaces",
    })
}

fn key_vault(out: &mut String, vault: &KeyVault) {
    line(out, "\n[[key_vault]]\nname", &quoted(&vault.name));
    line(out, "soft_delete", &vault.soft_delete.to_string());
    line(out, "purge_protection", &vault.purge_protection.to_string());
    let keys: Vec<String> = vault
        .keys
        .iter()
        .map(|key| format!("{} = {:?}", key.name, key.versions))
        .collect();
    line(out, "keys", &format!("{{ {} }}", keys.join(", ")));
    site(out, &vault.site);
}

fn cluster(out: &mut String, cluster: &Cluster, scenario: &Scenario) {
    line(out, "\n[[cluster]]\nname", &quoted(&cluster.name));
    line(
        out,
        "storage_accounts",
        &cluster.storage_accounts.to_string(),
    );
    let key = cluster.key.as_ref().map(|key| identifier(key, scenario));
    line(out, "key", &key.unwrap_or(quoted("none")));
    line(out, "access", &permissions(cluster.access));
    if let Some(capacity) = cluster.capacity_reservation {
        line(out, "capacity_reservation", &quoted(capacity));
    }
    line(out, "billing", &billing(cluster.billing));
    site(out, &cluster.site);
}

fn identifier(key: &ClusterKey, scenario: &Scenario) -> String {
    let vault = &scenario.key_vaults[key.vault];
    let version = if key.follows_newest {
        NEWEST
    } else {
        &key.version
    };
    format!(
        "{{ vault = \"{}\", name = \"{}\", version = \"{version}\" }}",
        vault.name, vault.keys[key.key].name
    )
}

/// A cluster that comes later is what the first event that names it says. Whether that is
/// enabled does not matter, so here it never happens.
fn described(out: &mut String, cluster: &Cluster) {
    let name = format!("describes-{}", cluster.name);
    line(out, "\n[[event]]\nname", &quoted(name));
    line(out, "enabled", "false");
    line(out, "at", &quoted(Duration::ZERO));
    kind(out, "create_cluster");
    line(out, "cluster", &quoted(&cluster.name));
    line(
        out,
        "storage_accounts",
        &cluster.storage_accounts.to_string(),
    );
    site(out, &cluster.site);
}

fn workspace(out: &mut String, workspace: &Workspace, scenario: &Scenario) {
    line(out, "\n[[workspace]]\nname", &quoted(&workspace.name));
    let cluster = workspace
        .cluster
        .map(|cluster| &scenario.clusters[cluster].name);
    line(out, "cluster", &cluster.map_or(quoted("none"), quoted));
    line(out, "retention", &quoted(workspace.retention));
    line(out, "history", &quoted(workspace.history));
    line(
        out,
        "daily_cap",
        &workspace.daily_cap.map_or(quoted("none"), quoted),
    );
    site(out, &workspace.site);
    ingestion(out, &workspace.ingestion);
}

fn ingestion(out: &mut String, ingestion: &Ingestion) {
    let Source::Rate(rate) = &ingestion.source else {
        panic!("no world has a trace");
    };
    line(out, "[workspace.ingestion]\nrate", &quoted(rate));
    if let Some(hourly) = &ingestion.hourly {
        let factors: Vec<String> = hourly.iter().map(|factor| number(*factor)).collect();
        line(out, "hourly", &format!("[{}]", factors.join(", ")));
    }
    if let Some(growth) = ingestion.growth {
        let percent = ((growth.factor - 1.0) * 1e6).round() / 1e4;
        line(out, "growth", &format!("\"{percent}%/{}\"", growth.per));
    }
    if let Some(noise) = ingestion.noise {
        let dist = match noise.shape {
            NoiseShape::LogNormal => "lognormal",
            NoiseShape::Gamma => "gamma",
        };
        let (cv, period) = (noise.cv, noise.period);
        let further: String = [("daily_cv", noise.daily_cv), ("weekly_cv", noise.weekly_cv)]
            .iter()
            .filter(|(_, cv)| *cv > 0.0)
            .map(|(key, cv)| format!(", {key} = {cv}"))
            .collect();
        let table = format!("{{ dist = \"{dist}\", cv = {cv}, period = \"{period}\"{further} }}");
        line(out, "noise", &table);
    }
}

fn number(factor: Factor) -> String {
    factor.to_string()
}

fn event(out: &mut String, event: &Event, scenario: &Scenario) {
    let name = quoted(&event.name);
    match &event.timing {
        Timing::At(at) => {
            line(out, "\n[[event]]\nname", &name);
            line(out, "at", &delay(at));
        }
        Timing::Seen(seen) => {
            line(out, "\n[[response]]\nname", &name);
            watch(out, seen, &event.action, scenario);
        }
        Timing::After {
            event: other,
            edge,
            delay: wait,
        } => {
            line(out, "\n[[event]]\nname", &name);
            let key = match edge {
                Edge::Begin => "after",
                Edge::End => "after_end",
            };
            line(out, key, &quoted(&scenario.events[*other].name));
            line(out, "delay", &delay(wait));
        }
        Timing::Every { gap } => {
            line(out, "\n[[hazard]]\nname", &name);
            line(out, "gap", &delay(gap));
        }
    }
    if let Some(duration) = &event.duration {
        line(out, "duration", &delay(duration));
    }
    action(out, &event.action, scenario);
}

fn watch(out: &mut String, watch: &AlertRule, action: &Action, scenario: &Scenario) {
    let symptom = match watch.symptom {
        Symptom::QueriesFail => "queries_fail",
        Symptom::DataDropped => "data_dropped",
        Symptom::DataBuffered => "data_buffered",
        Symptom::KeyDenied => "key_denied",
        Symptom::OperationFailed => "operation_failed",
        Symptom::OperationRejected => "operation_rejected",
        Symptom::OperationSucceeded => "operation_succeeded",
    };
    line(out, "when", &quoted(symptom));
    // What it acts on is written with the action.
    match watch.scope {
        Scope::Workspace(at) if workspace_of(action).is_none() => {
            line(out, "workspace", &quoted(&scenario.workspaces[at].name));
        }
        Scope::Cluster(at) if cluster_of(action).is_none() => {
            line(out, "cluster", &quoted(&scenario.clusters[at].name));
        }
        _ => {}
    }
    if watch.held > Duration::ZERO {
        line(out, "for", &quoted(watch.held));
    }
    line(out, "delay", &delay(&watch.delay));
    line(out, "even_if_over", &watch.even_if_over.to_string());
}

/// The workspace that an action is about.
pub(crate) fn workspace_of(action: &Action) -> Option<usize> {
    match *action {
        Action::AssociateWorkspace { workspace, .. }
        | Action::DisassociateWorkspace { workspace }
        | Action::SetIngestion { workspace, .. }
        | Action::IngestionSurge { workspace, .. }
        | Action::SetRetention { workspace, .. }
        | Action::SetDailyCap { workspace, .. } => Some(workspace),
        _ => None,
    }
}

/// The cluster that an action is about.
pub(crate) fn cluster_of(action: &Action) -> Option<usize> {
    match *action {
        Action::StorageOutage { cluster }
        | Action::RemoveAccess { cluster, .. }
        | Action::GrantAccess { cluster, .. }
        | Action::UpdateClusterKey { cluster, .. }
        | Action::CreateCluster { cluster, .. }
        | Action::SetCapacityReservation { cluster, .. }
        | Action::SetBillingType { cluster, .. }
        | Action::DeleteCluster { cluster }
        | Action::RecoverCluster { cluster }
        | Action::AssociateWorkspace { cluster, .. } => Some(cluster),
        _ => None,
    }
}

fn kind(out: &mut String, kind: &str) {
    line(out, "kind", &quoted(kind));
}

fn faulty(out: &mut String, vault: usize, failure: Probability, scenario: &Scenario) {
    line(out, "vault", &quoted(&scenario.key_vaults[vault].name));
    line(out, "failure_probability", &quoted(failure));
}

fn key(out: &mut String, name: &str, target: &KeyTarget, scenario: &Scenario) {
    kind(out, name);
    let vault = &scenario.key_vaults[target.vault];
    line(out, "vault", &quoted(&vault.name));
    line(out, "key", &quoted(&vault.keys[target.key].name));
    if let Some(version) = &target.version {
        line(out, "version", &quoted(version));
    }
}

fn access(out: &mut String, name: &str, cluster: usize, what: Access, scenario: &Scenario) {
    kind(out, name);
    line(out, "cluster", &quoted(&scenario.clusters[cluster].name));
    line(out, "permissions", &permissions(what));
}

fn action(out: &mut String, action: &Action, scenario: &Scenario) {
    let cluster = |at: usize| quoted(&scenario.clusters[at].name);
    match action {
        Action::KeyVaultOutage { vault, failure } => {
            kind(out, "key_vault_outage");
            faulty(out, *vault, *failure, scenario);
        }
        Action::KeyVaultThrottling {
            vault, requests, ..
        } => {
            kind(out, "key_vault_throttling");
            line(out, "vault", &quoted(&scenario.key_vaults[*vault].name));
            line(out, "requests", &requests.to_string());
        }
        Action::KeyVaultDenials { vault, failure } => {
            kind(out, "key_vault_denials");
            faulty(out, *vault, *failure, scenario);
        }
        Action::IdentityOutage { failure } => {
            kind(out, "identity_outage");
            line(out, "failure_probability", &quoted(failure));
        }
        Action::StorageOutage { cluster: down } => {
            kind(out, "storage_outage");
            line(out, "cluster", &cluster(*down));
        }
        Action::DisableKey(target) => key(out, "disable_key", target, scenario),
        Action::EnableKey(target) => key(out, "enable_key", target, scenario),
        Action::ExpireKey(target) => key(out, "expire_key", target, scenario),
        Action::ExtendKey(target) => key(out, "extend_key", target, scenario),
        Action::CreateKeyVersion(target) => key(out, "create_key_version", target, scenario),
        Action::DeleteKey(target) => key(out, "delete_key", target, scenario),
        Action::RecoverKey(target) => key(out, "recover_key", target, scenario),
        Action::PurgeKey(target) => key(out, "purge_key", target, scenario),
        Action::RemoveAccess {
            cluster,
            permissions,
        } => {
            access(out, "remove_access", *cluster, *permissions, scenario);
        }
        Action::GrantAccess {
            cluster,
            permissions,
        } => {
            access(out, "grant_access", *cluster, *permissions, scenario);
        }
        Action::UpdateClusterKey {
            cluster: told,
            key: target,
        } => {
            key(out, "update_cluster_key", target, scenario);
            line(out, "cluster", &cluster(*told));
        }
        other => operation(out, other, scenario),
    }
}

/// What concerns the control plane.
fn operation(out: &mut String, action: &Action, scenario: &Scenario) {
    let whose = |out: &mut String, at: usize| {
        line(out, "cluster", &quoted(&scenario.clusters[at].name));
    };
    match action {
        Action::CreateCluster {
            cluster,
            capacity,
            billing: to,
            with_key,
        } => {
            kind(out, "create_cluster");
            whose(out, *cluster);
            if let Some(capacity) = capacity {
                line(out, "capacity_reservation", &quoted(capacity));
            }
            line(out, "billing", &billing(*to));
            if *with_key {
                let vault = &scenario.key_vaults[0];
                let (vault, key) = (&vault.name, &vault.keys[0].name);
                let named = format!("{{ vault = \"{vault}\", name = \"{key}\" }}");
                line(out, "key", &named);
            }
        }
        Action::SetCapacityReservation { cluster, capacity } => {
            kind(out, "set_capacity_reservation");
            whose(out, *cluster);
            line(out, "capacity_reservation", &quoted(capacity));
        }
        Action::SetBillingType {
            cluster,
            billing: to,
        } => {
            kind(out, "set_billing_type");
            whose(out, *cluster);
            line(out, "billing", &billing(*to));
        }
        Action::DeleteCluster { cluster } => {
            kind(out, "delete_cluster");
            whose(out, *cluster);
        }
        Action::RecoverCluster { cluster } => {
            kind(out, "recover_cluster");
            whose(out, *cluster);
        }
        Action::AssociateWorkspace { cluster, .. } => {
            kind(out, "associate_workspace");
            whose(out, *cluster);
            of_workspace(out, action, scenario);
        }
        Action::DisassociateWorkspace { .. } => {
            kind(out, "disassociate_workspace");
            of_workspace(out, action, scenario);
        }
        settings => set(out, settings, scenario),
    }
}

fn of_workspace(out: &mut String, action: &Action, scenario: &Scenario) {
    let at = workspace_of(action).expect("it is about a workspace");
    line(out, "workspace", &quoted(&scenario.workspaces[at].name));
}

/// What concerns a workspace.
fn set(out: &mut String, action: &Action, scenario: &Scenario) {
    let whose = |out: &mut String, at: usize| {
        line(out, "workspace", &quoted(&scenario.workspaces[at].name));
    };
    match action {
        Action::SetIngestion {
            workspace,
            rate,
            factor,
        } => {
            kind(out, "set_ingestion");
            whose(out, *workspace);
            rate.iter()
                .for_each(|rate| line(out, "rate", &quoted(rate)));
            factor
                .iter()
                .for_each(|factor| line(out, "factor", &number(*factor)));
        }
        Action::IngestionSurge { workspace, factor } => {
            kind(out, "ingestion_surge");
            whose(out, *workspace);
            line(out, "factor", &number(*factor));
        }
        Action::SetRetention {
            workspace,
            retention,
        } => {
            kind(out, "set_retention");
            whose(out, *workspace);
            line(out, "retention", &quoted(retention));
        }
        Action::SetDailyCap {
            workspace,
            daily_cap,
        } => {
            kind(out, "set_daily_cap");
            whose(out, *workspace);
            let cap: Option<String> = daily_cap.map(quoted);
            line(out, "daily_cap", &cap.unwrap_or(quoted("none")));
        }
        other => panic!("{other:?} is no setting"),
    }
}
