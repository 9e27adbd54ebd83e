//! What pages are made of.

use super::markup::{Element, Html, around, element};
use crate::experiment::{Fingerprint, Outcome};
use crate::report::chart::{Data, Picture};
use crate::report::command::Command;
use crate::report::format::{count, shown};
use crate::report::rules::written;
use crate::report::{assumed, text};
use crate::scenario::{Edition, Rule, Scenario};

/// A table: what it is about, the names of its columns, and its rows, each of which begins with
/// its name. Where there is too little room it is moved, not the page.
pub(in crate::report) struct Table {
    caption: String,
    header: Vec<String>,
    class: &'static str,
    rows: Vec<Element>,
}

impl Table {
    /// A table of words.
    pub(in crate::report) fn new(caption: &str, header: &[&str]) -> Table {
        Table {
            caption: caption.to_owned(),
            header: header.iter().map(ToString::to_string).collect(),
            class: "words",
            rows: Vec::new(),
        }
    }

    /// A table whose cells are numbers but for the names of the rows.
    pub(in crate::report) fn of_numbers(caption: &str, header: &[&str]) -> Table {
        Table {
            class: "numbers",
            ..Table::new(caption, header)
        }
    }

    /// Adds a row; returns it, for its attributes.
    pub(in crate::report) fn row<T: Into<Html>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut row = element("tr");
        for (at, cell) in cells.into_iter().enumerate() {
            row = row.with(match at {
                0 => element("th").attribute("scope", "row").with(cell),
                _ => around("td", cell),
            });
        }
        self.rows.push(row);
    }

    /// The table; nothing where it has no rows.
    pub(in crate::report) fn html(self) -> Html {
        let table = element("table").attribute("class", self.class);
        self.within(table)
    }

    fn within(self, table: Element) -> Html {
        if self.rows.is_empty() {
            return Html::default();
        }
        let mut header = element("tr");
        for name in self.header {
            header = header.with(element("th").attribute("scope", "col").with(name));
        }
        let mut body = element("tbody").line();
        for row in self.rows {
            body = body.with(row).line();
        }
        let caption = shown(&self.caption);
        let table = table
            .with(around("caption", caption.as_str()))
            .line()
            .with(around("thead", header))
            .line()
            .with(body);
        scroller(&caption).with(table).into()
    }
}

/// Something that may be wider than the page; the keyboard reaches it too.
fn scroller(label: &str) -> Element {
    element("div")
        .attribute("class", "scroll")
        .attribute("role", "group")
        .attribute("aria-label", label)
        .attribute("tabindex", "0")
}

/// A paragraph.
pub(in crate::report) fn paragraph(words: &str) -> Html {
    around("p", shown(words)).into()
}

/// A paragraph that says something beside the matter.
pub(in crate::report) fn note(words: &str) -> Html {
    let note = element("p").attribute("class", "note");
    note.with(shown(words)).into()
}

/// A picture and what it shows as tables.
pub(in crate::report) fn figure(picture: &Picture) -> Html {
    let drawing = scroller(picture.title()).with(Html::drawing(picture));
    let mut figure = around("figure", drawing).line();
    if !picture.data().is_empty() {
        let mut details = around(
            "details",
            around("summary", "What the picture shows, as a table"),
        );
        for data in picture.data() {
            details = details.line().with(self::data(data));
        }
        figure = figure.with(details).line();
    }
    figure.into()
}

fn data(data: &Data) -> Html {
    let header: Vec<&str> = data.header.iter().map(String::as_str).collect();
    let caption = if data.rows.len() < data.of {
        let (kept, all) = (data.rows.len() as u64, data.of as u64);
        format!("{}: {} of {} rows", data.caption, count(kept), count(all))
    } else {
        data.caption.clone()
    };
    let mut table = Table::of_numbers(&caption, &header);
    for row in &data.rows {
        table.row(row.cells.iter().map(String::as_str));
        if data.frame.is_some() {
            let last = table.rows.pop().expect("it was added");
            let placed = last.attribute("data-x", &format!("{:.1}", row.x));
            table.rows.push(placed);
        }
    }
    let mut tag = element("table").attribute("class", "numbers");
    if let Some(frame) = data.frame {
        for (name, place) in [
            ("data-left", frame.left),
            ("data-right", frame.right),
            ("data-top", frame.top),
            ("data-bottom", frame.bottom),
        ] {
            tag = tag.attribute(name, &format!("{place:.1}"));
        }
    }
    table.within(tag)
}

/// How an expectation came out: in a word, in its colour.
pub(in crate::report) fn outcome(outcome: Outcome) -> Html {
    let (class, word) = match outcome {
        Outcome::Passed => ("pass", "pass"),
        Outcome::Failed => ("fail", "FAIL"),
        Outcome::Undecided => ("open", "open"),
    };
    element("span").attribute("class", class).with(word).into()
}

/// The answer, and then what was expected: each with what was found.
pub(in crate::report) fn verdict(answer: &str, expected: &[(String, Outcome, String)]) -> Html {
    let mut html = tally(expected.iter().map(|it| it.1));
    html.push(
        element("p")
            .attribute("class", "answer")
            .with(shown(answer)),
    );
    let mut table = Table::new("What is expected", &["Expected", "Outcome", "Found"]);
    for (text, outcome, found) in expected {
        table.row([
            shown(text).into(),
            self::outcome(*outcome),
            shown(found).into(),
        ]);
    }
    html.push(table.html());
    html
}

/// How many expectations failed, are open and passed; nothing where nothing is expected.
fn tally(outcomes: impl Iterator<Item = Outcome> + Clone) -> Html {
    let mut told = element("p").attribute("class", "tally");
    let mut first = true;
    for outcome in [Outcome::Failed, Outcome::Undecided, Outcome::Passed] {
        let number = outcomes.clone().filter(|it| *it == outcome).count() as u64;
        if number > 0 {
            let before = if first { "Expectations: " } else { ", " };
            first = false;
            told = told
                .with(before)
                .with(count(number))
                .with(" ")
                .with(self::outcome(outcome));
        }
    }
    if first { Html::default() } else { told.into() }
}

/// What an edition says of rules: each in a sentence, with who says so.
pub(in crate::report) fn rules(scenario: &Scenario, rules: &[Rule]) -> Html {
    let Some(edition) = Edition::named(&scenario.edition) else {
        return Html::default();
    };
    let caption = format!(
        "The rules of edition {}; \"the page\" is: {}",
        edition.name, edition.page
    );
    let mut table = Table::new(&caption, &["Rule", "Status", "What it says", "Source"]);
    for rule in rules.iter().filter(|rule| **rule != Rule::Scenario) {
        let says = edition.rule(*rule);
        let name = element("code")
            .attribute("id", &anchor(*rule))
            .with(says.id.as_str());
        table.row([
            name.into(),
            says.status.word().into(),
            long(&says.text),
            long(&says.source),
        ]);
    }
    table.html()
}

/// A link to what is said of a rule.
pub(in crate::report) fn rule(rule: Rule) -> Html {
    if rule == Rule::Scenario {
        return rule.id().into();
    }
    let link = element("a").attribute("href", &format!("#{}", anchor(rule)));
    link.with(rule.id()).into()
}

fn anchor(rule: Rule) -> String {
    format!("rule-{}", rule.id())
}

/// Words that stay on one line in a table.
pub(in crate::report) fn plain(words: &str) -> Html {
    let span = element("span").attribute("class", "plain");
    span.with(shown(words)).into()
}

/// Words that need room in a table.
pub(in crate::report) fn long(words: &str) -> Html {
    let block = element("div").attribute("class", "long");
    block.with(shown(words)).into()
}

/// What a result rests on that no source states, but for a key that was looked for.
pub(in crate::report) fn assumed(scenario: &Scenario, sought: Option<&str>) -> Html {
    let parameters = Edition::named(&scenario.edition).map_or(&[][..], |it| &it.parameters[..]);
    let caption = "Values that no source states, as they were used";
    let header = ["Parameter", "Value", "As defensible", "Why this value"];
    let mut table = Table::new(caption, &header);
    for (name, value) in assumed::parameters(scenario, sought) {
        let parameter = parameters.iter().find(|it| it.name == name);
        let range = parameter.map_or_else(String::new, |it| {
            let range: Vec<String> = it.range.iter().map(written).collect();
            range.join("; ")
        });
        let note = parameter.map_or("", |it| it.note.as_str());
        let name = around("code", name.replace("behaviour.", ""));
        table.row([name.into(), long(&value), long(&range), long(note)]);
    }
    let mut html = table.html();
    if let Some(prices) = assumed::prices(scenario) {
        html.push(note(&format!("Prices that nobody verified: {prices}")));
    }
    html
}

/// The text of a scenario.
pub(in crate::report) fn source(title: &str, source: &str) -> Html {
    let text = element("pre").attribute("tabindex", "0").line();
    let details = element("details").attribute("open", "");
    details
        .with(around("summary", shown(title)))
        .with(text.with(source))
        .into()
}

/// How to make the results again, and how to tell that they are the same.
pub(in crate::report) fn reproduce(command: &Command, fingerprint: Option<Fingerprint>) -> Html {
    let mut html = paragraph(
        "With the scenario's file in the current folder, this command makes the same results, to \
         the byte:",
    );
    let command = around("code", command.to_string());
    html.push(element("pre").attribute("class", "wrap").with(command));
    let version = format!("cmksim {}", env!("CARGO_PKG_VERSION"));
    html.push(match fingerprint {
        None => around("p", format!("{version}.")),
        Some(fingerprint) => around("p", format!("{version}; the fingerprint is "))
            .with(around("code", fingerprint.to_string()))
            .with("."),
    });
    html
}

/// What a scenario is called.
pub(in crate::report) fn title(scenario: &Scenario) -> &str {
    scenario
        .title
        .as_deref()
        .unwrap_or("A scenario without a title")
}

/// The stretch of time, the edition and the seed of a scenario.
pub(in crate::report) fn facts(scenario: &Scenario) -> String {
    text::facts(scenario)
}
