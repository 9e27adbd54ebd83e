//! One replay, as several commands need it.

use cmksim::experiment::{self, Replay};
use cmksim::model::Options;

use super::failure::Failure;
use super::load::Loaded;
use super::progress::Bar;
use super::status::finished;

/// Replays a scenario; a progress bar shows for how long.
pub(crate) fn replay(
    name: &str,
    loaded: &Loaded,
    options: Options,
    quiet: bool,
) -> Result<Replay, Failure> {
    let bar = Bar::new(name, !quiet);
    let runner = bar.runner(None);
    let replay = experiment::replay_by(&loaded.scenario, &loaded.traces, options, &runner);
    drop(bar);
    finished(name, replay)
}
