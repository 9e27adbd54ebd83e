//! `[prices]`: the price list of an edition, and what the scenario changes of it.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{Overage, Prices, Reservation};
use super::Context;
use super::fields::{Fields, Refused};
use super::scalar::{self, Read};
use crate::units::{Money, Probability, Rate};

/// The prices of the edition as the scenario changes them.
pub(super) fn prices(root: &Fields<'_>, context: &Context) -> Option<Prices> {
    let mut prices = context.edition.prices();
    let Some(entry) = root.get("prices") else {
        return Some(prices);
    };
    let Kind::Table(table) = &entry.value.kind else {
        context.complain(scalar::wrong_kind(&entry.value, "a table [prices]"));
        return None;
    };
    let fields = Fields::new(table, &keys::PRICES, &context.complaints);
    let words = |key, into: &mut String| {
        if let Some(words) = fields.optional(key, scalar::word) {
            *into = words;
        }
    };
    words("region", &mut prices.region);
    words("date", &mut prices.date);
    words("source", &mut prices.source);
    let amount = |key, into: &mut Money| {
        if let Some(amount) = fields.optional(key, scalar::money) {
            *into = amount;
        }
    };
    amount("pay_as_you_go", &mut prices.pay_as_you_go);
    amount("retention", &mut prices.retention);
    amount("key_vault_operations", &mut prices.key_vault_operations);
    if let Some(currency) = fields.optional("currency", currency) {
        prices.currency = currency;
    }
    if let Some(overage) = fields.optional("overage", overage) {
        prices.overage = overage;
    }
    if let Some(free) = fields.optional("free_retention", scalar::duration) {
        prices.free_retention = free;
    }
    if let Some(entry) = fields.get("reservation") {
        prices.reservation = reservation(&entry.value, context)?;
    }
    if prices.currency != context.edition.prices().currency {
        in_another_currency(&fields, &prices, context);
    }
    fields.done(&Refused::default());
    Some(prices)
}

/// Amounts of the edition are in its own currency: all that count must be set anew.
fn in_another_currency(fields: &Fields<'_>, prices: &Prices, context: &Context) {
    let amounts = ["pay_as_you_go", "retention", "key_vault_operations"];
    let by_level = matches!(prices.reservation, Reservation::Levels(_));
    let amounts = amounts.into_iter().chain(by_level.then_some("reservation"));
    let missing: Vec<&str> = amounts.filter(|key| fields.get(key).is_none()).collect();
    if let (Some(entry), false) = (fields.get("currency"), missing.is_empty()) {
        let own = context.edition.prices().currency;
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

fn overage(written: &Written) -> Read<Overage> {
    const RULES: &[(&str, Overage)] = &[
        ("pay_as_you_go", Overage::PayAsYouGo),
        ("reservation", Overage::Reservation),
    ];
    scalar::choice(written, RULES)
}

/// A discount on pay-as-you-go, or a price a level.
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

/// A price a level, the lowest first whatever the order of the file.
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
