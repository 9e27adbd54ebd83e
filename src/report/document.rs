//! What a command answers, before it is known who reads it.
//!
//! Each command builds one [`Document`]: its answer in a sentence, and sections of tables,
//! figures and notes. `terminal` and `html` show documents and know no commands. Texts go in as
//! they are; whoever shows them makes them safe.

use super::chart::Picture;
use super::format::Clock;
use super::format::duration;
use super::terminal::Style;
use super::window::Window;
use crate::experiment::{Fingerprint, Outcome};
use crate::scenario::{Measure, Rule, Scenario, Unit, Value};
use crate::statistics::Mean;
use crate::units::Time;

/// The answer of a command.
#[derive(Default)]
pub(super) struct Document<'a> {
    /// The answer: a sentence each.
    pub(super) answers: Vec<String>,
    /// How many expectations hold, fail and are undecided, in words. On the page only: in the
    /// terminal a heading says so.
    pub(super) tally: Vec<(Outcome, String)>,
    /// What to know before one trusts the answer.
    pub(super) notes: Vec<String>,
    pub(super) title: Option<String>,
    /// On the page only.
    pub(super) description: Option<String>,
    /// What was run, in a line.
    pub(super) facts: String,
    pub(super) sections: Vec<Section<'a>>,
    pub(super) fingerprint: Option<Fingerprint>,
}

/// A part of a document; nothing is shown of one without blocks.
pub(super) struct Section<'a> {
    /// What links call it. Each is used once.
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block<'a>>,
}

/// A piece of a section.
pub(super) enum Block<'a> {
    Heading(String),
    Words(String),
    /// Something beside the matter.
    Note(String),
    Table(Table),
    /// A thing by its name, and what there is to say of it.
    Entry(String, Vec<String>),
    /// A command, to be copied.
    Command(String),
    /// On the page only.
    Picture(&'a Picture),
    /// On the page only, and folded there.
    Folded(String, Table),
    /// The text of a scenario, on the page only.
    Source {
        title: String,
        text: &'a str,
    },
    /// In the terminal only: what is drawn with letters.
    Letters(Box<dyn Fn(Style) -> String + 'a>),
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What it is about; may be empty.
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// How many rows were left out, and the file that has all.
    pub(super) left_out: Option<(usize, &'static str)>,
    /// Where the terminal shows some of the rows: which; the page has the others, and the file.
    pub(super) in_terminal: Option<(Vec<usize>, &'static str)>,
    /// Whether the terminal shows its first two columns as a sentence: `a = 1; b = 2.`.
    pub(super) as_sentence: bool,
}

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    /// Empty where the cells need no name.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// On a narrow terminal the columns with the largest rank go first, and those of rank 0 stay.
    pub(super) rank: u8,
}

/// How the cells of a column are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names: on one line, cut where the terminal is too narrow.
    Name,
    /// Numbers: to the right, never cut.
    Number,
    /// Sentences: in several lines where there is too little room.
    Words,
    /// What the terminal puts in brackets behind the cell before.
    Aside([&'static str; 2]),
}

/// The rank of a column that the terminal does not show.
pub(super) const ON_PAGE: u8 = u8::MAX;

/// A cell of a table.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Words(String),
    /// A name of the program's own.
    Code(String),
    Value(Option<Value>),
    /// A mean of that unit, with its interval.
    Mean(Unit, Option<Mean>),
    /// How an expectation came out, where there is one.
    Outcome(Option<Outcome>),
    /// When something happened: in words, and from when until when.
    Time(String, Window),
    /// A rule by its name, which leads to what it says.
    Rule(Rule),
    /// The same where it is said.
    RuleText(Rule),
}

impl<'a> Document<'a> {
    /// A document about a scenario; `more` is what there is to say of the run beside it.
    pub(super) fn about(scenario: &Scenario, more: &str) -> Document<'a> {
        let mut facts = facts(scenario);
        if !more.is_empty() {
            facts += &format!(", {more}");
        }
        Document {
            title: scenario.title.clone(),
            description: scenario.description.clone(),
            facts,
            ..Document::default()
        }
    }

    /// Adds a section.
    pub(super) fn section(
        &mut self,
        id: &'static str,
        heading: impl Into<String>,
        blocks: Vec<Block<'a>>,
    ) {
        let heading = heading.into();
        self.sections.push(Section {
            id,
            heading,
            blocks,
        });
    }
}

/// The stretch of time, the edition and the seed of a scenario.
fn facts(scenario: &Scenario) -> String {
    let mut run = duration(scenario.duration);
    if scenario.start.is_some() {
        let start = Clock::new(scenario.start).read(Time::START);
        run += &format!(" from {start} UTC");
    }
    format!(
        "{run}, edition {}, seed {}",
        scenario.edition, scenario.seed
    )
}

impl Table {
    pub(super) fn new(caption: impl Into<String>, columns: Vec<Column>) -> Table {
        Table {
            caption: caption.into(),
            columns,
            ..Table::default()
        }
    }

    pub(super) fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells: Vec<Cell> = cells.into_iter().map(Into::into).collect();
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// The block of it; none where it has no rows.
    pub(super) fn block<'a>(self) -> Option<Block<'a>> {
        (!self.rows.is_empty()).then_some(Block::Table(self))
    }
}

impl Column {
    fn of(name: &str, kind: Kind) -> Column {
        Column {
            name: name.to_owned(),
            kind,
            rank: 0,
        }
    }

    pub(super) fn name(name: &str) -> Column {
        Column::of(name, Kind::Name)
    }

    pub(super) fn number(name: &str) -> Column {
        Column::of(name, Kind::Number)
    }

    pub(super) fn words(name: &str) -> Column {
        Column::of(name, Kind::Words)
    }

    pub(super) fn aside(name: &str, brackets: [&'static str; 2]) -> Column {
        Column::of(name, Kind::Aside(brackets))
    }

    pub(super) fn rank(self, rank: u8) -> Column {
        Column { rank, ..self }
    }

    pub(super) fn on_page(self) -> Column {
        self.rank(ON_PAGE)
    }
}

impl From<String> for Cell {
    fn from(words: String) -> Cell {
        Cell::Words(words)
    }
}

impl From<&str> for Cell {
    fn from(words: &str) -> Cell {
        Cell::Words(words.to_owned())
    }
}

impl From<Measure> for Cell {
    fn from(measure: Measure) -> Cell {
        Cell::Code(measure.name().to_owned())
    }
}

impl From<Option<Value>> for Cell {
    fn from(value: Option<Value>) -> Cell {
        Cell::Value(value)
    }
}

/// How an outcome is called.
pub(super) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "pass",
        Outcome::Failed => "FAIL",
        Outcome::Undecided => "open",
    }
}
