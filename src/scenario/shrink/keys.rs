//! Keys that can be left out, so that their defaults hold.

use super::super::DEFAULT_EDITION;
use super::super::extend::NAMED_LISTS;
use super::super::file::{Kind, Table};
use super::{Edit, Hop, Names, Step, below};

/// No step names more of what it leaves out.
const NAMED: usize = 8;

/// So many keys at a time, in the order of the file.
pub(super) fn keys(root: &Table, count: usize) -> Vec<Step> {
    let mut ways = Vec::new();
    for entry in &root.entries {
        let way = vec![Hop::Key(entry.key.clone())];
        match entry.key.as_str() {
            // Without them there is nothing to look at, or nothing to see there.
            "duration" | "expect" | "workspace" => {}
            // The defaults of all parameters.
            "edition" if root.text("edition") != Some(DEFAULT_EDITION) => continue,
            // Events are left out with what names them.
            list if NAMED_LISTS.contains(&list) && !["cluster", "key_vault"].contains(&list) => {}
            _ => ways.push(way.clone()),
        }
        match (&entry.value.kind, entry.key.as_str()) {
            // A parameter is at its default or as it was.
            (Kind::Table(table), "behaviour" | "prices") => {
                ways.extend(table.entries.iter().map(|entry| below(&way, &entry.key)));
            }
            (_, "expect") => {}
            (kind, _) => within(kind, &way, &mut ways),
        }
    }
    let names = Names::of(root);
    ways.chunks(count).map(|some| step(&names, some)).collect()
}

/// All ways below a value, outer ones first.
fn within(kind: &Kind, way: &[Hop], ways: &mut Vec<Vec<Hop>>) {
    match kind {
        Kind::Table(table) => {
            for entry in &table.entries {
                let way = below(way, &entry.key);
                ways.push(way.clone());
                within(&entry.value.kind, &way, ways);
            }
        }
        Kind::List(list) => {
            let tables = list.iter().any(|one| matches!(one.kind, Kind::Table(_)));
            for (number, one) in list.iter().enumerate() {
                let mut way = way.to_vec();
                way.push(Hop::Number(number));
                if !tables && list.len() > 1 {
                    ways.push(way.clone());
                }
                within(&one.kind, &way, ways);
            }
        }
        _ => {}
    }
}

fn step(all: &Names, ways: &[Vec<Hop>]) -> Step {
    // What is below another one goes with it.
    let below = |way: &&Vec<Hop>| {
        let mut above = (1..way.len()).map(|length| &way[..length]);
        above.any(|above| ways.iter().any(|other| other == above))
    };
    let outer: Vec<&Vec<Hop>> = ways.iter().filter(|way| !below(way)).collect();
    let mut names: Vec<String> = outer
        .iter()
        .take(NAMED)
        .map(|way| all.key_of(way))
        .collect();
    if let Some(more) = outer.len().checked_sub(NAMED).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    // From the end on, so that the numbers in lists stay right.
    let edits = ways.iter().rev().map(|way| Edit {
        way: way.clone(),
        value: None,
    });
    Step {
        words: format!("without {}", names.join(", ")),
        edits: edits.collect(),
    }
}
