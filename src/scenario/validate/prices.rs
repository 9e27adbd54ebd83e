//! Values of `[prices]`, and the currency that they are in.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::{Prices, Reservation};
use super::context::Context;
use super::fields::Fields;
use super::scalar::{self, Read};
use crate::units::{Money, Probability, Rate};

/// Amounts of the edition are in its own currency: all that count must be set too.
pub(super) fn one_currency(fields: &Fields<'_>, prices: &Prices, context: &Context) {
    let own = context.edition.prices().currency;
    if prices.currency == own {
        return;
    }
    let amounts = ["pay_as_you_go", "retention", "key_vault_operations"];
    let by_level = matches!(prices.reservation, Reservation::Levels(_));
    let amounts = amounts.into_iter().chain(by_level.then_some("reservation"));
    let missing: Vec<&str> = amounts.filter(|key| fields.get(key).is_none()).collect();
    if let (Some(entry), false) = (fields.get("currency"), missing.is_empty()) {
        let message = format!("other prices are still in {own}: {}", missing.join(", "));
        context.complain(
            Diagnostic::error(entry.value.span, message)
                .help("set them too; prices are not converted"),
        );
    }
}

/// Three capital letters.
pub(super) fn currency(written: &Written) -> Read<String> {
    let found = scalar::text(written)?;
    let is_code = found.len() == 3 && found.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| found.to_owned()).ok_or_else(|| {
        Diagnostic::error(written.span, format!("{found:?} is not a currency"))
            .label("three capital letters, as in \"USD\"")
    })
}

/// A discount on pay-as-you-go, or a price per level.
pub(super) fn reservation(written: &Written, context: &Context) -> Option<Reservation> {
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
