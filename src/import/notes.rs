/// More names than these are counted in a message, not listed.
const LISTED: usize = 10;

/// The first of a list, and how many more there are.
pub(super) fn some(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len().saturating_sub(LISTED);
    let mut told: Vec<String> = all.take(LISTED).collect();
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join(", ")
}

/// What is to be noted of several things alike: one note for all of them, with their names.
#[derive(Debug, Default)]
pub(super) struct Alike(Vec<(String, Vec<String>)>);

impl Alike {
    pub(super) fn add(&mut self, what: impl Into<String>, name: impl Into<String>) {
        let (what, name) = (what.into(), name.into());
        match self.0.iter_mut().find(|(known, _)| *known == what) {
            Some((_, names)) => names.push(name),
            None => self.0.push((what, vec![name])),
        }
    }

    /// The notes, in the order in which the first name of each came.
    pub(super) fn notes(self) -> impl Iterator<Item = String> {
        let note =
            |(what, names): (String, Vec<String>)| format!("{what}: {}.", some(names.into_iter()));
        self.0.into_iter().map(note)
    }
}
