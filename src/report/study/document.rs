//! What a study says, for people.

use super::super::chart::Picture;
use super::super::command::Command;
use super::super::document::{Block, Cell, Column, Document, Table};
use super::super::format::{
    cell, count, interval, lacks, of_unit, percent, range, range_and_error, replications, shares,
};
use super::super::letters;
use super::super::sections::course;
use super::super::terminal::{self, Style};
use super::few::Few;
use super::findings::Findings;
use super::histogram;
use crate::experiment::{Found, Judgement, Kept, Lack, Replay, Summary, twins as equal_ones};
use crate::scenario::{Expectation, Measure, Scenario, Scope, Statistic, Unit, Value};
use crate::statistics::{FEWEST_APART, Quantile};

/// What a page has beside the figures.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) distribution: &'a Picture,
    pub(super) over_time: Option<&'a Picture>,
    pub(super) timeline: &'a Picture,
    /// The replication of the timeline.
    pub(super) replay: &'a Replay,
}

/// What a study of a scenario says: what was expected, how likely a loss is, and how every
/// measure is distributed.
/// `closer` is the command that tells the story of one replication, but for its number.
pub fn study_text(findings: &Findings<'_>, closer: &[String], style: Style) -> String {
    terminal::text(&document(findings, "", closer, None), style)
}

/// What a study of a scenario, whose TOML is `source`, says.
pub(super) fn document<'a>(
    findings: &'a Findings<'_>,
    source: &'a str,
    closer: &[String],
    shown: Option<Shown<'a>>,
) -> Document<'a> {
    let scenario = findings.scenario;
    let often = replications(findings.study.count());
    let mut document = Document::about(scenario, &often);
    let answer = loss(findings).map(|words| format!("data is dropped {words}"));
    document.answers.extend(answer);
    let spread = match shown {
        Some(shown) => vec![Block::Picture(shown.distribution)],
        None => histogram(findings),
    };
    document.section(
        "distributions",
        "Distribution over the replications",
        spread,
    );
    if let Some(over_time) = shown.and_then(|shown| shown.over_time) {
        let fan = Block::Picture(over_time);
        document.section("picture", "Over time, in all replications", vec![fan]);
    }
    let judged = scenario.expectations.iter().zip(&findings.judgements);
    let judged = judged.map(|(expectation, judgement)| {
        let text = expectation.text.as_str();
        (text, judgement.outcome, reason(expectation, judgement))
    });
    let few: Vec<String> = findings.few().iter().map(Few::sentence).collect();
    let few = (!few.is_empty()).then(|| few.join(" "));
    document.expected(judged.collect(), few);
    let heading = "All workspaces and clusters together";
    document.section("figures", heading, figures(findings));
    document.section("each", "By workspace and cluster", each(findings));
    let (heading, time) = self::closer(findings, closer, shown);
    document.section("time", heading, time);
    document.rest(scenario, &[], source);
    document.fingerprint = Some(findings.fingerprint);
    document
}

/// What was found, in words.
pub(in crate::report) fn reason(expectation: &Expectation, judgement: &Judgement) -> String {
    let number = |number: f64| estimate(expectation.statistic, expectation.measure, number);
    match &judgement.found {
        Found::Held(held, None) => format!("in all {}", replications(held.count as u64)),
        Found::Held(held, Some(first)) => format!(
            "in {} of {}; it first fails in replication {first}",
            count(held.hits as u64),
            replications(held.count as u64)
        ),
        Found::Extreme(value) => format!("it was {}", cell(Some(*value))),
        Found::NoValue(without) => {
            format!("it has no value in {}", replications(*without as u64))
        }
        Found::Estimate(value, Ok(ends)) => {
            let ends = match expectation.statistic {
                Statistic::Probability(..) => shares(*ends),
                _ => interval(expectation.measure.unit(), *ends, |_, end| number(end)),
            };
            let seen = match expectation.statistic {
                Statistic::Probability(..) if *value <= 0.0 => "it was never met".to_owned(),
                Statistic::Probability(..) if *value >= 1.0 => "it was always met".to_owned(),
                _ => format!("it is {}", number(*value)),
            };
            format!("{seen}, 95% interval {ends}")
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

/// How likely it is that anything is lost, and how much then.
pub(in crate::report) fn loss(findings: &Findings<'_>) -> Option<String> {
    let dropped = findings.summaries.get(Scope::Total, Measure::Dropped)?;
    let (share, ends) = (dropped.nonzero.share()?, dropped.nonzero.interval()?);
    let lost = dropped.nonzero.hits;
    let those = if lost < dropped.nonzero.count {
        "in those "
    } else {
        ""
    };
    let then = lost_then(findings).map_or(String::new(), |then| format!("; {those}{then}"));
    Some(format!(
        "in {} of {}: {} (95% interval {}){then}",
        count(lost as u64),
        replications(dropped.nonzero.count as u64),
        percent(share),
        shares(ends)
    ))
}

/// How much is lost where anything is: from p05 to p95, and on average.
fn lost_then(findings: &Findings<'_>) -> Option<String> {
    let sample = findings.study.sample(Scope::Total, Measure::Dropped)?;
    let lost = sample.counted().only(|run| run.number > 0.0);
    let volume = |number| of_unit(Unit::Volume, number);
    let mean = volume(sample.mean_of_nonzero?.mean);
    let at = |percent| volume(lost.quantile(Quantile::percent(percent)));
    let [low, high] = [5, 95].map(at);
    Some(match low == high {
        true => format!("{mean} each"),
        false => format!("{} ({RANGE}), {mean} on average", range(&low, &high)),
    })
}

/// How exact the figures of a tally are; see [`crate::experiment::tally::GRID_ERROR`].
const TALLIED: &str = "Quantiles are taken from a histogram and are at most 0.05% off (of \
                       availabilities: of what they lack of 100%). Everything else is exact.";

/// What the range of the replications is called.
const RANGE: &str = "p05 to p95";

/// Of a summary's quantiles those that are shown, and the ranks of their columns: p05 and p95 stay
/// longest, then those towards the end that is bad.
const QUANTILES: [(usize, u8, u8); 7] = [
    (0, 6, 4),
    (1, 2, 1),
    (2, 7, 5),
    (3, 3, 3),
    (5, 1, 2),
    (6, 5, 7),
    (7, 4, 6),
];

/// The columns of a summary; `less_is_worse` where the low end is the bad one.
pub(in crate::report) fn columns(less_is_worse: bool) -> impl Iterator<Item = Column> {
    let quantiles = QUANTILES.into_iter().map(move |(at, high, low)| {
        let rank = if less_is_worse { low } else { high };
        Column::number(Summary::QUANTILES[at].0).rank(rank)
    });
    std::iter::once(Column::number("mean")).chain(quantiles)
}

/// The cells of a summary below them.
pub(in crate::report) fn cells(measure: Measure, summary: &Summary) -> impl Iterator<Item = Cell> {
    let mean = Cell::Mean(measure.unit(), summary.mean);
    let quantiles = QUANTILES.map(|(at, ..)| Cell::Value(summary.quantiles[at]));
    std::iter::once(mean).chain(quantiles)
}

fn figures<'a>(findings: &Findings<'_>) -> Vec<Block<'a>> {
    let of_total = || varying(findings).filter(|(scope, ..)| *scope == Scope::Total);
    let twins = twins(findings);
    let table = |name: &str, less_is_worse: bool| {
        let columns = std::iter::once(Column::name(name)).chain(columns(less_is_worse));
        let mut table = Table::new("", columns.collect());
        let apart = |measure| twins.iter().all(|(twin, _)| *twin != measure);
        for (_, measure, summary) in of_total().filter(|(_, measure, _)| apart(*measure)) {
            if measure.less_is_worse() == less_is_worse {
                table.row(std::iter::once(measure.into()).chain(cells(measure, summary)));
            }
        }
        table.block()
    };
    let tables = [table("", false), table("lower is worse", true)];
    let twins = twins.iter().map(|(twin, first)| {
        let words = format!(
            "{} equals {} in every replication.",
            twin.name(),
            first.name()
        );
        Block::Words(words)
    });
    let differ = of_total().next().is_some();
    let range = differ.then(|| Block::Note(range_and_error(RANGE)));
    let unknown = |summary: &Summary| summary.mean.is_some_and(|mean| mean.interval().is_none());
    let lacks = of_total().any(|(_, _, summary)| unknown(summary)).then(|| {
        Block::Note(format!(
            "There is no 95% interval of a mean (±) if fewer than {FEWEST_APART} values stand apart from \
             the most frequent one."
        ))
    });
    let grid = matches!(findings.study, Kept::Tally(_)).then(|| Block::Note(TALLIED.to_owned()));
    let alike = alike(findings).into_iter().map(Block::Words);
    tables
        .into_iter()
        .flatten()
        .chain(twins)
        .chain(range)
        .chain(lacks)
        .chain(grid)
        .chain(alike)
        .chain([meanings(findings)])
        .collect()
}

/// The measures that are not the same in all replications.
fn varying<'a>(findings: &'a Findings<'_>) -> impl Iterator<Item = (Scope, Measure, &'a Summary)> {
    let all = findings.summaries.iter();
    all.filter(|(_, _, summary)| summary.constant().is_none() && summary.mean.is_some())
}

/// What the measures are, for those who do not know their names.
fn meanings<'a>(findings: &Findings<'_>) -> Block<'a> {
    let columns = vec![Column::name("Measure"), Column::words("What it is")];
    let mut table = Table::new("", columns);
    for (_, measure, _) in varying(findings).filter(|(scope, ..)| *scope == Scope::Total) {
        table.row::<Cell>([measure.into(), measure.meaning().into()]);
    }
    Block::Folded("What these measures are".to_owned(), table)
}

/// The measures of the whole that vary and are in every replication what another is, with the
/// first that is the same.
fn twins(findings: &Findings<'_>) -> Vec<(Measure, Measure)> {
    let of_total = varying(findings).filter(|(scope, ..)| *scope == Scope::Total);
    equal_ones(of_total.map(|(_, measure, _)| measure), |a, b| {
        findings
            .study
            .are_equal((Scope::Total, a), (Scope::Total, b))
    })
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
    let (zero, fixed): (Vec<_>, Vec<_>) = same
        .into_iter()
        .partition(|(_, value)| value.number() == 0.0);
    let fixed: Vec<String> = fixed
        .into_iter()
        .map(|(measure, value)| format!("{} {}", measure.name(), cell(Some(value))))
        .collect();
    let zero: Vec<String> = zero
        .iter()
        .map(|(measure, _)| measure.name().to_owned())
        .collect();
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

/// What tells workspaces and clusters apart.
const TELLING: [Measure; 5] = [
    Measure::Dropped,
    Measure::BufferedPeak,
    Measure::QueryDowntime,
    Measure::TimeToRevoke,
    Measure::TimeToRecover,
];

/// The name of a workspace or cluster, where there are several.
fn name_of_several(scenario: &Scenario, scope: Scope) -> Option<&str> {
    match scope {
        Scope::Workspace(at) if scenario.workspaces.len() > 1 => {
            Some(&scenario.workspaces[at].name)
        }
        Scope::Cluster(at) if scenario.clusters.len() > 1 => Some(&scenario.clusters[at].name),
        _ => None,
    }
}

/// Of several workspaces and clusters: what tells them apart.
fn each<'a>(findings: &Findings<'_>) -> Vec<Block<'a>> {
    let of = |measure: Measure| {
        let columns = std::iter::once(Column::name("")).chain(columns(false));
        let mut table = Table::new(measure.name(), columns.collect());
        for (scope, _, summary) in varying(findings).filter(|(_, of, _)| *of == measure) {
            if let Some(name) = name_of_several(findings.scenario, scope) {
                table.row(std::iter::once(name.into()).chain(cells(measure, summary)));
            }
        }
        table.block()
    };
    TELLING.into_iter().filter_map(of).collect()
}

/// The replication that is worth a closer look.
fn closer<'a>(
    findings: &Findings<'_>,
    command: &[String],
    shown: Option<Shown<'a>>,
) -> (String, Vec<Block<'a>>) {
    let number = findings.telling();
    let worst = worst(findings);
    let Some(shown) = shown else {
        let number = ["--replication".to_owned(), number.to_string()];
        let command = Command::new(command.iter().cloned().chain(number).collect());
        let blocks =
            worst.map(|worst| vec![Block::Words(worst), Block::Command(command.to_string())]);
        return (
            "Extreme replications".to_owned(),
            blocks.unwrap_or_default(),
        );
    };
    let alike = "All replications are alike in what is dropped, buffered and out of reach.";
    let mut blocks = vec![
        Block::Note(worst.unwrap_or_else(|| alike.to_owned())),
        Block::Picture(shown.timeline),
    ];
    blocks.extend(course(findings.scenario, shown.replay));
    (format!("Replication {number}, with its rules"), blocks)
}

/// In which replications what is lost, held and out of reach is the largest.
pub(in crate::report) fn worst(findings: &Findings<'_>) -> Option<String> {
    let found: Vec<String> = findings
        .worst()
        .map(|(measure, value, replication)| {
            format!(
                "{} {} in replication {replication}",
                measure.name(),
                cell(Some(value))
            )
        })
        .collect();
    (!found.is_empty()).then(|| format!("The largest: {}.", found.join(", ")))
}

/// Bars of a histogram; more say no more on a terminal.
const MOST_BARS: usize = 12;

/// How the measure is distributed that tells most; for the terminal.
fn histogram<'a>(findings: &Findings<'_>) -> Vec<Block<'a>> {
    let first = findings.worst().next().map(|(measure, ..)| measure);
    let sample = first.and_then(|measure| findings.study.sample(Scope::Total, measure));
    let Some(sample) = sample else {
        return Vec::new();
    };
    let (measure, values) = (sample.measure, sample.counted());
    let bars = histogram::bars(&values, MOST_BARS, measure.unit().into());
    let caption = format!(
        "{} in {}",
        measure.name(),
        replications(values.len() as u64)
    );
    vec![
        Block::Words(caption),
        Block::Letters(Box::new(move |style| letters::bars(&bars, style))),
    ]
}
