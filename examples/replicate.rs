//! Replays a year with failures at random a thousand times, on all cores, and says how the loss is
//! distributed.
//!
//! ```sh
//! cargo run --release --example replicate
//! ```

// The library may not print or start threads; this is a program.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cmksim::experiment::{Summaries, Summary};
use cmksim::{Error, Experiment, Measure, Runner, Scope};

const HAZARDS: &str = "
    duration = '365d'

    [[workspace]]
    name = 'logs'
    ingestion = '1 TB/day'

    [[hazard]]
    kind = 'key_vault_outage'
    gap = { dist = 'exponential', mean = '60d' }
    duration = { dist = 'exponential', mean = '4h' }
";

/// Lends all cores: threads take one number after another.
fn on_all_cores(count: usize, call: &(dyn Fn(usize) + Sync)) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let number = next.fetch_add(1, Ordering::Relaxed)
            && number < count
        {
            call(number);
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        (0..cores).for_each(|_| {
            scope.spawn(work);
        });
    });
}

/// What the program prints; it does not depend on the number of cores.
pub(crate) fn output() -> Result<String, Error> {
    let runner = Runner {
        executor: &on_all_cores,
        ..Runner::SERIAL
    };
    let experiment = Experiment::new(HAZARDS)?;
    let study = experiment.replicate(1_000, &runner)?;
    let summaries = Summaries::of(&study);
    let dropped = summaries.get(Scope::Total, Measure::Dropped);
    let dropped = dropped.expect("all measures are kept");
    let share = dropped.nonzero.share().expect("there are replications");
    let mut output = format!("years with a loss: {:.1} %\n", 100.0 * share);
    for ((name, _), value) in Summary::QUANTILES.iter().zip(dropped.quantiles) {
        if let Some(value) = value {
            output += &format!("{name}: {value}\n");
        }
    }
    Ok(output)
}

fn main() -> Result<(), Error> {
    print!("{}", output()?);
    Ok(())
}
