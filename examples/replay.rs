//! Replays one incident and says what it cost, when, and by which rule.
//!
//! ```sh
//! cargo run --example replay
//! ```

// The library may not print or start threads; this is a program.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)]

use cmksim::report::{Style, explain};
use cmksim::{Error, Experiment, Measure, Runner, Scope};

const OUTAGE: &str = "
    title = 'A key vault is out of reach for 45 minutes'
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
    let replay = experiment.replay(0, &Runner::SERIAL)?;
    let mut output = String::new();
    for measure in [
        Measure::Dropped,
        Measure::BufferedPeak,
        Measure::QueryDowntime,
    ] {
        if let Some(value) = replay.measures.get(Scope::Total, measure) {
            output += &format!("{}: {value}\n", measure.name());
        }
    }
    output.push('\n');
    Ok(output + &explain(experiment.scenario(), &replay, Style::default()))
}

fn main() -> Result<(), Error> {
    print!("{}", output()?);
    Ok(())
}
