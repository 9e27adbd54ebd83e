//! From the bytes of a scenario file to a [`Scenario`], or to everything that is wrong with it.

use std::collections::BTreeSet;

use super::diagnostics::{Diagnostic, Diagnostics, Severity, Text};
use super::{Override, Scenario, file, validate};

/// A scenario that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What is meant.
    pub scenario: Scenario,
    /// What is likely not meant.
    pub warnings: Diagnostics,
    /// The text of the file, without a byte order mark.
    pub text: String,
}

/// Reads a scenario. `name` is what messages call the file.
///
/// # Errors
///
/// Everything that is wrong with the file and the overrides, at once, in the order of the text.
pub fn read(name: &str, bytes: &[u8], overrides: &[Override]) -> Result<Reading, Diagnostics> {
    let (content, mut complaints) = file::decode(bytes);
    let mut texts = vec![Text::new(name.to_owned(), content)];
    texts.extend(overrides.iter().map(Override::text));
    // What cannot be decoded is not worth parsing.
    if !complaints.is_empty() {
        return Err(Diagnostics::new(texts, complaints));
    }
    let (mut root, syntax) = file::parse(0, &texts[0].content);
    for (index, set) in overrides.iter().enumerate() {
        if let Err(complaint) = set.apply(&mut root, index + 1) {
            complaints.push(complaint);
        }
    }
    let (scenario, found) = validate::scenario(&root);
    complaints.extend(believable(found, &syntax, &texts[0]));
    complaints.extend(syntax);
    let wrong = complaints
        .iter()
        .any(|complaint| complaint.severity() == Severity::Error);
    if wrong {
        // What an error leaves out may look unintended.
        complaints.retain(|complaint| complaint.severity() == Severity::Error);
    }
    let diagnostics = Diagnostics::new(texts, complaints);
    match scenario {
        Some(scenario) if !wrong => Ok(Reading {
            scenario,
            text: diagnostics.file_text().to_owned(),
            warnings: diagnostics,
        }),
        _ if wrong => Err(diagnostics),
        _ => unreachable!("a scenario without a complaint is whole"),
    }
}

/// Where the syntax is wrong, the tree has holes: what they cause is left out.
fn believable(found: Vec<Diagnostic>, syntax: &[Diagnostic], file: &Text) -> Vec<Diagnostic> {
    if syntax.is_empty() {
        return found;
    }
    let line = |complaint: &Diagnostic| file.line(complaint.span().start);
    let lines: BTreeSet<usize> = syntax.iter().map(line).collect();
    // Behind a broken header keys seem to belong to the table before it.
    let header = |line: &usize| file.line_text(*line).trim_start().starts_with('[');
    let lost = lines.iter().copied().find(header).unwrap_or(usize::MAX);
    found
        .into_iter()
        .filter(|complaint| {
            let at = line(complaint);
            let beside = complaint.span().text == 0 && (lines.contains(&at) || at > lost);
            !complaint.is_consequence() && !beside
        })
        .collect()
}
