//! What one replication says, for people: what was expected, what came out, when and why.

use super::chart::Picture;
use super::document::{Block, Cell, Column, Document, Table};
use super::format::{self, count, duration, volume};
use super::gist::gist;
use super::sections::course;
use super::states::State;
use super::strip::{self, Mark};
use super::terminal::{self, Style};
use super::window::{self, Episode, Window};
use crate::experiment::{Outcome, Replay, Verdict};
use crate::scenario::{Measure, Scenario, Scope, Value};
use crate::units::{Duration, Money, Time, Volume};

/// The summary of one replication for the terminal.
pub fn text(scenario: &Scenario, replay: &Replay, style: Style) -> String {
    terminal::text(&document(scenario, "", replay, None), style)
}

/// What one replication of `scenario`, whose TOML is `source`, says; a page has its picture.
pub(super) fn document<'a>(
    scenario: &'a Scenario,
    source: &'a str,
    replay: &'a Replay,
    picture: Option<&'a Picture>,
) -> Document<'a> {
    let mut document = Document::about(scenario, &format!("replication {}", replay.replication));
    document.answers.push(gist(scenario, replay));
    let picture = picture.map(Block::Picture);
    document.section("picture", "Over time", picture.into_iter().collect());
    expected(&mut document, scenario, replay);
    let mut figures = vec![totals(scenario, replay), every_measure(replay)];
    figures.extend(workspaces(scenario, replay));
    figures.extend(clusters(scenario, replay));
    figures.extend(operations(scenario, replay));
    document.section("figures", "In all", figures);
    let states = Block::Letters(Box::new(move |style| states(scenario, replay, style)));
    document.section("states", "States of the storage accounts", vec![states]);
    let heading = "What happened, and by which rule";
    document.section("time", heading, course(scenario, replay));
    document.rest(scenario, &[], source);
    document.fingerprint = Some(replay.fingerprint);
    document
}

fn expected(document: &mut Document<'_>, scenario: &Scenario, replay: &Replay) {
    let judged = replay.verdicts.iter().map(|verdict| {
        let outcome = match verdict.passed {
            true => Outcome::Passed,
            false => Outcome::Failed,
        };
        let text = scenario.expectations[verdict.expectation].text.as_str();
        (text, outcome, found(verdict))
    });
    let others = scenario.expectations.len() - replay.verdicts.len();
    let more = (others > 0).then(|| {
        let need = if others == 1 { "needs" } else { "need" };
        let others = count(others as u64);
        format!("{others} more {need} many replications: run with --replications.")
    });
    document.expected(judged.collect(), more);
}

/// What a measure was of which something is expected.
fn found(verdict: &Verdict) -> String {
    match verdict.actual {
        None => "it has no value".to_owned(),
        actual => format!("it was {}", exact(actual)),
    }
}

/// A value with as many digits as a comparison may need.
pub(super) fn exact(value: Option<Value>) -> String {
    match value {
        Some(Value::Volume(v)) if v.bytes() >= 1000 => {
            format!("{}, {} B", volume(v), count(v.bytes()))
        }
        Some(Value::Duration(d)) if d.millis() % 1000 != 0 => {
            format!("{}, {} s", duration(d), format::seconds(d.millis()))
        }
        value => format::value(value),
    }
}

/// Every measure of the whole, folded on the page.
fn every_measure<'a>(replay: &Replay) -> Block<'a> {
    let columns = vec![
        Column::name("Measure"),
        Column::number("Value"),
        Column::words("What it is"),
    ];
    let mut table = Table::new("All workspaces and clusters together", columns);
    for &measure in Measure::ALL {
        table.row([
            measure.into(),
            format::value(replay.measures.get(Scope::Total, measure)).into(),
            Cell::from(measure.meaning()),
        ]);
    }
    Block::Folded("Every measure".to_owned(), table)
}

/// Measures of the kinds that a line shows, zero where there is none.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    replay: &'a Replay,
    scope: Scope,
}

impl Sheet<'_> {
    fn get(self, measure: Measure) -> Option<Value> {
        self.replay.measures.get(self.scope, measure)
    }

    fn volume(self, measure: Measure) -> Volume {
        match self.get(measure) {
            Some(Value::Volume(volume)) => volume,
            _ => Volume::ZERO,
        }
    }

    fn duration(self, measure: Measure) -> Duration {
        match self.get(measure) {
            Some(Value::Duration(duration)) => duration,
            _ => Duration::ZERO,
        }
    }

    fn count(self, measure: Measure) -> u64 {
        match self.get(measure) {
            Some(Value::Count(count)) => count,
            _ => 0,
        }
    }

    fn shown(self, measure: Measure) -> String {
        format::value(self.get(measure))
    }
}

/// What came out, in words.
fn totals<'a>(scenario: &Scenario, replay: &Replay) -> Block<'a> {
    let sheet = Sheet {
        replay,
        scope: Scope::Total,
    };
    let mut table = Table::new("", vec![Column::name(""), Column::words("")]);
    let mut line = |name: &str, words: String| table.row([name.to_owned(), words]);
    line("arrived", arrived(sheet));
    line("dropped", dropped(sheet));
    line("buffered", buffered(sheet));
    line("accessible", accessible(sheet));
    if sheet.volume(Measure::StoredMicrosoftKey) > Volume::ZERO {
        let words = format!(
            "{} of what is stored is under the customer's key, {} under a Microsoft key",
            sheet.shown(Measure::StoredCustomerKey),
            sheet.shown(Measure::StoredMicrosoftKey)
        );
        line("keys", words);
    }
    let words = format!(
        "{} at the end; at most {}",
        sheet.shown(Measure::Inaccessible),
        sheet.shown(Measure::InaccessiblePeak)
    );
    line("inaccessible", words);
    let mut clusters = replay.history.clusters.iter();
    let deletions = clusters.any(|cluster| !cluster.deleted.is_empty());
    let words = format!(
        "{} at the end; {} deleted by revocations{}",
        sheet.shown(Measure::Hot),
        sheet.shown(Measure::HotDeleted),
        if deletions { " or with a cluster" } else { "" }
    );
    line("hot cache", words);
    if sheet.volume(Measure::Destroyed) > Volume::ZERO {
        let destroyed = sheet.shown(Measure::Destroyed);
        line("destroyed", format!("{destroyed} lost from the store"));
    }
    line("queries", queries(sheet));
    line("cost", cost(scenario, sheet));
    Block::Table(table)
}

fn accessible(sheet: Sheet<'_>) -> String {
    let least = match sheet.volume(Measure::AccessibleMin) {
        Volume::ZERO => "at times none of it".to_owned(),
        _ => format!("never less than {}", sheet.shown(Measure::AccessibleMin)),
    };
    format!(
        "{} of {} stored at the end; {least}",
        sheet.shown(Measure::Accessible),
        sheet.shown(Measure::Stored)
    )
}

/// What is paid for, in words.
const COSTS: [(Measure, &str); 5] = [
    (Measure::ReservationCost, "reservation"),
    (Measure::OverageCost, "above it"),
    (Measure::PayAsYouGoCost, "pay-as-you-go"),
    (Measure::RetentionCost, "retention"),
    (Measure::KeyVaultCost, "key vault"),
];

fn cost(scenario: &Scenario, sheet: Sheet<'_>) -> String {
    let paid = COSTS
        .into_iter()
        .filter(|cost| sheet.get(cost.0) != Some(Value::Money(Money::ZERO)))
        .map(|(measure, words)| format!("{words} {}", sheet.shown(measure)));
    let paid: Vec<String> = paid.collect();
    let all = format!(
        "{} {}",
        sheet.shown(Measure::Cost),
        scenario.prices.currency
    );
    match paid.is_empty() {
        true => all,
        false => format!("{all}: {}", paid.join(", ")),
    }
}

fn arrived(sheet: Sheet<'_>) -> String {
    let rejected = sheet.volume(Measure::Rejected);
    let cut = if rejected == Volume::ZERO {
        String::new()
    } else {
        format!(", of which the daily cap rejected {}", volume(rejected))
    };
    format!("{}{cut}", sheet.shown(Measure::Offered))
}

/// Why data is dropped, in words.
pub(super) const CAUSES: [(Measure, &str); 3] = [
    (Measure::DroppedRevoked, "revoked"),
    (Measure::DroppedBufferExpired, "buffered for too long"),
    (Measure::DroppedNotProvisioned, "cluster not provisioned"),
];

fn dropped(sheet: Sheet<'_>) -> String {
    let dropped = sheet.volume(Measure::Dropped);
    if dropped == Volume::ZERO {
        return "nothing".to_owned();
    }
    let causes: Vec<String> = CAUSES
        .into_iter()
        .filter(|cause| sheet.volume(cause.0) > Volume::ZERO)
        .map(|(measure, words)| format!("{words} {}", sheet.shown(measure)))
        .collect();
    format!(
        "{}, {} of what arrived: {}",
        volume(dropped),
        sheet.shown(Measure::LossRatio),
        causes.join(", ")
    )
}

fn buffered(sheet: Sheet<'_>) -> String {
    if sheet.volume(Measure::BufferedTotal) == Volume::ZERO {
        return "nothing".to_owned();
    }
    format!(
        "{} in all, at most {} at once, {} at the end",
        sheet.shown(Measure::BufferedTotal),
        sheet.shown(Measure::BufferedPeak),
        sheet.shown(Measure::Buffered)
    )
}

fn queries(sheet: Sheet<'_>) -> String {
    if sheet.duration(Measure::QueryDowntime) == Duration::ZERO {
        let unread = sheet.volume(Measure::InaccessiblePeak) > Volume::ZERO;
        let but = if unread {
            ", but not on all data: some was inaccessible"
        } else {
            ""
        };
        return format!("always worked{but}");
    }
    let interruptions = sheet.count(Measure::Interruptions);
    let longest = if interruptions > 1 {
        format!(
            ", the longest {}",
            sheet.shown(Measure::QueryDowntimeLongest)
        )
    } else {
        String::new()
    };
    format!(
        "failed for {} in {} interruption{}{longest}; available {}",
        sheet.shown(Measure::QueryDowntime),
        count(interruptions),
        if interruptions == 1 { "" } else { "s" },
        sheet.shown(Measure::QueryAvailability)
    )
}

/// More workspaces and clusters are left to `summary.json`.
const MOST_NAMED: usize = 400;

/// A table of several things by their names.
fn by_name<'a>(
    columns: Vec<Column>,
    count: usize,
    row: impl Fn(usize) -> Vec<Cell>,
) -> Option<Block<'a>> {
    let mut table = Table::new("", columns);
    (0..count.min(MOST_NAMED)).for_each(|at| table.row(row(at)));
    let more = count.saturating_sub(MOST_NAMED);
    table.left_out = Some((more, "summary.json")).filter(|_| more > 0);
    table.block()
}

fn workspaces<'a>(scenario: &Scenario, replay: &Replay) -> Option<Block<'a>> {
    let measures = [
        ("arrived", 0, Measure::Offered),
        ("dropped", 0, Measure::Dropped),
        ("buffered", 1, Measure::BufferedTotal),
        ("accessible", 2, Measure::Accessible),
        ("inaccessible", 3, Measure::Inaccessible),
        ("most inaccessible", 0, Measure::InaccessiblePeak),
        ("downtime", 0, Measure::QueryDowntime),
    ];
    let columns = measures.map(|(name, rank, _)| Column::number(name).rank(rank));
    let columns = std::iter::once(Column::name("Workspace")).chain(columns);
    by_name(columns.collect(), scenario.workspaces.len(), |at| {
        let value = |measure| replay.measures.get(Scope::Workspace(at), measure);
        let name = Cell::from(scenario.workspaces[at].name.as_str());
        let values = measures.map(|(_, _, measure)| Cell::Words(format::value(value(measure))));
        std::iter::once(name).chain(values).collect()
    })
}

fn clusters<'a>(scenario: &Scenario, replay: &Replay) -> Option<Block<'a>> {
    let columns = [
        ("accounts", 2),
        ("revoked in", 0),
        ("recovered in", 0),
        ("polls", 3),
        ("failed", 1),
        ("denied", 1),
    ];
    let columns = columns.map(|(name, rank)| Column::number(name).rank(rank));
    let columns = std::iter::once(Column::name("Cluster")).chain(columns);
    by_name(columns.collect(), scenario.clusters.len(), |at| {
        let sheet = Sheet {
            replay,
            scope: Scope::Cluster(at),
        };
        let cluster = &scenario.clusters[at];
        let cells = [
            cluster.name.clone(),
            count(u64::from(cluster.storage_accounts)),
            match sheet.duration(Measure::TimeToRevoke) {
                Duration::ZERO => "-".to_owned(),
                longest => duration(longest),
            },
            match sheet.get(Measure::TimeToRecover) {
                None => "never".to_owned(),
                Some(Value::Duration(Duration::ZERO)) => "-".to_owned(),
                value => format::value(value),
            },
            sheet.shown(Measure::KeyVaultRequests),
            sheet.shown(Measure::KeyVaultFailures),
            sheet.shown(Measure::KeyVaultDenials),
        ];
        cells.map(Cell::from).to_vec()
    })
}

/// The clusters of which operations were rejected or failed.
fn operations<'a>(scenario: &Scenario, replay: &Replay) -> Vec<Block<'a>> {
    let told = scenario.clusters.iter().enumerate();
    let told = told.filter_map(|(at, cluster)| {
        let sheet = Sheet {
            replay,
            scope: Scope::Cluster(at),
        };
        let rejected = sheet.count(Measure::OperationsRejected);
        let failed = sheet.count(Measure::OperationsFailed);
        let s = if rejected == 1 { "" } else { "s" };
        let words = format!(
            "{}: {} operation{s} rejected, {} failed",
            cluster.name,
            count(rejected),
            count(failed)
        );
        (rejected + failed > 0).then_some(Block::Words(words))
    });
    told.take(MOST_NAMED).collect()
}

fn states(scenario: &Scenario, replay: &Replay, style: Style) -> String {
    let history = &replay.history;
    let episodes = &window::episodes(scenario, replay);
    let whole = Window {
        from: Time::START,
        until: history.end,
    };
    let paint = |mark: Mark| style.paint(colour(mark.state), &mark.letter().to_string());
    let mut text = strip::strips(scenario, history, whole, style.columns(), &paint);
    let mut marks = strip::used(history, whole, style.columns());
    if let Some(close) = window::closest(episodes, history.end) {
        text += &style.wrap("  ", &closer(episodes, close), 2);
        text += &strip::strips(scenario, history, close, style.columns(), &paint);
        marks.extend(strip::used(history, close, style.columns()));
    }
    text += &style.wrap("  ", &strip::legend(&marks), 2);
    text + &style.wrap(
        "  ",
        "(each column shows the worst state of any account; a capital letter: all accounts were in it at once)",
        2,
    )
}

/// What a closer look shows.
pub(super) fn closer(episodes: &[Episode], close: Window) -> String {
    let inside = episodes
        .iter()
        .filter(|e| close.from <= e.window.from && e.window.until <= close.until)
        .count();
    match episodes.len() {
        1 => "Zoomed in:".to_owned(),
        all if all == inside => format!("Zoomed in on all {all} incidents:"),
        all if inside == 1 => format!("Zoomed in on the costliest of {all} incidents:"),
        all => format!("Zoomed in on {inside} of {all} incidents, with the costliest:"),
    }
}

fn colour(state: State) -> &'static str {
    match state {
        State::Serving | State::NotThere => "",
        State::Revoking => "33",
        State::RecoveringFromOutage | State::RecoveringFromRevocation => "36",
        State::StorageDown | State::Isolated => "34",
        State::Revoked | State::Deleted => "31",
    }
}
