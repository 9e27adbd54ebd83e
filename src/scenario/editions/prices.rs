//! The price list of an edition.

use toml::Value;

use super::Edition;
use super::behaviour::{Read, duration, table, text};
use crate::scenario::{Overage, Prices, Reservation};
use crate::units::{Money, Rate};

impl Edition {
    /// What things cost, as this edition states it.
    ///
    /// # Panics
    ///
    /// Never: a test reads every value of every edition.
    pub fn prices(&self) -> Prices {
        let words = |name| self.stated(&format!("prices.{name}"), |it| text(it).map(str::to_owned));
        let amount = |name| self.stated(&format!("prices.{name}"), amount);
        Prices {
            currency: words("currency"),
            region: words("region"),
            date: words("date"),
            source: words("source"),
            pay_as_you_go: amount("pay_as_you_go"),
            reservation: self.stated("prices.reservation", reservation),
            overage: self.stated("prices.overage", |value| match text(value)? {
                "pay_as_you_go" => Ok(Overage::PayAsYouGo),
                "reservation" => Ok(Overage::Reservation),
                other => Err(format!(
                    "{other:?} is neither pay_as_you_go nor reservation"
                )),
            }),
            free_retention: self.stated("prices.free_retention", duration),
            retention: amount("retention"),
            key_vault_operations: amount("key_vault_operations"),
        }
    }
}

pub(super) fn amount(value: &Value) -> Read<Money> {
    if value.is_integer() || value.is_float() {
        value
            .to_string()
            .parse()
            .map_err(|error| format!("{error}"))
    } else {
        Err(format!("{value} is not a number"))
    }
}

/// A discount, or a price a level.
pub(super) fn reservation(value: &Value) -> Read<Reservation> {
    if let Value::String(discount) = value {
        let discount = discount.parse().map_err(|error| format!("{error}"))?;
        return Ok(Reservation::Discount(discount));
    }
    let level = |(level, price): (&String, &Value)| -> Read<(Rate, Money)> {
        let level = level.parse().map_err(|error| format!("{error}"))?;
        Ok((level, amount(price)?))
    };
    let mut levels: Vec<(Rate, Money)> = table(value)?.iter().map(level).collect::<Read<_>>()?;
    levels.sort_unstable();
    match levels.is_empty() {
        true => Err("no level has a price".to_owned()),
        false => Ok(Reservation::Levels(levels)),
    }
}
