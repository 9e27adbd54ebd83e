//! A capacity plan.

mod csv;
mod document;
pub(super) mod json;
mod picture;
mod range;
mod what_if;
mod words;

pub use csv::plan_csv;
pub use document::plan_text;
pub use json::plan_json;

use super::{Command, File, html};
use crate::experiment::plan::Plan;
use crate::statistics::Quantile;

/// The quantiles of a size that are told.
pub(super) const QUANTILES: [(&str, Quantile); 4] = [
    ("p50", Quantile::percent(50)),
    ("p95", Quantile::percent(95)),
    ("p99", Quantile::percent(99)),
    ("max", Quantile::percent(100)),
];

/// The files of a plan, for a scenario whose TOML is `source`; and a `report.html` that names the
/// command that makes it again, where one is given.
pub fn plan_files(plan: &Plan<'_>, source: &str, command: Option<&Command>) -> Vec<File<'static>> {
    let mut files = vec![
        File::whole("plan.json", plan_json(plan, source)),
        File::whole("plan.csv", plan_csv(plan)),
        File::whole("levels.csv", csv::levels(plan)),
        File::whole("steps.csv", csv::steps(plan)),
    ];
    if !plan.cases.is_empty() {
        files.push(File::whole("what-if.csv", what_if::csv(plan)));
    }
    let pictures = picture::pictures(plan);
    files.extend(picture::files(&pictures));
    if let Some(command) = command {
        let page = html::page(&document::document(plan, source, &pictures), command);
        files.push(File::report(page));
    }
    files
}
