//! A back-test.

mod document;
pub(super) mod json;
mod table;

pub use document::back_test_text;
pub use json::back_test_json;
pub use table::back_test_csv;

use super::chart::{Picture, history_chart};
use super::format::{count, elided};
use super::{Command, File, html};
use crate::experiment::back_test::{BackTest, Tested};
use crate::scenario::Scenario;

/// The files of a back-test, for a scenario whose TOML is `source`; and a `report.html` that names
/// the command that makes it again, where one is given.
pub fn back_test_files(
    scenario: &Scenario,
    test: &BackTest,
    source: &str,
    command: Option<&Command>,
) -> Vec<File<'static>> {
    let mut files = vec![
        File::whole("back-test.json", back_test_json(scenario, test, source)),
        File::whole("back-test.csv", back_test_csv(scenario, test)),
    ];
    let picture = picture(scenario, test);
    files.extend(picture.files("back-test.svg", "back-test.png"));
    if let Some(command) = command {
        let document = document::document(scenario, test, Some(&picture));
        files.push(File::report(html::page(&document, command)));
    }
    files
}

/// What a back-test is about: all together where there are several workspaces.
fn whole(test: &BackTest) -> &Tested {
    test.tested.last().expect("a back-test has a workspace")
}

fn name(scenario: &Scenario, tested: &Tested) -> String {
    match tested.workspace {
        Some(at) => elided(&scenario.workspaces[at].name, 32),
        None => "all together".to_owned(),
    }
}

fn picture(scenario: &Scenario, test: &BackTest) -> Picture {
    let tested = whole(test);
    let mut notes = vec![format!(
        "{}; {} draws at each of {} origins, {} days apart",
        name(scenario, tested),
        count(test.replications),
        tested.forecasts.len(),
        test.apart
    )];
    if test.apart < test.horizon {
        notes.push("forecasts that overlap a later one are left out of the picture".to_owned());
    }
    history_chart("What was forecast, and what came", &notes, tested)
}
