//! The summary of a run for the terminal.

use super::assumed;
use super::format::{self, Clock, count, duration, elided, shown, volume};
use super::states::State;
use super::story::Lines;
use super::strip::{self, Mark};
use super::window::{self, Episode, Window};
use crate::experiment::{Replay, Verdict};
use crate::scenario::{Measure, Scenario, Scope, Value};
use crate::units::{Duration, Money, Time, Volume};

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal; fewer than 60 count as 60. Tables need 80.
    pub width: usize,
    /// Whether letters may have a colour. No meaning rests on it.
    pub colour: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look {
            width: 80,
            colour: false,
        }
    }
}

/// More lines of what happened are left to `events.csv`.
const MOST_LINES: usize = 40;

impl Look {
    fn columns(self) -> usize {
        self.width.max(60)
    }

    /// `text` in an ANSI style, where colours are wanted.
    pub(super) fn paint(self, style: &str, text: &str) -> String {
        if self.colour && !style.is_empty() {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn heading(self, text: &str) -> String {
        format!("\n{}\n", self.paint("1", text))
    }

    /// `text` in lines that fit, the second and later ones indented by `hang`. A no-break
    /// space holds words together, and becomes a space.
    pub(super) fn wrap(self, first: &str, text: &str, hang: usize) -> String {
        let mut lines = String::new();
        let mut line = first.to_owned();
        for word in together(text) {
            let empty = line.trim().is_empty() || room(&line) <= room(first);
            if !empty && room(&line) + 1 + room(&word) > self.columns() {
                lines += line.trim_end();
                lines.push('\n');
                line = " ".repeat(hang);
            } else if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
            line += &word;
        }
        (lines + line.trim_end() + "\n").replace('\u{a0}', " ")
    }
}

/// How many columns `text` takes; an ANSI style takes none.
fn room(text: &str) -> usize {
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default();
    let rests = pieces.filter_map(|piece| Some(piece.split_once('m')?.1));
    std::iter::once(first)
        .chain(rests)
        .map(|piece| piece.chars().count())
        .sum()
}

/// The words of `text`; a number and its unit, and the parts of a duration, are one.
fn together(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if clings(last, word) => *last = format!("{last} {word}"),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// Whether `word` belongs to the number before it.
fn clings(before: &str, word: &str) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let word = word.trim_end_matches([',', ';', '.', ':', ')']);
    let unit = word == "s" || format::VOLUME_UNITS.contains(&word);
    let part = digit(word) && before.ends_with(['d', 'h', 'm']) && word.ends_with(['h', 'm', 's']);
    digit(before.trim_start_matches('(')) && (unit || part)
}

/// The summary of one replication: what was expected, what came out, when and why.
pub fn text(scenario: &Scenario, replay: &Replay, look: Look) -> String {
    let episodes = window::episodes(scenario, replay);
    let which = format!("replication {}", replay.replication);
    [
        heading_of(scenario, &which, look),
        expectations(scenario, replay, look),
        totals(scenario, replay, look),
        workspaces(scenario, replay, look),
        clusters(scenario, replay, look),
        states(scenario, replay, &episodes, look),
        happened(scenario, replay, look),
        assumptions(scenario, look),
        format!("\nfingerprint {:.8}\n", replay.fingerprint),
    ]
    .concat()
}

/// The title, the stretch of time, the edition, the seed and what else there is to say.
pub(super) fn heading_of(scenario: &Scenario, more: &str, look: Look) -> String {
    let mut text = String::new();
    if let Some(title) = &scenario.title {
        text += &look.wrap("", &look.paint("1", &shown(title)), 0);
    }
    let more = if more.is_empty() {
        ""
    } else {
        &format!(", {more}")
    };
    text + &look.wrap("", &(facts(scenario) + more), 2)
}

/// The stretch of time, the edition and the seed, in a line.
pub(super) fn facts(scenario: &Scenario) -> String {
    let run = match scenario.start {
        None => duration(scenario.duration),
        Some(_) => {
            let clock = Clock::new(scenario.start);
            format!(
                "{} from {} UTC",
                duration(scenario.duration),
                clock.read(Time::START)
            )
        }
    };
    format!(
        "{run}, edition {}, seed {}",
        shown(&scenario.edition),
        scenario.seed
    )
}

fn expectations(scenario: &Scenario, replay: &Replay, look: Look) -> String {
    if scenario.expectations.is_empty() {
        return String::new();
    }
    let passed = replay.verdicts.iter().filter(|v| v.passed).count();
    let mut text = look.heading(&format!(
        "Expectations: {passed} of {} hold",
        replay.verdicts.len()
    ));
    for verdict in &replay.verdicts {
        let (word, style) = if verdict.passed {
            ("pass", "32")
        } else {
            ("FAIL", "1;31")
        };
        let expected = shown(&scenario.expectations[verdict.expectation].text);
        let words = format!("{expected} ({})", found(verdict));
        let line = look.wrap(&format!("  {word}  "), &words, 8);
        text += &line.replacen(word, &look.paint(style, word), 1);
    }
    let others = scenario.expectations.len() - replay.verdicts.len();
    if others > 0 {
        let are = if others == 1 { "is" } else { "are" };
        text += &format!("  and {others} that {are} of many replications\n");
    }
    text
}

/// What a measure was of which something is expected.
pub(super) fn found(verdict: &Verdict) -> String {
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

fn totals(scenario: &Scenario, replay: &Replay, look: Look) -> String {
    let sheet = Sheet {
        replay,
        scope: Scope::Total,
    };
    let mut clusters = replay.history.clusters.iter();
    let deletions = clusters.any(|cluster| !cluster.deleted.is_empty());
    let mut text = look.heading("In all");
    let mut line = |name: &str, words: String| {
        text += &look.wrap(&format!("  {name:<13} "), &words, 16);
    };
    line("arrived", arrived(sheet));
    line("dropped", dropped(sheet));
    line("buffered", buffered(sheet));
    line(
        "accessible",
        format!(
            "{} of {} stored at the end; {}",
            sheet.shown(Measure::Accessible),
            sheet.shown(Measure::Stored),
            match sheet.volume(Measure::AccessibleMin) {
                Volume::ZERO => "at times none of it".to_owned(),
                _ => format!("never less than {}", sheet.shown(Measure::AccessibleMin)),
            }
        ),
    );
    if sheet.volume(Measure::StoredMicrosoftKey) > Volume::ZERO {
        line(
            "keys",
            format!(
                "{} of what is stored is under the customer's key, {} under a Microsoft key",
                sheet.shown(Measure::StoredCustomerKey),
                sheet.shown(Measure::StoredMicrosoftKey)
            ),
        );
    }
    line(
        "inaccessible",
        format!(
            "{} at the end; {} at the most",
            sheet.shown(Measure::Inaccessible),
            sheet.shown(Measure::InaccessiblePeak)
        ),
    );
    line(
        "hot cache",
        format!(
            "{} at the end; {} deleted by revocations{}",
            sheet.shown(Measure::Hot),
            sheet.shown(Measure::HotDeleted),
            if deletions { " or with a cluster" } else { "" }
        ),
    );
    if sheet.volume(Measure::Destroyed) > Volume::ZERO {
        line(
            "destroyed",
            format!("{} lost from the store", sheet.shown(Measure::Destroyed)),
        );
    }
    line("queries", queries(sheet));
    line("cost", cost(scenario, sheet));
    text
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
        "{} in all, {} at the most at once, {} at the end",
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

/// Lines of a name and cells below a header; the name takes what the cells leave.
fn table(look: Look, header: &[&str], widths: &[usize], rows: &[(String, Vec<String>)]) -> String {
    let name = look.columns().max(80) - 2 - widths.iter().sum::<usize>();
    let line = |first: &str, cells: &[String]| {
        let mut line = format!("  {:name$}", elided(first, name - 1));
        for (cell, width) in cells.iter().zip(widths) {
            line += &format!("{cell:>width$}");
        }
        line.trim_end().to_owned() + "\n"
    };
    let titles: Vec<String> = header[1..].iter().map(ToString::to_string).collect();
    let mut text = line(header[0], &titles);
    for (first, cells) in rows {
        text += &line(first, cells);
    }
    text
}

/// What is told of each workspace beside the others.
pub(super) const OF_WORKSPACES: [Measure; 6] = [
    Measure::Offered,
    Measure::Dropped,
    Measure::BufferedTotal,
    Measure::Accessible,
    Measure::Inaccessible,
    Measure::QueryDowntime,
];

fn workspaces(scenario: &Scenario, replay: &Replay, look: Look) -> String {
    let rows: Vec<(String, Vec<String>)> = scenario
        .workspaces
        .iter()
        .enumerate()
        .map(|(w, workspace)| {
            let sheet = Sheet {
                replay,
                scope: Scope::Workspace(w),
            };
            let cells = OF_WORKSPACES.map(|measure| sheet.shown(measure)).to_vec();
            (workspace.name.clone(), cells)
        })
        .collect();
    let header = [
        "Workspace",
        "arrived",
        "dropped",
        "buffered",
        "accessible",
        "inaccessible",
        "queries failed",
    ];
    "\n".to_owned() + &table(look, &header, &[9, 9, 9, 11, 13, 15], &rows)
}

fn clusters(scenario: &Scenario, replay: &Replay, look: Look) -> String {
    let mut rows = Vec::new();
    let mut operations = String::new();
    for (c, cluster) in scenario.clusters.iter().enumerate() {
        let sheet = Sheet {
            replay,
            scope: Scope::Cluster(c),
        };
        let or = |measure, none: &str| match sheet.get(measure) {
            None => none.to_owned(),
            value => format::value(value),
        };
        let cells = vec![
            count(u64::from(cluster.storage_accounts)),
            match sheet.duration(Measure::TimeToRevoke) {
                Duration::ZERO => "-".to_owned(),
                longest => duration(longest),
            },
            or(Measure::TimeToRecover, "never"),
            sheet.shown(Measure::KeyVaultRequests),
            sheet.shown(Measure::KeyVaultFailures),
            sheet.shown(Measure::KeyVaultDenials),
        ];
        rows.push((cluster.name.clone(), cells));
        let rejected = sheet.count(Measure::OperationsRejected);
        let failed = sheet.count(Measure::OperationsFailed);
        if rejected + failed > 0 {
            let words = format!(
                "{}: {} operation{} rejected, {} failed",
                shown(&cluster.name),
                count(rejected),
                if rejected == 1 { "" } else { "s" },
                count(failed)
            );
            operations += &look.wrap("  ", &words, 4);
        }
    }
    let header = [
        "Cluster",
        "accounts",
        "revoked in",
        "recovered in",
        "polls",
        "failed",
        "denied",
    ];
    "\n".to_owned() + &table(look, &header, &[9, 12, 13, 12, 10, 10], &rows) + &operations
}

fn states(scenario: &Scenario, replay: &Replay, episodes: &[Episode], look: Look) -> String {
    let history = &replay.history;
    let whole = Window {
        from: Time::START,
        until: history.end,
    };
    let paint = |mark: Mark| look.paint(style(mark.state), &mark.letter().to_string());
    let mut text = look.heading("States of the storage accounts");
    text += &strip::strips(scenario, history, whole, look.columns(), &paint);
    let mut marks = strip::used(history, whole, look.columns());
    if let Some(close) = window::closest(episodes, history.end) {
        text += &look.wrap("  ", &closer(episodes, close), 2);
        text += &strip::strips(scenario, history, close, look.columns(), &paint);
        marks.extend(strip::used(history, close, look.columns()));
    }
    text += &look.wrap("  ", &strip::legend(&marks), 2);
    text + &look.wrap(
        "  ",
        "(the worst of each column; a capital where all accounts were in it at once)",
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
        1 => "Closer:".to_owned(),
        all if all == inside => format!("Closer, all {all} episodes:"),
        all if inside == 1 => format!("Closer, the costliest of {all} episodes:"),
        all => format!("Closer, {inside} of {all} episodes, the costliest among them:"),
    }
}

fn style(state: State) -> &'static str {
    match state {
        State::Serving | State::NotThere => "",
        State::Revoking => "33",
        State::RecoveringFromOutage | State::RecoveringFromRevocation => "36",
        State::StorageDown | State::Isolated => "34",
        State::Revoked | State::Deleted => "31",
    }
}

fn happened(scenario: &Scenario, replay: &Replay, look: Look) -> String {
    let lines = Lines::of(scenario, &replay.history);
    if lines.len() == 0 {
        return look.heading("What happened") + "  nothing\n";
    }
    let clock = Clock::new(scenario.start);
    let mut text = look.heading("What happened, and by which rule");
    for line in lines.iter().take(MOST_LINES) {
        let time = format!("  {}  ", clock.read(line.first));
        let words = format!(
            "{}{} [{}]",
            line.sentence(clock),
            line.origin(scenario),
            line.rule.id()
        );
        text += &look.wrap(&time, &words, time.len());
    }
    if lines.len() > MOST_LINES {
        text += &format!(
            "  ... and {} more lines; every change is in events.csv\n",
            count((lines.len() - MOST_LINES) as u64)
        );
    }
    text
}

/// What the run rests on that no source states.
pub(super) fn assumptions(scenario: &Scenario, look: Look) -> String {
    assumptions_but(scenario, None, look)
}

/// The same without a key that is no assumption, as its value was looked for.
pub(super) fn assumptions_but(scenario: &Scenario, sought: Option<&str>, look: Look) -> String {
    let assumed: Vec<String> = assumed::parameters(scenario, sought)
        .into_iter()
        .map(|(name, value)| format!("{} = {value}", name.replace("behaviour.", "")))
        .collect();
    let mut text = String::new();
    if !assumed.is_empty() {
        let words = format!("{}.", assumed.join("; "));
        text += &look.heading("Rests on values that no source states");
        text += &look.wrap("  ", &words, 2);
    }
    if let Some(words) = assumed::prices(scenario) {
        text += &look.heading("Rests on prices that nobody verified");
        text += &look.wrap("  ", &words, 2);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_with_their_units() {
        let words = together("failed for 1h 57m 36s, lost 1.5 GB (3 d) of 12 things m 4");
        let expected = [
            "failed",
            "for",
            "1h 57m 36s,",
            "lost",
            "1.5 GB",
            "(3",
            "d)",
            "of",
            "12",
            "things",
            "m",
            "4",
        ];
        assert_eq!(words, expected);
        let look = Look::default();
        let styled = format!("\u{1b}[1m{} two\u{1b}[0m", "o".repeat(76));
        assert_eq!(look.wrap("", &styled, 0), styled + "\n");
        let wrapped = look.wrap("  at  ", &"word ".repeat(30), 6);
        assert!(wrapped.starts_with("  at  word word"));
        assert!(wrapped.lines().all(|line| line.chars().count() <= 80));
        assert!(
            wrapped
                .lines()
                .skip(1)
                .all(|line| line.starts_with("      word"))
        );
    }
}
