//! Asks how long an outage may last, and sweeps its length to see what a longer one costs.
//!
//! ```sh
//! cargo run --release --example threshold
//! ```

// The library may not print or start threads; this is a program.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)]

use cmksim::{Error, Experiment, Measure, Runner, Scope};

const OUTAGE: &str = "
    duration = '7d'

    [[workspace]]
    name = 'logs'
    ingestion = '1 TB/day'

    [[event]]
    name = 'outage'
    at = '2d'
    kind = 'key_vault_outage'
    duration = '45m'
";

/// What the program prints.
pub(crate) fn output() -> Result<String, Error> {
    let experiment = Experiment::new(OUTAGE)?;
    let nothing_lost = "probability(dropped == 0 B) >= 99%";
    let range = "event.outage.duration=5m..24h";
    let longest = experiment.solve(range, nothing_lost, 200, &Runner::SERIAL)?;
    let mut output = match longest.value() {
        Some(value) => format!("nothing is lost up to {}\n", value.text()),
        None => "something is lost at 5 minutes already\n".to_owned(),
    };
    let lengths = ["event.outage.duration=6h,8h,10h,12h"];
    for (values, cell) in experiment.sweep(&lengths, 100, &Runner::SERIAL)? {
        let dropped = cell.summaries.get(Scope::Total, Measure::Dropped);
        if let Some([.., Some(worst)]) = dropped.map(|dropped| dropped.quantiles) {
            output += &format!("an outage of {}: at most {worst} lost\n", values[0].text());
        }
    }
    Ok(output)
}

fn main() -> Result<(), Error> {
    print!("{}", output()?);
    Ok(())
}
