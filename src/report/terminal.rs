//! Documents as text for a terminal.

use super::document::{Block, Cell, Column, Document, Kind, ON_PAGE, Table, outcome_word};
use super::format::{self, cell, count, elided, mean_in_brief, sanitize};
use crate::experiment::Outcome;

/// How text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; fewer than 60 count as 60.
    pub width: usize,
    /// Whether letters may have a colour. No meaning rests on it.
    pub colour: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            width: 80,
            colour: false,
        }
    }
}

impl Style {
    pub(super) fn columns(self) -> usize {
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
        format!("\n{}\n", self.paint("1", &sanitize(text)))
    }

    /// `text` in lines that fit, the second and later ones indented by `hang`. A no-break
    /// space holds words together, and becomes a space.
    pub(super) fn wrap(self, first: &str, text: &str, hang: usize) -> String {
        wrapped(first, text, hang, self.columns()).join("\n") + "\n"
    }
}

/// `text` in lines of at most `columns`, if its words are short enough.
fn wrapped(first: &str, text: &str, hang: usize, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    for word in together(text) {
        let empty = line.trim().is_empty() || room(&line) <= room(first);
        if !empty && room(&line) + 1 + room(&word) > columns {
            lines.push(line);
            line = " ".repeat(hang);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        line += &word;
    }
    lines.push(line);
    let finished = |line: String| line.trim_end().replace('\u{a0}', " ");
    lines.into_iter().map(finished).collect()
}

/// How many columns `text` takes; an ANSI style takes none.
fn room(text: &str) -> usize {
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default();
    let rests = pieces.filter_map(|piece| Some(piece.split_once('m')?.1));
    let pieces = std::iter::once(first).chain(rests);
    pieces.map(|piece| piece.chars().count()).sum()
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

/// A line in pieces of at most `columns` columns.
fn cut(line: &str, columns: usize) -> Vec<String> {
    let letters: Vec<char> = line.replace('\u{a0}', " ").chars().collect();
    let pieces = letters.chunks(columns.max(1));
    pieces.map(|piece| piece.iter().collect()).collect()
}

/// A document as text. The answers come first, a line each whatever its length.
pub(super) fn text(document: &Document<'_>, style: Style) -> String {
    let mut text = String::new();
    for answer in &document.answers {
        text += &format!("{}\n", style.paint("1", &sanitize(answer)));
    }
    for note in &document.notes {
        text += &style.wrap("", &format!("Note: {}", sanitize(note)), 2);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    if let Some(title) = &document.title {
        text += &style.wrap("", &style.paint("1", &sanitize(title)), 0);
    }
    text += &style.wrap("", &sanitize(&document.facts), 2);
    for section in &document.sections {
        let mut blocks = String::new();
        let mut apart = false;
        for block in &section.blocks {
            let told = self::block(block, style);
            if matches!(block, Block::Table(_)) && apart && !told.is_empty() {
                blocks.push('\n');
            }
            blocks += &told;
            apart = !blocks.is_empty() && !matches!(block, Block::Heading(_));
        }
        if !blocks.is_empty() {
            text += &(style.heading(&section.heading) + &blocks);
        }
    }
    if let Some(fingerprint) = document.fingerprint {
        text += &format!("\nfingerprint {fingerprint:.8}\n");
    }
    text
}

fn block(block: &Block<'_>, style: Style) -> String {
    match block {
        Block::Heading(words) => style.heading(words),
        Block::Words(words) | Block::Note(words) => style.wrap(INDENT, &sanitize(words), 2),
        Block::Entry(name, lines) => {
            let lines = lines
                .iter()
                .map(|line| style.wrap("    ", &sanitize(line), 6));
            style.wrap(INDENT, &style.paint("1", &sanitize(name)), 4) + &lines.collect::<String>()
        }
        Block::Command(command) => format!("    {}\n", sanitize(command)),
        Block::Table(of) if of.as_sentence => sentence(of, style),
        Block::Table(of) => table(of, style),
        Block::Letters(draw) => draw(style),
        Block::Picture(_) | Block::Folded(..) | Block::Source { .. } => String::new(),
    }
}

const INDENT: &str = "  ";
/// Blanks between two cells.
const GAP: usize = 2;
/// Names are cut to this before a column is left out, and then to this.
const NARROW_NAME: usize = 24;
const NARROWEST_NAME: usize = 8;
/// A column of words is no narrower, if it has that much to say, and words of up to the second
/// length stay in one piece.
const NARROWEST_WORDS: usize = 20;
const WHOLE_WORD: usize = 40;

/// The first two columns of a table as a sentence.
fn sentence(table: &Table, style: Style) -> String {
    let rows = table.rows.iter();
    let pairs = rows.map(|row| format!("{} = {}", in_text(&row[0]), in_text(&row[1])));
    let words = pairs.collect::<Vec<String>>().join("; ");
    style.wrap(INDENT, &format!("{words}."), 2)
}

/// A column of a table as the terminal shows it.
struct Shown<'a> {
    column: &'a Column,
    /// Its number, and that of the column which stands in brackets behind it.
    at: usize,
    aside: Option<(usize, [&'static str; 2])>,
    /// What its longest cell needs, and the longest word of its cells.
    needs: usize,
    word: usize,
    width: usize,
}

impl Shown<'_> {
    fn text(&self, row: &[Cell]) -> String {
        let text = in_text(&row[self.at]);
        let Some((at, [open, close])) = self.aside else {
            return text;
        };
        match in_text(&row[at]).as_str() {
            "" => text,
            // A short one stays in one piece.
            aside if room(aside) <= NARROWEST_WORDS => {
                format!("{text} {open}{}{close}", aside.replace(' ', "\u{a0}"))
            }
            aside => format!("{text} {open}{aside}{close}"),
        }
    }

    fn printed(&self, row: &[Cell]) -> Printed {
        let text = self.text(row);
        let lines = match self.column.kind {
            Kind::Words => wrapped("", &text, 0, self.width),
            Kind::Name | Kind::Number | Kind::Aside(_) => vec![elided(&text, self.width)],
        };
        let lines = lines.iter().flat_map(|line| cut(line, self.width));
        Printed {
            lines: lines.collect(),
            colour: match row[self.at] {
                Cell::Outcome(Some(Outcome::Passed)) => "32",
                Cell::Outcome(Some(Outcome::Failed)) => "1;31",
                Cell::Outcome(Some(Outcome::Undecided)) => "1;33",
                _ => "",
            },
        }
    }

    /// The room that it takes at least, if a name may be cut to `name` columns.
    fn least(&self, name: usize) -> usize {
        match self.column.kind {
            Kind::Number | Kind::Aside(_) => self.needs,
            Kind::Name => self.needs.min(name),
            Kind::Words => {
                let word = self.word.min(WHOLE_WORD);
                self.needs.min(NARROWEST_WORDS.max(word))
            }
        }
    }
}

/// A table: every cell in its column, at least [`GAP`] blanks between two of them.
fn table(table: &Table, style: Style) -> String {
    let rows: Vec<&[Cell]> = match &table.in_terminal {
        Some((some, _)) => some.iter().map(|&at| table.rows[at].as_slice()).collect(),
        None => table.rows.iter().map(Vec::as_slice).collect(),
    };
    let columns = fitted(columns(table, &rows), style.columns());
    let mut text = String::new();
    if columns.is_empty() {
        return text;
    }
    if !table.caption.is_empty() {
        text += &style.wrap(INDENT, &sanitize(&table.caption), 4);
    }
    let named = columns.iter().any(|shown| !shown.column.name.is_empty());
    if named {
        let names = columns.iter().map(|shown| Printed {
            lines: vec![elided(&shown.column.name, shown.width)],
            colour: "",
        });
        text += &lines(&columns, &names.collect::<Vec<_>>(), style);
    }
    for row in &rows {
        let cells = columns.iter().map(|column| column.printed(row));
        text += &lines(&columns, &cells.collect::<Vec<_>>(), style);
    }
    let more = table.left_out.map_or(0, |(count, _)| count) + table.rows.len() - rows.len();
    let file = table
        .left_out
        .map(|(_, file)| file)
        .or(table.in_terminal.as_ref().map(|(_, file)| *file));
    if let Some(file) = file.filter(|_| more > 0) {
        let more = count(more as u64);
        text += &format!("{INDENT}... and {more} more; all are in {file}\n");
    }
    text
}

/// The columns that the terminal may show, with what their cells need.
fn columns<'a>(table: &'a Table, rows: &[&[Cell]]) -> Vec<Shown<'a>> {
    let mut columns: Vec<Shown<'_>> = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        match (column.kind, columns.last_mut()) {
            _ if column.rank == ON_PAGE => {}
            (Kind::Aside(brackets), Some(before)) => before.aside = Some((at, brackets)),
            _ => columns.push(Shown {
                column,
                at,
                aside: None,
                needs: 0,
                word: 0,
                width: 0,
            }),
        }
    }
    for column in &mut columns {
        let texts: Vec<String> = rows.iter().map(|row| column.text(row)).collect();
        let name = column.column.name.chars().count();
        let words = texts.iter().flat_map(|text| together(text));
        column.word = words.map(|word| room(&word)).max().unwrap_or(0);
        let cells = texts.iter().map(|text| room(text));
        column.needs = cells.max().unwrap_or(0).max(name);
    }
    columns
}

/// The columns that fit into a terminal, with their widths. Where even those that have to stay are
/// too wide, lines are too.
fn fitted(mut columns: Vec<Shown<'_>>, width: usize) -> Vec<Shown<'_>> {
    let least = |columns: &[Shown<'_>], name: usize| {
        let cells: usize = columns.iter().map(|column| column.least(name) + GAP).sum();
        (cells + INDENT.len()).saturating_sub(GAP)
    };
    while least(&columns, NARROW_NAME) > width {
        let ranks = columns.iter().map(|shown| shown.column.rank).enumerate();
        match ranks
            .filter(|(_, rank)| *rank > 0)
            .max_by_key(|(_, rank)| *rank)
        {
            Some((last, _)) => columns.remove(last),
            None => break,
        };
    }
    // What is left goes to those that need it, the most modest first.
    let name = match least(&columns, NARROW_NAME) > width {
        true => NARROWEST_NAME,
        false => NARROW_NAME,
    };
    let mut spare = width.saturating_sub(least(&columns, name));
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&at| columns[at].needs - columns[at].least(name));
    for (number, at) in order.iter().enumerate() {
        let (column, others) = (&mut columns[*at], order.len() - number);
        let more = (column.needs - column.least(name)).min(spare / others);
        column.width = column.least(name) + more;
        spare -= more;
    }
    columns
}

/// A cell in the lines that it takes.
struct Printed {
    lines: Vec<String>,
    /// An ANSI style.
    colour: &'static str,
}

/// A row in as many lines as its longest cell has.
fn lines(columns: &[Shown<'_>], cells: &[Printed], style: Style) -> String {
    let mut text = String::new();
    for at in 0..cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0) {
        let mut line = INDENT.to_owned();
        for (column, cell) in columns.iter().zip(cells) {
            let words = cell.lines.get(at).map_or("", String::as_str);
            let blanks = " ".repeat(column.width.saturating_sub(words.chars().count()));
            let words = match words {
                "" => String::new(),
                words => style.paint(cell.colour, words),
            };
            line += &match column.column.kind {
                Kind::Number => blanks + &words,
                Kind::Name | Kind::Words | Kind::Aside(_) => words + &blanks,
            };
            line += &" ".repeat(GAP);
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// A cell as text.
fn in_text(of: &Cell) -> String {
    match of {
        Cell::Words(words) | Cell::Code(words) | Cell::Time(words, _) => sanitize(words),
        Cell::Value(value) => cell(*value),
        Cell::Mean(_, None) => "none".to_owned(),
        Cell::Mean(unit, Some(mean)) => mean_in_brief(*unit, mean),
        Cell::Outcome(outcome) => {
            outcome.map_or_else(String::new, |outcome| outcome_word(outcome).into())
        }
        Cell::Rule(rule) | Cell::RuleText(rule) => rule.id().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let style = Style::default();
        let styled = format!("\u{1b}[1m{} two\u{1b}[0m", "o".repeat(76));
        assert_eq!(style.wrap("", &styled, 0), styled + "\n");
        let wrapped = style.wrap("  at  ", &"word ".repeat(30), 6);
        assert!(wrapped.starts_with("  at  word word"));
        assert!(wrapped.lines().all(|line| line.chars().count() <= 80));
        let mut others = wrapped.lines().skip(1);
        assert!(others.all(|line| line.starts_with("      word")));
    }

    /// Columns of any kind: for each its rank, and for each of its cells the lengths of words.
    fn any_table() -> impl Strategy<Value = Table> {
        let kind = prop_oneof![
            Just(Kind::Name),
            Just(Kind::Number),
            Just(Kind::Words),
            Just(Kind::Aside(["", ""])),
        ];
        let cell = prop::collection::vec(1_usize..30, 0..5);
        let column = (kind, 0_u8..4, prop::collection::vec(cell, 4));
        prop::collection::vec(column, 1..9).prop_map(|columns| {
            // Each column has a letter of its own, so that a text tells whose it is.
            let text = |at: usize, words: &[usize]| {
                let letter = char::from(b'a' + u8::try_from(at).expect("few"));
                let words = words
                    .iter()
                    .map(|&length| letter.to_string().repeat(length));
                words.collect::<Vec<String>>().join(" ")
            };
            let named = columns.iter().enumerate();
            let named = named.map(|(at, (kind, rank, cells))| Column {
                name: text(at, &cells[0]),
                kind: *kind,
                rank: *rank,
            });
            let mut table = Table::new("", named.collect());
            for row in 1..4 {
                let cells = columns.iter().enumerate();
                table.row(cells.map(|(at, (_, _, cells))| text(at, &cells[row])));
            }
            table
        })
    }

    /// Of a column with what stands in brackets behind it one letter.
    fn owners(table: &Table) -> Vec<usize> {
        let mut owner = 0;
        let columns = table.columns.iter().enumerate();
        let owner = columns.map(|(at, column)| {
            if at == 0 || !matches!(column.kind, Kind::Aside(_)) {
                owner = at;
            }
            owner
        });
        owner.collect()
    }

    proptest! {
        #[test]
        fn no_two_cells_touch_at_any_width(table in any_table(), width in 0_usize..240) {
            let style = Style { width, colour: false };
            let text = super::table(&table, style);
            let owners = owners(&table);
            let all: Vec<&[Cell]> = table.rows.iter().map(Vec::as_slice).collect();
            let shown = fitted(columns(&table, &all), style.columns());
            let least: usize = shown.iter().map(|column| column.least(NARROWEST_NAME) + GAP).sum();
            for line in text.lines() {
                let (mut last, mut blanks) = (None, 0);
                for letter in line.chars() {
                    let column = u32::from(letter).checked_sub(u32::from('a'));
                    let column = column.and_then(|at| owners.get(at as usize));
                    match (letter, column) {
                        (' ', _) => blanks += 1,
                        (_, Some(column)) => {
                            let apart = last.is_none_or(|last| last == *column) || blanks >= GAP;
                            prop_assert!(apart, "{text}");
                            (last, blanks) = (Some(*column), 0);
                        }
                        _ => blanks = 0,
                    }
                }
                let fits = line.chars().count() <= style.columns().max(least);
                prop_assert!(fits, "{width}: {text}");
            }
            // What is shown of numbers and words is there in full.
            for column in shown.iter().filter(|shown| shown.column.kind != Kind::Name) {
                let letter = char::from(b'a' + u8::try_from(column.at).expect("few"));
                let wanted = all.iter().map(|row| in_text(&row[column.at]));
                let wanted: usize = wanted.map(|text| text.matches(letter).count()).sum();
                let named = shown.iter().any(|shown| !shown.column.name.is_empty());
                let rows = text.lines().skip(usize::from(named)).collect::<String>();
                prop_assert_eq!(rows.matches(letter).count(), wanted, "{}", text);
            }
        }
    }
}
