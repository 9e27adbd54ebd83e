//! Scenarios like the shipped ones: the same tables and keys, with other values of the same form,
//! so that most are right. The same for the same number.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::worlds::Dice;

/// A table of a scenario, as it is written.
#[derive(Debug, Clone, Default)]
struct Table {
    /// With its brackets; nothing for what stands before the first.
    header: String,
    entries: Vec<(String, String)>,
}

/// The shipped scenarios taken apart.
pub(crate) struct Shipped {
    scenarios: Vec<Vec<Table>>,
    /// Which values a key of a table has in any of them.
    values: BTreeMap<(String, String), Vec<String>>,
    /// Every table that stands in a list.
    listed: Vec<Table>,
}

/// Units that may stand for each other, those of the longest names first.
const UNITS: &[&[&str]] = &[
    &["ms", "s", "m", "h", "d"],
    &["PB", "TB", "GB", "MB", "kB", "B"],
];

/// Numbers at which something begins or ends.
const WHOLE_NUMBERS: &[&str] = &[
    "0", "1", "2", "3", "7", "10", "30", "60", "99", "100", "365", "1000", "4096", "10000",
    "1000000",
];
const NUMBERS: &[&str] = &["0.5", "0.001", "1.5", "99.99", "0", "1", "100"];

/// What these keys name is in their own scenario alone.
const NAMED: &[&str] = &[
    "name",
    "cluster",
    "workspace",
    "key_vault",
    "key",
    "extends",
];

const NAMES: &[&str] = &["x", "a-b", "logs 2", "über", "日本", "_", "0", "cluster"];

impl Shipped {
    /// Reads those of `folder`.
    pub(crate) fn read(folder: &Path) -> Shipped {
        let mut paths: Vec<_> = fs::read_dir(folder)
            .expect("a readable folder")
            .map(|entry| entry.expect("a readable entry").path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "toml")
            })
            .collect();
        paths.sort();
        let text = |path| fs::read_to_string(path).expect("a scenario");
        let scenarios: Vec<_> = paths.iter().map(|path| tables(&text(path))).collect();
        let mut values: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for table in scenarios.iter().flatten() {
            for (key, value) in &table.entries {
                let of = values.entry((table.header.clone(), key.clone()));
                of.or_default().push(value.clone());
            }
        }
        let all = scenarios.iter().flatten();
        let listed = all.filter(|table| table.header.starts_with("[[")).cloned();
        Shipped {
            listed: listed.collect(),
            scenarios,
            values,
        }
    }

    /// One of them with one to three changes.
    pub(crate) fn mutant(&self, number: u64) -> String {
        let mut dice = Dice::new(number);
        let mut scenario = self.scenarios[dice.index(self.scenarios.len())].clone();
        if dice.chance(70) {
            // Most is expected in vain.
            scenario[0].entries.retain(|(key, _)| key != "expect");
        }
        for _ in 0..dice.between(1, 3) {
            self.change(&mut scenario, &mut dice);
        }
        written(&scenario)
    }

    fn change(&self, scenario: &mut Vec<Table>, dice: &mut Dice) {
        match dice.between(1, 100) {
            1..=70 => another_number(scenario, dice),
            71..=84 => self.another_value(scenario, dice),
            85..=87 => self.another_key(scenario, dice),
            88..=91 => another_name(scenario, dice),
            92..=94 => {
                let table = dice.index(scenario.len());
                let entries = &mut scenario[table].entries;
                if !entries.is_empty() {
                    entries.remove(dice.index(entries.len()));
                }
            }
            95..=96 if scenario.len() > 1 => {
                let table = 1 + dice.index(scenario.len() - 1);
                scenario.remove(table);
            }
            _ => {
                // One more of a list, of this scenario or of another.
                let own = scenario
                    .iter()
                    .filter(|table| table.header.starts_with("[["));
                let own: Vec<&Table> = own.collect();
                let mut more = if own.is_empty() || dice.chance(50) {
                    self.listed[dice.index(self.listed.len())].clone()
                } else {
                    own[dice.index(own.len())].clone()
                };
                if let Some((_, name)) = more.entries.iter_mut().find(|(key, _)| key == "name") {
                    *name = format!("\"more-{}\"", dice.between(1, 99));
                }
                scenario.push(more);
            }
        }
    }

    /// A key gets a value that it has somewhere else.
    fn another_value(&self, scenario: &mut [Table], dice: &mut Dice) {
        let table = dice.index(scenario.len());
        let Table { header, entries } = &mut scenario[table];
        if entries.is_empty() {
            return;
        }
        let entry = dice.index(entries.len());
        let (key, value) = &mut entries[entry];
        let pool = &self.values[&(header.clone(), key.clone())];
        if !NAMED.contains(&key.as_str()) {
            value.clone_from(&pool[dice.index(pool.len())]);
        }
    }

    /// A table gets a key, or another value of it, that one of its kind has somewhere.
    fn another_key(&self, scenario: &mut [Table], dice: &mut Dice) {
        let table = dice.index(scenario.len());
        let Table { header, entries } = &mut scenario[table];
        let pool: Vec<_> = self
            .values
            .iter()
            .filter(|((of, _), _)| of == header)
            .collect();
        let ((_, key), values) = pool[dice.index(pool.len())];
        entries.retain(|(known, _)| known != key);
        entries.push((key.clone(), values[dice.index(values.len())].clone()));
    }
}

/// Takes a file apart, without its comments.
fn tables(text: &str) -> Vec<Table> {
    let mut tables = vec![Table::default()];
    let mut open = false;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let table = tables.last_mut().expect("the first");
        if open {
            let (_, value) = table.entries.last_mut().expect("it began");
            *value += line;
            open = line != "]";
        } else if line.starts_with('[') {
            tables.push(Table {
                header: line.to_owned(),
                entries: Vec::new(),
            });
        } else if let Some((key, value)) = line.split_once(" = ") {
            open = value == "[";
            table.entries.push((key.to_owned(), value.to_owned()));
        }
    }
    tables
}

fn written(scenario: &[Table]) -> String {
    let mut text = String::new();
    for table in scenario {
        text += &format!("{}\n", table.header);
        for (key, value) in &table.entries {
            text += &format!("{key} = {value}\n");
        }
    }
    text
}

/// Where the numbers of a value are.
fn numbers(value: &str) -> Vec<std::ops::Range<usize>> {
    let digit = |at: usize| value.as_bytes()[at].is_ascii_digit();
    let mut found = Vec::new();
    let mut at = 0;
    while at < value.len() {
        let from = at;
        while at < value.len() && (digit(at) || at > from && value.as_bytes()[at] == b'.') {
            at += 1;
        }
        if at > from {
            found.push(from..at);
        } else {
            at += 1;
        }
    }
    found
}

/// One number of one value becomes another, or gets another unit.
fn another_number(scenario: &mut [Table], dice: &mut Dice) {
    let values = scenario.iter_mut().flat_map(|table| &mut table.entries);
    let told = |key: &str| ["title", "description", "edition", "name", "extends"].contains(&key);
    let values = values.filter(|(key, value)| !told(key) && !numbers(value).is_empty());
    let mut values: Vec<&mut String> = values.map(|(_, value)| value).collect();
    if values.is_empty() {
        return;
    }
    let chosen = dice.index(values.len());
    let value = values.swap_remove(chosen);
    let places = numbers(value);
    let place = places[dice.index(places.len())].clone();
    if dice.chance(25) {
        another_unit(value, place.end, dice);
        return;
    }
    let old: f64 = value[place.clone()].parse().unwrap_or(1.0);
    let new = match dice.between(1, 6) {
        1 => format!("{}", old * 2.0),
        2 => format!("{}", (old / 2.0).floor()),
        3 => format!("{}", old + 1.0),
        4 => format!("{}", old * 10.0),
        5 if old.fract() == 0.0 => dice.pick(WHOLE_NUMBERS).to_owned(),
        5 => dice.pick(NUMBERS).to_owned(),
        _ => dice.between(0, 999).to_string(),
    };
    value.replace_range(place, &new);
}

/// The unit that stands at `at` becomes another of its kind.
fn another_unit(value: &mut String, at: usize, dice: &mut Dice) {
    let at = at + value[at..].len() - value[at..].trim_start_matches(' ').len();
    let letters = value[at..].chars().take_while(char::is_ascii_alphabetic);
    let end = at + letters.count();
    if let Some(alike) = UNITS.iter().find(|units| units.contains(&&value[at..end])) {
        value.replace_range(at..end, dice.pick(alike));
    }
}

/// A name becomes another wherever it stands.
fn another_name(scenario: &mut [Table], dice: &mut Dice) {
    let named = scenario.iter().flat_map(|table| &table.entries);
    let names: Vec<&String> = named
        .filter(|(key, _)| key == "name")
        .map(|(_, value)| value)
        .collect();
    if names.is_empty() {
        return;
    }
    let old = names[dice.index(names.len())].clone();
    let new = format!("\"{}\"", dice.pick(NAMES));
    for (_, value) in scenario.iter_mut().flat_map(|table| &mut table.entries) {
        *value = value.replace(&old, &new);
    }
}
