//! `[behaviour]` and `[prices]`: the values of an edition, and what the scenario changes of them.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table, Written};
use super::super::keys::{self, Form, Key};
use super::super::measured::Measured;
use super::super::parameter::Parameters;
use super::super::{Behaviour, DEFAULT_EDITION, Edition, ParameterValue, PollInterval, Prices};
use super::context::Context;
use super::delay::{self, Use};
use super::fields::Fields;
use super::{prices, scalar};
use crate::units::{Duration, Rate};

/// The edition that the scenario names.
pub(super) fn edition(root: &Fields<'_>) -> &'static Edition {
    let choices: Vec<_> = Edition::all()
        .iter()
        .map(|edition| (edition.name.as_str(), edition))
        .collect();
    root.optional("edition", |written| scalar::choice(written, &choices))
        .or(Edition::named(DEFAULT_EDITION))
        .expect("the default edition exists")
}

impl Edition {
    /// The parameters of the service as this edition states them.
    ///
    /// # Panics
    ///
    /// Never: a test reads every value of every edition.
    pub fn behaviour(&'static self) -> Behaviour {
        stated(&Context::new(self, Measured::default()))
    }

    /// What things cost, as this edition states it.
    ///
    /// # Panics
    ///
    /// Never, as above.
    pub fn prices(&'static self) -> Prices {
        stated(&Context::new(self, Measured::default()))
    }
}

/// `[behaviour]`, with `delays` applied to all.
pub(super) fn behaviour(root: &Fields<'_>, context: &Context) -> Option<Behaviour> {
    read(root, context, |_, _| {})
}

/// `[prices]`.
pub(super) fn prices(root: &Fields<'_>, context: &Context) -> Option<Prices> {
    read(root, context, |fields, found| {
        prices::one_currency(fields, found, context);
    })
}

/// The parameters of the edition with those of the scenario in their place; `check` looks at both.
fn read<T: Parameters>(
    root: &Fields<'_>,
    context: &Context,
    check: impl FnOnce(&Fields<'_>, &T),
) -> Option<T> {
    let title = T::TABLE.title;
    let Some(entry) = root.get(title.trim_matches(['[', ']'])) else {
        return Some(stated(context));
    };
    let Kind::Table(table) = &entry.value.kind else {
        context.complain(scalar::wrong_kind(
            &entry.value,
            &format!("a table {title}"),
        ));
        return None;
    };
    let fields = Fields::new(table, &T::TABLE, &context.complaints);
    let edition = context.edition.table(&T::TABLE);
    let found = T::of(|key| {
        let own = fields.get(key.name);
        own.and_then(|entry| value(&entry.value, key, context))
            .unwrap_or_else(|| stated_value(&edition, key, context))
    });
    check(&fields, &found);
    fields.done();
    Some(found)
}

/// The parameters of the edition.
fn stated<T: Parameters>(context: &Context) -> T {
    let edition = context.edition.table(&T::TABLE);
    T::of(|key| stated_value(&edition, key, context))
}

/// A value of the edition; a test reads all of all editions.
fn stated_value(edition: &Table, key: &Key, context: &Context) -> ParameterValue {
    let entry = edition.get(key.name);
    let read = entry.and_then(|entry| value(&entry.value, key, context));
    read.expect("every edition states every parameter")
}

fn value(written: &Written, key: &Key, context: &Context) -> Option<ParameterValue> {
    if let (Kind::Text(text), Some(none)) = (&written.kind, key.form.word_for_none())
        && text == none
    {
        return Some(ParameterValue::Word(none));
    }
    match key.form {
        Form::Delay | Form::DelayOrNever | Form::DelayOrUnlimited => {
            delay::delay(written, key.name, Use::Delay, context).map(ParameterValue::Delay)
        }
        Form::Duration | Form::DurationOrNever => context
            .take(scalar::duration(written))
            .map(ParameterValue::Duration),
        Form::SpanOrNever => context
            .take(scalar::positive_duration(written))
            .map(ParameterValue::Duration),
        Form::Choice(words) => {
            let words: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
            context
                .take(scalar::choice(written, &words))
                .map(ParameterValue::Word)
        }
        Form::Whole(least, most) | Form::WholeOrUnlimited(least, most) => context
            .take(scalar::whole(written, least, most))
            .map(ParameterValue::Count),
        Form::Rates => rates(written, context).map(ParameterValue::Rates),
        Form::Bounds => poll_interval(written, context).map(ParameterValue::Interval),
        Form::Text => context
            .take(scalar::word(written))
            .map(ParameterValue::Words),
        Form::Currency => context
            .take(prices::currency(written))
            .map(ParameterValue::Words),
        Form::Amount => context
            .take(scalar::money(written))
            .map(ParameterValue::Money),
        Form::Reservation => prices::reservation(written, context).map(ParameterValue::Reservation),
        form => unreachable!("{form:?} is the form of no parameter"),
    }
}

/// A list of rates, the lowest first whatever the order of the file.
fn rates(written: &Written, context: &Context) -> Option<Vec<Rate>> {
    const EXAMPLE: &str = "a list of rates such as [\"500 GB/day\", \"1000 GB/day\"]";
    let Kind::List(list) = &written.kind else {
        context.complain(scalar::wrong_kind(written, EXAMPLE));
        return None;
    };
    if list.is_empty() {
        context.complain(
            Diagnostic::error(written.span, "this list of levels is empty")
                .help(format!("write {EXAMPLE}")),
        );
        return None;
    }
    let mut levels = context.take_each(list, scalar::rate)?;
    levels.sort_unstable();
    levels.dedup();
    Some(levels)
}

/// Bounds of which one may be left out: then it is that of the edition.
fn poll_interval(written: &Written, context: &Context) -> Option<PollInterval> {
    const EXAMPLE: &str = "{ min = \"6s\", max = \"60s\" }";
    let Kind::Table(table) = &written.kind else {
        context.complain(scalar::wrong_kind(written, EXAMPLE));
        return None;
    };
    let fields = Fields::new(table, &keys::POLL_INTERVAL, &context.complaints);
    let bound = |key| {
        let stated = || -> Option<Duration> {
            let stated = context.edition.parameter("behaviour.poll_interval")?;
            stated.value.get(key)?.as_str()?.parse().ok()
        };
        fields
            .optional(key, scalar::positive_duration)
            .or_else(stated)
    };
    let (min, max) = (bound("min")?, bound("max")?);
    if min > max {
        let message = format!("min ({min}) is above max ({max})");
        context.complain(Diagnostic::error(written.span, message));
    }
    fields.done();
    Some(PollInterval { min, max })
}
