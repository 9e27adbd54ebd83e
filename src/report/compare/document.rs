//! A comparison, for people.

use super::super::chart::Picture;
use super::super::describe::{change, origin};
use super::super::document::{Block, Cell, Column, Document, Table};
use super::super::format::{
    Clock, NO_INTERVAL, count, difference, elided, mean_difference, of_unit, replications,
};
use super::super::sections::{assumed, happened, rules};
use super::super::terminal::{self, Style};
use super::{Compared, Other, Side, verdict};
use crate::experiment::{Finding, Paired, Pairs};
use crate::scenario::{Change, Scope, Unit};
use crate::statistics::Mean;

/// Longer values are cut.
const LONGEST_VALUE: usize = 100;

/// What differs; its first lines are the verdicts.
pub fn compare(compared: &Compared<'_>, style: Style) -> String {
    terminal::text(&document(compared, None), style)
}

/// What differs; on a page with the picture, if anything does, and with what happens.
pub(super) fn document<'a>(
    compared: &Compared<'a>,
    page: Option<&'a Option<Picture>>,
) -> Document<'a> {
    let first = compared.first;
    let names: Vec<&str> = compared
        .others
        .iter()
        .map(|other| other.side.name)
        .collect();
    let mut document = Document {
        answers: compared
            .others
            .iter()
            .map(|other| verdict(first, other))
            .collect(),
        title: Some(format!("{} against {}", names.join(", "), first.name)),
        facts: format!(
            "{} of each on common random numbers, seed {}",
            replications(compared.replications),
            first.scenario.seed
        ),
        ..Document::default()
    };
    let picture = page.and_then(Option::as_ref).map(Block::Picture);
    document.section("picture", "At a glance", picture.into_iter().collect());
    document.section("compared", "What is compared", vec![what(compared)]);
    let mut figures = Vec::new();
    for other in &compared.others {
        if compared.others.len() > 1 {
            figures.push(Block::Heading(format!(
                "{} against {}",
                other.side.name, first.name
            )));
        }
        figures.extend(measures(first, other));
        figures.push(parting(compared, other));
        figures.extend(attribution(first, other));
    }
    document.section(
        "figures",
        "Differences of the means, second - first",
        figures,
    );
    if page.is_some() {
        on_page(&mut document, compared);
    }
    document
}

fn sides<'a>(compared: &Compared<'a>) -> Vec<Side<'a>> {
    let others = compared.others.iter().map(|other| other.side);
    std::iter::once(compared.first).chain(others).collect()
}

/// What is compared.
fn what<'a>(compared: &Compared<'_>) -> Block<'a> {
    let columns = vec![
        Column::name("Name"),
        Column::words("Title"),
        Column::name("Edition"),
        Column::name("Costs in"),
    ];
    let mut table = Table::new("", columns);
    for side in sides(compared) {
        let scenario = side.scenario;
        table.row([
            side.name,
            scenario.title.as_deref().unwrap_or("without a title"),
            &scenario.edition,
            &scenario.prices.currency,
        ]);
    }
    Block::Table(table)
}

/// What happens in each scenario, what they rest on, and their texts.
fn on_page<'a>(document: &mut Document<'a>, compared: &Compared<'a>) {
    let mut followed = Vec::new();
    let (mut course, mut rest, mut sources) = (Vec::new(), Vec::new(), Vec::new());
    for side in sides(compared) {
        let caption = format!("What happens in {}", side.name);
        course.push(happened(
            side.scenario,
            side.history,
            &caption,
            &mut followed,
        ));
        let assumed = assumed(side.scenario, &[]);
        if !assumed.is_empty() {
            rest.push(Block::Heading(side.name.to_owned()));
            rest.extend(assumed);
        }
        let title = side.name.to_owned();
        sources.push(Block::Source {
            title,
            text: side.source,
        });
    }
    course.extend(rules(compared.first.scenario, &followed));
    let heading = format!("What happens in replication {}", compared.replication);
    document.section("time", heading, course);
    document.section(
        "assumed",
        "Assumed values, not fully stated by any source",
        rest,
    );
    document.section("scenario", "The scenarios", sources);
}

/// What differs in all, and on the page in workspaces and clusters too: first what surely does.
fn measures<'a>(first: Side<'_>, other: &Other<'_>) -> Vec<Block<'a>> {
    let groups = [Some(Finding::Differs), Some(Finding::Unclear), None];
    let tables = groups.map(|group| table(first, other, group, true));
    let tables = tables.into_iter().filter_map(Table::block);
    let mut blocks: Vec<Block<'_>> = tables.collect();
    blocks.extend(other.measures.iter().filter_map(twin));
    if !blocks.is_empty() {
        blocks.push(Block::Note(NO_INTERVAL.to_owned()));
    }
    let equal = other.measures.iter();
    let equal = equal.filter(|paired| paired.scope == Scope::Total && paired.is_equal());
    let equal: Vec<&str> = equal.map(|paired| paired.measure.name()).collect();
    if !equal.is_empty() {
        let same = capital(Finding::Same.words());
        blocks.push(Block::Words(format!("{same}: {}.", equal.join(", "))));
    }
    for group in groups {
        let mut parts = table(first, other, group, false);
        let caption = std::mem::take(&mut parts.caption);
        if !parts.rows.is_empty() {
            let title = format!("In workspaces and clusters: {}", caption.to_lowercase());
            blocks.push(Block::Folded(title, parts));
        }
    }
    blocks
}

/// The measures of a finding, of the whole or of its parts; without a finding those that have a
/// value in one of the two only.
fn table(first: Side<'_>, other: &Other<'_>, group: Option<Finding>, of_whole: bool) -> Table {
    let columns = vec![
        Column::name("Measure"),
        Column::number("first"),
        Column::number("second"),
        Column::words("Difference"),
        Column::words("In replications").rank(1),
    ];
    let caption = group.map_or("a value in one of the two only", Finding::words);
    let mut table = Table::new(capital(caption), columns);
    let of = |paired: &Paired| {
        let finding = paired.pairs.map(|pairs| pairs.finding());
        finding.filter(|finding| *finding != Finding::Same)
    };
    let wanted = |paired: &&Paired| {
        let told = !paired.is_equal() && paired.twin.is_none();
        told && (paired.scope == Scope::Total) == of_whole && of(paired) == group
    };
    for paired in other.measures.iter().filter(wanted) {
        let name = first.scenario.name_of(paired.scope, paired.measure);
        table.row(row(name, paired));
    }
    table
}

/// Which measure has the row of one that is equal to it.
fn twin<'a>(paired: &Paired) -> Option<Block<'a>> {
    let (name, earlier) = (paired.measure.name(), paired.twin?.name());
    let words = format!("{name} equals {earlier} in every replication of both.");
    Some(Block::Words(words))
}

fn capital(words: &str) -> String {
    let (head, rest) = words.split_at(1);
    format!("{}{rest}", head.to_uppercase())
}

fn row(name: String, paired: &Paired) -> [Cell; 5] {
    let unit = paired.measure.unit();
    let Some(pairs) = &paired.pairs else {
        let never = "never has a value in both";
        return [
            Cell::Code(name),
            "".into(),
            "".into(),
            never.into(),
            "".into(),
        ];
    };
    let mut told = counts(unit, pairs);
    if paired.one_sided > 0 {
        let times = count(paired.one_sided as u64);
        told += &format!("; in {times} only one of them has a value");
    }
    [
        Cell::Code(name),
        of_unit(unit, pairs.first.mean).into(),
        of_unit(unit, pairs.second.mean).into(),
        mean_difference(unit, pairs.difference).into(),
        told.into(),
    ]
}

fn counts(unit: Unit, pairs: &Pairs) -> String {
    format!(
        "median {}; more in {}, equal in {}, less in {}",
        difference(unit, pairs.median),
        count(pairs.larger as u64),
        count(pairs.equal as u64),
        count(pairs.smaller as u64),
    )
}

/// Where the two histories part, what happens in each, and by which rules.
fn parting<'a>(compared: &Compared<'_>, other: &Other<'_>) -> Block<'a> {
    let number = compared.replication;
    let Some(parting) = other.parting else {
        return Block::Words(format!(
            "In replication {number} both have the same events, at the same times."
        ));
    };
    let caption = format!("First difference in replication {number}");
    let mut table = Table::new(caption, vec![Column::name(""), Column::words("")]);
    for (side, at) in [
        (compared.first, parting.first),
        (other.side, parting.second),
    ] {
        let told = at.map_or_else(
            || "nothing more happens".to_owned(),
            |at| change_of(side, at),
        );
        table.row([side.name.to_owned(), told]);
    }
    Block::Table(table)
}

/// A change with its time and its rule.
fn change_of(side: Side<'_>, at: usize) -> String {
    let entry = &side.history.log[at];
    let origin = entry
        .cause
        .map_or_else(String::new, |cause| origin(side.scenario, cause));
    format!(
        "{}, {}{origin} [{}]",
        Clock::new(side.scenario.start)
            .read(entry.time)
            .replace(' ', "\u{a0}"),
        change(side.scenario, side.history, entry),
        entry.rule.id()
    )
}

/// Which keys account for how much.
fn attribution<'a>(first: Side<'_>, other: &Other<'_>) -> Vec<Block<'a>> {
    if other.changes.list.is_empty() {
        let none = "No key that affects a replication differs between the two files.";
        return vec![Block::Words(none.to_owned())];
    }
    let paired = other.telling().filter(|_| other.attribution.is_some());
    let caption = match paired {
        None => "What differs in the files".to_owned(),
        Some(paired) => {
            let measure = first.scenario.name_of(paired.scope, paired.measure);
            format!("What accounts for the difference in {measure}")
        }
    };
    let columns = vec![Column::words("Key"), Column::words("Effect")];
    let mut table = Table::new(caption, columns);
    match paired {
        Some(_) => {
            let accounts = accounts(other).into_iter();
            accounts.for_each(|(change, told)| table.row([written(change), told]));
        }
        None => {
            let nothing = || "no effect on any measure".to_owned();
            let changes = other.changes.list.iter();
            changes.for_each(|change| table.row([written(change), nothing()]));
        }
    }
    let notes = together(other).into_iter().chain(whole_tables(other));
    let notes = notes.map(Block::Words);
    std::iter::once(Block::Table(table)).chain(notes).collect()
}

/// How much a mean is, also as a part of the whole difference.
fn share(other: &Other<'_>, mean: Mean) -> String {
    let paired = other.telling();
    let unit = paired.map_or(Unit::Count, |paired| paired.measure.unit());
    let pairs = paired.and_then(|paired| paired.pairs);
    let whole = pairs.map_or(0.0, |pairs| pairs.difference.mean);
    let moved = mean_difference(unit, mean);
    if whole == 0.0 || mean.nonzero == 0 {
        moved
    } else {
        format!("{moved}, {:.0}%", 100.0 * mean.mean / whole)
    }
}

/// The changes with how much each makes of the difference, the largest first.
fn accounts<'a>(other: &'a Other<'_>) -> Vec<(&'a Change, String)> {
    let weight =
        |part: &Result<Mean, String>| part.as_ref().map_or(f64::MAX, |mean| mean.mean.abs());
    let mut parts: Vec<_> = other.parts().collect();
    parts.sort_by(|a, b| weight(b.1).total_cmp(&weight(a.1)));
    let told = |part: &Result<Mean, String>| match part {
        Ok(mean) => share(other, *mean),
        Err(reason) => format!("cannot be changed alone: {reason}"),
    };
    let parts = parts.into_iter();
    parts.map(|(change, part)| (change, told(part))).collect()
}

/// What several changes do only together.
fn together(other: &Other<'_>) -> Option<String> {
    let mean = other.attribution.as_ref()?.together?;
    let several = other.changes.list.len() > 1;
    several.then(|| format!("Interaction of the changes: {}", share(other, mean)))
}

/// Says so where tables stand for their keys.
fn whole_tables(other: &Other<'_>) -> Option<String> {
    let keys = other.changes.keys?;
    Some(format!(
        "{keys} keys differ; whole tables are taken as one change."
    ))
}

fn written(change: &Change) -> String {
    let value = |value: &Option<String>, none: &str| {
        let value = value.as_deref().unwrap_or(none);
        let inner = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
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
