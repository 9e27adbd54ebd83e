//! The story of a run, to be read aloud: what happened, what it caused, by which rule of which
//! document, and what it cost until the next thing happened.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::csv::in_memory;
use super::format::{self, Clock, count, duration, sanitize, volume};
use super::story::{Line, Lines};
use super::terminal::Style;
use super::window::{Episode, Window, episodes};
use crate::accounting::Balance;
use crate::experiment::Replay;
use crate::scenario::{Edition, Measure, Rule, Scenario, Scope, Value};
use crate::units::{Duration, Time, Volume};

/// The whole story of a run.
pub fn explain(scenario: &Scenario, replay: &Replay, style: Style) -> String {
    in_memory(|to| write_explanation(to, scenario, replay, "", style))
}

/// Which replication is told, where there is a choice.
pub fn chosen(scenario: &Scenario, replication: u64) -> String {
    match (scenario.replications, replication) {
        (0 | 1, 0) => String::new(),
        _ => format!(
            "This is replication {replication}; --worst MEASURE tells the one in which a measure \
             is at its worst."
        ),
    }
}

/// The same of the replication, of so many, in which a measure is at its worst.
pub fn chosen_as_worst(
    scenario: &Scenario,
    (replication, value): (u64, Value),
    all: u64,
    (scope, measure): (Scope, Measure),
) -> String {
    let (all, name) = (count(all), scenario.name_of(scope, measure));
    let value = format!("{name} is {}", format::value(Some(value)));
    format!(
        "This is replication {replication} of {all}, the first one with the worst value: {value}."
    )
}

/// Writes the whole story of a run; `chosen` says why it is this replication, or is empty.
///
/// # Errors
///
/// Those of the writer.
pub fn write_explanation(
    to: &mut dyn Write,
    scenario: &Scenario,
    replay: &Replay,
    chosen: &str,
    style: Style,
) -> io::Result<()> {
    let lines = Lines::of(scenario, &replay.history);
    let episodes = episodes(scenario, replay);
    Teller {
        scenario,
        replay,
        style,
        clock: Clock::new(scenario.start),
        edition: Edition::named(&scenario.edition),
        balances: balances(replay, &lines, &episodes),
        told: BTreeSet::new(),
        text: String::new(),
    }
    .tell(chosen, &lines, &episodes, to)
}

/// The balances of all workspaces together wherever the story may ask for them.
fn balances(replay: &Replay, lines: &Lines<'_>, episodes: &[Episode]) -> Vec<(Time, Balance)> {
    let lines = (0..lines.len()).filter_map(|at| lines.first(at).map(just_before));
    let edges = episodes.iter().flat_map(|episode| {
        let Window { from, until } = episode.window;
        [from, just_before(until).max(from), until]
    });
    let end = std::iter::once(replay.history.end);
    let mut times: Vec<Time> = lines.chain(edges).chain(end).collect();
    times.sort_unstable();
    times.dedup();
    let balances = replay.books.totals(&times);
    times.into_iter().zip(balances).collect()
}

/// What the next thing does at its own instant is not counted in what went before.
fn just_before(t: Time) -> Time {
    (t - Duration::MILLISECOND).max(Time::START)
}

struct Teller<'a> {
    scenario: &'a Scenario,
    replay: &'a Replay,
    style: Style,
    clock: Clock,
    edition: Option<&'static Edition>,
    /// By time.
    balances: Vec<(Time, Balance)>,
    /// The rules that were told in full.
    told: BTreeSet<Rule>,
    text: String,
}

impl Teller<'_> {
    fn tell(
        mut self,
        chosen: &str,
        lines: &Lines<'_>,
        episodes: &[Episode],
        to: &mut dyn Write,
    ) -> io::Result<()> {
        self.beginning(chosen);
        let mut begun: usize = 0;
        for (i, line) in lines.iter().enumerate() {
            let ended = begun.checked_sub(1).map(|last| &episodes[last]);
            if let Some(episode) = episodes.get(begun)
                && episode.window.from <= line.first
            {
                begun += 1;
                self.heading(begun, episodes.len(), episode);
            } else if ended.is_some_and(|episode| is_first_after(lines, i, episode.window)) {
                self.text += &self.style.heading("After that");
            }
            self.line(&line);
            let next = lines.first(i + 1);
            let current = begun.checked_sub(1).map(|last| &episodes[last]);
            self.cost_until_next(&line, next, current);
            let over = current.filter(|e| next.is_none_or(|next| next > e.window.until));
            if let Some(episode) = over
                && line.first <= episode.window.until
            {
                self.cost_of(episode);
            }
            to.write_all(self.text.as_bytes())?;
            self.text.clear();
        }
        if lines.len() == 0 {
            self.text += "\nNothing happened.\n";
        }
        self.in_all();
        to.write_all(self.text.as_bytes())
    }

    /// What it comes to at the end of the run.
    fn in_all(&mut self) {
        let start = Balance::default();
        let end = self.balance(self.scenario.end());
        let mut words = losses(&start, &end);
        if words.is_empty() {
            words.push("no data lost".to_owned());
        }
        let run = Window {
            from: Time::START,
            until: self.scenario.end(),
        };
        let unread = self
            .replay
            .measures
            .get(Scope::Total, Measure::InaccessiblePeak);
        words.push(match self.downtime(run) {
            Duration::ZERO if unread.is_some_and(|peak| peak.number() > 0.0) => format!(
                "no query failed, but up to {} could not be queried",
                format::value(unread)
            ),
            Duration::ZERO => "queries always worked".to_owned(),
            downtime => format!("queries failed for {}", duration(downtime)),
        });
        words.push(match (end.stored(), end.stored_customer_key) {
            (Volume::ZERO, _) => "nothing is stored".to_owned(),
            (all, keyed) if all == keyed => {
                format!(
                    "all stored data, {}, is under the customer's key",
                    volume(all)
                )
            }
            (all, Volume::ZERO) => {
                format!(
                    "none of the stored data, {}, is under the customer's key",
                    volume(all)
                )
            }
            (all, keyed) => format!(
                "{} of {} stored is under the customer's key",
                volume(keyed),
                volume(all)
            ),
        });
        self.text += &self.style.heading("In all");
        let words = format!("{}.", words.join(", "));
        self.text += &self.style.wrap("  ", &words, 2);
    }

    fn beginning(&mut self, chosen: &str) {
        let title = self.scenario.title.as_deref().unwrap_or("The story");
        let title = self.style.paint("1", &sanitize(title));
        self.text += &self.style.wrap("", &title, 0);
        if let Some(story) = &self.scenario.description {
            self.text += &self.style.wrap("", &sanitize(story), 0);
        }
        if let Some(edition) = self.edition {
            let words = format!("\"The page\" is: {}.", edition.page);
            self.text += &self.style.wrap("", &words, 0);
        }
        if !chosen.is_empty() {
            self.text += &self.style.wrap("", chosen, 0);
        }
    }

    fn heading(&mut self, number: usize, all: usize, episode: &Episode) {
        let Window { from, until } = episode.window;
        let of = if all == 1 {
            "Incident".to_owned()
        } else {
            format!("Incident {number} of {all}")
        };
        let words = format!(
            "{of}: {} to {}, {}",
            self.clock.read(from),
            self.clock.read(until),
            duration(until - from)
        );
        self.text += &self.style.heading(&words);
    }

    fn line(&mut self, line: &Line) {
        let time = format!("  {}  ", self.clock.read(line.first));
        let hang = time.chars().count();
        let sentence = format!(
            "{}{}.",
            line.sentence(self.clock),
            line.origin(self.scenario)
        );
        self.text += &self.style.wrap(&time, &sentence, hang);
        if line.rule == Rule::Scenario {
            return;
        }
        self.cite(line.rule, hang);
    }

    /// Names a rule; the first time with what it says and where it is said.
    fn cite(&mut self, rule: Rule, hang: usize) {
        let id = rule.id();
        let words = match self.edition.map(|edition| edition.rule(rule)) {
            Some(says) if self.told.insert(rule) => format!(
                "Rule {id} ({}): {} Source: {}.",
                says.status.word(),
                says.text,
                says.source
            ),
            _ => format!("Rule {id}."),
        };
        self.indented(hang, &words);
    }

    fn indented(&mut self, hang: usize, words: &str) {
        let indent = " ".repeat(hang);
        self.text += &self.style.wrap(&indent, words, hang);
    }

    fn balance(&self, t: Time) -> Balance {
        let at = self.balances.binary_search_by_key(&t, |(at, _)| *at);
        self.balances[at.expect("it was asked for")].1
    }

    /// What was lost and what had to wait from a line to the next one of its episode.
    fn cost_until_next(&mut self, line: &Line, next: Option<Time>, episode: Option<&Episode>) {
        let Some(window) = episode.map(|e| e.window) else {
            return;
        };
        let until = next.unwrap_or(window.until).min(window.until);
        if until <= line.first {
            return;
        }
        let before = self.balance(just_before(line.first));
        let after = self.balance(match next {
            Some(next) if next <= window.until => just_before(next),
            _ => window.until,
        });
        let mut costs = losses(&before, &after);
        if after.buffered > before.buffered {
            let more = volume(after.buffered - before.buffered);
            costs.push(format!("{more} more buffered"));
        }
        if before.buffered > after.buffered && after.dropped() == before.dropped() {
            let stored = volume(before.buffered - after.buffered);
            costs.push(format!("{stored} moved from the buffer to the store"));
        }
        if !costs.is_empty() {
            let hang = 4 + self.clock.read(line.first).chars().count();
            let words = format!("Until {}: {}.", self.clock.read(until), costs.join(", "));
            self.indented(hang, &words);
            // No change of state says why.
            if after.dropped_buffer_expired > before.dropped_buffer_expired {
                self.cite(Rule::OutageBuffer, hang);
            }
        }
    }

    fn cost_of(&mut self, episode: &Episode) {
        let Window { from, until } = episode.window;
        let (before, after) = (self.balance(from), self.balance(until));
        let mut costs = losses(&before, &after);
        if costs.is_empty() {
            costs.push("no data lost".to_owned());
        }
        if after.buffered > Volume::ZERO {
            costs.push(format!("{} still buffered", volume(after.buffered)));
        }
        // At its end what was out of reach may be back, or lost.
        let unread = self.balance(just_before(until).max(from));
        let unread = before.inaccessible().max(unread.inaccessible());
        costs.push(match self.downtime(episode.window) {
            Duration::ZERO if unread > Volume::ZERO => {
                format!(
                    "no query failed, but up to {} could not be queried",
                    volume(unread)
                )
            }
            Duration::ZERO => "queries always worked".to_owned(),
            downtime => format!("queries failed for {}", duration(downtime)),
        });
        let words = format!("Impact: {}.", costs.join(", "));
        self.text += &self.style.wrap("  ", &words, 4);
    }

    /// How long the queries of the workspace that was hit longest failed within a window.
    fn downtime(&self, window: Window) -> Duration {
        let of_workspace = |workspace| -> Duration {
            let conditions = self.replay.books.conditions(workspace);
            conditions
                .intervals(self.replay.history.end)
                .filter(|(_, _, is)| is.queries_fail)
                .map(|(from, until, _)| (from.max(window.from), until.min(window.until)))
                .filter(|(from, until)| from < until)
                .map(|(from, until)| until - from)
                .sum()
        };
        let workspaces = 0..self.scenario.workspaces.len();
        workspaces.map(of_workspace).max().unwrap_or_default()
    }
}

/// Whether line `i` is the first one after an interruption.
fn is_first_after(lines: &Lines<'_>, i: usize, interruption: Window) -> bool {
    let after = |i: usize| lines.first(i) > Some(interruption.until);
    after(i) && i.checked_sub(1).is_none_or(|before| !after(before))
}

/// Reads a cause of loss from a balance.
type Loss = fn(&Balance) -> Volume;

/// What was lost between two balances, by cause.
fn losses(before: &Balance, after: &Balance) -> Vec<String> {
    let causes: [(Loss, &str); 4] = [
        (|b| b.dropped_revoked, "dropped because of the revocation"),
        (
            |b| b.dropped_buffer_expired,
            "dropped because it was buffered for too long",
        ),
        (
            |b| b.dropped_not_provisioned,
            "dropped because the cluster was not provisioned",
        ),
        (|b| b.destroyed, "of stored data lost for good"),
    ];
    causes
        .into_iter()
        .map(|(lost, words)| (lost(after) - lost(before), words))
        .filter(|cost| cost.0 > Volume::ZERO)
        .map(|(lost, words)| format!("{} {words}", volume(lost)))
        .collect()
}
