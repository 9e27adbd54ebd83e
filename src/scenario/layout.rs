//! A tree as the text of a scenario file: what stands alone first, then tables, then lists of
//! tables, each key on a line.

use super::file::{Entry, Kind, Table, Written, key};

/// What stands in braces on a line that is longer gets a header of its own.
const LONGEST_LINE: usize = 100;

/// The text of a tree.
pub(super) fn laid_out(root: &Table) -> String {
    let mut text = String::new();
    let (below, lines): (Vec<&Entry>, Vec<&Entry>) =
        root.entries.iter().partition(|entry| has_header(entry));
    lines.iter().for_each(|entry| text += &line(entry));
    for entry in below {
        match &entry.value.kind {
            Kind::List(list) => {
                for one in list {
                    if let Kind::Table(table) = &one.kind {
                        text += &format!("\n[[{}]]\n", key(&entry.key));
                        self::table(&mut text, &key(&entry.key), table);
                    }
                }
            }
            Kind::Table(table) => {
                text += &format!("\n[{}]\n", key(&entry.key));
                self::table(&mut text, &key(&entry.key), table);
            }
            _ => unreachable!("it has a header"),
        }
    }
    text
}

/// Whether a key of the root has a header: a table, or a list of nothing but tables.
fn has_header(entry: &Entry) -> bool {
    match &entry.value.kind {
        Kind::Table(_) => true,
        Kind::List(list) => !list.is_empty() && list.iter().all(is_table),
        _ => false,
    }
}

fn is_table(written: &Written) -> bool {
    matches!(written.kind, Kind::Table(_))
}

/// The keys of a table whose header is written; `path` is what stands in it.
fn table(text: &mut String, path: &str, table: &Table) {
    let long = |entry: &&Entry| is_table(&entry.value) && line(entry).len() > LONGEST_LINE;
    let (below, lines): (Vec<&Entry>, Vec<&Entry>) = table.entries.iter().partition(long);
    lines.iter().for_each(|entry| *text += &line(entry));
    for entry in below {
        if let Kind::Table(below) = &entry.value.kind {
            let path = format!("{path}.{}", key(&entry.key));
            *text += &format!("[{path}]\n");
            self::table(text, &path, below);
        }
    }
}

fn line(entry: &Entry) -> String {
    format!("{} = {}\n", key(&entry.key), entry.value.toml())
}
