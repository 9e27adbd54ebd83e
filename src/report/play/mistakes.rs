//! What is wrong with a text, with the places that an editor marks.

use serde::Serialize;

use crate::scenario::{Diagnostics, Location, Severity};

/// Something that is wrong with a scenario, or likely not what was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// `error`, `warning`, or `hint` where the scenario is right and an effect may surprise.
    pub severity: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// More of it; may be empty.
    pub label: String,
    /// The file, where it is another one than the text.
    pub file: Option<String>,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Where it begins in the text, in UTF-16 units, as browsers count.
    pub from: Option<usize>,
    /// Where it ends.
    pub to: Option<usize>,
    /// What to do, in sentences.
    pub help: Vec<String>,
    /// What would mend it.
    pub remedies: Vec<Mend>,
}

/// A text that would mend a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mend {
    /// Where what it replaces begins in the text, in UTF-16 units.
    pub from: usize,
    /// Where that ends.
    pub to: usize,
    /// What should stand there.
    pub text: String,
    /// The same for people.
    pub says: String,
}

/// More are not for people.
const MOST: usize = 100;

/// The first 100 mistakes of a text; `hints` are right, but worth a thought.
pub fn mistakes(found: &Diagnostics, hints: bool) -> Vec<Mistake> {
    let text = found.own_text();
    let units = |at: usize| text.get(..at).map(|before| before.encode_utf16().count());
    let place = |at: Location<'_>| {
        let own = found.is_own(at);
        [at.from, at.to].map(|at| units(at).filter(|_| own))
    };
    let one = |(at, mistake)| {
        let [from, to] = place(at);
        let mistake: &crate::scenario::Diagnostic = mistake;
        let remedies = found.remedies(mistake).filter_map(|remedy| {
            let [from, to] = place(remedy.place);
            Some(Mend {
                from: from?,
                to: to?,
                text: remedy.text.to_owned(),
                says: format!("write {}", remedy.text),
            })
        });
        Mistake {
            severity: match mistake.severity() {
                Severity::Error => "error",
                Severity::Warning if hints => "hint",
                Severity::Warning => "warning",
            },
            message: mistake.message().to_owned(),
            label: mistake.under().to_owned(),
            file: from.is_none().then(|| at.file.to_owned()),
            line: at.line,
            column: at.column,
            from,
            to,
            help: mistake.advice().to_vec(),
            remedies: remedies.collect(),
        }
    };
    found.iter().take(MOST).map(one).collect()
}
