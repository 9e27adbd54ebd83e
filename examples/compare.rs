//! Compares two answers to a disabled key on the same random numbers.
//!
//! ```sh
//! cargo run --release --example compare
//! ```

use cmksim::{Error, Experiment, Runner, Scope};

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
pub(crate) fn told() -> Result<String, Error> {
    let quick = Experiment::new(DISABLED)?;
    let slow = quick.set("event.mistake.duration=40m")?;
    let mut told = String::new();
    for paired in quick.compare(&slow, 200, &Runner::SERIAL)? {
        if let (Scope::Total, Some(pairs)) = (paired.scope, paired.pairs)
            && let Some(interval) = pairs.difference.interval()
            && pairs.larger + pairs.smaller > 0
        {
            told += &format!(
                "{}: {:.4e} more ({:.4e} to {:.4e}) in 20 minutes more\n",
                paired.measure.name(),
                pairs.difference.mean,
                interval.low,
                interval.high
            );
        }
    }
    Ok(told)
}

fn main() -> Result<(), Error> {
    print!("{}", told()?);
    Ok(())
}
