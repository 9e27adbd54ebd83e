//! What a table of a scenario file may hold: its keys, and what may stand behind each.

/// A table of a scenario file.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// How it is called: `[behaviour]`, `[[workspace]]`.
    pub title: &'static str,
    /// One sentence.
    pub text: &'static str,
    /// What may stand in it, in the order of the documentation.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What may stand behind it.
    pub form: Form,
    /// Whether it must be there.
    pub required: bool,
    /// What holds without it, as TOML; `None`: nothing, or what `text` says.
    pub default: Option<&'static str>,
    /// What it means, with units: a phrase without a full stop.
    pub text: &'static str,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Any value.
    Any,
    /// Any text.
    Text,
    /// A name that is given here: letters, digits, `-`, `_`.
    Name,
    /// The name of an event: the same, or `kind#n`, which is that of an unnamed one.
    EventName,
    /// The name of something that stands elsewhere in the file.
    Reference,
    /// The name of a file, relative to this one.
    File,
    /// `true` or `false`.
    Truth,
    /// A whole number within these bounds.
    Whole(u64, u64),
    /// The same, or `"unlimited"`.
    WholeOrUnlimited(u64, u64),
    /// A number above 0.
    Positive,
    /// A number, 0 or more; up to 1 000 000.
    Factor,
    /// This number of them.
    Factors(usize),
    /// 0 to 1, or `"3%"`.
    Probability,
    /// A duration of 0 or more.
    Duration,
    /// A duration above 0.
    Span,
    /// A list of durations.
    Durations,
    /// A duration, or `"never"`.
    DurationOrNever,
    /// A duration above 0, or `"never"`.
    SpanOrNever,
    /// A duration or a distribution of them.
    Delay,
    /// A duration or a distribution of them, or `"unlimited"`.
    DelayOrUnlimited,
    /// A duration or a distribution of them, or `"never"`.
    DelayOrNever,
    /// A duration since the start, a distribution of them, or a calendar time.
    When,
    /// A calendar time with its offset.
    Instant,
    /// A volume, or `"none"`.
    VolumeOrNone,
    /// A rate.
    Rate,
    /// A list of rates.
    Rates,
    /// An amount of money, 0 or more.
    Amount,
    /// The three letters of a currency.
    Currency,
    /// A discount, as in `"25%"`, or a price per level.
    Reservation,
    /// A list of texts.
    Texts,
    /// Growth in a period: `"3%/30d"`.
    Growth,
    /// A rate, or a table from which one is drawn.
    RateOrDrawn(&'static Table),
    /// Growth, or a table from which it is drawn.
    GrowthOrDrawn(&'static Table),
    /// A number from -1 to 1.
    Correlation,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of these words.
    Choices(&'static [&'static str]),
    /// Expectations: `"dropped <= 20 GB"`.
    Expectations,
    /// `{ min, max }` of the gap between two polls.
    Bounds,
    /// A table.
    Table(&'static Table),
    /// A list of tables.
    Tables(&'static Table),
    /// A table, or `"none"`.
    TableOrNone(&'static Table),
    /// A rate, or a table that says more.
    RateOrTable(&'static Table),
    /// Names of keys, each with a list of names of versions.
    KeyVersions,
    /// Names of columns, each with the text that a row must have there.
    Filter,
    /// `[[event]]`: what all events may hold, and the keys of its kind.
    Events,
    /// The same for `[[hazard]]`.
    Hazards,
    /// The same for `[[response]]`.
    Responses,
    /// The same for `[[fault]]`.
    Faults,
    /// The kind of an event.
    EventKind,
    /// The name of a family of distributions.
    Family,
    /// The name of an edition.
    Edition,
    /// Paths of keys, each with a list of values or a range.
    Sweep,
}

impl Table {
    /// The names of its keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().map(|key| key.name)
    }
}

impl Form {
    /// The word for none, where there may be none.
    pub(super) fn word_for_none(self) -> Option<&'static str> {
        match self {
            Form::DelayOrUnlimited | Form::WholeOrUnlimited(..) => Some("unlimited"),
            Form::DelayOrNever | Form::DurationOrNever | Form::SpanOrNever => Some("never"),
            Form::VolumeOrNone | Form::TableOrNone(_) => Some("none"),
            _ => None,
        }
    }
}

/// A key: `[name: Form, "text"]`, with `!` behind the name where it must be there, and with its
/// default, as TOML, behind the form: `[name: Form = "1", "text"]`. Or the name of a constant.
macro_rules! key {
    ([$name:ident! : $form:ident $(($($of:tt)*))?, $text:literal]) => {
        Key { required: true, ..key!([$name: $form $(($($of)*))?, $text]) }
    };
    ([$name:ident : $form:ident $(($($of:tt)*))? = $default:literal, $text:literal]) => {
        Key { default: Some($default), ..key!([$name: $form $(($($of)*))?, $text]) }
    };
    ([$name:ident : $form:ident $(($($of:tt)*))?, $text:literal]) => {
        Key {
            name: stringify!($name),
            form: Form::$form $(($($of)*))?,
            required: false,
            default: None,
            text: $text,
        }
    };
    ($key:ident) => { $key };
}
pub(super) use key;
