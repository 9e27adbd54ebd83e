//! A later edition states what differs from the one it follows; all else it has from there.

use super::{Assumption, Edition, Parameter, RuleText};

/// Makes editions whole. Each stands after the one that it follows.
///
/// # Panics
///
/// If one follows what does not stand before it. The files are part of the program, and tests
/// read them all.
pub(super) fn whole(files: Vec<Edition>) -> Vec<Edition> {
    let mut whole: Vec<Edition> = Vec::new();
    for file in files {
        let edition = match &file.follows {
            None => file,
            Some(name) => {
                let before = whole.iter().find(|edition| edition.name == *name);
                after(before.expect("it follows an older one"), file)
            }
        };
        whole.push(edition);
    }
    whole
}

fn after(before: &Edition, own: Edition) -> Edition {
    Edition {
        parameters: merged(&before.parameters, own.parameters, &before.date),
        assumptions: merged(&before.assumptions, own.assumptions, &before.date),
        rules: merged(&before.rules, own.rules, &before.date),
        faults: match own.faults.is_empty() {
            true => before.faults.clone(),
            false => own.faults,
        },
        key_vault_limits: match own.key_vault_limits.is_empty() {
            true => before.key_vault_limits.clone(),
            false => own.key_vault_limits,
        },
        ..own
    }
}

/// Something that an edition states under a name.
trait Stated: Clone {
    fn name(&self) -> &str;
    /// The texts that may speak of "the page".
    fn texts(&mut self) -> Vec<&mut String>;
}

impl Stated for Parameter {
    fn name(&self) -> &str {
        &self.name
    }
    fn texts(&mut self) -> Vec<&mut String> {
        vec![&mut self.source, &mut self.note, &mut self.range_source]
    }
}

impl Stated for Assumption {
    fn name(&self) -> &str {
        &self.id
    }
    fn texts(&mut self) -> Vec<&mut String> {
        vec![&mut self.text, &mut self.note]
    }
}

impl Stated for RuleText {
    fn name(&self) -> &str {
        &self.id
    }
    fn texts(&mut self) -> Vec<&mut String> {
        vec![&mut self.text, &mut self.source]
    }
}

/// What an edition of this `date` stated, with `own` in the place of what it replaces.
fn merged<T: Stated>(before: &[T], mut own: Vec<T>, date: &str) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    for inherited in before {
        let anew = own.iter().position(|own| own.name() == inherited.name());
        all.push(match anew {
            Some(at) => own.remove(at),
            None => {
                let mut inherited = inherited.clone();
                for text in inherited.texts() {
                    *text = dated(text, date);
                }
                inherited
            }
        });
    }
    // An unknown name is kept, so that the tests see it.
    all.extend(own);
    all
}

/// `text` of an edition as it reads in another one, which has a page of its own: "the page"
/// with the date of that page, where it has none yet.
fn dated(text: &str, date: &str) -> String {
    let of = |text: String, page: &str| {
        let dated = format!("{page} of ");
        let parts = text.split(&dated);
        let parts: Vec<String> = parts
            .map(|part| part.replace(page, &format!("{dated}{date}")))
            .collect();
        parts.join(&dated)
    };
    ["the page", "The page"].into_iter().fold(text.into(), of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_keeps_the_date_that_it_has() {
        let texts = [
            ("the page, Live site", "the page of 1 May, Live site"),
            ("The page says so.", "The page of 1 May says so."),
            ("the page of 2 June, limits", "the page of 2 June, limits"),
            ("the clusters page of 3 July", "the clusters page of 3 July"),
            (
                "the page; the page of 2 June",
                "the page of 1 May; the page of 2 June",
            ),
        ];
        for (text, expected) in texts {
            assert_eq!(dated(text, "1 May"), expected);
            assert_eq!(dated(expected, "4 August"), expected);
        }
    }
}
