//! A comparison as text.

use super::super::describe::{change, origin};
use super::super::format::{
    Clock, count, difference, elided, mean_difference, of_unit, replications, shown,
};
use super::super::text::Look;
use super::{Compared, Other, Side, verdict};
use crate::experiment::{Paired, Pairs};
use crate::scenario::{Change, Scope, Unit};
use crate::statistics::Mean;

/// Longer values are cut.
const LONGEST_VALUE: usize = 100;

/// What differs; its first lines are the verdicts.
pub fn compare(compared: &Compared<'_>, look: Look) -> String {
    let first = compared.first;
    let mut text = String::new();
    for other in &compared.others {
        text += &look.paint("1", &verdict(first, other));
        text.push('\n');
    }
    text += &format!(
        "{} of each on common random numbers, seed {}\n\n",
        replications(compared.replications),
        first.scenario.seed
    );
    for side in std::iter::once(first).chain(compared.others.iter().map(|it| it.side)) {
        let title = side.scenario.title.as_deref().unwrap_or("without a title");
        let line = format!(
            "{}: {} (edition {}, costs in {})",
            side.name,
            shown(title),
            side.scenario.edition,
            side.scenario.prices.currency
        );
        text += &look.wrap("", &line, 2);
    }
    for other in &compared.others {
        text += &measures(first, other, look);
        text += &parting(compared, other, look);
        text += &attribution(first, other, look);
    }
    text
}

/// What differs: of the whole in full, of workspaces and clusters what is not as in all.
fn measures(first: Side<'_>, other: &Other<'_>, look: Look) -> String {
    let mut text = look.heading(&format!("{} against {}", other.side.name, first.name));
    let whole = of_scope(other, Scope::Total);
    for paired in differing(&whole) {
        text += &look.wrap(&format!("  {:<24}", paired.measure.name()), &row(paired), 6);
        if let Some(pairs) = &paired.pairs {
            text += &look.wrap("      ", &counts(paired.measure.unit(), pairs), 6);
        }
    }
    let equal: Vec<&str> = whole
        .iter()
        .filter(|it| it.is_equal())
        .map(|it| it.measure.name())
        .collect();
    if !equal.is_empty() {
        let line = format!("The same in all replications: {}.", equal.join(", "));
        text += &look.wrap("  ", &line, 4);
    }
    for (at, workspace) in first.scenario.workspaces.iter().enumerate() {
        let title = format!("Workspace {}", shown(&workspace.name));
        text += &part(&title, &of_scope(other, Scope::Workspace(at)), &whole, look);
    }
    for (at, cluster) in first.scenario.clusters.iter().enumerate() {
        let title = format!("Cluster {}", shown(&cluster.name));
        text += &part(&title, &of_scope(other, Scope::Cluster(at)), &whole, look);
    }
    text
}

fn of_scope<'a>(other: &'a Other<'_>, scope: Scope) -> Vec<&'a Paired> {
    let measures = other.measures.iter();
    measures.filter(|it| it.scope == scope).collect()
}

fn differing<'a>(measures: &'a [&'a Paired]) -> impl Iterator<Item = &'a Paired> {
    measures.iter().copied().filter(|it| !it.is_equal())
}

/// What differs in a workspace or cluster, beside what the whole has said.
fn part(title: &str, measures: &[&Paired], whole: &[&Paired], look: Look) -> String {
    let in_all = |paired: &&Paired| {
        let is = |it: &&&Paired| it.measure == paired.measure && it.pairs == paired.pairs;
        whole.iter().any(|it| is(&it))
    };
    let (as_whole, own): (Vec<&Paired>, Vec<&Paired>) = differing(measures).partition(in_all);
    if as_whole.is_empty() && own.is_empty() {
        return String::new();
    }
    let mut text = look.wrap("  ", title, 4);
    for paired in own {
        text += &look.wrap(
            &format!("    {:<22}", paired.measure.name()),
            &row(paired),
            6,
        );
    }
    let names: Vec<&str> = as_whole.iter().map(|it| it.measure.name()).collect();
    if !names.is_empty() {
        text += &look.wrap("    ", &format!("As in all: {}.", names.join(", ")), 6);
    }
    text
}

fn row(paired: &Paired) -> String {
    let unit = paired.measure.unit();
    let mut text = match &paired.pairs {
        None => "never has a value in both".to_owned(),
        Some(pairs) => format!(
            "{} -> {}: {}",
            of_unit(unit, pairs.first.mean),
            of_unit(unit, pairs.second.mean),
            mean_difference(unit, pairs.difference)
        ),
    };
    if paired.one_sided > 0 {
        let times = replications(paired.one_sided as u64);
        text += &format!("; in {times} only one of them has a value");
    }
    text
}

pub(in crate::report) fn counts(unit: Unit, pairs: &Pairs) -> String {
    format!(
        "median {}; more in {}, equal in {}, less in {}",
        difference(unit, pairs.median),
        count(pairs.larger as u64),
        count(pairs.equal as u64),
        count(pairs.smaller as u64),
    )
}

fn parting(compared: &Compared<'_>, other: &Other<'_>, look: Look) -> String {
    let first = compared.first;
    let number = compared.replication;
    let Some(parting) = other.parting else {
        let same = "The same happens in both, at the same times.";
        return look.heading(&format!("Replication {number}")) + &look.wrap("  ", same, 2);
    };
    let mut text = look.heading(&format!("Where the two part in replication {number}"));
    for (side, at) in [(first, parting.first), (other.side, parting.second)] {
        let told = match at {
            None => "nothing more happens".to_owned(),
            Some(at) => happened(side, at),
        };
        text += &look.wrap(&format!("  {}: ", side.name), &told, 4);
    }
    text
}

/// A change with its time and its rule.
pub(in crate::report) fn happened(side: Side<'_>, at: usize) -> String {
    let entry = &side.history.log[at];
    let origin = entry
        .cause
        .map_or_else(String::new, |it| origin(side.scenario, it));
    format!(
        "{}, {}{origin} [{}]",
        Clock::new(side.scenario.start)
            .read(entry.time)
            .replace(' ', "\u{a0}"),
        change(side.scenario, side.history, entry),
        entry.rule.id()
    )
}

fn attribution(first: Side<'_>, other: &Other<'_>, look: Look) -> String {
    if other.changes.list.is_empty() {
        let none = "The two are written differently in no key that changes a replication.";
        return look.heading("What differs in the files") + &look.wrap("  ", none, 2);
    }
    let (Some(paired), Some(_)) = (other.telling(), &other.attribution) else {
        return changes_only(other, look);
    };
    let measure = first.scenario.name_of(paired.scope, paired.measure);
    let mut text = look.heading(&format!("What accounts for the difference in {measure}"));
    text += &too_many(other, look);
    for (change, told) in accounts(other) {
        text += &look.wrap("  ", &format!("{}: {told}", written(change)), 4);
    }
    if let Some(line) = together(other) {
        text += &look.wrap("  ", &line, 4);
    }
    text
}

/// How much a mean is, also as a part of the whole difference.
fn share(other: &Other<'_>, mean: Mean) -> String {
    let paired = other.telling();
    let unit = paired.map_or(Unit::Count, |it| it.measure.unit());
    let pairs = paired.and_then(|it| it.pairs);
    let whole = pairs.map_or(0.0, |pairs| pairs.difference.mean);
    let moved = mean_difference(unit, mean);
    if whole == 0.0 || mean.nonzero == 0 {
        moved
    } else {
        format!("{moved}, {:.0}%", 100.0 * mean.mean / whole)
    }
}

/// The changes with how much each makes of the difference, the largest first.
pub(in crate::report) fn accounts<'a>(other: &'a Other<'_>) -> Vec<(&'a Change, String)> {
    let weight = |part: &Result<Mean, String>| part.as_ref().map_or(f64::MAX, |it| it.mean.abs());
    let mut parts: Vec<_> = other.parts().collect();
    parts.sort_by(|a, b| weight(b.1).total_cmp(&weight(a.1)));
    let told = |part: &Result<Mean, String>| match part {
        Ok(mean) => share(other, *mean),
        Err(reason) => format!("cannot be made alone: {reason}"),
    };
    let parts = parts.into_iter();
    parts.map(|(change, part)| (change, told(part))).collect()
}

/// What several changes do only together.
pub(in crate::report) fn together(other: &Other<'_>) -> Option<String> {
    let mean = other.attribution.as_ref()?.together?;
    let several = other.changes.list.len() > 1;
    several.then(|| format!("what they do only together: {}", share(other, mean)))
}

fn changes_only(other: &Other<'_>, look: Look) -> String {
    let mut text = look.heading("What differs in the files");
    text += &too_many(other, look);
    for change in &other.changes.list {
        text += &look.wrap("  ", &written(change), 4);
    }
    text
}

fn too_many(other: &Other<'_>, look: Look) -> String {
    whole_tables(other).map_or_else(String::new, |line| look.wrap("  ", &line, 4))
}

/// Says so where tables stand for their keys.
pub(in crate::report) fn whole_tables(other: &Other<'_>) -> Option<String> {
    let keys = other.changes.keys?;
    Some(format!(
        "{keys} keys differ; whole tables are taken as one change."
    ))
}

pub(in crate::report) fn written(change: &Change) -> String {
    let value = |value: &Option<String>, none: &str| {
        let value = value.as_deref().unwrap_or(none);
        let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        let plain = inner.filter(|inner| !inner.contains('"'));
        elided(plain.unwrap_or(value), LONGEST_VALUE)
    };
    format!(
        "{} {} -> {}",
        change.path,
        value(&change.from, "(nothing)"),
        value(&change.to, "(nothing)")
    )
}
