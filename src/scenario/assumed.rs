//! Which of the parameters that no source states a scenario can come to use.

use super::{Edition, EventKind, Parameter, ParameterValue, Scenario, Status};

impl Scenario {
    /// The parameters that its edition has to assume, in the order of the edition. Those of
    /// operations that nobody asks for are left out.
    pub fn assumed(&self) -> impl Iterator<Item = &'static Parameter> {
        let edition = Edition::named(&self.edition);
        let parameters = edition.into_iter().flat_map(|edition| &edition.parameters);
        let assumed = parameters.filter(|parameter| parameter.status == Status::Assumed);
        assumed.filter(|parameter| {
            let name = parameter.name.strip_prefix("behaviour.");
            self.can_use(name.unwrap_or_default())
        })
    }

    /// Whether something in it can come to use a parameter of `[behaviour]`.
    pub(super) fn can_use(&self, name: &str) -> bool {
        let always = !EventKind::ALL.iter().any(|kind| kind.concerns(name));
        let mut events = self.events.iter();
        always || events.any(|event| event.action.kind().concerns(name))
    }

    /// The prices of its edition that nobody verified and that it does not replace.
    pub fn unverified_prices(&self) -> impl Iterator<Item = &'static Parameter> {
        let edition = Edition::named(&self.edition);
        let parameters = edition.into_iter().flat_map(|edition| &edition.parameters);
        let unverified = parameters.filter(|parameter| parameter.status == Status::Unverified);
        let stated = edition.map(Edition::prices);
        unverified.filter(move |parameter| {
            let name = parameter.name.strip_prefix("prices.").unwrap_or_default();
            let own = self.prices.value(name);
            // In another currency every amount is the scenario's own, whatever it is.
            !matches!(own, Some(ParameterValue::Words(_)))
                && stated.as_ref().is_some_and(|stated| {
                    stated.currency == self.prices.currency && stated.value(name) == own
                })
        })
    }
}
