//! Cases that a plan holds against the scenario: what if some keys had other values?

use std::collections::BTreeSet;

use super::Override;
use crate::limits::WHAT_IFS;

/// A case: the scenario with other values of some keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// One line, which no other case has.
    pub title: String,
    /// Settings as `--set` takes them, in the order in which they take effect.
    pub set: Vec<String>,
}

const GRAMMAR: &str =
    "write \"TITLE: PATH=VALUE; PATH=VALUE\", as in \"longer: workspace.NAME.retention=90d\"";

impl WhatIf {
    /// From `TITLE: PATH=VALUE; PATH=VALUE`: the title ends at the first `: `, and `; ` separates
    /// settings.
    ///
    /// # Errors
    ///
    /// If there is no title or no setting, in words.
    pub fn read(text: &str) -> Result<WhatIf, String> {
        let Some((title, settings)) = text.split_once(": ") else {
            return Err(format!("it has no title; {GRAMMAR}"));
        };
        let settings = settings.trim().trim_end_matches(';');
        let settings = settings.split("; ").map(str::trim);
        WhatIf {
            title: title.trim().to_owned(),
            set: settings.map(str::to_owned).collect(),
        }
        .whole()
    }

    /// The same, if it says something.
    pub(super) fn whole(self) -> Result<WhatIf, String> {
        match self.set.iter().all(|setting| setting.is_empty()) {
            _ if self.title.trim().is_empty() => Err(format!("it has no title; {GRAMMAR}")),
            true => Err(format!("it sets nothing; {GRAMMAR}")),
            false => Ok(self),
        }
    }

    /// What it changes.
    pub fn overrides(&self) -> Vec<Override> {
        let settings = self.set.iter();
        let option = format!("what if {}", self.title);
        settings
            .map(|setting| Override::new(&option, setting))
            .collect()
    }

    /// The number of the first case that cannot stand beside those before it, and why.
    pub fn clash(cases: &[WhatIf]) -> Option<(usize, String)> {
        let mut titles = BTreeSet::new();
        let mut all = cases.iter();
        if let Some(at) = all.position(|case| !titles.insert(&case.title)) {
            let title = &cases[at].title;
            return Some((at, format!("two cases are called \"{title}\"")));
        }
        let most = usize::try_from(WHAT_IFS.most).expect("few");
        (cases.len() > most).then(|| (most, WHAT_IFS.exceeded()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_ends_at_the_first_colon_and_a_space() {
        let case = |text: &str| WhatIf::read(text).map(|case| (case.title, case.set));
        let of = |title: &str, set: &[&str]| {
            let set = set.iter().map(|setting| (*setting).to_owned());
            Ok((title.to_owned(), set.collect::<Vec<String>>()))
        };
        assert_eq!(case("a: x=1"), of("a", &["x=1"]));
        assert_eq!(case("a:b: x=1; y=c: d;"), of("a:b", &["x=1", "y=c: d"]));
        for wrong in ["", "x=1", ": x=1", "a: ", "a:x=1"] {
            assert!(case(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn titles_differ_and_there_are_not_too_many() {
        let cases = |titles: &[&str]| -> Vec<WhatIf> {
            let case = |title: &&str| WhatIf {
                title: (*title).to_owned(),
                set: vec!["seed=1".to_owned()],
            };
            titles.iter().map(case).collect()
        };
        assert_eq!(WhatIf::clash(&cases(&["a", "b"])), None);
        let (at, why) = WhatIf::clash(&cases(&["a", "b", "a"])).expect("two are equal");
        assert_eq!((at, why.as_str()), (2, "two cases are called \"a\""));
        let many: Vec<String> = (0..=WHAT_IFS.most).map(|at| at.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(WhatIf::clash(&cases(&many[1..])), None);
        let (at, why) = WhatIf::clash(&cases(&many)).expect("there are too many");
        assert_eq!(at as u64, WHAT_IFS.most);
        assert!(why.starts_with("more than"), "{why}");
    }
}
