//! What a study says, for the terminal.

use super::super::format::{
    cell, count, elided, interval, narrow_percent, of_unit, percent, replications, shown,
};
use super::super::text::{Look, assumptions, heading_of};
use super::Findings;
use super::json::lacks;
use crate::experiment::{Found, Judgement, Lack, Outcome, Summary};
use crate::scenario::{Expectation, Measure, Scenario, Scope, Statistic, Unit, Value};
use crate::statistics::{FEWEST_NONZERO, Mean};

/// What a study of a scenario says: what was expected, how likely a loss is, and how every
/// measure is distributed.
pub fn study_text(findings: &Findings<'_>, look: Look) -> String {
    [
        title(findings, look),
        expectations(findings, look),
        dropped(findings, look),
        measures(findings, look),
        named(findings, look),
        closer(findings, look),
        assumptions(findings.scenario, look),
        format!("\nfingerprint {:.8}\n", findings.fingerprint),
    ]
    .concat()
}

fn title(findings: &Findings<'_>, look: Look) -> String {
    let often = replications(findings.study.count() as u64);
    heading_of(findings.scenario, &often, look)
}

fn expectations(findings: &Findings<'_>, look: Look) -> String {
    if findings.judgements.is_empty() {
        return String::new();
    }
    let of = |outcome| {
        findings
            .judgements
            .iter()
            .filter(|it| it.outcome == outcome)
            .count()
    };
    let mut told = Vec::new();
    for (number, words) in [
        (of(Outcome::Passed), ["holds", "hold"]),
        (of(Outcome::Failed), ["fails", "fail"]),
        (of(Outcome::Undecided), ["is undecided", "are undecided"]),
    ] {
        if number > 0 {
            told.push(format!("{number} {}", words[usize::from(number > 1)]));
        }
    }
    let mut text = look.heading(&format!("Expectations: {}", told.join(", ")));
    for (expectation, judgement) in findings
        .scenario
        .expectations
        .iter()
        .zip(&findings.judgements)
    {
        let (word, style) = match judgement.outcome {
            Outcome::Passed => ("pass", "32"),
            Outcome::Failed => ("FAIL", "1;31"),
            Outcome::Undecided => ("open", "1;33"),
        };
        let words = format!(
            "{} ({})",
            shown(&expectation.text),
            reason(expectation, judgement)
        );
        let line = look.wrap(&format!("  {word}  "), &words, 8);
        text += &line.replacen(word, &look.paint(style, word), 1);
    }
    text
}

/// What was found, in words.
pub(in crate::report) fn reason(expectation: &Expectation, judgement: &Judgement) -> String {
    let number = |number: f64| estimate(expectation.statistic, expectation.measure, number);
    match &judgement.found {
        Found::Held(held, None) => format!("in all {}", replications(held.count as u64)),
        Found::Held(held, Some(first)) => format!(
            "in {} of {}; the first in which not is {first}",
            count(held.hits as u64),
            replications(held.count as u64)
        ),
        Found::Extreme(value) => format!("it was {}", cell(Some(*value))),
        Found::NoValue(without) => {
            format!("it has no value in {}", replications(*without as u64))
        }
        Found::Estimate(value, Ok(ends)) => {
            let unit = expectation.statistic.unit(expectation.measure);
            let ends = interval(unit, *ends, |_, end| number(end));
            format!("it is {}, 95% interval {ends}", number(*value))
        }
        Found::Estimate(value, Err(lack)) => {
            format!(
                "it is {}{}; {}",
                number(*value),
                known(*lack, number),
                lacks(*lack)
            )
        }
    }
}

/// What is known of a quantile that has no interval.
fn known(lack: Lack, number: impl Fn(f64) -> String) -> String {
    match lack {
        Lack::FewReplications { known, .. } if known.low > 0.0 => {
            format!(", 97.5% sure at least {}", number(known.low))
        }
        Lack::FewReplications { known, .. } if known.high.is_finite() => {
            format!(", 97.5% sure at most {}", number(known.high))
        }
        _ => String::new(),
    }
}

/// A statistic of a measure, from a plain number.
pub(in crate::report) fn estimate(statistic: Statistic, measure: Measure, number: f64) -> String {
    match statistic {
        Statistic::Probability(..) => percent(number),
        _ => of_unit(measure.unit(), number),
    }
}

fn dropped(findings: &Findings<'_>, look: Look) -> String {
    loss(findings).map_or_else(String::new, |words| {
        look.heading("Data is dropped") + &look.wrap("  ", &words, 2)
    })
}

/// How likely it is that anything is lost, and how much then.
pub(in crate::report) fn loss(findings: &Findings<'_>) -> Option<String> {
    let dropped = findings.summaries.get(Scope::Total, Measure::Dropped)?;
    let (share, ends) = (dropped.nonzero.share()?, dropped.nonzero.interval()?);
    let lost = dropped.nonzero.hits;
    let then = match dropped.mean_of_nonzero {
        Some(mean) if lost < dropped.nonzero.count => {
            format!("; then {} on average", of_unit(Unit::Volume, mean.mean))
        }
        _ => String::new(),
    };
    Some(format!(
        "in {} of {}: {} (95% interval {}){then}",
        count(lost as u64),
        replications(dropped.nonzero.count as u64),
        percent(share),
        interval(Unit::Ratio, ends, |_, end| percent(end))
    ))
}

/// Quantiles by their place in a summary.
pub(super) type Quantiles = [usize; 4];

/// Columns of the table: towards the end that is bad.
const HIGH: Quantiles = [3, 5, 6, 7];
const LOW: Quantiles = [3, 2, 1, 0];

/// Of these the low end is the bad one.
const LITTLE_IS_BAD: [Measure; 7] = [
    Measure::Stored,
    Measure::StoredCustomerKey,
    Measure::Accessible,
    Measure::AccessibleMin,
    Measure::Hot,
    Measure::QueryAvailability,
    Measure::IngestionAvailability,
];

const NAME: usize = 23;
const MEAN: usize = 15;
const QUANTILE: usize = 10;

fn measures(findings: &Findings<'_>, look: Look) -> String {
    let of_total = || {
        let all = findings.summaries.iter();
        all.filter(|(scope, ..)| *scope == Scope::Total)
    };
    let mut text = String::new();
    let mut lacks = false;
    for (words, little_is_bad, end) in [("", false, HIGH), ("where little is bad", true, LOW)] {
        let mut rows = String::new();
        for (_, measure, summary) in of_total() {
            if summary.constant().is_some() || LITTLE_IS_BAD.contains(&measure) != little_is_bad {
                continue;
            }
            let Some(mean) = summary.mean else {
                continue;
            };
            rows += &row(measure.name(), measure, summary, end);
            lacks |= mean.interval().is_none();
        }
        if !rows.is_empty() {
            text += &(header(words, end) + &rows);
        }
    }
    if !text.is_empty() {
        text = look.heading("In all, over the replications") + &text;
    }
    if lacks {
        let words = format!(
            "(no 95% interval of the mean where fewer than {FEWEST_NONZERO} values are not 0)"
        );
        text += &look.wrap("  ", &words, 2);
    }
    for words in alike(findings) {
        text += &look.wrap("", &words, 2);
    }
    text
}

/// The measures of the whole that do not vary, and the currency, in sentences.
pub(in crate::report) fn alike(findings: &Findings<'_>) -> Vec<String> {
    let of_total = || {
        let all = findings.summaries.iter();
        all.filter(|(scope, ..)| *scope == Scope::Total)
    };
    let same: Vec<(Measure, Value)> = of_total()
        .filter_map(|(_, measure, summary)| Some((measure, summary.constant()?)))
        .collect();
    let (zero, fixed): (Vec<_>, Vec<_>) = same.into_iter().partition(|it| it.1.number() == 0.0);
    let fixed: Vec<String> = fixed
        .into_iter()
        .map(|(measure, value)| format!("{} {}", measure.name(), cell(Some(value))))
        .collect();
    let zero: Vec<String> = zero.iter().map(|(it, _)| it.name().to_owned()).collect();
    let never: Vec<String> = of_total()
        .filter(|(.., summary)| summary.mean.is_none())
        .map(|(_, measure, _)| measure.name().to_owned())
        .collect();
    let kinds = [
        ("The same in every replication", fixed),
        ("Always 0", zero),
        ("Without a value", never),
    ];
    let told = kinds.into_iter().filter(|(_, list)| !list.is_empty());
    let told = told.map(|(words, list)| format!("{words}: {}.", list.join(", ")));
    let costs = of_total().any(|(_, measure, _)| measure.unit() == Unit::Money);
    let currency = costs.then(|| format!("Costs are in {}.", findings.scenario.prices.currency));
    told.chain(currency).collect()
}

fn header(name: &str, end: Quantiles) -> String {
    let mut line = format!("  {name:NAME$}{:>MEAN$}", "mean");
    for at in end {
        line += &format!("{:>QUANTILE$}", Summary::QUANTILES[at].0);
    }
    line + "\n"
}

fn row(name: &str, measure: Measure, summary: &Summary, end: Quantiles) -> String {
    let unit = measure.unit();
    let mean = summary
        .mean
        .map_or_else(String::new, |mean| mean_of(unit, &mean));
    let mut line = format!("  {:NAME$}{mean:>MEAN$}", elided(name, NAME));
    for at in end {
        line += &format!("{:>QUANTILE$}", cell(summary.quantiles[at]));
    }
    line + "\n"
}

/// A mean with the half-width of its interval: of a ratio in points, else as a part of it.
/// Rounded up: it is not known better than it says.
pub(super) fn mean_of(unit: Unit, mean: &Mean) -> String {
    let value = of_unit(unit, mean.mean);
    let Some(interval) = mean.interval().filter(|_| mean.mean > 0.0) else {
        return value;
    };
    let half = (interval.high - interval.low) / 2.0;
    if unit == Unit::Ratio {
        return ratio_of(mean.mean, half);
    }
    let tenths = half / mean.mean * 1000.0;
    let part = if 0.0 < tenths && tenths < 1.0 {
        "<0.1".to_owned()
    } else {
        format!("{:.1}", tenths.ceil() / 10.0)
    };
    let blank = if value.len() + part.len() + 4 > MEAN {
        ""
    } else {
        " "
    };
    format!("{value}{blank}±{part}%")
}

/// A percentage with as many digits as are known, and with how much it may be off.
fn ratio_of(mean: f64, half: f64) -> String {
    for (decimals, step) in [(1, 0.1), (2, 0.01), (3, 0.001), (4, 0.0001)] {
        let half = half * 100.0;
        let text = format!("{:.decimals$}", mean * 100.0);
        // Neither nothing nor all, where it is a little more or less.
        let nothing = text.trim_matches(['0', '.']).is_empty();
        let all = text.starts_with("100") && mean < 1.0;
        if !nothing && !all && (half >= step || decimals == 4) {
            return format!("{text}% ±{:.decimals$}", (half / step).ceil() * step);
        }
    }
    narrow_percent(mean)
}

/// What tells workspaces and clusters apart.
pub(in crate::report) const TELLING: [Measure; 5] = [
    Measure::Dropped,
    Measure::BufferedPeak,
    Measure::QueryDowntime,
    Measure::TimeToRevoke,
    Measure::TimeToRecover,
];

/// The name of a workspace or cluster, where there are several.
pub(in crate::report) fn name_of_several(scenario: &Scenario, scope: Scope) -> Option<&str> {
    match scope {
        Scope::Workspace(at) if scenario.workspaces.len() > 1 => {
            Some(&scenario.workspaces[at].name)
        }
        Scope::Cluster(at) if scenario.clusters.len() > 1 => Some(&scenario.clusters[at].name),
        _ => None,
    }
}

/// Of several workspaces and clusters: what tells them apart.
fn named(findings: &Findings<'_>, look: Look) -> String {
    let scenario = findings.scenario;
    let name = |scope| name_of_several(scenario, scope);
    let mut text = String::new();
    for measure in TELLING {
        let own = findings.summaries.iter().filter(|it| it.1 == measure);
        let rows: String = own
            .filter(|(.., summary)| summary.constant().is_none() && summary.mean.is_some())
            .filter_map(|(scope, _, summary)| Some(row(name(scope)?, measure, summary, HIGH)))
            .collect();
        if !rows.is_empty() {
            text +=
                &(look.heading(&format!("{} of each", measure.name())) + &header("", HIGH) + &rows);
        }
    }
    text
}

/// Which replications are worth a closer look.
fn closer(findings: &Findings<'_>, look: Look) -> String {
    worst(findings).map_or_else(String::new, |words| {
        let words = format!("{words} Look at one with --replication NUMBER.");
        "\n".to_owned() + &look.wrap("", &words, 0)
    })
}

/// In which replications what is lost, held and out of reach is at its most.
pub(in crate::report) fn worst(findings: &Findings<'_>) -> Option<String> {
    let found: Vec<String> = findings
        .worst()
        .map(|(measure, value, replication)| {
            format!(
                "{} is {} in replication {replication}",
                measure.name(),
                cell(Some(value))
            )
        })
        .collect();
    (!found.is_empty()).then(|| format!("At its most {}.", found.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_says_how_well_it_is_known() {
        let values: Vec<f64> = (0..100).map(|it| f64::from(it) * 1e9).collect();
        let mean = Mean::of(&values).expect("values");
        assert_eq!(mean_of(Unit::Volume, &mean), "49.5 GB ±11.7%");
        let narrow = |value: f64, by: f64| {
            let values: Vec<f64> = (0..100).map(|it| value + f64::from(it % 2) * by).collect();
            Mean::of(&values).expect("values")
        };
        let mean = narrow(9_556_364.0, 100.0);
        assert_eq!(mean_of(Unit::Count, &mean), "9,556,414±<0.1%");
        let mean = narrow(0.998_9, 0.000_2);
        assert_eq!(mean_of(Unit::Ratio, &mean), "99.900% ±0.002");
        assert_eq!(mean_of(Unit::Ratio, &narrow(0.3, 0.4)), "50.0% ±4.0");
        assert_eq!(mean_of(Unit::Ratio, &narrow(0.095, 0.01)), "10.00% ±0.10");
        assert_eq!(
            mean_of(Unit::Ratio, &narrow(0.999_999_5, 0.0)),
            "above 99.9999%".replace("above ", ">")
        );
        assert_eq!(
            mean_of(Unit::Volume, &Mean::of(&values[..9]).expect("values")),
            "4.00 GB"
        );
    }
}
