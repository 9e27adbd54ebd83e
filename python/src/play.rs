//! The page of `cmksim play`, put together by the program's own file.

use std::collections::BTreeMap;

use cmksim::limits::{Limit, PAGE_BYTES};
use cmksim::scenario::{Draft, Override, rewritten};

use self::program::page;
use self::program::source::InPage;
use super::failure::Failure as Wrong;
use super::source::Source;

/// What the page's file names of the program: why it ends early.
mod failure {
    #[derive(Debug)]
    pub(super) struct Failure(pub(super) String);

    impl Failure {
        pub(super) fn broken(why: String) -> Failure {
            Failure(why)
        }
    }
}

mod program;

/// The page of a scenario, with what is set written into its text.
pub(crate) fn html(of: &Source) -> Result<String, Wrong> {
    let not_text = |what: &str| Wrong::Wrong(format!("{what}: this is not UTF-8"));
    let mut text = String::from_utf8(of.bytes.clone()).map_err(|_| not_text(&of.name))?;
    let name = of.name.rsplit('/').next().unwrap_or_default().to_owned();
    let mut read = |file: &str, limit: &Limit| of.file(file, limit);
    for set in &of.set {
        let change = Override::new("set", set);
        text = rewritten(&name, &text, &change, &mut read)
            .map_err(|why| Wrong::Wrong(format!("{set}: {why}")))?;
    }
    // What it names is kept as it is read.
    Draft::read(&name, text.as_bytes(), &[], &mut read)?;
    let mut files = BTreeMap::new();
    for (file, bytes) in of.files() {
        let text = String::from_utf8(bytes).map_err(|_| not_text(&file))?;
        files.insert(file, text);
    }
    let bytes: usize = files.values().map(String::len).sum();
    if !PAGE_BYTES.allows(bytes as u64) {
        return Err(Wrong::Wrong(PAGE_BYTES.exceeded()));
    }
    let set = of.set.iter().map(|value| format!(" --set {value:?}"));
    let content = InPage {
        command: format!("cmksim run{} {}", set.collect::<String>(), of.name),
        name,
        text,
        files,
    };
    page(content).map_err(Wrong::Wrong)
}
