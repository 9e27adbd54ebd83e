//! `[[lever]]`: what the customer can set one way or another.

use std::collections::BTreeSet;

use super::super::diagnostics::Diagnostic;
use super::super::file::{Entry, Kind, Table};
use super::super::{Lever, LeverOption, keys};
use super::context::Context;
use super::fields::Fields;
use super::scalar;
use crate::units::Money;

/// All levers, if each of them could be read.
pub(super) fn levers(root: &Fields<'_>, context: &Context) -> Option<Vec<Lever>> {
    let tables = root.tables("lever");
    let levers: Vec<Option<Lever>> = tables.iter().map(|table| lever(table, context)).collect();
    let levers: Vec<Lever> = levers.into_iter().collect::<Option<_>>()?;
    let mut names = BTreeSet::new();
    if let Some(at) = levers.iter().position(|lever| !names.insert(&lever.name)) {
        let why = format!("two levers are called \"{}\"", levers[at].name);
        context.complain(Diagnostic::error(tables[at].span, why));
        return None;
    }
    Some(levers)
}

fn lever(table: &Table, context: &Context) -> Option<Lever> {
    let fields = Fields::new(table, &keys::LEVER, &context.complaints);
    let name = fields.required("name", scalar::owned_text);
    let written = fields.need("options");
    let options = fields.tables("options");
    let options: Vec<Option<LeverOption>> = options
        .iter()
        .map(|option| self::option(option, context))
        .collect();
    fields.done();
    let is_list = |entry: &&Entry| matches!(entry.value.kind, Kind::List(_));
    written.filter(is_list)?;
    let lever = Lever {
        name: name?,
        options: options.into_iter().collect::<Option<_>>()?,
    };
    let wrong = |why| Diagnostic::error(table.span, why);
    context.take(lever.whole().map_err(wrong))
}

fn option(table: &Table, context: &Context) -> Option<LeverOption> {
    let fields = Fields::new(table, &keys::LEVER_OPTION, &context.complaints);
    let name = fields.required("name", scalar::owned_text);
    let mut whole = true;
    let price = fields.checked("price", scalar::money, &mut whole);
    let set = match fields.get("set") {
        None => Some(Vec::new()),
        Some(entry) => match &entry.value.kind {
            Kind::List(list) => context.take_each(list, scalar::owned_text),
            _ => {
                let expected = "a list of settings such as [\"workspace.NAME.retention=90d\"]";
                context.complain(scalar::wrong_kind(&entry.value, expected));
                None
            }
        },
    };
    fields.done();
    Some(LeverOption {
        name: name?,
        set: set?,
        price: price.unwrap_or(Money::ZERO),
    })
    .filter(|_| whole)
}
