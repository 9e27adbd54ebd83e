//! The page as a file: its parts put together, with the engine in it.

use base64::prelude::{BASE64_STANDARD, Engine};
use cmksim::report;
use serde::Serialize;

use super::super::failure::Failure;
use super::{scene, source};

/// The engine, which `.ci/engine` makes of the sources beside it.
pub(super) const ENGINE: &[u8] = include_bytes!("engine/engine.wasm.gz");

const SKELETON: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/style.css");
const WORKER: &str = concat!(
    include_str!("page/engine.js"),
    include_str!("page/worker.js")
);
const SCRIPT: &str = concat!(
    include_str!("page/base.js"),
    include_str!("page/time.js"),
    include_str!("page/state.js"),
    include_str!("page/workers.js"),
    include_str!("page/flow.js"),
    include_str!("page/link.js"),
    include_str!("page/live.js"),
    include_str!("page/editor.js"),
    include_str!("page/controls.js"),
    include_str!("page/timebar.js"),
    include_str!("page/accounts.js"),
    include_str!("page/happened.js"),
    include_str!("page/data.js"),
    include_str!("page/key.js"),
    include_str!("page/runs.js"),
    include_str!("page/curve.js"),
    include_str!("page/guess.js"),
    include_str!("page/check.js"),
    include_str!("page/course.js"),
    include_str!("page/keys.js"),
    include_str!("page/main.js"),
);

/// What the page is about.
pub(super) enum Content {
    Scenario(source::InPage),
    Scenes(Vec<scene::InPage>),
}

#[derive(Serialize)]
struct Data<'a> {
    version: &'static str,
    scenario: Option<&'a source::InPage>,
    scenes: &'a [scene::InPage],
}

/// The page.
pub(super) fn page(content: &Content) -> Result<String, Failure> {
    let (scenario, scenes) = match content {
        Content::Scenario(scenario) => (Some(scenario), &[][..]),
        Content::Scenes(scenes) => (None, scenes.as_slice()),
    };
    let data = Data {
        version: env!("CARGO_PKG_VERSION"),
        scenario,
        scenes,
    };
    let data = serde_json::to_string(&data)
        .map_err(|error| Failure::broken(format!("cannot write the page: {error}")))?
        // Nothing in it ends the element that it stands in.
        .replace('<', "\\u003c");
    let style = STYLE.to_owned() + &report::dark_pictures();
    // The elements end their lines.
    let hash = |text: &str| format!("'{}'", report::policy_digest(&format!("\n{text}\n")));
    let parts = [
        ("{{style-hash}}", hash(&style)),
        ("{{hashes}}", hash(SCRIPT)),
        ("{{style}}", style),
        ("{{engine}}", BASE64_STANDARD.encode(ENGINE)),
        ("{{worker}}", WORKER.to_owned()),
        ("{{script}}", SCRIPT.to_owned()),
        ("{{data}}", data),
    ];
    Ok(put_together(SKELETON, &parts))
}

/// The skeleton with its parts; what a part holds is not looked at again.
fn put_together(skeleton: &str, parts: &[(&str, String)]) -> String {
    let mut whole = String::new();
    let mut rest = skeleton;
    while let Some(at) = rest.find("{{") {
        let (before, after) = rest.split_at(at);
        let (name, text) = parts
            .iter()
            .find(|(name, _)| after.starts_with(name))
            .expect("the skeleton names parts that there are");
        whole += before;
        whole += text;
        rest = &after[name.len()..];
    }
    whole + rest
}
