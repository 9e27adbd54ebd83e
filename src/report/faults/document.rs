//! What was found, for people.

use super::super::chart::Picture;
use super::super::document::{Block, Column, Document, Table};
use super::super::format::{
    count, duration, percent, range, replications, shares, short_percent, value,
};
use super::super::terminal::{self, Style};
use super::file::cut_name;
use super::{Faults, answer};
use crate::experiment::faults::{Covered, Cut};

/// The answer in the first line, the sequences, how important each fault is, and what was covered.
pub fn faults_text(faults: &Faults<'_>, style: Style) -> String {
    terminal::text(&document(faults, "", None), style)
}

/// The same for a scenario whose TOML is `source`.
pub(super) fn document<'a>(
    faults: &Faults<'_>,
    source: &'a str,
    picture: Option<&'a Picture>,
) -> Document<'a> {
    let number = faults.faults.len() as u64;
    let how = format!(
        "{} faults, {}",
        count(number),
        replications(faults.replications)
    );
    let mut document = Document::about(faults.scenario, &how);
    document.answers.push(answer(faults));
    let picture = picture.map(Block::Picture);
    document.section("picture", "At a glance", picture.into_iter().collect());
    let found = faults.found;
    let heading = "Minimal cut sequences";
    document.section("sequences", heading, sequences(faults, &found.cuts, true));
    let heading = "Undecided: ask for more replications";
    document.section(
        "undecided",
        heading,
        sequences(faults, &found.undecided, false),
    );
    document.section("importance", "Faults", importance(faults));
    document.section("covered", "What was covered", covered(faults));
    document.rest(faults.scenario, &[], source);
    document
}

/// Each sequence as an entry.
fn sequences<'a>(faults: &Faults<'_>, cuts: &[Cut], minimal: bool) -> Vec<Block<'a>> {
    let rates = faults.rates();
    let entry = |(at, cut): (usize, &Cut)| {
        let mut lines = Vec::new();
        let parts = cut
            .parts
            .iter()
            .zip(faults.names(cut))
            .zip(faults.when(cut));
        for ((part, name), when) in parts {
            let (first, last) = part.within;
            let all = match first == last {
                true => String::new(),
                false => format!("; in all from {}", range(&duration(first), &duration(last))),
            };
            lines.push(format!("{name}: {when}{all}"));
        }
        if cut.parts.len() > 1 && cut.apart.0 != cut.apart.1 {
            let ends = cut.apart;
            let ends = range(&duration(ends.0), &duration(ends.1));
            lines.push(format!("Time between them: {ends}"));
        }
        let of = match cut.parts.len() {
            1 => "instants",
            _ => "pairs of instants",
        };
        lines.push(format!(
            "At {} of all {of}",
            short_percent(faults.part(cut))
        ));
        let expectation = faults.expectation(cut);
        let worst = value(cut.verdict.worst_value(expectation.measure));
        let share = faults.share(cut);
        let often = match (faults.replications, share.share(), share.interval()) {
            (2.., Some(part), Some(ends)) => {
                format!(
                    ", in {} of the replications ({})",
                    percent(part),
                    shares(ends)
                )
            }
            _ => String::new(),
        };
        lines.push(format!("Fails {}: {worst}{often}", expectation.text));
        if let Some(rate) = faults.rate(cut, &rates) {
            lines.push(match rate {
                0.01.. => format!("About {rate:.2} times a year"),
                _ => format!("About {rate:.2e} times a year"),
            });
        }
        lines.push(match minimal {
            true => format!("File: faults/{}", cut_name(faults, at)),
            false => format!("Found in replication {}", cut.replication),
        });
        Block::Entry(faults.names(cut).join(", then "), lines)
    };
    cuts.iter().enumerate().map(entry).collect()
}

/// How often each fault comes, and how important it is.
fn importance<'a>(faults: &Faults<'_>) -> Vec<Block<'a>> {
    let (shares, of_rates) = faults.importance();
    let rates = faults.rates();
    let mut columns = vec![Column::name("Fault")];
    let (has_cuts, has_rates) = (
        !faults.found.cuts.is_empty(),
        rates.iter().any(Option::is_some),
    );
    columns.extend(has_cuts.then(|| Column::number("Importance")));
    columns.extend(has_rates.then(|| Column::number("A year")));
    let mut table = Table::new("", columns);
    for ((fault, share), rate) in faults.faults.iter().zip(shares).zip(&rates) {
        let mut row = vec![fault.name.clone()];
        row.extend(has_cuts.then(|| percent(share)));
        let rate = rate.map_or_else(String::new, |rate| format!("{rate:.3}"));
        row.extend(has_rates.then_some(rate));
        table.row(row);
    }
    let of = match of_rates {
        true => "Importance: share of the summed rate of the minimal cut sequences that have it.",
        false => "Importance: share of the minimal cut sequences that have it.",
    };
    let note = has_cuts.then(|| Block::Note(of.to_owned()));
    table.block().into_iter().chain(note).collect()
}

/// What was looked at, and what not.
fn covered<'a>(faults: &Faults<'_>) -> Vec<Block<'a>> {
    if faults.found.covered.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        Column::number("Faults"),
        Column::number("Sets"),
        Column::number("Every"),
        Column::number("Instants"),
        Column::number("Classes"),
        Column::number("Replays"),
    ];
    let mut table = Table::new("", columns);
    for (at, of) in faults.found.covered.iter().enumerate() {
        let Covered {
            sets,
            spacing,
            points,
            classes,
            replays,
        } = *of;
        let mut row = vec![count(at as u64 + 1), count(sets), duration(spacing)];
        row.extend([points, classes, replays].map(count));
        table.row(row);
    }
    let mut words = vec![
        "A fault begins at a whole second of the run; of two, every combination of seconds counts. \
         Where one alone breaks the promise, no second one was tried. The corners of every class \
         were replayed, and no other instants of it."
            .to_owned(),
    ];
    words.push(match faults.found.exact {
        true => "Within a class everything happens in one order, and times only shift: what is \
                 linear in them is worst at a corner. Volumes are not where the intake varies."
            .to_owned(),
        false => "Accounts poll less often than every second, so within a class they poll \
                  otherwise: a class is sampled at its corners, which agree, and not covered. Of \
                  two faults, classes are looked for as often as accounts may poll, and where one \
                  of a single fault begins: one that lies between can be missed."
            .to_owned(),
    });
    let words = words.into_iter().map(Block::Note);
    table.block().into_iter().chain(words).collect()
}
