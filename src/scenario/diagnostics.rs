//! What is wrong with a scenario, where, and what would be right.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::error::Error;
use crate::foreign::{message, sanitize, sanitize_lines};

/// More than these are counted, not shown: a file of random bytes would take minutes to print.
const SHOWN: usize = 100;

/// A stretch of one of the texts that a scenario was read from, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// 0: the file; then its bases; then the overrides.
    pub(super) text: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    /// The stretch `from..to` of this one, in bytes counted from its beginning.
    pub(super) fn within(self, from: usize, to: usize) -> Span {
        Span {
            start: self.start + from,
            end: self.start + to,
            ..self
        }
    }
}

/// A text that was read: the file, a base of it, or an override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) name: String,
    pub(super) content: String,
    /// Where its lines begin.
    starts: Vec<usize>,
}

impl Text {
    pub(super) fn new(name: String, content: String) -> Text {
        let ends = content.match_indices('\n').map(|(at, _)| at + 1);
        Text {
            starts: std::iter::once(0).chain(ends).collect(),
            name,
            content,
        }
    }

    /// The line, from 0, in which a byte stands.
    pub(super) fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at) - 1
    }

    /// A line, from 0, with its end.
    pub(super) fn line_text(&self, line: usize) -> &str {
        &self.content[self.starts[line]..self.line_end(line)]
    }

    /// Where the line after a line, from 0, begins.
    pub(super) fn line_end(&self, line: usize) -> usize {
        let next = self.starts.get(line + 1).copied();
        next.unwrap_or(self.content.len())
    }
}

/// Whether it stops the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be taken.
    Error,
    /// It can, but is likely not what was meant.
    Warning,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic(Box<Parts>);

/// Boxed, so that a result with a diagnostic in it stays small.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    severity: Severity,
    message: String,
    span: Span,
    label: String,
    also: Vec<(Span, String)>,
    help: Vec<String>,
    remedies: Vec<(Span, String)>,
    /// Likely caused by another mistake, when there is one.
    consequence: bool,
}

impl Diagnostic {
    pub(super) fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, span, message.into())
    }

    pub(super) fn warning(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, span, message.into())
    }

    /// A mistake that follows from one that was told: it is not filed.
    pub(super) fn told(span: Span) -> Diagnostic {
        Diagnostic::error(span, "")
    }

    fn new(severity: Severity, span: Span, message: String) -> Diagnostic {
        Diagnostic(Box::new(Parts {
            severity,
            message,
            span,
            label: String::new(),
            also: Vec::new(),
            help: Vec::new(),
            remedies: Vec::new(),
            consequence: false,
        }))
    }

    /// What stands under the underlined text.
    pub(super) fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.0.label = label.into();
        self
    }

    /// Another place that has to do with it.
    pub(super) fn also(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.0.also.push((span, label.into()));
        self
    }

    /// What to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.0.help.push(help.into());
        self
    }

    /// Asks whether one of these keys was meant; each is a remedy.
    pub(super) fn meant_keys(self, keys: &[&str]) -> Diagnostic {
        let asked = format!("did you mean {}?", one_of(keys.iter().copied()));
        let complaint = self.label(asked);
        keys.iter()
            .fold(complaint, |so_far, key| so_far.remedy(*key))
    }

    /// The same of values in quotes.
    pub(super) fn meant_texts(self, texts: &[&str]) -> Diagnostic {
        let asked = format!("did you mean {}?", one_text_of(texts.iter().copied()));
        let quoted = texts.iter().map(|text| format!("\"{text}\""));
        quoted.fold(self.label(asked), Diagnostic::remedy)
    }

    /// What the text at its place should be.
    pub(super) fn remedy(self, text: impl Into<String>) -> Diagnostic {
        let span = self.0.span;
        self.remedy_at(span, text)
    }

    /// What the text elsewhere should be.
    pub(super) fn remedy_at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.0.remedies.push((span, text.into()));
        self
    }

    /// It is left out when the text could not even be parsed: what is missing may stand where
    /// the parser lost its way.
    pub(super) fn consequence(mut self) -> Diagnostic {
        self.0.consequence = true;
        self
    }

    pub(super) fn is_consequence(&self) -> bool {
        self.0.consequence
    }

    pub(super) fn span(&self) -> Span {
        self.0.span
    }

    /// Whether it stops the scenario.
    pub fn severity(&self) -> Severity {
        self.0.severity
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What stands under the underlined text; may be empty.
    pub fn under(&self) -> &str {
        &self.0.label
    }

    /// What to do, in sentences.
    pub fn advice(&self) -> &[String] {
        &self.0.help
    }
}

/// Where a mistake stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location<'a> {
    /// The file as it was named, or the override.
    pub file: &'a str,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Its first byte in the text of that file, from 0.
    pub from: usize,
    /// The byte behind its last one.
    pub to: usize,
}

/// A text that would mend a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy<'a> {
    /// What it replaces.
    pub place: Location<'a>,
    /// The text.
    pub text: &'a str,
}

/// All mistakes of a scenario, in the order of the text, with the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    texts: Vec<Text>,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Sorted by place, without duplicates.
    pub(super) fn new(texts: Vec<Text>, mut list: Vec<Diagnostic>) -> Diagnostics {
        list.sort_by(|a, b| (a.0.span, &a.0.message).cmp(&(b.0.span, &b.0.message)));
        list.dedup();
        Diagnostics { texts, list }
    }

    /// Others of the same texts.
    pub(super) fn with_the_texts(&self, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(self.texts.clone(), list)
    }

    /// The text of the file, and below it those of its `bases`, the nearest first.
    pub(super) fn file_text(&self, bases: usize) -> String {
        let (file, others) = self.texts.split_first().expect("a file was read");
        let mut whole = file.content.clone();
        for base in &others[..bases] {
            if !whole.ends_with('\n') {
                whole.push('\n');
            }
            whole += "\n# ==== What it extends:\n\n";
            whole += &base.content;
        }
        whole
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Every mistake with its place, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (Location<'_>, &Diagnostic)> {
        self.list
            .iter()
            .map(|diagnostic| (self.location(diagnostic.0.span), diagnostic))
    }

    /// The texts of which each would mend a mistake, the likeliest first; there may be none.
    pub fn remedies<'a>(&'a self, diagnostic: &'a Diagnostic) -> impl Iterator<Item = Remedy<'a>> {
        diagnostic.0.remedies.iter().map(|(span, text)| Remedy {
            place: self.location(*span),
            text,
        })
    }

    /// The text of the scenario's own file, as it was read.
    pub fn own_text(&self) -> &str {
        &self.texts[0].content
    }

    /// Whether a place is in the scenario's own file.
    pub fn is_own(&self, place: Location<'_>) -> bool {
        place.file == self.texts[0].name
    }

    /// All of them as text for a terminal: file, line, column, the offending text underlined,
    /// and what would be right.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let mut rendered: Vec<String> = self
            .list
            .iter()
            .take(SHOWN)
            .map(|diagnostic| self.render_one(&renderer, diagnostic))
            .collect();
        if self.list.len() > SHOWN {
            rendered.push(format!("and {} more\n", self.list.len() - SHOWN));
        }
        rendered.join("\n")
    }

    fn location(&self, span: Span) -> Location<'_> {
        let text = &self.texts[span.text];
        let line = text.line(span.start);
        let before = &text.content[text.starts[line]..span.start];
        Location {
            file: &text.name,
            line: line + 1,
            column: before.chars().count() + 1,
            from: span.start,
            to: span.end,
        }
    }

    fn render_one(&self, renderer: &Renderer, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.0.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = level
            .primary_title(message(&diagnostic.0.message))
            .element(self.snippet(diagnostic.0.span.text, diagnostic));
        for text in (0..self.texts.len()).filter(|&text| text != diagnostic.0.span.text) {
            if diagnostic.0.also.iter().any(|(span, _)| span.text == text) {
                group = group.element(self.snippet(text, diagnostic));
            }
        }
        for help in &diagnostic.0.help {
            group = group.element(Level::HELP.message(message(help)));
        }
        let mut rendered = renderer.render(&[group]);
        rendered.push('\n');
        rendered
    }

    /// The lines of one text that a diagnostic points into, and no others: the renderer looks
    /// at all that it is given.
    fn snippet<'a>(
        &'a self,
        text: usize,
        diagnostic: &'a Diagnostic,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let read = &self.texts[text];
        let spans = || {
            std::iter::once(diagnostic.0.span)
                .chain(diagnostic.0.also.iter().map(|(span, _)| *span))
                .filter(move |span| span.text == text)
        };
        let first = read.line(spans().map(|span| span.start).min().unwrap_or(0));
        let last = read.line(spans().map(|span| span.end).max().unwrap_or(0));
        let from = read.starts[first];
        let to = read.starts[last] + read.line_text(last).len();
        let lines = &read.content[from..to];
        // What is shown may be longer or shorter than what was read. The end of a line may be two
        // characters, and what points between them points at its end.
        let place = |at: usize| sanitize_lines(lines[..at - from].trim_end_matches('\r')).len();
        let mut snippet = Snippet::source(sanitize_lines(lines))
            .path(sanitize(&read.name))
            .line_start(first + 1);
        if diagnostic.0.span.text == text {
            let range = place(diagnostic.0.span.start)..place(diagnostic.0.span.end);
            let label = (!diagnostic.0.label.is_empty()).then(|| message(&diagnostic.0.label));
            snippet = snippet.annotation(AnnotationKind::Primary.span(range).label(label));
        }
        for (span, label) in diagnostic
            .0
            .also
            .iter()
            .filter(|(span, _)| span.text == text)
        {
            let range = place(span.start)..place(span.end);
            snippet = snippet.annotation(AnnotationKind::Context.span(range).label(message(label)));
        }
        snippet
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Error {
        Error::scenario(diagnostics.render(false))
    }
}

/// Where mistakes are gathered.
#[derive(Debug, Default)]
pub(super) struct Complaints(std::cell::RefCell<Vec<Diagnostic>>);

impl Complaints {
    pub(super) fn file(&self, diagnostic: Diagnostic) {
        if !diagnostic.message().is_empty() {
            self.0.borrow_mut().push(diagnostic);
        }
    }

    pub(super) fn into_list(self) -> Vec<Diagnostic> {
        self.0.into_inner()
    }
}

/// The known name that is spelled most like `found`, if one is near: at most a third of it
/// differs.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody types a name of more than 64 letters by mistake; comparing takes their product.
    if found.len() > 64 {
        return None;
    }
    let lower = found.to_lowercase().replace('-', "_");
    known
        .into_iter()
        // A file with more names than this, all wrong, still ends soon.
        .take(200)
        .filter(|name| name.len() <= 64)
        .map(|name| {
            let distance =
                strsim::damerau_levenshtein(&lower, &name.to_lowercase().replace('-', "_"));
            (distance, name)
        })
        .filter(|(distance, name)| distance * 3 <= found.len().max(name.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `a`, `b` or `c`, each in backquotes, as keys are shown.
pub(super) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    listed('`', names)
}

/// "a", "b" or "c", each in quotes, as values are written.
pub(super) fn one_text_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    listed('"', names)
}

/// The first ones, if there are very many.
fn listed<'a>(quote: char, names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 50;
    let mut names = names.into_iter();
    let first = names.by_ref().take(MOST);
    let mut quoted: Vec<String> = first.map(|name| format!("{quote}{name}{quote}")).collect();
    let more = names.count();
    if more > 0 {
        quoted.push(format!("one of {more} more"));
    }
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
