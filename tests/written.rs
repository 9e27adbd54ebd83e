//! A scenario written as a file, so that a failure can be replayed with the program; and the
//! reader must read back what was meant.

use std::fmt::Write;

use cmksim::scenario::{
    Access, Action, Behaviour, BufferOnRevocation, Cluster, Delay, Edge, Event, Ingestion,
    KeyTarget, KeyVault, NoiseShape, RevocationScope, Scenario, Shape, Source, Timing, Workspace,
    read,
};
use cmksim::units::{Factor, Probability};

use crate::worlds::{seeds, world};

#[test]
fn a_written_scenario_reads_back() {
    for seed in seeds(2_000) {
        let scenario = world(seed);
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
    behaviour(out, &scenario.behaviour);
    scenario
        .key_vaults
        .iter()
        .for_each(|vault| key_vault(out, vault));
    scenario
        .clusters
        .iter()
        .for_each(|it| cluster(out, it, scenario));
    scenario
        .workspaces
        .iter()
        .for_each(|it| workspace(out, it, scenario));
    scenario
        .events
        .iter()
        .for_each(|it| event(out, it, scenario));
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
        other => panic!("no world has a delay like {other:?}"),
    }
}

fn permissions(access: Access) -> String {
    let all = [
        (access.get, "\"get\""),
        (access.wrap, "\"wrap\""),
        (access.unwrap, "\"unwrap\""),
    ];
    let held: Vec<_> = all.iter().filter(|it| it.0).map(|it| it.1).collect();
    format!("[{}]", held.join(", "))
}

fn behaviour(out: &mut String, it: &Behaviour) {
    line(out, "\n[behaviour]\npoll_interval", &{
        let bounds = it.poll_interval;
        format!("{{ min = \"{}\", max = \"{}\" }}", bounds.min, bounds.max)
    });
    let tolerance = it.outage_tolerance.as_ref();
    line(
        out,
        "outage_tolerance",
        &tolerance.map_or(quoted("unlimited"), delay),
    );
    line(out, "outage_recovery", &delay(&it.outage_recovery));
    line(out, "revocation_delay", &delay(&it.revocation_delay));
    let scope = match it.revocation_scope {
        RevocationScope::Account => "account",
        RevocationScope::Cluster => "cluster",
    };
    line(out, "revocation_scope", &quoted(scope));
    line(out, "revocation_recovery", &delay(&it.revocation_recovery));
    line(out, "buffer_retention", &quoted(it.buffer_retention));
    let held = match it.buffer_on_revocation {
        BufferOnRevocation::Drop => "drop",
        BufferOnRevocation::Hold => "hold",
    };
    line(out, "buffer_on_revocation", &quoted(held));
    line(out, "hot_cache_span", &quoted(it.hot_cache_span));
    line(
        out,
        "hot_cache_refill",
        &it.hot_cache_refill.map_or(quoted("never"), quoted),
    );
    line(out, "key_update_duration", &delay(&it.key_update_duration));
    line(
        out,
        "soft_delete_retention",
        &quoted(it.soft_delete_retention),
    );
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
}

fn cluster(out: &mut String, cluster: &Cluster, scenario: &Scenario) {
    line(out, "\n[[cluster]]\nname", &quoted(&cluster.name));
    line(
        out,
        "storage_accounts",
        &cluster.storage_accounts.to_string(),
    );
    let key = cluster.key.as_ref().map(|key| {
        let vault = &scenario.key_vaults[key.vault];
        format!(
            "{{ vault = \"{}\", name = \"{}\", version = \"{}\" }}",
            vault.name, vault.keys[key.key].name, key.version
        )
    });
    line(out, "key", &key.unwrap_or(quoted("none")));
    line(out, "access", &permissions(cluster.access));
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
        let table = format!("{{ dist = \"{dist}\", cv = {cv}, period = \"{period}\" }}");
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
        Timing::Seen(_) => unreachable!("no random world has responses yet"),
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
        settings => set(out, settings, scenario),
    }
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
