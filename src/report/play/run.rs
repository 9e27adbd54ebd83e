//! One run: what it comes to, what happened by which rule, and where to look.

use serde::Serialize;

use super::super::describe::occurrence;
use super::super::format::{Clock, value};
use super::super::gist::gist;
use super::super::run::exact;
use super::super::story::{Line, Lines};
use super::super::window::{closest, episodes};
use super::accounts::{Accounts, accounts};
use super::keys::{KeyTimes, keys};
use crate::experiment::Replay;
use crate::scenario::{Edition, Expectation, Measure, Rule, Scenario, Scope, Statistic};
use crate::units::Time;

/// More things that happened are left out.
const MOST_LINES: usize = 1_000;

/// A run as a page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// The digest of everything that happened.
    pub fingerprint: String,
    /// Which replication it is.
    pub replication: u64,
    /// Whether everything held that the scenario expects of each replication.
    pub passed: bool,
    /// When it ends.
    pub end: i64,
    /// What it comes to, in a sentence.
    pub gist: String,
    /// What the scenario expects of each replication.
    pub expectations: Vec<Held>,
    /// Every measure of the whole.
    pub measures: Vec<Measured>,
    /// What happened, by time; the first 1 000 lines.
    pub lines: Vec<Happened>,
    /// How many lines there are.
    pub lines_of: usize,
    /// What the rules say that the lines follow.
    pub rules: Vec<RuleSays>,
    /// The storage accounts; the first 40.
    pub accounts: Vec<Accounts>,
    /// How many accounts there are.
    pub accounts_of: usize,
    /// The key of each cluster.
    pub keys: Vec<KeyTimes>,
    /// The part of the run that shows the costliest interruption; the whole run, where that shows
    /// it as well.
    pub window: [i64; 2],
}

/// An expectation and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// As it is written.
    pub text: String,
    /// Whether it held; `None` where there are too few replications to tell.
    pub passed: Option<bool>,
    /// What was found.
    pub actual: String,
}

/// A measure and its value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Its name.
    pub name: &'static str,
    /// Its value for people.
    pub text: String,
    /// In bytes, seconds, or as it is; `None` where it has none.
    pub number: Option<f64>,
    /// `bytes`, `s`, `ratio`, `count` or `money`.
    pub unit: &'static str,
}

/// Something that happened; equal changes of several accounts are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// When the first of the changes took place.
    pub from: i64,
    /// When the last one did.
    pub until: i64,
    /// What happened.
    pub text: String,
    /// By which rule.
    pub rule: &'static str,
    /// The event behind it.
    pub event: Option<String>,
}

/// What an edition says of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSays {
    /// Its name.
    pub id: &'static str,
    /// Who says so: `documented`, `assumed`, or another word of `cmksim rules`.
    pub status: &'static str,
    /// What it says.
    pub text: String,
    /// Where.
    pub source: String,
}

/// What a page shows of a replication of a scenario.
pub fn run(scenario: &Scenario, replay: &Replay) -> Run {
    let lines = Lines::of(scenario, &replay.history);
    let shown: Vec<Line> = lines.iter().take(MOST_LINES).collect();
    let mut followed: Vec<Rule> = shown.iter().map(|line| line.rule).collect();
    followed.sort_unstable();
    followed.dedup();
    let whole = [0, replay.history.end.millis()];
    let close = closest(&episodes(scenario, replay), replay.history.end);
    let clusters = &replay.history.clusters;
    Run {
        fingerprint: replay.fingerprint.to_string(),
        replication: replay.replication,
        passed: replay.passed(),
        end: replay.history.end.millis(),
        gist: gist(scenario, replay),
        expectations: expected(scenario, replay),
        measures: measures(replay),
        lines: shown.iter().map(|line| happened(scenario, line)).collect(),
        lines_of: lines.len(),
        rules: followed
            .into_iter()
            .filter_map(|rule| says(scenario, rule))
            .collect(),
        accounts: accounts(scenario, replay),
        accounts_of: clusters.iter().map(|cluster| cluster.accounts.len()).sum(),
        keys: keys(scenario, replay),
        window: close.map_or(whole, |window| {
            [window.from, window.until].map(Time::millis)
        }),
    }
}

fn measures(replay: &Replay) -> Vec<Measured> {
    let of_total = Measure::ALL
        .iter()
        .filter(|measure| Scope::Total.has(**measure));
    let measured = of_total.map(|&measure| {
        let found = replay.measures.get(Scope::Total, measure);
        Measured {
            name: measure.name(),
            text: value(found),
            number: found.map(|value| value.number()),
            unit: unit(measure),
        }
    });
    measured.collect()
}

/// In what the numbers of a measure are.
pub(super) fn unit(measure: Measure) -> &'static str {
    use crate::scenario::Unit;
    match measure.unit() {
        Unit::Volume => "bytes",
        Unit::Duration => "s",
        Unit::Ratio => "ratio",
        Unit::Count => "count",
        Unit::Money => "money",
    }
}

fn expected(scenario: &Scenario, replay: &Replay) -> Vec<Held> {
    let held = replay.verdicts.iter().map(|verdict| Held {
        text: scenario.expectations[verdict.expectation].text.clone(),
        passed: Some(verdict.passed),
        actual: exact(verdict.actual),
    });
    held.collect()
}

/// What became of an expectation in one replication; `None` for one that is about many.
pub fn held(expectation: &Expectation, replay: &Replay) -> Option<Held> {
    let actual = replay.measures.get(expectation.scope, expectation.measure);
    let holds =
        actual.is_some_and(|actual| expectation.comparison.holds(actual, expectation.value));
    (expectation.statistic == Statistic::Each).then(|| Held {
        text: expectation.text.clone(),
        passed: Some(holds),
        actual: exact(actual),
    })
}

fn happened(scenario: &Scenario, line: &Line) -> Happened {
    let clock = Clock::new(scenario.start);
    let by = line
        .cause
        .filter(|_| line.asked || line.rule == Rule::Scenario);
    Happened {
        from: line.first.millis(),
        until: line.last.millis(),
        text: line.sentence(clock),
        rule: line.rule.id(),
        event: by.map(|cause| occurrence(scenario, cause)),
    }
}

fn says(scenario: &Scenario, rule: Rule) -> Option<RuleSays> {
    let edition = Edition::named(&scenario.edition)?;
    let says = edition.rule(rule);
    (rule != Rule::Scenario).then(|| RuleSays {
        id: rule.id(),
        status: says.status.word(),
        text: says.text.clone(),
        source: says.source.clone(),
    })
}

/// What the edition of a scenario says of the rule of this name.
pub fn rule(scenario: &Scenario, id: &str) -> Option<RuleSays> {
    let rule = Rule::ALL.iter().find(|rule| rule.id() == id)?;
    says(scenario, *rule)
}

/// An instant of a run as the program writes it.
pub fn clock(scenario: &Scenario, t: Time) -> String {
    Clock::new(scenario.start).read(t)
}
