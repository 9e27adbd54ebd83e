//! Single values: texts, names, numbers, quantities with units, choices, instants.

use std::str::FromStr;

use super::super::choice::Choice;
use super::super::diagnostics::{Diagnostic, one_text_of};
use super::super::file::{Kind, Written};
use super::super::meant::meant;
use super::super::setting;
use crate::units::{Duration, Factor, Money, Probability, Rate, UnitError, Volume};

/// The longest name, in bytes: names stand in tables and pictures.
const LONGEST_NAME: usize = 64;

pub(super) type Read<T> = Result<T, Diagnostic>;

/// The complaint that a value is of the wrong kind.
pub(super) fn wrong_kind(written: &Written, expected: &str) -> Diagnostic {
    Diagnostic::error(
        written.span,
        format!("expected {expected}, found {}", written.kind.described()),
    )
}

pub(super) fn text(written: &Written) -> Read<&str> {
    match &written.kind {
        Kind::Text(text) => Ok(text),
        _ => Err(wrong_kind(written, "a text in quotes")),
    }
}

pub(super) fn owned_text(written: &Written) -> Read<String> {
    text(written).map(str::to_owned)
}

/// A text that is not empty.
pub(super) fn word(written: &Written) -> Read<String> {
    let found = text(written)?;
    if found.trim().is_empty() {
        return Err(Diagnostic::error(written.span, "this text is empty"));
    }
    Ok(found.to_owned())
}

pub(super) fn truth(written: &Written) -> Read<bool> {
    match written.kind {
        Kind::Truth(truth) => Ok(truth),
        _ => Err(wrong_kind(written, "true or false")),
    }
}

/// A name of letters, digits, `-` and `_`.
pub(super) fn name(written: &Written) -> Read<String> {
    let Kind::Text(name) = &written.kind else {
        return Err(wrong_kind(written, "a name in quotes"));
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() {
        return Err(Diagnostic::error(written.span, "a name is not empty"));
    }
    if let Some(odd) = name.chars().find(|c| !plain(*c)) {
        return Err(
            Diagnostic::error(written.span, format!("the name {name:?} contains {odd:?}"))
                .label("letters a-z, A-Z, digits, - and _ only"),
        );
    }
    if name.len() > LONGEST_NAME {
        let message = format!(
            "this name has {} characters, at most {LONGEST_NAME} are allowed",
            name.len()
        );
        return Err(Diagnostic::error(written.span, message));
    }
    Ok(name.clone())
}

/// A quantity with its unit; a number without one is told which it lacks.
fn quantity<T: FromStr<Err = UnitError>>(written: &Written, expected: &str) -> Read<T> {
    let text = match &written.kind {
        Kind::Text(text) => text.clone(),
        Kind::Whole(Some(number)) => number.to_string(),
        Kind::Fraction(number) if number.is_finite() => number.to_string(),
        Kind::Whole(None) | Kind::Fraction(_) => {
            let message = format!("expected {expected}, found a number that is not finite");
            return Err(Diagnostic::error(written.span, message));
        }
        _ => return Err(wrong_kind(written, expected)),
    };
    let found = text
        .parse()
        .map_err(|error: UnitError| Diagnostic::error(written.span, error.to_string()))?;
    match written.kind {
        Kind::Text(_) => Ok(found),
        // "0" may read as a quantity; in a file it still wants its quotes.
        _ => Err(wrong_kind(written, expected)),
    }
}

/// A duration, perhaps zero.
pub(super) fn duration(written: &Written) -> Read<Duration> {
    quantity(written, "a duration such as \"45m\"")
}

/// A duration of at least 1 ms.
pub(super) fn positive_duration(written: &Written) -> Read<Duration> {
    let found = duration(written)?;
    if found > Duration::ZERO {
        Ok(found)
    } else {
        Err(
            Diagnostic::error(written.span, "a duration of zero makes no sense here")
                .label("at least 1ms"),
        )
    }
}

pub(super) fn rate(written: &Written) -> Read<Rate> {
    quantity(written, "a rate such as \"600 GB/day\"")
}

pub(super) fn volume(written: &Written) -> Read<Volume> {
    quantity(written, "a volume such as \"800 GB\"")
}

/// The cap of a day; `"none"`: none.
pub(super) fn daily_cap(written: &Written) -> Read<Option<Volume>> {
    match &written.kind {
        Kind::Text(text) if text == "none" => Ok(None),
        _ => volume(written).map(Some),
    }
}

pub(super) fn probability(written: &Written) -> Read<Probability> {
    let found = match written.kind {
        Kind::Text(_) => quantity(written, "a probability such as 0.03 or \"3%\""),
        _ => number(written).and_then(|number| {
            Probability::try_from(number)
                .map_err(|error| Diagnostic::error(written.span, error.to_string()))
        }),
    }?;
    if found == Probability::NEVER {
        return Err(Diagnostic::error(
            written.span,
            "with a probability of 0 this event does nothing",
        )
        .help("to switch an event off write enabled = false"));
    }
    Ok(found)
}

/// An amount of money: a plain number, 0 or more, with at most six digits behind the point.
pub(super) fn money(written: &Written) -> Read<Money> {
    // As it is printed a number is the shortest decimal that means it: the one in the file.
    let text = match written.kind {
        Kind::Whole(Some(found)) => found.to_string(),
        _ => number(written)?.to_string(),
    };
    text.parse()
        .map_err(|error: UnitError| Diagnostic::error(written.span, error.to_string()))
}

/// A number that is one: neither NaN nor infinite.
pub(super) fn number(written: &Written) -> Read<f64> {
    #[allow(clippy::cast_precision_loss)]
    let found = match written.kind {
        Kind::Whole(Some(number)) => number as f64,
        Kind::Fraction(number) => number,
        Kind::Whole(None) => f64::INFINITY,
        _ => return Err(wrong_kind(written, "a number")),
    };
    if found.is_finite() {
        Ok(found)
    } else {
        Err(Diagnostic::error(
            written.span,
            "expected a number, found one that is not finite",
        ))
    }
}

/// A finite number above 0.
pub(super) fn positive_number(written: &Written) -> Read<f64> {
    let found = number(written)?;
    if found > 0.0 {
        Ok(found)
    } else {
        Err(Diagnostic::error(
            written.span,
            format!("expected a number above 0, found {found}"),
        ))
    }
}

pub(super) fn factor(written: &Written) -> Read<Factor> {
    Factor::try_from(number(written)?)
        .map_err(|error| Diagnostic::error(written.span, error.to_string()))
}

/// A whole number from `least` to `most`.
pub(super) fn whole(written: &Written, least: u64, most: u64) -> Read<u64> {
    let expected = format!("a whole number from {least} to {most}");
    let found = match written.kind {
        Kind::Whole(found) => found,
        Kind::Fraction(found) => {
            let message = format!("expected {expected}, found {found}");
            return Err(Diagnostic::error(written.span, message));
        }
        _ => return Err(wrong_kind(written, &expected)),
    };
    found
        .and_then(|found| u64::try_from(found).ok())
        .filter(|found| (least..=most).contains(found))
        .ok_or_else(|| {
            let found = found.map_or("a larger one".to_owned(), |found| found.to_string());
            let message = format!("expected {expected}, found {found}");
            Diagnostic::error(written.span, message)
        })
}

/// One of a few words.
pub(super) fn choice<T: Copy>(written: &Written, choices: &[(&str, T)]) -> Read<T> {
    let names = || choices.iter().map(|(name, _)| *name);
    let Kind::Text(found) = &written.kind else {
        return Err(wrong_kind(written, &one_text_of(names())));
    };
    choices
        .iter()
        .find(|(name, _)| name == found)
        .map(|(_, value)| *value)
        .ok_or_else(|| {
            let complaint = Diagnostic::error(
                written.span,
                format!("expected {}, found {found:?}", one_text_of(names())),
            );
            match meant(found, names()).as_slice() {
                [] => complaint,
                near => complaint.meant_texts(near),
            }
        })
}

/// The same for a type that has its words.
pub(super) fn word_of<T: Choice>(written: &Written) -> Read<T> {
    choice(written, T::CHOICES)
}

/// A calendar instant in milliseconds since 1970-01-01T00:00:00Z.
pub(super) fn instant(written: &Written) -> Read<i64> {
    let Kind::Instant(found) = &written.kind else {
        let complaint = wrong_kind(written, "an instant such as 2026-03-01T00:00:00Z");
        return Err(match written.kind {
            Kind::Text(ref text) => {
                let complaint = complaint.help("write it without quotes");
                complaint.remedy(text.as_str())
            }
            _ => complaint,
        });
    };
    if found.date.is_none() || found.time.is_none() || found.offset.is_none() {
        let whole = match (found.date, found.time) {
            (Some(date), None) => format!("{date}T00:00:00Z"),
            (Some(_), Some(_)) => format!("{found}Z"),
            _ => "2026-03-01T00:00:00Z".to_owned(),
        };
        return Err(Diagnostic::error(
            written.span,
            "an instant has a date, a time and Z or an offset",
        )
        .help(format!("write {whole}"))
        .remedy(whole));
    }
    // TOML has no date that does not exist; the zone may still lead out of the calendar.
    setting::instant(found).ok_or_else(|| {
        Diagnostic::error(written.span, "this instant is beyond the calendar")
            .help("an instant lies in the years -9999 to 9999 of UTC")
    })
}
