//! The folder of the program that the page's own file stands in, as far as that file sees it.

// Its scenes are made nowhere here.
#[allow(dead_code)]
#[path = "../../../src/cli/play/page.rs"]
mod page;

/// Scenes are for the program.
mod scene {
    #[derive(serde::Serialize)]
    pub(super) enum InPage {}
}

pub(super) mod source {
    use std::collections::BTreeMap;

    /// A scenario in the page; the program has the same.
    #[derive(serde::Serialize)]
    pub(in super::super) struct InPage {
        pub(in super::super) name: String,
        pub(in super::super) text: String,
        pub(in super::super) files: BTreeMap<String, String>,
        pub(in super::super) command: String,
    }
}

/// The page of a scenario.
pub(super) fn page(of: source::InPage) -> Result<String, String> {
    page::page(&page::Content::Scenario(of)).map_err(|failure| failure.0)
}
