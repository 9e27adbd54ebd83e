//! Reads expectations, measures and precisions, and says what is wrong with them.

use std::ops::Range;

use super::super::Unit;
use super::super::diagnostics::{Diagnostic, Span, nearest, one_of};
use super::super::meant::meant;
use super::super::validate::Names;
use super::{
    Comparison, Expectation, HalfWidth, Measure, Precision, Scope, Statistic, Target, Value,
};
use crate::statistics::Quantile;
use crate::units::UnitError;

/// Longer signs first, so that `<=` is not read as `<`.
pub(super) const COMPARISONS: &[(&str, Comparison)] = &[
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Below),
    (">", Comparison::Above),
];

/// What a scope and a measure may refer to.
pub(in crate::scenario) struct Scopes<'a> {
    pub(in crate::scenario) workspaces: &'a Names,
    pub(in crate::scenario) clusters: &'a Names,
    /// What amounts are in.
    pub(in crate::scenario) currency: &'a str,
}

/// Names of statistics, but for the quantiles.
const STATISTICS: &[(&str, Statistic)] = &[
    ("mean", Statistic::Mean),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
];

const GRAMMAR: &str = "write MEASURE OP VALUE, as in \"dropped <= 20 GB\", or STAT(MEASURE) OP \
     VALUE, as in \"p99(dropped) <= 20 GB\" or \"probability(dropped > 0 B) <= 1%\"; OP is <=, <, \
     >=, >, == or !=; STAT is mean, min, max, p0 to p100 (also p99.9) or probability";

/// What people call statistics that have another name here.
const OTHER_NAMES: &[(&str, &str)] = &[("median", "p50"), ("average", "mean"), ("avg", "mean")];

/// Reads an expectation. `span` is the text with its quotes.
pub(in crate::scenario) fn expectation(
    text: &str,
    span: Span,
    scopes: &Scopes<'_>,
) -> Result<Expectation, Diagnostic> {
    let text = Quoted { text, span };
    let all = text.trimmed(0..text.text.len());
    let (subject, rest) = match called(&text, &all)? {
        Some(call) => (statistic(&text, &call, scopes)?, call.rest),
        None => {
            let Compared { left, .. } = compared(&text, all.clone())?;
            let (scope, measure) = scoped_measure(&text, left.clone(), scopes)?;
            let subject = Subject {
                statistic: Statistic::Each,
                scope,
                measure,
            };
            (subject, left.end..all.end)
        }
    };
    let compared = compared(&text, rest)?;
    if !compared.left.is_empty() {
        return Err(text.error(
            &compared.left,
            "expected a comparison such as <=, found something else",
        ));
    }
    let equality = [Comparison::Equal, Comparison::NotEqual].contains(&compared.comparison);
    if equality && subject.statistic.is_estimated() {
        return Err(text
            .error(
                &compared.sign,
                "a statistic cannot be compared for equality",
            )
            .label("write <=, <, >= or >"));
    }
    Ok(Expectation {
        text: text.text.to_owned(),
        statistic: subject.statistic,
        scope: subject.scope,
        measure: subject.measure,
        comparison: compared.comparison,
        value: target(&text, compared.right, &subject, scopes)?,
    })
}

/// Reads a scope and a measure.
pub(super) fn measure(
    text: &str,
    span: Span,
    scopes: &Scopes<'_>,
) -> Result<(Scope, Measure), Diagnostic> {
    let text = Quoted { text, span };
    scoped_measure(&text, text.trimmed(0..text.text.len()), scopes)
}

/// Reads a statistic of a measure, or a measure, whose mean is meant.
pub(super) fn target_of(text: &str, span: Span, scopes: &Scopes<'_>) -> Result<Target, Diagnostic> {
    let written = Quoted { text, span };
    let all = written.trimmed(0..text.len());
    let Some(call) = called(&written, &all)? else {
        let (scope, measure) = scoped_measure(&written, all, scopes)?;
        return Ok(Target {
            text: format!("mean({})", text.trim()),
            statistic: Statistic::Mean,
            scope,
            measure,
        });
    };
    let subject = statistic(&written, &call, scopes)?;
    let rest = written.trimmed(call.rest);
    if !rest.is_empty() {
        return Err(written.error(&rest, "expected nothing behind the statistic"));
    }
    Ok(Target {
        text: text.trim().to_owned(),
        statistic: subject.statistic,
        scope: subject.scope,
        measure: subject.measure,
    })
}

/// Reads a precision.
pub(super) fn precision(
    text: &str,
    span: Span,
    scopes: &Scopes<'_>,
) -> Result<Precision, Diagnostic> {
    let text = Quoted { text, span };
    let all = text.trimmed(0..text.text.len());
    let help = "write STAT(MEASURE) HALF-WIDTH, as in \"mean(dropped) 2%\" of its value, or \
                \"p99(dropped) 5 GB\"";
    let call = called(&text, &all)?.ok_or_else(|| {
        text.error(&all, "expected a statistic of a measure")
            .help(help)
    })?;
    let subject = statistic(&text, &call, scopes)?;
    if !subject.statistic.is_estimated() {
        return Err(text
            .error(&call.name, "this has no interval")
            .label("write mean, a quantile such as p99, or probability"));
    }
    let rest = text.trimmed(call.rest);
    if rest.is_empty() {
        return Err(text
            .error(&call.inner, "the half-width is missing")
            .help(help));
    }
    let half_width = match text.part(&rest).strip_suffix('%') {
        Some(percent) => match hundredth(percent.trim()) {
            Some(part) if part > 0.0 && part < 1.0 => HalfWidth::Relative(part),
            _ => {
                let message = "expected a percentage above 0% and below 100%";
                return Err(text.error(&rest, message).help(help));
            }
        },
        None => HalfWidth::Absolute(target(&text, rest, &subject, scopes)?),
    };
    Ok(Precision {
        text: text.text.to_owned(),
        statistic: subject.statistic,
        scope: subject.scope,
        measure: subject.measure,
        half_width,
    })
}

/// What is compared.
struct Subject {
    statistic: Statistic,
    scope: Scope,
    measure: Measure,
}

/// `NAME(INNER)REST`.
struct Call {
    name: Range<usize>,
    inner: Range<usize>,
    rest: Range<usize>,
}

/// A statistic and what it is of, where there is a bracket.
fn called(text: &Quoted<'_>, all: &Range<usize>) -> Result<Option<Call>, Diagnostic> {
    let Some(open) = text.part(all).find('(').map(|at| all.start + at) else {
        return Ok(None);
    };
    let close = text.text[open..all.end].find(')').map(|at| open + at);
    let close = close.ok_or_else(|| {
        text.error(&(open..open + 1), "this bracket is not closed")
            .help(GRAMMAR)
    })?;
    Ok(Some(Call {
        name: text.trimmed(all.start..open),
        inner: text.trimmed(open + 1..close),
        rest: close + 1..all.end,
    }))
}

fn statistic(text: &Quoted<'_>, call: &Call, scopes: &Scopes<'_>) -> Result<Subject, Diagnostic> {
    let name = text.part(&call.name);
    if name == "probability" {
        let compared = compared(text, call.inner.clone())?;
        let (scope, measure) = scoped_measure(text, compared.left, scopes)?;
        let value = value(text, compared.right, measure, scopes)?;
        return Ok(Subject {
            statistic: Statistic::Probability(compared.comparison, value),
            scope,
            measure,
        });
    }
    let known = STATISTICS.iter().find(|(known, _)| *known == name);
    let statistic = match (known, Quantile::parse(name)) {
        (Some((_, statistic)), _) => *statistic,
        (None, Some(quantile)) => Statistic::Quantile(quantile),
        (None, None) => {
            let complaint = text.error(&call.name, format!("there is no statistic `{name}`"));
            let known = STATISTICS.iter().map(|(known, _)| *known);
            let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
            let near = || nearest(name, known.chain(["probability"]));
            return Err(match other.map(|(_, known)| *known).or_else(near) {
                Some(near) => complaint.meant_keys(&[near]),
                None => complaint.help(GRAMMAR),
            });
        }
    };
    let (scope, measure) = scoped_measure(text, call.inner.clone(), scopes)?;
    Ok(Subject {
        statistic,
        scope,
        measure,
    })
}

/// What stands before a comparison and after it.
struct Compared {
    left: Range<usize>,
    sign: Range<usize>,
    comparison: Comparison,
    right: Range<usize>,
}

fn compared(text: &Quoted<'_>, range: Range<usize>) -> Result<Compared, Diagnostic> {
    let part = text.part(&range);
    let (at, sign, comparison) = COMPARISONS
        .iter()
        .filter_map(|(sign, comparison)| Some((part.find(sign)?, *sign, *comparison)))
        .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())))
        .ok_or_else(|| no_comparison(text, &range))?;
    let sign = range.start + at..range.start + at + sign.len();
    Ok(Compared {
        left: text.trimmed(range.start..sign.start),
        right: text.trimmed(sign.end..range.end),
        sign,
        comparison,
    })
}

/// The value that a statistic of a measure is compared with.
fn target(
    text: &Quoted<'_>,
    range: Range<usize>,
    subject: &Subject,
    scopes: &Scopes<'_>,
) -> Result<Value, Diagnostic> {
    let found = text.part(&range);
    match (subject.statistic, subject.measure.unit()) {
        (Statistic::Probability(..), _) => ratio(found).map(Value::Ratio).ok_or_else(|| {
            let message = format!("expected a probability from 0 to 1, found {found:?}");
            text.error(&range, message).label("as in 1% or 0.01")
        }),
        (Statistic::Mean, Unit::Count) => number(found).map(Value::Ratio).ok_or_else(|| {
            let message = format!("expected a number, found {found:?}");
            let label = format!("the mean of `{}`, as in 1.5", subject.measure.name());
            text.error(&range, message).label(label)
        }),
        _ => value(text, range, subject.measure, scopes),
    }
}

/// A text and its place in the file.
struct Quoted<'a> {
    text: &'a str,
    span: Span,
}

impl<'a> Quoted<'a> {
    fn part(&self, range: &Range<usize>) -> &'a str {
        &self.text[range.clone()]
    }

    /// A range without the spaces at its ends.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let part = self.part(&range);
        let start = range.start + (part.len() - part.trim_start().len());
        start..start + part.trim().len()
    }

    fn error(&self, range: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        let quotes = (self.span.end - self.span.start).saturating_sub(self.text.len());
        // With escapes or three quotes, bytes do not match: then all of it is underlined.
        let span = match quotes {
            0 => self.span.within(range.start, range.end),
            2 => self.span.within(range.start + 1, range.end + 1),
            _ => self.span,
        };
        Diagnostic::error(span, message)
    }
}

fn no_comparison(text: &Quoted<'_>, range: &Range<usize>) -> Diagnostic {
    match text.part(range).find('=').map(|at| range.start + at) {
        Some(at) => text
            .error(&(at..at + 1), "`=` is not a comparison")
            .label("write `==`, or `<=` or `>=`"),
        None => text
            .error(range, "an expectation compares a measure with a value")
            .help(GRAMMAR),
    }
}

fn scoped_measure(
    text: &Quoted<'_>,
    left: Range<usize>,
    scopes: &Scopes<'_>,
) -> Result<(Scope, Measure), Diagnostic> {
    let written = text.part(&left);
    let mut at = left.start;
    let parts: Vec<Range<usize>> = written
        .split('.')
        .map(|part| {
            let range = at..at + part.len();
            at = range.end + 1;
            text.trimmed(range)
        })
        .collect();
    match parts.as_slice() {
        [name] => Ok((Scope::Total, named_measure(text, name)?)),
        [kind, name, of] => {
            let scope = scope(text, kind, name, scopes)?;
            let measure = named_measure(text, of)?;
            let (owner, fits) = match scope {
                Scope::Workspace(_) => ("workspace", measure.of_workspace()),
                Scope::Cluster(_) => ("cluster", measure.of_cluster()),
                Scope::Total => ("whole", true),
            };
            if fits {
                return Ok((scope, measure));
            }
            let other = if measure.of_workspace() {
                "workspace"
            } else {
                "cluster"
            };
            Err(text
                .error(of, format!("a {owner} has no `{}`", measure.name()))
                .help(format!(
                    "a {other} has it, and the whole: {other}.NAME.{0}, or {0}",
                    measure.name()
                )))
        }
        _ => Err(text
            .error(&left, "expected a measure, found something else")
            .help("write MEASURE, workspace.NAME.MEASURE or cluster.NAME.MEASURE")),
    }
}

fn scope(
    text: &Quoted<'_>,
    kind: &Range<usize>,
    name: &Range<usize>,
    scopes: &Scopes<'_>,
) -> Result<Scope, Diagnostic> {
    let find = |names: &Names| {
        let found = text.part(name);
        names.index(found).ok_or_else(|| {
            let span = text.error(name, "").span();
            names.not_found_within(found, span)
        })
    };
    match text.part(kind) {
        "workspace" => find(scopes.workspaces).map(Scope::Workspace),
        "cluster" => find(scopes.clusters).map(Scope::Cluster),
        other => Err(text.error(
            kind,
            format!("expected `workspace` or `cluster`, found `{other}`"),
        )),
    }
}

fn named_measure(text: &Quoted<'_>, range: &Range<usize>) -> Result<Measure, Diagnostic> {
    let found = text.part(range);
    let names = || Measure::ALL.iter().map(|measure| measure.name());
    Measure::ALL
        .iter()
        .copied()
        .find(|measure| measure.name() == found)
        .ok_or_else(|| {
            let complaint = text.error(range, format!("there is no measure `{found}`"));
            match meant(found, names()) {
                near if near.is_empty() => {
                    complaint.help(format!("the measures are {}", one_of(names())))
                }
                near => complaint.meant_keys(&near),
            }
        })
}

fn value(
    text: &Quoted<'_>,
    range: Range<usize>,
    measure: Measure,
    scopes: &Scopes<'_>,
) -> Result<Value, Diagnostic> {
    let found = text.part(&range);
    let unit_error = |error: UnitError| {
        let name = measure.name();
        text.error(&range, error.to_string())
            .label(match measure.unit() {
                Unit::Volume => format!("`{name}` is a volume, as in 20 GB"),
                _ => format!("`{name}` is a duration, as in 17m"),
            })
    };
    match measure.unit() {
        Unit::Volume => found.parse().map(Value::Volume).map_err(unit_error),
        Unit::Duration => found.parse().map(Value::Duration).map_err(unit_error),
        Unit::Ratio => ratio(found).map(Value::Ratio).ok_or_else(|| {
            let message = format!("expected a ratio from 0 to 1, found {found:?}");
            text.error(&range, message).label(format!(
                "`{}` is a ratio, as in 99.5% or 0.995",
                measure.name()
            ))
        }),
        Unit::Count => found.parse().map(Value::Count).map_err(|_| {
            let message = format!("expected a whole number, found {found:?}");
            text.error(&range, message)
                .label(format!("`{}` is a count, as in 3", measure.name()))
        }),
        Unit::Money => {
            let (amount, currency) = match found.split_once(' ') {
                Some((amount, currency)) => (amount, currency.trim()),
                None => (found, scopes.currency),
            };
            if currency != scopes.currency {
                let message = format!("{currency:?} is not the currency of the prices");
                let label = format!("they are in {}", scopes.currency);
                return Err(text.error(&range, message).label(label));
            }
            amount
                .parse()
                .map(Value::Money)
                .map_err(|error: UnitError| {
                    let label = format!("`{}` is an amount, as in 5000", measure.name());
                    text.error(&range, error.to_string()).label(label)
                })
        }
    }
}

/// `99.5%` or `0.995`.
fn ratio(text: &str) -> Option<f64> {
    let value = match text.strip_suffix('%') {
        Some(percent) => hundredth(percent.trim())?,
        None => number(text)?,
    };
    (0.0..=1.0).contains(&value).then_some(value)
}

/// Of digits the hundredth part as text has it: of `99.9` just what `0.999` is, which a division
/// would miss by a rounding.
fn hundredth(text: &str) -> Option<f64> {
    number(text)?;
    format!("{text}e-2").parse().ok()
}

/// Digits, perhaps with a point; `parse` would take "inf" and "1e-3" too.
fn number(text: &str) -> Option<f64> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(['e', 'E']);
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_the_ratio_that_it_stands_for() {
        for thousandths in 0..=1_000 {
            let percentage = format!("{}.{}%", thousandths / 10, thousandths % 10);
            let decimal = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
            assert_eq!(ratio(&percentage), decimal.parse().ok(), "{percentage}");
        }
        assert_eq!(ratio("100.1%"), None);
    }
}
