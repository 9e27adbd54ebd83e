//! What a page is made of: the sections of a document, and how to make it again.

use super::markup::{Element, Html, around, element};
use super::page::{Page, link};
use crate::experiment::{Fingerprint, Outcome};
use crate::foreign::sanitize;
use crate::report::chart::{Data, Picture};
use crate::report::command::Command;
use crate::report::document::{Block, Cell, Column, Document, Kind, Table, outcome_word};
use crate::report::format::{cell, count, interval, of_unit};
use crate::report::window::Window;
use crate::scenario::Rule;
use crate::units::Time;

/// The page of a document; `command` makes it again.
pub(in crate::report) fn page(document: &Document<'_>, command: &Command) -> String {
    let title = document.title.as_deref();
    let mut page = Page::new(
        title.unwrap_or("A scenario without a title"),
        document.description.as_deref(),
        &document.facts,
    );
    let answers = document.answers.iter();
    let mut verdict: Html = answers.map(|words| of_class("answer", words)).collect();
    verdict.extend(tally(document));
    verdict.extend(document.notes.iter().map(|words| of_class("note", words)));
    page.section("verdict", "Verdict", verdict);
    for section in &document.sections {
        let blocks = section.blocks.iter();
        let blocks = blocks
            .map(|block| self::block(block, &section.heading))
            .collect();
        page.section(section.id, &section.heading, blocks);
    }
    let again = again(command, document.fingerprint);
    page.section("again", "How to make this again", again);
    page.finish()
}

/// How what was expected came out, in a line that leads to it.
fn tally(document: &Document<'_>) -> Option<Element> {
    let mut tally = around("p", link("expected", "Expectations"));
    for (at, (outcome, words)) in document.tally.iter().enumerate() {
        let between = if at == 0 { ": " } else { ", " };
        tally = tally.with(between).with(in_colour(*outcome, words));
    }
    (!document.tally.is_empty()).then_some(tally)
}

/// A block of a section with that heading.
fn block(block: &Block<'_>, heading: &str) -> Html {
    match block {
        Block::Heading(words) => around("h3", sanitize(words)).into(),
        Block::Words(words) => around("p", sanitize(words)).into(),
        Block::Note(words) => of_class("note", words).into(),
        Block::Table(of) => table(of, heading),
        Block::Entry(name, lines) => {
            let name = Html::from(around("h3", sanitize(name)));
            let lines = lines.iter().map(|line| around("p", sanitize(line)).into());
            std::iter::once(name).chain(lines).collect()
        }
        Block::Command(words) => command(words).into(),
        Block::Picture(picture) => figure(picture),
        Block::Folded(summary, of) => {
            let details = around("details", around("summary", summary.as_str()));
            details.with(table(of, summary)).into()
        }
        Block::Source { title, text } => source(title, text),
        Block::Letters(_) => Html::default(),
    }
}

/// A command, to be copied.
fn command(words: &str) -> Element {
    let code = around("code", sanitize(words));
    element("pre").attribute("class", "wrap").with(code)
}

/// A paragraph of a class.
fn of_class(class: &str, words: &str) -> Element {
    let paragraph = element("p").attribute("class", class);
    paragraph.with(sanitize(words))
}

/// A table whose rows begin with their names. Where there is too little room it is moved, not
/// the page.
fn table(of: &Table, heading: &str) -> Html {
    let mut words: Vec<String> = Vec::new();
    words.extend((!of.caption.is_empty()).then(|| sanitize(&of.caption)));
    let left_out = of.left_out.map(|(more, file)| {
        let more = count(more as u64);
        format!("{more} more are left out; all are in {file}")
    });
    words.extend(left_out);
    // What the heading says is said to those who cannot see it.
    let caption = match words.is_empty() {
        true => element("caption")
            .attribute("class", "unseen")
            .with(sanitize(heading)),
        false => around("caption", words.join("; ")),
    };
    let label = if of.caption.is_empty() {
        heading
    } else {
        &of.caption
    };
    let header = of.columns.iter().map(|column| {
        let name = element("th").attribute("scope", "col");
        aligned(name, column).with(sanitize(&column.name))
    });
    let named = of.columns.iter().any(|column| !column.name.is_empty());
    let rows = of.rows.iter().map(|row| {
        let cells = of.columns.iter().zip(row).enumerate();
        row_of(cells.map(|(at, (column, cell))| {
            let element = match at {
                0 => element("th").attribute("scope", "row"),
                _ => element("td"),
            };
            aligned(element, column).with(in_html(column, cell))
        }))
    });
    within(
        element("table").with(caption).line(),
        &sanitize(label),
        named.then(|| row_of(header)),
        rows,
    )
}

fn aligned(cell: Element, column: &Column) -> Element {
    match column.kind {
        Kind::Number => cell.attribute("class", "number"),
        Kind::Name | Kind::Words | Kind::Aside(_) => cell,
    }
}

fn row_of(cells: impl IntoIterator<Item = Element>) -> Element {
    cells.into_iter().fold(element("tr"), Element::with)
}

/// A table in something that may be wider than the page; the keyboard reaches it too.
fn within(
    mut table: Element,
    label: &str,
    header: Option<Element>,
    rows: impl Iterator<Item = Element>,
) -> Html {
    let body = rows.fold(element("tbody").line(), |body, row| body.with(row).line());
    if let Some(header) = header {
        table = table.with(around("thead", header)).line();
    }
    scroller(label).with(table.with(body)).into()
}

fn scroller(label: &str) -> Element {
    element("div")
        .attribute("class", "scroll")
        .attribute("role", "group")
        .attribute("aria-label", label)
        .attribute("tabindex", "0")
}

fn in_html(column: &Column, of: &Cell) -> Html {
    match of {
        Cell::Words(words) => set(column, words),
        Cell::Code(words) => around("code", sanitize(words)).into(),
        Cell::Value(value) => cell(*value).into(),
        Cell::Mean(_, None) => "none".into(),
        Cell::Mean(unit, Some(mean)) => {
            let number = of_unit(*unit, mean.mean);
            match mean.interval() {
                None => number.into(),
                Some(ends) => format!("{number} ({})", interval(*unit, ends, of_unit)).into(),
            }
        }
        Cell::Outcome(None) => Html::default(),
        Cell::Outcome(Some(outcome)) => in_colour(*outcome, outcome_word(*outcome)).into(),
        Cell::Time(words, window) => {
            let time = element("span").attribute("class", "plain");
            within_run(time, *window).with(words.as_str()).into()
        }
        Cell::Rule(Rule::Scenario) => Rule::Scenario.id().into(),
        Cell::Rule(rule) => link(&anchor(*rule), rule.id()).into(),
        Cell::RuleText(rule) => around("code", rule.id())
            .attribute("id", &anchor(*rule))
            .into(),
    }
}

/// Of more letters words are a sentence.
const MOST_ON_A_LINE: usize = 24;

/// Words of a table: names stay on one line, sentences get room.
fn set(column: &Column, words: &str) -> Html {
    let long = words.chars().count() > MOST_ON_A_LINE;
    let (element, class) = match column.kind {
        Kind::Name => (element("span"), "plain"),
        Kind::Words | Kind::Aside(_) if long => (element("div"), "long"),
        Kind::Number | Kind::Words | Kind::Aside(_) => return sanitize(words).into(),
    };
    element
        .attribute("class", class)
        .with(sanitize(words))
        .into()
}

/// How an expectation came out: in words, in the colour of it.
fn in_colour(outcome: Outcome, words: &str) -> Element {
    let class = match outcome {
        Outcome::Passed => "pass",
        Outcome::Failed => "fail",
        Outcome::Undecided => "open",
    };
    element("span").attribute("class", class).with(words)
}

/// What links to what is said of a rule call it.
fn anchor(rule: Rule) -> String {
    format!("rule-{}", rule.id())
}

/// A picture and what it shows as tables.
fn figure(picture: &Picture) -> Html {
    let drawing = scroller(picture.title()).with(Html::drawing(picture));
    // Shown where there is too little room only.
    let hint = around(
        "figcaption",
        "The picture is wider than the screen: scroll it sideways.",
    );
    let mut figure = around("figure", hint).line().with(drawing).line();
    if !picture.data().is_empty() {
        let summary = around("summary", "What the picture shows, as a table");
        let mut details = around("details", summary);
        for data in picture.data() {
            details = details.line().with(self::data(data));
        }
        figure = figure.with(details).line();
    }
    figure.into()
}

/// A panel of a picture as a table, with the places that a pointer needs.
fn data(data: &Data) -> Html {
    let mut caption = data.caption.clone();
    if data.rows.len() < data.of {
        let (kept, all) = (data.rows.len() as u64, data.of as u64);
        caption += &format!(": {} of {} rows", count(kept), count(all));
    }
    let mut table = element("table").attribute("class", "numbers");
    if let Some(window) = data.window {
        table = within_run(table, window);
    }
    if let Some(frame) = data.frame {
        for (name, place) in [
            ("data-left", frame.left),
            ("data-right", frame.right),
            ("data-top", frame.top),
            ("data-bottom", frame.bottom),
        ] {
            table = table.attribute(name, &format!("{place:.1}"));
        }
    }
    let header = data.header.iter();
    let header = header.map(|name| element("th").attribute("scope", "col").with(sanitize(name)));
    let rows = data.rows.iter().map(|row| {
        let place = format!("{:.1}", row.x);
        let tag = match data.frame {
            Some(_) => element("tr").attribute("data-x", &place),
            None => element("tr"),
        };
        let cells = row.cells.iter().enumerate();
        let cells = cells.map(|(at, cell)| match at {
            0 => element("th").attribute("scope", "row").with(cell.as_str()),
            _ => around("td", cell.as_str()),
        });
        cells.fold(tag, Element::with)
    });
    let caption = sanitize(&caption);
    let table = table.with(around("caption", caption.as_str())).line();
    within(table, &caption, Some(row_of(header)), rows)
}

/// An element with the stretch of a run that it is about, in milliseconds.
fn within_run(element: Element, window: Window) -> Element {
    let millis = |time: Time| time.millis().to_string();
    element
        .attribute("data-from", &millis(window.from))
        .attribute("data-until", &millis(window.until))
}

/// The text of a scenario.
fn source(title: &str, text: &str) -> Html {
    let pre = element("pre").attribute("tabindex", "0").line();
    let details = element("details").attribute("open", "");
    let summary = around("summary", sanitize(title));
    details.with(summary).with(pre.with(text)).into()
}

/// How to make the results again, and how to tell that they are the same.
fn again(command: &Command, fingerprint: Option<Fingerprint>) -> Html {
    let words = "With the scenario's file in the current folder, this command makes the same \
                 results, to the byte:";
    let mut html = Html::from(around("p", words));
    html.push(self::command(&command.to_string()));
    let version = format!("cmksim {}", env!("CARGO_PKG_VERSION"));
    html.push(match fingerprint {
        None => around("p", format!("{version}.")),
        Some(fingerprint) => around("p", format!("{version}; the fingerprint is "))
            .with(around("code", fingerprint.to_string()))
            .with("."),
    });
    html
}
