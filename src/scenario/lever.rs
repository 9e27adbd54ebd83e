//! Levers: what the customer can set one way or another, each with its price.

use std::collections::BTreeSet;

use super::Override;
use crate::units::Money;

/// A choice of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lever {
    /// Which no other lever has.
    pub name: String,
    /// At least two.
    pub options: Vec<LeverOption>,
}

/// One way to set a lever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeverOption {
    /// Which no other option of the lever has.
    pub name: String,
    /// Settings as `--set` takes them, in the order in which they take effect; perhaps none.
    pub set: Vec<String>,
    /// What it costs, beside what the run costs.
    pub price: Money,
}

impl Lever {
    /// The same, if all of it can be chosen.
    ///
    /// # Errors
    ///
    /// Why not, in a sentence.
    pub(super) fn whole(self) -> Result<Lever, String> {
        let name = &self.name;
        let mut names = BTreeSet::new();
        let mut options = self.options.iter();
        if let Some(twice) = options.find(|option| !names.insert(&option.name)) {
            return Err(format!(
                "two options of the lever \"{name}\" are called \"{}\"",
                twice.name
            ));
        }
        if self.options.len() < 2 {
            return Err(format!(
                "the lever \"{name}\" has fewer than two options, so there is no choice"
            ));
        }
        let mut settings = self.options.iter().flat_map(|option| &option.set);
        let of_service = |setting: &&String| {
            let key = setting.split(['.', '=']).next().unwrap_or_default();
            key.trim() == "behaviour"
        };
        match settings.find(of_service) {
            Some(setting) => Err(format!(
                "the lever \"{name}\" sets `{}`, which belongs to the service and not to the \
                 customer; solve and sensitivity may ask about it",
                setting.split('=').next().unwrap_or_default().trim()
            )),
            None => Ok(self),
        }
    }
}

impl LeverOption {
    /// What it changes.
    pub fn overrides(&self) -> Vec<Override> {
        let settings = self.set.iter();
        let option = format!("option {}", self.name);
        settings
            .map(|setting| Override::new(&option, setting))
            .collect()
    }
}
