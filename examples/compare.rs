//! Compares two answers to a disabled key on the same random numbers.
//!
//! ```sh
//! cargo run --release --example compare
//! ```

// The library may not print or start threads; this is a program.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)]

use cmksim::{Error, Experiment, Measure, Runner, Scope};

const DISABLED: &str = "
    duration = '7d'

    [[workspace]]
    name = 'logs'
    ingestion = '1 TB/day'

    [[event]]
    name = 'mistake'
    at = '2d'
    kind = 'disable_key'
    duration = '20m'
";

/// What the program prints.
pub(crate) fn output() -> Result<String, Error> {
    let quick = Experiment::new(DISABLED)?;
    let slow = quick.set("event.mistake.duration=40m")?;
    let mut output = String::new();
    let compared = quick.compare(&slow, 200, &Runner::SERIAL)?;
    // Means are in bytes and in seconds.
    for (measure, unit, size) in [
        (Measure::Dropped, "GB", 1e9),
        (Measure::QueryDowntime, "minutes", 60.0),
    ] {
        let paired = compared
            .iter()
            .find(|paired| (paired.scope, paired.measure) == (Scope::Total, measure));
        let pairs = paired.and_then(|paired| paired.pairs);
        let difference = pairs.expect("every replication has a value").difference;
        let interval = difference.interval().expect("there are many replications");
        output += &format!(
            "{}: {:.1} {unit} more ({:.1} to {:.1}) with 20 minutes more\n",
            measure.name(),
            difference.mean / size,
            interval.low / size,
            interval.high / size
        );
    }
    Ok(output)
}

fn main() -> Result<(), Error> {
    print!("{}", output()?);
    Ok(())
}
