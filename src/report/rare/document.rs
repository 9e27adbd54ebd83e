//! How likely something rare is, for people.

use super::super::chart::Picture;
use super::super::document::{Block, Column, Document, Table};
use super::super::format::{count, duration, narrow_percent, replications, short_percent};
use super::super::terminal::{self, Style};
use super::Rare;
use crate::experiment::Outcome;
use crate::experiment::rare::PILOT;
use crate::model::{BINS, DrawnDelay, Masses, edge, nominal};
use crate::scenario::{Delay, Scenario, Timing};
use crate::statistics::{FEWEST_EFFECTIVE, Interval};

/// How likely something rare is, how well that is known, and what leads to it.
pub fn rare_text(rare: &Rare<'_>, style: Style) -> String {
    terminal::text(&document(rare, "", None), style)
}

/// The same of a scenario whose TOML is `source`.
pub(super) fn document<'a>(
    rare: &Rare<'_>,
    source: &'a str,
    curve: Option<&'a Picture>,
) -> Document<'a> {
    let often = replications(rare.study.count() as u64);
    let mut document = Document::about(rare.scenario, &often);
    document.answers.push(answer(rare));
    if !rare.learned.is_reached {
        let note = "In no pilot was it frequent, so the draws are not what they could be. What the \
                    pilots have not come near to, the study may miss.";
        document.notes.push(note.to_owned());
    }
    let curve = curve.map(Block::Picture);
    document.section("picture", "At a glance", curve.into_iter().collect());
    expectations(&mut document, rare);
    document.section("figures", "How well it is known", figures(rare));
    document.section("draws", "What leads to it", draws(rare));
    document.rest(rare.scenario, &[], source);
    document.fingerprint = Some(rare.fingerprint);
    document
}

/// The answer in a sentence.
pub(super) fn answer(rare: &Rare<'_>) -> String {
    let (text, found) = (&rare.event.text, rare.found);
    let Some(share) = found.share() else {
        return format!("{text}: {}", without_hits(rare));
    };
    match found.interval() {
        Some(ends) => format!(
            "{text} is {} (95% interval {} to {}): one in {}",
            probability(share),
            probability(ends.low),
            probability(ends.high),
            one_in(share)
        ),
        // So few can be far off: a rarer way to the event may not have been met.
        None => format!("{text}: no estimate, {}", lacks(rare)),
    }
}

/// What is known without a hit. The nominal component alone, a twentieth, would have shown it.
#[allow(clippy::cast_precision_loss)]
fn without_hits(rare: &Rare<'_>) -> String {
    let count = rare.study.count() as u64;
    let below = 60.0 / count as f64;
    let below = match below < 1.0 {
        true => format!(", below {} at 95% confidence", probability(below)),
        false => String::new(),
    };
    format!("no hit in {}{below}; no estimate", replications(count))
}

/// Why there is no interval, and what helps.
pub(super) fn lacks(rare: &Rare<'_>) -> String {
    format!(
        "{} effective hits are too few, {FEWEST_EFFECTIVE} are needed; ask for more replications, \
         and give hazards and responses constant delays where these do not matter",
        effective(rare)
    )
}

/// How many effective hits there are, cut off: not more than there are.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn effective(rare: &Rare<'_>) -> String {
    count(rare.found.effective() as u64)
}

/// A probability: with three digits and a power of ten where it is small.
pub(super) fn probability(share: f64) -> String {
    match share {
        0.01.. => short_percent(share),
        _ => format!("{share:.2e}"),
    }
}

/// `980,000`: two digits of the number of replications to one hit.
fn one_in(share: f64) -> String {
    let number = 1.0 / share;
    let digit = libm::pow(10.0, (libm::log10(number) - 1.0).floor().max(0.0));
    replications(rounded((number / digit).round() * digit))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn rounded(number: f64) -> u64 {
    // `as` saturates.
    number.round() as u64
}

fn expectations(document: &mut Document<'_>, rare: &Rare<'_>) {
    let all = || rare.scenario.expectations.iter().zip(&rare.judged);
    let found = answer_in_brief(rare);
    let judged = all().filter_map(|(expectation, outcome)| {
        let outcome: Outcome = (*outcome)?;
        Some((expectation.text.as_str(), outcome, found.clone()))
    });
    let judged: Vec<_> = judged.collect();
    let others = all().filter(|(_, outcome)| outcome.is_none()).count();
    let others = (others > 0).then(|| {
        format!(
            "{} of the scenario {} not judged: draws are weighted here. Run it without --rare.",
            match others {
                1 => "1 expectation".to_owned(),
                others => format!("{} expectations", count(others as u64)),
            },
            if others == 1 { "is" } else { "are" }
        )
    });
    document.expected(judged, others);
}

fn answer_in_brief(rare: &Rare<'_>) -> String {
    let Some(share) = rare.found.share() else {
        return without_hits(rare);
    };
    let ends = match rare.found.interval() {
        Some(Interval { low, high }) => {
            format!("95% interval {} to {}", probability(low), probability(high))
        }
        None => lacks(rare),
    };
    format!("it is {}, {ends}", probability(share))
}

fn figures<'a>(rare: &Rare<'_>) -> Vec<Block<'a>> {
    let found = rare.found;
    let mut table = Table::new("", vec![Column::name(""), Column::number("")]);
    let mut row = |name: &str, text: String| table.row([name.to_owned(), text]);
    row("replications", count(found.count as u64));
    row("hits", count(found.hits as u64));
    row("effective hits", effective(rare));
    if let (Some(share), Some(ends)) = (found.share(), found.interval()) {
        let half = (ends.high - ends.low) / 2.0 / share;
        row("half-width of the interval", narrow_percent(half));
        let plain = rounded(found.effective() / share);
        row("plain replications for the same", about(plain));
    }
    let pilots = rare.learned.pilots as u64 * PILOT as u64;
    row("replications of pilots before", count(pilots));
    let note = "Effective hits are as many as hits of equal weight would be worth as much.";
    let note = Block::Note(note.to_owned());
    table.block().into_iter().chain([note]).collect()
}

/// A large number in brief.
#[allow(clippy::cast_precision_loss)]
fn about(number: u64) -> String {
    match number {
        ..100_000 => count(number),
        _ => format!("{:.1e}", number as f64),
    }
}

/// A bin counts as one that leads to the event if it is drawn with at least this probability,
const LIKELY: f64 = 0.02;
/// and so many times as often as it is nominally.
const OFTENER: f64 = 2.0;

/// Of each delay the bins that are drawn far more often than nominally.
fn draws<'a>(rare: &Rare<'_>) -> Vec<Block<'a>> {
    let columns = vec![
        Column::name("delay"),
        Column::number("from"),
        Column::number("to"),
        Column::number("drawn with"),
        Column::number("instead of"),
    ];
    let mut table = Table::new("", columns);
    let mixture = &rare.learned.mixture;
    for (delay, masses) in mixture.delays().iter().zip(mixture.learned()) {
        for bins in runs(masses) {
            let (first, last) = (bins[0], bins[bins.len() - 1]);
            let sum = |of: &Masses| bins.iter().map(|bin| of[*bin]).sum::<f64>();
            let shown = distribution(rare.scenario, *delay);
            let end = |bin| edge(bin).and_then(|place| shown.at(place).ok());
            let end = |bin| end(bin).map_or_else(String::new, duration);
            table.row([
                name(rare.scenario, *delay),
                end(first),
                end(last + 1),
                probability(sum(masses)),
                probability(sum(&nominal())),
            ]);
        }
    }
    let note = "The delays that pilots found to lead to it, and what the learned part of the \
                replications draws them with.";
    let note = (!table.rows.is_empty()).then(|| Block::Note(note.to_owned()));
    table.block().into_iter().chain(note).collect()
}

/// Bins side by side that are drawn far more often than nominally.
fn runs(masses: &Masses) -> Vec<Vec<usize>> {
    let nominal = nominal();
    let far = |bin: &usize| masses[*bin] >= LIKELY && masses[*bin] >= OFTENER * nominal[*bin];
    let bins: Vec<usize> = (0..BINS).filter(far).collect();
    let runs = bins.chunk_by(|one, next| one + 1 == *next);
    runs.map(<[usize]>::to_vec).collect()
}

/// A delay as scenarios name it.
pub(super) fn name(scenario: &Scenario, delay: DrawnDelay) -> String {
    let event = &scenario.events[delay.event];
    let table = match event.timing {
        Timing::At(_) | Timing::After { .. } => "event",
        Timing::Every { .. } => "hazard",
        Timing::Seen(_) => "response",
    };
    format!("{table}.{}.{}", event.name, delay.key)
}

fn distribution(scenario: &Scenario, delay: DrawnDelay) -> &Delay {
    let event = &scenario.events[delay.event];
    if delay.key == "duration" {
        return event.duration.as_ref().expect("it has one");
    }
    match &event.timing {
        Timing::At(at) => at,
        Timing::After { delay, .. } => delay,
        Timing::Every { gap } => gap,
        Timing::Seen(watch) => &watch.delay,
    }
}
