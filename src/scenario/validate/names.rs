//! Names of things, and the references to them.

use std::collections::BTreeMap;

use super::super::diagnostics::{Complaints, Diagnostic, Span, nearest, one_text_of};
use super::super::file::Written;
use super::context::Context;
use super::fields::Fields;
use super::scalar;

/// The names of one kind of thing, in the order of the file.
pub(in crate::scenario) struct Names {
    /// In the plural, as in "clusters".
    what: &'static str,
    /// `None`: it has no readable name.
    list: Vec<Option<(String, Span)>>,
    /// The first of each name.
    indices: BTreeMap<String, usize>,
}

impl Names {
    pub(in crate::scenario) fn new(what: &'static str) -> Names {
        Names {
            what,
            list: Vec::new(),
            indices: BTreeMap::new(),
        }
    }

    /// Takes the next name in; complains if it is there already.
    pub(in crate::scenario) fn add(
        &mut self,
        name: Option<(String, Span)>,
        complaints: &Complaints,
    ) {
        if let Some((name, span)) = &name
            && let Some(first) = self.index(name).and_then(|at| self.span(at))
        {
            complaints.file(
                Diagnostic::error(*span, format!("two {} are named `{name}`", self.what))
                    .label("the second")
                    .also(first, "the first")
                    .help("give one of them another name"),
            );
        }
        self.push(name);
    }

    /// Takes the next name in, whether it is there already or not.
    pub(super) fn push(&mut self, name: Option<(String, Span)>) {
        if let Some((name, _)) = &name {
            let next = self.list.len();
            self.indices.entry(name.clone()).or_insert(next);
        }
        self.list.push(name);
    }

    /// Reads the name of a thing from its table and takes it in, readable or not. `what` is what
    /// messages call the thing.
    pub(super) fn own(
        &mut self,
        fields: &mut Fields<'_>,
        what: &str,
        context: &Context,
    ) -> Option<String> {
        let name = fields.required("name", |written| {
            scalar::name(written).map(|name| (name, written.span))
        });
        if let Some((name, _)) = &name {
            fields.called(format!("{what} `{name}`"));
        }
        self.add(name.clone(), &context.complaints);
        name.map(|(name, _)| name)
    }

    pub(in crate::scenario) fn index(&self, name: &str) -> Option<usize> {
        self.indices.get(name).copied()
    }

    pub(in crate::scenario) fn span(&self, index: usize) -> Option<Span> {
        self.list[index].as_ref().map(|(_, span)| *span)
    }

    pub(in crate::scenario) fn all(&self) -> impl Iterator<Item = &str> {
        self.list.iter().flatten().map(|(name, _)| name.as_str())
    }

    pub(in crate::scenario) fn len(&self) -> usize {
        self.list.len()
    }

    /// The index of the thing named by a value.
    pub(in crate::scenario) fn find(&self, written: &Written) -> Result<usize, Diagnostic> {
        let name = scalar::text(written)?;
        self.index(name)
            .ok_or_else(|| self.not_found(name, written.span))
    }

    /// The complaint that nothing has this name, which stands there in quotes.
    pub(in crate::scenario) fn not_found(&self, name: &str, span: Span) -> Diagnostic {
        match self.unknown(name, span) {
            (complaint, Some(near)) => complaint.meant_texts(&[near]),
            (complaint, None) => complaint,
        }
    }

    /// The same of a name that is a part of a text.
    pub(in crate::scenario) fn not_found_within(&self, name: &str, span: Span) -> Diagnostic {
        match self.unknown(name, span) {
            (complaint, Some(near)) => {
                let complaint = complaint.label(format!("did you mean \"{near}\"?"));
                complaint.remedy(near)
            }
            (complaint, None) => complaint,
        }
    }

    /// The complaint, and the name that was likely meant.
    fn unknown(&self, name: &str, span: Span) -> (Diagnostic, Option<&str>) {
        if self.list.is_empty() {
            // The list itself is wrong.
            return (Diagnostic::told(span), None);
        }
        let complaint =
            Diagnostic::error(span, format!("none of the {} is named {name:?}", self.what))
                .consequence();
        match nearest(name, self.all()) {
            None => {
                let known = format!("known here: {}", one_text_of(self.all()));
                (complaint.help(known), None)
            }
            near => (complaint, near),
        }
    }

    /// The index of the thing that `key` of a table names; the only one, if it names none.
    pub(super) fn resolve(
        &self,
        fields: &Fields<'_>,
        key: &'static str,
        complaints: &Complaints,
    ) -> Option<usize> {
        if let Some(entry) = fields.get(key) {
            return self
                .find(&entry.value)
                .map_err(|complaint| complaints.file(complaint))
                .ok();
        }
        if self.len() > 1 {
            complaints.file(self.ambiguous(fields.span(), fields.what(), key));
            return None;
        }
        // None: the list itself is wrong.
        (self.len() == 1).then_some(0)
    }

    /// The complaint that there are several and none is named.
    pub(in crate::scenario) fn ambiguous(&self, span: Span, what: &str, key: &str) -> Diagnostic {
        Diagnostic::error(
            span,
            format!(
                "{what} has no `{key}`, and there are {} {}",
                self.len(),
                self.what
            ),
        )
        .help(format!("say which: {key} = {}", one_text_of(self.all())))
        .consequence()
    }
}
