//! The states of each cluster over time in one line of letters.

use super::format::{Clock, elided};
use super::states::{Census, State, census};
use super::window::Window;
use crate::kernel::StepFunction;
use crate::model::History;
use crate::scenario::Scenario;
use crate::units::{Duration, Time};

/// A strip's letter and the state it shows: the worst of the column. Capital where every
/// account of the cluster was in it at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) state: State,
    pub(super) all: bool,
}

impl Mark {
    pub(super) fn letter(self) -> char {
        let letter = match self.state {
            State::Serving => return '.',
            State::NotThere => return '-',
            State::Revoking => 'v',
            State::RecoveringFromOutage => 'o',
            State::StorageDown => 's',
            State::Isolated => 'i',
            State::RecoveringFromRevocation => 'c',
            State::Revoked => 'r',
            State::Deleted => 'd',
        };
        if self.all {
            letter.to_ascii_uppercase()
        } else {
            letter
        }
    }
}

/// The marks of a cluster in `columns` equal parts of `window`.
pub(super) fn marks(states: &StepFunction<Census>, window: Window, columns: usize) -> Vec<Mark> {
    (0..columns)
        .map(|column| {
            let from = edge(window, column, columns);
            let until = edge(window, column + 1, columns);
            worst(states, from, until)
        })
        .collect()
}

fn edge(window: Window, column: usize, columns: usize) -> Time {
    let length = i128::from(window.length().millis());
    let column = i128::try_from(column).expect("few columns");
    let columns = i128::try_from(columns).expect("few columns");
    let ms = i64::try_from(length * column / columns).expect("within the window");
    window.from + Duration::from_millis(ms)
}

/// The worst state of any account in [from, until), and whether all were in it at once.
fn worst(states: &StepFunction<Census>, from: Time, until: Time) -> Mark {
    let first = states.partition_point(|entry| entry.0 <= from).max(1) - 1;
    let last = states
        .partition_point(|entry| entry.0 < until)
        .max(first + 1);
    let held = &states[first..last];
    let state = State::ALL
        .into_iter()
        .rev()
        .find(|&state| held.iter().any(|entry| entry.1[state as usize] > 0))
        .unwrap_or(State::Serving);
    let all = held
        .iter()
        .any(|(_, census)| census[state as usize] == census.iter().sum::<u32>());
    Mark { state, all }
}

/// One strip of every cluster over `window`, with an axis of time, `width` wide. `paint`
/// colours a letter.
pub(super) fn strips(
    scenario: &Scenario,
    history: &History,
    window: Window,
    width: usize,
    paint: &dyn Fn(Mark) -> String,
) -> String {
    let longest = scenario
        .clusters
        .iter()
        .map(|cluster| cluster.name.chars().count())
        .max()
        .unwrap_or(0);
    let label = longest.clamp(4, 14);
    let columns = width.saturating_sub(label + 4).max(20);
    let mut text = String::new();
    for (cluster, states) in scenario.clusters.iter().zip(&history.clusters) {
        let marks = marks(&census(states), window, columns);
        let letters: String = marks.into_iter().map(paint).collect();
        text += &format!("  {:label$}  {letters}\n", elided(&cluster.name, label));
    }
    let clock = Clock::new(scenario.start);
    let (left, right) = (clock.read(window.from), clock.read(window.until));
    let middle = clock.read(edge(window, 1, 2));
    text += &format!(
        "  {:label$}  {}\n",
        "",
        axis(&left, &middle, &right, columns)
    );
    text
}

/// Three times below a strip: at its left end, its middle and its right end.
fn axis(left: &str, middle: &str, right: &str, columns: usize) -> String {
    let spare = columns.saturating_sub(left.len() + middle.len() + right.len());
    if spare < 4 {
        let spare = columns.saturating_sub(left.len() + right.len());
        return format!("{left}{}{right}", " ".repeat(spare.max(1)));
    }
    let before = (columns / 2).saturating_sub(left.len() + middle.len() / 2);
    let after = spare.saturating_sub(before);
    format!(
        "{left}{}{middle}{}{right}",
        " ".repeat(before),
        " ".repeat(after)
    )
}

/// What the letters mean, for those that `marks` use.
pub(super) fn legend(used: &[Mark]) -> String {
    let entries: Vec<String> = State::ALL
        .into_iter()
        .filter(|&state| used.iter().any(|mark| mark.state == state))
        .map(|state| {
            let letter = Mark { state, all: false }.letter();
            format!("{letter}\u{a0}{}", state.name())
        })
        .collect();
    entries.join(", ")
}

/// The marks of all clusters over `window`, whatever their order.
pub(super) fn used(history: &History, window: Window, columns: usize) -> Vec<Mark> {
    history
        .clusters
        .iter()
        .flat_map(|cluster| marks(&census(cluster), window, columns))
        .collect()
}
