//! From the bytes of a scenario file to a [`Scenario`], or to everything that is wrong with it.

use std::collections::BTreeSet;
use std::path::Path;

use super::diagnostics::{Diagnostic, Diagnostics, Severity, Text};
use super::extend::{self, Extended, Files};
use super::file::{self, Table};
use super::measured::Measured;
use super::{Override, Scenario, layout, lint, validate};
use crate::limits::Limit;

/// A scenario that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What is meant.
    pub scenario: Scenario,
    /// What is surely not meant.
    pub warnings: Diagnostics,
    /// What is likely not meant: shown by `check`, not by every run.
    pub lints: Diagnostics,
    /// The text of the file, without a byte order mark, and below it those of what it extends.
    pub text: String,
}

/// Reads a scenario that stands alone. `name` is what messages call the file.
///
/// # Errors
///
/// Everything that is wrong with the file and the overrides, at once, in the order of the text.
pub fn read(name: &str, bytes: &[u8], overrides: &[Override]) -> Result<Reading, Diagnostics> {
    let alone = &mut |_: &str, _: &Limit| Err("this scenario is read alone".to_owned());
    read_with(name, bytes, overrides, alone)
}

/// Reads a scenario that may extend others, which `files` reads.
///
/// # Errors
///
/// Everything that is wrong with the file, with what it extends and with the overrides, at once.
pub fn read_with(
    name: &str,
    bytes: &[u8],
    overrides: &[Override],
    files: &mut Files<'_>,
) -> Result<Reading, Diagnostics> {
    Draft::read(name, bytes, overrides, files)?.reading()
}

/// A scenario as it is written, together with what it extends and what is set from outside,
/// before anybody asks what it means.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) texts: Vec<Text>,
    bases: usize,
    pub(super) extended: Extended,
    /// What distributions name.
    pub(super) measured: Measured,
    /// What is wrong with the overrides.
    complaints: Vec<Diagnostic>,
}

impl Draft {
    /// As [`read_with`], which asks for the meaning at once.
    ///
    /// # Errors
    ///
    /// If the file cannot even be decoded. All other mistakes are those of [`Draft::reading`].
    pub fn read(
        name: &str,
        bytes: &[u8],
        overrides: &[Override],
        files: &mut Files<'_>,
    ) -> Result<Draft, Diagnostics> {
        let (content, wrong) = file::decode(0, bytes);
        let mut texts = vec![Text::new(name.to_owned(), content)];
        // What cannot be decoded is not worth parsing.
        if !wrong.is_empty() {
            texts.extend(overrides.iter().map(Override::text));
            return Err(Diagnostics::new(texts, wrong));
        }
        let mut extended = extend::extended(&mut texts, files);
        let bases = texts.len() - 1;
        let complaints = apply(overrides, &mut extended.root, texts.len());
        texts.extend(overrides.iter().map(Override::text));
        let measured = Measured::read(&mut extended.root, files);
        Ok(Draft {
            texts,
            bases,
            extended,
            measured,
            complaints,
        })
    }

    /// The same with its files named from another folder; `folder` is its own one as seen from
    /// there.
    #[must_use]
    pub fn seen_from(mut self, folder: &Path) -> Draft {
        extend::move_files(&mut self.extended.root, folder);
        self.measured = self.measured.seen_from(folder);
        self
    }

    /// The same as the text of one file without comments, and the scenario that it means.
    ///
    /// # Errors
    ///
    /// What is wrong with it: it may have become too long.
    ///
    /// # Panics
    ///
    /// If the text means something else, which only a bug can cause.
    pub fn laid_out(&self) -> Result<(String, Scenario), Diagnostics> {
        let (meant, ..) = self.clone().meaning()?;
        let text = layout::laid_out(&self.extended.root);
        let (content, wrong) = file::decode(0, text.as_bytes());
        let texts = vec![Text::new(self.texts[0].name.clone(), content)];
        if !wrong.is_empty() {
            return Err(Diagnostics::new(texts, wrong));
        }
        let (root, syntax) = file::parse(0, &text);
        let again = Draft {
            texts,
            bases: 0,
            extended: Extended {
                root,
                syntax,
                broken: Vec::new(),
            },
            measured: self.measured.clone(),
            complaints: Vec::new(),
        };
        let (read, ..) = again.meaning()?;
        assert!(read == meant, "what is laid out means the same:\n{text}");
        Ok((text, meant))
    }

    /// What it means.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn reading(self) -> Result<Reading, Diagnostics> {
        let bases = self.bases;
        let (scenario, warnings, root) = self.meaning()?;
        let lints = lint::lints(&scenario, &root);
        Ok(Reading {
            lints: warnings.with_the_texts(lints),
            scenario,
            text: warnings.file_text(bases),
            warnings,
        })
    }

    /// The same without the hints: the scenario, the warnings, and the tree.
    pub(super) fn meaning(self) -> Result<(Scenario, Diagnostics, Table), Diagnostics> {
        let Draft {
            texts,
            bases: _,
            extended,
            measured,
            mut complaints,
        } = self;
        let (scenario, found) = validate::scenario(&extended.root, measured);
        complaints.extend(believable(found, &extended, &texts));
        let Extended {
            root,
            syntax,
            broken,
        } = extended;
        complaints.extend(syntax);
        complaints.extend(broken);
        let wrong = complaints
            .iter()
            .any(|complaint| complaint.severity() == Severity::Error);
        if wrong {
            // What an error leaves out may look unintended.
            complaints.retain(|complaint| complaint.severity() == Severity::Error);
        }
        let diagnostics = Diagnostics::new(texts, complaints);
        match scenario {
            Some(scenario) if !wrong => Ok((scenario, diagnostics, root)),
            _ if wrong => Err(diagnostics),
            _ => unreachable!("a scenario without a complaint is whole"),
        }
    }
}

/// Puts all overrides into a tree; `text` is the number of the text of the first.
fn apply(overrides: &[Override], root: &mut Table, text: usize) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    for (index, set) in overrides.iter().enumerate() {
        if let Err(complaint) = set.apply(root, text + index) {
            complaints.push(complaint);
        }
    }
    if let Some(late) = root.get("extends") {
        complaints.push(
            Diagnostic::error(late.key_span, "`extends` cannot be set on the command line")
                .help("write extends = \"base.toml\" in a file of its own"),
        );
    }
    complaints
}

/// Where the syntax is wrong, or a base could not be read, the tree has holes: what they cause is
/// left out.
fn believable(found: Vec<Diagnostic>, extended: &Extended, texts: &[Text]) -> Vec<Diagnostic> {
    if extended.syntax.is_empty() && extended.broken.is_empty() {
        return found;
    }
    let place = |complaint: &Diagnostic| {
        let span = complaint.span();
        (span.text, texts[span.text].line(span.start))
    };
    let lines: BTreeSet<(usize, usize)> = extended.syntax.iter().map(place).collect();
    // Behind a broken header keys seem to belong to the table before it.
    let is_header =
        |(text, line): (usize, usize)| texts[text].line_text(line).trim_start().starts_with('[');
    let mut lost = vec![usize::MAX; texts.len()];
    for &(text, line) in lines.iter().filter(|at| is_header(**at)) {
        lost[text] = lost[text].min(line);
    }
    found
        .into_iter()
        .filter(|complaint| {
            let (text, line) = place(complaint);
            let beside = lines.contains(&(text, line)) || line > lost[text];
            !complaint.is_consequence() && !beside
        })
        .collect()
}
