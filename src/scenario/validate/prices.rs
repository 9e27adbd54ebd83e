//! `[prices]`: the price list of an edition, and what the scenario changes of it.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{Edition, Prices, Reservation};
use super::Context;
use super::fields::Fields;
use super::scalar::{self, Read};
use crate::units::{Money, Probability, Rate};

impl Edition {
    /// What things cost, as this edition states it.
    ///
    /// # Panics
    ///
    /// Never: a test reads every value of every edition.
    pub fn prices(&'static self) -> Prices {
        let context = Context::new(self);
        let table = self.table("prices");
        let fields = Fields::new(&table, &keys::PRICES, &context.complaints);
        changed(&fields, None, &context).expect("every edition states every price")
    }
}

/// The prices of the edition with those of the scenario in their place.
pub(super) fn prices(root: &Fields<'_>, context: &Context) -> Option<Prices> {
    let stated = context.edition.prices();
    let Some(entry) = root.get("prices") else {
        return Some(stated);
    };
    let Kind::Table(table) = &entry.value.kind else {
        context.complain(scalar::wrong_kind(&entry.value, "a table [prices]"));
        return None;
    };
    let fields = Fields::new(table, &keys::PRICES, &context.complaints);
    let prices = changed(&fields, Some(&stated), context)?;
    if prices.currency != stated.currency {
        in_another_currency(&fields, &prices, &stated.currency, context);
    }
    fields.done();
    Some(prices)
}

/// The prices of a table, and those that are stated for what it leaves out.
fn changed(fields: &Fields<'_>, stated: Option<&Prices>, context: &Context) -> Option<Prices> {
    let words = |key, of: fn(&Prices) -> &String| {
        let own = fields.optional(key, scalar::word);
        own.or_else(|| stated.map(of).cloned())
    };
    let amount =
        |key, of: fn(&Prices) -> Money| fields.optional(key, scalar::money).or(stated.map(of));
    let currency = fields.optional("currency", currency);
    let overage = fields.optional("overage", scalar::word_of);
    let free = fields.optional("free_retention", scalar::duration);
    Some(Prices {
        region: words("region", |prices| &prices.region)?,
        date: words("date", |prices| &prices.date)?,
        source: words("source", |prices| &prices.source)?,
        pay_as_you_go: amount("pay_as_you_go", |prices| prices.pay_as_you_go)?,
        retention: amount("retention", |prices| prices.retention)?,
        key_vault_operations: amount("key_vault_operations", |prices| prices.key_vault_operations)?,
        currency: currency.or_else(|| stated.map(|prices| prices.currency.clone()))?,
        overage: overage.or(stated.map(|prices| prices.overage))?,
        free_retention: free.or(stated.map(|prices| prices.free_retention))?,
        reservation: match fields.get("reservation") {
            Some(entry) => reservation(&entry.value, context)?,
            None => stated?.reservation.clone(),
        },
    })
}

/// Amounts of the edition are in its own currency: all that count must be set too.
fn in_another_currency(fields: &Fields<'_>, prices: &Prices, own: &str, context: &Context) {
    let amounts = ["pay_as_you_go", "retention", "key_vault_operations"];
    let by_level = matches!(prices.reservation, Reservation::Levels(_));
    let amounts = amounts.into_iter().chain(by_level.then_some("reservation"));
    let missing: Vec<&str> = amounts.filter(|key| fields.get(key).is_none()).collect();
    if let (Some(entry), false) = (fields.get("currency"), missing.is_empty()) {
        let message = format!("other prices are in {own} still: {}", missing.join(", "));
        context.complain(
            Diagnostic::error(entry.value.span, message).help("set them too; nothing is converted"),
        );
    }
}

/// Three capital letters.
fn currency(written: &Written) -> Read<String> {
    let found = scalar::text(written)?;
    let is_code = found.len() == 3 && found.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| found.to_owned()).ok_or_else(|| {
        Diagnostic::error(written.span, format!("{found:?} is no currency"))
            .label("three capital letters, as in \"USD\"")
    })
}

/// A discount on pay-as-you-go, or a price per level.
fn reservation(written: &Written, context: &Context) -> Option<Reservation> {
    const EXAMPLE: &str =
        "a discount such as \"25%\" or a price a level such as { \"500 GB/day\" = 865 }";
    match &written.kind {
        Kind::Text(text) => context.take(text.parse::<Probability>().map_or_else(
            |error| Err(Diagnostic::error(written.span, error.to_string()).label(EXAMPLE)),
            |discount| Ok(Reservation::Discount(discount)),
        )),
        Kind::Table(table) if !table.entries.is_empty() => levels(table, context),
        _ => {
            context.complain(scalar::wrong_kind(written, EXAMPLE));
            None
        }
    }
}

/// A price per level, the lowest first whatever the order of the file.
fn levels(table: &Table, context: &Context) -> Option<Reservation> {
    let mut known: Vec<(Rate, Money)> = Vec::new();
    let mut all_well = true;
    for entry in &table.entries {
        let level: Option<Rate> = context.take(entry.key.parse().map_err(|error| {
            Diagnostic::error(entry.key_span, format!("{error}"))
                .label("a level is a rate, as in \"500 GB/day\"")
        }));
        let price = context.take(scalar::money(&entry.value));
        match level.zip(price) {
            Some((level, _)) if level == Rate::ZERO => {
                context.complain(Diagnostic::error(entry.key_span, "a level is above 0"));
                all_well = false;
            }
            Some((level, _)) if known.iter().any(|(other, _)| *other == level) => {
                context.complain(Diagnostic::error(
                    entry.key_span,
                    "this level has a price already",
                ));
                all_well = false;
            }
            Some(priced) => known.push(priced),
            None => all_well = false,
        }
    }
    known.sort_unstable();
    all_well.then_some(Reservation::Levels(known))
}
