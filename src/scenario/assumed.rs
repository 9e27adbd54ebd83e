//! Which of the parameters that no source states a scenario can come to use.

use super::{Edition, EventKind, Parameter, Prices, Scenario, Status};

impl Scenario {
    /// The parameters that its edition has to assume, in the order of the edition. Those of
    /// operations that nobody asks for are left out.
    pub fn assumed(&self) -> impl Iterator<Item = &'static Parameter> {
        let edition = Edition::named(&self.edition);
        let parameters = edition.into_iter().flat_map(|edition| &edition.parameters);
        let assumed = parameters.filter(|parameter| parameter.status == Status::Assumed);
        assumed.filter(|parameter| is_asked_for(self, &parameter.name))
    }
}

impl Scenario {
    /// The prices of its edition that nobody verified and that it does not replace.
    pub fn unverified_prices(&self) -> impl Iterator<Item = &'static Parameter> {
        let edition = Edition::named(&self.edition);
        let parameters = edition.into_iter().flat_map(|edition| &edition.parameters);
        let unverified = parameters.filter(|parameter| parameter.status == Status::Unverified);
        let stated = edition.map(Edition::prices);
        unverified.filter(move |parameter| {
            // In another currency every amount is the scenario's own, whatever it is.
            let is_same = |stated: &Prices| {
                stated.currency == self.prices.currency
                    && is_same(&parameter.name, stated, &self.prices)
            };
            stated.as_ref().is_some_and(is_same)
        })
    }
}

/// Whether two price lists have the same price of this name; false for what is not a price.
fn is_same(name: &str, one: &Prices, other: &Prices) -> bool {
    match name {
        "prices.pay_as_you_go" => one.pay_as_you_go == other.pay_as_you_go,
        "prices.reservation" => one.reservation == other.reservation,
        "prices.retention" => one.retention == other.retention,
        "prices.key_vault_operations" => one.key_vault_operations == other.key_vault_operations,
        _ => false,
    }
}

/// Whether something in the scenario can come to use a parameter.
fn is_asked_for(scenario: &Scenario, name: &str) -> bool {
    let name = name.strip_prefix("behaviour.").unwrap_or_default();
    let always = !EventKind::ALL.iter().any(|kind| kind.concerns(name));
    let mut events = scenario.events.iter();
    always || events.any(|event| event.action.kind().concerns(name))
}
