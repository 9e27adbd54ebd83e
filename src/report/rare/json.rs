//! `replications.json` of a study of something rare, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::format::Clock;
use super::super::json::{ByName, Ci95, Seconds, about, assumed, ci95, key, text};
use super::Rare;
use super::document::{answer, lacks, name};
use crate::experiment::Outcome;
use crate::experiment::rare::PILOT;
use crate::units::Time;

/// `replications.json` of a study with `--rare`: there are no measures, because no statistic of
/// them without weights means anything.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct RareJson<'a> {
    replications: usize,
    /// The calendar instant of time 0, where the scenario has one.
    start: Option<String>,
    duration_s: Seconds,
    fingerprint: String,
    rare: FoundJson<'a>,
    /// Those about the probability that was asked for.
    expectations: Vec<JudgedJson<'a>>,
    assumed: ByName<String>,
}

#[derive(Serialize, JsonSchema)]
struct FoundJson<'a> {
    text: &'a str,
    /// In a sentence.
    answer: String,
    /// Null without a hit.
    probability: Option<f64>,
    ci95: Ci95,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_interval: Option<String>,
    hits: usize,
    effective_hits: f64,
    /// Before the study, to learn what it draws from.
    pilot_replications: usize,
    /// Whether the event became frequent in the pilots.
    is_reached: bool,
    /// Of each delay that is drawn, the probability of each bin of its quantile where it is drawn
    /// as was learned, from the lower tail to the upper one: `docs/model.md` has the ends of the
    /// bins.
    learned: ByName<Vec<f64>>,
    /// The measure of the levels, with its unit.
    measure: String,
    levels: Vec<LevelJson>,
}

/// How likely the measure is at least, or at most, a value.
#[derive(Serialize, JsonSchema)]
struct LevelJson {
    value: f64,
    probability: Option<f64>,
    ci95: Ci95,
    hits: usize,
    effective_hits: f64,
}

#[derive(Serialize, JsonSchema)]
struct JudgedJson<'a> {
    text: &'a str,
    /// `passed`, `failed` or `undecided`.
    outcome: &'static str,
}

/// What a study of a scenario, whose TOML is `source`, says of something rare.
pub fn rare_json(rare: &Rare<'_>, source: &str) -> String {
    let scenario = rare.scenario;
    let mixture = &rare.learned.mixture;
    let learned = mixture.delays().iter().zip(mixture.learned());
    let learned = learned.map(|(delay, masses)| (name(scenario, *delay), masses.to_vec()));
    let expectations = scenario.expectations.iter().zip(&rare.judged);
    let expectations = expectations.filter_map(|(expectation, outcome)| {
        Some(JudgedJson {
            text: &expectation.text,
            outcome: match (*outcome)? {
                Outcome::Passed => "passed",
                Outcome::Failed => "failed",
                Outcome::Undecided => "undecided",
            },
        })
    });
    let levels = rare.levels.iter().map(|level| LevelJson {
        value: level.value,
        probability: level.found.share(),
        ci95: ci95(level.found.interval()),
        hits: level.found.hits,
        effective_hits: level.found.effective(),
    });
    let interval = rare.found.interval();
    let body = RareJson {
        replications: rare.study.count(),
        start: Clock::new(scenario.start).iso(Time::START),
        duration_s: Seconds(scenario.duration.millis()),
        fingerprint: rare.fingerprint.to_string(),
        rare: FoundJson {
            text: &rare.event.text,
            answer: answer(rare),
            probability: rare.found.share(),
            ci95: ci95(interval),
            no_interval: interval.is_none().then(|| lacks(rare)),
            hits: rare.found.hits,
            effective_hits: rare.found.effective(),
            pilot_replications: rare.learned.pilots * PILOT,
            is_reached: rare.learned.is_reached,
            learned: ByName(learned.collect()),
            measure: key(rare.event.measure),
            levels: levels.collect(),
        },
        expectations: expectations.collect(),
        assumed: assumed(scenario, &[]),
    };
    text(&about(scenario, source, body))
}
