//! Parameters: tables of values that an edition states and a scenario may change.

use super::Delay;
use super::choice::Choice;
use super::form::{Form, Key, Table};
use crate::units::{Duration, Money, Probability, Rate};

/// Makes a struct of parameters and their table of rows, each: what it means, its name here and in
/// scenarios, its type, and what may stand behind its key. The values stand in the editions.
macro_rules! parameters {
    (
        $(#[$about:meta])+ $name:ident $table:ident $title:literal $text:literal
        $(
            #[doc = $meaning:literal]
            $parameter:ident: $type:ty, $form:ident $(($($of:tt)*))?;
        )*
    ) => {
        $(#[$about])+
        pub struct $name {
            $(#[doc = $meaning] pub $parameter: $type,)*
        }

        #[doc = concat!("`", $title, "`.")]
        pub const $table: Table = Table {
            title: $title,
            text: $text,
            keys: &[$(Key {
                name: stringify!($parameter),
                form: Form::$form $(($($of)*))?,
                required: false,
                default: None,
                text: $meaning.trim_ascii(),
            }),*],
        };

        impl Parameters for $name {
            const TABLE: Table = $table;

            fn of(mut value: impl FnMut(&'static Key) -> ParameterValue) -> $name {
                let mut keys = $table.keys.iter();
                let mut next = || value(keys.next().expect("every parameter has a key"));
                $name {
                    $($parameter: Parameter::of(next()).expect("its form is that of its type"),)*
                }
            }
        }

        impl $name {
            /// The value of the parameter of this name, if there is one.
            pub fn value(&self, name: &str) -> Option<ParameterValue> {
                match name {
                    $(stringify!($parameter) => {
                        Some(self.$parameter.value(Form::$form $(($($of)*))?))
                    })*
                    _ => None,
                }
            }
        }
    };
}
pub(super) use parameters;

/// The bounds of the gap between two polls; 1 ms <= `min` <= `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollInterval {
    /// No gap is shorter.
    pub min: Duration,
    /// No gap is longer.
    pub max: Duration,
}

/// What a day of a capacity reservation costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reservation {
    /// As much as its volume at pay-as-you-go, less this part.
    Discount(Probability),
    /// A price per level, lowest level first, at least one. A level that is not among them costs
    /// as much per GB as the next lower one, one below all of them as much as the lowest.
    Levels(Vec<(Rate, Money)>),
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterValue {
    /// A delay.
    Delay(Delay),
    /// A duration.
    Duration(Duration),
    /// One of a few words.
    Word(&'static str),
    /// Any words.
    Words(String),
    /// A whole number.
    Count(u64),
    /// Rates, the lowest first.
    Rates(Vec<Rate>),
    /// Bounds of a gap.
    Interval(PollInterval),
    /// An amount.
    Money(Money),
    /// What reservations cost.
    Reservation(Reservation),
}

/// A table of parameters.
pub(super) trait Parameters: Sized {
    /// The keys of a scenario that set them.
    const TABLE: Table;

    /// The parameters of which each has the value that is said of its key.
    ///
    /// # Panics
    ///
    /// If a value is not of the key's form.
    fn of(value: impl FnMut(&'static Key) -> ParameterValue) -> Self;
}

/// A type of parameters.
pub(super) trait Parameter: Sized {
    /// The parameter that has a value; `None`: it is of another type.
    fn of(value: ParameterValue) -> Option<Self>;

    /// Its value; `form` knows the word for none.
    fn value(&self, form: Form) -> ParameterValue;
}

macro_rules! plain {
    ($($type:ty: $value:ident,)*) => {$(
        impl Parameter for $type {
            fn of(value: ParameterValue) -> Option<Self> {
                match value {
                    ParameterValue::$value(value) => Some(value),
                    _ => None,
                }
            }

            fn value(&self, _: Form) -> ParameterValue {
                ParameterValue::$value(Clone::clone(self))
            }
        }
    )*};
}

plain! {
    Delay: Delay,
    Duration: Duration,
    u64: Count,
    Vec<Rate>: Rates,
    PollInterval: Interval,
    String: Words,
    Money: Money,
    Reservation: Reservation,
}

impl<T: Choice> Parameter for T {
    fn of(value: ParameterValue) -> Option<T> {
        let ParameterValue::Word(word) = value else {
            return None;
        };
        T::CHOICES
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, choice)| *choice)
    }

    fn value(&self, _: Form) -> ParameterValue {
        ParameterValue::Word(self.word())
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn of(value: ParameterValue) -> Option<Option<T>> {
        match value {
            ParameterValue::Word(_) => Some(None),
            value => T::of(value).map(Some),
        }
    }

    fn value(&self, form: Form) -> ParameterValue {
        let none = || ParameterValue::Word(form.word_for_none().expect("there may be none"));
        self.as_ref().map_or_else(none, |value| value.value(form))
    }
}
