//! What a run rests on that no source states.

use super::format::{duration, rate};
use super::rules::written;
use crate::scenario::{
    Behaviour, Delay, Edition, Parameter, ParameterValue, Prices, Reservation, Scenario, Shape,
};
use crate::units::{Money, Rate};

/// The parameters that the scenario's edition has to assume and that something can use, each
/// with the value that the run used, in the order of the edition; not those that were `varied`.
pub(super) fn parameters(scenario: &Scenario, varied: &[&str]) -> Vec<(&'static str, String)> {
    let Some(edition) = Edition::named(&scenario.edition) else {
        return Vec::new();
    };
    let stated = edition.behaviour();
    scenario
        .assumed()
        .filter(|parameter| !varied.contains(&&*parameter.name))
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
        // A parameter without a value in a run is left out.
        .filter(|parameter| !parameter.1.is_empty())
        .collect()
}

/// The unverified prices and their source; `None` where the scenario sets them all.
pub(super) fn prices(scenario: &Scenario) -> Option<String> {
    let prices = &scenario.prices;
    let stated = Edition::named(&scenario.edition)?.prices();
    let unverified = scenario.unverified_prices();
    let unverified: Vec<String> = unverified
        .map(|parameter| price(parameter, prices))
        .collect();
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

/// A price in words, the lowest level first.
fn price(parameter: &Parameter, prices: &Prices) -> String {
    let name = parameter.name.replace("prices.", "");
    match prices.value(&name) {
        Some(levels @ ParameterValue::Reservation(Reservation::Levels(_))) => {
            format!("{name} {}", words(levels))
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
    let name = name.strip_prefix("behaviour.").unwrap_or_default();
    behaviour.value(name).map_or_else(String::new, words)
}

fn words(value: ParameterValue) -> String {
    match value {
        ParameterValue::Delay(value) => delay(&value),
        ParameterValue::Duration(value) => value.to_string(),
        ParameterValue::Word(word) => word.to_owned(),
        ParameterValue::Words(words) => words,
        ParameterValue::Count(count) => count.to_string(),
        ParameterValue::Rates(rates) => {
            let rates: Vec<String> = rates.into_iter().map(rate).collect();
            rates.join(", ")
        }
        ParameterValue::Interval(gap) => format!("{} to {}", gap.min, gap.max),
        ParameterValue::Money(amount) => amount.human(),
        ParameterValue::Reservation(Reservation::Discount(discount)) => discount.to_string(),
        ParameterValue::Reservation(Reservation::Levels(levels)) => {
            let level = |(level, price): (Rate, Money)| format!("{level} {}", price.human());
            let levels: Vec<String> = levels.into_iter().map(level).collect();
            levels.join(", ")
        }
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
