//! What a run rests on that no source states.

use super::format::{duration, rate};
use super::rules::written;
use crate::scenario::{
    Behaviour, BufferOnRevocation, Delay, DeleteWithWorkspaces, Edition, Parameter, Prices,
    Reservation, RevocationScope, Scenario, Shape, SubscriptionApproval,
};
use crate::units::{Money, Rate};

/// The parameters that the scenario's edition has to assume and that something can use, each
/// with the value that the run used, in the order of the edition. The value of a key that was
/// `sought` is no assumption.
pub(super) fn parameters(scenario: &Scenario, sought: Option<&str>) -> Vec<(&'static str, String)> {
    let Some(edition) = Edition::named(&scenario.edition) else {
        return Vec::new();
    };
    let stated = edition.behaviour();
    scenario
        .assumed()
        .filter(|parameter| sought != Some(&*parameter.name))
        .map(|parameter| {
            let name = parameter.name.as_str();
            let used = used(scenario, name);
            let same = used == used_by(&stated, name);
            let value = if same {
                written(&parameter.value)
            } else {
                used
            };
            (name, value)
        })
        // What no report has words for is left out.
        .filter(|parameter| !parameter.1.is_empty())
        .collect()
}

/// The prices that nobody verified, and whose they are; `None` where the scenario sets them all.
pub(super) fn prices(scenario: &Scenario) -> Option<String> {
    let prices = &scenario.prices;
    let stated = Edition::named(&scenario.edition)?.prices();
    let unverified = scenario.unverified_prices();
    let unverified: Vec<String> = unverified.map(|it| price(it, prices)).collect();
    (!unverified.is_empty()).then(|| {
        format!(
            "{}; {} ({}, {}, {}).",
            unverified.join("; "),
            prices.currency,
            stated.region,
            stated.date,
            stated.source
        )
    })
}

/// A price in words: of levels the lowest first.
fn price(parameter: &Parameter, prices: &Prices) -> String {
    let name = parameter.name.replace("prices.", "");
    match &prices.reservation {
        Reservation::Levels(levels) if name == "reservation" => {
            let level = |(level, price): &(Rate, Money)| format!("{level} {}", price.human());
            let levels: Vec<String> = levels.iter().map(level).collect();
            format!("{name} {}", levels.join(", "))
        }
        _ => format!("{name} = {}", written(&parameter.value)),
    }
}

fn used(scenario: &Scenario, name: &str) -> String {
    if name == "cluster.storage_accounts" {
        let mut counts: Vec<u32> = scenario
            .clusters
            .iter()
            .map(|cluster| cluster.storage_accounts)
            .collect();
        counts.dedup();
        let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
        return counts.join(", ");
    }
    used_by(&scenario.behaviour, name)
}

/// The value of a parameter of `[behaviour]` in words; empty for others.
fn used_by(behaviour: &Behaviour, name: &str) -> String {
    let or =
        |delay: &Option<Delay>, none: &str| delay.as_ref().map_or(none.to_owned(), self::delay);
    match name.strip_prefix("behaviour.").unwrap_or_default() {
        "poll_interval" => format!(
            "{} to {}",
            behaviour.poll_interval.min, behaviour.poll_interval.max
        ),
        "outage_tolerance" => or(&behaviour.outage_tolerance, "unlimited"),
        "outage_recovery" => delay(&behaviour.outage_recovery),
        "revocation_delay" => delay(&behaviour.revocation_delay),
        "revocation_scope" => match behaviour.revocation_scope {
            RevocationScope::Account => "account".to_owned(),
            RevocationScope::Cluster => "cluster".to_owned(),
        },
        "revocation_recovery" => delay(&behaviour.revocation_recovery),
        "buffer_retention" => behaviour.buffer_retention.to_string(),
        "buffer_on_revocation" => match behaviour.buffer_on_revocation {
            BufferOnRevocation::Drop => "drop".to_owned(),
            BufferOnRevocation::Hold => "hold".to_owned(),
        },
        "hot_cache_span" => behaviour.hot_cache_span.to_string(),
        "hot_cache_refill" => behaviour
            .hot_cache_refill
            .map_or("never".to_owned(), |refill| refill.to_string()),
        "key_update_duration" => delay(&behaviour.key_update_duration),
        "soft_delete_retention" => behaviour.soft_delete_retention.to_string(),
        name => of_operations(behaviour, name),
    }
}

/// The value of a parameter of the control plane in words; empty for others.
fn of_operations(behaviour: &Behaviour, name: &str) -> String {
    match name {
        "subscription_approval" => match behaviour.subscription_approval {
            SubscriptionApproval::Required => "required".to_owned(),
            SubscriptionApproval::None => "none".to_owned(),
        },
        "provisioning_duration" => delay(&behaviour.provisioning_duration),
        "association_duration" => delay(&behaviour.association_duration),
        "disassociation_duration" => delay(&behaviour.disassociation_duration),
        "delete_with_workspaces" => match behaviour.delete_with_workspaces {
            DeleteWithWorkspaces::Disassociate => "disassociate".to_owned(),
            DeleteWithWorkspaces::Fail => "fail".to_owned(),
        },
        "cluster_soft_delete" => behaviour.cluster_soft_delete.to_string(),
        "cluster_recovery_duration" => {
            let recovery = behaviour.cluster_recovery_duration.as_ref();
            recovery.map_or("never".to_owned(), self::delay)
        }
        "clusters_per_region" => behaviour.clusters_per_region.to_string(),
        "associations_per_30_days" => behaviour.associations_per_30_days.to_string(),
        "capacity_levels" => {
            let levels = behaviour.capacity_levels.iter();
            let levels: Vec<String> = levels.map(|level| rate(*level)).collect();
            levels.join(", ")
        }
        "capacity_lock" => behaviour.capacity_lock.to_string(),
        "autorotation" => behaviour
            .autorotation
            .map_or("never".to_owned(), |every| every.to_string()),
        _ => String::new(),
    }
}

/// A delay in words: exactly where it is constant, else by its range.
fn delay(delay: &Delay) -> String {
    if let Shape::Constant(constant) = delay.shape() {
        return constant.to_string();
    }
    let longest = delay
        .longest()
        .map_or("any length".to_owned(), |longest| longest.to_string());
    format!(
        "{} to {longest}, typically {}",
        delay.shortest(),
        duration(delay.typical())
    )
}
