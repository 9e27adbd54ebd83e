use std::ops::Range;

use super::diagnostics::{Diagnostic, Span, nearest, one_of};
use super::validate::Names;
use super::{Measure, Unit};
use crate::units::{Duration, UnitError, Volume};

/// Something that must hold at the end of a run: `MEASURE OP VALUE`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// As it was written.
    pub text: String,
    /// Whose measure.
    pub scope: Scope,
    /// Which measure.
    pub measure: Measure,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what; of the measure's unit.
    pub value: Value,
}

/// Whose measure is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole.
    Total,
    /// Index of a workspace.
    Workspace(usize),
    /// Index of a cluster.
    Cluster(usize),
}

/// How a measure is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// The value of a measure.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Value {
    /// Whole bytes.
    Volume(Volume),
    /// A duration.
    Duration(Duration),
    /// 0 to 1.
    Ratio(f64),
    /// A whole number.
    Count(u64),
}

/// Longer signs first, so that `<=` is not read as `<`.
const COMPARISONS: &[(&str, Comparison)] = &[
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Below),
    (">", Comparison::Above),
];

/// What a scope and a measure may refer to.
pub(super) struct Scopes<'a> {
    pub(super) workspaces: &'a Names,
    pub(super) clusters: &'a Names,
}

/// Reads `MEASURE OP VALUE`. `span` is the text with its quotes.
pub(super) fn parse(
    text: &str,
    span: Span,
    scopes: &Scopes<'_>,
) -> Result<Expectation, Diagnostic> {
    let text = Quoted { text, span };
    let (sign, comparison) = COMPARISONS
        .iter()
        .filter_map(|(sign, comparison)| Some((text.text.find(sign)?, *sign, *comparison)))
        .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())))
        .map(|(at, sign, comparison)| (at..at + sign.len(), comparison))
        .ok_or_else(|| no_comparison(&text))?;
    let left = text.trimmed(0..sign.start);
    let right = text.trimmed(sign.end..text.text.len());
    let (scope, measure) = scoped_measure(&text, left, scopes)?;
    let value = value(&text, right, measure)?;
    Ok(Expectation {
        text: text.text.to_owned(),
        scope,
        measure,
        comparison,
        value,
    })
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

fn no_comparison(text: &Quoted<'_>) -> Diagnostic {
    let all = 0..text.text.len();
    match text.text.find('=') {
        Some(at) => text
            .error(&(at..at + 1), "`=` compares nothing")
            .label("write `==`, or `<=` or `>=`"),
        None => text
            .error(&all, "an expectation compares a measure with a value")
            .help(
                "write MEASURE OP VALUE, as in \"dropped <= 20 GB\"; OP is <=, <, >=, >, == or !=",
            ),
    }
}

fn scoped_measure(
    text: &Quoted<'_>,
    left: Range<usize>,
    scopes: &Scopes<'_>,
) -> Result<(Scope, Measure), Diagnostic> {
    let written = text.part(&left);
    if written.contains(['(', ')']) {
        return Err(text
            .error(
                &left,
                "a statistic needs replications, which this version does not simulate yet",
            )
            .help("write the measure alone: it is checked for the one replay"));
    }
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
        [name] => Ok((Scope::Total, measure(text, name)?)),
        [kind, name, of] => {
            let scope = scope(text, kind, name, scopes)?;
            let measure = measure(text, of)?;
            let (owner, fits) = match scope {
                Scope::Workspace(_) => ("workspace", measure.of_workspace()),
                Scope::Cluster(_) => ("cluster", !measure.of_workspace()),
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
            names.not_found(found, span)
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

fn measure(text: &Quoted<'_>, range: &Range<usize>) -> Result<Measure, Diagnostic> {
    let found = text.part(range);
    let names = || Measure::ALL.iter().map(|measure| measure.name());
    Measure::ALL
        .iter()
        .copied()
        .find(|measure| measure.name() == found)
        .ok_or_else(|| {
            let complaint = text.error(range, format!("there is no measure `{found}`"));
            match nearest(found, names()) {
                Some(near) => complaint.label(format!("did you mean `{near}`?")),
                None => complaint.help(format!("the measures are {}", one_of(names()))),
            }
        })
}

fn value(text: &Quoted<'_>, range: Range<usize>, measure: Measure) -> Result<Value, Diagnostic> {
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
    }
}

/// `99.5%` or `0.995`.
fn ratio(text: &str) -> Option<f64> {
    // `parse` would take "inf" and "1e-3" too.
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.contains(['e', 'E']) {
        return None;
    }
    let value = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse().ok()?,
    };
    (0.0..=1.0).contains(&value).then_some(value)
}
